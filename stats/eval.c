/* eval.c  Numbers by row from expressions. Source: arithmetic and three-valued logic as in R 4 (?Logic, ?Arithmetic).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/eval.h"
#include "core/period.h"

#include "core/parallel.h"
#include "stats/decimal.h"
#include "stats/eval_check.h"
#include "stats/formula_parts.h"
#include "stats/two_algebra.h"

#include <math.h>
#include <string.h>

enum { BLOCK_ROWS = 4096, EXACT_EXPONENT = 64 };

/** Rows [first, first + n) of one expression, `lag` periods before; memory comes from the worker's scratch. */
typedef struct block {
    pgdp_ctx *ctx;
    const pg_scope *scope;
    size_t first, n;
    int64_t lag;
} block;
/** Numbers of a block, and what rounding took from them; lo NULL: not asked for. */
typedef struct numbers {
    double *hi, *lo;
} numbers;

static pgdp_status eval(const block *b, const pg_expr *e, numbers out);

/** The row that row i of the block stands for; PGDP_NONE: none there at that time. */
static size_t row_of(const block *b, size_t i)
{
    return b->lag == 0 ? b->first + i : pg_panel_lag(b->scope->panel, b->first + i, b->lag);
}

double pg_period_years(pgdp_period period)
{
    const pgdp_period year = pgdp_period_convert(period, PGDP_ANNUAL);
    const double y = 1970.0 + year.ordinal;
    const int months = pg_frequency_months(period.frequency);
    if (months > 0) {
        const int32_t per_year = 12 / months;
        return y + (double)(period.ordinal - per_year * year.ordinal) / per_year;
    }
    const pgdp_period next = { PGDP_ANNUAL, year.ordinal + 1 };
    const int32_t start = pgdp_period_first_day(year), end = pgdp_period_first_day(next);
    return y + (double)(pgdp_period_first_day(period) - start) / (end - start);
}

/** x^k: whole powers are rounded once, and what that took is kept. */
static pg_two power(pg_two x, double k)
{
    if (fabs(k) > EXACT_EXPONENT || k > floor(k)) return (pg_two){ pow(x.hi, k), 0 };
    const pg_two exact = pg_two_power(x, (int)k);
    return pg_two_is_safe(exact.hi) ? exact : (pg_two){ pow(x.hi, k), 0 };
}

static double truth(bool value)
{
    return value ? 1 : 0;
}

static double logical(pg_op op, double a, double b)
{
    const double decides = truth(op == PG_OP_OR);
    if ((!isnan(a) && truth(a != 0) == decides) || (!isnan(b) && truth(b != 0) == decides)) return decides;
    return isnan(a) || isnan(b) ? (double)NAN : 1 - decides;
}

/** Arithmetic in two doubles. */
static pg_two apply_two(pg_op op, pg_two a, pg_two b)
{
    switch (op) {
    case PG_OP_ADD:
        return pg_two_plus(a, b);
    case PG_OP_SUB:
        return pg_two_minus(a, b);
    case PG_OP_MUL:
        return pg_two_times(a, b);
    case PG_OP_DIV:
        return pg_two_over(a, b);
    default:
        return power(a, b.hi);
    }
}

static bool is_arithmetic(pg_op op)
{
    return op == PG_OP_ADD || op == PG_OP_SUB || op == PG_OP_MUL || op == PG_OP_DIV || op == PG_OP_POW;
}

static double apply(pg_op op, double a, double b)
{
    if (op == PG_OP_AND || op == PG_OP_OR) return logical(op, a, b);
    if (isnan(a) || isnan(b)) return (double)NAN;
    switch (op) {
    case PG_OP_ADD:
        return a + b;
    case PG_OP_SUB:
        return a - b;
    case PG_OP_MUL:
        return a * b;
    case PG_OP_DIV:
        return a / b;
    case PG_OP_EQ:
        return truth(a == b);
    case PG_OP_NE:
        return truth(a != b);
    case PG_OP_LT:
        return truth(a < b);
    case PG_OP_LE:
        return truth(a <= b);
    case PG_OP_GT:
        return truth(a > b);
    default:
        return truth(a >= b);
    }
}

