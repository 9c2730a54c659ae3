/* test_read_nipa_flat.c  NIPA flat files with invented numbers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

static void values_are_numbers_and_periods_of_the_files_frequency(void **state)
{
    pgdp_dataset *d =
        pgt_ingest(*state, "nipa_flat", "NipaDataQ.txt",
                   "%SeriesCode,Period,Value\r\nA191RC,2031Q1,\"33,333,333\"\r\nA191RC,2031Q2,\"(NA)\"\r\n"
                   "DPCERG,2031Q1,\"140.404\"\r\nDPCERL,2031Q1,-0.5\r\n");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_shape(d, 4, 4);
    assert_string_equal(pgt_cell(f, "SeriesCode", 3), "DPCERL");
    assert_string_equal(pgt_cell(f, "period", 1), "2031Q2");
    assert_close(pgt_real(f, "Value", 0), 33333333, 0, 0);
    assert_true(isnan(pgt_real(f, "Value", 1)));
    assert_string_equal(pgt_cell(f, "Value_flag", 1), "(NA)");
    assert_close(pgt_real(f, "Value", 3), -0.5, 0, 0);
    pgdp_dataset_free(d);
    d = pgt_ingest(*state, "nipa_flat", "nipadataA.txt", "%SeriesCode,Period,Value\nA191RC,1929,\"1,056\"\n");
    assert_string_equal(pgt_cell(pgdp_dataset_table(d, 0), "period", 0), "1929");
    pgdp_dataset_free(d);
    d = pgt_ingest(*state, "nipa_flat", "NipaDataM.txt", "%SeriesCode,Period,Value\nA065RC,1959M01,391\n");
    assert_string_equal(pgt_cell(pgdp_dataset_table(d, 0), "period", 0), "1959-01");
    pgdp_dataset_free(d);
}

static void registers_keep_codes_as_text_and_scales_as_numbers(void **state)
{
    pgdp_dataset *d =
        pgt_ingest(*state, "nipa_flat", "SeriesRegister.txt",
                   "%SeriesCode,SeriesLabel,MetricName,CalculationType,DefaultScale,TableId:LineNo,SeriesCodeParents\n"
                   "\"A191RC\",\"Gross domestic product\",\"Current Dollars\",\"Level\",-6,\"T10105:1|T20804:1\",NONE\n"
                   "\"B191RG\",\"Price, invented\",\"Fisher Price Index\",\"Index\",0,\"T10104:1\",\"A191RC\"\n");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_string_equal(pgt_cell(f, "SeriesCode", 0), "A191RC");
    assert_close(pgt_real(f, "DefaultScale", 0), -6, 0, 0);
    assert_string_equal(pgt_cell(f, "TableId:LineNo", 0), "T10105:1|T20804:1");
    assert_string_equal(pgt_cell(f, "SeriesCodeParents", 0), "NONE");
    pgdp_dataset_free(d);
    d = pgt_ingest(*state, "nipa_flat", "TablesRegister.txt", "TableId,TableTitle\nT10105,\"Table 1.1.5, invented\"\n");
    assert_string_equal(pgt_cell(pgdp_dataset_table(d, 0), "TableTitle", 0), "Table 1.1.5, invented");
    pgdp_dataset_free(d);
}

static void what_does_not_fit_names_its_place(void **state)
{
    pgt_refuse(*state, NULL, "%SeriesCode,Period,Value\nA,2031Q1,1\nA,2031,1\n", "invented:3:2: found \"2031\"");
    pgt_refuse(*state, NULL, "%SeriesCode,Period,Value\nA,2031Q1,many\n", "invented:2:3: found \"many\"");
    pgt_refuse(*state, NULL, "%SeriesCode,Value,Period\nA,1,2031Q1\n", "expected the header");
    pgt_refuse(*state, NULL, "%SeriesCode,Period,Value\n", "expected a period");
    pgt_refuse(*state, NULL, "%SeriesCode,Period,Value\n,2031Q1,1\n", "no series code");
}

static void no_memory_leaves_nothing_behind(void **state)
{
    static const char text[] = "%SeriesCode,Period,Value\nA191RC,2031Q1,\"33,333\"\nA191RC,2031Q2,---\n";
    (void)state;
    pgt_ingest_without_memory("NipaDataQ.txt", text, sizeof text - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(values_are_numbers_and_periods_of_the_files_frequency),
        TEST(registers_keep_codes_as_text_and_scales_as_numbers),
        TEST(what_does_not_fit_names_its_place),
        TEST(no_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
