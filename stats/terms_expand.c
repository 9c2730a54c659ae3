/* terms_expand.c  Sums and products of terms to a list of terms, each once. Source: Wilkinson & Rogers (1973), Applied
 * Statistics 22(3), section 2. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/formula_parts.h"

#include <string.h>

enum { MOST_PARTS = 8, MOST_WORK = 20000000 };

/** Terms while they are gathered, in the parse's arena. */
typedef struct terms {
    pg_term *items;
    size_t n;
} terms;

static bool same_part(const pg_part *a, const pg_part *b)
{
    return a->kind == b->kind && pg_streq(a->name, b->name) && pg_expr_same(a->keep, b->keep) &&
           pg_expr_same(a->bin, b->bin);
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
static pgdp_status add_term(pg_expansion *x, const pg_expr *at, const pg_term *term, terms *list)
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
static pgdp_status multiply(pg_expansion *x, const pg_expr *at, const pg_term *a, const pg_term *b, pg_term *out)
{
    pg_part *parts;
    PG_TRY_ALLOC(x->ctx, parts, pg_arena_alloc(x->arena, a->n_parts + b->n_parts, sizeof *parts));
    if (a->n_parts > 0) memcpy(parts, a->parts, a->n_parts * sizeof *parts);
    size_t n = a->n_parts;
    for (size_t i = 0; i < b->n_parts; i++)
        if (!has_part(a, &b->parts[i])) parts[n++] = b->parts[i];
    if (n > MOST_PARTS)
        return pg_expr_fail(x->ctx, PGDP_BAD_ARGUMENT, at, "expected products of at most 8 variables; use fewer");
    *out = (pg_term){ .parts = parts, .n_parts = n };
    return PGDP_OK;
}

pgdp_status pg_numeric_part(pgdp_ctx *ctx, pg_arena *arena, const pg_expr *e, pg_part *out)
{
    PG_TRY(pg_formula_check_calls(ctx, e));
    *out = (pg_part){ .expr = e };
    PG_TRY_ALLOC(ctx, out->name, pg_expr_text(arena, e));
    return PGDP_OK;
}

/** One term without operators of the formula's own. */
static pgdp_status single_term(pg_expansion *x, const pg_expr *e, pg_term *out)
{
    if (pg_is_call(e, "i")) return pg_levels_term(x->ctx, x->arena, e, out);
    pg_part *part;
    PG_TRY_ALLOC(x->ctx, part, pg_arena_alloc(x->arena, 1, sizeof *part));
    if (pg_is_call(e, "poly"))
        PG_TRY(pg_basis_part(x->ctx, x->arena, e, part));
    else
        PG_TRY(pg_numeric_part(x->ctx, x->arena, e, part));
    *out = (pg_term){ .parts = part, .n_parts = 1 };
    return PGDP_OK;
}

/** A variable, a call or a power; one term for each lag of a range. */
static pgdp_status expand_leaf(pg_expansion *x, const pg_expr *e, terms *list)
{
    const pg_expr *const *leaves;
    size_t n;
    if (e->kind == PG_EXPR_NAME && !e->quoted && pg_streq(e->text, "."))
        return pg_expr_fail(x->ctx, PGDP_BAD_ARGUMENT, e,
                            "which stands for all other columns and only as a term of the first part, with the data at "
                            "hand; name the columns");
    PG_TRY(pg_lags_expand(x->ctx, x->arena, e, &leaves, &n));
    for (size_t i = 0; i < n; i++) {
        pg_term term = { NULL, 0 };
        PG_TRY(single_term(x, leaves[i], &term));
        PG_TRY(add_term(x, e, &term, list));
    }
    return PGDP_OK;
}

static pgdp_status expand(pg_expansion *x, const pg_expr *e, terms *list);

/** a:b and a*b, each side a sum of terms. */
static pgdp_status expand_product(pg_expansion *x, const pg_expr *e, terms *list)
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

/** a/b is a + a:b; (a + b)/c is a + b + a:b:c, as in R. */
static pgdp_status expand_nesting(pg_expansion *x, const pg_expr *e, terms *list)
{
    terms a = { NULL, 0 }, b = { NULL, 0 };
    pg_term all = { NULL, 0 };
    if (e->right->kind == PG_EXPR_NUMBER || e->left->kind == PG_EXPR_NUMBER)
        return pg_expr_fail(x->ctx, PGDP_BAD_ARGUMENT, e,
                            "expected two terms, a/b for b within a; write I(a/b) for a quotient");
    PG_TRY(expand(x, e->left, &a));
    PG_TRY(expand(x, e->right, &b));
    for (size_t i = 0; i < a.n; i++) {
        PG_TRY(add_term(x, e, &a.items[i], list));
        PG_TRY(multiply(x, e, &all, &a.items[i], &all));
    }
    for (size_t i = 0; i < b.n; i++) {
        pg_term product = { NULL, 0 };
        PG_TRY(multiply(x, e, &all, &b.items[i], &product));
        PG_TRY(add_term(x, e, &product, list));
    }
    return PGDP_OK;
}

/** x^2 is a power of numbers, never crossing. */
static pgdp_status check_power(pgdp_ctx *ctx, const pg_expr *e)
{
    const pg_expr *base = e->left, *exponent = e->right;
    if (pg_is_call(base, "i") || pg_is_call(base, "poly"))
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e,
                            "expected a power of one variable, not of its levels or polynomial");
    if (base->kind != PG_EXPR_NAME && base->kind != PG_EXPR_CALL)
        return pg_expr_fail(
            ctx, PGDP_BAD_ARGUMENT, e,
            "expected a power of one variable; write (a + b)*(a + b) to cross terms or I((a + b)^2) for the "
            "power of a sum");
    if (exponent->kind == PG_EXPR_UNARY && exponent->op == PG_OP_SUB) exponent = exponent->left;
    if (exponent->kind != PG_EXPR_NUMBER)
        return pg_expr_fail(
            ctx, PGDP_BAD_ARGUMENT, e,
            "expected a number as exponent; write I(a^b) for other powers; pairs of levels are i(f, i.g)");
    return PGDP_OK;
}

