/* test_report.c  The written workbook, part by part: what makes a workbook fail review. Source: ecosystem.md 4.2,
 * reliability.md 5. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reports/sample.h"

#include <ctype.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "core/number.h"
#include "core/text.h"
#include "ingest/zip.h"
#include "reports/sheets.h"
#include "reports/writers.h"

/* The sample, written to a folder of its own. */
typedef struct written {
    pgt_sample s;
    char *folder;
    const char *path;
    char *bytes;
    size_t n;
    pg_zip *zip;
} written;

static void open_parts(written *w)
{
    const pgdp_bytes in = { .label = "report.xlsx", .data = (const unsigned char *)w->bytes, .n = w->n };
    assert_ok(w->s.ctx, pg_zip_open(w->s.ctx, &in, &w->zip));
}

static void write_sample(written *w)
{
    pgt_sample_new(&w->s);
    w->folder = pgt_new_folder();
    w->path = pgt_path(w->folder, "report.xlsx");
    assert_ok(w->s.ctx, pgdp_report_write(w->s.ctx, w->path, &w->s.results));
    w->bytes = pgt_read_file(w->path, &w->n);
    open_parts(w);
}

static void close_sample(written *w)
{
    pg_zip_close(w->zip);
    free(w->bytes);
    pgt_remove_folder(w->folder);
    pgt_sample_free(&w->s);
}

/* The text of a part; NULL past the last. */
static const char *part(written *w, size_t i)
{
    pgdp_bytes out;
    if (pg_zip_name(w->zip, i) == NULL) return NULL;
    assert_ok(w->s.ctx, pg_zip_read(w->s.ctx, w->zip, i, &out));
    const char *text = pg_arena_strndup(&w->s.ctx->scratch, (const char *)out.data, out.n);
    assert_non_null(text);
    return text;
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *p = strstr(text, what); p != NULL; p = strstr(p + 1, what))
        n++;
    return n;
}

static bool is_in(written *w, size_t i, const char *folder)
{
    return pg_starts_with(pg_zip_name(w->zip, i), folder);
}

static void no_part_holds_what_fails_review(void **state)
{
    (void)state;
    static const char *const never[] = {
        "mergeCell", "externalLink", "<v>NAN", "<v>INF", "<v>-INF", "<v>nan", "state=\"hidden\"", "veryHidden",
        "OFFSET(",   "INDIRECT(",    "NOW(",   "RAND(",  "TODAY(",  "#REF!",  "macroEnabled"
    };
    written w;
    write_sample(&w);
    for (size_t i = 0; pg_zip_name(w.zip, i) != NULL; i++) {
        const char *text = part(&w, i);
        assert_null(strstr(pg_zip_name(w.zip, i), "vba"));
        assert_null(strstr(text, w.folder));                                      /* no path of this machine */
        if (strcmp(pg_zip_name(w.zip, i), "xl/sharedStrings.xml") == 0) continue; /* text may say anything */
        for (size_t k = 0; k < sizeof never / sizeof *never; k++)
            if (strstr(text, never[k]) != NULL) fail_msg("%s holds %s", pg_zip_name(w.zip, i), never[k]);
    }
    close_sample(&w);
}

/* Numbers in a formula other than 0 and 1; names, cells and texts are skipped. */
static bool has_other_number(const char *formula, size_t n)
{
    for (size_t i = 0; i < n;) {
        if (formula[i] == '"' || formula[i] == '\'' || formula[i] == '&') { /* text, sheet, entity of XML */
            const char close = formula[i] == '&' ? ';' : formula[i];
            for (i++; i < n && formula[i] != close; i++)
                continue;
            i++;
        } else if (isalpha((unsigned char)formula[i]) || formula[i] == '$') {
            while (i < n && (isalnum((unsigned char)formula[i]) || formula[i] == '$'))
                i++;
        } else if (isdigit((unsigned char)formula[i])) {
            const size_t from = i;
            while (i < n && (isdigit((unsigned char)formula[i]) || formula[i] == '.'))
                i++;
            if (i != from + 1 || formula[from] > '1') return true;
        } else {
            i++;
        }
    }
    return false;
}

static void formulas_hold_no_numbers_and_have_values(void **state)
{
    (void)state;
    written w;
    size_t n = 0;
    write_sample(&w);
    assert_true(has_other_number("A5*2", 4) && has_other_number("IF(A1>0,0.5,1)", 14));
    assert_false(has_other_number("SUM('Sheet 2'!$A$12:$B$99)*1-0", 29));
    for (size_t i = 0; pg_zip_name(w.zip, i) != NULL; i++) {
        if (!is_in(&w, i, "xl/worksheets/sheet")) continue;
        const char *text = part(&w, i);
        for (const char *p = strstr(text, "<f>"); p != NULL; p = strstr(p + 1, "<f>"), n++) {
            const char *end = strstr(p, "</f>");
            assert_false(has_other_number(p + 3, (size_t)(end - p) - 3));
            assert_true(pg_starts_with(end, "</f><v>"));
            assert_false(pg_starts_with(end, "</f><v></v>"));
        }
    }
    assert_true(n > 100);
    close_sample(&w);
}

