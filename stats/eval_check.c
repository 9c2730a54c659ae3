/* eval_check.c  Names exist, numbers meet numbers, text meets text. Source: the rules of eval.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/eval_check.h"

#include "stats/formula.h"

enum { NAMES_SHOWN = 8 };

/** No such column: the nearest name, or the first few there are. */
static pgdp_status fail_column(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_expr *name)
{
    const size_t n = pgdp_frame_n_columns(frame);
    const char **names;
    PG_TRY_ALLOC(ctx, names, pg_arena_alloc(&ctx->scratch, n, sizeof *names));
    for (size_t i = 0; i < n; i++)
        names[i] = pgdp_frame_column(frame, i)->name;
    const char *nearest = pgdp_nearest(name->text, names, n);
    pg_text rest;
    pg_text_init(&rest, &ctx->scratch);
    pg_text_add(&rest, "expected a column of the data; ");
    if (nearest != NULL) {
        pg_text_addf(&rest, "did you mean %.60s?", nearest);
    } else {
        pg_text_add(&rest, "it has");
        for (size_t i = 0; i < n && i < NAMES_SHOWN; i++)
            pg_text_addf(&rest, "%s %.40s", i == 0 ? "" : ",", names[i]);
        if (n > NAMES_SHOWN) pg_text_addf(&rest, " and %zu more", n - NAMES_SHOWN);
        if (n == 0) pg_text_add(&rest, " no columns");
    }
    return rest.failed ? pg_no_memory(ctx) : pg_expr_fail(ctx, PGDP_NOT_FOUND, name, rest.data);
}

pgdp_status pg_eval_column(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_expr *name, size_t *column)
{
    *column = pgdp_frame_find(frame, name->text);
    return *column == PGDP_NONE ? fail_column(ctx, frame, name) : PGDP_OK;
}

pgdp_status pg_eval_not_stray(pgdp_ctx *ctx, const pgdp_frame *frame, size_t column)
{
    const char *name = pgdp_frame_column(frame, column)->name, *key, *note;
    PG_TRY_ALLOC(ctx, key, pg_arena_printf(&ctx->scratch, "not_number:%s", name));
    note = pgdp_frame_note(frame, key);
    if (note == NULL) return PGDP_OK;
    return pg_fail(ctx, PGDP_PARSE, "%s; correct the cell, or write i(%.60s) where levels are meant", note, name);
}

pg_kind pg_eval_kind(const pgdp_frame *frame, const pg_expr *expr)
{
    if (expr->kind == PG_EXPR_STRING) return PG_KIND_STRING;
    if (expr->kind != PG_EXPR_NAME) return PG_KIND_NUMBER;
    const pgdp_type type = pgdp_frame_column(frame, pgdp_frame_find(frame, expr->text))->type;
    return type == PGDP_TEXT ? PG_KIND_TEXT : type == PGDP_PERIOD ? PG_KIND_PERIOD : PG_KIND_NUMBER;
}

static bool is_comparison(pg_op op)
{
    return op >= PG_OP_EQ && op <= PG_OP_GT;
}

static pgdp_status check_operand(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_expr *e)
{
    size_t column;
    if (e->kind == PG_EXPR_STRING) return PGDP_OK;
    if (e->kind == PG_EXPR_NAME) return pg_eval_column(ctx, frame, e, &column);
    return pg_eval_check(ctx, frame, e);
}

static pgdp_status check_period(pgdp_ctx *ctx, const pg_expr *literal)
{
    pgdp_period period;
    if (pgdp_period_parse(literal->text, &period)) return PGDP_OK;
    return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, literal,
                        "expected a period such as \"2031\", \"2031Q1\" or \"2031-02\"");
}

