/* design_columns.c  Terms to columns: products of numbers and of levels, the reference level left out.
 * Source: Chambers & Hastie (1992), Statistical Models in S, section 2.4.1 (when a factor loses a level).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/design_columns.h"

#include "stats/eval_check.h"

#include <string.h>

/** A part of a term in a frame: numbers of all rows, or levels of the rows used. */
typedef struct bound_part {
    const pg_part *part;
    const double *values; /**< of all rows; NULL: levels */
    size_t column;        /**< of levels */
    pg_levels levels;
    size_t reference; /**< level left out; PGDP_NONE: none */
    size_t n;         /**< columns that it stands for */
} bound_part;

struct pg_bound_term {
    bound_part *parts;
    size_t n_parts;
    size_t n; /**< columns */
};
typedef struct pg_bound_term bound_term;

static pgdp_status bind_part(pgdp_ctx *ctx, const pg_scope *scope, const pg_part *part, bound_part *out)
{
    const pgdp_frame *frame = scope->frame;
    *out = (bound_part){ .part = part, .reference = PGDP_NONE, .n = 1 };
    if (part->expr->kind == PG_EXPR_NAME) {
        PG_TRY(pg_eval_column(ctx, frame, part->expr, &out->column));
        if (part->kind == PG_PART_LEVELS) return PGDP_OK;
        if (pgdp_frame_column(frame, out->column)->type == PGDP_TEXT) return pg_eval_not_stray(ctx, frame, out->column);
    }
    return pg_eval_numbers(ctx, scope, part->expr, &out->values);
}

pgdp_status pg_columns_find(pgdp_ctx *ctx, const pg_scope *scope, const pg_terms *terms, bool constant, bool spanned,
                            pg_columns *out)
{
    *out = (pg_columns){ .scope = scope, .terms = terms, .constant = constant, .spanned = spanned };
    PG_TRY_ALLOC(ctx, out->bound, pg_arena_alloc(&ctx->scratch, terms->n, sizeof *out->bound));
    for (size_t i = 0; i < terms->n; i++) {
        bound_term *t = &out->bound[i];
        t->n_parts = terms->items[i].n_parts;
        PG_TRY_ALLOC(ctx, t->parts, pg_arena_alloc(&ctx->scratch, t->n_parts, sizeof *t->parts));
        for (size_t k = 0; k < t->n_parts; k++)
            PG_TRY(bind_part(ctx, scope, &terms->items[i].parts[k], &t->parts[k]));
    }
    return PGDP_OK;
}

void pg_columns_need(const pg_columns *columns, pg_rows *rows)
{
    for (size_t i = 0; i < columns->terms->n; i++) {
        const bound_term *t = &columns->bound[i];
        for (size_t k = 0; k < t->n_parts; k++) {
            if (t->parts[k].values != NULL)
                pg_rows_need_numbers(rows, t->parts[k].values);
            else
                pg_rows_need_cells(rows, columns->scope->frame, t->parts[k].column);
        }
    }
}

/** Is the term without its part k in the model? Then a level of that part is redundant. */
static bool margin_is_there(const pg_columns *columns, const pg_term *term, size_t k, bool spanned)
{
    if (term->n_parts == 1) return spanned;
    for (size_t i = 0; i < columns->terms->n; i++)
        if (pg_term_is_margin(&columns->terms->items[i], term, k)) return true;
    return false;
}

/** Levels of one part over the rows used, and which of them is left out. */
static pgdp_status find_levels(pgdp_ctx *ctx, const pg_columns *columns, const pg_rows *rows, bool redundant,
                               bound_part *p)
{
    PG_TRY(pg_levels_of_column(ctx, columns->scope->frame, p->column, rows->kept, rows->n, &p->levels));
    const pg_expr *ref = p->part->ref;
    if (ref != NULL) {
        p->reference = pg_levels_find(&p->levels, ref);
        if (p->reference == PGDP_NONE) {
            const char *text = ref->kind == PG_EXPR_UNARY ? ref->left->text : ref->text;
            const char *nearest = pgdp_nearest(text, p->levels.names, p->levels.n);
            return pg_fail(ctx, PGDP_NOT_FOUND,
                           "formula:%zu:%zu: found \"%.60s\", expected a level of %.60s in the rows used; %s %.60s",
                           ref->line, ref->column, text, p->part->name,
                           nearest != NULL ? "did you mean" : "the first one is",
                           nearest != NULL ? nearest : p->levels.names[0]);
        }
    } else if (redundant && p->levels.n > 1) {
        p->reference = 0; /* a single level stays, to be named as collinear instead of vanishing */
    }
    p->n = p->levels.n - (p->reference != PGDP_NONE);
    return PGDP_OK;
}

