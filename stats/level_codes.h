/* level_codes.h  The level of a row of a column, looked up when it is asked for: levels that are never stored by row.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_LEVEL_CODES_H
#define PG_LEVEL_CODES_H

#include "core/ctx.h"
#include "pgdp/frame.h"

/** A column whose cells are whole numbers of a narrow range: codes of text, periods, most identifiers. */
typedef struct pg_level_codes {
    const double *reals; /**< of all rows of the frame; one of the three */
    const uint32_t *codes;
    const int32_t *periods;
    const uint32_t *rows; /**< [n_rows] those used; NULL: all */
    size_t n_rows;
    int64_t lowest;
    uint32_t *level; /**< [width] of the value lowest + i, by size */
    size_t width, n_levels;
    bool narrow; /**< else nothing else is set */
    bool alone;  /**< some level has but one row */
} pg_level_codes;

/** Those of n columns of the rows used. @return NO_MEMORY */
pgdp_status pg_level_codes_new(pgdp_ctx *ctx, const pgdp_frame *frame, const size_t *columns, size_t n,
                               const uint32_t *rows, size_t n_rows, pg_level_codes *out);
/** out[i] = the level of row first + i of those used */
void pg_level_codes_read(const pg_level_codes *codes, size_t first, size_t n, uint32_t *out);

#endif
