/* test_oprobit.c  Ordered probit: derivatives, tails, closed forms. Numbers from outside: tests/golden.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/est_oprobit.h"
#include "tests/support/context.h"
#include "tests/support/designs.h"

#include <math.h>
#include <string.h>

static pgdp_fit *fit_of(const pgdp_design *d, const char *method, const char *vcov)
{
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, method, vcov, d, NULL, &fit));
    return fit;
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
    pg_oprobit_model.row(y, eta, cuts, 3, &row);
    return row;
}

/* Central differences with h = 1e-5 have an error of some 1e-10 times the third derivative. */
static void check_row(size_t y, double eta, const double *cuts, double close)
{
    const double h = 1e-5;
    const pg_row at = row_at((double)y, eta, cuts);
    const pg_row up = row_at((double)y, eta + h, cuts), down = row_at((double)y, eta - h, cuts);
    assert_close((up.value - down.value) / (2 * h), at.eta, close, close);
    assert_close(-(up.eta - down.eta) / (2 * h), at.information, close, close);
    assert_close((up.above - down.above) / (2 * h), at.eta_above, close, close);
    assert_close((up.below - down.below) / (2 * h), at.eta_below, close, close);
    for (size_t c = 0; c < 3; c++) {
        double more[3], less[3];
        memcpy(more, cuts, sizeof more);
        memcpy(less, cuts, sizeof less);
        more[c] += h;
        less[c] -= h;
        const pg_row a = row_at((double)y, eta, more), b = row_at((double)y, eta, less);
        const bool above = c == y, below = c + 1 == y;
        assert_close((a.value - b.value) / (2 * h), above ? at.above : below ? at.below : 0, close, close);
        if (above) assert_close((a.above - b.above) / (2 * h), at.above2, close, close);
        if (below) assert_close((a.below - b.below) / (2 * h), at.below2, close, close);
        if (above && y > 0) assert_close((a.below - b.below) / (2 * h), at.above_below, close, close);
    }
}

static void derivatives_of_a_row_are_those_of_its_likelihood(void **state)
{
    (void)state;
    static const double far_apart[] = { -1.25, 0.375, 2.385 }, near[] = { -0.2, 0.1, 0.45 };
    for (size_t y = 0; y <= 3; y++) {
        for (double eta = -3.1; eta < 4; eta += 1.37)
            check_row(y, eta, far_apart, 1e-8);
        for (double eta = -12.1; eta < 12.5; eta += 2.37)
            check_row(y, eta, near, 1e-7);
    }
}

/* In arithmetic of 70 digits: cuts, log (Phi(u) - Phi(v)), (phi(u) - phi(v)) / p. */
static void a_category_is_right_in_the_tails_and_between_near_cuts(void **state)
{
    (void)state;
    static const double want[][4] = {
        { -1.25, 0.4, -0.598251690466661823, 0.337632810942787354 },
        { -30.1, -30, -454.371879083860563, 30.0280714814256307 },
        { 7.25, 7.375, -29.7008031429679455, -7.30311328728666176 },
        { 0.5, 0.5 + 0x1p-27, -19.75891241018584125, -0.50000000372529029615 },
        { -9, 8, -6.22208916267774027e-16, 5.05124310617972871e-15 },
        { -20, -12, -75.4106730015687958, 12.0822141752542844 },
        { 3, 3.4, -6.89486988740593532, -3.15866525307333212 },
        { -38.5, -38.49, -746.450458575608423, 38.4946799988933321 },
    };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        const double cuts[] = { want[i][0], want[i][1], 100 };
        const pg_row row = row_at(1, 0, cuts);
        assert_close(row.value, want[i][2], 1e-14, 2e-16);
        assert_close(-row.eta, want[i][3], 1e-12, 1e-16);
        assert_true(row.information >= 0);
    }
}

static void two_categories_are_a_probit_with_the_constant_turned(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(500, 4, 131);
    pgt_make_categories(&t, 2);
    pgdp_fit *binary = fit_of(&t.d, "probit", "HC1");
    pgt_drop_constant(&t);
    pgdp_fit *ordered = fit_of(&t.d, "oprobit", "HC1");
    for (size_t j = 0; j < 4; j++) {
        const pgdp_tidy a = pgdp_fit_tidy(binary, j, 0.95), b = pgdp_fit_tidy(ordered, (j + 3) % 4, 0.95);
        assert_close(b.estimate, j == 0 ? -a.estimate : a.estimate, 1e-12, 0);
        assert_close(b.std_error, a.std_error, 1e-11, 0);
    }
    assert_string_equal(pgdp_fit_term(ordered, 3), "cut1");
    assert_close(pgdp_fit_glance(ordered).log_lik, pgdp_fit_glance(binary).log_lik, 1e-14, 0);
    assert_close(pgdp_fit_glance(ordered).log_lik_null, pgdp_fit_glance(binary).log_lik_null, 1e-14, 0);
    pgdp_fit_free(binary);
    pgdp_fit_free(ordered);
    pgt_design_free(&t);
}

