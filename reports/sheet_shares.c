/* sheet_shares.c  The headline: which share of the work AI can do, by definition and weighting, beside figures of
 * others. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "reports/sheets.h"

static const pg_shown shown[] = {
    { .column = "definition", .name = "Definition" },
    { .column = "weighting", .name = "Weighting" },
    { .column = "share", .name = "Share" },
    { .column = "conf_low", .name = "Low" },
    { .column = "conf_high", .name = "High" },
    { .column = "n", .name = "Done", .by_row = true },
    { .column = "of", .name = "Of", .by_row = true },
    { .column = "unit", .name = "Unit" },
    { .column = "source", .name = "Source" },
    { .column = "words", .name = "In words" },
    { .column = NULL },
};

static bool present(const pgdp_results *results)
{
    return results->headline != NULL;
}

/* Our own rows come first and have an interval. */
static size_t own_rows(const pg_table *table, size_t low)
{
    size_t n = 0;
    while (n < table->n_rows && table->values[n * table->n_columns + low].kind == PG_VALUE_NUMBER)
        n++;
    return n;
}

static const char *cell_text(const pg_table *table, size_t row, size_t column)
{
    const char *text = table->values[row * table->n_columns + column].text;
    return text != NULL ? text : "";
}

/* A share of the first row, in words. */
static const char *show(const pg_table *table, size_t column, pg_book *book)
{
    return pg_say_number(book, table->values[column].number, PG_FORMAT_percent);
}

/* "wage_bill" -> "wage bill" in the first two columns. */
static void name_rows(pg_table *table)
{
    for (size_t i = 0; i < table->n_rows; i++)
        for (size_t j = 0; j < 2 && j < table->n_columns; j++) {
            pg_value *cell = &table->values[i * table->n_columns + j];
            if (cell->kind == PG_VALUE_TEXT) cell->text = pg_words(table->page->book, cell->text);
        }
}

/* A table of its own, so that a chart has one label a point. */
static void add_chart(const pg_table *from, pg_page *page)
{
    const size_t share = pg_shown_column(from, "Share"), low = pg_shown_column(from, "Low"),
                 high = pg_shown_column(from, "High"), definition = pg_shown_column(from, "Definition"),
                 weighting = pg_shown_column(from, "Weighting");
    if (share == PGDP_NONE || low == PGDP_NONE || high == PGDP_NONE || definition == PGDP_NONE ||
        weighting == PGDP_NONE)
        return;
    const size_t n = own_rows(from, low), columns[] = { low, share, high };
    static const char *const names[] = { "Low", "Share", "High" };
    if (n == 0) return;
    pg_table *table = pg_page_table(page, "shares_chart", "Data of the chart");
    pg_table_column(table, "Definition and weighting", "", PG_FORMAT_text);
    for (size_t k = 0; k < 3; k++)
        pg_table_column(table, names[k], "%", PG_FORMAT_percent);
    for (size_t i = 0; i < n; i++) {
        pg_table_row(table);
        pg_put_text(table, 0,
                    pg_say(page->book, "%s, by %s", cell_text(from, i, definition), cell_text(from, i, weighting)));
        for (size_t k = 0; k < 3; k++)
            pg_put_number(table, k + 1, from->values[i * from->n_columns + columns[k]].number);
    }
    const pg_chart about = {
        .kind = PG_CHART_RANGE,
        .title = pg_say(page->book, "AI can do %s end to end now, by %s (%s); interval %s to %s",
                        show(from, share, page->book), cell_text(from, 0, weighting), cell_text(from, 0, definition),
                        show(from, low, page->book), show(from, high, page->book)),
        .x_title = "Definition and weighting",
        .y_title = "Share of activities, hours or wage bill, %",
        .alt = "Interval chart: share of the work that AI can do end to end, by definition and weighting, with low and "
               "high ends of the interval",
        .table = table,
        .n_rows = n,
        .y_format = PG_FORMAT_percent,
    };
    pg_chart *chart = pg_page_chart(page, &about);
    for (size_t k = 0; k < 3; k++)
        pg_chart_series(chart, names[k], 0, k + 1);
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    pg_table *table;
    PG_TRY(pg_frame_table(ctx, page, "shares", results->headline, shown, &table));
    name_rows(table);
    add_chart(table, page);
    pg_page_note(page, "Done and Of are in the row's unit. Rows of others have no interval unless they published one.");
    pg_page_note(page, "Sources: GPTs-are-GPTs labels, O*NET, OEWS; figures of others as named in their row.");
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_shares = {
    .name = "Shares",
    .title = "Share of the work that AI can do",
    .about = "One row a definition and weighting, with its interval; figures of others below ours",
    .present = present,
    .fill = fill,
};
