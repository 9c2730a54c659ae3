/* test_spread.c  Items over ranks give the same bits for any number; a failure of one is everyone's. Ranks are threads.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/random.h"
#include "core/spread.h"
#include "tests/support/ranks.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>

enum { N = 1003 };

typedef struct item {
    double x[3];
    uint64_t number, touched;
} item;

typedef struct job {
    size_t n;             /* items */
    size_t fails, fails2; /* items that do */
    item *out;            /* [n_ranks][n] */
    pgdp_status want;
    const char *sentence;
} job;

static pgdp_status draw_item(pgdp_ctx *ctx, void *user, size_t i, void *out)
{
    const job *j = user;
    item *o = out;
    pg_random random = pg_random_stream(2385, "spread", (uint32_t)i);
    for (size_t k = 0; k < 3; k++)
        o->x[k] = pg_random_normal(&random);
    o->number = i;
    o->touched++; /* zeroed before */
    if (i == j->fails || i == j->fails2) return pg_fail(ctx, PGDP_NUMERICAL, "item %zu has no draw; leave it out", i);
    return PGDP_OK;
}

static void spread_items(pgdp_ctx *ctx, void *user)
{
    job *j = user;
    item *out = j->out + pg_rank(ctx) * j->n;
    memset(out, 0x5a, j->n * sizeof *out);
    assert_int_equal(pg_spread(ctx, NULL, j->n, sizeof *out, draw_item, j, out), j->want);
    if (j->sentence != NULL) assert_string_equal(pgdp_ctx_error(ctx), j->sentence);
}

static void any_number_of_ranks_and_threads_gives_the_same_bits(void **state)
{
    (void)state;
    static const size_t sizes[] = { 0, 1, 2, 3, 5, N };
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        job j = { .n = sizes[s], .fails = PGDP_NONE, .fails2 = PGDP_NONE };
        item *first = NULL;
        for (size_t n_ranks = 1; n_ranks <= 5; n_ranks++) {
            for (size_t n_threads = 1; n_threads <= 2; n_threads++) {
                j.out = calloc(n_ranks * (j.n + 1), sizeof *j.out);
                pgt_run_ranks(n_ranks, n_threads, spread_items, &j);
                for (size_t i = 0; i < j.n; i++)
                    assert_true(j.out[i].number == i && j.out[i].touched == 1);
                for (size_t r = 0; r < n_ranks && first != NULL; r++)
                    assert_memory_equal(j.out + r * j.n, first, j.n * sizeof *first);
                if (first == NULL)
                    first = j.out;
                else
                    free(j.out);
            }
        }
        free(first);
    }
}

static void the_lowest_failing_item_is_reported_on_every_rank(void **state)
{
    (void)state;
    job j = { .n = 40, .fails = 37, .fails2 = 21, .want = PGDP_NUMERICAL };
    j.sentence = "item 21 has no draw; leave it out";
    for (size_t n_ranks = 1; n_ranks <= 4; n_ranks++) {
        j.out = calloc(n_ranks * j.n, sizeof *j.out);
        pgt_run_ranks(n_ranks, 2, spread_items, &j);
        free(j.out);
    }
}

static void fail_then_succeed(pgdp_ctx *ctx, void *user)
{
    job *j = user;
    j[0].out = j[1].out;
    spread_items(ctx, &j[0]);
    spread_items(ctx, &j[1]);
}

static void ranks_go_on_together_after_a_failure_of_items(void **state)
{
    (void)state;
    item *out = calloc(3 * N, sizeof *out);
    job j[2] = { { .n = N, .fails = 700, .fails2 = PGDP_NONE, .out = out, .want = PGDP_NUMERICAL },
                 { .n = N, .fails = PGDP_NONE, .fails2 = PGDP_NONE, .out = out } };
    pgt_run_ranks(3, 1, fail_then_succeed, j);
    assert_memory_equal(out, out + 2 * (size_t)N, N * sizeof *out);
    free(out);
}

