/* spec.c  Reading a study file: study, data, tasks, report; `regressions` is in spec_regression.c, `gap` in spec_gap.c.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/spec.h"
#include "study/input_checks.h"
#include "study/releases.h"
#include "study/yaml.h"

#include "core/hash.h"
#include "core/text.h"
#include "pgdp/file.h"

#include <string.h>

static const char *const input_names[] = {
#define PGDP_ENTRY(name) #name,
    PG_INPUT_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
        NULL,
};

static pg_place place_of(const pg_yaml *node)
{
    return (pg_place){ node->line, node->column };
}

pgdp_status pg_study_join(pgdp_ctx *ctx, pg_arena *arena, const char *study, const char *file, const char **out)
{
    const char *slash = strrchr(study, '/');
    *out = slash == NULL || file[0] == '/' ? pg_arena_strdup(arena, file)
                                           : pg_arena_printf(arena, "%.*s/%s", (int)(slash - study), study, file);
    return *out == NULL ? pg_no_memory(ctx) : PGDP_OK;
}

static pgdp_status read_head(pgdp_ctx *ctx, const pg_yaml *node, pg_study *out)
{
    static const char *const known[] = { "name", "title", "author", "as_of", "seed", "purpose", NULL };
    const pg_yaml *need;
    pgdp_period day;
    double seed = 0;
    PG_TRY(pg_yaml_keys(ctx, node, known));
    for (size_t i = 0; i < 5; i++)
        PG_TRY(pg_yaml_need(ctx, node, known[i], &need));
    PG_TRY(pg_yaml_text(ctx, node, "name", &out->name));
    PG_TRY(pg_yaml_text(ctx, node, "title", &out->title));
    PG_TRY(pg_yaml_text(ctx, node, "author", &out->author));
    PG_TRY(pg_yaml_text(ctx, node, "as_of", &out->as_of));
    PG_TRY(pg_yaml_text(ctx, node, "purpose", &out->purpose));
    PG_TRY(pg_yaml_whole(ctx, node, "seed", 0, 9007199254740992.0, &seed));
    out->seed = (uint64_t)seed;
    for (size_t i = 0; i < 2; i++) {
        const pg_yaml *words = pg_yaml_find(node, known[i]);
        if (words->text[0] == '\0') return pg_yaml_fail(ctx, words, "\"%s\" is empty; give it words", known[i]);
    }
    if (!pgdp_period_parse(out->as_of, &day) || day.frequency != PGDP_DAILY)
        return pg_yaml_fail(ctx, pg_yaml_find(node, "as_of"), "\"as_of\" must be a day like 2026-08-18, found \"%s\"",
                            out->as_of);
    return PGDP_OK;
}

pgdp_status pg_input_read(pgdp_ctx *ctx, const pg_yaml *node, pg_arena *arena, const char *study, pg_input *out)
{
    static const char *const known[] = {
        "file", "format", "store", "series", "rows", "release", "soc", "checks", NULL
    };
    const pg_yaml *file = pg_yaml_find(node, "store"), *series;
    const bool store = file != NULL;
    PG_TRY(pg_yaml_keys(ctx, node, known));
    if (store && (pg_yaml_find(node, "file") != NULL || pg_yaml_find(node, "format") != NULL))
        return pg_yaml_fail(ctx, file, "a \"store\" has no \"file\" or \"format\" beside it; leave them out");
    if (!store && pg_yaml_find(node, "series") != NULL)
        return pg_yaml_fail(ctx, pg_yaml_find(node, "series"), "\"series\" are of a \"store\"; name one");
    PG_TRY(pg_yaml_need(ctx, node, store ? "series" : "file", &series));
    if (!store) file = series;
    if (store) PG_TRY(pg_yaml_texts(ctx, node, "series", arena, &out->series));
    PG_TRY(pg_yaml_text(ctx, node, store ? "store" : "file", &out->given));
    PG_TRY(pg_yaml_text(ctx, node, "format", &out->format));
    PG_TRY(pg_yaml_count(ctx, node, "rows", 0, 1000000000, &out->rows));
    PG_TRY(pg_study_join(ctx, arena, study, out->given, &out->path));
    PG_TRY(pg_release_read(ctx, node, arena, out));
    out->line = file->line;
    out->column = file->column;
    out->checks = pg_yaml_find(node, "checks");
    return pg_input_checks_read(ctx, out->checks);
}

static pgdp_status read_data(pgdp_ctx *ctx, const pg_yaml *node, pg_arena *arena, pg_study *out)
{
    PG_TRY(pg_yaml_keys(ctx, node, input_names));
    for (size_t i = 0; i < PG_N_INPUTS; i++) {
        const pg_yaml *child;
        PG_TRY(pg_yaml_need(ctx, node, input_names[i], &child));
        out->inputs[i] = (pg_input){ .name = input_names[i], .rows = PGDP_NONE, .as_of = out->as_of };
        PG_TRY(pg_input_read(ctx, child, arena, out->path, &out->inputs[i]));
    }
    return PGDP_OK;
}

/** The model must be one of the library's list. */
static pgdp_status check_model(pgdp_ctx *ctx, const pg_yaml *node, const char *name)
{
    const char *const *models = pgdp_scoring_models();
    size_t n = 0;
    for (; models[n] != NULL; n++)
        if (pg_streq(models[n], name)) return PGDP_OK;
    const char *nearest = pgdp_nearest(name, models, n);
    if (nearest == NULL)
        return pg_yaml_fail(ctx, node, "found no scoring model \"%s\"; docs/tasks.md lists them", name);
    return pg_yaml_fail(ctx, node, "found no scoring model \"%s\"; did you mean \"%s\"?", name, nearest);
}

