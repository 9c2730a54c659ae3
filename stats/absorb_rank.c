/* absorb_rank.c  How many parameters absorbed effects are: absorb.h. Source: Abowd, Creecy & Kramarz (2002); pairwise
 * bound for three and more effects: Correia (2017), "Linear models with high-dimensional fixed effects", section 4.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rank does not depend on the weights. One and two intercept effects: exact, by connected components; more are,
 * too, where others span all but two of them. Others: exact by elimination where the effects after the first are few,
 * or by the pivots of the sparse factor where these are clear of the limit, else an upper bound. */
#include "stats/absorb_sorted.h"

enum { MOST_EXACT = 500 };

/* Columns of each member that do not vanish in their level. */
static size_t own_rank(const pg_effect_group *g, size_t k)
{
    size_t n = 0;
    for (size_t l = 0; l < g->n_levels; l++) {
        const double size = g->unit != NULL ? g->unit[l] : g->triangle[(l * g->n_columns + k) * g->n_columns + k];
        n += size > 0;
    }
    return n;
}

static size_t group_of(const pg_absorber *a, size_t e)
{
    for (size_t g = 0; g < a->n_groups; g++)
        for (size_t k = 0; k < a->groups[g].n_columns; k++)
            if (a->groups[g].members[k] == e) return g;
    return 0;
}

/* Intercepts: every level once, less the components with that earlier intercept which has most of them. */
static pgdp_status pairwise(pgdp_ctx *ctx, const pg_absorber *a, size_t e, size_t *rank)
{
    size_t most = 0;
    for (size_t f = 0; f < e; f++) {
        size_t n;
        if (a->effects[f].slope != NULL) continue;
        PG_TRY(pg_absorber_components(ctx, a, group_of(a, f), group_of(a, e), NULL, &n));
        if (n > most) most = n;
    }
    *rank = *rank > most ? *rank - most : 0;
    return PGDP_OK;
}

/* Elimination in the order of the effects: what each adds is what it is not passed over for.
 * @return in *clear: no pivot that was kept may be rounding */
