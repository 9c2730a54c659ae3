/* sheet_top_down.c  Measured output beside what hours and the earlier productivity trend imply.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/sheets.h"

static const pg_shown shown[] = {
    { .column = "period", .name = "Period" },
    { .column = "actual", .name = "Measured" },
    { .column = "implied", .name = "Implied" },
    { .column = "conf_low", .name = "Low" },
    { .column = "conf_high", .name = "High" },
    { .column = "gap_pct", .name = "Measured less implied" },
    { .column = "gap_usd_bn", .name = "Measured less implied, annual rate" },
    { .column = "gap_low_usd_bn", .name = "Low, annual rate" },
    { .column = "gap_high_usd_bn", .name = "High, annual rate" },
    { .column = "gdp_less_gdi_usd_bn", .name = "GDP less GDI" },
    { .column = NULL },
};

static bool present(const pgdp_results *results)
{
    return results->top_down != NULL;
}

static void add_chart(const pg_table *table, pg_page *page)
{
    static const char *const names[] = { "Measured", "Implied", "Low", "High" };
    const size_t period = pg_shown_column(table, "Period");
    if (table->n_rows == 0 || period == PGDP_NONE) return;
    const size_t gap = pg_shown_column(table, "Measured less implied");
    const pg_value *last = &table->values[(table->n_rows - 1) * table->n_columns];
    const pg_chart about = {
        .kind = PG_CHART_LINE,
        .title = gap == PGDP_NONE
                     ? "Measured output beside what hours and the earlier trend imply"
                     : pg_say(page->book, "Measured output less what hours and the trend imply: %s%% in %s",
                              pg_say_number(page->book, last[gap].number, PG_FORMAT_number1),
                              last[period].text != NULL ? last[period].text : "the last period"),
        .x_title = "Quarter",
        .y_title = "Real output, index",
        .alt =
            "Lines: measured real output, output implied by hours and the earlier productivity trend, and its interval",
        .table = table,
        .n_rows = table->n_rows,
        .y_format = PG_FORMAT_number1,
        .free_floor = true,
    };
    pg_chart *chart = pg_page_chart(page, &about);
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        const size_t column = pg_shown_column(table, names[k]);
        if (column != PGDP_NONE) pg_chart_series(chart, names[k], period, column);
    }
    for (size_t i = 2; chart != NULL && i < chart->n_series; i++)
        chart->series[i].pale = chart->series[i].dashed = true;
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    pg_table *table;
    PG_TRY(pg_frame_table(ctx, page, "top_down", results->top_down, shown, &table));
    add_chart(table, page);
    page->frozen_columns = 1;
    pg_page_note(page,
                 "Implied: hours times the productivity that a log-linear trend of the estimation sample predicts; the "
                 "regression stands on Regressions. Low and High: prediction interval. Seasonally adjusted, annual "
                 "rates; index and vintages as on Series.");
    pg_page_note(
        page, "A positive gap may be AI's or any other cause of faster productivity; output that nobody measures does "
              "not show here at all.");
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_top_down = {
    .name = "Top-down",
    .title = "Top-down: measured and implied output",
    .about = "One row a quarter after the estimation sample: measured and implied output, interval, gap",
    .present = present,
    .fill = fill,
};