/** Levels of all parts; counts the columns. */
static pgdp_status size_terms(pgdp_ctx *ctx, const pg_columns *columns, const pg_rows *rows, size_t *n_columns)
{
    bool spanned = columns->spanned;
    *n_columns = columns->constant;
    for (size_t i = 0; i < columns->terms->n; i++) {
        bound_term *t = &columns->bound[i];
        t->n = 1;
        for (size_t k = 0; k < t->n_parts; k++) {
            bound_part *p = &t->parts[k];
            if (p->values == NULL) {
                const bool redundant = margin_is_there(columns, &columns->terms->items[i], k, spanned);
                PG_TRY(find_levels(ctx, columns, rows, redundant, p));
                spanned = spanned || (t->n_parts == 1 && p->reference == PGDP_NONE);
            }
            t->n *= p->n;
            if (t->n + *n_columns > rows->n)
                return pg_fail(ctx, PGDP_TOO_FEW_OBS,
                               "found %zu rows for at least %zu terms, expected more rows than terms; use fewer terms "
                               "or levels",
                               rows->n, t->n + *n_columns);
        }
        *n_columns += t->n;
    }
    return PGDP_OK;
}

/** Name of column c of a term: parts joined by ":", levels as f::level; the first part's levels run fastest. */
static pgdp_status name_column(pgdp_ctx *ctx, const bound_term *t, size_t c, const char **out)
{
    pg_text name;
    pg_text_init(&name, &ctx->scratch);
    for (size_t k = 0; k < t->n_parts; k++) {
        const bound_part *p = &t->parts[k];
        if (k > 0) pg_text_add_char(&name, ':');
        pg_text_add(&name, p->part->name);
        if (p->values != NULL) continue;
        const size_t level = c % p->n;
        pg_text_addf(&name, "::%s", p->levels.names[level + (p->reference != PGDP_NONE && level >= p->reference)]);
        c /= p->n;
    }
    *out = name.data;
    return name.failed ? pg_no_memory(ctx) : PGDP_OK;
}

/** Fill a term's columns, which are zero: each row has one column, or none when a part is at its reference. */
static void fill_term(const bound_term *t, const pg_rows *rows, double *x)
{
    for (size_t i = 0; i < rows->n; i++) {
        size_t column = 0, stride = 1;
        long double value = 1; /* products are rounded once */
        bool reference = false;
        for (size_t k = 0; k < t->n_parts; k++) {
            const bound_part *p = &t->parts[k];
            if (p->values != NULL) {
                value *= p->values[rows->kept[i]];
                continue;
            }
            const size_t level = p->levels.index[i];
            reference = reference || level == p->reference;
            column += stride * (level - (p->reference != PGDP_NONE && level > p->reference));
            stride *= p->n;
        }
        if (!reference) x[i + column * rows->n] = (double)value;
    }
}

pgdp_status pg_columns_fill(pgdp_ctx *ctx, const pg_columns *columns, const pg_rows *rows, pg_filled *out)
{
    size_t n, next = 0;
    double *x;
    const char **names;
    PG_TRY(size_terms(ctx, columns, rows, &n));
    PG_TRY_ALLOC(ctx, x, pg_arena_alloc(&ctx->scratch, rows->n * n, sizeof *x));
    PG_TRY_ALLOC(ctx, names, pg_arena_alloc(&ctx->scratch, n, sizeof *names));
    for (size_t i = 0; columns->constant && i < rows->n; i++)
        x[i] = 1;
    if (columns->constant) names[next++] = "(Intercept)";
    for (size_t i = 0; i < columns->terms->n; i++) {
        const bound_term *t = &columns->bound[i];
        fill_term(t, rows, x + next * rows->n);
        for (size_t c = 0; c < t->n; c++)
            PG_TRY(name_column(ctx, t, c, &names[next++]));
    }
    *out = (pg_filled){ .x = { x, rows->n, n }, .names = names };
    return PGDP_OK;
}
