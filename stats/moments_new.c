/* moments_new.c  A formula over the blocks of a table to the moments of its columns: pgdp/moments.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"
#include "core/text.h"
#include "stats/estimators.h"
#include "stats/eval.h"
#include "stats/moments_labels.h"
#include "stats/stream.h"

#include <string.h>

/* Rows with their cells. */
static pgdp_status fill(pgdp_ctx *ctx, const void *stream, size_t block, pg_block_rows *out)
{
    return pg_stream_rows(ctx, stream, block, true, out);
}

/* The value of a column that a key of it stands for. */
static pgdp_status key_text(pgdp_ctx *ctx, const pgdp_frame *head, size_t column, double key, const char **out)
{
    const pgdp_column *c = pgdp_frame_column(head, column);
    char text[PG_NUMBER_SIZE > 32 ? PG_NUMBER_SIZE : 32];
    if (c->type == PGDP_TEXT) {
        *out = pgdp_frame_level(head, column, (uint32_t)key);
        return PGDP_OK;
    }
    if (c->type == PGDP_PERIOD)
        pgdp_period_format((pgdp_period){ c->frequency, (int32_t)key }, text);
    else
        pg_number_format(key, text);
    PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(&ctx->scratch, text));
    return PGDP_OK;
}

pgdp_status pg_label_keys(pgdp_ctx *ctx, const pgdp_frame *head, const size_t *columns, size_t n_columns,
                          const double *keys, size_t n, const char **labels)
{
    for (size_t i = 0; i < n; i++) {
        const char *own;
        PG_TRY(key_text(ctx, head, columns[0], keys[i * n_columns], &labels[i]));
        for (size_t c = 1; c < n_columns; c++) {
            PG_TRY(key_text(ctx, head, columns[c], keys[i * n_columns + c], &own));
            PG_TRY_ALLOC(ctx, labels[i], pg_arena_printf(&ctx->scratch, "%s^%s", labels[i], own));
        }
    }
    return PGDP_OK;
}

pg_group_order pg_order_of(pgdp_type type, size_t n_columns)
{
    return n_columns > 1 ? PG_BY_APPEARANCE : type == PGDP_REAL ? PG_BY_SIZE : PG_BY_BYTES;
}

/* The values of the columns of a dimension, the first of which is column `at` of the cells' keys, in its groups. */
static pgdp_status label(pgdp_ctx *ctx, const pg_stream *s, size_t d, size_t at, size_t n_columns, pg_dimension *out)
{
    const pgdp_frame *head = pgdp_table_head(s->table);
    const size_t *columns = s->cluster_columns + at;
    const char **labels;
    double *keys;
    PG_TRY_ALLOC(ctx, labels, pg_arena_alloc(&ctx->scratch, s->cells.n_groups[d], sizeof *labels));
    PG_TRY_ALLOC(ctx, keys, pg_arena_alloc(&ctx->scratch, s->cells.n_groups[d] * n_columns, sizeof *keys));
    PG_TRY_ALLOC(ctx, out->name, pg_expr_text(&ctx->scratch, s->request.vcov->clusters[d]));
    for (size_t c = 0; c < s->cells.n_cells; c++)
        memcpy(keys + s->cells.group[d][c] * n_columns, s->cell_keys.keys + c * s->cell_keys.width + at,
               n_columns * sizeof *keys);
    PG_TRY(pg_label_keys(ctx, head, columns, n_columns, keys, s->cells.n_groups[d], labels));
    out->labels = labels;
    out->order = pg_order_of(pgdp_frame_column(head, columns[0])->type, n_columns);
    return PGDP_OK;
}

static pgdp_status label_all(pgdp_ctx *ctx, const pg_stream *s, pgdp_moments *h)
{
    const pg_vcov_spec *dims = s->request.vcov;
    pg_dimension *dimensions;
    size_t at = 0;
    PG_TRY_ALLOC(ctx, dimensions, pg_arena_alloc(&ctx->scratch, dims->n_clusters, sizeof *dimensions));
    for (size_t d = 0; d < dims->n_clusters; d++) {
        size_t n_columns = 1;
        for (const pg_expr *e = dims->clusters[d]; e->kind == PG_EXPR_BINARY; e = e->right) /* a^b^c */
            n_columns++;
        PG_TRY(label(ctx, s, d, at, n_columns, &dimensions[d]));
        at += n_columns;
    }
    if (pg_stream_count(s, &h->dropped) == 0) return pg_rows_refuse(ctx, pgdp_table_n_rows(s->table), &h->dropped);
    return pg_labelled_set(ctx, dimensions, h);
}

static pgdp_status pass(pgdp_ctx *ctx, const pgdp_moments_spec *spec, pg_stream *stream, pgdp_moments **out)
{
    pg_blocks blocks = pg_stream_blocks(stream);
    pg_moments *m;
    pgdp_moments *h;
    blocks.fill = fill;
    if (stream->cells.n_dims > 0) blocks.cells = &stream->cells;
    PG_TRY(pg_moments_pass(ctx, &blocks, NULL, &m));
    PG_TRY(pg_labelled_new(ctx, m, spec->weights == NULL ? "" : spec->weights, &h));
    pgdp_status status = pg_stream_share_counts(ctx, stream);
    if (status == PGDP_OK) status = label_all(ctx, stream, h);
    if (status == PGDP_OK)
        *out = h;
    else
        pgdp_moments_free(h);
    return status;
}

static pgdp_status build(pgdp_ctx *ctx, const pgdp_table *table, const pgdp_moments_spec *spec, pgdp_moments **out)
{
    const pgdp_regression_spec as_model = { .formula = spec->formula,
                                            .weights = spec->weights,
                                            .subset = spec->subset };
    pg_formula formula;
    pg_vcov_spec dims; /* the columns of the cells, in the words of a covariance's clusters */
    pg_stream stream;
    const char *words = "iid";
    if (spec->formula == NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found no formula, expected one such as y ~ x1 + x2; write it");
    PG_TRY(pg_formula_parse(ctx, &ctx->scratch, spec->formula, false, &formula));
    if (spec->cells != NULL) PG_TRY_ALLOC(ctx, words, pg_arena_printf(&ctx->scratch, "cluster(%s)", spec->cells));
    PG_TRY(pg_vcov_spec_parse(ctx, words, &dims));
    formula.constant = true;
    const pgdp_estimator *method = formula.endogenous.n > 0 ? &pg_est_iv : &pg_est_ols; /* which columns it may name */
    const pg_design_request request = { .spec = &as_model, .vcov = &dims, .estimator = method };
    if (formula.n_effects > 0) return pg_moments_absorb(ctx, table, spec, &formula, &request, out);
    PG_TRY(pg_stream_new(ctx, table, &formula, &request, &stream));
    return pass(ctx, spec, &stream, out);
}

pgdp_status pgdp_moments_new(pgdp_ctx *ctx, const pgdp_table *table, const pgdp_moments_spec *spec, pgdp_moments **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = build(ctx, table, spec, out);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