/* Rank 1 fails by itself before the others share work: they hear of it there, with its status. */
static void leave_alone(pgdp_ctx *ctx, void *user)
{
    job *j = user;
    item *out = j->out + pg_rank(ctx) * j->n;
    const size_t rank = pg_rank(ctx);
    pgdp_status status = PGDP_OK;
    if (rank == 1)
        status = pg_fail(ctx, PGDP_PARSE, "gdp.csv:7: found no number");
    else
        status = pg_spread(ctx, NULL, j->n, sizeof *out, draw_item, j, out);
    assert_int_equal(status, PGDP_PARSE);
    if (rank != 1) {
        assert_string_equal(pgdp_ctx_error(ctx), "rank 1 of 3: gdp.csv:7: found no number");
        assert_int_equal(pg_spread(ctx, NULL, j->n, sizeof *out, draw_item, j, out), PGDP_IO); /* never meets again */
    }
    assert_int_equal(pgdp_ranks_end(ctx, pgdp_status_exit_code(status)), 3);
}

static void a_rank_that_fails_alone_is_not_waited_for(void **state)
{
    (void)state;
    job j = { .n = 6, .fails = PGDP_NONE, .fails2 = PGDP_NONE, .out = calloc(18, sizeof(item)) };
    pgt_run_ranks(3, 1, leave_alone, &j);
    free(j.out);
}

static void see_other_inputs(pgdp_ctx *ctx, void *user)
{
    job *j = user;
    const size_t n = pg_rank(ctx) == 2 ? j->n - 1 : j->n;
    assert_int_equal(pg_spread(ctx, NULL, n, sizeof(item), draw_item, j, j->out + pg_rank(ctx) * j->n), PGDP_IO);
    assert_contains(pgdp_ctx_error(ctx), "rank 0 came to share work (6 items");
    assert_contains(pgdp_ctx_error(ctx), "rank 2 to share work (5 of");
    assert_contains(pgdp_ctx_error(ctx), "do not see the same inputs");
    assert_int_equal(pgdp_ranks_end(ctx, 5), 5);
}

static void ranks_with_different_inputs_are_found_out(void **state)
{
    (void)state;
    job j = { .n = 6, .fails = PGDP_NONE, .fails2 = PGDP_NONE, .out = calloc(18, sizeof(item)) };
    pgt_run_ranks(3, 1, see_other_inputs, &j);
    free(j.out);
}

static pgdp_status write_files(pgdp_ctx *ctx, void *user)
{
    job *j = user;
    assert_int_equal(pg_rank(ctx), 0);
    assert_int_equal(pg_spread(ctx, NULL, j->n, sizeof(item), draw_item, j, j->out), PGDP_OK); /* alone */
    return pg_fail(ctx, PGDP_IO, "out: no space");
}

static void write_once(pgdp_ctx *ctx, void *user)
{
    assert_int_equal(pg_once(ctx, write_files, user), PGDP_IO);
    assert_string_equal(pgdp_ctx_error(ctx), "out: no space");
    assert_int_equal(pgdp_ranks_end(ctx, pg_rank(ctx) == 0 ? 5 : 0), 5);
}

static void what_rank_0_does_alone_ends_the_same_on_all(void **state)
{
    (void)state;
    job j = { .n = 6, .fails = PGDP_NONE, .fails2 = PGDP_NONE, .out = calloc(6, sizeof(item)) };
    for (size_t n_ranks = 1; n_ranks <= 4; n_ranks++)
        pgt_run_ranks(n_ranks, 1, write_once, &j);
    free(j.out);
}

static void receive(pgdp_ctx *ctx, void *user)
{
    (void)user;
    unsigned char *bytes = NULL;
    size_t n = 0;
    if (pg_rank(ctx) == 0) {
        n = 5;
        bytes = ctx->allocator.realloc(ctx->allocator.user, NULL, 6);
        memcpy(bytes, "a\0b\nc", 6);
    }
    assert_int_equal(pg_pass(ctx, PGDP_OK, &bytes, &n), PGDP_OK);
    assert_int_equal(n, 5);
    assert_memory_equal(bytes, "a\0b\nc", 6);
    ctx->allocator.realloc(ctx->allocator.user, bytes, 0);
    bytes = NULL;
    const pgdp_status own = pg_rank(ctx) == 0 ? pg_fail(ctx, PGDP_IO, "no standard input") : PGDP_OK;
    assert_int_equal(pg_pass(ctx, own, &bytes, &n), PGDP_IO);
    assert_string_equal(pgdp_ctx_error(ctx), "no standard input");
    assert_int_equal(pgdp_ranks_end(ctx, 0), 0);
}

