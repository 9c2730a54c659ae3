/* read_back.c  A workbook as it lies on the disk, cell by cell against the book it was written from. Source:
 * reliability.md 5: a full disk can cut a workbook that the library reports as written.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/number.h"
#include "core/text.h"
#include "ingest/xlsx.h"
#include "reports/palette.h"
#include "reports/writers.h"

/* The writer prints 16 significant digits: at most half a unit of the last one, 5e-16, and a rounding. */
#define ROUNDING 1e-15

/* A sheet's rows by their line, since only rows that hold something are kept. */
typedef struct reading {
    pgdp_ctx *ctx;
    const char *label;
    const pg_page *page;
    const pg_sheet *sheet;
    size_t *rows; /* [n_lines]: index of the row on that line, or PGDP_NONE */
    size_t n_lines;
} reading;

static pgdp_status differ(const reading *r, size_t row, size_t column, const char *found, const char *expected)
{
    return pg_fail(
        r->ctx, PGDP_IO,
        "%s[%s]: row %zu, column %zu reads back as \"%.60s\", expected \"%.60s\"; nothing was put in place, check the "
        "disk and write again",
        r->label, r->page->name, row + 1, column + 1, found, expected);
}

static const pg_cell *cell_at(const reading *r, size_t row, size_t column)
{
    if (row >= r->n_lines || r->rows[row] == PGDP_NONE) return NULL;
    return pg_grid_at(&r->sheet->grid, r->rows[row], column);
}

/* Blanks at the end are not read. */
static bool same_text(const char *found, const char *expected)
{
    size_t n = strlen(expected);
    while (n > 0 && strchr(" \t\n", expected[n - 1]) != NULL)
        n--;
    return strncmp(found, expected, n) == 0 && strlen(found) == n;
}

/* "_x005F_" stands for "_" in the file. */
static pgdp_status stored_text(pgdp_ctx *ctx, const char *text, const char **out)
{
    char *stored;
    const char *written = pg_workbook_text(ctx, text != NULL ? text : "");
    if (written == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, stored, pg_arena_strdup(&ctx->scratch, written));
    char *to = stored;
    for (const char *from = stored; *from != '\0';) {
        if (strncmp(from, "_x005F_", 7) == 0) from += 6;
        *to++ = *from++;
    }
    *to = '\0';
    *out = stored;
    return PGDP_OK;
}

static pgdp_status compare_text(const reading *r, size_t row, size_t column, const char *text)
{
    const char *expected = "";
    const pg_cell *cell = cell_at(r, row, column);
    PG_TRY(stored_text(r->ctx, text, &expected));
    if (same_text(cell != NULL ? cell->text : "", expected)) return PGDP_OK;
    return differ(r, row, column, cell != NULL ? cell->text : "", expected);
}

static pgdp_status compare_number(const reading *r, size_t row, size_t column, double number)
{
    char expected[PG_NUMBER_SIZE];
    double found;
    const pg_cell *cell = cell_at(r, row, column);
    if (cell != NULL && cell->kind != PG_CELL_TEXT && pg_number_parse(cell->text, cell->length, &found) &&
        fabs(found - number) <= ROUNDING * fabs(number))
        return PGDP_OK;
    pg_number_format(number, expected);
    return differ(r, row, column, cell != NULL ? cell->text : "", expected);
}

static pgdp_status compare_value(const reading *r, const pg_table *table, size_t i, size_t j)
{
    const pg_value *value = &table->values[i * table->n_columns + j];
    const size_t row = table->header_row + 1 + i;
    char day[16];
    switch ((pg_value_kind)value->kind) {
    case PG_VALUE_NUMBER:
        return compare_number(r, row, j, value->number);
    case PG_VALUE_FORMULA:
        return value->text == NULL ? compare_number(r, row, j, value->number) : compare_text(r, row, j, value->text);
    case PG_VALUE_BOOL:
        return compare_text(r, row, j, value->number > 0 ? "TRUE" : "FALSE");
    case PG_VALUE_DAY:
        pgdp_period_format((pgdp_period){ PGDP_DAILY, (int32_t)value->number }, day);
        return compare_text(r, row, j, day);
    case PG_VALUE_MISSING:
        return compare_text(r, row, j, PG_MISSING);
    case PG_VALUE_EMPTY:
        return compare_text(r, row, j, "");
    case PG_VALUE_TEXT:
    case PG_VALUE_LINK:
        break;
    }
    return compare_text(r, row, j, value->text);
}

