/* test_probit.c  Binary probit: tails, closed forms, first-order conditions, separation, offsets, weights. Numbers from
 * outside: tests/golden. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/fit.h"
#include "stats/normal_density.h"
#include "tests/support/context.h"
#include "tests/support/designs.h"

#include <math.h>
#include <string.h>

static pgdp_fit *fit_of(const pgdp_design *d, const char *vcov)
{
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "probit", vcov, d, NULL, &fit));
    return fit;
}

static double diagnostic(const pgdp_fit *fit, size_t i, const char *name)
{
    assert_string_equal(pgdp_fit_diagnostic(fit, i).name, name);
    return pgdp_fit_diagnostic(fit, i).statistic;
}

/* In arithmetic of 70 digits. */
static void the_logarithm_and_the_ratio_are_right_in_both_tails(void **state)
{
    (void)state;
    static const double want[][4] = {
        { -40, -804.608442013753802, 40.024968847207262, 0.0249688472072637224 },
        { -12.5, -81.5759678707438809, 12.5790073044069768, 0.0790073044069760921 },
        { -5.25, -16.3918800100377915, 5.4286553883860984, 0.178655388386098291 },
        { -4.9, -14.5511826893553113, 5.08982860012988336, 0.189828600129883285 },
        { -1.3, -2.33510327866244261, 1.77032783235965097, 0.470327832359651088 },
        { 0.4, -0.422476370227776066, 0.561882703796962923, 0.961882703796962835 },
        { 6.5, -4.01600058393975885e-11, 2.66955661487006125e-10, 6.50000000026695535 },
    };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        const pg_normal_left got = pg_normal_left_of(want[i][0]);
        assert_close(got.log_cdf, want[i][1], 2e-15, 0);
        assert_close(got.ratio, want[i][2], 4e-15, 0);
        assert_close(got.excess, want[i][3], 3e-14, 0);
    }
}

/* d log Phi = ratio, d ratio = -ratio (ratio + x), across the seam at -5 too. */
static void derivatives_are_those_of_the_logarithm(void **state)
{
    (void)state;
    const double h = 1e-5;
    for (double x = -40; x < 8; x += 0.437) {
        const pg_normal_left at = pg_normal_left_of(x), up = pg_normal_left_of(x + h), down = pg_normal_left_of(x - h);
        assert_close((up.log_cdf - down.log_cdf) / (2 * h), at.ratio, 2e-7, 1e-9);
        assert_close(-(up.ratio - down.ratio) / (2 * h), at.ratio * at.excess, 2e-7, 1e-9);
    }
    const pg_normal_left left = pg_normal_left_of(-5 - 1e-12), right = pg_normal_left_of(-5 + 1e-12);
    assert_close(left.excess, right.excess, 1e-11, 0);
    assert_close(left.log_cdf, right.log_cdf, 1e-11, 0);
}

/* 37 of 90 against 13 of 61: the variance of a quantile of a share is p (1 - p) / (n phi^2). */
static void a_dummy_gives_normal_quantiles_and_their_variance(void **state)
{
    (void)state;
    enum { N = 151 };
    static double y[N], x[2 * N];
    static const char *const terms[] = { "(Intercept)", "x" };
    for (size_t i = 0; i < N; i++) {
        x[i] = 1;
        x[N + i] = i < 90;
        y[i] = i < 37 || i >= 138;
    }
    const pgdp_design d = { .y = { y, N }, .x = { x, N, 2 }, .terms = terms, .constant = 0 };
    pgdp_fit *fit = fit_of(&d, "iid");
    const double p = 37.0 / 90, q = 13.0 / 61, zp = -pgdp_normal_upper_quantile(p), zq = -pgdp_normal_upper_quantile(q);
    const double fp = pg_normal_density(zp), fq = pg_normal_density(zq);
    const double log_lik = 37 * log(p) + 53 * log(1 - p) + 13 * log(q) + 48 * log(1 - q);
    const double null = 50 * log(50.0 / 151) + 101 * log(101.0 / 151);
    assert_close(pgdp_fit_estimate(fit).x[0], zq, 1e-13, 0);
    assert_close(pgdp_fit_estimate(fit).x[1], zp - zq, 1e-13, 0);
    assert_close(pgdp_fit_tidy(fit, 1, 0.95).std_error, sqrt(p * (1 - p) / 90 / fp / fp + q * (1 - q) / 61 / fq / fq),
                 1e-13, 0);
    const pgdp_glance g = pgdp_fit_glance(fit);
    assert_close(g.log_lik, log_lik, 1e-14, 0);
    assert_close(g.log_lik_null, null, 1e-14, 0);
    assert_close(g.statistic, 2 * (log_lik - null), 1e-12, 0);
    assert_close(diagnostic(fit, 0, "mcfadden_r_squared"), 1 - log_lik / null, 1e-12, 0);
    assert_close(diagnostic(fit, 1, "pearson_chi_squared"), 151, 1e-12, 0); /* each group's own share */
    pgdp_fit_free(fit);
}

