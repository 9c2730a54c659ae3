/* sheet.h  A sheet that people laid out, title rows, header and footnotes, to a table.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_SHEET_H
#define PG_SHEET_H

#include "ingest/dataset.h"
#include "ingest/table.h"
#include "ingest/xlsx.h"

/** The row that names the columns: the first that is nearly as full as the fullest of the first rows. */
size_t pg_sheet_header(const pg_grid *grid);
/** The texts of the rows [first, end), a line each, as a note of the frame; nothing for no rows. */
pgdp_status pg_note_rows(pgdp_ctx *ctx, const pg_grid *grid, size_t first, size_t end, pgdp_frame *frame,
                         const char *key);
/** Row from which only notes follow: rows of one text each, after a blank row or that begin like a note. */
size_t pg_sheet_end(const pg_grid *grid, size_t first);
/** Add the sheet, read or to be passed over, as a table; rows above the header become the note "title", those below the
 * note "footnotes". */
pgdp_status pg_sheet_table(pgdp_ctx *ctx, pg_sheet *sheet, const pg_rules *rules, pgdp_dataset *out);

/** Rules of workbooks in general. */
extern const pg_rules pg_rules_workbook;

#endif
