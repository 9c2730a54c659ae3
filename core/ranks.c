/* ranks.c  Meetings of ranks, and MPI, which carries them: ranks.h. The only file that includes mpi.h. Source: Message
 * Passing Interface Forum (2015), MPI: A Message-Passing Interface Standard 3.1, chapters 5 and 8.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ranks.h"

#include <string.h>

#ifdef PGDP_MPI
#include <mpi.h>
#include <time.h>
#endif

size_t pg_rank(const pgdp_ctx *ctx)
{
    return ctx->ranks == NULL ? 0 : ctx->ranks->rank;
}

size_t pg_n_ranks(const pgdp_ctx *ctx)
{
    return ctx->ranks == NULL ? 1 : ctx->ranks->n;
}

size_t pgdp_rank(const pgdp_ctx *ctx)
{
    return pg_rank(ctx);
}

size_t pgdp_n_ranks(const pgdp_ctx *ctx)
{
    return pg_n_ranks(ctx);
}

bool pg_meets(const pgdp_ctx *ctx)
{
    return pg_n_ranks(ctx) > 1 && !ctx->within_loop;
}

pg_range pg_rank_range(size_t n, size_t rank, size_t n_ranks)
{
    const size_t each = n / n_ranks, rest = n % n_ranks;
    const size_t first = rank * each + (rank < rest ? rank : rest);
    return (pg_range){ first, first + each + (rank < rest) };
}

/* A status that ends the program with `code`. */
static pgdp_status status_of_code(int64_t code)
{
    for (int i = PGDP_OK; i <= PGDP_STOPPED; i++)
        if (pgdp_status_exit_code((pgdp_status)i) == code) return (pgdp_status)i;
    return PGDP_IO;
}

/* A rank is elsewhere: it ended, or it works on something else. All ranks see the same messages, and part. */
static pgdp_status part(pgdp_ctx *ctx, size_t failing)
{
    static const char *const calls[] = { "share work", "deal out work", "wait for rank 0", "receive its input", "end" };
    const pg_comm *r = ctx->ranks;
    const pg_message *first = &r->messages[0], *m = first;
    ctx->parted = true;
    if (failing < r->n) {
        m = &r->messages[failing];
        return pg_fail_within(ctx, m->call == PG_CALL_END ? status_of_code(m->failure) : (pgdp_status)m->failure,
                              "rank %zu of %zu", failing, r->n);
    }
    while (memcmp(m, first, sizeof *m) == 0)
        m++;
    return pg_fail(ctx, PGDP_IO,
                   "rank 0 came to %s (%llu items of %llu bytes), rank %zu to %s (%llu of %llu): they do not see the "
                   "same inputs; put all files where every rank reads the same",
                   calls[first->call], (unsigned long long)first->n, (unsigned long long)first->size,
                   (size_t)(m - first), calls[m->call], (unsigned long long)m->n, (unsigned long long)m->size);
}

/* Everyone's message, then the sentence of the lowest that failed. */
static size_t exchange(pgdp_ctx *ctx, const pg_message *own)
{
    pg_comm *r = ctx->ranks;
    size_t failing = 0;
    r->messages[r->rank] = *own;
    r->gather(r, (unsigned char *)r->messages, r->n, sizeof *own);
    while (failing < r->n && r->messages[failing].failure == 0)
        failing++;
    if (failing < r->n) r->broadcast(r, (unsigned char *)ctx->error, sizeof ctx->error, failing);
    return failing;
}

static bool all_came(const pg_comm *r)
{
    const pg_message *first = &r->messages[0];
    for (size_t i = 1; i < r->n; i++) {
        const pg_message *m = &r->messages[i];
        if (m->call != first->call || m->n != first->n || m->size != first->size) return false;
    }
    return true;
}

pgdp_status pg_meet(pgdp_ctx *ctx, pg_call call, size_t n, size_t size, pgdp_status status)
{
    if (!pg_meets(ctx)) return status;
    if (status == PGDP_STOPPED)
        ctx->parted = true; /* the others may be far from here, and stop by the end of this one */
    if (ctx->parted) return status != PGDP_OK ? status : pg_fail(ctx, PGDP_IO, "the ranks parted after a failure");
    const pg_message own = { .call = call, .n = n, .size = size, .failure = (int64_t)status };
    const size_t failing = exchange(ctx, &own);
    if (!all_came(ctx->ranks)) return part(ctx, failing);
    return failing < ctx->ranks->n ? (pgdp_status)ctx->ranks->messages[failing].failure : PGDP_OK;
}

pgdp_status pg_once(pgdp_ctx *ctx, pgdp_status (*run)(pgdp_ctx *ctx, void *user), void *user)
{
    const bool within = ctx->within_loop, meets = pg_meets(ctx);
    pgdp_status status = PGDP_OK;
    ctx->within_loop = true; /* the others are not there: loops in it are its own */
    if (!meets || pg_rank(ctx) == 0) status = run(ctx, user);
    ctx->within_loop = within;
    return pg_meet(ctx, PG_CALL_ONCE, 0, 0, status);
}

pgdp_status pg_pass(pgdp_ctx *ctx, pgdp_status status, unsigned char **bytes, size_t *n)
{
    uint64_t size = *n;
    if (!pg_meets(ctx)) return status;
    PG_TRY(pg_meet(ctx, PG_CALL_PASS, 0, 0, status));
    ctx->ranks->broadcast(ctx->ranks, (unsigned char *)&size, sizeof size, 0);
    *n = (size_t)size;
    if (pg_rank(ctx) > 0) {
        *bytes = ctx->allocator.realloc(ctx->allocator.user, NULL, *n + 1);
        if (*bytes == NULL) status = pg_no_memory(ctx);
    }
    PG_TRY(pg_meet(ctx, PG_CALL_PASS, *n, 1, status));
    ctx->ranks->broadcast(ctx->ranks, *bytes, *n + 1, 0);
    return PGDP_OK;
}

