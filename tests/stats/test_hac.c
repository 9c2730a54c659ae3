/* test_hac.c  Kernels over time, automatic bandwidths, prewhitening. Numbers of R's sandwich: tests/golden.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/stats/pairs.h"

#include "core/text.h"
#include "stats/kernels.h"

#include <stdlib.h>

static const pg_kernel *kernel_at_work;
static double bandwidth_at_work;

static double by_kernel(const pgt_design *t, const parts *p, size_t i, size_t l)
{
    (void)p;
    const double distance = t->d.period == NULL ? fabs((double)i - (double)l) : abs(t->d.period[i] - t->d.period[l]);
    return pg_kernel_weight(*kernel_at_work, distance / bandwidth_at_work);
}

static void kernels_are_their_formulas(void **state)
{
    (void)state;
    const double pi = 3.14159265358979323846;
    assert_close(pg_kernel_weight(PG_KERNEL_BARTLETT, 0.3), 0.7, 1e-15, 0);
    assert_close(pg_kernel_weight(PG_KERNEL_BARTLETT, 1.3), 0, 0, 0);
    assert_close(pg_kernel_weight(PG_KERNEL_PARZEN, 0.3), 1 - 6 * 0.09 + 6 * 0.027, 1e-15, 0);
    assert_close(pg_kernel_weight(PG_KERNEL_PARZEN, 0.7), 2 * 0.027, 1e-14, 0);
    assert_close(pg_kernel_weight(PG_KERNEL_PARZEN, 1), 0, 0, 0);
    for (double x = 0.1; x < 9; x += 0.7) {
        const double y = 6 * pi * x / 5;
        const double want = 25 / (12 * pi * pi * x * x) * (sin(y) / y - cos(y));
        assert_close(pg_kernel_weight(PG_KERNEL_QUADRATIC_SPECTRAL, x), want, 1e-13, 1e-15);
        assert_close(pg_kernel_weight(PG_KERNEL_QUADRATIC_SPECTRAL, -x), want, 1e-13, 1e-15);
    }
    /* where series and formula meet */
    const double meet = 0.05 * 5 / (6 * pi), step = 1e-9;
    assert_close(pg_kernel_weight(PG_KERNEL_QUADRATIC_SPECTRAL, meet - step),
                 pg_kernel_weight(PG_KERNEL_QUADRATIC_SPECTRAL, meet + step), 1e-9, 0);
    assert_close(pg_kernel_weight(PG_KERNEL_QUADRATIC_SPECTRAL, 0), 1, 0, 0);
}

static void a_kernel_weighs_pairs_by_distance_over_bandwidth(void **state)
{
    (void)state;
    static const pg_kernel kernels[] = { PG_KERNEL_BARTLETT, PG_KERNEL_PARZEN, PG_KERNEL_QUADRATIC_SPECTRAL };
    static int32_t period[N];
    for (size_t i = 0; i < N; i++)
        period[i] = (int32_t)((i * 37) % N) * 2 - ((i * 37) % N % 3 == 0);
    for (size_t k = 0; k < 3; k++) {
        pgt_design t = pgt_design_new(N, K, 91);
        const char *name = pg_kernel_names[kernels[k]];
        pg_arena *a = &ctx->scratch;
        kernel_at_work = &kernels[k];
        bandwidth_at_work = 6;
        check(&t, pg_arena_printf(a, "nw(lag=5, kernel=%s)", name), by_kernel, 1);
        bandwidth_at_work = 3.7;
        check(&t, pg_arena_printf(a, "nw(width=3.7, kernel=%s)", name), by_kernel, 1);
        t.d.period = period; /* gaps and no order */
        check(&t, pg_arena_printf(a, "nw(width=3.7, kernel=%s)", name), by_kernel, 1);
        pgt_design_free(&t);
    }
}

static double factor(const pgdp_fit *fit, const char *name)
{
    for (size_t i = 0; pgdp_fit_factor(fit, i).name != NULL; i++)
        if (pg_streq(pgdp_fit_factor(fit, i).name, name)) return pgdp_fit_factor(fit, i).value;
    return (double)NAN;
}

/* One regressor: rho from u_t on a constant and u_(t-1), bandwidth 1.1447 (n 4 rho^2 / (1 - rho^2)^2)^(1/3). */
static void the_bandwidth_of_one_regressor_is_andrews_formula(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, 2, 92);
    pgdp_fit *fit = NULL;
    double u[N], a = 0, b = 0, xx = 0, xy = 0;
    pgt_drop_constant(&t);
    for (size_t i = 1; i < N; i++)
        t.y[i] = 0.6 * t.y[i - 1] + 0.4 * t.y[i];
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "nw(bandwidth=andrews)", &t.d, NULL, &fit));
    for (size_t i = 0; i < N; i++)
        u[i] = t.d.x.x[i] * (t.y[i] - t.d.x.x[i] * pgdp_fit_estimate(fit).x[0]);
    for (size_t i = 1; i < N; i++) {
        a += u[i - 1] / (N - 1);
        b += u[i] / (N - 1);
    }
    for (size_t i = 1; i < N; i++) {
        xx += (u[i - 1] - a) * (u[i - 1] - a);
        xy += (u[i - 1] - a) * (u[i] - b);
    }
    const double rho = xy / xx, alpha = 4 * rho * rho / pow(1 - rho * rho, 2);
    assert_close(factor(fit, "bandwidth"), 1.1447 * pow(N * alpha, 1.0 / 3), 1e-10, 0);
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

