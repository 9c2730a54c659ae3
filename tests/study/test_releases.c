/* test_releases.c  An input's release is known from what the study says or its path tells, and a task list is of one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/releases.h"

#include "tests/support/support.h"

#include <stdio.h>
#include <string.h>

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

/** A study whose inputs of the task list are as given, each on a line from 3 on. */
static pgdp_status read_study(fixture *f, const char *tasks, const char *activities, const char *wages,
                              const char *more)
{
    char text[4096];
    const int n = snprintf(text, sizeof text,
                           "study: {name: small, title: Small, author: us, as_of: 2026-08-18, seed: 7}\n"
                           "data:\n"
                           "  tasks: {%s}\n"
                           "  activities: {%s}\n"
                           "  wages: {%s}\n"
                           "  task_dwas: {file: l.csv}\n  occupations: {file: o.csv}\n  combined: {file: c.csv}\n"
                           "  accounts: {file: a.csv}\n  sector_jobs: {file: j.csv}\n  series: {file: s.csv}\n"
                           "  series_list: {file: sl.csv}\n  published: {file: p.csv}\n  catalogue: {file: k.csv}\n"
                           "tasks:\n%s  scoring: {grade: g, levels: [a, b], threshold: b}\n",
                           tasks, activities, wages, more);
    assert_true(n > 0 && (size_t)n < sizeof text);
    pgt_write_file(f->path, text, strlen(text));
    return pg_study_read(f->ctx, f->path, &f->arena, &f->study);
}

static void paths_tell_the_release_and_it_the_soc(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *tasks, *release;
        double soc;
    } cases[] = {
        { "file: onet/db_30_1_text/t.txt", "30.1", 2018 },
        { "file: db_25_1_excel/t.xlsx", "25.1", 2018 },
        { "file: db_25_0_excel/t.xlsx", "25.0", 2010 },
        { "file: 'O*NET 20.1 Database.xlsx'", "20.1", 2010 },
        { "file: db_29_1_text/db_30_1_text/t.txt", "30.1", 2018 },
        { "file: t.csv, release: 29.1", "29.1", 2018 },
        { "file: t.csv, release: \"29.1\", soc: 2010", "29.1", 2010 },
        { "file: db_15_0/t.csv", "15.0", 0 },
        { "file: onet_soc_2010_2019.csv", NULL, 0 },
        { "file: onet_2010_2019.csv", NULL, 0 },
        { "file: mydb_30_1.csv", NULL, 0 },
        { "file: db_30_12.csv", NULL, 0 },
        { "file: t.csv, soc: 2018", NULL, 2018 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_ok(f->ctx, read_study(f, cases[i].tasks, "file: a.csv", "file: w.csv", ""));
        const pg_input *in = &f->study.inputs[PG_INPUT_tasks];
        if (cases[i].release == NULL)
            assert_null(in->release);
        else
            assert_string_equal(in->release, cases[i].release);
        assert_close(in->soc, cases[i].soc, 0, 0);
    }
}

static void mixed_releases_are_refused_with_both_named(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *tasks, *activities, *wages, *error;
    } cases[] = {
        { "file: db_30_1_text/t.txt", "file: db_29_1_text/a.txt", "file: w.csv",
          "s.yaml:4:16: found input activities of O*NET 29.1 beside input tasks of O*NET 30.1 (line 3)" },
        { "file: t.csv, release: 30.1", "file: a.csv, release: 29.1", "file: w.csv",
          "found input activities of O*NET 29.1 beside input tasks of O*NET 30.1" },
        { "file: t.csv, release: 20.1", "file: a.csv", "file: w.csv, soc: 2018, release: May 2024",
          "s.yaml:5:11: found input wages of SOC 2018 beside input tasks of SOC 2010 (line 3); move one with 'pgdp "
          "tasks "
          "crosswalk'" },
        { "file: db_30_1_text/t.txt, release: 29.1", "file: a.csv", "file: w.csv",
          "found release \"29.1\" of a file whose path says 30.1" },
        { "file: t.csv, release: newest", "file: a.csv", "file: w.csv",
          "found release \"newest\", expected one of O*NET like 30.1" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_status(f->ctx, read_study(f, cases[i].tasks, cases[i].activities, cases[i].wages, ""), PGDP_PARSE);
        assert_contains(pgdp_ctx_error(f->ctx), cases[i].error);
    }
    for (size_t i = 0; i < 3; i++) /* who says that he knows may mix them */
        assert_ok(f->ctx,
                  read_study(f, cases[i].tasks, cases[i].activities, cases[i].wages, "  mixed_releases: true\n"));
    assert_ok(f->ctx, read_study(f, "file: t.csv, release: 30.1", "file: db_30_1_text/a.txt",
                                 "file: w.csv, release: May 2024, soc: 2018", ""));
}

static void stated_releases_are_told_in_words(void **state)
{
    fixture *f = *state;
    const pg_loaded loaded = { .n_bytes = { 0 } };
    const char *words;
    assert_ok(f->ctx, read_study(f, "file: t.csv, release: 30.1", "file: a.csv",
                                 "file: w.csv, release: May 2024, soc: 2018", ""));
    assert_ok(f->ctx, pg_release_words(f->ctx, &f->study, &loaded, PG_INPUT_tasks, &words));
    assert_string_equal(words, "O*NET 30.1, SOC 2018");
    assert_ok(f->ctx, pg_release_words(f->ctx, &f->study, &loaded, PG_INPUT_wages, &words));
    assert_string_equal(words, "May 2024, SOC 2018");
    assert_ok(f->ctx, pg_release_words(f->ctx, &f->study, &loaded, PG_INPUT_series, &words));
    assert_null(words);
}

static void catalogue_tells_what_shipped_tables_are_made_from(void **state)
{
    fixture *f = *state;
    pg_loaded loaded = { .n_bytes = { 0 } };
    const char *words;
    assert_ok(f->ctx, pgdp_ingest_file(f->ctx, "csv", "data/catalogue.csv", &loaded.dataset[PG_INPUT_catalogue]));
    assert_ok(f->ctx, read_study(f, "file: ../tasks.csv", "file: ../activities.csv", "file: w.csv", ""));
    assert_ok(f->ctx, pg_release_words(f->ctx, &f->study, &loaded, PG_INPUT_activities, &words));
    assert_string_equal(words, "onet_dwas_29_1 (29.1), onet_iwas_29_1 (29.1), onet_elements_29_1 (29.1)");
    assert_ok(f->ctx, pg_release_words(f->ctx, &f->study, &loaded, PG_INPUT_wages, &words));
    assert_null(words);
    pg_loaded_free(&loaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(paths_tell_the_release_and_it_the_soc, set_up, tear_down),
        cmocka_unit_test_setup_teardown(mixed_releases_are_refused_with_both_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stated_releases_are_told_in_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(catalogue_tells_what_shipped_tables_are_made_from, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
