/* terms_parts.c  i() and poly() to the parts of a term. Source: fixest 0.12, i(); R 4, poly().
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/formula_parts.h"

static bool is_literal(const pg_expr *e)
{
    return e->kind == PG_EXPR_NUMBER || e->kind == PG_EXPR_STRING || e->kind == PG_EXPR_NAME ||
           (e->kind == PG_EXPR_UNARY && e->op == PG_OP_SUB && e->left->kind == PG_EXPR_NUMBER);
}

static bool is_list(const pg_expr *e, size_t least)
{
    size_t n = 0;
    if (!pg_is_call(e, "c")) return false;
    for (const pg_expr *a = e->left; a != NULL; a = a->next, n++)
        if (!is_literal(a) || a->label != NULL) return false;
    return n >= least;
}

/** c("a", "b"), c(c("a", "b"), c("d", "e")), or a width. */
static bool is_bin(const pg_expr *e)
{
    if (e->kind == PG_EXPR_NUMBER) return e->number > 0;
    if (is_list(e, 2)) return true;
    if (!pg_is_call(e, "c") || e->left == NULL) return false;
    for (const pg_expr *a = e->left; a != NULL; a = a->next)
        if (!is_list(a, 2) || a->label != NULL) return false;
    return true;
}

/** One setting of i(): ref, keep, bin of the first factor, ref2, keep2, bin2 of the second. */
static pgdp_status set(pgdp_ctx *ctx, const pg_expr *a, pg_part *parts)
{
    static const char *const names[] = { "ref", "keep", "bin", "ref2", "keep2", "bin2" };
    enum { N_NAMES = sizeof names / sizeof names[0] };
    for (size_t i = 0; i < N_NAMES; i++) {
        if (!pg_streq(a->label, names[i])) continue;
        pg_part *p = &parts[i / 3];
        const pg_expr **field = i % 3 == 0 ? &p->ref : i % 3 == 1 ? &p->keep : &p->bin;
        if (*field != NULL)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s:%zu:%zu: found \"%s =\" twice, expected it once", a->what,
                           a->line, a->column, a->label);
        if (i % 3 == 2 && !is_bin(a))
            return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, a,
                                "expected levels to merge, c(\"a\", \"b\"), or a width above 0 after bin =");
        if (i % 3 != 2 && !is_literal(a) && !is_list(a, 1))
            return pg_fail(
                ctx, PGDP_BAD_ARGUMENT,
                "%s:%zu:%zu: found \"%.60s\", expected one level or c() of levels after %s =; put it in quotes",
                a->what, a->line, a->column, a->text, a->label);
        *field = a;
        return PGDP_OK;
    }
    const char *nearest = pgdp_nearest(a->label, names, N_NAMES);
    return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                   "%s:%zu:%zu: found \"%.60s =\", expected ref, keep, bin, ref2, keep2 or bin2%s%s%s", a->what,
                   a->line, a->column, a->label, nearest == NULL ? "" : "; did you mean ",
                   nearest == NULL ? "" : nearest, nearest == NULL ? "" : "?");
}

static pgdp_status factor(pgdp_ctx *ctx, pg_arena *arena, const pg_expr *name, pg_part *out)
{
    out->kind = PG_PART_LEVELS;
    out->expr = name;
    PG_TRY_ALLOC(ctx, out->name, pg_expr_text(arena, name));
    return PGDP_OK;
}

/** The second argument: i.g, a column whose levels are meant by its settings, or a number. */
static pgdp_status second(pgdp_ctx *ctx, pg_arena *arena, const pg_expr *a, pg_part *out)
{
    const bool set_up = out->ref != NULL || out->keep != NULL || out->bin != NULL;
    const bool prefixed = a->kind == PG_EXPR_NAME && !a->quoted && pg_starts_with(a->text, "i.") && a->text[2] != '\0';
    if (prefixed) {
        pg_expr *name;
        PG_TRY_ALLOC(ctx, name, pg_expr_copy(arena, a));
        name->text += 2;
        name->column += 2;
        return factor(ctx, arena, name, out);
    }
    if (set_up && a->kind == PG_EXPR_NAME) return factor(ctx, arena, a, out);
    if (set_up)
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, a,
                            "expected a second factor for ref2, keep2 or bin2: i(f, i.g, ref2 = level)");
    return pg_numeric_part(ctx, arena, a, out);
}

