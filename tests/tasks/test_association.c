/* test_association.c  Agreement and correlation of two measures, against their definitions.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>

#include "core/random.h"
#include "tasks/association.h"

enum { N = 83 };

/* tau-b from all pairs. */
static double tau_b(const double *a, const double *b, size_t n)
{
    double score = 0, untied_a = 0, untied_b = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            const double u = (a[i] > a[j]) - (a[i] < a[j]), v = (b[i] > b[j]) - (b[i] < b[j]);
            score += u * v;
            untied_a += u * u;
            untied_b += v * v;
        }
    return score / sqrt(untied_a * untied_b);
}

static void draw_levels(double *a, double *b)
{
    pg_random random = pg_random_stream(5, "association", 0);
    for (size_t i = 0; i < N; i++) {
        a[i] = 0.25 * (double)pg_random_index(&random, 5);
        b[i] = pg_random_index(&random, 3) == 0 ? a[i] : 0.5 * (double)pg_random_index(&random, 3);
    }
}

static void kendall_is_tau_b_over_all_pairs(void **state)
{
    pgdp_ctx *ctx = *state;
    double a[N], b[N];
    pg_association r;
    draw_levels(a, b);
    assert_ok(ctx, pg_associate(ctx, a, b, N, &r));
    assert_close(r.kendall, tau_b(a, b, N), 1e-14, 0);
    assert_true(fabs(r.kendall) > 0.1 && fabs(r.kendall) < 0.9);
}

static void association_is_symmetric_to_the_bit(void **state)
{
    pgdp_ctx *ctx = *state;
    double a[N], b[N];
    pg_association ab, ba;
    draw_levels(a, b);
    assert_ok(ctx, pg_associate(ctx, a, b, N, &ab));
    assert_ok(ctx, pg_associate(ctx, b, a, N, &ba));
    assert_true(ab.agreement == ba.agreement && ab.kappa == ba.kappa && ab.pearson == ba.pearson);
    assert_true(ab.spearman == ba.spearman && ab.kendall == ba.kendall);
}

/* Cohen (1960), table 1's form: 2 x 2 counts 45, 15, 25, 15 have agreement .60, chance .54, kappa .1304. */
static void kappa_takes_chance_off_agreement(void **state)
{
    pgdp_ctx *ctx = *state;
    static const size_t counts[2][2] = { { 45, 15 }, { 25, 15 } };
    double a[100], b[100];
    size_t n = 0;
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 2; j++)
            for (size_t k = 0; k < counts[i][j]; k++, n++) {
                a[n] = 2.5 * (double)i;
                b[n] = 2.5 * (double)j;
            }
    pg_association r;
    assert_ok(ctx, pg_associate(ctx, a, b, n, &r));
    assert_close(r.agreement, 0.6, 1e-15, 0);
    assert_close(r.kappa, (0.6 - 0.54) / 0.46, 1e-14, 0);
}

/* Ranks with a tie by hand: x 1, 2.5, 2.5, 4; y 2, 1, 3, 4. */
static void spearman_correlates_mid_ranks(void **state)
{
    pgdp_ctx *ctx = *state;
    const double x[] = { 0.1, 7.3, 7.3, 22 }, y[] = { 1.9, -4, 2.6, 1e6 };
    pg_association r;
    assert_ok(ctx, pg_associate(ctx, x, y, 4, &r));
    assert_close(r.spearman, 3 / sqrt(4.5 * 5), 1e-14, 0);
}

static void rows_with_a_missing_value_do_not_count(void **state)
{
    pgdp_ctx *ctx = *state;
    const double none = (double)NAN;
    const double x[] = { 0.5, none, 1.25, 2, 3 }, y[] = { 0.5, 9, none, 2.5, 1 };
    pg_association r;
    assert_ok(ctx, pg_associate(ctx, x, y, 5, &r));
    assert_true(r.n == 3);
    assert_close(r.agreement, 1.0 / 3, 1e-15, 0);
    assert_ok(ctx, pg_associate(ctx, x, y, 0, &r));
    assert_true(r.n == 0 && isnan(r.agreement) && isnan(r.kendall));
}

static void constant_measure_has_no_correlation(void **state)
{
    pgdp_ctx *ctx = *state;
    const double x[] = { 0.5, 0.5, 0.5 }, y[] = { 0.5, 2, 3 };
    pg_association r;
    assert_ok(ctx, pg_associate(ctx, x, y, 3, &r));
    assert_true(isnan(r.pearson) && isnan(r.spearman) && isnan(r.kendall));
    assert_close(r.agreement, 1.0 / 3, 1e-15, 0);
}

static pgdp_status associate(pgdp_ctx *ctx, void *user)
{
    double a[N], b[N];
    pg_association r;
    (void)user;
    draw_levels(a, b);
    return pg_associate(ctx, a, b, N, &r);
}

static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    (void)state;
    assert_true(pgt_fail_every_allocation(associate, NULL) >= 2);
}

static int set_up(void **state)
{
    *state = pgdp_ctx_new(NULL);
    return 0;
}

static int tear_down(void **state)
{
    pgdp_ctx_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kendall_is_tau_b_over_all_pairs),
        cmocka_unit_test(association_is_symmetric_to_the_bit),
        cmocka_unit_test(kappa_takes_chance_off_agreement),
        cmocka_unit_test(spearman_correlates_mid_ranks),
        cmocka_unit_test(rows_with_a_missing_value_do_not_count),
        cmocka_unit_test(constant_measure_has_no_correlation),
        cmocka_unit_test(every_failing_allocation_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
