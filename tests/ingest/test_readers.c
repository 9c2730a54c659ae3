/* test_readers.c  Small files with invented numbers in the layouts of their publishers, for readers without a test of
 * their own. SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

#include <stdio.h>

#include "ingest/bytes.h"
#include "packing.h"

static const pgdp_frame *frame_of(const pgdp_dataset *dataset)
{
    return pgdp_dataset_table(dataset, 0);
}

static void oews_csv_keeps_codes_as_text_and_marks_beside_missing_numbers(void **state)
{
    pgdp_dataset *d = pgt_ingest_file(*state, "oews", FIXTURES "national_May2031_dl.csv");
    const pgdp_frame *f = frame_of(d);
    assert_shape(d, 3, 11 + 3);
    assert_string_equal(pgt_cell(f, "AREA", 0), "99");
    assert_string_equal(pgt_cell(f, "OCC_TITLE", 0), "Software Developers, invented");
    assert_close(pgt_real(f, "TOT_EMP", 0), 1111110, 0, 0);
    assert_close(pgt_real(f, "A_MEAN", 1), 31510, 0, 0);
    assert_true(isnan(pgt_real(f, "A_PCT90", 0)));
    assert_string_equal(pgt_cell(f, "A_PCT90_flag", 0), "#");
    assert_string_equal(pgt_cell(f, "A_PCT90_flag", 1), ".");
    assert_string_equal(pgt_cell(f, "A_MEAN_flag", 2), "*");
    assert_string_equal(pgt_cell(f, "TOT_EMP_flag", 2), "**");
    assert_string_equal(pgt_cell(f, "HOURLY", 2), "TRUE");
    assert_string_equal(pgt_about(f, "TOT_EMP")->unit, "heads");
    assert_string_equal(pgt_about(f, "H_MEAN")->vintage, "2031-05");
    assert_int_equal(pgdp_frame_find(f, "H_MEAN_flag"), PGDP_NONE); /* only columns with marks have one */
    pgdp_dataset_free(d);
}

static void oews_names_of_other_years_become_those_of_2020(void **state)
{
    pgdp_dataset *d = pgt_ingest_file(*state, "oews", FIXTURES "oews_old.csv");
    const pgdp_frame *f = frame_of(d);
    assert_string_equal(pgt_cell(f, "O_GROUP", 0), "major");
    assert_close(pgt_real(f, "LOC_QUOTIENT", 0), 1.25, 0, 0);
    assert_close(pgt_real(f, "TOT_EMP", 0), 123450, 0, 0);
    assert_string_equal(pgt_cell(f, "column1", 0), "0");
    pgdp_dataset_free(d);
}

static void oews_text_in_a_number_and_a_lost_column_name_their_place(void **state)
{
    pgt_refuse(*state, "oews", "OCC_CODE,TOT_EMP\n11-1011,12\n11-1021,many\n",
               "invented:3:2: found \"many\" under TOT_EMP, expected a number or one of * ** # ~");
    pgt_refuse(*state, "oews", "OCC_CODE,EMPLOYED\n11-1011,12\n", "found no column TOT_EMP");
    pgt_refuse(*state, "oews", "OCC_CODE,TOT_EMP,tot_emp\n11-1011,12,1\n", "\"TOT_EMP\" twice");
}

