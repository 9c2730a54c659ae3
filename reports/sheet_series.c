/* sheet_series.c  The published series behind the report, side by side, and what they are.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "reports/sheets.h"

enum { MAX_CHARTS = 3 };
static const pg_shown about_series[] = {
    { .column = "series", .name = "Series" },
    { .column = "title", .name = "Title" },
    { .column = "unit", .name = "Unit" },
    { .column = "price_basis", .name = "Price basis" },
    { .column = "adjustment", .name = "Adjustment" },
    { .column = "frequency", .name = "Frequency" },
    { .column = "vintage", .name = "Vintage" },
    { .column = "source", .name = "Source" },
    { .column = NULL },
};

static bool present(const pgdp_results *results)
{
    return results->series != NULL;
}

/* Rows of the list that are shown: those of a column's name and, where the column says one, its vintage. */
static bool is_shown(const pgdp_frame *series, const char *id, const char *vintage)
{
    const size_t column = id != NULL ? pgdp_frame_find(series, id) : PGDP_NONE;
    if (column == PGDP_NONE) return false;
    const char *own = pgdp_frame_column(series, column)->vintage;
    return own[0] == '\0' || vintage == NULL || pg_streq(own, vintage);
}

static pgdp_status add_list(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    const pgdp_frame *list = results->series_list;
    size_t *rows, n = 0;
    const size_t id = list != NULL ? pgdp_frame_find(list, "series") : PGDP_NONE;
    if (id == PGDP_NONE) return PGDP_OK;
    const size_t vintage = pgdp_frame_find(list, "vintage");
    PG_TRY_ALLOC(ctx, rows, pg_arena_alloc(&ctx->scratch, pgdp_frame_n_rows(list), sizeof *rows));
    for (size_t i = 0; i < pgdp_frame_n_rows(list); i++) {
        const bool dated = vintage != PGDP_NONE && pgdp_frame_column(list, vintage)->type == PGDP_TEXT;
        const char *date = dated ? pgdp_frame_text(list, vintage, i) : NULL;
        if (is_shown(results->series, pgdp_frame_text(list, id, i), date)) rows[n++] = i;
    }
    if (n == 0) return PGDP_OK;
    pg_page_heading(page, "What the series are");
    return pg_view_table(ctx, page, "series_list", &(pg_view){ list, rows, n }, about_series, NULL);
}

/* One chart a unit, of the columns that have it. */
static void add_chart(const pgdp_frame *series, const pg_table *table, pg_page *page, const char *unit)
{
    const char *words = pg_unit_for(page->book, unit, 1e3).text;
    const pg_chart about = {
        .kind = PG_CHART_LINE,
        .title = pg_say(page->book, "Published series in %s", words),
        .x_title = "Period",
        .y_title = words,
        .alt = pg_say(page->book, "Lines: the published series of the report that are in %s", words),
        .table = table,
        .n_rows = table->n_rows,
        .free_floor = true,
    };
    pg_chart *chart = pg_page_chart(page, &about);
    for (size_t j = 1; j < table->n_columns; j++)
        if (pg_streq(pgdp_frame_column(series, j)->unit, unit)) pg_chart_series(chart, table->columns[j].name, 0, j);
}

static void add_charts(const pgdp_frame *series, const pg_table *table, pg_page *page)
{
    size_t made = 0;
    for (size_t j = 1; j < pgdp_frame_n_columns(series) && made < MAX_CHARTS; j++) {
        const pgdp_column *about = pgdp_frame_column(series, j);
        bool first = about->type == PGDP_REAL && about->unit[0] != '\0';
        for (size_t k = 1; k < j; k++)
            first = first && !pg_streq(pgdp_frame_column(series, k)->unit, about->unit);
        if (!first) continue;
        add_chart(series, table, page, about->unit);
        made++;
    }
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    static const pg_shown shown[] = { { .column = "period", .name = "Period" }, { .column = NULL } };
    pg_table *table;
    PG_TRY(add_list(ctx, results, page));
    pg_page_heading(page, "Values by period");
    PG_TRY(pg_frame_table(ctx, page, "series", results->series, shown, &table));
    if (table->n_rows > 0) add_charts(results->series, table, page);
    pg_page_note(page, "[x]: not published for the period. Publishers and addresses: sheet Sources.");
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_series = {
    .name = "Series",
    .title = "Series",
    .about = "Two tables: what the series are (unit, price basis, adjustment, vintage), and their values by period",
    .present = present,
    .fill = fill,
};
