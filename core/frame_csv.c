/* frame_csv.c  A frame as CSV to a sink. Source: RFC 4180 with LF line ends.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/csv_out.h"
#include "core/ctx.h"

pgdp_status pgdp_frame_write_csv(pgdp_ctx *ctx, const pgdp_frame *frame, const pgdp_sink *sink)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const size_t n_columns = pgdp_frame_n_columns(frame);
    pg_csv_out csv;
    pg_put_init(&csv, &ctx->scratch);
    for (size_t j = 0; j < n_columns; j++)
        pg_csv_put_text(&csv, pgdp_frame_column(frame, j)->name);
    pg_put_row_end(&csv);
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        for (size_t j = 0; j < n_columns; j++)
            pg_put_cell(&csv, frame, j, i);
        pg_put_row_end(&csv);
    }
    const pgdp_status status = csv.text.failed ? pg_no_memory(ctx) : sink->write(sink->user, csv.text.data, csv.text.n);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
