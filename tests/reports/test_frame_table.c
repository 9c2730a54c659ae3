/* test_frame_table.c  Frames as tables: which columns, in which units, and what is missing.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reports/sample.h"

#include "reports/frame_table.h"

typedef struct fixture {
    pgt_sample s; /* only its context and frames are used */
    pg_book book;
    pg_page *page;
} fixture;

static void open_page(fixture *f)
{
    f->s = (pgt_sample){ .ctx = pgdp_ctx_new(NULL) };
    assert_non_null(f->s.ctx);
    pg_book_init(&f->book, &f->s.ctx->scratch);
    f->page = pg_book_add(&f->book, "A", "t", "a");
}

static const pg_table *shown_as(fixture *f, const pgdp_frame *frame, const pg_shown *shown)
{
    pg_table *table;
    assert_ok(f->s.ctx, pg_frame_table(f->s.ctx, f->page, "t", frame, shown, &table));
    return table;
}

static const pg_value *at(const pg_table *table, size_t row, size_t column)
{
    return &table->values[row * table->n_columns + column];
}

static void listed_columns_come_first_and_no_other_is_lost(void **state)
{
    (void)state;
    static const pg_shown shown[] = { { .column = "b", .name = "Second" },
                                      { .column = "absent", .name = "Absent" },
                                      { .column = "c", .name = NULL },
                                      { .column = NULL } };
    fixture f;
    open_page(&f);
    const pg_table *t = shown_as(&f, pgt_table(&f.s, "a_share b c\n1.5 2.5 3.5\n"), shown);
    assert_int_equal(t->n_columns, 2);
    assert_string_equal(t->columns[0].name, "Second");
    assert_string_equal(t->columns[1].name, "A share");
    assert_close(at(t, 0, 1)->number, 1.5, 0, 0);
    pgt_sample_free(&f.s);
}

static void a_star_places_the_others(void **state)
{
    (void)state;
    static const pg_shown shown[] = { { .column = "*" }, { .column = "a", .name = "Last" }, { .column = NULL } };
    fixture f;
    open_page(&f);
    const pg_table *t = shown_as(&f, pgt_table(&f.s, "a x y\n1 2 3\n"), shown);
    assert_string_equal(t->columns[0].name, "X");
    assert_string_equal(t->columns[1].name, "Y");
    assert_string_equal(t->columns[2].name, "Last");
    pgt_sample_free(&f.s);
}

static void money_is_scaled_by_format_and_stays_whole(void **state)
{
    (void)state;
    fixture f;
    open_page(&f);
    const pgdp_frame *frame = pgt_table(&f.s, "bill wage\n12345678901.25 31.05\n-2.5 18.385\n");
    pgt_unit(&f.s, frame, "bill", "usd");
    pgt_unit(&f.s, frame, "wage", "usd_per_hour");
    const pg_table *t = shown_as(&f, frame, NULL);
    assert_string_equal(t->columns[0].unit, "USD bn");
    assert_int_equal(t->columns[0].format, PG_FORMAT_billions);
    assert_string_equal(t->columns[0].raw_unit, "usd");
    assert_close(at(t, 0, 0)->number, 12345678901.25, 0, 0);
    assert_string_equal(t->columns[1].unit, "USD per hour");
    assert_int_equal(t->columns[1].format, PG_FORMAT_number2);
    pgt_sample_free(&f.s);
}

