/* read_bea_table.c  BEA workbooks, long: GDP by industry, Make and Use matrices. Source: formats.md 12.1.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/text.h"
#include "ingest/fill.h"
#include "ingest/readers.h"
#include "ingest/sheet.h"
#include "ingest/xls.h"

enum { HEADER_ROWS = 20 };
static const char *const missing[] = { "---", "....", ".....", "(NA)", "(D)", "(L)", "n.s.", NULL };
static const char *const corners[] = { "Commodities/Industries", "Industries/Commodities" };

static int sniff(const pgdp_bytes *head)
{
    if (!pg_bytes_start(head, PG_WORKBOOK) || !pg_bytes_hold(head, head->n, "Bureau of Economic Analysis"))
        return PG_NOT_OURS;
    const bool lines = pg_bytes_hold(head, head->n, "\nLine\t");
    return lines || pg_bytes_hold(head, head->n, corners[0]) || pg_bytes_hold(head, head->n, corners[1]) ? PG_SURE
                                                                                                         : PG_NOT_OURS;
}

/* What the rows above the header say of the values: the first kind whose words they hold. */
static pgdp_status describe(pgdp_ctx *ctx, const pg_grid *grid, size_t header, pgdp_column *value)
{
    static const struct {
        const char *words, *unit, *price_basis;
    } kinds[] = {
        { "Millions of dollars", "usd_mn", "current_prices" },
        { "Billions of dollars", "usd_bn", "current_prices" },
        { "Millions of chained", "usd_mn", "chained_volume" },
        { "Billions of chained", "usd_bn", "chained_volume" },
        { "[Percent change]", "pct", "" },
        { "[Percent]", "pct", "" },
    };
    for (size_t i = 0; i < header; i++) {
        const char *text = pg_grid_text(grid, i, 0), *base = strstr(text, "=100]");
        const char *chain = strstr(text, "chain dollars]");
        if (strstr(text, "Seasonally adjusted") != NULL) value->adjustment = "seasonally_adjusted";
        if (value->unit != NULL) continue;
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds && value->unit == NULL; k++) {
            if (strstr(text, kinds[k].words) == NULL) continue;
            value->unit = kinds[k].unit;
            value->price_basis = kinds[k].price_basis;
        }
        if (base != NULL && base - text == 5)
            PG_TRY_ALLOC(ctx, value->unit, pg_arena_printf(&ctx->scratch, "index_%.4s", base - 4));
        if (chain != NULL && (pg_starts_with(text, "[Millions of ") || pg_starts_with(text, "[Billions of "))) {
            value->unit = text[1] == 'M' ? "usd_mn" : "usd_bn"; /* "[Millions of 2012 chain dollars]" */
            value->price_basis = "chained_volume";
        }
    }
    return PGDP_OK;
}

/* A number, text with commas, or a mark that leaves the frame's cell missing. */
static pgdp_status set_value(pgdp_ctx *ctx, const pg_grid *grid, const size_t at[2], pgdp_frame *frame, size_t column)
{
    const pg_cell *cell = pg_grid_at(grid, at[0], at[1]);
    double value;
    if (cell == NULL || pg_is_mark(cell, missing)) return PGDP_OK;
    if (!pg_cell_number(cell, true, &value))
        return pg_fail_at(ctx, grid, at[0], at[1], "found \"%.40s\", expected a number or a mark such as --- or .....",
                          cell->text);
    pgdp_frame_set_real(frame, column, value);
    return PGDP_OK;
}

static pgdp_status set_trimmed(pgdp_ctx *ctx, pgdp_frame *frame, size_t column, const char *text)
{
    size_t n = strlen(text);
    pg_trim(&text, &n);
    return n == 0 ? PGDP_OK : pgdp_frame_set_text(ctx, frame, column, text, n);
}

/* GDP by industry and sections of the national accounts: a line a row, a period a column from column D; the accounts
 * have the code of the series in column C. Headings such as "Addenda:" have no values. */
enum { LINE, GROUP, DESCRIPTION, PERIOD, VALUE, N_COLUMNS, SERIES = N_COLUMNS, CODE = 2, FIRST_PERIOD = 3 };

typedef struct industries {
    const pg_grid *grid;
    size_t header, width;
    pgdp_period *periods; /* [width], by column of the sheet */
    pgdp_frame *frame;
    const char *group; /* the last heading */
    bool coded;        /* lines have the codes of their series */
} industries;

