/* test_read_bls_data_tool.c  A workbook as the data tool writes it, with invented numbers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

#include "packing.h"

#define T(text)   "<c t=\"str\"><v>" text "</v></c>"
#define N(number) "<c><v>" number "</v></c>"
#define ABOUT                                                                                                          \
    "<row>" T("Invented Survey") "</row><row>" T("Original Data Value") "</row><row/><row>" T("Series Id:")            \
        T("LNS19999999") "</row><row>" T("Seasonally Adjusted") "</row><row>" T("Series title:")                       \
            T("(Seas) Invented Level") "</row><row>" T("Age:") T("16 years and over") "</row><row/>"

/* The sheet in a workbook with one sheet. */
static pgdp_status read_book(pgdp_ctx *ctx, const char *sheet, pgdp_dataset **out)
{
    pack p = { .method = 8 };
    pack_workbook(&p, sheet, NULL, NULL);
    pack_end(&p);
    const pgdp_bytes in = { "series.xlsx", p.data, p.n };
    const pgdp_status status = pgdp_ingest(ctx, NULL, &in, out);
    pack_free(&p);
    return status;
}

static void years_by_months_become_the_long_table_of_the_api(void **state)
{
    pgdp_dataset *d = NULL;
    assert_ok(*state, read_book(*state,
                                SHEET(ABOUT "<row>" T("Year") T("Jan") T("Feb") T("Annual") "</row><row>" N("2031.0") N(
                                    "157030.0") T("156,644(P)") N("156837") "</row><row>" N("2032.0") T("-") "</row>"),
                                &d));
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_string_equal(pgdp_dataset_format(d), "bls_data_tool");
    assert_shape(d, 4, 6);
    assert_string_equal(pgt_cell(f, "series_id", 3), "LNS19999999");
    assert_string_equal(pgt_cell(f, "period", 1), "2031-02");
    assert_close(pgt_real(f, "value", 1), 156644, 0, 0);
    assert_string_equal(pgt_cell(f, "footnote_codes", 1), "P");
    assert_string_equal(pgt_cell(f, "period", 2), "."); /* the average of the year */
    assert_string_equal(pgt_cell(f, "period_code", 2), "M13");
    assert_true(isnan(pgt_real(f, "value", 3)));
    assert_string_equal(pgdp_frame_note(f, "series_title:LNS19999999"), "(Seas) Invented Level");
    assert_string_equal(pgdp_frame_note(f, "seasonality:LNS19999999"), "Seasonally Adjusted");
    assert_string_equal(pgdp_frame_note(f, "Age:LNS19999999"), "16 years and over");
    pgdp_dataset_free(d);
}

static void quarters_are_quarters(void **state)
{
    pgdp_dataset *d = NULL;
    assert_ok(*state, read_book(*state,
                                SHEET(ABOUT "<row>" T("Year") T("Qtr1") T("Qtr2") "</row><row>" N("2031") N("2.385")
                                          N("7.31") "</row>"),
                                &d));
    assert_string_equal(pgt_cell(pgdp_dataset_table(d, 0), "period", 1), "2031Q2");
    pgdp_dataset_free(d);
}

static void what_does_not_fit_names_its_place(void **state)
{
    static const struct {
        const char *sheet, *part;
    } bad[] = {
        { SHEET(ABOUT "<row>" T("Year") T("Spring") "</row><row>" N("2031") N("1") "</row>"), "the column \"Spring\"" },
        { SHEET(ABOUT "<row>" T("Year") T("Jan") "</row><row>" N("2031") T("many") "</row>"), "found \"many\"" },
        { SHEET(ABOUT "<row>" T("Year") T("Jan") "</row>"), "no values" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        pgdp_dataset *d = NULL;
        assert_status(*state, read_book(*state, bad[i].sheet, &d), PGDP_PARSE);
        assert_contains(pgdp_ctx_error(*state), bad[i].part);
    }
}

static void the_published_workbook_has_its_months(void **state)
{
    pgdp_dataset *d = pgt_ingest_shared(*state, "bls_data_tool",
                                        "data/bls/data-tool-xlsx/BLS_LNS11000000_Civilian_Labor_Force_Level.xlsx");
    if (d == NULL) skip();
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_shape(d, 125, 6);
    assert_close(pgt_real(f, "value", 0), 157030, 0, 0);
    assert_close(pgt_real(f, "value", 124), 170510, 0, 0);
    assert_string_equal(pgt_cell(f, "period", 124), "2025-05");
    assert_string_equal(pgdp_frame_note(f, "series_title:LNS11000000"), "(Seas) Civilian Labor Force Level");
    pgdp_dataset_free(d);
}

static void no_memory_leaves_nothing_behind(void **state)
{
    pack p = { .method = 8 };
    (void)state;
    pack_workbook(&p, SHEET(ABOUT "<row>" T("Year") T("Jan") "</row><row>" N("2031") T("2.385(P)") "</row>"), NULL,
                  NULL);
    pack_end(&p);
    pgt_ingest_without_memory("book.xlsx", p.data, p.n);
    pack_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(years_by_months_become_the_long_table_of_the_api),
        TEST(quarters_are_quarters),
        TEST(what_does_not_fit_names_its_place),
        TEST(the_published_workbook_has_its_months),
        TEST(no_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
