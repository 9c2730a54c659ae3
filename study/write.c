/* write.c  A run's files: the workbook, its twin, the log and, last, the manifest.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/run.h"

#include "core/json.h"
#include "core/text.h"
#include "pgdp/file.h"

static const char *const files[] = { "report.xlsx", "results.json", "log.txt", "manifest.json", NULL };
enum { N_OUTPUTS = 3 };

const char *const *pg_run_files(void)
{
    return files;
}

/** directory/name, in scratch memory. */
static pgdp_status path_in(pgdp_ctx *ctx, const char *directory, const char *name, const char **out)
{
    PG_TRY_ALLOC(ctx, *out, pg_arena_printf(&ctx->scratch, "%s/%s", directory, name));
    return PGDP_OK;
}

/** The steps and what they gave, without clock or machine: the same for every run of the study. */
static pgdp_status write_log(pgdp_ctx *ctx, const pg_run *run, const char *path)
{
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    pg_text_addf(&text, "study %s (%s)\n", run->study.name, run->study.path);
    for (size_t i = 0; i < PG_N_FILES; i++)
        if (run->study.inputs[i].given != NULL)
            pg_text_addf(&text, "read %s: %s, %zu rows, sha256 %s\n", run->study.inputs[i].name,
                         run->study.inputs[i].given,
                         pgdp_frame_n_rows(pg_loaded_table(&run->loaded, (pg_input_index)i)), run->loaded.sha256[i]);
    pg_text_addf(&text, "tasks: %zu tasks, %zu activities, %zu occupations\n", pgdp_task_list_n_tasks(run->list),
                 pgdp_task_list_n_activities(run->list), pgdp_task_list_n_occupations(run->list));
    for (size_t i = 0; i < run->n_regressions; i++) {
        const pgdp_regression_spec *spec = pgdp_regression_spec_of(run->regressions[i]);
        const pgdp_glance glance = pgdp_fit_glance(pgdp_regression_fit(run->regressions[i]));
        pg_text_addf(&text, "regression %s: %s, vcov %s, nobs ", spec->id != NULL ? spec->id : "-", spec->formula,
                     spec->vcov);
        pg_text_add_number(&text, glance.nobs);
        pg_text_add(&text, "\n");
    }
    pg_text_addf(&text, "gap: %zu rows of work, %zu draws, %zu scenarios\n", run->n_work, run->study.n_draws,
                 pgdp_frame_n_rows(run->grid));
    const double *passed = pgdp_frame_reals(run->checks, pgdp_frame_find(run->checks, "passed"));
    for (size_t i = 0; i < pgdp_frame_n_rows(run->checks); i++)
        pg_text_addf(&text, "check %s: %s\n", passed[i] > 0 ? "passed" : "FAILED",
                     pgdp_frame_text(run->checks, pgdp_frame_find(run->checks, "check"), i));
    if (text.failed) return pg_no_memory(ctx);
    return pgdp_file_write(ctx, path, text.data, text.n);
}

static void put_inputs(pg_json *json, const pg_run *run)
{
    pg_json_key(json, "inputs");
    pg_json_array(json);
    for (size_t i = 0; i < PG_N_FILES; i++) {
        const pgdp_frame *table = pg_loaded_table(&run->loaded, (pg_input_index)i);
        if (table == NULL) continue;
        pg_json_object(json);
        pg_json_key_string(json, "name", run->study.inputs[i].name);
        pg_json_key_string(json, "file", run->study.inputs[i].given);
        if (run->study.inputs[i].release != NULL) pg_json_key_string(json, "release", run->study.inputs[i].release);
        if (run->study.inputs[i].soc > 0) pg_json_key_integer(json, "soc", (int64_t)run->study.inputs[i].soc);
        pg_json_key_string(json, "format", pgdp_dataset_format(run->loaded.dataset[i]));
        pg_json_key_integer(json, "bytes", (int64_t)run->loaded.n_bytes[i]);
        pg_json_key_integer(json, "rows", (int64_t)pgdp_frame_n_rows(table));
        pg_json_key_string(json, "sha256", run->loaded.sha256[i]);
        pg_json_object_end(json);
    }
    pg_json_array_end(json);
}

/** A cell as it stands in its file. */
static void put_cell(pg_json *json, const pgdp_frame *frame, size_t column, size_t row)
{
    const pgdp_column *about = pgdp_frame_column(frame, column);
    char period[16];
    if (about->type == PGDP_TEXT) {
        pg_json_string(json, pgdp_frame_text(frame, column, row));
    } else if (about->type == PGDP_REAL) {
        pg_json_real(json, pgdp_frame_reals(frame, column)[row]);
    } else if (pgdp_frame_periods(frame, column)[row] == PGDP_MISSING_PERIOD) {
        pg_json_null(json);
    } else {
        pgdp_period_format((pgdp_period){ about->frequency, pgdp_frame_periods(frame, column)[row] }, period);
        pg_json_string(json, period);
    }
}

