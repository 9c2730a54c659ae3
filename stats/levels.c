/* levels.c  Distinct values of a column, sorted, and the level of every row. Source: R's factor().
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/map.h"
#include "core/number.h"
#include "stats/eval.h"

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

/** Distinct keys in order of first appearance; index receives their numbers. */
static pgdp_status find_distinct(pgdp_ctx *ctx, const double *keys, size_t n, size_t *index, level **out, size_t *n_out)
{
    pg_map map;
    level *levels = NULL;
    size_t n_levels = 0;
    pg_map_init(&map, &ctx->scratch);
    for (size_t i = 0; i < n; i++) {
        const char *bytes = (const char *)&keys[i];
        index[i] = pg_map_find(&map, bytes, sizeof keys[i]);
        if (index[i] != PGDP_NONE) continue;
        if ((n_levels & (n_levels - 1)) == 0) {
            const size_t room = n_levels == 0 ? 1 : 2 * n_levels;
            PG_TRY_ALLOC(ctx, levels, pg_arena_grow(&ctx->scratch, levels, n_levels, room, sizeof *levels));
        }
        if (!pg_map_put(&map, bytes, sizeof keys[i], n_levels)) return pg_no_memory(ctx);
        levels[n_levels] = (level){ .key = keys[i], .seen = n_levels };
        index[i] = n_levels++;
    }
    *out = levels;
    *n_out = n_levels;
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

/** Levels from keys; frame NULL: plain numbers. */
static pgdp_status build(pgdp_ctx *ctx, const pgdp_frame *frame, size_t column, const double *keys, size_t n,
                         pg_levels *out)
{
    const pgdp_column *about = frame == NULL ? NULL : pgdp_frame_column(frame, column);
    size_t *index, n_levels = 0;
    level *levels = NULL;
    const char **names;
    PG_TRY_ALLOC(ctx, index, pg_arena_alloc(&ctx->scratch, n, sizeof *index));
    PG_TRY(find_distinct(ctx, keys, n, index, &levels, &n_levels));
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
    return build(ctx, NULL, 0, keys, n_rows, out);
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
    return build(ctx, frame, column, keys, n_rows, out);
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
