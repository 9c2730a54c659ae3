/* batch_run.c  A batch file to its results: data read and hashed, groups run or taken from a run that was stopped,
 * tables written. Spec: docs/batch.md. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/hash.h"
#include "core/spread.h"
#include "core/text.h"
#include "pgdp/file.h"
#include "stats/batch.h"
#include "study/batch_spec.h"
#include "study/batch_write.h"

#include <string.h>

/* A run while it lasts. */
typedef struct running {
    const pgdp_batch_run_options *options;
    pg_arena arena;
    pg_batch_file file;
    pg_batch_report report; /* batch, hashes and what is told of them */
    pgdp_frame *frame;
    const char *groups, *staging; /* directories: of groups that are done, of the files before all are there */
} running;

static pgdp_status read_spec(pgdp_ctx *ctx, const char *path, running *r)
{
    unsigned char *bytes;
    size_t n;
    PG_TRY(pgdp_file_read(ctx, path, &bytes, &n));
    pgdp_status status = pg_sha256(ctx, bytes, n, r->report.spec_sha256);
    if (status == PGDP_OK) status = pg_batch_file_read(ctx, path, bytes, n, &r->arena, &r->file);
    pgdp_file_release(ctx, bytes);
    if (status == PGDP_OK && r->options->seed != NULL) r->file.seed = (double)*r->options->seed;
    r->file.request.seed = r->file.seed;
    r->report.file = &r->file;
    return status;
}

static pgdp_status read_data(pgdp_ctx *ctx, running *r)
{
    unsigned char *bytes;
    size_t n;
    const pg_yaml *data = pg_yaml_find(r->file.root, "data");
    const pgdp_load how = { .format = r->file.format, .sheet = r->file.sheet, .cache = r->file.cache };
    pgdp_status status = pgdp_file_read(ctx, r->file.data, &bytes, &n);
    if (status == PGDP_OK) {
        status = pg_sha256(ctx, bytes, n, r->report.data_sha256);
        pgdp_file_release(ctx, bytes);
    }
    if (status == PGDP_OK) status = pgdp_load_table(ctx, r->file.data, &how, &r->frame);
    if (status == PGDP_OK || status == PGDP_NO_MEMORY) return status;
    return pg_fail_within(ctx, status, "%s:%zu:%zu: data", data->path, data->line, data->column);
}

static pgdp_status within_inference(pgdp_ctx *ctx, const running *r, pgdp_status status)
{
    const pg_yaml *node = pg_yaml_find(r->file.root, "inference");
    if (status == PGDP_OK) return PGDP_OK;
    return pg_fail_within(ctx, status, "%s:%zu:%zu: inference", node->path, node->line, node->column);
}

static pgdp_status plan(pgdp_ctx *ctx, const char *path, running *r)
{
    PG_TRY(read_spec(ctx, path, r));
    PG_TRY(read_data(ctx, r));
    PG_TRY(pg_batch_file_choose(ctx, r->frame, &r->arena, &r->file));
    const pgdp_status status = pgdp_batch_new(ctx, r->frame, &r->file.request, &r->report.batch);
    if (status != PGDP_OK) return pg_fail_within(ctx, status, "%s", path);
    uint32_t cluster;
    if (r->file.n_draws == 0) return PGDP_OK;
    return within_inference(ctx, r, pg_batch_find_cluster(ctx, r->report.batch, r->file.cluster, &cluster));
}

static const char *part_path(pgdp_ctx *ctx, const running *r, size_t group)
{
    return pg_arena_printf(&ctx->scratch, "%s/group-%06zu.bin", r->groups, group);
}

/* A directory of groups made for this data, file, seed and program; any other one is swept away. */
static pgdp_status prepare_staging(pgdp_ctx *ctx, running *r)
{
    const char *key, *path;
    unsigned char *bytes;
    size_t n, length = strlen(r->options->out_dir);
    while (length > 1 && r->options->out_dir[length - 1] == '/')
        length--;
    PG_TRY_ALLOC(ctx, r->staging, pg_arena_printf(&r->arena, "%.*s.partial", (int)length, r->options->out_dir));
    PG_TRY_ALLOC(ctx, r->groups, pg_arena_printf(&r->arena, "%.*s.groups", (int)length, r->options->out_dir));
    PG_TRY_ALLOC(ctx, path, pg_arena_printf(&r->arena, "%s/key.txt", r->groups));
    PG_TRY_ALLOC(ctx, key,
                 pg_arena_printf(&r->arena, "pgdp %s\nspec %s\ndata %s\nseed %.0f\n", pgdp_version(),
                                 r->report.spec_sha256, r->report.data_sha256, r->file.seed));
    if (pg_rank(ctx) > 0) return PGDP_OK;
    if (pg_n_ranks(ctx) == 1 && pgdp_file_read(ctx, path, &bytes, &n) == PGDP_OK) {
        const bool same = n == strlen(key) && memcmp(bytes, key, n) == 0;
        pgdp_file_release(ctx, bytes);
        if (same) return PGDP_OK;
    }
    pgdp_directory_remove(ctx, r->groups);
    PG_TRY(pgdp_directory_make(ctx, r->groups));
    return pgdp_file_write(ctx, path, key, strlen(key));
}