static pgdp_status expand_operator(pg_expansion *x, const pg_expr *e, terms *list)
{
    if (e->op == PG_OP_COLON || e->op == PG_OP_MUL) return expand_product(x, e, list);
    if (e->op == PG_OP_DIV) return expand_nesting(x, e, list);
    if (pg_is_binary(e, PG_OP_ADD)) {
        PG_TRY(expand(x, e->left, list));
        return expand(x, e->right, list);
    }
    if (e->op == PG_OP_TILDE)
        return pg_expr_fail(x->ctx, PGDP_BAD_ARGUMENT, e,
                            "expected a bracket of instruments only as a summand of the terms: y ~ x + [p ~ z]");
    return pg_expr_fail(x->ctx, PGDP_BAD_ARGUMENT, e, "expected a term; put arithmetic and comparisons in I( )");
}

/** Add the terms of a sum or product to the list; numbers are not terms here. */
static pgdp_status expand(pg_expansion *x, const pg_expr *e, terms *list)
{
    const bool power = pg_is_binary(e, PG_OP_POW);
    if (power) PG_TRY(check_power(x->ctx, e));
    if (e->kind == PG_EXPR_NAME || e->kind == PG_EXPR_CALL || power) return expand_leaf(x, e, list);
    if (e->kind == PG_EXPR_BINARY || e->kind == PG_EXPR_UNARY) return expand_operator(x, e, list);
    if (e->kind == PG_EXPR_INDEX)
        return pg_expr_fail(
            x->ctx, PGDP_BAD_ARGUMENT, e,
            "expected an operator or the end; slopes by level stand behind the bar, y ~ x | f[z], or are "
            "terms i(f, z)");
    if (e->kind == PG_EXPR_STRING)
        return pg_expr_fail(x->ctx, PGDP_BAD_ARGUMENT, e, "expected a column; put names with blanks in back-ticks");
    return pg_expr_fail(x->ctx, PGDP_BAD_ARGUMENT, e,
                        x->constants ? "expected a column; of numbers only 1, 0 and -1 stand as terms"
                                     : "expected a column; the constant is among the exogenous terms");
}

/** The sum at the formula's top: 0, 1 and their signs set the constant, the last one wins. */
static pgdp_status expand_sum(pg_expansion *x, const pg_expr *e, bool negative, terms *list)
{
    const bool sum =
        (e->kind == PG_EXPR_BINARY || e->kind == PG_EXPR_UNARY) && (e->op == PG_OP_ADD || e->op == PG_OP_SUB);
    const bool minus = sum && e->op == PG_OP_SUB;
    if (sum && e->kind == PG_EXPR_UNARY) return expand_sum(x, e->left, minus != negative, list);
    if (sum) {
        PG_TRY(expand_sum(x, e->left, negative, list));
        return expand_sum(x, e->right, minus != negative, list);
    }
    if (x->constants && (pg_is_number(e, 0) || pg_is_number(e, 1))) {
        x->constant = pg_is_number(e, negative ? 0 : 1);
        return PGDP_OK;
    }
    if (negative)
        return pg_expr_fail(x->ctx, PGDP_BAD_ARGUMENT, e,
                            "expected a term to add; only -1 takes something away, leave the term out or write I(-x)");
    return expand(x, e, list);
}

pgdp_status pg_terms_expand(pg_expansion *x, const pg_expr *sum, pg_terms *out)
{
    terms list = { NULL, 0 };
    PG_TRY(expand_sum(x, sum, false, &list));
    *out = (pg_terms){ list.items, list.n };
    return PGDP_OK;
}
