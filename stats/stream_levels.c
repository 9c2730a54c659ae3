/* stream_levels.c  Sets of keys, and levels that are the same in every block of a table: stream_levels.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/stream_levels.h"

#include <math.h>

void pg_key_set_init(pg_key_set *set, pg_arena *arena, size_t width)
{
    *set = (pg_key_set){ .width = width };
    pg_map_init(&set->map, arena);
}

static size_t bytes_of(const pg_key_set *set)
{
    return set->width * sizeof *set->keys;
}

pgdp_status pg_key_set_add(pgdp_ctx *ctx, pg_key_set *set, const double *key, size_t *index)
{
    double *copy;
    *index = pg_map_find(&set->map, (const char *)key, bytes_of(set));
    if (*index != PGDP_NONE) return PGDP_OK;
    if ((set->n & (set->n - 1)) == 0) { /* the arena keeps the old keys, which the map borrows */
        const size_t room = set->n == 0 ? 1 : 2 * set->n;
        PG_TRY_ALLOC(ctx, set->keys, pg_arena_grow(set->map.arena, set->keys, set->n, room, bytes_of(set)));
    }
    copy = set->keys + set->n * set->width;
    for (size_t i = 0; i < set->width; i++)
        copy[i] = key[i];
    if (!pg_map_put(&set->map, (const char *)copy, bytes_of(set), set->n)) return pg_no_memory(ctx);
    *index = set->n++;
    return PGDP_OK;
}

pgdp_status pg_key_set_close(pgdp_ctx *ctx, pg_key_set *set)
{
    double highest = set->n > 0 ? set->keys[0] : 0;
    set->lowest = highest;
    if (set->width != 1 || set->n == 0) return PGDP_OK;
    for (size_t i = 0; i < set->n; i++) {
        const double key = set->keys[i];
        if (!(fabs(key) < 9e15) || key > floor(key)) return PGDP_OK;
        set->lowest = fmin(set->lowest, key);
        highest = fmax(highest, key);
    }
    if (!(highest - set->lowest <= 8.0 * (double)set->n + 1024)) return PGDP_OK;
    set->range = (size_t)(highest - set->lowest) + 1;
    PG_TRY_ALLOC(ctx, set->at, pg_arena_alloc(set->map.arena, set->range, sizeof *set->at));
    for (size_t i = 0; i < set->n; i++)
        set->at[(size_t)(set->keys[i] - set->lowest)] = (uint32_t)i + 1;
    return PGDP_OK;
}

size_t pg_key_set_find(const pg_key_set *set, const double *key)
{
    if (set->at == NULL) return pg_map_find(&set->map, (const char *)key, bytes_of(set));
    const double place = key[0] - set->lowest;
    if (!(place >= 0 && place < (double)set->range) || place > floor(place) || set->at[(size_t)place] == 0)
        return PGDP_NONE;
    return set->at[(size_t)place] - 1;
}

double pg_part_width(const pg_part *part)
{
    return part->bin != NULL && part->bin->kind == PG_EXPR_NUMBER ? part->bin->number : 0;
}

void pg_known_keys(const pgdp_frame *frame, pg_known_key of, const size_t *rows, size_t n, double *keys)
{
    const double *reals = pgdp_frame_reals(frame, of.column);
    const uint32_t *codes = pgdp_frame_codes(frame, of.column);
    const int32_t *periods = pgdp_frame_periods(frame, of.column);
    for (size_t i = 0; i < n; i++) {
        if (reals != NULL)
            keys[i] = (of.width > 0 ? pg_bin_of(reals[rows[i]], of.width) : reals[rows[i]]) + 0.0; /* -0 is 0 */
        else
            keys[i] = codes != NULL ? (double)codes[rows[i]] : (double)periods[rows[i]];
    }
}

pgdp_status pg_known_close(pgdp_ctx *ctx, const pgdp_frame *head, pg_known_column *column)
{
    const bool plain = pgdp_frame_column(head, column->key.column)->type == PGDP_REAL;
    PG_TRY(pg_key_set_close(ctx, &column->set));
    return pg_levels_of_keys(ctx, plain ? NULL : head, column->key.column, column->set.keys, column->set.n,
                             &column->levels);
}

const pg_known_column *pg_known_find(const pg_known *known, pg_known_key of)
{
    for (size_t i = 0; i < known->n; i++)
        if (known->items[i].key.column == of.column && fabs(known->items[i].key.width - of.width) <= 0)
            return &known->items[i];
    return NULL;
}

pgdp_status pg_known_levels(pgdp_ctx *ctx, const pg_rows *rows, const pgdp_frame *frame, pg_known_key of,
                            pg_levels *out)
{
    const pg_known_column *column = pg_known_find(rows->known, of);
    double *keys;
    size_t *index;
    if (column == NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "formula: found a width of bins for %s, expected a numeric column",
                       pgdp_frame_column(frame, of.column)->name);
    PG_TRY_ALLOC(ctx, keys, pg_arena_alloc(&ctx->scratch, rows->n, sizeof *keys));
    PG_TRY_ALLOC(ctx, index, pg_arena_alloc(&ctx->scratch, rows->n, sizeof *index));
    pg_known_keys(frame, of, rows->kept, rows->n, keys);
    for (size_t i = 0; i < rows->n; i++) {
        const size_t at = pg_key_set_find(&column->set, &keys[i]);
        if (at == PGDP_NONE) return pg_fail(ctx, PGDP_SHAPE_MISMATCH, "a block of the table changed while it was read");
        index[i] = column->levels.index[at];
    }
    *out = (pg_levels){ .n = column->levels.n, .names = column->levels.names, .index = index };
    return PGDP_OK;
}