/* One regressor: u_t = a u_(t-1) + v_t; meat = sum of kernel-weighted v v' / (1 - a)^2. */
static void prewhitening_of_one_regressor_is_its_formula(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, 2, 93);
    pgdp_fit *fit = NULL;
    double u[N], v[N], xx = 0, xy = 0, meat = 0, bread = 0;
    pgt_drop_constant(&t);
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "nw(lag=3, prewhite=yes)", &t.d, NULL, &fit));
    for (size_t i = 0; i < N; i++) {
        u[i] = t.d.x.x[i] * (t.y[i] - t.d.x.x[i] * pgdp_fit_estimate(fit).x[0]);
        bread += t.d.x.x[i] * t.d.x.x[i];
    }
    for (size_t i = 1; i < N; i++) {
        xx += u[i - 1] * u[i - 1];
        xy += u[i] * u[i - 1];
    }
    for (size_t i = 1; i < N; i++)
        v[i] = u[i] - xy / xx * u[i - 1];
    for (size_t i = 1; i < N; i++)
        for (size_t l = 1; l < N; l++)
            meat += fmax(0, 1 - fabs((double)i - (double)l) / 4) * v[i] * v[l];
    assert_close(pgdp_fit_vcov(fit).x[0], meat / pow(1 - xy / xx, 2) / bread / bread, 1e-11, 0);
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

static const char *const automatic[] = {
    "nw(bandwidth=andrews)",
    "nw(bandwidth=newey_west)",
    "nw(bandwidth=andrews, kernel=quadratic_spectral, prewhite=yes)",
    "nw(bandwidth=newey_west, kernel=parzen)",
    "nw(lag=4, prewhite=yes)",
};
enum { N_AUTOMATIC = sizeof automatic / sizeof automatic[0] };

static void the_unit_of_the_outcome_and_the_order_of_rows_change_nothing(void **state)
{
    (void)state;
    static int32_t period[N];
    for (size_t v = 0; v < N_AUTOMATIC; v++) {
        pgt_design t = pgt_design_new(N, K, 94), other = pgt_design_new(N, K, 94);
        pgdp_fit *a = NULL, *b = NULL;
        for (size_t i = 0; i < N; i++)
            other.y[i] *= 1e8;
        pgt_permute(&other);
        for (size_t i = 0; i < N; i++)
            period[i] = (int32_t)((7 * i + 3) % N) - 20;
        other.d.period = period;
        assert_ok(ctx, pgdp_fit_new(ctx, "ols", automatic[v], &t.d, NULL, &a));
        assert_ok(ctx, pgdp_fit_new(ctx, "ols", automatic[v], &other.d, NULL, &b));
        for (size_t j = 0; j < K; j++)
            assert_close(pgdp_fit_vcov(b).x[j * (K + 1)], 1e16 * pgdp_fit_vcov(a).x[j * (K + 1)], 1e-10, 0);
        pgdp_fit_free(a);
        pgdp_fit_free(b);
        pgt_design_free(&t);
        pgt_design_free(&other);
    }
}

static void series_with_gaps_and_panels_have_no_automatic_bandwidth(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, K, 95);
    pgdp_fit *fit = NULL;
    static int32_t period[N];
    static size_t entity[N];
    for (size_t v = 0; v < N_AUTOMATIC; v++) {
        for (size_t i = 0; i < N; i++)
            period[i] = (int32_t)(i + (i > 40));
        t.d.period = period;
        t.d.entity = NULL;
        assert_status(ctx, pgdp_fit_new(ctx, "ols", automatic[v], &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
        assert_contains(pgdp_ctx_error(ctx), "without gaps, found one before row 42");
        for (size_t i = 0; i < N; i++) {
            entity[i] = i / 45;
            period[i] = (int32_t)(i % 45);
        }
        t.d.entity = entity;
        assert_status(ctx, pgdp_fit_new(ctx, "ols", automatic[v], &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
        assert_contains(pgdp_ctx_error(ctx), "found a panel");
    }
    pgt_design_free(&t);
}

static void one_bandwidth_is_enough(void **state)
{
    (void)state;
    static const char *const vcovs[] = { "nw(lag=3, width=2)", "nw(lag=3, bandwidth=andrews)",
                                         "nw(width=3, bandwidth=newey_west)" };
    pgt_design t = pgt_design_new(N, K, 96);
    pgdp_fit *fit = NULL;
    for (size_t v = 0; v < 3; v++) {
        assert_status(ctx, pgdp_fit_new(ctx, "ols", vcovs[v], &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
        assert_contains(pgdp_ctx_error(ctx), "two bandwidths");
    }
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "nw(kernel=tukey)", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "bartlett");
    pgt_design_free(&t);
}

/* Periods of a panel: T is how many there are. */
static void panels_count_their_periods(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, K, 97);
    pgdp_fit *fit = NULL;
    static int32_t period[N];
    static size_t entity[N];
    for (size_t i = 0; i < N; i++) {
        entity[i] = i / 15;
        period[i] = (int32_t)(i % 15);
    }
    t.d.period = period;
    t.d.entity = entity;
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "nw(lag=2); ssc(g_adj=yes, t_df=clusters)", &t.d, NULL, &fit));
    assert_close(factor(fit, "T/(T-1)"), 15.0 / 14, 1e-15, 0);
    assert_close(pgdp_fit_vcov_df(fit), 14, 0, 0);
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_are_their_formulas),
        cmocka_unit_test(a_kernel_weighs_pairs_by_distance_over_bandwidth),
        cmocka_unit_test(the_bandwidth_of_one_regressor_is_andrews_formula),
        cmocka_unit_test(prewhitening_of_one_regressor_is_its_formula),
        cmocka_unit_test(the_unit_of_the_outcome_and_the_order_of_rows_change_nothing),
        cmocka_unit_test(series_with_gaps_and_panels_have_no_automatic_bandwidth),
        cmocka_unit_test(one_bandwidth_is_enough),
        cmocka_unit_test(panels_count_their_periods),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
