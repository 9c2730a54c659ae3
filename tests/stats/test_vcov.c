/* test_vcov.c  Covariances against sums written out from their definitions. Numbers from outside: tests/golden.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/stats/pairs.h"

#include "stats/fit.h"

#include <stdlib.h>
#include <string.h>

static double hc2(const pgt_design *t, const parts *p, size_t i, size_t l)
{
    (void)t;
    return i == l ? 1 / (1 - p->h[i]) : 0;
}

static double hc3(const pgt_design *t, const parts *p, size_t i, size_t l)
{
    (void)t;
    return i == l ? 1 / (1 - p->h[i]) / (1 - p->h[i]) : 0;
}

static double hc4(const pgt_design *t, const parts *p, size_t i, size_t l)
{
    (void)t;
    return i == l ? pow(1 - p->h[i], -fmin(4, N * p->h[i] / K)) : 0;
}

static void HC0_to_HC4_are_their_definitions(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, K, 51);
    check(&t, "HC0", hc0, 1);
    check(&t, "HC1", hc0, (double)N / (N - K));
    check(&t, "HC2", hc2, 1);
    check(&t, "HC3", hc3, 1);
    check(&t, "HC4", hc4, 1);
    pgt_design_free(&t);
}

static double same_cluster(const pgt_design *t, const parts *p, size_t i, size_t l)
{
    (void)p;
    return t->cluster[i] == t->cluster[l];
}

static double either_cluster(const pgt_design *t, const parts *p, size_t i, size_t l)
{
    (void)p;
    return t->cluster[i] == t->cluster[l] || t->other[i] == t->other[l];
}

static void cluster_is_its_definition_with_its_factors_named(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, K, 52);
    t.d.n_clusterings = 1;
    check(&t, "cluster(g)", same_cluster, 17.0 / 16 * (N - 1.0) / (N - K));
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "cluster", &t.d, NULL, &fit));
    assert_string_equal(pgdp_fit_factor(fit, 0).name, "G");
    assert_close(pgdp_fit_factor(fit, 0).value, 17, 0, 0);
    assert_close(pgdp_fit_factor(fit, 1).value, 17.0 / 16, 1e-15, 0);
    assert_close(pgdp_fit_factor(fit, 2).value, (N - 1.0) / (N - K), 1e-15, 0);
    assert_null(pgdp_fit_factor(fit, 3).name);
    assert_close(pgdp_fit_vcov_df(fit), 16, 0, 0);
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

/* Inclusion and exclusion weigh a pair once when it shares either cluster; the smaller number of clusters is 11. */
static void two_way_clusters_count_a_pair_once(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, K, 59);
    t.d.n_clusterings = 2;
    check(&t, "cluster(g + other)", either_cluster, 11.0 / 10 * (N - 1.0) / (N - K));
    pgt_design_free(&t);
}

static void every_row_its_own_cluster_is_HC1_but_for_the_factor(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, K, 54);
    t.d.n_clusterings = 1;
    for (size_t i = 0; i < N; i++)
        t.cluster[i] = 7 * i + 3; /* numbers need not be dense */
    check(&t, "cluster", hc0, (double)N / (N - 1) * (N - 1.0) / (N - K));
    pgt_design_free(&t);
}

static void negative_eigenvalues_of_two_way_clusters_are_zeroed_and_told(void **state)
{
    (void)state;
    size_t n_zeroed = 0;
    for (uint32_t seed = 60; seed < 90; seed++) {
        pgt_design t = pgt_design_new(24, 8, seed);
        pgdp_fit *fit = NULL;
        t.d.n_clusterings = 2;
        for (size_t i = 0; i < 24; i++) {
            t.cluster[i] = i % 4;
            t.other[i] = i / 6;
        }
        assert_ok(ctx, pgdp_fit_new(ctx, "ols", "cluster", &t.d, NULL, &fit));
        for (size_t j = 0; j < 8; j++)
            assert_true(pgdp_fit_vcov(fit).x[j * 9] >= 0);
        assert_string_equal(pgdp_fit_factor(fit, 3).name, "negative eigenvalues zeroed");
        n_zeroed += pgdp_fit_factor(fit, 3).value > 0;
        pgdp_fit_free(fit);
        pgt_design_free(&t);
    }
    assert_true(n_zeroed > 0);
}

