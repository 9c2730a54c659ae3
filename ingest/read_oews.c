/* read_oews.c  BLS occupational employment and wages, workbook or CSV, 2010 on. Source: formats.md 8.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/text.h"
#include "ingest/csv.h"
#include "ingest/readers.h"
#include "ingest/sheet.h"
#include "ingest/xls.h"

/* Estimates, under their names of 2020 and after; every other column is text. */
static const struct {
    const char *name, *unit;
} measures[] = {
    { "TOT_EMP", "heads" },        { "EMP_PRSE", "pct" },          { "JOBS_1000", "per_1000_jobs" },
    { "LOC_QUOTIENT", "ratio" },   { "PCT_TOTAL", "pct" },         { "PCT_RPT", "pct" },
    { "H_MEAN", "usd_per_hour" },  { "A_MEAN", "usd_per_year" },   { "MEAN_PRSE", "pct" },
    { "H_PCT10", "usd_per_hour" }, { "H_PCT25", "usd_per_hour" },  { "H_MEDIAN", "usd_per_hour" },
    { "H_PCT75", "usd_per_hour" }, { "H_PCT90", "usd_per_hour" },  { "A_PCT10", "usd_per_year" },
    { "A_PCT25", "usd_per_year" }, { "A_MEDIAN", "usd_per_year" }, { "A_PCT75", "usd_per_year" },
    { "A_PCT90", "usd_per_year" },
};
static const char *const texts[] = { "AREA",        "AREA_TITLE", "AREA_TYPE", "PRIM_STATE", "NAICS",
                                     "NAICS_TITLE", "I_GROUP",    "OWN_CODE",  "OCC_CODE",   "OCC_TITLE",
                                     "O_GROUP",     "ANNUAL",     "HOURLY" };
/* Older names. */
static const struct {
    const char *old, *now;
} aliases[] = {
    { "GROUP", "O_GROUP" },      { "OCC_GROUP", "O_GROUP" },    { "LOC QUOTIENT", "LOC_QUOTIENT" },
    { "LOC_Q", "LOC_QUOTIENT" }, { "AREA_NAME", "AREA_TITLE" }, { "OCC TITLE", "OCC_TITLE" },
    { "OCC CODE", "OCC_CODE" },
};
/* Wage or employment not released, wage at the top code or above, share below 0.5 %. */
static const char *const markers[] = { "*", "**", "#", "~" };

typedef struct column {
    const char *name;
    size_t measure;     /* PGDP_NONE: text */
    size_t index, flag; /* in the frame; flag PGDP_NONE: no markers in this column */
} column;
typedef struct table {
    const pg_grid *grid;
    size_t header, end, n_columns;
    column *columns;
    const char *vintage;
    pgdp_frame *frame;
} table;

static int sniff(const pgdp_bytes *head)
{
    const size_t look = pg_bytes_start(head, PG_WORKBOOK) ? head->n : 0;
    const bool code = pg_bytes_hold(head, look, "OCC_CODE") || pg_bytes_hold(head, look, "occ_code");
    const bool employment = pg_bytes_hold(head, look, "TOT_EMP") || pg_bytes_hold(head, look, "tot_emp");
    return code && employment ? PG_SURE : PG_NOT_OURS;
}

/* The name that a header cell stands for; unknown ones stay as they are. */
static pgdp_status canonical(pgdp_ctx *ctx, const char *header, const char **out)
{
    PG_TRY_ALLOC(ctx, *out, pg_clean_name(&ctx->scratch, header));
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (pg_streq_nocase(*out, aliases[i].old)) *out = aliases[i].now;
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
        if (pg_streq_nocase(*out, measures[i].name)) *out = measures[i].name;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (pg_streq_nocase(*out, texts[i])) *out = texts[i];
    return PGDP_OK;
}

static size_t find_measure(const char *name)
{
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
        if (pg_streq(measures[i].name, name)) return i;
    return PGDP_NONE;
}

static bool is_marker(const pg_cell *cell)
{
    if (cell->kind != PG_CELL_TEXT || cell->length > 4) return false;
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++)
        if (pg_cell_is(cell, markers[i])) return true;
    return false;
}

