/* test_read_crosswalk.c  Crosswalks in the layouts of their publishers, with invented pairs; the Census Bureau's own.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "books.h"

#include "pgdp/measures.h"

#define SOC_HEADER "2010 SOC Code\t2010 SOC Title\t2018 SOC Code\t2018 SOC Title\n"

/* BLS, 2010 to 2018: eight rows above the header, the same pairs on two sheets. */
static const char soc_2010_2018[] =
    "#sheet Sorted by 2010\nBureau of Labor Statistics\nOn behalf of the Standard Occupational Classification Policy "
    "Committee (SOCPC)\n\nNovember 2031 (invented)\n\nCrosswalk from the 2010 SOC to the 2018 SOC\n"
    "Changes are marked\n\n" SOC_HEADER "11-1011 \tChief Executives\t11-1011\tChief Executives\n"
    "15-1132\tSoftware Developers, Applications\t15-1252\tSoftware Developers\n"
    "15-1132\tSoftware Developers, Applications\t15-1253*\tTesters (#)\n"
    "15-1133\tSoftware Developers, Systems\t15-1252\tSoftware Developers\n\n(#) Invented footnote.\n"
    "#sheet Sorted by 2018\nBureau of Labor Statistics\n\n\n\n\n\n\n\n2018 SOC Code\t2018 SOC Title\t2010 SOC "
    "Code\t2010 "
    "SOC Title\n11-1011\tChief Executives\t11-1011\tChief Executives\n15-1252\tSoftware Developers\t15-1132\tSoftware "
    "Developers, Applications\n15-1252\tSoftware Developers\t15-1133\tSoftware Developers, Systems\n"
    "15-1253*\tTesters\t15-1132\tSoftware Developers, Applications\n";

static void the_workbook_of_bls_is_one_table_of_pairs(void **state)
{
    pgdp_dataset *d = book_read(*state, "crosswalk", "soc_2010_to_2018_crosswalk.xlsx", soc_2010_2018);
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_int_equal(pgdp_dataset_n_tables(d), 1);
    assert_shape(d, 4, 4);
    assert_string_equal(pgt_cell(f, "2010 SOC Code", 0), "11-1011");
    assert_string_equal(pgt_cell(f, "2018 SOC Code", 2), "15-1253");
    assert_string_equal(pgt_cell(f, "2018 SOC Title", 2), "Testers (#)");
    assert_string_equal(pgdp_frame_note(f, "classification:2010 SOC Code"), "soc2010");
    assert_string_equal(pgdp_frame_note(f, "classification:2018 SOC Code"), "soc2018");
    assert_contains(pgdp_frame_note(f, "sheet:Sorted by 2018"), "same pairs");
    assert_contains(pgdp_frame_note(f, "title"), "November 2031");
    assert_contains(pgdp_frame_note(f, "footnotes"), "Invented footnote");
    pgdp_dataset_free(d);
}

static void it_moves_a_table_without_being_saved_as_csv(void **state)
{
    static const char *const amounts[] = { "heads", NULL };
    const pgdp_crosswalk how = { .amounts = amounts };
    pgdp_dataset *d = book_read(*state, "crosswalk", "book.xlsx", soc_2010_2018);
    pgdp_dataset *jobs = pgt_ingest(*state, "csv", "jobs.csv", "soc,heads\n11-1011,10\n15-1132,4\n15-1133,3\n");
    pgdp_measurement *m = NULL;
    assert_ok(*state, pgdp_crosswalk_apply(*state, pgdp_dataset_table(jobs, 0), pgdp_dataset_table(d, 0), &how, &m));
    const pgdp_frame *moved = pgdp_measurement_frame(m, 0, NULL);
    assert_int_equal(pgdp_frame_n_rows(moved), 3);
    assert_close(pgt_real(moved, "heads", 1), 5, 0, 0);
    assert_close(pgt_real(moved, "heads", 2), 2, 0, 0);
    pgdp_measurement_free(m);
    pgdp_dataset_free(jobs);
    pgdp_dataset_free(d);
}

static void sheets_that_differ_are_two_tables(void **state)
{
    pgdp_dataset *d = book_read(*state, "crosswalk", "book.xlsx",
                                "#sheet A\n" SOC_HEADER "11-1011\tx\t11-1011\tx\n#sheet B\n" SOC_HEADER
                                "11-1011\tx\t11-1021\ty\n#sheet About\nwords\n");
    assert_int_equal(pgdp_dataset_n_tables(d), 2);
    assert_contains(pgdp_frame_note(pgdp_dataset_table(d, 0), "notes"), "words");
    pgdp_dataset_free(d);
}

