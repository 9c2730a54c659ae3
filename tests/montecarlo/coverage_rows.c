/* coverage_rows.c  Coverage of 95 % intervals with independent rows: one variance, and a variance that grows with x.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/montecarlo/coverage.h"

static void draw_equal(pg_random *random, pgt_sample *s)
{
    s->n = 40;
    for (size_t i = 0; i < s->n; i++) {
        const double x1 = pg_random_normal(random), x2 = pg_random_uniform(random);
        pgt_put(s, i, x1, x2, 1.5 * pg_random_normal(random));
    }
}

static void draw_growing(pg_random *random, pgt_sample *s)
{
    s->n = 200;
    for (size_t i = 0; i < s->n; i++) {
        const double x1 = pg_random_normal(random), x2 = pg_random_uniform(random);
        pgt_put(s, i, x1, x2, (0.5 + 0.75 * fabs(x1)) * pg_random_normal(random));
    }
}

/* 25 rows: HC1 takes the residuals of rows with leverage at their face value. */
static void draw_few(pg_random *random, pgt_sample *s)
{
    draw_growing(random, s);
    s->n = 25;
    for (size_t i = 0; i < s->n; i++) {
        const double x1 = pg_random_normal(random), x2 = pg_random_uniform(random);
        pgt_put(s, i, x1, x2, (0.5 + 0.75 * fabs(x1)) * pg_random_normal(random));
    }
}

static void rows_of_one_variance_are_covered(void **state)
{
    (void)state;
    static const pgt_cell cells[] = {
        { .vcov = "iid", .draw = draw_equal, .expected = 0.95 },
        { .vcov = "HC3", .draw = draw_equal, .expected = 0.95 },
        { .vcov = "jackknife", .draw = draw_equal, .expected = 0.95 },
        { .vcov = "bootstrap(B=199, kind=residual)", .draw = draw_equal, .expected = 0.95 },
    };
    pgt_check_cells(cells, sizeof cells / sizeof *cells, "equal");
}

static void rows_of_growing_variance_are_covered(void **state)
{
    (void)state;
    static const pgt_cell cells[] = {
        { .vcov = "HC1", .draw = draw_growing, .expected = 0.95 },
        { .vcov = "HC3", .draw = draw_growing, .expected = 0.95 },
        { .vcov = "jackknife", .draw = draw_growing, .expected = 0.95 },
        { .vcov = "bootstrap(B=199)", .draw = draw_growing, .expected = 0.95 },
        { .vcov = "bootstrap(B=199, interval=percentile)", .draw = draw_growing, .expected = 0.95 },
    };
    pgt_check_cells(cells, sizeof cells / sizeof *cells, "growing");
}

static void what_covers_too_little_does_so_as_documented(void **state)
{
    (void)state;
    static const pgt_cell cells[] = {
        /* one variance for all rows is wrong where the variance grows with x */
        { .vcov = "iid", .draw = draw_growing, .expected = 0.81 },
        { .vcov = "HC1", .draw = draw_few, .expected = 0.90 },
        { .vcov = "HC3", .draw = draw_few, .expected = 0.94 },
    };
    pgt_check_coverage(&cells[0], "growing");
    pgt_check_cells(cells + 1, 2, "few");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_one_variance_are_covered),
        cmocka_unit_test(rows_of_growing_variance_are_covered),
        cmocka_unit_test(what_covers_too_little_does_so_as_documented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
