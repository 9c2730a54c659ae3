/* read_fed_ddp.c  Federal Reserve Board, Data Download Program, a series a column or a row. Source: formats.md 5.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/text.h"
#include "ingest/csv.h"
#include "ingest/readers.h"
#include "ingest/table.h"

enum { HEADERS = 12 };
static const char *const marks[] = { "ND", "NA", "N/A", ".", NULL };

typedef struct release {
    const pg_grid *grid;
    pgdp_frame *frame;
    size_t descriptions, units, multipliers, names; /* header rows; PGDP_NONE: not there */
    size_t n_columns;
} release;

static int sniff(const pgdp_bytes *head)
{
    return pg_bytes_start(head, "\"Series Description\",") || pg_bytes_start(head, "Series Description,") ? PG_SURE
                                                                                                          : PG_NOT_OURS;
}

static size_t find_row(const pg_grid *grid, const char *name)
{
    for (size_t i = 0; i < grid->n_rows && i < HEADERS; i++)
        if (pg_cell_is(pg_grid_at(grid, i, 0), name)) return i;
    return PGDP_NONE;
}

static pgdp_status note_cell(pgdp_ctx *ctx, const release *r, const char *what, const char *name, const char *value)
{
    const char *key;
    PG_TRY_ALLOC(ctx, key, pg_arena_printf(&ctx->scratch, "%s:%s", what, name));
    return pgdp_frame_set_note(ctx, r->frame, key, value);
}

static pgdp_status add_column(pgdp_ctx *ctx, const release *r, size_t j)
{
    pgdp_column about = { .type = PGDP_REAL, .unit = pg_grid_text(r->grid, r->units, j) };
    PG_TRY_ALLOC(ctx, about.name, pg_clean_name(&ctx->scratch, pg_grid_text(r->grid, r->names, j)));
    if (about.name[0] == '\0' || pgdp_frame_find(r->frame, about.name) != PGDP_NONE)
        return pg_fail_at(ctx, r->grid, r->names, j,
                          "the series name \"%.80s\" is empty or comes twice, expected one name a "
                          "column",
                          about.name);
    if (strstr(about.name, "_N.") != NULL) about.adjustment = "not_seasonally_adjusted";
    PG_TRY(pgdp_frame_add_column(ctx, r->frame, &about, NULL));
    const char *description, *multiplier = pg_grid_text(r->grid, r->multipliers, j);
    PG_TRY_ALLOC(ctx, description, pg_clean_name(&ctx->scratch, pg_grid_text(r->grid, r->descriptions, j)));
    PG_TRY(note_cell(ctx, r, "title", about.name, description));
    if (multiplier[0] == '\0' || pg_streq(multiplier, "1")) return PGDP_OK;
    return note_cell(ctx, r, "multiplier", about.name, multiplier); /* values stay as printed */
}

static pgdp_status add_row(pgdp_ctx *ctx, const release *r, size_t i, pgdp_frequency frequency)
{
    const pg_row *row = &r->grid->rows[i];
    pgdp_period period;
    double value;
    if (!pg_cell_period(pg_grid_at(r->grid, i, 0), &period) || period.frequency != frequency)
        return pg_fail_at(ctx, r->grid, i, 0, "found \"%.40s\", expected a period of the same frequency as above",
                          pg_grid_text(r->grid, i, 0));
    PG_TRY(pgdp_frame_add_row(ctx, r->frame));
    pgdp_frame_set_period(r->frame, 0, period.ordinal);
    for (size_t k = 1; k < row->n; k++) {
        const pg_cell *cell = &row->cells[k];
        if (pg_is_mark(cell, marks)) continue;
        if (cell->column >= r->n_columns || !pg_cell_number(cell, false, &value))
            return pg_fail_at(ctx, r->grid, i, cell->column,
                              "found \"%.40s\", expected a number, ND or nothing; correct "
                              "the cell",
                              cell->text);
        pgdp_frame_set_real(r->frame, cell->column, value);
    }
    return PGDP_OK;
}

