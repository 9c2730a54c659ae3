/* xlsx.h  Workbooks as grids of cells, sheet by sheet. Source: ECMA-376 part 1; formats.md 21.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_XLSX_H
#define PG_XLSX_H

#include "core/schema.h"
#include "ingest/grid.h"
#include "pgdp/ingest.h"

/** A sheet that is not hidden. */
typedef struct pg_sheet pg_sheet;
struct pg_sheet {
    const char *name;
    pg_grid grid;      /**< rows and cells that hold something; text without blanks at its end */
    size_t n_uncached; /**< formulas without a saved value: their cells are missing; of the last pass */
    /** Pass over its rows, which are not in the grid then; NULL: they are. */
    pgdp_status (*pass)(pgdp_ctx *ctx, pg_sheet *sheet, const pg_taker *rows);
    const void *package;
    size_t part;
};
typedef struct pg_workbook {
    pg_sheet *sheets;
    size_t n_sheets;
} pg_workbook;

/** Whether a ZIP archive in memory is a workbook is told by its parts. */
bool pg_is_zip(const pgdp_bytes *in);
/**
 * Read the visible sheets into ctx->scratch.
 * @param max_rows  of each sheet; 0: all
 * @return PARSE (label[sheet]:row:column)
 */
pgdp_status pg_workbook_read(pgdp_ctx *ctx, const pgdp_bytes *in, size_t max_rows, pg_workbook *out);
/** The description that pgdp_frame_write_xlsx() put into a workbook; *found: there is one. @return PARSE */
pgdp_status pg_workbook_schema(pgdp_ctx *ctx, const pgdp_bytes *in, pg_schema *out, bool *found);
/** Visible sheets one after the other, to be passed over by whoever takes them: none need be kept. */
typedef struct pg_sheets_taker {
    pgdp_status (*take)(pgdp_ctx *ctx, void *user, pg_sheet *sheet);
    void *user;
    bool exact; /**< blanks at the end of text stay, and rows and texts that are empty */
} pg_sheets_taker;
pgdp_status pg_workbook_stream(pgdp_ctx *ctx, const pgdp_bytes *in, const pg_sheets_taker *taker);

#endif
