/* test_read_fed_ddp.c  Packages of the Board's Data Download Program with invented numbers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

#include "tests/support/dataset.h"

#define HEADER                                                                                                         \
    "\"Series Description\",\"Production,   invented index\",\"Yield, invented\"\r\n"                                  \
    "\"Unit:\",\"Currency\",\"Percent:_Per_Year\"\r\n"                                                                 \
    "\"Multiplier:\",\"1e+09\",\"1\"\r\n"                                                                              \
    "\"Currency:\",\"USD\",\"NA\"\r\n"                                                                                 \
    "\"Unique Identifier: \",\"G17/INV/IP.B1.S\",\"H15/H15/RIFXX_N.M\"\r\n"                                            \
    "\"Time Period\",\"IP.B1.S\",\"RIFXX_N.M\"\r\n"
/* The last line has no end, as published. */
static const char monthly[] = HEADER "2031-01,101.1137,4.44\r\n2031-02,ND,\r\n2031-03,,4.51";

static void each_series_is_a_column_with_its_facts(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = pgt_ingest(ctx, "fed_ddp", "FRB_X.csv", monthly);
    const pgdp_frame *f = pgdp_dataset_table(dataset, 0);
    assert_int_equal(pgdp_frame_n_rows(f), 3);
    assert_int_equal(pgdp_frame_n_columns(f), 3);
    assert_string_equal(pgt_cell(f, "period", 1), "2031-02");
    assert_close(pgt_real(f, "IP.B1.S", 0), 101.1137, 0, 0);
    assert_close(pgt_real(f, "RIFXX_N.M", 2), 4.51, 0, 0);
    assert_string_equal(pgt_about(f, "RIFXX_N.M")->unit, "Percent:_Per_Year");
    assert_string_equal(pgt_about(f, "RIFXX_N.M")->adjustment, "not_seasonally_adjusted");
    assert_string_equal(pgdp_frame_note(f, "title:IP.B1.S"), "Production, invented index");
    assert_string_equal(pgdp_frame_note(f, "multiplier:IP.B1.S"), "1e+09");
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
}

/* layout=seriesrow: the same series, the periods across. */
static void a_series_a_row_reads_as_a_series_a_column(void **state)
{
    (void)state;
    static const char across[] =
        "\"Series Description\",\"Unit:\",\"Multiplier:\",\"Currency:\",\"Unique Identifier: \",\"Series "
        "Name:\",2031-01,"
        "2031-02,2031-03\r\n"
        "\"Production,   invented "
        "index\",\"Currency\",\"1e+09\",\"USD\",\"G17/INV/IP.B1.S\",\"IP.B1.S\",101.1137,ND,\r\n"
        "\"Yield, invented\",\"Percent:_Per_Year\",\"1\",\"NA\",\"H15/H15/RIFXX_N.M\",\"RIFXX_N.M\",4.44,,4.51";
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgt_buffer one = { 0 }, other = { 0 };
    const pgdp_sink first = pgt_sink(&one), second = pgt_sink(&other);
    pgdp_dataset *a = pgt_ingest(ctx, "fed_ddp", "FRB_X.csv", monthly),
                 *b = pgt_ingest(ctx, "fed_ddp", "FRB_X.csv", across);
    assert_ok(ctx, pgdp_dataset_show(ctx, a, true, &first));
    assert_ok(ctx, pgdp_dataset_show(ctx, b, true, &second));
    assert_string_equal(one.data, other.data);
    assert_string_equal(pgdp_frame_note(pgdp_dataset_table(b, 0), "multiplier:IP.B1.S"), "1e+09");
    pgt_buffer_free(&one);
    pgt_buffer_free(&other);
    pgdp_dataset_free(a);
    pgdp_dataset_free(b);
    pgdp_ctx_free(ctx);
}

static void nd_and_nothing_are_missing(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = pgt_ingest(ctx, "fed_ddp", "FRB_X.csv", monthly);
    const pgdp_frame *f = pgdp_dataset_table(dataset, 0);
    assert_true(isnan(pgt_real(f, "IP.B1.S", 1)));
    assert_true(isnan(pgt_real(f, "IP.B1.S", 2)));
    assert_true(isnan(pgt_real(f, "RIFXX_N.M", 1)));
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
}

static void dates_of_every_frequency_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *rows, *second;
        pgdp_frequency frequency;
    } files[] = {
        { "2031-01-02,3,4\n2031-01-03,5,6\n2031-01-06,7,8\n", "2031-01-03", PGDP_DAILY },
        { "2031Q1,3,4\n2031Q2,5,6\n", "2031Q2", PGDP_QUARTERLY },
        { "2031,3,4\n2032,5,6\n", "2032", PGDP_ANNUAL },
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char text[1024] = HEADER;
        pgdp_ctx *ctx = pgdp_ctx_new(NULL);
        pgdp_dataset *dataset = pgt_ingest(ctx, "fed_ddp", "FRB_X.csv", strcat(text, files[i].rows));
        const pgdp_frame *f = pgdp_dataset_table(dataset, 0);
        assert_int_equal(pgt_about(f, "period")->frequency, files[i].frequency);
        assert_string_equal(pgt_cell(f, "period", 1), files[i].second);
        assert_close(pgt_real(f, "RIFXX_N.M", 1), 6, 0, 0);
        pgdp_dataset_free(dataset);
        pgdp_ctx_free(ctx);
    }
}

static void what_is_no_number_is_told_with_its_place(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgt_refuse(ctx, NULL, HEADER "2031-01,101.1,high\n", "invented:7:3");
    pgt_refuse(ctx, NULL, HEADER "2031-01,101.1,4\n2031Q2,1,2\n", "invented:8:1");
    pgt_refuse(ctx, NULL, "\"Series Description\",\"Unit:\",\"2031-01\"\n\"A\",\"B\",\"3\"\n", "Time Period");
    pgdp_ctx_free(ctx);
}

static void no_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    pgt_ingest_without_memory("FRB_X.csv", monthly, strlen(monthly));
}

static void h15_has_15971_days_of_11_yields(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = pgt_ingest_shared(ctx, "fed_ddp", "data/fed-board/FRB_H15.csv");
    if (dataset != NULL) {
        const pgdp_frame *f = pgdp_dataset_table(dataset, 0);
        assert_int_equal(pgdp_frame_n_rows(f), 15971);
        assert_int_equal(pgdp_frame_n_columns(f), 12);
        assert_string_equal(pgt_cell(f, "period", 0), "1962-01-02");
        assert_close(pgt_real(f, "RIFLGFCY10_N.B", 0), 4.06, 0, 0);
        assert_close(pgt_real(f, "RIFLGFCY30_N.B", 15970), 3.73, 0, 0);
    }
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
    if (dataset == NULL) skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_series_is_a_column_with_its_facts),
        cmocka_unit_test(a_series_a_row_reads_as_a_series_a_column),
        cmocka_unit_test(nd_and_nothing_are_missing),
        cmocka_unit_test(dates_of_every_frequency_are_read),
        cmocka_unit_test(what_is_no_number_is_told_with_its_place),
        cmocka_unit_test(no_memory_leaves_nothing_behind),
        cmocka_unit_test(h15_has_15971_days_of_11_yields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
