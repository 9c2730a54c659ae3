/* sheet_charts.c  All charts on one page; each is declared by the sheet that holds its data.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/sheets.h"

static bool present(const pgdp_results *results)
{
    return results->headline != NULL || results->calibration != NULL || results->gap != NULL ||
           results->bands != NULL || results->top_down != NULL || results->series != NULL;
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    (void)ctx, (void)results;
    page->gallery = true;
    pg_table *table = pg_page_table(page, "charts", NULL);
    pg_table_column(table, "Chart", "", PG_FORMAT_integer);
    pg_table_column(table, "What it says", "", PG_FORMAT_text);
    pg_table_column(table, "Data", "", PG_FORMAT_text);
    for (const pg_page *other = page->book->pages; other != NULL; other = other->next) {
        for (const pg_chart *chart = other->charts; chart != NULL; chart = chart->next) {
            pg_table_row(table);
            if (table != NULL) pg_put_number(table, 0, (double)table->n_rows);
            pg_put_text(table, 1, chart->title);
            pg_put_link(table, 2, pg_page_link(other), other->name);
        }
    }
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_charts = {
    .name = "Charts",
    .title = "Charts",
    .about = "One row a chart: its message and the sheet with its data; the charts themselves, left to right, below",
    .after = 3,
    .present = present,
    .fill = fill,
};
