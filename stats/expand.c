/* expand.c  One text to the formulas of all its models: c(), sw(), sw0(), csw(), csw0(), mvsw() and `.`.
 * Source: fixest 0.12, stepwise. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/formula_parts.h"

enum { MOST_BYTES = 64 << 20, MOST_SITES = 64 };

/** A call that stands for several alternatives. */
typedef struct site {
    const pg_expr *call;
    size_t n_arguments, n; /**< alternatives */
    size_t now;            /**< the one in turn */
    const uint32_t *order; /**< of mvsw(): the subsets as bits, the first argument in the highest */
} site;

/** The walk over all models of one text. */
typedef struct walk {
    pgdp_ctx *ctx;
    pg_arena *arena; /**< of the trees of one model */
    site sites[MOST_SITES];
    size_t n_sites;
    const pg_expr *dots; /**< the sum that `.` stands for, while it is put in */
} walk;

/** Is it the sign of all other columns? */
static bool is_dot(const pg_expr *e)
{
    return e->kind == PG_EXPR_NAME && !e->quoted && pg_streq(e->text, ".");
}

/** Number of alternatives of a call with n arguments; 0: too many to count. */
static size_t count_alternatives(const pg_expr *call, size_t n)
{
    if (pg_is_call(call, "mvsw")) return n > 20 ? 0 : (size_t)1 << n;
    return n + (pg_is_call(call, "sw0") || pg_is_call(call, "csw0"));
}

/** Subsets by size, then in the order written. */
static pgdp_status order_subsets(walk *w, site *s)
{
    uint32_t *order;
    size_t next = 0;
    PG_TRY_ALLOC(w->ctx, order, pg_arena_alloc(w->arena, s->n, sizeof *order));
    for (size_t size = 0; size <= s->n_arguments; size++) {
        for (size_t bits = s->n; bits-- > 0;) {
            size_t count = 0;
            for (size_t rest = bits; rest > 0; rest &= rest - 1)
                count++;
            if (count == size) order[next++] = (uint32_t)bits;
        }
    }
    s->order = order;
    return PGDP_OK;
}

static pgdp_status add_site(walk *w, const pg_expr *call, bool within)
{
    site s = { .call = call };
    for (const pg_expr *a = call->left; a != NULL; a = a->next) {
        if (a->label != NULL)
            return pg_expr_fail(w->ctx, PGDP_BAD_ARGUMENT, a, "expected alternatives without labels: sw(a, b)");
        s.n_arguments++;
    }
    if (s.n_arguments == 0)
        return pg_expr_fail(w->ctx, PGDP_BAD_ARGUMENT, call, "expected alternatives in its parentheses: sw(a, b)");
    if (within && !pg_is_call(call, "sw"))
        return pg_expr_fail(
            w->ctx, PGDP_BAD_ARGUMENT, call,
            "expected sw() within another call or a power; the others stand among summands and factors");
    s.n = count_alternatives(call, s.n_arguments);
    if (s.n == 0 || s.n > PG_FORMULA_MODELS)
        return pg_fail(
            w->ctx, PGDP_BAD_ARGUMENT,
            "%s:%zu:%zu: found %s() of %zu terms, which doubles the models with each, expected at most 100000 "
            "models; use fewer terms",
            call->what, call->line, call->column, call->text, s.n_arguments);
    if (w->n_sites == MOST_SITES)
        return pg_expr_fail(w->ctx, PGDP_BAD_ARGUMENT, call, "expected at most 64 such lists in one formula");
    if (pg_is_call(call, "mvsw")) PG_TRY(order_subsets(w, &s));
    w->sites[w->n_sites++] = s;
    return PGDP_OK;
}

/** What find_sites() is within. */
enum { WITHIN = 1, EFFECTS = 2, OUTCOME = 4 };

/** Find the calls of a part in the order written. @param where  WITHIN: a call or power, which has no empty place;
 * OUTCOME: at the root of the outcome, where c() lists several */
