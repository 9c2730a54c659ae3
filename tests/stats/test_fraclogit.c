/* test_fraclogit.c  Fractional logit: first-order conditions, the sandwich by hand, what it shares with logit.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/stats.h"
#include "tests/support/context.h"
#include "tests/support/designs.h"
#include "tests/support/fits.h"

#include <math.h>
#include <string.h>

static pgdp_fit *fit_of(const pgdp_design *d, const char *method, const char *vcov)
{
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, method, vcov, d, NULL, &fit));
    return fit;
}

static double logistic(double x)
{
    return 1 / (1 + exp(-x));
}

/* Shares that follow the latent outcome, some of them exactly 0 and 1. */
static pgt_design share_design(size_t n, size_t n_terms, uint32_t seed)
{
    pgt_design t = pgt_design_new(n, n_terms, seed);
    for (size_t i = 0; i < n; i++) {
        const double share = logistic(t.y[i] / 2);
        t.y[i] = share < 0.03 ? 0 : share > 0.97 ? 1 : share;
    }
    return t;
}

static void zeros_and_ones_alone_are_a_logit(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(400, 4, 161);
    static const char *const vcovs[] = { "iid", "HC1" };
    pgt_make_categories(&t, 2);
    for (size_t v = 0; v < 2; v++) {
        pgdp_fit *a = fit_of(&t.d, "logit", vcovs[v]), *b = fit_of(&t.d, "fraclogit", vcovs[v]);
        for (size_t j = 0; j < 4; j++) {
            assert_close(pgdp_fit_estimate(b).x[j], pgdp_fit_estimate(a).x[j], 1e-13, 0);
            assert_close(pgdp_fit_tidy(b, j, 0.95).std_error, pgdp_fit_tidy(a, j, 0.95).std_error, 1e-13, 0);
        }
        assert_close(pgdp_fit_glance(b).log_lik, pgdp_fit_glance(a).log_lik, 1e-14, 0);
        assert_close(pgdp_fit_glance(b).log_lik_null, pgdp_fit_glance(a).log_lik_null, 1e-13, 0);
        assert_close(pgdp_fit_glance(b).deviance, pgdp_fit_glance(a).deviance, 1e-13, 0);
        pgdp_fit_free(a);
        pgdp_fit_free(b);
    }
    pgt_design_free(&t);
}

