/* test_welfare.c  Surplus, netting, composition and indexes with new goods. Source: methodology 3.4, 3.5, 4.3, 5.5.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>

#include "gap/model.h"

static void C06_surplus_of_the_will(void **state)
{
    (void)state;
    static const double e[] = { 0, .5, 1, 1.5, 2 };
    static const double first[] = { .996666667, 1.884530, 5.703782, 32.641016, 299 };
    static const double second[] = { .625, .775255, .980829, 1.265986, 1.666667 };
    for (size_t i = 0; i < 5; i++) {
        assert_close(pgdp_consumer_surplus(1, .5 / 150, e[i]), first[i], 1e-6, 0);
        assert_close(pgdp_consumer_surplus(2.5, 150. / 400, e[i]), 2.5 * second[i], 1e-6, 0);
    }
}

static void surplus_is_continuous_at_unit_elasticity(void **state)
{
    (void)state;
    const double at = -38.7 * log(.037);
    assert_close(pgdp_consumer_surplus(38.7, .037, 1), at, 1e-15, 0);
    assert_close(pgdp_consumer_surplus(38.7, .037, 1 + 1e-12), at, 1e-11, 0);
    assert_close(pgdp_consumer_surplus(38.7, .037, 1 - 1e-12), at, 1e-11, 0);
    /* the quotient of the formula would have four digits here */
    assert_close(pgdp_consumer_surplus(1, .037, 1 + 1e-9), -log(.037) * (1 - .5e-9 * log(.037)), 1e-15, 0);
}

static double surplus_of(double price, double e, double q_max)
{
    const pgdp_gap_cell cell = {
        .v0 = 1, .u = 1, .r = price, .k = 1, .e = e, .rho = 1, .priced = true, .p_h = 1, .d_h = 1, .q_max = q_max
    };
    pg_outcome outcome;
    pg_cell_outcome(&cell, PGDP_GAP_ACCOUNTS, &outcome);
    return outcome.cs;
}

static void surplus_under_a_cap_is_the_area_under_the_kinked_curve(void **state)
{
    (void)state;
    static const double e[] = { .3, 1, 1.7 };
    enum { N = 20000 };
    for (size_t j = 0; j < 3; j++) {
        double area = 0; /* midpoint rule, error below 1e-7 at this width */
        for (size_t i = 0; i < N; i++) {
            const double p = .02 + .98 * ((double)i + .5) / N;
            area += .98 / N * fmin(pow(p, -e[j]), 2.385);
        }
        assert_close(surplus_of(.02, e[j], 2.385), area, 0, 1e-6);
        assert_true(surplus_of(.9, e[j], 2.385) == surplus_of(.9, e[j], (double)INFINITY));
        assert_true(surplus_of(.9, e[j], 2.385) == pgdp_consumer_surplus(1, .9, e[j]));
    }
}

static void C08_netting_table_is_reproduced(void **state)
{
    (void)state;
    static const struct {
        double deflator, pass_through, nominal, buyer, supplier;
    } rows[] = { { 1, 0, 1000, 990, 10 }, { 1, 1, 910, 990, 10 }, { .1, 0, 1000, 900, 100 }, { .1, 1, 910, 900, 100 } };
    for (size_t i = 0; i < 4; i++) {
        const pgdp_netting n = pgdp_net_intermediate(1000, 100, .1, rows[i].deflator, rows[i].pass_through);
        assert_true(n.nominal_gdp == rows[i].nominal && n.real_va_buyer == rows[i].buyer);
        assert_true(n.real_va_supplier == rows[i].supplier && n.real_gdp == 1000);
    }
}

static void C04_national_accounts_net_the_human_resources_bill(void **state)
{
    (void)state;
    const pgdp_netting kept = pgdp_net_intermediate(123456, 10000, .001, 1, 0);
    const pgdp_netting passed = pgdp_net_intermediate(123456, 10000, .001, 1, 1);
    assert_true(kept.nominal_gdp - 123456 == 0);
    assert_true(passed.nominal_gdp - 123456 == -9990);
    assert_true(kept.real_gdp == 123456 && passed.real_gdp == 123456);
}

static void C09_index_with_a_new_good_is_reproduced(void **state)
{
    (void)state;
    /* p0 = (1, 1, 10*), q0 = (100, 50, 0), p1 = (1, 1.1, .5), q1 = (102, 50, 20) */
    const pg_quantity_index all =
        pg_quantity_indexes(100 + 50, 102 + 50 + 10 * 20, 100 + 1.1 * 50, 102 + 1.1 * 50 + .5 * 20);
    assert_close(all.laspeyres, 2.3466666667, 0, 1e-9);
    assert_close(all.paasche, 1.0774193548, 0, 1e-9);
    assert_close(all.fisher, 1.5900767548, 0, 1e-9);
    assert_close(pg_quantity_indexes(150, 152, 155, 157).fisher, 1.0131182567, 0, 1e-9);
}

static void C09_model_gives_the_same_index_for_cells_and_a_new_task(void **state)
{
    (void)state;
    /* the toy's prices and new good, with the old quantities kept: only human work, whose price is free */
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    const pgdp_gap_cell cells[] = {
        { .v0 = 100, .r = 1, .k = 1, .priced = true, .p_h = 1, .d_h = 1, .q_max = INFINITY },
        { .v0 = 50, .r = 1, .k = 1, .priced = true, .p_h = 1.1, .d_h = 1, .q_max = INFINITY },
    };
    const pgdp_gap_new_task good = { .p_star = 10, .p1 = .5, .q = 20, .theta = 1, .d = 1 };
    pgdp_gap gap;
    assert_ok(ctx, pgdp_gap_compute(ctx, cells, 2, &good, 1, PGDP_GAP_ACCOUNTS, &gap, NULL));
    const pg_quantity_index want = pg_quantity_indexes(150, 350, 155, 165);
    assert_close(gap.ql, want.laspeyres, 1e-15, 0);
    assert_close(gap.qp, want.paasche, 1e-15, 0);
    assert_close(gap.qf, want.fisher, 1e-15, 0);
    pgdp_ctx_free(ctx);
}

static void C11_bennet_example_is_reproduced(void **state)
{
    (void)state;
    const double w0[] = { 20, 40, 80 }, s0[] = { .5, .3, .2 }, w1[] = { 20.4, 41, 83 }, s1[] = { .4, .35, .25 };
    double within, composition;
    pgdp_bennet(w0, s0, w1, s1, 3, &within, &composition);
    assert_close(within, 1.18, 0, 1e-12);
    assert_close(composition, 4.08, 0, 1e-12);
    assert_close(within + composition, 43.26 - 38, 0, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(C06_surplus_of_the_will),
        cmocka_unit_test(surplus_is_continuous_at_unit_elasticity),
        cmocka_unit_test(surplus_under_a_cap_is_the_area_under_the_kinked_curve),
        cmocka_unit_test(C08_netting_table_is_reproduced),
        cmocka_unit_test(C04_national_accounts_net_the_human_resources_bill),
        cmocka_unit_test(C09_index_with_a_new_good_is_reproduced),
        cmocka_unit_test(C09_model_gives_the_same_index_for_cells_and_a_new_task),
        cmocka_unit_test(C11_bennet_example_is_reproduced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
