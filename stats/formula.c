/* formula.c  The tree of a formula to its terms. Source: Wilkinson & Rogers (1973), Applied Statistics 22(3),
 * section 2. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/formula.h"

#include <math.h>
#include <string.h>

enum { MOST_PARTS = 8, MOST_WORK = 20000000 };

/** What one expansion works with; `work` counts comparisons of terms so that no formula takes long. */
typedef struct expansion {
    pgdp_ctx *ctx;
    pg_arena *arena;
    size_t work;
    bool constant;
} expansion;

/** Terms while they are gathered, in the parse's arena. */
typedef struct terms {
    pg_term *items;
    size_t n;
} terms;

typedef struct numeric_function {
    const char *name;
    double (*apply)(double);
} numeric_function;
static const numeric_function functions[] = {
    { "log", log }, { "log1p", log1p }, { "exp", exp }, { "expm1", expm1 }, { "sqrt", sqrt }, { "abs", fabs },
};
enum { N_FUNCTIONS = sizeof functions / sizeof functions[0] };

/** Words of the grammar that this version refuses, with what to write instead. */
static const char *const refused[][2] = {
    { "l", "lags; put them in a column and name it" },
    { "lag", "lags; put them in a column and name it" },
    { "f", "leads; put them in a column and name it" },
    { "lead", "leads; put them in a column and name it" },
    { "d", "differences; put them in a column and name it" },
    { "diff", "differences; put them in a column and name it" },
    { "s", "seasonal lags; put them in a column and name it" },
    { "poly", "polynomials; write x + x^2 + x^3" },
    { "sw", "stepwise terms; fit one formula at a time" },
    { "sw0", "stepwise terms; fit one formula at a time" },
    { "csw", "stepwise terms; fit one formula at a time" },
    { "csw0", "stepwise terms; fit one formula at a time" },
    { "mvsw", "stepwise terms; fit one formula at a time" },
    { "c", "lists of terms; fit one formula at a time" },
    { "factor", "factor(); write i(x)" },
    { "as.factor", "as.factor(); write i(x)" },
    { "C", "C(); write i(x, ref = level)" },
    { "ln", "ln(); write log(x)" },
    { "log10", "log10(); write I(log(x)/log(10))" },
    { "log2", "log2(); write I(log(x)/log(2))" },
};

double (*pg_formula_function(const char *name))(double)
{
    for (size_t i = 0; i < N_FUNCTIONS; i++)
        if (pg_streq(functions[i].name, name)) return functions[i].apply;
    return NULL;
}

/** found "name", and why it cannot be called. */
static pgdp_status refuse_call(pgdp_ctx *ctx, const pg_expr *e)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (pg_streq(refused[i][0], e->text))
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s:%zu:%zu: found \"%s(\", not available in this version: %s",
                           e->what, e->line, e->column, e->text, refused[i][1]);
    const char *names[N_FUNCTIONS + 2] = { "I", "i" };
    for (size_t i = 0; i < N_FUNCTIONS; i++)
        names[i + 2] = functions[i].name;
    const char *nearest = pgdp_nearest(e->text, names, N_FUNCTIONS + 2);
    if (nearest != NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s:%zu:%zu: found \"%.60s(\", expected a function; did you mean %s()?",
                       e->what, e->line, e->column, e->text, nearest);
    return pg_expr_fail(
        ctx, PGDP_BAD_ARGUMENT, e,
        "expected one of log, log1p, exp, expm1, sqrt, abs, I, i; put a column of this name in back-ticks");
}

pgdp_status pg_formula_check_calls(pgdp_ctx *ctx, const pg_expr *e)
{
    if (e->kind == PG_EXPR_UNARY || e->kind == PG_EXPR_BINARY) {
        if (e->op == PG_OP_COLON)
            return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e, "expected arithmetic; write * for a product of numbers");
        PG_TRY(pg_formula_check_calls(ctx, e->left));
        const bool list = e->op == PG_OP_IN; /* its right side is c(...), a list of values */
        return e->right == NULL || list ? PGDP_OK : pg_formula_check_calls(ctx, e->right);
    }
    if (e->kind != PG_EXPR_CALL) return PGDP_OK;
    if (pg_streq(e->text, "i"))
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e, "expected a number; i() stands only as a term of its own");
    if (!pg_streq(e->text, "I") && pg_formula_function(e->text) == NULL) return refuse_call(ctx, e);
    if (e->left == NULL || e->left->next != NULL || e->left->label != NULL)
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e, "expected exactly one argument in its parentheses");
    return pg_formula_check_calls(ctx, e->left);
}

