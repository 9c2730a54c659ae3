/* test_grades.c  A study's own grades, evidence and statements: the same as built-in ones, adjudicated ones, refusals.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "study/run.h"
#include "tasks/list.h"

typedef struct fixture {
    pgdp_ctx *ctx;
    char *folder;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f.ctx = pgdp_ctx_new(NULL);
    f.folder = pgt_new_folder();
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    pgt_remove_folder(f->folder);
    pgdp_ctx_free(f->ctx);
    return 0;
}

/** The baseline study with these words under `tasks`, and its path in the folder. */
static const char *study_with(const fixture *f, const char *words)
{
    static const char at[] = "\ntasks:\n", up[] = "../";
    char *text = pgt_read_file("data/studies/baseline.yaml", NULL), folder[4096];
    const char *path = pgt_path(f->folder, "study.yaml");
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_non_null(getcwd(folder, sizeof folder));
    for (const char *c = text; *c != '\0'; c++) {
        if (strncmp(c, at, sizeof at - 1) == 0) {
            assert_true(fprintf(out, "%s  %s\n", at, words) > 0);
            c += sizeof at - 2;
        } else if (strncmp(c, up, sizeof up - 1) == 0) {
            assert_true(fprintf(out, "%s/data/", folder) > 0);
            c += sizeof up - 2;
        } else {
            assert_true(fputc(*c, out) != EOF);
        }
    }
    assert_int_equal(fclose(out), 0);
    free(text);
    return path;
}

/** A long table of both runs of GPT-4 as graders, from the shipped tasks; every k-th task of the second is missing. */
static void write_grades(const fixture *f, size_t k)
{
    static const char *const graders[] = { "gpt4_automation", "gpt4_automation_rerun" };
    pgdp_dataset *d;
    FILE *out = fopen(pgt_path(f->folder, "grades.csv"), "w");
    assert_non_null(out);
    assert_ok(f->ctx, pgdp_ingest_file(f->ctx, NULL, "data/tasks.csv", &d));
    const pgdp_frame *tasks = pgdp_dataset_table(d, 0);
    const double *id = pgdp_frame_reals(tasks, pgdp_frame_find(tasks, "task_id"));
    assert_true(fputs("task_id,grader,grade\n", out) >= 0);
    for (size_t i = pgdp_frame_n_rows(tasks); i-- > 0;)
        for (size_t g = 0; g < 2; g++) {
            const char *label = pgdp_frame_text(tasks, pgdp_frame_find(tasks, graders[g]), i);
            if (label == NULL || (g == 1 && i % k == 0)) continue;
            assert_true(fprintf(out, "%.0f,%s,%s\n", id[i], graders[g], label) > 0);
        }
    assert_int_equal(fclose(out), 0);
    pgdp_dataset_free(d);
}

/** The run's task list; its grades in a column, [n_tasks], to be freed. */
static int *grades_of(const fixture *f, const pg_run *run, const char *column)
{
    static const char *const levels[] = { "T0", "T1", "T2", "T3", "T4", NULL };
    int *grades = calloc(run->list->n_tasks, sizeof *grades);
    assert_ok(f->ctx, pg_list_grades(f->ctx, run->list, column, levels, grades));
    return grades;
}

static void one_graders_labels_are_those_built_in(void **state)
{
    fixture *f = *state;
    pg_run run;
    write_grades(f, 3);
    const char *path = study_with(f, "grades: {file: grades.csv, grader: gpt4_automation, column: mine}");
    pg_run_init(f->ctx, &run);
    assert_ok(f->ctx, pg_run_load(f->ctx, path, NULL, &run));
    assert_ok(f->ctx, pg_run_list(f->ctx, &run));
    int *mine = grades_of(f, &run, "mine"), *built_in = grades_of(f, &run, "gpt4_automation");
    assert_memory_equal(mine, built_in, run.list->n_tasks * sizeof *mine);
    free(mine);
    free(built_in);
    pg_run_free(&run);
}

