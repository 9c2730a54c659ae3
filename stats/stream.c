/* stream.c  Formula and block to columns: stream.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/stream.h"

#include "core/text.h"

#include <string.h>

pgdp_status pg_stream_open(pgdp_ctx *ctx, const pg_stream *s, const pgdp_frame *frame, size_t block, pg_opened *out)
{
    pgdp_dropped dropped = { 0 };
    PG_TRY(pg_design_find(ctx, frame, s->formula, &s->request, &out->found));
    PG_TRY(pg_rows_init(ctx, &out->found.scope, s->request.spec->subset, &out->rows));
    out->rows.first = block * PGDP_BLOCK_ROWS;
    out->rows.known = &s->known;
    PG_TRY(pg_design_need(ctx, &out->found, &out->rows));
    const pgdp_status status = pg_rows_close(ctx, &out->rows, &dropped);
    s->dropped[block] = dropped;
    s->kept[block] = out->rows.n;
    return status == PGDP_TOO_FEW_OBS ? PGDP_OK : status; /* no row of this block: others may have some */
}

size_t pg_stream_count(const pg_stream *s, pgdp_dropped *dropped)
{
    const size_t n_blocks = pgdp_table_n_blocks(s->table);
    size_t n = 0;
    *dropped = (pgdp_dropped){ 0 };
    for (size_t b = 0; b < n_blocks; b++) {
        dropped->missing += s->dropped[b].missing;
        dropped->zero_weight += s->dropped[b].zero_weight;
        dropped->subset += s->dropped[b].subset;
        n += s->kept[b];
    }
    return n;
}

pgdp_status pg_stream_cell_keys(pgdp_ctx *ctx, const pg_stream *s, const pgdp_frame *frame, const pg_rows *rows,
                                double **out)
{
    const size_t width = s->cell_keys.width, n = rows->n;
    double *one;
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, n * width, sizeof **out));
    if (width == 1) {
        pg_known_keys(frame, (pg_known_key){ s->cluster_columns[0], 0 }, rows->kept, n, *out);
        return PGDP_OK;
    }
    PG_TRY_ALLOC(ctx, one, pg_arena_alloc(&ctx->scratch, n, sizeof *one));
    for (size_t c = 0; c < width; c++) {
        pg_known_keys(frame, (pg_known_key){ s->cluster_columns[c], 0 }, rows->kept, n, one);
        for (size_t i = 0; i < n; i++)
            (*out)[i * width + c] = one[i];
    }
    return PGDP_OK;
}

/* Names and numbers of columns, from a block without rows. */
static pgdp_status name_columns(pgdp_ctx *ctx, const pg_found *f, pg_stream *s)
{
    const pg_columns *const parts[] = { &f->exogenous, &f->endogenous, &f->instruments };
    const pg_rows none = { .known = &s->known };
    size_t n[3];
    for (size_t i = 0; i < 3; i++)
        PG_TRY(pg_columns_size(ctx, parts[i], &none, &n[i]));
    s->constant = f->exogenous.constant;
    s->n_terms = n[0] - s->constant;
    s->n_endogenous = n[1];
    s->n_instruments = n[2];
    s->n_cols = 2 + s->n_terms + n[1] + n[2];
    PG_TRY_ALLOC(ctx, s->names, pg_arena_alloc(&ctx->scratch, s->n_cols, sizeof *s->names));
    s->names[0] = "(Intercept)";
    const char **to = s->names + !s->constant;
    for (size_t i = 0; i < 3; to += n[i++])
        PG_TRY(pg_columns_name(ctx, parts[i], to));
    PG_TRY_ALLOC(ctx, *to, pg_expr_text(&ctx->scratch, s->formula->outcome));
    return PGDP_OK;
}

static bool has_basis(const pg_terms *terms)
{
    for (size_t i = 0; i < terms->n; i++)
        for (size_t k = 0; k < terms->items[i].n_parts; k++)
            if (terms->items[i].parts[k].kind == PG_PART_BASIS) return true;
    return false;
}