/* The last meeting; a rank that failed alone told nobody yet. */
static int end_together(pgdp_ctx *ctx, int code)
{
    const pg_comm *r = ctx->ranks;
    const pg_message own = { .call = PG_CALL_END, .failure = code };
    const size_t failing = exchange(ctx, &own);
    if (!all_came(r)) {
        const pgdp_status status = part(ctx, failing);
        return code != 0 ? code : pgdp_status_exit_code(status);
    }
    if (failing == r->n) return 0;
    if (failing != r->rank) (void)pg_fail_within(ctx, PGDP_IO, "rank %zu of %zu", failing, r->n);
    return (int)r->messages[failing].failure;
}

int pgdp_ranks_end(pgdp_ctx *ctx, int code)
{
    pg_comm *r = ctx->ranks;
    if (r == NULL) return code;
    const bool stopped = code != 0 && ctx->stop != NULL && ctx->stop(ctx->stop_user);
    if (r->n > 1 && !ctx->parted && !stopped) code = end_together(ctx, code);
    r->leave(ctx, r, stopped ? code : 0);
    ctx->ranks = NULL;
    return code;
}

#ifdef PGDP_MPI

enum { LARGEST_MESSAGE = 1 << 30 }; /* MPI 3 counts bytes in an int */

typedef struct mpi_ranks {
    pg_comm ranks; /* first: the callbacks get its address */
    MPI_Comm comm;
    int *counts, *starts; /* [n] */
} mpi_ranks;

/* Without spinning: ranks may be more than cores, and whoever waits should leave them to the others. */
static void wait_for(MPI_Request *request)
{
    enum { SPINS = 1000 };
    const struct timespec pause = { .tv_nsec = 50000 };
    int done = 0;
    for (size_t spins = 0; MPI_Test(request, &done, MPI_STATUS_IGNORE), done == 0; spins++)
        if (spins > SPINS) (void)nanosleep(&pause, NULL);
}

static void broadcast_bytes(pg_comm *ranks, unsigned char *bytes, size_t n, size_t from)
{
    const mpi_ranks *m = (const mpi_ranks *)ranks;
    for (size_t done = 0; done < n;) {
        const size_t piece = n - done < ranks->largest ? n - done : ranks->largest;
        MPI_Request request;
        MPI_Ibcast(bytes + done, (int)piece, MPI_BYTE, (int)from, m->comm, &request);
        wait_for(&request);
        done += piece;
    }
}

static void gather_bytes(pg_comm *ranks, unsigned char *bytes, size_t n, size_t size)
{
    const mpi_ranks *m = (const mpi_ranks *)ranks;
    const bool at_once = n * size <= ranks->largest;
    for (size_t r = 0; r < ranks->n; r++) {
        const pg_range range = pg_rank_range(n, r, ranks->n);
        if (!at_once) broadcast_bytes(ranks, bytes + range.first * size, (range.end - range.first) * size, r);
        m->counts[r] = at_once ? (int)((range.end - range.first) * size) : 0;
        m->starts[r] = at_once ? (int)(range.first * size) : 0;
    }
    if (!at_once) return;
    MPI_Request request;
    MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, bytes, m->counts, m->starts, MPI_BYTE, m->comm, &request);
    wait_for(&request);
}

static void leave(pgdp_ctx *ctx, pg_comm *ranks, int abort_code)
{
    mpi_ranks *m = (mpi_ranks *)ranks;
    if (abort_code != 0) MPI_Abort(m->comm, abort_code); /* ends all ranks, and this one */
    MPI_Comm_free(&m->comm);
    ctx->allocator.realloc(ctx->allocator.user, m, 0);
    MPI_Finalize();
}

static mpi_ranks *new_ranks(pgdp_ctx *ctx, size_t n)
{
    const size_t messages = sizeof(mpi_ranks), counts = messages + n * sizeof(pg_message);
    unsigned char *bytes = ctx->allocator.realloc(ctx->allocator.user, NULL, counts + 2 * n * sizeof(int));
    if (bytes == NULL) return NULL;
    mpi_ranks *m = (mpi_ranks *)(void *)bytes;
    *m = (mpi_ranks){ .ranks = { .n = n,
                                 .largest = LARGEST_MESSAGE,
                                 .messages = (pg_message *)(void *)(bytes + messages),
                                 .gather = gather_bytes,
                                 .broadcast = broadcast_bytes,
                                 .leave = leave },
                      .counts = (int *)(void *)(bytes + counts),
                      .starts = (int *)(void *)(bytes + counts) + n };
    return m;
}

pgdp_status pgdp_ranks_begin(pgdp_ctx *ctx)
{
    int provided = MPI_THREAD_SINGLE, rank = 0, n = 1;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &n);
    mpi_ranks *m = provided < MPI_THREAD_FUNNELED ? NULL : new_ranks(ctx, (size_t)n);
    if (m == NULL) { /* the others wait for this one: none may go on */
        MPI_Abort(MPI_COMM_WORLD, pgdp_status_exit_code(PGDP_IO));
        return pg_fail(ctx, PGDP_IO, "MPI could not be started with threads, or there is no memory for it");
    }
    MPI_Comm_dup(MPI_COMM_WORLD, &m->comm);
    m->ranks.rank = (size_t)rank;
    ctx->ranks = &m->ranks;
    return PGDP_OK;
}

#else

pgdp_status pgdp_ranks_begin(pgdp_ctx *ctx)
{
    return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                   "several processes were started together, but this program was built without MPI, and each would do "
                   "all of the work; build it with make MPI=1, or start one");
}

#endif
