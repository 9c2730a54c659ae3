/* test_read_labstat.c  LABSTAT files with invented numbers: observations, series lists and code lists.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

static void averages_are_kept_apart_from_the_months(void **state)
{
    pgdp_dataset *d = pgt_ingest_file(*state, "labstat", FIXTURES "ce.data.0.AllCESSeries");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_shape(d, 5, 6);
    assert_string_equal(pgt_cell(f, "series_id", 0), "CES0000000001"); /* padding is cut */
    assert_string_equal(pgt_cell(f, "period", 1), "2031-02");
    assert_string_equal(pgt_cell(f, "footnote_codes", 1), "P");
    assert_string_equal(pgt_cell(f, "period", 2), "."); /* M13: the average of the year */
    assert_string_equal(pgt_cell(f, "period_code", 2), "M13");
    assert_close(pgt_real(f, "year", 2), 2031, 0, 0);
    assert_close(pgt_real(f, "value", 2), 111166, 0, 0);
    assert_string_equal(pgt_cell(f, "period", 3), "."); /* S01: half a year */
    assert_true(isnan(pgt_real(f, "value", 4)));
    assert_string_equal(pgt_cell(f, "footnote_codes", 4), "X,P");
    pgdp_dataset_free(d);
}

static void the_finest_frequency_of_the_file_is_that_of_its_periods(void **state)
{
    pgdp_dataset *d =
        pgt_ingest(*state, "labstat", "pr.data.0.Current",
                   "series_id\tyear\tperiod\tvalue\tfootnote_codes\nP1\t2031\tA01\t1.5\t\nP1\t2031\tQ05\t1.6\t\n"
                   "P1\t2031\tQ03\t1.7\t\n");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_string_equal(pgt_cell(f, "period", 0), ".");
    assert_string_equal(pgt_cell(f, "period", 1), ".");
    assert_string_equal(pgt_cell(f, "period", 2), "2031Q3");
    pgdp_dataset_free(d);
    d = pgt_ingest(*state, "labstat", "oe.data.0.Current",
                   "series_id\tyear\tperiod\tvalue\tfootnote_codes\nO1\t2031\tA01\t1.5\t5\n");
    assert_string_equal(pgt_cell(pgdp_dataset_table(d, 0), "period", 0), "2031");
    pgdp_dataset_free(d);
    d = pgt_ingest(*state, "labstat", "cu.data.0.Current",
                   "series_id\tyear\tperiod\tvalue\tfootnote_codes\nCUUSA104SA0\t2031\tS01\t1.5\t\n"
                   "CUUSA104SA0\t2031\tS02\t1.6\t\nCUUSA104SA0\t2031\tS03\t1.55\t\n");
    assert_string_equal(pgt_cell(pgdp_dataset_table(d, 0), "period", 1), "2031H2");
    assert_string_equal(pgt_cell(pgdp_dataset_table(d, 0), "period", 2), "."); /* the average of the year */
    pgdp_dataset_free(d);
}

static void rows_without_a_period_of_the_column_are_counted_with_why(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "labstat", "cu.data.0.Current",
                                 "series_id\tyear\tperiod\tvalue\tfootnote_codes\nCU1\t2031\tM01\t1.5\t\n"
                                 "CU1\t2031\tS01\t1.5\t\nCU1\t2031\tM13\t1.6\t\nCU1\t2032\tM13\t1.7\t\n"
                                 "CU1\t2031\tS02\t1.5\t\nCU1\t2031\tX01\t1.5\t\n");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_string_equal(pgt_cell(f, "period_code", 1), "S01");
    assert_string_equal(pgt_cell(f, "period", 1), ".");
    assert_string_equal(pgdp_frame_note(f, "no_period"),
                        "5 of 6 rows have no period, for the column period is monthly; their code stands in "
                        "period_code: S01 (semiannual) 1, M13 (average of the year) 2, S02 (semiannual) 1, "
                        "X01 (no known period) 1");
    pgdp_dataset_free(d);
    d = pgt_ingest(*state, "labstat", "x", "series_id\tyear\tperiod\tvalue\nS1\t2031\tM01\t1\n");
    assert_null(pgdp_frame_note(pgdp_dataset_table(d, 0), "no_period"));
    pgdp_dataset_free(d);
}

