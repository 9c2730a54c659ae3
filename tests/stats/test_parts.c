/* test_parts.c  What terms become: bins, kept levels and pairs of levels; polynomials; what rounding took.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/frame.h"
#include "core/random.h"
#include "stats/design_columns.h"
#include "stats/eval.h"
#include "tests/support/frame_text.h"
#include "tests/support/support.h"

#include <math.h>

static const char table[] = "y x z f:t g q:p\n"
                            "2.385 1.5 -3 b 10 2019Q4\n"
                            "3.125 2.5 0.25 a 2 2020Q1\n"
                            "4.75 4 7 c 2 2020Q2\n"
                            "-1.5 5.125 2 a 10 2019Q4\n"
                            "6.5 8.25 0.3 d 2.5 2020Q1\n"
                            "9.125 16 1 c 7 2020Q2\n"
                            "7.75 32.5 5 b 10 2020Q3\n"
                            "1.25 0.7 3 d -1 2020Q3\n";

/** The columns of a formula's terms over all rows, or the error. */
static pgdp_status fill(pgdp_ctx *ctx, const pgdp_frame *frame, const char *formula, pg_filled *out)
{
    pg_formula f;
    pg_columns columns;
    pg_rows rows;
    pgdp_dropped dropped;
    const pg_scope scope = { .frame = frame };
    PG_TRY(pg_formula_parse(ctx, &ctx->scratch, formula, false, &f));
    PG_TRY(pg_columns_find(ctx, &scope, &f.terms, f.constant, f.constant, &columns));
    PG_TRY(pg_rows_init(ctx, &scope, NULL, &rows));
    pg_columns_need(&columns, &rows);
    PG_TRY(pg_rows_close(ctx, &rows, &dropped));
    return pg_columns_fill(ctx, &columns, &rows, out);
}

/** Names joined by blanks, or the error. */
static const char *names(pgdp_ctx *ctx, const pgdp_frame *frame, const char *formula)
{
    pg_filled filled;
    pg_text text;
    if (fill(ctx, frame, formula, &filled) != PGDP_OK) return pgdp_ctx_error(ctx);
    pg_text_init(&text, &ctx->scratch);
    for (size_t j = 0; j < filled.x.n_cols; j++)
        pg_text_addf(&text, j == 0 ? "%s" : " %s", filled.names[j]);
    return text.data;
}

