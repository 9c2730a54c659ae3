/* frame_csv.c  A frame as CSV to a sink, or to a file with its description beside it. Source: RFC 4180 with LF line
 * ends; W3C, Model for Tabular Data and Metadata on the Web (2015), 5.3 (place of the description).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/csv_out.h"
#include "core/schema.h"
#include "pgdp/file.h"

/* @param schema  NULL: every missing cell is empty */
static pgdp_status write_rows(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_schema *schema, const pgdp_sink *sink)
{
    const size_t n_columns = pgdp_frame_n_columns(frame);
    pg_csv_out csv;
    pg_put_init(&csv, &ctx->scratch);
    for (size_t j = 0; j < n_columns; j++)
        pg_csv_put_text(&csv, pgdp_frame_column(frame, j)->name);
    pg_put_row_end(&csv);
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        for (size_t j = 0; j < n_columns; j++) {
            const char *mark = schema == NULL ? "" : schema->columns[j].missing;
            if (mark[0] != '\0' && pg_frame_is_missing(frame, j, i))
                pg_csv_put_text(&csv, mark);
            else
                pg_put_cell(&csv, frame, j, i);
        }
        pg_put_row_end(&csv);
    }
    return csv.text.failed ? pg_no_memory(ctx) : sink->write(sink->user, csv.text.data, csv.text.n);
}

pgdp_status pgdp_frame_write_csv(pgdp_ctx *ctx, const pgdp_frame *frame, const pgdp_sink *sink)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = write_rows(ctx, frame, NULL, sink);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

typedef struct saving {
    const pgdp_frame *frame;
    const char *description; /* its path */
    pg_schema schema;
} saving;

/* The description comes first: without its table it says nothing, while a table without it would be guessed at. */
static pgdp_status save_beside(pgdp_ctx *ctx, const saving *s, pgdp_output *table, const pgdp_sink *sink)
{
    pgdp_output *output;
    pgdp_sink description;
    pgdp_status status = pgdp_output_new(ctx, s->description, &output, &description);
    if (status == PGDP_OK) {
        status = pg_schema_print(ctx, &s->schema, &description);
        if (status == PGDP_OK) status = write_rows(ctx, s->frame, &s->schema, sink);
        if (status == PGDP_OK)
            status = pgdp_output_commit(ctx, output);
        else
            pgdp_output_discard(ctx, output);
    }
    if (status == PGDP_OK) return pgdp_output_commit(ctx, table);
    pgdp_output_discard(ctx, table);
    return status;
}

static pgdp_status save(pgdp_ctx *ctx, const pgdp_frame *frame, const char *path)
{
    const char *slash = strrchr(path, '/');
    saving s = { .frame = frame };
    pgdp_output *table;
    pgdp_sink sink;
    PG_TRY(pg_schema_of(ctx, frame, slash == NULL ? path : slash + 1, true, &s.schema));
    PG_TRY_ALLOC(ctx, s.description, pg_arena_printf(&ctx->scratch, "%s%s", path, PG_SCHEMA_ENDING));
    PG_TRY(pgdp_output_new(ctx, path, &table, &sink));
    return save_beside(ctx, &s, table, &sink);
}

pgdp_status pgdp_frame_save_csv(pgdp_ctx *ctx, const pgdp_frame *frame, const char *path)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = save(ctx, frame, path);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