static void reversing_the_categories_turns_slopes_and_cuts(void **state)
{
    (void)state;
    pgt_design t = ordered_design(600, 4, 4, 132);
    pgdp_fit *a = fit_of(&t.d, "oprobit", "HC0");
    for (size_t i = 0; i < 600; i++)
        t.y[i] = 3 - t.y[i];
    pgdp_fit *b = fit_of(&t.d, "oprobit", "HC0");
    for (size_t j = 0; j < 6; j++) {
        const pgdp_tidy x = pgdp_fit_tidy(a, j, 0.95), y = pgdp_fit_tidy(b, j < 3 ? j : 8 - j, 0.95);
        assert_close(y.estimate, -x.estimate, 1e-11, 1e-12);
        assert_close(y.std_error, x.std_error, 1e-11, 0);
    }
    pgdp_fit_free(a);
    pgdp_fit_free(b);
    pgt_design_free(&t);
}

static void frequencies_are_repeated_rows(void **state)
{
    (void)state;
    pgt_design t = ordered_design(200, 3, 3, 133), long_one = ordered_design(600, 3, 3, 133);
    size_t n = 0;
    pgt_use_weights(&t, PGDP_FREQUENCY);
    for (size_t i = 0; i < 200; i++)
        n += (size_t)t.w[i];
    long_one.d.y.n = long_one.d.x.n_rows = n;
    long_one.d.x.x = long_one.x;
    for (size_t i = 0, to = 0; i < 200; i++)
        for (size_t c = 0; c < (size_t)t.w[i]; c++, to++) {
            long_one.y[to] = t.y[i];
            for (size_t j = 0; j < 2; j++)
                long_one.x[to + j * n] = t.d.x.x[i + j * 200];
        }
    pgdp_fit *a = fit_of(&t.d, "oprobit", "HC0"), *b = fit_of(&long_one.d, "oprobit", "HC0");
    for (size_t j = 0; j < 4; j++) {
        assert_close(pgdp_fit_estimate(a).x[j], pgdp_fit_estimate(b).x[j], 1e-11, 0);
        assert_close(pgdp_fit_tidy(a, j, 0.95).std_error, pgdp_fit_tidy(b, j, 0.95).std_error, 1e-11, 0);
    }
    assert_close(pgdp_fit_glance(a).log_lik_null, pgdp_fit_glance(b).log_lik_null, 1e-12, 0);
    pgdp_fit_free(a);
    pgdp_fit_free(b);
    pgt_design_free(&t);
    pgt_design_free(&long_one);
}

static void an_offset_moves_the_slope_and_the_cuts(void **state)
{
    (void)state;
    enum { N = 500 };
    static const char *const methods[] = { "oprobit", "ologit" };
    static double offset[N];
    pgt_design t = ordered_design(N, 3, 3, 134);
    for (size_t m = 0; m < 2; m++) {
        t.d.offset = (pgdp_vec){ NULL, 0 };
        pgdp_fit *a = fit_of(&t.d, methods[m], "HC0");
        for (size_t i = 0; i < N; i++)
            offset[i] = 0.7 + 0.3 * t.d.x.x[i];
        t.d.offset = (pgdp_vec){ offset, N };
        pgdp_fit *b = fit_of(&t.d, methods[m], "HC0");
        static const double moved[] = { -0.3, 0, 0.7, 0.7 };
        for (size_t j = 0; j < 4; j++) {
            assert_close(pgdp_fit_estimate(b).x[j], pgdp_fit_estimate(a).x[j] + moved[j], 1e-10, 1e-12);
            assert_close(pgdp_fit_tidy(b, j, 0.95).std_error, pgdp_fit_tidy(a, j, 0.95).std_error, 1e-10, 0);
        }
        assert_close(pgdp_fit_glance(b).log_lik, pgdp_fit_glance(a).log_lik, 1e-12, 0);
        pgdp_fit_free(a);
        pgdp_fit_free(b);
    }
    pgt_design_free(&t);
}