static pgdp_status read_model(pgdp_ctx *ctx, const pg_yaml *node, pgdp_scoring_request *out)
{
    PG_TRY(pg_yaml_text(ctx, node, "model", &out->model));
    return out->model == NULL ? PGDP_OK : check_model(ctx, pg_yaml_find(node, "model"), out->model);
}

/** Columns of texts, or true: the statement. A table of statements is there to be read. */
static pgdp_status read_text(pgdp_ctx *ctx, const pg_yaml *node, pg_arena *arena, bool has_statements,
                             pgdp_scoring_request *out)
{
    static const char *const statement[] = { "statement", NULL }, *const choices[] = { "false", "true", NULL };
    const pg_yaml *text = pg_yaml_find(node, "text");
    const char **columns = NULL;
    size_t wanted = has_statements ? 1 : 0;
    if (text != NULL && text->kind == PG_YAML_SEQUENCE) {
        PG_TRY(pg_yaml_texts(ctx, node, "text", arena, &columns));
        out->text = columns;
        return PGDP_OK;
    }
    PG_TRY(pg_yaml_choice(ctx, node, "text", choices, &wanted));
    out->text = wanted == 1 ? statement : NULL;
    return PGDP_OK;
}

static pgdp_status read_scoring(pgdp_ctx *ctx, const pg_yaml *node, pg_arena *arena, pgdp_scoring_request *out)
{
    static const char *const known[] = { "grade",       "levels", "threshold",  "majority", "penalties",
                                         "folds",       "draws",  "conf_level", "model",    "rivals",
                                         "calibration", "text",   NULL };
    static const char *const calibrations[] = { "auto", "platt", "isotonic", NULL };
    size_t calibration = 0;
    const char **rivals = NULL;
    const char **levels = NULL;
    double *penalties = NULL;
    const pg_yaml *need;
    PG_TRY(pg_yaml_keys(ctx, node, known));
    for (size_t i = 0; i < 3; i++)
        PG_TRY(pg_yaml_need(ctx, node, known[i], &need));
    PG_TRY(pg_yaml_text(ctx, node, "grade", &out->grade));
    PG_TRY(pg_yaml_texts(ctx, node, "levels", arena, &levels));
    PG_TRY(pg_yaml_text(ctx, node, "threshold", &out->threshold));
    PG_TRY(pg_yaml_real(ctx, node, "majority", 0, 1, &out->majority));
    if (!(out->majority > 0)) return pg_yaml_fail(ctx, pg_yaml_find(node, "majority"), "\"majority\" must be above 0");
    PG_TRY(pg_yaml_reals(ctx, node, "penalties", arena, &penalties, &out->n_lambdas));
    PG_TRY(pg_yaml_count(ctx, node, "folds", 2, 100, &out->n_folds));
    PG_TRY(pg_yaml_count(ctx, node, "draws", 10, 1000000, &out->n_draws));
    PG_TRY(pg_yaml_real(ctx, node, "conf_level", 0.5, 0.999, &out->conf_level));
    PG_TRY(read_model(ctx, node, out));
    PG_TRY(pg_yaml_choice(ctx, node, "calibration", calibrations, &calibration));
    PG_TRY(pg_yaml_texts(ctx, node, "rivals", arena, &rivals));
    for (size_t r = 0; rivals != NULL && rivals[r] != NULL; r++)
        PG_TRY(check_model(ctx, pg_yaml_find(node, "rivals"), rivals[r]));
    out->rivals = rivals;
    out->calibration = (pgdp_calibration)calibration;
    out->levels = levels;
    size_t i = 0;
    while (levels[i] != NULL && !pg_streq(levels[i], out->threshold))
        i++;
    if (levels[i] == NULL || i == 0)
        return pg_yaml_fail(ctx, pg_yaml_find(node, "threshold"),
                            "\"threshold\" must be one of the levels above the lowest, found \"%s\"", out->threshold);
    if (penalties != NULL) out->lambdas = penalties;
    for (i = 0; penalties != NULL && i < out->n_lambdas; i++)
        if (!(penalties[i] > 0))
            return pg_yaml_fail(ctx, pg_yaml_find(node, "penalties"), "\"penalties\" must all be above 0");
    return PGDP_OK;
}

