/* test_spec.c  A study file becomes a plan, and everything that cannot be meant is refused at its line and column.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/spec.h"

static const char study_text[] = "study: {name: small, title: A small one, author: us, as_of: 2026-08-18, seed: 77}\n"
                                 "data:\n"
                                 "  tasks: {file: ../tasks.csv, rows: 19265}\n"
                                 "  task_dwas: {file: /elsewhere/task_dwas.csv, format: csv}\n"
                                 "  activities: {file: activities.csv}\n"
                                 "  occupations: {file: occupations.csv}\n"
                                 "  wages: {file: oews.csv}\n"
                                 "  combined: {file: combined.csv}\n"
                                 "  accounts: {file: accounts.csv}\n"
                                 "  sector_jobs: {file: sector.csv}\n"
                                 "  series: {file: series.csv}\n"
                                 "  series_list: {file: list.csv}\n"
                                 "  published: {file: published.csv}\n"
                                 "  catalogue: {file: catalogue.csv}\n"
                                 "tasks:\n"
                                 "  weights: equal\n"
                                 "  scoring:\n"
                                 "    grade: gpt4_automation\n"
                                 "    levels: [T0, T1, T2]\n"
                                 "    threshold: T2\n"
                                 "    penalties: [2.5, 40]\n"
                                 "    folds: 3\n"
                                 "regressions:\n"
                                 "  - {id: gradient, table: soc_measures, formula: y ~ x, vcov: HC1}\n"
                                 "gap:\n"
                                 "  mode: gross\n"
                                 "  work: expected\n"
                                 "  draws: 250\n"
                                 "  parameters:\n"
                                 "    adoption: {value: 0.18, distribution: beta, mean: 0.2, concentration: 55}\n"
                                 "    token_price: 12.5\n"
                                 "  scenarios:\n"
                                 "    elasticity: [0.29, 0.6, 1.1]\n"
                                 "  new_tasks:\n"
                                 "    - {name: letters, p_star: 0.4, p1: 0.002, q: 30, theta: 1, d: 1}\n"
                                 "  top_down: {output: OUT, hours: HRS, gdp: GDP, fit: [2005Q1, 2022Q3], lags: 3}\n"
                                 "report:\n"
                                 "  series: [GDP, OUT]\n";

typedef struct fixture {
    pgdp_ctx *ctx;
    pg_arena arena;
    pg_study study;
    char *folder, path[4096];
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){ .ctx = pgdp_ctx_new(NULL), .folder = pgt_new_folder() };
    pg_arena_init(&f.arena, &f.ctx->allocator);
    snprintf(f.path, sizeof f.path, "%s/s.yaml", f.folder);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    pg_arena_free(&f->arena);
    pgdp_ctx_free(f->ctx);
    pgt_remove_folder(f->folder);
    return 0;
}

static pgdp_status read_text(fixture *f, const char *text)
{
    pgt_write_file(f->path, text, strlen(text));
    return pg_study_read(f->ctx, f->path, &f->arena, &f->study);
}

/* The study with the first `from` made `to`. */
static pgdp_status read_changed(fixture *f, const char *from, const char *to)
{
    char text[8192];
    const char *at = strstr(study_text, from);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - study_text), study_text, to, at + strlen(from));
    return read_text(f, text);
}

/* Changed so, the file must be refused with these words; "@" in them stands for the file's path. */
static void refused(fixture *f, const char *from, const char *to, const char *words)
{
    char want[8192];
    assert_status(f->ctx, read_changed(f, from, to), PGDP_PARSE);
    snprintf(want, sizeof want, "%s%s", words[0] == '@' ? f->path : "", words[0] == '@' ? words + 1 : words);
    assert_contains(pgdp_ctx_error(f->ctx), want);
}

/* The same with another status than PARSE. */
static void refused_as(fixture *f, const char *to, pgdp_status status, const char *words)
{
    char want[8192];
    pgdp_ctx *ctx = f->ctx;
    pgt_assert_status(ctx, read_changed(f, "formula: y ~ x, vcov: HC1}", to), status, __FILE__, __LINE__);
    snprintf(want, sizeof want, "%s%s", f->path, words);
    assert_contains(pgdp_ctx_error(ctx), want);
}

