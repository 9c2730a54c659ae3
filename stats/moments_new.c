/* moments_new.c  A formula over a frame to the moments of its columns: pgdp/moments.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/parallel.h"
#include "core/text.h"
#include "stats/cluster.h"
#include "stats/design.h"
#include "stats/estimators.h"
#include "stats/eval.h"
#include "stats/moments_labels.h"

#include <string.h>

/* All of it in the context's scratch. */
typedef struct building {
    const pgdp_frame *data;
    pg_vcov_spec dims; /* the columns of the cells, in the words of a covariance's clusters */
    pg_design_result built;
    const char **names;
    uint32_t *cell; /* [rows]; NULL: no dimension */
    pg_cells cells;
    pg_dimension *dimensions;
} building;

static pgdp_status read_rows(pgdp_ctx *ctx, const pgdp_moments_spec *spec, building *b)
{
    const pgdp_regression_spec as_model = { .formula = spec->formula,
                                            .weights = spec->weights,
                                            .subset = spec->subset };
    pg_formula formula;
    const char *dims = "none";
    pgdp_estimator any = pg_est_ols;
    any.extended = false; /* nothing is made of what rounding took from a column */
    if (spec->formula == NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found no formula, expected one such as y ~ x1 + x2; write it");
    PG_TRY(pg_formula_parse(ctx, &ctx->scratch, spec->formula, false, &formula));
    if (formula.n_effects > 0)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "found absorbed effects in the formula of moments, expected columns alone; name the levels as "
                       "terms, i(%s), or fit the rows",
                       formula.effects[0].name);
    formula.constant = true;
    if (spec->cells != NULL) PG_TRY_ALLOC(ctx, dims, pg_arena_printf(&ctx->scratch, "cluster(%s)", spec->cells));
    PG_TRY(pg_vcov_spec_parse(ctx, dims, &b->dims));
    const pg_design_request request = { .spec = &as_model, .vcov = &b->dims, .estimator = &any };
    PG_TRY(pg_design_build(ctx, b->data, &formula, &request, &b->built));
    const pgdp_design *d = &b->built.design;
    PG_TRY_ALLOC(ctx, b->names, pg_arena_alloc(&ctx->scratch, d->x.n_cols + d->z.n_cols + 1, sizeof *b->names));
    for (size_t j = 0; j < d->x.n_cols + d->z.n_cols; j++)
        b->names[j] = j < d->x.n_cols ? d->terms[j] : d->instruments[j - d->x.n_cols];
    b->names[d->x.n_cols + d->z.n_cols] = d->outcome;
    return PGDP_OK;
}

/* Rows [first, ...) of a block with terms, instruments and outcome side by side. */
static pgdp_status fill(pgdp_ctx *ctx, const void *user, size_t block, pg_block_rows *out)
{
    const building *b = user;
    const pgdp_design *d = &b->built.design;
    const pg_range range = pg_block_range(d->y.n, PGDP_BLOCK_ROWS, block);
    const size_t n = range.end - range.first, k = d->x.n_cols, l = d->z.n_cols;
    out->n = n;
    out->x = pg_matrix_new(&ctx->scratch, n, k + l + 1);
    if (out->x.x == NULL) return pg_no_memory(ctx);
    for (size_t j = 0; j <= k + l; j++) {
        const double *from = j < k ? d->x.x + j * d->y.n : j < k + l ? d->z.x + (j - k) * d->y.n : d->y.x;
        memcpy(out->x.x + j * n, from + range.first, n * sizeof *from);
    }
    if (d->weights.n > 0) out->weight = d->weights.x + range.first;
    if (b->cell != NULL) out->cell = b->cell + range.first;
    return PGDP_OK;
}

/* The values that stand for each group of a dimension, joined by ^; first: a row of the frame with each. */
static pgdp_status label(pgdp_ctx *ctx, const building *b, const pg_expr *columns, const size_t *first, size_t n,
                         pg_dimension *out)
{
    const char **labels;
    PG_TRY_ALLOC(ctx, labels, pg_arena_alloc(&ctx->scratch, n, sizeof *labels));
    PG_TRY_ALLOC(ctx, out->name, pg_expr_text(&ctx->scratch, columns));
    out->order = PG_BY_APPEARANCE;
    for (const pg_expr *at = columns; at != NULL; at = at->kind == PG_EXPR_BINARY ? at->right : NULL) {
        size_t column;
        pg_levels levels;
        PG_TRY(pg_eval_column(ctx, b->data, at->kind == PG_EXPR_BINARY ? at->left : at, &column));
        PG_TRY(pg_levels_of_column(ctx, b->data, column, first, n, &levels));
        const bool number = pgdp_frame_column(b->data, column)->type == PGDP_REAL;
        if (columns->kind != PG_EXPR_BINARY) out->order = number ? PG_BY_SIZE : PG_BY_BYTES;
        for (size_t g = 0; g < n; g++) {
            const char *own = levels.names[levels.index[g]];
            if (labels[g] == NULL)
                labels[g] = own;
            else
                PG_TRY_ALLOC(ctx, labels[g], pg_arena_printf(&ctx->scratch, "%s^%s", labels[g], own));
        }
    }
    out->labels = labels;
    return PGDP_OK;
}

