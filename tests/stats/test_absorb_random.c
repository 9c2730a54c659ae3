/* test_absorb_random.c  Graphs made to be awkward (disconnected, rows alone, weights over twelve powers of ten, slopes
 * that are constant or 0 in a level) against dense least squares with a column a level, in every way.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "core/random.h"
#include "stats/absorb_system.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 260, MOST_EFFECTS = 6, N_GRAPHS = 60, N_WAYS = 4 };
static const pg_absorb_way ways[N_WAYS] = { PG_ABSORB_BY_COST, PG_ABSORB_DENSE, PG_ABSORB_SPARSE, PG_ABSORB_GRADIENTS };
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

typedef struct graph {
    size_t n, n_effects;
    bool weighted;
    size_t level[MOST_EFFECTS][MOST_ROWS];
    double slope[MOST_EFFECTS][MOST_ROWS], y[MOST_ROWS], w[MOST_ROWS];
    pgdp_effect effect[MOST_EFFECTS];
} graph;

/* Levels in use numbered anew, from 0. */
static size_t close_up(size_t *level, size_t n)
{
    size_t number[MOST_ROWS * 2] = { 0 }, used = 0;
    for (size_t i = 0; i < n; i++) {
        if (number[level[i]] == 0) number[level[i]] = ++used;
        level[i] = number[level[i]] - 1;
    }
    return used;
}

/* Some effects are as good as nested in the one before, some split the rows into components that share no level. */
static void make_levels(graph *g, size_t e, pg_random *r)
{
    const size_t n_levels = 2 + pg_random_index(r, 30), parts = 1 + pg_random_index(r, 3);
    const double skew = 1 + 2 * pg_random_uniform(r), nested = pg_random_uniform(r) < 0.3 ? 0.97 : 0;
    for (size_t i = 0; i < g->n; i++) {
        const size_t part = i % parts;
        size_t l = (size_t)((double)n_levels * pow(pg_random_uniform(r), skew));
        if (e > 0 && pg_random_uniform(r) < nested) l = g->level[e - 1][i] / 3;
        g->level[e][i] = l * parts + part;
    }
    g->level[e][g->n - 1] = MOST_ROWS + e; /* a row alone */
    g->effect[e] = (pgdp_effect){ .name = "e", .level = g->level[e], .n_levels = close_up(g->level[e], g->n) };
}

/* Of another size in each level; constant in some and 0 in others. */
static void make_slope(graph *g, size_t e, size_t of, pg_random *r)
{
    memcpy(g->level[e], g->level[of], sizeof g->level[e]);
    g->effect[e] = g->effect[of];
    g->effect[e].level = g->level[e];
    g->effect[e].slope = g->slope[e];
    for (size_t i = 0; i < g->n; i++) {
        const size_t l = g->level[of][i];
        const double size = pow(10, (double)(l % 9) - 4), noise = l % 5 == 1 ? 0 : pg_random_normal(r);
        g->slope[e][i] = l % 7 == 3 ? 0 : size * (3 + noise);
    }
}

static void make(graph *g, uint32_t seed)
{
    pg_random r = pg_random_stream(seed, "awkward", 0);
    const size_t n_groups = 2 + pg_random_index(&r, 3);
    g->n = 60 + pg_random_index(&r, MOST_ROWS - 60);
    g->n_effects = 0;
    while (g->n_effects < n_groups)
        make_levels(g, g->n_effects++, &r);
    for (size_t slopes = pg_random_index(&r, 3); slopes > 0; slopes--, g->n_effects++)
        make_slope(g, g->n_effects, pg_random_index(&r, n_groups), &r);
    g->weighted = seed % 3 > 0;
    for (size_t i = 0; i < g->n; i++) {
        const double power = seed % 3 == 1 ? 1 : 12;
        g->w[i] = pow(10, power * (pg_random_uniform(&r) - 0.5));
        g->y[i] = pg_random_normal(&r) + 10 * sin((double)g->level[0][i]) + (double)g->level[1][i];
    }
}

/* y less its projection on what stands before it in a list of orthonormal columns. */
static void remove_from(long double *x, long double q[][MOST_ROWS], size_t n_kept, size_t n)
{
    for (size_t pass = 0; pass < 3; pass++) {
        for (size_t k = 0; k < n_kept; k++) {
            long double c = 0;
            for (size_t i = 0; i < n; i++)
                c += q[k][i] * x[i];
            for (size_t i = 0; i < n; i++)
                x[i] -= c * q[k][i];
        }
    }
}

