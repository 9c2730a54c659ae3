/* test_levels.c  Distinct values and their order: numbers by size, texts by bytes, whatever way they are found.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "core/number.h"
#include "core/random.h"
#include "stats/eval.h"
#include "tests/support/context.h"
#include "tests/support/frame_text.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The level of every row is the rank of its number among the distinct ones, and is named by it. */
static void check_numbers(const double *values, size_t n)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    size_t *rows = calloc(n, sizeof *rows), n_distinct = 0;
    double *sorted = calloc(n, sizeof *sorted);
    char name[PG_NUMBER_SIZE];
    pg_levels levels;
    for (size_t i = 0; i < n; i++) {
        rows[i] = i;
        sorted[i] = values[i] + 0.0;
    }
    qsort(sorted, n, sizeof *sorted, compare);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || sorted[i] > sorted[i - 1]) sorted[n_distinct++] = sorted[i];
    assert_ok(ctx, pg_levels_of_numbers(ctx, values, rows, n, &levels));
    assert_int_equal(levels.n, n_distinct);
    for (size_t i = 0; i < n; i++)
        assert_close(sorted[levels.index[i]], values[i], 0, 0);
    for (size_t k = 0; k < n_distinct; k++) {
        pg_number_format(sorted[k], name);
        assert_string_equal(levels.names[k], name);
    }
    pg_arena_rewind(&ctx->scratch, mark);
    free(rows);
    free(sorted);
}

static void numbers_come_by_size(void **state)
{
    (void)state;
    static const double few[] = { 3,     -0.0, 0.0,     -1,       1e300,   -1e300,   1e-300, -1e-300, 0.1,
                                  -0.25, 2,    DBL_MAX, -DBL_MAX, DBL_MIN, -DBL_MIN, 5e-324, -5e-324, 3 };
    check_numbers(few, sizeof few / sizeof *few);
    check_numbers(few, 1);
    enum { N = 30000 };
    double *values = calloc(N, sizeof *values);
    for (int kind = 0; kind < 4; kind++) {
        pg_random random = pg_random_stream(17, "levels", (uint32_t)kind);
        for (size_t i = 0; i < N; i++) {
            const double whole = (double)pg_random_index(&random, 9000) - 300;
            values[i] = kind == 0   ? whole                                 /* a table */
                        : kind == 1 ? 1e12 + 7919 * whole                   /* far apart: hashed */
                        : kind == 2 ? pg_random_normal(&random)             /* nearly all distinct */
                                    : exp(0.05 * whole) * (i % 2 ? 1 : -1); /* over many powers of ten */
        }
        check_numbers(values, N);
    }
    free(values);
}

static void texts_come_by_bytes(void **state)
{
    (void)state;
    static const char text[] =
        "g:t\nabcdefgh2\nabcdefgh10\nabcdefgh\nabcdefg\nB\na\nabcdefghz\nz\n\xc3\xa9t\xc3\xa9\nab\n"
        "abcdefgh10\na\n";
    static const char *const expected[] = { "B",          "a",         "ab",        "abcdefg", "abcdefgh",
                                            "abcdefgh10", "abcdefgh2", "abcdefghz", "z",       "\xc3\xa9t\xc3\xa9" };
    enum { N = 12, N_LEVELS = sizeof expected / sizeof *expected };
    pgdp_frame *frame = pgt_frame(ctx, text);
    size_t rows[N];
    pg_levels levels;
    for (size_t i = 0; i < N; i++)
        rows[i] = i;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    assert_ok(ctx, pg_levels_of_column(ctx, frame, 0, rows, N, &levels));
    assert_int_equal(levels.n, N_LEVELS);
    for (size_t k = 0; k < N_LEVELS; k++)
        assert_string_equal(levels.names[k], expected[k]);
    for (size_t i = 0; i < N; i++)
        assert_string_equal(levels.names[levels.index[i]], pgdp_frame_level(frame, 0, pgdp_frame_codes(frame, 0)[i]));
    pg_arena_rewind(&ctx->scratch, mark);
    pgdp_frame_free(frame);
}

/* 9007199254740993 is read as 9007199254740992: two firms would be one. */
static void identifiers_that_doubles_merge_are_refused(void **state)
{
    (void)state;
    static const size_t rows[] = { 0, 1, 2, 3 };
    pgdp_frame *frame = pgt_frame(ctx, "a b\n1 -9007199254740991\n2 9007199254740991\n3 5\n9007199254740993 6\n");
    pg_levels levels;
    assert_ok(ctx, pg_levels_of_column(ctx, frame, 0, rows, 3, &levels));
    assert_ok(ctx, pg_levels_of_column(ctx, frame, 1, rows, 4, &levels));
    assert_status(ctx, pg_levels_of_column(ctx, frame, 0, rows, 4, &levels), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "column \"a\": found the level 9007199254740992");
    pgdp_frame_free(frame);
}

static pgdp_status find_levels(pgdp_ctx *c, void *user)
{
    size_t rows[64];
    pg_levels levels;
    for (size_t i = 0; i < 64; i++)
        rows[i] = i;
    const pg_mark mark = pg_arena_mark(&c->scratch);
    const pgdp_status status = pg_levels_of_numbers(c, user, rows, 64, &levels);
    pg_arena_rewind(&c->scratch, mark);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    double values[64];
    for (size_t i = 0; i < 64; i++)
        values[i] = sin((double)i);
    assert_true(pgt_fail_every_allocation(find_levels, values) > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_come_by_size),
        cmocka_unit_test(texts_come_by_bytes),
        cmocka_unit_test(identifiers_that_doubles_merge_are_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