static double bartlett_4(const pgt_design *t, const parts *p, size_t i, size_t l)
{
    (void)p;
    const double distance = t->d.period == NULL ? fabs((double)i - (double)l) : abs(t->d.period[i] - t->d.period[l]);
    const bool together = t->d.entity == NULL || t->d.entity[i] == t->d.entity[l];
    return together ? fmax(0, 1 - distance / 5) : 0;
}

static void newey_west_is_its_definition(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, K, 55);
    check(&t, "nw(lag=4)", bartlett_4, 1);
    check(&t, "nw(lag=0)", hc0, 1);
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "nw", &t.d, NULL, &fit)); /* floor(4 (90/100)^(2/9)) */
    assert_string_equal(pgdp_fit_factor(fit, 0).name, "lag");
    assert_close(pgdp_fit_factor(fit, 0).value, 3, 0, 0);
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

/* Periods with gaps, in no order, and several entities: the lag is a distance on the calendar. */
static void newey_west_follows_calendar_and_entity_not_rows(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, K, 56);
    static int32_t period[N];
    static size_t entity[N];
    for (size_t i = 0; i < N; i++)
        period[i] = (int32_t)((i * 37) % N) * 2 - ((i * 37) % N % 3 == 0);
    t.d.period = period;
    check(&t, "nw(lag=4)", bartlett_4, 1);
    for (size_t i = 0; i < N; i++) {
        entity[i] = i % 2 ? 5 : 2;
        period[i] = (int32_t)(i / 2 + (i > 40 ? 3 : 0));
    }
    t.d.entity = entity;
    check(&t, "nw(lag=4)", bartlett_4, 1);
    t.d.entity = NULL; /* two rows a period */
    pgdp_fit *fit = NULL;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "nw(lag=4)", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "rows 1 and 2 are of the same period");
    pgt_design_free(&t);
}

static void covariances_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, K, 57);
    pgdp_fit *fit = NULL;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "cluster", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "cluster(firm)");
    t.d.n_clusterings = 1;
    for (size_t i = 0; i < N; i++)
        t.cluster[i] = 3;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "cluster", &t.d, NULL, &fit), PGDP_TOO_FEW_OBS);
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "nw(lag=1.5)", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    for (size_t i = 0; i < N; i++)
        t.x[i + N] = i == 12 ? 2.385 : 0; /* a dummy for one row */
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "HC3", &t.d, NULL, &fit), PGDP_NUMERICAL);
    assert_contains(pgdp_ctx_error(ctx), "row 13");
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "HC1", &t.d, NULL, &fit));
    pgdp_fit_free(fit);
    pgt_make_categories(&t, 2);
    t.x[N + 13] = 1;
    t.y[12] = 0;
    t.y[13] = 1;
    assert_status(ctx, pgdp_fit_new(ctx, "logit", "HC2", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    pgt_use_weights(&t, PGDP_FREQUENCY);
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "nw(lag=2)", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    pgt_design_free(&t);
}

/* b' V^-1 b / q of two slopes, written out. */
static void the_statistic_of_a_robust_fit_is_its_wald_F(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, K, 58);
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "HC1", &t.d, NULL, &fit));
    const double *v = pgdp_fit_vcov(fit).x, *b = pgdp_fit_estimate(fit).x;
    const double determinant = v[4] * v[8] - v[5] * v[7];
    const double wald = (b[1] * b[1] * v[8] - 2 * b[1] * b[2] * v[5] + b[2] * b[2] * v[4]) / determinant / 2;
    assert_close(pgdp_fit_glance(fit).statistic, wald, 1e-12, 0);
    assert_close(pgdp_fit_glance(fit).p_value, pgdp_f_upper(wald, 2, N - K), 1e-9, 0);
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

