/* test_read_ep.c  Tables of the national employment matrix with invented numbers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

#include "packing.h"

#define T(text)   "<c t=\"str\"><v>" text "</v></c>"
#define N(number) "<c><v>" number "</v></c>"
#define M         "2030 National Employment Matrix "

static pgdp_status read_book(pgdp_ctx *ctx, const char *sheet, pgdp_dataset **out)
{
    pack p = { .method = 8 };
    pack_workbook(&p, sheet, NULL, NULL);
    pack_end(&p);
    const pgdp_bytes in = { "occupation.xlsx", p.data, p.n };
    const pgdp_status status = pgdp_ingest(ctx, NULL, &in, out);
    pack_free(&p);
    return status;
}

static void a_wage_above_the_top_code_is_a_flag_beside_a_number(void **state)
{
    pgdp_dataset *d = NULL;
    assert_ok(*state,
              read_book(*state,
                        SHEET("<row>" T("Table 1.7 Invented") "</row><row>" T(M "title") T(M "code")
                                  T("Employment, 2030") T("Employment change, percent, 2030\xe2\x80\x93"
                                                          "40") T("Median annual wage, 2030(1)")
                                      T("Work experience in a related occupation") "</row><row>" T("  Chief executives")
                                          T("11-1011") N("280.1") N("-3.5") T("&gt;=$239,200")
                                              T("5 years or more") "</row><row>" T("  Legislators") T("11-1031")
                                                  N("44.4") T("\xe2\x80\x94") N("48090")
                                                      T("None") "</row><row>" T("Source: invented") "</row>"),
                        &d));
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_string_equal(pgdp_dataset_format(d), "ep");
    assert_shape(d, 2, 7);
    assert_true(isnan(pgt_real(f, "Median annual wage, 2030", 0)));
    assert_close(pgt_real(f, "Median annual wage, 2030", 1), 48090, 0, 0);
    assert_string_equal(pgt_cell(f, "Median annual wage, 2030_flag", 0), ">=$239,200");
    assert_string_equal(pgt_cell(f, "Median annual wage, 2030_flag", 1), ".");
    assert_true(isnan(pgt_real(f, "Employment change, percent, 2030-40", 1)));
    assert_string_equal(pgt_cell(f, "Work experience in a related occupation", 1), "None");
    assert_string_equal(pgt_cell(f, M "title", 0), "  Chief executives");
    assert_string_equal(pgt_about(f, "Employment, 2030")->unit, "heads_thousand");
    assert_string_equal(pgt_about(f, "Employment change, percent, 2030-40")->unit, "pct");
    assert_string_equal(pgt_about(f, "Median annual wage, 2030")->unit, "usd");
    assert_contains(pgdp_frame_note(f, "title"), "Table 1.7");
    pgdp_dataset_free(d);
}

static void cells_wrapped_for_spreadsheets_are_text(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "ep", "National Employment Matrix.csv",
                                 "Occupation Title,Occupation Code,\"Employment, 2030\",Note\r\n"
                                 "\"Chief executives, invented\",=\"11-1011\",\"1,280.1\",a=b\r\n"
                                 "Total,=\"00-0000\",7.31,\"x,=\"\"y\"\"\"\r\n");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_string_equal(pgt_cell(f, "Occupation Code", 0), "11-1011");
    assert_string_equal(pgt_cell(f, "Occupation Code", 1), "00-0000");
    assert_close(pgt_real(f, "Employment, 2030", 0), 1280.1, 0, 0);
    assert_string_equal(pgt_cell(f, "Note", 1), "x,=\"y\"");
    pgdp_dataset_free(d);
}

static void the_published_workbook_has_its_wages_as_numbers(void **state)
{
    pgdp_dataset *d = pgt_ingest_shared(*state, "ep", "data/bls/ep/occupation_2023_final.xlsx");
    if (d == NULL) skip();
    const pgdp_frame *f = pgt_table(d, "Table 1.7");
    assert_int_equal(pgdp_frame_n_rows(f), 1113);
    assert_close(pgt_real(f, "Employment, 2022", 2), 3832.2, 0, 0);
    assert_int_equal(pgt_about(f, "Median annual wage, 2022")->type, PGDP_REAL);
    assert_int_equal(pgdp_dataset_n_tables(d), 15);
    pgdp_dataset_free(d);
}

static void no_memory_leaves_nothing_behind(void **state)
{
    pack p = { .method = 8 };
    (void)state;
    pack_workbook(&p,
                  SHEET("<row>" T(M "title") T(M "code") T("Median annual wage, 2030(1)") "</row><row>" T("Chiefs")
                            T("11-1011") T("&gt;=$239,200") "</row>"),
                  NULL, NULL);
    pack_end(&p);
    pgt_ingest_without_memory("book.xlsx", p.data, p.n);
    pack_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_wage_above_the_top_code_is_a_flag_beside_a_number),
        TEST(cells_wrapped_for_spreadsheets_are_text),
        TEST(the_published_workbook_has_its_wages_as_numbers),
        TEST(no_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
