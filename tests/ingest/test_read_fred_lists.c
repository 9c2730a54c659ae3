/* test_read_fred_lists.c  Lists of the FRED API with invented series, the same as JSON and as XML.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

#define XML  "<?xml version=\"1.0\" encoding=\"utf-8\" ?>\n"
#define HEAD "{\"realtime_start\":\"2031-05-01\",\"realtime_end\":\"2031-05-01\","

static void series_are_rows_with_units_and_adjustment(void **state)
{
    static const char json[] = HEAD
        "\"count\":3,\"offset\":0,\"limit\":2,\"seriess\":[{\"id\":\"INVGDP\",\"realtime_start\":\"2031-05-01\","
        "\"title\":\"Invented GDP\",\"observation_start\":\"1947-01-01\",\"frequency_short\":\"Q\",\"units\":"
        "\"Billions\",\"seasonal_adjustment_short\":\"NA\",\"last_updated\":\"2031-05-01 "
        "07:46:02-05\",\"popularity\":93,\"notes\":\"\"},{\"id\":\"0440\",\"title\":\"Other\",\"observation_start\":"
        "\"1948-01-01\",\"popularity\":7}]}";
    static const char xml[] =
        "<?xml version=\"1.0\" encoding=\"utf-8\" ?>\n<seriess realtime_start=\"2031-05-01\" count=\"3\" limit=\"2\">"
        "<series id=\"INVGDP\" title=\"Invented GDP\" observation_start=\"1947-01-01\" "
        "seasonal_adjustment_short=\"NA\" "
        "popularity=\"93\"/>\n<series id=\"0440\" title=\"Other\" observation_start=\"1948-01-01\" "
        "popularity=\"7\"/></seriess>";
    static const char *const texts[] = { json, xml };
    for (size_t i = 0; i < 2; i++) {
        pgdp_dataset *d = pgt_ingest(*state, "fred_lists", "answer", texts[i]);
        const pgdp_frame *f = pgdp_dataset_table(d, 0);
        assert_int_equal(pgdp_frame_n_rows(f), 2);
        assert_string_equal(pgt_cell(f, "series_id", 1), "0440");
        assert_string_equal(pgt_cell(f, "observation_start", 0), "1947-01-01"); /* a day, not the year 1947 */
        assert_string_equal(pgt_cell(f, "seasonal_adjustment_short", 0), "NA");
        assert_close(pgt_real(f, "popularity", 0), 93, 0, 0);
        assert_contains(pgdp_frame_note(f, "incomplete"), "2 of 3 items (limit 2");
        pgdp_dataset_free(d);
    }
}

static void dates_of_vintages_and_releases_are_days(void **state)
{
    static const char *const texts[] = {
        HEAD "\"vintage_dates\":[\"1958-12-21\",\"1959-02-19\"]}",
        XML "<vintage_dates realtime_start=\"1776-07-04\">\n<vintage_date>1958-12-21</vintage_date>\n"
            "<vintage_date> 1959-02-19 </vintage_date></vintage_dates>",
        HEAD
        "\"release_dates\":[{\"release_id\":82,\"date\":\"1958-12-21\"},{\"release_id\":82,\"date\":\"1959-02-19\"}]}",
        XML "<release_dates realtime_start=\"1776-07-04\"><release_date release_id=\"82\" "
            "release_name=\"X\">1958-12-21</release_date><release_date "
            "release_id=\"82\">1959-02-19</release_date></release_dates>",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        pgdp_dataset *d = pgt_ingest(*state, "fred_lists", "answer", texts[i]);
        const pgdp_frame *f = pgdp_dataset_table(d, 0);
        assert_int_equal(pgdp_frame_n_rows(f), 2);
        assert_string_equal(pgt_cell(f, "date", 1), "1959-02-19");
        if (i > 1) assert_close(pgt_real(f, "release_id", 1), 82, 0, 0);
        pgdp_dataset_free(d);
    }
}

static void an_empty_list_is_a_table_without_rows(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "fred_lists", "answer", HEAD "\"count\":0,\"seriess\":[]}");
    assert_shape(d, 0, 0);
    pgdp_dataset_free(d);
}

static void what_is_no_list_is_refused(void **state)
{
    pgt_refuse(*state, "fred_lists", HEAD "\"seriess\":{}}", "found no list of series");
    pgt_refuse(*state, "fred_lists", HEAD "\"seriess\":[7]}", "item 1 of the list is no object");
    pgt_refuse(*state, "fred_lists", HEAD "\"seriess\":[{\"id\":[]}]}", "\"id\" is a list or object");
    pgt_refuse(*state, "fred_lists", XML "<seriess a=\"\"><series><x/></series></seriess>", "found <x> inside an item");
    pgt_ingest_without_memory("answer", HEAD "\"seriess\":[{\"id\":\"A\",\"x\":1}]}",
                              sizeof(HEAD "\"seriess\":[{\"id\":\"A\",\"x\":1}]}") - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(series_are_rows_with_units_and_adjustment),
        TEST(dates_of_vintages_and_releases_are_days),
        TEST(an_empty_list_is_a_table_without_rows),
        TEST(what_is_no_list_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
