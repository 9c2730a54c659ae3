/* sheet_series.c  The published series behind the report, side by side, and what they are.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/text.h"
#include "reports/sheets.h"

enum { MAX_CHARTS = 3 };
static bool present(const pgdp_results *results)
{
    return results->series != NULL;
}

/* The rows of a chart: [first, first + n). */
typedef struct window {
    size_t first, n;
} window;

/* Longest run of periods in which all series of the unit are published, since a mark in a cell would be drawn as 0. */
static window complete_rows(const pgdp_frame *series, const char *unit)
{
    window best = { 0, 0 };
    size_t run = 0;
    for (size_t i = 0; i < pgdp_frame_n_rows(series); i++) {
        bool whole = true;
        for (size_t j = 1; j < pgdp_frame_n_columns(series); j++)
            if (pg_streq(pgdp_frame_column(series, j)->unit, unit))
                whole = whole && isfinite(pgdp_frame_reals(series, j)[i]);
        run = whole ? run + 1 : 0;
        if (run > best.n) best = (window){ i + 1 - run, run };
    }
    return best;
}

static const char *shown_value(const pg_table *table, size_t row, size_t column)
{
    return pg_say_number(table->page->book, table->values[row * table->n_columns + column].number,
                         table->columns[column].format);
}

static const char *shown_period(const pg_table *table, size_t row)
{
    const char *text = table->values[row * table->n_columns].text;
    return text != NULL ? text : shown_value(table, row, 0);
}

/* The title of the series in the list, or its id. */
static const char *title_of(const pgdp_frame *list, const char *id)
{
    const size_t series = list != NULL ? pgdp_frame_find(list, "series") : PGDP_NONE;
    const size_t title = list != NULL ? pgdp_frame_find(list, "title") : PGDP_NONE;
    for (size_t i = 0; series != PGDP_NONE && title != PGDP_NONE && i < pgdp_frame_n_rows(list); i++) {
        const char *own = pgdp_frame_text(list, series, i), *words = pgdp_frame_text(list, title, i);
        if (own != NULL && words != NULL && pg_streq(own, id)) return words;
    }
    return id;
}

/* One chart a unit, of the columns that have it; the first of them gives the message. */
static void add_chart(const pgdp_results *results, const pg_table *table, pg_page *page, size_t leader)
{
    const pgdp_frame *series = results->series;
    const char *unit = pgdp_frame_column(series, leader)->unit, *words = table->columns[leader].unit;
    const window rows = complete_rows(series, unit);
    if (rows.n < 2) return;
    const size_t last = rows.first + rows.n - 1;
    const pg_chart about = {
        .kind = PG_CHART_LINE,
        .title =
            pg_say(page->book, "%s: %s in %s, %s in %s", title_of(results->series_list, table->columns[leader].name),
                   shown_value(table, rows.first, leader), shown_period(table, rows.first),
                   shown_value(table, last, leader), shown_period(table, last)),
        .x_title = "Period",
        .y_title = words,
        .alt = pg_say(page->book, "Lines: the published series of the report in %s, %s to %s", words,
                      shown_period(table, rows.first), shown_period(table, last)),
        .table = table,
        .first_row = rows.first,
        .n_rows = rows.n,
        .y_format = table->columns[leader].format,
        .free_floor = true,
    };
    pg_chart *chart = pg_page_chart(page, &about);
    for (size_t j = 1; j < table->n_columns; j++)
        if (pg_streq(pgdp_frame_column(series, j)->unit, unit))
            pg_chart_series(chart, title_of(results->series_list, table->columns[j].name), 0, j);
}

static void add_charts(const pgdp_results *results, const pg_table *table, pg_page *page)
{
    const pgdp_frame *series = results->series;
    size_t made = 0;
    for (size_t j = 1; j < pgdp_frame_n_columns(series) && made < MAX_CHARTS; j++) {
        const pgdp_column *about = pgdp_frame_column(series, j);
        bool first = about->type == PGDP_REAL && about->unit[0] != '\0';
        for (size_t k = 1; k < j; k++)
            first = first && !pg_streq(pgdp_frame_column(series, k)->unit, about->unit);
        if (!first) continue;
        add_chart(results, table, page, j);
        made++;
    }
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    static const pg_shown shown[] = { { .column = "period", .name = "Period" }, { .column = NULL } };
    pg_table *table;
    PG_TRY(pg_frame_table(ctx, page, "series", results->series, shown, &table));
    page->frozen_columns = 1;
    if (table->n_rows > 0) add_charts(results, table, page);
    pg_page_note(page, "[x]: not published for the period. Publishers and addresses: sheet Sources.");
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_series = {
    .name = "Series",
    .title = "Series",
    .about = "One row a period, one column a published series; what they are stands on the sheet Series list",
    .present = present,
    .fill = fill,
};
