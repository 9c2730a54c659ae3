/* verify.c  Running a study again beside its run directory and comparing: inputs, outputs, then the first difference.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/json.h"
#include "core/ranks.h"
#include "core/text.h"
#include "pgdp/file.h"
#include "study/run.h"

#include <string.h>

/** What a verification works on. */
typedef struct verification {
    const char *directory, *again; /**< the run, and where it is run again */
    const char *study_path, *study_sha256;
    uint64_t seed;
    const pg_json_value *inputs, *outputs;
    pg_run run;
} verification;

/** A file whole, in the scratch arena. */
static pgdp_status read_whole(pgdp_ctx *ctx, const char *directory, const char *name, const char **bytes, size_t *n)
{
    char *path, *copy;
    unsigned char *data;
    PG_TRY_ALLOC(ctx, path, pg_arena_printf(&ctx->scratch, "%s/%s", directory, name));
    PG_TRY(pgdp_file_read(ctx, path, &data, n));
    copy = pg_arena_alloc(&ctx->scratch, *n + 1, 1);
    if (copy != NULL) memcpy(copy, data, *n);
    pgdp_file_release(ctx, data);
    if (copy == NULL) return pg_no_memory(ctx);
    *bytes = copy;
    return PGDP_OK;
}

/** The manifest's members that a verification needs. */
static pgdp_status read_manifest(pgdp_ctx *ctx, const pg_json_value *root, verification *v)
{
    const pg_json_value *study = pg_json_member(root, "study");
    const char *schema = pg_json_text(pg_json_member(root, "schema"));
    double seed = 0;
    v->study_path = pg_json_text(pg_json_member(study, "path"));
    v->study_sha256 = pg_json_text(pg_json_member(study, "sha256"));
    v->inputs = pg_json_member(root, "inputs");
    v->outputs = pg_json_member(root, "outputs");
    if (schema == NULL || !pg_streq(schema, "pgdp.manifest/1") || v->study_path == NULL || v->study_sha256 == NULL ||
        !pg_json_number(pg_json_member(study, "seed"), &seed) || !pg_json_is_array(v->inputs) ||
        !pg_json_is_array(v->outputs))
        return pg_fail(ctx, PGDP_PARSE, "%s/manifest.json: found no whole manifest of schema pgdp.manifest/1",
                       v->directory);
    v->seed = (uint64_t)seed;
    return PGDP_OK;
}

/** The study and its inputs must be those of the run. */
static pgdp_status check_inputs(pgdp_ctx *ctx, const verification *v)
{
    const pg_study *study = &v->run.study;
    if (!pg_streq(study->sha256, v->study_sha256))
        return pg_fail(ctx, PGDP_MISMATCH, "%s has changed since the run: sha256 %s, the manifest says %s",
                       v->study_path, study->sha256, v->study_sha256);
    for (size_t i = 0, n = 0; i < PG_N_FILES; i++) {
        if (study->inputs[i].given == NULL) continue;
        const pg_json_value *input = pg_json_at(v->inputs, n++);
        const char *sha256 = pg_json_text(pg_json_member(input, "sha256"));
        if (sha256 == NULL || !pg_streq(sha256, v->run.loaded.sha256[i]))
            return pg_fail(ctx, PGDP_MISMATCH,
                           "input %s (%s) has changed since the run: sha256 %s, the manifest says %s",
                           study->inputs[i].name, study->inputs[i].path, v->run.loaded.sha256[i],
                           sha256 != NULL ? sha256 : "nothing");
    }
    return PGDP_OK;
}

/** The outputs must be those that the manifest sealed. */
static pgdp_status check_outputs(pgdp_ctx *ctx, const verification *v)
{
    for (size_t i = 0; i < pg_json_count(v->outputs); i++) {
        const pg_json_value *output = pg_json_at(v->outputs, i);
        const char *name = pg_json_text(pg_json_member(output, "file"));
        const char *sealed = pg_json_text(pg_json_member(output, "sha256"));
        const char *bytes = NULL;
        size_t n = 0;
        char sha256[PG_SHA256_HEX];
        if (name == NULL || sealed == NULL || strchr(name, '/') != NULL)
            return pg_fail(ctx, PGDP_PARSE, "%s/manifest.json: found an output without file and sha256", v->directory);
        PG_TRY(read_whole(ctx, v->directory, name, &bytes, &n));
        PG_TRY(pg_sha256(ctx, bytes, n, sha256));
        if (!pg_streq(sha256, sealed))
            return pg_fail(ctx, PGDP_MISMATCH, "%s/%s was changed after the run: sha256 %s, the manifest says %s",
                           v->directory, name, sha256, sealed);
    }
    return PGDP_OK;
}

/** Where line `line` (from 1) begins, and its length up to 160 bytes for a message. */
static const char *line_at(const char *text, size_t line, int *length)
{
    for (; line > 1 && *text != '\0'; line--) {
        const char *end = strchr(text, '\n');
        text = end != NULL ? end + 1 : text + strlen(text);
    }
    while (*text == ' ')
        text++;
    size_t n = strcspn(text, "\n");
    if (n > 0 && text[n - 1] == ',') n--; /* between JSON's members, not of the value */
    *length = (int)(n > 160 ? 160 : n);
    return text;
}

