/* test_penalised.c  Ridge, lasso and elastic net: optimality, units, weights, cross-validation, what has no covariance.
 * Numbers from outside: tests/golden. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"
#include "core/text.h"
#include "tests/support/context.h"
#include "tests/support/designs.h"
#include "tests/support/fits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A method at a lambda; extra: one more setting, or NULL. */
static pgdp_status try_fit(const pgdp_design *d, const char *method, const char *vcov, double lambda,
                           const pgdp_setting *extra, pgdp_fit **out)
{
    char text[PG_NUMBER_SIZE];
    pg_number_format(lambda, text);
    const pgdp_setting settings[] = { { "lambda", text },
                                      extra == NULL ? (pgdp_setting){ NULL, NULL } : *extra,
                                      { NULL, NULL } };
    return pgdp_fit_new(ctx, method, vcov, d, settings, out);
}

static pgdp_fit *fit_of(const pgdp_design *d, const char *method, double lambda, const pgdp_setting *extra)
{
    pgdp_fit *out = NULL;
    assert_ok(ctx, try_fit(d, method, "none", lambda, extra, &out));
    return out;
}

static double weight(const pgdp_design *d, size_t i)
{
    return d->weights.n > 0 ? d->weights.x[i] : 1;
}

/* The gradient of SSR/(2W) by the standardised coefficient of column j, and that column's standard deviation. */
static double gradient(const pgdp_design *d, const double *b, size_t j, double *sd)
{
    const size_t n = d->y.n;
    double all = 0, mean = 0, square = 0, sum = 0;
    for (size_t i = 0; i < n; i++) {
        all += weight(d, i);
        mean += weight(d, i) * d->x.x[i + j * n];
    }
    mean /= all;
    for (size_t i = 0; i < n; i++) {
        const double apart = d->x.x[i + j * n] - mean;
        double e = d->y.x[i];
        for (size_t c = 0; c < d->x.n_cols; c++)
            e -= d->x.x[i + c * n] * b[c];
        sum += weight(d, i) * apart * e;
        square += weight(d, i) * apart * apart;
    }
    *sd = sqrt(square / all);
    return sum / all / *sd;
}

/* |g_j| <= l1 where b_j = 0; g_j = l1 sign(b_j) + l2 b_j else. */
static void the_conditions_of_karush_kuhn_and_tucker_hold(void **state)
{
    (void)state;
    static const double alphas[] = { 1, 0.9, 0.5, 0.05, 0 };
    enum { K = 12 };
    for (int weighted = 0; weighted <= 1; weighted++)
        for (size_t a = 0; a < 5; a++) {
            char text[PG_NUMBER_SIZE];
            pgt_design t = pgt_design_new(150, K, 41);
            if (weighted) pgt_use_weights(&t, PGDP_ANALYTIC);
            for (size_t i = 0; i < 150; i++) /* nearly the same as its neighbour */
                t.x[i + 7 * 150] = t.x[i + 6 * 150] + 0.01 * t.x[i + 7 * 150];
            pg_number_format(alphas[a], text);
            const pgdp_setting alpha = { "alpha", text };
            for (double share = 1; share > 1e-5; share /= 7) {
                pgdp_fit *fit = fit_of(&t.d, "enet", 3 * share, &alpha);
                const double *b = pgdp_fit_estimate(fit).x, l1 = 3 * share * alphas[a],
                             l2 = 3 * share * (1 - alphas[a]);
                for (size_t j = 1; j < K; j++) {
                    double sd;
                    const double g = gradient(&t.d, b, j, &sd), z = b[j] * sd;
                    if (fabs(z) > 0)
                        assert_close(g, (z > 0 ? l1 : -l1) + l2 * z, 0, 1e-12);
                    else
                        assert_true(fabs(g) <= l1 + 1e-12);
                }
                pgdp_fit_free(fit);
            }
            pgt_design_free(&t);
        }
}

static void at_lambda_0_all_are_least_squares(void **state)
{
    (void)state;
    static const char *const methods[] = { "ridge", "lasso", "enet" };
    pgt_design t = pgt_design_new(120, 5, 42);
    pgdp_fit *ols = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "iid", &t.d, NULL, &ols));
    for (size_t m = 0; m < 3; m++) {
        pgdp_fit *fit = fit_of(&t.d, methods[m], 0, NULL);
        for (size_t j = 0; j < 5; j++)
            assert_close(pgdp_fit_estimate(fit).x[j], pgdp_fit_estimate(ols).x[j], 1e-12, 0);
        pgdp_fit_free(fit);
    }
    static const char *const vcovs[] = { "iid", "HC0", "HC1" };
    for (size_t v = 0; v < 3; v++) {
        pgdp_fit *ridge = NULL, *plain = NULL;
        assert_ok(ctx, try_fit(&t.d, "ridge", vcovs[v], 0, NULL, &ridge));
        assert_ok(ctx, pgdp_fit_new(ctx, "ols", vcovs[v], &t.d, NULL, &plain));
        for (size_t j = 0; j < 25; j++)
            assert_close(pgdp_fit_vcov(ridge).x[j], pgdp_fit_vcov(plain).x[j], 1e-10, 0);
        pgdp_fit_free(ridge);
        pgdp_fit_free(plain);
    }
    pgdp_fit_free(ols);
    pgt_design_free(&t);
}

