/* read_nipa_flat.c  NIPA flat files of the BEA: NipaDataA, Q, M, SeriesRegister, TablesRegister. Source: formats.md 12.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/text.h"
#include "ingest/csv.h"
#include "ingest/fill.h"
#include "ingest/readers.h"
#include "ingest/table.h"

enum { CODE, PERIOD, VALUE, FLAG };
static const char *const marks[] = { "(NA)", "(D)", "(L)", "---", ".....", "....", "n.s.", NULL };

static int sniff(const pgdp_bytes *head)
{
    const bool series = pg_bytes_start(head, "%SeriesCode,") || pg_bytes_start(head, "\"%SeriesCode\",");
    return series || pg_bytes_start(head, "TableId,TableTitle") || pg_bytes_start(head, "%TableId,TableTitle")
               ? PG_SURE
               : PG_NOT_OURS;
}

/* The first name begins with a per cent sign that is no part of it. */
static void drop_sign(pg_grid *grid)
{
    pg_cell *first = &grid->rows[0].cells[0];
    if (first->text[0] != '%') return;
    first->text++;
    first->length--;
}

static pgdp_status add_row(pgdp_ctx *ctx, const pg_grid *grid, size_t i, pgdp_frequency frequency, pgdp_frame *frame)
{
    const pg_cell *code = pg_grid_at(grid, i, CODE), *value = pg_grid_at(grid, i, VALUE);
    pgdp_period period;
    double number;
    if (code == NULL) return pg_fail_at(ctx, grid, i, CODE, "found no series code, expected one a row");
    if (!pg_cell_period(pg_grid_at(grid, i, PERIOD), &period) || period.frequency != frequency)
        return pg_fail_at(ctx, grid, i, PERIOD, "found \"%.40s\", expected a period of the same frequency as above",
                          pg_grid_text(grid, i, PERIOD));
    PG_TRY(pgdp_frame_add_row(ctx, frame));
    PG_TRY(pgdp_frame_set_text(ctx, frame, CODE, code->text, code->length));
    pgdp_frame_set_period(frame, PERIOD, period.ordinal);
    if (value == NULL) return PGDP_OK;
    if (pg_is_mark(value, marks)) return pgdp_frame_set_text(ctx, frame, FLAG, value->text, value->length);
    if (!pg_cell_number(value, true, &number))
        return pg_fail_at(ctx, grid, i, VALUE, "found \"%.40s\", expected a number or a mark such as (NA)",
                          value->text);
    pgdp_frame_set_real(frame, VALUE, number);
    return PGDP_OK;
}

static pgdp_status fill_data(pgdp_ctx *ctx, const pg_grid *grid, pgdp_frame *frame)
{
    pgdp_period first;
    if (!pg_cell_is(pg_grid_at(grid, 0, PERIOD), "Period") || !pg_cell_is(pg_grid_at(grid, 0, VALUE), "Value"))
        return pg_fail_at(ctx, grid, 0, PERIOD, "found \"%.40s\", expected the header %%SeriesCode,Period,Value",
                          pg_grid_text(grid, 0, PERIOD));
    if (grid->n_rows < 2 || !pg_cell_period(pg_grid_at(grid, 1, PERIOD), &first))
        return pg_fail_at(ctx, grid, 1, PERIOD, "found \"%.40s\", expected a period such as 2031Q1",
                          pg_grid_text(grid, 1, PERIOD));
    const pgdp_column columns[] = {
        { .name = "SeriesCode", .type = PGDP_TEXT },
        { .name = "period", .type = PGDP_PERIOD, .frequency = first.frequency },
        { .name = "Value", .type = PGDP_REAL },
        { .name = "Value_flag", .type = PGDP_TEXT },
    };
    PG_TRY(pg_add_columns(ctx, frame, columns, sizeof columns / sizeof *columns));
    PG_TRY(pg_frame_reserve(ctx, frame, grid->n_rows - 1));
    for (size_t i = 1; i < grid->n_rows; i++)
        if (grid->rows[i].n > 0) PG_TRY(add_row(ctx, grid, i, first.frequency, frame));
    return PGDP_OK;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    static const char *const codes[] = { "SeriesCode", "TableId", "TableId:LineNo", "SeriesCodeParents", NULL };
    const pg_csv_dialect dialect = { .delimiter = ',', .quote = '"' };
    const pg_rules rules = { .missing = marks, .codes = codes, .text_holds_numbers = true };
    pg_grid grid;
    pgdp_frame *frame;
    PG_TRY(pg_csv_read(ctx, in, &dialect, &grid));
    if (grid.n_rows == 0 || grid.rows[0].n == 0)
        return pg_fail(ctx, PGDP_PARSE, "%s:1: found no header row, expected %%SeriesCode or TableId", in->label);
    PG_TRY(pg_dataset_add(ctx, out, "", &frame));
    drop_sign(&grid);
    if (pg_cell_is(pg_grid_at(&grid, 0, CODE), "SeriesCode") && pg_row_width(&grid.rows[0]) == VALUE + 1)
        return fill_data(ctx, &grid, frame);
    return pg_table_fill(ctx, &grid, (pg_span){ 0, 1, grid.n_rows }, &rules, frame);
}

const pgdp_reader pg_read_nipa_flat = {
    .name = "nipa_flat",
    .title = "BEA, NIPA flat files",
    .spec = "https://apps.bea.gov/national/Release/TXT/, NipaDataA, NipaDataQ, NipaDataM and their registers",
    .sniff = sniff,
    .read = read,
};
