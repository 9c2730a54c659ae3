/* monitor.c  The monitor of a study's task list: evidence from a file, as JSON or tables.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/monitor.h"
#include "pgdp/ingest.h"
#include "study/run.h"
#include "tasks/answer.h"

static pgdp_status write(pgdp_ctx *ctx, const pgdp_monitor *m, bool as_json, const pgdp_sink *sink)
{
    const pg_answer answer = { .schema = "pgdp.tasks.monitor/1",
                               .part = { { "headline", pgdp_monitor_headline(m), true },
                                         { "tiers", pgdp_monitor_tiers(m), true },
                                         { "activities", pgdp_monitor_activities(m), false },
                                         { "occupations", pgdp_monitor_occupations(m), false } } };
    return pg_answer_write(ctx, &answer, as_json, sink);
}

pgdp_status pgdp_study_monitor(pgdp_ctx *ctx, const char *study_path, const char *evidence_path, size_t tier,
                               bool as_json, const pgdp_sink *sink)
{
    pg_run run;
    pgdp_dataset *evidence = NULL;
    pgdp_monitor *monitor = NULL;
    pg_run_init(ctx, &run);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_status status = pgdp_ingest_file(ctx, NULL, evidence_path, &evidence);
    if (status == PGDP_OK) status = pg_run_load(ctx, study_path, NULL, &run);
    if (status == PGDP_OK) status = pg_run_list(ctx, &run);
    if (status == PGDP_OK) status = pgdp_monitor_new(ctx, run.list, pgdp_dataset_table(evidence, 0), tier, &monitor);
    if (status == PGDP_OK) status = write(ctx, monitor, as_json, sink);
    pg_arena_rewind(&ctx->scratch, mark);
    pgdp_monitor_free(monitor);
    pgdp_dataset_free(evidence);
    pg_run_free(&run);
    return status;
}
