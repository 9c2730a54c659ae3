/* read_bea_gdplev.c  BEA's gdplev workbook: annual and quarterly GDP side by side, a table each. Source:
 * formats.md 12.1. SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/text.h"
#include "ingest/fill.h"
#include "ingest/readers.h"
#include "ingest/sheet.h"
#include "ingest/xls.h"

enum { PERIOD, CURRENT, CHAINED, N_COLUMNS };
static const char *const missing[] = { "---", "....", ".....", "(NA)", NULL };
static const char title[] = "Current-Dollar and \"Real\" Gross Domestic Product";
static const char current[] = "GDP in billions of current dollars", chained[] = "GDP in billions of chained ";

static int sniff(const pgdp_bytes *head)
{
    return pg_bytes_start(head, PG_WORKBOOK) && pg_bytes_hold(head, head->n, title) ? PG_SURE : PG_NOT_OURS;
}

/* The date in the rows above is that of the release. */
static const char *vintage_of(const pg_grid *grid, size_t header)
{
    for (size_t i = 0; i < header; i++)
        for (size_t k = 0; k < grid->rows[i].n; k++)
            if (grid->rows[i].cells[k].kind == PG_CELL_DATE) return grid->rows[i].cells[k].text;
    return "";
}

static pgdp_status add_row(pgdp_ctx *ctx, const pg_grid *grid, const size_t at[2], pgdp_frequency frequency,
                           pgdp_frame *frame)
{
    pgdp_period period;
    if (pg_grid_at(grid, at[0], at[1]) == NULL) return PGDP_OK; /* the shorter block has ended */
    if (!pg_cell_period(pg_grid_at(grid, at[0], at[1]), &period) || period.frequency != frequency)
        return pg_fail_at(ctx, grid, at[0], at[1], "found \"%.40s\", expected a period like those above it",
                          pg_grid_text(grid, at[0], at[1]));
    PG_TRY(pgdp_frame_add_row(ctx, frame));
    pgdp_frame_set_period(frame, PERIOD, period.ordinal);
    for (size_t j = CURRENT; j < N_COLUMNS; j++) {
        const pg_cell *cell = pg_grid_at(grid, at[0], at[1] + j);
        double value;
        if (cell == NULL || pg_is_mark(cell, missing)) continue;
        if (!pg_cell_number(cell, true, &value))
            return pg_fail_at(ctx, grid, at[0], at[1] + j, "found \"%.40s\", expected a number", cell->text);
        pgdp_frame_set_real(frame, j, value);
    }
    return PGDP_OK;
}

/* The block whose periods stand in a column. */
static pgdp_status read_block(pgdp_ctx *ctx, const pg_grid *grid, size_t header, size_t column, pgdp_dataset *out)
{
    pgdp_period first;
    pgdp_frame *frame;
    size_t from = header + 1;
    while (from < grid->n_rows && !pg_cell_period(pg_grid_at(grid, from, column), &first))
        from++; /* a row of units */
    if (from == grid->n_rows)
        return pg_fail_at(ctx, grid, header, column, "found no period below, expected 1929 or 1947Q1");
    const char *vintage = vintage_of(grid, header), *adjustment = "";
    if (first.frequency == PGDP_QUARTERLY) adjustment = "seasonally_adjusted";
    const pgdp_column columns[N_COLUMNS] = {
        [PERIOD] = { "period", PGDP_PERIOD, "", "", "", "", first.frequency },
        [CURRENT] = { "gdp_current", PGDP_REAL, "usd_bn", "current_prices", adjustment, vintage, PGDP_NO_FREQUENCY },
        [CHAINED] = { "gdp_chained", PGDP_REAL, "usd_bn", "chained_volume", adjustment, vintage, PGDP_NO_FREQUENCY },
    };
    PG_TRY(pg_dataset_add(ctx, out, pgdp_frequency_name(first.frequency), &frame));
    PG_TRY(pg_add_columns(ctx, frame, columns, N_COLUMNS));
    PG_TRY(pg_note_rows(ctx, grid, 0, header, frame, "title"));
    PG_TRY(pg_note_of(ctx, frame, "title", "gdp_current", pg_grid_text(grid, header, column + CURRENT)));
    PG_TRY(pg_note_of(ctx, frame, "title", "gdp_chained", pg_grid_text(grid, header, column + CHAINED)));
    for (size_t i = from; i < grid->n_rows; i++)
        PG_TRY(add_row(ctx, grid, (size_t[]){ i, column }, first.frequency, frame));
    return PGDP_OK;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    pg_workbook book;
    PG_TRY(pg_any_workbook_read(ctx, in, 0, &book));
    for (size_t s = 0; s < book.n_sheets; s++) {
        const pg_grid *grid = &book.sheets[s].grid;
        for (size_t i = 0; i < grid->n_rows; i++)
            for (size_t k = 0; k < grid->rows[i].n; k++) {
                const size_t column = grid->rows[i].cells[k].column;
                if (column == 0 || !pg_starts_with(grid->rows[i].cells[k].text, current) ||
                    !pg_starts_with(pg_grid_text(grid, i, column + 1), chained))
                    continue;
                PG_TRY(read_block(ctx, grid, i, column - 1, out));
            }
    }
    return PGDP_OK;
}

const pgdp_reader pg_read_bea_gdplev = {
    .name = "bea_gdplev",
    .title = "BEA GDP levels, annual and quarterly",
    .spec = "https://apps.bea.gov/national/xls/gdplev.xlsx",
    .sniff = sniff,
    .read = read,
};