static void levels_are_merged_kept_and_left_out_by_name(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ i(f, ref = c('a', 'd'))", "(Intercept) f::b f::c" },
        { "y ~ i(f, keep = c(a, c))", "(Intercept) f::a f::c" },
        { "y ~ i(f, keep = c(a, b, c, d))", "(Intercept) f::b f::c f::d" },
        { "y ~ i(f, keep = c(a, c), ref = c)", "(Intercept) f::a" },
        { "y ~ i(f, bin = c('b', 'd'))", "(Intercept) f::b f::c" },
        { "y ~ i(f, bin = c('d', 'a'))", "(Intercept) f::c f::d" },
        { "y ~ i(f, bin = c(c('b', 'd'), c('a', 'c'))) - 1", "f::a f::b" },
        { "y ~ i(f, bin = c('b', 'd'), ref = b)", "(Intercept) f::a f::c" },
        { "y ~ i(f, bin = c('b', 'd'), keep = b)", "(Intercept) f::b" },
        { "y ~ i(g, bin = 5)", "(Intercept) g::0 g::5 g::10" },
        { "y ~ i(g, bin = 5, ref = 5)", "(Intercept) g::-5 g::0 g::10" },
        { "y ~ i(z, bin = 0.1, keep = c(0.2, 0.3))", "(Intercept) z::0.2 z::0.3" },
        { "y ~ i(g, bin = c(2, 2.5))", "(Intercept) g::2 g::7 g::10" },
        { "y ~ i(g, ref = -1)", "(Intercept) g::2 g::2.5 g::7 g::10" },
        { "y ~ i(f, i.g, keep = a, keep2 = c(2, 10))", "(Intercept) f::a:g::2 f::a:g::10" },
        { "y ~ i(f, i.g, keep = c(a, b), ref2 = c(-1, 2.5, 7))",
          "(Intercept) f::a:g::2 f::b:g::2 f::a:g::10 f::b:g::10" },
        { "y ~ i(f, g, keep = a, bin2 = 6, ref2 = -6)", "(Intercept) f::a:g::0 f::a:g::6" },
        { "y ~ i(q, ref = '2020Q1') - 1", "q::2019Q4 q::2020Q2 q::2020Q3" },
        { "y ~ i(f, x, keep = c(b, c), ref = b)", "(Intercept) f::c:x" },
        { "y ~ poly(x, 2):f - 1",
          "poly(x, 2)1:f::a poly(x, 2)2:f::a poly(x, 2)1:f::b poly(x, 2)2:f::b poly(x, 2)1:f::c "
          "poly(x, 2)2:f::c poly(x, 2)1:f::d poly(x, 2)2:f::d" },
        { "y ~ poly(x, 2, raw = TRUE)", "(Intercept) poly(x, 2, raw = TRUE)1 poly(x, 2, raw = TRUE)2" },
        { "y ~ i(f, ref = e)",
          "formula:1:16: found \"e\", expected a level of f in the rows used; the first one is a" },
        { "y ~ i(g, keep = c(2, -2))",
          "formula:1:22: found \"-2\", expected a level of g in the rows used; did you mean 2" },
        { "y ~ i(f, bin = c('a', 'aa'))",
          "formula:1:23: found \"aa\", expected a level of f in the rows used; the first one is a" },
        { "y ~ i(f, bin = c(c('a', 'b'), c('b', 'c')))",
          "formula:1:33: found \"b\", expected every level in one bin only, and once" },
        { "y ~ i(f, bin = 2)",
          "formula:1:16: found \"2\", which is a width, expected levels to merge, c(\"a\", \"b\"), for a "
          "column that is not numeric" },
        { "y ~ i(f, keep = a, ref = a)",
          "formula: found no level of f left beside its references, expected one or more; check ref and keep" },
        { "y ~ poly(g, 5)",
          "found 5 distinct values for poly(g, 5) in the rows used, expected more than its degree; lower the degree" },
        { "y ~ poly(x, 8)", "found 8 rows for poly(x, 8), expected more rows than its degree" },
        { "y ~ poly(f, 2)",
          "formula:1:10: found \"f\", a text column, expected numbers; write i( ) around it as a term of "
          "its own, or compare it: I(x == \"level\")" },
    };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    pgdp_frame *frame = pgt_frame(ctx, table);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(names(ctx, frame, cases[i][0]), cases[i][1]);
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