static void text_from_data_is_never_a_formula(void **state)
{
    (void)state;
    written w;
    write_sample(&w);
    for (size_t i = 0; pg_zip_name(w.zip, i) != NULL; i++) {
        const char *text = part(&w, i);
        if (is_in(&w, i, "xl/worksheets/")) {
            assert_null(strstr(text, "<f>cmd"));
            assert_null(strstr(text, "HYPERLINK"));
            assert_null(strstr(text, "EVIL"));
            assert_null(strstr(text, "SUM(A1)"));
            assert_null(strstr(text, "javascript"));
        }
        if (pg_ends_with(pg_zip_name(w.zip, i), ".rels")) {
            assert_null(strstr(text, "javascript"));
            assert_null(strstr(text, "not.a.link"));
        }
        if (strcmp(pg_zip_name(w.zip, i), "xl/sharedStrings.xml") == 0) {
            assert_non_null(strstr(text, ">=cmd|"));
            assert_non_null(strstr(text, ">+1<"));
            assert_non_null(strstr(text, ">@SUM(A1)<"));
        }
    }
    close_sample(&w);
}

static void every_chart_has_titles_and_words_for_those_who_do_not_see_it(void **state)
{
    (void)state;
    written w;
    size_t charts = 0, described = 0, framed = 0;
    write_sample(&w);
    for (size_t i = 0; pg_zip_name(w.zip, i) != NULL; i++) {
        const char *text = part(&w, i);
        if (is_in(&w, i, "xl/charts/chart")) {
            charts++;
            assert_int_equal(count(text, "<c:title>"), 3); /* its own and those of two axes */
            assert_null(strstr(text, "<a:t></a:t>"));
            assert_true(count(text, "<c:ser>") >= 1);
        }
        if (is_in(&w, i, "xl/drawings/drawing")) {
            framed += count(text, "<xdr:graphicFrame ");
            described += count(text, " descr=\"") - count(text, " descr=\"\"");
        }
    }
    assert_true(charts >= 7);
    assert_int_equal(framed, charts);
    assert_int_equal(described, charts);
    close_sample(&w);
}

/* What a reviewer looks for in every table, read off the pages. */
static void assert_table(const pg_table *t)
{
    if (!t->form && t->n_rows == 0) fail_msg("table %s has no rows", t->id);
    for (size_t i = 0; i < t->n_rows; i++) {
        assert_int_not_equal(t->values[i * t->n_columns].kind, PG_VALUE_EMPTY);
        for (size_t j = 0; j < t->n_columns; j++) {
            const pg_value *v = &t->values[i * t->n_columns + j];
            double number;
            const bool numeric = t->columns[j].format != PG_FORMAT_text && v->kind == PG_VALUE_TEXT;
            if (numeric && pg_number_parse(v->text, strlen(v->text), &number)) fail_msg("%s: number as text", t->id);
        }
    }
    for (size_t j = 0; !t->form && j < t->n_columns; j++)
        for (size_t k = 0; k < j; k++)
            assert_false(pg_streq_nocase(pg_header_text(t, j), pg_header_text(t, k)));
    for (const pg_table *other = t->next; other != NULL; other = other->next)
        assert_true(other->header_row > t->header_row + t->n_rows + 1); /* tables do not touch */
}

static void tables_are_real_and_charts_stay_inside_them(void **state)
{
    (void)state;
    pgt_sample s;
    pg_book book;
    size_t n_sheets = 0;
    pgt_sample_new(&s);
    pg_book_init(&book, &s.ctx->scratch);
    assert_ok(s.ctx, pg_book_fill(s.ctx, &s.results, &book));
    for (const pg_page *page = book.pages; page != NULL; page = page->next, n_sheets++) {
        assert_true(strlen(page->name) <= 31 && page->title[0] != '\0' && page->about[0] != '\0');
        for (const pg_table *t = page->tables; t != NULL; t = t->next) {
            assert_table(t);
            assert_ptr_equal(pg_book_table(&book, t->id), t); /* names are unique */
        }
        for (const pg_chart *c = page->charts; c != NULL; c = c->next) {
            assert_true(c->n_rows > 0 && c->first_row + c->n_rows <= c->table->n_rows && c->n_series > 0);
            assert_true(c->title[0] != '\0' && c->x_title[0] != '\0' && c->y_title[0] != '\0' && c->alt[0] != '\0');
            for (size_t k = 0; k < c->n_series; k++)
                assert_true(c->series[k].x_column < c->table->n_columns && c->series[k].column < c->table->n_columns);
        }
    }
    assert_int_equal(n_sheets, 24);
    pgt_sample_free(&s);
}

static void same_results_give_the_same_bytes_in_any_locale(void **state)
{
    (void)state;
    written w;
    size_t n;
    write_sample(&w);
    const bool comma = pgt_set_comma_locale(w.folder);
    assert_ok(w.s.ctx, pgdp_report_write(w.s.ctx, w.path, &w.s.results));
    setlocale(LC_ALL, "C");
    char *again = pgt_read_file(w.path, &n);
    assert_int_equal(n, w.n);
    assert_memory_equal(again, w.bytes, n);
    free(again);
    close_sample(&w);
    if (!comma) skip();
}

