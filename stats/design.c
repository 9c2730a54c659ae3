/* design.c  A formula over a frame to outcome, regressors, weights, clusters and panel of the complete cases.
 * Source: Wilkinson & Rogers (1973), Applied Statistics 22(3); which level is left out: Chambers & Hastie (1992),
 * Statistical Models in S, section 2.4.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/design.h"

#include "stats/design_columns.h"
#include "stats/design_rows.h"
#include "stats/eval_check.h"

#include <string.h>

enum { MOST_CATEGORIES = 200 };

/** Columns and numbers of everything but the terms, found before rows are chosen. */
typedef struct found {
    size_t outcome_column; /**< of a text outcome; PGDP_NONE: a number */
    const double *outcome; /**< of all rows */
    const double *weights;
    pgdp_weights weight_kind;
    size_t entity, time;
    size_t *clusters; /**< columns */
} found;

/** The outcome: a number, or text where categories are meant. */
static pgdp_status find_outcome(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_expr *e, const pgdp_estimator *method,
                                found *out)
{
    out->outcome_column = PGDP_NONE;
    if (e->kind == PG_EXPR_NAME) {
        size_t column;
        PG_TRY(pg_eval_column(ctx, frame, e, &column));
        const bool text = pgdp_frame_column(frame, column)->type == PGDP_TEXT;
        if (text) PG_TRY(pg_eval_not_stray(ctx, frame, column));
        if (text && !method->likelihood)
            return pg_fail(
                ctx, PGDP_BAD_ARGUMENT,
                "formula:%zu:%zu: found \"%.60s\", a text column, expected a number as the outcome of %s; compare it: "
                "I(x == \"level\") ~ ...",
                e->line, e->column, e->text, method->name);
        if (text) {
            out->outcome_column = column;
            return PGDP_OK;
        }
    }
    return pg_eval_numbers(ctx, frame, e, &out->outcome);
}

/** aw:COL, fw:COL, pw:COL */
static pgdp_status find_weights(pgdp_ctx *ctx, const pgdp_frame *frame, const char *text, found *out)
{
    static const char *const kinds[] = { [PGDP_ANALYTIC] = "aw", [PGDP_FREQUENCY] = "fw", [PGDP_PROBABILITY] = "pw" };
    const pg_expr *e;
    out->weight_kind = PGDP_UNWEIGHTED;
    if (text == NULL) return PGDP_OK;
    PG_TRY(pg_expr_parse(ctx, &ctx->scratch, "weights", text, &e));
    const pg_expr *kind = e->kind == PG_EXPR_BINARY && e->op == PG_OP_COLON ? e->left : NULL;
    for (int k = PGDP_ANALYTIC; kind != NULL && k <= PGDP_PROBABILITY; k++)
        if (kind->kind == PG_EXPR_NAME && pg_streq(kind->text, kinds[k])) out->weight_kind = (pgdp_weights)k;
    if (out->weight_kind == PGDP_UNWEIGHTED)
        return pg_expr_fail(
            ctx, PGDP_BAD_ARGUMENT, kind == NULL ? e : kind,
            "expected aw:COLUMN (analytic), fw:COLUMN (frequency) or pw:COLUMN (probability); say which");
    return pg_eval_numbers(ctx, frame, e->right, &out->weights);
}

/** TIME or ID,TIME */
static pgdp_status find_panel(pgdp_ctx *ctx, const pgdp_frame *frame, const char *text, found *out)
{
    pg_lexer lexer;
    size_t columns[2], n = 0;
    out->entity = out->time = PGDP_NONE;
    if (text == NULL) return PGDP_OK;
    PG_TRY(pg_lexer_init(&lexer, ctx, &ctx->scratch, "panel", text));
    do {
        if (n > 0) PG_TRY(pg_lexer_next(&lexer));
        const pg_token *t = &lexer.token;
        const pg_expr name = {
            .kind = PG_EXPR_NAME, .text = t->text, .what = "panel", .line = t->line, .column = t->column
        };
        if (n == 2 || t->kind != PG_TOKEN_NAME)
            return pg_lexer_fail(&lexer, "ID,TIME or TIME; put names with blanks in back-ticks");
        PG_TRY(pg_eval_column(ctx, frame, &name, &columns[n++]));
        PG_TRY(pg_lexer_next(&lexer));
    } while (lexer.token.op == PG_OP_COMMA);
    if (lexer.token.kind != PG_TOKEN_END)
        return pg_lexer_fail(&lexer, "ID,TIME or TIME; put names with blanks in back-ticks");
    out->time = columns[n - 1];
    if (n == 2) out->entity = columns[0];
    return PGDP_OK;
}

static pgdp_status find_clusters(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_design_request *request, found *out)
{
    PG_TRY_ALLOC(ctx, out->clusters, pg_arena_alloc(&ctx->scratch, request->n_clusters, sizeof *out->clusters));
    for (size_t i = 0; i < request->n_clusters; i++)
        PG_TRY(pg_eval_column(ctx, frame, request->clusters[i], &out->clusters[i]));
    return PGDP_OK;
}