/* sum w phi (y - Phi) / (Phi (1 - Phi)) x = 0 */
static void check_first_order(const pgt_design *t)
{
    const size_t n = t->d.y.n, k = t->d.x.n_cols;
    pgdp_fit *fit = fit_of(&t->d, "HC0");
    const double *b = pgdp_fit_estimate(fit).x;
    for (size_t j = 0; j < k; j++) {
        double score = 0, size = 0;
        for (size_t i = 0; i < n; i++) {
            double eta = 0;
            for (size_t l = 0; l < k; l++)
                eta += t->x[i + l * n] * b[l];
            const double f = pgdp_normal_upper(-eta), g = pgdp_normal_upper(eta);
            const double w = t->d.weights.n > 0 ? t->w[i] : 1, s = (t->y[i] > 0 ? 1 / f : -1 / g) * exp(-eta * eta / 2);
            score += w * s * t->x[i + j * n];
            size += fabs(w * s * t->x[i + j * n]);
        }
        assert_close(score, 0, 0, 1e-12 * size);
    }
    pgdp_fit_free(fit);
}

static void the_score_is_zero(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(700, 4, 121);
    pgt_make_categories(&t, 2);
    check_first_order(&t);
    pgt_use_weights(&t, PGDP_FREQUENCY);
    check_first_order(&t);
    t.d.weight_kind = PGDP_PROBABILITY;
    check_first_order(&t);
    pgt_design_free(&t);
}

static void check_same(const pgdp_fit *a, const pgdp_fit *b, double rel)
{
    for (size_t j = 0; j < pgdp_fit_n_terms(a); j++) {
        assert_close(pgdp_fit_estimate(b).x[j], pgdp_fit_estimate(a).x[j], rel, 1e-13);
        assert_close(pgdp_fit_tidy(b, j, 0.95).std_error, pgdp_fit_tidy(a, j, 0.95).std_error, rel, 0);
    }
    assert_close(pgdp_fit_glance(b).log_lik, pgdp_fit_glance(a).log_lik, rel, 0);
    assert_close(pgdp_fit_glance(b).log_lik_null, pgdp_fit_glance(a).log_lik_null, rel, 0);
}

static void frequencies_are_repeated_rows(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(200, 3, 122), long_one = pgt_design_new(600, 3, 122);
    size_t n = 0;
    pgt_make_categories(&t, 2);
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
    static const char *const vcovs[] = { "iid", "HC0", "HC1" };
    for (size_t v = 0; v < 3; v++) {
        pgdp_fit *a = fit_of(&t.d, vcovs[v]), *b = fit_of(&long_one.d, vcovs[v]);
        check_same(a, b, 1e-11);
        pgdp_fit_free(a);
        pgdp_fit_free(b);
    }
    pgt_design_free(&t);
    pgt_design_free(&long_one);
}