/* Large enough for the fast reader. */
static void a_bad_cell_late_in_a_long_file_is_named_by_its_line(void **state)
{
    enum { ROWS = 4000 };
    static const char *const last[][2] = {
        { "S1\t2031\tM01\tx1\t\n", "labstat.txt:4003:4: found \"x1\", expected a number or \"-\"" },
        { "S1\t31\tM01\t1\t\n", "labstat.txt:4003:2: found \"31\", expected a year" },
        { "S1\t2031\t\t1\t\n", "labstat.txt:4003:1: found no series_id or no period" },
        { "S1\t2031\tM01\t2031Q1\t\n", "labstat.txt:4003:4: found \"2031Q1\"" },
        { "S1\t2031\tM01\t1\t\tmore\n", "labstat.txt:4003:6: found \"more\" beyond the header's 5 columns" },
    };
    static char text[ROWS * 40];
    size_t n = strlen(strcpy(text, "series_id\tyear\tperiod\tvalue\tfootnote_codes\n\n"));
    for (size_t i = 0; i < ROWS; i++)
        n += strlen(strcpy(text + n, i % 9 == 0 ? "S1  \t2031\tM02\t   -\tX\n" : "S1  \t2031\tM02\t   12.5\t\n"));
    for (size_t i = 0; i < sizeof last / sizeof *last; i++) {
        const size_t all = n + strlen(strcpy(text + n, last[i][0]));
        assert_refused(*state, "labstat.txt", text, all, last[i][1]);
    }
    const pgdp_bytes in = { "labstat.txt", (const unsigned char *)text, n };
    pgdp_dataset *d;
    assert_ok(*state, pgdp_ingest(*state, NULL, &in, &d));
    assert_shape(d, ROWS, 6);
    assert_true(isnan(pgt_real(pgdp_dataset_table(d, 0), "value", ROWS - 4)));
    assert_string_equal(pgt_cell(pgdp_dataset_table(d, 0), "footnote_codes", ROWS - 4), "X");
    pgdp_dataset_free(d);
}

static void values_that_are_all_missing_are_numbers_still(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "labstat", "x", "series_id\tyear\tperiod\tvalue\nS1\t2031\tM01\t-\n");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_shape(d, 1, 6);
    assert_true(isnan(pgt_real(f, "value", 0)));
    assert_string_equal(pgt_cell(f, "footnote_codes", 0), ".");
    pgdp_dataset_free(d);
}

static void columns_of_one_survey_alone_stay_as_text(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "labstat", "ep.aspect",
                                 "series_id\tyear\tperiod\taspect_type\t  "
                                 "value\tfootnote_codes\nE1\t2031\tA01\tA1\t2.385\t\nE1\t2031\tA01\tPR\t44.1\t\n");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_shape(d, 2, 7);
    assert_string_equal(pgt_cell(f, "aspect_type", 1), "PR");
    assert_close(pgt_real(f, "value", 1), 44.1, 0, 0);
    pgdp_dataset_free(d);
}

static void codes_are_strings_in_lists_and_a_tab_too_many_does_no_harm(void **state)
{
    pgdp_dataset *d = pgt_ingest_file(*state, "labstat", FIXTURES "ce.industry");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_shape(d, 2, 3);
    assert_string_equal(pgt_cell(f, "industry_code", 0), "05000000");
    assert_string_equal(pgt_cell(f, "industry_name", 0), "Total \"private\"");
    assert_close(pgt_real(f, "display_level", 1), 2, 0, 0);
    pgdp_dataset_free(d);
    d = pgt_ingest(*state, "labstat", "ce.series",
                   "series_id  \tindustry_code\tseasonal\tbegin_year\tbegin_period\nCES1 \t11\tS\t1939\tM01\nCES2 "
                   "\t12\tU\t1964\tM03\n");
    assert_string_equal(pgt_cell(pgdp_dataset_table(d, 0), "industry_code", 0), "11");
    assert_close(pgt_real(pgdp_dataset_table(d, 0), "begin_year", 1), 1964, 0, 0);
    pgdp_dataset_free(d);
}

static void what_is_wrong_is_named_with_line_and_column(void **state)
{
    pgt_refuse(*state, "labstat", "series_id\tyear\tperiod\tvalue\nX\t2031\tM01\tmany\n",
               "invented:2:4: found \"many\"");
    pgt_refuse(*state, "labstat", "series_id\tyear\tperiod\tvalue\nX\t31\tM01\t1\n",
               "invented:2:2: found \"31\", expected a year");
    pgt_refuse(*state, "labstat", "series_id\tyear\tvalue\nX\t2031\t1\n", "found no column period");
    pgt_refuse(*state, "labstat", "series_id\tyear\tperiod\tvalue\n\t2031\tM01\t1\n",
               "found no series_id or no period");
}

static void every_allocation_may_fail(void **state)
{
    static const char *const files[] = { "ce.data.0.AllCESSeries", "ce.industry" };
    (void)state;
    pgt_ingest_files_without_memory(FIXTURES, files, sizeof files / sizeof *files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_bad_cell_late_in_a_long_file_is_named_by_its_line),
        TEST(values_that_are_all_missing_are_numbers_still),
        TEST(averages_are_kept_apart_from_the_months),
        TEST(the_finest_frequency_of_the_file_is_that_of_its_periods),
        TEST(rows_without_a_period_of_the_column_are_counted_with_why),
        TEST(columns_of_one_survey_alone_stay_as_text),
        TEST(codes_are_strings_in_lists_and_a_tab_too_many_does_no_harm),
        TEST(what_is_wrong_is_named_with_line_and_column),
        TEST(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
