/* sheet_uncertainty.c  Bands of the Monte Carlo draws and what drives them. Source: methodology 5.6.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "gap/model.h"
#include "reports/sheets.h"

static const pg_shown bands[] = {
    { .column = "name", .name = "Aggregate" },
    { .column = "central", .name = "Central", .by_row = true },
    { .column = "mean", .name = "Mean", .by_row = true },
    { .column = "sd", .name = "Std. deviation", .by_row = true },
    { .column = "p05", .name = "5th percentile", .by_row = true },
    { .column = "p25", .name = "25th percentile", .by_row = true },
    { .column = "p50", .name = "Median", .by_row = true },
    { .column = "p75", .name = "75th percentile", .by_row = true },
    { .column = "p95", .name = "95th percentile", .by_row = true },
    { .column = "unit", .name = "Unit" },
    { .column = NULL },
};
static const pg_shown shares[] = {
    { .column = "name", .name = "Parameter" },
    { .column = "rank_correlation_squared", .name = "Rank correlation squared" },
    { .column = "variance_share", .name = "Share of variance" },
    { .column = NULL },
};

static bool present(const pgdp_results *results)
{
    return results->bands != NULL || results->shares != NULL;
}

/* Symbols in words: the aggregate of that name, or the symbol itself. */
static void name_aggregates(pg_table *table)
{
    for (size_t i = 0; i < table->n_rows; i++) {
        pg_value *cell = &table->values[i * table->n_columns];
        for (const pg_gap_item *item = pg_gap_items; item->name != NULL; item++)
            if (cell->text != NULL && pg_streq(item->name, cell->text)) cell->text = item->text;
    }
}

/* Phantom GDP at the three indexes stands in three rows that follow one another. */
static void add_band_chart(const pg_table *table, pg_page *page)
{
    const size_t low = pg_shown_column(table, "5th percentile"), middle = pg_shown_column(table, "Median"),
                 high = pg_shown_column(table, "95th percentile");
    size_t first = 0;
    while (first < table->n_rows &&
           !pg_streq(table->values[first * table->n_columns].text, pg_gap_items[PG_GAP_phi_l].text))
        first++;
    if (first + 3 > table->n_rows || low == PGDP_NONE || middle == PGDP_NONE || high == PGDP_NONE) return;
    const pg_value *fisher = &table->values[(first + 1) * table->n_columns];
    const pg_chart about = {
        .kind = PG_CHART_RANGE,
        .title = pg_say(page->book, "Phantom GDP: 90%% of draws between USD %s bn and %s bn (Fisher)",
                        pg_say_number(page->book, fisher[low].number, PG_FORMAT_billions),
                        pg_say_number(page->book, fisher[high].number, PG_FORMAT_billions)),
        .x_title = "Index number",
        .y_title = "USD bn",
        .alt =
            "Interval chart: phantom GDP at the Laspeyres, Fisher and Paasche indexes, 5th percentile, median and 95th "
            "percentile of the draws",
        .table = table,
        .first_row = first,
        .n_rows = 3,
        .y_format = PG_FORMAT_billions,
        .free_floor = true,
    };
    pg_chart *chart = pg_page_chart(page, &about);
    pg_chart_series(chart, "5th percentile", 0, low);
    pg_chart_series(chart, "Median", 0, middle);
    pg_chart_series(chart, "95th percentile", 0, high);
}

static void add_share_chart(const pg_table *table, pg_page *page)
{
    const size_t share = pg_shown_column(table, "Share of variance");
    size_t most = 0;
    if (table->n_rows == 0 || share == PGDP_NONE) return;
    for (size_t i = 1; i < table->n_rows; i++)
        if (table->values[i * table->n_columns + share].number > table->values[most * table->n_columns + share].number)
            most = i;
    const pg_chart about = {
        .kind = PG_CHART_BAR,
        .title = pg_say(
            page->book, "What the spread of the headline comes from: first, %s",
            table->values[most * table->n_columns].text != NULL ? table->values[most * table->n_columns].text : ""),
        .x_title = "Parameter",
        .y_title = "Share of the variance of phantom GDP (Fisher), %",
        .alt = "Bars: share of the variance of phantom GDP that each uncertain parameter explains",
        .table = table,
        .n_rows = table->n_rows,
        .y_format = PG_FORMAT_percent,
    };
    pg_chart_series(pg_page_chart(page, &about), "Share of variance", 0, share);
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    pg_table *table;
    if (results->bands != NULL) {
        pg_page_heading(page, "Bands of the aggregates");
        PG_TRY(pg_frame_table(ctx, page, "bands", results->bands, bands, &table));
        name_aggregates(table);
        add_band_chart(table, page);
    }
    if (results->shares != NULL) {
        pg_page_heading(page, "What drives the headline");
        PG_TRY(pg_frame_table(ctx, page, "variance_shares", results->shares, shares, &table));
        for (size_t i = 0; i < table->n_rows; i++) {
            pg_value *cell = &table->values[i * table->n_columns];
            if (cell->text != NULL) cell->text = pg_spoken(page->book, cell->text);
        }
        add_share_chart(table, page);
    }
    pg_page_note(
        page, "Seeded Monte Carlo under the distributions of the sheet Scenarios; draw i has its own random stream, so "
              "the number of threads changes nothing. Central: all parameters at their central values.");
    pg_page_note(page, "Share of variance: squared rank correlation with phantom GDP (Fisher), scaled to add up to 1.");
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_uncertainty = {
    .name = "Uncertainty",
    .title = "Uncertainty of phantom GDP",
    .about = "Two tables: percentiles of every aggregate over the draws, and the share of variance of each parameter",
    .present = present,
    .fill = fill,
};