static void whole_study_is_read(void **state)
{
    fixture *f = *state;
    assert_ok(f->ctx, read_text(f, study_text));
    const pg_study *s = &f->study;
    assert_string_equal(s->name, "small");
    assert_string_equal(s->as_of, "2026-08-18");
    assert_string_equal(s->purpose, "");
    assert_true(s->seed == 77 && s->scoring.seed == 77);
    assert_string_equal(s->text, study_text);
    assert_int_equal(s->weights, PGDP_WEIGHT_EQUAL);
    assert_string_equal(s->scoring.grade, "gpt4_automation");
    assert_string_equal(s->scoring.levels[2], "T2");
    assert_null(s->scoring.levels[3]);
    assert_int_equal(s->scoring.n_lambdas, 2);
    assert_true(s->scoring.lambdas[0] == 2.5 && s->scoring.lambdas[1] == 40);
    assert_int_equal(s->scoring.n_folds, 3);
    assert_int_equal(s->n_regressions, 1);
    assert_string_equal(s->regressions[0].spec.formula, "y ~ x");
    assert_int_equal(s->regressions[0].table_place.line, 24);
    assert_int_equal(s->mode, PGDP_GAP_GROSS);
    assert_false(s->end_to_end);
    assert_int_equal(s->n_draws, 250);
    assert_int_equal(s->n_news, 1);
    assert_true(s->news[0].p_star == 0.4 && s->news[0].p1 == 0.002 && s->news[0].q == 30 && s->news[0].d == 1);
    assert_true(s->top_down.asked && s->top_down.lags == 3 && s->top_down.gdi == NULL);
    assert_int_equal(s->top_down.fit_last.ordinal - s->top_down.fit_first.ordinal, 70);
    assert_string_equal(s->report_series[1], "OUT");
    assert_null(s->report_series[2]);
}

static void parameters_have_value_distribution_and_defaults(void **state)
{
    fixture *f = *state;
    assert_ok(f->ctx, read_text(f, study_text));
    const pgdp_parameter *p = f->study.parameters, *defaults = pgdp_parameters_default();
    assert_int_equal(p[PGDP_PARAMETER_adoption].distribution, PGDP_BETA);
    assert_true(p[PGDP_PARAMETER_adoption].value == 0.18 && p[PGDP_PARAMETER_adoption].a == 0.2);
    assert_true(p[PGDP_PARAMETER_adoption].b == 55);
    assert_int_equal(p[PGDP_PARAMETER_token_price].distribution, PGDP_FIXED);
    assert_true(p[PGDP_PARAMETER_token_price].value == 12.5);
    assert_true(p[PGDP_PARAMETER_survival].value == defaults[PGDP_PARAMETER_survival].value);
    assert_int_equal(f->study.n_axes, 1);
    assert_int_equal(f->study.axes[0].parameter, PGDP_PARAMETER_elasticity);
    assert_true(f->study.axes[0].n == 3 && f->study.axes[0].values[2] == 1.1);
}

static void paths_are_relative_to_the_study_file(void **state)
{
    fixture *f = *state;
    char want[8192];
    assert_ok(f->ctx, read_text(f, study_text));
    const pg_input *inputs = f->study.inputs;
    snprintf(want, sizeof want, "%s/../tasks.csv", f->folder);
    assert_string_equal(inputs[PG_INPUT_tasks].path, want);
    assert_string_equal(inputs[PG_INPUT_tasks].given, "../tasks.csv");
    assert_int_equal(inputs[PG_INPUT_tasks].rows, 19265);
    assert_string_equal(inputs[PG_INPUT_task_dwas].path, "/elsewhere/task_dwas.csv");
    assert_string_equal(inputs[PG_INPUT_task_dwas].format, "csv");
    assert_int_equal(inputs[PG_INPUT_task_dwas].rows, PGDP_NONE);
    assert_null(inputs[PG_INPUT_activities].format);
    assert_int_equal(inputs[PG_INPUT_activities].line, 5);
    assert_int_equal(inputs[PG_INPUT_activities].column, 16);
}