static bool same_part(const pg_part *a, const pg_part *b)
{
    return a->kind == b->kind && pg_streq(a->name, b->name);
}

static bool has_part(const pg_term *term, const pg_part *part)
{
    for (size_t i = 0; i < term->n_parts; i++)
        if (same_part(&term->parts[i], part)) return true;
    return false;
}

static bool same_term(const pg_term *a, const pg_term *b)
{
    if (a->n_parts != b->n_parts) return false;
    for (size_t i = 0; i < a->n_parts; i++)
        if (!has_part(b, &a->parts[i])) return false;
    return true;
}

bool pg_term_is_margin(const pg_term *margin, const pg_term *term, size_t k)
{
    if (margin->n_parts + 1 != term->n_parts) return false;
    for (size_t i = 0; i < term->n_parts; i++)
        if (i != k && !has_part(margin, &term->parts[i])) return false;
    return true;
}

/** Add a term unless it is there. */
static pgdp_status add_term(expansion *x, const pg_expr *at, const pg_term *term, terms *list)
{
    x->work += list->n * term->n_parts;
    for (size_t i = 0; x->work <= MOST_WORK && i < list->n; i++)
        if (same_term(&list->items[i], term)) return PGDP_OK;
    if (list->n >= PG_FORMULA_TERMS || x->work > MOST_WORK)
        return pg_expr_fail(x->ctx, PGDP_BAD_ARGUMENT, at, "expected at most 2000 terms; use fewer");
    if ((list->n & (list->n - 1)) == 0) {
        const size_t room = list->n == 0 ? 1 : 2 * list->n;
        PG_TRY_ALLOC(x->ctx, list->items, pg_arena_grow(x->arena, list->items, list->n, room, sizeof *list->items));
    }
    list->items[list->n++] = *term;
    return PGDP_OK;
}

/** The product of two terms; a part that both have counts once, so that x:x is x. */
static pgdp_status multiply(expansion *x, const pg_expr *at, const pg_term *a, const pg_term *b, pg_term *out)
{
    pg_part *parts;
    PG_TRY_ALLOC(x->ctx, parts, pg_arena_alloc(x->arena, a->n_parts + b->n_parts, sizeof *parts));
    memcpy(parts, a->parts, a->n_parts * sizeof *parts);
    size_t n = a->n_parts;
    for (size_t i = 0; i < b->n_parts; i++)
        if (!has_part(a, &b->parts[i])) parts[n++] = b->parts[i];
    if (n > MOST_PARTS)
        return pg_expr_fail(x->ctx, PGDP_BAD_ARGUMENT, at, "expected products of at most 8 variables; use fewer");
    *out = (pg_term){ .parts = parts, .n_parts = n };
    return PGDP_OK;
}

/** A number by row as one part. */
static pgdp_status numeric_part(pgdp_ctx *ctx, pg_arena *arena, const pg_expr *e, pg_part *out)
{
    PG_TRY(pg_formula_check_calls(ctx, e));
    *out = (pg_part){ .expr = e };
    PG_TRY_ALLOC(ctx, out->name, pg_expr_text(arena, e));
    return PGDP_OK;
}

static bool is_literal(const pg_expr *e)
{
    return e->kind == PG_EXPR_NUMBER || e->kind == PG_EXPR_STRING || e->kind == PG_EXPR_NAME ||
           (e->kind == PG_EXPR_UNARY && e->op == PG_OP_SUB && e->left->kind == PG_EXPR_NUMBER);
}

