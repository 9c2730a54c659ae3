/* test_bootstrap.c  Bootstrap covariances: the sums against refits, the same bits for any threads, known limits.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/fit.h"
#include "tests/support/context.h"
#include "tests/support/designs.h"
#include "tests/support/fits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 240, K = 3, LEVELS = 3 };

static pgdp_fit *fit_of(const char *method, const char *vcov, const pgdp_design *d)
{
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, method, vcov, d, NULL, &fit));
    return fit;
}

static void assert_same_vcov(const pgdp_fit *a, const pgdp_fit *b, size_t k, double tolerance)
{
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++) {
            const double size = sqrt(b->vcov[i + i * b->n_terms] * b->vcov[j + j * b->n_terms]);
            assert_close(a->vcov[i + j * a->n_terms], b->vcov[i + j * b->n_terms], 0, tolerance * size);
        }
}

/* Slopes and an effect of three levels, absorbed (which refits) or as dummies (which sums). */
typedef struct twin {
    pgt_design absorbed, dummies;
    size_t level[N];
    pgdp_effect effect;
} twin;

static twin *twin_new(void)
{
    twin *t = calloc(1, sizeof *t);
    t->absorbed = pgt_design_new(N, K, 29);
    t->dummies = pgt_design_new(N, K - 1 + LEVELS, 29);
    memcpy(t->dummies.y, t->absorbed.y, N * sizeof(double));
    memcpy(t->dummies.cluster, t->absorbed.cluster, N * sizeof(size_t));
    memcpy(t->dummies.w, t->absorbed.w, N * sizeof(double));
    memcpy(t->dummies.x, t->absorbed.x + N, N * (K - 1) * sizeof(double));
    for (size_t i = 0; i < N; i++) {
        t->level[i] = i % 7 % LEVELS;
        for (size_t l = 0; l < LEVELS; l++)
            t->dummies.x[i + (K - 1 + l) * N] = t->level[i] == l;
    }
    t->effect = (pgdp_effect){ .name = "g", .level = t->level, .n_levels = LEVELS };
    pgt_drop_constant(&t->absorbed);
    t->absorbed.d.effects = &t->effect;
    t->absorbed.d.n_effects = 1;
    t->dummies.d.constant = PGDP_NONE;
    return t;
}

static void twin_free(twin *t)
{
    pgt_design_free(&t->absorbed);
    pgt_design_free(&t->dummies);
    free(t);
}

static void sums_of_counts_are_refits_of_the_same_rows(void **state)
{
    (void)state;
    twin *t = twin_new();
    for (size_t by_cluster = 0; by_cluster < 2; by_cluster++) {
        t->absorbed.d.n_clusterings = t->dummies.d.n_clusterings = by_cluster;
        for (size_t weighted = 0; weighted < 2; weighted++) {
            pgdp_fit *refits = fit_of("ols", "bootstrap(B=150)", &t->absorbed.d);
            pgdp_fit *sums = fit_of("ols", "bootstrap(B=150)", &t->dummies.d);
            assert_same_vcov(refits, sums, K - 1, 1e-9);
            assert_close(pgt_fit_factor(sums, "failed replicates"), 0, 0, 0);
            assert_true(isinf(sums->vcov_df));
            pgdp_fit_free(refits);
            pgdp_fit_free(sums);
            if (!weighted) pgt_use_weights(&t->absorbed, PGDP_ANALYTIC);
            if (!weighted) pgt_use_weights(&t->dummies, PGDP_ANALYTIC);
        }
    }
    twin_free(t);
}

/* Their own effects are whole clusters, so that sums serve absorbed effects too. */
static void clusters_that_are_the_absorbed_levels_are_drawn_by_sums(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, K, 31);
    pgdp_effect effect = { .name = "g", .level = t.cluster, .n_levels = 17 };
    pgt_drop_constant(&t);
    t.d.effects = &effect;
    t.d.n_effects = t.d.n_clusterings = 1;
    pgdp_fit *sums = fit_of("ols", "bootstrap(B=120)", &t.d);
    int32_t period[N];
    for (size_t i = 0; i < N; i++)
        period[i] = (int32_t)i;
    pgdp_design panel = t.d; /* method within has its own effects, and refits */
    panel.effects = NULL;
    panel.n_effects = 0;
    panel.entity = t.cluster;
    panel.period = period;
    pgdp_fit *refits = fit_of("within", "bootstrap(B=120)", &panel);
    assert_same_vcov(refits, sums, K - 1, 1e-9);
    pgdp_fit_free(sums);
    pgdp_fit_free(refits);
    pgt_design_free(&t);
}

