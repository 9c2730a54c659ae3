/* design_find.c  What a model names, tied to the columns of a frame: design_find.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/design_find.h"

#include "stats/eval_check.h"

enum { FEW_CELLS = 50000 };

/** The outcome: a number, or text where categories are meant. */
static pgdp_status find_outcome(pgdp_ctx *ctx, const pg_expr *e, const pgdp_estimator *method, pg_found *out)
{
    const pgdp_frame *frame = out->scope.frame;
    out->outcome_column = PGDP_NONE;
    if (e->kind == PG_EXPR_NAME) {
        size_t column;
        PG_TRY(pg_eval_column(ctx, frame, e, &column));
        const bool text = pgdp_frame_column(frame, column)->type == PGDP_TEXT;
        if (text) PG_TRY(pg_eval_not_stray(ctx, frame, column));
        if (text && method->outcome == PGDP_OUTCOME_NUMBER)
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
    return pg_eval_exact(ctx, &out->scope, e, &out->outcome, &out->outcome_low);
}

/** aw:COL, fw:COL, pw:COL */
static pgdp_status find_weights(pgdp_ctx *ctx, const char *text, pg_found *out)
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
    return pg_eval_numbers(ctx, &out->scope, e->right, &out->weights);
}

static pgdp_status find_offset(pgdp_ctx *ctx, const char *text, pg_found *out)
{
    const pg_expr *e;
    if (text == NULL) return PGDP_OK;
    PG_TRY(pg_expr_parse(ctx, &ctx->scratch, "offset", text, &e));
    return pg_eval_numbers(ctx, &out->scope, e, &out->offset);
}

pgdp_status pg_design_find_panel(pgdp_ctx *ctx, const char *text, pg_found *out)
{
    pg_lexer lexer;
    pg_panel *panel;
    size_t columns[2], n = 0;
    const pgdp_frame *frame = out->scope.frame;
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
    PG_TRY(pg_panel_new(ctx, frame, out->entity, out->time, &panel));
    out->scope.panel = panel;
    return PGDP_OK;
}

/** a, or a^b: columns whose combinations are the groups. */
static pgdp_status find_cluster(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_expr *e, pg_found_effect *out)
{
    size_t n = 1;
    for (const pg_expr *at = e; at->kind == PG_EXPR_BINARY; at = at->right) /* powers group to the right */
        n++;
    PG_TRY_ALLOC(ctx, out->columns, pg_arena_alloc(&ctx->scratch, n, sizeof *out->columns));
    PG_TRY_ALLOC(ctx, out->name, pg_expr_text(&ctx->scratch, e));
    for (const pg_expr *at = e; out->n_columns < n; at = at->right) {
        const pg_expr *name = at->kind == PG_EXPR_BINARY ? at->left : at;
        PG_TRY(pg_eval_column(ctx, frame, name, &out->columns[out->n_columns++]));
    }
    return PGDP_OK;
}

static pgdp_status find_effects(pgdp_ctx *ctx, const pg_formula *formula, pg_found *out)
{
    out->n_effects = formula->n_effects;
    PG_TRY_ALLOC(ctx, out->effects, pg_arena_alloc(&ctx->scratch, out->n_effects, sizeof *out->effects));
    for (size_t i = 0; i < out->n_effects; i++) {
        const pg_formula_effect *from = &formula->effects[i];
        pg_found_effect *to = &out->effects[i];
        *to = (pg_found_effect){ .name = from->name, .n_columns = from->n_columns };
        PG_TRY_ALLOC(ctx, to->columns, pg_arena_alloc(&ctx->scratch, to->n_columns, sizeof *to->columns));
        for (size_t c = 0; c < to->n_columns; c++)
            PG_TRY(pg_eval_column(ctx, out->scope.frame, from->columns[c], &to->columns[c]));
        if (from->slope != NULL) PG_TRY(pg_eval_numbers(ctx, &out->scope, from->slope, &to->slope));
    }
    return PGDP_OK;
}

/** The columns that the covariance names. */
static pgdp_status find_vcov(pgdp_ctx *ctx, const pg_vcov_spec *vcov, pg_found *out)
{
    out->n_clusters = vcov->n_clusters;
    out->n_vcov_columns = vcov->n_columns;
    PG_TRY_ALLOC(ctx, out->clusters, pg_arena_alloc(&ctx->scratch, out->n_clusters, sizeof *out->clusters));
    PG_TRY_ALLOC(ctx, out->vcov_columns, pg_arena_alloc(&ctx->scratch, out->n_vcov_columns, sizeof(double *)));
    for (size_t i = 0; i < out->n_clusters; i++)
        PG_TRY(find_cluster(ctx, out->scope.frame, vcov->clusters[i], &out->clusters[i]));
    for (size_t i = 0; i < out->n_vcov_columns; i++) {
        if (vcov->columns[i] == NULL)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "vcov: found no %s, expected %s(%s=COLUMN, ...); name the column",
                           vcov->vcov->columns[i], vcov->vcov->name, vcov->vcov->columns[i]);
        PG_TRY(pg_eval_numbers(ctx, &out->scope, vcov->columns[i], &out->vcov_columns[i]));
    }
    return PGDP_OK;
}