/** i(f), i(f, ref = b), i(f, x), i(f, x, ref = b). */
static pgdp_status levels_term(pgdp_ctx *ctx, pg_arena *arena, const pg_expr *call, pg_term *out)
{
    pg_part *parts;
    PG_TRY_ALLOC(ctx, parts, pg_arena_alloc(arena, 2, sizeof *parts));
    size_t n = 0;
    for (const pg_expr *a = call->left; a != NULL; a = a->next) {
        if (a->label != NULL && !pg_streq(a->label, "ref"))
            return pg_fail(
                ctx, PGDP_BAD_ARGUMENT,
                "%s:%zu:%zu: found \"%.60s =\", expected ref =; other settings of i() are not available in this "
                "version",
                a->what, a->line, a->column, a->label);
        if (a->label != NULL) {
            if (!is_literal(a))
                return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, a, "expected one level after ref =; put it in quotes");
            parts[0].ref = a;
        } else if (n == 0 && a->kind == PG_EXPR_NAME) {
            parts[0].kind = PG_PART_LEVELS;
            parts[0].expr = a;
            PG_TRY_ALLOC(ctx, parts[0].name, pg_expr_text(arena, a));
            n = 1;
        } else if (n == 1) {
            PG_TRY(numeric_part(ctx, arena, a, &parts[1]));
            n = 2;
        } else {
            return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, a,
                                "expected i(column), i(column, number) or either with ref = level");
        }
    }
    if (n == 0) return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, call, "expected a column in its parentheses: i(column)");
    *out = (pg_term){ .parts = parts, .n_parts = n };
    return PGDP_OK;
}

/** One term without operators of the formula's own. */
static pgdp_status single_term(expansion *x, const pg_expr *e, pg_term *out)
{
    if (e->kind == PG_EXPR_CALL && pg_streq(e->text, "i")) return levels_term(x->ctx, x->arena, e, out);
    pg_part *part;
    PG_TRY_ALLOC(x->ctx, part, pg_arena_alloc(x->arena, 1, sizeof *part));
    PG_TRY(numeric_part(x->ctx, x->arena, e, part));
    *out = (pg_term){ .parts = part, .n_parts = 1 };
    return PGDP_OK;
}

static pgdp_status expand(expansion *x, const pg_expr *e, terms *list);

/** a:b and a*b, each side a sum of terms. */
static pgdp_status expand_product(expansion *x, const pg_expr *e, terms *list)
{
    terms a = { NULL, 0 }, b = { NULL, 0 };
    PG_TRY(expand(x, e->left, &a));
    PG_TRY(expand(x, e->right, &b));
    for (size_t i = 0; e->op == PG_OP_MUL && i < a.n + b.n; i++)
        PG_TRY(add_term(x, e, i < a.n ? &a.items[i] : &b.items[i - a.n], list));
    for (size_t i = 0; i < a.n * b.n; i++) {
        pg_term product = { NULL, 0 };
        PG_TRY(multiply(x, e, &a.items[i / b.n], &b.items[i % b.n], &product));
        PG_TRY(add_term(x, e, &product, list));
    }
    return PGDP_OK;
}

/** x^2 is a power of numbers, never crossing. */
static pgdp_status check_power(pgdp_ctx *ctx, const pg_expr *e)
{
    const pg_expr *base = e->left, *exponent = e->right;
    if (base->kind != PG_EXPR_NAME && base->kind != PG_EXPR_CALL)
        return pg_expr_fail(
            ctx, PGDP_BAD_ARGUMENT, e,
            "expected a power of one variable; write (a + b)*(a + b) to cross terms or I((a + b)^2) for the "
            "power of a sum");
    if (exponent->kind == PG_EXPR_UNARY && exponent->op == PG_OP_SUB) exponent = exponent->left;
    if (exponent->kind != PG_EXPR_NUMBER)
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e, "expected a number as exponent; write I(a^b) for other powers");
    return PGDP_OK;
}

static pgdp_status expand_operator(expansion *x, const pg_expr *e, terms *list)
{
    if (e->op == PG_OP_COLON || e->op == PG_OP_MUL) return expand_product(x, e, list);
    if (e->op == PG_OP_ADD && e->kind == PG_EXPR_BINARY) {
        PG_TRY(expand(x, e->left, list));
        return expand(x, e->right, list);
    }
    if (e->op == PG_OP_DIV)
        return pg_expr_fail(x->ctx, PGDP_BAD_ARGUMENT, e,
                            "expected a term; write I(a/b) for a quotient or a + a:b for nesting");
    return pg_expr_fail(x->ctx, PGDP_BAD_ARGUMENT, e, "expected a term; put arithmetic and comparisons in I( )");
}