static pgdp_status eval_column(const block *b, const pg_expr *e, double *out)
{
    const pgdp_frame *frame = b->scope->frame;
    const size_t column = pgdp_frame_find(frame, e->text);
    const double *reals = pgdp_frame_reals(frame, column);
    const int32_t *periods = pgdp_frame_periods(frame, column);
    const pgdp_frequency frequency = pgdp_frame_column(frame, column)->frequency;
    for (size_t i = 0; i < b->n; i++) {
        const size_t row = row_of(b, i);
        if (row == PGDP_NONE)
            out[i] = (double)NAN;
        else if (reals != NULL)
            out[i] = reals[row];
        else
            out[i] = periods[row] == PGDP_MISSING_PERIOD ? (double)NAN
                                                         : pg_period_years((pgdp_period){ frequency, periods[row] });
    }
    return PGDP_OK;
}

/** Text with text; pg_eval_check() has seen to it that one side is a column. */
static void compare_text(const block *b, const pg_expr *e, const pg_expr *left, const pg_expr *right, double *out)
{
    const pgdp_frame *frame = b->scope->frame;
    const size_t l = left->kind == PG_EXPR_NAME ? pgdp_frame_find(frame, left->text) : PGDP_NONE;
    const size_t r = right->kind == PG_EXPR_NAME ? pgdp_frame_find(frame, right->text) : PGDP_NONE;
    const bool equal = e->op != PG_OP_NE;
    for (size_t i = 0; i < b->n; i++) {
        const size_t row = row_of(b, i);
        if (row == PGDP_NONE) {
            out[i] = (double)NAN;
            continue;
        }
        const char *x = l == PGDP_NONE ? left->text : pgdp_frame_text(frame, l, row);
        const char *y = r == PGDP_NONE ? right->text : pgdp_frame_text(frame, r, row);
        out[i] = x == NULL || y == NULL ? (double)NAN : truth((strcmp(x, y) == 0) == equal);
    }
}

/** A period column with a quoted period, both at the coarser frequency: the months of 2031Q1 equal "2031Q1". */
static void compare_period(const block *b, const pg_expr *e, double *out)
{
    const bool swapped = e->left->kind == PG_EXPR_STRING;
    const pgdp_frame *frame = b->scope->frame;
    const size_t column = pgdp_frame_find(frame, (swapped ? e->right : e->left)->text);
    const int32_t *periods = pgdp_frame_periods(frame, column);
    const pgdp_frequency frequency = pgdp_frame_column(frame, column)->frequency;
    pgdp_period literal = { PGDP_NO_FREQUENCY, 0 };
    if (!pgdp_period_parse((swapped ? e->left : e->right)->text, &literal)) return; /* checked before */
    const pgdp_frequency common = literal.frequency < frequency ? literal.frequency : frequency;
    const double fixed = pgdp_period_convert(literal, common).ordinal;
    for (size_t i = 0; i < b->n; i++) {
        const size_t row = row_of(b, i);
        const pgdp_period cell = { frequency, row == PGDP_NONE ? PGDP_MISSING_PERIOD : periods[row] };
        const double value =
            cell.ordinal == PGDP_MISSING_PERIOD ? (double)NAN : pgdp_period_convert(cell, common).ordinal;
        out[i] = swapped ? apply(e->op, fixed, value) : apply(e->op, value, fixed);
    }
}

/** op of two blocks of numbers, into the first. */
static void combine(pg_op op, size_t n, numbers left, numbers right)
{
    for (size_t i = 0; i < n; i++) {
        const double a = left.hi[i], b = right.hi[i];
        if (!is_arithmetic(op) || isnan(a) || isnan(b) || (left.lo == NULL && op != PG_OP_POW)) {
            left.hi[i] = apply(op, a, b);
            if (left.lo != NULL) left.lo[i] = 0;
            continue;
        }
        const bool two = left.lo != NULL;
        const pg_two value = apply_two(op, (pg_two){ a, two ? left.lo[i] : 0 }, (pg_two){ b, two ? right.lo[i] : 0 });
        left.hi[i] = value.hi;
        if (two) left.lo[i] = value.lo;
    }
}

/** Memory for a block beside one that is there. */
static pgdp_status new_numbers(const block *b, bool two, numbers *out)
{
    *out = (numbers){ NULL, NULL };
    PG_TRY_ALLOC(b->ctx, out->hi, pg_arena_alloc(&b->ctx->scratch, b->n, sizeof(double)));
    if (two) PG_TRY_ALLOC(b->ctx, out->lo, pg_arena_alloc(&b->ctx->scratch, b->n, sizeof(double)));
    return PGDP_OK;
}

