/* test_extended.c  Least squares in double-double, and whether the certificate promises more digits than there are:
 * integer designs whose exact solution is known, at conditions up to the border of rank.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "core/random.h"
#include "core/text.h"
#include "pgdp/regression.h"
#include "stats/least_squares.h"
#include "stats/two_algebra.h"
#include "tests/support/frame_text.h"
#include "tests/support/support.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 16, HALF = ROWS / 2, COLS = 5, DESIGNS = 10000 };
__extension__ typedef __int128 wide;
static const char *const terms[] = { "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7" };

/* y = X b + r with X'Wr = 0, all of them integers, so that b is the least-squares solution and y is exact. */
typedef struct problem {
    double x[ROWS * COLS], y[ROWS], w[ROWS], b[COLS];
    pgdp_design d;
} problem;

static double integer(pg_random *random, double most)
{
    return floor((2 * pg_random_uniform(random) - 1) * most);
}

/* Rows stand twice with the same weight and opposite residuals. Each column is near the one before; how near is
 * chance's. */
static void make(pg_random *random, bool weighted, problem *p)
{
    const size_t k = 2 + pg_random_index(random, COLS - 1);
    const double gap = exp2(44 * pg_random_uniform(random)), error = floor(exp2(43 * pg_random_uniform(random)));
    for (size_t j = 0; j < k; j++) {
        p->b[j] = integer(random, 9) + 10;
        for (size_t i = 0; i < HALF; i++) {
            double v = integer(random, j == 0 ? ldexp(1, 43) : fmax(2, ldexp(1, 43) / gap));
            if (j > 0) v += p->x[i + (j - 1) * ROWS];
            p->x[i + j * ROWS] = p->x[i + HALF + j * ROWS] = v;
        }
    }
    for (size_t i = 0; i < HALF; i++) {
        const double r = pg_random_index(random, 2) == 0 ? 0 : integer(random, error);
        double y = 0;
        for (size_t j = 0; j < k; j++)
            y += p->b[j] * p->x[i + j * ROWS];
        p->y[i] = y + r;
        p->y[i + HALF] = y - r;
        p->w[i] = p->w[i + HALF] = 1 + floor(1000 * pg_random_uniform(random));
    }
    p->d = (pgdp_design){ .y = { p->y, ROWS }, .x = { p->x, ROWS, k }, .terms = terms, .constant = PGDP_NONE };
    if (weighted) {
        p->d.weights = (pgdp_vec){ p->w, ROWS };
        p->d.weight_kind = PGDP_ANALYTIC;
    }
}

/* Digits of the worst coefficient as least_squares.h means them: relative to its size, its standard error, or 2^-20
 * |y| / |a_k|. */
static double true_digits(const problem *p, const pg_least_squares *ls)
{
    const size_t k = p->d.x.n_cols;
    double ssr = 0, yy = 0, worst = DBL_EPSILON / 2;
    for (size_t i = 0; i < ROWS; i++) {
        const double w = p->d.weights.n > 0 ? p->w[i] : 1;
        double fitted = 0;
        for (size_t j = 0; j < k; j++)
            fitted += p->b[j] * p->x[i + j * ROWS];
        ssr += w * (p->y[i] - fitted) * (p->y[i] - fitted);
        yy += w * p->y[i] * p->y[i];
    }
    for (size_t j = 0; j < k; j++) {
        double variance = 0, square = 0;
        for (size_t i = 0; i < ROWS; i++)
            square += (p->d.weights.n > 0 ? p->w[i] : 1) * p->x[i + j * ROWS] * p->x[i + j * ROWS];
        for (size_t l = j; l < k; l++)
            variance += ls->root.x[j + l * k] * ls->root.x[j + l * k] * ssr / (double)(ROWS - k);
        const double size = fmax(fmax(fabs(p->b[j]), sqrt(variance)), ldexp(sqrt(yy / square), -20));
        worst = fmax(worst, fabs(ls->estimate[j] - p->b[j]) / size);
    }
    return -log10(worst);
}

