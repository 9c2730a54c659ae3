/* coverage_time.c  Coverage of 95 % intervals with errors related in time, across entities of a period, and in space.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/montecarlo/coverage.h"

static double next_of(pg_random *random, double last, double rho)
{
    return rho * last + sqrt(1 - rho * rho) * pg_random_normal(random);
}

/* Regressor and error are both autoregressive. */
static void draw_series(pg_random *random, pgt_sample *s, double rho)
{
    double x1 = pg_random_normal(random), error = pg_random_normal(random);
    s->n = 400;
    for (size_t i = 0; i < s->n; i++) {
        x1 = next_of(random, x1, rho);
        error = next_of(random, error, rho);
        pgt_put(s, i, x1, pg_random_uniform(random), error);
    }
}

static void draw_weak(pg_random *random, pgt_sample *s)
{
    draw_series(random, s, 0.25);
}

static void draw_strong(pg_random *random, pgt_sample *s)
{
    draw_series(random, s, 0.8);
}

/* 8 entities over 100 periods: each period has its own part of regressor and error, related to the period before. */
static void draw_panel(pg_random *random, pgt_sample *s)
{
    enum { ENTITIES = 8, PERIODS = 100 };
    double x_common = 0, e_common = 0;
    s->n = ENTITIES * PERIODS;
    for (size_t t = 0; t < PERIODS; t++) {
        x_common = next_of(random, x_common, 0.25);
        e_common = next_of(random, e_common, 0.25);
        for (size_t e = 0; e < ENTITIES; e++) {
            const size_t i = e * PERIODS + t;
            s->a[i] = e;
            s->b[i] = t;
            s->period[i] = (int32_t)t;
            const double x1 = x_common + pg_random_normal(random), x2 = pg_random_uniform(random);
            pgt_put(s, i, x1, x2, e_common + pg_random_normal(random));
        }
    }
}

/* 300 places on a map of 10 by 10 degrees; regressor and error are sums of 100 bumps, each 0.4 degrees wide, and noise.
 */
static void draw_map(pg_random *random, pgt_sample *s)
{
    enum { BUMPS = 100 };
    double at[BUMPS][2], size[BUMPS][2];
    s->n = 300;
    for (size_t k = 0; k < BUMPS; k++)
        for (size_t c = 0; c < 2; c++) {
            at[k][c] = 10 * pg_random_uniform(random);
            size[k][c] = pg_random_normal(random);
        }
    for (size_t i = 0; i < s->n; i++) {
        double x1 = 0.5 * pg_random_normal(random), error = 0.5 * pg_random_normal(random);
        s->lat[i] = 10 * pg_random_uniform(random);
        s->lon[i] = 10 * pg_random_uniform(random);
        for (size_t k = 0; k < BUMPS; k++) {
            const double a = (s->lat[i] - at[k][0]) / 0.4, b = (s->lon[i] - at[k][1]) / 0.4;
            if (a * a + b * b > 9) continue;
            const double height = exp(-(a * a + b * b) / 2);
            x1 += height * size[k][0];
            error += height * size[k][1];
        }
        pgt_put(s, i, x1, pg_random_uniform(random), error);
    }
}

static void weakly_related_errors_are_covered(void **state)
{
    (void)state;
    static const pgt_cell cell = { .vcov = "nw(lag=4)", .draw = draw_weak, .expected = 0.95 };
    pgt_check_coverage(&cell, "weak");
}

/* Kernels give distant lags too little weight and the estimate takes the noise out of the scores: too narrow by a
 * little where the relation is weak, and by much where it is strong. Iid errors would cover far less. */
static void what_covers_too_little_does_so_as_documented(void **state)
{
    (void)state;
    static const pgt_cell strong[] = {
        { .vcov = "nw(lag=12)", .draw = draw_strong, .expected = 0.90 },
        { .vcov = "iid", .draw = draw_strong, .expected = 0.65 },
    };
    static const pgt_cell panel[] = {
        { .vcov = "dk(lag=3)", .draw = draw_panel, .panel = true, .expected = 0.93 },
        { .vcov = "HC1", .draw = draw_panel, .panel = true, .expected = 0.75 },
    };
    static const pgt_cell map[] = {
        { .vcov = "conley(km=100)", .draw = draw_map, .expected = 0.89 },
        { .vcov = "HC1", .draw = draw_map, .expected = 0.74 },
    };
    pgt_check_cells(strong, 2, "strong");
    pgt_check_cells(panel, 2, "panel");
    pgt_check_cells(map, 2, "map");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weakly_related_errors_are_covered),
        cmocka_unit_test(what_covers_too_little_does_so_as_documented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
