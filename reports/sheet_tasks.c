/* sheet_tasks.c  Every task with its grade, probability, time and wage bill.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/sheets.h"

static const pg_shown shown[] = {
    { .column = "task_id", .name = "Task", .format = PG_FORMAT_year },
    { .column = "onet_soc", .name = "O*NET-SOC" },
    { .column = "title", .name = "Occupation" },
    { .column = "activity", .name = "Activity" },
    { .column = "dwa_id", .name = "Activity code" },
    { .column = "task_type", .name = "Type" },
    { .column = "grade", .name = "Grade" },
    { .column = "predicted", .name = "Predicted grade" },
    { .column = "probability", .name = "Probability" },
    { .column = "conf_low", .name = "Low" },
    { .column = "conf_high", .name = "High" },
    { .column = "share", .name = "Share of time" },
    { .column = "employment", .name = "Employment" },
    { .column = "hours", .name = "Hours a year" },
    { .column = "wage_bill_usd", .name = "Wage bill" },
    { .column = NULL },
};

static bool present(const pgdp_results *results)
{
    return results->tasks != NULL;
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    page->frozen_columns = 3;
    PG_TRY(pg_frame_table(ctx, page, "tasks", results->tasks, shown, NULL));
    pg_page_note(page, "Unit: one task of one occupation. Probability and its interval: of a grade at the threshold or "
                       "above, calibrated. Task sentences are O*NET's and are not reproduced; the activity is the "
                       "first that O*NET links to the task, [x] where it links none.");
    pg_page_note(
        page, "Sources: GPTs-are-GPTs labels (grades), O*NET (tasks, ratings, activities), OEWS (employment, wages); "
              "vintages stand on the sheet Sources. Wages are current prices; OEWS leaves out the self-employed.");
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_tasks = {
    .name = "Tasks",
    .title = "Tasks of the O*NET list",
    .about =
        "One row a task: its grade, the calibrated probability that AI does it end to end, and the work it stands for",
    .present = present,
    .fill = fill,
};
