/* page.h  What a report shows before any file format: pages of texts, real tables and charts. Spec: design.md 3.5.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_PAGE_H
#define PG_PAGE_H

#include "core/ctx.h"
#include "pgdp/frame.h"

/** One list of the number formats: name, code of ECMA-376 18.8.30, decimals shown, what the value is divided by. */
#define PG_FORMAT_LIST(X)                                                                                              \
    X(automatic, "General", 0, 1)                                                                                      \
    X(text, "General", 0, 1)                                                                                           \
    X(integer, "#,##0", 0, 1)                                                                                          \
    X(number1, "#,##0.0", 1, 1)                                                                                        \
    X(number2, "#,##0.00", 2, 1)                                                                                       \
    X(number3, "#,##0.000", 3, 1)                                                                                      \
    X(number4, "#,##0.0000", 4, 1)                                                                                     \
    X(percent, "0.0%", 1, 0.01)                                                                                        \
    X(millions, "#,##0.0,,", 1, 1e6)                                                                                   \
    X(billions, "#,##0.0,,,", 1, 1e9)                                                                                  \
    X(scientific, "0.00E+00", 8, 1e300)                                                                                \
    X(year, "0", 0, 1)                                                                                                 \
    X(month, "yyyy\\-mm", 7, 1e300)                                                                                    \
    X(day, "yyyy\\-mm\\-dd", 9, 1e300)
typedef enum pg_format {
#define PGDP_ENTRY(name, code, decimals, scale) PG_FORMAT_##name,
    PG_FORMAT_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
        PG_N_FORMATS
} pg_format;
const char *pg_format_code(pg_format format); /**< NULL: the general one */

/** What a cell holds. Missing numbers and texts are shown as PG_MISSING, which the Notes explain. */
typedef enum pg_value_kind {
    PG_VALUE_EMPTY,
    PG_VALUE_TEXT,
    PG_VALUE_NUMBER,
    PG_VALUE_BOOL,
    PG_VALUE_DAY,     /**< number: days since 1970-01-01 */
    PG_VALUE_FORMULA, /**< extra: the formula with "="; number or text: what it comes to */
    PG_VALUE_LINK,    /**< extra: "internal:'Key figures'!A1" or an address */
    PG_VALUE_MISSING
} pg_value_kind;
#define PG_MISSING "[x]"
typedef struct pg_value {
    uint8_t kind, format; /**< pg_value_kind; pg_format, automatic: the column's */
    bool input, strong;   /**< a cell to type in; a row to look at */
    double number;
    const char *text, *extra;
} pg_value;

typedef struct pg_page_column {
    const char *name, *unit; /**< shown as "name (unit)"; unit may be "" */
    const char *raw_unit;    /**< of the stored value, as in frames */
    pg_format format;
    bool checks; /**< TRUE and FALSE are coloured */
} pg_page_column;
enum {
    PG_COLUMN_WIDTH = 60,
    PG_LINE_WIDTH = 118,
    PG_MAX_SERIES = 8,
    PG_ROW_LINES = 24
}; /* characters; wider texts are wrapped */

/** The allowed range of an input cell. */
typedef struct pg_rule {
    struct pg_rule *next;
    size_t row, column;
    double lo, hi;
    bool whole;
} pg_rule;

typedef struct pg_page pg_page;
typedef struct pg_table {
    struct pg_table *next;
    pg_page *page;
    const char *id;      /**< unique in the book: letters, digits, "_"; also the spreadsheet table's name */
    const char *heading; /**< line above it, or NULL */
    bool form;           /**< label and value pairs: shown without header and without table marks */
    size_t header_row;   /**< on the page, from 0; of a form: the row above its first */
    pg_page_column *columns;
    size_t n_columns, columns_capacity;
    pg_value *values; /**< row-major, [n_rows x n_columns] */
    size_t n_rows, capacity;
    pg_rule *rules;
} pg_table;

typedef enum pg_line_style { PG_LINE_TEXT, PG_LINE_HEADING, PG_LINE_NOTE } pg_line_style;
typedef struct pg_line {
    struct pg_line *next;
    size_t row;
    pg_line_style style;
    const char *text;
} pg_line;

typedef enum pg_chart_kind {
    PG_CHART_LINE,
    PG_CHART_COLUMN,
    PG_CHART_BAR,
    PG_CHART_STACKED_BAR,
    PG_CHART_SCATTER,
    PG_CHART_RANGE /**< series low, middle, high: markers joined by high-low lines */
} pg_chart_kind;
typedef struct pg_series_of_chart {
    const char *name;
    size_t x_column, column;
    bool dashed, pale;
} pg_series_of_chart;
typedef struct pg_chart {
    struct pg_chart *next;
    pg_chart_kind kind;
    const char *title, *x_title, *y_title, *alt; /**< the title says the message; axes state units */
    const pg_table *table;
    size_t first_row, n_rows; /**< of the table */
    pg_series_of_chart series[PG_MAX_SERIES];
    size_t n_series;
    pg_format x_format, y_format;
    bool free_floor; /**< the value axis need not start at 0 */
} pg_chart;