/* Leverages of an absorbed effect belong to the row's: the same as with a dummy for each level. */
static void leverages_of_an_absorbed_effect_are_those_of_its_dummies(void **state)
{
    (void)state;
    static const char *const vcovs[] = { "iid", "HC0", "HC1", "HC2", "HC3", "HC4" };
    enum { LEVELS = 5, COLUMNS = LEVELS + K - 1 };
    static const char *const names[COLUMNS] = { "d0", "d1", "d2", "d3", "d4", "x1", "x2" };
    static double x[N * COLUMNS];
    static size_t level[N];
    for (int weighted = 0; weighted < 2; weighted++) {
        pgt_design t = pgt_design_new(N, K, 61), dummies = pgt_design_new(N, K, 61);
        for (size_t i = 0; i < N; i++) {
            level[i] = (7 * i + i * i / 5) % 11 % LEVELS;
            for (size_t j = 0; j < COLUMNS; j++)
                x[i + j * N] = j < LEVELS ? level[i] == j : t.x[i + (j - LEVELS + 1) * N];
        }
        const pgdp_effect effect = { .name = "f", .level = level, .n_levels = LEVELS };
        if (weighted) pgt_use_weights(&t, PGDP_ANALYTIC);
        if (weighted) pgt_use_weights(&dummies, PGDP_ANALYTIC);
        pgt_drop_constant(&t);
        t.d.effects = &effect;
        t.d.n_effects = 1;
        dummies.d.x = (pgdp_mat){ x, N, COLUMNS };
        dummies.d.terms = names;
        dummies.d.constant = PGDP_NONE;
        for (size_t v = 0; v < sizeof vcovs / sizeof vcovs[0]; v++) {
            pgdp_fit *absorbed = NULL, *written = NULL;
            assert_ok(ctx, pgdp_fit_new(ctx, "ols", vcovs[v], &t.d, NULL, &absorbed));
            assert_ok(ctx, pgdp_fit_new(ctx, "ols", vcovs[v], &dummies.d, NULL, &written));
            for (size_t j = 0; j < K - 1; j++)
                assert_close(pgdp_fit_vcov(absorbed).x[j * K], pgdp_fit_vcov(written).x[(LEVELS + j) * (COLUMNS + 1)],
                             1e-11, 0);
            pgdp_fit_free(absorbed);
            pgdp_fit_free(written);
        }
        pgt_design_free(&t);
        pgt_design_free(&dummies);
    }
}

static void leverages_of_several_effects_are_refused(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, K, 62);
    static size_t level[N], other[N];
    for (size_t i = 0; i < N; i++) {
        level[i] = i % 5;
        other[i] = i / 5 % 4;
    }
    const pgdp_effect effects[] = { { "f", level, 5, NULL }, { "g", other, 4, NULL } };
    pgdp_fit *fit = NULL;
    pgt_drop_constant(&t);
    t.d.effects = effects;
    t.d.n_effects = 2;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "HC3", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "found several");
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "HC1", &t.d, NULL, &fit));
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

/* Frequencies are equal rows: the outer product of scores counts each. */
static void outer_product_of_scores_is_of_likelihoods_alone(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, K, 63);
    pgdp_fit *fit = NULL, *observed = NULL;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "opg", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    pgt_make_categories(&t, 2);
    assert_ok(ctx, pgdp_fit_new(ctx, "logit", "opg", &t.d, NULL, &fit));
    assert_ok(ctx, pgdp_fit_new(ctx, "logit", "iid", &t.d, NULL, &observed));
    double meat[K][K] = { { 0 } }, product[K][K] = { { 0 } };
    for (size_t i = 0; i < N; i++) {
        double eta = 0;
        for (size_t j = 0; j < K; j++)
            eta += t.x[i + j * N] * pgdp_fit_estimate(fit).x[j];
        const double score = t.y[i] - 1 / (1 + exp(-eta));
        for (size_t ab = 0; ab < K * K; ab++)
            meat[ab / K][ab % K] += score * score * t.x[i + ab / K * N] * t.x[i + ab % K * N];
    }
    for (size_t abc = 0; abc < K * K * K; abc++)
        product[abc / K / K][abc % K] +=
            pgdp_fit_vcov(fit).x[abc / K / K + abc / K % K * K] * meat[abc / K % K][abc % K];
    for (size_t ab = 0; ab < K * K; ab++)
        assert_close(product[ab / K][ab % K], ab / K == ab % K, 0, 1e-9);
    pgdp_fit_free(fit);
    pgdp_fit_free(observed);
    pgt_design_free(&t);
}

