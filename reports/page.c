/* page.c  Building pages: lines, tables, cells, charts. Memory that runs out is noted once in the book.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/page.h"

#include <math.h>
#include <string.h>

#include "core/text.h"
#include "reports/palette.h"

enum { MIN_ROWS = 16, MIN_COLUMNS = 8 };

const char *pg_format_code(pg_format format)
{
    static const char *const codes[PG_N_FORMATS] = {
#define PGDP_ENTRY(name, code, decimals, scale) code,
        PG_FORMAT_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
    };
    return format == PG_FORMAT_automatic || format == PG_FORMAT_text ? NULL : codes[format];
}

void pg_book_init(pg_book *book, pg_arena *arena)
{
    *book = (pg_book){ .arena = arena };
}

/* Zeroed memory, or NULL and the book is marked. */
static void *take(pg_book *book, size_t n, size_t size)
{
    void *p = book->failed ? NULL : pg_arena_alloc(book->arena, n, size);
    if (p == NULL) book->failed = true;
    return p;
}

pg_page *pg_book_add(pg_book *book, const char *name, const char *title, const char *about)
{
    pg_page *page = take(book, 1, sizeof *page);
    if (page == NULL) return NULL;
    *page = (pg_page){ .book = book, .name = name, .title = title, .about = about, .next_row = PG_FIRST_BLOCK };
    if (book->last_page != NULL) {
        book->last_page->next = page;
    } else {
        book->pages = page;
    }
    book->last_page = page;
    return page;
}

const pg_table *pg_book_table(const pg_book *book, const char *id)
{
    for (const pg_page *page = book->pages; page != NULL; page = page->next)
        for (const pg_table *table = page->tables; table != NULL; table = table->next)
            if (pg_streq(table->id, id)) return table;
    return NULL;
}

size_t pg_page_end(const pg_page *page)
{
    const pg_table *last = page->table_open ? page->last_table : NULL;
    return last != NULL ? last->header_row + 1 + last->n_rows + 1 : page->next_row;
}

/* The rows of the last table are all there: what follows stands one empty row below it. */
static void close_table(pg_page *page)
{
    page->next_row = pg_page_end(page);
    page->table_open = false;
}

static void add_line(pg_page *page, pg_line_style style, const char *text, size_t n)
{
    pg_line *line = take(page->book, 1, sizeof *line);
    if (line == NULL) return;
    close_table(page);
    const char *copy = pg_arena_strndup(page->book->arena, text, n);
    if (copy == NULL) {
        page->book->failed = true;
        return;
    }
    *line = (pg_line){ .row = page->next_row++, .style = style, .text = copy };
    if (page->last_line != NULL) {
        page->last_line->next = line;
    } else {
        page->lines = line;
    }
    page->last_line = line;
}

/* Lines break at blanks, so that no cell needs to be wrapped or merged. */
static void add_lines(pg_page *page, pg_line_style style, const char *text)
{
    while (*text != '\0') {
        size_t n = 0, broken = 0;
        for (size_t width = 0; text[n] != '\0' && text[n] != '\n' && (width < PG_LINE_WIDTH || broken == 0); n++) {
            if (((unsigned char)text[n] & 0xC0) != 0x80) width++;
            if (text[n] == ' ') broken = n;
        }
        const bool ends = text[n] == '\0' || text[n] == '\n';
        if (!ends) n = broken;
        add_line(page, style, text, n);
        text += n + (text[n] != '\0' ? 1 : 0);
    }
}

void pg_page_text(pg_page *page, const char *text)
{
    if (page == NULL || text == NULL) return;
    add_lines(page, PG_LINE_TEXT, text);
    page->next_row++;
}

void pg_page_note(pg_page *page, const char *text)
{
    if (page != NULL && text != NULL) add_lines(page, PG_LINE_NOTE, text);
}

void pg_page_heading(pg_page *page, const char *text)
{
    if (page != NULL) add_line(page, PG_LINE_HEADING, text, strlen(text));
}

pg_table *pg_page_table(pg_page *page, const char *id, const char *heading)
{
    if (page == NULL) return NULL;
    pg_table *table = take(page->book, 1, sizeof *table);
    if (table == NULL) return NULL;
    close_table(page);
    if (heading != NULL) add_line(page, PG_LINE_HEADING, heading, strlen(heading));
    *table = (pg_table){ .page = page, .id = id, .heading = heading, .header_row = page->next_row };
    if (page->last_table != NULL) {
        page->last_table->next = table;
    } else {
        page->tables = table;
    }
    page->last_table = table;
    page->table_open = true;
    return table;
}

pg_table *pg_page_form(pg_page *page, const char *id, const char *heading)
{
    pg_table *table = pg_page_table(page, id, heading);
    if (table == NULL) return NULL;
    table->form = true;
    table->header_row--;
    return table;
}

size_t pg_table_column(pg_table *table, const char *name, const char *unit, pg_format format)
{
    if (table == NULL) return 0;
    pg_book *book = table->page->book;
    if (table->n_columns == table->columns_capacity) {
        const size_t n = table->columns_capacity, capacity = n == 0 ? MIN_COLUMNS : 2 * n;
        pg_page_column *columns = pg_arena_grow(book->arena, table->columns, n, capacity, sizeof *columns);
        if (columns == NULL) {
            book->failed = true;
            return 0;
        }
        table->columns = columns;
        table->columns_capacity = capacity;
    }
    table->columns[table->n_columns] =
        (pg_page_column){ .name = name, .unit = unit != NULL ? unit : "", .raw_unit = unit, .format = format };
    return table->n_columns++;
}

