/* batch_patterns.c  The rows of a family of groups by pattern of missing values, and its moments: batch_family.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/batch_family.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_NEEDS = 64,
    MOST_PATTERNS = 1 << 16,
    STORED_PART = 10,       /* of the columns' bytes: what the stored moments may take, ... */
    LEAST_STORED = 1 << 20, /* ... or so many */
    LEAST_TABLE = 1 << 16,  /* patterns x units that may be numbered beside few rows */
    SHIFT_ROWS = 8192
};
static const double worth = 0.8; /* work of a pass for each group at which sharing is not worth its bookkeeping */

/* Models of all groups of the family, as one group that needs what all of them need. */
static pgdp_status unite(pgdp_ctx *ctx, const pgdp_batch *b, uint32_t first, pg_batch_group *out)
{
    const pg_batch_group *g = &b->groups[first];
    *out = (pg_batch_group){ .sample = g->sample, .effects = g->effects, .needs = g->fixed, .n_needs = g->n_fixed };
    size_t n = 0;
    for (size_t i = first; i < b->n_groups && b->groups[i].family == first; i++)
        n += b->groups[i].n_models;
    PG_TRY_ALLOC(ctx, out->models, pg_arena_alloc(&ctx->scratch, n, sizeof *out->models));
    for (size_t i = first; i < b->n_groups && b->groups[i].family == first; i++) {
        memcpy(out->models + out->n_models, b->groups[i].models, b->groups[i].n_models * sizeof *out->models);
        out->n_models += b->groups[i].n_models;
    }
    return PGDP_OK;
}

static bool contains(const uint32_t *list, size_t n, uint32_t x)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == x) return true;
    return false;
}

uint64_t pg_batch_family_mask(const pg_batch_family *f, const pg_batch_group *g)
{
    uint64_t mask = 0;
    for (size_t k = 0; k < f->n_needs; k++)
        if (contains(g->needs, g->n_needs, f->needs[k])) mask |= (uint64_t)1 << k;
    return mask;
}

/* @return are they few enough? */
static bool list_needs(const pgdp_batch *b, pg_batch_family *f)
{
    for (size_t i = f->first; i < b->n_groups && b->groups[i].family == f->first; i++) {
        const pg_batch_group *g = &b->groups[i];
        for (size_t k = 0; k < g->n_needs; k++) {
            if (contains(g->fixed, g->n_fixed, g->needs[k]) || contains(f->needs, f->n_needs, g->needs[k])) continue;
            if (f->n_needs == MOST_NEEDS) return false;
            f->needs[f->n_needs++] = g->needs[k];
        }
    }
    return true;
}

/* What each row of the frame lacks. */
static pgdp_status find_lacks(pgdp_ctx *ctx, const pgdp_batch *b, const pg_batch_family *f, uint64_t **out)
{
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, pgdp_frame_n_rows(b->frame), sizeof **out));
    for (size_t k = 0; k < f->n_needs; k++) {
        pg_rows rows;
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        PG_TRY(pg_rows_init(ctx, &b->scope, NULL, &rows));
        PG_TRY(pg_batch_need(ctx, b, f->needs[k], &rows));
        for (size_t i = 0; i < rows.n_all; i++)
            if (rows.state[i] != PG_ROW_KEPT) (*out)[i] |= (uint64_t)1 << k;
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

/* The pattern of every row, numbered by first appearance. @return through *few: they are few enough */
static pgdp_status classify(pgdp_ctx *ctx, const pg_batch_sample *all, const uint64_t *lacks, pg_batch_family *f,
                            bool *few)
{
    pg_map index;
    uint64_t last = 0;
    uint32_t last_at = UINT32_MAX;
    *few = false;
    pg_map_init(&index, &ctx->scratch);
    PG_TRY_ALLOC(ctx, f->row, pg_arena_alloc(&f->arena, f->n_rows, sizeof *f->row));
    PG_TRY_ALLOC(ctx, f->pattern, pg_arena_alloc(&f->arena, f->n_rows, sizeof *f->pattern));
    PG_TRY_ALLOC(ctx, f->lacks, pg_arena_alloc(&f->arena, MOST_PATTERNS, sizeof *f->lacks));
    PG_TRY_ALLOC(ctx, f->n_of, pg_arena_alloc(&f->arena, MOST_PATTERNS, sizeof *f->n_of));
    PG_TRY_ALLOC(ctx, f->stored, pg_arena_alloc(&f->arena, MOST_PATTERNS, sizeof *f->stored));
    memcpy(f->row, all->rows.kept, f->n_rows * sizeof *f->row);
    for (size_t i = 0; i < f->n_rows; i++) {
        const uint64_t now = lacks[f->row[i]];
        if (last_at == UINT32_MAX || now != last) {
            size_t at = pg_map_find(&index, (const char *)&now, sizeof now);
            if (at == PGDP_NONE) {
                if (f->n_patterns == MOST_PATTERNS) return PGDP_OK;
                at = f->n_patterns++;
                f->lacks[at] = now;
                if (!pg_map_put(&index, (const char *)&f->lacks[at], sizeof now, at)) return pg_no_memory(ctx);
            }
            last = now;
            last_at = (uint32_t)at;
        }
        f->pattern[i] = last_at;
        f->n_of[last_at]++;
    }
    *few = true;
    return PGDP_OK;
}

/* A pattern and its rows, to be sorted: those of many rows first. */
typedef struct ranked {
    size_t n, pattern;
} ranked;
static int compare(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->n != y->n) return x->n < y->n ? 1 : -1;
    return (x->pattern > y->pattern) - (x->pattern < y->pattern);
}

