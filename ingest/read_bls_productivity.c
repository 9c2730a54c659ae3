/* read_bls_productivity.c  Productivity tables of the BLS, labour and total factor: the sheet MachineReadable, or the
 * wide sheets of workbooks without one. Source: formats.md 10. SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/number.h"
#include "core/text.h"
#include "ingest/csv.h"
#include "ingest/fill.h"
#include "ingest/readers.h"
#include "ingest/xls.h"

#define MACHINE "MachineReadable"
enum { TITLE_ROWS = 12, N_FREQUENCIES = 2 };
static const pgdp_frequency frequencies[] = { PGDP_QUARTERLY, PGDP_ANNUAL };
static const char *const table_names[] = { "quarterly", "annual" };

/* What a column of the sheet is. A period is one of a wide sheet. */
typedef enum part { TEXT, YEAR, QUARTER, VALUE, PERIOD } part;
typedef struct column {
    const char *name;
    part part;
    pgdp_period period;
    size_t text; /* number among the columns of text */
} column;
typedef struct filling {
    pgdp_dataset *out;
    const pg_grid *grid; /* the rows at hand */
    column *columns;     /* NULL: the header has not been met */
    size_t n_columns, n_texts, units;
    size_t number; /* of the row at hand */
    const pg_row *row;
    const char *sheet;                 /* a wide one; NULL: tables are named by their frequency */
    pgdp_frame *frames[N_FREQUENCIES]; /* NULL: no row of it yet */
} filling;

static int sniff(const pgdp_bytes *head)
{
    const bool book = pg_bytes_start(head, PG_WORKBOOK);
    if (book && pg_bytes_hold(head, head->n, "Measure\tUnits\tYear\t")) return PG_SURE;
    if (book) return pg_bytes_hold(head, head->n, "Sector\tBasis\tMeasure\tUnits\t") ? PG_LIKELY : PG_NOT_OURS;
    return pg_bytes_hold(head, 0, "Measure,Units,Year,") && pg_bytes_hold(head, 0, "Value") ? PG_SURE : PG_NOT_OURS;
}

/* ---- header ---- */

static bool is_header(const pg_row *row)
{
    bool measure = false, units = false;
    for (size_t k = 0; k < row->n; k++) {
        measure = measure || pg_cell_is(&row->cells[k], "Measure");
        units = units || pg_cell_is(&row->cells[k], "Units");
    }
    return measure && units;
}

static part part_of(const pg_cell *cell, pgdp_period *period)
{
    if (pg_cell_is(cell, "Year")) return YEAR;
    if (pg_cell_is(cell, "Qtr") || pg_cell_is(cell, "Quarter")) return QUARTER;
    if (pg_cell_is(cell, "Value")) return VALUE;
    return pg_cell_period(cell, period) ? PERIOD : TEXT;
}

static pgdp_status read_header(pgdp_ctx *ctx, filling *f)
{
    size_t n_years = 0, n_values = 0, n_periods = 0;
    f->n_columns = pg_row_width(f->row);
    f->n_texts = 0;
    PG_TRY_ALLOC(ctx, f->columns, pg_arena_alloc(&ctx->scratch, f->n_columns, sizeof *f->columns));
    for (size_t k = 0; k < f->row->n; k++) {
        const pg_cell *cell = &f->row->cells[k];
        column *c = &f->columns[cell->column];
        PG_TRY_ALLOC(ctx, c->name, pg_clean_name(&ctx->scratch, cell->text));
        c->part = part_of(cell, &c->period);
        n_years += c->part == YEAR;
        n_values += c->part == VALUE;
        n_periods += c->part == PERIOD;
        if (pg_streq_nocase(c->name, "Units")) f->units = cell->column;
        if (c->part == TEXT) c->text = f->n_texts++;
    }
    if (n_years == 1 && n_values == 1 ? n_periods == 0 : n_years + n_values == 0 && n_periods > 0) return PGDP_OK;
    return pg_fail_at(
        ctx, f->grid, f->number, 0,
        "found %zu columns Year, %zu Value and %zu periods, expected Year and Value once each, or periods "
        "alone",
        n_years, n_values, n_periods);
}

/* ---- rows ---- */

static pgdp_status table_of(pgdp_ctx *ctx, filling *f, size_t which, pgdp_frame **out)
{
    if (f->frames[which] == NULL) {
        PG_TRY(pg_dataset_add(ctx, f->out, f->sheet == NULL ? table_names[which] : f->sheet, &f->frames[which]));
        for (size_t j = 0; j < f->n_columns; j++) {
            const pgdp_column about = { .name = f->columns[j].name, .type = PGDP_TEXT };
            if (f->columns[j].name != NULL && f->columns[j].part == TEXT)
                PG_TRY(pgdp_frame_add_column(ctx, f->frames[which], &about, NULL));
        }
        const pgdp_column rest[] = {
            { .name = "base_year", .type = PGDP_REAL },
            { .name = "period", .type = PGDP_PERIOD, .frequency = frequencies[which] },
            { .name = "Value", .type = PGDP_REAL, .adjustment = which == 0 ? "seasonally_adjusted" : "" },
            { .name = "Value_flag", .type = PGDP_TEXT },
        };
        PG_TRY(pg_add_columns(ctx, f->frames[which], rest, sizeof rest / sizeof *rest));
    }
    *out = f->frames[which];
    return PGDP_OK;
}

