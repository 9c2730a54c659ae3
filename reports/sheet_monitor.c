/* sheet_monitor.c  The evidence ladder: what has been shown of AI doing activities, and the pay behind them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/sheets.h"

static const pg_shown headline[] = {
    { .column = "definition", .name = "What AI can do now" },
    { .column = "share", .name = "Share of activities" },
    { .column = "conf_low", .name = "Low" },
    { .column = "conf_high", .name = "High" },
    { .column = "n", .name = "Activities", .unit = "count" },
    { .column = "of", .name = "Of", .unit = "count" },
    { .column = NULL },
};
static const pg_shown tiers[] = {
    { .column = "tier", .name = "Tier at least", .unit = "count" },
    { .column = "tier_name", .name = "Evidence" },
    { .column = "class", .name = "Class" },
    { .column = "activities", .name = "Activities", .unit = "count" },
    { .column = "occupations", .name = "Occupations", .unit = "count" },
    { .column = "fte", .name = "Full-time equivalents" },
    { .column = "hours", .name = "Hours a year" },
    { .column = "wage_bill_usd", .name = "Wage bill a year", .unit = "usd" },
    { .column = "share", .name = "Share of the wage bill" },
    { .column = "token_cost_usd", .name = "Token cost a year", .unit = "usd" },
    { .column = "saving_usd", .name = "Saving a year", .unit = "usd" },
    { .column = NULL },
};
static const pg_shown activities[] = {
    { .column = "title", .name = "Activity" },
    { .column = "dwa_id", .name = "DWA" },
    { .column = "tier", .name = "Tier", .unit = "count" },
    { .column = "class", .name = "Class" },
    { .column = "url", .name = "Source" },
    { .column = "date", .name = "Date" },
    { .column = "pieces", .name = "Pieces", .unit = "count" },
    { .column = "tasks", .name = "Tasks", .unit = "count" },
    { .column = "occupations", .name = "Occupations", .unit = "count" },
    { .column = "fte", .name = "Full-time equivalents" },
    { .column = "wage_bill_usd", .name = "Wage bill a year", .unit = "usd" },
    { .column = "token_cost_usd", .name = "Token cost a year", .unit = "usd" },
    { .column = NULL },
};

static bool present(const pgdp_results *results)
{
    return results->evidence_tiers != NULL;
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    PG_TRY(pg_frame_table(ctx, page, "evidence_headline", results->evidence_headline, headline, NULL));
    PG_TRY(pg_frame_table(ctx, page, "evidence_tiers", results->evidence_tiers, tiers, NULL));
    PG_TRY(pg_frame_table(ctx, page, "evidence", results->evidence, activities, NULL));
    pg_page_note(page, "Each row of the second table counts activities with evidence of the tier or above; classes add "
                       "up to all. Intervals: Jeffreys, 95 %, as if each activity were a draw.");
    pg_page_note(page, "A task's pay is split over its activities in equal parts. Exposed pay is not missing output. "
                       "Where the use of tokens is not known it counts with none, so that savings are upper bounds.");
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_monitor = {
    .name = "Monitor",
    .title = "Evidence of AI doing activities",
    .about = "Activities, occupations, full-time equivalents and pay by tier of evidence and class, and their sources",
    .present = present,
    .fill = fill,
};
