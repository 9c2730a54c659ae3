/* eval.c  Numbers by row from expressions. Source: arithmetic and three-valued logic as in R 4 (?Logic, ?Arithmetic).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/eval.h"

#include "core/parallel.h"
#include "stats/eval_check.h"
#include "stats/formula.h"

#include <math.h>
#include <string.h>

enum { BLOCK_ROWS = 4096, EXACT_EXPONENT = 64 };

/** Rows [first, first + n) of one expression; memory comes from the worker's scratch. */
typedef struct block {
    pgdp_ctx *ctx;
    const pgdp_frame *frame;
    size_t first, n;
} block;

static pgdp_status eval(const block *b, const pg_expr *e, double *out);

double pg_period_years(pgdp_period period)
{
    const pgdp_period year = pgdp_period_convert(period, PGDP_ANNUAL);
    const double y = 1970.0 + year.ordinal;
    if (period.frequency == PGDP_QUARTERLY || period.frequency == PGDP_MONTHLY) {
        const int32_t per_year = period.frequency == PGDP_QUARTERLY ? 4 : 12;
        return y + (double)(period.ordinal - per_year * year.ordinal) / per_year;
    }
    const pgdp_period next = { PGDP_ANNUAL, year.ordinal + 1 };
    const int32_t start = pgdp_period_first_day(year), end = pgdp_period_first_day(next);
    return y + (double)(pgdp_period_first_day(period) - start) / (end - start);
}

