/* absorb_groups.c  Effects to groups with orthonormal columns over sorted rows: absorb_system.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/parallel.h"
#include "stats/absorb_system.h"

#include <math.h>
#include <string.h>

static const double dependent = 1e-13; /* a slope's share of a level that the columns before it leave */

static bool same_levels(const pgdp_effect *a, const pgdp_effect *b, size_t n_rows)
{
    if (a->n_levels != b->n_levels) return false;
    return a->level == b->level || memcmp(a->level, b->level, n_rows * sizeof *a->level) == 0;
}

/* Effects of the same levels come together, the intercept first, in the order of their first member. */
static pgdp_status find_groups(pgdp_ctx *ctx, pg_absorber *a)
{
    const size_t n = a->n_effects;
    bool *taken;
    PG_TRY_ALLOC(ctx, taken, pg_arena_alloc(&ctx->scratch, n, sizeof *taken));
    PG_TRY_ALLOC(ctx, a->groups, pg_arena_alloc(&ctx->scratch, n, sizeof *a->groups));
    for (size_t e = 0; e < n; e++) {
        size_t *members, k = 0;
        if (taken[e]) continue;
        PG_TRY_ALLOC(ctx, members, pg_arena_alloc(&ctx->scratch, n, sizeof *members));
        for (int slopes = 0; slopes < 2; slopes++) {
            for (size_t f = e; f < n; f++) {
                if ((a->effects[f].slope != NULL) != (slopes == 1) || taken[f]) continue;
                if (!same_levels(&a->effects[e], &a->effects[f], a->n_rows)) continue;
                members[k++] = f;
                taken[f] = true;
            }
        }
        a->groups[a->n_groups++] =
            (pg_effect_group){ .members = members, .n_columns = k, .n_levels = a->effects[e].n_levels };
    }
    return PGDP_OK;
}

static void largest_first(pg_absorber *a)
{
    size_t best = 0;
    for (size_t g = 1; g < a->n_groups; g++)
        if (a->groups[g].n_columns * a->groups[g].n_levels > a->groups[best].n_columns * a->groups[best].n_levels)
            best = g;
    const pg_effect_group first = a->groups[best];
    memmove(a->groups + 1, a->groups, best * sizeof *a->groups);
    a->groups[0] = first;
}

/* Rows by level of group 0, in their order within it. */
static pgdp_status sort_rows(pgdp_ctx *ctx, pg_absorber *a)
{
    const size_t n_levels = a->groups[0].n_levels;
    const size_t *level = a->effects[a->groups[0].members[0]].level;
    size_t *next;
    uint32_t *order;
    PG_TRY_ALLOC(ctx, order, pg_arena_alloc(&ctx->scratch, a->n_rows, sizeof *order));
    a->order = order;
    PG_TRY_ALLOC(ctx, a->start, pg_arena_alloc(&ctx->scratch, n_levels + 1, sizeof *a->start));
    PG_TRY_ALLOC(ctx, next, pg_arena_alloc(&ctx->scratch, n_levels + 1, sizeof *next));
    for (size_t i = 0; i < a->n_rows; i++)
        a->start[level[i] + 1]++;
    for (size_t l = 0; l < n_levels; l++) {
        if (a->start[l + 1] > a->longest) a->longest = a->start[l + 1];
        a->start[l + 1] += a->start[l];
        next[l] = a->start[l];
    }
    for (size_t i = 0; i < a->n_rows; i++)
        order[next[level[i]]++] = (uint32_t)i;
    return PGDP_OK;
}

static pgdp_status sort_level(pgdp_ctx *ctx, const pg_absorber *a, pg_effect_group *g)
{
    const size_t *level = a->effects[g->members[0]].level;
    PG_TRY_ALLOC(ctx, g->level, pg_arena_alloc(&ctx->scratch, a->n_rows, sizeof *g->level));
    for (size_t i = 0; i < a->n_rows; i++)
        g->level[i] = (uint32_t)level[a->order[i]];
    return PGDP_OK;
}

