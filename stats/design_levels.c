/* design_levels.c  The levels of i(): merged, kept, left out. Source: fixest 0.12, i(); which level is left out:
 * Chambers & Hastie (1992), Statistical Models in S, section 2.4.1. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"
#include "stats/design_columns.h"
#include "stats/stream_levels.h"

#include <math.h>
#include <string.h>

/** What one factor is made from. */
typedef struct factor {
    pgdp_ctx *ctx;
    const pg_part *part;
    const pg_rows *rows;
    pg_levels levels;
} factor;

/** The level that a literal names. */
static pgdp_status find_level(const factor *f, const pg_expr *literal, size_t *out)
{
    *out = pg_levels_find(&f->levels, literal);
    if (*out != PGDP_NONE) return PGDP_OK;
    const char *sign = literal->kind == PG_EXPR_UNARY ? "-" : "";
    const char *text = literal->kind == PG_EXPR_UNARY ? literal->left->text : literal->text;
    const char *nearest = pgdp_nearest(text, f->levels.names, f->levels.n);
    return pg_fail(f->ctx, PGDP_NOT_FOUND,
                   "formula:%zu:%zu: found \"%s%.60s\", expected a level of %.60s in the rows used; %s %.60s",
                   literal->line, literal->column, sign, text, f->part->name,
                   nearest != NULL ? "did you mean" : "the first one is",
                   nearest != NULL ? nearest : f->levels.names[0]);
}

/** The first literal of one or of c(). */
static const pg_expr *first_of(const pg_expr *e)
{
    return e->kind == PG_EXPR_CALL ? e->left : e;
}

/** Mark the levels that one literal or c() names. */
static pgdp_status mark(const factor *f, const pg_expr *e, bool *marks)
{
    for (const pg_expr *a = first_of(e); a != NULL; a = e->kind == PG_EXPR_CALL ? a->next : NULL) {
        size_t level;
        PG_TRY(find_level(f, a, &level));
        marks[level] = true;
    }
    return PGDP_OK;
}

double pg_bin_of(double x, double w)
{
    const double q = x / w, whole = nearbyint(q);
    const double k = fabs(q - whole) <= 1e-14 * fabs(q) ? whole : floor(q);
    char text[PG_NUMBER_SIZE];
    double out = k * w;
    pg_number_significant(out, 15, text);
    (void)pg_number_parse(text, strlen(text), &out);
    return out;
}

/** Levels of bins of a width. */
static pgdp_status bin_by_width(factor *f, const pgdp_frame *frame, size_t column)
{
    const double *values = pgdp_frame_reals(frame, column);
    double *binned;
    size_t *rows;
    if (values == NULL)
        return pg_expr_fail(
            f->ctx, PGDP_BAD_ARGUMENT, f->part->bin,
            "which is a width, expected levels to merge, c(\"a\", \"b\"), for a column that is not numeric");
    PG_TRY_ALLOC(f->ctx, binned, pg_arena_alloc(&f->ctx->scratch, f->rows->n, sizeof *binned));
    PG_TRY_ALLOC(f->ctx, rows, pg_arena_alloc(&f->ctx->scratch, f->rows->n, sizeof *rows));
    for (size_t i = 0; i < f->rows->n; i++) {
        binned[i] = pg_bin_of(values[f->rows->kept[i]], f->part->bin->number);
        rows[i] = i;
    }
    return pg_levels_of_numbers(f->ctx, binned, rows, f->rows->n, &f->levels);
}

/** The level that a literal of a bin names, which stands in no other bin. */
static pgdp_status take_level(const factor *f, const pg_expr *literal, bool *taken, size_t *out)
{
    PG_TRY(find_level(f, literal, out));
    if (taken[*out])
        return pg_expr_fail(f->ctx, PGDP_BAD_ARGUMENT, literal, "expected every level in one bin only, and once");
    taken[*out] = true;
    return PGDP_OK;
}

/** c("a", "b"): b becomes a. */
static pgdp_status merge_group(const factor *f, const pg_expr *group, bool *taken, size_t *into)
{
    size_t first, level;
    PG_TRY(take_level(f, group->left, taken, &first));
    for (const pg_expr *a = group->left->next; a != NULL; a = a->next) {
        PG_TRY(take_level(f, a, taken, &level));
        into[level] = first;
    }
    return PGDP_OK;
}

