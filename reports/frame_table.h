/* frame_table.h  A frame shown as a table: most sheets are one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_FRAME_TABLE_H
#define PG_FRAME_TABLE_H

#include "reports/page.h"
#include "reports/units.h"

/** How a column of a frame is shown. Arrays end with a NULL column; a column "*" stands for all
 * columns that are not listed. */
typedef struct pg_shown {
    const char *column;
    const char *name; /**< in the header; NULL: the column is left out */
    const char *unit; /**< NULL: the frame's */
    pg_format format; /**< automatic: the unit's */
    bool by_row;      /**< each row has its own unit, in the frame's column "unit", or none and a size of its own */
    bool link;        /**< addresses become links */
    bool truth;       /**< 1 and 0, true and false: TRUE and FALSE */
    bool check;       /**< the same, coloured */
} pg_shown;

/**
 * Columns in the order of `shown` as far as the frame has them, the frame's others in its order, under their own names
 * with blanks for "_", where "*" stands or at the end.
 */
pgdp_status pg_frame_table(pgdp_ctx *ctx, pg_page *page, const char *id, const pgdp_frame *frame, const pg_shown *shown,
                           pg_table **out);
/** The same of some rows. */
typedef struct pg_view {
    const pgdp_frame *frame;
    const size_t *rows; /**< NULL: all */
    size_t n_rows;
} pg_view;
pgdp_status pg_view_table(pgdp_ctx *ctx, pg_page *page, const char *id, const pg_view *view, const pg_shown *shown,
                          pg_table **out);
/** Index of the table's column that shows a frame's column; PGDP_NONE when it is not shown. */
size_t pg_shown_column(const pg_table *table, const char *name);
/** "wage_bill_usd" -> "wage bill usd", "Wage bill usd", in the book's arena. */
const char *pg_words(pg_book *book, const char *name);
const char *pg_spoken(pg_book *book, const char *name);
/** A column's largest absolute value, for its format. */
double pg_largest(const double *x, size_t n);

#endif