/* What depends on the weights. */
static pgdp_status allocate_group(pgdp_ctx *ctx, const pg_absorber *a, pg_effect_group *g)
{
    const size_t k = g->n_columns;
    if (k == 1 && a->effects[g->members[0]].slope == NULL) {
        PG_TRY_ALLOC(ctx, g->unit, pg_arena_alloc(&ctx->scratch, g->n_levels, sizeof *g->unit));
        return PGDP_OK;
    }
    PG_TRY_ALLOC(ctx, g->basis, pg_arena_alloc(&ctx->scratch, a->n_rows * k, sizeof *g->basis));
    PG_TRY_ALLOC(ctx, g->triangle, pg_arena_alloc(&ctx->scratch, g->n_levels * k, k * sizeof *g->triangle));
    return PGDP_OK;
}

static pgdp_status allocate(pgdp_ctx *ctx, pg_absorber *a)
{
    for (size_t g = 0; g < a->n_groups; g++)
        PG_TRY(allocate_group(ctx, a, &a->groups[g]));
    PG_TRY_ALLOC(ctx, a->weight, pg_arena_alloc(&ctx->scratch, a->n_rows, sizeof *a->weight));
    PG_TRY_ALLOC(ctx, a->diagonal, pg_arena_alloc(&ctx->scratch, a->n_rest, sizeof *a->diagonal));
    return PGDP_OK;
}

static pgdp_status check(pgdp_ctx *ctx, const pg_absorber *a)
{
    if (a->n_rows >= UINT32_MAX)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "%zu rows are too many to absorb effects; at most 4294967294 are possible", a->n_rows);
    for (size_t e = 0; e < a->n_effects; e++) {
        const pgdp_effect *effect = &a->effects[e];
        for (size_t i = 0; i < a->n_rows; i++) {
            if (effect->level[i] >= effect->n_levels)
                return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                               "row %zu has level %zu of absorbed effect %s, which has %zu levels", i + 1,
                               effect->level[i], effect->name, effect->n_levels);
            if (effect->slope != NULL && !isfinite(effect->slope[i]))
                return pg_fail(ctx, PGDP_BAD_ARGUMENT, "the slope of absorbed effect %s is not finite in row %zu",
                               effect->name, i + 1);
        }
    }
    return PGDP_OK;
}

pgdp_status pg_absorber_shape(pgdp_ctx *ctx, pg_absorber *a, bool keep_order)
{
    PG_TRY(check(ctx, a));
    PG_TRY(find_groups(ctx, a));
    if (!keep_order) largest_first(a);
    PG_TRY(sort_rows(ctx, a));
    for (size_t g = 0; g < a->n_groups; g++) {
        PG_TRY(sort_level(ctx, a, &a->groups[g]));
        if (g == 0) continue;
        a->groups[g].first = a->n_rest;
        a->n_rest += a->groups[g].n_levels * a->groups[g].n_columns;
    }
    return allocate(ctx, a);
}

pgdp_status pg_absorber_copy(pgdp_ctx *ctx, const pg_absorber *from, pg_absorber **out)
{
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, 1, sizeof **out));
    pg_absorber *a = *out;
    *a = *from;
    PG_TRY_ALLOC(ctx, a->groups, pg_arena_alloc(&ctx->scratch, a->n_groups, sizeof *a->groups));
    memcpy(a->groups, from->groups, a->n_groups * sizeof *a->groups);
    if (from->dense != NULL) PG_TRY(pg_schur_new(ctx, a->n_rest, &a->dense));
    if (from->sparse != NULL) PG_TRY(pg_network_copy(ctx, from->sparse, &a->sparse));
    return allocate(ctx, a);
}

