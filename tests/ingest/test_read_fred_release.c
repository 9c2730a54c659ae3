/* test_read_fred_release.c  A release of version 2 of the FRED API with invented series.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

static const char answer[] =
    "{\"has_more\":false,\"next_cursor\":null,\"release\":{\"release_id\":9},\"series\":["
    "{\"series_id\":\"INVM\",\"title\":\"Invented, monthly\",\"frequency\":\"Monthly\",\"units\":\"Index 2031=100\","
    "\"seasonal_adjustment\":\"Seasonally Adjusted\",\"last_updated\":\"2031-03-09T12:00:00Z\",\"observations\":["
    "{\"date\":\"2031-01-01\",\"value\":\"2.385\"},{\"date\":\"2031-02-01\",\"value\":\".\"}]},"
    "{\"series_id\":\"INVQ\",\"title\":\"Invented, quarterly\",\"frequency\":\"Q\",\"observations\":["
    "{\"date\":\"2031-01-01\",\"value\":\"7.31\"}]},"
    "{\"series_id\":\"INVN\",\"frequency\":\"Monthly\",\"observations\":[{\"date\":\"2031-01-01\",\"value\":\"-1\"}]}]"
    "}";

static void each_frequency_is_a_long_table_and_the_series_are_listed(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "fred_release", "release.json", answer);
    const pgdp_frame *months = pgt_table(d, "monthly"), *quarters = pgt_table(d, "quarterly"),
                     *list = pgt_table(d, "series");
    assert_int_equal(pgdp_frame_n_rows(months), 3);
    assert_string_equal(pgt_cell(months, "series_id", 2), "INVN");
    assert_string_equal(pgt_cell(months, "period", 1), "2031-02");
    assert_true(isnan(pgt_real(months, "value", 1)));
    assert_close(pgt_real(months, "value", 2), -1, 0, 0);
    assert_string_equal(pgt_cell(quarters, "period", 0), "2031Q1");
    assert_close(pgt_real(quarters, "value", 0), 7.31, 0, 0);
    assert_int_equal(pgdp_frame_n_rows(list), 3);
    assert_string_equal(pgt_cell(list, "units", 0), "Index 2031=100");
    assert_string_equal(pgt_cell(list, "seasonal_adjustment", 2), ".");
    pgdp_dataset_free(d);
}

static void a_page_of_several_says_so(void **state)
{
    pgdp_dataset *d =
        pgt_ingest(*state, "fred_release", "page.json",
                   "{\"has_more\":true,\"next_cursor\":\"INVQ,2031-01-01\",\"series\":[{\"series_id\":\"X\","
                   "\"frequency\":\"Annual\",\"observations\":[{\"date\":\"2031-01-01\",\"value\":\"1\"}]}]}");
    assert_contains(pgdp_frame_note(pgt_table(d, "annual"), "incomplete"), "INVQ,2031-01-01");
    pgdp_dataset_free(d);
}

static void errors_are_told_and_places_named(void **state)
{
    pgt_refuse(*state, NULL, "{\"code\":400,\"message\":\"Bad Request. Invented.\"}", "Bad Request. Invented.");
    pgt_refuse(*state, "fred_release", "{\"series\":[]}", "no list \"series\"");
    pgt_refuse(*state, "fred_release", "{\"series\":[{\"series_id\":\"X\"}]}", "no observations");
    pgt_refuse(*state, "fred_release",
               "{\"series\":[{\"series_id\":\"X\",\"observations\":[{\"date\":\"2031-01-01\",\"value\":\"many\"}]}]}",
               "series X, 2031-01-01: found \"many\"");
    pgt_refuse(*state, "fred_release", "{\"series\":[{\"series_id\":\"X\",\"observations\":[{\"date\":\"spring\"}]}]}",
               "found \"spring\" as date");
}

static void no_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    pgt_ingest_without_memory("release.json", answer, sizeof answer - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_frequency_is_a_long_table_and_the_series_are_listed),
        TEST(a_page_of_several_says_so),
        TEST(errors_are_told_and_places_named),
        TEST(no_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
