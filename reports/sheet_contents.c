/* sheet_contents.c  A link to every sheet with what it holds.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/sheets.h"

static bool present(const pgdp_results *results)
{
    (void)results;
    return true;
}

/* Rows of the longest table. */
static size_t rows_of(const pg_page *page)
{
    size_t n = 0;
    for (const pg_table *table = page->tables; table != NULL; table = table->next)
        if (!table->form && table->n_rows > n) n = table->n_rows;
    return n;
}

static size_t n_pages(const pg_book *book)
{
    size_t n = 0;
    for (const pg_page *page = book->pages; page != NULL; page = page->next)
        n++;
    return n;
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    (void)ctx, (void)results;
    page->plain = true;
    pg_table *table = pg_page_table(page, "contents", NULL);
    pg_table_column(table, "Sheet", "", PG_FORMAT_text);
    pg_table_column(table, "What it holds", "", PG_FORMAT_text);
    pg_table_column(table, "Rows", "", PG_FORMAT_integer);
    for (const pg_page *other = page->book->pages; other != NULL; other = other->next) {
        pg_table_row(table);
        pg_put_link(table, 0, pg_page_link(other), other->name);
        pg_put_text(table, 1, other->about);
        pg_put_number(table, 2, (double)(other == page ? n_pages(page->book) : rows_of(other)));
    }
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_contents = {
    .name = "Contents",
    .title = "Contents",
    .about = "One row a sheet: link, what it holds, rows of its longest table",
    .after = 4,
    .present = present,
    .fill = fill,
};