/* Groups of every dimension by first appearance, then cells, the combinations that occur. */
static pgdp_status make_cells(pgdp_ctx *ctx, building *b)
{
    const pgdp_design *d = &b->built.design;
    const size_t n = d->y.n, dims = d->n_clusterings;
    pg_grouping *by, cells = { 0 };
    uint32_t **group;
    size_t *n_groups;
    if (dims == 0) return PGDP_OK;
    PG_TRY_ALLOC(ctx, by, pg_arena_alloc(&ctx->scratch, dims, sizeof *by));
    PG_TRY_ALLOC(ctx, group, pg_arena_alloc(&ctx->scratch, dims, sizeof *group));
    PG_TRY_ALLOC(ctx, n_groups, pg_arena_alloc(&ctx->scratch, dims, sizeof *n_groups));
    PG_TRY_ALLOC(ctx, b->dimensions, pg_arena_alloc(&ctx->scratch, dims, sizeof *b->dimensions));
    PG_TRY_ALLOC(ctx, b->cell, pg_arena_alloc(&ctx->scratch, n, sizeof *b->cell));
    for (size_t c = 0; c < dims; c++) {
        size_t *first;
        PG_TRY(pg_grouping_new(ctx, d->cluster[c], NULL, n, &by[c]));
        PG_TRY(pg_grouping_new(ctx, by[c].group, cells.group, n, &cells));
        n_groups[c] = by[c].n_groups;
        PG_TRY_ALLOC(ctx, first, pg_arena_alloc(&ctx->scratch, n_groups[c], sizeof *first));
        for (size_t i = n; i-- > 0;)
            first[by[c].group[i]] = b->built.row_numbers[i];
        PG_TRY(label(ctx, b, b->dims.clusters[c], first, n_groups[c], &b->dimensions[c]));
    }
    for (size_t c = 0; c < dims; c++) {
        PG_TRY_ALLOC(ctx, group[c], pg_arena_alloc(&ctx->scratch, cells.n_groups, sizeof **group));
        for (size_t i = 0; i < n; i++)
            group[c][cells.group[i]] = (uint32_t)by[c].group[i];
    }
    for (size_t i = 0; i < n; i++)
        b->cell[i] = (uint32_t)cells.group[i];
    b->cells = (pg_cells){ cells.n_groups, dims, (const uint32_t *const *)group, n_groups };
    return PGDP_OK;
}

static pgdp_status build(pgdp_ctx *ctx, const pgdp_moments_spec *spec, building *b, pgdp_moments **out)
{
    pg_moments *m;
    pgdp_moments *h;
    PG_TRY(read_rows(ctx, spec, b));
    PG_TRY(make_cells(ctx, b));
    const pgdp_design *d = &b->built.design;
    const pg_blocks blocks = { .n_blocks = pg_n_blocks(d->y.n, PGDP_BLOCK_ROWS),
                               .n_cols = d->x.n_cols + d->z.n_cols + 1,
                               .names = b->names,
                               .weight_kind = d->weight_kind,
                               .cells = b->cell == NULL ? NULL : &b->cells,
                               .fill = fill,
                               .user = b };
    PG_TRY(pg_moments_pass(ctx, &blocks, false, &m));
    PG_TRY(pg_labelled_new(ctx, m, spec->weights == NULL ? "" : spec->weights, &h));
    h->dropped = b->built.dropped;
    const pgdp_status status = pg_labelled_set(ctx, b->dimensions, h);
    if (status == PGDP_OK)
        *out = h;
    else
        pgdp_moments_free(h);
    return status;
}

pgdp_status pgdp_moments_new(pgdp_ctx *ctx, const pgdp_frame *data, const pgdp_moments_spec *spec, pgdp_moments **out)
{
    building b = { .data = data };
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = build(ctx, spec, &b, out);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
