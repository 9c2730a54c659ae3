/* xlsx_sheet.c  The cells of one sheet, streamed into a grid. Source: ECMA-376 part 1, section 18.3.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/number.h"
#include "ingest/serial.h"
#include "ingest/xlsx_parts.h"

enum { ROWS = 1048576, CELL_TEXT = 4 * 32767 + 1024 };
/* Cells kept of one sheet: a wide table of a million rows, and far from exhausting memory. */
#define CELLS ((size_t)64 * 1024 * 1024)

/* How a cell's text is to be taken, by its attribute t. */
typedef enum cell_type { NUMBER, SHARED, INLINE, RESULT, BOOLEAN, ERROR_VALUE, ISO_DATE } cell_type;

typedef struct sheet_state {
    pgdp_ctx *ctx;
    const pg_lookups *lookups;
    pg_sheet *out;
    size_t max_rows, n_cells;
    size_t row, column; /* of the cell under way, from 1; 0: none yet */
    bool row_added;     /* the grid has this row */
    cell_type type;
    size_t style;
    bool wanted, formula, valued; /* inside v or t; the cell has f; it has v or is */
    size_t phonetic;
    pg_text text;
} sheet_state;

static pgdp_status fail(const sheet_state *s, const char *what)
{
    return pg_fail(s->ctx, PGDP_PARSE, "%s:%zu:%zu: %s; open the workbook and save it anew", s->out->grid.label, s->row,
                   s->column, what);
}

/* "AB12" -> column 28; 0 when it is no reference. */
static size_t column_of(const char *reference)
{
    size_t column = 0;
    const char *c = reference;
    for (; *c >= 'A' && *c <= 'Z' && column <= PG_GRID_COLUMNS; c++)
        column = 26 * column + (size_t)(*c - 'A' + 1);
    return *c >= '1' && *c <= '9' ? column : 0;
}

static bool whole(const char *text, size_t n, size_t limit, size_t *out)
{
    size_t value = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9' || value > limit) return false;
        value = 10 * value + (size_t)(text[i] - '0');
    }
    *out = value;
    return n > 0 && value <= limit;
}

static pgdp_status start_row(sheet_state *s, const char **attributes)
{
    const char *r = pg_xml_attribute(attributes, "r");
    size_t row = s->row + 1;
    s->column = 0;
    if (r != NULL && !whole(r, strlen(r), ROWS, &row)) return fail(s, "a row number is none, or above 1,048,576");
    if (row <= s->row || row > ROWS) return fail(s, "rows are out of order, or more than 1,048,576");
    s->row = row;
    s->row_added = false;
    return PGDP_OK;
}

static cell_type type_of(const char *t)
{
    static const struct {
        const char *name;
        cell_type type;
    } types[] = { { "n", NUMBER },  { "s", SHARED },      { "inlineStr", INLINE }, { "str", RESULT },
                  { "b", BOOLEAN }, { "e", ERROR_VALUE }, { "d", ISO_DATE } };
    for (size_t i = 0; t != NULL && i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, t) == 0) return types[i].type;
    return NUMBER;
}

static pgdp_status start_cell(sheet_state *s, const char **attributes)
{
    size_t column = s->column + 1;
    s->type = NUMBER;
    s->style = 0;
    s->formula = s->valued = s->wanted = false;
    pg_text_clear(&s->text);
    for (size_t i = 0; attributes[i] != NULL; i += 2) {
        const char *value = attributes[i + 1];
        if (strcmp(attributes[i], "r") == 0) column = column_of(value);
        if (strcmp(attributes[i], "t") == 0) s->type = type_of(value);
        if (strcmp(attributes[i], "s") == 0 && !whole(value, strlen(value), 65535, &s->style)) s->style = 0;
    }
    if (column <= s->column || column > PG_GRID_COLUMNS)
        return fail(s, "cells of a row are out of order, or beyond column 16,384");
    s->column = column;
    return PGDP_OK;
}

static void on_start(pg_xml *xml, void *user, const char *name, const char **attributes)
{
    sheet_state *s = user;
    pgdp_status status = PGDP_OK;
    if (strcmp(name, "c") == 0) {
        status = s->row == 0 ? fail(s, "a cell stands outside every row") : start_cell(s, attributes);
    } else if (strcmp(name, "v") == 0 || strcmp(name, "is") == 0) {
        s->valued = true;
        s->wanted = name[0] == 'v';
    } else if (strcmp(name, "t") == 0) {
        s->wanted = s->valued && s->type == INLINE && s->phonetic == 0;
    } else if (strcmp(name, "row") == 0) {
        status = start_row(s, attributes);
    } else if (strcmp(name, "f") == 0) {
        s->formula = true;
    } else if (strcmp(name, "rPh") == 0) {
        s->phonetic++;
    }
    if (status != PGDP_OK) pg_xml_stop(xml, status);
}

static void on_text(pg_xml *xml, void *user, const char *text, size_t n)
{
    sheet_state *s = user;
    if (!s->wanted) return;
    pg_text_add_bytes(&s->text, text, n);
    if (s->text.failed) pg_xml_stop(xml, pg_no_memory(s->ctx));
    if (s->text.n > CELL_TEXT) pg_xml_stop(xml, fail(s, "a cell holds more than 32,767 characters"));
}

