/* absorb_weigh.c  Orthonormal columns of the groups under weights, and the diagonal of S: absorb_system.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/parallel.h"
#include "stats/absorb_sorted.h"

#include <math.h>
#include <string.h>

static const double dependent = 1e-13; /* a slope's share of a level that the columns before it leave */

/* Lone intercepts, run by run of the levels of group 0. */
typedef struct weighing {
    pg_absorber *a;
    const double *weights; /* as given; NULL: ones */
    double *sums;          /* [n_runs x n_rest] weights by level, then parts of the diagonal */
} weighing;

/* Weights in their order, and sums of them. */
static pgdp_status sum_run(pgdp_ctx *ctx, void *user, size_t run)
{
    const weighing *t = user;
    const pg_absorber *a = t->a;
    const size_t begin = a->start[a->runs[run]], end = a->start[a->runs[run + 1]];
    for (size_t i = begin; i < end && t->weights != NULL; i++)
        a->weight[i] = t->weights[pg_absorber_row(a, i)] * a->scale.first * a->scale.second;
    for (size_t l = a->runs[run]; l < a->runs[run + 1] && a->groups[0].unit != NULL; l++) {
        double sum = a->weight == NULL ? (double)(a->start[l + 1] - a->start[l]) : 0;
        for (size_t i = a->start[l]; i < a->start[l + 1] && a->weight != NULL; i++)
            sum += a->weight[i];
        a->groups[0].unit[l] = sum > 0 ? 1 / sqrt(sum) : 0;
    }
    for (size_t h = 1; h < a->n_groups; h++) {
        const pg_effect_group *g = &a->groups[h];
        double *sum = t->sums + run * a->n_rest + g->first;
        for (size_t i = begin; i < end && g->unit != NULL; i++)
            sum[pg_group_level(g, i)] += pg_absorber_weight(a, i);
    }
    (void)ctx;
    return PGDP_OK;
}

/* The runs' parts added up into the first. */
static void add_runs(const weighing *t)
{
    const size_t n = t->a->n_rest;
    for (size_t run = 1; run < t->a->n_runs; run++)
        for (size_t j = 0; j < n; j++)
            t->sums[j] += t->sums[j + run * n];
}

/* Two lone intercepts: sum over levels of group 0 of w (W - w) / W, which nothing cancels in. */
static void intercept_diagonal(const pg_absorber *a, size_t run, const pg_effect_group *g, double *sum,
                               double *diagonal)
{
    for (size_t l = a->runs[run]; l < a->runs[run + 1]; l++) {
        const size_t begin = a->start[l], end = a->start[l + 1];
        bool several = false;
        double total = 0;
        for (size_t i = begin; i < end; i++) {
            sum[pg_group_level(g, i)] += pg_absorber_weight(a, i);
            total += pg_absorber_weight(a, i);
            several = several || pg_group_level(g, i) != pg_group_level(g, begin);
        }
        for (size_t i = begin; i < end; i++) {
            const size_t level = pg_group_level(g, i);
            const double part = sum[level], unit = g->unit[level];
            if (several && part > 0) diagonal[level] += unit * unit * part * fmax(total - part, 0) / total;
            sum[level] = 0;
        }
    }
}

static bool is_pair(const pg_absorber *a, const pg_effect_group *g)
{
    return a->groups[0].unit != NULL && g->unit != NULL;
}

static pgdp_status diagonal_run(pgdp_ctx *ctx, void *user, size_t run)
{
    const weighing *t = user;
    const pg_absorber *a = t->a;
    double *sum;
    PG_TRY_ALLOC(ctx, sum, pg_arena_alloc(&ctx->scratch, a->n_rest, sizeof *sum));
    for (size_t h = 1; h < a->n_groups; h++)
        if (is_pair(a, &a->groups[h]))
            intercept_diagonal(a, run, &a->groups[h], sum, t->sums + run * a->n_rest + a->groups[h].first);
    return PGDP_OK;
}

/* Sums by level of w u v. */
static void sum_products(const pg_absorber *a, const pg_effect_group *g, const double *u, const double *v, double *sum)
{
    memset(sum, 0, g->n_levels * sizeof *sum);
    for (size_t i = 0; i < a->n_rows; i++)
        sum[g->level[i]] += pg_absorber_weight(a, i) * u[i] * v[i];
}

/* Column k of a group made orthogonal in every level to those before it (twice is enough), and of norm 1 or 0. */
static void orthonormalise(const pg_absorber *a, pg_effect_group *g, size_t k, double *sum, double *before)
{
    const size_t n = a->n_rows, m = g->n_columns;
    double *v = g->basis + k * n;
    sum_products(a, g, v, v, before);
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t j = 0; j < k; j++) {
            const double *q = g->basis + j * n;
            sum_products(a, g, q, v, sum);
            for (size_t i = 0; i < n; i++)
                v[i] -= q[i] * sum[g->level[i]];
            for (size_t l = 0; l < g->n_levels; l++)
                g->triangle[(l * m + k) * m + j] += sum[l];
        }
    }
    sum_products(a, g, v, v, sum);
    for (size_t l = 0; l < g->n_levels; l++) {
        const bool kept = sum[l] > dependent * dependent * before[l];
        g->triangle[(l * m + k) * m + k] = kept ? sqrt(sum[l]) : 0;
        sum[l] = kept ? 1 / sqrt(sum[l]) : 0;
    }
    for (size_t i = 0; i < n; i++)
        v[i] *= sum[g->level[i]];
}

