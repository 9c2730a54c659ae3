/* export_xlsx.c  A table as a workbook of one sheet, row by row, in memory that does not grow with the rows: the second
 * door to libxlsxwriter. Source: ECMA-376 part 1, 18.3 (sheet sizes). SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A report's workbook is laid out, styled and read back; a table of a million rows is none of these. */
#include <locale.h>
#include <math.h>
#include <string.h>
#include <xlsxwriter.h>

#include "core/ranks.h"
#include "core/text.h"
#include "ingest/zip.h"
#include "reports/writers.h"

enum { MOST_ROWS = 1048576, MOST_COLUMNS = 16384, WIDTH = 14, PROGRESS_ROWS = 65536 };

typedef struct sheet {
    pgdp_ctx *ctx;
    const pgdp_frame *frame;
    const char *path;
    lxw_workbook *workbook;
    lxw_worksheet *sheet;
    size_t n_rows;        /**< that have a cell, the header's among them: the library leaves out the others */
    const char ***levels; /**< [n_columns] of a text column its levels as a workbook may hold them */
} sheet;

static pgdp_status check_size(pgdp_ctx *ctx, const pgdp_frame *frame, const char *path)
{
    if (pgdp_frame_n_rows(frame) < MOST_ROWS && pgdp_frame_n_columns(frame) <= MOST_COLUMNS) return PGDP_OK;
    return pg_fail(
        ctx, PGDP_SHAPE_MISMATCH,
        "%s: found %zu rows and %zu columns, expected at most %d and %d, which is what a sheet holds; write .csv "
        "or .pgdp",
        path, pgdp_frame_n_rows(frame), pgdp_frame_n_columns(frame), MOST_ROWS - 1, MOST_COLUMNS);
}

static pgdp_status failed(const sheet *s, lxw_error error)
{
    if (error == LXW_NO_ERROR) return PGDP_OK;
    if (error == LXW_ERROR_MEMORY_MALLOC_FAILED) return pg_no_memory(s->ctx);
    return pg_fail(s->ctx, PGDP_IO, "%s: writing the workbook failed: %s", s->path, lxw_strerror(error));
}

/** Levels as the sheet may hold them, made once; what cannot be held is refused, not altered. */
static pgdp_status prepare_levels(sheet *s)
{
    const size_t n_columns = pgdp_frame_n_columns(s->frame);
    PG_TRY_ALLOC(s->ctx, s->levels, pg_arena_alloc(&s->ctx->scratch, n_columns, sizeof *s->levels));
    for (size_t j = 0; j < n_columns; j++) {
        const size_t n = pgdp_frame_n_levels(s->frame, j);
        if (pgdp_frame_column(s->frame, j)->type != PGDP_TEXT) continue;
        PG_TRY_ALLOC(s->ctx, s->levels[j], pg_arena_alloc(&s->ctx->scratch, n, sizeof **s->levels));
        for (uint32_t l = 0; l < n; l++) {
            const char *level = pgdp_frame_level(s->frame, j, l), *held;
            PG_TRY_ALLOC(s->ctx, held, pg_workbook_text(s->ctx, level));
            s->levels[j][l] = held;
            if (pg_streq(held, level) || strstr(held, "_x005F_") != NULL) continue;
            return pg_fail(
                s->ctx, PGDP_PARSE,
                "%s: column %.60s holds \"%.40s\", which a workbook cannot: a control character, or more than "
                "32,767 characters; write .csv",
                s->path, pgdp_frame_column(s->frame, j)->name, level);
        }
    }
    return PGDP_OK;
}

static lxw_error write_header(const sheet *s)
{
    lxw_format *bold = workbook_add_format(s->workbook);
    lxw_error error = bold == NULL ? LXW_ERROR_MEMORY_MALLOC_FAILED : LXW_NO_ERROR;
    const size_t n_columns = pgdp_frame_n_columns(s->frame);
    if (error == LXW_NO_ERROR) format_set_bold(bold);
    if (error == LXW_NO_ERROR && n_columns > 0)
        error = worksheet_set_column(s->sheet, 0, (lxw_col_t)(n_columns - 1), WIDTH, NULL);
    for (size_t j = 0; j < n_columns && error == LXW_NO_ERROR; j++) {
        const char *name = pg_workbook_text(s->ctx, pgdp_frame_column(s->frame, j)->name);
        error = name == NULL ? LXW_ERROR_MEMORY_MALLOC_FAILED
                             : worksheet_write_string(s->sheet, 0, (lxw_col_t)j, name, bold);
    }
    worksheet_freeze_panes(s->sheet, 1, 0);
    return error;
}

static bool is_missing(const sheet *s, size_t i, size_t j)
{
    const pgdp_type type = pgdp_frame_column(s->frame, j)->type;
    if (type == PGDP_REAL) return !isfinite(pgdp_frame_reals(s->frame, j)[i]);
    if (type == PGDP_TEXT) return pgdp_frame_codes(s->frame, j)[i] == PGDP_NO_CODE;
    return pgdp_frame_periods(s->frame, j)[i] == PGDP_MISSING_PERIOD;
}

static lxw_error write_cell(const sheet *s, size_t i, size_t j)
{
    const pgdp_column *column = pgdp_frame_column(s->frame, j);
    const lxw_row_t row = (lxw_row_t)(i + 1);
    const lxw_col_t col = (lxw_col_t)j;
    char period[16];
    if (column->type == PGDP_REAL)
        return worksheet_write_number(s->sheet, row, col, pgdp_frame_reals(s->frame, j)[i], NULL);
    if (column->type == PGDP_TEXT)
        return worksheet_write_string(s->sheet, row, col, s->levels[j][pgdp_frame_codes(s->frame, j)[i]], NULL);
    pgdp_period_format((pgdp_period){ column->frequency, pgdp_frame_periods(s->frame, j)[i] }, period);
    return worksheet_write_string(s->sheet, row, col, period, NULL);
}