static pgdp_status find_sites(walk *w, const pg_expr *e, unsigned where)
{
    if (pg_is_stepwise(e) || ((where & OUTCOME) != 0 && pg_is_call(e, "c"))) {
        const size_t before = w->n_sites;
        for (const pg_expr *a = e->left; a != NULL; a = a->next) {
            PG_TRY(find_sites(w, a, WITHIN));
            if (w->n_sites > before)
                return pg_expr_fail(w->ctx, PGDP_BAD_ARGUMENT, w->sites[before].call,
                                    "expected none of sw, sw0, csw, csw0, mvsw within another of them");
        }
        return add_site(w, e, (where & WITHIN) != 0);
    }
    const bool call = e->kind == PG_EXPR_CALL || e->kind == PG_EXPR_INDEX;
    const bool power = pg_is_binary(e, PG_OP_POW) && (where & EFFECTS) == 0;
    const unsigned inner = (where & ~(unsigned)OUTCOME) | (call || power ? WITHIN : 0u);
    if (e->left != NULL) PG_TRY(find_sites(w, e->left, inner));
    if (e->right != NULL) PG_TRY(find_sites(w, e->right, inner));
    for (const pg_expr *a = call && e->left != NULL ? e->left->next : NULL; a != NULL; a = a->next)
        PG_TRY(find_sites(w, a, inner));
    return PGDP_OK;
}

/** a + b without parentheses around a sum on the right; either may be NULL. */
static pgdp_status join(walk *w, const pg_expr *at, const pg_expr *a, const pg_expr *b, const pg_expr **out)
{
    pg_expr *sum;
    *out = a == NULL ? b : a;
    if (a == NULL || b == NULL) return PGDP_OK;
    const bool sums = pg_is_binary(b, PG_OP_ADD) || pg_is_binary(b, PG_OP_SUB);
    const pg_expr *left = a;
    if (sums) PG_TRY(join(w, at, a, b->left, &left));
    PG_TRY_ALLOC(w->ctx, sum, pg_expr_copy(w->arena, sums ? b : at));
    if (!sums) *sum = (pg_expr){ .kind = PG_EXPR_BINARY, .op = PG_OP_ADD, .text = "+", .what = at->what };
    sum->left = left;
    sum->right = sums ? b->right : b;
    *out = sum;
    return PGDP_OK;
}

/** The alternative in turn; NULL: none of the terms. */
static pgdp_status choose(walk *w, const site *s, const pg_expr **out)
{
    const bool cumulative = pg_is_call(s->call, "csw") || pg_is_call(s->call, "csw0");
    const bool all = pg_is_call(s->call, "mvsw");
    const size_t empty = pg_is_call(s->call, "sw0") || pg_is_call(s->call, "csw0");
    const size_t bits = all ? s->order[s->now] : 0;
    size_t k = 0;
    *out = NULL;
    for (const pg_expr *a = s->call->left; a != NULL; a = a->next, k++) {
        const bool in = all          ? ((bits >> (s->n_arguments - 1 - k)) & 1) != 0
                        : cumulative ? k + empty <= s->now
                                     : k + empty == s->now;
        if (in) PG_TRY(join(w, s->call, *out, a, out));
    }
    return PGDP_OK;
}

static pgdp_status substitute(walk *w, const pg_expr *e, const pg_expr **out);

/** Arguments of a call; none of them is empty. */
static pgdp_status substitute_arguments(walk *w, const pg_expr *first, const pg_expr **out)
{
    const pg_expr *value, *rest = NULL;
    pg_expr *copy;
    *out = NULL;
    if (first == NULL) return PGDP_OK;
    PG_TRY(substitute(w, first, &value));
    PG_TRY(substitute_arguments(w, first->next, &rest));
    *out = first;
    if (value == first && rest == first->next) return PGDP_OK;
    PG_TRY_ALLOC(w->ctx, copy, pg_expr_copy(w->arena, value));
    copy->label = first->label;
    copy->next = rest;
    *out = copy;
    return PGDP_OK;
}

/** An operator whose operands may have become empty. */
static pgdp_status substitute_operator(walk *w, const pg_expr *e, const pg_expr **out)
{
    const pg_expr *left, *right = NULL;
    pg_expr *copy;
    PG_TRY(substitute(w, e->left, &left));
    if (e->right != NULL) PG_TRY(substitute(w, e->right, &right));
    *out = e;
    if (left == e->left && right == e->right) return PGDP_OK;
    if (pg_is_binary(e, PG_OP_ADD)) return join(w, e, left, right, out);
    *out = left;
    if (e->kind == PG_EXPR_UNARY ? left == NULL : right == NULL) return PGDP_OK;
    PG_TRY_ALLOC(w->ctx, copy, pg_expr_copy(w->arena, e));
    copy->left = left;
    copy->right = right;
    *out = copy;
    if (left != NULL) return PGDP_OK;
    if (e->op != PG_OP_SUB) {
        *out = right;
        return PGDP_OK;
    }
    copy->kind = PG_EXPR_UNARY;
    copy->left = right;
    copy->right = NULL;
    return PGDP_OK;
}

