/* table.h  A grid under a header row to a frame: each column gets the type that all its cells have.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_TABLE_H
#define PG_TABLE_H

#include "core/frame.h"
#include "ingest/grid.h"

typedef struct pg_rules {
    const char *const *missing;      /**< marks of a missing number or period beside the empty cell; NULL-ended */
    const char *const *missing_text; /**< marks of a missing text; NULL: only the empty cell */
    const char *const *codes; /**< columns of text though their cells look like numbers, NULL-ended; NULL: none */
    bool text_holds_numbers;  /**< CSV: a text may be a number or a period; in a workbook the cell says so */
    bool grouped;             /**< 1,234 is a number */
    bool loose;               /**< a workbook: equal names are numbered, rows may be wider, blanks lead */
} pg_rules;
/** Rows of the grid; those without any cell are skipped. */
typedef struct pg_span {
    size_t header, first, end;
} pg_span;

/** Marks of the missing that any CSV may hold, and those of workbooks. */
extern const char *const pg_missing_csv[];
extern const char *const pg_missing_workbook[];
bool pg_is_mark(const pg_cell *cell, const char *const *marks);

/**
 * Fill an empty frame. Types: real when every cell is a number, period when every cell is a date or a period of one
 * frequency (a bare year is a number), else text. A column that is text because of a few cells among numbers gets
 * the note "not_number:NAME" that says where the first one stands.
 * @return PARSE for equal names, or a row longer than the header
 */
pgdp_status pg_table_fill(pgdp_ctx *ctx, const pg_grid *grid, pg_span span, const pg_rules *rules, pgdp_frame *frame);

#endif