const char *pg_stream_refuses(const pg_formula *formula, const pg_design_request *request)
{
    static const char *const methods[] = { "ols", "iv", "liml", "ridge", "logit", "probit", "poisson", "fraclogit" };
    static const char *const vcovs[] = { "iid", "HC0", "HC1", "HC2", "HC3", "cluster" };
    const pgdp_regression_spec *spec = request->spec;
    const char *method = request->estimator->name, *vcov = request->vcov->vcov->name;
    bool by_blocks = false, known = false;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        by_blocks = by_blocks || pg_streq(method, methods[i]);
    for (size_t i = 0; i < sizeof vcovs / sizeof *vcovs; i++)
        known = known || pg_streq(vcov, vcovs[i]);
    if (!by_blocks) return "a method other than ols, iv, liml, ridge, logit, probit, poisson and fraclogit";
    if (!known) return "a covariance other than iid, HC0 to HC3 and cluster";
    if (spec->panel != NULL) return "a panel";
    if (formula->n_effects > 0) return "absorbed effects";
    if (has_basis(&formula->terms) || has_basis(&formula->endogenous) || has_basis(&formula->instruments))
        return "poly()";
    if (spec->rows) return "fitted values by row";
    if (spec->margins != NULL) return "marginal effects";
    if (spec->diagnostics != NULL && !pg_streq(spec->diagnostics, "none")) return "diagnostics that look at rows";
    for (const pgdp_setting *o = spec->settings; o != NULL && o->name != NULL; o++)
        if (pg_streq(o->name, "precision") && pg_streq(o->value, "extended")) return "extended precision";
    return NULL;
}

pgdp_status pg_stream_new(pgdp_ctx *ctx, const pgdp_table *table, const pg_formula *formula,
                          const pg_design_request *request, pg_stream *s)
{
    const size_t n_blocks = pgdp_table_n_blocks(table);
    const char *refusal = pg_stream_refuses(formula, request);
    pg_found f;
    *s = (pg_stream){ .table = table, .formula = formula, .request = *request };
    s->request.n_rows = PGDP_NONE;
    if (refusal != NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "found %s, which needs all rows at once and not a table by blocks; load the table or leave it "
                       "out",
                       refusal);
    PG_TRY_ALLOC(ctx, s->dropped, pg_arena_alloc(&ctx->scratch, n_blocks, sizeof *s->dropped));
    PG_TRY_ALLOC(ctx, s->kept, pg_arena_alloc(&ctx->scratch, n_blocks, sizeof *s->kept));
    PG_TRY(pg_design_find(ctx, pgdp_table_head(table), formula, &s->request, &f));
    if (f.outcome_column != PGDP_NONE)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "found an outcome of text, expected a number from a table by blocks; compare it: "
                       "I(x == \"level\") ~ ..., or load the table");
    s->weight_kind = f.weight_kind;
    PG_TRY(pg_stream_survey(ctx, &f, s));
    return name_columns(ctx, &f, s);
}

static pgdp_status gather(pgdp_ctx *ctx, const double *values, const pg_rows *rows, double **out)
{
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, rows->n, sizeof **out));
    for (size_t i = 0; i < rows->n; i++)
        (*out)[i] = values[rows->kept[i]];
    return PGDP_OK;
}

static pgdp_status fill_cells(pgdp_ctx *ctx, const pg_stream *s, const pgdp_frame *frame, const pg_rows *rows,
                              pg_block_rows *out)
{
    uint32_t *cell;
    double *keys;
    if (s->cell_keys.width == 0) return PGDP_OK;
    PG_TRY_ALLOC(ctx, cell, pg_arena_alloc(&ctx->scratch, rows->n, sizeof *cell));
    PG_TRY(pg_stream_cell_keys(ctx, s, frame, rows, &keys));
    for (size_t i = 0; i < rows->n; i++) {
        const size_t at = pg_key_set_find(&s->cell_keys, keys + i * s->cell_keys.width);
        if (at == PGDP_NONE) return pg_fail(ctx, PGDP_SHAPE_MISMATCH, "a block of the table changed while it was read");
        cell[i] = (uint32_t)at;
    }
    out->cell = cell;
    return PGDP_OK;
}