static void what_is_left_out_has_a_default(void **state)
{
    fixture *f = *state;
    char text[8192];
    snprintf(text, sizeof text, "%.*s", (int)(strstr(study_text, "regressions:") - study_text), study_text);
    assert_ok(f->ctx, read_text(f, text));
    const pg_study *s = &f->study;
    assert_int_equal(s->n_regressions, 0);
    assert_int_equal(s->mode, PGDP_GAP_ACCOUNTS);
    assert_true(s->end_to_end);
    assert_int_equal(s->n_draws, 10000);
    assert_int_equal(s->n_axes, 0);
    assert_false(s->top_down.asked);
    assert_null(s->report_series);
    assert_true(s->scoring.majority == 0.9 && s->scoring.conf_level == 0.95);
    assert_int_equal(s->scoring.n_draws, 1000);
}

static void texts_are_off_on_or_columns(void **state)
{
    fixture *f = *state;
    assert_ok(f->ctx, read_text(f, study_text));
    assert_null(f->study.scoring.text);
    assert_ok(f->ctx, read_changed(f, "  scoring:\n", "  scoring:\n    text: [remark, statement]\n"));
    assert_string_equal(f->study.scoring.text[1], "statement");
    assert_null(f->study.scoring.text[2]);
    refused(f, "  scoring:\n", "  scoring:\n    text: remark\n", "text");
}

static void unknown_keys_are_refused_on_every_level(void **state)
{
    fixture *f = *state;
    refused(f, "report:", "reports:", "@:37:1: unknown key \"reports\"; did you mean \"report\"?");
    refused(f, "seed: 77", "sede: 77", "@:1:73: unknown key \"sede\"; did you mean \"seed\"?");
    refused(f, "  tasks: {file", "  task: {file", "@:3:3: unknown key \"task\"; did you mean \"tasks\"?");
    refused(f, "rows: 19265", "row: 19265", "@:3:31: unknown key \"row\"; did you mean \"rows\"?");
    refused(f, "weights: equal", "weight: equal", "unknown key \"weight\"; did you mean \"weights\"?");
    refused(f, "folds: 3", "fold: 3", "@:22:5: unknown key \"fold\"; did you mean \"folds\"?");
    refused(f, "vcov: HC1", "se: HC1", "@:24:57: unknown key \"se\"; expected one of: id, table");
    refused(f, "draws: 250", "drwas: 250", "@:28:3: unknown key \"drwas\"; did you mean \"draws\"?");
    refused(f, "adoption: {", "adaption: {", "@:30:5: unknown key \"adaption\"; did you mean \"adoption\"?");
    refused(f, "concentration: 55", "alpha: 55", "@:30:60: unknown key \"alpha\"");
    refused(f, "elasticity: [", "elastic: [", "@:33:5: unknown key \"elastic\"");
    refused(f, "p1: 0.002", "p_1: 0.002", "unknown key \"p_1\"");
    refused(f, "lags: 3", "lag: 3", "@:36:72: unknown key \"lag\"; did you mean \"lags\"?");
    refused(f, "  series: [GDP", "  serie: [GDP", "@:38:3: unknown key \"serie\"; did you mean \"series\"?");
}

static void missing_keys_are_named(void **state)
{
    fixture *f = *state;
    refused(f, ", seed: 77", "", "@:1:1: study lacks the key \"seed\"");
    refused(f, "  combined: {file: combined.csv}\n", "", "@:2:1: data lacks the key \"combined\"; add it");
    refused(f, "{file: oews.csv}", "{format: csv}", "wages lacks the key \"file\"");
    refused(f, "    threshold: T2\n", "", "scoring lacks the key \"threshold\"");
    refused(f, "formula: y ~ x, ", "", "lacks the key \"formula\"");
    refused(f, "value: 0.18, ", "", "@:30:5: adoption lacks the key \"value\"");
    refused(f, "mean: 0.2, ", "", "adoption lacks the key \"mean\"");
    refused(f, ", d: 1}", "}", "lacks the key \"d\"");
    refused(f, "gdp: GDP, ", "", "top_down lacks the key \"gdp\"");
}