/* Other publishers' headers: which columns are codes, of what. */
static void other_crosswalks_are_known_by_their_headers(void **state)
{
    static const struct {
        const char *text, *column, *classification;
    } files[] = {
        { "#sheet OES2019 Hybrid\nt\nt\nt\nt\nt\nOES 2019 Estimates Code\tOES 2019 Estimates Title\t2018 SOC "
          "Code\t2018 "
          "SOC Title\n11-1011\tx\t11-1011\tx\n",
          "OES 2019 Estimates Code", "oews2019" },
        { "#sheet 2000 to 2010\nt\n\nt\n\nt\n\n2000 SOC code\t2000 SOC title\t2010 SOC code\t2010 SOC title\n\n"
          "11-1011\tx\t11-1011\tx\n",
          "2000 SOC code", "soc2000" },
        { "#sheet 2019_to_SOC_Crosswalk\nO*NET-SOC 2019 to 2018 SOC\n\n\nO*NET-SOC 2019 Code\tO*NET-SOC 2019 "
          "Title\t2018 "
          "SOC Code\t2018 SOC Title\n11-1011.00\tx\t11-1011\tx\n",
          "O*NET-SOC 2019 Code", "onet2019" },
        { "#sheet NEM SOC ACS crosswalk\nt\nt\nt\n\nSort Order\tHybrid SOC Code\tNational Employment Matrix/SOC "
          "Occupational Title\tACS Code\tACS Occupational Title\n1\t11-1011\tx\t'0010\tx\n",
          "ACS Code", "acs" },
        { "#sheet ISCO-08 to 2010 SOC\nt\nt\nt\nt\nt\nt\nISCO-08 Code\tISCO-08 Title EN\tpart\t2010 SOC Code\t2010 SOC "
          "Title\tComment 8/17/11\n110\tx\t*\t55-1011\tx\n",
          "ISCO-08 Code", "isco2008" },
        { "#sheet CIP-SOC\nCIP2020Code\tCIP2020Title\tSOC2018Code\tSOC2018Title\n'01.0000\tx\t19-1011\tx\n",
          "CIP2020Code", "cip2020" },
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char key[64];
        pgdp_dataset *d = book_read(*state, "crosswalk", "walk.xlsx", files[i].text);
        const pgdp_frame *f = pgdp_dataset_table(d, 0);
        (void)snprintf(key, sizeof key, "classification:%s", files[i].column);
        assert_int_equal(pgdp_frame_n_rows(f), 1);
        assert_int_equal(pgt_about(f, files[i].column)->type, PGDP_TEXT);
        assert_string_equal(pgdp_frame_note(f, key), files[i].classification);
        if (strcmp(files[i].column, "ISCO-08 Code") == 0) assert_string_equal(pgt_cell(f, "ISCO-08 Code", 0), "0110");
        pgdp_dataset_free(d);
    }
}

static void title_rows_may_stand_in_csv_too(void **state)
{
    pgdp_dataset *d =
        pgt_ingest(*state, "crosswalk", "walk.csv",
                   "Bureau of Labor Statistics,,,\r\n,,,\r\n2010 SOC Code,2010 SOC Title,2018 SOC Code,2018 "
                   "SOC Title\r\n11-1011,\"a, b\",11-1011,x\r\n15-1132,y,15-1252,z");
    assert_shape(d, 2, 4);
    assert_string_equal(pgt_cell(pgdp_dataset_table(d, 0), "2010 SOC Title", 0), "a, b");
    pgdp_dataset_free(d);
}

static void tables_with_two_codes_and_numbers_are_no_crosswalks(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "csv", "jobs.csv", "soc_code,census_code,wage\n11-1011,0010,1\n");
    pgdp_dataset_free(d);
    d = pgt_ingest(*state, "csv", "t.csv", "social code,nemo code,title\na,b,c\n");
    pgdp_dataset_free(d);
}

