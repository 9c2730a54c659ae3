/* test_fitted_rows.c  Fitted values, their errors, leverages and Cook's distances by row, against their definitions.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/random.h"
#include "core/text.h"
#include "pgdp/regression.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { N = 30 };

static const char *const columns[] = { "y", "x", "v", "z", "w", "g", "t" };
enum { Y, X, V, Z, W, G, T, N_COLUMNS };

/* Row 4 lacks x, so that rows are numbered past it. */
static pgdp_frame *make(pgdp_ctx *ctx, double scale)
{
    pgdp_frame *frame = NULL;
    pg_random random = pg_random_stream(31, "fitted rows", 0);
    assert_ok(ctx, pgdp_frame_new(ctx, &frame));
    for (size_t j = 0; j < N_COLUMNS; j++) {
        size_t index;
        assert_ok(ctx,
                  pgdp_frame_add_column(ctx, frame, &(pgdp_column){ .name = columns[j], .type = PGDP_REAL }, &index));
    }
    for (size_t i = 0; i < N; i++) {
        const double z = pg_random_normal(&random), u = pg_random_normal(&random), v = pg_random_normal(&random);
        const double x = 2 + z + 0.5 * u;
        assert_ok(ctx, pgdp_frame_add_row(ctx, frame));
        pgdp_frame_set_real(frame, Y, scale * (1 + 0.5 * x - v + u));
        if (i != 3) pgdp_frame_set_real(frame, X, x);
        pgdp_frame_set_real(frame, V, v);
        pgdp_frame_set_real(frame, Z, z);
        pgdp_frame_set_real(frame, W, (double)(1 + i % 4));
        pgdp_frame_set_real(frame, G, (double)(i % 5));
        pgdp_frame_set_real(frame, T, (double)(i / 5));
    }
    return frame;
}

static pgdp_regression *regress(pgdp_ctx *ctx, const pgdp_frame *data, const pgdp_regression_spec *spec)
{
    pgdp_regression *r = NULL;
    assert_ok(ctx, pgdp_regress(ctx, data, spec, &r));
    return r;
}

static const double *column(const pgdp_regression *r, const char *name)
{
    const pgdp_frame *rows = pgdp_regression_rows(r);
    assert_non_null(rows);
    const size_t index = pgdp_frame_find(rows, name);
    assert_true(index != PGDP_NONE);
    return pgdp_frame_reals(rows, index);
}

static double cell(const pgdp_frame *data, size_t j, double row)
{
    return pgdp_frame_reals(data, j)[(size_t)row - 1];
}

/* The row's regressors: the constant, x, v. */
static void regressors(const pgdp_frame *data, double row, double out[3])
{
    out[0] = 1;
    out[1] = cell(data, X, row);
    out[2] = cell(data, V, row);
}

/* Fitted values by the coefficients, fitted + residual = y, standard errors by the covariance, rows by number. */
static void check_rows(const pgdp_regression *r, const pgdp_frame *data, size_t n)
{
    const pgdp_fit *fit = pgdp_regression_fit(r);
    const pgdp_mat v = pgdp_fit_vcov(fit);
    const double df = pgdp_fit_vcov_df(fit);
    assert_int_equal(pgdp_frame_n_rows(pgdp_regression_rows(r)), n);
    for (size_t i = 0; i < n; i++) {
        const double row = column(r, "row")[i], fitted = column(r, "fitted")[i];
        double x[3], want = 0, variance = 0;
        regressors(data, row, x);
        for (size_t j = 0; j < 3; j++) {
            want += x[j] * pgdp_fit_estimate(fit).x[j];
            for (size_t k = 0; k < 3; k++)
                variance += x[j] * v.x[j + 3 * k] * x[k];
        }
        const double error = sqrt(variance), wide = error * pgdp_t_upper_quantile(0.05, df);
        assert_close(fitted, want, 1e-12, 1e-13);
        assert_close(fitted + column(r, "residual")[i], cell(data, Y, row), 1e-15, 1e-15);
        assert_close(column(r, "std_error")[i], error, 1e-10, 0);
        assert_close(column(r, "conf_low")[i], want - wide, 1e-10, 1e-12);
        assert_close(column(r, "conf_high")[i], want + wide, 1e-10, 1e-12);
    }
}