/* Results that a run which was stopped has left; false: none that can be read. */
static bool load_part(pgdp_ctx *ctx, const running *r, size_t group)
{
    unsigned char *bytes;
    size_t n;
    const char *path = part_path(ctx, r, group);
    if (path == NULL || pgdp_file_read(ctx, path, &bytes, &n) != PGDP_OK) return false;
    const pgdp_status status = pgdp_batch_load_group(ctx, r->report.batch, group, bytes, n);
    pgdp_file_release(ctx, bytes);
    return status == PGDP_OK;
}

static pgdp_status save_part(pgdp_ctx *ctx, const running *r, size_t group)
{
    const char *path;
    pg_arena arena; /* not the scratch, which saving rewinds */
    pg_text text;
    PG_TRY_ALLOC(ctx, path, part_path(ctx, r, group));
    pg_arena_init(&arena, &ctx->allocator);
    pg_text_init(&text, &arena);
    const pgdp_sink sink = pg_text_sink(&text);
    pgdp_status status = pgdp_batch_save_group(ctx, r->report.batch, group, &sink);
    if (status == PGDP_OK) status = pgdp_file_write(ctx, path, text.data, text.n);
    pg_arena_free(&arena);
    return status;
}

/* Several ranks must all do the same, so they take nothing from before. */
static pgdp_status run_groups(pgdp_ctx *ctx, running *r)
{
    const size_t n = pgdp_batch_plan_of(r->report.batch).n_groups;
    const bool stages = r->groups != NULL && pg_n_ranks(ctx) == 1;
    for (size_t g = 0; g < n; g++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        if (!stages || !load_part(ctx, r, g)) {
            PG_TRY(pgdp_batch_run_group(ctx, r->report.batch, g));
            if (stages) PG_TRY(save_part(ctx, r, g));
        }
        pg_arena_rewind(&ctx->scratch, mark);
        pg_progress(ctx, "groups", g + 1, n);
    }
    return PGDP_OK;
}

static pgdp_status publish(pgdp_ctx *ctx, const running *r)
{
    static const char *const files[] = { "results.pgdp", "curve.csv", "summary.json", NULL };
    if (r->staging == NULL || pg_rank(ctx) > 0) return PGDP_OK;
    pgdp_directory_remove(ctx, r->staging); /* a killed run may have left one */
    PG_TRY(pgdp_directory_make(ctx, r->staging));
    pgdp_status status = pg_batch_write_files(ctx, &r->report, r->staging);
    if (status == PGDP_OK) status = pgdp_directory_publish(ctx, r->staging, r->options->out_dir, files);
    pgdp_directory_remove(ctx, r->staging);
    if (status == PGDP_OK) pgdp_directory_remove(ctx, r->groups);
    return status;
}

static pgdp_status run(pgdp_ctx *ctx, const char *path, running *r, const pgdp_sink *sink)
{
    PG_TRY(plan(ctx, path, r));
    if (r->options->plan) return pg_batch_write_plan(ctx, &r->report, r->options->as_json, sink);
    if (r->options->out_dir != NULL) PG_TRY(prepare_staging(ctx, r));
    PG_TRY(run_groups(ctx, r));
    if (r->file.n_draws > 0)
        PG_TRY(within_inference(ctx, r,
                                pgdp_batch_infer(ctx, r->report.batch, r->file.cluster, r->file.n_draws, r->file.level,
                                                 &r->report.inference)));
    PG_TRY(pgdp_batch_summary(ctx, r->report.batch, r->file.level, &r->report.summary));
    pg_batch_count_failed(&r->report);
    PG_TRY(publish(ctx, r));
    return pg_batch_write_summary(ctx, &r->report, r->options->as_json, sink);
}

pgdp_status pgdp_batch_file_run(pgdp_ctx *ctx, const char *path, const pgdp_batch_run_options *options,
                                const pgdp_sink *sink, size_t *n_failed)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    running r = { .options = options };
    pg_arena_init(&r.arena, &ctx->allocator);
    const pgdp_status status = run(ctx, path, &r, sink);
    if (status == PGDP_OK) *n_failed = r.report.n_failed;
    pgdp_frame_free(r.report.summary);
    pgdp_batch_free(r.report.batch);
    pgdp_frame_free(r.frame);
    pg_arena_free(&r.arena);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
