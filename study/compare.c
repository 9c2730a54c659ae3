/* compare.c  The measures of a study's tasks, every pair of them, and beside those of another table by occupation.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "pgdp/measures.h"
#include "study/run.h"
#include "tasks/answer.h"
#include "tasks/frames.h"

#include <string.h>

#define OURS "study."

/** Rows that pair a measure of the study with one of the other table. */
static pgdp_status keep_across(pgdp_ctx *ctx, const pgdp_frame *pairs, pgdp_frame **out)
{
    const size_t n_columns = pgdp_frame_n_columns(pairs);
    pgdp_column *columns;
    PG_TRY_ALLOC(ctx, columns, pg_arena_alloc(&ctx->scratch, n_columns, sizeof *columns));
    for (size_t j = 0; j < n_columns; j++)
        columns[j] = *pgdp_frame_column(pairs, j);
    PG_TRY(pg_frame_of(ctx, columns, n_columns, 0, out));
    for (size_t i = 0; i < pgdp_frame_n_rows(pairs); i++) {
        const char *a = pgdp_frame_text(pairs, 0, i), *b = pgdp_frame_text(pairs, 1, i);
        if (!pg_starts_with(a, OURS) || pg_starts_with(b, OURS)) continue;
        PG_TRY(pgdp_frame_add_row(ctx, *out));
        PG_TRY(pg_set_text(ctx, *out, 0, a + strlen(OURS)));
        PG_TRY(pg_set_text(ctx, *out, 1, b));
        for (size_t j = 2; j < n_columns; j++)
            pgdp_frame_set_real(*out, j, pgdp_frame_reals(pairs, j)[i]);
    }
    return PGDP_OK;
}

/** The study's measures by SOC occupation beside those of a file. */
static pgdp_status compare_with(pgdp_ctx *ctx, const pg_run *run, const char *path, pgdp_frame **out)
{
    const pgdp_load how = { .format = NULL };
    const char *slash = strrchr(path, '/'), *stem = slash == NULL ? path : slash + 1, *name;
    pgdp_frame *other = NULL;
    pgdp_measurement *m = NULL;
    PG_TRY_ALLOC(ctx, name, pg_arena_strndup(&ctx->scratch, stem, strcspn(stem, ".")));
    PG_TRY(pgdp_load_table(ctx, path, &how, &other));
    const pgdp_measure_table tables[] = { { "study", run->by_occupation }, { name, other }, { NULL, NULL } };
    pgdp_status status = pgdp_measures_compare(ctx, tables, 0, &m);
    if (status == PGDP_OK) status = keep_across(ctx, pgdp_measurement_frame(m, 1, NULL), out);
    pgdp_measurement_free(m);
    pgdp_frame_free(other);
    return status;
}

pgdp_status pgdp_study_compare(pgdp_ctx *ctx, const char *study_path, const char *with, bool as_json,
                               const pgdp_sink *sink)
{
    pg_run run;
    pgdp_frame *across = NULL;
    pg_run_init(ctx, &run);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_status status = pg_run_load(ctx, study_path, NULL, &run);
    if (status == PGDP_OK) status = pg_run_tasks(ctx, &run);
    if (status == PGDP_OK && with != NULL) status = compare_with(ctx, &run, with, &across);
    const pg_answer answer = {
        .schema = "pgdp.tasks.compare/1",
        .part = { { "measures", run.measures, true }, { "pairs", run.pairs, true }, { "with", across, true } },
    };
    if (status == PGDP_OK) status = pg_answer_write(ctx, &answer, as_json, sink);
    pg_arena_rewind(&ctx->scratch, mark);
    pgdp_frame_free(across);
    pg_run_free(&run);
    return status;
}