/** Compare one output; a text is compared line by line so that the difference can be shown. */
static pgdp_status compare_file(pgdp_ctx *ctx, const verification *v, const char *name)
{
    const char *was = NULL, *is = NULL;
    size_t n_was = 0, n_is = 0, at = 0, line = 1;
    PG_TRY(read_whole(ctx, v->directory, name, &was, &n_was));
    PG_TRY(read_whole(ctx, v->again, name, &is, &n_is));
    if (n_was == n_is && memcmp(was, is, n_was) == 0) return PGDP_OK;
    while (at < n_was && at < n_is && was[at] == is[at]) {
        line += was[at] == '\n' ? 1 : 0;
        at++;
    }
    if (pg_ends_with(name, ".xlsx"))
        return pg_fail(ctx, PGDP_MISMATCH, "%s/%s differs at byte %zu though every number of results.json is the same",
                       v->directory, name, at);
    int n_old, n_new;
    const char *old_line = line_at(was, line, &n_old), *new_line = line_at(is, line, &n_new);
    return pg_fail(ctx, PGDP_MISMATCH, "%s/%s:%zu: the run holds %.*s, running it again gives %.*s", v->directory, name,
                   line, n_old, old_line, n_new, new_line);
}

static pgdp_status write_and_compare(pgdp_ctx *ctx, verification *v)
{
    static const char *const order[] = { "results.json", "log.txt", "report.xlsx", "manifest.json" };
    pgdp_directory_remove(ctx, v->again); /* a killed verification may have left one */
    PG_TRY(pgdp_directory_make(ctx, v->again));
    PG_TRY(pg_run_write(ctx, &v->run, v->again));
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        PG_TRY(compare_file(ctx, v, order[i]));
    return PGDP_OK;
}

/** Write beside the directory and compare, the numbers first. */
static pgdp_status compare_all(pgdp_ctx *ctx, void *user)
{
    verification *v = user;
    const pgdp_status status = write_and_compare(ctx, v);
    pgdp_directory_remove(ctx, v->again);
    return status;
}

static pgdp_status verify(pgdp_ctx *ctx, const pg_json_document *manifest, verification *v)
{
    PG_TRY(read_manifest(ctx, pg_json_root(manifest), v));
    PG_TRY(check_outputs(ctx, v));
    pgdp_status status = pg_run_load(ctx, v->study_path, &v->seed, &v->run);
    if (status == PGDP_IO) /* the manifest names the study as the run was given it */
        return pg_fail_within(ctx, status,
                              "%s: its study is %s, seen from the folder where it was run; verify it there",
                              v->directory, v->study_path);
    PG_TRY(status);
    PG_TRY(check_inputs(ctx, v));
    PG_TRY(pg_run_compute(ctx, &v->run));
    return pg_once(ctx, compare_all, v);
}

static pgdp_status say_verified(pgdp_ctx *ctx, const verification *v, bool as_json, const pgdp_sink *sink)
{
    pg_json json;
    pg_text text;
    if (as_json) {
        pg_json_init(&json, sink, true);
        pg_json_object(&json);
        pg_json_key_string(&json, "schema", "pgdp.verify/1");
        pg_json_key_string(&json, "directory", v->directory);
        pg_json_key_bool(&json, "identical", true);
        pg_json_object_end(&json);
        return pg_json_end(ctx, &json);
    }
    pg_text_init(&text, &ctx->scratch);
    pg_text_addf(&text, "%s: running it again gives the same bytes\n", v->directory);
    return text.failed ? pg_no_memory(ctx) : sink->write(sink->user, text.data, text.n);
}

pgdp_status pgdp_study_verify(pgdp_ctx *ctx, const char *run_dir, bool as_json, const pgdp_sink *sink)
{
    verification v = { .directory = NULL };
    pg_json_document *manifest = NULL;
    const char *bytes = NULL;
    size_t n = 0;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_run_init(ctx, &v.run);
    size_t length = strlen(run_dir);
    while (length > 1 && run_dir[length - 1] == '/')
        length--;
    v.directory = pg_arena_strndup(&v.run.arena, run_dir, length);
    v.again = pg_arena_printf(&v.run.arena, "%.*s.verify", (int)length, run_dir);
    const char *label = pg_arena_printf(&v.run.arena, "%.*s/manifest.json", (int)length, run_dir);
    pgdp_status status = v.directory == NULL || v.again == NULL || label == NULL
                             ? pg_no_memory(ctx)
                             : read_whole(ctx, v.directory, "manifest.json", &bytes, &n);
    if (status == PGDP_IO) /* the manifest is written last, so that a directory without one holds no whole run */
        status = pg_fail_within(ctx, PGDP_PARSE, "%s is no finished run", v.directory);
    if (status == PGDP_OK) status = pg_json_parse(ctx, label, bytes, n, &manifest);
    if (status == PGDP_OK) status = verify(ctx, manifest, &v);
    if (status == PGDP_OK) status = say_verified(ctx, &v, as_json, sink);
    pg_json_document_free(manifest);
    pg_run_free(&v.run);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
