/* design_columns.c  Terms to columns: products of numbers and of levels, the reference level left out.
 * Source: Chambers & Hastie (1992), Statistical Models in S, section 2.4.1 (when a factor loses a level).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/design_columns.h"

#include "stats/eval_check.h"
#include "stats/two_algebra.h"

#include <string.h>

/** A part of a term in a frame: numbers of all rows, or levels of the rows used. */
typedef struct bound_part {
    const pg_part *part;
    pg_numbers values; /**< of all rows; hi NULL: levels */
    size_t column;     /**< of levels */
    pg_factor factor;
    pg_numbers basis; /**< [rows used x n] of poly() */
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
    *out = (bound_part){ .part = part, .column = PGDP_NONE, .n = 1 };
    if (part->expr->kind == PG_EXPR_NAME) {
        PG_TRY(pg_eval_column(ctx, frame, part->expr, &out->column));
        if (part->kind == PG_PART_LEVELS) return PGDP_OK;
        if (part->kind == PG_PART_NUMBER && pgdp_frame_column(frame, out->column)->type == PGDP_TEXT)
            return pg_eval_not_stray(ctx, frame, out->column);
    }
    return pg_eval_exact(ctx, scope, part->expr, &out->values.hi, &out->values.lo);
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
            if (t->parts[k].values.hi != NULL)
                pg_rows_need_numbers(rows, t->parts[k].values.hi);
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

/** Levels or polynomials of one part over the rows used. */
static pgdp_status bind_rows(pgdp_ctx *ctx, const pg_columns *columns, const pg_rows *rows, bool redundant,
                             bound_part *p)
{
    if (p->part->kind == PG_PART_BASIS) {
        p->n = p->part->degree;
        if (p->n >= rows->n)
            return pg_fail(ctx, PGDP_TOO_FEW_OBS, "found %zu rows for %.60s, expected more rows than its degree",
                           rows->n, p->part->name);
        return pg_basis_fill(ctx, p->part, &p->values, rows, &p->basis);
    }
    if (p->values.hi != NULL) return PGDP_OK;
    PG_TRY(pg_factor_new(ctx, columns->scope->frame, p->column, p->part, rows, redundant, &p->factor));
    p->n = p->factor.n;
    return PGDP_OK;
}

pgdp_status pg_columns_size(pgdp_ctx *ctx, const pg_columns *columns, const pg_rows *rows, size_t *n_columns)
{
    bool spanned = columns->spanned;
    *n_columns = columns->constant;
    for (size_t i = 0; i < columns->terms->n; i++) {
        bound_term *t = &columns->bound[i];
        t->n = 1;
        for (size_t k = 0; k < t->n_parts; k++) {
            bound_part *p = &t->parts[k];
            const bool levels = p->values.hi == NULL;
            PG_TRY(bind_rows(ctx, columns, rows,
                             levels && margin_is_there(columns, &columns->terms->items[i], k, spanned), p));
            if (levels) spanned = spanned || (t->n_parts == 1 && p->n == p->factor.levels.n);
            t->n *= p->n;
            if (t->n + *n_columns > rows->n && rows->known == NULL)
                return pg_fail(ctx, PGDP_TOO_FEW_OBS,
                               "found %zu rows for at least %zu terms, expected more rows than terms; use fewer terms "
                               "or levels",
                               rows->n, t->n + *n_columns);
        }
        *n_columns += t->n;
    }
    return PGDP_OK;
}

/** Name of column c of a term: parts joined by ":", levels as f::level, polynomials with their degree; the first part's
 * columns run fastest. */
static pgdp_status name_column(pgdp_ctx *ctx, const bound_term *t, size_t c, const char **out)
{
    pg_text name;
    pg_text_init(&name, &ctx->scratch);
    for (size_t k = 0; k < t->n_parts; k++) {
        const bound_part *p = &t->parts[k];
        if (k > 0) pg_text_add_char(&name, ':');
        pg_text_add(&name, p->part->name);
        if (p->part->kind == PG_PART_BASIS)
            pg_text_addf(&name, "%zu", c % p->n + 1);
        else if (p->values.hi == NULL)
            pg_text_addf(&name, "::%s", p->factor.levels.names[p->factor.shown[c % p->n]]);
        c /= p->n;
    }
    *out = name.data;
    return name.failed ? pg_no_memory(ctx) : PGDP_OK;
}

/** The value of column c of a term in the i-th row used; its levels are checked already. */
static pg_two value_of(const bound_term *t, const pg_rows *rows, size_t i, size_t c)
{
    pg_two value = { 1, 0 };
    bool first = true;
    for (size_t k = 0; k < t->n_parts && t->parts[k].n > 0; k++) {
        const bound_part *p = &t->parts[k];
        const bool basis = p->part->kind == PG_PART_BASIS;
        if (basis || p->values.hi != NULL) {
            const pg_numbers *from = basis ? &p->basis : &p->values;
            const size_t at = basis ? i + (c % p->n) * rows->n : rows->kept[i];
            const pg_two factor = { from->hi[at], from->lo == NULL ? 0 : from->lo[at] };
            value = first ? factor : pg_two_times(value, factor);
            first = false;
        }
        c /= p->n;
    }
    return value;
}

/** Fill the one column of a single number. */
static void copy_numbers(const pg_numbers *from, const pg_rows *rows, double *x, double *low)
{
    if (pg_rows_are_all(rows) && (from->lo == NULL || low == NULL)) {
        memcpy(x, from->hi, rows->n * sizeof *x);
        return;
    }
    for (size_t i = 0; i < rows->n; i++) {
        x[i] = from->hi[rows->kept[i]];
        if (from->lo != NULL && low != NULL) low[i] = from->lo[rows->kept[i]];
    }
}

/** Fill a term's columns, which are zero: levels give each row one column, or none when a part's level has none. */
static void fill_term(const bound_term *t, const pg_rows *rows, double *x, double *low)
{
    if (t->n_parts == 1 && t->parts[0].part->kind == PG_PART_NUMBER && t->parts[0].values.hi != NULL) {
        copy_numbers(&t->parts[0].values, rows, x, low);
        return;
    }
    for (size_t i = 0; i < rows->n; i++) {
        size_t column = 0, stride = 1, n_basis = 1;
        bool left_out = false;
        for (size_t k = 0; k < t->n_parts && !left_out; k++) {
            const bound_part *p = &t->parts[k];
            const size_t slot = p->values.hi == NULL ? p->factor.slot[p->factor.levels.index[i]] : 0;
            left_out = slot == PGDP_NONE;
            if (p->part->kind == PG_PART_BASIS) n_basis *= p->n;
            column += stride * slot;
            stride *= p->n;
        }
        for (size_t b = 0; b < n_basis && !left_out; b++) {
            size_t at = column, rest = b;
            stride = 1;
            for (size_t k = 0; k < t->n_parts; k++) {
                const bound_part *p = &t->parts[k];
                if (p->part->kind == PG_PART_BASIS) {
                    at += stride * (rest % p->n);
                    rest /= p->n;
                }
                stride *= p->n;
            }
            const pg_two value = value_of(t, rows, i, at);
            x[i + at * rows->n] = value.hi;
            if (low != NULL) low[i + at * rows->n] = value.lo;
        }
    }
}

/** May rounding have taken anything from a term's columns? */
static bool may_be_rounded(const bound_term *t)
{
    size_t n_numbers = 0;
    for (size_t k = 0; k < t->n_parts; k++) {
        if (t->parts[k].values.lo != NULL || t->parts[k].part->raw) return true;
        n_numbers += t->parts[k].values.hi != NULL;
    }
    return n_numbers > 1;
}

/** Keep the low parts only where there are any. */
static void keep_low(const double *low, size_t n_rows, size_t n, pg_filled *out)
{
    for (size_t i = 0; low != NULL && i < n_rows * n; i++) {
        if (!(low[i] > 0 || low[i] < 0)) continue;
        out->low = (pgdp_mat){ low, n_rows, n };
        return;
    }
}

pgdp_status pg_columns_name(pgdp_ctx *ctx, const pg_columns *columns, const char **names)
{
    if (columns->constant) *names++ = "(Intercept)";
    for (size_t i = 0; i < columns->terms->n; i++)
        for (size_t c = 0; c < columns->bound[i].n; c++)
            PG_TRY(name_column(ctx, &columns->bound[i], c, names++));
    return PGDP_OK;
}

void pg_columns_write(const pg_columns *columns, const pg_rows *rows, double *x, double *low)
{
    size_t at = 0;
    for (size_t i = 0; columns->constant && i < rows->n; i++)
        x[i] = 1;
    if (columns->constant) at = rows->n;
    for (size_t i = 0; i < columns->terms->n; i++) {
        fill_term(&columns->bound[i], rows, x + at, low == NULL ? NULL : low + at);
        at += columns->bound[i].n * rows->n;
    }
}

pgdp_status pg_columns_fill(pgdp_ctx *ctx, const pg_columns *columns, const pg_rows *rows, pg_filled *out)
{
    size_t n;
    double *x, *low = NULL;
    const char **names;
    bool rounded = false;
    PG_TRY(pg_columns_size(ctx, columns, rows, &n));
    for (size_t i = 0; i < columns->terms->n; i++)
        rounded = rounded || may_be_rounded(&columns->bound[i]);
    PG_TRY_ALLOC(ctx, x, pg_arena_alloc(&ctx->scratch, rows->n * n, sizeof *x));
    if (rounded) PG_TRY_ALLOC(ctx, low, pg_arena_alloc(&ctx->scratch, rows->n * n, sizeof *low));
    PG_TRY_ALLOC(ctx, names, pg_arena_alloc(&ctx->scratch, n, sizeof *names));
    PG_TRY(pg_columns_name(ctx, columns, names));
    pg_columns_write(columns, rows, x, low);
    *out = (pg_filled){ .x = { x, rows->n, n }, .names = names };
    keep_low(low, rows->n, n, out);
    return PGDP_OK;
}

const double *pg_columns_number(const pg_columns *columns, size_t i)
{
    const bound_term *t = &columns->bound[i];
    return t->n_parts == 1 && t->parts[0].part->kind == PG_PART_NUMBER ? t->parts[0].values.hi : NULL;
}

bool pg_columns_factor(const pg_columns *columns, size_t i, const pg_part **part, size_t *column)
{
    for (size_t t = 0; t < columns->terms->n; t++) {
        for (size_t k = 0; k < columns->bound[t].n_parts; k++) {
            const bound_part *p = &columns->bound[t].parts[k];
            if (p->values.hi != NULL || i-- > 0) continue;
            *part = p->part;
            *column = p->column;
            return true;
        }
    }
    return false;
}
