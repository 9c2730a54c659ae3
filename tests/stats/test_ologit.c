/* test_ologit.c  Ordered logit: derivatives, closed forms, the penalty, warm starts. Numbers from outside:
 * tests/golden. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/est_ologit.h"
#include "stats/ologit.h"
#include "tests/support/designs.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

static pgdp_ctx *ctx, *owner; /* the owner's scratch is the arena of models */

static int open_ctx(void **state)
{
    (void)state;
    ctx = pgdp_ctx_new(NULL);
    owner = pgdp_ctx_new(NULL);
    return ctx == NULL || owner == NULL;
}

static int close_ctx(void **state)
{
    (void)state;
    pgdp_ctx_free(ctx);
    pgdp_ctx_free(owner);
    return 0;
}

static pg_ologit fit_of(const pgdp_design *d, double lambda, const pg_ologit *start)
{
    pg_ologit model;
    assert_ok(ctx, pg_ologit_fit(ctx, &owner->scratch, d, lambda, start, &model));
    return model;
}

static pgt_design ordered_design(size_t n, size_t n_terms, size_t n_categories, uint32_t seed)
{
    pgt_design t = pgt_design_new(n, n_terms, seed);
    pgt_make_categories(&t, n_categories);
    pgt_drop_constant(&t);
    return t;
}

static pg_row row_at(double y, double eta, const double *cuts)
{
    pg_row row = { 0 };
    pg_ologit_model.row(y, eta, cuts, 3, &row);
    return row;
}

/* Central differences with h = 1e-5 have an error of some 1e-10. */
static void derivatives_of_a_row_are_those_of_its_likelihood(void **state)
{
    (void)state;
    static const double cuts[] = { -1.25, 0.375, 2.385 }, h = 1e-5, close = 1e-9;
    for (size_t y = 0; y <= 3; y++) {
        for (double eta = -3.1; eta < 4; eta += 1.37) {
            const pg_row at = row_at((double)y, eta, cuts);
            const pg_row up = row_at((double)y, eta + h, cuts), down = row_at((double)y, eta - h, cuts);
            assert_close((up.value - down.value) / (2 * h), at.eta, 0, close);
            assert_close(-(up.eta - down.eta) / (2 * h), at.information, 0, close);
            assert_close((up.above - down.above) / (2 * h), at.eta_above, 0, close);
            assert_close((up.below - down.below) / (2 * h), at.eta_below, 0, close);
            for (size_t c = 0; c < 3; c++) {
                double more[3], less[3];
                memcpy(more, cuts, sizeof cuts);
                memcpy(less, cuts, sizeof cuts);
                more[c] += h;
                less[c] -= h;
                const pg_row a = row_at((double)y, eta, more), b = row_at((double)y, eta, less);
                const bool above = c == y, below = c + 1 == y;
                assert_close((a.value - b.value) / (2 * h), above ? at.above : below ? at.below : 0, 0, close);
                if (above) assert_close((a.above - b.above) / (2 * h), at.above2, 0, close);
                if (below) assert_close((a.below - b.below) / (2 * h), at.below2, 0, close);
                if (above && y > 0) assert_close((a.below - b.below) / (2 * h), at.above_below, 0, close);
            }
        }
    }
}

static void two_categories_are_a_logit_with_the_constant_turned(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(500, 4, 31);
    pgdp_fit *binary = NULL, *ordered = NULL;
    pgt_make_categories(&t, 2);
    assert_ok(ctx, pgdp_fit_new(ctx, "logit", "iid", &t.d, NULL, &binary));
    pgt_drop_constant(&t);
    assert_ok(ctx, pgdp_fit_new(ctx, "ologit", "iid", &t.d, NULL, &ordered));
    for (size_t j = 0; j < 4; j++) {
        const size_t at = (j + 3) % 4; /* the constant comes last, as the cut */
        const pgdp_tidy a = pgdp_fit_tidy(binary, j, 0.95), b = pgdp_fit_tidy(ordered, at, 0.95);
        assert_close(b.estimate, j == 0 ? -a.estimate : a.estimate, 1e-12, 0);
        assert_close(b.std_error, a.std_error, 1e-12, 0);
    }
    assert_string_equal(pgdp_fit_term(ordered, 3), "cut1");
    assert_close(pgdp_fit_glance(ordered).log_lik, pgdp_fit_glance(binary).log_lik, 1e-14, 0);
    assert_close(pgdp_fit_glance(ordered).aic, pgdp_fit_glance(binary).aic, 1e-14, 0);
    pgdp_fit_free(binary);
    pgdp_fit_free(ordered);
    pgt_design_free(&t);
}