/* b = L y: the columns of L are fits of unit outcomes, and V = sigma^2 L L' to the last digit. */
static void the_covariance_of_ridge_is_that_of_its_linear_map(void **state)
{
    (void)state;
    enum { N = 25, K = 4 };
    for (int weighted = 0; weighted <= 1; weighted++) {
        pgt_design t = pgt_design_new(N, K, 43);
        if (weighted) pgt_use_weights(&t, PGDP_ANALYTIC);
        double map[K * N], v[K * K] = { 0 }, y[N], ssr = 0, trace = 0;
        pgdp_fit *fit = NULL;
        assert_ok(ctx, try_fit(&t.d, "ridge", "iid", 0.7, NULL, &fit));
        for (size_t i = 0; i < N; i++) {
            double e = t.y[i];
            for (size_t j = 0; j < K; j++)
                e -= t.x[i + j * N] * pgdp_fit_estimate(fit).x[j];
            ssr += weight(&t.d, i) * e * e;
        }
        for (size_t i = 0; i < N; i++) {
            pgdp_design d = t.d;
            memset(y, 0, sizeof y);
            y[i] = 1;
            d.y.x = y;
            pgdp_fit *unit = fit_of(&d, "ridge", 0.7, NULL);
            for (size_t j = 0; j < K; j++) {
                map[j + i * K] = pgdp_fit_estimate(unit).x[j];
                trace += t.x[i + j * N] * map[j + i * K];
            }
            pgdp_fit_free(unit);
        }
        for (size_t i = 0; i < N; i++)
            for (size_t a = 0; a < K; a++)
                for (size_t b = 0; b < K; b++)
                    v[a + b * K] += map[a + i * K] * map[b + i * K] / weight(&t.d, i) * ssr / (N - trace);
        assert_close(pgt_fit_line(fit, "df").statistic, trace, 1e-12, 0);
        for (size_t j = 0; j < K * K; j++)
            assert_close(pgdp_fit_vcov(fit).x[j], v[j], 1e-11, 0);
        pgdp_fit_free(fit);
        pgt_design_free(&t);
    }
}

static void above_lambda_max_only_the_mean_is_left(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(90, 6, 44);
    double mean = 0;
    for (size_t i = 0; i < 90; i++)
        mean += t.y[i] / 90;
    pgdp_fit *probe = fit_of(&t.d, "lasso", 1, NULL);
    const double most = pgt_fit_line(probe, "lambda_max").statistic;
    pgdp_fit *above = fit_of(&t.d, "lasso", most * 1.0000001, NULL),
             *below = fit_of(&t.d, "lasso", most * 0.9999, NULL);
    assert_close(pgt_fit_line(above, "df").statistic, 0, 0, 0);
    assert_close(pgdp_fit_estimate(above).x[0], mean, 1e-14, 0);
    assert_close(pgt_fit_line(below, "df").statistic, 1, 0, 0);
    pgdp_fit_free(probe);
    pgdp_fit_free(above);
    pgdp_fit_free(below);
    pgt_design_free(&t);
}

/* x_j -> x_j / c changes b_j alone; y -> a y with lambda -> a lambda (lasso) scales all. */
static void units_scale_the_lines_and_nothing_else(void **state)
{
    (void)state;
    static const char *const methods[] = { "ridge", "lasso" };
    for (size_t m = 0; m < 2; m++) {
        pgt_design t = pgt_design_new(100, 5, 45);
        pgdp_fit *before = fit_of(&t.d, methods[m], 0.125, NULL);
        for (size_t i = 0; i < 100; i++) {
            t.y[i] *= 1e8;
            t.x[i + 200] *= 1e-8;
        }
        pgdp_fit *after = fit_of(&t.d, methods[m], m == 0 ? 0.125 : 0.125e8, NULL);
        for (size_t j = 0; j < 5; j++)
            assert_close(pgdp_fit_estimate(after).x[j], (j == 2 ? 1e16 : 1e8) * pgdp_fit_estimate(before).x[j], 1e-12,
                         0);
        pgdp_fit_free(before);
        pgdp_fit_free(after);
        pgt_design_free(&t);
    }
}

