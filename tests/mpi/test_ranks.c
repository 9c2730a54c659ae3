/* test_ranks.c  What MPI carries: messages in one piece or many, meetings, the end. Run by itself and under mpirun, by
 * test_ranks.sh. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/spread.h"
#include "tests/support/support.h"

#include <stdlib.h>

static pgdp_ctx *ctx;

#ifdef PGDP_MPI

enum { N = 1001, SIZE = 37 };

static unsigned char byte_of(size_t item, size_t i)
{
    return (unsigned char)(item * 31 + i * 7 + item / 256);
}

static pgdp_status fill_item(pgdp_ctx *own, void *user, size_t item, void *out)
{
    const size_t *fails = user;
    unsigned char *bytes = out;
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = byte_of(item, i);
    return item == *fails ? pg_fail(own, PGDP_NUMERICAL, "item %zu", item) : PGDP_OK;
}

static void items_reach_all_ranks_in_messages_of_any_size(void **state)
{
    (void)state;
    static const size_t largest[] = { (size_t)1 << 30, N * SIZE, N * SIZE - 1, 1000, 1 };
    const size_t usual = ctx->ranks->largest;
    size_t none = PGDP_NONE;
    for (size_t l = 0; l < sizeof largest / sizeof *largest; l++) {
        ctx->ranks->largest = largest[l];
        unsigned char *out = calloc(N, SIZE);
        assert_ok(ctx, pg_spread(ctx, NULL, N, SIZE, fill_item, &none, out));
        for (size_t item = 0; item < N; item++)
            for (size_t i = 0; i < SIZE; i++)
                assert_int_equal(out[item * SIZE + i], byte_of(item, i));
        free(out);
    }
    ctx->ranks->largest = usual;
}

static void the_lowest_failing_item_is_told_on_every_rank(void **state)
{
    (void)state;
    unsigned char *out = calloc(N, SIZE);
    size_t fails = N - 1;
    assert_status(ctx, pg_spread(ctx, NULL, N, SIZE, fill_item, &fails, out), PGDP_NUMERICAL);
    assert_string_equal(pgdp_ctx_error(ctx), "item 1000");
    free(out);
}

static void bytes_of_rank_0_reach_all(void **state)
{
    (void)state;
    size_t n = 0;
    unsigned char *bytes = NULL;
    if (pg_rank(ctx) == 0) {
        n = 5000;
        bytes = ctx->allocator.realloc(ctx->allocator.user, NULL, n + 1);
        for (size_t i = 0; i <= n; i++)
            bytes[i] = byte_of(3, i);
    }
    assert_ok(ctx, pg_pass(ctx, PGDP_OK, &bytes, &n));
    assert_int_equal(n, 5000);
    for (size_t i = 0; i <= n; i++)
        assert_int_equal(bytes[i], byte_of(3, i));
    ctx->allocator.realloc(ctx->allocator.user, bytes, 0);
}

/* The last test: nobody meets after it. */
static void the_end_has_the_exit_code_of_the_lowest_rank_that_failed(void **state)
{
    (void)state;
    const size_t n = pgdp_n_ranks(ctx), last = n - 1;
    const int own = pgdp_rank(ctx) == last ? pgdp_status_exit_code(pg_fail(ctx, PGDP_PARSE, "no number")) : 0;
    assert_int_equal(pgdp_ranks_end(ctx, own), 3);
    assert_contains(pgdp_ctx_error(ctx), "no number");
    assert_int_equal(pgdp_n_ranks(ctx), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_reach_all_ranks_in_messages_of_any_size),
        cmocka_unit_test(the_lowest_failing_item_is_told_on_every_rank),
        cmocka_unit_test(bytes_of_rank_0_reach_all),
        cmocka_unit_test(the_end_has_the_exit_code_of_the_lowest_rank_that_failed),
    };
    ctx = pgdp_ctx_new(NULL);
    if (ctx == NULL || pgdp_ranks_begin(ctx) != PGDP_OK) return 1;
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    pgdp_ctx_free(ctx);
    return failed;
}

#else

static void joining_ranks_is_refused_without_mpi(void **state)
{
    (void)state;
    assert_status(ctx, pgdp_ranks_begin(ctx), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "built without MPI");
    assert_int_equal(pgdp_n_ranks(ctx), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(joining_ranks_is_refused_without_mpi) };
    ctx = pgdp_ctx_new(NULL);
    if (ctx == NULL) return 1;
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    pgdp_ctx_free(ctx);
    return failed;
}

#endif
