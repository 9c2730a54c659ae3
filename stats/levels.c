/* levels.c  Distinct values of a column, sorted, and the level of every row. Source: R's factor().
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/map.h"
#include "core/number.h"
#include "stats/eval.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** One distinct value: a number, an ordinal or a code; text sorts by its name. */
typedef struct level {
    double key;
    const char *text; /**< of a text column; NULL: sorted by key */
    size_t seen;      /**< order of first appearance */
} level;

static int compare_levels(const void *a, const void *b)
{
    const level *x = a, *y = b;
    if (x->text != NULL) return strcmp(x->text, y->text);
    return x->key < y->key ? -1 : x->key > y->key;
}

/** Distinct keys while they are found. */
typedef struct finding {
    level *levels;
    size_t n;
} finding;

static pgdp_status add_level(pgdp_ctx *ctx, double key, finding *f)
{
    if ((f->n & (f->n - 1)) == 0) {
        const size_t room = f->n == 0 ? 1 : 2 * f->n;
        PG_TRY_ALLOC(ctx, f->levels, pg_arena_grow(&ctx->scratch, f->levels, f->n, room, sizeof *f->levels));
    }
    f->levels[f->n] = (level){ .key = key, .seen = f->n };
    f->n++;
    return PGDP_OK;
}

/** Are the keys whole numbers of a range that a table can hold? Codes, periods, years and most identifiers are. */
static bool are_dense(const double *keys, size_t n, double *lo, size_t *width)
{
    double hi = n > 0 ? keys[0] : 0;
    *lo = hi;
    for (size_t i = 0; i < n; i++) {
        if (!(fabs(keys[i]) < 9e15) || keys[i] > floor(keys[i])) return false;
        if (keys[i] < *lo) *lo = keys[i];
        if (keys[i] > hi) hi = keys[i];
    }
    if (!(hi - *lo <= 2.0 * (double)n + 1024)) return false;
    *width = (size_t)(hi - *lo) + 1;
    return true;
}

/** Distinct keys in order of first appearance by a table; index receives their numbers. */
static pgdp_status find_dense(pgdp_ctx *ctx, const double *keys, size_t n, size_t *index, finding *out)
{
    double lo;
    size_t width, *number; /* 1 + the number of a key less lo; 0: not seen */
    if (!are_dense(keys, n, &lo, &width)) return PGDP_NOT_FOUND;
    PG_TRY_ALLOC(ctx, number, pg_arena_alloc(&ctx->scratch, width, sizeof *number));
    for (size_t i = 0; i < n; i++) {
        size_t *at = &number[(size_t)(keys[i] - lo)];
        if (*at == 0) {
            PG_TRY(add_level(ctx, keys[i], out));
            *at = out->n;
        }
        index[i] = *at - 1;
    }
    return PGDP_OK;
}

/** The same of any numbers by hashing. */
static pgdp_status find_distinct(pgdp_ctx *ctx, const double *keys, size_t n, size_t *index, finding *out)
{
    pg_map map;
    const pgdp_status dense = find_dense(ctx, keys, n, index, out);
    if (dense != PGDP_NOT_FOUND) return dense;
    pg_map_init(&map, &ctx->scratch);
    for (size_t i = 0; i < n; i++) {
        const char *bytes = (const char *)&keys[i];
        index[i] = pg_map_find(&map, bytes, sizeof keys[i]);
        if (index[i] != PGDP_NONE) continue;
        if (!pg_map_put(&map, bytes, sizeof keys[i], out->n)) return pg_no_memory(ctx);
        index[i] = out->n;
        PG_TRY(add_level(ctx, keys[i], out));
    }
    return PGDP_OK;
}

/** Sort the levels and renumber the rows. */
static pgdp_status sort_levels(pgdp_ctx *ctx, level *levels, size_t n_levels, size_t *index, size_t n)
{
    size_t *rank;
    PG_TRY_ALLOC(ctx, rank, pg_arena_alloc(&ctx->scratch, n_levels, sizeof *rank));
    if (n_levels > 0) qsort(levels, n_levels, sizeof *levels, compare_levels);
    for (size_t k = 0; k < n_levels; k++)
        rank[levels[k].seen] = k;
    for (size_t i = 0; i < n; i++)
        index[i] = rank[index[i]];
    return PGDP_OK;
}