static pgdp_status check_parts(pgdp_ctx *ctx, const pg_formula *formula, const pgdp_estimator *method)
{
    const bool has = formula->endogenous.n > 0;
    if (has && !method->instrumental)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "formula:1: found instruments, which method %s does not use; choose --method iv, liml or gmm",
                       method->name);
    if (!has && method->instrumental)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "formula:1: found no instruments, expected them for method %s: y ~ x | endogenous ~ z1 + z2",
                       method->name);
    return PGDP_OK;
}

/** Are the data to be taken for the decimals that they were written as? Where it costs little, or is asked for. */
static bool takes_decimals(const pgdp_frame *frame, const pg_formula *formula, const pg_design_request *request)
{
    const pgdp_setting *s = request->spec->settings;
    const size_t n = request->n_rows > 0 ? request->n_rows : pgdp_frame_n_rows(frame);
    if (!request->estimator->extended || n == PGDP_NONE) return false;
    for (; s != NULL && s->name != NULL; s++)
        if (pg_streq(s->name, "precision") && !pg_streq(s->value, "auto")) return pg_streq(s->value, "extended");
    return n <= FEW_CELLS / (formula->terms.n + 1);
}

pgdp_status pg_design_find(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_formula *formula,
                           const pg_design_request *request, pg_found *out)
{
    const pgdp_regression_spec *spec = request->spec;
    const pgdp_estimator *method = request->estimator;
    const bool cuts = method->outcome == PGDP_OUTCOME_ORDERED, effects = pg_formula_absorbs_constant(formula);
    *out = (pg_found){ .scope = { .frame = frame, .decimal = takes_decimals(frame, formula, request) } };
    PG_TRY(check_parts(ctx, formula, method));
    PG_TRY(pg_design_find_panel(ctx, spec->panel, out));
    PG_TRY(find_outcome(ctx, formula->outcome, method, out));
    PG_TRY(pg_columns_find(ctx, &out->scope, &formula->terms, formula->constant && !cuts && !effects,
                           formula->constant || cuts || effects, &out->exogenous));
    PG_TRY(pg_columns_find(ctx, &out->scope, &formula->endogenous, false, true, &out->endogenous));
    PG_TRY(pg_columns_find(ctx, &out->scope, &formula->instruments, false, true, &out->instruments));
    if (method->nonlinear) PG_TRY(pg_mean_find(ctx, &out->scope, formula->right, spec->start, &out->mean));
    PG_TRY(find_weights(ctx, spec->weights, out));
    PG_TRY(find_offset(ctx, spec->offset, out));
    PG_TRY(find_effects(ctx, formula, out));
    return find_vcov(ctx, request->vcov, out);
}

pgdp_status pg_design_need(pgdp_ctx *ctx, const pg_found *f, pg_rows *rows)
{
    const pgdp_frame *frame = f->scope.frame;
    const pg_columns *const columns[] = { &f->exogenous, &f->endogenous, &f->instruments };
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        pg_columns_need(columns[i], rows);
    if (f->mean != NULL) pg_mean_need(f->mean, rows);
    if (f->outcome_column != PGDP_NONE)
        pg_rows_need_cells(rows, frame, f->outcome_column);
    else
        pg_rows_need_numbers(rows, f->outcome);
    for (size_t i = 0; i < f->n_clusters + f->n_effects; i++) {
        const pg_found_effect *e = i < f->n_clusters ? &f->clusters[i] : &f->effects[i - f->n_clusters];
        for (size_t c = 0; c < e->n_columns; c++)
            pg_rows_need_cells(rows, frame, e->columns[c]);
        if (e->slope != NULL) pg_rows_need_numbers(rows, e->slope);
    }
    for (size_t i = 0; i < f->n_vcov_columns; i++)
        pg_rows_need_numbers(rows, f->vcov_columns[i]);
    if (f->offset != NULL) pg_rows_need_numbers(rows, f->offset);
    if (f->entity != PGDP_NONE) pg_rows_need_cells(rows, frame, f->entity);
    if (f->time != PGDP_NONE) pg_rows_need_cells(rows, frame, f->time);
    return f->weights == NULL ? PGDP_OK : pg_rows_need_weights(ctx, rows, f->weights, f->weight_kind);
}