/* 2017 in "Index (2017=100)". */
static bool base_of(const char *units, double *year)
{
    const char *equals = strstr(units, "=100)");
    return equals != NULL && equals - units >= 5 && equals[-5] == '(' && pg_number_parse(equals - 4, 4, year);
}

static pgdp_status set_value(pgdp_ctx *ctx, const filling *f, pgdp_frame *frame, const pg_cell *cell)
{
    double number;
    if (cell == NULL) return PGDP_OK;
    if (pg_cell_number(cell, true, &number)) {
        pgdp_frame_set_real(frame, f->n_texts + 2, number);
        return PGDP_OK;
    }
    const char *text = cell->text;
    size_t n = cell->length;
    pg_trim(&text, &n);
    return n == 0 ? PGDP_OK : pgdp_frame_set_text(ctx, frame, f->n_texts + 3, text, n);
}

static pgdp_status add_value(pgdp_ctx *ctx, filling *f, pgdp_period period, const pg_cell *value)
{
    pgdp_frame *frame;
    double base;
    PG_TRY(table_of(ctx, f, period.frequency == PGDP_QUARTERLY ? 0 : 1, &frame));
    PG_TRY(pgdp_frame_add_row(ctx, frame));
    for (size_t k = 0; k < f->row->n && f->row->cells[k].column < f->n_columns; k++) {
        const pg_cell *cell = &f->row->cells[k];
        const column *c = &f->columns[cell->column];
        if (c->name == NULL || c->part != TEXT) continue;
        const char *text = cell->text;
        size_t n = cell->length;
        pg_trim(&text, &n);
        if (n > 0) PG_TRY(pgdp_frame_set_text(ctx, frame, c->text, text, n));
        if (cell->column == f->units && base_of(cell->text, &base)) pgdp_frame_set_real(frame, f->n_texts, base);
    }
    pgdp_frame_set_period(frame, f->n_texts + 1, period.ordinal);
    return set_value(ctx, f, frame, value);
}

/* 1 to 4, Q1 to Q4, or "Annual"; no such column: years. */
static bool quarter_of(const pg_cell *cell, char *quarter)
{
    if (cell == NULL || pg_cell_is(cell, "Annual")) {
        *quarter = '\0';
        return true;
    }
    const char *text = cell->text;
    size_t n = cell->length;
    pg_trim(&text, &n);
    if (n == 2 && text[0] == 'Q') text++, n--;
    *quarter = text[0];
    return n == 1 && text[0] >= '1' && text[0] <= '4';
}

static pgdp_status add_long_row(pgdp_ctx *ctx, filling *f)
{
    const pg_cell *year = NULL, *quarter = NULL, *value = NULL;
    char digit, name[16], quarterly[24];
    pgdp_period period;
    for (size_t k = 0; k < f->row->n && f->row->cells[k].column < f->n_columns; k++) {
        const pg_cell *cell = &f->row->cells[k];
        const column *c = &f->columns[cell->column];
        if (c->part == YEAR) year = cell;
        if (c->part == QUARTER) quarter = cell;
        if (c->part == VALUE) value = cell;
    }
    if (year == NULL || !pg_cell_period(year, &period) || period.frequency != PGDP_ANNUAL)
        return pg_fail_at(ctx, f->grid, f->number, year == NULL ? 0 : year->column,
                          "found \"%.20s\" for the year, expected one such as 2031", year == NULL ? "" : year->text);
    if (!quarter_of(quarter, &digit))
        return pg_fail_at(ctx, f->grid, f->number, quarter->column,
                          "found the quarter \"%.20s\", expected 1 to 4 or Annual", quarter->text);
    if (digit != '\0') {
        pgdp_period_format(period, name);
        (void)snprintf(quarterly, sizeof quarterly, "%.15sQ%c", name, digit);
        (void)pgdp_period_parse(quarterly, &period);
    }
    return add_value(ctx, f, period, value);
}

static pgdp_status add_row(pgdp_ctx *ctx, filling *f)
{
    bool wide = false;
    if (f->columns == NULL) return is_header(f->row) ? read_header(ctx, f) : PGDP_OK;
    if (pg_row_width(f->row) <= f->units) return PGDP_OK; /* a line of notes */
    for (size_t j = 0; j < f->n_columns; j++) {
        const column *c = &f->columns[j];
        if (c->name == NULL || c->part != PERIOD) continue;
        wide = true;
        PG_TRY(add_value(ctx, f, c->period, pg_grid_at(f->grid, f->number, j)));
    }
    return wide ? PGDP_OK : add_long_row(ctx, f);
}

