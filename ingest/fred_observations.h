/* fred_observations.h  Answers of series/observations, whether JSON or XML brought them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_FRED_OBSERVATIONS_H
#define PG_FRED_OBSERVATIONS_H

#include "core/frame.h"
#include "core/map.h"

/** The answer as a whole; NULL for what it does not state. */
typedef struct pg_fred_head {
    const char *label; /**< of the file, for messages */
    const char *realtime_start, *units, *count, *limit, *offset;
} pg_fred_head;
/** A table: a column for "value", or one a vintage (output_type 2 and 3: keys GDPC1_20310501). */
typedef struct pg_fred_observations {
    pg_fred_head head;
    pgdp_frame *frame;
    pg_map keys; /* key -> column */
    size_t period, start, end;
    bool by_start; /* a date comes once a real-time period */
} pg_fred_observations;

/** Begin to fill an empty frame. @param by_start  real-time periods are not all the answer's own: they become columns
 */
pgdp_status pg_fred_begin(pgdp_ctx *ctx, const pg_fred_head *head, bool by_start, pgdp_frame *frame,
                          pg_fred_observations *out);
/** One observation: key, value, key, value, ..., NULL; a value may be NULL. */
pgdp_status pg_fred_add(pgdp_ctx *ctx, pg_fred_observations *to, const char *const *pairs);
/** The period's frequency, and a note when the answer holds only a part. */
pgdp_status pg_fred_end(pgdp_ctx *ctx, pg_fred_observations *to);

#endif
