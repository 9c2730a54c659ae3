/* formula_calls.c  Which calls an expression may hold, and what to write instead of others.
 * Source: docs/formula.md; names as in R. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/formula_parts.h"

#include <math.h>

enum { MOST_PERIODS = 1000000 };

typedef struct numeric_function {
    const char *name;
    double (*apply)(double);
} numeric_function;
static const numeric_function functions[] = {
    { "log", log },     { "log1p", log1p },  { "exp", exp },     { "expm1", expm1 }, { "sqrt", sqrt },
    { "abs", fabs },    { "log2", log2 },    { "log10", log10 }, { "sin", sin },     { "cos", cos },
    { "floor", floor }, { "ceiling", ceil }, { "tan", tan },     { "asin", asin },   { "acos", acos },
    { "atan", atan },   { "sinh", sinh },    { "cosh", cosh },   { "tanh", tanh },
};
enum { N_FUNCTIONS = sizeof functions / sizeof functions[0] };

/** Calls with a meaning of their own. */
static const char *const special[] = { "I", "i", "l", "f", "d", "s", "poly", "sw", "sw0", "csw", "csw0", "mvsw", "c" };
enum { N_SPECIAL = sizeof special / sizeof special[0] };

/** Words of other languages, with what to write here. */
static const char *const refused[][2] = {
    { "lag", "write l(x) or l(x, 2)" },
    { "lead", "write f(x) or f(x, 2)" },
    { "diff", "write d(x) or d(x, 2)" },
    { "L", "write l(x) or l(x, 2)" },
    { "F", "write f(x) or f(x, 2)" },
    { "D", "write d(x) or d(x, 2)" },
    { "S", "write s(x, 4)" },
    { "factor", "write i(x)" },
    { "as.factor", "write i(x)" },
    { "C", "write i(x, ref = level)" },
    { "ln", "write log(x)" },
    { "pow", "write x^2" },
    { "power", "write x^2" },
    { "min", "write I((a < b)*a + (a >= b)*b)" },
    { "max", "write I((a > b)*a + (a <= b)*b)" },
    { "ceil", "write ceiling(x)" },
    { "fabs", "write abs(x)" },
    { "ifelse", "write I((a > 0)*b + (a <= 0)*c)" },
    { "arctan", "write atan(x)" },
    { "offset", "give the offset beside the formula: --offset" },
    { "interaction", "write i(f, i.g), or f^g behind the bar" },
    { "fe", "absorb effects behind the bar: y ~ x | firm" },
};

double (*pg_formula_function(const char *name))(double)
{
    for (size_t i = 0; i < N_FUNCTIONS; i++)
        if (pg_streq(functions[i].name, name)) return functions[i].apply;
    return NULL;
}

bool pg_is_call(const pg_expr *e, const char *name)
{
    return e->kind == PG_EXPR_CALL && pg_streq(e->text, name);
}

bool pg_is_binary(const pg_expr *e, pg_op op)
{
    return e->kind == PG_EXPR_BINARY && e->op == op;
}

bool pg_is_number(const pg_expr *e, double value)
{
    return e->kind == PG_EXPR_NUMBER && !(e->number < value) && !(e->number > value);
}

bool pg_whole_number(const pg_expr *e, int64_t *out)
{
    const bool negative = e->kind == PG_EXPR_UNARY && e->op == PG_OP_SUB;
    const pg_expr *digits = negative ? e->left : e;
    if (digits->kind != PG_EXPR_NUMBER || digits->number > MOST_PERIODS || digits->number > floor(digits->number))
        return false;
    *out = negative ? -(int64_t)digits->number : (int64_t)digits->number;
    return true;
}

bool pg_is_stepwise(const pg_expr *e)
{
    return pg_is_call(e, "sw") || pg_is_call(e, "sw0") || pg_is_call(e, "csw") || pg_is_call(e, "csw0") ||
           pg_is_call(e, "mvsw");
}

bool pg_formula_is_lag(const pg_expr *e)
{
    return pg_is_call(e, "l") || pg_is_call(e, "f") || pg_is_call(e, "d") || pg_is_call(e, "s");
}

int64_t pg_formula_periods(const pg_expr *e)
{
    int64_t k = 1;
    if (e->left->next != NULL) (void)pg_whole_number(e->left->next, &k);
    return pg_is_call(e, "f") ? -k : k;
}

