/* test_sheet_regressions.c  The sheets of regressions carry everything a regression has, and nothing of what a workbook
 * of regressions alone has not. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reports/sample.h"

#include "core/text.h"
#include "reports/sheets.h"

enum { MOST = 40 };
/* Regressions of several specs over one table, and the book made of them. */
typedef struct fixture {
    pgdp_ctx *ctx;
    pgdp_frame *data;
    pgdp_models *models[4];
    size_t n_models;
    const pgdp_regression *list[MOST];
    pgdp_results results;
    pg_book book;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){ .ctx = pgdp_ctx_new(NULL) };
    f.data = pgt_frame(f.ctx, "y x z g:t f:t w\n1.31 2.385 1 a p 1\n2.07 3.19 4 a q 2\n2.93 4.44 2 b p 1\n"
                              "3.35 5.71 7 b q 3\n4.81 6.02 1 a p 1\n5.27 7.93 5 b q 2\n4.33 6.51 3 a r 1\n"
                              "5.91 8.02 9 b p 2\n6.17 7.77 2 a q 1\n7.42 9.13 6 b q 1\n");
    f.results = (pgdp_results){ .title = "Regressions", .name = "regress", .regressions = f.list };
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < f->n_models; i++)
        pgdp_models_free(f->models[i]);
    pgdp_frame_free(f->data);
    pgdp_ctx_free(f->ctx);
    return 0;
}

static void add(fixture *f, const pgdp_regression_spec *spec)
{
    pgdp_models **models = &f->models[f->n_models];
    assert_ok(f->ctx, pgdp_models_new(f->ctx, f->data, spec, models));
    f->n_models++;
    for (size_t i = 0; i < pgdp_models_n(*models); i++) {
        const pgdp_model m = pgdp_models_at(*models, i);
        if (m.regression == NULL) fail_msg("%s", m.error);
        f->list[f->results.n_regressions++] = m.regression;
    }
}

static void fill(fixture *f)
{
    pg_book_init(&f->book, &f->ctx->scratch);
    assert_ok(f->ctx, pg_book_fill(f->ctx, &f->results, &f->book));
}

static const pg_table *table_of(const fixture *f, const char *id)
{
    const pg_table *table = pg_book_table(&f->book, id);
    if (table == NULL) fail_msg("found no table %s", id);
    return table;
}

static const pg_value *cell(const pg_table *table, size_t row, const char *column)
{
    const size_t j = pg_shown_column(table, column);
    if (j == PGDP_NONE) fail_msg("table %s has no column %s", table->id, column);
    assert_true(row < table->n_rows);
    return &table->values[row * table->n_columns + j];
}

static void assert_text(const pg_table *table, size_t row, const char *column, const char *want)
{
    const pg_value *value = cell(table, row, column);
    assert_int_equal(value->kind, PG_VALUE_TEXT);
    assert_string_equal(value->text, want);
}

static void assert_number(const pg_table *table, size_t row, const char *column, double want)
{
    const pg_value *value = cell(table, row, column);
    if (isfinite(want)) {
        assert_int_equal(value->kind, PG_VALUE_NUMBER);
        assert_close(value->number, want, 0, 0);
    } else {
        assert_int_equal(value->kind, PG_VALUE_MISSING);
    }
}

