/* make_tasks.c  tasks.csv: every labelled task with its grades and O*NET ratings, without its sentence. Sources: the
 * GPTs-are-GPTs label set, its second automation run, means of O*NET 29.3 task ratings.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "compile/products.h"

enum { SOC, ID, TYPE, HUMAN, GPT4, GPT4_ALT, GPT3, AUTOMATION, N_LABELS };
static const char *const label_names[N_LABELS] = {
    "O*NET-SOC Code",           "Task ID",        "Task Type",       "human_exposure_agg", "gpt4_exposure",
    "gpt4_exposure_alt_rubric", "gpt_3_relevant", "gpt4_automation",
};
static const char *const rerun_names[] = { "O*NET-SOC Code", "Task ID", "gpt4_automation", "human_automation" };
static const char *const rating_names[] = { "O*NET-SOC Code", "Task ID", "importance", "relevance", "freq_mean" };
static const char *const header[] = { "onet_soc",          "task_id",
                                      "task_type",         "importance",
                                      "relevance",         "frequency",
                                      "human_exposure",    "gpt4_exposure",
                                      "gpt4_exposure_alt", "gpt3_relevant",
                                      "gpt4_automation",   "gpt4_automation_rerun",
                                      "human_automation",  NULL };

/* The label set writes True and False. */
static const char *truth(const char *cell)
{
    return cell == NULL ? NULL : pg_streq_nocase(cell, "true") ? "true" : "false";
}

static pgdp_status make(pgdp_ctx *ctx, pg_inputs *inputs, pg_csv_out *out)
{
    const pgdp_frame *labels, *rerun, *ratings;
    size_t l[N_LABELS], a[4], r[5];
    pg_groups by_rerun, by_rating;
    PG_TRY(pg_inputs_table(ctx, inputs, "gpts_labels", NULL, &labels));
    PG_TRY(pg_inputs_table(ctx, inputs, "gpts_automation", NULL, &rerun));
    PG_TRY(pg_inputs_table(ctx, inputs, "onet_ratings_29_3", NULL, &ratings));
    PG_TRY(pg_input_columns(ctx, "gpts_labels", labels, label_names, N_LABELS, l));
    PG_TRY(pg_input_columns(ctx, "gpts_automation", rerun, rerun_names, 4, a));
    PG_TRY(pg_input_columns(ctx, "onet_ratings_29_3", ratings, rating_names, 5, r));
    PG_TRY(pg_groups_of(ctx, rerun, a, &by_rerun));
    PG_TRY(pg_groups_of(ctx, ratings, r, &by_rating));
    pg_put_row(out, header);
    for (size_t row = 0; row < pgdp_frame_n_rows(labels); row++) {
        const size_t second = pg_groups_match(&by_rerun, labels, l, row);
        const size_t rated = pg_groups_match(&by_rating, labels, l, row);
        pg_put_cell(out, labels, l[SOC], row);
        pg_put_number_cell(out, labels, l[ID], row);
        pg_put_cell(out, labels, l[TYPE], row);
        for (size_t j = 2; j < 5; j++)
            pg_put_number_cell(out, ratings, r[j], rated);
        for (size_t j = HUMAN; j <= GPT4_ALT; j++)
            pg_put_cell(out, labels, l[j], row);
        pg_csv_put_text(out, truth(pgdp_frame_text(labels, l[GPT3], row)));
        pg_put_cell(out, labels, l[AUTOMATION], row);
        pg_put_cell(out, rerun, a[2], second);
        pg_put_cell(out, rerun, a[3], second);
        pg_put_row_end(out);
    }
    return PGDP_OK;
}

const pg_product pg_product_tasks = { .file = "tasks.csv", .make = make };
