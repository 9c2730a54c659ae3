/* test_read_census_api.c  Rows of api.census.gov with invented numbers, and JSON of the BEA that is none.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ingest/reading.h"

#include <stdio.h>

#include "ingest/mended_json.h"

static void codes_are_text_and_annotations_flags(void **state)
{
    pgdp_dataset *d =
        pgt_ingest(*state, "census_api", "acs.json",
                   "[[\"NAME\",\"B1\",\"B2\",\"NAICS2017\",\"state\"],\n"
                   "[\"Alabama\",\"12\",\"007\",\"31\",\"01\"],[\"Alaska\",\"-666666666\",null,\"44\",\"02\"],\n"
                   "[\"Iowa\",\"-888888888.0\",\"9\",\"52\",\"19\"]]");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_string_equal(pgdp_dataset_format(d), "census_api");
    assert_int_equal(pgt_about(f, "B1")->type, PGDP_REAL);
    assert_int_equal(pgt_about(f, "B2")->type, PGDP_TEXT); /* 007 is a code */
    assert_int_equal(pgt_about(f, "NAICS2017")->type, PGDP_TEXT);
    assert_string_equal(pgt_cell(f, "state", 0), "01");
    assert_true(isnan(pgt_real(f, "B1", 1)));
    assert_string_equal(pgt_cell(f, "B1_flag", 1), "-");
    assert_string_equal(pgt_cell(f, "B1_flag", 2), "(X)");
    assert_string_equal(pgt_cell(f, "B1_flag", 0), ".");
    pgdp_dataset_free(d);
}

static void time_is_a_period(void **state)
{
    pgdp_dataset *d =
        pgt_ingest(*state, "census_api", "eits.json",
                   "[[\"cell_value\",\"time\",\"us\"],[\"5\",\"2031-01\",\"1\"],[\"6.5\",\"2031-02\",\"1\"]]");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_int_equal(pgt_about(f, "time")->frequency, PGDP_MONTHLY);
    assert_close(pgt_real(f, "cell_value", 1), 6.5, 0, 0);
    pgdp_dataset_free(d);
}

static void rows_of_another_length_or_kind_are_refused(void **state)
{
    pgdp_ctx *ctx = *state;
    static const char shorter[] = "[[\"a\",\"b\"],[\"1\"]]", nested[] = "[[\"a\"],[[\"1\"]]]",
                      twice[] = "[[\"a\",\"a\"],[\"1\",\"2\"]]";
    static const char number[] = "[[\"a\",1],[\"1\",\"2\"]]";
    assert_refused(ctx, "x.json", shorter, sizeof shorter - 1, "row 1 has 1 cells, expected 2");
    assert_refused(ctx, "x.json", nested, sizeof nested - 1, "found a list or object, expected a text");
    assert_refused(ctx, "x.json", number, sizeof number - 1, "name 2 of the first row is no text");
    const pgdp_bytes in = { "x.json", (const unsigned char *)twice, sizeof twice - 1 };
    pgdp_dataset *dataset = NULL;
    assert_int_not_equal(pgdp_ingest(ctx, NULL, &in, &dataset), PGDP_OK);
}

static const char *mended(pgdp_ctx *ctx, const char *text, size_t *n)
{
    const pgdp_bytes in = { "x.json", (const unsigned char *)text, strlen(text) };
    static char copy[256];
    pg_json_document *document;
    if (pg_mended_json(ctx, &in, &document, n) != PGDP_OK) return "refused";
    (void)snprintf(copy, sizeof copy, "%s", pg_json_text(pg_json_member(pg_json_root(document), "a")));
    pg_json_document_free(document);
    return copy;
}

static void texts_are_mended_and_nothing_else(void **state)
{
    size_t n;
    assert_string_equal(mended(*state, "{\"a\":\"b\"}", &n), "b");
    assert_int_equal(n, 0);
    assert_string_equal(mended(*state, "{\"a\":\"b\nc\td\"}", &n), "b c d");
    assert_int_equal(n, 2);
    assert_string_equal(mended(*state, "{\"a\":\"b\\qc\\u12\"}", &n), "b\\qc\\u12");
    assert_int_equal(n, 2);
    assert_string_equal(mended(*state, "{\"a\":\"b\\\"\\\\c\n\"}", &n), "b\"\\c ");
    assert_string_equal(mended(*state, "{\"a\":\"&amp;\"}", &n), "&amp;");
    assert_string_equal(mended(*state, "{\"a\":\"b", &n), "refused");
    assert_string_equal(mended(*state, "{\"a\":\"b\nc", &n), "refused");
    assert_contains(pgdp_ctx_error(*state), "x.json:1:");
    assert_string_equal(mended(*state, "{\"a\":\"b\" \"c\"}", &n), "refused");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(codes_are_text_and_annotations_flags),
        TEST(time_is_a_period),
        TEST(rows_of_another_length_or_kind_are_refused),
        TEST(texts_are_mended_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