/* The fast reader, which takes texts of 64 KiB and more, keeps the marks as the careful one does. */
static void oews_of_many_rows_keeps_its_marks_too(void **state)
{
    static const char header[] = "OCC_CODE,OCC_TITLE,TOT_EMP,A_MEAN\n";
    static const char *const rows[] = { "11-1011,\"a, b\",\"1,234,560\",*\n", "11-1021,x,**,50000\n", "11-1031,y,7,#\n",
                                        "11-2011,z,,.\n" };
    enum { COPIES = 1000, KINDS = 4 };
    static char text[COPIES * 128];
    size_t n = 0;
    n += (size_t)sprintf(text, "%s", header);
    for (size_t i = 0; i < COPIES * KINDS; i++)
        n += (size_t)sprintf(text + n, "%s", rows[i % KINDS]);
    assert_true(n > 1 << 16);
    pgdp_dataset *d = pgt_ingest(*state, "oews", "national_M2031_dl.csv", text);
    const pgdp_frame *f = frame_of(d);
    assert_shape(d, COPIES * KINDS, 6);
    static const char *const wages[] = { "*", ".", "#", "." }, *const heads[] = { ".", "**", ".", "." };
    for (size_t i = 0; i < COPIES * KINDS; i++) {
        assert_string_equal(pgt_cell(f, "A_MEAN_flag", i), wages[i % KINDS]);
        assert_string_equal(pgt_cell(f, "TOT_EMP_flag", i), heads[i % KINDS]);
        assert_int_equal(isnan(pgt_real(f, "A_MEAN", i)) != 0, i % KINDS != 1);
    }
    assert_close(pgt_real(f, "TOT_EMP", 0), 1234560, 0, 0);
    pgdp_dataset_free(d);
}

static void oews_workbook_is_its_data_sheet_with_the_others_as_notes(void **state)
{
    pack p = { .method = 8 };
    pack_workbook(&p,
                  SHEET("<row><c t=\"str\"><v>OCC_CODE</v></c><c t=\"str\"><v>NAICS</v></c><c "
                        "t=\"str\"><v>TOT_EMP</v></c><c t=\"str\"><v>A_MEAN</v></c></row>"
                        "<row><c t=\"str\"><v>11-1011</v></c><c "
                        "t=\"str\"><v>000000</v></c><c><v>32.659999999999997</v></c><c t=\"str\"><v>#</v></c></row>"),
                  NULL, NULL);
    pack_end(&p);
    const pgdp_bytes in = { "oesm31nat/national_M2031_dl.xlsx", p.data, p.n };
    pgdp_dataset *d = NULL;
    assert_ok(*state, pgdp_ingest(*state, NULL, &in, &d));
    assert_string_equal(pgdp_dataset_format(d), "oews");
    assert_string_equal(pgt_cell(frame_of(d), "NAICS", 0), "000000");
    assert_close(pgt_real(frame_of(d), "TOT_EMP", 0), 32.66, 0, 0);
    assert_string_equal(pgt_cell(frame_of(d), "A_MEAN_flag", 0), "#");
    assert_string_equal(pgt_about(frame_of(d), "A_MEAN")->vintage, "2031-05");
    pgdp_dataset_free(d);
    pack_free(&p);
}

static void onet_text_has_no_quotes_and_its_marks_are_missing(void **state)
{
    pgdp_dataset *d = pgt_ingest_file(*state, "onet_text", FIXTURES "Task Ratings.txt");
    const pgdp_frame *f = frame_of(d);
    assert_shape(d, 2, 9);
    assert_string_equal(pgt_cell(f, "O*NET-SOC Code", 0), "15-1252.00");
    assert_close(pgt_real(f, "Task ID", 1), 99901, 0, 0);
    assert_true(isnan(pgt_real(f, "Category", 1)));
    assert_true(isnan(pgt_real(f, "N", 1)));
    assert_string_equal(pgt_cell(f, "Recommend Suppress", 1), ".");
    assert_string_equal(pgt_cell(f, "Domain Source", 1), "Incumbent \"expert\"");
    assert_string_equal(pgt_cell(f, "Date", 0), "08/2031");
    pgdp_dataset_free(d);
}

