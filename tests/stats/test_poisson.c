/* test_poisson.c  Poisson regression: closed forms, first-order conditions, weights, offsets, units, refusals. Numbers
 * from outside: tests/golden. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/gamma.h"
#include "tests/support/designs.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>

static pgdp_ctx *ctx;

static int open_ctx(void **state)
{
    (void)state;
    ctx = pgdp_ctx_new(NULL);
    return ctx == NULL;
}

static int close_ctx(void **state)
{
    (void)state;
    pgdp_ctx_free(ctx);
    return 0;
}

static pgdp_fit *fit_of(const pgdp_design *d, const char *vcov)
{
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "poisson", vcov, d, NULL, &fit));
    return fit;
}

/** Counts that depend on the first regressor. */
static pgt_design counts(size_t n, size_t k, uint32_t seed)
{
    pgt_design t = pgt_design_new(n, k, seed);
    for (size_t i = 0; i < n; i++)
        t.y[i] = floor(exp(0.2 * t.x[i + n] + 0.05 * t.y[i]) * (0.3 + 0.7 * t.w[i]));
    return t;
}

static void log_gamma_is_that_of_tables(void **state)
{
    (void)state;
    static const struct {
        double x, value;
    } known[] = { { 1, 0 },
                  { 2, 0 },
                  { 0.5, 0.572364942924700087071713675677 },
                  { 3.5, 1.20097360234707422481602188145 },
                  { 11, 15.1044125730755152952257093292 },
                  { 101, 363.739375555563490144079996524 },
                  { 1e10, 220258509288.811394558797553655 } };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_close(pg_log_gamma(known[i].x), known[i].value, 0, 4e-15 * (1 + known[i].value));
    for (double x = 0.3; x < 1e6; x *= 1.37)
        assert_close(pg_log_gamma(x), lgamma(x), 0, 4e-15 * (1 + fabs(lgamma(x))));
}

/* Two groups with means 2.385 and 5.5: logs of the means, variances 1 / sum of y. */
static void a_dummy_gives_the_log_ratio_of_means(void **state)
{
    (void)state;
    enum { N = 10 };
    static double y[N] = { 1.385, 3, 0, 5.155, 7, 5, 3.5, 9, 4, 4.5 }, x[2 * N];
    static const char *const terms[] = { "(Intercept)", "x" };
    for (size_t i = 0; i < N; i++) {
        x[i] = 1;
        x[N + i] = i >= 4;
    }
    const pgdp_design d = { .y = { y, N }, .x = { x, N, 2 }, .terms = terms, .constant = 0 };
    pgdp_fit *fit = fit_of(&d, "iid");
    assert_close(pgdp_fit_estimate(fit).x[0], log(2.385), 1e-14, 0);
    assert_close(pgdp_fit_estimate(fit).x[1], log(5.5 / 2.385), 1e-14, 0);
    assert_close(pgdp_fit_tidy(fit, 1, 0.95).std_error, sqrt(1 / 9.54 + 1 / 33.0), 1e-13, 0);
    double deviance = 0, log_lik = 0, null = 0;
    for (size_t i = 0; i < N; i++) {
        const double mean = i < 4 ? 2.385 : 5.5, all = 4.254;
        deviance += 2 * ((y[i] > 0 ? y[i] * log(y[i] / mean) : 0) - (y[i] - mean));
        log_lik += y[i] * log(mean) - mean - lgamma(y[i] + 1);
        null += y[i] * log(all) - all - lgamma(y[i] + 1);
    }
    const pgdp_glance g = pgdp_fit_glance(fit);
    assert_close(g.deviance, deviance, 1e-13, 0);
    assert_close(g.log_lik, log_lik, 1e-13, 0);
    assert_close(g.log_lik_null, null, 1e-13, 0);
    assert_close(g.statistic, 2 * (log_lik - null), 1e-11, 0);
    pgdp_fit_free(fit);
}

/* sum_i w_i (y_i - e^(x_i b + offset_i)) x_ij = 0 */
static void check_first_order(const pgt_design *t)
{
    const size_t n = t->d.y.n, k = t->d.x.n_cols;
    pgdp_fit *fit = fit_of(&t->d, "HC0");
    const double *b = pgdp_fit_estimate(fit).x;
    for (size_t j = 0; j < k; j++) {
        double score = 0, size = 0;
        for (size_t i = 0; i < n; i++) {
            double eta = t->d.offset.n > 0 ? t->d.offset.x[i] : 0;
            for (size_t l = 0; l < k; l++)
                eta += t->x[i + l * n] * b[l];
            const double part = (t->d.weights.n > 0 ? t->w[i] : 1) * (t->y[i] - exp(eta)) * t->x[i + j * n];
            score += part;
            size += fabs(part);
        }
        assert_close(score, 0, 0, 1e-12 * size);
    }
    pgdp_fit_free(fit);
}

static void first_order_conditions_hold(void **state)
{
    (void)state;
    pgt_design t = counts(400, 4, 21);
    check_first_order(&t);
    t.d.offset = (pgdp_vec){ t.w, 400 };
    check_first_order(&t);
    t.d.offset.n = 0;
    pgt_use_weights(&t, PGDP_PROBABILITY);
    check_first_order(&t);
    pgt_design_free(&t);
}