/** Add the terms of a sum or product to the list; numbers are not terms here. */
static pgdp_status expand(expansion *x, const pg_expr *e, terms *list)
{
    const bool power = e->kind == PG_EXPR_BINARY && e->op == PG_OP_POW;
    if (power) PG_TRY(check_power(x->ctx, e));
    if (e->kind == PG_EXPR_NAME || e->kind == PG_EXPR_CALL || power) {
        if (pg_streq(e->text, "."))
            return pg_expr_fail(x->ctx, PGDP_BAD_ARGUMENT, e,
                                "not available in this version: all other columns; name them");
        pg_term term = { NULL, 0 };
        PG_TRY(single_term(x, e, &term));
        return add_term(x, e, &term, list);
    }
    if (e->kind == PG_EXPR_BINARY || e->kind == PG_EXPR_UNARY) return expand_operator(x, e, list);
    return pg_expr_fail(x->ctx, PGDP_BAD_ARGUMENT, e,
                        e->kind == PG_EXPR_STRING ? "expected a column; put names with blanks in back-ticks"
                                                  : "expected a column; of numbers only 1, 0 and -1 stand as terms");
}

/** The sum at the formula's top: 0, 1 and their signs set the constant, the last one wins. */
static pgdp_status expand_sum(expansion *x, const pg_expr *e, bool negative, terms *list)
{
    const bool sum =
        (e->kind == PG_EXPR_BINARY || e->kind == PG_EXPR_UNARY) && (e->op == PG_OP_ADD || e->op == PG_OP_SUB);
    const bool minus = sum && e->op == PG_OP_SUB;
    if (sum && e->kind == PG_EXPR_UNARY) return expand_sum(x, e->left, minus != negative, list);
    if (sum) {
        PG_TRY(expand_sum(x, e->left, negative, list));
        return expand_sum(x, e->right, minus != negative, list);
    }
    if (e->kind == PG_EXPR_NUMBER && (pg_streq(e->text, "0") || pg_streq(e->text, "1"))) {
        x->constant = pg_streq(e->text, negative ? "0" : "1");
        return PGDP_OK;
    }
    if (negative)
        return pg_expr_fail(x->ctx, PGDP_BAD_ARGUMENT, e,
                            "expected a term to add; only -1 takes something away, leave the term out or write I(-x)");
    return expand(x, e, list);
}

pgdp_status pg_formula_parse(pgdp_ctx *ctx, pg_arena *arena, const char *text, bool nonlinear, pg_formula *out)
{
    pg_lexer lexer;
    const pg_expr *outcome, *right;
    PG_TRY(pg_lexer_init(&lexer, ctx, arena, "formula", text));
    PG_TRY(pg_expr_read(&lexer, false, &outcome));
    if (lexer.token.op != PG_OP_TILDE) return pg_lexer_fail(&lexer, "`~` between outcome and terms: y ~ x1 + x2");
    PG_TRY(pg_formula_check_calls(ctx, outcome));
    PG_TRY(pg_lexer_next(&lexer));
    PG_TRY(pg_expr_read(&lexer, false, &right));
    if (lexer.token.op == PG_OP_OR)
        return pg_lexer_fail(&lexer,
                             "the end; fixed effects and instruments after `|` are not available in this version, "
                             "write i(f) for effects of few levels");
    if (lexer.token.kind != PG_TOKEN_END) return pg_lexer_fail(&lexer, "an operator such as + or the end");
    expansion x = { .ctx = ctx, .arena = arena, .constant = true };
    terms list = { NULL, 0 };
    if (!nonlinear) PG_TRY(expand_sum(&x, right, false, &list));
    *out = (pg_formula){
        .outcome = outcome, .right = right, .terms = { list.items, list.n }, .constant = x.constant
    };
    return PGDP_OK;
}

pgdp_status pg_formula_expand(pgdp_ctx *ctx, pg_arena *arena, const char *text, const char *const **out, size_t *n)
{
    const char **one;
    PG_TRY_ALLOC(ctx, one, pg_arena_alloc(arena, 1, sizeof *one));
    PG_TRY_ALLOC(ctx, one[0], pg_arena_strdup(arena, text));
    *out = one;
    *n = 1;
    return PGDP_OK;
}
