/* parallel.c  Blocks on POSIX threads, and sums, whose results do not depend on the number of threads.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/parallel.h"

#include <pthread.h>
#include <string.h>

/* What the workers share. Blocks are handed out in order and every one handed out is finished, so by the time that all
 * have stopped, each block below a failing one has been tried: the lowest failure is the one that a single thread
 * meets. */
typedef struct loop {
    pthread_mutex_t mutex; /* guards the members below up to `failure` */
    size_t next, n_done, lowest_failure;
    pgdp_status failure;
    size_t n_blocks;
    pg_block_fn run;
    void *user;
    pgdp_ctx *caller;
    const char *what;
} loop;

typedef struct worker {
    loop *loop;
    pgdp_ctx *ctx;
    pthread_t thread;
    bool is_caller; /* the calling thread works too, and alone tells progress */
} worker;

static pgdp_status run_block(pgdp_ctx *ctx, pg_block_fn run, void *user, size_t block)
{
    PG_TRY(pg_check_stop(ctx));
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = run(ctx, user, block);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

static size_t take_block(loop *l)
{
    (void)pthread_mutex_lock(&l->mutex);
    const size_t block = l->failure == PGDP_OK && l->next < l->n_blocks ? l->next++ : PGDP_NONE;
    (void)pthread_mutex_unlock(&l->mutex);
    return block;
}

/* @return blocks done so far */
static size_t finish_block(loop *l, const pgdp_ctx *ctx, size_t block, pgdp_status status)
{
    (void)pthread_mutex_lock(&l->mutex);
    if (status != PGDP_OK && block < l->lowest_failure) {
        l->lowest_failure = block;
        l->failure = status;
        memcpy(l->caller->error, ctx->error, sizeof l->caller->error);
    }
    const size_t n_done = ++l->n_done;
    (void)pthread_mutex_unlock(&l->mutex);
    return n_done;
}

static void *work(void *argument)
{
    const worker *w = argument;
    for (size_t block; (block = take_block(w->loop)) != PGDP_NONE;) {
        const pgdp_status status = run_block(w->ctx, w->loop->run, w->loop->user, block);
        const size_t n_done = finish_block(w->loop, w->ctx, block, status);
        if (w->is_caller && w->loop->what != NULL)
            pg_progress(w->loop->caller, w->loop->what, n_done, w->loop->n_blocks);
    }
    return NULL;
}

pgdp_status pg_in_turn(pgdp_ctx *ctx, const char *what, size_t n_blocks, pg_block_fn run, void *user)
{
    const bool within = ctx->within_loop;
    pgdp_status status = PGDP_OK;
    ctx->within_loop = true;
    for (size_t block = 0; block < n_blocks && status == PGDP_OK; block++) {
        status = run_block(ctx, run, user, block);
        if (status == PGDP_OK && what != NULL) pg_progress(ctx, what, block + 1, n_blocks);
    }
    ctx->within_loop = within;
    return status;
}

/* A thread that does not start leaves its share to the others. */
static void run_workers(worker *workers, size_t n_workers)
{
    size_t n_started = 1;
    while (n_started < n_workers && pthread_create(&workers[n_started].thread, NULL, work, &workers[n_started]) == 0)
        n_started++;
    (void)work(&workers[0]);
    for (size_t i = 1; i < n_started; i++)
        (void)pthread_join(workers[i].thread, NULL);
}

/* A worker's context: it asks whom the caller asks whether to stop, and meets no other rank. */
static pgdp_ctx *worker_ctx(const pgdp_ctx *caller)
{
    pgdp_ctx *own = pgdp_ctx_new(&caller->allocator);
    if (own == NULL) return NULL;
    pgdp_ctx_set_stop(own, caller->stop, caller->stop_user);
    own->ranks = caller->ranks;
    own->within_loop = true;
    return own;
}

static pgdp_status run_threads(pgdp_ctx *ctx, loop *l, size_t n_workers)
{
    worker *workers;
    PG_TRY_ALLOC(ctx, workers, pg_arena_alloc(&ctx->scratch, n_workers, sizeof *workers));
    size_t n_ready = 0;
    for (; n_ready < n_workers; n_ready++) {
        pgdp_ctx *own = worker_ctx(ctx);
        if (own == NULL) break;
        workers[n_ready] = (worker){ .loop = l, .ctx = own, .is_caller = n_ready == 0 };
    }
    if (n_ready == n_workers) {
        run_workers(workers, n_workers);
    } else {
        l->failure = pg_no_memory(ctx);
    }
    for (size_t i = 0; i < n_ready; i++)
        pgdp_ctx_free(workers[i].ctx);
    (void)pthread_mutex_destroy(&l->mutex);
    if (l->failure == PGDP_OK && l->what != NULL) pg_progress(ctx, l->what, l->n_blocks, l->n_blocks);
    return l->failure;
}

pgdp_status pg_parallel(pgdp_ctx *ctx, const char *what, size_t n_blocks, pg_block_fn run, void *user)
{
    const size_t n_workers = ctx->n_threads < n_blocks ? ctx->n_threads : n_blocks;
    if (n_workers <= 1) return pg_in_turn(ctx, what, n_blocks, run, user);
    loop l = { .mutex = PTHREAD_MUTEX_INITIALIZER,
               .lowest_failure = PGDP_NONE,
               .n_blocks = n_blocks,
               .run = run,
               .user = user,
               .caller = ctx,
               .what = what };
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = run_threads(ctx, &l, n_workers);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

size_t pg_n_blocks(size_t n, size_t size)
{
    return n / size + (n % size != 0);
}

pg_range pg_block_range(size_t n, size_t size, size_t block)
{
    const size_t first = block * size;
    return (pg_range){ first, n - first < size ? n : first + size };
}

enum { LEAF = 128, LANES = 8 };

/* Eight running sums, added as a tree: compilers may vectorise it without changing a bit. */
static double add_lanes(const double *s)
{
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

static double sum_leaf(const double *x, size_t n)
{
    double s[LANES] = { 0 };
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            s[j] += x[i + j];
    for (size_t j = 0; i + j < n; j++)
        s[j] += x[i + j];
    return add_lanes(s);
}

static double dot_leaf(const double *x, const double *y, size_t n)
{
    double s[LANES] = { 0 };
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            s[j] += x[i + j] * y[i + j];
    for (size_t j = 0; i + j < n; j++)
        s[j] += x[i + j] * y[i + j];
    return add_lanes(s);
}

/* Half of the leaves go left: the tree is a function of n alone. */
static size_t left_part(size_t n)
{
    return pg_n_blocks(n, LEAF) / 2 * LEAF;
}

double pg_sum(const double *x, size_t n)
{
    if (n <= LEAF) return sum_leaf(x, n);
    const size_t left = left_part(n);
    return pg_sum(x, left) + pg_sum(x + left, n - left);
}

double pg_dot(const double *x, const double *y, size_t n)
{
    if (n <= LEAF) return dot_leaf(x, y, n);
    const size_t left = left_part(n);
    return pg_dot(x, y, left) + pg_dot(x + left, y + left, n - left);
}