/* sum w (y - F) x = 0, and (sum w F (1 - F) xx')^-1 sum w^2 (y - F)^2 xx' (...)^-1 for two terms, by hand. */
static void estimates_and_robust_errors_are_those_of_the_textbook(void **state)
{
    (void)state;
    enum { N = 500 };
    pgt_design t = share_design(N, 2, 162);
    pgt_use_weights(&t, PGDP_PROBABILITY);
    pgdp_fit *fit = fit_of(&t.d, "fraclogit", "HC0");
    const double *b = pgdp_fit_estimate(fit).x;
    double score[2] = { 0 }, a[3] = { 0 }, m[3] = { 0 }, chi_squared = 0, deviance = 0;
    for (size_t i = 0; i < N; i++) {
        const double x = t.x[i + N], f = logistic(b[0] + b[1] * x), e = t.y[i] - f, w = t.w[i];
        score[0] += w * e;
        score[1] += w * e * x;
        a[0] += w * f * (1 - f);
        a[1] += w * f * (1 - f) * x;
        a[2] += w * f * (1 - f) * x * x;
        m[0] += w * w * e * e;
        m[1] += w * w * e * e * x;
        m[2] += w * w * e * e * x * x;
        chi_squared += w * e * e / (f * (1 - f));
        deviance += 2 * w * (t.y[i] > 0 ? t.y[i] * log(t.y[i] / f) : 0);
        deviance += 2 * w * (t.y[i] < 1 ? (1 - t.y[i]) * log((1 - t.y[i]) / (1 - f)) : 0);
    }
    assert_close(score[0], 0, 0, 1e-11);
    assert_close(score[1], 0, 0, 1e-11);
    const double det = a[0] * a[2] - a[1] * a[1];
    const double variance = (a[1] * a[1] * m[0] - 2 * a[0] * a[1] * m[1] + a[0] * a[0] * m[2]) / (det * det);
    assert_close(pgdp_fit_tidy(fit, 1, 0.95).std_error, sqrt(variance), 1e-11, 0);
    assert_close(pgt_fit_line(fit, "pearson_chi_squared").statistic, chi_squared, 1e-12, 0);
    assert_close(pgt_fit_line(fit, "dispersion").statistic, chi_squared / (N - 2), 1e-12, 0);
    assert_close(pgdp_fit_glance(fit).deviance, deviance, 1e-11, 0);
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

/* The half of 0.5 is a 0 and a 1: the same first-order conditions. */
static void a_share_is_ones_among_zeros(void **state)
{
    (void)state;
    enum { N = 300 };
    static double x[6 * N], y[2 * N], w[2 * N];
    pgt_design t = share_design(N, 3, 163);
    for (size_t i = 0; i < 2 * N; i++) {
        y[i] = i < N;
        w[i] = fmax(i < N ? t.y[i] : 1 - t.y[i - N], 1e-300);
        for (size_t j = 0; j < 3; j++)
            x[i + j * 2 * N] = t.x[i % N + j * N];
    }
    const pgdp_design both = { .y = { y, 2 * N },
                               .x = { x, 2 * N, 3 },
                               .terms = t.d.terms,
                               .constant = 0,
                               .weights = { w, 2 * N },
                               .weight_kind = PGDP_PROBABILITY };
    pgdp_fit *a = fit_of(&t.d, "fraclogit", "HC0"), *b = fit_of(&both, "logit", "HC0");
    for (size_t j = 0; j < 3; j++)
        assert_close(pgdp_fit_estimate(a).x[j], pgdp_fit_estimate(b).x[j], 1e-11, 0);
    assert_close(pgdp_fit_glance(a).log_lik, pgdp_fit_glance(b).log_lik, 1e-12, 0);
    assert_close(pgdp_fit_glance(a).log_lik_null, pgdp_fit_glance(b).log_lik_null, 1e-12, 0);
    pgdp_fit_free(a);
    pgdp_fit_free(b);
    pgt_design_free(&t);
}

static void offsets_and_units_move_only_what_they_must(void **state)
{
    (void)state;
    enum { N = 400 };
    static double offset[N];
    static const double part[] = { 0.7, 0.3, 0 }, unit[] = { 1, 1e-8, 1e8 };
    pgt_design t = share_design(N, 3, 164);
    pgdp_fit *a = fit_of(&t.d, "fraclogit", "HC1");
    for (size_t i = 0; i < N; i++)
        offset[i] = 0.7 + 0.3 * t.x[i + N];
    t.d.offset = (pgdp_vec){ offset, N };
    pgdp_fit *b = fit_of(&t.d, "fraclogit", "HC1");
    t.d.offset = (pgdp_vec){ NULL, 0 };
    for (size_t i = 0; i < N; i++) {
        t.x[i + N] *= 1e8;
        t.x[i + 2 * N] *= 1e-8;
    }
    pgt_permute(&t);
    pgdp_fit *c = fit_of(&t.d, "fraclogit", "HC1");
    for (size_t j = 0; j < 3; j++) {
        const pgdp_tidy line = pgdp_fit_tidy(a, j, 0.95);
        assert_close(pgdp_fit_estimate(b).x[j], line.estimate - part[j], 1e-11, 1e-12);
        assert_close(pgdp_fit_tidy(b, j, 0.95).std_error, line.std_error, 1e-11, 0);
        assert_close(pgdp_fit_estimate(c).x[j], line.estimate * unit[j], 1e-11, 0);
        assert_close(pgdp_fit_tidy(c, j, 0.95).std_error, line.std_error * unit[j], 1e-11, 0);
    }
    pgdp_fit_free(a);
    pgdp_fit_free(b);
    pgdp_fit_free(c);
    pgt_design_free(&t);
}

static void iid_says_what_it_takes_for_granted(void **state)
{
    (void)state;
    pgt_design t = share_design(200, 3, 165);
    pgdp_fit *iid = fit_of(&t.d, "fraclogit", "iid"), *robust = fit_of(&t.d, "fraclogit", "HC1");
    size_t i = 0;
    while (strcmp(pgdp_fit_diagnostic(iid, i).name, "dispersion") != 0)
        i++;
    assert_contains(pgdp_fit_diagnostic(iid, i).note, "HC1");
    assert_null(pgdp_fit_diagnostic(robust, i).note);
    pgdp_fit_free(iid);
    pgdp_fit_free(robust);
    pgt_design_free(&t);
}

static void what_is_no_share_is_refused(void **state)
{
    (void)state;
    pgt_design t = share_design(60, 3, 166);
    pgdp_fit *fit = NULL;
    t.y[3] = 1.25;
    assert_status(ctx, pgdp_fit_new(ctx, "fraclogit", "HC1", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "row 4 of the outcome is 1.25");
    for (size_t i = 0; i < 60; i++)
        t.y[i] = 0;
    assert_status(ctx, pgdp_fit_new(ctx, "fraclogit", "HC1", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    for (size_t i = 0; i < 60; i++) {
        t.x[i + 120] = i % 9 == 0;
        t.y[i] = i % 9 == 0 ? 1 : 0.25 + 0.5 * (double)(i % 2); /* a dummy whose shares are all 1 */
    }
    assert_status(ctx, pgdp_fit_new(ctx, "fraclogit", "HC1", &t.d, NULL, &fit), PGDP_NO_CONVERGENCE);
    assert_contains(pgdp_ctx_error(ctx), "x2");
    pgt_use_weights(&t, PGDP_ANALYTIC);
    assert_status(ctx, pgdp_fit_new(ctx, "fraclogit", "HC1", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    pgt_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zeros_and_ones_alone_are_a_logit),
        cmocka_unit_test(estimates_and_robust_errors_are_those_of_the_textbook),
        cmocka_unit_test(a_share_is_ones_among_zeros),
        cmocka_unit_test(offsets_and_units_move_only_what_they_must),
        cmocka_unit_test(iid_says_what_it_takes_for_granted),
        cmocka_unit_test(what_is_no_share_is_refused),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