static void graded_tasks_have_whole_task_numbers_and_labels_as_text(void **state)
{
    pgdp_dataset *d = pgt_ingest_file(*state, "gpts_labels", FIXTURES "labels.tsv");
    const pgdp_frame *f = frame_of(d);
    assert_shape(d, 2, 14);
    assert_close(pgt_real(f, "Task ID", 0), 9901, 0, 0);
    assert_string_equal(pgt_cell(f, "Task", 1), "Quote a \"second\" task, with a comma.");
    assert_string_equal(pgt_cell(f, "Task Type", 1), ".");
    assert_string_equal(pgt_cell(f, "gpt4_automation", 1), "T4");
    assert_string_equal(pgt_cell(f, "gpt_3_relevant", 1), "True");
    assert_close(pgt_real(f, "beta", 0), 0.5, 0, 0);
    pgdp_dataset_free(d);
    pgt_refuse(*state, "gpts_labels", "\tO*NET-SOC Code\tTask ID\tTask\tgpt4_exposure\n0\t11-1011.00\tx1\tDo.\tE0\n",
               "Task ID is missing or no number");
}

static void fred_answer_takes_series_from_the_label_and_vintage_from_the_answer(void **state)
{
    pgdp_dataset *d = pgt_ingest_file(*state, "fred_api_json", FIXTURES "INVRATE.json");
    const pgdp_frame *f = frame_of(d);
    assert_shape(d, 3, 2);
    assert_string_equal(pgt_cell(f, "period", 2), "2030-12");
    assert_close(pgt_real(f, "INVRATE", 0), 111.1, 0, 0);
    assert_true(isnan(pgt_real(f, "INVRATE", 1)));
    assert_string_equal(pgt_about(f, "INVRATE")->vintage, "2031-05-01");
    pgdp_dataset_free(d);
}

static void fred_answer_by_vintage_has_a_column_a_vintage(void **state)
{
    pgdp_dataset *d = pgt_ingest_file(*state, "fred_api_json", FIXTURES "INVGDP_vintages.json");
    const pgdp_frame *f = frame_of(d);
    assert_shape(d, 2, 3);
    assert_string_equal(pgt_about(f, "INV_GDP_20310527")->vintage, "2031-05-27");
    assert_true(isnan(pgt_real(f, "INV_GDP_20310429", 1)));
    assert_close(pgt_real(f, "INV_GDP_20310527", 1), 22255.5, 0, 0);
    assert_string_equal(pgt_cell(f, "period", 1), "2031Q1");
    pgdp_dataset_free(d);
}

static void fred_revisions_of_one_date_stay_apart_by_their_real_time(void **state)
{
    pgdp_dataset *d = pgt_ingest_file(*state, "fred_api_json", FIXTURES "INVGDP_spans.json");
    const pgdp_frame *f = frame_of(d);
    assert_shape(d, 2, 4);
    assert_string_equal(pgt_cell(f, "realtime_start", 1), "2031-05-27");
    assert_string_equal(pgt_cell(f, "realtime_end", 1), "9999-12-31");
    assert_close(pgt_real(f, "INVGDP_spans", 1), 22233.3, 0, 0);
    pgdp_dataset_free(d);
}

static void fred_answer_that_is_wrong_says_where(void **state)
{
    pgt_refuse(*state, "fred_api_json", "{\"error_code\":400,\"error_message\":\"Bad Request. Invented.\"}",
               "FRED answered with an error: Bad Request. Invented.");
    pgt_refuse(
        *state, "fred_api_json",
        "{\"observations\":[{\"date\":\"2031-01-01\",\"value\":\"1\"},{\"date\":\"2031-02-01\",\"value\":\"n.a.\"}]}",
        "observation 2: found \"n.a.\" as value");
    pgt_refuse(*state, "fred_api_json", "{\"observations\":[{\"date\":\"Jan 2031\",\"value\":\"1\"}]}",
               "found \"Jan 2031\" as date");
    pgt_refuse(*state, "fred_api_json", "{\"count\":0}", "found no list \"observations\"");
}

static void fred_md_keeps_codes_as_notes_and_drops_rows_of_commas(void **state)
{
    pgdp_dataset *d = pgt_ingest_file(*state, "fred_md", FIXTURES "2031-03-md.csv");
    const pgdp_frame *f = frame_of(d);
    assert_shape(d, 2, 4);
    assert_string_equal(pgt_cell(f, "period", 1), "2031-02");
    assert_close(pgt_real(f, "RPI", 1), 15010.2, 0, 0);
    assert_true(isnan(pgt_real(f, "CMRMTSPLx", 1)));
    assert_close(pgt_real(f, "S&P 500", 1), 4000.4, 0, 0);
    assert_string_equal(pgdp_frame_note(f, "transform:S&P 500"), "2");
    assert_string_equal(pgt_about(f, "RPI")->vintage, "2031-03");
    pgdp_dataset_free(d);
}

