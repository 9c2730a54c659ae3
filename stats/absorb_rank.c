/* absorb_rank.c  How many parameters absorbed effects are: absorb.h. Source: Abowd, Creecy & Kramarz (2002); pairwise
 * bound for three and more effects: Correia (2017), "Linear models with high-dimensional fixed effects", section 4.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rank does not depend on the weights. One and two intercept effects: exact, by connected components. Others:
 * exact by elimination where the effects after the first are few, else an upper bound. */
#include "stats/absorb_system.h"

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

/* Intercepts: every level once, less the components with that earlier intercept which has most of them. */
static pgdp_status pairwise(pgdp_ctx *ctx, const pg_absorber *a, size_t e, size_t *rank)
{
    size_t most = 0;
    for (size_t f = 0; f < e; f++) {
        size_t n;
        if (a->effects[f].slope != NULL) continue;
        PG_TRY(pg_components(ctx, &a->effects[f], &a->effects[e], a->n_rows, NULL, &n));
        if (n > most) most = n;
    }
    *rank = *rank > most ? *rank - most : 0;
    return PGDP_OK;
}

/* Elimination in the order of the effects: what each adds is what it is not passed over for. */
static pgdp_status by_elimination(pgdp_ctx *ctx, const pg_absorber *plain, size_t *rank)
{
    pg_schur *s;
    PG_TRY(pg_schur_new(ctx, plain->n_rest, &s));
    PG_TRY(pg_schur_factor(ctx, plain, s));
    for (size_t g = 1; g < plain->n_groups; g++) {
        const pg_effect_group *group = &plain->groups[g];
        for (size_t k = 0; k < group->n_columns; k++) {
            rank[group->members[k]] = 0;
            for (size_t l = 0; l < group->n_levels; l++)
                rank[group->members[k]] += !s->skipped[group->first + l * group->n_columns + k];
        }
    }
    return PGDP_OK;
}

pgdp_status pg_absorber_find_rank(pgdp_ctx *ctx, pg_absorber *a)
{
    size_t *rank;
    PG_TRY_ALLOC(ctx, rank, pg_arena_alloc(&ctx->scratch, a->n_effects, sizeof *rank));
    a->rank = rank;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_absorber plain = { .n_rows = a->n_rows, .n_effects = a->n_effects, .effects = a->effects };
    PG_TRY(pg_absorber_shape(ctx, &plain, true));
    PG_TRY(pg_absorber_weigh(ctx, &plain, NULL));
    bool slopes = false;
    for (size_t e = 0; e < a->n_effects; e++)
        slopes = slopes || a->effects[e].slope != NULL;
    for (size_t g = 0; g < plain.n_groups; g++)
        for (size_t k = 0; k < plain.groups[g].n_columns; k++)
            rank[plain.groups[g].members[k]] = own_rank(&plain.groups[g], k);
    const bool simple = plain.n_groups == 1 || (plain.n_groups == 2 && !slopes);
    if (!simple && pg_schur_is_cheap(&plain, MOST_EXACT)) {
        PG_TRY(by_elimination(ctx, &plain, rank));
    } else {
        a->rank_is_bound = !simple;
        for (size_t g = 1; g < plain.n_groups; g++)
            if (a->effects[plain.groups[g].members[0]].slope == NULL)
                PG_TRY(pairwise(ctx, a, plain.groups[g].members[0], &rank[plain.groups[g].members[0]]));
    }
    pg_arena_rewind(&ctx->scratch, mark);
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

bool pg_effect_is_nested(const pgdp_effect *effect, const size_t *cluster, size_t n_rows)
{
    enum { ROOM = 4096 }; /* levels looked at in one pass over the rows: no memory, and most answers are early */
    size_t group[ROOM];
    for (size_t from = 0; from < effect->n_levels; from += ROOM) {
        for (size_t l = 0; l < ROOM; l++)
            group[l] = PGDP_NONE;
        for (size_t i = 0; i < n_rows; i++) {
            const size_t l = effect->level[i] - from; /* wraps round for levels before */
            if (l >= ROOM) continue;
            if (group[l] == PGDP_NONE) group[l] = cluster[i];
            if (group[l] != cluster[i]) return false;
        }
    }
    return true;
}