static void rows_may_have_units_of_their_own(void **state)
{
    (void)state;
    static const pg_shown shown[] = { { .column = "value", .name = "Value", .by_row = true },
                                      { .column = "unit", .name = "Unit" },
                                      { .column = NULL } };
    fixture f;
    open_page(&f);
    const pgdp_frame *frame = pgt_table(&f.s, "value unit:t\n0.0238 share\n43081234567.5 usd\n0 usd\n. usd\n1.25 .\n");
    const pg_table *t = shown_as(&f, frame, shown);
    assert_int_equal(at(t, 0, 0)->format, PG_FORMAT_percent);
    assert_string_equal(at(t, 0, 1)->text, "%");
    for (size_t i = 1; i < 3; i++) { /* rows of one unit have one scale */
        assert_int_equal(at(t, i, 0)->format, PG_FORMAT_billions);
        assert_string_equal(at(t, i, 1)->text, "USD bn");
    }
    assert_int_equal(at(t, 3, 0)->kind, PG_VALUE_MISSING);
    assert_int_equal(at(t, 4, 0)->format, PG_FORMAT_number3);
    assert_int_equal(at(t, 4, 1)->kind, PG_VALUE_MISSING);
    pgt_sample_free(&f.s);
}

static void truth_values_and_addresses_are_told_apart_from_text(void **state)
{
    (void)state;
    static const pg_shown shown[] = { { .column = "done", .name = "Done", .truth = true },
                                      { .column = "word", .name = "Word", .check = true },
                                      { .column = "at", .name = "Address", .link = true },
                                      { .column = NULL } };
    fixture f;
    open_page(&f);
    const pgdp_frame *frame =
        pgt_table(&f.s, "done word:t at:t\n1 true https://www.bls.gov/\n0 no javascript:alert(1)\n. . =a\n");
    const pg_table *t = shown_as(&f, frame, shown);
    assert_int_equal(at(t, 0, 0)->kind, PG_VALUE_BOOL);
    assert_true(at(t, 0, 0)->number > 0 && at(t, 0, 1)->number > 0);
    assert_false(at(t, 1, 0)->number > 0 || at(t, 1, 1)->number > 0);
    assert_int_equal(at(t, 2, 0)->kind, PG_VALUE_MISSING);
    assert_false(t->columns[0].checks);
    assert_true(t->columns[1].checks);
    assert_int_equal(at(t, 0, 2)->kind, PG_VALUE_LINK);
    assert_int_equal(at(t, 1, 2)->kind, PG_VALUE_TEXT);
    assert_int_equal(at(t, 2, 2)->kind, PG_VALUE_TEXT);
    pgt_sample_free(&f.s);
}

static void chosen_rows_keep_their_order(void **state)
{
    (void)state;
    fixture f;
    pg_table *table;
    const size_t rows[] = { 2, 0 };
    open_page(&f);
    const pgdp_frame *frame = pgt_table(&f.s, "a\n1.5\n2.5\n3.5\n");
    assert_ok(f.s.ctx, pg_view_table(f.s.ctx, f.page, "t", &(pg_view){ frame, rows, 2 }, NULL, &table));
    assert_int_equal(table->n_rows, 2);
    assert_close(at(table, 0, 0)->number, 3.5, 0, 0);
    assert_close(at(table, 1, 0)->number, 1.5, 0, 0);
    pgt_sample_free(&f.s);
}

static void units_of_the_list_have_a_text(void **state)
{
    (void)state;
    fixture f;
    open_page(&f);
    assert_string_equal(pg_unit_for(&f.book, "index_2017", 126).text, "index 2017");
    assert_int_equal(pg_unit_for(&f.book, "index_2017", 126).format, PG_FORMAT_number1);
    assert_int_equal(pg_unit_for(&f.book, NULL, 2e-7).format, PG_FORMAT_scientific);
    assert_string_equal(pg_unit_for(&f.book, "hours", 3.2e9).text, "hours mn");
    assert_string_equal(pg_unit_for(&f.book, "value", 3).text, "USD");
    pgt_sample_free(&f.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listed_columns_come_first_and_no_other_is_lost),
        cmocka_unit_test(a_star_places_the_others),
        cmocka_unit_test(money_is_scaled_by_format_and_stays_whole),
        cmocka_unit_test(rows_may_have_units_of_their_own),
        cmocka_unit_test(truth_values_and_addresses_are_told_apart_from_text),
        cmocka_unit_test(chosen_rows_keep_their_order),
        cmocka_unit_test(units_of_the_list_have_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