static void rows_follow_from_coefficients_and_covariance(void **state)
{
    (void)state;
    static const char *const vcovs[] = { "iid", "HC3", "cluster(g)" };
    static const char *const weights[] = { NULL, "aw:w", "fw:w", "pw:w" };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *data = make(ctx, 1);
    for (size_t i = 0; i < 12; i++) {
        if (i == 9) continue; /* iid is refused with probability weights */
        const pgdp_regression_spec spec = {
            .formula = "y ~ x + v", .vcov = vcovs[i % 3], .weights = weights[i / 3], .rows = true, .conf_level = 0.9
        };
        pgdp_regression *r = regress(ctx, data, &spec);
        check_rows(r, data, N - 1);
        for (size_t k = 0; k < N - 1; k++)
            assert_close(column(r, "row")[k], (double)(k < 3 ? k + 1 : k + 2), 0, 0);
        pgdp_regression_free(r);
    }
    const pgdp_regression_spec iv = {
        .formula = "y ~ v | x ~ z", .vcov = "HC1", .rows = true, .conf_level = 0.9, .diagnostics = "none"
    };
    pgdp_regression *r = regress(ctx, data, &iv);
    const pgdp_fit *fit = pgdp_regression_fit(r);
    const pgdp_mat v = pgdp_fit_vcov(fit);
    for (size_t i = 0; i < N - 1; i++) { /* columns: the constant, v, x; x as it is, not what the instruments say */
        const double row = column(r, "row")[i], x[3] = { 1, cell(data, V, row), cell(data, X, row) };
        double want = 0, variance = 0;
        for (size_t j = 0; j < 3; j++) {
            want += x[j] * pgdp_fit_estimate(fit).x[j];
            for (size_t k = 0; k < 3; k++)
                variance += x[j] * v.x[j + 3 * k] * x[k];
        }
        assert_close(column(r, "fitted")[i], want, 1e-11, 1e-12);
        assert_close(column(r, "std_error")[i], sqrt(variance), 1e-10, 0);
        assert_true(isnan(column(r, "cooks_d")[i]));
    }
    pgdp_regression_free(r);
    pgdp_frame_free(data);
    pgdp_ctx_free(ctx);
}

/* Distance of the fits with and without a row, in units of k sigma^2, by fitting without it. */
static double distance(pgdp_ctx *ctx, const pgdp_frame *data, const pgdp_regression *r, const char *weights, double row)
{
    char subset[40];
    (void)snprintf(subset, sizeof subset, "g + 10 * t != %g", cell(data, G, row) + 10 * cell(data, T, row));
    const pgdp_regression_spec spec = {
        .formula = "y ~ x + v", .vcov = "iid", .weights = weights, .subset = subset, .diagnostics = "none"
    };
    pgdp_regression *without = regress(ctx, data, &spec);
    const double *rows = column(r, "row");
    double sum = 0;
    for (size_t i = 0; i < N - 1; i++) {
        double x[3], step = 0;
        regressors(data, rows[i], x);
        for (size_t j = 0; j < 3; j++)
            step += x[j] * (pgdp_fit_estimate(pgdp_regression_fit(r)).x[j] -
                            pgdp_fit_estimate(pgdp_regression_fit(without)).x[j]);
        sum += (weights == NULL ? 1 : cell(data, W, rows[i])) * step * step;
    }
    pgdp_regression_free(without);
    return sum / (3 * pow(pgdp_fit_glance(pgdp_regression_fit(r)).sigma, 2));
}

static void cooks_distance_is_that_of_leaving_the_row_out(void **state)
{
    (void)state;
    static const char *const weights[] = { NULL, "aw:w", "fw:w" };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (size_t s = 0; s < 6; s++) {
        pgdp_frame *data = make(ctx, s < 3 ? 1 : 1e8);
        const pgdp_regression_spec spec = {
            .formula = "y ~ x + v", .vcov = "iid", .weights = weights[s % 3], .rows = true
        };
        pgdp_regression *r = regress(ctx, data, &spec);
        double sum = 0;
        for (size_t i = 0; i < N - 1; i++) {
            sum += column(r, "leverage")[i];
            assert_close(column(r, "cooks_d")[i], distance(ctx, data, r, weights[s % 3], column(r, "row")[i]), 1e-8, 0);
        }
        assert_close(sum, 3, 1e-12, 0);
        pgdp_regression_free(r);
        pgdp_frame_free(data);
    }
    pgdp_ctx_free(ctx);
}

static void a_row_that_alone_tells_a_term_has_leverage_one_and_no_distance(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *data = make(ctx, 1);
    const pgdp_regression_spec spec = { .formula = "y ~ x + I(g + 10*t == 12)", .vcov = "iid", .rows = true };
    pgdp_regression *r = regress(ctx, data, &spec);
    for (size_t i = 0; i < N - 1; i++) {
        const double row = column(r, "row")[i], h = column(r, "leverage")[i];
        const bool alone = fabs(cell(data, G, row) + 10 * cell(data, T, row) - 12) < 0.5;
        if (alone) assert_close(h, 1, 1e-13, 0);
        assert_true(isnan(column(r, "cooks_d")[i]) == alone);
    }
    pgdp_regression_free(r);
    pgdp_frame_free(data);
    pgdp_ctx_free(ctx);
}

