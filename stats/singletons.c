/* singletons.c  Rows alone in a level of an absorbed effect, left out until there is none. Source: Correia (2015),
 * "Singletons, cluster-robust standard errors and fixed effects: a bad mix". SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each level keeps the number of its rows and the exclusive or of their indices: when one row is left, that is its
 * index. So the cost is O(n_rows * n_effects), however long a chain of drops is. */
#include "stats/absorb.h"

#include <math.h>

/* Rows of a slope's level count where the slope is not zero: one alone is fitted perfectly. */
static bool takes_part(const pgdp_effect *effect, size_t row)
{
    return effect->slope == NULL || fabs(effect->slope[row]) > 0;
}

typedef struct tally {
    size_t count, rows; /* rows: exclusive or of indices */
} tally;

static void drop_row(const pgdp_effect *effects, size_t n_effects, size_t row, tally *const *tallies, bool *drop)
{
    drop[row] = true;
    for (size_t e = 0; e < n_effects; e++) {
        if (!takes_part(&effects[e], row)) continue;
        tally *t = &tallies[e][effects[e].level[row]];
        t->count--;
        t->rows ^= row;
    }
}

pgdp_status pg_singletons(pgdp_ctx *ctx, const pgdp_effect *effects, size_t n_effects, size_t n_rows, bool *drop,
                          size_t *n_dropped)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    tally **tallies;
    size_t *stack, n_stack = 0;
    *n_dropped = 0;
    PG_TRY_ALLOC(ctx, tallies, pg_arena_alloc(&ctx->scratch, n_effects, sizeof *tallies));
    PG_TRY_ALLOC(ctx, stack, pg_arena_alloc(&ctx->scratch, n_rows * n_effects + 1, sizeof *stack));
    for (size_t e = 0; e < n_effects; e++) {
        PG_TRY_ALLOC(ctx, tallies[e], pg_arena_alloc(&ctx->scratch, effects[e].n_levels, sizeof **tallies));
        for (size_t i = 0; i < n_rows; i++) {
            tally *t = &tallies[e][effects[e].level[i]];
            if (!takes_part(&effects[e], i)) continue;
            t->count++;
            t->rows ^= i;
        }
    }
    for (size_t e = 0; e < n_effects; e++)
        for (size_t l = 0; l < effects[e].n_levels; l++)
            if (tallies[e][l].count == 1) stack[n_stack++] = tallies[e][l].rows;
    while (n_stack > 0) {
        const size_t row = stack[--n_stack];
        if (drop[row]) continue;
        drop_row(effects, n_effects, row, tallies, drop);
        (*n_dropped)++;
        for (size_t e = 0; e < n_effects; e++) {
            const tally *t = &tallies[e][effects[e].level[row]];
            if (t->count == 1 && takes_part(&effects[e], row)) stack[n_stack++] = t->rows;
        }
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