/* Where both runs agree, or only one graded, that label stands; the rubric's hash is kept for the provenance. */
static void adjudicated_labels_are_what_graders_share(void **state)
{
    fixture *f = *state;
    pg_run run;
    char words[4300], folder[4096];
    size_t n_same = 0, n_kept = 0;
    write_grades(f, 3);
    assert_non_null(getcwd(folder, sizeof folder));
    (void)snprintf(words, sizeof words,
                   "grades: {file: grades.csv, grader: adjudicated, rubric: %s/data/rubrics/automation.yaml}", folder);
    const char *path = study_with(f, words);
    pg_run_init(f->ctx, &run);
    assert_ok(f->ctx, pg_run_load(f->ctx, path, NULL, &run));
    assert_ok(f->ctx, pg_run_list(f->ctx, &run));
    int *mine = grades_of(f, &run, "grade"), *a = grades_of(f, &run, "gpt4_automation");
    int *b = grades_of(f, &run, "gpt4_automation_rerun");
    for (size_t i = 0; i < run.list->n_tasks; i++) {
        assert_true((mine[i] < 0) == (a[i] < 0 && b[i] < 0));
        if (a[i] < 0 || a[i] != b[i]) continue;
        n_same++;
        n_kept += mine[i] == a[i];
    }
    assert_true(n_same > 5000);
    assert_true((double)n_kept > 0.95 * (double)n_same);
    assert_int_equal(strlen(run.rubric_sha256), 64);
    free(mine);
    free(a);
    free(b);
    pg_run_free(&run);
}

static void bad_grades_are_refused_by_row_and_column(void **state)
{
    static const struct {
        const char *table, *words, *message;
    } cases[] = {
        { "task_id,grade\n8823,T1\n8824,T9\n", "", "row 2, column grade: found \"T9\", expected a level such as" },
        { "task_id,grade\n8823,T1\n99999999,T2\n", "",
          "row 2, column task_id: found \"99999999\", expected a task_id" },
        { "task_id,grade\n8823,T1\n,T2\n", "", "row 2, column task_id: found \"\", expected a task_id" },
        { "task_id,grade\n8823,T1\n8824,T0\n8823,T1\n", "", "row 3, column task_id: found a second grade of the task" },
        { "task_id,grade\n8823,T1\n", ", task: id", "found no column \"id\"" },
        { "task_id,grade\n8823,T1\n", ", column: gpt4_automation", "gpt4_automation" },
        { "task_id,grade\n8823,T1\n", ", grader: me", "found no column \"grader\"" },
        { "task_id,grader,grade\n8823,me,T1\n", ", grader: you", "found no row of \"you\"" },
        { "task_id,grader,grade\n8823,a,T1\n8823,b,X\n", ", grader: adjudicated",
          "row 2, column grade: found \"X\", expected a level of the rubric" },
        { "task_id,grader,grade\n8823,a,T1\n8823,a,T2\n", ", grader: adjudicated",
          "row 2, column grade: found a second grade of a for task 8823" },
    };
    fixture *f = *state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        pg_run run;
        char words[200];
        const char *table = pgt_path(f->folder, "grades.csv");
        pgt_write_file(table, cases[k].table, strlen(cases[k].table));
        (void)snprintf(words, sizeof words, "grades: {file: grades.csv%s}", cases[k].words);
        const char *path = study_with(f, words);
        pg_run_init(f->ctx, &run);
        pgdp_status status = pg_run_load(f->ctx, path, NULL, &run);
        if (status == PGDP_OK) status = pg_run_grades(f->ctx, &run);
        assert_true(status != PGDP_OK);
        assert_contains(pgdp_ctx_error(f->ctx), cases[k].message);
        assert_contains(pgdp_ctx_error(f->ctx), "study.yaml:");
        pg_run_free(&run);
    }
}

static void keys_are_checked_before_any_data(void **state)
{
    static const char *const cases[][2] = {
        { "grades: {grader: me}", "\"file\"" },
        { "grades: {file: g.csv, graders: me}", "grader" },
        { "grades: {file: [a]}", "must be the path of a file" },
        { "evidence: {file: e.csv, tier: 7}", "tier" },
        { "evidence: {tier: 3}", "\"file\"" },
        { "evidence: [e.csv]", "must be the path of a file" },
        { "statements: {file: s.csv, formt: csv}", "formt" },
        { "statements: {format: csv}", "\"file\"" },
    };
    fixture *f = *state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        pg_run run;
        const char *path = study_with(f, cases[k][0]);
        pg_run_init(f->ctx, &run);
        assert_status(f->ctx, pg_run_load(f->ctx, path, NULL, &run), PGDP_PARSE);
        assert_contains(pgdp_ctx_error(f->ctx), cases[k][1]);
        assert_contains(pgdp_ctx_error(f->ctx), "study.yaml:");
        pg_run_free(&run);
    }
}

