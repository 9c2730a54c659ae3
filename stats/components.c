/* components.c  Connected components of the levels of two effects, by union and find. Source: Abowd, Creecy & Kramarz
 * (2002), "Computing person and firm effects using linked longitudinal employer-employee data", section 2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/absorb_sorted.h"

/* The root of a tree, its path halved on the way (Tarjan & van Leeuwen 1984). */
static size_t find(size_t *parent, size_t i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

/* Trees of n levels, the lowest of each its root. */
typedef struct forest {
    size_t *parent, n, n_trees;
} forest;

static pgdp_status forest_new(pgdp_ctx *ctx, size_t n, forest *f)
{
    *f = (forest){ .n = n, .n_trees = n };
    PG_TRY_ALLOC(ctx, f->parent, pg_arena_alloc(&ctx->scratch, n, sizeof *f->parent));
    for (size_t i = 0; i < n; i++)
        f->parent[i] = i;
    return PGDP_OK;
}

static void join(forest *f, size_t i, size_t j)
{
    const size_t x = find(f->parent, i), y = find(f->parent, j);
    if (x == y) return;
    f->parent[x > y ? x : y] = x < y ? x : y;
    f->n_trees--;
}

/* of [n], or NULL */
static pgdp_status number_trees(pgdp_ctx *ctx, const forest *f, size_t n, size_t *of)
{
    size_t *number, count = 0;
    if (of == NULL) return PGDP_OK;
    PG_TRY_ALLOC(ctx, number, pg_arena_alloc(&ctx->scratch, f->n, sizeof *number));
    for (size_t i = 0; i < n; i++) {
        const size_t root = find(f->parent, i);
        if (number[root] == 0) number[root] = ++count;
        of[i] = number[root] - 1;
    }
    return PGDP_OK;
}

pgdp_status pg_components(pgdp_ctx *ctx, const pgdp_effect *a, const pgdp_effect *b, size_t n_rows, size_t *of_a,
                          size_t *n_components)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    forest f;
    PG_TRY(forest_new(ctx, a->n_levels + b->n_levels, &f));
    for (size_t i = 0; i < n_rows && f.n_trees > 1; i++)
        join(&f, a->level[i], a->n_levels + b->level[i]);
    PG_TRY(number_trees(ctx, &f, a->n_levels, of_a));
    *n_components = f.n_trees;
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

pgdp_status pg_absorber_components(pgdp_ctx *ctx, const pg_absorber *a, size_t g, size_t h, size_t *of_g,
                                   size_t *n_components)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const size_t n = a->groups[g].n_levels;
    forest f;
    PG_TRY(forest_new(ctx, n + a->groups[h].n_levels, &f));
    for (size_t l = 0; l < a->groups[0].n_levels && f.n_trees > 1; l++)
        for (size_t i = a->start[l]; i < a->start[l + 1]; i++)
            join(&f, pg_absorber_level(a, g, l, i), n + pg_absorber_level(a, h, l, i));
    PG_TRY(number_trees(ctx, &f, n, of_g));
    *n_components = f.n_trees;
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

pgdp_status pg_components_of_levels(pgdp_ctx *ctx, const pg_level_source *levels, const pgdp_effect *effects,
                                    size_t n_rows, size_t *n_components)
{
    enum { TILE = 1024 };
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    uint32_t a[TILE], b[TILE];
    forest f;
    PG_TRY(forest_new(ctx, effects[0].n_levels + effects[1].n_levels, &f));
    for (size_t first = 0; first < n_rows && f.n_trees > 1; first += TILE) {
        const size_t n = n_rows - first < TILE ? n_rows - first : TILE;
        levels->read(levels->user, 0, first, n, a);
        levels->read(levels->user, 1, first, n, b);
        for (size_t i = 0; i < n; i++)
            join(&f, a[i], effects[0].n_levels + b[i]);
    }
    *n_components = f.n_trees;
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
