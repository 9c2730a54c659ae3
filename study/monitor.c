/* monitor.c  The monitor of a study's task list: evidence from a file, as JSON or tables.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/monitor.h"
#include "core/frame_out.h"
#include "pgdp/ingest.h"
#include "study/run.h"

static pgdp_status write_json(pgdp_ctx *ctx, const pgdp_monitor *m, const pgdp_sink *sink)
{
    pg_json json;
    pg_json_init(&json, sink, true);
    pg_json_object(&json);
    pg_json_key_string(&json, "schema", "pgdp.tasks.monitor/1");
    pg_frame_put_json(&json, "headline", pgdp_monitor_headline(m));
    pg_frame_put_json(&json, "tiers", pgdp_monitor_tiers(m));
    pg_frame_put_json(&json, "activities", pgdp_monitor_activities(m));
    pg_frame_put_json(&json, "occupations", pgdp_monitor_occupations(m));
    pg_json_object_end(&json);
    return pg_json_end(ctx, &json);
}

static pgdp_status write_text(pgdp_ctx *ctx, const pgdp_monitor *m, const pgdp_sink *sink)
{
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    pg_frame_put_text(&text, pgdp_monitor_headline(m));
    pg_text_add(&text, "\n");
    pg_frame_put_text(&text, pgdp_monitor_tiers(m));
    if (text.failed) return pg_no_memory(ctx);
    return sink->write(sink->user, text.data, text.n);
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
    if (status == PGDP_OK) status = as_json ? write_json(ctx, monitor, sink) : write_text(ctx, monitor, sink);
    pg_arena_rewind(&ctx->scratch, mark);
    pgdp_monitor_free(monitor);
    pgdp_dataset_free(evidence);
    pg_run_free(&run);
    return status;
}