static void units_and_the_order_of_rows_change_nothing(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(400, 4, 123);
    pgt_make_categories(&t, 2);
    pgdp_fit *a = fit_of(&t.d, "HC1");
    pgt_permute(&t);
    pgdp_fit *b = fit_of(&t.d, "HC1");
    check_same(a, b, 1e-11);
    for (size_t i = 0; i < 400; i++) {
        t.x[i + 400] *= 1e8;
        t.x[i + 800] *= 1e-8;
    }
    pgdp_fit *c = fit_of(&t.d, "HC1");
    assert_close(pgdp_fit_estimate(c).x[1], pgdp_fit_estimate(a).x[1] * 1e-8, 1e-11, 0);
    assert_close(pgdp_fit_estimate(c).x[2], pgdp_fit_estimate(a).x[2] * 1e8, 1e-11, 0);
    assert_close(pgdp_fit_tidy(c, 2, 0.95).std_error, pgdp_fit_tidy(a, 2, 0.95).std_error * 1e8, 1e-10, 0);
    pgdp_fit_free(a);
    pgdp_fit_free(b);
    pgdp_fit_free(c);
    pgt_design_free(&t);
}

static void an_offset_moves_what_it_is_a_part_of(void **state)
{
    (void)state;
    enum { N = 400 };
    static double offset[N];
    pgt_design t = pgt_design_new(N, 3, 124);
    pgt_make_categories(&t, 2);
    pgdp_fit *a = fit_of(&t.d, "HC0");
    for (size_t i = 0; i < N; i++)
        offset[i] = 0.7 + 0.3 * t.x[i + N];
    t.d.offset = (pgdp_vec){ offset, N };
    pgdp_fit *b = fit_of(&t.d, "HC0");
    assert_close(pgdp_fit_estimate(b).x[0], pgdp_fit_estimate(a).x[0] - 0.7, 1e-11, 0);
    assert_close(pgdp_fit_estimate(b).x[1], pgdp_fit_estimate(a).x[1] - 0.3, 1e-11, 1e-12);
    assert_close(pgdp_fit_estimate(b).x[2], pgdp_fit_estimate(a).x[2], 1e-11, 0);
    for (size_t j = 0; j < 3; j++)
        assert_close(pgdp_fit_tidy(b, j, 0.95).std_error, pgdp_fit_tidy(a, j, 0.95).std_error, 1e-11, 0);
    assert_close(pgdp_fit_glance(b).log_lik, pgdp_fit_glance(a).log_lik, 1e-13, 0);
    t.d.x.n_cols = 1;
    pgdp_fit *null_model = fit_of(&t.d, "HC0");
    assert_close(pgdp_fit_glance(b).log_lik_null, pgdp_fit_glance(null_model).log_lik, 1e-14, 0);
    assert_close(pgdp_fit_glance(null_model).log_lik_null, pgdp_fit_glance(null_model).log_lik, 1e-14, 0);
    pgdp_fit_free(null_model);
    t.d.x.n_cols = 3;
    for (size_t i = 0; i < N; i++)
        offset[i] = 0.7; /* alone, the constant takes it up */
    pgdp_fit *c = fit_of(&t.d, "HC0");
    assert_close(pgdp_fit_glance(c).log_lik_null, pgdp_fit_glance(a).log_lik_null, 1e-13, 0);
    pgt_drop_constant(&t);
    pgdp_fit *e = fit_of(&t.d, "HC0");
    double null = 0;
    for (size_t i = 0; i < N; i++)
        null += log(pgdp_normal_upper(t.y[i] > 0 ? -0.7 : 0.7));
    assert_close(pgdp_fit_glance(e).log_lik_null, null, 1e-13, 0);
    pgdp_fit_free(a);
    pgdp_fit_free(b);
    pgdp_fit_free(c);
    pgdp_fit_free(e);
    pgt_design_free(&t);
}

static void separation_is_refused_by_name(void **state)
{
    (void)state;
    for (int quasi = 0; quasi <= 1; quasi++) {
        pgt_design t = pgt_design_new(300, 4, 125);
        pgdp_fit *fit = NULL;
        pgt_make_categories(&t, 2);
        for (size_t i = 0; i < 300; i++) {
            if (quasi) t.x[i + 2 * 300] = i % 9 == 0; /* a dummy whose rows are all ones */
            if (quasi && i % 9 == 0) t.y[i] = 1;
            if (!quasi) t.y[i] = t.x[i + 2 * 300] > 4.5;
        }
        assert_status(ctx, pgdp_fit_new(ctx, "probit", "iid", &t.d, NULL, &fit), PGDP_NO_CONVERGENCE);
        assert_contains(pgdp_ctx_error(ctx), "separate");
        assert_contains(pgdp_ctx_error(ctx), "x2");
        assert_null(strstr(pgdp_ctx_error(ctx), "lambda")); /* which probit has not */
        pgt_design_free(&t);
    }
}

