/* store_keys.h  Which rows of a table belong together: the keys of its series.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STORE_KEYS_H
#define PG_STORE_KEYS_H

#include "ingest/store_points.h"

/** A table while its points are made. */
typedef struct pg_rows {
    const pgdp_frame *frame, *facts; /* facts: a table with a row a series; NULL: none */
    const char *within;              /* the table's name, where it has sisters; else "" */
    pg_roles roles;
    const uint32_t *keys; /* [n_rows] of each row; NULL: all rows have the one key "" */
    const char **names;   /* [n_keys] */
    size_t *first_rows;   /* [n_keys] where a key is met first */
    size_t n_keys;
    const int32_t *vintages; /* [n_rows]; NULL: a column's own or the document's */
    int32_t vintage;
} pg_rows;

/** Do several rows tell of one period? @return false: memory is out */
bool pg_repeats_periods(pgdp_ctx *ctx, const pg_rows *t, bool *repeats);
/** Fill keys, names, first_rows. @return PARSE: a row has no name of a series */
pgdp_status pg_make_keys(pgdp_ctx *ctx, pg_rows *t);

#endif
