/* test_negbin.c  Negative binomial regression: its sums, derivatives, weights, offsets, the boundary alpha = 0. Numbers
 * from outside: tests/golden. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/random.h"
#include "pgdp/stats.h"
#include "stats/negbin_sums.h"
#include "tests/support/context.h"
#include "tests/support/designs.h"

#include <math.h>
#include <string.h>

static pgdp_fit *fit_of(const pgdp_design *d, const char *vcov)
{
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "negbin", vcov, d, NULL, &fit));
    return fit;
}

/* Counts whose variance is about mu + 0.6 mu^2: Poisson of a mean that varies. */
static pgt_design count_design(size_t n, size_t n_terms, uint32_t seed)
{
    pgt_design t = pgt_design_new(n, n_terms, seed);
    pg_random random = pg_random_stream(seed, "counts", 0);
    for (size_t i = 0; i < n; i++) {
        const double mean = exp(0.4 + 0.5 * (t.x[i + n] - 2.385) + 0.75 * pg_random_normal(&random));
        double product = pg_random_uniform(&random);
        t.y[i] = 0;
        for (; product > exp(-mean) && t.y[i] < 400; t.y[i]++)
            product *= pg_random_uniform(&random);
    }
    return t;
}

static void sums_are_those_of_their_terms(void **state)
{
    (void)state;
    static const double counts[] = { 0, 1, 2, 7, 127, 128, 129, 130, 1000, 40000 };
    for (double alpha = 1e-12; alpha < 1e5; alpha *= 7.3) {
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            long double log = 0, first = 0, second = 0;
            for (double j = 0; j < counts[c]; j++) {
                const long double u = (long double)alpha * j;
                log += log1pl(u);
                first += u / (1 + u);
                second += u / (1 + u) / (1 + u);
            }
            const pg_negbin_sums got = pg_negbin_sums_of(counts[c], alpha);
            assert_close(got.log, (double)log, 2e-14, 0);
            assert_close(got.first, (double)first, 2e-14, 0);
            assert_close(got.second, (double)second, 2e-13, 0);
        }
    }
}

static void logarithms_of_factorials_are_sums_of_logarithms(void **state)
{
    (void)state;
    long double sum = 0;
    for (double y = 0; y < 3000; y++) {
        if (y > 1) sum += logl(y);
        assert_close(pg_log_factorial(y), (double)sum, 5e-16, 0);
    }
    for (double u = 1e-12; u < 1e6; u *= 3.7)
        assert_close(pg_less_log1p(u), (double)((long double)u - log1pl(u)), 1e-14, 1e-20);
}

/* By the gamma functions of the textbook; alpha last. */
static double log_lik(const pgdp_design *d, const double *b)
{
    const size_t n = d->y.n, k = d->x.n_cols;
    const double r = 1 / b[k];
    double total = 0;
    for (size_t i = 0; i < n; i++) {
        double eta = d->offset.n > 0 ? d->offset.x[i] : 0, rising = 0;
        const double y = d->y.x[i];
        for (size_t j = 0; j < k; j++)
            eta += d->x.x[i + j * n] * b[j];
        const double mu = exp(eta);
        for (double j = 0; j < y; j++)
            rising += log((r + j) / (j + 1));
        total += (d->weights.n > 0 ? d->weights.x[i] : 1) * (rising + r * log(r / (r + mu)) + y * log(mu / (r + mu)));
    }
    return total;
}

static double moved(const pgdp_design *d, const double *b, size_t i, double by_i, size_t j, double by_j)
{
    double at[8];
    memcpy(at, b, (d->x.n_cols + 1) * sizeof *at);
    at[i] += by_i;
    at[j] += by_j;
    return log_lik(d, at);
}

static void check_derivatives(const pgt_design *t)
{
    const size_t p = t->d.x.n_cols + 1;
    pgdp_fit *fit = fit_of(&t->d, "iid");
    const double *b = pgdp_fit_estimate(fit).x, *v = pgdp_fit_vcov(fit).x;
    double step[8], hessian[64];
    assert_close(pgdp_fit_glance(fit).log_lik, log_lik(&t->d, b), 1e-12, 0);
    for (size_t i = 0; i < p; i++) {
        step[i] = 2e-3 * sqrt(v[i + i * p]);
        const double h = step[i] / 20, rise = moved(&t->d, b, i, h, i, 0) - moved(&t->d, b, i, -h, i, 0);
        assert_close(rise / (2 * h) * sqrt(v[i + i * p]), 0, 0, 1e-7);
    }
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) {
            const double up = moved(&t->d, b, i, step[i], j, step[j]) - moved(&t->d, b, i, step[i], j, -step[j]);
            const double down = moved(&t->d, b, i, -step[i], j, step[j]) - moved(&t->d, b, i, -step[i], j, -step[j]);
            hessian[i + j * p] = (up - down) / (4 * step[i] * step[j]);
        }
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) {
            double product = 0;
            for (size_t l = 0; l < p; l++)
                product -= hessian[i + l * p] * v[l + j * p];
            assert_close(product * sqrt(v[i + i * p] / v[j + j * p]), i == j, 0, 2e-3);
        }
    pgdp_fit_free(fit);
}

