/* frames.h  Building the module's answers: a frame from its column list.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_TASKS_FRAMES_H
#define PG_TASKS_FRAMES_H

#include "core/frame.h"

/** A real and a text column of an answer, for tables of columns. */
#define PG_REAL_COLUMN(column, unit_)                                                                                  \
    {                                                                                                                  \
        .name = (column), .type = PGDP_REAL, .unit = (unit_)                                                           \
    }
#define PG_TEXT_COLUMN(column)                                                                                         \
    {                                                                                                                  \
        .name = (column), .type = PGDP_TEXT                                                                            \
    }

/** An empty frame with these columns, with room for n_rows. */
pgdp_status pg_frame_of(pgdp_ctx *ctx, const pgdp_column *columns, size_t n_columns, size_t n_rows, pgdp_frame **out);
/** Set a text of the last row; it ends with NUL. */
pgdp_status pg_set_text(pgdp_ctx *ctx, pgdp_frame *frame, size_t column, const char *text);

#endif
