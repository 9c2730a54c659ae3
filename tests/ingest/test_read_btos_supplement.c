/* test_read_btos_supplement.c  A sheet of the AI supplement with invented numbers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

#include "packing.h"

#define T(text)   "<c t=\"str\"><v>" text "</v></c>"
#define N(number) "<c><v>" number "</v></c>"
#define HEAD                                                                                                           \
    "<row>" T("Sector") T("Scope") T("Question ID") T("Question") T("Answer ID") T("Answer") T("Estimate")             \
        T("Estimate-Yes") "</row>"
#define KEYS "<row>" T("51") N("2") N("7") T("Which, invented?") N("1") T("Yes")

static pgdp_status read_book(pgdp_ctx *ctx, const char *sheet, pgdp_dataset **out)
{
    pack p = { .method = 8 };
    pack_workbook(&p, sheet, NULL, NULL);
    pack_end(&p);
    const pgdp_bytes in = { "AI_Supplement_Table.xlsx", p.data, p.n };
    const pgdp_status status = pgdp_ingest(ctx, NULL, &in, out);
    pack_free(&p);
    return status;
}

static void shares_are_numbers_and_marks_stand_beside_them(void **state)
{
    pgdp_dataset *d = NULL;
    assert_ok(*state, read_book(*state,
                                SHEET(HEAD KEYS T("12.5%") T("S") "</row>" KEYS T("&lt; 1%")
                                          T(".") "</row><row>" T("Source: invented") "</row>"),
                                &d));
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_string_equal(pgdp_dataset_format(d), "btos_supplement");
    assert_shape(d, 2, 10);
    assert_close(pgt_real(f, "Estimate", 0), 12.5, 0, 0);
    assert_string_equal(pgt_about(f, "Estimate")->unit, "pct");
    assert_string_equal(pgt_cell(f, "Estimate-Yes_flag", 0), "S");
    assert_string_equal(pgt_cell(f, "Estimate_flag", 1), "< 1%");
    assert_string_equal(pgt_cell(f, "Sector", 0), "51");
    assert_contains(pgdp_frame_note(f, "footnotes"), "Source");
    pgdp_dataset_free(d);
}

static void what_is_no_share_names_its_place(void **state)
{
    pgdp_dataset *d = NULL;
    assert_status(*state, read_book(*state, SHEET(HEAD KEYS T("many") "</row>"), &d), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(*state), "[Data]:2:7: found \"many\"");
    assert_status(*state, read_book(*state, SHEET(HEAD KEYS N("0.125") "</row>"), &d), PGDP_PARSE);
    assert_null(d);
}

static void no_memory_leaves_nothing_behind(void **state)
{
    pack p = { .method = 8 };
    (void)state;
    pack_workbook(&p, SHEET(HEAD KEYS T("12.5%") T("S") "</row>"), NULL, NULL);
    pack_end(&p);
    pgt_ingest_without_memory("book.xlsx", p.data, p.n);
    pack_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shares_are_numbers_and_marks_stand_beside_them),
        TEST(what_is_no_share_names_its_place),
        TEST(no_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