/** Choose the rows: complete in everything that the model looks at. */
static pgdp_status choose_rows(pgdp_ctx *ctx, const pgdp_frame *frame, const found *f, const pg_design_request *request,
                               pg_rows *rows)
{
    if (f->outcome_column != PGDP_NONE)
        pg_rows_need_cells(rows, frame, f->outcome_column);
    else
        pg_rows_need_numbers(rows, f->outcome);
    for (size_t i = 0; i < request->n_clusters; i++)
        pg_rows_need_cells(rows, frame, f->clusters[i]);
    if (f->entity != PGDP_NONE) pg_rows_need_cells(rows, frame, f->entity);
    if (f->time != PGDP_NONE) pg_rows_need_cells(rows, frame, f->time);
    return f->weights == NULL ? PGDP_OK : pg_rows_need_weights(ctx, rows, f->weights, f->weight_kind);
}

static pgdp_status gather(pgdp_ctx *ctx, const double *values, const pg_rows *rows, pgdp_vec *out)
{
    double *x;
    PG_TRY_ALLOC(ctx, x, pg_arena_alloc(&ctx->scratch, rows->n, sizeof *x));
    for (size_t i = 0; i < rows->n; i++)
        x[i] = values[rows->kept[i]];
    *out = (pgdp_vec){ x, rows->n };
    return PGDP_OK;
}

/** The outcome's numbers: as they are, or 0, 1, ... for its sorted categories. */
static pgdp_status fill_outcome(pgdp_ctx *ctx, const pgdp_frame *frame, const found *f,
                                const pg_design_request *request, const pg_rows *rows, pg_design_result *out)
{
    const bool ordered = request->estimator->ordered, text = f->outcome_column != PGDP_NONE;
    if (!ordered && !text) return gather(ctx, f->outcome, rows, &out->design.y);
    pg_levels levels;
    double *y;
    if (text)
        PG_TRY(pg_levels_of_column(ctx, frame, f->outcome_column, rows->kept, rows->n, &levels));
    else
        PG_TRY(pg_levels_of_numbers(ctx, f->outcome, rows->kept, rows->n, &levels));
    if (levels.n < 2 || levels.n > (ordered ? (size_t)MOST_CATEGORIES : 2))
        return pg_fail(
            ctx, PGDP_BAD_ARGUMENT,
            "formula:1: found an outcome of %zu categories in the %zu rows used, expected %s for %s; check the column "
            "or choose another method",
            levels.n, rows->n, ordered ? "2 to 200" : "exactly 2", request->estimator->name);
    PG_TRY_ALLOC(ctx, y, pg_arena_alloc(&ctx->scratch, rows->n, sizeof *y));
    for (size_t i = 0; i < rows->n; i++)
        y[i] = (double)levels.index[i];
    out->design.y = (pgdp_vec){ y, rows->n };
    out->outcome_levels = levels.names;
    out->n_outcome_levels = levels.n;
    return PGDP_OK;
}

static pgdp_status fill_clusters(pgdp_ctx *ctx, const pgdp_frame *frame, const found *f, size_t n, const pg_rows *rows,
                                 pgdp_design *out)
{
    const size_t **cluster;
    if (n == 0) return PGDP_OK;
    PG_TRY_ALLOC(ctx, cluster, pg_arena_alloc(&ctx->scratch, n, sizeof *cluster));
    for (size_t i = 0; i < n; i++) {
        pg_levels levels;
        PG_TRY(pg_levels_of_column(ctx, frame, f->clusters[i], rows->kept, rows->n, &levels));
        cluster[i] = levels.index;
    }
    out->cluster = cluster;
    out->n_clusterings = n;
    return PGDP_OK;
}

pgdp_status pg_design_build(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_formula *formula,
                            const pg_design_request *request, pg_design_result *out)
{
    const pgdp_regression_spec *spec = request->spec;
    found f = { 0 };
    pg_rows rows;
    pg_columns columns;
    pgdp_design *d = &out->design;
    memset(out, 0, sizeof *out);
    PG_TRY(find_outcome(ctx, frame, formula->outcome, request->estimator, &f));
    PG_TRY(pg_columns_find(ctx, frame, formula, !request->estimator->ordered && formula->constant,
                           request->estimator->ordered || formula->constant, &columns));
    PG_TRY(find_weights(ctx, frame, spec->weights, &f));
    PG_TRY(find_clusters(ctx, frame, request, &f));
    PG_TRY(find_panel(ctx, frame, spec->panel, &f));
    PG_TRY(pg_rows_init(ctx, frame, spec->subset, &rows));
    pg_columns_need(&columns, &rows);
    PG_TRY(choose_rows(ctx, frame, &f, request, &rows));
    PG_TRY(pg_rows_close(ctx, &rows, &out->dropped));
    if (f.time != PGDP_NONE) PG_TRY(pg_rows_sort(ctx, frame, f.entity, f.time, &rows));
    PG_TRY(fill_outcome(ctx, frame, &f, request, &rows, out));
    PG_TRY(pg_columns_fill(ctx, &columns, &rows, d));
    if (f.weights != NULL) PG_TRY(gather(ctx, f.weights, &rows, &d->weights));
    d->weight_kind = f.weight_kind;
    d->period = rows.period;
    d->entity = rows.entity;
    return fill_clusters(ctx, frame, &f, request->n_clusters, &rows, d);
}
