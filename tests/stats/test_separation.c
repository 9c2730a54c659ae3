/* test_separation.c  Rows predicted perfectly are found, and no other; the fit without them is that of the rest.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "stats/separation.h"
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

/** The first example of Correia, Guimaraes & Zylkin (2019): x1 is never positive where y > 0 and the last row is alone
 * in having y = 0 with x1 > 0. */
static void a_dummy_of_zeros_is_separated(void **state)
{
    (void)state;
    enum { N = 6 };
    static const double y[N] = { 0, 0, 0, 1, 2, 3 }, x[3 * N] = { 1,   1,     1, 1, 1, 1, /* constant */
                                                                  2,   0,     0, 0, 0, 0, /* only where y = 0 */
                                                                  1.5, 2.385, 5, 3, 4, 1 };
    static const char *const terms[] = { "(Intercept)", "x1", "x2" };
    const pgdp_design d = { .y = { y, N }, .x = { x, N, 3 }, .terms = terms, .constant = 0 };
    bool drop[N] = { false };
    assert_ok(ctx, pg_separated_zeros(ctx, &d, drop));
    static const bool want[N] = { true };
    assert_memory_equal(drop, want, sizeof want);
}

/* z = x1 - x2 is 0 where y > 0 and of one sign elsewhere, though neither term shows it; columns may be collinear. */
static void a_combination_is_found(void **state)
{
    (void)state;
    enum { N = 40 };
    double y[N], x[5 * N];
    static const char *const terms[] = { "(Intercept)", "x1", "x2", "x3", "x4" };
    size_t n_want = 0;
    bool drop[N] = { false }, want[N] = { false };
    for (size_t i = 0; i < N; i++) {
        y[i] = i % 3 == 0 ? 0 : 1 + (double)(i % 5);
        x[i] = 1;
        x[i + N] = sin((double)i);
        want[i] = i % 3 == 0 && i % 4 != 0;
        n_want += want[i];
        x[i + 2 * N] = x[i + N] + (want[i] ? 0.25 + (double)(i % 7) : 0);
        x[i + 3 * N] = cos(2.0 * (double)i);
        x[i + 4 * N] = 3 * x[i + 3 * N] - 2;
    }
    const pgdp_design d = { .y = { y, N }, .x = { x, N, 5 }, .terms = terms, .constant = 0 };
    assert_ok(ctx, pg_separated_zeros(ctx, &d, drop));
    assert_true(n_want > 5);
    assert_memory_equal(drop, want, sizeof want);
}

/* The same term with both signs where y = 0 separates nothing. */
static void overlap_is_not_separation(void **state)
{
    (void)state;
    static const size_t levels[] = { 15, 8, 0 };
    enum { N = 400 };
    for (uint32_t seed = 1; seed <= 5; seed++) {
        pgt_effects *t = pgt_effects_new(N, 2, levels, seed);
        bool drop[N] = { false };
        for (size_t i = 0; i < N; i++) {
            t->y[i] = floor(exp(0.3 * t->y[i]));
            if (i < 40) t->y[i] = 3; /* every level has some */
            t->level[0][i] = i < 40 ? i % t->effect[0].n_levels : t->level[0][i];
            t->level[1][i] = i < 40 ? i % t->effect[1].n_levels : t->level[1][i];
        }
        for (size_t i = 0; i < N; i++) /* where y = 0, both signs */
            if (!(t->y[i] > 0)) t->x[i] = i % 2 == 0 ? 1 + t->w[i] : -1 - t->w[i];
        assert_ok(ctx, pg_separated_zeros(ctx, &t->d, drop));
        for (size_t i = 0; i < N; i++)
            assert_false(drop[i]);
        pgt_effects_free(t);
    }
}

/** Rows of a design that are not dropped, effects numbered anew. */
static pgt_effects *without(const pgt_effects *t, const bool *drop, size_t n_dropped)
{
    static const size_t two[] = { 2, 2, 0 };
    const size_t n = t->d.y.n, left = n - n_dropped;
    pgt_effects *u = pgt_effects_new(left, 2, two, 1);
    for (size_t i = 0, at = 0; i < n; i++) {
        if (drop[i]) continue;
        u->y[at] = t->y[i];
        for (size_t j = 0; j < 2; j++)
            u->x[at + j * left] = t->x[i + j * n];
        for (size_t e = 0; e < 2; e++)
            u->level[e][at] = t->level[e][i];
        at++;
    }
    for (size_t e = 0; e < 2; e++)
        u->effect[e].n_levels = pgt_relabel(u->level[e], left, t->effect[e].n_levels);
    return u;
}

