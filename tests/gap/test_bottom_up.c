/* test_bottom_up.c  Aggregates, states, regimes and refusals of the bottom-up model. Source: methodology 5, ids
 * C04-C07. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include "tests/gap/economy.h"

static pgdp_gap computed(pgdp_ctx *ctx, const pgt_economy *g, pgdp_gap_mode mode)
{
    pgdp_gap gap;
    assert_ok(ctx, pgdp_gap_compute(ctx, g->cells, g->n_cells, g->news, g->n_news, mode, &gap, NULL));
    return gap;
}

static pgdp_gap computed_cell(pgdp_ctx *ctx, const pgdp_gap_cell *cell, pgdp_gap_mode mode)
{
    pgdp_gap gap;
    assert_ok(ctx, pgdp_gap_compute(ctx, cell, 1, NULL, 0, mode, &gap, NULL));
    return gap;
}

/* The last printed digit of section 5.4 is the eighth decimal. */
#define assert_printed(got, want) assert_close(got, want, 0, 5.0001e-9)

static void C07_golden_aggregates_are_reproduced(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    const pgt_economy g = pgt_golden();
    const pgdp_gap gap = computed(ctx, &g, PGDP_GAP_ACCOUNTS);
    assert_printed(gap.q0, 500);
    assert_printed(gap.q1, 775.00995111);
    assert_printed(gap.f1, 470.32907162);
    assert_printed(gap.n1, 428.14059996);
    assert_printed(gap.m1, 436.91977445);
    assert_printed(gap.ql, 1.55001990);
    assert_printed(gap.qp, 1.23742806);
    assert_printed(gap.qf, 1.38493253);
    assert_printed(gap.phi_l, 338.09017666);
    assert_printed(gap.phi_f, 255.54649297);
    assert_printed(gap.phi_p, 181.79425732);
    assert_printed(gap.shrinkage, 71.85940004);
    assert_printed(gap.f1 / gap.q1, .60686843);
    assert_printed(gap.n1 / gap.m1, .97990667);
    assert_int_equal(gap.state, PGDP_STATE_STRONG);
    pgdp_ctx_free(ctx);
}

static void C07_golden_decomposition_is_reproduced(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    const pgt_economy g = pgt_golden();
    const pgdp_gap gap = computed(ctx, &g, PGDP_GAP_ACCOUNTS);
    assert_printed(gap.defl_h, 2.72727273);
    assert_printed(gap.defl_s, 76.65678699);
    assert_printed(gap.defl_e, 204.57764528);
    assert_printed(gap.defl_n, 11.94);
    assert_printed(gap.bound_s, 5.45454545);
    assert_printed(gap.bound_e, 36.73392620);
    assert_printed(gap.bound_n, 0);
    assert_printed(gap.cs, 140.82721545);
    assert_printed(gap.cs_new, 5.97);
    const double true_price = gap.f1 / gap.q1, official = gap.n1 / gap.m1;
    assert_printed((gap.f1 - gap.n1) / true_price, 69.51831670);
    assert_printed(gap.n1 * (1 / true_price - 1 / official), 268.57185996);
    pgdp_ctx_free(ctx);
}

static void C07_golden_cells_are_reproduced(void **state)
{
    (void)state;
    static const double pt[] = { .25, .3111111111, .1818181818, 1 };
    static const double cs[] = { 40, 39.88485719, 60.94235826, 0, 0 };
    static const char *const names[] = { "A", "B", "C", "D", "E" };
    static const char *const regimes[] = { "measured_shrinks", "measured_shrinks", "measured_shrinks", "captured",
                                           "none" };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    const pgt_economy g = pgt_golden();
    pgdp_gap gap;
    pgdp_frame *detail;
    assert_ok(ctx, pgdp_gap_compute(ctx, g.cells, 5, g.news, 1, PGDP_GAP_ACCOUNTS, &gap, &detail));
    assert_int_equal(pgdp_frame_n_rows(detail), 5);
    const double *price = pgdp_frame_reals(detail, pgdp_frame_find(detail, "pt"));
    const double *surplus = pgdp_frame_reals(detail, pgdp_frame_find(detail, "cs"));
    const double *phi = pgdp_frame_reals(detail, pgdp_frame_find(detail, "phi_l"));
    double sum = 0;
    for (size_t i = 0; i < 5; i++) {
        if (i < 4) assert_close(price[i], pt[i], 0, 5.1e-11);
        assert_printed(surplus[i], cs[i]);
        assert_string_equal(pgdp_frame_text(detail, 0, i), names[i]);
        assert_string_equal(pgdp_frame_text(detail, pgdp_frame_find(detail, "regime"), i), regimes[i]);
        sum += phi[i];
    }
    assert_close(sum + gap.defl_n + gap.bound_n, gap.phi_l, 1e-14, 0);
    pgdp_frame_free(detail);
    pgdp_ctx_free(ctx);
}

