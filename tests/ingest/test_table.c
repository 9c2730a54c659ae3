/* test_table.c  Types of columns, marks of the missing, headers: through the generic CSV reader.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

#include "packing.h"

static const pgdp_frame *frame_of(pgdp_dataset *dataset)
{
    return pgdp_dataset_table(dataset, 0);
}

static void numbers_periods_and_texts_are_told_apart_by_all_their_cells(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "csv", "t.csv",
                                 "n,when,quarter,month,year,text,mixed\n"
                                 "1.25,2031-02-28,2031Q1,2031-02,2031,x,2031Q1\n"
                                 "-3e2,2031-03-05,2031-Q2,2031M03,2032,7,2031-02\n");
    const pgdp_frame *f = frame_of(d);
    assert_close(pgt_real(f, "n", 1), -300, 0, 0);
    assert_string_equal(pgt_cell(f, "when", 1), "2031-03-05");
    assert_string_equal(pgt_cell(f, "quarter", 1), "2031Q2");
    assert_string_equal(pgt_cell(f, "month", 1), "2031-03");
    assert_close(pgt_real(f, "year", 1), 2032, 0, 0); /* a bare year stays a number */
    assert_string_equal(pgt_cell(f, "text", 1), "7");
    assert_string_equal(pgt_cell(f, "mixed", 1), "2031-02");
    pgdp_dataset_free(d);
}

static void days_that_are_first_days_become_months_quarters_halves_or_years_and_a_note_says_so(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "csv", "t.csv",
                                 "m,q,h,a,d,one\n2031-01-01,2031-01-01,2031-01-01,2031-01-01,2031-01-01,2031-04-01\n"
                                 "2031-02-01,2031-10-01,2031-07-01,2033-01-01,2031-01-02,\n");
    const pgdp_frame *f = frame_of(d);
    assert_string_equal(pgt_cell(f, "m", 1), "2031-02");
    assert_string_equal(pgt_cell(f, "q", 1), "2031Q4");
    assert_string_equal(pgt_cell(f, "h", 1), "2031H2");
    assert_string_equal(pgt_cell(f, "a", 1), "2033");
    assert_string_equal(pgt_cell(f, "d", 1), "2031-01-02");
    assert_string_equal(pgt_cell(f, "one", 0), "2031-04-01");
    assert_string_equal(pgt_cell(f, "one", 1), ".");
    assert_contains(pgdp_frame_note(f, "frequency:q"), "inferred");
    assert_null(pgdp_frame_note(f, "frequency:d"));
    pgdp_dataset_free(d);
}

static void marks_are_missing_in_numbers_but_words_in_text(void **state)
{
    pgdp_dataset *d =
        pgt_ingest(*state, "csv", "t.csv",
                   "x,country,training,all\n1.5,NA,None,NA\n.,BE,n/a,NA\nNA,,x,NA\n#N/A,DE,y,NA\nNaN,FR,z,\n");
    const pgdp_frame *f = frame_of(d);
    assert_close(pgt_real(f, "x", 0), 1.5, 0, 0);
    for (size_t i = 1; i < 5; i++)
        assert_true(isnan(pgt_real(f, "x", i)));
    assert_string_equal(pgt_cell(f, "country", 0), "NA"); /* Namibia */
    assert_string_equal(pgt_cell(f, "country", 2), ".");
    assert_string_equal(pgt_cell(f, "training", 0), "None");
    assert_string_equal(pgt_cell(f, "training", 1), "n/a");
    assert_string_equal(pgt_cell(f, "all", 0), "NA"); /* of NA alone nothing is known */
    pgdp_dataset_free(d);
}

static void marks_of_the_closed_list_are_missing_and_others_are_named(void **state)
{
    pgdp_dataset *d =
        pgt_ingest(*state, "csv", "t.csv", "x,y\n1,1\n..,2\n:,3\n(NA),-\nnan,5\nnull,6\n#DIV/0!,7\n#VALUE!,8\n.,9\n");
    const pgdp_frame *f = frame_of(d);
    for (size_t i = 1; i < 9; i++)
        assert_true(isnan(pgt_real(f, "x", i)));
    assert_string_equal(pgt_cell(f, "y", 3), "-"); /* it may stand for zero: nobody guesses */
    assert_string_equal(pgdp_frame_note(f, "not_number:y"),
                        "t.csv:5:2: found \"-\", expected a number as in the rows before");
    pgdp_dataset_free(d);
}

