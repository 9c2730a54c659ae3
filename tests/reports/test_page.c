/* test_page.c  Pages: where blocks stand, names of cells, headers, widths, numbers as they are shown.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

#include "reports/page.h"
#include "reports/style.h"

typedef struct fixture {
    pgdp_ctx *ctx;
    pg_book book;
} fixture;

static void open_book(fixture *f)
{
    f->ctx = pgdp_ctx_new(NULL);
    assert_non_null(f->ctx);
    pg_book_init(&f->book, &f->ctx->scratch);
}

static void close_book(fixture *f)
{
    assert_false(f->book.failed);
    pgdp_ctx_free(f->ctx);
}

static pg_table *two_columns(pg_page *page, const char *id, size_t n_rows)
{
    pg_table *table = pg_page_table(page, id, NULL);
    pg_table_column(table, "Item", "", PG_FORMAT_text);
    pg_table_column(table, "Amount", "USD bn", PG_FORMAT_billions);
    for (size_t i = 0; i < n_rows; i++) {
        pg_table_row(table);
        pg_put_text(table, 0, "row");
        pg_put_number(table, 1, 2.385e9 * (double)(i + 1));
    }
    return table;
}

static void blocks_stand_below_one_another(void **state)
{
    (void)state;
    fixture f;
    open_book(&f);
    pg_page *page = pg_book_add(&f.book, "A", "Title", "About");
    pg_page_text(page, "one line");
    const pg_table *first = two_columns(page, "first", 3);
    pg_page_heading(page, "Second");
    const pg_table *second = two_columns(page, "second", 2);
    pg_page_note(page, "a note");
    assert_int_equal(page->lines->row, 3);
    assert_int_equal(first->header_row, 5);       /* an empty row below the text */
    assert_int_equal(page->lines->next->row, 10); /* header, 3 rows, an empty row */
    assert_int_equal(second->header_row, 11);
    assert_int_equal(page->last_line->row, 15);
    assert_int_equal(pg_page_end(page), 16);
    assert_ptr_equal(pg_book_table(&f.book, "second"), second);
    assert_null(pg_book_table(&f.book, "third"));
    close_book(&f);
}

static void cells_are_named_as_spreadsheets_name_them(void **state)
{
    (void)state;
    fixture f;
    open_book(&f);
    pg_page *plain = pg_book_add(&f.book, "Cells", "t", "a"), *spaced = pg_book_add(&f.book, "Key figures", "t", "a");
    pg_table *table = pg_page_table(plain, "wide", NULL), *other = two_columns(spaced, "other", 4);
    for (size_t j = 0; j < 704; j++)
        pg_table_column(table, "x", "", PG_FORMAT_number1);
    pg_table_row(table);
    assert_string_equal(pg_cell_name(table, 0, 0), "A5");
    assert_string_equal(pg_cell_name(table, 0, 25), "Z5");
    assert_string_equal(pg_cell_name(table, 0, 26), "AA5");
    assert_string_equal(pg_cell_name(table, 0, 701), "ZZ5");
    assert_string_equal(pg_cell_name(table, 0, 702), "AAA5");
    assert_string_equal(pg_cell_reference(table, 0, 27), "Cells!$AB$5");
    assert_string_equal(pg_cell_reference(other, 2, 1), "'Key figures'!$B$7");
    assert_string_equal(pg_range_reference(other, 1), "'Key figures'!$B$5:$B$8");
    assert_string_equal(pg_page_link(spaced), "internal:'Key figures'!A1");
    close_book(&f);
}

static void headers_of_a_table_differ(void **state)
{
    (void)state;
    fixture f;
    open_book(&f);
    pg_table *table = pg_page_table(pg_book_add(&f.book, "A", "t", "a"), "t", NULL);
    pg_table_column(table, "Low", "%", PG_FORMAT_percent);
    pg_table_column(table, "Low", "", PG_FORMAT_percent);
    pg_table_column(table, "LOW", "%", PG_FORMAT_percent);
    assert_string_equal(pg_header_text(table, 0), "Low (%)");
    assert_string_equal(pg_header_text(table, 1), "Low");
    assert_string_equal(pg_header_text(table, 2), "LOW (%) 2");
    close_book(&f);
}

static void numbers_are_shown_as_their_format_says(void **state)
{
    (void)state;
    fixture f;
    open_book(&f);
    assert_string_equal(pg_say_number(&f.book, 1234567.891, PG_FORMAT_integer), "1,234,568");
    assert_string_equal(pg_say_number(&f.book, -1234.56, PG_FORMAT_number1), "-1,234.6");
    assert_string_equal(pg_say_number(&f.book, 123.4, PG_FORMAT_integer), "123");
    assert_string_equal(pg_say_number(&f.book, 0.02385, PG_FORMAT_percent), "2.4%");
    assert_string_equal(pg_say_number(&f.book, 125.7321e9, PG_FORMAT_billions), "125.7");
    assert_string_equal(pg_say_number(&f.book, 9876543210.0, PG_FORMAT_millions), "9,876.5");
    assert_string_equal(pg_say_number(&f.book, 2031, PG_FORMAT_year), "2031");
    assert_string_equal(pg_say_number(&f.book, NAN, PG_FORMAT_number1), PG_MISSING);
    close_book(&f);
}

