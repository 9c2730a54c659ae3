/* test_ingest.c  The runner: what it refuses, decodes and finds, and that nothing half read is handed over.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

#include "ingest/readers.h"
#include "packing.h"

static void files_that_nobody_can_read_are_named_for_what_they_are(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *part;
    } cases[] = {
        { "", 0, "t: the file is empty (0 bytes)" },
        { "version https://git-lfs.github.com/spec/v1\noid sha256:0\n", 55, "Git LFS pointer" },
        { "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, "old binary Office file" },
        { "\xd0\xcf\x11\xe0 E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0", 39, "encrypted" },
        { "\xff\xfe\x41\0,\0", 6, "UTF-16" },
        { "\x1f\x8b\x08\0", 4, "compressed data end too early" },
        { "%PDF-1.7\n", 9, "PDF" },
        { "<stata_dta><header>", 19, "Stata file" },
        { "\n\t <!DOCTYPE html><html>", 24, "a web page, not data" },
        { "\xef\xbb\xbf<html><body>", 15, "a web page, not data" },
        { "<?xml version=\"1.0\"?><rows/>", 28, "no reader knows this content, which begins \"<?xml" },
        { "Some words about the data, which follow elsewhere.\n", 51,
          "no reader knows this content, which begins \"Some words" },
        { "{\"neither\":1}", 13, "no reader knows this content" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(*state, "t", cases[i].bytes, cases[i].n, cases[i].part);
}

static void every_reader_is_documented_and_finds_nothing_in_nothing(void **state)
{
    (void)state;
    size_t n = 0;
    for (const pgdp_reader *r; (r = pgdp_reader_at(n)) != NULL; n++) {
        assert_true(strlen(r->name) > 0 && strlen(r->title) > 0 && strlen(r->spec) > 0);
        assert_int_equal(r->sniff(&(pgdp_bytes){ "t", (const unsigned char *)"", 0 }), 0);
        for (size_t k = 0; k < n; k++)
            assert_string_not_equal(r->name, pgdp_reader_at(k)->name);
    }
    assert_true(n >= 16);
}

static void every_reader_refuses_what_is_not_its_own(void **state)
{
    static const char *const texts[] = { "\x01\x02 binary", "{\"a\":[1,{\"b\":null}]}", "[[1]]", "x\n", "\n\n\n" };
    for (size_t i = 0; pgdp_reader_at(i) != NULL; i++)
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
            const pgdp_bytes in = { "t", (const unsigned char *)texts[k], strlen(texts[k]) };
            pgdp_dataset *dataset = NULL;
            const pgdp_status status = pgdp_ingest(*state, pgdp_reader_at(i)->name, &in, &dataset);
            assert_true(status == PGDP_OK || status == PGDP_PARSE);
            assert_true((dataset != NULL) == (status == PGDP_OK));
            pgdp_dataset_free(dataset);
        }
}

static void unknown_format_is_met_with_the_nearest_name(void **state)
{
    const pgdp_bytes in = { "t.csv", (const unsigned char *)"a,b\n1,2\n", 8 };
    pgdp_dataset *dataset = NULL;
    assert_status(*state, pgdp_ingest(*state, "fred_grph", &in, &dataset), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(*state), "did you mean \"fred_graph\"?");
    assert_status(*state, pgdp_ingest(*state, "zzzzzzzzzz", &in, &dataset), PGDP_NOT_FOUND);
    assert_null(dataset);
}

static void absent_file_names_path_and_reason(void **state)
{
    pgdp_dataset *dataset = NULL;
    assert_status(*state, pgdp_ingest_file(*state, NULL, "no/such/file.csv", &dataset), PGDP_IO);
    assert_contains(pgdp_ctx_error(*state), "no/such/file.csv");
    assert_null(dataset);
}

static void windows_1252_is_read_and_noted(void **state)
{
    pgdp_dataset *d = pgt_ingest_file(*state, "csv", FIXTURES "latin.csv");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_string_equal(pgt_cell(f, "name", 0), "M\xc3\xbcller");
    assert_string_equal(pgt_cell(f, "town", 0), "K\xc3\xb6ln \xe2\x80\x93 S\xc3\xbc"
                                                "d");
    assert_contains(pgdp_frame_note(f, "encoding"), "Windows-1252");
    pgdp_dataset_free(d);
    d = pgt_ingest(*state, "csv", "t.csv",
                   "\xef\xbb\xbf"
                   "a,b\n1,\xc3\xa9\n");
    assert_string_equal(pgdp_frame_column(pgdp_dataset_table(d, 0), 0)->name, "a"); /* the BOM is no letter */
    assert_null(pgdp_frame_note(pgdp_dataset_table(d, 0), "encoding"));
    pgdp_dataset_free(d);
}

