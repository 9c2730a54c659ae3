/* score.c  The scoring model of a study by itself: what it says, how well it forecasts, beside what.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/ingest.h"
#include "study/run.h"
#include "tasks/answer.h"

static pgdp_status write(pgdp_ctx *ctx, const pgdp_scoring *s, bool as_json, const pgdp_sink *sink)
{
    const pg_answer answer = { .schema = "pgdp.tasks.score/1",
                               .part = { { "headline", pgdp_scoring_headline(s), true },
                                         { "comparison", pgdp_scoring_comparison(s), true },
                                         { "differences", pgdp_scoring_differences(s), true },
                                         { "calibration", pgdp_scoring_calibration(s), true },
                                         { "conformal", pgdp_scoring_conformal(s), true },
                                         { "importance", pgdp_scoring_importance(s), true },
                                         { "penalties", pgdp_scoring_path(s), true },
                                         { "tasks", pgdp_scoring_tasks(s), false },
                                         { "activities", pgdp_scoring_activities(s), false },
                                         { "occupations", pgdp_scoring_occupations(s), false } } };
    return pg_answer_write(ctx, &answer, as_json, sink);
}

static pgdp_status score(pgdp_ctx *ctx, const char *study_path, const pgdp_score_choice *choice, pg_run *run)
{
    PG_TRY(pg_run_load(ctx, study_path, choice->seed, run));
    pgdp_scoring_request *request = &run->study.scoring;
    if (choice->model != NULL) request->model = choice->model;
    if (choice->rivals != NULL) request->rivals = choice->rivals;
    PG_TRY(pg_run_list(ctx, run));
    return pgdp_scoring_new(ctx, run->list, request, &run->scoring);
}

pgdp_status pgdp_study_score(pgdp_ctx *ctx, const char *study_path, const pgdp_score_choice *choice, bool as_json,
                             const pgdp_sink *sink)
{
    pg_run run;
    pg_run_init(ctx, &run);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_status status = score(ctx, study_path, choice, &run);
    if (status == PGDP_OK) status = write(ctx, run.scoring, as_json, sink);
    pg_arena_rewind(&ctx->scratch, mark);
    pg_run_free(&run);
    return status;
}