static pgdp_status eval_pair(const block *b, const pg_expr *e, numbers out)
{
    const pg_mark mark = pg_arena_mark(&b->ctx->scratch);
    numbers other;
    PG_TRY(eval(b, e->left, out));
    PG_TRY(new_numbers(b, out.lo != NULL, &other));
    PG_TRY(eval(b, e->right, other));
    combine(e->op, b->n, out, other);
    pg_arena_rewind(&b->ctx->scratch, mark);
    return PGDP_OK;
}

/** x %in% c(a, b): x == a | x == b. */
static pgdp_status eval_in(const block *b, const pg_expr *e, double *out)
{
    numbers equal;
    const pg_mark mark = pg_arena_mark(&b->ctx->scratch);
    PG_TRY(new_numbers(b, false, &equal));
    for (size_t i = 0; i < b->n; i++)
        out[i] = 0;
    for (const pg_expr *item = e->right->left; item != NULL; item = item->next) {
        const pg_expr one = { .kind = PG_EXPR_BINARY, .op = PG_OP_EQ, .left = e->left, .right = item };
        PG_TRY(eval(b, &one, equal));
        for (size_t i = 0; i < b->n; i++)
            out[i] = logical(PG_OP_OR, out[i], equal.hi[i]);
    }
    pg_arena_rewind(&b->ctx->scratch, mark);
    return PGDP_OK;
}

static void clear(const block *b, double *lo)
{
    if (lo != NULL) memset(lo, 0, b->n * sizeof *lo);
}

static pgdp_status eval_binary(const block *b, const pg_expr *e, numbers out)
{
    if (is_arithmetic(e->op)) return eval_pair(b, e, out);
    clear(b, out.lo);
    out.lo = NULL;
    if (e->op == PG_OP_IN) return eval_in(b, e, out.hi);
    const pg_kind left = pg_eval_kind(b->scope->frame, e->left), right = pg_eval_kind(b->scope->frame, e->right);
    if (left == PG_KIND_TEXT || right == PG_KIND_TEXT)
        compare_text(b, e, e->left, e->right, out.hi);
    else if (left == PG_KIND_STRING || right == PG_KIND_STRING)
        compare_period(b, e, out.hi);
    else
        return eval_pair(b, e, out);
    return PGDP_OK;
}

/** l(x, k), f(x, k): x at another time; d(x, k), s(x, k): x less that. */
static pgdp_status eval_lag(const block *b, const pg_expr *e, numbers out)
{
    const pg_mark mark = pg_arena_mark(&b->ctx->scratch);
    block then = *b;
    numbers before;
    then.lag += pg_formula_periods(e);
    if (pg_is_call(e, "l") || pg_is_call(e, "f")) return eval(&then, e->left, out);
    PG_TRY(eval(b, e->left, out));
    PG_TRY(new_numbers(b, out.lo != NULL, &before));
    PG_TRY(eval(&then, e->left, before));
    combine(PG_OP_SUB, b->n, out, before);
    pg_arena_rewind(&b->ctx->scratch, mark);
    return PGDP_OK;
}

static pgdp_status eval_call(const block *b, const pg_expr *e, numbers out)
{
    double (*function)(double) = pg_formula_function(e->text);
    if (pg_formula_is_lag(e)) return eval_lag(b, e, out);
    if (function == NULL) return eval(b, e->left, out); /* I() */
    clear(b, out.lo);
    PG_TRY(eval(b, e->left, (numbers){ out.hi, NULL }));
    for (size_t i = 0; i < b->n; i++)
        out.hi[i] = function(out.hi[i]);
    return PGDP_OK;
}

static pgdp_status eval_unary(const block *b, const pg_expr *e, numbers out)
{
    if (e->op == PG_OP_NOT) {
        clear(b, out.lo);
        out.lo = NULL;
    }
    PG_TRY(eval(b, e->left, out));
    for (size_t i = 0; i < b->n && e->op != PG_OP_ADD; i++) {
        if (e->op == PG_OP_SUB)
            out.hi[i] = -out.hi[i];
        else if (!isnan(out.hi[i]))
            out.hi[i] = truth(out.hi[i] == 0);
        if (out.lo != NULL) out.lo[i] = -out.lo[i];
    }
    return PGDP_OK;
}

