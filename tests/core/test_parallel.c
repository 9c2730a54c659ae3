/* test_parallel.c  Parallel loops give the same bits and the same failure for any number of threads; sums are accurate.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/parallel.h"

#include <float.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "core/random.h"
#include "tests/support/support.h"

enum { N = 10007, BLOCK = 97, N_BLOCKS = 104 };
static const size_t thread_counts[] = { 1, 2, 4, 7 };
enum { N_COUNTS = 4 };

static pgdp_ctx *new_ctx(size_t n_threads)
{
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    pgdp_ctx_set_threads(ctx, n_threads);
    return ctx;
}

typedef struct task {
    double x[N], sums[N_BLOCKS];
    size_t n_runs[N_BLOCKS];
    bool fails[N_BLOCKS];
} task;

static pgdp_status sum_of_draws(pgdp_ctx *ctx, void *user, size_t block)
{
    task *t = user;
    const pg_range r = pg_block_range(N, BLOCK, block);
    t->n_runs[block]++;
    double *copy;
    PG_TRY_ALLOC(ctx, copy, pg_arena_alloc(&ctx->scratch, BLOCK, sizeof *copy));
    pg_random stream = pg_random_stream(2385, "parallel", (uint32_t)block);
    for (size_t i = r.first; i < r.end; i++)
        copy[i - r.first] = t->x[i] = pg_random_normal(&stream);
    t->sums[block] = pg_sum(copy, r.end - r.first);
    if (t->fails[block]) return pg_fail(ctx, PGDP_NUMERICAL, "block %zu has no sum; leave it out", block);
    return PGDP_OK;
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    static task first, other;
    for (size_t i = 0; i < N_COUNTS; i++) {
        pgdp_ctx *ctx = new_ctx(thread_counts[i]);
        task *t = i == 0 ? &first : &other;
        memset(t, 0, sizeof *t);
        assert_ok(ctx, pg_parallel(ctx, NULL, N_BLOCKS, sum_of_draws, t));
        for (size_t b = 0; b < N_BLOCKS; b++)
            assert_int_equal(t->n_runs[b], 1);
        assert_memory_equal(t->x, first.x, sizeof first.x);
        assert_memory_equal(t->sums, first.sums, sizeof first.sums);
        pgdp_ctx_free(ctx);
    }
    assert_int_equal(pg_n_blocks(N, BLOCK), N_BLOCKS);
}

static void the_lowest_failing_block_is_reported(void **state)
{
    (void)state;
    static task t;
    for (size_t i = 0; i < N_COUNTS; i++) {
        for (int repeat = 0; repeat < 50; repeat++) {
            pgdp_ctx *ctx = new_ctx(thread_counts[i]);
            memset(&t, 0, sizeof t);
            t.fails[38] = t.fails[39] = t.fails[40] = t.fails[41] = t.fails[90] = true;
            assert_status(ctx, pg_parallel(ctx, NULL, N_BLOCKS, sum_of_draws, &t), PGDP_NUMERICAL);
            assert_string_equal(pgdp_ctx_error(ctx), "block 38 has no sum; leave it out");
            pgdp_ctx_free(ctx);
        }
    }
}

/* Block 0 fails only after block 1 has. */
typedef struct late {
    pthread_mutex_t mutex;
    bool second_failed;
} late;

static pgdp_status fail_late(pgdp_ctx *ctx, void *user, size_t block)
{
    late *l = user;
    for (bool wait = block == 0; wait; (void)sched_yield()) {
        (void)pthread_mutex_lock(&l->mutex);
        wait = !l->second_failed;
        (void)pthread_mutex_unlock(&l->mutex);
    }
    (void)pthread_mutex_lock(&l->mutex);
    l->second_failed = true;
    (void)pthread_mutex_unlock(&l->mutex);
    return pg_fail(ctx, block == 0 ? PGDP_PARSE : PGDP_IO, "block %zu", block);
}

static void a_late_failure_of_a_lower_block_wins(void **state)
{
    (void)state;
    late l = { .mutex = PTHREAD_MUTEX_INITIALIZER };
    pgdp_ctx *ctx = new_ctx(2);
    assert_status(ctx, pg_parallel(ctx, NULL, 2, fail_late, &l), PGDP_PARSE);
    assert_string_equal(pgdp_ctx_error(ctx), "block 0");
    pgdp_ctx_free(ctx);
}

typedef struct telling {
    pthread_t caller;
    size_t n_calls, last_done, total;
} telling;

static void hear(void *user, const char *what, size_t done, size_t total)
{
    telling *t = user;
    assert_string_equal(what, "draws");
    assert_true(pthread_equal(t->caller, pthread_self()) != 0);
    assert_true(done >= t->last_done && done <= total);
    t->n_calls++;
    t->last_done = done;
    t->total = total;
}

static void progress_is_told_from_the_calling_thread_and_ends_at_the_total(void **state)
{
    (void)state;
    static task t;
    for (size_t i = 0; i < N_COUNTS; i++) {
        pgdp_ctx *ctx = new_ctx(thread_counts[i]);
        telling heard = { .caller = pthread_self() };
        pgdp_ctx_set_progress(ctx, hear, &heard);
        assert_ok(ctx, pg_parallel(ctx, "draws", N_BLOCKS, sum_of_draws, &t));
        assert_true(heard.n_calls >= 1 && heard.n_calls <= N_BLOCKS + 1);
        assert_int_equal(heard.last_done, N_BLOCKS);
        assert_int_equal(heard.total, N_BLOCKS);
        pgdp_ctx_free(ctx);
    }
}

static pgdp_status nested(pgdp_ctx *ctx, void *user, size_t block)
{
    task *tasks = user;
    return pg_parallel(ctx, "draws", N_BLOCKS, sum_of_draws, &tasks[block]);
}

