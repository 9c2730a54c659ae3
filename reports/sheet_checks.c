/* sheet_checks.c  Every identity and reconciliation in one place, and the live formulas beside the program.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/sheets.h"

static const pg_shown shown[] = {
    { .column = "check", .name = "Check" },
    { .column = "value", .name = "Value", .by_row = true },
    { .column = "expected", .name = "Expected", .by_row = true },
    { .column = "difference", .name = "Difference", .format = PG_FORMAT_scientific },
    { .column = "tolerance", .name = "Tolerance", .format = PG_FORMAT_scientific },
    { .column = "passed", .name = "Passed", .check = true },
    { .column = NULL },
};

static bool present(const pgdp_results *results)
{
    return results->checks != NULL;
}

/* How many of the live totals agree with the program: all of them, until an assumption is changed to no avail. */
static void add_live(pg_page *page)
{
    const pg_table *totals = pg_book_table(page->book, "live_totals");
    const size_t within = totals != NULL ? pg_shown_column(totals, "Within, 1 or 0") : PGDP_NONE;
    if (within == PGDP_NONE) return;
    const char *range = pg_range_reference(totals, within);
    const double n = (double)totals->n_rows;
    pg_table *table = pg_page_table(page, "live_checks", "Live formulas");
    pg_table_column(table, "Live check", "", PG_FORMAT_text);
    pg_table_column(table, "Value", "", PG_FORMAT_integer);
    pg_table_column(table, "Expected", "", PG_FORMAT_integer);
    pg_table_column(table, "Difference", "", PG_FORMAT_integer);
    pg_table_row(table);
    pg_put_text(table, 0, "Totals of Scenarios that agree with the program");
    pg_put_formula(table, 1, pg_say(page->book, "=SUM(%s)", range), n);
    pg_put_formula(table, 2, pg_say(page->book, "=ROWS(%s)", range), n);
    pg_put_formula(table, 3, pg_say(page->book, "=%s-%s", pg_cell_name(table, 0, 1), pg_cell_name(table, 0, 2)), 0);
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    pg_page_heading(page, "Identities and reconciliations");
    PG_TRY(pg_frame_table(ctx, page, "checks", results->checks, shown, NULL));
    add_live(page);
    pg_page_note(page, "Passed: the difference is at most the tolerance. Values are in the unit of what is checked.");
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_checks = {
    .name = "Checks",
    .title = "Checks",
    .about = "Two tables: identities with value, expectation and tolerance; live formulas beside the program",
    .after = 2,
    .present = present,
    .fill = fill,
};