static void frequency_weights_are_repeated_rows(void **state)
{
    (void)state;
    enum { N = 90, K = 3 };
    pgt_design t = counts(N, K, 22);
    pgt_use_weights(&t, PGDP_FREQUENCY);
    double y[3 * N], *x = calloc(3 * N * K, sizeof *x);
    size_t n = 0;
    for (size_t i = 0; i < N; i++)
        n += (size_t)t.w[i];
    for (size_t i = 0, at = 0; i < N; i++)
        for (size_t r = 0; r < (size_t)t.w[i]; r++, at++) {
            y[at] = t.y[i];
            for (size_t j = 0; j < K; j++)
                x[at + j * n] = t.x[i + j * N];
        }
    const pgdp_design repeated = { .y = { y, n }, .x = { x, n, K }, .terms = t.d.terms, .constant = 0 };
    pgdp_fit *a = fit_of(&t.d, "HC1"), *b = fit_of(&repeated, "HC1");
    for (size_t j = 0; j < K * K; j++)
        assert_close(pgdp_fit_vcov(a).x[j], pgdp_fit_vcov(b).x[j], 1e-11, 1e-15);
    assert_close(pgdp_fit_glance(a).log_lik, pgdp_fit_glance(b).log_lik, 1e-13, 0);
    assert_close(pgdp_fit_glance(a).bic, pgdp_fit_glance(b).bic, 1e-13, 0);
    pgdp_fit_free(a);
    pgdp_fit_free(b);
    free(x);
    pgt_design_free(&t);
}

/* An offset of c times a regressor moves its estimate by -c; y times a, the constant by log a; and the units of x. */
static void offsets_and_units_move_one_estimate(void **state)
{
    (void)state;
    enum { N = 300 };
    pgt_design t = counts(N, 3, 23);
    double offset[N];
    pgdp_fit *before = fit_of(&t.d, "HC0");
    for (size_t i = 0; i < N; i++) {
        offset[i] = 0.3 * t.x[i + N];
        t.y[i] *= 1e6;
    }
    for (size_t i = 0; i < N; i++)
        t.x[i + 2 * N] *= 1e-8;
    t.d.offset = (pgdp_vec){ offset, N };
    pgdp_fit *after = fit_of(&t.d, "HC0");
    const double *b = pgdp_fit_estimate(before).x, *c = pgdp_fit_estimate(after).x;
    assert_close(c[0], b[0] + log(1e6), 1e-12, 0);
    assert_close(c[1], b[1] - 0.3, 1e-11, 0);
    assert_close(c[2], 1e8 * b[2], 1e-11, 0);
    assert_close(pgdp_fit_tidy(after, 1, 0.95).std_error, pgdp_fit_tidy(before, 1, 0.95).std_error, 1e-11, 0);
    pgdp_fit_free(before);
    pgdp_fit_free(after);
    pgt_design_free(&t);
}

static void wrong_outcomes_and_weights_are_refused(void **state)
{
    (void)state;
    pgt_design t = counts(50, 3, 24);
    pgdp_fit *fit = NULL;
    const double kept = t.y[6];
    t.y[6] = -0.25;
    assert_status(ctx, pgdp_fit_new(ctx, "poisson", "iid", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "row 7 of the outcome is -0.25");
    t.y[6] = kept;
    pgt_use_weights(&t, PGDP_ANALYTIC);
    assert_status(ctx, pgdp_fit_new(ctx, "poisson", "iid", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "fw");
    for (size_t i = 0; i < 50; i++)
        t.y[i] = 0;
    assert_status(ctx, pgdp_fit_new(ctx, "poisson", "iid", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "0 in every row");
    pgt_design_free(&t);
}

/* A dummy that is 1 in rows with y = 0 only: its estimate goes to minus infinity, and the message names it. */
static void a_separating_term_is_named(void **state)
{
    (void)state;
    enum { N = 200 };
    pgt_design t = counts(N, 3, 25);
    pgdp_fit *fit = NULL;
    for (size_t i = 0; i < N; i++)
        t.x[i + 2 * N] = t.y[i] <= 0 && i % 3 == 0;
    assert_status(ctx, pgdp_fit_new(ctx, "poisson", "iid", &t.d, NULL, &fit), PGDP_NO_CONVERGENCE);
    assert_contains(pgdp_ctx_error(ctx), "x2");
    pgt_design_free(&t);
}

static pgdp_status fit_and_free(pgdp_ctx *c, void *user)
{
    pgdp_fit *fit;
    const pgdp_status status = pgdp_fit_new(c, "poisson", "HC0", user, NULL, &fit);
    if (status == PGDP_OK) pgdp_fit_free(fit);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    pgt_design t = counts(60, 3, 26);
    assert_true(pgt_fail_every_allocation(fit_and_free, &t.d) > 2);
    pgt_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_gamma_is_that_of_tables),         cmocka_unit_test(a_dummy_gives_the_log_ratio_of_means),
        cmocka_unit_test(first_order_conditions_hold),         cmocka_unit_test(frequency_weights_are_repeated_rows),
        cmocka_unit_test(offsets_and_units_move_one_estimate), cmocka_unit_test(wrong_outcomes_and_weights_are_refused),
        cmocka_unit_test(a_separating_term_is_named),          cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