static pgdp_status read_periods(pgdp_ctx *ctx, industries *t)
{
    PG_TRY_ALLOC(ctx, t->periods, pg_arena_alloc(&ctx->scratch, t->width, sizeof *t->periods));
    for (size_t j = FIRST_PERIOD; j < t->width; j++) {
        const bool period = pg_cell_period(pg_grid_at(t->grid, t->header, j), &t->periods[j]);
        if (!period || t->periods[j].frequency != t->periods[FIRST_PERIOD].frequency)
            return pg_fail_at(ctx, t->grid, t->header, j,
                              "found \"%.40s\" in the header, expected periods of one frequency "
                              "such as 2031 or 2031Q2",
                              pg_grid_text(t->grid, t->header, j));
    }
    return PGDP_OK;
}

static pgdp_status add_line(pgdp_ctx *ctx, industries *t, size_t row)
{
    const pg_row *r = &t->grid->rows[row];
    const char *description = pg_grid_text(t->grid, row, 1);
    if (pg_row_width(r) <= FIRST_PERIOD) {
        if (r->n > 0) PG_TRY_ALLOC(ctx, t->group, pg_clean_name(&ctx->scratch, description));
        return PGDP_OK;
    }
    if (pg_row_width(r) > t->width)
        return pg_fail_at(ctx, t->grid, row, pg_row_width(r) - 1, "found a value to the right of the last period");
    for (size_t j = FIRST_PERIOD; j < t->width; j++) {
        PG_TRY(pgdp_frame_add_row(ctx, t->frame));
        PG_TRY(set_trimmed(ctx, t->frame, LINE, pg_grid_text(t->grid, row, 0)));
        PG_TRY(set_trimmed(ctx, t->frame, GROUP, t->group));
        PG_TRY(set_trimmed(ctx, t->frame, DESCRIPTION, description));
        if (t->coded) PG_TRY(set_trimmed(ctx, t->frame, SERIES, pg_grid_text(t->grid, row, CODE)));
        pgdp_frame_set_period(t->frame, PERIOD, t->periods[j].ordinal);
        PG_TRY(set_value(ctx, t->grid, (size_t[]){ row, j }, t->frame, VALUE));
    }
    return PGDP_OK;
}

static pgdp_status add_industries(pgdp_ctx *ctx, const pg_sheet *sheet, size_t header, pgdp_dataset *out)
{
    industries t = { .grid = &sheet->grid, .header = header, .group = "" };
    pgdp_column columns[N_COLUMNS] = {
        { .name = "line", .type = PGDP_TEXT },        { .name = "group", .type = PGDP_TEXT },
        { .name = "description", .type = PGDP_TEXT }, { .name = "period", .type = PGDP_PERIOD },
        { .name = "value", .type = PGDP_REAL },
    };
    t.width = pg_row_width(&t.grid->rows[header]);
    if (t.width <= FIRST_PERIOD)
        return pg_fail_at(ctx, t.grid, header, 0, "the header has no periods, expected them from column D");
    PG_TRY(read_periods(ctx, &t));
    PG_TRY(describe(ctx, t.grid, header, &columns[VALUE]));
    columns[PERIOD].frequency = t.periods[FIRST_PERIOD].frequency;
    const size_t end = pg_sheet_end(t.grid, header + 1);
    PG_TRY(pg_dataset_add(ctx, out, sheet->name, &t.frame));
    PG_TRY(pg_add_columns(ctx, t.frame, columns, N_COLUMNS));
    for (size_t i = header + 1; i < end; i++)
        t.coded = t.coded || pg_grid_at(t.grid, i, CODE) != NULL;
    const pgdp_column series = { .name = "series_code", .type = PGDP_TEXT };
    if (t.coded) PG_TRY(pgdp_frame_add_column(ctx, t.frame, &series, NULL));
    PG_TRY(pg_note_rows(ctx, t.grid, 0, header, t.frame, "title"));
    PG_TRY(pg_note_rows(ctx, t.grid, end, t.grid->n_rows, t.frame, "footnotes"));
    for (size_t i = header + 1; i < end; i++)
        PG_TRY(add_line(ctx, &t, i));
    return PGDP_OK;
}

