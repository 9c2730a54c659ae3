/* test_batch_run.c  A batch file to its files: what is refused and where, runs that were killed, the summary's numbers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/random.h"
#include "pgdp/batch.h"
#include "pgdp/file.h"
#include "pgdp/table.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char spec_text[] = "name: small\n"
                                "data: {file: panel.csv}\n"
                                "outcomes: [y, {name: level, text: exp(y)}]\n"
                                "focal: x\n"
                                "controls: {sets: [{name: long, text: z1 + z2 + i(region)}], subsets: {of: [z1, z2]}}\n"
                                "samples: [{name: all}, {name: late, text: year > 2001}]\n"
                                "effects: ['', firm]\n"
                                "vcov: [HC1, cluster(firm), HC3]\n";

typedef struct fixture {
    pgdp_ctx *ctx;
    char *folder;
} fixture;

static void write_panel(const char *path)
{
    static char text[400000];
    size_t n = (size_t)sprintf(text, "y,x,z1,z2,year,firm,region\n");
    pg_random r = pg_random_stream(3, "panel", 0);
    for (size_t i = 0; i < 400; i++) {
        const double z1 = pg_random_normal(&r), x = z1 / 3 + pg_random_normal(&r), firm = (double)(i % 23);
        n += (size_t)sprintf(text + n, "%.9g,%.9g,%.9g,", x / 5 + sin(firm) / 2 + pg_random_normal(&r) / 3, x, z1);
        if (i % 13 > 0) n += (size_t)sprintf(text + n, "%.9g", pg_random_normal(&r));
        n += (size_t)sprintf(text + n, ",%zu,%g,%c\n", 2000 + i % 4, firm, "NES"[i % 3]);
    }
    pgt_write_file(path, text, n);
}

static int set_up(void **state)
{
    static fixture f;
    f.ctx = pgdp_ctx_new(NULL);
    f.folder = pgt_new_folder();
    write_panel(pgt_path(f.folder, "panel.csv"));
    pgt_write_file(pgt_path(f.folder, "spec.yaml"), spec_text, strlen(spec_text));
    *state = &f;
    return f.ctx == NULL;
}

static int tear_down(void **state)
{
    const fixture *f = *state;
    pgdp_ctx_free(f->ctx);
    pgt_remove_folder(f->folder);
    return 0;
}

static pgdp_status run(const fixture *f, const char *out, pgt_buffer *buffer, size_t *n_failed)
{
    char path[4096], directory[4096];
    (void)snprintf(path, sizeof path, "%s", pgt_path(f->folder, "spec.yaml"));
    (void)snprintf(directory, sizeof directory, "%s", pgt_path(f->folder, out == NULL ? "none" : out));
    const pgdp_batch_run_options o = { .out_dir = out == NULL ? NULL : directory, .as_json = true };
    const pgdp_sink sink = pgt_sink(buffer);
    return pgdp_batch_file_run(f->ctx, path, &o, &sink, n_failed);
}

static void assert_same_file(const fixture *f, const char *a, const char *b)
{
    size_t n_a, n_b;
    char *x = pgt_read_file(pgt_path(f->folder, a), &n_a), *y = pgt_read_file(pgt_path(f->folder, b), &n_b);
    assert_int_equal(n_a, n_b);
    assert_memory_equal(x, y, n_a);
    free(x);
    free(y);
}

static void die_at(void *user, const char *what, size_t done, size_t total)
{
    (void)total;
    if (strcmp(what, "groups") == 0 && done == *(const size_t *)user) _exit(9);
}

static void a_run_that_was_killed_goes_on_to_the_same_bytes(void **state)
{
    fixture *f = *state;
    pgt_buffer whole = { 0 }, rest = { 0 };
    size_t failed = 0;
    assert_ok(f->ctx, run(f, "whole", &whole, &failed));
    assert_int_equal(failed, 0);
    for (size_t at = 1; at < 20; at += 3) {
        const pid_t child = fork();
        if (child == 0) {
            pgdp_ctx_set_progress(f->ctx, die_at, &at);
            (void)run(f, "killed", &rest, &failed);
            _exit(0);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        if (WEXITSTATUS(status) == 0) break;
        assert_int_equal(WEXITSTATUS(status), 9);
    }
    pgt_buffer_free(&rest);
    assert_ok(f->ctx, run(f, "killed", &rest, &failed));
    assert_string_equal(rest.data, whole.data);
    assert_same_file(f, "whole/results.pgdp", "killed/results.pgdp");
    assert_same_file(f, "whole/curve.csv", "killed/curve.csv");
    assert_same_file(f, "whole/summary.json", "killed/summary.json");
    assert_int_equal(pgt_count_entries(pgt_path(f->folder, "killed")), 3);
    assert_int_equal(pgt_count_entries(f->folder), 4); /* the panel, the file, both results */
    pgt_buffer_free(&whole);
    pgt_buffer_free(&rest);
}