static void C04_human_resources_bill_vanishes_in_gross_mode(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_gap_cell cell = pgt_cell("hr", 10000, 1, .001, 0, 0);
    assert_true(computed_cell(ctx, &cell, PGDP_GAP_GROSS).n1 - 10000 == -9990);
    cell.priced = false; /* in house for 10 dollars of tokens, whatever theta says */
    assert_true(computed_cell(ctx, &cell, PGDP_GAP_GROSS).n1 - 10000 == -9990);
    cell.theta = 1;
    assert_true(computed_cell(ctx, &cell, PGDP_GAP_GROSS).n1 - 10000 == -9990);
    cell.theta = 0; /* the national accounts would not see the tokens either */
    assert_true(computed_cell(ctx, &cell, PGDP_GAP_ACCOUNTS).n1 - 10000 == -10000);
    cell.priced = true;
    cell.rho = 0; /* sold at the old price: still recorded */
    assert_true(computed_cell(ctx, &cell, PGDP_GAP_GROSS).shrinkage == 0);
    pgdp_ctx_free(ctx);
}

static void C04_cell_without_final_demand_leaves_no_gap(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    const pgdp_gap_cell cell = pgt_cell("hr", 0 * 10000, 1, .001, .4, 0);
    const pgdp_gap gap = computed_cell(ctx, &cell, PGDP_GAP_ACCOUNTS);
    assert_true(gap.phi_l == 0 && gap.phi_f == 0 && gap.phi_p == 0 && gap.index_number_term == 0);
    assert_true(isnan(gap.ql) && isnan(gap.qf));
    assert_int_equal(gap.state, PGDP_STATE_NONE);
    pgdp_ctx_free(ctx);
}

static void C05_regime_table_is_reproduced(void **state)
{
    (void)state;
    static const struct {
        double e, lam, nominal, measured, real;
        const char *regime;
    } rows[] = {
        { .3, .5, .199526, .630957, 1.995262, "measured_shrinks" },
        { .6, .5, .398107, 1.258925, 3.981072, "nominal_shrinks" },
        { .5, .5, .316228, 1, 3.162278, "nominal_shrinks" },
    };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (size_t i = 0; i < 3; i++) {
        const pgdp_gap_cell cell = pgt_cell("x", 1, 1, .1, rows[i].e, rows[i].lam);
        pgdp_gap gap;
        pgdp_frame *detail;
        assert_ok(ctx, pgdp_gap_compute(ctx, &cell, 1, NULL, 0, PGDP_GAP_ACCOUNTS, &gap, &detail));
        assert_close(gap.n1, rows[i].nominal, 0, 1e-6);
        assert_close(gap.m1, rows[i].measured, 0, 1e-6);
        assert_close(gap.q1, rows[i].real, 0, 1e-6);
        assert_close(log(gap.q1 / gap.m1), (1 - rows[i].lam) * log(10), 1e-14, 0);
        assert_string_equal(pgdp_frame_text(detail, pgdp_frame_find(detail, "regime"), 0), rows[i].regime);
        pgdp_frame_free(detail);
    }
    pgdp_ctx_free(ctx);
}