/* Make and Use: codes in the corner's row, names below it, then a row a commodity or industry. Totals have no code. */
enum { ROW_CODE, ROW_NAME, COLUMN_CODE, COLUMN_NAME, CELL, N_MATRIX_COLUMNS, FIRST_CELL = 2 };

static pgdp_status add_matrix_row(pgdp_ctx *ctx, const pg_grid *grid, size_t corner, size_t row, pgdp_frame *frame)
{
    for (size_t j = FIRST_CELL; j < pg_row_width(&grid->rows[corner + 1]); j++) {
        PG_TRY(pgdp_frame_add_row(ctx, frame));
        PG_TRY(set_trimmed(ctx, frame, ROW_CODE, pg_grid_text(grid, row, 0)));
        PG_TRY(set_trimmed(ctx, frame, ROW_NAME, pg_grid_text(grid, row, 1)));
        PG_TRY(set_trimmed(ctx, frame, COLUMN_CODE, pg_grid_text(grid, corner, j)));
        PG_TRY(set_trimmed(ctx, frame, COLUMN_NAME, pg_grid_text(grid, corner + 1, j)));
        PG_TRY(set_value(ctx, grid, (size_t[]){ row, j }, frame, CELL));
    }
    return PGDP_OK;
}

static pgdp_status add_matrix(pgdp_ctx *ctx, const pg_sheet *sheet, size_t corner, pgdp_dataset *out)
{
    const pg_grid *grid = &sheet->grid;
    pgdp_column columns[N_MATRIX_COLUMNS] = {
        { .name = "row_code", .type = PGDP_TEXT },    { .name = "row_name", .type = PGDP_TEXT },
        { .name = "column_code", .type = PGDP_TEXT }, { .name = "column_name", .type = PGDP_TEXT },
        { .name = "value", .type = PGDP_REAL },
    };
    pgdp_frame *frame;
    size_t end = corner + 2;
    if (end > grid->n_rows || pg_row_width(&grid->rows[corner + 1]) <= FIRST_CELL)
        return pg_fail_at(ctx, grid, corner, FIRST_CELL, "found no names below the codes, expected a row \"Name\"");
    while (end < grid->n_rows && pg_row_width(&grid->rows[end]) > FIRST_CELL)
        end++;
    PG_TRY(describe(ctx, grid, corner, &columns[CELL]));
    PG_TRY(pg_dataset_add(ctx, out, sheet->name, &frame));
    PG_TRY(pg_add_columns(ctx, frame, columns, N_MATRIX_COLUMNS));
    PG_TRY(pg_note_rows(ctx, grid, 0, corner, frame, "title"));
    PG_TRY(pgdp_frame_set_note(ctx, frame, "rows/columns", pg_grid_text(grid, corner, 1)));
    PG_TRY(pg_note_rows(ctx, grid, end, grid->n_rows, frame, "footnotes"));
    for (size_t i = corner + 2; i < end; i++)
        PG_TRY(add_matrix_row(ctx, grid, corner, i, frame));
    return PGDP_OK;
}

/* A sheet of either kind; others, the table of contents, repeat the titles. */
static pgdp_status add_sheet(pgdp_ctx *ctx, const pg_sheet *sheet, pgdp_dataset *out)
{
    for (size_t i = 0; i < sheet->grid.n_rows && i < HEADER_ROWS; i++) {
        if (pg_cell_is(pg_grid_at(&sheet->grid, i, 0), "Line")) return add_industries(ctx, sheet, i, out);
        for (size_t k = 0; k < sizeof corners / sizeof *corners; k++)
            if (pg_cell_is(pg_grid_at(&sheet->grid, i, 1), corners[k])) return add_matrix(ctx, sheet, i, out);
    }
    return PGDP_OK;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    pg_workbook workbook;
    PG_TRY(pg_any_workbook_read(ctx, in, 0, &workbook));
    for (size_t i = 0; i < workbook.n_sheets; i++)
        PG_TRY(add_sheet(ctx, &workbook.sheets[i], out));
    return PGDP_OK;
}

const pgdp_reader pg_read_bea_table = {
    .name = "bea_table",
    .title = "BEA GDP-by-industry and input-output workbooks",
    .spec = "https://apps.bea.gov/industry/, https://www.bea.gov/itable/input-output",
    .sniff = sniff,
    .read = read,
};
