/* moments_labels.c  The handle of public moments, what it tells, and the sum of two: moments_labels.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/moments_labels.h"

#include "core/map.h"
#include "core/text.h"

#include <string.h>

pgdp_status pg_labelled_new(pgdp_ctx *ctx, pg_moments *m, const char *weights, pgdp_moments **out)
{
    pgdp_moments *h = ctx->allocator.realloc(ctx->allocator.user, NULL, sizeof *h);
    if (h == NULL) {
        pg_moments_free(m);
        return pg_no_memory(ctx);
    }
    *h = (pgdp_moments){ .allocator = ctx->allocator, .m = m };
    pg_arena_init(&h->arena, &ctx->allocator);
    h->weights = pg_arena_strdup(&h->arena, weights);
    if (h->weights != NULL) {
        *out = h;
        return PGDP_OK;
    }
    pgdp_moments_free(h);
    return pg_no_memory(ctx);
}

pgdp_status pg_labelled_set(pgdp_ctx *ctx, const pg_dimension *dimensions, pgdp_moments *h)
{
    pg_dimension *to;
    PG_TRY_ALLOC(ctx, to, pg_arena_alloc(&h->arena, h->m->cells.n_dims, sizeof *to));
    for (size_t d = 0; d < h->m->cells.n_dims; d++) {
        const char **labels;
        PG_TRY_ALLOC(ctx, labels, pg_arena_alloc(&h->arena, h->m->cells.n_groups[d], sizeof *labels));
        PG_TRY_ALLOC(ctx, to[d].name, pg_arena_strdup(&h->arena, dimensions[d].name));
        for (size_t g = 0; g < h->m->cells.n_groups[d]; g++)
            PG_TRY_ALLOC(ctx, labels[g], pg_arena_strdup(&h->arena, dimensions[d].labels[g]));
        to[d].labels = labels;
        to[d].order = dimensions[d].order;
    }
    h->dimensions = to;
    return PGDP_OK;
}

void pgdp_moments_free(pgdp_moments *h)
{
    if (h == NULL) return;
    const pgdp_allocator allocator = h->allocator;
    pg_moments_free(h->m);
    pg_arena_free(&h->arena);
    allocator.realloc(allocator.user, h, 0);
}

size_t pgdp_moments_n_rows(const pgdp_moments *h)
{
    return h->m->n_rows;
}

size_t pgdp_moments_n_cells(const pgdp_moments *h)
{
    return h->m->cells.n_cells;
}

const char *pgdp_moments_name(const pgdp_moments *h, size_t i)
{
    return i < h->m->n_cols ? h->m->names[i] : NULL;
}

double pgdp_moments_product(const pgdp_moments *h, size_t i, size_t j)
{
    const pg_moments *m = h->m;
    const double *s = m->shift, *t = m->total;
    const size_t k = m->n_cols;
    return t[i + j * k] + s[i] * t[j * k] + s[j] * t[i * k] + s[i] * s[j] * t[0];
}

/* Cells and groups of both, those of a first. */
typedef struct joining {
    const pgdp_moments *a, *b;
    pg_cells cells;
    size_t *cell;            /* [cells of b] of the sum */
    uint32_t **group;        /* [n_dims][cells of both] */
    size_t *n_groups;        /* [n_dims] */
    pg_dimension *dimension; /* [n_dims] */
} joining;

static pgdp_status check_same(pgdp_ctx *ctx, const pgdp_moments *a, const pgdp_moments *b)
{
    const char *what = NULL;
    if (a->m->n_cols != b->m->n_cols) what = "columns";
    for (size_t j = 0; what == NULL && j < a->m->n_cols; j++)
        if (!pg_streq(a->m->names[j], b->m->names[j])) what = "columns";
    if (a->m->cells.n_dims != b->m->cells.n_dims) what = "cells";
    for (size_t d = 0; what == NULL && d < a->m->cells.n_dims; d++)
        if (!pg_streq(a->dimensions[d].name, b->dimensions[d].name)) what = "cells";
    if (!pg_streq(a->weights, b->weights)) what = "weights";
    if (what == NULL) return PGDP_OK;
    return pg_fail(ctx, PGDP_SHAPE_MISMATCH,
                   "found moments of other %s, expected the same in both; make both by one specification, with levels "
                   "of a factor that both sets of rows have",
                   what);
}

