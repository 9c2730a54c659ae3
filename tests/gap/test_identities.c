/* test_identities.c  The identities of methodology 5.2 on two thousand random economies.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include "tests/gap/economy.h"

enum { N_ECONOMIES = 2000 };

/* Sums of some fifty terms, each rounded a few times: 1e-13 of the largest amount is rounding. */
static double scale_of(const pgdp_gap *gap)
{
    return gap->q0 + fabs(gap->q1) + fabs(gap->f1) + fabs(gap->m1) + fabs(gap->bound_s) + fabs(gap->bound_e);
}

#define assert_identity(got, want, gap) assert_close(got, want, 0, 1e-13 * scale_of(gap))

static pgdp_gap computed(pgdp_ctx *ctx, const pgt_economy *g)
{
    pgdp_gap gap;
    assert_ok(ctx, pgdp_gap_compute(ctx, g->cells, g->n_cells, g->news, g->n_news, PGDP_GAP_ACCOUNTS, &gap, NULL));
    return gap;
}

static void identity_1_decomposition_adds_up(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (uint32_t i = 0; i < N_ECONOMIES; i++) {
        const pgt_economy g = pgt_random_economy(i);
        const pgdp_gap x = computed(ctx, &g);
        assert_identity(x.defl_h + x.defl_s + x.defl_e + x.defl_n + x.bound_s + x.bound_e + x.bound_n, x.phi_l, &x);
    }
    pgdp_ctx_free(ctx);
}

static void identity_2_telescopes_over_deflators(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (uint32_t i = 0; i < N_ECONOMIES; i++) {
        const pgt_economy g = pgt_random_economy(i);
        const pgdp_gap x = computed(ctx, &g);
        if (x.n1 <= 0) continue; /* nothing recorded has no deflator */
        const double true_price = x.f1 / x.q1, official = x.n1 / x.m1;
        assert_identity((x.f1 - x.n1) / true_price + x.n1 * (1 / true_price - 1 / official), x.phi_l, &x);
    }
    pgdp_ctx_free(ctx);
}

static void identity_3_index_number_term_links_laspeyres_fisher_paasche(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    size_t n_ordered = 0;
    for (uint32_t i = 0; i < N_ECONOMIES; i++) {
        const pgt_economy g = pgt_random_economy(i);
        const pgdp_gap x = computed(ctx, &g);
        assert_identity(x.phi_f + x.index_number_term, x.phi_l, &x);
        assert_identity(x.q0 * x.ql - x.m1, x.phi_l, &x);
        assert_close(x.qf * x.qf, x.ql * x.qp, 1e-14, 0);
        if (x.qp > x.ql) continue;
        n_ordered++;
        assert_true(x.index_number_term >= -1e-13 * scale_of(&x) && x.phi_f - x.phi_p >= -1e-13 * scale_of(&x));
    }
    assert_true(n_ordered > N_ECONOMIES / 2);
    pgdp_ctx_free(ctx);
}

static void identity_4_captured_work_leaves_no_gap(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (uint32_t i = 0; i < N_ECONOMIES; i++) {
        pgt_economy g = pgt_random_economy(i);
        g.n_news = 0;
        double substituted = 0;
        for (size_t c = 0; c < g.n_cells; c++) {
            g.cells[c].rho = 0;
            g.cells[c].k = 1;
            g.cells[c].priced = true;
            g.cells[c].p_h = g.cells[c].d_h;
            substituted += g.cells[c].u * g.cells[c].v0;
        }
        const pgdp_gap x = computed(ctx, &g);
        assert_true(x.defl_s == 0 && x.defl_e == 0 && x.bound_s == 0 && x.bound_e == 0 && x.cs == 0);
        assert_identity(x.phi_l, 0, &x);
        assert_identity(x.q1, x.q0, &x);
        double human = 0;
        for (size_t c = 0; c < g.n_cells; c++)
            human += g.cells[c].p_h * (1 - g.cells[c].u) * g.cells[c].v0;
        assert_identity(x.n1 - human, substituted, &x); /* R_s = q_s: all that people earned is now margin and tokens */
    }
    pgdp_ctx_free(ctx);
}

