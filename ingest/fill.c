/* fill.c  Columns from a list, their units, notes that belong to one of them, and frames made elsewhere.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/fill.h"

#include <string.h>

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

bool pg_header_begins(const pgdp_bytes *head, const char *const *names, char delimiter)
{
    size_t at = 0;
    for (size_t i = 0; names[i] != NULL; i++) {
        const size_t n = strlen(names[i]);
        const bool quoted = at < head->n && head->data[at] == '"';
        at += quoted;
        if (at + n + quoted >= head->n || memcmp(head->data + at, names[i], n) != 0) return false;
        at += n + quoted;
        const unsigned char end = head->data[at++];
        if (end != (unsigned char)delimiter && (names[i + 1] != NULL || (end != '\n' && end != '\r'))) return false;
    }
    return true;
}

pgdp_status pg_set_units(pgdp_ctx *ctx, pgdp_frame *frame, const pg_unit_of *units, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const size_t column = pgdp_frame_find(frame, units[i].name);
        if (column == PGDP_NONE || pgdp_frame_column(frame, column)->type != PGDP_REAL) continue;
        pgdp_column about = *pgdp_frame_column(frame, column);
        about.unit = units[i].unit;
        PG_TRY(pg_frame_describe(ctx, frame, column, &about));
    }
    return PGDP_OK;
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