static void reversing_the_categories_turns_slopes_and_cuts(void **state)
{
    (void)state;
    pgt_design t = ordered_design(600, 4, 4, 32);
    const pg_ologit a = fit_of(&t.d, 0, NULL);
    for (size_t i = 0; i < 600; i++)
        t.y[i] = 3 - t.y[i];
    const pg_ologit b = fit_of(&t.d, 0, NULL);
    for (size_t j = 0; j < 3; j++) {
        assert_close(b.slopes[j], -a.slopes[j], 1e-11, 0);
        assert_close(b.cuts[j], -a.cuts[2 - j], 1e-11, 1e-12);
    }
    assert_close(b.log_lik, a.log_lik, 1e-13, 0);
    pgt_design_free(&t);
}

/* Mean probabilities are the shares: the first-order conditions of the cuts, penalty or not, hold for P(y <= j). */
static void a_heavy_penalty_leaves_the_shares(void **state)
{
    (void)state;
    pgt_design t = ordered_design(600, 4, 4, 33);
    const pg_ologit m = fit_of(&t.d, 1e12, NULL);
    double p[4], count[4] = { 0 };
    for (size_t i = 0; i < 600; i++)
        count[(size_t)t.y[i]]++;
    for (size_t j = 0; j < 3; j++)
        assert_close(m.slopes[j], 0, 0, 1e-8);
    pg_ologit_probabilities(&m, pg_ologit_index(&m, t.d.x.x, 600), p);
    for (size_t j = 0; j < 4; j++)
        assert_close(p[j], count[j] / 600, 1e-7, 0);
    pgt_design_free(&t);
}

static void probabilities_add_up_and_stay_exact_in_the_tails(void **state)
{
    (void)state;
    double cuts[] = { -1.25, 0.375, 2.385 }, p[4];
    const pg_ologit m = { .n_cuts = 3, .cuts = cuts };
    for (double index = -40; index <= 40; index += 7.3) {
        pg_ologit_probabilities(&m, index, p);
        assert_close(p[0] + p[1] + p[2] + p[3], 1, 1e-15, 0);
    }
    pg_ologit_probabilities(&m, 60, p); /* e^(cut - index) to first order */
    assert_close(p[0], exp(-61.25), 1e-14, 0);
    assert_close(p[1], exp(0.375 - 60) - exp(-61.25), 1e-14, 0);
}

static void the_unit_of_a_regressor_does_not_change_the_penalised_fit(void **state)
{
    (void)state;
    pgt_design t = ordered_design(600, 4, 3, 34);
    const pg_ologit a = fit_of(&t.d, 20, NULL);
    for (size_t i = 0; i < 600; i++)
        t.x[i + 2 * 600] = 1e6 + 1000 * t.x[i + 2 * 600];
    const pg_ologit b = fit_of(&t.d, 20, NULL);
    assert_close(b.slopes[0], a.slopes[0], 1e-9, 0);
    assert_close(b.slopes[1], a.slopes[1] / 1000, 1e-9, 0);
    assert_close(b.cuts[0], a.cuts[0] + 1e6 * b.slopes[1], 1e-9, 0);
    assert_close(b.log_lik, a.log_lik, 1e-11, 0);
    pgt_design_free(&t);
}

static void a_warm_start_ends_at_the_same_maximum_sooner(void **state)
{
    (void)state;
    pgt_design t = ordered_design(3000, 6, 4, 35);
    const pg_ologit cold = fit_of(&t.d, 10, NULL), near = fit_of(&t.d, 11, NULL), warm = fit_of(&t.d, 10, &near);
    for (size_t j = 0; j < 8; j++)
        assert_close(warm.slopes[j], cold.slopes[j], 1e-11, 1e-13);
    assert_true(warm.iterations < cold.iterations);
    pgt_design_free(&t);
}

/* Shrinkage: the penalty's part of the objective falls, the likelihood too. */
static void more_penalty_means_less_likelihood(void **state)
{
    (void)state;
    pgt_design t = ordered_design(900, 5, 4, 36);
    double before = 0;
    for (double lambda = 0.1; lambda < 2000; lambda *= 7) {
        const pg_ologit m = fit_of(&t.d, lambda, NULL);
        assert_true(before >= 0 || m.log_lik < before);
        before = m.log_lik;
    }
    pgt_design_free(&t);
}