static pgdp_status take_rows(pgdp_ctx *ctx, void *user, const pg_grid *rows)
{
    filling *f = user;
    f->grid = rows;
    for (f->number = 0; f->number < rows->n_rows; f->number++) {
        f->row = &rows->rows[f->number];
        if (f->row->n > 0) PG_TRY(add_row(ctx, f));
    }
    return PGDP_OK;
}

/* ---- files ---- */

/* "Data released September 5, 2030" above a table -> "2030-09-05". */
static pgdp_status find_release(pgdp_ctx *ctx, const pg_grid *grid, const char **out)
{
    static const char *const months[] = { "January", "February", "March",     "April",   "May",      "June",
                                          "July",    "August",   "September", "October", "November", "December" };
    for (size_t i = 0; i < grid->n_rows; i++)
        for (size_t k = 0; k < grid->rows[i].n && *out == NULL; k++) {
            const char *at = strstr(grid->rows[i].cells[k].text, "Data released ");
            for (size_t m = 0; at != NULL && m < 12; m++) {
                char *end;
                const char *rest = at + strlen("Data released ");
                if (!pg_starts_with(rest, months[m])) continue;
                const unsigned long day = strtoul(rest + strlen(months[m]), &end, 10);
                const unsigned long year = *end == ',' ? strtoul(end + 1, &end, 10) : 0;
                if (day < 1 || day > 31 || year < 1900 || year > 9999) continue;
                PG_TRY_ALLOC(ctx, *out, pg_arena_printf(&ctx->scratch, "%04lu-%02zu-%02lu", year, m + 1, day));
            }
        }
    return PGDP_OK;
}

/* Which sheets are read, from their first rows. */
typedef struct plan {
    filling filling;
    const pg_workbook *first_rows;
    bool machine; /* a sheet MachineReadable: the others repeat it */
    size_t next;
} plan;

static bool is_machine(const char *name)
{
    return pg_streq_nocase(name, MACHINE) || pg_streq_nocase(name, "Machine Readable");
}

static bool has_periods(const pg_grid *grid)
{
    pgdp_period period;
    for (size_t i = 0; i < grid->n_rows; i++)
        for (size_t k = 0; is_header(&grid->rows[i]) && k < grid->rows[i].n; k++)
            if (part_of(&grid->rows[i].cells[k], &period) == PERIOD ||
                part_of(&grid->rows[i].cells[k], &period) == YEAR)
                return true;
    return false;
}

static pgdp_status take_sheet(pgdp_ctx *ctx, void *user, pg_sheet *sheet)
{
    plan *p = user;
    filling *f = &p->filling;
    const pg_taker taker = { .take = take_rows, .user = f };
    const size_t i = p->next++;
    if (p->machine ? !is_machine(sheet->name) : !has_periods(&p->first_rows->sheets[i].grid)) return PGDP_OK;
    *f = (filling){ .out = f->out, .sheet = p->machine ? NULL : sheet->name };
    return sheet->pass == NULL ? take_rows(ctx, f, &sheet->grid) : sheet->pass(ctx, sheet, &taker);
}

/* What the sheets for people say above their tables. */
static pgdp_status add_notes(pgdp_ctx *ctx, const pg_workbook *book, pgdp_dataset *out)
{
    const char *release = NULL;
    for (size_t i = 0; i < book->n_sheets; i++)
        PG_TRY(find_release(ctx, &book->sheets[i].grid, &release));
    for (size_t i = 0; i < out->n_tables; i++) {
        pgdp_frame *frame = out->tables[i].frame;
        const size_t value = pgdp_frame_find(frame, "Value");
        pgdp_column about = *pgdp_frame_column(frame, value);
        about.vintage = release;
        if (release != NULL) PG_TRY(pg_frame_describe(ctx, frame, value, &about));
    }
    return PGDP_OK;
}

static pgdp_status read_workbook(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    pg_workbook book;
    plan p = { .filling = { .out = out }, .first_rows = &book };
    PG_TRY(pg_any_workbook_read(ctx, in, TITLE_ROWS, &book));
    for (size_t i = 0; i < book.n_sheets; i++)
        p.machine = p.machine || is_machine(book.sheets[i].name);
    PG_TRY(pg_any_workbook_stream(ctx, in, &(pg_sheets_taker){ take_sheet, &p, false }));
    return add_notes(ctx, &book, out);
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    if (pg_is_workbook(in)) return read_workbook(ctx, in, out);
    const pg_csv_dialect dialect = { .delimiter = ',', .quote = '"' };
    filling f = { .out = out };
    return pg_csv_stream(ctx, in, &dialect, out->mapping, &(pg_taker){ .take = take_rows, .user = &f });
}

const pgdp_reader pg_read_bls_productivity = {
    .name = "bls_productivity",
    .title = "BLS productivity, labour and total factor",
    .spec = "https://www.bls.gov/productivity/tables/, sheets MachineReadable, Quarterly and Annual",
    .sniff = sniff,
    .read = read,
};