/* Residuals of the extended solution are right to 1e-17 of the largest, though y is larger by far: condition times the
 * square of a double's rounding is all that they lose. */
static void check_residuals(const problem *p, const pg_least_squares *ls)
{
    double want[ROWS], largest = 0;
    for (size_t i = 0; i < ROWS; i++) {
        want[i] = p->y[i];
        for (size_t j = 0; j < p->d.x.n_cols; j++)
            want[i] -= p->b[j] * p->x[i + j * ROWS];
        if (p->d.weights.n > 0) want[i] *= sqrt(p->w[i]);
        largest = fmax(largest, fabs(want[i]));
    }
    for (size_t i = 0; i < ROWS; i++)
        assert_close(ls->residual[i], want[i], 1e-15, 1e-6 + 1e-17 * largest);
}

/* What thousands of designs say of the certificate. */
typedef struct tally {
    size_t n, n_refused;
    double most_too_many, most_too_few, fewest, most_condition;
} tally;

static tally survey(pg_precision precision, bool weighted)
{
    tally t = { .most_too_many = -16, .fewest = 16 };
    for (size_t i = 0; i < DESIGNS; i++) {
        problem p;
        pg_least_squares ls;
        pg_random random = pg_random_stream(11, "extended", (uint32_t)i);
        make(&random, weighted, &p);
        pgdp_ctx *ctx = pgdp_ctx_new(NULL);
        const pgdp_status status = pg_least_squares_solve_at(ctx, &p.d, precision, &ls);
        if (status != PGDP_OK) {
            assert_int_equal(status, PGDP_RANK_DEFICIENT);
            t.n_refused++;
        } else {
            const double digits = true_digits(&p, &ls);
            if (precision == PG_PRECISION_EXTENDED) check_residuals(&p, &ls);
            t.n++;
            t.most_too_many = fmax(t.most_too_many, ls.digits - digits);
            t.most_too_few = fmax(t.most_too_few, digits - ls.digits);
            t.fewest = fmin(t.fewest, digits);
            t.most_condition = fmax(t.most_condition, ls.condition);
        }
        pgdp_ctx_free(ctx);
    }
    print_message(
        "%zu designs, condition up to %.2g, fewest digits %.1f; certificate too high by %.2f, too low by %.2f\n", t.n,
        t.most_condition, t.fewest, t.most_too_many, t.most_too_few);
    return t;
}

static void the_certificate_never_promises_a_digit_too_many(void **state)
{
    (void)state;
    for (int weighted = 0; weighted <= 1; weighted++) {
        const tally plain = survey(PG_PRECISION_DOUBLE, weighted), extended = survey(PG_PRECISION_EXTENDED, weighted);
        assert_true(plain.n > DESIGNS / 2 && plain.most_condition > 1e10);
        assert_true(plain.most_too_many <= 1);
        assert_true(extended.most_too_many <= 1);
        assert_int_equal(plain.n, extended.n);
        assert_true(extended.fewest > 15 && extended.most_too_few < 1); /* integers: every digit, and it is said */
    }
}

static void slope_and_constant_are_those_of_exact_fractions(void **state)
{
    (void)state;
    for (size_t trial = 0; trial < 1000; trial++) {
        enum { N = 10 };
        pg_random random = pg_random_stream(12, "extended", (uint32_t)trial);
        double x[2 * N], y[N];
        wide sx = 0, sy = 0, sxx = 0, sxy = 0;
        for (size_t i = 0; i < N; i++) {
            x[i] = 1;
            x[i + N] = ldexp(1, 40) + integer(&random, 1 << 16);
            y[i] = integer(&random, 1 << 30);
            sx += (wide)x[i + N];
            sy += (wide)y[i];
            sxx += (wide)x[i + N] * (wide)x[i + N];
            sxy += (wide)x[i + N] * (wide)y[i];
        }
        const wide bottom = N * sxx - sx * sx;
        const long double slope = (long double)(N * sxy - sx * sy) / (long double)bottom;
        /* the constant's numerator has more than 128 bits: it is the mean less the slope's share of the remainder */
        const long double constant = ((long double)sy - slope * (long double)sx) / N;
        const pgdp_design d = { .y = { y, N }, .x = { x, N, 2 }, .terms = terms, .constant = 0 };
        pgdp_ctx *ctx = pgdp_ctx_new(NULL);
        pg_least_squares ls;
        assert_ok(ctx, pg_least_squares_solve_at(ctx, &d, PG_PRECISION_EXTENDED, &ls));
        assert_close(ls.estimate[1], (double)slope, 1e-15, 0);
        assert_close(ls.estimate[0], (double)constant, 1e-15, 0);
        pgdp_ctx_free(ctx);
    }
}