static void C06_will_is_reproduced(void **state)
{
    (void)state;
    static const double e[] = { 0, .5, 1, 1.5, 2 };
    static const struct {
        double from, to, nominal[5], quantity[5], cs[5];
    } tellings[] = {
        { 150,
          .5,
          { .0033333333, .0577350269, 1, 17.320508, 300 },
          { 1, 17.320508, 300, 5196.152, 90000 },
          { .996666667, 1.884530, 5.703782, 32.641016, 299 } },
        { 400,
          150,
          { .375, .6123724, 1, 1.632993, 2.666667 },
          { 1, 1.632993, 2.666667, 4.354648, 7.111111 },
          { .625, .7752551, .9808293, 1.265986, 1.666667 } },
    };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (size_t t = 0; t < 2; t++)
        for (size_t i = 0; i < 5; i++) {
            const pgdp_gap_cell will = pgt_cell("will", 1, 1, tellings[t].to / tellings[t].from, e[i], 0);
            const pgdp_gap gap = computed_cell(ctx, &will, PGDP_GAP_ACCOUNTS);
            assert_close(gap.n1, tellings[t].nominal[i], 1e-6, 0);
            assert_close(gap.q1, tellings[t].quantity[i], 1e-6, 0);
            assert_close(gap.cs, tellings[t].cs[i], 1e-6, 0);
        }
    pgdp_ctx_free(ctx);
}

static void laspeyres_explodes_where_fisher_does_not(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgt_economy g = { .n_cells = 2 };
    g.cells[0] = pgt_cell("x", 71 * .06, 1, .009, 1.5, 0);
    g.cells[1] = pgt_cell("rest", 71 * .94, 0, 1, 1.5, 0);
    const pgdp_gap gap = computed(ctx, &g, PGDP_GAP_ACCOUNTS);
    assert_close(gap.ql, .94 + .06 * pow(.009, -1.5), 1e-13, 0);
    assert_true(gap.ql > 71 && gap.qf < 12 && gap.qp < 2);
    pgdp_ctx_free(ctx);
}

static void cap_binds_quantity_and_surplus(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_gap_cell cell = pgt_cell("x", 40, .5, .01, .8, 0);
    cell.q_max = 7;
    const pgdp_gap gap = computed_cell(ctx, &cell, PGDP_GAP_ACCOUNTS);
    const double binding = pow(7, -1 / .8);
    assert_close(gap.q1, 20 + 20 * 7, 1e-14, 0);
    assert_close(gap.cs, 20 * ((1 - pow(binding, .2)) / .2 + 7 * (binding - .01)), 1e-13, 0);
    cell.q_max = pow(.01, -.8) * (1 + 1e-13); /* a cap that only just does not bind changes nothing */
    pgdp_gap_cell uncapped = cell;
    uncapped.q_max = INFINITY;
    assert_close(computed_cell(ctx, &cell, PGDP_GAP_ACCOUNTS).cs, computed_cell(ctx, &uncapped, PGDP_GAP_ACCOUNTS).cs,
                 1e-12, 0);
    pgdp_ctx_free(ctx);
}

static void regimes_follow_the_theorem_on_a_grid(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (int i = 0; i <= 30; i++)
        for (int j = -8; j <= 20; j++) {
            const double e = .05 * i, lam = .05 * j;
            const pgdp_gap_cell cell = pgt_cell("x", 3.7, 1, .037, e, lam);
            pgdp_gap gap;
            pgdp_frame *detail;
            assert_ok(ctx, pgdp_gap_compute(ctx, &cell, 1, NULL, 0, PGDP_GAP_ACCOUNTS, &gap, &detail));
            const char *want = i + j < 20 ? "measured_shrinks" : i < 20 ? "nominal_shrinks" : "growth";
            assert_string_equal(pgdp_frame_text(detail, pgdp_frame_find(detail, "regime"), 0), want);
            const bool phantom = i > 0 && i < 20;
            assert_int_equal(gap.state, !phantom     ? PGDP_STATE_NONE
                                        : i + j < 20 ? PGDP_STATE_STRONG
                                                     : PGDP_STATE_PHANTOM);
            pgdp_frame_free(detail);
        }
    pgdp_ctx_free(ctx);
}