static void wrong_types_and_ranges_are_refused(void **state)
{
    fixture *f = *state;
    refused(f, "2026-08-18", "August 2026", "@:1:54: \"as_of\" must be a day like 2026-08-18, found \"August 2026\"");
    refused(f, "2026-08-18", "2026Q3", "\"as_of\" must be a day");
    refused(f, "seed: 77", "seed: -1", "\"seed\" must lie in [0, ");
    refused(f, "weights: equal", "weights: heavy", "\"weights\" must be one of: equal, importance_frequency, core");
    refused(f, "rows: 19265", "rows: many", "@:3:31: \"rows\" must be a number, found \"many\"");
    refused(f, "threshold: T2", "threshold: T3", "\"threshold\" must be one of the levels above the lowest");
    refused(f, "threshold: T2", "threshold: T0", "\"threshold\" must be one of the levels above the lowest");
    refused(f, "[2.5, 40]", "[2.5, 0]", "\"penalties\" must all be above 0");
    refused(f, "[T0, T1, T2]", "T2", "\"levels\" must be a list");
    refused(f, "folds: 3", "folds: 1", "\"folds\" must lie in [2, 100], found 1");
    refused(f, "folds: 3", "folds: 2.5", "\"folds\" must be a whole number");
    refused(f, "mode: gross", "mode: net", "@:26:3: \"mode\" must be one of: accounts, gross; found \"net\"");
    refused(f, "work: expected", "work: all", "@:27:3: \"work\" must be one of: end_to_end, expected; found \"all\"");
    refused(f, "token_price: 12.5", "token_price: free", "\"token_price\" must be a number");
    refused(f, "token_price: 12.5", "token_price: -1", "\"token_price\" must lie in [0, 1000000], found -1");
    refused(f, "[0.29, 0.6, 1.1]", "[0.29, 0.6, 11]", "@:33:29: ");
    refused(f, "p_star: 0.4", "p_star: -0.4", "\"p_star\" must lie in [0, inf], found -0.4");
    refused(f, "[2005Q1, 2022Q3]", "[2005, 2022]", "fit takes two quarters like 2005Q1, found \"2005\"");
    refused(f, "[2005Q1, 2022Q3]", "[2022Q3, 2005Q1]", "fit must end after it begins");
    refused(f, "[2005Q1, 2022Q3]", "2005Q1", "fit must be [first quarter, last quarter]");
    refused(f, "  - {id", "  {id", "@:23:1: regressions must be a list");
}

static void impossible_distributions_are_refused(void **state)
{
    fixture *f = *state;
    static const char from[] = "{value: 0.18, distribution: beta, mean: 0.2, concentration: 55}";
    refused(f, from, "{value: 1.8}", "\"value\" must lie in [0, 1], found 1.8");
    refused(f, from, "{value: 0.1, distribution: normal}", "\"distribution\" must be one of: fixed, beta");
    refused(f, from, "{value: 0.1, distribution: beta, mean: 1, concentration: 5}", "beta needs 0 < mean < 1");
    refused(f, from, "{value: 0.1, distribution: beta, mean: 0.2, concentration: 0}", "concentration > 0");
    refused(f, from, "{value: 0.1, distribution: lognormal, median: 0, log_sd: 1}", "median > 0");
    refused(f, from, "{value: 0.1, distribution: lognormal, median: 0.1, log_sd: -1}", "log_sd >= 0");
    refused(f, from, "{value: 0.1, distribution: triangular, low: 0.3, mode: 0.2, high: 0.4}", "low <= mode <= high");
    refused(f, from, "{value: 0.1, distribution: triangular, low: 0, mode: 0.2, high: 1.4}", "inside the parameter's");
    refused(f, from, "{value: 0.1, distribution: uniform, low: 0.4, high: 0.4}", "uniform needs low < high");
    refused(f, "token_price: 12.5", "human_price: {value: 1, distribution: beta, mean: 0.5, concentration: 5}",
            "a parameter that may take any value from 0 to 1");
    assert_ok(f->ctx, read_changed(f, from, "{value: 0.1, distribution: triangular, low: 0, mode: 0, high: 0.4}"));
    assert_ok(f->ctx, read_changed(f, from, "{value: 0.1, distribution: uniform, low: 0.05, high: 0.4}"));
}

