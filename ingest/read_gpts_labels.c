/* read_gpts_labels.c  Graded tasks of "GPTs are GPTs": TAB with quotes. Source: Eloundou et al. (2023); formats.md 14.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/fast_csv.h"
#include "ingest/fill.h"
#include "ingest/readers.h"

/* Labels stay text whatever they look like; only an empty cell is missing among them. */
static const char *const labels[] = { "O*NET-SOC Code",
                                      "Task",
                                      "Task Type",
                                      "Title",
                                      "human_exposure_agg",
                                      "gpt4_exposure",
                                      "gpt4_exposure_alt_rubric",
                                      "gpt_3_relevant",
                                      "gpt4_automation",
                                      "human_labels",
                                      "human_automation",
                                      NULL };
static const char *const marks[] = { "nan", "NaN", NULL };

static int sniff(const pgdp_bytes *head)
{
    const bool task = pg_bytes_hold(head, 0, "\tO*NET-SOC Code\tTask ID\tTask\t");
    const bool graded = pg_bytes_hold(head, 0, "gpt4_automation") || pg_bytes_hold(head, 0, "gpt4_exposure") ||
                        pg_bytes_hold(head, 0, "equalweight");
    return task && graded ? PG_SURE : PG_NOT_OURS;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    const pg_rules rules = { .missing = marks, .codes = labels, .text_holds_numbers = true };
    const pg_fast_csv how = {
        .in = in, .dialect = { .delimiter = '\t', .quote = '"' }, .rules = &rules, .mapping = out->mapping
    };
    pgdp_frame *frame;
    PG_TRY(pg_delimited_read(ctx, &how, &frame));
    PG_TRY(pg_dataset_put(ctx, out, frame));
    const size_t task = pgdp_frame_find(frame, "Task ID");
    if (task == PGDP_NONE || pgdp_frame_column(frame, task)->type != PGDP_REAL)
        return pg_fail(ctx, PGDP_PARSE,
                       "%s: Task ID is missing or no number, expected the number of a task in each row", in->label);
    return PGDP_OK;
}

const pgdp_reader pg_read_gpts_labels = {
    .name = "gpts_labels",
    .title = "Graded tasks of GPTs are GPTs",
    .spec = "Eloundou, Manning, Mishkin & Rock (2023), repository openai/GPTs-are-GPTs, data/",
    .sniff = sniff,
    .read = read,
};
