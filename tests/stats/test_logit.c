/* test_logit.c  Binary logit: closed forms, first-order conditions, separation. Numbers from outside: tests/golden.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/context.h"
#include "tests/support/designs.h"

#include <math.h>

static pgdp_fit *fit_of(const pgdp_design *d, const char *vcov, const char *lambda)
{
    pgdp_fit *fit = NULL;
    const pgdp_setting settings[] = { { lambda == NULL ? NULL : "lambda", lambda }, { NULL, NULL } };
    assert_ok(ctx, pgdp_fit_new(ctx, "logit", vcov, d, settings, &fit));
    return fit;
}

/* A 2 x 2 table: log odds, and the sum of inverse counts as variance. 37 of 90 against 13 of 61. */
static void a_dummy_gives_the_log_odds_ratio_and_its_variance(void **state)
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
    pgdp_fit *fit = fit_of(&d, "iid", NULL);
    const pgdp_tidy line = pgdp_fit_tidy(fit, 1, 0.95);
    assert_close(pgdp_fit_estimate(fit).x[0], log(13.0 / 48), 1e-14, 0);
    assert_close(line.estimate, log(37.0 / 53) - log(13.0 / 48), 1e-14, 0);
    assert_close(line.std_error, sqrt(1.0 / 37 + 1.0 / 53 + 1.0 / 13 + 1.0 / 48), 1e-14, 0);
    const double log_lik = 37 * log(37.0 / 90) + 53 * log(53.0 / 90) + 13 * log(13.0 / 61) + 48 * log(48.0 / 61);
    const double null = 50 * log(50.0 / 151) + 101 * log(101.0 / 151);
    const pgdp_glance g = pgdp_fit_glance(fit);
    assert_close(g.log_lik, log_lik, 1e-14, 0);
    assert_close(g.log_lik_null, null, 1e-14, 0);
    assert_close(g.statistic, 2 * (log_lik - null), 1e-12, 0);
    assert_close(g.p_value, pgdp_chisq_upper(2 * (log_lik - null), 1), 1e-12, 0);
    assert_close(g.aic, 4 - 2 * log_lik, 1e-14, 0);
    assert_close(g.bic, 2 * log(151) - 2 * log_lik, 1e-14, 0);
    assert_close(g.deviance, -2 * log_lik, 1e-14, 0);
    assert_true(isinf(pgdp_fit_vcov_df(fit)));
    pgdp_fit_free(fit);
}

static double logistic(double x)
{
    return 1 / (1 + exp(-x));
}

/* sum_i w_i (y_i - F(x_i b)) x_ij = lambda sd_j^2 b_j */
static void check_first_order(const pgt_design *t, const char *lambda)
{
    const size_t n = t->d.y.n, k = t->d.x.n_cols;
    pgdp_fit *fit = fit_of(&t->d, "HC0", lambda);
    const double *b = pgdp_fit_estimate(fit).x;
    for (size_t j = 0; j < k; j++) {
        double score = 0, size = 0, mean = 0, square = 0, total = 0;
        for (size_t i = 0; i < n; i++) {
            const double w = t->d.weights.n > 0 ? t->w[i] : 1, x = t->x[i + j * n];
            double eta = 0;
            for (size_t l = 0; l < k; l++)
                eta += t->x[i + l * n] * b[l];
            score += w * (t->y[i] - logistic(eta)) * x;
            size += fabs(w * (t->y[i] - logistic(eta)) * x);
            total += w;
            mean += w * x;
            square += w * x * x;
        }
        mean /= total;
        const double variance = j == 0 ? 0 : square / total - mean * mean;
        const double penalty = lambda == NULL ? 0 : 2.5 * variance * b[j];
        assert_close(score, penalty, 0, 1e-11 * size);
    }
    pgdp_fit_free(fit);
}

static void the_score_is_zero_or_the_penaltys_slope(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(700, 4, 21);
    pgt_make_categories(&t, 2);
    check_first_order(&t, NULL);
    check_first_order(&t, "2.5");
    pgt_use_weights(&t, PGDP_FREQUENCY);
    check_first_order(&t, NULL);
    check_first_order(&t, "2.5");
    pgt_design_free(&t);
}