static void identity_5_without_ai_there_is_nothing(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (uint32_t i = 0; i < N_ECONOMIES; i++) {
        pgt_economy g = pgt_random_economy(i);
        g.n_news = 0;
        double paid = 0;
        for (size_t c = 0; c < g.n_cells; c++) {
            g.cells[c].u = 0;
            g.cells[c].d_h = g.cells[c].p_h;
            paid += g.cells[c].p_h * g.cells[c].v0;
        }
        const pgdp_gap x = computed(ctx, &g);
        assert_identity(x.phi_l, 0, &x);
        assert_close(x.qf, 1, 1e-14, 0);
        assert_identity(x.n1, paid, &x);
    }
    pgdp_ctx_free(ctx);
}

static void identity_6_perfect_measurement_leaves_no_gap(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (uint32_t i = 0; i < N_ECONOMIES; i++) {
        pgt_economy g = pgt_random_economy(i);
        for (size_t c = 0; c < g.n_cells; c++) {
            g.cells[c].priced = true;
            g.cells[c].lam = 1;
            g.cells[c].d_h = g.cells[c].p_h;
        }
        for (size_t j = 0; j < g.n_news; j++) {
            g.news[j].theta = 1;
            g.news[j].d = g.news[j].p1 / g.news[j].p_star;
        }
        const pgdp_gap x = computed(ctx, &g);
        assert_identity(x.phi_l, 0, &x);
        assert_true(x.bound_s == 0 && x.bound_e == 0 && x.bound_n == 0 && x.defl_s == 0 && x.defl_e == 0);
    }
    pgdp_ctx_free(ctx);
}

static void identity_7_recorded_spending_is_somebodys_income(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (uint32_t i = 0; i < N_ECONOMIES; i++) {
        pgt_economy g = pgt_random_economy(i);
        g.n_news = 0;
        for (size_t c = 0; c < g.n_cells; c++)
            g.cells[c].priced = true;
        pgdp_gap x;
        pgdp_frame *detail;
        assert_ok(ctx, pgdp_gap_compute(ctx, g.cells, g.n_cells, NULL, 0, PGDP_GAP_ACCOUNTS, &x, &detail));
        const double *pt = pgdp_frame_reals(detail, pgdp_frame_find(detail, "pt"));
        const double *q_h = pgdp_frame_reals(detail, pgdp_frame_find(detail, "q_h"));
        const double *q_s = pgdp_frame_reals(detail, pgdp_frame_find(detail, "q_s"));
        const double *q_e = pgdp_frame_reals(detail, pgdp_frame_find(detail, "q_e"));
        double labour = 0, resources = 0, margin = 0;
        for (size_t c = 0; c < g.n_cells; c++) {
            const double unit_cost = g.cells[c].r / g.cells[c].k;
            labour += g.cells[c].p_h * q_h[c];
            resources += unit_cost * (q_s[c] + q_e[c]);
            margin += (pt[c] - unit_cost) * (q_s[c] + q_e[c]);
        }
        assert_identity(labour + resources + margin, x.n1, &x);
        pgdp_frame_free(detail);
    }
    pgdp_ctx_free(ctx);
}

static void identity_8_surplus_lies_between_its_bounds(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (uint32_t i = 0; i < N_ECONOMIES; i++) {
        pgt_economy g = pgt_random_economy(i);
        for (size_t c = 0; c < g.n_cells; c++)
            g.cells[c].q_max = INFINITY;
        pgdp_gap x;
        pgdp_frame *detail;
        assert_ok(ctx, pgdp_gap_compute(ctx, g.cells, g.n_cells, NULL, 0, PGDP_GAP_ACCOUNTS, &x, &detail));
        const double *pt = pgdp_frame_reals(detail, pgdp_frame_find(detail, "pt"));
        const double *q_s = pgdp_frame_reals(detail, pgdp_frame_find(detail, "q_s"));
        const double *q_e = pgdp_frame_reals(detail, pgdp_frame_find(detail, "q_e"));
        const double *cs = pgdp_frame_reals(detail, pgdp_frame_find(detail, "cs"));
        for (size_t c = 0; c < g.n_cells; c++) {
            assert_true(cs[c] >= q_s[c] * (1 - pt[c]) - 1e-13 * scale_of(&x));
            assert_true(cs[c] <= (q_s[c] + q_e[c]) * (1 - pt[c]) + 1e-13 * scale_of(&x));
            if (g.cells[c].e == 0) assert_identity(cs[c], q_s[c] * (1 - pt[c]), &x);
        }
        pgdp_frame_free(detail);
    }
    pgdp_ctx_free(ctx);
}