static void properties_carry_the_date_of_the_data(void **state)
{
    (void)state;
    written w;
    write_sample(&w);
    const size_t core = pg_zip_find(w.zip, "docProps/core.xml"), app = pg_zip_find(w.zip, "docProps/app.xml");
    assert_contains(part(&w, core), "2031-02-28T00:00:01Z</dcterms:created>");
    assert_contains(part(&w, core), "A study of uneven numbers");
    assert_contains(part(&w, core), "pgdp ");
    assert_contains(part(&w, app), "<Company>=nobody()</Company>");
    close_sample(&w);
}

static void a_report_of_nothing_has_cover_contents_and_notes(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pg_book book;
    char *folder = pgt_new_folder();
    const pgdp_results nothing = { .title = "Nothing" };
    assert_ok(ctx, pgdp_report_write(ctx, pgt_path(folder, "nothing.xlsx"), &nothing));
    assert_ok(ctx, pgdp_report_write(ctx, pgt_path(folder, "nothing.JSON"), &nothing));
    pg_book_init(&book, &ctx->scratch);
    assert_ok(ctx, pg_book_fill(ctx, &nothing, &book));
    assert_string_equal(book.pages->name, "Cover");
    assert_string_equal(book.pages->next->name, "Contents");
    assert_string_equal(book.pages->next->next->name, "Notes");
    assert_null(book.pages->next->next->next);
    pgt_remove_folder(folder);
    pgdp_ctx_free(ctx);
}

static void endings_without_writer_are_refused(void **state)
{
    (void)state;
    static const char *const paths[] = { "report", "report.xls", "a.xlsx/report", "report.", "" };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    const pgdp_results nothing = { .title = "Nothing" };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_status(ctx, pgdp_report_write(ctx, paths[i], &nothing), PGDP_NOT_FOUND);
        assert_contains(pgdp_ctx_error(ctx), ".xlsx or .json");
    }
    pgdp_ctx_free(ctx);
}

/* The library reports success for a sheet that a full disk cut off; the read-back does not. */
static void a_disk_that_is_full_leaves_nothing_behind(void **state)
{
    (void)state;
    pgt_sample s;
    struct rlimit old, small;
    pgt_sample_new(&s);
    char *folder = pgt_new_folder();
    const char *path = pgt_path(folder, "report.xlsx");
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    for (rlim_t size = 512; size < 60000; size = size * 3 / 2) {
        small = old;
        small.rlim_cur = size;
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        const pgdp_status status = pgdp_report_write(s.ctx, path, &s.results);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
        if (status == PGDP_OK) {
            assert_true(size > 20000);
            break;
        }
        assert_status(s.ctx, status, PGDP_IO);
        assert_int_equal(pgt_count_entries(folder), 0);
    }
    signal(SIGXFSZ, SIG_DFL);
    pgt_remove_folder(folder);
    pgt_sample_free(&s);
}

/* A small report, so that each of its allocations can fail. */
typedef struct small_report {
    const pgdp_results *results;
    const char *folder, *path;
} small_report;

static pgdp_status write_small(pgdp_ctx *ctx, void *user)
{
    const small_report *r = user;
    const pgdp_status status = pgdp_report_write(ctx, r->path, r->results);
    assert_int_equal(pgt_count_entries(r->folder), status == PGDP_OK ? 1 : 0);
    if (status == PGDP_OK) assert_int_equal(remove(r->path), 0);
    return status;
}

static void memory_that_runs_out_leaves_nothing_behind(void **state)
{
    (void)state;
    pgt_sample s;
    pgt_sample_new(&s);
    char *folder = pgt_new_folder();
    const pgdp_results few = { .title = "few",
                               .as_of = "2031",
                               .key_figures = s.results.key_figures,
                               .notes = s.results.notes,
                               .calibration = s.results.calibration };
    const char *const names[] = { "few.xlsx", "few.json" };
    for (size_t i = 0; i < 2; i++) {
        small_report r = { &few, folder, pgt_path(folder, names[i]) };
        assert_true(pgt_fail_every_allocation(write_small, &r) > 3);
    }
    pgt_remove_folder(folder);
    pgt_sample_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_part_holds_what_fails_review),
        cmocka_unit_test(formulas_hold_no_numbers_and_have_values),
        cmocka_unit_test(text_from_data_is_never_a_formula),
        cmocka_unit_test(every_chart_has_titles_and_words_for_those_who_do_not_see_it),
        cmocka_unit_test(tables_are_real_and_charts_stay_inside_them),
        cmocka_unit_test(same_results_give_the_same_bytes_in_any_locale),
        cmocka_unit_test(properties_carry_the_date_of_the_data),
        cmocka_unit_test(a_report_of_nothing_has_cover_contents_and_notes),
        cmocka_unit_test(endings_without_writer_are_refused),
        cmocka_unit_test(a_disk_that_is_full_leaves_nothing_behind),
        cmocka_unit_test(memory_that_runs_out_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