static void the_order_of_rows_and_the_size_of_weights_do_not_matter(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(100, 6, 46);
    pgt_use_weights(&t, PGDP_ANALYTIC);
    pgdp_fit *before = fit_of(&t.d, "lasso", 0.2, NULL);
    pgt_permute(&t);
    for (size_t i = 0; i < 100; i++)
        t.w[i] *= 1024;
    pgdp_fit *after = fit_of(&t.d, "lasso", 0.2, NULL);
    for (size_t j = 0; j < 6; j++)
        assert_close(pgdp_fit_estimate(after).x[j], pgdp_fit_estimate(before).x[j], 1e-12, 0);
    pgdp_fit_free(before);
    pgdp_fit_free(after);
    pgt_design_free(&t);
}

static void frequency_weights_are_repeated_rows(void **state)
{
    (void)state;
    enum { N = 80, K = 4 };
    pgt_design t = pgt_design_new(N, K, 47), all = pgt_design_new(3 * N, K, 47);
    size_t m = 0;
    pgt_use_weights(&t, PGDP_FREQUENCY);
    for (size_t i = 0; i < N; i++)
        m += (size_t)t.w[i];
    for (size_t i = 0, to = 0; i < N; i++)
        for (double c = 0; c < t.w[i]; c++, to++) {
            all.y[to] = t.y[i];
            for (size_t j = 0; j < K; j++)
                all.x[to + j * m] = t.x[i + j * N];
        }
    all.d.y.n = all.d.x.n_rows = m;
    pgdp_fit *a, *b;
    assert_ok(ctx, try_fit(&t.d, "ridge", "iid", 0.3, NULL, &a));
    assert_ok(ctx, try_fit(&all.d, "ridge", "iid", 0.3, NULL, &b));
    for (size_t j = 0; j < K; j++) {
        assert_close(pgdp_fit_estimate(a).x[j], pgdp_fit_estimate(b).x[j], 1e-12, 0);
        assert_close(pgdp_fit_tidy(a, j, 0.95).std_error, pgdp_fit_tidy(b, j, 0.95).std_error, 1e-11, 0);
    }
    pgdp_fit_free(a);
    pgdp_fit_free(b);
    pgt_design_free(&t);
    pgt_design_free(&all);
}

static void ridge_shares_a_coefficient_between_equal_columns(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(60, 3, 48);
    for (size_t i = 0; i < 60; i++)
        t.x[i + 120] = t.x[i + 60];
    pgdp_fit *fit = fit_of(&t.d, "ridge", 0.01, NULL);
    assert_close(pgdp_fit_estimate(fit).x[1], pgdp_fit_estimate(fit).x[2], 1e-12, 0);
    pgdp_fit_free(fit);
    assert_status(ctx, try_fit(&t.d, "lasso", "none", 0.01, NULL, &fit), PGDP_RANK_DEFICIENT);
    assert_contains(pgdp_ctx_error(ctx), "x2 equals x1");
    for (size_t i = 0; i < 60; i++)
        t.x[i + 120] = 2.385;
    assert_status(ctx, try_fit(&t.d, "ridge", "none", 0.01, NULL, &fit), PGDP_RANK_DEFICIENT);
    assert_contains(pgdp_ctx_error(ctx), "x2 does not vary");
    pgt_design_free(&t);
}

/* As many folds as rows leave no chance: the error at the lambda chosen is the mean of N fits without a row each. */
static void leaving_one_out_is_what_it_says(void **state)
{
    (void)state;
    enum { N = 30, K = 4 };
    static const pgdp_setting folds = { "folds", "30" };
    static const char *const methods[] = { "ridge", "lasso" };
    for (size_t m = 0; m < 2; m++) {
        pgt_design t = pgt_design_new(N, K, 49), less = pgt_design_new(N, K, 49);
        pgdp_fit *chosen = fit_of(&t.d, methods[m], -1, &folds);
        double error = 0;
        less.d.y.n = less.d.x.n_rows = N - 1;
        for (size_t out = 0; out < N; out++) {
            double e = t.y[out];
            for (size_t i = 0, to = 0; i < N; i++) {
                if (i == out) continue;
                less.y[to] = t.y[i];
                for (size_t j = 0; j < K; j++)
                    less.x[to + j * (N - 1)] = t.x[i + j * N];
                to++;
            }
            pgdp_fit *fit = fit_of(&less.d, methods[m], pgt_fit_line(chosen, "lambda").statistic, NULL);
            for (size_t j = 0; j < K; j++)
                e -= t.x[out + j * N] * pgdp_fit_estimate(fit).x[j];
            error += e * e / N;
            pgdp_fit_free(fit);
        }
        assert_close(pgt_fit_line(chosen, "cv_error").statistic, error, 1e-9, 0);
        assert_true(pgt_fit_line(chosen, "lambda_1se").statistic >= pgt_fit_line(chosen, "lambda_min").statistic);
        pgdp_fit_free(chosen);
        pgt_design_free(&t);
        pgt_design_free(&less);
    }
}