static void no_covariance_leaves_estimates_and_no_standard_errors(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, K, 64);
    pgdp_fit *fit = NULL, *iid = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "none", &t.d, NULL, &fit));
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "iid", &t.d, NULL, &iid));
    for (size_t j = 0; j < K; j++) {
        const pgdp_tidy line = pgdp_fit_tidy(fit, j, 0.95);
        assert_close(line.estimate, pgdp_fit_estimate(iid).x[j], 0, 0);
        assert_true(isnan(line.std_error) && isnan(line.statistic) && isnan(line.p_value) && isnan(line.conf_low));
    }
    pgdp_fit_free(fit);
    pgdp_fit_free(iid);
    pgt_design_free(&t);
}

static void information_that_a_method_has_not_is_refused(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, K, 65);
    pgdp_fit *fit = NULL;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "iid(information=expected)", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "expected information");
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "iid(information=fisher)", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    pgt_design_free(&t);
}

typedef struct attempt {
    const char *estimator, *vcov, *preset;
    const pgdp_design *design;
} attempt;

static pgdp_status try_fit(pgdp_ctx *own, void *user)
{
    const attempt *a = user;
    pgdp_fit *fit = NULL;
    const pg_fit_request q = { .estimator = a->estimator, .vcov = a->vcov, .design = a->design, .preset = a->preset };
    const pgdp_status status = pg_fit_run(own, &q, &fit);
    pgdp_fit_free(fit);
    return status;
}

static void every_allocation_of_every_covariance_may_fail(void **state)
{
    (void)state;
    static const char *const vcovs[] = {
        "iid",
        "iid; ssc(k_adj=no)",
        "HC1",
        "HC3",
        "cluster",
        "cluster; ssc(g_df=each)",
        "cr2",
        "cr3",
        "nw(lag=2)",
        "nw(bandwidth=andrews, kernel=quadratic_spectral, prewhite=yes)",
        "nw(bandwidth=newey_west)",
        "dk(lag=2)",
        "conley(km=300)",
        "none",
    };
    pgt_design t = pgt_design_new(N, K, 66);
    static int32_t period[N];
    static double lat[N], lon[N];
    static const double *const columns[] = { lat, lon };
    for (size_t i = 0; i < N; i++) {
        period[i] = (int32_t)i;
        lat[i] = 40 + (double)(i % 9);
        lon[i] = 10 + (double)(i % 7);
    }
    t.d.period = period;
    t.d.columns = columns;
    t.d.n_columns = 2;
    for (size_t v = 0; v < sizeof vcovs / sizeof vcovs[0]; v++) {
        t.d.n_clusterings = strncmp(vcovs[v], "cr", 2) == 0 ? 1 : 2;
        attempt a = { "ols", vcovs[v], NULL, &t.d };
        assert_true(pgt_fail_every_allocation(try_fit, &a) > 3);
    }
    pgt_make_categories(&t, 2);
    attempt opg = { "logit", "opg", "fixest-0.12", &t.d };
    assert_true(pgt_fail_every_allocation(try_fit, &opg) > 3);
    pgt_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(HC0_to_HC4_are_their_definitions),
        cmocka_unit_test(cluster_is_its_definition_with_its_factors_named),
        cmocka_unit_test(two_way_clusters_count_a_pair_once),
        cmocka_unit_test(every_row_its_own_cluster_is_HC1_but_for_the_factor),
        cmocka_unit_test(negative_eigenvalues_of_two_way_clusters_are_zeroed_and_told),
        cmocka_unit_test(newey_west_is_its_definition),
        cmocka_unit_test(newey_west_follows_calendar_and_entity_not_rows),
        cmocka_unit_test(covariances_that_make_no_sense_are_refused),
        cmocka_unit_test(the_statistic_of_a_robust_fit_is_its_wald_F),
        cmocka_unit_test(leverages_of_an_absorbed_effect_are_those_of_its_dummies),
        cmocka_unit_test(leverages_of_several_effects_are_refused),
        cmocka_unit_test(outer_product_of_scores_is_of_likelihoods_alone),
        cmocka_unit_test(no_covariance_leaves_estimates_and_no_standard_errors),
        cmocka_unit_test(every_allocation_of_every_covariance_may_fail),
        cmocka_unit_test(information_that_a_method_has_not_is_refused),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
