/* absorb_sort.c  Rows by the level of the largest effect, with those of the others: absorb_system.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A counting sort over fixed blocks of rows: each counts its levels, the counts say where its rows of a level begin,
 * and rows of a level stand in their order, whatever the number of threads. Where columns are walked in the order of
 * the rows, levels and weights are all that is sorted, and the order itself is not kept. */
#include "core/parallel.h"
#include "stats/absorb_sorted.h"

#include <string.h>

enum { TILE = 1024, MOST_BLOCKS = 16, BLOCK_ROWS = 65536, MOST_RUNS = 32, RUN_ROWS = 32768 };

typedef struct sorting {
    pg_absorber *a;
    const pg_level_source *levels;
    uint32_t *order; /* NULL: not wanted */
    double *weight;  /* NULL: none to be sorted */
    uint32_t *next;  /* [n_blocks x levels of group 0] rows of a block by level, then where the next one goes */
    size_t block_rows;
} sorting;

static pgdp_status count_block(pgdp_ctx *ctx, void *user, size_t block)
{
    const sorting *s = user;
    const pg_range rows = pg_block_range(s->a->n_rows, s->block_rows, block);
    uint32_t *count = s->next + block * s->a->groups[0].n_levels, level[TILE];
    for (size_t first = rows.first; first < rows.end; first += TILE) {
        const size_t n = rows.end - first < TILE ? rows.end - first : TILE;
        s->levels->read(s->levels->user, s->a->groups[0].members[0], first, n, level);
        for (size_t i = 0; i < n; i++)
            count[level[i]]++;
    }
    (void)ctx;
    return PGDP_OK;
}

/* Rows before each level, and before each block's rows of it. */
static void add_up(const sorting *s, size_t n_blocks)
{
    const size_t n_levels = s->a->groups[0].n_levels;
    size_t sum = 0;
    for (size_t l = 0; l < n_levels; l++) {
        s->a->start[l] = sum;
        for (size_t b = 0; b < n_blocks; b++) {
            const size_t n = s->next[b * n_levels + l];
            s->next[b * n_levels + l] = (uint32_t)sum;
            sum += n;
        }
    }
    s->a->start[n_levels] = sum;
}

static pgdp_status place_block(pgdp_ctx *ctx, void *user, size_t block)
{
    const sorting *s = user;
    const pg_absorber *a = s->a;
    const pg_range rows = pg_block_range(a->n_rows, s->block_rows, block);
    uint32_t *next = s->next + block * a->groups[0].n_levels, place[TILE] = { 0 }, level[TILE];
    for (size_t first = rows.first; first < rows.end; first += TILE) {
        const size_t n = rows.end - first < TILE ? rows.end - first : TILE;
        for (size_t g = 0; g < a->n_groups; g++) {
            const pg_effect_group *group = &a->groups[g];
            s->levels->read(s->levels->user, group->members[0], first, n, level);
            for (size_t i = 0; i < n && g == 0; i++)
                place[i] = next[level[i]]++;
            for (size_t i = 0; i < n && group->level != NULL; i++)
                group->level[place[i]] = level[i];
            for (size_t i = 0; i < n && group->narrow != NULL; i++)
                group->narrow[place[i]] = (uint16_t)level[i];
        }
        for (size_t i = 0; i < n && s->order != NULL; i++)
            s->order[place[i]] = (uint32_t)(first + i);
        for (size_t i = 0; i < n && s->weight != NULL; i++)
            s->weight[place[i]] = a->given[pg_level_row(s->levels, first + i)];
    }
    (void)ctx;
    return PGDP_OK;
}

/* Runs of about as many rows each; what each adds up by level of the rest is to be little beside its rows. */
static pgdp_status find_runs(pgdp_ctx *ctx, pg_absorber *a)
{
    size_t n = a->n_rows / RUN_ROWS, l = 0;
    if (n > a->n_rows / (32 * (a->n_rest + 1))) n = a->n_rows / (32 * (a->n_rest + 1));
    a->n_runs = n < 1 ? 1 : n > MOST_RUNS ? MOST_RUNS : n;
    PG_TRY_ALLOC(ctx, a->runs, pg_arena_alloc(&ctx->scratch, a->n_runs + 1, sizeof *a->runs));
    for (size_t r = 0; r < a->n_runs; r++) {
        while (l < a->groups[0].n_levels && a->start[l] < r * (a->n_rows / a->n_runs))
            l++;
        a->runs[r] = l;
    }
    a->runs[a->n_runs] = a->groups[0].n_levels;
    return PGDP_OK;
}

pgdp_status pg_absorber_sort(pgdp_ctx *ctx, pg_absorber *a, const pg_level_source *levels)
{
    const size_t n_levels = a->groups[0].n_levels, fitting = a->n_rows / (4 * n_levels);
    size_t n_blocks = pg_n_blocks(a->n_rows, BLOCK_ROWS);
    sorting s = { .a = a, .levels = levels };
    if (n_blocks > fitting) n_blocks = fitting;
    if (n_blocks > MOST_BLOCKS) n_blocks = MOST_BLOCKS;
    s.block_rows = pg_n_blocks(a->n_rows, n_blocks > 0 ? n_blocks : 1);
    n_blocks = pg_n_blocks(a->n_rows, s.block_rows);
    if (a->levels == NULL) PG_TRY_ALLOC(ctx, s.order, pg_arena_uncleared(&ctx->scratch, a->n_rows, sizeof *s.order));
    if (a->given != NULL) PG_TRY_ALLOC(ctx, s.weight, pg_arena_uncleared(&ctx->scratch, a->n_rows, sizeof *s.weight));
    a->order = s.order;
    a->room = s.weight;
    a->sorted = a->levels != NULL;
    PG_TRY_ALLOC(ctx, a->start, pg_arena_alloc(&ctx->scratch, n_levels + 1, sizeof *a->start));
    for (size_t g = 0; g < a->n_groups; g++) {
        pg_effect_group *group = &a->groups[g];
        const bool lone = group->n_columns == 1 && a->effects[group->members[0]].slope == NULL;
        if (g == 0 && lone) continue;
        if (a->levels != NULL && group->n_levels <= UINT16_MAX)
            PG_TRY_ALLOC(ctx, group->narrow,
                         pg_arena_uncleared(&ctx->scratch, a->n_rows + PG_LEVELS_ROOM, sizeof *group->narrow));
        else
            PG_TRY_ALLOC(ctx, group->level, pg_arena_uncleared(&ctx->scratch, a->n_rows, sizeof *group->level));
    }
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY_ALLOC(ctx, s.next, pg_arena_alloc(&ctx->scratch, n_blocks * n_levels, sizeof *s.next));
    PG_TRY(pg_parallel(ctx, NULL, n_blocks, count_block, &s));
    add_up(&s, n_blocks);
    PG_TRY(pg_parallel(ctx, NULL, n_blocks, place_block, &s));
    pg_arena_rewind(&ctx->scratch, mark);
    return find_runs(ctx, a);
}