static pgdp_status weigh_slopes(pgdp_ctx *ctx, const pg_absorber *a, pg_effect_group *g)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    double *sum, *before;
    PG_TRY_ALLOC(ctx, sum, pg_arena_alloc(&ctx->scratch, g->n_levels, sizeof *sum));
    PG_TRY_ALLOC(ctx, before, pg_arena_alloc(&ctx->scratch, g->n_levels, sizeof *before));
    memset(g->triangle, 0, g->n_levels * g->n_columns * g->n_columns * sizeof *g->triangle);
    for (size_t k = 0; k < g->n_columns; k++) {
        const double *slope = a->effects[g->members[k]].slope;
        for (size_t i = 0; i < a->n_rows; i++)
            g->basis[i + k * a->n_rows] = slope == NULL ? 1 : slope[a->order[i]];
        orthonormalise(a, g, k, sum, before);
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

/* 1 - sum over the columns of group 0 of (Q_0'W q)^2 for column k of a group. */
static void general_diagonal(pg_absorber *a, const pg_effect_group *g, size_t k, double *sum)
{
    const pg_effect_group *first = &a->groups[0];
    const double *basis = g->unit == NULL ? g->basis + k * a->n_rows : NULL;
    double *diagonal = a->diagonal + g->first + k;
    for (size_t i = 0; i < a->n_rows; i++) {
        const double q = basis == NULL ? g->unit[g->level[i]] : basis[i];
        diagonal[g->level[i] * g->n_columns] += pg_absorber_weight(a, i) * q * q;
    }
    for (size_t l = 0; l < first->n_levels; l++) {
        for (size_t j = 0; j < first->n_columns; j++) {
            for (size_t i = a->start[l]; i < a->start[l + 1]; i++) {
                const double q = basis == NULL ? g->unit[g->level[i]] : basis[i];
                const double p = first->unit == NULL ? first->basis[i + j * a->n_rows] : first->unit[l];
                sum[g->level[i]] += pg_absorber_weight(a, i) * q * p;
            }
            for (size_t i = a->start[l]; i < a->start[l + 1]; i++) {
                diagonal[g->level[i] * g->n_columns] -= sum[g->level[i]] * sum[g->level[i]];
                sum[g->level[i]] = 0;
            }
        }
    }
    for (size_t l = 0; l < g->n_levels; l++)
        if (!(diagonal[l * g->n_columns] > dependent)) diagonal[l * g->n_columns] = 0;
}

static pgdp_status weigh_groups(pgdp_ctx *ctx, weighing *t)
{
    pg_absorber *a = t->a;
    PG_TRY_ALLOC(ctx, t->sums, pg_arena_alloc(&ctx->scratch, a->n_runs * a->n_rest, sizeof *t->sums));
    PG_TRY(pg_parallel(ctx, NULL, a->n_runs, sum_run, t));
    add_runs(t);
    for (size_t h = 0; h < a->n_groups; h++) {
        pg_effect_group *g = &a->groups[h];
        const double *sum = t->sums + g->first;
        for (size_t l = 0; l < g->n_levels && h > 0 && g->unit != NULL; l++)
            g->unit[l] = sum[l] > 0 ? 1 / sqrt(sum[l]) : 0;
        if (g->unit == NULL) PG_TRY(weigh_slopes(ctx, a, g));
    }
    memset(t->sums, 0, a->n_runs * a->n_rest * sizeof *t->sums);
    PG_TRY(pg_parallel(ctx, NULL, a->n_runs, diagonal_run, t));
    add_runs(t);
    memcpy(a->diagonal, t->sums, a->n_rest * sizeof *a->diagonal);
    for (size_t h = 1; h < a->n_groups; h++) {
        pg_effect_group *g = &a->groups[h];
        double *sum;
        if (is_pair(a, g)) continue;
        PG_TRY_ALLOC(ctx, sum, pg_arena_alloc(&ctx->scratch, g->n_levels, sizeof *sum));
        for (size_t k = 0; k < g->n_columns; k++)
            general_diagonal(a, g, k, sum);
    }
    return PGDP_OK;
}

static double largest_of(const double *weights, size_t n)
{
    enum { LANES = 8 };
    double largest[LANES] = { 0 };
    for (size_t i = 0; i < n; i++)
        largest[i % LANES] = weights[i] > largest[i % LANES] ? weights[i] : largest[i % LANES];
    for (size_t v = 1; v < LANES; v++)
        largest[0] = fmax(largest[0], largest[v]);
    return largest[0];
}

pgdp_status pg_absorber_weigh(pgdp_ctx *ctx, pg_absorber *a, const double *weights)
{
    if (a->levels != NULL && weights != NULL) weights = a->room; /* they stand there sorted */
    const double largest = weights == NULL ? 1 : largest_of(weights, a->n_rows);
    int exponent = 0;
    if (!(largest > 0 && isfinite(largest)))
        return pg_fail(ctx, PGDP_NUMERICAL, "the weights of the absorbed effects are not finite numbers above 0");
    (void)frexp(largest, &exponent);
    weighing t = { .a = a, .weights = weights };
    a->scale = (pg_scaling){ ldexp(1, -exponent / 2), ldexp(1, -exponent + exponent / 2) };
    if (weights != NULL && a->room == NULL)
        PG_TRY_ALLOC(ctx, a->room, pg_arena_uncleared(&ctx->scratch, a->n_rows, sizeof *a->room));
    a->weight = weights == NULL ? NULL : a->room;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(weigh_groups(ctx, &t));
    a->mass = weights == NULL ? (double)a->n_rows : pg_sum(a->weight, a->n_rows);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
