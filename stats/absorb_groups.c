/* absorb_groups.c  Effects to groups over sorted rows: absorb_system.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/absorb_system.h"

#include <math.h>
#include <string.h>

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

/* Levels that stand in no array: every effect is a group. */
static pgdp_status list_groups(pgdp_ctx *ctx, pg_absorber *a)
{
    size_t *members;
    PG_TRY_ALLOC(ctx, a->groups, pg_arena_alloc(&ctx->scratch, a->n_effects, sizeof *a->groups));
    PG_TRY_ALLOC(ctx, members, pg_arena_alloc(&ctx->scratch, a->n_effects, sizeof *members));
    for (size_t e = 0; e < a->n_effects; e++) {
        members[e] = e;
        a->groups[e] = (pg_effect_group){ .members = &members[e], .n_columns = 1, .n_levels = a->effects[e].n_levels };
    }
    a->n_groups = a->n_effects;
    return PGDP_OK;
}

static void read_levels(const void *user, size_t effect, size_t first, size_t n, uint32_t *out)
{
    const size_t *level = ((const pgdp_effect *)user)[effect].level + first;
    for (size_t i = 0; i < n; i++)
        out[i] = (uint32_t)level[i];
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
    a->weight = a->room = NULL;
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
    const pg_level_source stored = { .read = read_levels, .user = a->effects };
    if (a->levels == NULL) PG_TRY(check(ctx, a));
    PG_TRY((a->levels == NULL ? find_groups : list_groups)(ctx, a));
    if (!keep_order) largest_first(a);
    for (size_t g = 1; g < a->n_groups; g++) {
        a->groups[g].first = a->n_rest;
        a->n_rest += a->groups[g].n_levels * a->groups[g].n_columns;
    }
    PG_TRY(allocate(ctx, a));
    return pg_absorber_sort(ctx, a, a->levels == NULL ? &stored : a->levels);
}

pgdp_status pg_absorber_copy(pgdp_ctx *ctx, const pg_absorber *from, pg_absorber **out)
{
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, 1, sizeof **out));
    pg_absorber *a = *out;
    *a = *from;
    PG_TRY_ALLOC(ctx, a->groups, pg_arena_alloc(&ctx->scratch, a->n_groups, sizeof *a->groups));
    memcpy(a->groups, from->groups, a->n_groups * sizeof *a->groups);
    PG_TRY(allocate(ctx, a));
    PG_TRY_ALLOC(ctx, a->room, pg_arena_uncleared(&ctx->scratch, a->n_rows, sizeof *a->room));
    if (from->dense != NULL) PG_TRY(pg_schur_new(ctx, a->n_rest, &a->dense));
    return from->sparse != NULL ? pg_network_copy(ctx, from->sparse, &a->sparse) : PGDP_OK;
}