/* Patterns of many rows are stored, as far as there is room. @return through *n_stored: at most so many cells */
static pgdp_status choose(pgdp_ctx *ctx, const pg_batch_sample *all, pg_batch_family *f, size_t *n_stored)
{
    const size_t p = all->n_columns, n_units = f->units.n_cells, part = f->n_rows * p * sizeof(double) / STORED_PART;
    const size_t room = (part > LEAST_STORED ? part : LEAST_STORED) / (p * p * sizeof(double));
    const size_t table = f->n_rows > LEAST_TABLE ? f->n_rows : LEAST_TABLE;
    ranked *order;
    *n_stored = 0;
    PG_TRY_ALLOC(ctx, order, pg_arena_alloc(&ctx->scratch, f->n_patterns, sizeof *order));
    for (size_t q = 0; q < f->n_patterns; q++)
        order[q] = (ranked){ f->n_of[q], q };
    qsort(order, f->n_patterns, sizeof *order, compare);
    for (size_t i = 0; i < f->n_patterns && (i + 1) * n_units <= table; i++) {
        const size_t cells = order[i].n < n_units ? order[i].n : n_units;
        if (*n_stored + cells > room) break;
        *n_stored += cells;
        f->stored[order[i].pattern] = true;
    }
    return PGDP_OK;
}

/* Work in products of a row, of the family together and of its groups each with a pass. A cell that is added up costs
 * about what two rows do. */
static bool is_worth_it(const pgdp_batch *b, const pg_batch_sample *all, const pg_batch_family *f)
{
    const double n_units = (double)f->units.n_cells;
    double together = 0, apart = 0, n_sources = 0;
    for (size_t i = 0; i < b->n_sources; i++)
        n_sources += all->count[i] > 0;
    for (size_t q = 0; q < f->n_patterns; q++)
        if (f->stored[q]) together += (double)f->n_of[q] * (double)(all->n_columns * all->n_columns);
    for (size_t i = f->first; i < b->n_groups && b->groups[i].family == f->first; i++) {
        const uint64_t mask = pg_batch_family_mask(f, &b->groups[i]);
        const double p = 1 + (double)b->groups[i].n_columns / n_sources * (double)(all->n_columns - 1); /* about */
        for (size_t q = 0; q < f->n_patterns; q++) {
            const double n = (double)f->n_of[q];
            if ((f->lacks[q] & mask) != 0) continue;
            apart += n * p * p;
            together += (f->stored[q] ? 2 * fmin(n, n_units) : n) * p * p;
        }
    }
    return together < worth * apart;
}

/* Cells of stored patterns, by first appearance; rows drawn [n] are those of these patterns. */
static pgdp_status number_cells(pgdp_ctx *ctx, pg_batch_family *f, size_t n_stored, pg_batch_sample *all)
{
    const size_t n_units = f->units.n_cells;
    uint32_t *place, *number;
    size_t n_places = 0, n = 0, n_cells = 0, *drawn;
    PG_TRY_ALLOC(ctx, place, pg_arena_alloc(&ctx->scratch, f->n_patterns, sizeof *place));
    for (size_t q = 0; q < f->n_patterns; q++)
        if (f->stored[q]) place[q] = (uint32_t)n_places++;
    PG_TRY_ALLOC(ctx, number, pg_arena_alloc(&ctx->scratch, n_places * n_units, sizeof *number));
    PG_TRY_ALLOC(ctx, drawn, pg_arena_alloc(&ctx->scratch, f->n_rows, sizeof *drawn));
    PG_TRY_ALLOC(ctx, all->cell, pg_arena_alloc(&ctx->scratch, f->n_rows, sizeof *all->cell));
    PG_TRY_ALLOC(ctx, f->cell_pattern, pg_arena_alloc(&f->arena, n_stored, sizeof *f->cell_pattern));
    PG_TRY_ALLOC(ctx, f->cell_unit, pg_arena_alloc(&f->arena, n_stored, sizeof *f->cell_unit));
    for (size_t i = 0; i < f->n_rows; i++) {
        if (!f->stored[f->pattern[i]]) continue;
        uint32_t *at = &number[place[f->pattern[i]] * n_units + f->unit[i]];
        if (*at == 0) {
            f->cell_pattern[n_cells] = f->pattern[i];
            f->cell_unit[n_cells] = f->unit[i];
            *at = (uint32_t)++n_cells;
        }
        if (all->weight != NULL) all->weight[n] = all->weight[i];
        drawn[n] = i;
        all->cell[n++] = *at - 1;
    }
    all->drawn = drawn;
    all->rows.n = n;
    all->cells = (pg_cells){ .n_cells = n_cells };
    return PGDP_OK;
}