static void identity_9_log_gap_does_not_depend_on_demand(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pg_random random = pg_random_stream(31, "regimes", 0);
    for (uint32_t i = 0; i < N_ECONOMIES; i++) {
        const double r = pgt_between(&random, .01, .99), lam = pgt_between(&random, -.5, 1);
        const double e = pgt_between(&random, 0, 2);
        const pgdp_gap_cell cell = pgt_cell("x", 813.7, 1, r, e, lam);
        pgdp_gap x;
        assert_ok(ctx, pgdp_gap_compute(ctx, &cell, 1, NULL, 0, PGDP_GAP_ACCOUNTS, &x, NULL));
        assert_close(log(x.q1 / x.m1), -(1 - lam) * log(r), 1e-12, 1e-14);
        assert_close(x.n1 / x.q0, pow(r, 1 - e), 1e-13, 0);
        assert_close(x.m1 / x.q0, pow(r, 1 - e - lam), 1e-13, 0);
    }
    pgdp_ctx_free(ctx);
}

/* Wholly adopted and sold, each price falling by a small uneven h: true less measured growth, and what identity 10
 * says. */
static double first_order_error(pgdp_ctx *ctx, uint32_t i, double h)
{
    pgt_economy g = pgt_random_economy(i);
    double claimed = 0, spent = 0;
    for (size_t c = 0; c < g.n_cells; c++) {
        pgdp_gap_cell *cell = &g.cells[c];
        const double fall = h * (1 + .37 * (double)c);
        *cell = pgt_cell("x", cell->v0, 1, exp(-fall), cell->e, cell->lam);
    }
    pgdp_gap x;
    pgdp_frame *detail;
    assert_ok(ctx, pgdp_gap_compute(ctx, g.cells, g.n_cells, NULL, 0, PGDP_GAP_ACCOUNTS, &x, &detail));
    const double *f = pgdp_frame_reals(detail, pgdp_frame_find(detail, "f"));
    for (size_t c = 0; c < g.n_cells; c++)
        spent += f[c];
    for (size_t c = 0; c < g.n_cells; c++) {
        const double mean_share = .5 * (g.cells[c].v0 / x.q0 + f[c] / spent);
        claimed -= mean_share * (1 - g.cells[c].lam) * log(g.cells[c].r);
    }
    pgdp_frame_free(detail);
    return fabs(log(x.qf) - log(x.m1 / x.q0) - claimed);
}

static void identity_10_growth_is_missed_by_share_weighted_price_falls(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (uint32_t i = 0; i < 200; i++) {
        const double coarse = first_order_error(ctx, i, 2e-3), fine = first_order_error(ctx, i, 1e-3);
        assert_true(coarse < 30 * 2e-3 * 2e-3);  /* falls up to 5 h, elasticities up to 2.2 */
        assert_true(fine < .3 * coarse + 1e-13); /* second order: a quarter */
    }
    pgdp_ctx_free(ctx);
}

static void identity_11_cells_without_final_demand_change_nothing(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (uint32_t i = 0; i < N_ECONOMIES; i++) {
        pgt_economy g = pgt_random_economy(i);
        if (g.n_cells < 2) continue;
        g.cells[g.n_cells - 1].v0 = 0;
        const pgdp_gap with = computed(ctx, &g);
        g.n_cells--;
        const pgdp_gap without = computed(ctx, &g);
        assert_memory_equal(&with.q0, &without.q0, offsetof(pgdp_gap, state));
    }
    pgdp_ctx_free(ctx);
}

/* pt at most 1, right human deflators, no caps: the case for which monotonicity is claimed. */
static pgt_economy well_behaved(uint32_t i)
{
    pgt_economy g = pgt_random_economy(i);
    for (size_t c = 0; c < g.n_cells; c++) {
        pgdp_gap_cell *cell = &g.cells[c];
        cell->r = fmin(cell->r, .97);
        cell->k = fmax(cell->k, 1.01);
        cell->d_h = cell->p_h;
        cell->q_max = INFINITY;
    }
    for (size_t j = 0; j < g.n_news; j++)
        g.news[j].d = fmax(g.news[j].d, 1);
    return g;
}

