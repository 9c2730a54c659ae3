/* test_write_json.c  The exact twin: schema pgdp.results/1, every number of the workbook to the last bit.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reports/sample.h"

#include <stdlib.h>

#include "core/json.h"
#include "reports/sheets.h"

typedef struct twin {
    pgt_sample s;
    pg_book book;
    char *folder, *text;
    pg_json_document *document;
    const pg_json_value *root;
} twin;

static void open_twin(twin *t)
{
    size_t n;
    pgt_sample_new(&t->s);
    t->folder = pgt_new_folder();
    const char *path = pgt_path(t->folder, "results.json");
    assert_ok(t->s.ctx, pgdp_report_write(t->s.ctx, path, &t->s.results));
    t->text = pgt_read_file(path, &n);
    assert_ok(t->s.ctx, pg_json_parse(t->s.ctx, "results.json", t->text, n, &t->document));
    t->root = pg_json_root(t->document);
    pg_book_init(&t->book, &t->s.ctx->scratch);
    assert_ok(t->s.ctx, pg_book_fill(t->s.ctx, &t->s.results, &t->book));
}

static void close_twin(twin *t)
{
    pg_json_document_free(t->document);
    free(t->text);
    pgt_remove_folder(t->folder);
    pgt_sample_free(&t->s);
}

static double number_of(const pg_json_value *object, const char *key)
{
    double x = NAN;
    assert_true(pg_json_number(pg_json_member(object, key), &x));
    return x;
}

static void assert_same_cell(const pg_value *value, const pg_json_value *cell)
{
    double number;
    bool truth;
    const bool textual = value->kind == PG_VALUE_TEXT || value->kind == PG_VALUE_LINK || value->text != NULL;
    if (value->kind == PG_VALUE_MISSING || value->kind == PG_VALUE_EMPTY) {
        assert_true(pg_json_is_null(cell));
    } else if (value->kind == PG_VALUE_BOOL) {
        assert_true(pg_json_truth(cell, &truth));
        assert_int_equal(truth, value->number > 0);
    } else if (textual || value->kind == PG_VALUE_DAY) {
        assert_non_null(pg_json_text(cell));
    } else {
        assert_true(pg_json_number(cell, &number));
        assert_close(number, value->number, 0, 0); /* exact */
    }
}

static void every_table_of_the_workbook_is_there_to_the_last_bit(void **state)
{
    (void)state;
    twin t;
    size_t n = 0;
    open_twin(&t);
    const pg_json_value *sheets = pg_json_member(t.root, "sheets");
    for (const pg_page *page = t.book.pages; page != NULL; page = page->next)
        for (const pg_table *table = page->tables; table != NULL; table = table->next) {
            const pg_json_value *sheet = pg_json_at(sheets, n++), *rows = pg_json_member(sheet, "rows");
            assert_string_equal(pg_json_text(pg_json_member(sheet, "name")), page->name);
            assert_string_equal(pg_json_text(pg_json_member(sheet, "table")), table->id);
            assert_int_equal(pg_json_count(pg_json_member(sheet, "columns")), table->n_columns);
            assert_int_equal(pg_json_count(rows), table->n_rows);
            for (size_t i = 0; i < table->n_rows; i++)
                for (size_t j = 0; j < table->n_columns; j++)
                    assert_same_cell(&table->values[i * table->n_columns + j], pg_json_at(pg_json_at(rows, i), j));
        }
    assert_int_equal(pg_json_count(sheets), n);
    assert_true(n > 30);
    close_twin(&t);
}

static void the_gap_is_there_in_both_views(void **state)
{
    (void)state;
    twin t;
    open_twin(&t);
    const pg_json_value *gap = pg_json_member(t.root, "gap"), *other = pg_json_member(t.root, "gap_other");
    assert_string_equal(pg_json_text(pg_json_member(t.root, "schema")), "pgdp.results/1");
    assert_string_equal(pg_json_text(pg_json_member(gap, "mode")), "accounts");
    assert_string_equal(pg_json_text(pg_json_member(other, "mode")), "gross");
#define PGDP_ENTRY(name, unit, text)                                                                                   \
    assert_close(number_of(gap, #name), t.s.gap.name, 0, 0);                                                           \
    assert_close(number_of(other, #name), t.s.gap_other.name, 0, 0);
    PGDP_GAP_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
    close_twin(&t);
}

static void key_figures_keep_their_unit(void **state)
{
    (void)state;
    twin t;
    open_twin(&t);
    const pg_json_value *figures = pg_json_member(t.root, "key_figures"), *first = pg_json_at(figures, 0);
    assert_int_equal(pg_json_count(figures), 2);
    assert_close(number_of(first, "value"), 125.7321, 0, 0);
    assert_string_equal(pg_json_text(pg_json_member(first, "unit")), "usd_bn");
    assert_true(pg_json_is_null(pg_json_member(pg_json_at(figures, 1), "conf_high")));
    close_twin(&t);
}

static void a_row_is_a_line(void **state)
{
    (void)state;
    twin t;
    open_twin(&t);
    const char *row = strstr(t.text, "[8823, \"11-1011.00\"");
    assert_non_null(row);
    const char *end = strchr(row, '\n');
    assert_non_null(end);
    assert_true(end[-1] == ',' && end[-2] == ']');
    assert_contains(t.text, "1089123456.78125");
    close_twin(&t);
}

static void text_that_is_not_utf8_is_repaired(void **state)
{
    (void)state;
    twin t;
    open_twin(&t);
    assert_contains(t.text, "bad \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD bytes");
    assert_contains(t.text, "_x0041_ is no A"); /* an escape of workbooks means nothing here */
    close_twin(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_of_the_workbook_is_there_to_the_last_bit),
        cmocka_unit_test(the_gap_is_there_in_both_views),
        cmocka_unit_test(key_figures_keep_their_unit),
        cmocka_unit_test(a_row_is_a_line),
        cmocka_unit_test(text_that_is_not_utf8_is_repaired),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
