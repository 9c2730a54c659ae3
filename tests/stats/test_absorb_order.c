/* test_absorb_order.c  Columns read from elsewhere, and rows that come sorted, are projected to the same bits.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "stats/absorb_system.h"
#include "tests/stats/effects.h"
#include "tests/support/support.h"

enum { N = 3000, K = 3 };

static void check(const pgt_effects *t, const double *weights)
{
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    double *in_place[K], *elsewhere[K], *sorted[K], *memory = calloc((size_t)3 * N * K, sizeof *memory);
    double *sorted_weights = calloc(N, sizeof *sorted_weights);
    const double *from[K];
    pg_absorber *absorber;
    assert_ok(ctx, pg_absorber_new(ctx, t->effect, t->d.n_effects, N, weights, &absorber));
    for (size_t j = 0; j < K; j++) {
        from[j] = t->x + j * N;
        in_place[j] = memory + j * N;
        elsewhere[j] = memory + (K + j) * N;
        sorted[j] = memory + (2 * K + j) * N;
        memcpy(in_place[j], from[j], N * sizeof *memory);
        for (size_t i = 0; i < N; i++)
            sorted[j][i] = from[j][absorber->order[i]];
    }
    for (size_t i = 0; i < N; i++)
        if (weights != NULL) sorted_weights[i] = weights[absorber->order[i]];
    assert_ok(ctx, pg_absorb(ctx, absorber, in_place, K, 0, NULL));
    assert_ok(ctx, pg_absorb_into(ctx, absorber, from, elsewhere, K, NULL));
    absorber->sorted = true;
    assert_ok(ctx, pg_absorber_reweight(ctx, absorber, weights == NULL ? NULL : sorted_weights));
    assert_ok(ctx, pg_absorb(ctx, absorber, sorted, K, 0, NULL));
    for (size_t j = 0; j < K; j++) {
        assert_memory_equal(in_place[j], elsewhere[j], N * sizeof *memory);
        for (size_t i = 0; i < N; i++)
            assert_memory_equal(&sorted[j][i], &in_place[j][absorber->order[i]], sizeof *memory);
    }
    free(sorted_weights);
    free(memory);
    pgdp_ctx_free(ctx);
}

static void sorted_rows_and_other_places_change_no_bit(void **state)
{
    (void)state;
    static const size_t levels[][4] = { { 90, 0 }, { 300, 40, 0 }, { 40, 700, 9, 0 } };
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        pgt_effects *t = pgt_effects_new(N, K, levels[i], (uint32_t)(120 + i));
        check(t, NULL);
        check(t, t->w);
        t->effect[0].slope = t->x; /* a slope stays in the order of the effects */
        check(t, t->w);
        pgt_effects_free(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorted_rows_and_other_places_change_no_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
