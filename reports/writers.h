/* writers.h  The file formats of a report, one file each, and the read-back of a workbook.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_WRITERS_H
#define PG_WRITERS_H

#include "core/text.h"
#include "pgdp/file.h"
#include "pgdp/reports.h"
#include "reports/page.h"

/** One file format: a constant in reports/write_NAME.c. The ending of a path names it. */
typedef struct pg_writer {
    const char *name, *title;
    /** Write to the path of an output that the runner commits or discards; sink: writes to the same. */
    pgdp_status (*write)(pgdp_ctx *ctx, const pgdp_results *results, const pg_book *book, const char *path,
                         const pgdp_sink *sink);
    /** Read the bytes again and compare with the book; NULL: the format is written by checked calls alone. */
    pgdp_status (*check)(pgdp_ctx *ctx, const pg_book *book, const char *label, const unsigned char *bytes, size_t n);
} pg_writer;
#define PG_WRITERS(X)    X(xlsx) X(json)
#define PGDP_ENTRY(name) extern const pg_writer pg_writer_##name;
PG_WRITERS(PGDP_ENTRY)
#undef PGDP_ENTRY

/** Compare a workbook's cells with the book. @return IO: the first difference (sheet, cell, both values) */
pgdp_status pg_read_back(pgdp_ctx *ctx, const pg_book *book, const char *label, const unsigned char *bytes, size_t n);
/** Text as a workbook may hold it: valid UTF-8 without control characters, at most 32,767 characters, "_x0041_" kept
 * from being read as "A". In ctx->scratch; NULL when memory is out. */
const char *pg_workbook_text(pgdp_ctx *ctx, const char *text);
/** Text as the markup of a cell from which exactly it is read back. @return false when no workbook holds it: a control
 * character, bytes that are no UTF-8, more than 32,767 characters */
bool pg_workbook_markup(pg_text *out, const char *text);
/** JSON as the markup of an element from which the same JSON is read back; characters that XML has not as \\uFFFE. */
void pg_workbook_json(pg_text *out, const char *json);

#endif