static void days_above_twelve_tell_the_order_of_dates(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "csv", "t.csv",
                                 "eu,us,either,both,iso\n1/2/2031,2/1/2031,2/1/2031,13/2/2031,2031-02-01\n"
                                 "28/2/2031,2/28/2031,4/3/2031,2/13/2031,2031-02-28\n5/3/2031,3/5/2031,,3/3/2031,NA\n");
    const pgdp_frame *f = frame_of(d);
    assert_string_equal(pgt_cell(f, "eu", 0), "2031-02-01");
    assert_string_equal(pgt_cell(f, "eu", 1), "2031-02-28");
    assert_string_equal(pgt_cell(f, "eu", 2), "2031-03-05");
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(pgt_cell(f, "us", i), pgt_cell(f, "eu", i));
    assert_string_equal(pgt_cell(f, "iso", 1), "2031-02-28");
    assert_null(pgdp_frame_note(f, "dates:eu"));
    assert_null(pgdp_frame_note(f, "dates:us"));
    assert_string_equal(pgt_cell(f, "either", 0), "2031-02-01");
    assert_contains(pgdp_frame_note(f, "dates:either"), "read as month/day/year");
    assert_string_equal(pgt_cell(f, "both", 0), "13/2/2031");
    assert_contains(pgdp_frame_note(f, "dates:both"), "kept as text");
    pgdp_dataset_free(d);
}

static void codes_under_no_name_are_a_column(void **state)
{
    pack p = { .method = 8 };
    pgdp_dataset *d = NULL;
    pack_workbook(&p,
                  SHEET("<row><c t=\"str\"><v>x</v></c><c/><c t=\"str\"><v>y</v></c></row><row><c><v>1</v></c>"
                        "<c t=\"str\"><v>0440</v></c><c><v>2</v></c></row>"),
                  NULL, NULL);
    pack_end(&p);
    const pgdp_bytes in = { "codes.xlsx", p.data, p.n };
    assert_ok(*state, pgdp_ingest(*state, NULL, &in, &d));
    assert_string_equal(pgt_cell(frame_of(d), "column2", 0), "0440");
    pgdp_dataset_free(d);
    pack_free(&p);
}

static void codes_with_leading_zeros_stay_text(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "csv", "t.csv", "fips,zero,rate\n01001,0,0.5\n48201,0.0,.25\n");
    const pgdp_frame *f = frame_of(d);
    assert_string_equal(pgt_cell(f, "fips", 0), "01001");
    assert_close(pgt_real(f, "zero", 0), 0, 0, 0);
    assert_close(pgt_real(f, "rate", 1), 0.25, 0, 0);
    pgdp_dataset_free(d);
}

static void thousands_are_read_only_where_a_comma_cannot_be_decimal(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "csv", "t.csv", "x,y\n\"1,234,567.8\",2\n\"12\",3\n");
    assert_close(pgt_real(frame_of(d), "x", 0), 1234567.8, 0, 0);
    pgdp_dataset_free(d);
    d = pgt_ingest(*state, "csv", "t.csv", "x;y\n12,345;2\n1,5;3\n");
    assert_string_equal(pgt_cell(frame_of(d), "x", 0), "12,345");
    pgdp_dataset_free(d);
}

static void text_among_numbers_is_noted_with_its_place(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "csv", "gdp_q.csv", "year,gdp\n2031,100.5\n2032,\"12,4\"\n2033,101.2\n");
    assert_string_equal(pgt_cell(frame_of(d), "gdp", 1), "12,4");
    assert_contains(pgdp_frame_note(frame_of(d), "not_number:gdp"), "gdp_q.csv:3:2: found \"12,4\", expected a number");
    assert_null(pgdp_frame_note(frame_of(d), "not_number:year"));
    pgdp_dataset_free(d);
}

