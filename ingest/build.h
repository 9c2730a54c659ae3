/* build.h  A table under construction: rows come one by one and their cells go straight into typed columns.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_BUILD_H
#define PG_BUILD_H

#include "core/map.h"
#include "ingest/table.h"

enum { PG_STRAY_TEXT = 41 }; /**< bytes of a stray text that its note shows, and NUL */

/** A column and what its cells have been so far. */
typedef struct pg_build_column {
    const char *name;
    size_t n_copies; /**< later columns of the same name */
    size_t n_numbers, n_periods, n_texts, n_marks;
    size_t line; /**< of the first text */
    char text[PG_STRAY_TEXT];
    pgdp_frequency frequency;
    bool mixed, code, unnamed, number;         /**< number: whatever its cells are */
    bool day_first, month_first, either_order; /**< orders that its dates with slashes have, or may have */
    size_t index;                              /**< in the frame until the end; PGDP_NONE: a margin of the sheet */
    pgdp_type type;                            /**< that its cells in the frame have */
    bool again;                                /**< cells before need another type: the rows are to come once more */
    double *reals;
    int32_t *periods;
    uint32_t *codes;
} pg_build_column;

typedef struct pg_build {
    const char *label;
    const pg_rules *rules;
    pgdp_frame *frame;
    pg_map names;
    pg_build_column *columns;
    size_t n_columns, capacity;
    size_t n_rows, room; /**< that have come in this pass; of the frame */
    bool second;         /**< the rows come once more */
    bool open;           /**< the row under way has a cell */
} pg_build;

/** Begin with the row that names the columns, in an empty frame. @return PARSE for equal names */
pgdp_status pg_build_begin(pgdp_ctx *ctx, const char *label, const pg_row *header, const pg_rules *rules,
                           pgdp_frame *frame, pg_build *out);
/**
 * Optional, before the first of them comes: what the rows [first, end) tell of types, so that fewer turn out late; with
 * all rows none does.
 */
pgdp_status pg_build_look(pgdp_ctx *ctx, pg_build *b, const pg_grid *rows, size_t first, size_t end);
/** The next row; one without cells is none. @return PARSE for a row longer than the header */
pgdp_status pg_build_row(pgdp_ctx *ctx, pg_build *b, const pg_row *row);
/** The same cell by cell, in order of columns; cells that hold nothing do not come. */
pgdp_status pg_build_cell(pgdp_ctx *ctx, pg_build *b, size_t line, const pg_cell *cell);
pgdp_status pg_build_end_row(pgdp_ctx *ctx, pg_build *b);
/**
 * After the last row. *again: the first cells of some columns were taken for what the later ones are not (numbers, then
 * a text); the same rows must come a second time, for these columns alone, and then this call once more.
 */
pgdp_status pg_build_settle(pgdp_ctx *ctx, pg_build *b, bool *again);
/** Notes on what was odd, frequencies of dates, no margins. */
pgdp_status pg_build_end(pgdp_ctx *ctx, pg_build *b);

/** Rows that come as often as they are asked for, the first of them the header. */
typedef struct pg_row_source {
    const char *label;
    pgdp_status (*pass)(pgdp_ctx *ctx, void *user, const pg_taker *rows);
    void *user;
} pg_row_source;
/** All steps of the above, into an empty frame. @return PARSE also when there is no header row */
pgdp_status pg_build_rows(pgdp_ctx *ctx, const pg_row_source *rows, const pg_rules *rules, pgdp_frame *frame);

#endif