static pgdp_status merge(factor *f)
{
    const pg_expr *bin = f->part->bin;
    const bool nested = bin->left->kind == PG_EXPR_CALL;
    pg_levels *levels = &f->levels;
    size_t *into, *number, *index, n = 0;
    bool *taken;
    const char **names;
    PG_TRY_ALLOC(f->ctx, into, pg_arena_alloc(&f->ctx->scratch, levels->n, sizeof *into));
    PG_TRY_ALLOC(f->ctx, taken, pg_arena_alloc(&f->ctx->scratch, levels->n, sizeof *taken));
    PG_TRY_ALLOC(f->ctx, number, pg_arena_alloc(&f->ctx->scratch, levels->n, sizeof *number));
    PG_TRY_ALLOC(f->ctx, names, pg_arena_alloc(&f->ctx->scratch, levels->n, sizeof *names));
    PG_TRY_ALLOC(f->ctx, index, pg_arena_alloc(&f->ctx->scratch, f->rows->n, sizeof *index));
    for (size_t k = 0; k < levels->n; k++)
        into[k] = k;
    for (const pg_expr *group = nested ? bin->left : bin; group != NULL; group = nested ? group->next : NULL)
        PG_TRY(merge_group(f, group, taken, into));
    for (size_t k = 0; k < levels->n; k++) {
        if (into[k] != k) continue;
        names[n] = levels->names[k];
        number[k] = n++;
    }
    for (size_t i = 0; i < f->rows->n; i++)
        index[i] = number[into[levels->index[i]]];
    *levels = (pg_levels){ .n = n, .names = names, .index = index };
    return PGDP_OK;
}

/** A column for each level that is kept and no reference. */
static pgdp_status assign(const factor *f, bool redundant, pg_factor *out)
{
    const size_t n = f->levels.n;
    const pg_expr *ref = f->part->ref, *keep = f->part->keep;
    bool *kept, *left_out, all = true;
    size_t *slot, *shown;
    PG_TRY_ALLOC(f->ctx, kept, pg_arena_alloc(&f->ctx->scratch, n, sizeof *kept));
    PG_TRY_ALLOC(f->ctx, left_out, pg_arena_alloc(&f->ctx->scratch, n, sizeof *left_out));
    PG_TRY_ALLOC(f->ctx, slot, pg_arena_alloc(&f->ctx->scratch, n, sizeof *slot));
    PG_TRY_ALLOC(f->ctx, shown, pg_arena_alloc(&f->ctx->scratch, n, sizeof *shown));
    if (keep != NULL) PG_TRY(mark(f, keep, kept));
    for (size_t k = 0; k < n; k++) {
        kept[k] = kept[k] || keep == NULL;
        all = all && kept[k];
    }
    if (ref != NULL)
        PG_TRY(mark(f, ref, left_out));
    else if (redundant && all && n > 1)
        left_out[0] = true; /* a single level stays, to be named as collinear instead of vanishing */
    *out = (pg_factor){ .levels = f->levels, .slot = slot, .shown = shown };
    for (size_t k = 0; k < n; k++) {
        slot[k] = kept[k] && !left_out[k] ? out->n : PGDP_NONE;
        if (slot[k] != PGDP_NONE) shown[out->n++] = k;
    }
    if (out->n > 0) return PGDP_OK;
    return pg_fail(
        f->ctx, PGDP_BAD_ARGUMENT,
        "formula: found no level of %.60s left beside its references, expected one or more; check ref and keep",
        f->part->name);
}

pgdp_status pg_factor_new(pgdp_ctx *ctx, const pgdp_frame *frame, size_t column, const pg_part *part,
                          const pg_rows *rows, bool redundant, pg_factor *out)
{
    factor f = { .ctx = ctx, .part = part, .rows = rows };
    const bool width = part->bin != NULL && part->bin->kind == PG_EXPR_NUMBER;
    if (rows->known != NULL)
        PG_TRY(pg_known_levels(ctx, rows, frame, (pg_known_key){ column, pg_part_width(part) }, &f.levels));
    else if (width)
        PG_TRY(bin_by_width(&f, frame, column));
    else
        PG_TRY(pg_levels_of_column(ctx, frame, column, rows->kept, rows->n, &f.levels));
    if (part->bin != NULL && !width) PG_TRY(merge(&f));
    return assign(&f, redundant, out);
}
