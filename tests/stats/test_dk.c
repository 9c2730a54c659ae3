/* test_dk.c  Driscoll-Kraay covariance against its definition over pairs of rows, and what it becomes in special cases.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/stats/pairs.h"

#include <stdlib.h>

static int32_t period[N];
static size_t entity[N];

/* Nine entities of ten periods with a gap, rows in no order. */
static pgt_design panel(uint32_t seed)
{
    pgt_design t = pgt_design_new(N, K, seed);
    for (size_t i = 0; i < N; i++) {
        const size_t place = (37 * i) % N;
        entity[i] = place / 10;
        period[i] = (int32_t)(place % 10 + (place % 10 > 5 ? 2 : 0));
    }
    t.d.period = period;
    t.d.entity = entity;
    return t;
}

static double bartlett_2(const pgt_design *t, const parts *p, size_t i, size_t l)
{
    (void)t, (void)p;
    return fmax(0, 1 - abs(period[i] - period[l]) / 3.0);
}

static double same_period(const pgt_design *t, const parts *p, size_t i, size_t l)
{
    (void)t, (void)p;
    return period[i] == period[l];
}

static void pairs_of_near_periods_count_whatever_their_entities(void **state)
{
    (void)state;
    pgt_design t = panel(71);
    check(&t, "dk(lag=2)", bartlett_2, 1);
    check(&t, "dk(lag=0)", same_period, 1);
    check(&t, "dk(lag=2); ssc(k_adj=yes, g_adj=yes)", bartlett_2, 10.0 / 9 * (N - 1.0) / (N - K));
    t.d.entity = NULL; /* the time alone decides */
    check(&t, "dk(lag=2)", bartlett_2, 1);
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "dk", &t.d, NULL, &fit));
    assert_string_equal(pgdp_fit_factor(fit, 0).name, "T");
    assert_close(pgdp_fit_factor(fit, 0).value, 10, 0, 0);
    assert_string_equal(pgdp_fit_factor(fit, 1).name, "lag");
    assert_close(pgdp_fit_factor(fit, 1).value, 2, 0, 0); /* floor(4 (10/100)^(2/9)) */
    assert_close(pgdp_fit_vcov_df(fit), 9, 0, 0);
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

static void assert_same_vcov(const pgdp_design *d, const char *a, const char *b)
{
    pgdp_fit *one = NULL, *two = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", a, d, NULL, &one));
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", b, d, NULL, &two));
    for (size_t j = 0; j < K; j++)
        assert_close(pgdp_fit_vcov(one).x[j * (K + 1)], pgdp_fit_vcov(two).x[j * (K + 1)], 1e-12, 0);
    pgdp_fit_free(one);
    pgdp_fit_free(two);
}

static void one_entity_is_newey_west_and_lag_0_a_cluster_by_period(void **state)
{
    (void)state;
    pgt_design t = panel(72);
    const size_t *const by_period[] = { t.cluster };
    for (size_t i = 0; i < N; i++)
        t.cluster[i] = (size_t)period[i];
    t.d.cluster = by_period;
    t.d.n_clusterings = 1;
    assert_same_vcov(&t.d, "dk(lag=0)", "cluster; ssc(k_adj=no, g_adj=no)");
    for (size_t i = 0; i < N; i++)
        period[i] = (int32_t)((37 * i) % N) * 2 - ((37 * i) % N % 3 == 0);
    t.d.entity = NULL;
    assert_same_vcov(&t.d, "dk(lag=5)", "nw(lag=5)");
    pgt_design_free(&t);
}

static void without_time_there_is_no_driscoll_kraay(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, K, 73);
    pgdp_fit *fit = NULL;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "dk(lag=2)", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "needs the panel's time");
    for (size_t i = 0; i < N; i++)
        period[i] = 3;
    t.d.period = period;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "dk(lag=2)", &t.d, NULL, &fit), PGDP_TOO_FEW_OBS);
    period[4] = PGDP_MISSING_PERIOD;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "dk(lag=2)", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "row 5");
    period[4] = 4;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "dk(lag=1.5)", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "whole number");
    pgt_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_of_near_periods_count_whatever_their_entities),
        cmocka_unit_test(one_entity_is_newey_west_and_lag_0_a_cluster_by_period),
        cmocka_unit_test(without_time_there_is_no_driscoll_kraay),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