static void units_and_the_order_of_rows_change_nothing(void **state)
{
    (void)state;
    pgt_design t = ordered_design(400, 4, 4, 135);
    pgdp_fit *a = fit_of(&t.d, "oprobit", "HC1");
    pgt_permute(&t);
    for (size_t i = 0; i < 400; i++) {
        t.x[i + 400] *= 1e8;
        t.x[i + 800] = t.x[i + 800] * 1e-8;
    }
    pgdp_fit *b = fit_of(&t.d, "oprobit", "HC1");
    static const double unit[] = { 1e-8, 1e8, 1, 1, 1, 1 };
    for (size_t j = 0; j < 6; j++) {
        assert_close(pgdp_fit_estimate(b).x[j], pgdp_fit_estimate(a).x[j] * unit[j], 1e-10, 1e-12);
        assert_close(pgdp_fit_tidy(b, j, 0.95).std_error, pgdp_fit_tidy(a, j, 0.95).std_error * unit[j], 1e-10, 0);
    }
    pgdp_fit_free(a);
    pgdp_fit_free(b);
    pgt_design_free(&t);
}

static void separation_and_constants_are_refused(void **state)
{
    (void)state;
    pgt_design t = ordered_design(300, 3, 3, 136);
    pgdp_fit *fit = NULL;
    for (size_t i = 0; i < 300; i++)
        t.y[i] = t.d.x.x[i] < 1.5 ? 0 : t.d.x.x[i] < 3 ? 1 : 2;
    assert_status(ctx, pgdp_fit_new(ctx, "oprobit", "iid", &t.d, NULL, &fit), PGDP_NO_CONVERGENCE);
    assert_contains(pgdp_ctx_error(ctx), "x1");
    assert_contains(pgdp_ctx_error(ctx), "separate");
    pgt_use_weights(&t, PGDP_ANALYTIC);
    assert_status(ctx, pgdp_fit_new(ctx, "oprobit", "iid", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    pgt_design_free(&t);
}

/* sum_i sum_y (dP_y)(dP_y)' / P_y by differences. */
static void expected_information_is_that_of_the_probabilities(void **state)
{
    (void)state;
    static const char *const methods[] = { "oprobit", "ologit" };
    enum { N = 400, P = 3 };
    pgt_design t = ordered_design(N, 2, 3, 137);
    for (size_t m = 0; m < 2; m++) {
        pgdp_fit *fit = NULL;
        double information[P * P] = { 0 }, unit[P * P] = { 0 };
        assert_ok(ctx, pgdp_fit_new(ctx, methods[m], "iid(information=expected)", &t.d, NULL, &fit));
        const double *b = pgdp_fit_estimate(fit).x, *v = pgdp_fit_vcov(fit).x;
        for (size_t i = 0; i < N; i++)
            for (size_t y = 0; y < 3; y++) {
                double slope[P], p = 0;
                for (size_t l = 0; l < P; l++) {
                    double at[P], two[2];
                    for (size_t side = 0; side < 2; side++) {
                        memcpy(at, b, sizeof at);
                        at[l] += side == 0 ? 1e-5 : -1e-5;
                        const double eta = t.d.x.x[i] * at[0], u = y < 2 ? at[1 + y] - eta : 1e3;
                        const double w = y > 0 ? at[y] - eta : -1e3;
                        two[side] = m == 0 ? pgdp_normal_upper(-u) - pgdp_normal_upper(-w)
                                           : 1 / (1 + exp(-u)) - 1 / (1 + exp(-w));
                    }
                    slope[l] = (two[0] - two[1]) / 2e-5;
                    p = (two[0] + two[1]) / 2;
                }
                for (size_t l = 0; l < P * P; l++)
                    information[l] += slope[l % P] * slope[l / P] / p;
            }
        for (size_t l = 0; l < P * P; l++)
            for (size_t c = 0; c < P; c++)
                unit[l] += information[l % P + c * P] * v[c + l / P * P];
        for (size_t l = 0; l < P * P; l++)
            assert_close(unit[l], l % P == l / P, 0, 1e-6);
        pgdp_fit_free(fit);
    }
    pgt_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(derivatives_of_a_row_are_those_of_its_likelihood),
        cmocka_unit_test(a_category_is_right_in_the_tails_and_between_near_cuts),
        cmocka_unit_test(two_categories_are_a_probit_with_the_constant_turned),
        cmocka_unit_test(reversing_the_categories_turns_slopes_and_cuts),
        cmocka_unit_test(frequencies_are_repeated_rows),
        cmocka_unit_test(an_offset_moves_the_slope_and_the_cuts),
        cmocka_unit_test(units_and_the_order_of_rows_change_nothing),
        cmocka_unit_test(expected_information_is_that_of_the_probabilities),
        cmocka_unit_test(separation_and_constants_are_refused),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
