/* stream_levels.h  The levels of factors and clusters over all blocks of a table, found before any block is used.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STREAM_LEVELS_H
#define PG_STREAM_LEVELS_H

#include "core/map.h"
#include "stats/design_columns.h"

/** Distinct keys, each of `width` numbers (cells as numbers), by first appearance; in an arena. */
typedef struct pg_key_set {
    size_t width, n;
    double *keys; /**< [n * width] */
    pg_map map;
    double lowest; /**< once closed: of keys of one whole number in a narrow range */
    uint32_t *at;  /**< [range] 1 + the key's index; 0: none. NULL: look into the map */
    size_t range;
} pg_key_set;
void pg_key_set_init(pg_key_set *set, pg_arena *arena, size_t width);
/** Index of a key, which is added when new. @return NO_MEMORY */
pgdp_status pg_key_set_add(pgdp_ctx *ctx, pg_key_set *set, const double *key, size_t *index);
/** Make finding fast where keys are dense; nothing is added after it. @return NO_MEMORY */
pgdp_status pg_key_set_close(pgdp_ctx *ctx, pg_key_set *set);
/** PGDP_NONE: no such key. */
size_t pg_key_set_find(const pg_key_set *set, const double *key);

/** What levels are of: a column, in bins of a width or (0) as it is. */
typedef struct pg_known_key {
    size_t column;
    double width;
} pg_known_key;
/** The levels of one such column over a table's rows used. */
typedef struct pg_known_column {
    pg_known_key key;
    pg_key_set set;
    pg_levels levels; /**< index [n of the set]: level of a key */
} pg_known_column;
typedef struct pg_known {
    pg_known_column *items;
    size_t n;
} pg_known;
/** NULL: none of these. */
const pg_known_column *pg_known_find(const pg_known *known, pg_known_key of);
/** The width of i()'s bins, 0: none. */
double pg_part_width(const pg_part *part);
/** The cells of rows of a column as numbers that tell them apart: key [n]. */
void pg_known_keys(const pgdp_frame *frame, pg_known_key of, const size_t *rows, size_t n, double *keys);
/** Number every key's level once all are added; the frame is a table's head. */
pgdp_status pg_known_close(pgdp_ctx *ctx, const pgdp_frame *head, pg_known_column *column);
/** Levels of the rows kept, as rows->known has them. @return BAD_ARGUMENT: the column is not there or not numeric */
pgdp_status pg_known_levels(pgdp_ctx *ctx, const pg_rows *rows, const pgdp_frame *frame, pg_known_key of,
                            pg_levels *out);

#endif
