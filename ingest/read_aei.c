/* read_aei.c  Anthropic Economic Index, the long layouts of September 2025 on and of June 2026 on. Source:
 * formats.md 16. SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/text.h"
#include "ingest/csv.h"
#include "ingest/fill.h"
#include "ingest/readers.h"
#include "ingest/table.h"

/* Columns of the two layouts; all but the dates, the levels and the value are text, and "NA" is Namibia. */
static const char *const long_names[] = { "geo_id", "geography", "date_start", "date_end",     "platform_and_product",
                                          "facet",  "level",     "variable",   "cluster_name", "value" };
static const char *const node_names[] = { "date_start",      "date_end",  "geo_id", "geo_level", "category_name",
                                          "hierarchy_level", "metric_id", "value",  "node_name", "node_external_id" };
enum { N_NAMES = sizeof long_names / sizeof *long_names };

static bool holds_all(const pgdp_bytes *head, const char *const *names)
{
    for (size_t i = 0; i < N_NAMES; i++)
        if (!pg_bytes_hold(head, 0, names[i])) return false;
    return true;
}

static int sniff(const pgdp_bytes *head)
{
    return holds_all(head, long_names) || holds_all(head, node_names) ? PG_SURE : PG_NOT_OURS;
}

static bool is_listed(const char *name, const char *const *list)
{
    for (size_t i = 0; list[i] != NULL; i++)
        if (pg_streq(list[i], name)) return true;
    return false;
}

static pgdp_status add_columns(pgdp_ctx *ctx, const pg_grid *grid, pgdp_frame *frame)
{
    static const char *const numbers[] = { "level", "hierarchy_level", "value", NULL };
    static const char *const dates[] = { "date_start", "date_end", NULL };
    for (size_t j = 0; j < pg_row_width(&grid->rows[0]); j++) {
        pgdp_column about = { .type = PGDP_TEXT };
        PG_TRY_ALLOC(ctx, about.name, pg_clean_name(&ctx->scratch, pg_grid_text(grid, 0, j)));
        if (is_listed(about.name, numbers)) about.type = PGDP_REAL;
        if (is_listed(about.name, dates)) about.type = PGDP_PERIOD;
        if (about.type == PGDP_PERIOD) about.frequency = PGDP_DAILY;
        if (about.name[0] == '\0' || pgdp_frame_find(frame, about.name) != PGDP_NONE)
            return pg_fail_at(ctx, grid, 0, j, "the column \"%.40s\" has no name or comes twice", about.name);
        PG_TRY(pgdp_frame_add_column(ctx, frame, &about, NULL));
    }
    return PGDP_OK;
}

static pgdp_status set_cell(pgdp_ctx *ctx, const pg_grid *grid, size_t row, const pg_cell *cell, pgdp_frame *frame)
{
    pgdp_period day;
    double value;
    if (cell->column >= pgdp_frame_n_columns(frame))
        return pg_fail_at(ctx, grid, row, cell->column, "found \"%.40s\" beyond the header; quote texts with a comma",
                          cell->text);
    switch (pgdp_frame_column(frame, cell->column)->type) {
    case PGDP_REAL:
        if (!pg_cell_number(cell, false, &value))
            return pg_fail_at(ctx, grid, row, cell->column, "found \"%.40s\", expected a number", cell->text);
        pgdp_frame_set_real(frame, cell->column, value);
        return PGDP_OK;
    case PGDP_PERIOD:
        if (!pg_cell_period(cell, &day) || day.frequency != PGDP_DAILY)
            return pg_fail_at(ctx, grid, row, cell->column, "found \"%.40s\", expected a day such as 2031-02-28",
                              cell->text);
        pgdp_frame_set_period(frame, cell->column, day.ordinal);
        return PGDP_OK;
    default:
        return pgdp_frame_set_text(ctx, frame, cell->column, cell->text, cell->length);
    }
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    const pg_csv_dialect dialect = { .delimiter = ',', .quote = '"' };
    pg_grid grid;
    pgdp_frame *frame;
    PG_TRY(pg_csv_read(ctx, in, &dialect, &grid));
    if (grid.n_rows == 0 || sniff(in) == PG_NOT_OURS)
        return pg_fail(ctx, PGDP_PARSE,
                       "%s:1: the header is neither that of releases since September 2025 (geo_id, geography, ...) nor "
                       "that of June 2026 (..., node_name); earlier files are of format aei_flat",
                       in->label);
    PG_TRY(pg_dataset_add(ctx, out, "", &frame));
    PG_TRY(add_columns(ctx, &grid, frame));
    PG_TRY(pg_frame_reserve(ctx, frame, grid.n_rows - 1));
    for (size_t i = 1; i < grid.n_rows; i++) {
        if (grid.rows[i].n == 0) continue;
        PG_TRY(pgdp_frame_add_row(ctx, frame));
        for (size_t k = 0; k < grid.rows[i].n; k++)
            PG_TRY(set_cell(ctx, &grid, i, &grid.rows[i].cells[k], frame));
    }
    if (pgdp_frame_find(frame, "node_name") == PGDP_NONE) return PGDP_OK;
    return pgdp_frame_set_note(ctx, frame, "date_end", "exclusive; a row that is not there was not published");
}

const pgdp_reader pg_read_aei = {
    .name = "aei",
    .title = "Anthropic Economic Index, long layouts",
    .spec = "https://huggingface.co/datasets/Anthropic/EconomicIndex, releases of September 2025 on",
    .sniff = sniff,
    .read = read,
};