/* of_b: the group of the sum that each of b's groups of a dimension is. */
static pgdp_status join_groups(pgdp_ctx *ctx, joining *j, size_t d, uint32_t **of_b)
{
    const size_t n_a = j->a->m->cells.n_groups[d], n_b = j->b->m->cells.n_groups[d];
    const char **labels;
    size_t n = n_a;
    pg_map map;
    pg_map_init(&map, &ctx->scratch);
    PG_TRY_ALLOC(ctx, labels, pg_arena_alloc(&ctx->scratch, n_a + n_b, sizeof *labels));
    PG_TRY_ALLOC(ctx, *of_b, pg_arena_alloc(&ctx->scratch, n_b, sizeof **of_b));
    for (size_t g = 0; g < n_a; g++) {
        labels[g] = j->a->dimensions[d].labels[g];
        if (!pg_map_put(&map, labels[g], strlen(labels[g]), g)) return pg_no_memory(ctx);
    }
    for (size_t g = 0; g < n_b; g++) {
        const char *label = j->b->dimensions[d].labels[g];
        const size_t found = pg_map_find(&map, label, strlen(label));
        if (found == PGDP_NONE) labels[n] = label;
        (*of_b)[g] = (uint32_t)(found == PGDP_NONE ? n++ : found);
    }
    j->n_groups[d] = n;
    j->dimension[d] = j->a->dimensions[d];
    j->dimension[d].labels = labels;
    return PGDP_OK;
}

/* Cells of a as they are, those of b that a has not after them. */
static pgdp_status join_cells(pgdp_ctx *ctx, joining *j)
{
    const pg_cells *a = &j->a->m->cells, *b = &j->b->m->cells;
    const size_t dims = a->n_dims, most = a->n_cells + b->n_cells;
    uint32_t **of_b, *keys;
    pg_map map;
    pg_map_init(&map, &ctx->scratch);
    PG_TRY_ALLOC(ctx, of_b, pg_arena_alloc(&ctx->scratch, dims, sizeof *of_b));
    PG_TRY_ALLOC(ctx, j->group, pg_arena_alloc(&ctx->scratch, dims, sizeof *j->group));
    PG_TRY_ALLOC(ctx, j->n_groups, pg_arena_alloc(&ctx->scratch, dims, sizeof *j->n_groups));
    PG_TRY_ALLOC(ctx, j->dimension, pg_arena_alloc(&ctx->scratch, dims, sizeof *j->dimension));
    PG_TRY_ALLOC(ctx, j->cell, pg_arena_alloc(&ctx->scratch, b->n_cells, sizeof *j->cell));
    PG_TRY_ALLOC(ctx, keys, pg_arena_alloc(&ctx->scratch, most * dims + 1, sizeof *keys));
    for (size_t d = 0; d < dims; d++) {
        PG_TRY_ALLOC(ctx, j->group[d], pg_arena_alloc(&ctx->scratch, most, sizeof **j->group));
        PG_TRY(join_groups(ctx, j, d, &of_b[d]));
    }
    size_t n = 0;
    for (size_t c = 0; c < most; c++) {
        const bool first = c < a->n_cells;
        uint32_t *key = keys + c * dims;
        for (size_t d = 0; d < dims; d++)
            key[d] = first ? a->group[d][c] : of_b[d][b->group[d][c - a->n_cells]];
        const size_t found = first ? PGDP_NONE : pg_map_find(&map, (const char *)key, dims * sizeof *key);
        if (!first) j->cell[c - a->n_cells] = found == PGDP_NONE ? n : found;
        if (found != PGDP_NONE) continue;
        for (size_t d = 0; d < dims; d++)
            j->group[d][n] = key[d];
        if (!pg_map_put(&map, (const char *)key, dims * sizeof *key, n++)) return pg_no_memory(ctx);
    }
    j->cells = (pg_cells){ n, dims, (const uint32_t *const *)j->group, j->n_groups };
    return PGDP_OK;
}