static void the_error_of_a_probability_is_the_delta_method(void **state)
{
    (void)state;
    pgt_design t = ordered_design(500, 3, 3, 37);
    pg_ologit m = fit_of(&t.d, 1.5, NULL);
    double work[4], moved[4], gradient[4], p[3], q[3], variance = 0;
    const double got = pg_ologit_exceedance_error(&m, t.d.x.x + 11, 500, 1, work);
    pg_ologit changed = m;
    changed.slopes = moved;
    changed.cuts = moved + 2;
    for (size_t j = 0; j < 4; j++) {
        const double h = 1e-6;
        memcpy(moved, m.slopes, sizeof moved);
        moved[j] += h;
        pg_ologit_probabilities(&changed, pg_ologit_index(&changed, t.d.x.x + 11, 500), p);
        moved[j] -= 2 * h;
        pg_ologit_probabilities(&changed, pg_ologit_index(&changed, t.d.x.x + 11, 500), q);
        gradient[j] = (p[2] - q[2]) / (2 * h);
    }
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 4; j++)
            variance += gradient[i] * m.vcov[i + 4 * j] * gradient[j];
    assert_close(got, sqrt(variance), 1e-7, 0);
    pgt_design_free(&t);
}

static void separation_and_gaps_are_refused(void **state)
{
    (void)state;
    pgt_design t = ordered_design(300, 3, 3, 38);
    pg_ologit m;
    for (size_t i = 0; i < 300; i++)
        t.y[i] = t.d.x.x[i] < 1.5 ? 0 : t.d.x.x[i] < 3 ? 1 : 2;
    assert_status(ctx, pg_ologit_fit(ctx, &owner->scratch, &t.d, 0, NULL, &m), PGDP_NO_CONVERGENCE);
    assert_contains(pgdp_ctx_error(ctx), "x1");
    assert_contains(pgdp_ctx_error(ctx), "separate");
    assert_ok(ctx, pg_ologit_fit(ctx, &owner->scratch, &t.d, 0.5, NULL, &m));
    for (size_t i = 0; i < 300; i++)
        t.y[i] *= 2;
    assert_status(ctx, pg_ologit_fit(ctx, &owner->scratch, &t.d, 0, NULL, &m), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "category 1 of the outcome has no rows");
    for (size_t i = 0; i < 300; i++)
        t.y[i] = 0;
    assert_status(ctx, pg_ologit_fit(ctx, &owner->scratch, &t.d, 0, NULL, &m), PGDP_BAD_ARGUMENT);
    assert_status(ctx, pg_ologit_fit(ctx, &owner->scratch, &t.d, -1, NULL, &m), PGDP_BAD_ARGUMENT);
    pgt_design_free(&t);
}

static void a_constant_is_refused_beside_cut_points(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(300, 3, 39);
    pgdp_fit *fit = NULL;
    pgt_make_categories(&t, 3);
    assert_status(ctx, pgdp_fit_new(ctx, "ologit", "iid", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    t.d.constant = PGDP_NONE; /* undeclared, it is collinear with the cuts */
    assert_status(ctx, pgdp_fit_new(ctx, "ologit", "iid", &t.d, NULL, &fit), PGDP_RANK_DEFICIENT);
    assert_contains(pgdp_ctx_error(ctx), "cut points");
    pgt_design_free(&t);
}

static void a_constant_column_has_slope_zero_under_a_penalty(void **state)
{
    (void)state;
    pgt_design t = ordered_design(300, 4, 3, 40);
    const pg_ologit before = fit_of(&t.d, 3, NULL);
    pgt_design u = ordered_design(300, 5, 3, 40);
    memcpy(u.y, t.y, 300 * sizeof *t.y);
    memcpy(u.x, t.x, 4 * 300 * sizeof *t.x);
    for (size_t i = 0; i < 300; i++)
        u.x[i + 4 * 300] = 0.1;
    const pg_ologit after = fit_of(&u.d, 3, NULL);
    assert_close(after.slopes[3], 0, 0, 0);
    assert_close(after.slopes[0], before.slopes[0], 1e-12, 0);
    assert_close(after.cuts[1], before.cuts[1], 1e-12, 0);
    pgt_design_free(&t);
    pgt_design_free(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(derivatives_of_a_row_are_those_of_its_likelihood),
        cmocka_unit_test(two_categories_are_a_logit_with_the_constant_turned),
        cmocka_unit_test(reversing_the_categories_turns_slopes_and_cuts),
        cmocka_unit_test(a_heavy_penalty_leaves_the_shares),
        cmocka_unit_test(probabilities_add_up_and_stay_exact_in_the_tails),
        cmocka_unit_test(the_unit_of_a_regressor_does_not_change_the_penalised_fit),
        cmocka_unit_test(a_warm_start_ends_at_the_same_maximum_sooner),
        cmocka_unit_test(more_penalty_means_less_likelihood),
        cmocka_unit_test(the_error_of_a_probability_is_the_delta_method),
        cmocka_unit_test(separation_and_gaps_are_refused),
        cmocka_unit_test(a_constant_is_refused_beside_cut_points),
        cmocka_unit_test(a_constant_column_has_slope_zero_under_a_penalty),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