static pgdp_status read_tasks(pgdp_ctx *ctx, const pg_yaml *node, pg_arena *arena, pg_study *out)
{
    static const char *const known[] = { "weights", "wages_year", "mixed_releases", "scoring",
                                         "grades",  "evidence",   "statements",     NULL };
    static const double penalties[] = { 10, 30, 100, 300 };
    size_t weights = PGDP_WEIGHT_CORE;
    const pg_yaml *scoring;
    out->scoring = (pgdp_scoring_request){ .majority = 0.9,
                                           .lambdas = penalties,
                                           .n_lambdas = sizeof penalties / sizeof penalties[0],
                                           .n_folds = 10,
                                           .conf_level = 0.95,
                                           .n_draws = 1000 };
    PG_TRY(pg_yaml_keys(ctx, node, known));
    PG_TRY(pg_yaml_choice(ctx, node, "weights", pgdp_task_weights_names(), &weights));
    out->weights = (pgdp_task_weights)weights;
    out->wages_year = 2024;
    PG_TRY(pg_yaml_whole(ctx, node, "wages_year", 1990, 2100, &out->wages_year));
    static const char *const truths[] = { "false", "true", NULL };
    size_t mixed = 0;
    PG_TRY(pg_yaml_choice(ctx, node, "mixed_releases", truths, &mixed));
    out->mixed_releases = mixed > 0;
    PG_TRY(pg_releases_agree(ctx, out));
    PG_TRY(pg_yaml_need(ctx, node, "scoring", &scoring));
    out->scoring_place = place_of(scoring);
    PG_TRY(pg_study_read_grades(ctx, node, arena, out));
    const bool has_statements = out->inputs[PG_INPUT_statements].given != NULL;
    PG_TRY(read_text(ctx, scoring, arena, has_statements, &out->scoring));
    return read_scoring(ctx, scoring, arena, &out->scoring);
}

/** Everything below the root. */
static pgdp_status read_root(pgdp_ctx *ctx, const pg_yaml *root, pg_arena *arena, pg_study *out)
{
    static const char *const known[] = { "study", "data", "tasks", "regressions", "gap", "report", NULL };
    static const char *const report_keys[] = { "series", NULL };
    const pg_yaml *study, *data, *tasks, *report;
    PG_TRY(pg_yaml_keys(ctx, root, known));
    PG_TRY(pg_yaml_need(ctx, root, "study", &study));
    PG_TRY(pg_yaml_need(ctx, root, "data", &data));
    PG_TRY(pg_yaml_need(ctx, root, "tasks", &tasks));
    PG_TRY(read_head(ctx, study, out));
    PG_TRY(read_data(ctx, data, arena, out));
    PG_TRY(read_tasks(ctx, tasks, arena, out));
    PG_TRY(pg_study_read_regressions(ctx, pg_yaml_find(root, "regressions"), arena, out));
    PG_TRY(pg_study_read_gap(ctx, pg_yaml_find(root, "gap"), arena, out));
    report = pg_yaml_find(root, "report");
    if (report == NULL) return PGDP_OK;
    out->report_place = place_of(report);
    PG_TRY(pg_yaml_keys(ctx, report, report_keys));
    return pg_yaml_texts(ctx, report, "series", arena, &out->report_series);
}

pgdp_status pg_study_read(pgdp_ctx *ctx, const char *path, pg_arena *arena, pg_study *out)
{
    unsigned char *bytes;
    size_t n;
    pg_yaml *root = NULL;
    memset(out, 0, sizeof *out);
    out->purpose = "";
    PG_TRY_ALLOC(ctx, out->path, pg_arena_strdup(arena, path));
    PG_TRY(pgdp_file_read(ctx, path, &bytes, &n));
    pgdp_status status = pg_sha256(ctx, bytes, n, out->sha256);
    if (status == PGDP_OK) status = pg_yaml_parse(ctx, out->path, bytes, n, arena, &root);
    if (status == PGDP_OK) out->text = pg_arena_strndup(arena, (const char *)bytes, n);
    pgdp_file_release(ctx, bytes);
    PG_TRY(status);
    if (out->text == NULL) return pg_no_memory(ctx);
    PG_TRY(read_root(ctx, root, arena, out));
    out->scoring.seed = out->seed;
    return PGDP_OK;
}