static void regressions_are_checked_before_any_data_are_read(void **state)
{
    fixture *f = *state;
    const pgdp_status bad = PGDP_BAD_ARGUMENT, unknown = PGDP_NOT_FOUND;
    refused(f, "soc_measures", "soc_measure", "@:24:20: found no table \"soc_measure\", expected soc_measures, ");
    refused_as(f, "formula: (a+, vcov: HC1}", bad, ":24:41: regression gradient: formula:1:4: found the end");
    refused_as(f, "formula: y ~ x + sw(), vcov: HC1}", bad, ":24:41: regression gradient: formula:1:9: ");
    refused_as(f, "formula: \"c(y, z) ~ x + sw(a, (b)\", vcov: HC1}", bad, ":24:41: regression gradient: formula:1:");
    refused_as(f, "formula: y ~ x, vcov: HC9}", unknown, ":24:57: regression gradient: there is no covariance \"HC9\"");
    refused_as(f, "formula: y ~ x, vcov: cluster(a + 1)}", bad, ":24:57: regression gradient: vcov:1:");
    refused_as(f, "formula: y ~ x, vcov: nw(lga=2)}", unknown,
               ":24:57: regression gradient: covariance nw has no option");
    refused_as(f, "formula: y ~ x, vcov: \"HC1; ssc(k_adj=maybe)\"}", bad, ":24:57: regression gradient: ssc");
    refused_as(f, "formula: y ~ x, vcov: HC1, method: olss}", unknown,
               ":24:68: regression gradient: there is no method \"olss\"; did you mean \"ols\"?");
    refused_as(f, "formula: y ~ x, vcov: HC1, preset: foo}", unknown,
               ":24:68: regression gradient: there is no preset");
    refused_as(f, "formula: y ~ x, vcov: HC1, subset: x >}", bad, ":24:68: regression gradient: subset:1:4: ");
    refused_as(f, "formula: y ~ x, vcov: HC1, offset: (}", bad, ":24:68: regression gradient: offset:1:2: ");
    refused_as(f, "formula: y ~ x, vcov: HC1, weights: w}", bad, ":24:68: regression gradient: weights: found \"w\"");
    refused_as(f, "formula: y ~ x, vcov: HC1, margins: most}", bad,
               ":24:68: regression gradient: found margins \"most\"");
    refused_as(f, "formula: y ~ x, vcov: HC1, diagnostics: whit}", unknown,
               ":24:68: regression gradient: diagnostics:1:1: ");
    refused_as(f, "formula: y ~ x, vcov: HC1, method: nls}", bad, ":24:68: regression gradient: found no start values");
    refused_as(f, "formula: y ~ x, vcov: HC1, split: a, fsplit: b}", PGDP_PARSE, ":24:78: found split and fsplit");
    assert_ok(f->ctx, read_changed(f, "y ~ x", "\"c(y, z) ~ . + csw0(a, b) | f\""));
    assert_int_equal(f->study.regressions[0].n_models, 6);
    assert_ok(f->ctx, read_changed(f, "y ~ x", "y ~ x | p ~ z"));
    assert_string_equal(f->study.regressions[0].method, "iv");
    assert_ok(f->ctx, read_changed(f, "vcov: HC1", "vcov: HC1, fsplit: g, diagnostics: \"white, reset(powers=2)\""));
    assert_true(f->study.regressions[0].spec.split_full);
    assert_string_equal(f->study.regressions[0].spec.split, "g");
}