static void swapping_the_categories_turns_every_sign(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(400, 4, 22);
    pgt_make_categories(&t, 2);
    pgdp_fit *before = fit_of(&t.d, "HC1", NULL);
    for (size_t i = 0; i < 400; i++)
        t.y[i] = 1 - t.y[i];
    pgdp_fit *after = fit_of(&t.d, "HC1", NULL);
    for (size_t j = 0; j < 4; j++) {
        assert_close(pgdp_fit_estimate(after).x[j], -pgdp_fit_estimate(before).x[j], 1e-12, 0);
        assert_close(pgdp_fit_tidy(after, j, 0.95).std_error, pgdp_fit_tidy(before, j, 0.95).std_error, 1e-11, 0);
    }
    pgdp_fit_free(before);
    pgdp_fit_free(after);
    pgt_design_free(&t);
}

static void separation_is_refused_by_name_and_cured_by_a_penalty(void **state)
{
    (void)state;
    for (int quasi = 0; quasi <= 1; quasi++) {
        pgt_design t = pgt_design_new(300, 4, 23);
        pgdp_fit *fit = NULL;
        pgt_make_categories(&t, 2);
        for (size_t i = 0; i < 300; i++) {
            if (quasi) t.x[i + 2 * 300] = i % 9 == 0; /* a dummy whose rows are all ones */
            if (quasi && i % 9 == 0) t.y[i] = 1;
            if (!quasi) t.y[i] = t.x[i + 2 * 300] > 4.5;
        }
        assert_status(ctx, pgdp_fit_new(ctx, "logit", "iid", &t.d, NULL, &fit), PGDP_NO_CONVERGENCE);
        assert_contains(pgdp_ctx_error(ctx), "separate");
        assert_contains(pgdp_ctx_error(ctx), "x2");
        pgdp_fit_free(fit_of(&t.d, "iid", "0.5"));
        pgt_design_free(&t);
    }
}

/* Nearly separated is not separated: one row on the wrong side keeps the estimates finite. */
static void one_row_on_the_wrong_side_keeps_the_estimates_finite(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(300, 3, 24);
    size_t outlier = 0;
    for (size_t i = 0; i < 300; i++) {
        t.y[i] = t.x[i + 300] > 2.5;
        if (t.x[i + 300] > t.x[outlier + 300]) outlier = i;
    }
    t.y[outlier] = 0;
    pgdp_fit *fit = fit_of(&t.d, "iid", NULL);
    assert_true(fabs(pgdp_fit_estimate(fit).x[1]) < 50);
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

static void outcomes_that_are_no_outcomes_are_refused(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(50, 3, 25);
    pgdp_fit *fit = NULL;
    pgt_make_categories(&t, 2);
    t.y[6] = 0.5;
    assert_status(ctx, pgdp_fit_new(ctx, "logit", "iid", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "row 7");
    for (size_t i = 0; i < 50; i++)
        t.y[i] = 1;
    assert_status(ctx, pgdp_fit_new(ctx, "logit", "iid", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "1 in every row");
    t.y[6] = 0;
    pgt_use_weights(&t, PGDP_ANALYTIC);
    assert_status(ctx, pgdp_fit_new(ctx, "logit", "iid", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    pgt_design_free(&t);
}

static void without_a_constant_the_null_model_is_a_coin(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(200, 3, 26);
    pgt_make_categories(&t, 2);
    pgt_drop_constant(&t);
    pgdp_fit *fit = fit_of(&t.d, "iid", NULL);
    assert_close(pgdp_fit_glance(fit).log_lik_null, -200 * log(2), 1e-15, 0);
    assert_close(pgdp_fit_glance(fit).df, 2, 0, 0);
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dummy_gives_the_log_odds_ratio_and_its_variance),
        cmocka_unit_test(the_score_is_zero_or_the_penaltys_slope),
        cmocka_unit_test(swapping_the_categories_turns_every_sign),
        cmocka_unit_test(separation_is_refused_by_name_and_cured_by_a_penalty),
        cmocka_unit_test(one_row_on_the_wrong_side_keeps_the_estimates_finite),
        cmocka_unit_test(outcomes_that_are_no_outcomes_are_refused),
        cmocka_unit_test(without_a_constant_the_null_model_is_a_coin),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