/** found "name(", and why it cannot be called. */
static pgdp_status refuse_call(pgdp_ctx *ctx, const pg_expr *e)
{
    if (pg_is_stepwise(e) || pg_is_call(e, "c"))
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e,
                            pg_is_call(e, "c")
                                ? "expected a function; c() lists outcomes and values, not terms, write a + b"
                                : "which stands for several models, expected one model");
    if (pg_is_call(e, "i") || pg_is_call(e, "poly"))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "%s:%zu:%zu: found \"%s\", expected a number; %s() stands only as a term of its own", e->what,
                       e->line, e->column, e->text, e->text);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (pg_streq(refused[i][0], e->text))
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s:%zu:%zu: found \"%s(\", expected a function of this grammar; %s",
                           e->what, e->line, e->column, e->text, refused[i][1]);
    const char *names[N_FUNCTIONS + N_SPECIAL];
    for (size_t i = 0; i < N_FUNCTIONS + N_SPECIAL; i++)
        names[i] = i < N_FUNCTIONS ? functions[i].name : special[i - N_FUNCTIONS];
    const char *nearest = pgdp_nearest(e->text, names, N_FUNCTIONS + N_SPECIAL);
    if (nearest != NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s:%zu:%zu: found \"%.60s(\", expected a function; did you mean %s()?",
                       e->what, e->line, e->column, e->text, nearest);
    return pg_expr_fail(
        ctx, PGDP_BAD_ARGUMENT, e,
        "expected one of log, log1p, log2, log10, exp, expm1, sqrt, abs, floor, ceiling, sin, cos, tan, asin, acos, "
        "atan, sinh, cosh, tanh, I, i, l, f, d, s, poly; put a column of this name in back-ticks");
}

/** l(x), l(x, 2), s(x, 4). */
static pgdp_status check_periods(pgdp_ctx *ctx, const pg_expr *e)
{
    const pg_expr *periods = e->left == NULL ? NULL : e->left->next;
    int64_t k = 1;
    const bool labelled = periods != NULL && periods->label != NULL && !pg_streq(periods->label, "k");
    if (e->left == NULL || e->left->label != NULL || labelled || (periods != NULL && periods->next != NULL))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "%s:%zu:%zu: found \"%s\", expected %s(x, k) of an expression and a number of periods", e->what,
                       e->line, e->column, e->text, e->text);
    if (periods == NULL && pg_is_call(e, "s"))
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e, "expected the season's periods too: s(x, 4) or s(x, 12)");
    if (periods != NULL && !pg_whole_number(periods, &k))
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, periods,
                            "expected one whole number of periods; ranges such as 1:3 stand only among the terms");
    const bool difference = pg_is_call(e, "d") || pg_is_call(e, "s");
    return difference && k == 0 ? pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, periods,
                                               "expected a difference over one period or more; over none it is 0")
                                : PGDP_OK;
}

/** @param differences  that the node stands within: each doubles the work */
static pgdp_status check(pgdp_ctx *ctx, const pg_expr *e, size_t differences)
{
    if (e->kind == PG_EXPR_INDEX)
        return pg_expr_fail(
            ctx, PGDP_BAD_ARGUMENT, e,
            "expected an operator or the end; brackets after a name stand behind the bar, where effects "
            "are absorbed: y ~ x | firm[year]");
    if (e->kind == PG_EXPR_UNARY || e->kind == PG_EXPR_BINARY) {
        if (e->op == PG_OP_TILDE)
            return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e,
                                "expected a bracket of instruments only as a summand of the terms: y ~ x + [p ~ z]");
        if (e->op == PG_OP_COLON)
            return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e, "expected arithmetic; write * for a product of numbers");
        PG_TRY(check(ctx, e->left, differences));
        const bool list = e->op == PG_OP_IN; /* its right side is c(...), a list of values */
        return e->right == NULL || list ? PGDP_OK : check(ctx, e->right, differences);
    }
    if (e->kind != PG_EXPR_CALL) return PGDP_OK;
    if (pg_formula_is_lag(e)) {
        PG_TRY(check_periods(ctx, e));
        differences += pg_is_call(e, "d") || pg_is_call(e, "s");
        if (differences > PG_MOST_DIFFERENCES)
            return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e, "expected at most 8 differences within each other");
        return check(ctx, e->left, differences);
    }
    if (!pg_is_call(e, "I") && pg_formula_function(e->text) == NULL) return refuse_call(ctx, e);
    if (e->left == NULL || e->left->next != NULL || e->left->label != NULL)
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e, "expected exactly one argument in its parentheses");
    return check(ctx, e->left, differences);
}

pgdp_status pg_formula_check_calls(pgdp_ctx *ctx, const pg_expr *e)
{
    return check(ctx, e, 0);
}