pgdp_status pg_levels_term(pgdp_ctx *ctx, pg_arena *arena, const pg_expr *call, pg_term *out)
{
    pg_part *parts;
    const pg_expr *number = NULL;
    size_t n = 0;
    PG_TRY_ALLOC(ctx, parts, pg_arena_alloc(arena, 2, sizeof *parts));
    for (const pg_expr *a = call->left; a != NULL; a = a->next) {
        if (a->label != NULL) {
            PG_TRY(set(ctx, a, parts));
        } else if (n == 0 && a->kind == PG_EXPR_NAME) {
            PG_TRY(factor(ctx, arena, a, &parts[0]));
            n = 1;
        } else if (n == 1) {
            number = a;
            n = 2;
        } else {
            return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, a,
                                "expected i(column), i(column, number) or i(column, i.column), each with settings such "
                                "as ref = level");
        }
    }
    if (n == 0) return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, call, "expected a column in its parentheses: i(column)");
    if (n == 2) PG_TRY(second(ctx, arena, number, &parts[1]));
    if (n == 1 && (parts[1].ref != NULL || parts[1].keep != NULL || parts[1].bin != NULL))
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, call,
                            "expected a second factor for ref2, keep2 or bin2: i(f, i.g, ref2 = level)");
    *out = (pg_term){ .parts = parts, .n_parts = n };
    return PGDP_OK;
}

/** TRUE, yes or 1; FALSE, no or 0. */
static bool read_switch(const pg_expr *e, bool *out)
{
    static const char *const words[] = { "FALSE", "TRUE", "false", "true", "no", "yes", "F", "T" };
    for (size_t i = 0; e->kind == PG_EXPR_NAME && i < sizeof words / sizeof words[0]; i++) {
        if (!pg_streq(e->text, words[i])) continue;
        *out = i % 2 == 1;
        return true;
    }
    *out = pg_is_number(e, 1);
    return *out || pg_is_number(e, 0);
}

pgdp_status pg_basis_part(pgdp_ctx *ctx, pg_arena *arena, const pg_expr *call, pg_part *out)
{
    const pg_expr *x = NULL, *degree = NULL;
    int64_t n = 0;
    *out = (pg_part){ .kind = PG_PART_BASIS };
    for (const pg_expr *a = call->left; a != NULL; a = a->next) {
        const bool raw = a->label != NULL && pg_streq(a->label, "raw");
        const bool of_degree = a->label == NULL ? x != NULL : pg_streq(a->label, "degree");
        if (raw && !read_switch(a, &out->raw))
            return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, a, "expected raw = TRUE or raw = FALSE");
        if (raw) continue;
        if (of_degree && degree == NULL)
            degree = a;
        else if (a->label == NULL && x == NULL)
            x = a;
        else
            return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, a, "expected poly(x, degree) or poly(x, degree, raw = TRUE)");
    }
    if (x == NULL || degree == NULL)
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, call, "expected a number and a degree: poly(x, 2)");
    if (!pg_whole_number(degree, &n) || n < 1 || n > PG_MOST_DEGREE)
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, degree, "expected a whole degree from 1 to 40: poly(x, 2)");
    PG_TRY(pg_formula_check_calls(ctx, x));
    pg_expr *alone;
    PG_TRY_ALLOC(ctx, alone, pg_expr_copy(arena, x));
    alone->next = NULL;
    out->expr = alone;
    out->degree = (size_t)n;
    PG_TRY_ALLOC(ctx, out->name, pg_expr_text(arena, call));
    return PGDP_OK;
}
