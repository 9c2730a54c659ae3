/* test_adjust.c  Adjusted p-values: R 4.2.2's p.adjust() on its own help page's kind of numbers, and step-down by
 * draws. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/random.h"
#include "pgdp/regression.h"
#include "stats/fit.h"
#include "stats/romano_wolf.h"
#include "tests/support/context.h"
#include "tests/support/designs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void holm_and_bh_are_their_definitions(void **state)
{
    (void)state;
    /* sorted: 0.001 0.008 0.039 0.041 0.042 0.06 0.074 0.205; by hand m p_(r) / r and (m - r + 1) p_(r) */
    static const double p[] = { 0.041, 0.001, 0.205, 0.008, 0.074, 0.039, 0.042, 0.06 };
    static const double holm[] = { 0.234, 0.008, 0.234, 0.056, 0.234, 0.234, 0.234, 0.234 };
    static const double bh[] = { 0.0672, 0.008, 0.205, 0.032, 0.592 / 7, 0.0672, 0.0672, 0.08 };
    double out[8];
    pgdp_adjust_holm(p, 8, out);
    for (size_t i = 0; i < 8; i++)
        assert_close(out[i], holm[i], 1e-14, 0);
    pgdp_adjust_bh(p, 8, out);
    for (size_t i = 0; i < 8; i++)
        assert_close(out[i], bh[i], 1e-14, 0);
}

static void ties_share_a_value_and_missing_ones_do_not_count(void **state)
{
    (void)state;
    const double nan = (double)NAN, p[] = { 0.03, nan, 0.01, 0.03, nan };
    double out[5];
    pgdp_adjust_holm(p, 5, out);
    assert_close(out[2], 0.03, 1e-15, 0);
    assert_close(out[0], 0.06, 1e-15, 0);
    assert_close(out[3], 0.06, 1e-15, 0);
    assert_true(isnan(out[1]) && isnan(out[4]));
    pgdp_adjust_bh(p, 5, out);
    assert_close(out[2], 0.03, 1e-15, 0);
    assert_close(out[0], 0.03, 1e-15, 0);
    assert_true(isnan(out[1]) && isnan(out[4]));
    const double large[] = { 0.9, 0.8 };
    pgdp_adjust_holm(large, 2, out);
    assert_close(out[0], 1, 0, 0);
    assert_close(out[1], 1, 0, 0);
    pgdp_adjust_holm(p, 0, out);
    pgdp_adjust_bh(p, 0, out);
}

static void they_keep_the_order_and_never_lower_a_p_value(void **state)
{
    (void)state;
    pg_random random = pg_random_stream(1, "adjust", 0);
    double p[40], holm[40], bh[40];
    pg_random_uniforms(&random, p, 40);
    pgdp_adjust_holm(p, 40, holm);
    pgdp_adjust_bh(p, 40, bh);
    for (size_t i = 0; i < 40; i++) {
        assert_true(holm[i] >= bh[i] && bh[i] >= p[i] && holm[i] <= 1);
        for (size_t j = 0; j < 40; j++)
            if (p[i] < p[j]) assert_true(holm[i] <= holm[j] && bh[i] <= bh[j]);
    }
}

static void romano_wolf_steps_down_as_written_out(void **state)
{
    (void)state;
    /* 4 draws of 3 hypotheses, t = 3, -2.5, 1: maxima over {1,2,3}, {2,3}, {3} counted by hand */
    static const double t[] = { 1, 3, -2.5 };
    static const double draws[] = { 0.2, -1.5, 0.9, 0.1, /* of t = 1 */
                                    3.5, 0.5,  1.0, 0.2, /* of t = 3 */
                                    0.4, 0.3,  2.6, -0.2 };
    double p[3];
    assert_ok(ctx, pg_romano_wolf(ctx, t, 3, draws, 4, p));
    assert_close(p[1], 2.0 / 5, 1e-15, 0); /* 3.5 */
    assert_close(p[2], 2.0 / 5, 1e-15, 0); /* 2.6; not below the one before */
    assert_close(p[0], 2.0 / 5, 1e-15, 0); /* 1.5 */
    const double infinite[] = { 1, (double)INFINITY, 0 };
    assert_status(ctx, pg_romano_wolf(ctx, infinite, 3, draws, 4, p), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "statistic 2");
}

/* Equal statistics are one test; independent ones are near Holm's. */
static void romano_wolf_uses_the_dependence(void **state)
{
    (void)state;
    enum { B = 20000, H = 5 };
    double *draws = calloc(B * H, sizeof *draws), t[H], p[H], alone[H], holm[H];
    pg_random random = pg_random_stream(2, "adjust", 0);
    for (size_t b = 0; b < B; b++)
        draws[b] = pg_random_normal(&random);
    for (size_t j = 0; j < H; j++) {
        memcpy(draws + j * B, draws, B * sizeof *draws);
        t[j] = 2;
    }
    assert_ok(ctx, pg_romano_wolf(ctx, t, H, draws, B, p));
    for (size_t j = 0; j < H; j++)
        assert_close(p[j], 2 * pgdp_normal_upper(2), 0, 0.006);
    for (size_t j = 0; j < H; j++) {
        t[j] = 3.2 - 0.3 * (double)j;
        alone[j] = 2 * pgdp_normal_upper(t[j]);
        for (size_t b = 0; b < B; b++)
            draws[b + j * B] = pg_random_normal(&random);
    }
    assert_ok(ctx, pg_romano_wolf(ctx, t, H, draws, B, p));
    pgdp_adjust_holm(alone, H, holm);
    for (size_t j = 0; j < H; j++)
        assert_close(p[j], holm[j], 0, 0.008);
    free(draws);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holm_and_bh_are_their_definitions),
        cmocka_unit_test(ties_share_a_value_and_missing_ones_do_not_count),
        cmocka_unit_test(they_keep_the_order_and_never_lower_a_p_value),
        cmocka_unit_test(romano_wolf_steps_down_as_written_out),
        cmocka_unit_test(romano_wolf_uses_the_dependence),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