static lxw_error write_row(sheet *s, size_t i)
{
    lxw_error error = LXW_NO_ERROR;
    bool any = false;
    for (size_t j = 0; j < pgdp_frame_n_columns(s->frame) && error == LXW_NO_ERROR; j++) {
        if (is_missing(s, i, j)) continue;
        error = write_cell(s, i, j);
        any = true;
    }
    s->n_rows += any;
    return error;
}

static lxw_error write_rows(sheet *s)
{
    const size_t n = pgdp_frame_n_rows(s->frame);
    lxw_error error = write_header(s);
    s->n_rows = pgdp_frame_n_columns(s->frame) > 0;
    for (size_t i = 0; i < n && error == LXW_NO_ERROR; i++) {
        error = write_row(s, i);
        if (i % PROGRESS_ROWS == 0) pg_progress(s->ctx, "rows of the workbook", i, n);
    }
    return error;
}

/** The library names the folder of its temporary rows, and prints numbers in the locale of the thread: C meanwhile. */
static pgdp_status write_sheet(sheet *s, const char *temporary)
{
    lxw_workbook_options options = { .constant_memory = LXW_TRUE };
    const char *slash = strrchr(temporary, '/');
    PG_TRY_ALLOC(s->ctx, options.tmpdir,
                 slash == NULL ? pg_arena_strdup(&s->ctx->scratch, ".")
                               : pg_arena_strndup(&s->ctx->scratch, temporary, (size_t)(slash - temporary) + 1));
    lxw_doc_properties properties = { .created = 1 }; /* not the clock: the same table gives the same bytes */
    s->workbook = workbook_new_opt(temporary, &options);
    if (s->workbook == NULL) return pg_no_memory(s->ctx);
    s->sheet = workbook_add_worksheet(s->workbook, "Data");
    lxw_error error = s->sheet == NULL ? LXW_ERROR_MEMORY_MALLOC_FAILED : LXW_NO_ERROR;
    if (error == LXW_NO_ERROR) error = workbook_set_properties(s->workbook, &properties);
    if (error == LXW_NO_ERROR) error = write_rows(s);
    if (error == LXW_NO_ERROR)
        error = workbook_close(s->workbook);
    else
        lxw_workbook_free(s->workbook);
    return failed(s, error);
}

/** Rows seen in a sheet's text as it is unpacked: "<row" begins each, and nothing else. */
typedef struct tally {
    size_t n_rows, matched; /**< matched: bytes of "<row " seen so far */
} tally;

static pgdp_status count_rows(pgdp_ctx *ctx, void *user, const void *bytes, size_t n, bool *enough)
{
    static const char mark[] = "<row ";
    (void)ctx;
    tally *t = user;
    const char *at = bytes, *end = at + n;
    *enough = false;
    while (at < end) {
        if (t->matched == 0 && (at = memchr(at, '<', (size_t)(end - at))) == NULL) break;
        t->matched = *at == mark[t->matched] ? t->matched + 1 : *at == '<';
        at++;
        if (mark[t->matched] != '\0') continue;
        t->n_rows++;
        t->matched = 0;
    }
    return PGDP_OK;
}

/** The library does not tell when its temporary rows fill the disk: a sheet that lacks some is not put in place. */
static pgdp_status check_rows(const sheet *s, const char *temporary)
{
    unsigned char *bytes;
    pg_zip *zip = NULL;
    tally seen = { 0, 0 };
    pgdp_bytes in = { .label = s->path };
    PG_TRY(pgdp_file_read(s->ctx, temporary, &bytes, &in.n));
    in.data = bytes;
    pgdp_status status = pg_zip_open(s->ctx, &in, &zip);
    const size_t part = status == PGDP_OK ? pg_zip_find(zip, "xl/worksheets/sheet1.xml") : PGDP_NONE;
    if (part != PGDP_NONE) status = pg_zip_stream(s->ctx, zip, part, count_rows, &seen);
    pg_zip_close(zip);
    pgdp_file_release(s->ctx, bytes);
    if (status != PGDP_OK || seen.n_rows == s->n_rows) return status;
    return pg_fail(s->ctx, PGDP_IO, "%s: found %zu of %zu rows in the workbook just written; is the disk full?",
                   s->path, seen.n_rows, s->n_rows);
}

static pgdp_status export(pgdp_ctx *ctx, void *user)
{
    sheet *s = user;
    pgdp_output *output;
    pgdp_sink sink;
    PG_TRY(check_size(ctx, s->frame, s->path));
    PG_TRY(prepare_levels(s));
    const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (plain == (locale_t)0) return pg_no_memory(ctx);
    const locale_t before = uselocale(plain);
    pgdp_status status = pgdp_output_new(ctx, s->path, &output, &sink);
    if (status == PGDP_OK) {
        status = write_sheet(s, pgdp_output_temporary(output));
        if (status == PGDP_OK) status = check_rows(s, pgdp_output_temporary(output));
        if (status == PGDP_OK)
            status = pgdp_output_commit(ctx, output);
        else
            pgdp_output_discard(ctx, output);
    }
    uselocale(before);
    freelocale(plain);
    return status;
}

pgdp_status pgdp_frame_write_xlsx(pgdp_ctx *ctx, const pgdp_frame *frame, const char *path)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    sheet s = { .ctx = ctx, .frame = frame, .path = path };
    const pgdp_status status = pg_once(ctx, export, &s); /* it reads back what it wrote: one process alone */
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
