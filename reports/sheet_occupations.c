/* sheet_occupations.c  Every OEWS occupation with its work and capability.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/sheets.h"

static const pg_shown shown[] = {
    { .column = "soc", .name = "SOC 2018" },
    { .column = "title", .name = "Occupation" },
    { .column = "major_group", .name = "Major group code" },
    { .column = "major_title", .name = "Major group" },
    { .column = "employment", .name = "Employment" },
    { .column = "hourly_wage", .name = "Hourly wage", .unit = "usd_per_hour" },
    { .column = "wage_bill_usd", .name = "Wage bill" },
    { .column = "capability", .name = "Capability" },
    { .column = "capability_se", .name = "Std. error of its logit" },
    { .column = "done_share", .name = "Share in activities done" },
    { .column = "n_tasks", .name = "Tasks", .unit = "count" },
    { .column = NULL },
};

static bool present(const pgdp_results *results)
{
    return results->occupations != NULL;
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    page->frozen_columns = 2;
    PG_TRY(pg_frame_table(ctx, page, "occupations", results->occupations, shown, NULL));
    pg_page_note(page, "Capability: mean probability of the occupation's tasks, weighted by their share of time. Wage "
                       "bill: employment times the mean annual wage, current prices.");
    pg_page_note(page, "Source: OEWS (employment and wages), O*NET and GPTs-are-GPTs labels (capability).");
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_occupations = {
    .name = "Occupations",
    .title = "Occupations",
    .about = "One row an OEWS occupation: employment, wages, and the share of its work that AI can do",
    .present = present,
    .fill = fill,
};