/* Sums by level of w u v. */
static void sum_products(const pg_absorber *a, const pg_effect_group *g, const double *u, const double *v, double *sum)
{
    memset(sum, 0, g->n_levels * sizeof *sum);
    for (size_t i = 0; i < a->n_rows; i++)
        sum[g->level[i]] += a->weight[i] * u[i] * v[i];
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

static pgdp_status weigh_group(pgdp_ctx *ctx, const pg_absorber *a, pg_effect_group *g)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    double *sum, *before;
    PG_TRY_ALLOC(ctx, sum, pg_arena_alloc(&ctx->scratch, g->n_levels, sizeof *sum));
    PG_TRY_ALLOC(ctx, before, pg_arena_alloc(&ctx->scratch, g->n_levels, sizeof *before));
    if (g->unit != NULL) {
        for (size_t i = 0; i < a->n_rows; i++)
            sum[g->level[i]] += a->weight[i];
        for (size_t l = 0; l < g->n_levels; l++)
            g->unit[l] = sum[l] > 0 ? 1 / sqrt(sum[l]) : 0;
    } else {
        memset(g->triangle, 0, g->n_levels * g->n_columns * g->n_columns * sizeof *g->triangle);
        for (size_t k = 0; k < g->n_columns; k++) {
            const double *slope = a->effects[g->members[k]].slope;
            for (size_t i = 0; i < a->n_rows; i++)
                g->basis[i + k * a->n_rows] = slope == NULL ? 1 : slope[a->order[i]];
            orthonormalise(a, g, k, sum, before);
        }
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

/* Two lone intercepts: sum over levels of group 0 of w (W - w) / W, which nothing cancels in. */
static void intercept_diagonal(pg_absorber *a, const pg_effect_group *g, double *sum)
{
    for (size_t l = 0; l < a->groups[0].n_levels; l++) {
        const size_t begin = a->start[l], end = a->start[l + 1];
        bool several = false;
        double total = 0;
        for (size_t i = begin; i < end; i++) {
            sum[g->level[i]] += a->weight[i];
            total += a->weight[i];
            several = several || g->level[i] != g->level[begin];
        }
        for (size_t i = begin; i < end; i++) {
            const double part = sum[g->level[i]], unit = g->unit[g->level[i]];
            if (several && part > 0)
                a->diagonal[g->first + g->level[i]] += unit * unit * part * fmax(total - part, 0) / total;
            sum[g->level[i]] = 0;
        }
    }
}

/* 1 - sum over the columns of group 0 of (Q_0'W q)^2 for column k of a group. */
static void general_diagonal(pg_absorber *a, const pg_effect_group *g, size_t k, double *sum)
{
    const pg_effect_group *first = &a->groups[0];
    const double *basis = g->unit == NULL ? g->basis + k * a->n_rows : NULL;
    double *diagonal = a->diagonal + g->first + k;
    for (size_t i = 0; i < a->n_rows; i++) {
        const double q = basis == NULL ? g->unit[g->level[i]] : basis[i];
        diagonal[g->level[i] * g->n_columns] += a->weight[i] * q * q;
    }
    for (size_t l = 0; l < first->n_levels; l++) {
        for (size_t j = 0; j < first->n_columns; j++) {
            for (size_t i = a->start[l]; i < a->start[l + 1]; i++) {
                const double q = basis == NULL ? g->unit[g->level[i]] : basis[i];
                const double p = first->unit == NULL ? first->basis[i + j * a->n_rows] : first->unit[l];
                sum[g->level[i]] += a->weight[i] * q * p;
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

static pgdp_status find_diagonal(pgdp_ctx *ctx, pg_absorber *a)
{
    memset(a->diagonal, 0, a->n_rest * sizeof *a->diagonal);
    for (size_t g = 1; g < a->n_groups; g++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        double *sum;
        PG_TRY_ALLOC(ctx, sum, pg_arena_alloc(&ctx->scratch, a->groups[g].n_levels, sizeof *sum));
        if (a->groups[0].unit != NULL && a->groups[g].unit != NULL) {
            intercept_diagonal(a, &a->groups[g], sum);
        } else {
            for (size_t k = 0; k < a->groups[g].n_columns; k++)
                general_diagonal(a, &a->groups[g], k, sum);
        }
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

pgdp_status pg_absorber_weigh(pgdp_ctx *ctx, pg_absorber *a, const double *weights)
{
    double largest = 0;
    int exponent = 0;
    for (size_t i = 0; i < a->n_rows && weights != NULL; i++)
        largest = fmax(largest, weights[i]);
    if (weights != NULL && !(largest > 0 && isfinite(largest)))
        return pg_fail(ctx, PGDP_NUMERICAL, "the weights of the absorbed effects are not finite numbers above 0");
    (void)frexp(largest, &exponent);
    const double by = ldexp(1, -exponent / 2), again = ldexp(1, -exponent + exponent / 2); /* neither overflows */
    for (size_t i = 0; i < a->n_rows; i++)
        a->weight[i] = weights == NULL ? 1 : weights[pg_absorber_row(a, i)] * by * again;
    a->mass = pg_sum(a->weight, a->n_rows);
    for (size_t g = 0; g < a->n_groups; g++)
        PG_TRY(weigh_group(ctx, a, &a->groups[g]));
    return find_diagonal(ctx, a);
}
