/* table.h  A grid under a header row to a frame: each column gets the type that all its cells have.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_TABLE_H
#define PG_TABLE_H

#include "core/schema.h"
#include "ingest/grid.h"
#include "ingest/periods.h"

typedef struct pg_rules {
    const char *const *missing;      /**< marks of a missing number or period beside the empty cell; NULL-ended */
    const char *const *missing_text; /**< marks of a missing text; NULL: only the empty cell */
    const char *const *codes;   /**< columns of text though their cells look like numbers, NULL-ended; NULL: none */
    const char *const *numbers; /**< columns of numbers whatever their cells are: any other text in them is an error */
    const char *const *flags;   /**< marks of the missing in those that say why, for pg_table_add_flags(); NULL: none */
    bool text_holds_numbers;    /**< CSV: a text may be a number or a period; in a workbook the cell says so */
    bool text_holds_periods;    /**< a workbook has no quarters: they are text */
    bool grouped;               /**< 1,234 is a number */
    bool days_stay;             /**< days are not taken for the periods that begin on them */
    bool loose;                 /**< a workbook: equal names are numbered, rows may be wider, blanks lead */
    const pg_schema *schema;    /**< a table of our own: names and blanks stay as they are; NULL: another's */
    bool empty_rows;            /**< a row whose cells are all empty is one */
} pg_rules;
/** Rules of a table that pgdp wrote, by its description. */
pg_rules pg_rules_described(const pg_schema *schema, bool workbook);
/** Rows of the grid; those without any cell are skipped. */
typedef struct pg_span {
    size_t header, first, end;
} pg_span;

/** Marks of the missing that any CSV may hold, and those of workbooks. */
extern const char *const pg_missing_csv[];
extern const char *const pg_missing_workbook[];
bool pg_is_mark(const pg_cell *cell, const char *const *marks);
/** Whether a name is one of a NULL-ended list; NULL lists none. */
bool pg_is_listed(const char *name, const char *const *list);
/** What one cell that holds something says of its column, as long as no text has been met in it. */
typedef enum pg_meaning {
    PG_MEANS_NUMBER,
    PG_MEANS_MISSING,
    PG_MEANS_PERIOD,
    PG_MEANS_DAY_FIRST, /**< a period too, 28/2/2031: so are all dates of the column */
    PG_MEANS_CODE,
    PG_MEANS_TEXT
} pg_meaning;
pg_meaning pg_cell_meaning(const pg_cell *cell, const pg_rules *rules, pgdp_period *period);
/** What a cell that means a period says of the order of days and months. */
pg_slash pg_cell_slash(const pg_cell *cell);
/** The number that a cell is by the rules. */
bool pg_cell_as_number(const pg_cell *cell, const pg_rules *rules, double *out);
/** 28/2/2031 and 2/3/2031, days first. */
bool pg_cell_as_day_first(const pg_cell *cell, const pg_rules *rules, pgdp_period *out);
/** What a cell of such a column is: a number, or missing with the mark that it has. @return false for any other text */
bool pg_cell_as_flagged(const pg_cell *cell, const pg_rules *rules, double *out);
/** A column "NAME_flag" of the marks beside each number column that has any, after all others and in their order. */
pgdp_status pg_table_add_flags(pgdp_ctx *ctx, pgdp_frame *frame, const pg_rules *rules);
/** PARSE for a cell that pg_cell_as_flagged() refuses. */
pgdp_status pg_fail_number(pgdp_ctx *ctx, const char *label, size_t line, const pg_cell *cell, const pg_rules *rules,
                           const char *name);
/** A period that is not a bare year. */
bool pg_cell_as_period(const pg_cell *cell, const pg_rules *rules, pgdp_period *out);

/**
 * Fill an empty frame. Types: real when every cell is a number, period when every cell is a date or a period of one
 * frequency (a bare year is a number; 28/2/2031 makes the dates of its column day/month, else they are month/day), else
 * text. A column that is text because of a few cells among numbers gets
 * the note "not_number:NAME" that says where the first one stands, as does one that begins with a decimal comma.
 * @return PARSE for equal names, or a row longer than the header
 */
pgdp_status pg_table_fill(pgdp_ctx *ctx, const pg_grid *grid, pg_span span, const pg_rules *rules, pgdp_frame *frame);

/** The steps of it that a reader of its own needs: names of columns from the grid's first row, in ctx->scratch; */
pgdp_status pg_table_names(pgdp_ctx *ctx, const pg_grid *grid, const pg_rules *rules, const char ***names, size_t *n);
/** the note on the first text among numbers; */
typedef struct pg_stray {
    const char *label;
    size_t line, column; /**< from 1, from 0 */
    const char *text;
} pg_stray;
/** Is a text such as 12,4, which is noted without numbers before it too? */
bool pg_is_decimal_comma(const char *text);
pgdp_status pg_table_note_stray(pgdp_ctx *ctx, pgdp_frame *frame, const char *name, const pg_stray *stray);
/** the note that dates such as 2/3/2031 were taken as month/day; */
pgdp_status pg_table_note_order(pgdp_ctx *ctx, pgdp_frame *frame, const char *name, const char *what);
extern const char pg_order_assumed[], pg_order_mixed[];
/** days that are first days of months, quarters or years become such periods, and a note says so. */
pgdp_status pg_table_note_frequency(pgdp_ctx *ctx, pgdp_frame *frame, const char *name);
pgdp_status pg_table_infer_frequency(pgdp_ctx *ctx, pgdp_frame *frame, size_t index);

#endif
