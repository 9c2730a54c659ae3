/* formula_lags.c  l(x, 1:3) to l(x, 1), l(x, 2), l(x, 3), and lags of lags to one lag. Source: names as in fixest 0.12.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/formula_parts.h"

/** Trees while they are listed. */
typedef struct list {
    pgdp_ctx *ctx;
    pg_arena *arena;
    const pg_expr **items;
    size_t n;
} list;

pg_expr *pg_expr_copy(pg_arena *arena, const pg_expr *e)
{
    pg_expr *copy = pg_arena_alloc(arena, 1, sizeof *copy);
    if (copy != NULL) *copy = *e;
    return copy;
}

static bool is_range(const pg_expr *periods)
{
    return periods != NULL && (pg_is_binary(periods, PG_OP_COLON) || pg_is_call(periods, "c"));
}

/** Does a lag have the arguments that it needs? Its check complains otherwise. */
static bool has_shape(const pg_expr *e)
{
    const pg_expr *x = e->left;
    if (x == NULL || x->label != NULL) return false;
    const pg_expr *periods = x->next;
    if (periods == NULL) return !pg_is_call(e, "s");
    return periods->next == NULL && (periods->label == NULL || pg_streq(periods->label, "k"));
}

/** A whole number as a node, -2 with its sign apart. */
static pgdp_status number_node(list *l, const pg_expr *at, int64_t value, const pg_expr **out)
{
    pg_expr *digits, *sign;
    PG_TRY_ALLOC(l->ctx, digits, pg_arena_alloc(l->arena, 1, sizeof *digits));
    *digits = (pg_expr){ .kind = PG_EXPR_NUMBER,
                         .number = (double)(value < 0 ? -value : value),
                         .what = at->what,
                         .line = at->line,
                         .column = at->column,
                         .height = 1 };
    PG_TRY_ALLOC(l->ctx, digits->text, pg_arena_printf(l->arena, "%lld", (long long)(value < 0 ? -value : value)));
    *out = digits;
    if (value >= 0) return PGDP_OK;
    PG_TRY_ALLOC(l->ctx, sign, pg_expr_copy(l->arena, digits));
    sign->kind = PG_EXPR_UNARY;
    sign->op = PG_OP_SUB;
    sign->text = "-";
    sign->left = digits;
    sign->height = 2;
    *out = sign;
    return PGDP_OK;
}

/** A node in the place of another: the same argument of the same call. */
static pgdp_status put_in_place(list *l, const pg_expr *e, const pg_expr *place, const pg_expr **out)
{
    pg_expr *copy;
    PG_TRY_ALLOC(l->ctx, copy, pg_expr_copy(l->arena, e));
    copy->next = place->next;
    copy->label = place->label;
    *out = copy;
    return PGDP_OK;
}

/** One lag with a number of periods in its one form. e: its argument is in that form already. */
static pgdp_status simplify(list *l, const pg_expr *e, const pg_expr **out)
{
    const bool difference = pg_is_call(e, "d") || pg_is_call(e, "s");
    const pg_expr *x = e->left, *periods;
    int64_t k = 1;
    if (x->next != NULL && !pg_whole_number(x->next, &k)) return PGDP_OK; /* refused later, by its check */
    if (pg_is_call(e, "f")) k = -k;
    if (!difference && (pg_is_call(x, "l") || pg_is_call(x, "f")) && has_shape(x) && !is_range(x->left->next)) {
        k += pg_formula_periods(x);
        x = x->left;
    }
    if (!difference && k == 0) return put_in_place(l, x, e, out);
    pg_expr *call, *first;
    PG_TRY(number_node(l, e, difference || k > 0 ? k : -k, &periods));
    PG_TRY_ALLOC(l->ctx, call, pg_expr_copy(l->arena, e));
    PG_TRY_ALLOC(l->ctx, first, pg_expr_copy(l->arena, x));
    first->next = periods;
    first->label = NULL;
    call->left = first;
    if (!difference) call->text = k > 0 ? "l" : "f";
    *out = call;
    return PGDP_OK;
}

/** Is it written in its one form, given that its argument is? */
static bool is_simple(const pg_expr *e)
{
    int64_t k;
    if (e->left->next == NULL || e->left->next->label != NULL || !pg_whole_number(e->left->next, &k)) return false;
    if (pg_is_call(e, "d") || pg_is_call(e, "s")) return true;
    return k > 0 && !pg_is_call(e->left, "l") && !pg_is_call(e->left, "f");
}

static pgdp_status normal(list *l, const pg_expr *e, const pg_expr **out);

/** Operands or arguments in their one form; the node itself when none of them changed. */
static pgdp_status normal_children(list *l, const pg_expr *e, const pg_expr **out)
{
    const pg_expr *left = NULL, *right = NULL, *next = NULL;
    if (e->left != NULL) PG_TRY(normal(l, e->left, &left));
    if (e->right != NULL) PG_TRY(normal(l, e->right, &right));
    if (e->next != NULL) PG_TRY(normal(l, e->next, &next));
    *out = e;
    if (left == e->left && right == e->right && next == e->next) return PGDP_OK;
    pg_expr *copy;
    PG_TRY_ALLOC(l->ctx, copy, pg_expr_copy(l->arena, e));
    copy->left = left;
    copy->right = right;
    copy->next = next;
    *out = copy;
    return PGDP_OK;
}

static pgdp_status normal(list *l, const pg_expr *e, const pg_expr **out)
{
    PG_TRY(normal_children(l, e, out));
    const pg_expr *n = *out;
    if (!pg_formula_is_lag(n) || !has_shape(n) || is_range(n->left->next) || is_simple(n)) return PGDP_OK;
    return simplify(l, n, out);
}