static void models_of_a_split_or_a_setting_differ_in_their_rows(void **state)
{
    fixture *f = *state;
    static const pgdp_setting taus[] = { { "tau", "0.25, 0.75" }, { NULL, NULL } };
    const pgdp_regression_spec split = {
        .id = "s", .formula = "y ~ x", .vcov = "HC1", .split = "g", .split_full = true
    };
    const pgdp_regression_spec values = { .formula = "y ~ x", .method = "quantile", .vcov = "iid", .settings = taus };
    add(f, &split);
    add(f, &values);
    fill(f);
    const pg_table *models = table_of(f, "models");
    assert_int_equal(models->n_rows, 5);
    assert_text(models, 0, "Model", "s (1)");
    assert_text(models, 0, "Subset", "none");
    assert_text(models, 1, "Subset", "`g` == \"a\"");
    assert_text(models, 2, "Subset", "`g` == \"b\"");
    assert_number(models, 2, "Dropped: subset", 5);
    assert_text(models, 2, "Settings", "none");
    assert_text(models, 3, "Settings", "tau = 0.25");
    assert_text(models, 4, "Settings", "tau = 0.75");
    assert_text(models, 4, "Model", "model 5");
    assert_int_equal(pg_shown_column(models, "Weights"), PGDP_NONE); /* words that no model has make no column */
    for (size_t i = 0; i < models->n_rows; i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(cell(models, i, "Model")->text, cell(models, k, "Model")->text);
}

static void everything_asked_of_a_model_is_in_its_row(void **state)
{
    fixture *f = *state;
    const pgdp_regression_spec spec = { .id = "all",
                                        .formula = "y ~ x | f",
                                        .vcov = "HC1",
                                        .preset = "fixest-0.13",
                                        .weights = "aw:w",
                                        .diagnostics = "none" };
    const pgdp_regression_spec counts = { .id = "counts",
                                          .formula = "w ~ x",
                                          .method = "poisson",
                                          .vcov = "HC0",
                                          .offset = "z / 100",
                                          .keep_singletons = true };
    add(f, &spec);
    add(f, &counts);
    fill(f);
    const pg_table *models = table_of(f, "models");
    assert_text(models, 1, "Method", "poisson");
    assert_text(models, 1, "Offset", "z / 100");
    assert_text(models, 1, "Settings", "keep_singletons");
    assert_text(models, 1, "Absorbed effects", "none");
    const pgdp_glance g = pgdp_fit_glance(pgdp_regression_fit(f->list[0]));
    assert_text(models, 0, "Method", "ols");
    assert_text(models, 0, "Covariance", "HC1");
    assert_text(models, 0, "Preset", "fixest-0.13");
    assert_text(models, 0, "Weights", "aw:w");
    assert_text(models, 0, "Offset", "none");
    assert_text(models, 0, "Absorbed effects", "f");
    assert_number(models, 0, "Absorbed parameters", 3 - 1);
    assert_number(models, 0, "Dropped: singletons", 1); /* f = r */
    assert_number(models, 0, "Dropped: separated", 0);
    assert_number(models, 0, "Observations", 9);
    assert_true(isfinite(g.within_r_squared));
    assert_number(models, 0, "Within R-squared", g.within_r_squared);
    assert_null(pg_book_table(&f->book, "margins"));
}

static void tests_diagnostics_and_margins_are_there_to_the_last_bit(void **state)
{
    fixture *f = *state;
    const pgdp_regression_spec spec = { .id = "t",
                                        .formula = "y ~ x + z",
                                        .vcov = "HC1",
                                        .tests = "x = z; x = 0, z = 0",
                                        .diagnostics = "breusch_pagan, vif",
                                        .margins = "average" };
    size_t n = 0;
    pgdp_tidy t;
    add(f, &spec);
    fill(f);
    const pg_table *tests = table_of(f, "diagnostics"), *margins = table_of(f, "margins");
    for (; pgdp_regression_diagnostic(f->list[0], n).name != NULL; n++) {
        const pgdp_diagnostic d = pgdp_regression_diagnostic(f->list[0], n);
        assert_text(tests, n, "Model", "t");
        assert_text(tests, n, "Name", d.name);
        assert_text(tests, n, "Test or statistic", d.title);
        assert_number(tests, n, "Statistic", d.statistic);
        assert_number(tests, n, "df", d.df);
        assert_number(tests, n, "Denominator df", d.df2);
        assert_number(tests, n, "p-value", d.p_value);
        assert_text(tests, n, "Note", d.note != NULL ? d.note : "none");
    }
    assert_true(n >= 5); /* Breusch-Pagan, two of the VIF, two hypotheses */
    assert_int_equal(tests->n_rows, n);
    assert_int_equal(margins->n_rows, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(pgdp_regression_margin(f->list[0], i, &t));
        assert_text(margins, i, "Term", t.term);
        assert_text(margins, i, "Kind", "average");
        assert_number(margins, i, "Estimate", t.estimate);
        assert_number(margins, i, "Std. error", t.std_error);
        assert_number(margins, i, "High", t.conf_high);
    }
}

/* Row of the side-by-side table. */
static size_t row_of(const pg_table *table, const char *name, const char *figure)
{
    for (size_t i = 0; i < table->n_rows; i++) {
        const pg_value *f = cell(table, i, "Figure");
        const bool same =
            figure == NULL ? f->kind == PG_VALUE_EMPTY : f->kind == PG_VALUE_TEXT && pg_streq(f->text, figure);
        if (same && pg_streq(cell(table, i, "Row")->text, name)) return i;
    }
    fail_msg("found no row %s", name);
    return PGDP_NONE;
}

static void models_stand_side_by_side_as_numbers(void **state)
{
    fixture *f = *state;
    const pgdp_regression_spec spec = { .id = "m", .formula = "y ~ x + sw0(z) | sw0(g)", .vcov = "iid" };
    add(f, &spec);
    assert_int_equal(f->results.n_regressions, 4);
    fill(f);
    const pg_table *t = table_of(f, "side_by_side");
    static const char *const columns[] = { "(1) m (1)", "(2) m (2)", "(3) m (3)", "(4) m (4)" };
    for (size_t m = 0; m < 4; m++) {
        const pgdp_fit *fit = pgdp_regression_fit(f->list[m]);
        for (size_t i = 0; i < pgdp_fit_n_terms(fit); i++) {
            const pgdp_tidy tidy = pgdp_fit_tidy(fit, i, 0.95);
            const size_t row = row_of(t, tidy.term, "estimate");
            assert_number(t, row, columns[m], tidy.estimate);
            assert_text(t, row + 1, "Figure", "std. error");
            assert_number(t, row + 1, columns[m], tidy.std_error);
        }
        assert_number(t, row_of(t, "Observations", NULL), columns[m], 10);
        assert_text(t, row_of(t, "Covariance", NULL), columns[m], "iid");
        assert_text(t, row_of(t, "Outcome", NULL), columns[m], "y");
        assert_text(t, row_of(t, "Absorbed: g", NULL), columns[m], m % 2 == 1 ? "yes" : "no");
    }
    assert_int_equal(cell(t, row_of(t, "z", "estimate"), columns[0])->kind, PG_VALUE_EMPTY);
    assert_int_equal(cell(t, row_of(t, "(Intercept)", "std. error"), columns[1])->kind, PG_VALUE_EMPTY);
}

static void one_model_and_more_than_thirty_have_no_table_side_by_side(void **state)
{
    fixture *f = *state;
    const pgdp_regression_spec spec = { .id = "one", .formula = "y ~ x", .vcov = "iid" };
    add(f, &spec);
    for (size_t n = 1; n < MOST; n++) {
        f->list[n] = f->list[0];
        f->results.n_regressions = n;
        fill(f);
        const bool there = pg_book_table(&f->book, "side_by_side") != NULL;
        assert_int_equal(there, n >= 2 && n <= 30);
    }
}

static void the_trend_is_no_model_of_the_user(void **state)
{
    fixture *f = *state;
    const pgdp_regression_spec own = { .id = "own", .formula = "y ~ x", .vcov = "iid" };
    const pgdp_regression_spec trend = { .id = "productivity_trend", .formula = "y ~ z", .vcov = "iid" };
    pgdp_frame *top_down = pgt_frame(f->ctx, "period:p actual implied conf_low conf_high gap_pct\n2025Q4 1 1 1 1 2\n"
                                             "2026Q1 2 1 1 2 3\n");
    add(f, &own);
    add(f, &trend);
    f->results.top_down = top_down;
    fill(f);
    assert_null(pg_book_table(&f->book, "side_by_side"));
    assert_int_equal(table_of(f, "models")->n_rows, 2);
    pgdp_frame_free(top_down);
}

static bool says(const pg_page *page, const char *words)
{
    for (const pg_line *line = page->lines; line != NULL; line = line->next)
        if (strstr(line->text, words) != NULL) return true;
    for (const pg_table *t = page->tables; t != NULL; t = t->next)
        for (size_t k = 0; k < t->n_rows * t->n_columns; k++)
            if (t->values[k].text != NULL && strstr(t->values[k].text, words) != NULL) return true;
    return false;
}

static bool book_says(const pg_book *book, const char *words)
{
    bool found = false;
    for (const pg_page *page = book->pages; page != NULL; page = page->next)
        found = found || says(page, words);
    return found;
}

static void a_workbook_of_regressions_speaks_of_nothing_that_it_has_not(void **state)
{
    fixture *f = *state;
    static const char *const words[] = { "O*NET",        "Key figures",  "sheet Sources",
                                         "results.json", "Shaded cells", "Grading" };
    const pgdp_regression_spec spec = { .formula = "y ~ x", .vcov = "iid" };
    pgt_sample s;
    pg_book whole;
    add(f, &spec);
    fill(f);
    pgt_sample_new(&s);
    pg_book_init(&whole, &s.ctx->scratch);
    assert_ok(s.ctx, pg_book_fill(s.ctx, &s.results, &whole));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (book_says(&f->book, words[i])) fail_msg("the workbook of regressions speaks of %s", words[i]);
        if (!book_says(&whole, words[i])) fail_msg("the whole workbook does not speak of %s", words[i]);
    }
    pgt_sample_free(&s);
}