/** Publisher's files behind the inputs: what the catalogue says of source, vintage and licence. */
static void put_sources(pg_json *json, const pg_run *run)
{
    static const char *const fields[] = { "id",      "file",    "publisher", "address",
                                          "licence", "vintage", "retrieved", "sha256" };
    const pgdp_frame *catalogue = run->results.sources;
    pg_json_key(json, "sources");
    pg_json_array(json);
    for (size_t i = 0; i < pgdp_frame_n_rows(catalogue); i++) {
        pg_json_object(json);
        for (size_t j = 0; j < sizeof fields / sizeof fields[0]; j++) {
            const size_t column = pgdp_frame_find(catalogue, fields[j]);
            if (column == PGDP_NONE) continue;
            pg_json_key(json, fields[j]);
            put_cell(json, catalogue, column, i);
        }
        pg_json_object_end(json);
    }
    pg_json_array_end(json);
}

/** Outputs already written, with their hashes. */
static pgdp_status put_outputs(pgdp_ctx *ctx, pg_json *json, const char *directory)
{
    pg_json_key(json, "outputs");
    pg_json_array(json);
    for (size_t i = 0; i < N_OUTPUTS; i++) {
        const char *path;
        unsigned char *bytes;
        size_t n;
        char sha256[PG_SHA256_HEX];
        PG_TRY(path_in(ctx, directory, files[i], &path));
        PG_TRY(pgdp_file_read(ctx, path, &bytes, &n));
        const pgdp_status status = pg_sha256(ctx, bytes, n, sha256);
        pgdp_file_release(ctx, bytes);
        PG_TRY(status);
        pg_json_object(json);
        pg_json_key_string(json, "file", files[i]);
        pg_json_key_integer(json, "bytes", (int64_t)n);
        pg_json_key_string(json, "sha256", sha256);
        pg_json_object_end(json);
    }
    pg_json_array_end(json);
    return PGDP_OK;
}

static pgdp_status write_manifest(pgdp_ctx *ctx, const pg_run *run, const char *directory, const char *path)
{
    pg_text text;
    pg_json json;
    pg_text_init(&text, &ctx->scratch);
    const pgdp_sink sink = pg_text_sink(&text);
    pg_json_init(&json, &sink, true);
    pg_json_object(&json);
    pg_json_key_string(&json, "schema", "pgdp.manifest/1");
    pg_json_key_string(&json, "program", "pgdp");
    pg_json_key_string(&json, "version", pgdp_version());
    pg_json_key_string(&json, "build", pgdp_build_info(ctx));
    pg_json_key_string(&json, "threads", "any number gives the same bytes; BLAS uses one a call");
    pg_json_key(&json, "study");
    pg_json_object(&json);
    pg_json_key_string(&json, "name", run->study.name);
    pg_json_key_string(&json, "path", run->study.path);
    pg_json_key_string(&json, "sha256", run->study.sha256);
    pg_json_key_string(&json, "text", run->study.text);
    pg_json_key_integer(&json, "seed", (int64_t)run->study.seed);
    pg_json_object_end(&json);
    put_inputs(&json, run);
    put_sources(&json, run);
    PG_TRY(put_outputs(ctx, &json, directory));
    pg_json_object_end(&json);
    PG_TRY(pg_json_end(ctx, &json));
    if (text.failed) return pg_no_memory(ctx);
    return pgdp_file_write(ctx, path, text.data, text.n);
}

static pgdp_status write_all(pgdp_ctx *ctx, const pg_run *run, const char *directory)
{
    const char *path;
    PG_TRY(path_in(ctx, directory, files[0], &path));
    PG_TRY(pgdp_report_write(ctx, path, &run->results));
    PG_TRY(path_in(ctx, directory, files[1], &path));
    PG_TRY(pgdp_report_write(ctx, path, &run->results));
    PG_TRY(path_in(ctx, directory, files[2], &path));
    PG_TRY(write_log(ctx, run, path));
    PG_TRY(path_in(ctx, directory, files[3], &path));
    return write_manifest(ctx, run, directory, path);
}

pgdp_status pg_run_write(pgdp_ctx *ctx, const pg_run *run, const char *directory)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = write_all(ctx, run, directory);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