/** The tree with every list replaced by its alternative in turn; NULL: nothing is left. */
static pgdp_status substitute(walk *w, const pg_expr *e, const pg_expr **out)
{
    pg_expr *copy;
    const pg_expr *arguments;
    *out = e;
    for (size_t i = 0; i < w->n_sites; i++)
        if (w->sites[i].call == e) return choose(w, &w->sites[i], out);
    if (is_dot(e) && w->dots != NULL) *out = w->dots;
    if (e->kind == PG_EXPR_UNARY || e->kind == PG_EXPR_BINARY) return substitute_operator(w, e, out);
    if (e->kind != PG_EXPR_CALL && e->kind != PG_EXPR_INDEX) return PGDP_OK;
    if (w->dots != NULL && !pg_is_stepwise(e)) return PGDP_OK; /* log(.) is refused later */
    PG_TRY(substitute_arguments(w, e->left, &arguments));
    if (arguments == e->left) return PGDP_OK;
    PG_TRY_ALLOC(w->ctx, copy, pg_expr_copy(w->arena, e));
    copy->left = arguments;
    *out = copy;
    return PGDP_OK;
}

static bool has_dot(const pg_expr *e)
{
    if (is_dot(e)) return true;
    const bool call = e->kind == PG_EXPR_CALL || e->kind == PG_EXPR_INDEX;
    if (call && !pg_is_stepwise(e)) return false;
    if ((e->left != NULL && has_dot(e->left)) || (e->right != NULL && has_dot(e->right))) return true;
    for (const pg_expr *a = call && e->left != NULL ? e->left->next : NULL; a != NULL; a = a->next)
        if (has_dot(a)) return true;
    return false;
}

static bool names_column(const pg_expr *e, const char *name)
{
    const bool prefixed = e->kind == PG_EXPR_NAME && pg_starts_with(e->text, "i.");
    if (e->kind == PG_EXPR_NAME && (pg_streq(e->text, name) || (prefixed && pg_streq(e->text + 2, name)))) return true;
    return (e->left != NULL && names_column(e->left, name)) || (e->right != NULL && names_column(e->right, name)) ||
           (e->next != NULL && names_column(e->next, name));
}

static bool is_named(const pg_formula_tree *t, const char *name)
{
    for (int p = 0; p < PG_N_PLACES; p++)
        if (p != PG_PLACE_TERMS && t->part[p] != NULL && names_column(t->part[p], name)) return true;
    return false;
}

/** Put the other columns of the frame in the place of `.`. */
static pgdp_status fill_dots(walk *w, const pgdp_frame *frame, pg_formula_tree *t)
{
    const pg_expr *sum = NULL, *at = t->part[PG_PLACE_TERMS];
    const size_t n = pgdp_frame_n_columns(frame);
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        const pgdp_column *column = pgdp_frame_column(frame, i);
        pg_expr *name;
        if (column->type == PGDP_PERIOD || is_named(t, column->name)) continue;
        if (used++ == PG_FORMULA_TERMS)
            return pg_expr_fail(w->ctx, PGDP_BAD_ARGUMENT, at, "expected at most 2000 columns behind `.`; name them");
        PG_TRY_ALLOC(w->ctx, name, pg_arena_alloc(w->arena, 1, sizeof *name));
        *name = (pg_expr){ .kind = PG_EXPR_NAME, .text = column->name, .what = at->what, .quoted = true };
        PG_TRY(join(w, at, sum, name, &sum));
    }
    if (sum == NULL)
        return pg_expr_fail(w->ctx, PGDP_BAD_ARGUMENT, at,
                            "where `.` stands for no column, expected columns of numbers or text beside those named");
    w->dots = sum;
    PG_TRY(substitute(w, at, &t->part[PG_PLACE_TERMS]));
    w->dots = NULL;
    return PGDP_OK;
}