static pgdp_status compare_table(const reading *r, const pg_table *table)
{
    for (size_t j = 0; !table->form && j < table->n_columns; j++)
        PG_TRY(compare_text(r, table->header_row, j, pg_header_text(table, j)));
    for (size_t i = 0; i < table->n_rows; i++) {
        const pg_mark mark = pg_arena_mark(&r->ctx->scratch);
        for (size_t j = 0; j < table->n_columns; j++)
            PG_TRY(compare_value(r, table, i, j));
        pg_arena_rewind(&r->ctx->scratch, mark);
    }
    return PGDP_OK;
}

static pgdp_status index_rows(pgdp_ctx *ctx, reading *r)
{
    const pg_grid *grid = &r->sheet->grid;
    r->n_lines = grid->n_rows > 0 ? grid->rows[grid->n_rows - 1].line : 0;
    PG_TRY_ALLOC(ctx, r->rows, pg_arena_alloc(&ctx->scratch, r->n_lines, sizeof *r->rows));
    for (size_t i = 0; i < r->n_lines; i++)
        r->rows[i] = PGDP_NONE;
    for (size_t i = 0; i < grid->n_rows; i++)
        r->rows[grid->rows[i].line - 1] = i;
    return PGDP_OK;
}

static pgdp_status compare_page(pgdp_ctx *ctx, const char *label, const pg_page *page, const pg_sheet *sheet)
{
    reading r = { .ctx = ctx, .label = label, .page = page, .sheet = sheet };
    if (!pg_streq(sheet->name, page->name))
        return pg_fail(ctx, PGDP_IO, "%s: a sheet reads back as \"%s\", expected \"%s\"; nothing was put in place",
                       label, sheet->name, page->name);
    if (sheet->n_uncached > 0)
        return pg_fail(ctx, PGDP_IO, "%s[%s]: %zu formulas have no value; nothing was put in place", label, page->name,
                       sheet->n_uncached);
    PG_TRY(index_rows(ctx, &r));
    PG_TRY(compare_text(&r, PG_TITLE_ROW, 0, page->title));
    PG_TRY(compare_text(&r, PG_ABOUT_ROW, 0, page->about));
    for (const pg_line *line = page->lines; line != NULL; line = line->next)
        PG_TRY(compare_text(&r, line->row, 0, line->text));
    for (const pg_table *table = page->tables; table != NULL; table = table->next)
        PG_TRY(compare_table(&r, table));
    return PGDP_OK;
}

pgdp_status pg_read_back(pgdp_ctx *ctx, const pg_book *book, const char *label, const unsigned char *bytes, size_t n)
{
    pg_workbook workbook;
    size_t i = 0;
    const pgdp_bytes in = { .label = label, .data = bytes, .n = n };
    const pgdp_status status = pg_workbook_read(ctx, &in, 0, &workbook);
    if (status == PGDP_NO_MEMORY) return status;
    if (status != PGDP_OK) return pg_fail_within(ctx, PGDP_IO, "what was written cannot be read: ");
    for (const pg_page *page = book->pages; page != NULL; page = page->next, i++) {
        if (i >= workbook.n_sheets)
            return pg_fail(ctx, PGDP_IO, "%s: sheet \"%s\" is not there when read back; nothing was put in place",
                           label, page->name);
        PG_TRY(compare_page(ctx, label, page, &workbook.sheets[i]));
    }
    return PGDP_OK;
}
