/* labstat_parts.h  What finding the lists of a LABSTAT survey and adding its columns share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_LABSTAT_PARTS_H
#define PG_LABSTAT_PARTS_H

#include "core/map.h"
#include "core/text.h"
#include "ingest/labstat.h"

typedef struct pg_labstat_joining {
    const pg_labstat_survey *survey;
    pgdp_frame *frame;        /* the observations */
    const pgdp_frame *series; /* the list of series */
    size_t id, n_ids;         /* series_id of the observations, its levels */
    size_t *row;              /* [n_ids] of each in the list of series; PGDP_NONE: not there */
    pg_labstat_dimension *dimensions;
    size_t n_dimensions;
} pg_labstat_joining;

/** Codes that a list lacks: the first few by name, all by number. */
typedef struct pg_unmatched {
    pg_map seen;
    pg_text names;
} pg_unmatched;
void pg_unmatched_begin(pgdp_ctx *ctx, pg_unmatched *u);
pgdp_status pg_unmatched_add(pgdp_ctx *ctx, pg_unmatched *u, const char *code);
/** The note "unmatched:COLUMN" of the frame; nothing when every code was found. */
pgdp_status pg_unmatched_note(pgdp_ctx *ctx, const pg_unmatched *u, const char *list, const char *column,
                              pgdp_frame *frame);

enum { PG_LABSTAT_KEYS = 6 };
/** Text columns that are a key together; the last one must not be missing. */
typedef struct pg_labstat_keys {
    const pgdp_frame *frame;
    size_t columns[PG_LABSTAT_KEYS], n;
} pg_labstat_keys;
/** Rows by key. */
pgdp_status pg_labstat_index(pgdp_ctx *ctx, const pg_labstat_keys *k, pg_map *map);

/** The list pp.TOPIC, or NULL. */
const pg_labstat_list *pg_labstat_list_called(const pg_labstat_survey *survey, const char *topic);
/** A text column of the list of series by level of the observations' series_id. */
pgdp_status pg_labstat_by_series(pgdp_ctx *ctx, const pg_labstat_joining *j, size_t column, const char ***out);
/** Find the list of series, its rows for the observations and the dimensions with their names. @return NOT_FOUND */
pgdp_status pg_labstat_find(pgdp_ctx *ctx, pg_labstat_joining *j);

#endif
