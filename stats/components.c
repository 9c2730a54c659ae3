/* components.c  Connected components of the levels of two effects, by union and find. Source: Abowd, Creecy & Kramarz
 * (2002), "Computing person and firm effects using linked longitudinal employer-employee data", section 2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/absorb_system.h"

/* The root of a tree, its path halved on the way (Tarjan & van Leeuwen 1984). */
static size_t find(size_t *parent, size_t i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

pgdp_status pg_components(pgdp_ctx *ctx, const pgdp_effect *a, const pgdp_effect *b, size_t n_rows, size_t *of_a,
                          size_t *n_components)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const size_t n = a->n_levels + b->n_levels;
    size_t *parent, *number;
    PG_TRY_ALLOC(ctx, parent, pg_arena_alloc(&ctx->scratch, n, sizeof *parent));
    PG_TRY_ALLOC(ctx, number, pg_arena_alloc(&ctx->scratch, n, sizeof *number));
    for (size_t i = 0; i < n; i++)
        parent[i] = i;
    size_t count = n;
    for (size_t i = 0; i < n_rows; i++) {
        const size_t x = find(parent, a->level[i]), y = find(parent, a->n_levels + b->level[i]);
        if (x == y) continue;
        parent[x > y ? x : y] = x < y ? x : y; /* the lowest level stays the root */
        count--;
    }
    *n_components = 0;
    for (size_t i = 0; i < a->n_levels && of_a != NULL; i++) {
        const size_t root = find(parent, i);
        if (number[root] == 0) number[root] = ++*n_components;
        of_a[i] = number[root] - 1;
    }
    *n_components = count;
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