static void identity_12_laspeyres_gap_is_monotone(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (uint32_t i = 0; i < N_ECONOMIES; i++) {
        const pgt_economy base = well_behaved(i);
        const pgdp_gap x = computed(ctx, &base);
        const double slack = 1e-13 * scale_of(&x);
        pgt_economy more = base;
        more.cells[0].u = fmin(1, more.cells[0].u + .07);
        const pgdp_gap adopted = computed(ctx, &more);
        assert_true(adopted.phi_l >= x.phi_l - slack - 1e-13 * scale_of(&adopted));
        more = base;
        more.cells[0].lam -= .13;
        assert_true(computed(ctx, &more).phi_l >= x.phi_l - slack);
        more = base;
        more.cells[0].k /= 1.01; /* less of it survives */
        assert_true(computed(ctx, &more).phi_l <= x.phi_l + slack);
        more = base;
        more.news[0].p_star *= 1.3;
        assert_true(computed(ctx, &more).phi_l >= x.phi_l - slack);
    }
    pgdp_ctx_free(ctx);
}

static void identity_12_doubling_money_doubles_everything(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (uint32_t i = 0; i < N_ECONOMIES; i++) {
        pgt_economy g = pgt_random_economy(i);
        const pgdp_gap x = computed(ctx, &g);
        for (size_t c = 0; c < g.n_cells; c++)
            g.cells[c].v0 *= 2;
        for (size_t j = 0; j < g.n_news; j++)
            g.news[j].q *= 2;
        const pgdp_gap twice = computed(ctx, &g);
        /* powers of two scale without rounding */
        assert_true(twice.q0 == 2 * x.q0 && twice.q1 == 2 * x.q1 && twice.n1 == 2 * x.n1 && twice.m1 == 2 * x.m1);
        assert_true(twice.phi_l == 2 * x.phi_l && twice.phi_f == 2 * x.phi_f && twice.phi_p == 2 * x.phi_p);
        assert_true(twice.cs == 2 * x.cs && twice.cs_new == 2 * x.cs_new && twice.qf == x.qf);
        assert_int_equal(twice.state, x.state);
    }
    pgdp_ctx_free(ctx);
}

static void order_of_cells_changes_no_digit_that_counts(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (uint32_t i = 0; i < N_ECONOMIES; i++) {
        const pgt_economy g = pgt_random_economy(i);
        pgt_economy reversed = g;
        for (size_t c = 0; c < g.n_cells; c++)
            reversed.cells[c] = g.cells[g.n_cells - 1 - c];
        const pgdp_gap x = computed(ctx, &g), y = computed(ctx, &reversed);
        assert_identity(y.phi_l, x.phi_l, &x);
        assert_identity(y.phi_f, x.phi_f, &x);
        assert_identity(y.cs, x.cs, &x);
    }
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity_1_decomposition_adds_up),
        cmocka_unit_test(identity_2_telescopes_over_deflators),
        cmocka_unit_test(identity_3_index_number_term_links_laspeyres_fisher_paasche),
        cmocka_unit_test(identity_4_captured_work_leaves_no_gap),
        cmocka_unit_test(identity_5_without_ai_there_is_nothing),
        cmocka_unit_test(identity_6_perfect_measurement_leaves_no_gap),
        cmocka_unit_test(identity_7_recorded_spending_is_somebodys_income),
        cmocka_unit_test(identity_8_surplus_lies_between_its_bounds),
        cmocka_unit_test(identity_9_log_gap_does_not_depend_on_demand),
        cmocka_unit_test(identity_10_growth_is_missed_by_share_weighted_price_falls),
        cmocka_unit_test(identity_11_cells_without_final_demand_change_nothing),
        cmocka_unit_test(identity_12_laspeyres_gap_is_monotone),
        cmocka_unit_test(identity_12_doubling_money_doubles_everything),
        cmocka_unit_test(order_of_cells_changes_no_digit_that_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