/* A serial number of a date style as 2031-02-28. */
static bool date_text(const sheet_state *s, char buffer[PG_DATE_TEXT])
{
    double serial;
    return pg_number_parse(s->text.data, s->text.n, &serial) && pg_serial_date(serial, s->lookups->date1904, buffer);
}

static pgdp_status store(sheet_state *s, const char *text, size_t n, pg_cell_kind kind, bool borrow)
{
    pg_grid *grid = &s->out->grid;
    if (n == 0 && !s->lookups->exact) return PGDP_OK;
    if (++s->n_cells > CELLS) return fail(s, "the sheet holds more than 64 million cells");
    if (!s->row_added && !pg_grid_add_row(grid, s->row)) return pg_no_memory(s->ctx);
    s->row_added = true;
    const pg_cell cell = { text, (uint32_t)n, (uint16_t)(s->column - 1), (uint16_t)kind };
    return (borrow ? pg_grid_add_cell(grid, cell) : pg_grid_copy_cell(grid, cell)) ? PGDP_OK : pg_no_memory(s->ctx);
}

static pgdp_status store_shared(sheet_state *s)
{
    size_t index;
    if (!whole(s->text.data, s->text.n, s->lookups->n_strings, &index) || index >= s->lookups->n_strings)
        return fail(s, "a cell refers to a shared string that is not there");
    const pg_string *string = &s->lookups->strings[index];
    return store(s, string->text, string->length, PG_CELL_TEXT, true);
}

static pgdp_status store_number(sheet_state *s)
{
    char date[16];
    double value;
    if (s->text.n > 0 && !pg_number_parse(s->text.data, s->text.n, &value))
        return pg_fail(s->ctx, PGDP_PARSE,
                       "%s:%zu:%zu: found \"%.40s\" in a cell of numbers, expected a number; correct "
                       "the cell",
                       s->out->grid.label, s->row, s->column, s->text.data);
    const bool is_date = s->style < s->lookups->n_styles && s->lookups->date_styles[s->style];
    if (is_date && date_text(s, date)) return store(s, date, strlen(date), PG_CELL_DATE, false);
    return store(s, s->text.data, s->text.n, PG_CELL_NUMBER, false);
}

static pgdp_status store_text(sheet_state *s)
{
    const size_t n = pg_xlsx_text(s->lookups, s->text.data, s->text.n);
    return store(s, s->text.data, n, PG_CELL_TEXT, false);
}

static pgdp_status store_boolean(sheet_state *s)
{
    const bool truth = s->text.n == 1 && s->text.data[0] == '1';
    return store(s, truth ? "TRUE" : "FALSE", truth ? 4 : 5, PG_CELL_TEXT, true);
}

static pgdp_status store_nothing(sheet_state *s)
{
    (void)s; /* #N/A and the like: missing */
    return PGDP_OK;
}

/* Of 2031-02-28T00:00:00 the day. */
static pgdp_status store_iso_date(sheet_state *s)
{
    return store(s, s->text.data, s->text.n < 10 ? s->text.n : 10, PG_CELL_DATE, false);
}

static pgdp_status end_row(sheet_state *s)
{
    pg_grid *grid = &s->out->grid;
    if (!s->row_added && s->lookups->exact) {
        if (!pg_grid_add_row(grid, s->row)) return pg_no_memory(s->ctx);
        s->row_added = true;
    }
    return s->row_added ? pg_grid_end_row(s->ctx, grid) : PGDP_OK;
}

static void on_end(pg_xml *xml, void *user, const char *name)
{
    static pgdp_status (*const stores[])(sheet_state *) = {
        [NUMBER] = store_number,   [SHARED] = store_shared,       [INLINE] = store_text,       [RESULT] = store_text,
        [BOOLEAN] = store_boolean, [ERROR_VALUE] = store_nothing, [ISO_DATE] = store_iso_date,
    };
    sheet_state *s = user;
    if (strcmp(name, "rPh") == 0 && s->phonetic > 0) s->phonetic--;
    if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) s->wanted = false;
    if (strcmp(name, "row") == 0) {
        const pgdp_status taken = end_row(s);
        if (taken != PGDP_OK) pg_xml_stop(xml, taken);
    }
    if (strcmp(name, "row") == 0 && s->max_rows > 0 && s->out->grid.n_rows >= s->max_rows) pg_xml_stop(xml, PGDP_OK);
    if (strcmp(name, "c") != 0) return;
    s->out->n_uncached += s->formula && !s->valued;
    const pgdp_status status = s->valued ? stores[s->type](s) : PGDP_OK;
    if (status != PGDP_OK) pg_xml_stop(xml, status);
}

pgdp_status pg_sheet_read(pgdp_ctx *ctx, pg_zip *zip, size_t part, const pg_lookups *lookups, size_t max_rows,
                          pg_sheet *out)
{
    static const pg_xml_handlers handlers = { on_start, on_end, on_text };
    sheet_state s = { .ctx = ctx, .lookups = lookups, .out = out, .max_rows = max_rows };
    pg_text_init(&s.text, &ctx->scratch);
    return pg_part_parse(ctx, zip, part, &handlers, &s);
}