/** x^k by repeated squaring in extended precision, rounded once: a power of ten loses no digit to its parts. */
static double power(double x, double k)
{
    if (fabs(k) > EXACT_EXPONENT || k > floor(k)) return pow(x, k);
    long double result = 1, square = x;
    for (unsigned n = (unsigned)fabs(k); n > 0; n >>= 1) {
        if (n & 1u) result *= square;
        square *= square;
    }
    return (double)(k < 0 ? 1 / result : result);
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
    case PG_OP_POW:
        return power(a, b);
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
    const size_t column = pgdp_frame_find(b->frame, e->text);
    const double *reals = pgdp_frame_reals(b->frame, column);
    const int32_t *periods = pgdp_frame_periods(b->frame, column);
    const pgdp_frequency frequency = pgdp_frame_column(b->frame, column)->frequency;
    for (size_t i = 0; i < b->n; i++) {
        const size_t row = b->first + i;
        if (reals != NULL)
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
    const size_t l = left->kind == PG_EXPR_NAME ? pgdp_frame_find(b->frame, left->text) : PGDP_NONE;
    const size_t r = right->kind == PG_EXPR_NAME ? pgdp_frame_find(b->frame, right->text) : PGDP_NONE;
    const bool equal = e->op != PG_OP_NE;
    for (size_t i = 0; i < b->n; i++) {
        const char *x = l == PGDP_NONE ? left->text : pgdp_frame_text(b->frame, l, b->first + i);
        const char *y = r == PGDP_NONE ? right->text : pgdp_frame_text(b->frame, r, b->first + i);
        out[i] = x == NULL || y == NULL ? (double)NAN : truth((strcmp(x, y) == 0) == equal);
    }
}

/** A period column with a quoted period, both at the coarser frequency: the months of 2031Q1 equal "2031Q1". */
static void compare_period(const block *b, const pg_expr *e, double *out)
{
    const bool swapped = e->left->kind == PG_EXPR_STRING;
    const size_t column = pgdp_frame_find(b->frame, (swapped ? e->right : e->left)->text);
    const int32_t *periods = pgdp_frame_periods(b->frame, column);
    const pgdp_frequency frequency = pgdp_frame_column(b->frame, column)->frequency;
    pgdp_period literal = { PGDP_NO_FREQUENCY, 0 };
    if (!pgdp_period_parse((swapped ? e->left : e->right)->text, &literal)) return; /* checked before */
    const pgdp_frequency common = literal.frequency < frequency ? literal.frequency : frequency;
    const double fixed = pgdp_period_convert(literal, common).ordinal;
    for (size_t i = 0; i < b->n; i++) {
        const pgdp_period cell = { frequency, periods[b->first + i] };
        const double value =
            cell.ordinal == PGDP_MISSING_PERIOD ? (double)NAN : pgdp_period_convert(cell, common).ordinal;
        out[i] = swapped ? apply(e->op, fixed, value) : apply(e->op, value, fixed);
    }
}

static pgdp_status eval_pair(const block *b, const pg_expr *e, double *out)
{
    const pg_mark mark = pg_arena_mark(&b->ctx->scratch);
    double *other;
    PG_TRY(eval(b, e->left, out));
    PG_TRY_ALLOC(b->ctx, other, pg_arena_alloc(&b->ctx->scratch, b->n, sizeof *other));
    PG_TRY(eval(b, e->right, other));
    for (size_t i = 0; i < b->n; i++)
        out[i] = apply(e->op, out[i], other[i]);
    pg_arena_rewind(&b->ctx->scratch, mark);
    return PGDP_OK;
}

/** x %in% c(a, b): x == a | x == b. */
static pgdp_status eval_in(const block *b, const pg_expr *e, double *out)
{
    double *equal;
    const pg_mark mark = pg_arena_mark(&b->ctx->scratch);
    PG_TRY_ALLOC(b->ctx, equal, pg_arena_alloc(&b->ctx->scratch, b->n, sizeof *equal));
    for (size_t i = 0; i < b->n; i++)
        out[i] = 0;
    for (const pg_expr *item = e->right->left; item != NULL; item = item->next) {
        const pg_expr one = { .kind = PG_EXPR_BINARY, .op = PG_OP_EQ, .left = e->left, .right = item };
        PG_TRY(eval(b, &one, equal));
        for (size_t i = 0; i < b->n; i++)
            out[i] = logical(PG_OP_OR, out[i], equal[i]);
    }
    pg_arena_rewind(&b->ctx->scratch, mark);
    return PGDP_OK;
}

static pgdp_status eval_binary(const block *b, const pg_expr *e, double *out)
{
    if (e->op == PG_OP_IN) return eval_in(b, e, out);
    const pg_kind left = pg_eval_kind(b->frame, e->left), right = pg_eval_kind(b->frame, e->right);
    if (left == PG_KIND_TEXT || right == PG_KIND_TEXT)
        compare_text(b, e, e->left, e->right, out);
    else if (left == PG_KIND_STRING || right == PG_KIND_STRING)
        compare_period(b, e, out);
    else
        return eval_pair(b, e, out);
    return PGDP_OK;
}

static pgdp_status eval_call(const block *b, const pg_expr *e, double *out)
{
    double (*function)(double) = pg_formula_function(e->text);
    PG_TRY(eval(b, e->left, out));
    for (size_t i = 0; function != NULL && i < b->n; i++)
        out[i] = function(out[i]);
    return PGDP_OK;
}

static pgdp_status eval(const block *b, const pg_expr *e, double *out)
{
    if (e->kind == PG_EXPR_NAME) return eval_column(b, e, out);
    if (e->kind == PG_EXPR_BINARY) return eval_binary(b, e, out);
    if (e->kind == PG_EXPR_CALL) return eval_call(b, e, out);
    if (e->kind == PG_EXPR_UNARY) {
        PG_TRY(eval(b, e->left, out));
        for (size_t i = 0; i < b->n; i++)
            out[i] = e->op == PG_OP_SUB ? -out[i] : e->op == PG_OP_NOT && !isnan(out[i]) ? truth(out[i] == 0) : out[i];
        return PGDP_OK;
    }
    for (size_t i = 0; i < b->n; i++)
        out[i] = e->number;
    return PGDP_OK;
}

/** What the workers share. */
typedef struct job {
    const pgdp_frame *frame;
    const pg_expr *expr;
    double *out;
} job;

static pgdp_status eval_block(pgdp_ctx *ctx, void *user, size_t index)
{
    const job *j = user;
    const size_t first = index * BLOCK_ROWS, left = pgdp_frame_n_rows(j->frame) - first;
    const block b = { .ctx = ctx, .frame = j->frame, .first = first, .n = left < BLOCK_ROWS ? left : BLOCK_ROWS };
    return eval(&b, j->expr, j->out + first);
}

pgdp_status pg_eval_numbers(pgdp_ctx *ctx, const pg_scope *scope, const pg_expr *expr, const double **out)
{
    const pgdp_frame *frame = scope->frame;
    PG_TRY(pg_eval_check(ctx, frame, expr));
    const size_t n = pgdp_frame_n_rows(frame);
    if (expr->kind == PG_EXPR_NAME) {
        *out = pgdp_frame_reals(frame, pgdp_frame_find(frame, expr->text));
        if (*out != NULL) return PGDP_OK;
    }
    job j = { .frame = frame, .expr = expr };
    PG_TRY_ALLOC(ctx, j.out, pg_arena_alloc(&ctx->scratch, n, sizeof *j.out));
    PG_TRY(pg_parallel(ctx, NULL, (n + BLOCK_ROWS - 1) / BLOCK_ROWS, eval_block, &j));
    *out = j.out;
    return PGDP_OK;
}
