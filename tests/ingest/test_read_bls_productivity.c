/* test_read_bls_productivity.c  Productivity tables in the layouts of the BLS, with invented numbers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "books.h"

static const char labour[] =
    "#sheet Quarterly\nLabor productivity, major sectors (invented)\nData released September 5, 2031\n"
    "Sector\tBasis\tMeasure\tUnits\t1947 Q1\t1947 Q2\nBusiness sector\tAll workers\tHours worked\tBillions of "
    "hours\t1\t2\n#sheet MachineReadable\nSector\tBasis\tMeasure\tUnits\tYear\tQtr\tValue\n"
    "Nonfarm business sector\tAll workers\tLabor productivity\tIndex (2017=100)\t2031\t1\t111.1\n"
    "Nonfarm business sector\tAll workers\tLabor productivity\tIndex (2017=100)\t2031\t2\tN.A.\n"
    "Nonfarm business sector\tAll workers\tLabor share\tPercentage\t2031\tAnnual\t55.5\n"
    "#sheet BusinessCycles\nSector\tBasis\tMeasure\tUnits\t1947 Q1 - 1948 Q4\nBusiness sector\tx\ty\tz\t1.1\n";

static void the_machine_readable_sheet_is_a_table_a_frequency(void **state)
{
    pgdp_dataset *d = book_read(*state, "bls_productivity", "labor-productivity-major-sectors.xlsx", labour);
    const pgdp_frame *q = pgt_table(d, "quarterly"), *a = pgt_table(d, "annual");
    assert_int_equal(pgdp_dataset_n_tables(d), 2);
    assert_int_equal(pgdp_frame_n_rows(q), 2);
    assert_string_equal(pgt_cell(q, "period", 1), "2031Q2");
    assert_close(pgt_real(q, "Value", 0), 111.1, 0, 0);
    assert_true(isnan(pgt_real(q, "Value", 1)));
    assert_string_equal(pgt_cell(q, "Value_flag", 1), "N.A.");
    assert_close(pgt_real(q, "base_year", 0), 2017, 0, 0);
    assert_string_equal(pgt_cell(q, "Measure", 0), "Labor productivity");
    assert_string_equal(pgt_about(q, "Value")->vintage, "2031-09-05");
    assert_string_equal(pgt_about(q, "Value")->adjustment, "seasonally_adjusted");
    assert_string_equal(pgt_cell(a, "period", 0), "2031");
    assert_true(isnan(pgt_real(a, "base_year", 0)));
    pgdp_dataset_free(d);
}

static void total_factor_productivity_has_years_and_industries(void **state)
{
    pgdp_dataset *d =
        book_read(*state, "bls_productivity", "major-industry-total-factor-productivity-klems.xlsx",
                  "#sheet MachineReadable\nNAICS\tIndustry\tDigit\tBasis\tMeasure\tUnits\tYear\tValue\n"
                  "MN\tManufacturing\t2-Digit\tSectoral\tTotal factor productivity\tIndex (2017=100)\t2030\t"
                  "99.9\n3361\tMotor vehicles\t4-Digit\tSectoral\tEnergy\tMillions of current "
                  "dollars\t2030\t1234.5\n");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_shape(d, 2, 10);
    assert_string_equal(pgdp_dataset_table_name(d, 0), "annual");
    assert_string_equal(pgt_cell(f, "NAICS", 1), "3361");
    assert_close(pgt_real(f, "Value", 1), 1234.5, 0, 0);
    pgdp_dataset_free(d);
}

static void wide_sheets_are_read_where_there_is_no_other(void **state)
{
    pgdp_dataset *d =
        book_read(*state, "bls_productivity", "old.xlsx",
                  "#sheet Quarterly\nInvented\nData released May 1, 2031\nSector\tBasis\tMeasure\tUnits\t1947 "
                  "Q1\t1947 Q2\nBusiness\tx\tHours\tIndex (2012=100)\t1\t2\nNote: invented\n#sheet Annual\n"
                  "t\nSector\tBasis\tMeasure\tUnits\t1947\t1948\nBusiness\tx\tHours\tPercentage\t3\tN.A.\n"
                  "#sheet BusinessCycles\nSector\tBasis\tMeasure\tUnits\t1947 Q1 - 1948 Q4\n");
    assert_int_equal(pgdp_dataset_n_tables(d), 2);
    assert_int_equal(pgdp_frame_n_rows(pgt_table(d, "Quarterly")), 2);
    assert_string_equal(pgt_cell(pgt_table(d, "Quarterly"), "period", 1), "1947Q2");
    assert_close(pgt_real(pgt_table(d, "Annual"), "Value", 0), 3, 0, 0);
    assert_string_equal(pgt_cell(pgt_table(d, "Annual"), "Value_flag", 1), "N.A.");
    pgdp_dataset_free(d);
}

static void the_sheet_saved_as_csv_is_the_same(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "bls_productivity", "prod.csv",
                                 "Sector,Basis,Component,Measure,Units,Year,Qtr,Value\n"
                                 "Business,x,,Hours worked,Billions of hours,2031,4,\"1,234.5\"\n");
    assert_string_equal(pgt_cell(pgdp_dataset_table(d, 0), "period", 0), "2031Q4");
    assert_close(pgt_real(pgdp_dataset_table(d, 0), "Value", 0), 1234.5, 0, 0);
    pgdp_dataset_free(d);
}

static void cells_that_are_no_periods_are_told_with_their_place(void **state)
{
    book_refuse(*state, NULL, "#sheet MachineReadable\nSector\tMeasure\tUnits\tYear\tQtr\tValue\na\tb\tc\t2031\t5\t1\n",
                "[MachineReadable]:2:5: found the quarter \"5\", expected 1 to 4 or Annual");
    book_refuse(*state, NULL, "#sheet MachineReadable\nSector\tMeasure\tUnits\tYear\tQtr\tValue\na\tb\tc\tsoon\t1\t1\n",
                "found \"soon\" for the year");
    book_refuse(*state, "bls_productivity", "#sheet MachineReadable\nSector\tMeasure\tUnits\tYear\na\tb\tc\t2031\n",
                "expected Year and Value once each");
    book_refuse(*state, "bls_productivity", "#sheet A\nb\tc\n", "there is no table in it");
}

static void no_memory_leaves_nothing_behind(void **state)
{
    pack p;
    (void)state;
    const pgdp_bytes in = book_pack(&p, "prod.xlsx", labour);
    pgt_ingest_without_memory(in.label, in.data, in.n);
    pack_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_machine_readable_sheet_is_a_table_a_frequency),
        TEST(total_factor_productivity_has_years_and_industries),
        TEST(wide_sheets_are_read_where_there_is_no_other),
        TEST(the_sheet_saved_as_csv_is_the_same),
        TEST(cells_that_are_no_periods_are_told_with_their_place),
        TEST(no_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
