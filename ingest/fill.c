/* fill.c  Columns from a list, notes that belong to one of them, and frames made elsewhere.
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

pgdp_status pg_dataset_put(pgdp_ctx *ctx, pgdp_dataset *dataset, pgdp_frame *frame)
{
    pgdp_frame *empty;
    pgdp_status status = PGDP_OK;
    if (dataset->note != NULL) status = pgdp_frame_set_note(ctx, frame, "encoding", dataset->note);
    if (status == PGDP_OK) status = pg_dataset_add(ctx, dataset, "", &empty);
    if (status != PGDP_OK) {
        pgdp_frame_free(frame);
        return status;
    }
    dataset->tables[dataset->n_tables - 1].frame = frame;
    pgdp_frame_free(empty);
    return PGDP_OK;
}