static void fred_qd_maps_the_last_month_to_its_quarter(void **state)
{
    pgdp_dataset *d = pgt_ingest_file(*state, "fred_md", FIXTURES "fred-qd_2031m2.csv");
    const pgdp_frame *f = frame_of(d);
    assert_string_equal(pgt_cell(f, "period", 0), "2030Q1");
    assert_string_equal(pgt_cell(f, "period", 2), "2030Q3");
    assert_string_equal(pgdp_frame_note(f, "factors:INVCONS"), "1");
    assert_string_equal(pgdp_frame_note(f, "transform:INVGDP"), "5");
    assert_string_equal(pgt_about(f, "INVGDP")->vintage, "2031-02");
    pgdp_dataset_free(d);
    pgt_refuse(*state, "fred_md", "sasdate,X\n1/1/2031,1.5\n2/1/2031,n.a.\n", "invented:3:2: found \"n.a.\"");
    pgt_refuse(*state, "fred_md", "sasdate,X\n2031,1.5\n", "expected a date such as 3/1/2031");
}

static void json_records_are_rows_and_keys_columns(void **state)
{
    pgdp_dataset *d = pgt_ingest_file(*state, "json_records", FIXTURES "records.json");
    const pgdp_frame *f = frame_of(d);
    assert_shape(d, 2, 5);
    assert_close(pgt_real(f, "rate", 0), 2.35, 0, 0);
    assert_true(isnan(pgt_real(f, "rate", 1)));
    assert_true(isnan(pgt_real(f, "year", 1)));
    assert_string_equal(pgt_cell(f, "open", 1), "true");
    assert_string_equal(pgt_cell(f, "day", 1), "2031-03-01");
    pgdp_dataset_free(d);
    pgt_refuse(*state, "json_records", "[{\"a\":1},{\"a\":[2]}]", "item 2: \"a\" is a list or object");
    pgt_refuse(*state, "json_records", "[{\"a\":1},7]", "item 2 of the list is no object");
}

static void every_allocation_may_fail_in_every_reader_here(void **state)
{
    static const char *const files[] = {
        "national_May2031_dl.csv", "Task Ratings.txt", "labels.tsv",         "INVRATE.json",
        "INVGDP_spans.json",       "2031-03-md.csv",   "fred-qd_2031m2.csv", "records.json"
    };
    (void)state;
    pgt_ingest_files_without_memory(FIXTURES, files, sizeof files / sizeof *files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(oews_csv_keeps_codes_as_text_and_marks_beside_missing_numbers),
        TEST(oews_names_of_other_years_become_those_of_2020),
        TEST(oews_text_in_a_number_and_a_lost_column_name_their_place),
        TEST(oews_of_many_rows_keeps_its_marks_too),
        TEST(oews_workbook_is_its_data_sheet_with_the_others_as_notes),
        TEST(onet_text_has_no_quotes_and_its_marks_are_missing),
        TEST(graded_tasks_have_whole_task_numbers_and_labels_as_text),
        TEST(fred_answer_takes_series_from_the_label_and_vintage_from_the_answer),
        TEST(fred_answer_by_vintage_has_a_column_a_vintage),
        TEST(fred_revisions_of_one_date_stay_apart_by_their_real_time),
        TEST(fred_answer_that_is_wrong_says_where),
        TEST(fred_md_keeps_codes_as_notes_and_drops_rows_of_commas),
        TEST(fred_qd_maps_the_last_month_to_its_quarter),
        TEST(json_records_are_rows_and_keys_columns),
        TEST(every_allocation_may_fail_in_every_reader_here),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
