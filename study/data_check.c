/* data_check.c  A file of rules over tables of any name: pgdp_data_check(). Spec: docs/checks.md.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "pgdp/file.h"
#include "study/input_checks.h"
#include "study/load.h"
#include "tasks/answer.h"

typedef struct job {
    const char *path;
    pg_arena *arena;
    pg_input *inputs; /* [n] */
    pgdp_dataset **datasets;
    pg_named_table *tables;
    size_t n;
    pgdp_frame *out;
    size_t n_failed;
} job;

enum { CHECK, LOOKED_AT, FAULTS, FIRST };
static pgdp_status new_answer(pgdp_ctx *ctx, pgdp_frame **out)
{
    static const pgdp_column columns[] = { { .name = "check", .type = PGDP_TEXT },
                                           { .name = "looked_at", .type = PGDP_REAL },
                                           { .name = "faults", .type = PGDP_REAL },
                                           { .name = "first", .type = PGDP_TEXT } };
    size_t at;
    PG_TRY(pgdp_frame_new(ctx, out));
    for (size_t j = 0; j < sizeof columns / sizeof *columns; j++)
        PG_TRY(pgdp_frame_add_column(ctx, *out, &columns[j], &at));
    return PGDP_OK;
}

static pgdp_status report(pgdp_ctx *ctx, void *user, const char *name, const pg_check_job *check)
{
    job *j = user;
    PG_TRY(pgdp_frame_add_row(ctx, j->out));
    PG_TRY(pgdp_frame_set_text(ctx, j->out, CHECK, name, PGDP_NONE));
    pgdp_frame_set_real(j->out, LOOKED_AT, (double)check->n_checked);
    pgdp_frame_set_real(j->out, FAULTS, (double)check->n_failed);
    j->n_failed += check->n_failed > 0;
    return check->n_failed == 0 ? PGDP_OK : pgdp_frame_set_text(ctx, j->out, FIRST, check->first, PGDP_NONE);
}

/* The inputs under `data`, in a file that may hold the rest of a study too. */
static pgdp_status read_rules(pgdp_ctx *ctx, job *j)
{
    unsigned char *bytes;
    size_t n;
    pg_yaml *root = NULL;
    const pg_yaml *data;
    PG_TRY(pgdp_file_read(ctx, j->path, &bytes, &n));
    const pgdp_status status = pg_yaml_parse(ctx, j->path, bytes, n, j->arena, &root);
    pgdp_file_release(ctx, bytes);
    PG_TRY(status);
    PG_TRY(pg_yaml_need(ctx, root, "data", &data));
    if (data->kind != PG_YAML_MAPPING)
        return pg_yaml_fail(ctx, data, "\"data\" names inputs: {wages: {file: oews.csv, checks: [...]}}");
    PG_TRY_ALLOC(ctx, j->inputs, pg_arena_alloc(j->arena, data->n_children, sizeof *j->inputs));
    PG_TRY_ALLOC(ctx, j->datasets, pg_arena_alloc(j->arena, data->n_children, sizeof(pgdp_dataset *)));
    PG_TRY_ALLOC(ctx, j->tables, pg_arena_alloc(j->arena, data->n_children, sizeof *j->tables));
    for (const pg_yaml *child = data->children; child != NULL; child = child->next) {
        j->inputs[j->n] = (pg_input){ .name = child->key, .rows = PGDP_NONE };
        PG_TRY(pg_input_read(ctx, child, j->arena, j->path, &j->inputs[j->n]));
        j->n++;
    }
    return PGDP_OK;
}

static pgdp_status run(pgdp_ctx *ctx, job *j)
{
    PG_TRY(read_rules(ctx, j));
    PG_TRY(new_answer(ctx, &j->out));
    for (size_t i = 0; i < j->n; i++) {
        char sha256[PG_SHA256_HEX];
        size_t n_bytes;
        pg_progress(ctx, "reading", i, j->n);
        PG_TRY(pg_input_load(ctx, j->path, &j->inputs[i], &j->datasets[i], sha256, &n_bytes));
        j->tables[i] = (pg_named_table){ .name = j->inputs[i].name,
                                         .path = j->inputs[i].path,
                                         .lines = pg_streq(pgdp_dataset_format(j->datasets[i]), "csv"),
                                         .frame = pgdp_dataset_table(j->datasets[i], 0) };
    }
    const pg_named_tables all = { j->tables, j->n };
    for (size_t i = 0; i < j->n; i++)
        PG_TRY(pg_input_checks_run(ctx, j->inputs[i].checks, &all, i, report, j));
    return PGDP_OK;
}

pgdp_status pgdp_data_check(pgdp_ctx *ctx, const char *rules_path, bool as_json, const pgdp_sink *sink)
{
    pg_arena arena;
    job j = { .path = rules_path, .arena = &arena };
    pg_arena_init(&arena, &ctx->allocator);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_status status = run(ctx, &j);
    const pg_answer answer = { .schema = "pgdp.data.check/1", .part = { { "checks", j.out, true } } };
    if (status == PGDP_OK) status = pg_answer_write(ctx, &answer, as_json, sink);
    if (status == PGDP_OK && j.n_failed > 0)
        status = pg_fail(ctx, PGDP_PARSE, "%s: %zu of %zu checks found faults", rules_path, j.n_failed,
                         pgdp_frame_n_rows(j.out));
    pg_arena_rewind(&ctx->scratch, mark);
    for (size_t i = 0; i < j.n; i++)
        pgdp_dataset_free(j.datasets[i]);
    pgdp_frame_free(j.out);
    pg_arena_free(&arena);
    return status;
}
