/* sheet_activities.c  Every detailed work activity with its probability and work.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/sheets.h"

static const pg_shown shown[] = {
    { .column = "dwa_id", .name = "Code" },
    { .column = "title", .name = "Activity" },
    { .column = "iwa", .name = "Intermediate activity" },
    { .column = "gwa", .name = "Generalized activity" },
    { .column = "n_tasks", .name = "Tasks linked", .unit = "count" },
    { .column = "graded_share", .name = "Graded share" },
    { .column = "probability", .name = "Probability" },
    { .column = "conf_low", .name = "Low" },
    { .column = "conf_high", .name = "High" },
    { .column = "done", .name = "Done, model", .truth = true },
    { .column = "done_by_labels", .name = "Done, labels", .truth = true },
    { .column = "employment", .name = "Employment" },
    { .column = "hours", .name = "Hours a year" },
    { .column = "wage_bill_usd", .name = "Wage bill" },
    { .column = NULL },
};

static bool present(const pgdp_results *results)
{
    return results->activities != NULL;
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    page->frozen_columns = 2;
    PG_TRY(pg_frame_table(ctx, page, "activities", results->activities, shown, NULL));
    pg_page_note(page, "Unit: one detailed work activity of O*NET. A task with several activities is shared equally "
                       "between them. [x]: no graded task.");
    pg_page_note(
        page, "Sources: O*NET (activities), GPTs-are-GPTs labels (grades), OEWS (employment, wages, current prices).");
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_activities = {
    .name = "Activities",
    .title = "Detailed work activities",
    .about =
        "One row an activity: the mean probability of its tasks, whether it counts as done, and the work it stands for",
    .present = present,
    .fill = fill,
};