static void hilbert_columns_are_solved_to_the_last_digit(void **state)
{
    (void)state;
    enum { N = 10, K = 8 };
    const double multiple = 12252240; /* of 1 ... 17 */
    double x[N * K], y[N] = { 0 };
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < K; j++) {
            x[i + j * N] = multiple / (double)(i + j + 1);
            y[i] += (double)(j + 1) * x[i + j * N];
        }
    }
    const pgdp_design d = { .y = { y, N }, .x = { x, N, K }, .terms = terms, .constant = PGDP_NONE };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pg_least_squares ls;
    assert_ok(ctx, pg_least_squares_solve_at(ctx, &d, PG_PRECISION_EXTENDED, &ls));
    assert_true(ls.condition > 1e9 && ls.extended && ls.digits > 15);
    for (size_t j = 0; j < K; j++)
        assert_close(ls.estimate[j], (double)(j + 1), DBL_EPSILON, 0);
    pgdp_ctx_free(ctx);
}

/* x + x_low are 63-bit integers over 1024; without the low parts the columns, which differ by 2^-27 of themselves,
 * leave 8 digits. */
static void low_parts_count_as_digits_of_the_data(void **state)
{
    (void)state;
    double x[ROWS * 2], low[ROWS * 2], y[ROWS], y_low[ROWS];
    pg_random random = pg_random_stream(13, "extended", 0);
    for (size_t i = 0; i < ROWS; i++) {
        pg_two sum = { 0, 0 };
        x[i] = floor(ldexp(1 + pg_random_uniform(&random), 51));
        x[i + ROWS] = x[i] + integer(&random, ldexp(1, 24));
        for (size_t j = 0; j < 2; j++) {
            low[i + j * ROWS] = integer(&random, 500) / 1024;
            sum = pg_two_plus(sum, pg_two_times((pg_two){ (double)(7 - 4 * (int)j), 0 },
                                                (pg_two){ x[i + j * ROWS], low[i + j * ROWS] }));
        }
        y[i] = sum.hi;
        y_low[i] = sum.lo;
    }
    pgdp_design d = { .y = { y, ROWS },
                      .x = { x, ROWS, 2 },
                      .terms = terms,
                      .constant = PGDP_NONE,
                      .y_low = { y_low, ROWS },
                      .x_low = { low, ROWS, 2 } };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pg_least_squares ls;
    assert_ok(ctx, pg_least_squares_solve_at(ctx, &d, PG_PRECISION_EXTENDED, &ls));
    assert_close(ls.estimate[0], 7, 1e-15, 0);
    assert_close(ls.estimate[1], 3, 1e-15, 0);
    d.x_low = (pgdp_mat){ NULL, 0, 0 };
    d.y_low = (pgdp_vec){ NULL, 0 };
    assert_ok(ctx, pg_least_squares_solve_at(ctx, &d, PG_PRECISION_EXTENDED, &ls));
    assert_true(fabs(ls.estimate[0] - 7) > 1e-12);
    pgdp_ctx_free(ctx);
}

