/* sheet_sources.c  The data catalogue: publishers, addresses, licences, vintages.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/sheets.h"

static const pg_shown shown[] = {
    { .column = "id", .name = "Id" },
    { .column = "publisher", .name = "Publisher" },
    { .column = "title", .name = "Title" },
    { .column = "address", .name = "Address", .link = true },
    { .column = "licence", .name = "Licence" },
    { .column = "attribution", .name = "Attribution" },
    { .column = "vintage", .name = "Vintage" },
    { .column = "retrieved", .name = "Retrieved" },
    { .column = "unit", .name = "Unit" },
    { .column = "used_for", .name = "Used for" },
    { .column = "file", .name = "File" },
    { .column = "sha256", .name = "SHA-256" },
    { .column = NULL },
};

static bool present(const pgdp_results *results)
{
    return results->sources != NULL;
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    page->frozen_columns = 1;
    PG_TRY(pg_frame_table(ctx, page, "sources", results->sources, shown, NULL));
    pg_page_note(page, "[x]: the publisher states none.");
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_sources = {
    .name = "Sources",
    .title = "Sources",
    .about = "One row a source file: publisher, title, address, licence, vintage, retrieval and SHA-256",
    .present = present,
    .fill = fill,
};