static void codes_that_became_dates_are_refused(void **state)
{
    pgt_refuse(*state, "crosswalk", "2010 SOC Code,2010 SOC Title,2018 SOC Code,2018 SOC Title\nNov-11,x,11-1011,x\n",
               "invented:2:1: found the date Nov-11 under \"2010 SOC Code\"");
    book_refuse(*state, "crosswalk", "#sheet A\na\tb\n1\t2\n", "found no row that names columns of codes");
}

static void gaps_stand_for_the_row_above(void **state)
{
    pgdp_dataset *d = book_read(*state, "crosswalk", "census.xlsx",
                                "#sheet Occ Code Changes \nSummary\n2010 Census OCC Code\t2010 Census Title\tNew 2018 "
                                "Census OCC Code\t2018  Census Title\n'0050\tMarketing\t'0051\tM\n\t\t'0052\tS\n"
                                "3850\tPatrol\t3870\tPolice\n3860\tTransit\n");
    const pgdp_frame *f = pgt_table(d, "Occ Code Changes");
    assert_shape(d, 4, 4);
    assert_string_equal(pgt_cell(f, "2010 Census OCC Code", 1), "0050");
    assert_string_equal(pgt_cell(f, "2010 Census Title", 1), "Marketing");
    assert_string_equal(pgt_cell(f, "New 2018 Census OCC Code", 3), "3870");
    assert_string_equal(pgt_cell(f, "2010 Census OCC Code", 3), "3860");
    pgdp_dataset_free(d);
}

/* A code that opens its list of successors in a row of its own looks as one that another code opens. */
static void what_only_its_place_ties_stays_apart(void **state)
{
    pgdp_dataset *d = book_read(*state, "crosswalk", "census.xlsx",
                                "#sheet W\n2010 Census Code\t2010 Census Title\t2018 Census Code\t2018 Census Title\n"
                                "4040\tBartenders\t4040\tBartenders\n\t\t4055\tFast Food\n4050\tCombined\n"
                                "4060\tCounter\n\t\t\tMember (35-3023)\n");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_shape(d, 4, 4);
    assert_string_equal(pgt_cell(f, "2010 Census Code", 1), ".");
    assert_string_equal(pgt_cell(f, "2018 Census Code", 2), ".");
    assert_contains(pgdp_frame_note(f, "incomplete_rows"), "nothing was filled in");
    assert_contains(pgdp_frame_note(f, "left_out"), "1 rows");
    pgdp_dataset_free(d);
}

static void the_published_workbook_of_the_census_bureau_is_read(void **state)
{
    pgdp_dataset *d =
        pgt_ingest_shared(*state, "crosswalk", "data/census/crosswalks/2018-occupation-code-list-and-crosswalk.xlsx");
    if (d == NULL) skip();
    const pgdp_frame *f = pgt_table(d, "Occ Code Changes");
    assert_int_equal(pgdp_frame_n_rows(f), 217);
    assert_string_equal(pgt_cell(f, "2010 Census OCC Code", 216), "9820");
    assert_string_equal(pgt_cell(f, "New 2018 Census OCC Code", 216), "9825");
    assert_string_equal(pgt_cell(pgt_table(d, "2018 Census Occ Code List"), "2018 Census Code", 0), "0010-3550");
    assert_non_null(pgdp_frame_note(pgt_table(d, "2010 to 2018 Crosswalk"), "incomplete_rows"));
    pgdp_dataset_free(d);
}

static void no_memory_leaves_nothing_behind(void **state)
{
    pack p;
    (void)state;
    const pgdp_bytes in = book_pack(&p, "w.xlsx",
                                    "#sheet A\nt\n" SOC_HEADER "1\tx\t2\ty\n\t\t3\tz\n#sheet B\n" SOC_HEADER
                                    "1\tx\t2\ty\n1\tx\t3\tz\n#sheet C\nnote\n");
    pgt_ingest_without_memory(in.label, in.data, in.n);
    pack_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_workbook_of_bls_is_one_table_of_pairs), TEST(it_moves_a_table_without_being_saved_as_csv),
        TEST(sheets_that_differ_are_two_tables),         TEST(other_crosswalks_are_known_by_their_headers),
        TEST(title_rows_may_stand_in_csv_too),           TEST(tables_with_two_codes_and_numbers_are_no_crosswalks),
        TEST(codes_that_became_dates_are_refused),       TEST(gaps_stand_for_the_row_above),
        TEST(what_only_its_place_ties_stays_apart),      TEST(the_published_workbook_of_the_census_bureau_is_read),
        TEST(no_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