static pgdp_status write_both(pgdp_ctx *ctx, void *user)
{
    const fixture *f = user;
    pg_book book;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_book_init(&book, &ctx->scratch);
    const pgdp_status status = pg_book_fill(ctx, &f->results, &book);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

static void every_failing_allocation_is_told(void **state)
{
    fixture *f = *state;
    const pgdp_regression_spec spec = {
        .formula = "y ~ x + sw0(z) | f", .vcov = "HC1", .tests = "x = 0", .margins = "average"
    };
    add(f, &spec);
    assert_true(pgt_fail_every_allocation(write_both, f) > 1);
}

static void the_workbook_reads_back(void **state)
{
    fixture *f = *state;
    const pgdp_regression_spec spec = { .formula = "c(y, log(z)) ~ x + csw0(w) | sw0(f)",
                                        .vcov = "HC1",
                                        .tests = "x = 0",
                                        .margins = "average",
                                        .diagnostics = "all" };
    char *folder = pgt_new_folder();
    add(f, &spec);
    assert_ok(f->ctx, pgdp_report_write(f->ctx, pgt_path(folder, "r.xlsx"), &f->results));
    assert_ok(f->ctx, pgdp_report_write(f->ctx, pgt_path(folder, "r.json"), &f->results));
    pgt_remove_folder(folder);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(models_of_a_split_or_a_setting_differ_in_their_rows),
        TEST(everything_asked_of_a_model_is_in_its_row),
        TEST(tests_diagnostics_and_margins_are_there_to_the_last_bit),
        TEST(models_stand_side_by_side_as_numbers),
        TEST(one_model_and_more_than_thirty_have_no_table_side_by_side),
        TEST(the_trend_is_no_model_of_the_user),
        TEST(a_workbook_of_regressions_speaks_of_nothing_that_it_has_not),
        TEST(every_failing_allocation_is_told),
        TEST(the_workbook_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
