/* sheet_grid.c  The gap under every combination of the scenario axes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/sheets.h"

static const pg_shown shown[] = {
    { .column = "*" }, /* the axes */
    { .column = "phi_f", .name = "Phantom GDP, Fisher", .unit = "usd" },
    { .column = "phi_l", .name = "Phantom GDP, Laspeyres", .unit = "usd" },
    { .column = "phi_p", .name = "Phantom GDP, Paasche", .unit = "usd" },
    { .column = "shrinkage", .name = "Nominal shrinkage", .unit = "usd" },
    { .column = "n1", .name = "Nominal measured", .unit = "usd" },
    { .column = "m1", .name = "Measured real", .unit = "usd" },
    { .column = "qf", .name = "True quantity index, Fisher" },
    { .column = "state", .name = "State" },
    { .column = NULL },
};

static bool present(const pgdp_results *results)
{
    return results->grid != NULL;
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    PG_TRY(pg_frame_table(ctx, page, "grid", results->grid, shown, NULL));
    pg_page_note(page, "Amounts in USD of the base year's prices. State: phantom means true quantity up while nominal "
                       "falls; strong: measured real falls too.");
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_grid = {
    .name = "Grid",
    .title = "Scenario grid",
    .about = "One row a combination of assumptions, with the gap that follows; all other assumptions as in the study",
    .present = present,
    .fill = fill,
};
