/* used_rows.h  The rows that a model with absorbed effects uses, and levels of its effects and clusters that are
 * looked up, never stored. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_USED_ROWS_H
#define PG_USED_ROWS_H

#include "stats/design_find.h"
#include "stats/level_codes.h"

enum { PG_MOST_STREAM_EFFECTS = 8 };

typedef struct pg_used_rows {
    size_t n;                                         /**< rows used */
    uint32_t *rows;                                   /**< [n]; NULL: all of the frame */
    size_t n_effects;                                 /**< at most PG_MOST_STREAM_EFFECTS */
    pg_level_codes codes[PG_MOST_STREAM_EFFECTS + 1]; /**< of the effects, and of the clusters where these are others */
    size_t cluster;                                   /**< of these; PGDP_NONE: no clusters */
} pg_used_rows;

/** out[i] = the value of row first + i of those used, of a column of all rows. */
void pg_used_rows_gather(const pg_used_rows *r, const double *values, size_t first, size_t n, double *out);
/** In ctx->scratch. @return in *good: effects and clusters are single columns of a narrow range, which differ, and not
 * too many rounds of rows alone in a level */
pgdp_status pg_used_rows_find(pgdp_ctx *ctx, const pg_found *found, const pgdp_regression_spec *spec, pg_used_rows *r,
                              pgdp_dropped *dropped, bool *good);
/** Of the rows used leave those out that are marked, [n], and those alone in a level then; as pg_used_rows_find(). */
pgdp_status pg_used_rows_drop(pgdp_ctx *ctx, const pg_found *found, const pgdp_regression_spec *spec, const bool *drop,
                              pg_used_rows *r, pgdp_dropped *dropped, bool *good);

#endif
