/* sheet_published.c  Figures that others published, beside ours.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/sheets.h"

static const pg_shown shown[] = {
    { .column = "figure", .name = "Figure" },
    { .column = "value", .name = "Value", .by_row = true },
    { .column = "low", .name = "Low", .by_row = true },
    { .column = "high", .name = "High", .by_row = true },
    { .column = "unit", .name = "Unit" },
    { .column = "date", .name = "Date" },
    { .column = "source", .name = "Source" },
    { .column = "seen", .name = "Seen" },
    { .column = "id", .name = "Id" },
    { .column = NULL },
};

static bool present(const pgdp_results *results)
{
    return results->published != NULL;
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    page->frozen_columns = 1;
    PG_TRY(pg_frame_table(ctx, page, "published", results->published, shown, NULL));
    pg_page_note(page, "Seen: primary, the text itself was read; secondary, only an account of it.");
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_published = {
    .name = "Published",
    .title = "Figures of others",
    .about = "One row a published figure with its date, source, and whether the text itself was seen",
    .present = present,
    .fill = fill,
};