/* With errors of one variance all agree with their formula but for the noise of B draws: sd of a standard error about
 * se / sqrt(2 B), and what N rows leave of the difference between robust and iid. */
static void standard_errors_are_near_their_formulas(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        { "bootstrap(B=2999)", "HC1" },
        { "bootstrap(B=2999, kind=residual)", "iid" },
        { "bootstrap(B=999, kind=block, length=1)", "HC1" },
    };
    pgt_design t = pgt_design_new(N, K, 37);
    for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++) {
        pgdp_fit *drawn = fit_of("ols", pairs[p][0], &t.d), *formula = fit_of("ols", pairs[p][1], &t.d);
        for (size_t j = 0; j < K; j++)
            assert_close(sqrt(drawn->vcov[j * (K + 1)]), sqrt(formula->vcov[j * (K + 1)]), p == 2 ? 0.09 : 0.06, 0);
        pgdp_fit_free(drawn);
        pgdp_fit_free(formula);
    }
    pgt_design_free(&t);
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    static const char *const vcovs[] = { "bootstrap(B=199)", "bootstrap(B=199, kind=residual, interval=percentile)",
                                         "bootstrap(B=49, kind=block)" };
    pgt_design t = pgt_design_new(N, K, 41);
    for (size_t v = 0; v < sizeof vcovs / sizeof *vcovs; v++) {
        pgdp_fit *one = fit_of("ols", vcovs[v], &t.d);
        for (size_t threads = 2; threads <= 4; threads += 2) {
            pgdp_ctx_set_threads(ctx, threads);
            pgdp_fit *many = fit_of("ols", vcovs[v], &t.d);
            assert_memory_equal(many->vcov, one->vcov, K * K * sizeof(double));
            pgdp_fit_free(many);
        }
        pgdp_ctx_set_threads(ctx, 1);
        pgdp_fit_free(one);
    }
    pgt_design_free(&t);
}

static void units_scale_and_seeds_differ(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, K, 43);
    pgdp_fit *was = fit_of("ols", "bootstrap(B=99)", &t.d), *other = fit_of("ols", "bootstrap(B=99, seed=2)", &t.d);
    assert_true(fabs(other->vcov[0] - was->vcov[0]) > 0);
    for (size_t i = 0; i < N; i++) {
        t.y[i] *= 1e8;
        t.x[i + N] *= 1e-8;
    }
    pgdp_fit *now = fit_of("ols", "bootstrap(B=99)", &t.d);
    assert_close(now->vcov[0] * 1e-16, was->vcov[0], 1e-9, 0);
    assert_close(now->vcov[K + 1] * 1e-32, was->vcov[K + 1], 1e-9, 0);
    pgdp_fit_free(was);
    pgdp_fit_free(other);
    pgdp_fit_free(now);
    pgt_design_free(&t);
}

static void percentile_intervals_are_quantiles_of_the_replicates(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, K, 47);
    pgdp_fit *fit = fit_of("ols", "bootstrap(B=1999, interval=percentile)", &t.d);
    for (size_t j = 0; j < K; j++) {
        const double se = sqrt(fit->vcov[j * (K + 1)]), z = fit->estimate[j] / se;
        assert_close(fit->conf_low[j], fit->estimate[j] - 1.96 * se, 0, 0.25 * se);
        assert_close(fit->conf_high[j], fit->estimate[j] + 1.96 * se, 0, 0.25 * se);
        assert_close(fit->p_value[j], 2 * pgdp_normal_upper(fabs(z)), 0, 0.03);
        assert_true(fit->p_value[j] >= 2.0 / 2000);
    }
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

static void a_likelihood_is_refitted(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, K, 53);
    for (size_t i = 0; i < N; i++) /* noise, so that draws are not separated */
        t.y[i] = 0.2 * t.y[i] + 6 * (t.w[i] - 1.5);
    pgt_make_categories(&t, 2);
    pgdp_fit *drawn = fit_of("logit", "bootstrap(B=199)", &t.d), *formula = fit_of("logit", "HC1", &t.d);
    for (size_t j = 0; j < K; j++)
        assert_close(sqrt(drawn->vcov[j * (K + 1)]), sqrt(formula->vcov[j * (K + 1)]), 0.25, 0);
    pgdp_fit_free(drawn);
    pgdp_fit_free(formula);
    pgt_design_free(&t);
}

