/* sheet_key_figures.c  What a reader wants first, with bands and definitions.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/sheets.h"

static const pg_shown shown[] = {
    { .column = "figure", .name = "Figure", .format = PG_FORMAT_text },
    { .column = "value", .name = "Value", .by_row = true },
    { .column = "conf_low", .name = "Low", .by_row = true },
    { .column = "conf_high", .name = "High", .by_row = true },
    { .column = "unit", .name = "Unit" },
    { .column = "definition", .name = "Definition" },
    { .column = "source", .name = "Source" },
    { .column = NULL },
};

static bool present(const pgdp_results *results)
{
    return results->key_figures != NULL;
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    page->frozen_columns = 1;
    PG_TRY(pg_frame_table(ctx, page, "key_figures", results->key_figures, shown, NULL));
    pg_page_note(
        page, "Low and High: the ends of the interval that the definition or source names; [x] where there is none.");
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_key_figures = {
    .name = "Key figures",
    .title = "Key figures",
    .about = "One row a figure, with its interval, unit, definition and source",
    .present = present,
    .fill = fill,
};
