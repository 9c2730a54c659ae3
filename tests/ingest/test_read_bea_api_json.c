/* test_read_bea_api_json.c  Answers of the BEA API with invented numbers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

#define NIPA(period, value)                                                                                            \
    "{\"TableName\":\"T10105\",\"SeriesCode\":\"A191RC\",\"LineNumber\":\"1\",\"LineDescription\":\"Gross domestic "   \
    "product\",\"TimePeriod\":\"" period "\",\"METRIC_NAME\":\"Current Dollars\",\"CL_UNIT\":\"Level\",\"UNIT_MULT\":" \
    "\"6\",\"DataValue\":\"" value "\",\"NoteRef\":\"T10105\"}"
#define ANSWER(data)                                                                                                   \
    "{\"BEAAPI\":{\"Request\":{\"RequestParam\":[{\"ParameterName\":\"USERID\",\"ParameterValue\":\"SECRET\"}]},"      \
    "\"Results\":{\"Statistic\":\"NIPA Table\",\"UTCProductionTime\":\"2031-05-01T12:00:00.000\",\"Dimensions\":[],"   \
    "\"Data\":[" data "],\"Notes\":[{\"NoteRef\":\"T10105\",\"NoteText\":\"Table 1.1.5 - LastRevised: April 30, "      \
    "2031\"}]}}}"

static void nipa_rows_have_numbers_periods_and_flags(void **state)
{
    pgdp_dataset *d =
        pgt_ingest(*state, "bea_api_json", "nipa.json",
                   ANSWER(NIPA("2031Q1", "33,333,333") "," NIPA("2031Q2", "(NA)") "," NIPA("2031", "-1,234.5")));
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_shape(d, 3, 12);
    assert_close(pgt_real(f, "DataValue", 0), 33333333, 0, 0);
    assert_true(isnan(pgt_real(f, "DataValue", 1)));
    assert_string_equal(pgt_cell(f, "DataValue_flag", 1), "(NA)");
    assert_string_equal(pgt_cell(f, "DataValue_flag", 0), ".");
    assert_close(pgt_real(f, "DataValue", 2), -1234.5, 0, 0);
    assert_close(pgt_real(f, "UNIT_MULT", 0), 6, 0, 0);
    assert_string_equal(pgt_cell(f, "period", 1), "2031Q2");
    assert_string_equal(pgt_cell(f, "period", 2), "."); /* annual among quarters */
    assert_string_equal(pgt_cell(f, "TimePeriod", 2), "2031");
    assert_contains(pgdp_frame_note(f, "note:T10105"), "LastRevised: April 30, 2031");
    assert_string_equal(pgdp_frame_note(f, "Statistic"), "NIPA Table");
    pgdp_dataset_free(d);
}

#define INDUSTRY(year, quarter, value)                                                                                 \
    "{\"TableID\":\"1\",\"Frequency\":\"Q\",\"Year\":\"" year "\",\"Quarter\":\"" quarter                              \
    "\",\"Industry\":\"11\",\"IndustrYDescription\":\"Farms\",\"DataValue\":\"" value "\",\"NoteRef\":\"1\"}"

static void results_may_be_a_list_and_quarters_roman(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "bea_api_json", "industry.json",
                                 "{\"BEAAPI\":{\"Results\":[{\"Statistic\":\"GDP by Industry\",\"Data\":[" INDUSTRY(
                                     "2031", "I", "2.385") "," INDUSTRY("2031", "IV", "7.1") "]}]}}");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_string_equal(pgt_cell(f, "period", 0), "2031Q1");
    assert_string_equal(pgt_cell(f, "period", 1), "2031Q4");
    assert_string_equal(pgt_cell(f, "Industry", 0), "11"); /* a code */
    pgdp_dataset_free(d);
    d = pgt_ingest(*state, "bea_api_json", "annual.json",
                   "{\"BEAAPI\":{\"Results\":[{\"Data\":[" INDUSTRY("2031", "2031", "2.385") "]}]}}");
    assert_string_equal(pgt_cell(pgdp_dataset_table(d, 0), "period", 0), "2031");
    assert_int_equal(pgdp_frame_find(pgdp_dataset_table(d, 0), "DataValue_flag"), PGDP_NONE);
    pgdp_dataset_free(d);
}

static void errors_are_told_in_the_bureaus_words(void **state)
{
    pgt_refuse(
        *state, NULL,
        "{\"BEAAPI\":{\"Request\":{},\"Results\":{\"Error\":{\"APIErrorCode\":\"40\",\"APIErrorDescription\":\"The "
        "dataset is unknown.\",\"ErrorDetail\":{\"Description\":\"Invented detail\"}}}}}",
        "The dataset is unknown. Invented detail");
    pgt_refuse(*state, NULL, "{\"BEAAPI\":{\"Error\":{\"APIErrorDescription\":\"Invalid key\"}}}", "Invalid key");
    pgt_refuse(*state, NULL, "{\"BEAAPI\":{\"Results\":{\"Data\":[]}}}", "without Data");
    pgt_refuse(*state, NULL, ANSWER(NIPA("2031Q1", "many")), "row 1: found \"many\" as DataValue");
    pgt_refuse(*state, NULL, ANSWER(NIPA("spring", "1")), "row 1 has no TimePeriod");
    pgt_refuse(*state, NULL, ANSWER("{\"TimePeriod\":\"2031\"}"), "row 1 has no DataValue");
    pgt_refuse(*state, NULL, ANSWER("{\"TimePeriod\":\"2031\",\"DataValue\":\"1\",\"X\":[1]}"), "list or object");
    pgt_refuse(*state, NULL, ANSWER("{\"TimePeriod\":\"2031\",\"DataValue\":\"1\",\"period\":\"1\"}"), "called period");
}

static void the_key_is_nowhere_in_the_table(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "bea_api_json", "nipa.json", ANSWER(NIPA("2031Q1", "1")));
    pgt_buffer shown = { 0 };
    const pgdp_sink sink = pgt_sink(&shown);
    assert_ok(*state, pgdp_dataset_show(*state, d, true, &sink));
    assert_null(strstr(shown.data, "SECRET"));
    pgt_buffer_free(&shown);
    pgdp_dataset_free(d);
}

static void no_memory_leaves_nothing_behind(void **state)
{
    static const char text[] = ANSWER(NIPA("2031Q1", "(D)"));
    (void)state;
    pgt_ingest_without_memory("nipa.json", text, sizeof text - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nipa_rows_have_numbers_periods_and_flags), TEST(results_may_be_a_list_and_quarters_roman),
        TEST(errors_are_told_in_the_bureaus_words),     TEST(the_key_is_nowhere_in_the_table),
        TEST(no_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