static void paragraphs_break_at_blanks_and_lose_nothing(void **state)
{
    (void)state;
    fixture f;
    open_book(&f);
    pg_page *page = pg_book_add(&f.book, "A", "t", "a");
    char text[700], joined[700] = "";
    for (size_t i = 0; i < 99; i++)
        memcpy(text + 7 * i, "w\xC3\xB6rds ", 8);
    text[692] = '\0'; /* without the last blank */
    pg_page_text(page, text);
    for (const pg_line *line = page->lines; line != NULL; line = line->next) {
        assert_true(strlen(line->text) <= PG_LINE_WIDTH * 7 / 6 + 1);
        strcat(joined, line->text);
        if (line->next != NULL) strcat(joined, " ");
    }
    assert_string_equal(joined, text);
    close_book(&f);
}

static void what_is_not_finite_is_missing(void **state)
{
    (void)state;
    fixture f;
    open_book(&f);
    pg_table *table = two_columns(pg_book_add(&f.book, "A", "t", "a"), "t", 0);
    const double values[] = { NAN, INFINITY, -INFINITY };
    for (size_t i = 0; i < 3; i++) {
        pg_table_row(table);
        pg_put_text(table, 0, NULL);
        pg_put_number(table, 1, values[i]);
        assert_int_equal(table->values[2 * i].kind, PG_VALUE_MISSING);
        assert_int_equal(table->values[2 * i + 1].kind, PG_VALUE_MISSING);
        assert_int_equal(pg_look_of(table, i, 1, 20), PG_LOOK_MISSING);
    }
    close_book(&f);
}

static void years_are_numbers_days_are_dates_quarters_are_text(void **state)
{
    (void)state;
    fixture f;
    open_book(&f);
    pg_table *table = two_columns(pg_book_add(&f.book, "A", "t", "a"), "t", 0);
    const struct {
        const char *text;
        pg_value_kind kind;
        double number;
    } periods[] = { { "2031", PG_VALUE_NUMBER, 2031 },
                    { "2031Q2", PG_VALUE_TEXT, 0 },
                    { "1970-02", PG_VALUE_DAY, 31 },
                    { "1970-03-01", PG_VALUE_DAY, 59 } };
    for (size_t i = 0; i < 4; i++) {
        pgdp_period period;
        assert_true(pgdp_period_parse(periods[i].text, &period));
        pg_table_row(table);
        pg_put_period(table, 1, period);
        const pg_value *v = &table->values[2 * i + 1];
        assert_int_equal(v->kind, periods[i].kind);
        assert_close(v->number, periods[i].number, 0, 0);
    }
    assert_string_equal(table->values[3].text, "2031Q2");
    close_book(&f);
}

static void columns_are_as_wide_as_what_they_hold(void **state)
{
    (void)state;
    fixture f;
    open_book(&f);
    pg_page *page = pg_book_add(&f.book, "A", "t", "a");
    pg_table *table = two_columns(page, "t", 1);
    pg_table_row(table);
    pg_put_text(table, 0, "a text of some forty letters in a cell...");
    pg_put_number(table, 1, 123456789e9);
    const double text = pg_page_column_width(page, 0), number = pg_page_column_width(page, 1);
    assert_true(text > 30 && text < 45);
    assert_true(number >= (double)strlen("123,456,789.0") + 2);
    char longest[2001];
    memset(longest, 'x', 2000);
    longest[2000] = '\0';
    pg_table_row(table);
    pg_put_text(table, 0, longest);
    const double widths[] = { pg_page_column_width(page, 0), number };
    assert_close(widths[0], PG_COLUMN_WIDTH + 2, 0, 0);
    assert_int_equal(pg_row_lines(table, 1, widths), 1);
    assert_int_equal(pg_row_lines(table, 2, widths), PG_ROW_LINES);
    assert_int_equal(pg_look_of(table, 2, 0, widths[0]), PG_LOOK_WRAP);
    close_book(&f);
}

static pgdp_status build(pgdp_ctx *ctx, void *user)
{
    (void)user;
    pg_book book;
    pg_book_init(&book, &ctx->scratch);
    pg_page *page = pg_book_add(&book, "A", "t", "a");
    pg_page_text(page, "some words");
    pg_table *table = two_columns(page, "t", 2000);
    pg_put_input(table, 1, 3, 0, 4);
    pg_put_formula(table, 1, pg_cell_reference(table, 0, 1), 2.385);
    const pg_chart about = { .title = "x", .table = table, .n_rows = 2 };
    pg_chart_series(pg_page_chart(page, &about), "s", 0, 1);
    return book.failed ? pg_no_memory(ctx) : PGDP_OK;
}

static void memory_that_runs_out_is_noted_in_the_book(void **state)
{
    (void)state;
    assert_true(pgt_fail_every_allocation(build, NULL) > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_stand_below_one_another),
        cmocka_unit_test(cells_are_named_as_spreadsheets_name_them),
        cmocka_unit_test(headers_of_a_table_differ),
        cmocka_unit_test(numbers_are_shown_as_their_format_says),
        cmocka_unit_test(paragraphs_break_at_blanks_and_lose_nothing),
        cmocka_unit_test(what_is_not_finite_is_missing),
        cmocka_unit_test(years_are_numbers_days_are_dates_quarters_are_text),
        cmocka_unit_test(columns_are_as_wide_as_what_they_hold),
        cmocka_unit_test(memory_that_runs_out_is_noted_in_the_book),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
