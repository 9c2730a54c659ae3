/* test_singletons.c  Rows alone in a level, against a slow search; components by hand.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "stats/absorb.h"
#include "stats/absorb_system.h"
#include "tests/stats/effects.h"
#include "tests/support/support.h"

static pgdp_ctx *ctx;

static int open_ctx(void **state)
{
    (void)state;
    ctx = pgdp_ctx_new(NULL);
    return ctx == NULL;
}

static int close_ctx(void **state)
{
    (void)state;
    pgdp_ctx_free(ctx);
    return 0;
}

/** Drop every row alone in a level, look again, until none is. */
static size_t drop_slowly(const pgt_effects *t, bool *drop)
{
    const size_t n = t->d.y.n;
    size_t n_dropped = 0;
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < n; i++) {
            for (size_t e = 0; e < t->d.n_effects && !drop[i]; e++) {
                const pgdp_effect *effect = &t->effect[e];
                if (effect->slope != NULL && !(fabs(effect->slope[i]) > 0)) continue;
                size_t others = 0;
                for (size_t r = 0; r < n; r++)
                    others += r != i && !drop[r] && effect->level[r] == effect->level[i] &&
                              (effect->slope == NULL || fabs(effect->slope[r]) > 0);
                if (others > 0) continue;
                drop[i] = again = true;
                n_dropped++;
            }
        }
    }
    return n_dropped;
}

static void rows_alone_are_dropped_again_and_again(void **state)
{
    (void)state;
    static const size_t levels[][4] = { { 150, 0 }, { 100, 80, 0 }, { 70, 50, 20, 0 } };
    for (size_t c = 0; c < 12; c++) {
        enum { N = 260 };
        pgt_effects *t = pgt_effects_new(N, 1, levels[c % 3], (uint32_t)(500 + c));
        bool slow[N] = { false }, fast[N] = { false };
        size_t n_dropped;
        if (c >= 6) {
            for (size_t i = 0; i < N; i += 3)
                t->slope[i] = 0;
            pgt_add_slope(t, 0);
            t->effect[0] = t->effect[--t->d.n_effects];
        }
        assert_ok(ctx, pg_singletons(ctx, t->effect, t->d.n_effects, N, fast, &n_dropped));
        assert_int_equal(n_dropped, drop_slowly(t, slow));
        assert_memory_equal(slow, fast, sizeof slow);
        assert_true(n_dropped > 0 && n_dropped < N);
        pgt_effects_free(t);
    }
}

/* Row i joins level i of one effect and of the next: each drop makes the next row alone, to the last. */
static void a_long_chain_is_dropped_whole(void **state)
{
    (void)state;
    enum { N = 50001 };
    size_t *level = calloc(2 * N, sizeof *level), n_dropped;
    bool *drop = calloc(N, sizeof *drop);
    for (size_t i = 0; i < N; i++) {
        level[i] = (i + 1) / 2;
        level[N + i] = i / 2;
    }
    const pgdp_effect effects[] = { { .name = "a", .level = level, .n_levels = N / 2 + 1 },
                                    { .name = "b", .level = level + N, .n_levels = N / 2 + 1 } };
    assert_ok(ctx, pg_singletons(ctx, effects, 2, N, drop, &n_dropped));
    assert_int_equal(n_dropped, N);
    free(level);
    free(drop);
}

static void nothing_is_dropped_where_all_levels_are_shared(void **state)
{
    (void)state;
    static const size_t a[] = { 0, 0, 1, 1 }, b[] = { 0, 1, 0, 1 };
    const pgdp_effect effects[] = { { .name = "a", .level = a, .n_levels = 2 },
                                    { .name = "b", .level = b, .n_levels = 2 } };
    bool drop[4] = { false };
    size_t n_dropped = 9;
    assert_ok(ctx, pg_singletons(ctx, effects, 2, 4, drop, &n_dropped));
    assert_int_equal(n_dropped, 0);
}

static void components_are_counted_and_numbered_by_level(void **state)
{
    (void)state;
    static const size_t a[] = { 0, 0, 1, 2, 3, 3, 4 }, b[] = { 0, 1, 2, 1, 3, 2, 4 };
    const pgdp_effect x = { .name = "a", .level = a, .n_levels = 5 }, y = { .name = "b", .level = b, .n_levels = 5 };
    size_t of_a[5], n;
    assert_ok(ctx, pg_components(ctx, &x, &y, 7, of_a, &n));
    assert_int_equal(n, 3);
    static const size_t want[] = { 0, 1, 0, 1, 2 };
    assert_memory_equal(of_a, want, sizeof want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_alone_are_dropped_again_and_again),
        cmocka_unit_test(a_long_chain_is_dropped_whole),
        cmocka_unit_test(nothing_is_dropped_where_all_levels_are_shared),
        cmocka_unit_test(components_are_counted_and_numbered_by_level),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
