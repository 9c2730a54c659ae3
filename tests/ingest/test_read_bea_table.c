/* test_read_bea_table.c  Small workbooks as BEA lays them out: three GDP-by-industry tables, a Use matrix.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "packing.h"
#include "tests/support/dataset.h"

#define VALUE_ADDED "tests/fixtures/ingest/bea_value_added.xlsx"
#define USE         "tests/fixtures/ingest/bea_use.xlsx"

static void each_line_and_period_is_a_row(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = pgt_ingest_file(ctx, "bea_table", VALUE_ADDED);
    const pgdp_frame *f = pgt_table(dataset, "TVA105-Q");
    assert_int_equal(pgdp_dataset_n_tables(dataset), 3);
    assert_int_equal(pgdp_frame_n_rows(f), 4 * 2);
    assert_string_equal(pgt_cell(f, "line", 1), "1");
    assert_string_equal(pgt_cell(f, "description", 1), "Gross domestic product");
    assert_string_equal(pgt_cell(f, "period", 1), "2031Q2");
    assert_close(pgt_real(f, "value", 1), 30444555.25, 0, 0);
    assert_contains(pgdp_frame_note(f, "title"), "Data published February 29, 2032");
    assert_contains(pgdp_frame_note(f, "footnotes"), "Detail may not add");
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
}

static void dots_are_missing_and_grouped_text_is_a_number(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = pgt_ingest_file(ctx, "bea_table", VALUE_ADDED);
    const pgdp_frame *f = pgt_table(dataset, "TVA105-Q");
    assert_true(isnan(pgt_real(f, "value", 2)));
    assert_close(pgt_real(f, "value", 3), 1056.75, 0, 0);
    assert_close(pgt_real(f, "value", 4), 1056.6, 0, 0);
    assert_close(pgt_real(f, "value", 5), -17.3, 0, 0);
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
}

static void a_heading_is_the_group_of_the_lines_below(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = pgt_ingest_file(ctx, "bea_table", VALUE_ADDED);
    const pgdp_frame *f = pgt_table(dataset, "TVA105-Q");
    assert_string_equal(pgt_cell(f, "group", 5), ".");
    assert_string_equal(pgt_cell(f, "group", 6), "Addenda");
    assert_string_equal(pgt_cell(f, "line", 6), "4");
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
}

static void units_come_from_the_title_rows(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = pgt_ingest_file(ctx, "bea_table", VALUE_ADDED);
    const pgdp_column *nominal = pgt_about(pgt_table(dataset, "TVA105-Q"), "value");
    const pgdp_column *index = pgt_about(pgt_table(dataset, "TVA103-A"), "value");
    const pgdp_column *real = pgt_about(pgt_table(dataset, "TVA106-A"), "value");
    assert_string_equal(nominal->unit, "usd_mn");
    assert_string_equal(nominal->price_basis, "current_prices");
    assert_string_equal(nominal->adjustment, "seasonally_adjusted");
    assert_string_equal(index->unit, "index_2017");
    assert_string_equal(index->adjustment, "");
    assert_string_equal(real->unit, "usd_mn");
    assert_string_equal(real->price_basis, "chained_volume");
    assert_int_equal(pgt_about(pgt_table(dataset, "TVA103-A"), "period")->frequency, PGDP_ANNUAL);
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
}

static void a_matrix_is_a_row_a_cell_and_zero_is_not_missing(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = pgt_ingest_file(ctx, "bea_table", USE);
    const pgdp_frame *f = pgdp_dataset_table(dataset, 0);
    assert_int_equal(pgdp_frame_n_rows(f), 4 * 3);
    assert_string_equal(pgt_cell(f, "row_code", 3), "5412OP");
    assert_string_equal(pgt_cell(f, "row_name", 3), "Miscellaneous services");
    assert_string_equal(pgt_cell(f, "column_code", 3), "111CA");
    assert_string_equal(pgt_cell(f, "column_name", 5), "Personal consumption");
    assert_close(pgt_real(f, "value", 3), 119, 0, 0);
    assert_true(isnan(pgt_real(f, "value", 1))); /* --- */
    assert_close(pgt_real(f, "value", 5), 0, 0, 0);
    assert_string_equal(pgt_cell(f, "row_code", 6), "."); /* a total */
    assert_string_equal(pgt_cell(f, "row_name", 6), "Total Intermediate");
    assert_string_equal(pgt_about(f, "value")->unit, "usd_mn");
    assert_string_equal(pgdp_frame_note(f, "rows/columns"), "Commodities/Industries");
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
}

