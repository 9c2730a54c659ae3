/* test_check.c  What cells and new tasks may not be, and the words in which they are refused.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include "tests/gap/economy.h"

static pgdp_gap computed_cell(pgdp_ctx *ctx, const pgdp_gap_cell *cell, pgdp_gap_mode mode)
{
    pgdp_gap gap;
    assert_ok(ctx, pgdp_gap_compute(ctx, cell, 1, NULL, 0, mode, &gap, NULL));
    return gap;
}

/* One value changed to something impossible, and what the sentence must say. */
typedef struct refusal {
    size_t offset;
    double value;
    const char *says;
} refusal;

static void impossible_cells_are_named(void **state)
{
    (void)state;
    static const refusal rows[] = {
        { offsetof(pgdp_gap_cell, v0), -3.5, "cell 2 (B): found v0 = -3.5, expected a finite number of at least 0" },
        { offsetof(pgdp_gap_cell, u), 1.25, "cell 2 (B): found u = 1.25, expected a number from 0 to 1" },
        { offsetof(pgdp_gap_cell, r), -.1, "found r = -0.1, expected a finite number of at least 0" },
        { offsetof(pgdp_gap_cell, k), 0, "found k = 0, expected a finite number above 0" },
        { offsetof(pgdp_gap_cell, e), -.3, "found e = -0.3" },
        { offsetof(pgdp_gap_cell, e), NAN, "found e = nan" },
        { offsetof(pgdp_gap_cell, rho), 1.5, "found rho = 1.5, expected a number from 0 to 1" },
        { offsetof(pgdp_gap_cell, lam), INFINITY, "found lam = inf, expected a number from -10 to 10" },
        { offsetof(pgdp_gap_cell, p_h), 0, "found p_h = 0" },
        { offsetof(pgdp_gap_cell, d_h), INFINITY, "found d_h = inf, expected a finite number above 0" },
        { offsetof(pgdp_gap_cell, theta), -1, "found theta = -1" },
        { offsetof(pgdp_gap_cell, q_max), .5, "found qmax = 0.5, expected a number of at least 1" },
    };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        pgt_economy g = pgt_golden();
        *(double *)(void *)((char *)&g.cells[1] + rows[i].offset) = rows[i].value;
        pgdp_gap gap = { .q0 = 17 };
        assert_status(ctx, pgdp_gap_compute(ctx, g.cells, 5, NULL, 0, PGDP_GAP_ACCOUNTS, &gap, NULL),
                      PGDP_BAD_ARGUMENT);
        assert_contains(pgdp_ctx_error(ctx), rows[i].says);
        assert_true(gap.q0 == 17);
    }
    pgdp_ctx_free(ctx);
}

static void impossible_new_tasks_are_named(void **state)
{
    (void)state;
    static const refusal rows[] = {
        { offsetof(pgdp_gap_new_task, p_star), 0, "new task 1 (new): found p_star = 0" },
        { offsetof(pgdp_gap_new_task, p1), 0, "found p1 = 0, expected a finite number above 0" },
        { offsetof(pgdp_gap_new_task, p1), .5, "found p1 = 0.5, expected at most p_star = 0.4" },
        { offsetof(pgdp_gap_new_task, q), -2, "found q = -2" },
        { offsetof(pgdp_gap_new_task, theta), 2, "found theta = 2" },
        { offsetof(pgdp_gap_new_task, d), 0, "found d = 0" },
    };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        pgt_economy g = pgt_golden();
        *(double *)(void *)((char *)&g.news[0] + rows[i].offset) = rows[i].value;
        pgdp_gap gap;
        assert_status(ctx, pgdp_gap_compute(ctx, g.cells, 5, g.news, 1, PGDP_GAP_ACCOUNTS, &gap, NULL),
                      PGDP_BAD_ARGUMENT);
        assert_contains(pgdp_ctx_error(ctx), rows[i].says);
    }
    pgdp_ctx_free(ctx);
}

static void free_work_with_elastic_demand_needs_a_cap(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_gap_cell cell = pgt_cell("gift", 12.5, .7, 0, .4, .3);
    pgdp_gap gap;
    assert_status(ctx, pgdp_gap_compute(ctx, &cell, 1, NULL, 0, PGDP_GAP_ACCOUNTS, &gap, NULL), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "cell 1 (gift): a buyer price of 0 and e = 0.4");
    cell.q_max = 3;
    gap = computed_cell(ctx, &cell, PGDP_GAP_ACCOUNTS);
    assert_close(gap.q1, 12.5 * .3 + 12.5 * .7 * 3, 1e-15, 0);
    assert_close(gap.m1, 12.5 * .3, 1e-15, 0);
    cell.lam = 1; /* a perfect deflator falls to 0 with the price: the limit of 0 / 0 is the quantity */
    assert_close(computed_cell(ctx, &cell, PGDP_GAP_ACCOUNTS).phi_l, 0, 0, 1e-14);
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(impossible_cells_are_named),
        cmocka_unit_test(impossible_new_tasks_are_named),
        cmocka_unit_test(free_work_with_elastic_demand_needs_a_cap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