static pgdp_status fill_frame(pgdp_ctx *ctx, const pg_stream *s, const pgdp_frame *frame, size_t block, bool cells,
                              pg_block_rows *out)
{
    pg_opened o;
    double *x, *weight = NULL, *offset = NULL;
    size_t n_columns;
    PG_TRY(pg_stream_open(ctx, s, frame, block, &o));
    const size_t n = o.rows.n;
    const pg_columns *const parts[] = { &o.found.exogenous, &o.found.endogenous, &o.found.instruments };
    *out = (pg_block_rows){ .n = n };
    if (n == 0) return PGDP_OK;
    PG_TRY_ALLOC(ctx, x, pg_matrix_new(&ctx->scratch, n, s->n_cols).x);
    out->x = pg_matrix_of(x, n, s->n_cols);
    for (size_t i = 0; i < n && !s->constant; i++)
        x[i] = 1;
    if (!s->constant) x += n;
    for (size_t i = 0; i < 3; i++) {
        PG_TRY(pg_columns_size(ctx, parts[i], &o.rows, &n_columns));
        pg_columns_write(parts[i], &o.rows, x, NULL);
        x += n * n_columns;
    }
    if (pg_rows_are_all(&o.rows)) memcpy(x, o.found.outcome, n * sizeof *x);
    for (size_t i = 0; i < n && !pg_rows_are_all(&o.rows); i++)
        x[i] = o.found.outcome[o.rows.kept[i]];
    if (o.found.weights != NULL) PG_TRY(gather(ctx, o.found.weights, &o.rows, &weight));
    if (o.found.offset != NULL) PG_TRY(gather(ctx, o.found.offset, &o.rows, &offset));
    out->weight = weight;
    out->offset = offset;
    return cells ? fill_cells(ctx, s, frame, &o.rows, out) : PGDP_OK;
}

pgdp_status pg_stream_rows(pgdp_ctx *ctx, const pg_stream *s, size_t block, bool cells, pg_block_rows *out)
{
    pgdp_frame *frame;
    PG_TRY(pgdp_table_block(ctx, s->table, block, &frame));
    const pgdp_status status = fill_frame(ctx, s, frame, block, cells, out);
    pgdp_frame_free(frame);
    return status;
}

/* The frame's own columns, where all of its rows are used and each term is one of them: *whole. */
static pgdp_status look_at_frame(pgdp_ctx *ctx, const pg_stream *s, size_t block, pg_stream_view *v, bool *whole)
{
    pg_found f;
    size_t at = 1;
    *whole = s->kept[block] == pgdp_frame_n_rows(v->frame); /* known once the block was filled */
    if (!*whole) return PGDP_OK;
    PG_TRY(pg_design_find(ctx, v->frame, s->formula, &s->request, &f));
    const pg_columns *const parts[] = { &f.exogenous, &f.endogenous, &f.instruments };
    for (size_t p = 0; p < 3; p++) {
        for (size_t i = 0; i < parts[p]->terms->n && *whole; i++) {
            v->column[at] = pg_columns_number(parts[p], i);
            *whole = v->column[at++] != NULL;
        }
    }
    v->n = s->kept[block];
    v->column[at] = f.outcome;
    v->weight = f.weights;
    v->offset = f.offset;
    return PGDP_OK;
}

static pgdp_status look(pgdp_ctx *ctx, const pg_stream *s, size_t block, pg_stream_view *v)
{
    pg_block_rows rows;
    bool whole;
    PG_TRY_ALLOC(ctx, v->column, pg_arena_alloc(&ctx->scratch, s->n_cols, sizeof *v->column));
    for (size_t b = 0; b < block; b++)
        v->first += s->kept[b];
    PG_TRY(look_at_frame(ctx, s, block, v, &whole));
    if (whole) return PGDP_OK;
    PG_TRY(fill_frame(ctx, s, v->frame, block, false, &rows));
    v->n = rows.n;
    v->weight = rows.weight;
    v->offset = rows.offset;
    for (size_t j = 1; j < s->n_cols && rows.n > 0; j++)
        v->column[j] = rows.x.x + j * rows.x.stride;
    return PGDP_OK;
}

pgdp_status pg_stream_look(pgdp_ctx *ctx, const pg_stream *s, size_t block, pg_stream_view *out)
{
    *out = (pg_stream_view){ .frame = NULL };
    PG_TRY(pgdp_table_block(ctx, s->table, block, &out->frame));
    const pgdp_status status = look(ctx, s, block, out);
    if (status != PGDP_OK) pgdp_frame_free(out->frame);
    return status;
}

static pgdp_status fill(pgdp_ctx *ctx, const void *user, size_t block, pg_block_rows *out)
{
    return pg_stream_rows(ctx, user, block, false, out);
}

pg_blocks pg_stream_blocks(const pg_stream *s)
{
    return (pg_blocks){ .n_blocks = pgdp_table_n_blocks(s->table),
                        .n_cols = s->n_cols,
                        .names = s->names,
                        .weight_kind = s->weight_kind,
                        .fill = fill,
                        .user = s };
}
