/* study.c  Running a study into a directory.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/frame_out.h"
#include "core/ranks.h"
#include "pgdp/file.h"
#include "study/run.h"

#include <string.h>

/** "gradient: ols, vcov HC1, y ~ x": one line a regression, which may be several models. */
static void add_regression(pg_text *text, const pg_study_regression *r)
{
    pg_text_addf(text, "  regress  %s: %s, vcov %s, %s", r->spec.id, r->method, r->spec.vcov, r->spec.formula);
    if (r->n_models > 1) pg_text_addf(text, ", %zu models", r->n_models);
    if (r->spec.subset != NULL) pg_text_addf(text, ", subset %s", r->spec.subset);
    if (r->spec.split != NULL)
        pg_text_addf(text, ", for each %s%s", r->spec.split, r->spec.split_full ? " and for all" : "");
    pg_text_add(text, "\n");
}

/** The plan in words: what would be read, computed and written. */
static pgdp_status write_plan(pgdp_ctx *ctx, const pg_study *study, const char *out_dir, const pgdp_sink *sink)
{
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    size_t scenarios = study->n_axes + study->n_evidence_tiers == 0 ? 0 : 1;
    if (study->n_evidence_tiers > 0) scenarios = study->n_evidence_tiers;
    for (size_t i = 0; i < study->n_axes; i++)
        scenarios *= study->axes[i].n;
    pg_text_addf(&text, "study %s: %s\n", study->name, study->title);
    for (size_t i = 0; i < PG_N_FILES; i++)
        if (study->inputs[i].given != NULL)
            pg_text_addf(&text, "  read     %-14s %s\n", study->inputs[i].name, study->inputs[i].path);
    pg_text_addf(&text, "  score    grade %s, %zu penalties x %zu folds, %zu draws\n", study->scoring.grade,
                 study->scoring.n_lambdas, study->scoring.n_folds, study->scoring.n_draws);
    for (size_t i = 0; i < study->n_regressions; i++)
        add_regression(&text, &study->regressions[i]);
    pg_text_addf(&text, "  gap      %zu draws, %zu scenarios%s\n", study->n_draws, scenarios,
                 study->top_down.asked ? ", top-down" : "");
    for (const char *const *file = pg_run_files(); *file != NULL; file++)
        pg_text_addf(&text, "  write    %s/%s\n", out_dir, *file);
    if (text.failed) return pg_no_memory(ctx);
    return sink->write(sink->user, text.data, text.n);
}

/** What was computed and where it goes. */
typedef struct publication {
    const pg_run *run;
    const char *staging, *directory;
} publication;

static pgdp_status publish(pgdp_ctx *ctx, void *user)
{
    const publication *p = user;
    pgdp_directory_remove(ctx, p->staging); /* a killed run may have left one */
    PG_TRY(pgdp_directory_make(ctx, p->staging));
    pgdp_status status = pg_run_write(ctx, p->run, p->staging);
    if (status == PGDP_OK) status = pgdp_directory_publish(ctx, p->staging, p->directory, pg_run_files());
    if (status != PGDP_OK) pgdp_directory_remove(ctx, p->staging);
    return status;
}

/** Compute, write into a staging directory beside the target, put in place: of several processes one writes. */
static pgdp_status run_and_publish(pgdp_ctx *ctx, pg_run *run, const char *out_dir)
{
    publication p = { .run = run, .directory = out_dir };
    size_t n = strlen(out_dir);
    while (n > 1 && out_dir[n - 1] == '/')
        n--;
    PG_TRY_ALLOC(ctx, p.staging, pg_arena_printf(&run->arena, "%.*s.partial", (int)n, out_dir));
    PG_TRY(pg_run_compute(ctx, run));
    return pg_once(ctx, publish, &p);
}

pgdp_status pgdp_study_run(pgdp_ctx *ctx, const char *study_path, const char *out_dir, const uint64_t *seed,
                           bool dry_run, bool as_json, const pgdp_sink *sink)
{
    pg_run run;
    pg_run_init(ctx, &run);
    pgdp_status status;
    if (dry_run) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        status = pg_study_read(ctx, study_path, &run.arena, &run.study);
        if (status == PGDP_OK) status = write_plan(ctx, &run.study, out_dir, sink);
        pg_arena_rewind(&ctx->scratch, mark);
    } else {
        status = pg_run_load(ctx, study_path, seed, &run);
        if (status == PGDP_OK) status = run_and_publish(ctx, &run, out_dir);
        if (status == PGDP_OK) status = pg_run_summary(ctx, &run, out_dir, as_json, sink);
    }
    pg_run_free(&run);
    return status;
}
