/* fill.c  Columns from a list, and notes that belong to one of them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/fill.h"

pgdp_status pg_add_columns(pgdp_ctx *ctx, pgdp_frame *frame, const pgdp_column *columns, size_t n)
{
    for (size_t j = 0; j < n; j++)
        PG_TRY(pgdp_frame_add_column(ctx, frame, &columns[j], NULL));
    return PGDP_OK;
}

pgdp_status pg_note_of(pgdp_ctx *ctx, pgdp_frame *frame, const char *key, const char *name, const char *value)
{
    const char *full;
    if (value[0] == '\0') return PGDP_OK;
    PG_TRY_ALLOC(ctx, full, pg_arena_printf(&ctx->scratch, "%s:%s", key, name));
    return pgdp_frame_set_note(ctx, frame, full, value);
}