static void derivatives_at_the_maximum_are_those_of_the_likelihood(void **state)
{
    (void)state;
    enum { N = 600 };
    static double offset[N];
    pgt_design t = count_design(N, 4, 151);
    check_derivatives(&t);
    for (size_t i = 0; i < N; i++)
        offset[i] = 0.4 * sin((double)i);
    t.d.offset = (pgdp_vec){ offset, N };
    pgt_use_weights(&t, PGDP_FREQUENCY);
    check_derivatives(&t);
    pgt_design_free(&t);
}

/* Scores add to zero, and their outer product is of the size of the information. */
static void robust_errors_are_near_the_others_when_the_model_is_right(void **state)
{
    (void)state;
    enum { N = 4000 };
    pgt_design t = pgt_design_new(N, 2, 152);
    pg_random random = pg_random_stream(152, "gamma", 0);
    for (size_t i = 0; i < N; i++) { /* exponential mixture: alpha = 1 */
        const double mean = -exp(0.4 + 0.5 * (t.x[i + N] - 2.385)) * log(pg_random_uniform(&random));
        double product = pg_random_uniform(&random);
        t.y[i] = 0;
        for (; product > exp(-mean) && t.y[i] < 400; t.y[i]++)
            product *= pg_random_uniform(&random);
    }
    pgdp_fit *plain = fit_of(&t.d, "iid"), *robust = fit_of(&t.d, "HC0");
    for (size_t j = 0; j < 3; j++)
        assert_close(pgdp_fit_tidy(robust, j, 0.95).std_error, pgdp_fit_tidy(plain, j, 0.95).std_error, 0.1, 0);
    const pgdp_tidy alpha = pgdp_fit_tidy(plain, 2, 0.95), slope = pgdp_fit_tidy(plain, 1, 0.95);
    assert_close(alpha.estimate, 1, 0, 3 * alpha.std_error);
    assert_close(slope.estimate, 0.5, 0, 3 * slope.std_error);
    pgdp_fit_free(plain);
    pgdp_fit_free(robust);
    pgt_design_free(&t);
}

static void frequencies_are_repeated_rows(void **state)
{
    (void)state;
    pgt_design t = count_design(200, 3, 153), long_one = pgt_design_new(600, 3, 153);
    size_t n = 0;
    pgt_use_weights(&t, PGDP_FREQUENCY);
    for (size_t i = 0; i < 200; i++)
        n += (size_t)t.w[i];
    long_one.d.y.n = long_one.d.x.n_rows = n;
    for (size_t i = 0, to = 0; i < 200; i++)
        for (size_t c = 0; c < (size_t)t.w[i]; c++, to++) {
            long_one.y[to] = t.y[i];
            for (size_t j = 0; j < 3; j++)
                long_one.x[to + j * n] = t.x[i + j * 200];
        }
    static const char *const vcovs[] = { "iid", "HC1" };
    for (size_t v = 0; v < 2; v++) {
        pgdp_fit *a = fit_of(&t.d, vcovs[v]), *b = fit_of(&long_one.d, vcovs[v]);
        for (size_t j = 0; j < 4; j++) {
            assert_close(pgdp_fit_estimate(a).x[j], pgdp_fit_estimate(b).x[j], 1e-10, 0);
            assert_close(pgdp_fit_tidy(a, j, 0.95).std_error, pgdp_fit_tidy(b, j, 0.95).std_error, 1e-10, 0);
        }
        for (size_t i = 0; i < 4; i++)
            assert_close(pgdp_fit_diagnostic(a, i).statistic, pgdp_fit_diagnostic(b, i).statistic, 1e-9, 0);
        assert_close(pgdp_fit_glance(a).deviance, pgdp_fit_glance(b).deviance, 1e-11, 0);
        assert_close(pgdp_fit_glance(a).log_lik_null, pgdp_fit_glance(b).log_lik_null, 1e-11, 0);
        pgdp_fit_free(a);
        pgdp_fit_free(b);
    }
    pgt_design_free(&t);
    pgt_design_free(&long_one);
}