static void with_absorbed_effects_residuals_are_those_of_dummies_and_errors_are_missing(void **state)
{
    (void)state;
    static const char *const methods[] = { "ols", "within" };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *data = make(ctx, 1);
    const pgdp_regression_spec dummies = { .formula = "y ~ x + v + i(g)", .vcov = "iid", .rows = true };
    pgdp_regression *plain = regress(ctx, data, &dummies);
    for (size_t m = 0; m < 2; m++) {
        const pgdp_regression_spec spec = { .formula = m == 0 ? "y ~ x + v | g" : "y ~ x + v",
                                            .method = methods[m],
                                            .panel = m == 0 ? NULL : "g,t",
                                            .vcov = "iid",
                                            .rows = true };
        pgdp_regression *r = regress(ctx, data, &spec);
        for (size_t i = 0; i < N - 1; i++) {
            size_t k = 0; /* a panel sorts its rows */
            while (fabs(column(plain, "row")[k] - column(r, "row")[i]) > 0)
                k++;
            assert_close(column(r, "residual")[i], column(plain, "residual")[k], 1e-9, 1e-11);
            assert_close(column(r, "fitted")[i], column(plain, "fitted")[k], 1e-9, 1e-11);
            assert_true(isnan(column(r, "std_error")[i]) && isnan(column(r, "leverage")[i]));
            assert_true(isnan(column(r, "conf_low")[i]) && isnan(column(r, "cooks_d")[i]));
        }
        pgdp_regression_free(r);
    }
    pgdp_regression_free(plain);
    const pgdp_regression_spec random = {
        .formula = "y ~ x + v", .method = "random", .panel = "g,t", .vcov = "iid", .rows = true, .conf_level = 0.9
    };
    pgdp_regression *r = regress(ctx, data, &random);
    assert_true(isnan(column(r, "leverage")[0]) && isnan(column(r, "cooks_d")[0]));
    check_rows(r, data, N - 1);
    pgdp_regression_free(r);
    pgdp_frame_free(data);
    pgdp_ctx_free(ctx);
}

static void a_nonlinear_mean_that_is_linear_has_the_rows_of_ols(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *data = make(ctx, 1);
    const pgdp_regression_spec ols = { .formula = "y ~ x + v", .vcov = "iid", .rows = true }, nls = {
        .formula = "y ~ a + b*x + c*v", .method = "nls", .start = "a = 1, b = 1, c = 0", .vcov = "iid", .rows = true
    };
    pgdp_regression *r = regress(ctx, data, &ols), *s = regress(ctx, data, &nls);
    static const char *const names[] = { "fitted", "std_error", "residual", "leverage" };
    for (size_t c = 0; c < sizeof names / sizeof *names; c++)
        for (size_t i = 0; i < N - 1; i++)
            assert_close(column(s, names[c])[i], column(r, names[c])[i], 1e-7, 1e-9);
    pgdp_regression_free(r);
    pgdp_regression_free(s);
    pgdp_frame_free(data);
    pgdp_ctx_free(ctx);
}

static void methods_without_residuals_are_refused(void **state)
{
    (void)state;
    static const pgdp_regression_spec specs[] = {
        { .formula = "I(y > 2) ~ v", .method = "logit", .vcov = "iid", .rows = true },
        { .formula = "y ~ x", .method = "fd", .panel = "g,t", .vcov = "iid", .rows = true },
        { .formula = "y ~ x", .method = "between", .panel = "g,t", .vcov = "iid", .rows = true },
    };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *data = make(ctx, 1);
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        pgdp_regression *r = NULL;
        assert_status(ctx, pgdp_regress(ctx, data, &specs[i], &r), PGDP_BAD_ARGUMENT);
        assert_contains(pgdp_ctx_error(ctx), "has no residual for each row; choose a linear method such as ols or iv");
        assert_contains(pgdp_ctx_error(ctx), specs[i].method);
        assert_null(r);
    }
    const pgdp_regression_spec unasked = { .formula = "y ~ x", .vcov = "iid" };
    pgdp_regression *r = regress(ctx, data, &unasked);
    assert_null(pgdp_regression_rows(r));
    pgdp_regression_free(r);
    pgdp_frame_free(data);
    pgdp_ctx_free(ctx);
}

static pgdp_status rows_of(pgdp_ctx *ctx, void *user)
{
    const pgdp_regression_spec spec = { .formula = "y ~ x + v", .vcov = "HC1", .weights = "aw:w", .rows = true };
    pgdp_regression *r = NULL;
    const pgdp_status status = pgdp_regress(ctx, user, &spec, &r);
    pgdp_regression_free(r);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *data = make(ctx, 1);
    assert_true(pgt_fail_every_allocation(rows_of, data) > 5);
    pgdp_frame_free(data);
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_follow_from_coefficients_and_covariance),
        cmocka_unit_test(cooks_distance_is_that_of_leaving_the_row_out),
        cmocka_unit_test(a_row_that_alone_tells_a_term_has_leverage_one_and_no_distance),
        cmocka_unit_test(with_absorbed_effects_residuals_are_those_of_dummies_and_errors_are_missing),
        cmocka_unit_test(a_nonlinear_mean_that_is_linear_has_the_rows_of_ols),
        cmocka_unit_test(methods_without_residuals_are_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
