/* test_mean.c  The mean of a nonlinear model: values and derivatives of every function, names, start values.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "stats/derivative.h"
#include "stats/mean.h"
#include "tests/support/frame_text.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static pgdp_ctx *ctx;
static pgdp_frame *data;

static int open_all(void **state)
{
    (void)state;
    ctx = pgdp_ctx_new(NULL);
    data = pgt_frame(ctx, "x z t:t\n"
                          "0.5 1.25 a\n"
                          "1.5 0.75 b\n"
                          "2.25 -0.5 a\n"
                          "0.125 2 b\n");
    return ctx == NULL;
}

static int close_all(void **state)
{
    (void)state;
    pgdp_frame_free(data);
    pgdp_ctx_free(ctx);
    return 0;
}

static pgdp_status find(const char *formula, const char *start, pg_mean **out)
{
    const pg_expr *expr;
    const pg_scope scope = { .frame = data };
    assert_ok(ctx, pg_expr_parse(ctx, &ctx->scratch, "formula", formula, &expr));
    return pg_mean_find(ctx, &scope, expr, start, out);
}

static const pgdp_mean *mean_of(const char *formula, const char *start, size_t *n)
{
    pg_mean *mean;
    const pgdp_mean *out;
    const pg_scope scope = { .frame = data };
    pg_rows rows;
    pgdp_dropped dropped;
    assert_ok(ctx, find(formula, start, &mean));
    assert_ok(ctx, pg_rows_init(ctx, &scope, NULL, &rows));
    pg_mean_need(mean, &rows);
    assert_ok(ctx, pg_rows_close(ctx, &rows, &dropped));
    assert_ok(ctx, pg_mean_fill(ctx, mean, &rows, &out));
    *n = rows.n;
    return out;
}

enum { MOST = 8 };

/* Central differences of two steps, extrapolated: an error of order h^4. */
static void check_derivatives(const char *formula, const char *start)
{
    size_t n;
    const pgdp_mean *m = mean_of(formula, start, &n);
    const size_t p = m->n_parameters;
    double value[MOST], jacobian[MOST * MOST], low[MOST], high[MOST], b[MOST], difference[2][MOST];
    assert_ok(ctx, m->evaluate(ctx, m->user, m->start, 0, n, value, jacobian));
    for (size_t j = 0; j < p; j++) {
        for (size_t k = 0; k < 2; k++) {
            const double h = ldexp(1, k == 0 ? -9 : -10);
            memcpy(b, m->start, p * sizeof *b);
            b[j] = m->start[j] + h;
            assert_ok(ctx, m->evaluate(ctx, m->user, b, 0, n, high, NULL));
            b[j] = m->start[j] - h;
            assert_ok(ctx, m->evaluate(ctx, m->user, b, 0, n, low, NULL));
            for (size_t i = 0; i < n; i++)
                difference[k][i] = (high[i] - low[i]) / (2 * h);
        }
        for (size_t i = 0; i < n; i++)
            assert_close(jacobian[i + j * n], (4 * difference[1][i] - difference[0][i]) / 3, 1e-8, 1e-9);
    }
}

static void derivatives_agree_with_finite_differences(void **state)
{
    (void)state;
    static const char *const formulas[] = {
        "a + b * x - c / (1 + x)",
        "a * exp(-b * x) + c",
        "log(a + x) * log1p(b) + log2(c + x) - log10(a * x)",
        "expm1(a * z) / (b + x^2) - c",
        "sqrt(a + x) + abs(b - 2 * z) * c",
        "sin(a * x) * cos(b * z) + tan(c / 4)",
        "asin(a / 3) + acos(b / 4 * z / 4) * atan(c * x)",
        "sinh(a * z) - cosh(b) * tanh(c * x)",
        "a^b + x^c + (a * x)^(b / c)",
        "-(a - b)^2 + +c * I(x / z)",
        "b * (x > 1) + a * (t == \"a\") - c",
        "(a - 3)^2 + (b - 4)^3 * c",
        "exp(-0.5 * ((x - a) / b)^2) * c / pi",
    };
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++)
        check_derivatives(formulas[i], "a = 1.375, b = 0.8125, c = 1.6875");
}