/* to += the products of a cell about another shift: x - s = (x - t) + (t - s) 1. */
static void add_cell(const double *cross, const double *apart, size_t k, double *to)
{
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < k; i++)
            to[i + j * k] +=
                cross[i + j * k] + apart[i] * cross[j * k] + apart[j] * cross[i * k] + apart[i] * apart[j] * cross[0];
}

static pgdp_status add_products(pgdp_ctx *ctx, const joining *j, pg_moments *to)
{
    const pg_moments *a = j->a->m, *b = j->b->m;
    const size_t k = a->n_cols;
    double *apart;
    PG_TRY_ALLOC(ctx, apart, pg_arena_alloc(&ctx->scratch, k, sizeof *apart));
    for (size_t i = 0; i < k; i++) {
        to->shift[i] = a->shift[i];
        apart[i] = b->shift[i] - a->shift[i];
    }
    memcpy(to->cross, a->cross, a->cells.n_cells * k * k * sizeof *to->cross);
    memcpy(to->cell_rows, a->cell_rows, a->cells.n_cells * sizeof *to->cell_rows);
    memcpy(to->cell_logs, a->cell_logs, a->cells.n_cells * sizeof *to->cell_logs);
    for (size_t c = 0; c < b->cells.n_cells; c++) {
        add_cell(b->cross + c * k * k, apart, k, to->cross + j->cell[c] * k * k);
        to->cell_rows[j->cell[c]] += b->cell_rows[c];
        to->cell_logs[j->cell[c]] += b->cell_logs[c];
    }
    to->weight_kind = a->weight_kind;
    to->n_rows = a->n_rows + b->n_rows;
    to->sum_weights = a->sum_weights + b->sum_weights;
    pg_moments_set_total(to);
    return PGDP_OK;
}

static pgdp_status label_sum(pgdp_ctx *ctx, const joining *j, pgdp_moments *to)
{
    const pgdp_dropped *a = &j->a->dropped, *b = &j->b->dropped;
    to->dropped = (pgdp_dropped){ .missing = a->missing + b->missing,
                                  .zero_weight = a->zero_weight + b->zero_weight,
                                  .subset = a->subset + b->subset };
    to->dropped.singletons = a->singletons + b->singletons;
    PG_TRY(add_products(ctx, j, to->m));
    PG_TRY(pg_labelled_set(ctx, j->dimension, to));
    return pg_effects_add(ctx, j->a, j->b, to);
}

static pgdp_status add(pgdp_ctx *ctx, joining *j, pgdp_moments **out)
{
    pg_moments *m;
    pgdp_moments *sum;
    PG_TRY(check_same(ctx, j->a, j->b));
    PG_TRY(join_cells(ctx, j));
    PG_TRY(pg_moments_new(ctx, j->a->m->names, j->a->m->n_cols, &j->cells, &m));
    PG_TRY(pg_labelled_new(ctx, m, j->a->weights, &sum));
    const pgdp_status status = label_sum(ctx, j, sum);
    if (status == PGDP_OK)
        *out = sum;
    else
        pgdp_moments_free(sum);
    return status;
}

pgdp_status pgdp_moments_add(pgdp_ctx *ctx, const pgdp_moments *a, const pgdp_moments *b, pgdp_moments **out)
{
    joining j = { .a = a, .b = b };
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = add(ctx, &j, out);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