static pgdp_status eval(const block *b, const pg_expr *e, numbers out)
{
    if (e->kind == PG_EXPR_BINARY) return eval_binary(b, e, out);
    if (e->kind == PG_EXPR_CALL) return eval_call(b, e, out);
    if (e->kind == PG_EXPR_UNARY) return eval_unary(b, e, out);
    clear(b, out.lo);
    if (e->kind == PG_EXPR_NAME)
        PG_TRY(eval_column(b, e, out.hi));
    else
        for (size_t i = 0; i < b->n; i++)
            out.hi[i] = e->number;
    for (size_t i = 0; out.lo != NULL && b->scope->decimal && i < b->n; i++)
        out.lo[i] = pg_decimal_rest(out.hi[i]);
    return PGDP_OK;
}

/** What the workers share. */
typedef struct job {
    const pg_scope *scope;
    const pg_expr *expr;
    numbers out;
} job;

static pgdp_status eval_block(pgdp_ctx *ctx, void *user, size_t index)
{
    const job *j = user;
    const pg_range rows = pg_block_range(pgdp_frame_n_rows(j->scope->frame), BLOCK_ROWS, index);
    const block b = { .ctx = ctx, .scope = j->scope, .first = rows.first, .n = rows.end - rows.first };
    return eval(&b, j->expr, (numbers){ j->out.hi + rows.first, j->out.lo == NULL ? NULL : j->out.lo + rows.first });
}

static pgdp_status run(pgdp_ctx *ctx, const pg_scope *scope, const pg_expr *expr, numbers out)
{
    job j = { .scope = scope, .expr = expr, .out = out };
    return pg_parallel(ctx, NULL, pg_n_blocks(pgdp_frame_n_rows(scope->frame), BLOCK_ROWS), eval_block, &j);
}

pgdp_status pg_eval_numbers(pgdp_ctx *ctx, const pg_scope *scope, const pg_expr *expr, const double **out)
{
    const pgdp_frame *frame = scope->frame;
    double *x;
    PG_TRY(pg_eval_check(ctx, frame, expr));
    PG_TRY(pg_eval_check_lags(ctx, scope, expr));
    if (expr->kind == PG_EXPR_NAME) {
        *out = pgdp_frame_reals(frame, pgdp_frame_find(frame, expr->text));
        if (*out != NULL) return PGDP_OK;
    }
    PG_TRY_ALLOC(ctx, x, pg_arena_alloc(&ctx->scratch, pgdp_frame_n_rows(frame), sizeof *x));
    *out = x;
    return run(ctx, scope, expr, (numbers){ x, NULL });
}

/** Could rounding take anything from the expression's values? */
static bool is_rounded(const pg_expr *e)
{
    if (e->kind == PG_EXPR_UNARY) return e->op != PG_OP_NOT && is_rounded(e->left);
    if (e->kind == PG_EXPR_BINARY) return is_arithmetic(e->op);
    if (e->kind != PG_EXPR_CALL || pg_formula_function(e->text) != NULL) return false;
    return pg_is_call(e, "d") || pg_is_call(e, "s") || is_rounded(e->left);
}

pgdp_status pg_eval_exact(pgdp_ctx *ctx, const pg_scope *scope, const pg_expr *expr, const double **out,
                          const double **low)
{
    const size_t n = pgdp_frame_n_rows(scope->frame);
    numbers x = { NULL, NULL };
    *low = NULL;
    if (!scope->decimal && !is_rounded(expr)) return pg_eval_numbers(ctx, scope, expr, out);
    PG_TRY(pg_eval_check(ctx, scope->frame, expr));
    PG_TRY(pg_eval_check_lags(ctx, scope, expr));
    PG_TRY_ALLOC(ctx, x.hi, pg_arena_alloc(&ctx->scratch, n, sizeof *x.hi));
    PG_TRY_ALLOC(ctx, x.lo, pg_arena_alloc(&ctx->scratch, n, sizeof *x.lo));
    PG_TRY(run(ctx, scope, expr, x));
    *out = x.hi;
    for (size_t i = 0; i < n && *low == NULL; i++)
        if (x.lo[i] > 0 || x.lo[i] < 0) *low = x.lo;
    return PGDP_OK;
}
