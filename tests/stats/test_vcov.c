/* test_vcov.c  Covariances against sums written out from their definitions. Numbers from outside: tests/golden.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/designs.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>

enum { N = 90, K = 3 };
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

/* (X'X)^-1, residuals and leverages of the design, from the iid fit. */
typedef struct parts {
    double bread[K][K], e[N], h[N], x[N][K];
} parts;

static parts parts_of(const pgt_design *t)
{
    parts p;
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "iid", &t->d, NULL, &fit));
    const double sigma = pgdp_fit_glance(fit).sigma;
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < K; j++)
            p.bread[i][j] = pgdp_fit_vcov(fit).x[i + j * K] / (sigma * sigma);
    for (size_t i = 0; i < N; i++) {
        p.e[i] = t->y[i];
        p.h[i] = 0;
        for (size_t j = 0; j < K; j++) {
            p.x[i][j] = t->x[i + j * N];
            p.e[i] -= p.x[i][j] * pgdp_fit_estimate(fit).x[j];
        }
        for (size_t a = 0; a < K; a++)
            for (size_t b = 0; b < K; b++)
                p.h[i] += p.x[i][a] * p.bread[a][b] * p.x[i][b];
    }
    pgdp_fit_free(fit);
    return p;
}

/* How rows i and l of the sample weigh in the meat. */
typedef double (*pair_weight)(const pgt_design *t, const parts *p, size_t i, size_t l);

/* V = factor * bread (sum_il weight(i, l) e_i e_l x_i x_l') bread */
static void check(const pgt_design *t, const char *vcov, pair_weight weight, double factor)
{
    const parts p = parts_of(t);
    double meat[K][K] = { { 0 } };
    for (size_t i = 0; i < N; i++)
        for (size_t l = 0; l < N; l++)
            for (size_t ab = 0; ab < K * K; ab++)
                meat[ab / K][ab % K] += weight(t, &p, i, l) * p.e[i] * p.e[l] * p.x[i][ab / K] * p.x[l][ab % K];
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", vcov, &t->d, NULL, &fit));
    for (size_t i = 0; i < K; i++) {
        for (size_t j = 0; j < K; j++) {
            double want = 0;
            for (size_t ab = 0; ab < K * K; ab++)
                want += p.bread[i][ab / K] * meat[ab / K][ab % K] * p.bread[ab % K][j];
            const double size = sqrt(pgdp_fit_vcov(fit).x[i * (K + 1)] * pgdp_fit_vcov(fit).x[j * (K + 1)]);
            assert_close(pgdp_fit_vcov(fit).x[i + j * K], factor * want, 0, 1e-11 * size);
        }
    }
    pgdp_fit_free(fit);
}

static double hc0(const pgt_design *t, const parts *p, size_t i, size_t l)
{
    (void)t, (void)p;
    return i == l;
}

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
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