static void no_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    size_t n;
    char *bytes = pgt_read_file(USE, &n);
    pgt_ingest_without_memory("use.xlsx", bytes, n);
    free(bytes);
}

static void the_value_added_workbook_has_20_tables(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = pgt_ingest_shared(ctx, "bea_table", "data/bea/gdp-by-industry-2022/ValueAdded.xlsx");
    if (dataset != NULL) {
        assert_int_equal(pgdp_dataset_n_tables(dataset), 20);
        const pgdp_frame *f = pgt_table(dataset, "TVA101-A");
        assert_int_equal(pgdp_frame_n_rows(f), 100 * 24); /* lines, years 1998 to 2021 */
        assert_close(pgt_real(f, "value", 0), 4.5, 0, 0);
        assert_int_equal(pgdp_frame_n_rows(pgt_table(dataset, "TVA105-Q")), 100 * 71); /* 2005Q1 to 2022Q3 */
    }
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
    if (dataset == NULL) skip();
}

static void the_columns_of_the_use_matrix_add_to_their_totals(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = pgt_ingest_shared(ctx, "bea_table", "data/bea/input-output-2022/UseMatrices.xlsx");
    if (dataset != NULL) {
        const pgdp_frame *f = pgdp_dataset_table(dataset, 0);
        assert_int_equal(pgdp_frame_n_rows(f), 79 * 94);
        double sum = 0, total = 0;
        for (size_t row = 0; row < pgdp_frame_n_rows(f); row++) {
            const char *column = pgt_cell(f, "column_code", row);
            if (strcmp(column, "111CA") != 0 || isnan(pgt_real(f, "value", row))) continue;
            const char *code = pgt_cell(f, "row_code", row), *name = pgt_cell(f, "row_name", row);
            if (strcmp(name, "Total Intermediate") == 0) total = pgt_real(f, "value", row);
            if (strcmp(code, ".") != 0 && strncmp(code, "V00", 3) != 0) sum += pgt_real(f, "value", row);
        }
        assert_close(total, 301985, 0, 0);
        assert_close(sum, total, 0, 20); /* 73 entries, each rounded to whole millions; BEA says they need not add */
    }
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
    if (dataset == NULL) skip();
}

#define T(text) "<c t=\"str\"><v>" text "</v></c>"

static void sections_of_the_accounts_have_the_codes_of_their_series(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *d = NULL;
    pack p = { .method = 8 };
    pack_workbook(&p,
                  SHEET("<row>" T("Table 1.1.5. Gross Domestic Product") "</row><row>" T(
                      "[Billions of dollars] "
                      "Seasonally adjusted at annual "
                      "rates") "</row><row>" T("Bureau of Economic Analysis") "</row><row>" T("Line") T("") T("")
                            T("2031Q1") T("2031Q2") "</row><row>" T("1") T("    Gross domestic product")
                                T("A191RC") "<c><v>30000.5</v></c>"
                                            "<c><v>30100.5</v></c></row>"),
                  NULL, NULL);
    pack_end(&p);
    const pgdp_bytes in = { "Section1all.xlsx", p.data, p.n };
    assert_ok(ctx, pgdp_ingest(ctx, NULL, &in, &d));
    assert_string_equal(pgdp_dataset_format(d), "bea_table");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_string_equal(pgt_cell(f, "series_code", 1), "A191RC");
    assert_string_equal(pgt_about(f, "value")->unit, "usd_bn");
    assert_close(pgt_real(f, "value", 1), 30100.5, 0, 0);
    pgdp_dataset_free(d);
    pack_free(&p);
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line_and_period_is_a_row),
        cmocka_unit_test(dots_are_missing_and_grouped_text_is_a_number),
        cmocka_unit_test(a_heading_is_the_group_of_the_lines_below),
        cmocka_unit_test(units_come_from_the_title_rows),
        cmocka_unit_test(a_matrix_is_a_row_a_cell_and_zero_is_not_missing),
        cmocka_unit_test(no_memory_leaves_nothing_behind),
        cmocka_unit_test(the_value_added_workbook_has_20_tables),
        cmocka_unit_test(the_columns_of_the_use_matrix_add_to_their_totals),
        cmocka_unit_test(sections_of_the_accounts_have_the_codes_of_their_series),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
