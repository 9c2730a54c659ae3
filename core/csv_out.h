/* csv_out.h  The CSV of data/: comma, LF, quotes only where needed, a missing cell is empty (docs/data.md).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_CSV_OUT_H
#define PG_CSV_OUT_H

#include "core/text.h"
#include "pgdp/frame.h"

/** A table being written; cells come from left to right, as many in each row as the header has. */
typedef struct pg_csv_out {
    pg_text text;
    size_t n_columns, n_rows; /**< rows without the header */
    size_t column;            /**< of the next cell */
    bool ragged;              /**< some row was too short or too long */
} pg_csv_out;

void pg_put_init(pg_csv_out *csv, pg_arena *arena);
void pg_csv_put_text(pg_csv_out *csv, const char *utf8); /**< NULL: missing */
void pg_csv_put_number(pg_csv_out *csv, double value);   /**< shortest exact form; NaN: missing */
/** A cell of a frame: text as it stands, number, period; PGDP_NONE as row or column: missing. */
void pg_put_cell(pg_csv_out *csv, const pgdp_frame *frame, size_t column, size_t row);
/** The same with text that is a number in its shortest form: "8823.0" becomes 8823. */
void pg_put_number_cell(pg_csv_out *csv, const pgdp_frame *frame, size_t column, size_t row);
void pg_put_row_end(pg_csv_out *csv); /**< the first one ends the header */
/** A whole row of texts; names end with NULL. */
void pg_put_row(pg_csv_out *csv, const char *const *cells);

#endif
