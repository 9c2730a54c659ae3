/* load.c  A study's inputs in memory: read, hashed, checked against what the study says of them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/load.h"

#include "core/checks.h"
#include "core/text.h"
#include "pgdp/file.h"
#include "study/columns.h"
#include "study/from_store.h"
#include "study/input_checks.h"

/* A table made of a store's series is hashed and read as a file would be. */
static pgdp_status read_series(pgdp_ctx *ctx, const char *file, const pg_input *input, pgdp_dataset **out,
                               char sha256[PG_SHA256_HEX], size_t *n_bytes)
{
    pg_text text;
    PG_TRY(pg_input_from_store(ctx, file, input, &text));
    const pgdp_bytes in = { .label = input->path, .data = (const unsigned char *)text.data, .n = text.n };
    *n_bytes = in.n;
    PG_TRY(pg_sha256(ctx, in.data, in.n, sha256));
    return pgdp_ingest(ctx, "csv", &in, out);
}

/** Read one file whole, then its table. */
static pgdp_status read_table(pgdp_ctx *ctx, const char *file, const pg_input *input, pgdp_dataset **out,
                              char sha256[PG_SHA256_HEX], size_t *n_bytes)
{
    unsigned char *bytes;
    if (input->series != NULL) return read_series(ctx, file, input, out, sha256, n_bytes);
    if (pgdp_file_read(ctx, input->path, &bytes, n_bytes) != PGDP_OK)
        return pg_fail_within(ctx, PGDP_IO, "%s:%zu:%zu: input %s", file, input->line, input->column, input->name);
    const pgdp_bytes in = { .label = input->path, .data = bytes, .n = *n_bytes };
    pgdp_status status = pg_sha256(ctx, bytes, in.n, sha256);
    if (status == PGDP_OK) status = pgdp_ingest(ctx, input->format, &in, out);
    pgdp_file_release(ctx, bytes);
    if (status == PGDP_OK && pgdp_dataset_n_tables(*out) != 1)
        return pg_fail(ctx, PGDP_PARSE,
                       "%s:%zu:%zu: input %s: found %zu tables in %s, expected one; give a file of one", file,
                       input->line, input->column, input->name, pgdp_dataset_n_tables(*out), input->path);
    return status;
}

pgdp_status pg_input_load(pgdp_ctx *ctx, const char *file, const pg_input *input, pgdp_dataset **out,
                          char sha256[PG_SHA256_HEX], size_t *n_bytes)
{
    PG_TRY(read_table(ctx, file, input, out, sha256, n_bytes));
    const size_t rows = pgdp_frame_n_rows(pgdp_dataset_table(*out, 0));
    if (input->rows == PGDP_NONE || input->rows == rows) return PGDP_OK;
    return pg_fail(ctx, PGDP_SHAPE_MISMATCH,
                   "%s:%zu:%zu: input %s: found %zu rows in %s, expected %zu; is it the file of another release?", file,
                   input->line, input->column, input->name, rows, input->path, input->rows);
}

/* A check that fails ends the run; what holds stands among the run's checks. */
static pgdp_status report(pgdp_ctx *ctx, void *user, const char *name, const pg_check_job *job)
{
    if (job->n_failed > 1)
        return pg_fail(ctx, PGDP_PARSE, "%s; %zu more like it (check %s)", job->first, job->n_failed - 1, name);
    if (job->n_failed == 1) return pg_fail(ctx, PGDP_PARSE, "%s (check %s)", job->first, name);
    return pg_checks_add(ctx, user, name, 0, 0, 0);
}

static pgdp_status run_checks(pgdp_ctx *ctx, const pg_study *study, const pg_loaded *loaded, pgdp_frame *checks)
{
    pg_named_table tables[PG_N_INPUTS];
    const pg_named_tables all = { tables, PG_N_INPUTS };
    for (size_t i = 0; i < PG_N_INPUTS; i++)
        tables[i] = (pg_named_table){ .name = study->inputs[i].name,
                                      .path = study->inputs[i].path,
                                      .lines = pg_streq(pgdp_dataset_format(loaded->dataset[i]), "csv"),
                                      .frame = pg_loaded_table(loaded, (pg_input_index)i) };
    for (size_t i = 0; i < PG_N_INPUTS; i++)
        PG_TRY(pg_input_checks_run(ctx, study->inputs[i].checks, &all, i, report, checks));
    return PGDP_OK;
}

pgdp_status pg_study_load(pgdp_ctx *ctx, const pg_study *study, pg_loaded *out, pgdp_frame *checks)
{
    for (size_t i = 0; i < PG_N_INPUTS; i++) {
        const pg_input *input = &study->inputs[i];
        pg_progress(ctx, "reading", i, PG_N_INPUTS);
        PG_TRY(pg_input_load(ctx, study->path, input, &out->dataset[i], out->sha256[i], &out->n_bytes[i]));
        const pgdp_frame *table = pg_loaded_table(out, (pg_input_index)i);
        const char *format = pgdp_dataset_format(out->dataset[i]);
        PG_TRY(pg_check_columns(ctx, (pg_input_index)i, input->path, format, table));
        PG_TRY(pg_check_keys(ctx, (pg_input_index)i, input->path, format, table));
    }
    for (size_t i = PG_N_INPUTS; i < PG_N_FILES; i++)
        if (study->inputs[i].given != NULL)
            PG_TRY(
                pg_input_load(ctx, study->path, &study->inputs[i], &out->dataset[i], out->sha256[i], &out->n_bytes[i]));
    pg_progress(ctx, "reading", PG_N_INPUTS, PG_N_INPUTS);
    return run_checks(ctx, study, out, checks);
}

void pg_loaded_free(pg_loaded *loaded)
{
    for (size_t i = 0; i < PG_N_FILES; i++)
        pgdp_dataset_free(loaded->dataset[i]);
}

const pgdp_frame *pg_loaded_table(const pg_loaded *loaded, pg_input_index input)
{
    return loaded->dataset[input] == NULL ? NULL : pgdp_dataset_table(loaded->dataset[input], 0);
}
