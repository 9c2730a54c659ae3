/* grid.h  Cells as a file states them, before any has a type: what CSV files and workbook sheets have in common.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_GRID_H
#define PG_GRID_H

#include "core/ctx.h"
#include "pgdp/frame.h"

enum { PG_GRID_COLUMNS = 16384, PG_CELL_BYTES = 1 << 20 }; /**< limits of formats.md section 21.2 and of CSV cells */

/** A number or a date cell is one that a workbook says is one; in CSV all cells are text. */
typedef enum pg_cell_kind { PG_CELL_TEXT, PG_CELL_NUMBER, PG_CELL_DATE } pg_cell_kind;
/** Only cells that hold something are kept. */
typedef struct pg_cell {
    const char *text; /**< ends with NUL; a date as 2031-02-28 */
    uint32_t length;
    uint16_t column;
    uint16_t kind;
} pg_cell;
/** Cells in order of their columns. */
typedef struct pg_row {
    pg_cell *cells;
    uint32_t n;
    uint32_t line; /**< of the file or sheet, from 1 */
} pg_row;

typedef struct pg_grid pg_grid;
/** Who takes rows as they come, so that they need not be kept: they are gone when it returns. */
typedef struct pg_taker {
    pgdp_status (*take)(pgdp_ctx *ctx, void *user, const pg_grid *rows);
    void *user;
    /** Optional, for text: after the first rows, cells one by one, gone when it returns, and the end of each row that
     * had any; copying them into rows would cost a fifth of the time. */
    pgdp_status (*cell)(pgdp_ctx *ctx, void *user, size_t line, const pg_cell *cell);
    pgdp_status (*end_row)(pgdp_ctx *ctx, void *user);
} pg_taker;
struct pg_grid {
    const char *label;     /**< file, and sheet in brackets, for messages */
    const pg_taker *taker; /**< NULL: all rows are kept */
    pg_mark start;
    size_t n_cells;
    pg_arena *arena;
    pg_row *rows;
    size_t n_rows, rows_capacity;
    pg_cell *page; /* where the next cells go; a row never spans two pages */
    size_t page_left;
    char *text; /* where the next texts go */
    size_t text_left;
};

void pg_grid_init(pg_grid *grid, pg_arena *arena, const char *label);
/** A grid that holds some rows at a time, in an arena of its own. */
void pg_grid_init_window(pg_grid *grid, pg_arena *arena, const char *label, const pg_taker *taker);
/** The last row is complete: hand on the rows when they fill the window. */
pgdp_status pg_grid_end_row(pgdp_ctx *ctx, pg_grid *grid);
/** Hand on what the window holds; nothing without a taker. */
pgdp_status pg_grid_flush(pgdp_ctx *ctx, pg_grid *grid);
/** Drop all rows of a grid in an arena of its own. */
void pg_grid_clear(pg_grid *grid);
/** Begin a row. @return false when memory is out, as for the next two */
bool pg_grid_add_row(pg_grid *grid, size_t line);
/** Add a cell to the last row, right of its others; text is borrowed (ends with NUL) or copied. */
bool pg_grid_add_cell(pg_grid *grid, pg_cell cell);
bool pg_grid_copy_cell(pg_grid *grid, pg_cell cell);
/** Add a row of another grid, cells and texts. */
bool pg_grid_copy_row(pg_grid *grid, const pg_row *row);

/** The cell, or NULL when there is nothing in it. */
const pg_cell *pg_grid_at(const pg_grid *grid, size_t row, size_t column);
/** Its text, "" for nothing. */
const char *pg_grid_text(const pg_grid *grid, size_t row, size_t column);
/** One past the last column of a row that holds something. */
size_t pg_row_width(const pg_row *row);

/** Whether the cell, trimmed and without a final colon, is the text, cases folded. */
bool pg_cell_is(const pg_cell *cell, const char *text);
/** A number, trimmed; grouped: commas between thousands are fine. A code such as 007 is none unless stated so. */
bool pg_cell_number(const pg_cell *cell, bool grouped, double *out);
/** Whether it is one: the same answer at less cost. */
bool pg_cell_is_number(const pg_cell *cell, bool grouped);
/** A period, trimmed. */
bool pg_cell_period(const pg_cell *cell, pgdp_period *out);
/** "Beta\r\n  gamma: " -> "Beta gamma": trimmed, inner breaks and runs of blanks to one blank, final colon dropped. */
char *pg_clean_name(pg_arena *arena, const char *text);
/** The names in a header row for a message, "a, b, c", no more of them than it can show. NULL when memory is out. */
const char *pg_row_names(pg_arena *arena, const pg_row *row);

/** PARSE with "label:line:column: " before the sentence. */
pgdp_status pg_fail_at(pgdp_ctx *ctx, const pg_grid *grid, size_t row, size_t column, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

#endif