void pg_table_row(pg_table *table)
{
    if (table == NULL || table->page->book->failed) return;
    pg_book *book = table->page->book;
    if (table->n_rows == table->capacity) {
        const size_t n = table->capacity, capacity = n == 0 ? MIN_ROWS : 2 * n;
        pg_value *values = pg_arena_grow(book->arena, table->values, n * table->n_columns, capacity * table->n_columns,
                                         sizeof *values);
        if (values == NULL) {
            book->failed = true;
            return;
        }
        table->values = values;
        table->capacity = capacity;
    }
    table->n_rows++;
}

/* The cell of the last row, or NULL when there is none to fill. */
static pg_value *cell_at(pg_table *table, size_t column)
{
    if (table == NULL || table->page->book->failed || table->n_rows == 0 || column >= table->n_columns) return NULL;
    return &table->values[(table->n_rows - 1) * table->n_columns + column];
}

static void put(pg_table *table, size_t column, pg_value value)
{
    pg_value *cell = cell_at(table, column);
    if (cell == NULL) return;
    value.format = cell->format;
    value.strong = cell->strong;
    *cell = value;
}

void pg_put_text(pg_table *table, size_t column, const char *text)
{
    put(table, column, (pg_value){ .kind = text != NULL ? PG_VALUE_TEXT : PG_VALUE_MISSING, .text = text });
}

void pg_put_number(pg_table *table, size_t column, double value)
{
    put(table, column, (pg_value){ .kind = isfinite(value) ? PG_VALUE_NUMBER : PG_VALUE_MISSING, .number = value });
}

void pg_put_bool(pg_table *table, size_t column, bool value)
{
    put(table, column, (pg_value){ .kind = PG_VALUE_BOOL, .number = value ? 1 : 0 });
}

/* Workbooks know days, not quarters: a quarter or week stays the text that names it. */
void pg_put_period(pg_table *table, size_t column, pgdp_period period)
{
    char buffer[16];
    if (table == NULL) return;
    if (period.ordinal == PGDP_MISSING_PERIOD) {
        put(table, column, (pg_value){ .kind = PG_VALUE_MISSING });
    } else if (period.frequency == PGDP_ANNUAL) {
        put(table, column, (pg_value){ .kind = PG_VALUE_NUMBER, .number = 1970.0 + period.ordinal });
        pg_put_format(table, column, PG_FORMAT_year);
    } else if (period.frequency == PGDP_MONTHLY || period.frequency == PGDP_DAILY) {
        put(table, column, (pg_value){ .kind = PG_VALUE_DAY, .number = pgdp_period_first_day(period) });
        pg_put_format(table, column, period.frequency == PGDP_MONTHLY ? PG_FORMAT_month : PG_FORMAT_day);
    } else {
        pgdp_period_format(period, buffer);
        pg_put_text(table, column, pg_say(table->page->book, "%s", buffer));
    }
}

void pg_put_formula(pg_table *table, size_t column, const char *formula, double value)
{
    put(table, column, (pg_value){ .kind = PG_VALUE_FORMULA, .number = value, .extra = formula });
}

void pg_put_formula_text(pg_table *table, size_t column, const char *formula, const char *value)
{
    put(table, column, (pg_value){ .kind = PG_VALUE_FORMULA, .text = value, .extra = formula });
}

void pg_put_link(pg_table *table, size_t column, const char *target, const char *label)
{
    put(table, column, (pg_value){ .kind = PG_VALUE_LINK, .text = label, .extra = target });
}

void pg_put_input(pg_table *table, size_t column, double value, double lo, double hi)
{
    if (table == NULL) return;
    pg_rule *rule = take(table->page->book, 1, sizeof *rule);
    if (rule == NULL) return;
    put(table, column, (pg_value){ .kind = PG_VALUE_NUMBER, .number = value, .input = true });
    *rule = (pg_rule){ .next = table->rules, .row = table->n_rows - 1, .column = column, .lo = lo, .hi = hi };
    table->rules = rule;
}

void pg_put_format(pg_table *table, size_t column, pg_format format)
{
    pg_value *cell = cell_at(table, column);
    if (cell != NULL) cell->format = (uint8_t)format;
}

void pg_put_strong(pg_table *table)
{
    for (size_t j = 0; table != NULL && j < table->n_columns; j++) {
        pg_value *cell = cell_at(table, j);
        if (cell != NULL) cell->strong = true;
    }
}

pg_chart *pg_page_chart(pg_page *page, const pg_chart *chart)
{
    if (page == NULL || chart->table == NULL || chart->n_rows == 0) return NULL;
    pg_chart *copy = take(page->book, 1, sizeof *copy);
    if (copy == NULL) return NULL;
    *copy = *chart;
    if (page->last_chart != NULL) {
        page->last_chart->next = copy;
    } else {
        page->charts = copy;
    }
    page->last_chart = copy;
    return copy;
}

void pg_chart_series(pg_chart *chart, const char *name, size_t x_column, size_t column)
{
    if (chart == NULL || chart->n_series == PG_MAX_SERIES) return;
    chart->series[chart->n_series++] = (pg_series_of_chart){ .name = name, .x_column = x_column, .column = column };
}