static void double_refines_and_extended_need_not(void **state)
{
    (void)state;
    problem p;
    pg_random random = pg_random_stream(14, "extended", 0);
    make(&random, false, &p);
    static const char *const values[] = { "double", "extended", "auto" };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (size_t i = 0; i < 3; i++) {
        const pgdp_setting settings[] = { { "precision", values[i] }, { NULL, NULL } };
        pgdp_fit *fit = NULL;
        assert_ok(ctx, pgdp_fit_new(ctx, "ols", "iid", &p.d, settings, &fit));
        const pgdp_certificate c = pgdp_fit_certificate(fit);
        assert_string_equal(c.solver, i == 0 ? "householder_qr" : "householder_qr_extended");
        assert_true(i == 0 ? c.refinements >= 1 : c.refinements == 0);
        for (size_t j = 0; j < p.d.x.n_cols; j++)
            assert_close(pgdp_fit_estimate(fit).x[j], p.b[j], i == 0 ? pow(10, 1 - c.digits) : 1e-15, 0);
        pgdp_fit_free(fit);
    }
    const pgdp_setting wrong[] = { { "precision", "quadruple" }, { NULL, NULL } };
    pgdp_fit *none = NULL;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "iid", &p.d, wrong, &none), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "precision");
    pgdp_ctx_free(ctx);
}

/* y = 0.3 + 0.1 x exactly in decimals, not in doubles; near 1000000 the doubles alone leave 8 digits of the constant.
 */
static void tenths_give_the_answer_of_the_decimals(void **state)
{
    (void)state;
    char text[2000];
    size_t at = (size_t)snprintf(text, sizeof text, "y x\n");
    for (int i = 1; i <= 30; i++) {
        const int tenths = 10000000 + i * i; /* x = tenths / 10, y = (tenths + 30) / 100 */
        at += (size_t)snprintf(text + at, sizeof text - at, "%d.%02d %d.%d\n", (tenths + 30) / 100, (tenths + 30) % 100,
                               tenths / 10, tenths % 10);
    }
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *data = pgt_frame(ctx, text);
    const pgdp_regression_spec spec = { .formula = "y ~ x", .vcov = "iid" };
    pgdp_regression *r = NULL;
    assert_ok(ctx, pgdp_regress(ctx, data, &spec, &r));
    const pgdp_vec b = pgdp_fit_estimate(pgdp_regression_fit(r));
    assert_close(b.x[0], 0.3, DBL_EPSILON, 0);
    assert_close(b.x[1], 0.1, DBL_EPSILON, 0);
    assert_true(pgdp_fit_certificate(pgdp_regression_fit(r)).digits > 15);
    pgdp_regression_free(r);
    const pgdp_setting plain[] = { { "precision", "double" }, { NULL, NULL } };
    const pgdp_regression_spec rounded = { .formula = "y ~ x", .vcov = "iid", .settings = plain };
    assert_ok(ctx, pgdp_regress(ctx, data, &rounded, &r));
    const double digits = pgdp_fit_certificate(pgdp_regression_fit(r)).digits;
    assert_true(digits < 14);
    assert_close(pgdp_fit_estimate(pgdp_regression_fit(r)).x[0], 0.3, pow(10, 1 - digits), 0);
    pgdp_regression_free(r);
    pgdp_frame_free(data);
    pgdp_ctx_free(ctx);
}

static pgdp_status solve_it(pgdp_ctx *ctx, void *user)
{
    const problem *p = user;
    pg_least_squares ls;
    return pg_least_squares_solve_at(ctx, &p->d, PG_PRECISION_EXTENDED, &ls);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    problem p;
    pg_random random = pg_random_stream(15, "extended", 0);
    make(&random, true, &p);
    assert_true(pgt_fail_every_allocation(solve_it, &p) > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_certificate_never_promises_a_digit_too_many),
        cmocka_unit_test(slope_and_constant_are_those_of_exact_fractions),
        cmocka_unit_test(hilbert_columns_are_solved_to_the_last_digit),
        cmocka_unit_test(low_parts_count_as_digits_of_the_data),
        cmocka_unit_test(double_refines_and_extended_need_not),
        cmocka_unit_test(tenths_give_the_answer_of_the_decimals),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