static void a_list_of_a_setting_is_a_model_for_each(void **state)
{
    fixture *f = *state;
    static const char to[] = "formula: y ~ x, vcov: iid, method: quantile, settings: ";
    char text[512];
    assert_ok(f->ctx, read_changed(f, "vcov: HC1", "vcov: iid, method: quantile, settings: {tau: [0.1, 0.5]}"));
    assert_string_equal(f->study.regressions[0].spec.settings[0].name, "tau");
    assert_string_equal(f->study.regressions[0].spec.settings[0].value, "0.1, 0.5");
    assert_null(f->study.regressions[0].spec.settings[1].name);
    assert_int_equal(f->study.regressions[0].n_models, 2);
    assert_ok(f->ctx, read_changed(f, "vcov: HC1", "vcov: iid, method: quantile, settings: {tau: \"0.1, 0.5, 0.9\"}"));
    assert_int_equal(f->study.regressions[0].n_models, 3);
    snprintf(text, sizeof text, "%s{tau: [0.1, 5]}}", to);
    refused_as(f, text, PGDP_BAD_ARGUMENT, ":24:97: regression gradient: method quantile: option tau is \"5\"");
    snprintf(text, sizeof text, "%s{tua: 0.1}}", to);
    refused_as(f, text, PGDP_NOT_FOUND, ":24:97: regression gradient: method quantile has no option \"tua\"");
    snprintf(text, sizeof text, "%s{tau: []}}", to);
    refused_as(f, text, PGDP_PARSE, ":24:97: settings: \"tau\" must be a value, or a list of values");
    snprintf(text, sizeof text, "%s{tau: {a: 1}}}", to);
    refused_as(f, text, PGDP_PARSE, ":24:97: settings: \"tau\" must be a value, or a list of values");
    snprintf(text, sizeof text, "%s{tau: [[1]]}}", to);
    refused_as(f, text, PGDP_PARSE, ":24:104: settings: \"tau\" must be a list of single values");
}

static void absent_file_is_told_by_name(void **state)
{
    fixture *f = *state;
    assert_status(f->ctx, pg_study_read(f->ctx, f->path, &f->arena, &f->study), PGDP_IO);
    assert_contains(pgdp_ctx_error(f->ctx), f->path);
    assert_contains(pgdp_ctx_error(f->ctx), "No such file");
}

static void shipped_baseline_is_a_valid_study(void **state)
{
    fixture *f = *state;
    assert_ok(f->ctx, pg_study_read(f->ctx, "data/studies/baseline.yaml", &f->arena, &f->study));
    assert_string_equal(f->study.name, "baseline");
    assert_string_equal(f->study.inputs[PG_INPUT_tasks].path, "data/studies/../tasks.csv");
    for (size_t i = 0; i < PGDP_N_PARAMETERS; i++)
        if (f->study.parameters[i].distribution != PGDP_FIXED)
            assert_true(f->study.parameters[i].source[0] != '\0'); /* no uncertainty without a source */
}

static pgdp_status read_study(pgdp_ctx *ctx, void *user)
{
    const fixture *f = user;
    pg_arena arena;
    pg_study study;
    pg_arena_init(&arena, &ctx->allocator);
    const pgdp_status status = pg_study_read(ctx, f->path, &arena, &study);
    pg_arena_free(&arena);
    return status;
}

static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    fixture *f = *state;
    pgt_write_file(f->path, study_text, sizeof study_text - 1);
    assert_true(pgt_fail_every_allocation(read_study, f) >= 3);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(whole_study_is_read),
        TEST(parameters_have_value_distribution_and_defaults),
        TEST(paths_are_relative_to_the_study_file),
        TEST(what_is_left_out_has_a_default),
        TEST(texts_are_off_on_or_columns),
        TEST(unknown_keys_are_refused_on_every_level),
        TEST(missing_keys_are_named),
        TEST(wrong_types_and_ranges_are_refused),
        TEST(impossible_distributions_are_refused),
        TEST(regressions_are_checked_before_any_data_are_read),
        TEST(a_list_of_a_setting_is_a_model_for_each),
        TEST(absent_file_is_told_by_name),
        TEST(shipped_baseline_is_a_valid_study),
        TEST(every_failing_allocation_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