/* "national_M2024_dl" -> "2024-05": the reference month is May. */
static pgdp_status find_vintage(pgdp_ctx *ctx, const char *label, const char **out)
{
    const char *name = strrchr(label, '/') == NULL ? label : strrchr(label, '/') + 1;
    for (const char *c = name; *c != '\0' && *out == NULL; c++) {
        const bool year = c[0] == '2' && c[1] == '0' && c[2] >= '0' && c[2] <= '9' && c[3] >= '0' && c[3] <= '9';
        if (year) PG_TRY_ALLOC(ctx, *out, pg_arena_printf(&ctx->scratch, "%.4s-05", c));
    }
    return PGDP_OK;
}

static pgdp_status add_columns(pgdp_ctx *ctx, table *t)
{
    t->n_columns = pg_row_width(&t->grid->rows[t->header]);
    PG_TRY_ALLOC(ctx, t->columns, pg_arena_alloc(&ctx->scratch, t->n_columns, sizeof *t->columns));
    for (size_t j = 0; j < t->n_columns; j++) {
        column *c = &t->columns[j];
        PG_TRY(canonical(ctx, pg_grid_text(t->grid, t->header, j), &c->name));
        if (c->name[0] == '\0') PG_TRY_ALLOC(ctx, c->name, pg_arena_printf(&ctx->scratch, "column%zu", j + 1));
        if (pgdp_frame_find(t->frame, c->name) != PGDP_NONE)
            return pg_fail_at(ctx, t->grid, t->header, j, "the header names \"%.80s\" twice; remove one of the columns",
                              c->name);
        c->measure = find_measure(c->name);
        pgdp_column about = { .name = c->name, .type = PGDP_TEXT, .vintage = t->vintage };
        if (c->measure != PGDP_NONE) {
            about.type = PGDP_REAL;
            about.unit = measures[c->measure].unit;
        }
        PG_TRY(pgdp_frame_add_column(ctx, t->frame, &about, &c->index));
    }
    return PGDP_OK;
}

/* Columns of markers, after all others and in their order, for the columns that have any. */
static pgdp_status add_flags(pgdp_ctx *ctx, table *t)
{
    bool *marked;
    PG_TRY_ALLOC(ctx, marked, pg_arena_alloc(&ctx->scratch, t->n_columns, sizeof *marked));
    for (size_t i = t->header + 1; i < t->end; i++)
        for (size_t k = 0; k < t->grid->rows[i].n; k++) {
            const pg_cell *cell = &t->grid->rows[i].cells[k];
            if (cell->column < t->n_columns && is_marker(cell)) marked[cell->column] = true;
        }
    for (size_t j = 0; j < t->n_columns; j++) {
        column *c = &t->columns[j];
        c->flag = PGDP_NONE;
        if (!marked[j] || c->measure == PGDP_NONE) continue;
        pgdp_column about = { .type = PGDP_TEXT };
        PG_TRY_ALLOC(ctx, about.name, pg_arena_printf(&ctx->scratch, "%s_flag", c->name));
        PG_TRY(pgdp_frame_add_column(ctx, t->frame, &about, &c->flag));
    }
    return PGDP_OK;
}

static pgdp_status set_text(pgdp_ctx *ctx, const table *t, size_t index, const pg_cell *cell)
{
    const char *text = cell->text;
    size_t n = cell->length;
    pg_trim(&text, &n);
    return n == 0 ? PGDP_OK : pgdp_frame_set_text(ctx, t->frame, index, text, n);
}

static pgdp_status set_cell(pgdp_ctx *ctx, table *t, size_t row, const pg_cell *cell)
{
    column *c = &t->columns[cell->column];
    double value;
    if (c->measure == PGDP_NONE) return set_text(ctx, t, c->index, cell);
    if (pg_cell_number(cell, true, &value)) {
        pgdp_frame_set_real(t->frame, c->index, value);
        return PGDP_OK;
    }
    if (is_marker(cell)) return set_text(ctx, t, c->flag, cell);
    if (pg_is_mark(cell, pg_missing_csv)) return PGDP_OK;
    return pg_fail_at(ctx, t->grid, row, cell->column,
                      "found \"%.40s\" under %s, expected a number or one of * ** # ~; correct the cell", cell->text,
                      c->name);
}