/* Means of the first rows that have the column: near enough to those of all that no products lose digits to them. */
static void find_shift(const pg_batch_sample *all, double *shift)
{
    for (size_t j = 1; j < all->n_columns; j++) {
        double sum = 0, n = 0;
        for (size_t i = 0; i < all->rows.n && n < SHIFT_ROWS; i++) {
            const pg_batch_column *c = &all->columns[j];
            const double x = c->own != NULL ? c->own[i] : c->of_frame[all->rows.kept[i]];
            if (!isfinite(x)) continue;
            sum += x;
            n++;
        }
        shift[j] = n > 0 && isfinite(sum / n) ? sum / n : 0;
    }
}

static pgdp_status copy_units(pgdp_ctx *ctx, const pg_batch_sample *all, pg_batch_family *f)
{
    const pg_cells *from = &all->cells;
    uint32_t **group, *dims;
    f->units = (pg_cells){ .n_cells = from->n_cells, .n_dims = from->n_dims };
    PG_TRY_ALLOC(ctx, f->unit, pg_arena_alloc(&f->arena, f->n_rows, sizeof *f->unit));
    if (all->cell != NULL) memcpy(f->unit, all->cell, f->n_rows * sizeof *f->unit);
    PG_TRY_ALLOC(ctx, group, pg_arena_alloc(&f->arena, from->n_dims, sizeof *group));
    PG_TRY_ALLOC(ctx, dims, pg_arena_alloc(&f->arena, from->n_dims, sizeof *dims));
    for (size_t d = 0; d < from->n_dims; d++) {
        PG_TRY_ALLOC(ctx, group[d], pg_arena_alloc(&f->arena, from->n_cells, sizeof **group));
        memcpy(group[d], from->group[d], from->n_cells * sizeof **group);
        dims[d] = all->dims[d];
    }
    f->units.group = (const uint32_t *const *)group;
    f->dims = dims;
    return PGDP_OK;
}

/* Cells that a row's pattern makes incomplete hold what is no number: nobody reads them. */
static pgdp_status pass(pgdp_ctx *ctx, pg_batch_sample *all, size_t n_stored, pg_batch_family *f)
{
    double *shift;
    const size_t n_sources = all->batch->n_sources;
    PG_TRY_ALLOC(ctx, f->column, pg_arena_alloc(&f->arena, n_sources, sizeof *f->column));
    memcpy(f->column, all->first, n_sources * sizeof *f->column);
    PG_TRY_ALLOC(ctx, f->n_columns, pg_arena_alloc(&f->arena, n_sources, sizeof *f->n_columns));
    memcpy(f->n_columns, all->count, n_sources * sizeof *f->n_columns);
    PG_TRY_ALLOC(ctx, f->names, pg_arena_alloc(&f->arena, all->n_columns, sizeof *f->names));
    for (size_t j = 0; j < all->n_columns; j++)
        PG_TRY_ALLOC(ctx, f->names[j], pg_arena_strdup(&f->arena, all->names[j]));
    PG_TRY_ALLOC(ctx, shift, pg_arena_alloc(&ctx->scratch, all->n_columns, sizeof *shift));
    find_shift(all, shift);
    PG_TRY(number_cells(ctx, f, n_stored, all));
    const pg_blocks blocks = pg_batch_blocks(all, true);
    return pg_moments_pass(ctx, &blocks, shift, &f->moments);
}

pgdp_status pg_batch_family_find(pgdp_ctx *ctx, const pgdp_batch *b, pg_batch_family *f)
{
    pg_batch_group whole;
    bool *outcome, few;
    uint64_t *lacks;
    size_t n_stored;
    pg_batch_sample all = { .batch = b, .group = &whole, .every_level = true };
    PG_TRY_ALLOC(ctx, f->needs, pg_arena_alloc(&f->arena, MOST_NEEDS, sizeof *f->needs));
    if (!list_needs(b, f)) return PGDP_OK;
    PG_TRY(unite(ctx, b, f->first, &whole));
    PG_TRY_ALLOC(ctx, outcome, pg_arena_alloc(&ctx->scratch, b->n_sources, sizeof *outcome));
    PG_TRY(pg_batch_find_rows(ctx, &all));
    PG_TRY(pg_batch_find_columns(ctx, &all, outcome));
    PG_TRY(pg_batch_find_cells(ctx, &all));
    if (!all.cells_do) return PGDP_OK;
    f->n_rows = all.rows.n;
    PG_TRY(find_lacks(ctx, b, f, &lacks));
    PG_TRY(classify(ctx, &all, lacks, f, &few));
    if (!few) return PGDP_OK;
    PG_TRY(copy_units(ctx, &all, f));
    PG_TRY(choose(ctx, &all, f, &n_stored));
    f->pays = is_worth_it(b, &all, f);
    return f->pays ? pass(ctx, &all, n_stored, f) : PGDP_OK;
}