/** Statements are hashed for the provenance, and read by the model unless the study says no; without them none are. */
static void statements_are_read_by_the_model(void **state)
{
    static const char statements[] = "task_id,statement\n8823,Plan budgets\n8831,Advise boards\n";
    static const char *const words[] = { "statements: statements.csv",
                                         "statements: {file: statements.csv, format: csv}", "# none" };
    fixture *f = *state;
    pgt_write_file(pgt_path(f->folder, "statements.csv"), statements, sizeof statements - 1);
    for (size_t k = 0; k < 3; k++) {
        pg_run run;
        pg_run_init(f->ctx, &run);
        assert_ok(f->ctx, pg_run_load(f->ctx, study_with(f, words[k]), NULL, &run));
        assert_ok(f->ctx, pg_run_list(f->ctx, &run));
        const pgdp_frame *table = pg_loaded_table(&run.loaded, PG_INPUT_statements);
        assert_ptr_equal(run.list->inputs.statements, table);
        assert_true((table == NULL) == (k == 2));
        if (k == 2) {
            assert_null(run.study.scoring.text);
        } else {
            assert_int_equal(pgdp_frame_n_rows(table), 2);
            assert_int_equal(strlen(run.loaded.sha256[PG_INPUT_statements]), 64);
            assert_string_equal(run.study.scoring.text[0], "statement");
            assert_null(run.study.scoring.text[1]);
        }
        pg_run_free(&run);
    }
}

/* Two tasks, one of them in two rows, and two graders; made of texts in memory, so that each allocation can fail. */
static pgdp_status grade_small_tables(pgdp_ctx *ctx, void *user)
{
    static const char tasks[] = "task_id,onet_soc\n1,11-1011.00\n2,11-1011.00\n2,11-1021.00\n";
    static const char grades[] = "task_id,grader,grade\n2,a,T1\n1,a,T0\n1,b,T0\n2,b,T1\n";
    static const char *const levels[] = { "T0", "T1", NULL };
    const pg_grades_spec *spec = user;
    pg_run run;
    pg_run_init(ctx, &run);
    run.study.grades = *spec;
    run.study.path = "study.yaml";
    run.study.scoring.levels = levels;
    run.study.inputs[PG_INPUT_grades] = (pg_input){ .given = "grades.csv", .path = "grades.csv" };
    const pgdp_bytes in[2] = { { "tasks.csv", (const unsigned char *)tasks, sizeof tasks - 1 },
                               { "grades.csv", (const unsigned char *)grades, sizeof grades - 1 } };
    pgdp_status status = pgdp_ingest(ctx, "csv", &in[0], &run.loaded.dataset[PG_INPUT_tasks]);
    if (status == PGDP_OK) status = pgdp_ingest(ctx, "csv", &in[1], &run.loaded.dataset[PG_INPUT_grades]);
    if (status == PGDP_OK) status = pg_run_grades(ctx, &run);
    if (status == PGDP_OK) assert_string_equal(pgdp_frame_text(run.tasks, 2, 2), "T1");
    pg_run_free(&run);
    return status;
}

static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    static const char *const graders[] = { "a", PG_ADJUDICATED };
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        pg_grades_spec spec = { .task = "task_id", .grade = "grade", .grader = graders[k], .column = "mine" };
        assert_true(pgt_fail_every_allocation(grade_small_tables, &spec) > 10);
    }
    pg_grades_spec spec = {
        .task = "task_id", .grade = "grade", .grader = "b", .column = "mine", .rubric = "data/rubrics/automation.yaml"
    };
    assert_true(pgt_fail_every_allocation(grade_small_tables, &spec) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_graders_labels_are_those_built_in),
        cmocka_unit_test(adjudicated_labels_are_what_graders_share),
        cmocka_unit_test(bad_grades_are_refused_by_row_and_column),
        cmocka_unit_test(keys_are_checked_before_any_data),
        cmocka_unit_test(statements_are_read_by_the_model),
        cmocka_unit_test(every_failing_allocation_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
