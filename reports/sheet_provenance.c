/* sheet_provenance.c  What made this report.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/sheets.h"

static const pg_shown shown[] = {
    { .column = "key", .name = "Item" },
    { .column = "value", .name = "Value" },
    { .column = NULL },
};

static bool present(const pgdp_results *results)
{
    return results->provenance != NULL;
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    PG_TRY(pg_frame_table(ctx, page, "provenance", results->provenance, shown, NULL));
    pg_page_note(page, "The manifest beside this workbook lists every output with its SHA-256; pgdp verify runs the "
                       "study again and compares.");
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_provenance = {
    .name = "Provenance",
    .title = "Provenance",
    .about = "One row a fact: program, libraries, study file and inputs by SHA-256, seed",
    .present = present,
    .fill = fill,
};