/** Two sides that may be compared by op. */
static pgdp_status check_comparison(pgdp_ctx *ctx, const pgdp_frame *frame, pg_op op, const pg_expr *left,
                                    const pg_expr *right)
{
    PG_TRY(check_operand(ctx, frame, left));
    PG_TRY(check_operand(ctx, frame, right));
    const pg_kind l = pg_eval_kind(frame, left), r = pg_eval_kind(frame, right);
    if (l == PG_KIND_STRING && r == PG_KIND_STRING)
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, left,
                            "expected a column on one side; leave the quotes of its name out");
    if (l == PG_KIND_PERIOD && r == PG_KIND_STRING) return check_period(ctx, right);
    if (l == PG_KIND_STRING && r == PG_KIND_PERIOD) return check_period(ctx, left);
    const bool l_text = l == PG_KIND_TEXT || l == PG_KIND_STRING, r_text = r == PG_KIND_TEXT || r == PG_KIND_STRING;
    if (!l_text && !r_text) return PGDP_OK;
    if (l_text != r_text)
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, r_text ? right : left,
                            r_text == (r == PG_KIND_STRING) && l_text == (l == PG_KIND_STRING)
                                ? "expected a number, as on the other side; leave the quotes out"
                                : "a text column, expected text on the other side; put it in quotes");
    if (op != PG_OP_EQ && op != PG_OP_NE)
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, l == PG_KIND_TEXT ? left : right,
                            "which is text and has no order, expected == or !=");
    return PGDP_OK;
}

/** x %in% c("a", "b") */
static pgdp_status check_in(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_expr *e)
{
    const pg_expr *list = e->right;
    if (list->kind != PG_EXPR_CALL || !pg_streq(list->text, "c") || list->left == NULL)
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e, "expected a list of values after it: c(\"a\", \"b\")");
    for (const pg_expr *item = list->left; item != NULL; item = item->next)
        PG_TRY(check_comparison(ctx, frame, PG_OP_EQ, e->left, item));
    return PGDP_OK;
}

pgdp_status pg_eval_check(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_expr *e)
{
    size_t column;
    switch (e->kind) {
    case PG_EXPR_NUMBER:
        return PGDP_OK;
    case PG_EXPR_STRING:
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e, "expected a number; put names with blanks in back-ticks");
    case PG_EXPR_NAME:
        PG_TRY(pg_eval_column(ctx, frame, e, &column));
        if (pgdp_frame_column(frame, column)->type != PGDP_TEXT) return PGDP_OK;
        PG_TRY(pg_eval_not_stray(ctx, frame, column));
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e,
                            "a text column, expected numbers; write i( ) around it as a term of "
                            "its own, or compare it: I(x == \"level\")");
    case PG_EXPR_CALL:
        PG_TRY(pg_formula_check_calls(ctx, e));
        return pg_eval_check(ctx, frame, e->left);
    default:
        break;
    }
    if (e->kind == PG_EXPR_UNARY) return pg_eval_check(ctx, frame, e->left);
    if (e->op == PG_OP_IN) return check_in(ctx, frame, e);
    if (is_comparison(e->op)) return check_comparison(ctx, frame, e->op, e->left, e->right);
    if (e->op == PG_OP_COLON)
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e, "expected arithmetic; write * for a product of numbers");
    PG_TRY(pg_eval_check(ctx, frame, e->left));
    return pg_eval_check(ctx, frame, e->right);
}

/** The first lag in a tree; NULL: none. */
static const pg_expr *find_lag(const pg_expr *e)
{
    const pg_expr *found = NULL;
    if (pg_formula_is_lag(e)) return e;
    if (e->left != NULL) found = find_lag(e->left);
    if (found == NULL && e->right != NULL) found = find_lag(e->right);
    return found;
}

pgdp_status pg_eval_check_lags(pgdp_ctx *ctx, const pg_scope *scope, const pg_expr *expr)
{
    const pg_expr *lag = find_lag(expr);
    if (lag == NULL) return PGDP_OK;
    if (scope->panel != NULL) return pg_panel_check(ctx, scope->panel);
    return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, lag,
                        "which looks at other periods, expected a panel; name its columns: --panel ID,TIME or "
                        "--panel TIME");
}