static void values_follow_their_names(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    pgdp_frame *frame = pgt_frame(ctx, table);
    pg_filled f;
    const double merged[] = { 1, 0, 0, 0, 1, 0, 1, 1 }, pairs[] = { 0, 0, 1, 0, 0, 0, 0, 0 };
    const double bins[] = { 0, 0, 0, 0, 0, 16, 0, 0 };
    assert_ok(ctx,
              fill(ctx, frame,
                   "y ~ i(f, bin = c('b', 'd')) + i(f, i.g, keep = c, keep2 = 2) + i(g, x, bin = 5, keep = 5)", &f));
    assert_string_equal(f.names[1], "f::b");
    for (size_t i = 0; i < 8; i++) {
        assert_close(f.x.x[i + 8], merged[i], 0, 0);
        assert_close(f.x.x[i + 3 * 8], pairs[i], 0, 0);
        assert_close(f.x.x[i + 4 * 8], bins[i], 0, 0);
    }
    assert_int_equal(f.low.n_cols, 0);
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

/** R's poly() as its help page has it: QR of the powers of x less its mean, by hand. Columns 1 to n of q, [rows x n +
 * 1]. */
static void poly_of_r(const double *x, size_t rows, size_t n, long double *q)
{
    long double mean = 0;
    for (size_t i = 0; i < rows; i++)
        mean += x[i];
    mean /= (long double)rows;
    for (size_t k = 0; k <= n; k++) {
        for (size_t i = 0; i < rows; i++)
            q[i + k * rows] = powl(x[i] - mean, (long double)k);
        for (int pass = 0; pass < 3; pass++) {
            for (size_t j = 0; j < k; j++) {
                long double along = 0;
                for (size_t i = 0; i < rows; i++)
                    along += q[i + j * rows] * q[i + k * rows];
                for (size_t i = 0; i < rows; i++)
                    q[i + k * rows] -= along * q[i + j * rows];
            }
        }
        long double norm = 0;
        for (size_t i = 0; i < rows; i++)
            norm += q[i + k * rows] * q[i + k * rows];
        for (size_t i = 0; i < rows; i++)
            q[i + k * rows] /= sqrtl(norm);
    }
}

enum { POLY_ROWS = 50, DEGREE = 5 };

/** y, x, x8 = 1e8 x. */
static pgdp_frame *numbers(pgdp_ctx *ctx, double *x)
{
    static const char *const columns[] = { "y", "x", "x8" };
    pg_random random = pg_random_stream(2385, "poly", 0);
    pgdp_frame *frame;
    double cells[POLY_ROWS];
    assert_ok(ctx, pgdp_frame_new(ctx, &frame));
    for (size_t c = 0; c < 3; c++) {
        const pgdp_column about = { .name = columns[c], .type = PGDP_REAL };
        for (size_t i = 0; i < POLY_ROWS; i++) {
            if (c == 0) x[i] = 2.385 + 3 * pg_random_normal(&random);
            cells[i] = c == 2 ? 1e8 * x[i] : x[i];
        }
        assert_ok(ctx, pg_frame_add_reals(ctx, frame, &about, cells, POLY_ROWS));
    }
    return frame;
}

static void polynomials_are_those_of_r(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    double x[POLY_ROWS];
    long double q[POLY_ROWS * (DEGREE + 1)];
    pgdp_frame *frame = numbers(ctx, x);
    pg_filled f, scaled;
    assert_ok(ctx, fill(ctx, frame, "y ~ poly(x, 5) - 1", &f));
    assert_ok(ctx, fill(ctx, frame, "y ~ poly(x8, 5) - 1", &scaled));
    poly_of_r(x, POLY_ROWS, DEGREE, q);
    assert_string_equal(f.names[4], "poly(x, 5)5");
    for (size_t i = 0; i < POLY_ROWS * DEGREE; i++) {
        assert_close(f.x.x[i], (double)q[i + POLY_ROWS], 1e-13, 1e-14);
        assert_close(scaled.x.x[i], f.x.x[i], 1e-12, 1e-14);
    }
    assert_int_equal(f.low.n_cols, 0);
    /* R 4.2: poly(1:5, 2) */
    static const double linear[] = { -0.63245553203367588, -0.31622776601683794, 0, 0.31622776601683794,
                                     0.63245553203367588 };
    static const double square[] = { 0.53452248382484879, -0.26726124191242440, -0.53452248382484879,
                                     -0.26726124191242440, 0.53452248382484879 };
    pgdp_frame *five = pgt_frame(ctx, "y x\n1 1\n3 2\n2 3\n7 4\n6.5 5\n");
    assert_ok(ctx, fill(ctx, five, "y ~ poly(x, 2)", &f));
    for (size_t i = 0; i < 5; i++) {
        assert_close(f.x.x[5 + i], linear[i], 1e-15, 1e-16);
        assert_close(f.x.x[10 + i], square[i], 1e-15, 1e-16);
    }
    pgdp_frame_free(five);
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

#ifdef __SIZEOF_FLOAT128__
__extension__ typedef __float128 wide; /* 113 bits */
#else
typedef long double wide; /* 113 bits where there is no such type */
#endif

/** x^k - (hi + lo) relative to x^k, in 113 bits. */
static double error_of_power(double x, int k, double hi, double lo)
{
    wide exact = 1;
    for (int i = 0; i < k; i++)
        exact *= x;
    const wide error = (exact - hi) - lo;
    return (double)(error / exact);
}

static void what_rounding_took_is_kept(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    double x[POLY_ROWS];
    pgdp_frame *frame = numbers(ctx, x);
    pg_filled f;
    assert_ok(ctx,
              fill(ctx, frame, "y ~ x + x^10 + x:x8 + I(x - x8*x8) + log(x^2) + poly(x, 3, raw = TRUE) + I(x/3)", &f));
    assert_int_equal(f.low.n_cols, f.x.n_cols);
    assert_int_equal(f.x.n_cols, 10);
    for (size_t i = 0; i < POLY_ROWS; i++) {
        const double x8 = 1e8 * x[i];
        const double *hi = f.x.x + i, *lo = f.low.x + i;
        assert_close(lo[0], 0, 0, 0);
        assert_close(lo[1 * POLY_ROWS], 0, 0, 0);
        assert_close(error_of_power(x[i], 10, hi[2 * POLY_ROWS], lo[2 * POLY_ROWS]), 0, 0, 1e-30);
        assert_close((double)(((wide)x[i] * x8 - hi[3 * POLY_ROWS]) - lo[3 * POLY_ROWS]), 0, 0, 0);
        const wide difference = (wide)x[i] - (wide)x8 * x8;
        assert_close((double)(((difference - hi[4 * POLY_ROWS]) - lo[4 * POLY_ROWS]) / difference), 0, 0, 1e-30);
        assert_close(lo[5 * POLY_ROWS], 0, 0, 0);
        for (size_t k = 1; k <= 3; k++)
            assert_close(error_of_power(x[i], (int)k, hi[(5 + k) * POLY_ROWS], lo[(5 + k) * POLY_ROWS]), 0, 0, 1e-30);
        const wide third = (wide)x[i] / 3;
        assert_close((double)(((third - hi[9 * POLY_ROWS]) - lo[9 * POLY_ROWS]) / third), 0, 0, 1e-30);
        assert_true(fabs(lo[2 * POLY_ROWS]) <= 0x1p-53 * fabs(hi[2 * POLY_ROWS]));
    }
    assert_ok(ctx, fill(ctx, frame, "y ~ x + log(x) + I(x > 2) + x8", &f));
    assert_int_equal(f.low.n_cols, 0);
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

static void sizes_at_the_edge_of_the_range_lose_the_low_part_alone(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    pgdp_frame *frame =
        pgt_frame(ctx, "y x z\n1 1e200 1e-200\n2 3e-180 2e100\n3 1e154 1e140\n4 0 5\n5 -7e30 3\n6 2 1\n");
    pg_filled f;
    const double squares[] = { 0, 1e308, 0, 4.9e61, 4 }, products[] = { 6e-80, 1e294, 0, -2.1e31, 2 };
    assert_ok(ctx, fill(ctx, frame, "y ~ x^2 + x:z", &f)); /* the first row's square is not finite: missing */
    assert_int_equal(f.x.n_rows, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_close(f.x.x[5 + i], squares[i], 1e-15, 0);
        assert_close(f.x.x[10 + i], products[i], 1e-15, 0);
    }
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

static void levels_of_many_kinds_of_numbers_agree(void **state)
{
    (void)state;
    enum { N = 3000 };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    double whole[N], spread[N];
    size_t rows[N];
    for (size_t i = 0; i < N; i++) { /* the same order of values: by table, and by hashing */
        whole[i] = (double)((i * i + 7 * i) % 211) - 50;
        spread[i] = whole[i] * 1.25e9 + 0.5;
        rows[i] = i;
    }
    pg_levels a, b;
    assert_ok(ctx, pg_levels_of_numbers(ctx, whole, rows, N, &a));
    assert_ok(ctx, pg_levels_of_numbers(ctx, spread, rows, N, &b));
    assert_int_equal(a.n, b.n);
    assert_true(a.n > 50);
    assert_memory_equal(a.index, b.index, sizeof rows);
    pgdp_ctx_free(ctx);
}

static pgdp_status fill_all(pgdp_ctx *ctx, void *user)
{
    pg_filled f;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = fill(
        ctx, user, "y ~ poly(x, 2) + i(f, z, bin = c('a', 'b'), keep = c(a, c)) + poly(z, 2, raw = yes) + x:z^3", &f);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    pgdp_frame *frame = pgt_frame(ctx, table);
    assert_true(pgt_fail_every_allocation(fill_all, frame) > 1);
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_are_merged_kept_and_left_out_by_name),
        cmocka_unit_test(values_follow_their_names),
        cmocka_unit_test(polynomials_are_those_of_r),
        cmocka_unit_test(what_rounding_took_is_kept),
        cmocka_unit_test(sizes_at_the_edge_of_the_range_lose_the_low_part_alone),
        cmocka_unit_test(levels_of_many_kinds_of_numbers_agree),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