static void decimal_commas_are_noted_without_a_number_before(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "csv", "eu.csv", "x;y;z;t\n-1.234,5;NA;1,2,3;a\n;,25;4;1,5\n");
    assert_contains(pgdp_frame_note(frame_of(d), "not_number:x"),
                    "eu.csv:2:1: found \"-1.234,5\", expected a number with");
    assert_contains(pgdp_frame_note(frame_of(d), "not_number:y"), "eu.csv:3:2: found \",25\"");
    assert_null(pgdp_frame_note(frame_of(d), "not_number:z"));
    assert_null(pgdp_frame_note(frame_of(d), "not_number:t"));
    pgdp_dataset_free(d);
}

static void rows_may_be_short_and_longer_only_by_empty_cells(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "csv", "t.csv", "a,b,c\n1\n2,x,,,,\n3,y,4.5\n");
    assert_int_equal(pgdp_frame_n_rows(frame_of(d)), 3);
    assert_true(isnan(pgt_real(frame_of(d), "c", 0)));
    pgdp_dataset_free(d);
    pgt_refuse(*state, "csv", "a,b\n1,2\n3,4,5\n", "invented:3:3: found \"5\" beyond the header's 2 columns");
}

static void header_names_are_cleaned_numbered_when_empty_and_must_differ(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "csv", "t.csv", ",\" two\r\n  lines: \",c\n0,1,2\n");
    assert_string_equal(pgdp_frame_column(frame_of(d), 0)->name, "column1");
    assert_string_equal(pgdp_frame_column(frame_of(d), 1)->name, "two lines");
    pgdp_dataset_free(d);
    pgt_refuse(*state, "csv", "a,b,a\n1,2,3\n", "invented:1:3: the header names \"a\" twice (column 1 too)");
}

static void nameless_last_column_without_cells_is_no_column(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "csv", "t.csv", "Year,Jan,\n1980,0.319, \n1981, ,\n");
    assert_int_equal(pgdp_frame_n_columns(frame_of(d)), 2);
    assert_true(isnan(pgt_real(frame_of(d), "Jan", 1)));
    pgdp_dataset_free(d);
}

static void a_lone_column_needs_no_delimiter(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "csv", "standard input", "x\n1.5\n2.25\n");
    assert_shape(d, 2, 1);
    assert_close(pgt_real(frame_of(d), "x", 1), 2.25, 0, 0);
    pgdp_dataset_free(d);
}

static void a_header_alone_gives_no_rows(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "csv", "t.csv", "a,b\n");
    assert_shape(d, 0, 2);
    pgdp_dataset_free(d);
}

static void permuting_rows_permutes_cells_and_nothing_else(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "csv", "t.csv", "k,v\na,2.385\nb,\nc,NA\n");
    pgdp_dataset *e = pgt_ingest(*state, "csv", "t.csv", "k,v\nc,NA\nb,\na,2.385\n");
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(pgt_cell(frame_of(d), "k", i), pgt_cell(frame_of(e), "k", 2 - i));
        assert_close(pgt_real(frame_of(d), "v", i), pgt_real(frame_of(e), "v", 2 - i), 0, 0);
    }
    pgdp_dataset_free(d);
    pgdp_dataset_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers_periods_and_texts_are_told_apart_by_all_their_cells),
        TEST(days_that_are_first_days_become_months_quarters_halves_or_years_and_a_note_says_so),
        TEST(marks_are_missing_in_numbers_but_words_in_text),
        TEST(marks_of_the_closed_list_are_missing_and_others_are_named),
        TEST(days_above_twelve_tell_the_order_of_dates),
        TEST(codes_under_no_name_are_a_column),
        TEST(codes_with_leading_zeros_stay_text),
        TEST(thousands_are_read_only_where_a_comma_cannot_be_decimal),
        TEST(text_among_numbers_is_noted_with_its_place),
        TEST(decimal_commas_are_noted_without_a_number_before),
        TEST(rows_may_be_short_and_longer_only_by_empty_cells),
        TEST(header_names_are_cleaned_numbered_when_empty_and_must_differ),
        TEST(nameless_last_column_without_cells_is_no_column),
        TEST(a_lone_column_needs_no_delimiter),
        TEST(a_header_alone_gives_no_rows),
        TEST(permuting_rows_permutes_cells_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