static pgdp_status name_level(pgdp_ctx *ctx, const pgdp_column *column, const level *l, const char **out)
{
    char buffer[PG_NUMBER_SIZE]; /* holds a period too: 16 bytes */
    if (column != NULL && column->type == PGDP_PERIOD)
        pgdp_period_format((pgdp_period){ column->frequency, (int32_t)l->key }, buffer);
    else
        pg_number_format(l->key, buffer);
    *out = l->text;
    if (*out == NULL) PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(&ctx->scratch, buffer));
    return PGDP_OK;
}

pgdp_status pg_levels_of_keys(pgdp_ctx *ctx, const pgdp_frame *frame, size_t column, const double *keys, size_t n,
                              pg_levels *out)
{
    const pgdp_column *about = frame == NULL ? NULL : pgdp_frame_column(frame, column);
    size_t *index;
    finding found = { NULL, 0 };
    const char **names;
    PG_TRY_ALLOC(ctx, index, pg_arena_alloc(&ctx->scratch, n, sizeof *index));
    PG_TRY(find_distinct(ctx, keys, n, index, &found));
    level *levels = found.levels;
    const size_t n_levels = found.n;
    for (size_t k = 0; about != NULL && about->type == PGDP_TEXT && k < n_levels; k++)
        levels[k].text = pgdp_frame_level(frame, column, (uint32_t)levels[k].key);
    PG_TRY(sort_levels(ctx, levels, n_levels, index, n));
    PG_TRY_ALLOC(ctx, names, pg_arena_alloc(&ctx->scratch, n_levels, sizeof *names));
    for (size_t k = 0; k < n_levels; k++)
        PG_TRY(name_level(ctx, about, &levels[k], &names[k]));
    *out = (pg_levels){ .n = n_levels, .names = names, .index = index };
    return PGDP_OK;
}

pgdp_status pg_levels_of_numbers(pgdp_ctx *ctx, const double *values, const size_t *rows, size_t n_rows, pg_levels *out)
{
    double *keys;
    PG_TRY_ALLOC(ctx, keys, pg_arena_alloc(&ctx->scratch, n_rows, sizeof *keys));
    for (size_t i = 0; i < n_rows; i++)
        keys[i] = values[rows[i]] + 0.0; /* -0 and 0 are one level */
    return pg_levels_of_keys(ctx, NULL, 0, keys, n_rows, out);
}

pgdp_status pg_levels_of_column(pgdp_ctx *ctx, const pgdp_frame *frame, size_t column, const size_t *rows,
                                size_t n_rows, pg_levels *out)
{
    const double *reals = pgdp_frame_reals(frame, column);
    const uint32_t *codes = pgdp_frame_codes(frame, column);
    const int32_t *periods = pgdp_frame_periods(frame, column);
    double *keys;
    if (reals != NULL) return pg_levels_of_numbers(ctx, reals, rows, n_rows, out);
    PG_TRY_ALLOC(ctx, keys, pg_arena_alloc(&ctx->scratch, n_rows, sizeof *keys));
    for (size_t i = 0; i < n_rows; i++)
        keys[i] = codes != NULL ? (double)codes[rows[i]] : (double)periods[rows[i]];
    return pg_levels_of_keys(ctx, frame, column, keys, n_rows, out);
}

size_t pg_levels_find(const pg_levels *levels, const pg_expr *literal)
{
    const bool negative = literal->kind == PG_EXPR_UNARY;
    const pg_expr *value = negative ? literal->left : literal;
    char number[PG_NUMBER_SIZE];
    double parsed = 0;
    const bool is_number = pg_number_parse(value->text, strlen(value->text), &parsed);
    pg_number_format(negative ? -parsed : parsed, number);
    for (size_t k = 0; k < levels->n; k++) {
        if (!negative && pg_streq(levels->names[k], value->text)) return k;
        if (is_number && pg_streq(levels->names[k], number)) return k;
    }
    return PGDP_NONE;
}
