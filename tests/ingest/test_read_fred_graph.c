/* test_read_fred_graph.c  Graph CSV of every generation with invented numbers; NIST data sets beside it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

static void blanks_and_points_are_missing_and_months_are_inferred(void **state)
{
    pgdp_dataset *d = pgt_ingest_file(*state, "fred_graph", FIXTURES "fred_graph.csv");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_shape(d, 4, 2);
    assert_string_equal(pgt_cell(f, "period", 3), "2031-04");
    assert_close(pgt_real(f, "INVRATE", 3), 4.27, 0, 0);
    assert_true(isnan(pgt_real(f, "INVRATE", 1)) && isnan(pgt_real(f, "INVRATE", 2)));
    assert_contains(pgdp_frame_note(f, "frequency:period"), "inferred");
    pgdp_dataset_free(d);
}

static void preamble_gives_units_adjustment_frequency_and_basis(void **state)
{
    pgdp_dataset *d = pgt_ingest_file(*state, "fred_graph", FIXTURES "fred_graph_preamble.csv");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_shape(d, 2, 3);
    assert_string_equal(pgt_cell(f, "period", 0), "2031Q1");
    assert_string_equal(pgt_about(f, "INVGDP")->unit, "Billions of Chained 2017 Dollars");
    assert_string_equal(pgt_about(f, "INVGDP")->price_basis, "chained_volume");
    assert_string_equal(pgt_about(f, "INVGDP")->adjustment, "seasonally_adjusted");
    assert_string_equal(pgt_about(f, "INVCPI_PC1")->unit, "Percent Change from Year Ago, Index 1982-1984=100");
    assert_string_equal(pgt_about(f, "INVCPI_PC1")->adjustment, "not_seasonally_adjusted");
    assert_string_equal(pgdp_frame_note(f, "transformation:INVCPI_PC1"), "PC1");
    assert_null(pgdp_frame_note(f, "transformation:INVGDP"));
    assert_null(pgdp_frame_note(f, "frequency:period"));
    assert_contains(pgdp_frame_note(f, "preamble"), "Federal Reserve Economic Data");
    pgdp_dataset_free(d);
}

static void vintages_are_columns_that_know_their_day(void **state)
{
    pgdp_dataset *d = pgt_ingest_file(*state, "fred_graph", FIXTURES "alfred.csv");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_string_equal(pgt_about(f, "INV_GDP_20310429")->vintage, "2031-04-29");
    assert_true(isnan(pgt_real(f, "INV_GDP_20310429", 1)));
    assert_close(pgt_real(f, "INV_GDP_20310527", 1), 22255.5, 0, 0);
    pgdp_dataset_free(d);
}

static void the_oldest_form_takes_its_series_from_the_label_and_weeks_are_found(void **state)
{
    pgdp_dataset *d = pgt_ingest_file(*state, "fred_graph", FIXTURES "INVWEEK.csv");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_close(pgt_real(f, "INVWEEK", 3), 7.9, 0, 0);
    assert_string_equal(pgt_cell(f, "period", 0), "2031-W01");
    assert_string_equal(pgt_cell(f, "period", 3), "2031-W05");
    pgdp_dataset_free(d);
}

static void what_is_wrong_is_named_with_line_and_column(void **state)
{
    pgt_refuse(*state, "fred_graph", "observation_date,X\n2031-01-01,4.1\n2031-02-01,\"4,2\"\n",
               "invented:3:2: found \"4,2\"");
    pgt_refuse(*state, "fred_graph", "observation_date,X\n2031-01-01,4.1\nFeb 2031,4.2\n",
               "invented:3:1: found \"Feb 2031\"");
    pgt_refuse(*state, "fred_graph", "observation_date,X,X\n2031-01-01,4.1,4.1\n", "the series X twice");
    pgt_refuse(*state, "fred_graph", "observation_date,X\n2031-01-01,4.1,9\n", "expected nothing");
    pgt_refuse(*state, "fred_graph", "day,X\n2031-01-01,4.1\n", "found no header observation_date");
}

static void data_of_nist_stand_below_the_last_line_data(void **state)
{
    pgdp_dataset *d = pgt_ingest_file(*state, "nist", FIXTURES "Invented.dat");
    assert_shape(d, 3, 2);
    assert_close(pgt_real(pgdp_dataset_table(d, 0), "x", 1), 114.9, 0, 0);
    assert_contains(pgdp_frame_note(pgdp_dataset_table(d, 0), "header"), "Certified Values");
    pgdp_dataset_free(d);
    pgt_refuse(*state, "nist", "NIST/ITL StRD\nData:  y\n 1.5\n one\n",
               "invented:4:1: found \"one\", expected a number");
    pgt_refuse(*state, "nist", "NIST/ITL StRD\nData:  y\n", "found no data below");
    pgt_refuse(*state, "nist", "NIST/ITL StRD\n", "found no line \"Data:\"");
}

static void every_allocation_may_fail(void **state)
{
    static const char *const files[] = { "fred_graph.csv", "fred_graph_preamble.csv", "alfred.csv", "INVWEEK.csv",
                                         "Invented.dat" };
    (void)state;
    pgt_ingest_files_without_memory(FIXTURES, files, sizeof files / sizeof *files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(blanks_and_points_are_missing_and_months_are_inferred),
        TEST(preamble_gives_units_adjustment_frequency_and_basis),
        TEST(vintages_are_columns_that_know_their_day),
        TEST(the_oldest_form_takes_its_series_from_the_label_and_weeks_are_found),
        TEST(what_is_wrong_is_named_with_line_and_column),
        TEST(data_of_nist_stand_below_the_last_line_data),
        TEST(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
