/* report.c  Results to a file: sheets fill pages, a writer stores them, what was stored is read back. Spec:
 * design.md 3.5. SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/ranks.h"
#include "core/text.h"
#include "reports/sheets.h"
#include "reports/writers.h"

static const pg_report_sheet *const sheets[] = {
#define PGDP_ENTRY(name) &pg_sheet_##name,
    PG_SHEETS(PGDP_ENTRY)
#undef PGDP_ENTRY
};
static const pg_writer *const writers[] = {
#define PGDP_ENTRY(name) &pg_writer_##name,
    PG_WRITERS(PGDP_ENTRY)
#undef PGDP_ENTRY
};
enum { N_SHEETS = sizeof sheets / sizeof *sheets, N_WRITERS = sizeof writers / sizeof *writers };

static pgdp_status fill_round(pgdp_ctx *ctx, const pgdp_results *results, pg_page *const *pages, int round)
{
    for (size_t i = 0; i < N_SHEETS; i++) {
        if (pages[i] == NULL || sheets[i]->after != round) continue;
        pg_progress(ctx, "sheets", i, N_SHEETS);
        PG_TRY(sheets[i]->fill(ctx, results, pages[i]));
        if (pages[i]->book->failed) return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

pgdp_status pg_book_fill(pgdp_ctx *ctx, const pgdp_results *results, pg_book *book)
{
    pg_page *pages[N_SHEETS] = { NULL };
    int last = 0;
    for (size_t i = 0; i < N_SHEETS; i++) {
        const pg_report_sheet *sheet = sheets[i];
        if (!sheet->present(results)) continue;
        pages[i] = pg_book_add(book, sheet->name, sheet->title != NULL ? sheet->title : results->title, sheet->about);
        if (pages[i] == NULL) return pg_no_memory(ctx);
        if (sheet->after > last) last = sheet->after;
    }
    for (int round = 0; round <= last; round++)
        PG_TRY(fill_round(ctx, results, pages, round));
    return PGDP_OK;
}

static const pg_writer *writer_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash != NULL ? slash : path, '.');
    for (size_t i = 0; dot != NULL && i < N_WRITERS; i++)
        if (pg_streq_nocase(dot + 1, writers[i]->name)) return writers[i];
    return NULL;
}

/* The file as it lies on the disk, before it is put in place. */
static pgdp_status check_file(pgdp_ctx *ctx, const pg_writer *writer, const pg_book *book, const char *path,
                              const char *temporary)
{
    unsigned char *bytes;
    size_t n;
    if (writer->check == NULL) return PGDP_OK;
    PG_TRY(pgdp_file_read(ctx, temporary, &bytes, &n));
    const pgdp_status status = writer->check(ctx, book, path, bytes, n);
    pgdp_file_release(ctx, bytes);
    return status;
}

typedef struct writing {
    const pg_writer *writer;
    const pgdp_results *results;
    const char *path;
} writing;

static pgdp_status write_book(pgdp_ctx *ctx, void *user)
{
    const writing *w = user;
    pg_book book;
    pgdp_output *output = NULL;
    pgdp_sink sink;
    pg_book_init(&book, &ctx->scratch);
    PG_TRY(pg_book_fill(ctx, w->results, &book));
    PG_TRY(pgdp_output_new(ctx, w->path, &output, &sink));
    const char *temporary = pgdp_output_temporary(output);
    pgdp_status status = w->writer->write(ctx, w->results, &book, temporary, &sink);
    if (status == PGDP_OK) status = check_file(ctx, w->writer, &book, w->path, temporary);
    if (status == PGDP_OK) return pgdp_output_commit(ctx, output);
    pgdp_output_discard(ctx, output);
    return status;
}

pgdp_status pgdp_report_write(pgdp_ctx *ctx, const char *path, const pgdp_results *results)
{
    writing w = { .writer = writer_of(path), .results = results, .path = path };
    if (w.writer == NULL) {
        return pg_fail(ctx, PGDP_NOT_FOUND, "%s: no writer for a report with this ending; end the name in .%s or .%s",
                       path, pg_writer_xlsx.name, pg_writer_json.name);
    }
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = pg_once(ctx, write_book, &w); /* it reads back what it wrote: one process alone */
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