static void bytes_of_rank_0_reach_all(void **state)
{
    (void)state;
    for (size_t n_ranks = 1; n_ranks <= 4; n_ranks++)
        if (n_ranks > 1) pgt_run_ranks(n_ranks, 1, receive, NULL);
}

static pgdp_status nest(pgdp_ctx *ctx, void *user, size_t i, void *out)
{
    (void)i, (void)out;
    job *j = user;
    item inner[7];
    job own = { .n = 7, .fails = j->fails, .fails2 = PGDP_NONE };
    return pg_spread(ctx, NULL, own.n, sizeof *inner, draw_item, &own, inner);
}

static void spread_nested(pgdp_ctx *ctx, void *user)
{
    char out[11];
    assert_int_equal(pg_spread(ctx, NULL, sizeof out, 1, nest, user, out), PGDP_OK);
    assert_false(ctx->within_loop);
}

static void an_item_may_spread_items_of_its_own(void **state)
{
    (void)state;
    job j = { .fails = PGDP_NONE };
    for (size_t n_ranks = 1; n_ranks <= 3; n_ranks++)
        for (size_t n_threads = 1; n_threads <= 2; n_threads++)
            pgt_run_ranks(n_ranks, n_threads, spread_nested, &j);
}

static void runs_of_ranks_cover_all_items_in_order(void **state)
{
    (void)state;
    for (size_t n = 0; n < 20; n++)
        for (size_t n_ranks = 1; n_ranks < 9; n_ranks++) {
            size_t at = 0;
            for (size_t r = 0; r < n_ranks; r++) {
                const pg_range range = pg_rank_range(n, r, n_ranks);
                assert_int_equal(range.first, at);
                assert_true(range.end - range.first <= n / n_ranks + 1 && range.end - range.first >= n / n_ranks);
                at = range.end;
            }
            assert_int_equal(at, n);
        }
}

static void a_process_by_itself_is_rank_0_of_1(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_true(pgdp_rank(ctx) == 0 && pgdp_n_ranks(ctx) == 1 && !pg_meets(ctx));
    assert_int_equal(pg_meet(ctx, PG_CALL_SPREAD, 1, 1, PGDP_PARSE), PGDP_PARSE);
    assert_int_equal(pgdp_ranks_end(ctx, 7), 7);
    pgdp_ctx_free(ctx);
}

static bool after_calls(void *user)
{
    size_t *left = user;
    return *left == 0 || --*left == 0;
}

static void a_stop_ends_the_loop_with_its_status(void **state)
{
    (void)state;
    job j = { .fails = PGDP_NONE, .fails2 = PGDP_NONE };
    item *out = calloc(N, sizeof *out);
    size_t left = 20;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_ctx_set_stop(ctx, after_calls, &left);
    assert_status(ctx, pg_spread(ctx, NULL, N, sizeof *out, draw_item, &j, out), PGDP_STOPPED);
    assert_contains(pgdp_ctx_error(ctx), "stopped before the end");
    assert_true(out[18].touched == 1 && out[25].touched == 0);
    pgdp_ctx_set_threads(ctx, 2);
    assert_status(ctx, pg_spread(ctx, NULL, N, sizeof *out, draw_item, &j, out), PGDP_STOPPED);
    pgdp_ctx_free(ctx);
    free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_ranks_and_threads_gives_the_same_bits),
        cmocka_unit_test(the_lowest_failing_item_is_reported_on_every_rank),
        cmocka_unit_test(ranks_go_on_together_after_a_failure_of_items),
        cmocka_unit_test(a_rank_that_fails_alone_is_not_waited_for),
        cmocka_unit_test(ranks_with_different_inputs_are_found_out),
        cmocka_unit_test(what_rank_0_does_alone_ends_the_same_on_all),
        cmocka_unit_test(bytes_of_rank_0_reach_all),
        cmocka_unit_test(an_item_may_spread_items_of_its_own),
        cmocka_unit_test(runs_of_ranks_cover_all_items_in_order),
        cmocka_unit_test(a_process_by_itself_is_rank_0_of_1),
        cmocka_unit_test(a_stop_ends_the_loop_with_its_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