static pgdp_status fill(pgdp_ctx *ctx, table *t)
{
    PG_TRY(add_columns(ctx, t));
    PG_TRY(add_flags(ctx, t));
    PG_TRY(pg_frame_reserve(ctx, t->frame, t->end - t->header - 1));
    for (size_t i = t->header + 1; i < t->end; i++) {
        const pg_row *row = &t->grid->rows[i];
        if (row->n == 0) continue;
        if (pg_row_width(row) > t->n_columns)
            return pg_fail_at(ctx, t->grid, i, t->n_columns, "the row has more cells than the header; correct the row");
        PG_TRY(pgdp_frame_add_row(ctx, t->frame));
        for (size_t k = 0; k < row->n; k++)
            PG_TRY(set_cell(ctx, t, i, &row->cells[k]));
    }
    const size_t code = pgdp_frame_find(t->frame, "OCC_CODE");
    if (code != PGDP_NONE && pgdp_frame_find(t->frame, "TOT_EMP") != PGDP_NONE) return PGDP_OK;
    return pg_fail_at(ctx, t->grid, t->header, 0,
                      "found no column %s; expected one row a code with employment and wages",
                      code == PGDP_NONE ? "OCC_CODE" : "TOT_EMP");
}

static bool is_data(const pg_grid *grid)
{
    for (size_t k = 0; grid->n_rows > 0 && k < grid->rows[0].n; k++)
        if (pg_cell_is(&grid->rows[0].cells[k], "OCC_CODE") || pg_cell_is(&grid->rows[0].cells[k], "OCC CODE"))
            return true;
    return false;
}

/* The first sheet with occupation codes is the table; the sheets of notes become its note "notes". */
static pgdp_status read_workbook(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    pg_workbook workbook;
    table t = { .header = 0 };
    PG_TRY(pg_any_workbook_read(ctx, in, 0, &workbook));
    for (size_t i = 0; i < workbook.n_sheets && t.grid == NULL; i++) {
        if (!is_data(&workbook.sheets[i].grid)) continue;
        t.grid = &workbook.sheets[i].grid;
        PG_TRY(pg_dataset_add(ctx, out, workbook.sheets[i].name, &t.frame));
        PG_TRY(find_vintage(ctx, workbook.sheets[i].name, &t.vintage));
    }
    if (t.grid == NULL)
        return pg_fail(ctx, PGDP_PARSE,
                       "%s: no sheet begins with a header that names OCC_CODE; expected the OEWS layout", in->label);
    for (size_t i = 0; i < workbook.n_sheets; i++) {
        const pg_grid *notes = &workbook.sheets[i].grid;
        if (notes != t.grid) PG_TRY(pg_note_rows(ctx, notes, 0, notes->n_rows, t.frame, "notes"));
    }
    if (t.vintage == NULL) PG_TRY(find_vintage(ctx, in->label, &t.vintage));
    t.end = pg_sheet_end(t.grid, 1);
    return fill(ctx, &t);
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    if (pg_is_workbook(in)) return read_workbook(ctx, in, out);
    const char delimiter = pg_csv_delimiter(in);
    const pg_csv_dialect dialect = { .delimiter = delimiter == '\0' ? ',' : delimiter, .quote = '"' };
    pg_grid grid;
    table t = { .grid = &grid };
    PG_TRY(pg_csv_read(ctx, in, &dialect, &grid));
    if (grid.n_rows == 0)
        return pg_fail(ctx, PGDP_PARSE, "%s:1: found no header row, expected OCC_CODE and TOT_EMP", in->label);
    PG_TRY(pg_dataset_add(ctx, out, "", &t.frame));
    PG_TRY(find_vintage(ctx, in->label, &t.vintage));
    t.end = grid.n_rows;
    return fill(ctx, &t);
}

const pgdp_reader pg_read_oews = {
    .name = "oews",
    .title = "BLS occupational employment and wage statistics",
    .spec = "Field Descriptions sheet of the OEWS workbooks, 2010 to 2024",
    .sniff = sniff,
    .read = read,
};