typedef struct pg_book pg_book;
struct pg_page {
    pg_page *next;
    pg_book *book;
    const char *name, *title, *about; /**< tab; A1; A2: what it holds */
    pg_line *lines, *last_line;
    pg_table *tables, *last_table;
    pg_chart *charts, *last_chart; /**< declared here, drawn on the gallery page */
    size_t next_row;
    size_t frozen_columns;
    bool plain;   /**< no gridlines: a cover */
    bool gallery; /**< all charts of the book are drawn here */
    bool table_open;
};
struct pg_book {
    pg_arena *arena;
    pg_page *pages, *last_page;
    bool failed; /**< memory ran out; every later call does nothing */
};

void pg_book_init(pg_book *book, pg_arena *arena);
/** NULL when memory is out, as for every maker below; the functions then accept NULL and do nothing. Texts are borrowed
 * unless said. */
pg_page *pg_book_add(pg_book *book, const char *name, const char *title, const char *about);
const pg_table *pg_book_table(const pg_book *book, const char *id); /**< NULL: no such table */
/** A paragraph, broken into lines of PG_LINE_WIDTH; copied. */
void pg_page_text(pg_page *page, const char *text);
/** A line in small type below the tables; copied. */
void pg_page_note(pg_page *page, const char *text);
void pg_page_heading(pg_page *page, const char *text); /**< of the table that follows; copied */
pg_table *pg_page_table(pg_page *page, const char *id, const char *heading);
pg_table *pg_page_form(pg_page *page, const char *id, const char *heading);
/** Before the first row. @return the column's index */
size_t pg_table_column(pg_table *table, const char *name, const char *unit, pg_format format);
void pg_table_row(pg_table *table); /**< begin a row of empty cells; the functions below fill the last row */
void pg_put_text(pg_table *table, size_t column, const char *text); /**< NULL: missing */
void pg_put_number(pg_table *table, size_t column, double value);   /**< not finite: missing */
void pg_put_bool(pg_table *table, size_t column, bool value);
void pg_put_period(pg_table *table, size_t column, pgdp_period period); /**< years as numbers, quarters as text */
void pg_put_formula(pg_table *table, size_t column, const char *formula, double value);
void pg_put_formula_text(pg_table *table, size_t column, const char *formula, const char *value);
void pg_put_link(pg_table *table, size_t column, const char *target, const char *label);
/** A cell to type in, held in [lo, hi]. */
void pg_put_input(pg_table *table, size_t column, double value, double lo, double hi);
void pg_put_format(pg_table *table, size_t column, pg_format format); /**< of this cell alone */
void pg_put_strong(pg_table *table);                                  /**< the whole last row */
/** A chart over rows of a table; its texts are borrowed. */
pg_chart *pg_page_chart(pg_page *page, const pg_chart *chart);
void pg_chart_series(pg_chart *chart, const char *name, size_t x_column, size_t column);

/** "C7"; "'Key figures'!$C$7"; "Cells!$C$5:$C$834"; "internal:'Key figures'!A1". In the book's arena, "" when memory is
 * out. */
const char *pg_cell_name(const pg_table *table, size_t row, size_t column);
const char *pg_cell_reference(const pg_table *table, size_t row, size_t column);
const char *pg_range_reference(const pg_table *table, size_t column);
const char *pg_page_link(const pg_page *page);
/** Formatted text in the book's arena; "" when memory is out. */
const char *pg_say(pg_book *book, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** "A number from 0 to 1": what an input cell takes. */
const char *pg_rule_text(const pg_table *table, const pg_rule *rule);
/** A number in the format, as a reader sees it ("12.3%"), for sentences. */
const char *pg_say_number(pg_book *book, double value, pg_format format);
/** Columns of the widest table of a page, and the width of each in characters. */
size_t pg_page_n_columns(const pg_page *page);
double pg_page_column_width(const pg_page *page, size_t column);
size_t pg_page_end(const pg_page *page); /**< the first row below everything */
/** Lines that a table's header needs at these widths of the page's columns. */
size_t pg_header_lines(const pg_table *table, const double *widths);
/** Lines that a row needs at these widths, at most PG_ROW_LINES. */
size_t pg_row_lines(const pg_table *table, size_t row, const double *widths);
/** Whether a text is wider than its column and the cells right of it are not free. */
bool pg_cell_wraps(const pg_table *table, size_t row, size_t column, double width);
/** "Wage bill (USD bn)" in the book's arena. */
const char *pg_header_text(const pg_table *table, size_t column);

#endif
