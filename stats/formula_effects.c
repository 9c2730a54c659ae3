/* formula_effects.c  The absorbed effects of a formula: f, f^g, f[x], f[[x]]. Source: fixest 0.12, feols().
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/formula_parts.h"

/** Effects while they are gathered. */
typedef struct gathering {
    pgdp_ctx *ctx;
    pg_arena *arena;
    pg_formula_effect *items;
    size_t n;
} gathering;

static bool has_column(const pg_formula_effect *e, const char *name)
{
    for (size_t i = 0; i < e->n_columns; i++)
        if (pg_streq(e->columns[i]->text, name)) return true;
    return false;
}

/** The same columns, in whatever order, and the same slope. */
static bool same_effect(const pg_formula_effect *a, const pg_formula_effect *b)
{
    if (a->n_columns != b->n_columns || (a->slope == NULL) != (b->slope == NULL)) return false;
    for (size_t i = 0; i < a->n_columns; i++)
        if (!has_column(b, a->columns[i]->text)) return false;
    return pg_expr_same(a->slope, b->slope);
}

static pgdp_status add_effect(gathering *g, const pg_expr *at, const pg_formula_effect *effect)
{
    for (size_t i = 0; i < g->n; i++)
        if (same_effect(&g->items[i], effect)) return PGDP_OK;
    if (g->n == PG_MOST_EFFECTS)
        return pg_expr_fail(g->ctx, PGDP_BAD_ARGUMENT, at, "expected at most 100 absorbed effects; use fewer");
    if (g->n == 0) PG_TRY_ALLOC(g->ctx, g->items, pg_arena_alloc(g->arena, PG_MOST_EFFECTS, sizeof *g->items));
    g->items[g->n++] = *effect;
    return PGDP_OK;
}

/** The names of a^b^c, each once; the last may carry brackets, which are left in *index. */
static pgdp_status gather_columns(gathering *g, const pg_expr *e, pg_formula_effect *out, const pg_expr **index)
{
    if (pg_is_binary(e, PG_OP_POW)) {
        PG_TRY(gather_columns(g, e->left, out, index));
        if (*index == NULL) return gather_columns(g, e->right, out, index);
        return pg_expr_fail(g->ctx, PGDP_BAD_ARGUMENT, *index, "expected the brackets after the last name: f^g[x]");
    }
    if (e->kind == PG_EXPR_INDEX) {
        *index = e;
        e = e->left;
    }
    if (e->kind != PG_EXPR_NAME)
        return pg_expr_fail(g->ctx, PGDP_BAD_ARGUMENT, e,
                            "expected a column to absorb, such as firm, firm^year for pairs or firm[x] for slopes");
    if (has_column(out, e->text)) return PGDP_OK;
    const pg_expr **columns;
    PG_TRY_ALLOC(g->ctx, columns, pg_arena_alloc(g->arena, out->n_columns + 1, sizeof(pg_expr *)));
    for (size_t i = 0; i < out->n_columns; i++)
        columns[i] = out->columns[i];
    columns[out->n_columns++] = e;
    out->columns = columns;
    return PGDP_OK;
}

static pgdp_status name_effect(gathering *g, pg_formula_effect *effect)
{
    pg_text name;
    pg_text_init(&name, g->arena);
    for (size_t i = 0; i < effect->n_columns; i++) {
        if (i > 0) pg_text_add_char(&name, '^');
        pg_expr_write(&name, effect->columns[i]);
    }
    if (effect->slope != NULL) {
        pg_text_add(&name, "[[");
        pg_expr_write(&name, effect->slope);
        pg_text_add(&name, "]]");
    }
    effect->name = name.data;
    return name.failed ? pg_no_memory(g->ctx) : PGDP_OK;
}

/** One slope for each expression in the brackets, lags over a range one by one. */
static pgdp_status add_slopes(gathering *g, const pg_expr *index, const pg_formula_effect *intercept)
{
    if (index->left->next == NULL)
        return pg_expr_fail(g->ctx, PGDP_BAD_ARGUMENT, index, "expected a number in the brackets: firm[year]");
    for (const pg_expr *a = index->left->next; a != NULL; a = a->next) {
        const pg_expr *const *slopes;
        size_t n;
        if (a->label != NULL) return pg_expr_fail(g->ctx, PGDP_BAD_ARGUMENT, a, "expected a number without a label");
        PG_TRY(pg_lags_expand(g->ctx, g->arena, a, &slopes, &n));
        for (size_t i = 0; i < n; i++) {
            pg_formula_effect slope = *intercept;
            PG_TRY(pg_formula_check_calls(g->ctx, slopes[i]));
            slope.slope = slopes[i];
            PG_TRY(name_effect(g, &slope));
            PG_TRY(add_effect(g, a, &slope));
        }
    }
    return PGDP_OK;
}

static pgdp_status read_effect(gathering *g, const pg_expr *e)
{
    pg_formula_effect effect = { .n_columns = 0 };
    const pg_expr *index = NULL;
    PG_TRY(gather_columns(g, e, &effect, &index));
    PG_TRY(name_effect(g, &effect));
    if (index == NULL || pg_streq(index->text, "[")) PG_TRY(add_effect(g, e, &effect));
    return index == NULL ? PGDP_OK : add_slopes(g, index, &effect);
}

static pgdp_status read_sum(gathering *g, const pg_expr *e)
{
    if (pg_is_binary(e, PG_OP_ADD)) {
        PG_TRY(read_sum(g, e->left));
        return read_sum(g, e->right);
    }
    if (pg_is_binary(e, PG_OP_COLON) || pg_is_binary(e, PG_OP_MUL))
        return pg_expr_fail(g->ctx, PGDP_BAD_ARGUMENT, e,
                            "expected + between effects, or ^ where each pair of levels is an effect: f^g");
    if (pg_is_stepwise(e) || pg_is_call(e, "c"))
        return pg_expr_fail(g->ctx, PGDP_BAD_ARGUMENT, e, "which stands for several models, expected one model");
    return read_effect(g, e);
}

pgdp_status pg_effects_read(pgdp_ctx *ctx, pg_arena *arena, const pg_expr *sum, const pg_formula_effect **out,
                            size_t *n)
{
    gathering g = { .ctx = ctx, .arena = arena };
    if (sum != NULL && !pg_is_number(sum, 0) && !pg_is_number(sum, 1)) PG_TRY(read_sum(&g, sum));
    *out = g.items;
    *n = g.n;
    return PGDP_OK;
}

bool pg_formula_absorbs_constant(const pg_formula *formula)
{
    for (size_t i = 0; i < formula->n_effects; i++)
        if (formula->effects[i].slope == NULL) return true;
    return false;
}