static void too_many_draws_without_an_estimate_are_refused_and_few_are_counted(void **state)
{
    (void)state;
    pgdp_fit *fit = NULL;
    pgt_design t = pgt_design_new(N, K, 59);
    for (size_t i = 0; i < N; i++)
        t.x[i + 2 * N] = i < 2 ? 1 + (double)i : 0;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "bootstrap(B=199)", &t.d, NULL, &fit), PGDP_NUMERICAL);
    assert_contains(pgdp_ctx_error(ctx), "of 199 replicates have no estimate");
    for (size_t i = 0; i < 4; i++)
        t.x[i + 2 * N] = 1 + (double)i;
    fit = fit_of("ols", "bootstrap(B=499)", &t.d); /* (1 - 4/240)^240 = 1.8 % of draws miss all four rows */
    const double failed = pgt_fit_factor(fit, "failed replicates");
    assert_true(failed >= 2 && failed <= 20);
    assert_true(isfinite(fit->vcov[K * K - 1]));
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

static void what_it_cannot_do_is_said(void **state)
{
    (void)state;
    pgdp_fit *fit = NULL;
    pgt_design t = pgt_design_new(N, K, 61);
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "bootstrap(kind=cluster)", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "bootstrap(firm)");
    pgt_use_weights(&t, PGDP_FREQUENCY);
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "bootstrap", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "repeat the rows");
    pgt_design_free(&t);
    t = pgt_design_new(N, K, 61);
    pgt_make_categories(&t, 2);
    assert_status(ctx, pgdp_fit_new(ctx, "logit", "bootstrap(kind=residual)", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "found method logit");
    pgt_design_free(&t);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const char *const vcovs[] = { "bootstrap(B=19)", "bootstrap(B=19, kind=residual, interval=percentile)",
                                         "bootstrap(B=9, kind=block)" };
    pgt_design t = pgt_design_new(N, K, 89);
    for (size_t v = 0; v < sizeof vcovs / sizeof *vcovs; v++) {
        pgt_fit_request q = { "ols", vcovs[v], &t.d };
        assert_true(pgt_fail_every_allocation(pgt_fit_once, &q) > 3);
    }
    pgt_design_free(&t);
}

/* Step-down p-values are never below those of each term alone by the same draws, and keep their order. */
static void step_down_p_values_are_larger_and_ordered(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, 6, 12);
    pgdp_fit *plain = fit_of("ols", "bootstrap(B=499)", &t.d);
    pgdp_fit *together = fit_of("ols", "bootstrap(B=499, adjust=romano_wolf)", &t.d);
    assert_close(pgt_fit_factor(together, "hypotheses tested together"), 5, 0, 0);
    for (size_t i = 0; i < 6; i++) {
        const pgdp_tidy a = pgdp_fit_tidy(plain, i, 0.95), b = pgdp_fit_tidy(together, i, 0.95);
        assert_close(b.std_error, a.std_error, 0, 0);
        if (i == 0) continue; /* the constant is not among the hypotheses */
        assert_true(b.p_value >= 1.0 / 500 && b.p_value > a.p_value - 0.05);
        for (size_t j = 1; j < 6; j++) {
            const pgdp_tidy c = pgdp_fit_tidy(together, j, 0.95);
            if (fabs(c.statistic) > fabs(b.statistic)) assert_true(c.p_value <= b.p_value);
        }
    }
    pgdp_fit_free(plain);
    pgdp_fit_free(together);
    pgt_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(step_down_p_values_are_larger_and_ordered),
        cmocka_unit_test(sums_of_counts_are_refits_of_the_same_rows),
        cmocka_unit_test(clusters_that_are_the_absorbed_levels_are_drawn_by_sums),
        cmocka_unit_test(standard_errors_are_near_their_formulas),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(units_scale_and_seeds_differ),
        cmocka_unit_test(percentile_intervals_are_quantiles_of_the_replicates),
        cmocka_unit_test(a_likelihood_is_refitted),
        cmocka_unit_test(too_many_draws_without_an_estimate_are_refused_and_few_are_counted),
        cmocka_unit_test(what_it_cannot_do_is_said),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
