/* load.c  A study's inputs in memory: read, hashed, checked against what the study says of them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/load.h"

#include "pgdp/file.h"
#include "study/columns.h"

/** Read one file whole, then its table. */
static pgdp_status load_one(pgdp_ctx *ctx, const pg_study *study, const pg_input *input, pg_loaded *out, size_t i)
{
    unsigned char *bytes;
    if (pgdp_file_read(ctx, input->path, &bytes, &out->n_bytes[i]) != PGDP_OK)
        return pg_fail_within(ctx, PGDP_IO, "%s:%zu:%zu: input %s", study->path, input->line, input->column,
                              input->name);
    const pgdp_bytes in = { .label = input->path, .data = bytes, .n = out->n_bytes[i] };
    pgdp_status status = pg_sha256(ctx, bytes, in.n, out->sha256[i]);
    if (status == PGDP_OK) status = pgdp_ingest(ctx, input->format, &in, &out->dataset[i]);
    pgdp_file_release(ctx, bytes);
    if (status == PGDP_OK && pgdp_dataset_n_tables(out->dataset[i]) != 1)
        return pg_fail(ctx, PGDP_PARSE,
                       "%s:%zu:%zu: input %s: found %zu tables in %s, expected one; give a file of one", study->path,
                       input->line, input->column, input->name, pgdp_dataset_n_tables(out->dataset[i]), input->path);
    return status;
}

static pgdp_status check_rows(pgdp_ctx *ctx, const pg_study *study, const pg_input *input, const pgdp_frame *table)
{
    const size_t rows = pgdp_frame_n_rows(table);
    if (input->rows == PGDP_NONE || input->rows == rows) return PGDP_OK;
    return pg_fail(ctx, PGDP_SHAPE_MISMATCH,
                   "%s:%zu:%zu: input %s: found %zu rows in %s, expected %zu; is it the file of another release?",
                   study->path, input->line, input->column, input->name, rows, input->path, input->rows);
}

pgdp_status pg_study_load(pgdp_ctx *ctx, const pg_study *study, pg_loaded *out)
{
    for (size_t i = 0; i < PG_N_INPUTS; i++) {
        pg_progress(ctx, "reading", i, PG_N_INPUTS);
        PG_TRY(load_one(ctx, study, &study->inputs[i], out, i));
        const pgdp_frame *table = pg_loaded_table(out, (pg_input_index)i);
        PG_TRY(check_rows(ctx, study, &study->inputs[i], table));
        const char *path = study->inputs[i].path, *format = pgdp_dataset_format(out->dataset[i]);
        PG_TRY(pg_check_columns(ctx, (pg_input_index)i, path, format, table));
        PG_TRY(pg_check_keys(ctx, (pg_input_index)i, path, format, table));
    }
    pg_progress(ctx, "reading", PG_N_INPUTS, PG_N_INPUTS);
    return PGDP_OK;
}

void pg_loaded_free(pg_loaded *loaded)
{
    for (size_t i = 0; i < PG_N_INPUTS; i++)
        pgdp_dataset_free(loaded->dataset[i]);
}

const pgdp_frame *pg_loaded_table(const pg_loaded *loaded, pg_input_index input)
{
    return pgdp_dataset_table(loaded->dataset[input], 0);
}
