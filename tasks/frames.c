/* frames.c  A frame from its column list.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/frames.h"

static pgdp_status add_columns(pgdp_ctx *ctx, pgdp_frame *frame, const pgdp_column *columns, size_t n_columns)
{
    for (size_t j = 0; j < n_columns; j++)
        PG_TRY(pgdp_frame_add_column(ctx, frame, &columns[j], NULL));
    return PGDP_OK;
}

pgdp_status pg_frame_of(pgdp_ctx *ctx, const pgdp_column *columns, size_t n_columns, size_t n_rows, pgdp_frame **out)
{
    pgdp_frame *frame;
    PG_TRY(pgdp_frame_new(ctx, &frame));
    pgdp_status status = add_columns(ctx, frame, columns, n_columns);
    if (status == PGDP_OK) status = pg_frame_reserve(ctx, frame, n_rows);
    if (status != PGDP_OK) {
        pgdp_frame_free(frame);
        return status;
    }
    *out = frame;
    return PGDP_OK;
}

pgdp_status pg_set_text(pgdp_ctx *ctx, pgdp_frame *frame, size_t column, const char *text)
{
    return pgdp_frame_set_text(ctx, frame, column, text, PGDP_NONE);
}