/* One row far on the wrong side: eta of -40 and beyond on the way there and at the maximum of the others. */
static void outliers_far_in_the_tail_are_no_trouble(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(300, 2, 126);
    for (size_t i = 0; i < 300; i++)
        t.y[i] = t.x[i + 300] + 0.3 * sin((double)i) > 2.385;
    t.x[7 + 300] = 300;
    t.y[7] = 0;
    pgdp_fit *fit = fit_of(&t.d, "HC1");
    assert_true(isfinite(pgdp_fit_estimate(fit).x[1]) && pgdp_fit_tidy(fit, 1, 0.95).std_error > 0);
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

static void outcomes_that_are_no_outcomes_are_refused(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(50, 3, 127);
    pgdp_fit *fit = NULL;
    pgt_make_categories(&t, 2);
    t.y[6] = 0.5;
    assert_status(ctx, pgdp_fit_new(ctx, "probit", "iid", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "row 7");
    t.y[6] = 1;
    pgt_use_weights(&t, PGDP_ANALYTIC);
    assert_status(ctx, pgdp_fit_new(ctx, "probit", "iid", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "use fw or pw");
    pgt_design_free(&t);
}

/* The estimator alone, for what it leaves to covariances: sum w phi^2 / (Phi (1 - Phi)) x x' times `expected` is I. */
static void expected_information_is_that_of_the_textbook(void **state)
{
    (void)state;
    enum { N = 250, K = 3 };
    pgt_design t = pgt_design_new(N, K, 128);
    pgt_make_categories(&t, 2);
    pgt_use_weights(&t, PGDP_PROBABILITY);
    double estimate[K], bread[K * K], score[N], information[K * K] = { 0 };
    pgdp_fit fit = { .n_rows = N, .n_slopes = K, .n_terms = K, .nobs = N };
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++)
        if (strcmp(pgdp_estimator_at(i)->name, "probit") == 0) fit.estimator = pgdp_estimator_at(i);
    fit.covariance = pgdp_vcov_at(0);
    assert_string_equal(fit.covariance->name, "iid");
    fit.estimate = estimate;
    fit.bread = bread;
    fit.score = score;
    fit.design = fit.working = &t.d;
    assert_ok(ctx, fit.estimator->fit(ctx, &t.d, NULL, &fit));
    assert_non_null(fit.expected);
    for (size_t i = 0; i < N; i++) {
        double eta = 0;
        for (size_t j = 0; j < K; j++)
            eta += t.x[i + j * N] * estimate[j];
        const double f = pg_normal_density(eta), p = pgdp_normal_upper(-eta);
        for (size_t j = 0; j < K * K; j++)
            information[j] += t.w[i] * f * f / (p * (1 - p)) * t.x[i + j % K * N] * t.x[i + j / K * N];
    }
    for (size_t j = 0; j < K * K; j++) {
        double product = 0;
        for (size_t l = 0; l < K; l++)
            product += information[j % K + l * K] * fit.expected[l + j / K * K];
        assert_close(product, j % K == j / K, 0, 1e-9);
    }
    assert_true(fabs(fit.expected[0] - bread[0]) > 1e-6 * bread[0]);
    pgt_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_logarithm_and_the_ratio_are_right_in_both_tails),
        cmocka_unit_test(derivatives_are_those_of_the_logarithm),
        cmocka_unit_test(a_dummy_gives_normal_quantiles_and_their_variance),
        cmocka_unit_test(the_score_is_zero),
        cmocka_unit_test(frequencies_are_repeated_rows),
        cmocka_unit_test(units_and_the_order_of_rows_change_nothing),
        cmocka_unit_test(an_offset_moves_what_it_is_a_part_of),
        cmocka_unit_test(separation_is_refused_by_name),
        cmocka_unit_test(outliers_far_in_the_tail_are_no_trouble),
        cmocka_unit_test(outcomes_that_are_no_outcomes_are_refused),
        cmocka_unit_test(expected_information_is_that_of_the_textbook),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