/** The text of the model whose alternatives are in turn. */
static pgdp_status write_model(walk *w, const pg_formula_tree *t, pg_arena *arena, const char **out)
{
    const pg_expr one = { .kind = PG_EXPR_NUMBER, .number = 1, .text = "1" };
    pg_formula_tree model = *t;
    pg_text text;
    for (int p = 0; p < PG_N_PLACES; p++)
        if (t->part[p] != NULL) PG_TRY(substitute(w, t->part[p], &model.part[p]));
    if (model.part[PG_PLACE_TERMS] == NULL) model.part[PG_PLACE_TERMS] = &one;
    for (int p = 0; p < PG_N_PLACES; p++)
        if (model.part[p] == NULL && t->part[p] != NULL && p != PG_PLACE_EFFECTS)
            return pg_expr_fail(
                w->ctx, PGDP_BAD_ARGUMENT, t->part[p],
                p == PG_PLACE_OUTCOME
                    ? "which leaves a model without an outcome; use sw() or c()"
                    : "which leaves a model without endogenous terms or instruments; use sw() or csw()");
    pg_text_init(&text, w->arena);
    pg_formula_write(&text, &model);
    if (text.failed) return pg_no_memory(w->ctx);
    PG_TRY_ALLOC(w->ctx, *out, pg_arena_strdup(arena, text.data));
    return PGDP_OK;
}

/** Step to the next model: the last list runs fastest. */
static void step(walk *w)
{
    for (size_t i = w->n_sites; i-- > 0;) {
        if (++w->sites[i].now < w->sites[i].n) return;
        w->sites[i].now = 0;
    }
}

static pgdp_status list_models(walk *w, const pg_formula_tree *t, pg_arena *arena, const char *const **out, size_t *n)
{
    size_t total = 1, bytes = 0;
    const char **texts;
    for (size_t i = 0; i < w->n_sites; i++) {
        total *= w->sites[i].n;
        if (total > PG_FORMULA_MODELS)
            return pg_fail(w->ctx, PGDP_BAD_ARGUMENT,
                           "formula: found more than %d models, expected fewer; shorten the lists of c(), sw(), csw(), "
                           "mvsw(), which multiply",
                           (int)PG_FORMULA_MODELS);
    }
    PG_TRY_ALLOC(w->ctx, texts, pg_arena_alloc(arena, total, sizeof *texts));
    for (size_t m = 0; m < total; m++) {
        const pg_mark mark = pg_arena_mark(w->arena);
        PG_TRY(write_model(w, t, arena, &texts[m]));
        pg_arena_rewind(w->arena, mark);
        step(w);
        for (const char *c = texts[m]; *c != '\0'; c++)
            bytes++;
        if (bytes > MOST_BYTES)
            return pg_fail(
                w->ctx, PGDP_BAD_ARGUMENT,
                "formula: found models of more than %d bytes of text in all, expected fewer; use fewer terms "
                "or lists",
                (int)MOST_BYTES);
    }
    *out = texts;
    *n = total;
    return PGDP_OK;
}

static pgdp_status run(walk *w, pg_arena *arena, const pgdp_frame *frame, const char *text, const char *const **out,
                       size_t *n)
{
    static const unsigned where[PG_N_PLACES] = { [PG_PLACE_OUTCOME] = OUTCOME, [PG_PLACE_EFFECTS] = EFFECTS };
    pg_formula_tree t;
    PG_TRY(pg_formula_read(w->ctx, w->arena, text, &t));
    const bool dots = frame != NULL && has_dot(t.part[PG_PLACE_TERMS]);
    if (dots) PG_TRY(fill_dots(w, frame, &t));
    for (int p = 0; p < PG_N_PLACES; p++)
        if (t.part[p] != NULL) PG_TRY(find_sites(w, t.part[p], where[p]));
    if (dots || w->n_sites > 0) return list_models(w, &t, arena, out, n);
    const char **one;
    PG_TRY_ALLOC(w->ctx, one, pg_arena_alloc(arena, 1, sizeof *one));
    PG_TRY_ALLOC(w->ctx, one[0], pg_arena_strdup(arena, text));
    *out = one;
    *n = 1;
    return PGDP_OK;
}

pgdp_status pg_formula_expand_over(pgdp_ctx *ctx, pg_arena *arena, const pgdp_frame *frame, const char *text,
                                   const char *const **out, size_t *n)
{
    pg_arena trees;
    pg_arena_init(&trees, &ctx->allocator);
    walk w = { .ctx = ctx, .arena = &trees };
    const pgdp_status status = run(&w, arena, frame, text, out, n);
    pg_arena_free(&trees);
    return status;
}

pgdp_status pg_formula_expand(pgdp_ctx *ctx, pg_arena *arena, const char *text, const char *const **out, size_t *n)
{
    return pg_formula_expand_over(ctx, arena, NULL, text, out, n);
}