static void cross_validation_depends_on_the_seed_and_not_on_threads(void **state)
{
    (void)state;
    static const pgdp_setting other = { "seed", "2" }, rule = { "rule", "1se" };
    pgt_design t = pgt_design_new(300, 8, 50);
    pgdp_fit *one = fit_of(&t.d, "lasso", -1, NULL), *seed = fit_of(&t.d, "lasso", -1, &other);
    pgdp_ctx_set_threads(ctx, 4);
    pgdp_fit *four = fit_of(&t.d, "lasso", -1, NULL);
    pgdp_ctx_set_threads(ctx, 1);
    assert_memory_equal(pgdp_fit_estimate(one).x, pgdp_fit_estimate(four).x, 8 * sizeof(double));
    assert_true(fabs(pgt_fit_line(one, "cv_error").statistic - pgt_fit_line(seed, "cv_error").statistic) > 0);
    pgdp_fit *wide = fit_of(&t.d, "lasso", -1, &rule);
    assert_close(pgt_fit_line(wide, "lambda").statistic, pgt_fit_line(one, "lambda_1se").statistic, 0, 0);
    pgdp_fit_free(one);
    pgdp_fit_free(seed);
    pgdp_fit_free(four);
    pgdp_fit_free(wide);
    pgt_design_free(&t);
}

static void what_has_no_covariance_says_so(void **state)
{
    (void)state;
    static const char *const methods[] = { "lasso", "enet" }, *const vcovs[] = { "iid", "HC1", "HC3" };
    pgt_design t = pgt_design_new(60, 3, 51);
    pgdp_fit *fit;
    for (size_t i = 0; i < 6; i++) {
        assert_status(ctx, try_fit(&t.d, methods[i % 2], vcovs[i / 2], 0.1, NULL, &fit), PGDP_BAD_ARGUMENT);
        assert_contains(pgdp_ctx_error(ctx), vcovs[i / 2]);
        assert_contains(pgdp_ctx_error(ctx), "choose none");
    }
    assert_status(ctx, try_fit(&t.d, "ridge", "none", -0.5, NULL, &fit), PGDP_BAD_ARGUMENT);
    static const pgdp_setting folds = { "folds", "61" };
    assert_status(ctx, try_fit(&t.d, "ridge", "none", -1, &folds, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "61 folds for 60 rows");
    fit = fit_of(&t.d, "lasso", 0.1, NULL);
    assert_true(isnan(pgdp_fit_tidy(fit, 1, 0.95).std_error) && isnan(pgdp_fit_glance(fit).aic));
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

static pgdp_status fit_once(pgdp_ctx *own, void *user)
{
    static const pgdp_setting settings[] = { { "path", "5" }, { "folds", "2" }, { NULL, NULL } };
    pgdp_fit *fit = NULL;
    const pgdp_status status = pgdp_fit_new(own, "enet", "none", user, settings, &fit);
    pgdp_fit_free(fit);
    return status;
}

static void memory_that_fails_leaks_nothing(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(30, 3, 52);
    (void)pgt_fail_every_allocation(fit_once, &t.d);
    pgt_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_conditions_of_karush_kuhn_and_tucker_hold),
        cmocka_unit_test(at_lambda_0_all_are_least_squares),
        cmocka_unit_test(the_covariance_of_ridge_is_that_of_its_linear_map),
        cmocka_unit_test(above_lambda_max_only_the_mean_is_left),
        cmocka_unit_test(units_scale_the_lines_and_nothing_else),
        cmocka_unit_test(the_order_of_rows_and_the_size_of_weights_do_not_matter),
        cmocka_unit_test(frequency_weights_are_repeated_rows),
        cmocka_unit_test(ridge_shares_a_coefficient_between_equal_columns),
        cmocka_unit_test(leaving_one_out_is_what_it_says),
        cmocka_unit_test(cross_validation_depends_on_the_seed_and_not_on_threads),
        cmocka_unit_test(what_has_no_covariance_says_so),
        cmocka_unit_test(memory_that_fails_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