static void the_format_asked_for_is_used_whatever_the_content(void **state)
{
    static const char text[] = "observation_date,INVRATE\n2031-01-01,4.13\n2031-02-01,4.2\n";
    const pgdp_bytes in = { "t.csv", (const unsigned char *)text, sizeof text - 1 };
    pgdp_dataset *d = NULL;
    assert_ok(*state, pgdp_ingest(*state, "csv", &in, &d));
    assert_string_equal(pgdp_dataset_format(d), "csv");
    pgdp_dataset_free(d);
    d = pgt_ingest(*state, "fred_graph", "t.csv", text);
    pgdp_dataset_free(d);
}

static void sniffing_looks_at_content_and_the_label_decides_only_between_equals(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "labstat", "misnamed.csv",
                                 "series_id  \tyear\tperiod\t value\tfootnote_codes\nX\t2031\tA01\t1.5\t\n");
    pgdp_dataset_free(d);
    assert_refused(*state, "prose.txt", "Words, with a comma\nand more of them\n", 37, "no reader knows");
    d = pgt_ingest(*state, "csv", "prose.csv", "Words, with a comma\nand more\n");
    pgdp_dataset_free(d);
}

static void every_allocation_may_fail_and_nothing_leaks(void **state)
{
    static const char csv[] = "a,b,when\n1.5,x,2031-01-01\n,\"y\nz\",2031-02-01\nNA,x,2031-03-01\n";
    (void)state;
    pgt_ingest_without_memory("t.csv", csv, sizeof csv - 1);
    pgt_ingest_without_memory("t.csv", "a\n\xfc\n", 4);
    pack p = { .method = 8 };
    pack_workbook(&p,
                  SHEET("<row><c t=\"s\"><v>0</v></c><c t=\"str\"><v>n</v></c></row><row><c "
                        "t=\"str\"><v>x</v></c><c><v>2.5</v></c></row>"),
                  "<si><t>k</t></si>", "<cellXfs><xf numFmtId=\"14\"/></cellXfs>");
    pack_end(&p);
    pgt_ingest_without_memory("t.xlsx", p.data, p.n);
    pack_free(&p);
}

static void a_dataset_has_no_table_past_its_end(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "csv", "t.csv", "a,b\n1,2\n");
    assert_null(pgdp_dataset_table(d, 1));
    assert_null(pgdp_dataset_table_name(d, 1));
    pgdp_dataset_free(d);
    pgdp_dataset_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_that_nobody_can_read_are_named_for_what_they_are),
        TEST(every_reader_is_documented_and_finds_nothing_in_nothing),
        TEST(every_reader_refuses_what_is_not_its_own),
        TEST(unknown_format_is_met_with_the_nearest_name),
        TEST(absent_file_names_path_and_reason),
        TEST(windows_1252_is_read_and_noted),
        TEST(the_format_asked_for_is_used_whatever_the_content),
        TEST(sniffing_looks_at_content_and_the_label_decides_only_between_equals),
        TEST(every_allocation_may_fail_and_nothing_leaks),
        TEST(a_dataset_has_no_table_past_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