/* Levels of zeros, and a term that is 0 but where y = 0 within the levels left: what is left has a maximum, and the
 * slope of x1 is what a fit with a far smaller eta in the dropped rows tends to. */
static void levels_of_zeros_and_terms_beside_effects_are_found(void **state)
{
    (void)state;
    static const size_t levels[] = { 30, 12, 0 };
    enum { N = 700 };
    pgt_effects *t = pgt_effects_new(N, 2, levels, 61);
    bool drop[N] = { false }, want[N] = { false };
    size_t n_dropped = 0;
    for (size_t i = 0; i < N; i++) {
        t->y[i] = floor(exp(0.3 * t->y[i]));
        if (t->level[0][i] % 7 == 3 || t->level[1][i] == 5) t->y[i] = 0;
        want[i] = t->level[0][i] % 7 == 3 || t->level[1][i] == 5;
    }
    for (size_t i = 0; i < N; i++) {
        const bool special = !(t->y[i] > 0) && !want[i] && i % 4 == 0;
        t->x[i + N] = (special ? 1 + t->w[i] : 0) + sin((double)t->level[0][i]) + 2 * (double)t->level[1][i];
        want[i] = want[i] || special;
    }
    assert_ok(ctx, pg_separated_zeros(ctx, &t->d, drop));
    for (size_t i = 0; i < N; i++) {
        assert_true(drop[i] || !want[i]); /* all that were made so; levels left with zeros alone may go too */
        assert_true(!drop[i] || !(t->y[i] > 0));
        n_dropped += drop[i];
    }
    pgt_effects *u = without(t, drop, n_dropped);
    u->d.x.n_cols = 1; /* x2 is explained by the effects in the rows left */
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "poisson", "HC0", &u->d, NULL, &fit));
    pgdp_fit_free(fit);
    bool none[N] = { false };
    assert_ok(ctx, pg_separated_zeros(ctx, &u->d, none));
    for (size_t i = 0; i < u->d.y.n; i++)
        assert_false(none[i]);
    pgt_effects_free(t);
    pgt_effects_free(u);
}

static void levels_with_one_outcome_are_left_out_of_logit(void **state)
{
    (void)state;
    static const size_t a[] = { 0, 0, 1, 1, 2, 2, 2, 3 }, b[] = { 0, 1, 0, 1, 0, 1, 2, 2 };
    static const double y[] = { 1, 1, 0, 1, 0, 1, 1, 1 };
    const pgdp_effect effects[] = { { .name = "a", .level = a, .n_levels = 4 },
                                    { .name = "b", .level = b, .n_levels = 3 } };
    const pgdp_design d = { .y = { y, 8 }, .effects = effects, .n_effects = 2 };
    bool drop[8] = { false };
    assert_ok(ctx, pg_separated_levels(ctx, &d, 0, 1, drop));
    /* a = 0 and a = 3 are ones alone, so is b = 2; then b = 0 is zeros alone and b = 1 ones alone: nothing is left */
    for (size_t i = 0; i < 8; i++)
        assert_true(drop[i]);
    static const double z[] = { 1, 0, 0, 1, 0, 1, 1, 1 };
    const pgdp_design other = { .y = { z, 8 }, .effects = effects, .n_effects = 2 };
    bool some[8] = { false };
    assert_ok(ctx, pg_separated_levels(ctx, &other, 0, 1, some));
    static const bool want[8] = { false, false, false, false, false, false, true, true };
    assert_memory_equal(some, want, sizeof want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dummy_of_zeros_is_separated),
        cmocka_unit_test(a_combination_is_found),
        cmocka_unit_test(overlap_is_not_separation),
        cmocka_unit_test(levels_of_zeros_and_terms_beside_effects_are_found),
        cmocka_unit_test(levels_with_one_outcome_are_left_out_of_logit),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