static pgdp_status by_elimination(pgdp_ctx *ctx, const pg_absorber *a, size_t *rank, bool *clear)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_absorber plain = { .n_rows = a->n_rows, .n_effects = a->n_effects, .effects = a->effects, .levels = a->levels };
    pg_schur *s;
    PG_TRY(pg_absorber_shape(ctx, &plain, true));
    PG_TRY(pg_absorber_weigh(ctx, &plain, NULL));
    PG_TRY(pg_schur_new(ctx, plain.n_rest, &s));
    PG_TRY(pg_schur_factor(ctx, &plain, PG_PIVOT_RANK, s));
    for (size_t g = 1; g < plain.n_groups; g++) {
        const pg_effect_group *group = &plain.groups[g];
        for (size_t k = 0; k < group->n_columns; k++) {
            rank[group->members[k]] = 0;
            for (size_t l = 0; l < group->n_levels; l++)
                rank[group->members[k]] += !s->skipped[group->first + l * group->n_columns + k];
        }
    }
    *clear = true;
    for (size_t j = 0; j < s->n; j++) {
        const double root = s->r[j + j * s->n];
        *clear = *clear && (s->skipped[j] || root * root > PG_PIVOT_IS_CLEAR);
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

/* The bounds come down to the whole rank, those of the last effects first. @return false: they are below it */
static bool bring_down(const pg_absorber *a, size_t exact, size_t *rank)
{
    size_t sum = 0;
    for (size_t e = 0; e < a->n_effects; e++)
        sum += rank[e];
    if (exact > sum) return false;
    for (size_t e = a->n_effects; e-- > 0 && sum > exact;) {
        const size_t less = sum - exact < rank[e] ? sum - exact : rank[e];
        rank[e] -= less;
        sum -= less;
    }
    return true;
}

/* By the whole rank that the sparse factor tells. */
static bool by_factor(const pg_absorber *a, size_t *rank)
{
    size_t exact;
    if (a->sparse == NULL || !pg_network_rank(a->sparse, &exact)) return false;
    for (size_t k = 0; k < a->groups[0].n_columns; k++)
        exact += own_rank(&a->groups[0], k);
    return bring_down(a, exact, rank);
}

/* Is every level of group g part of one of h? */
static pgdp_status is_part(pgdp_ctx *ctx, const pg_absorber *a, size_t g, size_t h, bool *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    uint32_t *of; /* 1 + the level of h of the first row */
    *out = true;
    PG_TRY_ALLOC(ctx, of, pg_arena_alloc(&ctx->scratch, a->groups[g].n_levels, sizeof *of));
    for (size_t l = 0; l < a->groups[0].n_levels && *out; l++) {
        for (size_t i = a->start[l]; i < a->start[l + 1] && *out; i++) {
            const uint32_t whole = (uint32_t)pg_absorber_level(a, h, l, i) + 1;
            uint32_t *part = &of[pg_absorber_level(a, g, l, i)];
            if (*part == 0) *part = whole;
            *out = *part == whole;
        }
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

/* Are the levels of another effect that is kept parts of those of e? Then e adds nothing to that one. */
static pgdp_status is_spanned(pgdp_ctx *ctx, const pg_absorber *a, size_t e, const bool *left_out, bool *out)
{
    *out = false;
    for (size_t f = 0; f < a->n_effects && !*out; f++)
        if (f != e && !left_out[f] && a->effects[f].n_levels >= a->effects[e].n_levels)
            PG_TRY(is_part(ctx, a, group_of(a, f), group_of(a, e), out));
    return PGDP_OK;
}

/* state, year and state^year are as many parameters as the pairs: where no more than two effects are left that others
 * do not span, these tell the rank. */
static pgdp_status by_nesting(pgdp_ctx *ctx, const pg_absorber *a, size_t *rank, bool *told)
{
    size_t n_left = a->n_effects, of_left = 0, n_components = 0, before = PGDP_NONE;
    bool *left_out;
    PG_TRY_ALLOC(ctx, left_out, pg_arena_alloc(&ctx->scratch, a->n_effects, sizeof *left_out));
    for (size_t e = 0; e < a->n_effects; e++) {
        if (a->effects[e].slope != NULL) return PGDP_OK;
        PG_TRY(is_spanned(ctx, a, e, left_out, &left_out[e]));
        n_left -= left_out[e];
    }
    if (n_left > 2) return PGDP_OK;
    for (size_t e = 0; e < a->n_effects; e++) {
        if (left_out[e]) continue;
        of_left += a->effects[e].n_levels;
        if (before != PGDP_NONE)
            PG_TRY(pg_absorber_components(ctx, a, group_of(a, before), group_of(a, e), NULL, &n_components));
        before = e;
    }
    *told = bring_down(a, of_left - n_components, rank);
    return PGDP_OK;
}

/* Coefficients of the groups after that of the first effect. */
static size_t n_after_first(const pg_absorber *a)
{
    const pg_effect_group *first = &a->groups[group_of(a, 0)];
    size_t sum = 0;
    for (size_t g = 0; g < a->n_groups; g++)
        sum += a->groups[g].n_levels * a->groups[g].n_columns;
    return sum - first->n_levels * first->n_columns;
}

bool pg_absorber_rank_is_simple(const pg_absorber *a)
{
    bool slopes = false;
    for (size_t e = 0; e < a->n_effects; e++)
        slopes = slopes || a->effects[e].slope != NULL;
    return a->n_groups == 1 || (a->n_groups == 2 && !slopes);
}

pgdp_status pg_absorber_find_rank(pgdp_ctx *ctx, pg_absorber *a)
{
    size_t *rank;
    PG_TRY_ALLOC(ctx, rank, pg_arena_alloc(&ctx->scratch, a->n_effects, sizeof *rank));
    a->rank = rank;
    for (size_t g = 0; g < a->n_groups; g++)
        for (size_t k = 0; k < a->groups[g].n_columns; k++)
            rank[a->groups[g].members[k]] = own_rank(&a->groups[g], k);
    const bool simple = pg_absorber_rank_is_simple(a);
    if (!simple && pg_schur_is_cheap(a, n_after_first(a), MOST_EXACT)) {
        bool clear;
        PG_TRY(by_elimination(ctx, a, rank, &clear));
        a->rank_is_bound = !clear;
        return PGDP_OK;
    }
    if (simple && a->n_groups == 2) {
        const size_t e = a->groups[0].members[0], f = a->groups[1].members[0];
        size_t n_components;
        PG_TRY(pg_absorber_components(ctx, a, 1, 0, NULL, &n_components));
        rank[e > f ? e : f] -= n_components;
    }
    for (size_t e = 1; e < a->n_effects && !simple; e++)
        if (a->effects[e].slope == NULL) PG_TRY(pairwise(ctx, a, e, &rank[e]));
    bool told = simple;
    if (!told) PG_TRY(by_nesting(ctx, a, rank, &told));
    a->rank_is_bound = !told && !by_factor(a, rank);
    return PGDP_OK;
}

size_t pg_absorber_rank(const pg_absorber *a, bool *is_bound)
{
    size_t sum = 0;
    for (size_t e = 0; e < a->n_effects; e++)
        sum += a->rank[e];
    *is_bound = a->rank_is_bound;
    return sum;
}

size_t pg_absorber_rank_of(const pg_absorber *a, size_t i)
{
    return a->rank[i];
}

pgdp_status pg_effect_is_nested(pgdp_ctx *ctx, const pgdp_effect *effect, const size_t *cluster, size_t n_rows,
                                bool *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    size_t *group; /* 1 + that of the level's first row */
    *out = true;
    if (effect->level == cluster) return PGDP_OK;
    PG_TRY_ALLOC(ctx, group, pg_arena_alloc(&ctx->scratch, effect->n_levels, sizeof *group));
    for (size_t i = 0; i < n_rows && *out; i++) {
        size_t *of = &group[effect->level[i]];
        if (*of == 0) *of = cluster[i] + 1;
        *out = *of == cluster[i] + 1;
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