static void loops_may_be_nested(void **state)
{
    (void)state;
    static task tasks[3];
    memset(tasks, 0, sizeof tasks);
    tasks[1].fails[5] = true;
    pgdp_ctx *ctx = new_ctx(4);
    assert_status(ctx, pg_parallel(ctx, NULL, 3, nested, tasks), PGDP_NUMERICAL);
    assert_string_equal(pgdp_ctx_error(ctx), "block 5 has no sum; leave it out");
    tasks[1].fails[5] = false;
    assert_ok(ctx, pg_parallel(ctx, NULL, 3, nested, tasks));
    assert_memory_equal(tasks[0].sums, tasks[2].sums, sizeof tasks[0].sums);
    pgdp_ctx_free(ctx);
}

static void no_blocks_are_no_work(void **state)
{
    (void)state;
    pgdp_ctx *ctx = new_ctx(4);
    assert_ok(ctx, pg_parallel(ctx, NULL, 0, sum_of_draws, NULL));
    pgdp_ctx_free(ctx);
    assert_int_equal(pg_n_blocks(0, 97), 0);
    assert_int_equal(pg_n_blocks(97, 97), 1);
    assert_int_equal(pg_n_blocks(98, 97), 2);
    assert_int_equal(pg_block_range(98, 97, 1).first, 97);
    assert_int_equal(pg_block_range(98, 97, 1).end, 98);
    assert_int_equal(pg_block_range(SIZE_MAX, 97, SIZE_MAX / 97).end, SIZE_MAX);
}

static pgdp_status loop_with_threads(pgdp_ctx *ctx, void *user)
{
    pgdp_ctx_set_threads(ctx, *(const size_t *)user);
    static task t;
    return pg_parallel(ctx, NULL, 5, sum_of_draws, &t);
}

static void every_allocation_fails_once_and_nothing_leaks(void **state)
{
    (void)state;
    for (size_t n_threads = 1; n_threads <= 2; n_threads++)
        assert_true(pgt_fail_every_allocation(loop_with_threads, &n_threads) >= n_threads);
}

static void scratch_is_rewound_after_every_block(void **state)
{
    (void)state;
    static task t;
    for (size_t i = 0; i < N_COUNTS; i++) {
        pgdp_ctx *ctx = new_ctx(thread_counts[i]);
        const pg_mark before = pg_arena_mark(&ctx->scratch);
        assert_ok(ctx, pg_parallel(ctx, NULL, N_BLOCKS, sum_of_draws, &t));
        const pg_mark after = pg_arena_mark(&ctx->scratch);
        assert_ptr_equal(before.block, after.block);
        assert_int_equal(before.used, after.used);
        pgdp_ctx_free(ctx);
    }
}

/* Uneven sizes around the leaf of 128 and its multiples, against long double. */
static void sums_of_any_length_are_accurate(void **state)
{
    (void)state;
    static const size_t sizes[] = { 0, 1, 2, 7, 8, 9, 127, 128, 129, 255, 256, 257, 1000, 16384, 100003 };
    static double x[100003], y[100003];
    pg_random r = pg_random_stream(3, "sum", 0);
    for (size_t i = 0; i < 100003; i++) {
        x[i] = pg_random_normal(&r) + 2.385;
        y[i] = pg_random_normal(&r) - 0.7;
    }
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        long double sum = 0, dot = 0, absolute = 0, absolute_dot = 0;
        for (size_t i = 0; i < sizes[k]; i++) {
            sum += (long double)x[i];
            absolute += fabsl((long double)x[i]);
            dot += (long double)x[i] * (long double)y[i];
            absolute_dot += fabsl((long double)x[i] * (long double)y[i]);
        }
        /* Higham (1993): 128 / 8 additions a lane, 3 levels of lanes, log2(n / 128) + 1 of leaves; one product. */
        const double depth = 16 + 3 + log2((double)sizes[k] / 128 + 1) + 2, unit = DBL_EPSILON / 2;
        assert_close(pg_sum(x, sizes[k]), (double)sum, 0, depth * unit * (double)absolute);
        assert_close(pg_dot(x, y, sizes[k]), (double)dot, 0, depth * unit * (double)absolute_dot);
    }
}

static void a_million_tenths_add_up(void **state)
{
    (void)state;
    static double x[1000000];
    double naive = 0;
    for (size_t i = 0; i < 1000000; i++) {
        x[i] = 0.1;
        naive += x[i];
    }
    assert_close(pg_sum(x, 1000000), 100000, 1e-15, 0);
    assert_true(fabs(naive - 100000) > 1e-7); /* what the tree is for */
}

static void a_missing_value_makes_the_sum_missing(void **state)
{
    (void)state;
    double x[300];
    for (size_t i = 0; i < 300; i++)
        x[i] = 2.385;
    x[251] = (double)NAN;
    assert_true(isnan(pg_sum(x, 300)) && isnan(pg_dot(x, x, 300)));
    assert_close(pg_sum(x, 251), 251 * 2.385, 1e-15, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(the_lowest_failing_block_is_reported),
        cmocka_unit_test(a_late_failure_of_a_lower_block_wins),
        cmocka_unit_test(progress_is_told_from_the_calling_thread_and_ends_at_the_total),
        cmocka_unit_test(loops_may_be_nested),
        cmocka_unit_test(no_blocks_are_no_work),
        cmocka_unit_test(every_allocation_fails_once_and_nothing_leaks),
        cmocka_unit_test(scratch_is_rewound_after_every_block),
        cmocka_unit_test(sums_of_any_length_are_accurate),
        cmocka_unit_test(a_million_tenths_add_up),
        cmocka_unit_test(a_missing_value_makes_the_sum_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