/** The first lag over a range; NULL: none. */
static const pg_expr *find_range(const pg_expr *e)
{
    const pg_expr *found = NULL;
    if (pg_formula_is_lag(e) && has_shape(e) && is_range(e->left->next)) return e;
    if (e->left != NULL) found = find_range(e->left);
    if (found == NULL && e->right != NULL) found = find_range(e->right);
    if (found == NULL && e->next != NULL) found = find_range(e->next);
    return found;
}

/** The tree with another node in the place of `target`. */
static pgdp_status replace(list *l, const pg_expr *e, const pg_expr *target, const pg_expr *by, const pg_expr **out)
{
    const pg_expr *left = NULL, *right = NULL, *next = NULL;
    pg_expr *copy;
    *out = e;
    if (e == target) return put_in_place(l, by, e, out);
    if (e->left != NULL) PG_TRY(replace(l, e->left, target, by, &left));
    if (e->right != NULL) PG_TRY(replace(l, e->right, target, by, &right));
    if (e->next != NULL) PG_TRY(replace(l, e->next, target, by, &next));
    if (left == e->left && right == e->right && next == e->next) return PGDP_OK;
    PG_TRY_ALLOC(l->ctx, copy, pg_expr_copy(l->arena, e));
    copy->left = left;
    copy->right = right;
    copy->next = next;
    *out = copy;
    return PGDP_OK;
}

static pgdp_status expand(list *l, const pg_expr *e);

/** The tree with k periods in the lag's range. */
static pgdp_status expand_one(list *l, const pg_expr *e, const pg_expr *lag, int64_t k)
{
    pg_expr *call, *first;
    const pg_expr *periods, *tree;
    PG_TRY(number_node(l, lag->left->next, k, &periods));
    PG_TRY_ALLOC(l->ctx, call, pg_expr_copy(l->arena, lag));
    PG_TRY_ALLOC(l->ctx, first, pg_expr_copy(l->arena, lag->left));
    first->next = periods;
    call->left = first;
    PG_TRY(replace(l, e, lag, call, &tree));
    return expand(l, tree);
}

/** 1:3, or one number, of a range. */
static pgdp_status expand_range(list *l, const pg_expr *e, const pg_expr *lag, const pg_expr *range)
{
    int64_t first, last;
    const bool pair = pg_is_binary(range, PG_OP_COLON);
    if (!pg_whole_number(pair ? range->left : range, &first) || !pg_whole_number(pair ? range->right : range, &last))
        return pg_expr_fail(l->ctx, PGDP_BAD_ARGUMENT, range,
                            "expected whole numbers of periods: l(x, 2), l(x, 1:3) or l(x, c(1, 4))");
    if (last - first >= PG_FORMULA_TERMS || first - last >= PG_FORMULA_TERMS)
        return pg_expr_fail(l->ctx, PGDP_BAD_ARGUMENT, range, "expected a range of at most 2000 periods");
    const int64_t step = last < first ? -1 : 1;
    for (int64_t k = first; k != last + step; k += step)
        PG_TRY(expand_one(l, e, lag, k));
    return PGDP_OK;
}

static pgdp_status expand(list *l, const pg_expr *e)
{
    const pg_expr *tree, *lag;
    PG_TRY(normal(l, e, &tree));
    lag = find_range(tree);
    if (lag == NULL) {
        if (l->n >= PG_FORMULA_TERMS)
            return pg_expr_fail(l->ctx, PGDP_BAD_ARGUMENT, e, "expected at most 2000 lags of one term");
        if ((l->n & (l->n - 1)) == 0) {
            const size_t room = l->n == 0 ? 1 : 2 * l->n;
            PG_TRY_ALLOC(l->ctx, l->items, pg_arena_grow(l->arena, l->items, l->n, room, sizeof(pg_expr *)));
        }
        l->items[l->n++] = tree;
        return PGDP_OK;
    }
    const pg_expr *range = lag->left->next;
    if (!pg_is_call(range, "c")) return expand_range(l, tree, lag, range);
    if (range->left == NULL)
        return pg_expr_fail(l->ctx, PGDP_BAD_ARGUMENT, range,
                            "expected whole numbers of periods: l(x, 2), l(x, 1:3) or l(x, c(1, 4))");
    for (const pg_expr *part = range->left; part != NULL; part = part->next)
        PG_TRY(expand_range(l, tree, lag, part));
    return PGDP_OK;
}

pgdp_status pg_lags_expand(pgdp_ctx *ctx, pg_arena *arena, const pg_expr *e, const pg_expr *const **out, size_t *n)
{
    list l = { .ctx = ctx, .arena = arena };
    pg_expr *alone;
    const pg_expr *root = e;
    if (e->next != NULL) { /* an argument: what follows it is not its own */
        PG_TRY_ALLOC(ctx, alone, pg_expr_copy(arena, e));
        alone->next = NULL;
        root = alone;
    }
    PG_TRY(expand(&l, root));
    *out = l.items;
    *n = l.n;
    return PGDP_OK;
}

pgdp_status pg_lags_single(pgdp_ctx *ctx, pg_arena *arena, const pg_expr *e, const pg_expr **out)
{
    const pg_expr *const *items;
    size_t n;
    PG_TRY(pg_lags_expand(ctx, arena, e, &items, &n));
    if (n != 1) return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e, "expected one lag here; ranges such as 1:3 are terms");
    *out = items[0];
    return PGDP_OK;
}
