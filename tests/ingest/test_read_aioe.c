/* test_read_aioe.c  Scores by occupation and place with invented numbers, and the published appendix.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

#include "packing.h"

#define T(text)   "<c t=\"str\"><v>" text "</v></c>"
#define N(number) "<c><v>" number "</v></c>"

static void scores_are_numbers_and_codes_text(void **state)
{
    pack p = { .method = 8 };
    pgdp_dataset *d = NULL;
    pack_workbook(&p,
                  SHEET("<row>" T("SOC Code") T("Occupation Title") T("Image Generation AIOE") "</row><row>" T(
                      "11-1011") T("Chiefs") T("1.25") "</row><row>" T("11-1021") T("Managers") N("-0.417") "</row>"),
                  NULL, NULL);
    pack_end(&p);
    const pgdp_bytes in = { "ig.xlsx", p.data, p.n };
    assert_ok(*state, pgdp_ingest(*state, NULL, &in, &d));
    assert_string_equal(pgdp_dataset_format(d), "aioe");
    assert_close(pgt_real(pgdp_dataset_table(d, 0), "Image Generation AIOE", 0), 1.25, 0, 0);
    assert_close(pgt_real(pgdp_dataset_table(d, 0), "Image Generation AIOE", 1), -0.417, 0, 0);
    assert_string_equal(pgdp_frame_note(pgdp_dataset_table(d, 0), "classification"), "soc2010");
    pgdp_dataset_free(d);
    pack_free(&p);
}

static void the_published_appendix_has_its_codes(void **state)
{
    pgdp_dataset *d = pgt_ingest_shared(*state, "aioe", "data/ai-measures/aioe/AIOE_DataAppendix.xlsx");
    if (d == NULL) skip();
    const pgdp_frame *places = pgt_table(d, "Appendix C");
    assert_int_equal(pgdp_frame_n_rows(places), 3271);
    assert_string_equal(pgt_cell(places, "FIPS Code", 0), "01000");
    assert_int_equal(pgt_about(pgt_table(d, "Appendix B"), "NAICS")->type, PGDP_TEXT);
    assert_int_equal(strlen(pgt_cell(pgt_table(d, "Appendix B"), "NAICS", 0)), 4);
    assert_close(pgt_real(pgt_table(d, "Appendix A"), "AIOE", 773), -1.38776, 0, 0);
    pgdp_dataset_free(d);
    d = pgt_ingest_shared(*state, "aioe", "data/ai-measures/aioe/Language Modeling AIOE and AIIE.xlsx");
    assert_int_equal(pgt_about(pgt_table(d, "LM AIIE"), "Language Modeling AIIE")->type, PGDP_REAL);
    pgdp_dataset_free(d);
}

static void no_memory_leaves_nothing_behind(void **state)
{
    pack p = { .method = 8 };
    (void)state;
    pack_workbook(&p,
                  SHEET("<row>" T("SOC Code") T("Occupation Title") T("AIOE") "</row><row>" T("11-1011") T("Chiefs")
                            N("1.25") "</row>"),
                  NULL, NULL);
    pack_end(&p);
    pgt_ingest_without_memory("book.xlsx", p.data, p.n);
    pack_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(scores_are_numbers_and_codes_text),
        TEST(the_published_appendix_has_its_codes),
        TEST(no_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