/* Twice the exposure: the constant falls by log 2, and nothing else moves. */
static void exposure_and_units_move_only_what_they_must(void **state)
{
    (void)state;
    enum { N = 500 };
    static double offset[N];
    static const double part[] = { 0.7, 0.3, 0, 0 }, unit[] = { 1, 1e-8, 1e8, 1 };
    pgt_design t = count_design(N, 3, 154);
    pgdp_fit *a = fit_of(&t.d, "HC0");
    for (size_t i = 0; i < N; i++)
        offset[i] = 0.7 + 0.3 * t.x[i + N];
    t.d.offset = (pgdp_vec){ offset, N };
    pgdp_fit *b = fit_of(&t.d, "HC0");
    t.d.offset = (pgdp_vec){ NULL, 0 };
    for (size_t i = 0; i < N; i++) {
        t.x[i + N] *= 1e8;
        t.x[i + 2 * N] *= 1e-8;
    }
    pgt_permute(&t);
    pgdp_fit *c = fit_of(&t.d, "HC0");
    for (size_t j = 0; j < 4; j++) {
        const pgdp_tidy line = pgdp_fit_tidy(a, j, 0.95);
        assert_close(pgdp_fit_estimate(b).x[j], line.estimate - part[j], 1e-10, 1e-11);
        assert_close(pgdp_fit_tidy(b, j, 0.95).std_error, line.std_error, 1e-10, 0);
        assert_close(pgdp_fit_estimate(c).x[j], line.estimate * unit[j], 1e-10, 0);
        assert_close(pgdp_fit_tidy(c, j, 0.95).std_error, line.std_error * unit[j], 1e-10, 0);
    }
    assert_close(pgdp_fit_glance(b).log_lik, pgdp_fit_glance(a).log_lik, 1e-12, 0);
    pgdp_fit_free(a);
    pgdp_fit_free(b);
    pgdp_fit_free(c);
    pgt_design_free(&t);
}

/* Without regressors the constant is the logarithm of the mean. */
static void the_constant_alone_is_the_mean_and_the_null_model(void **state)
{
    (void)state;
    enum { N = 300 };
    pgt_design t = count_design(N, 2, 155);
    pgdp_fit *with = fit_of(&t.d, "iid");
    double mean = 0;
    for (size_t i = 0; i < N; i++)
        mean += t.y[i] / N;
    t.d.x.n_cols = 1;
    pgdp_fit *alone = fit_of(&t.d, "iid");
    assert_close(pgdp_fit_estimate(alone).x[0], log(mean), 1e-12, 0);
    assert_close(pgdp_fit_glance(with).log_lik_null, pgdp_fit_glance(alone).log_lik, 1e-13, 0);
    assert_close(pgdp_fit_glance(with).df, 1, 0, 0);
    pgdp_fit_free(with);
    pgdp_fit_free(alone);
    pgt_design_free(&t);
}

static void counts_in_the_thousands_are_fitted(void **state)
{
    (void)state;
    enum { N = 300 };
    pgt_design t = pgt_design_new(N, 2, 156);
    pg_random random = pg_random_stream(156, "large", 0);
    for (size_t i = 0; i < N; i++)
        t.y[i] = floor(exp(9 + 0.5 * (t.x[i + N] - 2.385) + 0.4 * pg_random_normal(&random)));
    pgdp_fit *fit = fit_of(&t.d, "iid");
    assert_close(pgdp_fit_estimate(fit).x[1], 0.5, 0, 0.1);
    assert_close(pgdp_fit_estimate(fit).x[2], 0.16, 0, 0.05); /* about the variance of the logarithm */
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

static void what_negbin_cannot_fit_is_refused(void **state)
{
    (void)state;
    pgt_design t = count_design(120, 3, 157);
    pgdp_fit *fit = NULL;
    t.y[4] = 2.5;
    assert_status(ctx, pgdp_fit_new(ctx, "negbin", "iid", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "row 5 of the outcome is 2.5");
    for (size_t i = 0; i < 120; i++)
        t.y[i] = 3 + (double)(i % 2); /* varies less than its mean */
    assert_status(ctx, pgdp_fit_new(ctx, "negbin", "iid", &t.d, NULL, &fit), PGDP_NO_CONVERGENCE);
    assert_contains(pgdp_ctx_error(ctx), "use method poisson");
    for (size_t i = 0; i < 120; i++) {
        t.x[i + 240] = i % 9 == 0;
        t.y[i] = i % 9 == 0 ? 0 : (double)(i % 13 * (i % 5)); /* a dummy whose counts are all 0 */
    }
    assert_status(ctx, pgdp_fit_new(ctx, "negbin", "iid", &t.d, NULL, &fit), PGDP_NO_CONVERGENCE);
    assert_contains(pgdp_ctx_error(ctx), "x2");
    memset(t.y, 0, 120 * sizeof *t.y);
    assert_status(ctx, pgdp_fit_new(ctx, "negbin", "iid", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "0 in every row");
    t.y[0] = 1;
    pgt_use_weights(&t, PGDP_ANALYTIC);
    assert_status(ctx, pgdp_fit_new(ctx, "negbin", "iid", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    pgt_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_those_of_their_terms),
        cmocka_unit_test(logarithms_of_factorials_are_sums_of_logarithms),
        cmocka_unit_test(derivatives_at_the_maximum_are_those_of_the_likelihood),
        cmocka_unit_test(robust_errors_are_near_the_others_when_the_model_is_right),
        cmocka_unit_test(frequencies_are_repeated_rows),
        cmocka_unit_test(exposure_and_units_move_only_what_they_must),
        cmocka_unit_test(the_constant_alone_is_the_mean_and_the_null_model),
        cmocka_unit_test(counts_in_the_thousands_are_fitted),
        cmocka_unit_test(what_negbin_cannot_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
