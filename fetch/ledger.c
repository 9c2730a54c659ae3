/* ledger.c  What a folder of downloads remembers of its files: fetched.csv, with a file's sha256 and what its server
 * wants to hear of it next time. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fetch/ledger.h"

#include <string.h>

#include "core/csv_out.h"
#include "core/file.h"
#include "pgdp/file.h"
#include "pgdp/ingest.h"

static const char *const names[] = { "file", "sha256", "etag", "last_modified", NULL };

/* Texts alone: a column without any is as good. */
static const char *cell(const pgdp_frame *frame, size_t name, size_t row)
{
    const size_t column = pgdp_frame_find(frame, names[name]);
    const bool text = column != PGDP_NONE && pgdp_frame_column(frame, column)->type == PGDP_TEXT;
    return text ? pgdp_frame_text(frame, column, row) : NULL;
}

static pgdp_status read(pgdp_ctx *ctx, pg_ledger *ledger)
{
    pgdp_frame *frame = NULL;
    pgdp_status status = pgdp_load_table(ctx, ledger->path, &(pgdp_load){ .format = "csv" }, &frame);
    for (size_t i = 0; status == PGDP_OK && i < pgdp_frame_n_rows(frame); i++) {
        const pg_ledger_row row = { cell(frame, 0, i), cell(frame, 1, i), cell(frame, 2, i), cell(frame, 3, i) };
        if (row.file != NULL && row.sha256 != NULL) status = pg_ledger_set(ctx, ledger, &row);
    }
    pgdp_frame_free(frame);
    return status;
}

pgdp_status pg_ledger_open(pgdp_ctx *ctx, const char *path, pg_ledger *out)
{
    pg_file *file;
    *out = (pg_ledger){ .n = 0 };
    pg_arena_init(&out->arena, &ctx->allocator);
    PG_TRY_ALLOC(ctx, out->path, pg_arena_strdup(&out->arena, path));
    const pgdp_status opened = pg_file_open(ctx, path, &file);
    if (opened == PGDP_IO) return PGDP_OK;
    PG_TRY(opened);
    pg_file_close(file);
    return read(ctx, out);
}

void pg_ledger_close(pg_ledger *ledger)
{
    if (ledger->path != NULL) pg_arena_free(&ledger->arena);
}

pg_ledger_row *pg_ledger_find(const pg_ledger *ledger, const char *file)
{
    for (size_t i = 0; i < ledger->n; i++)
        if (strcmp(ledger->rows[i].file, file) == 0) return &ledger->rows[i];
    return NULL;
}

static pgdp_status copy(pgdp_ctx *ctx, pg_ledger *ledger, const char *text, const char **out)
{
    PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(&ledger->arena, text == NULL ? "" : text));
    return PGDP_OK;
}

pgdp_status pg_ledger_set(pgdp_ctx *ctx, pg_ledger *ledger, const pg_ledger_row *as)
{
    pg_ledger_row *row = pg_ledger_find(ledger, as->file), made;
    PG_TRY(copy(ctx, ledger, as->file, &made.file));
    PG_TRY(copy(ctx, ledger, as->sha256, &made.sha256));
    PG_TRY(copy(ctx, ledger, as->etag, &made.etag));
    PG_TRY(copy(ctx, ledger, as->last_modified, &made.last_modified));
    if (row == NULL && ledger->n == ledger->capacity) {
        const size_t capacity = 2 * ledger->capacity + 64;
        PG_TRY_ALLOC(ctx, ledger->rows,
                     pg_arena_grow(&ledger->arena, ledger->rows, ledger->n, capacity, sizeof *ledger->rows));
        ledger->capacity = capacity;
    }
    if (row == NULL) row = &ledger->rows[ledger->n++];
    *row = made;
    return PGDP_OK;
}

pgdp_status pg_ledger_write(pgdp_ctx *ctx, const pg_ledger *ledger)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_csv_out csv;
    pg_put_init(&csv, &ctx->scratch);
    pg_put_row(&csv, names);
    for (size_t i = 0; i < ledger->n; i++) {
        const pg_ledger_row *row = &ledger->rows[i];
        pg_put_row(&csv, (const char *const[]){ row->file, row->sha256, row->etag, row->last_modified, NULL });
    }
    const pgdp_status status =
        csv.text.failed ? pg_no_memory(ctx) : pgdp_file_write(ctx, ledger->path, csv.text.data, csv.text.n);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