static long double norm_of(const long double *x, size_t n)
{
    long double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sqrtl(sum);
}

/* left = root w (y less its fit) by Gram and Schmidt on a column a level. @return the rank */
static size_t left_by_columns(const graph *g, long double *left)
{
    static long double q[MOST_ROWS][MOST_ROWS];
    long double x[MOST_ROWS + 1];
    size_t rank = 0;
    for (size_t e = 0; e < g->n_effects; e++) {
        for (size_t l = 0; l < g->effect[e].n_levels && rank < MOST_ROWS; l++) {
            for (size_t i = 0; i < g->n; i++) {
                const long double root = g->weighted ? sqrtl((long double)g->w[i]) : 1;
                const double value = g->effect[e].slope == NULL ? 1 : g->slope[e][i];
                x[i] = g->level[e][i] == l ? root * (long double)value : 0;
            }
            const long double before = norm_of(x, g->n);
            remove_from(x, q, rank, g->n);
            const long double after = norm_of(x, g->n);
            if (after <= 1e-13L * before) continue;
            for (size_t i = 0; i < g->n; i++)
                q[rank][i] = x[i] / after;
            rank++;
        }
    }
    for (size_t i = 0; i < g->n; i++)
        left[i] = (g->weighted ? sqrtl((long double)g->w[i]) : 1) * (long double)g->y[i];
    remove_from(left, q, rank, g->n);
    return rank;
}

/* |root w (y left - left)| relative to |root w y| */
static double distance(const graph *g, const double *y_left, const long double *left)
{
    long double sum = 0, whole = 0;
    for (size_t i = 0; i < g->n; i++) {
        const long double root = g->weighted ? sqrtl((long double)g->w[i]) : 1;
        const long double d = root * (long double)y_left[i] - left[i], y = root * (long double)g->y[i];
        sum += d * d;
        whole += y * y;
    }
    return (double)sqrtl(sum / whole);
}

/* In one way: how far off; NaN: refused, in a sentence that says what was left. */
static double solve(const graph *g, pg_absorb_way way, size_t rank, const long double *left)
{
    double y[MOST_ROWS], *column = y;
    pg_absorber *a;
    pg_absorption how;
    bool bound;
    memcpy(y, g->y, sizeof y);
    assert_ok(ctx, pg_absorber_new(ctx, g->effect, g->n_effects, g->n, g->weighted ? g->w : NULL, &a));
    const size_t got = pg_absorber_rank(a, &bound);
    assert_true(bound ? got >= rank : got == rank);
    assert_ok(ctx, pg_absorber_choose(ctx, a, way));
    assert_ok(ctx, pg_absorber_factor(ctx, a));
    const pgdp_status status = pg_absorb(ctx, a, &column, 1, 0, &how);
    if (status == PGDP_OK) return distance(g, y, left);
    assert_int_equal(status, PGDP_NO_CONVERGENCE);
    assert_non_null(strstr(pgdp_ctx_error(ctx), "expected 1e-12 or less"));
    return (double)NAN;
}

static void every_way_agrees_with_dense_least_squares_or_refuses(void **state)
{
    (void)state;
    static graph g;
    size_t n_refused[N_WAYS] = { 0 };
    double worst[N_WAYS] = { 0 };
    for (uint32_t seed = 0; seed < N_GRAPHS; seed++) {
        long double left[MOST_ROWS];
        make(&g, seed);
        const size_t rank = left_by_columns(&g, left);
        for (size_t w = 0; w < N_WAYS; w++) {
            const pg_mark mark = pg_arena_mark(&ctx->scratch);
            const double off = solve(&g, ways[w], rank, left);
            pg_arena_rewind(&ctx->scratch, mark);
            n_refused[w] += isnan(off) ? 1 : 0;
            worst[w] = fmax(worst[w], off);
            if (off > 1e-10) print_message("seed %u, way %zu: off by %.1e\n", seed, w, off);
        }
    }
    for (size_t w = 0; w < N_WAYS; w++) {
        print_message("way %zu: %zu of %d refused, others off by %.1e at most\n", w, n_refused[w], N_GRAPHS, worst[w]);
        assert_true(worst[w] < 1e-10);
    }
    assert_int_equal(n_refused[0], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_agrees_with_dense_least_squares_or_refuses),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
