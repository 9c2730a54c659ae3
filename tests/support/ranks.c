/* ranks.c  Threads that play ranks: ranks.h. Every transfer is a copy from the owner's memory between two barriers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/ranks.h"

#include "tests/support/support.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct table {
    pthread_barrier_t barrier;
    const unsigned char **shown; /* what each rank shows the others */
    size_t n_threads;
    void (*body)(pgdp_ctx *ctx, void *user);
    void *user;
} table;

typedef struct seat {
    pg_comm comm; /* first: callbacks get its address */
    table *table;
    pthread_t thread;
} seat;

static void show(pg_comm *comm, const unsigned char *bytes)
{
    table *t = ((seat *)comm)->table;
    t->shown[comm->rank] = bytes;
    (void)pthread_barrier_wait(&t->barrier);
}

static void hide(pg_comm *comm)
{
    (void)pthread_barrier_wait(&((seat *)comm)->table->barrier);
}

static void gather(pg_comm *comm, unsigned char *bytes, size_t n, size_t size)
{
    show(comm, bytes);
    for (size_t r = 0; r < comm->n; r++) {
        const pg_range range = pg_rank_range(n, r, comm->n);
        if (r == comm->rank || range.end == range.first) continue;
        memcpy(bytes + range.first * size, ((seat *)comm)->table->shown[r] + range.first * size,
               (range.end - range.first) * size);
    }
    hide(comm);
}

static void broadcast(pg_comm *comm, unsigned char *bytes, size_t n, size_t from)
{
    show(comm, bytes);
    if (comm->rank != from) memcpy(bytes, ((seat *)comm)->table->shown[from], n);
    hide(comm);
}

static void leave(pgdp_ctx *ctx, pg_comm *comm, int abort_code)
{
    (void)ctx, (void)comm, (void)abort_code;
}

static void *sit(void *argument)
{
    seat *s = argument;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    pgdp_ctx_set_threads(ctx, s->table->n_threads);
    ctx->ranks = &s->comm;
    s->table->body(ctx, s->table->user);
    pgdp_ctx_free(ctx);
    return NULL;
}

void pgt_run_ranks(size_t n_ranks, size_t n_threads, void (*body)(pgdp_ctx *ctx, void *user), void *user)
{
    table t = { .n_threads = n_threads, .body = body, .user = user };
    seat *seats = calloc(n_ranks, sizeof *seats);
    t.shown = calloc(n_ranks, sizeof *t.shown);
    assert_true(seats != NULL && t.shown != NULL);
    assert_int_equal(pthread_barrier_init(&t.barrier, NULL, (unsigned)n_ranks), 0);
    for (size_t r = 0; r < n_ranks; r++) {
        seats[r] =
            (seat){ .comm = { .rank = r, .n = n_ranks, .gather = gather, .broadcast = broadcast, .leave = leave },
                    .table = &t };
        seats[r].comm.messages = calloc(n_ranks, sizeof(pg_message));
        assert_non_null(seats[r].comm.messages);
    }
    for (size_t r = 1; r < n_ranks; r++)
        assert_int_equal(pthread_create(&seats[r].thread, NULL, sit, &seats[r]), 0);
    (void)sit(&seats[0]);
    for (size_t r = 1; r < n_ranks; r++)
        (void)pthread_join(seats[r].thread, NULL);
    for (size_t r = 0; r < n_ranks; r++)
        free(seats[r].comm.messages);
    (void)pthread_barrier_destroy(&t.barrier);
    free(t.shown);
    free(seats);
}