/* Other data under the same name: nothing of the groups left there is taken. */
static void groups_of_other_data_are_not_taken(void **state)
{
    fixture *f = *state;
    pgt_buffer out = { 0 };
    size_t failed, at = 2, n;
    const pid_t child = fork();
    if (child == 0) {
        pgdp_ctx_set_progress(f->ctx, die_at, &at);
        (void)run(f, "stale", &out, &failed);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    char *text = pgt_read_file(pgt_path(f->folder, "panel.csv"), &n);
    text[n - 40] = text[n - 40] == '1' ? '2' : '1';
    char *first = strchr(text, '\n') + 3;
    *first = *first == '4' ? '5' : '4';
    pgt_write_file(pgt_path(f->folder, "panel.csv"), text, n);
    free(text);
    assert_ok(f->ctx, run(f, "stale", &out, &failed));
    pgt_buffer_free(&out);
    assert_ok(f->ctx, run(f, "fresh", &out, &failed));
    assert_same_file(f, "stale/results.pgdp", "fresh/results.pgdp");
    pgt_buffer_free(&out);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Numbers of the summary, counted again from the results. */
static void the_summary_follows_from_the_results(void **state)
{
    fixture *f = *state;
    pgt_buffer out = { 0 };
    pgdp_table *table;
    pgdp_frame *frame;
    size_t failed, n_significant = 0;
    assert_ok(f->ctx, run(f, "summed", &out, &failed));
    assert_ok(f->ctx, pgdp_table_open(f->ctx, pgt_path(f->folder, "summed/results.pgdp"), NULL, 0, &table));
    assert_ok(f->ctx, pgdp_table_frame(f->ctx, table, &frame));
    const size_t n = pgdp_frame_n_rows(frame), e = pgdp_frame_find(frame, "estimate"),
                 p = pgdp_frame_find(frame, "p_value");
    assert_int_equal(n, 2 * 5 * 2 * 2 * 3);
    double *sorted = malloc(n * sizeof *sorted);
    for (size_t i = 0; i < n; i++) {
        sorted[i] = pgdp_frame_reals(frame, e)[i];
        n_significant += pgdp_frame_reals(frame, p)[i] < 0.05;
    }
    qsort(sorted, n, sizeof *sorted, compare);
    assert_contains(out.data, "\"n\": 120");
    const char *at = strstr(out.data, "\"significant\": ");
    assert_close(strtod(at + 15, NULL), (double)n_significant / (double)n, 1e-15, 0);
    at = strstr(out.data, "\"median\": ");
    assert_close(strtod(at + 10, NULL), (sorted[59] + sorted[60]) / 2, 1e-15, 0);
    free(sorted);
    pgdp_frame_free(frame);
    pgdp_table_free(table);
    pgt_buffer_free(&out);
}

/* The file with one text in place of another is refused with these words. */
static void refuse(const fixture *f, const char *old, const char *new, const char *words)
{
    char text[4096];
    size_t failed;
    pgt_buffer out = { 0 };
    const char *at = strstr(spec_text, old);
    assert_non_null(at);
    const int n = snprintf(text, sizeof text, "%.*s%s%s", (int)(at - spec_text), spec_text, new, at + strlen(old));
    pgt_write_file(pgt_path(f->folder, "spec.yaml"), text, (size_t)n);
    assert_true(run(f, NULL, &out, &failed) != PGDP_OK);
    assert_contains(pgdp_ctx_error(f->ctx), words);
    assert_contains(pgdp_ctx_error(f->ctx), "spec.yaml:");
    assert_null(out.data);
}

static void what_cannot_be_meant_is_refused_where_it_stands(void **state)
{
    const fixture *f = *state;
    refuse(f, "focal: x", "focl: x", "\"focal\"");
    refuse(f, "focal: x", "focal: xx", ":4:1: focal");
    refuse(f, "[y, {name: level, text: exp(y)}]", "[y, {name: level, text: exp(region)}]", ":3:");
    refuse(f, "of: [z1, z2]", "of: [z1, z9]", "z9");
    refuse(f, "text: year > 2001", "text: year >", ":6:");
    refuse(f, "'', firm]", "'', frm]", "did you mean");
    refuse(f, "HC3]", "HC9]", "vcov");
    refuse(f, "vcov:", "methods: [old]\nvcov:", "methods");
    refuse(f, "vcov: [HC1, cluster(firm), HC3]\n", "", "vcov");
    refuse(f, "{file: panel.csv}", "{file: none.csv}", ":2:");
    refuse(f, "{name: late,", "{name: all,", "two options");
    refuse(f, "vcov:", "formulas: [y ~ x]\nvcov:", "whole formulas");
    refuse(f, "vcov:", "inference: {draws: 9, cluster: firm}\nvcov:", "cluster(firm)");
}

static void formulas_and_splits_are_spread(void **state)
{
    const fixture *f = *state;
    static const char text[] = "data: {file: panel.csv}\nformulas: ['c(y, x) ~ sw(z1, z2) + year']\nreport: all\n"
                               "split: region\nsamples: ['year > 2000', {name: all}]\nvcov: iid\n";
    pgt_buffer out = { 0 };
    size_t failed;
    pgt_write_file(pgt_path(f->folder, "spec.yaml"), text, strlen(text));
    assert_ok(f->ctx, run(f, NULL, &out, &failed));
    assert_contains(out.data, "\"models\": 24");
    assert_contains(out.data, "\"n\": 72");
    assert_contains(out.data, "all, region N");
    pgt_buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_run_that_was_killed_goes_on_to_the_same_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(groups_of_other_data_are_not_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_summary_follows_from_the_results, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_meant_is_refused_where_it_stands, set_up, tear_down),
        cmocka_unit_test_setup_teardown(formulas_and_splits_are_spread, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