static pgdp_status fill(pgdp_ctx *ctx, release *r)
{
    pgdp_period first;
    const size_t n_rows = r->grid->n_rows;
    if (r->names + 1 >= n_rows || !pg_cell_period(pg_grid_at(r->grid, r->names + 1, 0), &first))
        return pg_fail_at(ctx, r->grid, r->names + 1, 0, "found \"%.40s\", expected the first period below the header",
                          pg_grid_text(r->grid, r->names + 1, 0));
    const pgdp_column period = { .name = "period", .type = PGDP_PERIOD, .frequency = first.frequency };
    r->n_columns = pg_row_width(&r->grid->rows[r->names]);
    PG_TRY(pgdp_frame_add_column(ctx, r->frame, &period, NULL));
    for (size_t j = 1; j < r->n_columns; j++)
        PG_TRY(add_column(ctx, r, j));
    PG_TRY(pg_frame_reserve(ctx, r->frame, n_rows - r->names - 1));
    for (size_t i = r->names + 1; i < n_rows; i++)
        if (r->grid->rows[i].n > 0) PG_TRY(add_row(ctx, r, i, first.frequency));
    return PGDP_OK;
}

/* layout=seriesrow: attributes, then the periods across. The column of the first period, or PGDP_NONE. */
static size_t first_period(const pg_grid *grid)
{
    pgdp_period period;
    for (size_t k = 1; grid->n_rows > 0 && k < grid->rows[0].n; k++)
        if (pg_cell_period(&grid->rows[0].cells[k], &period)) return grid->rows[0].cells[k].column;
    return PGDP_NONE;
}

/* A column of the file becomes a row; the names of the series are called as in the other layout. */
static pgdp_status turn_column(pgdp_ctx *ctx, const pg_grid *from, size_t column, const char *as, pg_grid *to)
{
    if (!pg_grid_add_row(to, 1)) return pg_no_memory(ctx);
    for (size_t i = 0; i < from->n_rows; i++) {
        const pg_cell *cell = pg_grid_at(from, i, column);
        if (cell == NULL) continue;
        pg_cell turned = *cell;
        turned.column = (uint16_t)i;
        if (i == 0 && as != NULL) turned = (pg_cell){ as, (uint32_t)strlen(as), 0, PG_CELL_TEXT };
        if (!pg_grid_add_cell(to, turned)) return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

static pgdp_status turn(pgdp_ctx *ctx, const pg_grid *from, size_t periods, pg_grid *to)
{
    static const char *const called[] = { "Series Name", "Series", "Time Period", "Unique Identifier" };
    size_t names = PGDP_NONE;
    for (size_t c = 0; c < sizeof called / sizeof *called && names == PGDP_NONE; c++)
        for (size_t j = 0; j < periods; j++)
            if (pg_cell_is(pg_grid_at(from, 0, j), called[c])) names = j;
    if (names == PGDP_NONE || from->n_rows > PG_GRID_COLUMNS)
        return pg_fail_at(ctx, from, 0, 0,
                          "found periods across, but no column Series Name, Time Period or Unique Identifier%s",
                          names == PGDP_NONE ? "" : ", or too many rows");
    pg_grid_init(to, &ctx->scratch, from->label);
    for (size_t j = 0; j < periods; j++)
        if (j != names) PG_TRY(turn_column(ctx, from, j, NULL, to));
    PG_TRY(turn_column(ctx, from, names, "Time Period", to));
    for (size_t j = periods; j < pg_row_width(&from->rows[0]); j++)
        PG_TRY(turn_column(ctx, from, j, NULL, to));
    return PGDP_OK;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    const pg_csv_dialect dialect = { .delimiter = ',', .quote = '"' };
    pg_grid grid, across;
    release r = { .grid = &grid };
    PG_TRY(pg_csv_read(ctx, in, &dialect, &grid));
    const size_t periods = first_period(&grid);
    if (periods != PGDP_NONE) {
        across = grid;
        PG_TRY(turn(ctx, &across, periods, &grid));
    }
    r.descriptions = find_row(&grid, "Series Description");
    r.units = find_row(&grid, "Unit");
    r.multipliers = find_row(&grid, "Multiplier");
    r.names = find_row(&grid, "Time Period");
    if (r.names == PGDP_NONE)
        return pg_fail(ctx, PGDP_PARSE,
                       "%s: found no header row \"Time Period\" and no periods across; download with one series a "
                       "column (layout=seriescolumn, label=include)",
                       in->label);
    PG_TRY(pg_dataset_add(ctx, out, "", &r.frame));
    return fill(ctx, &r);
}

const pgdp_reader pg_read_fed_ddp = {
    .name = "fed_ddp",
    .title = "Federal Reserve Board, Data Download Program",
    .spec = "https://www.federalreserve.gov/datadownload/, layout=seriescolumn or seriesrow",
    .sniff = sniff,
    .read = read,
};