static void rounding_makes_no_state(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgt_economy g = { .n_cells = PGT_MAX_CELLS };
    for (size_t i = 0; i < g.n_cells; i++) {
        g.cells[i] = pgt_cell("captured", 1 + .1 * (double)i, .3 + .017 * (double)i, .2, .5, 0);
        g.cells[i].rho = 0;
    }
    const pgdp_gap gap = computed(ctx, &g, PGDP_GAP_ACCOUNTS);
    assert_int_equal(gap.state, PGDP_STATE_NONE);
    assert_close(gap.phi_l, 0, 0, 1e-13);
    pgdp_ctx_free(ctx);
}

static void substitution_version_is_the_model_without_expansion(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgt_economy g = pgt_golden();
    const double want = computed(ctx, &g, PGDP_GAP_ACCOUNTS).phi_substitution;
    for (size_t i = 0; i < g.n_cells; i++)
        g.cells[i].e = 0;
    assert_close(computed(ctx, &g, PGDP_GAP_ACCOUNTS).phi_l, want, 1e-13, 0);
    pgdp_ctx_free(ctx);
}

static void gross_mode_is_accounts_mode_with_blind_deflators_and_all_receipts(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (uint32_t i = 0; i < 50; i++) {
        pgt_economy g = pgt_random_economy(i);
        const pgdp_gap gross = computed(ctx, &g, PGDP_GAP_GROSS);
        for (size_t c = 0; c < g.n_cells; c++) {
            g.cells[c].lam = 0;
            g.cells[c].theta = 1;
        }
        for (size_t j = 0; j < g.n_news; j++)
            g.news[j].theta = 1;
        const pgdp_gap accounts = computed(ctx, &g, PGDP_GAP_ACCOUNTS);
        assert_memory_equal(&gross.q0, &accounts.q0, offsetof(pgdp_gap, state));
    }
    pgdp_ctx_free(ctx);
}

static pgdp_status compute_golden(pgdp_ctx *ctx, void *user)
{
    const pgt_economy *g = user;
    pgdp_gap gap;
    pgdp_frame *detail;
    const pgdp_status status =
        pgdp_gap_compute(ctx, g->cells, g->n_cells, g->news, g->n_news, PGDP_GAP_ACCOUNTS, &gap, &detail);
    if (status == PGDP_OK) pgdp_frame_free(detail);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    pgt_economy g = pgt_golden();
    assert_true(pgt_fail_every_allocation(compute_golden, &g) > 3);
}

static void names_of_states_and_regimes(void **state)
{
    (void)state;
    assert_string_equal(pgdp_gap_state_name(PGDP_STATE_NONE), "none");
    assert_string_equal(pgdp_gap_state_name(PGDP_STATE_PHANTOM), "phantom");
    assert_string_equal(pgdp_gap_state_name(PGDP_STATE_STRONG), "strong");
    assert_string_equal(pgdp_regime_name(PGDP_REGIME_CAPTURED), "captured");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(C07_golden_aggregates_are_reproduced),
        cmocka_unit_test(C07_golden_decomposition_is_reproduced),
        cmocka_unit_test(C07_golden_cells_are_reproduced),
        cmocka_unit_test(C04_human_resources_bill_vanishes_in_gross_mode),
        cmocka_unit_test(C04_cell_without_final_demand_leaves_no_gap),
        cmocka_unit_test(C05_regime_table_is_reproduced),
        cmocka_unit_test(C06_will_is_reproduced),
        cmocka_unit_test(laspeyres_explodes_where_fisher_does_not),
        cmocka_unit_test(cap_binds_quantity_and_surplus),
        cmocka_unit_test(regimes_follow_the_theorem_on_a_grid),
        cmocka_unit_test(rounding_makes_no_state),
        cmocka_unit_test(substitution_version_is_the_model_without_expansion),
        cmocka_unit_test(gross_mode_is_accounts_mode_with_blind_deflators_and_all_receipts),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(names_of_states_and_regimes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