static void values_are_those_of_the_library(void **state)
{
    (void)state;
    static const double x[] = { 0.5, 1.5, 2.25, 0.125 };
    size_t n;
    const pgdp_mean *m = mean_of("b1 * (1 - exp(-b2 * x)) + 2 * pi", "b2 = -0.25, b1 = 1.5e2", &n);
    double value[4], jacobian[8];
    assert_int_equal(n, 4);
    assert_string_equal(m->parameters[0], "b2");
    assert_close(m->start[0], -0.25, 0, 0);
    assert_close(m->start[1], 150, 0, 0);
    assert_ok(ctx, m->evaluate(ctx, m->user, m->start, 0, 4, value, jacobian));
    for (size_t i = 0; i < 4; i++) {
        assert_close(value[i], 150 * (1 - exp(0.25 * x[i])) + 6.283185307179586, 1e-15, 0);
        assert_close(jacobian[i], 150 * x[i] * exp(0.25 * x[i]), 1e-15, 0);
        assert_close(jacobian[i + 4], 1 - exp(0.25 * x[i]), 1e-15, 0);
    }
}

static void a_part_of_the_rows_is_that_part_of_all(void **state)
{
    (void)state;
    enum { ROWS = 700 };
    double x[ROWS], value[ROWS], jacobian[2 * ROWS], one, slopes[2];
    const double *columns[] = { x };
    const double b[] = { 1.5, -0.75 };
    const pg_binding binding = { columns, b, 2 };
    const pg_node xs = { .kind = PG_NODE_COLUMN }, b0 = { .kind = PG_NODE_PARAMETER },
                  b1 = { .kind = PG_NODE_PARAMETER, .index = 1 };
    const pg_node product = { .kind = PG_NODE_MULTIPLY, .left = &b1, .right = &xs };
    const pg_node power = { .kind = PG_NODE_FUNCTION, .function = pg_smooth_find("exp"), .left = &product };
    const pg_node root = { .kind = PG_NODE_DIVIDE, .left = &b0, .right = &power };
    for (size_t i = 0; i < ROWS; i++)
        x[i] = 0.01 * (double)i;
    assert_ok(ctx, pg_derivative_evaluate(ctx, &root, &binding, 0, ROWS, value, jacobian));
    for (size_t i = 0; i < ROWS; i += 51) {
        assert_ok(ctx, pg_derivative_evaluate(ctx, &root, &binding, i, 1, &one, slopes));
        assert_close(value[i], one, 0, 0);
        assert_close(jacobian[i], slopes[0], 0, 0);
        assert_close(jacobian[i + ROWS], slopes[1], 0, 0);
    }
}

static void names_and_starts_are_told_by_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *formula, *start, *part;
        pgdp_status status;
    } cases[] = {
        { "a * x", NULL, "start values", PGDP_BAD_ARGUMENT },
        { "a * x + b", "a = 1", "formula:1:9: found \"b\", expected a column of the data or a parameter",
          PGDP_NOT_FOUND },
        { "a * x", "a = 1, b = 2", "start: found b, which the formula does not name", PGDP_BAD_ARGUMENT },
        { "a * x", "a = 1, a = 2", "each parameter once", PGDP_BAD_ARGUMENT },
        { "a * x", "a 1", "start:1:3", PGDP_BAD_ARGUMENT },
        { "a * x", "a = x", "a number to start from", PGDP_BAD_ARGUMENT },
        { "a * x", "a = 1 b = 2", "a comma or the end", PGDP_BAD_ARGUMENT },
        { "a * t", "a = 1", "a text column", PGDP_BAD_ARGUMENT },
        { "x * (a > 1)", "a = 1", "what has a derivative", PGDP_BAD_ARGUMENT },
        { "exp(a, x)", "a = 1", "expected one argument", PGDP_BAD_ARGUMENT },
        { "floor(a * x)", "a = 1", "what has a derivative", PGDP_BAD_ARGUMENT },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pg_mean *mean;
        assert_status(ctx, find(cases[i].formula, cases[i].start, &mean), cases[i].status);
        assert_contains(pgdp_ctx_error(ctx), cases[i].part);
    }
}

static void rows_that_lack_a_column_are_left_out(void **state)
{
    (void)state;
    pgdp_frame *before = data;
    data = pgt_frame(ctx, "x z\n1 2\n. 3\n4 .\n5 6\n");
    size_t n;
    double value[2];
    const pgdp_mean *m = mean_of("a + x * z", "a = 1", &n);
    assert_int_equal(n, 2);
    assert_ok(ctx, m->evaluate(ctx, m->user, m->start, 0, 2, value, NULL));
    assert_close(value[1], 31, 0, 0);
    pgdp_frame_free(data);
    data = before;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(derivatives_agree_with_finite_differences),
        cmocka_unit_test(values_are_those_of_the_library),
        cmocka_unit_test(a_part_of_the_rows_is_that_part_of_all),
        cmocka_unit_test(names_and_starts_are_told_by_their_place),
        cmocka_unit_test(rows_that_lack_a_column_are_left_out),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
