/* test_show.c  What pgdp data show prints: JSON by its contract, and a table for people.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

#include "packing.h"

static char *show(pgdp_ctx *ctx, const pgdp_dataset *dataset, bool as_json, pgt_buffer *buffer)
{
    const pgdp_sink sink = pgt_sink(buffer);
    assert_ok(ctx, pgdp_dataset_show(ctx, dataset, as_json, &sink));
    return buffer->data;
}

static void json_of_one_table_is_exactly_this(void **state)
{
    pgdp_dataset *d = pgt_ingest_file(*state, "fred_graph", FIXTURES "fred_graph.csv");
    pgt_buffer buffer = { 0 };
    assert_string_equal(show(*state, d, true, &buffer), "{\n"
                                                        "  \"schema\": \"pgdp.data/1\",\n"
                                                        "  \"format\": \"fred_graph\",\n"
                                                        "  \"rows\": 4,\n"
                                                        "  \"columns\": [\n"
                                                        "    {\n"
                                                        "      \"name\": \"period\",\n"
                                                        "      \"type\": \"period\",\n"
                                                        "      \"unit\": \"\",\n"
                                                        "      \"missing\": 0\n"
                                                        "    },\n"
                                                        "    {\n"
                                                        "      \"name\": \"INVRATE\",\n"
                                                        "      \"type\": \"real\",\n"
                                                        "      \"unit\": \"\",\n"
                                                        "      \"missing\": 2\n"
                                                        "    }\n"
                                                        "  ],\n"
                                                        "  \"periods\": {\n"
                                                        "    \"first\": \"2031-01\",\n"
                                                        "    \"last\": \"2031-04\",\n"
                                                        "    \"frequency\": \"monthly\"\n"
                                                        "  },\n"
                                                        "  \"first_rows\": [\n"
                                                        "    {\n"
                                                        "      \"period\": \"2031-01\",\n"
                                                        "      \"INVRATE\": 4.13\n"
                                                        "    },\n"
                                                        "    {\n"
                                                        "      \"period\": \"2031-02\",\n"
                                                        "      \"INVRATE\": null\n"
                                                        "    },\n"
                                                        "    {\n"
                                                        "      \"period\": \"2031-03\",\n"
                                                        "      \"INVRATE\": null\n"
                                                        "    },\n"
                                                        "    {\n"
                                                        "      \"period\": \"2031-04\",\n"
                                                        "      \"INVRATE\": 4.27\n"
                                                        "    }\n"
                                                        "  ],\n"
                                                        "  \"notes\": {\n"
                                                        "    \"frequency:period\": \"inferred from the spacing of the "
                                                        "dates\"\n"
                                                        "  }\n"
                                                        "}\n");
    pgt_buffer_free(&buffer);
    pgdp_dataset_free(d);
}

static void without_a_period_column_periods_are_null_and_five_rows_are_shown(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "csv", "t.csv", "x,s\n1.5,a\n2,\n3,c\n4,d\n5,e\n6,last\n");
    pgt_buffer buffer = { 0 };
    const char *text = show(*state, d, true, &buffer);
    assert_contains(text, "\"periods\": null");
    assert_contains(text, "\"rows\": 6");
    assert_contains(text, "\"s\": null");
    assert_contains(text, "\"s\": \"e\"");
    assert_null(strstr(text, "last"));
    assert_null(strstr(text, "tables"));
    pgt_buffer_free(&buffer);
    pgdp_dataset_free(d);
}

static void several_tables_are_listed_and_rows_is_their_sum(void **state)
{
    pack p = { .method = 8 };
    pack_text(&p, "[Content_Types].xml", "<Types/>");
    pack_text(&p, "_rels/.rels",
              "<Relationships xmlns=\"" PACKAGE
              "\">" RELATION("r", "officeDocument", "xl/book.xml") "</Relationships>");
    pack_text(&p, "xl/book.xml",
              "<workbook xmlns=\"" MAIN_SPACE "\" xmlns:r=\"" DOCUMENT "\"><sheets><sheet name=\"One\" r:id=\"r1\"/>"
              "<sheet name=\"Two\" r:id=\"r2\"/><sheet name=\"Blank\" r:id=\"r3\"/></sheets></workbook>");
    pack_text(&p, "xl/_rels/book.xml.rels",
              "<Relationships xmlns=\"" PACKAGE "\">" RELATION("r1", "worksheet", "1.xml")
                  RELATION("r2", "worksheet", "2.xml") RELATION("r3", "worksheet", "3.xml") "</Relationships>");
    pack_text(&p, "xl/1.xml",
              SHEET("<row><c t=\"str\"><v>a</v></c><c "
                    "t=\"str\"><v>b</v></c></row><row><c><v>1.5</v></c><c><v>2</v></c></row>"));
    pack_text(&p, "xl/2.xml",
              SHEET("<row><c t=\"str\"><v>k</v></c><c t=\"str\"><v>day</v></c></row><row><c><v>1</v></c><c "
                    "t=\"d\"><v>2031-02-28T00:00:00</v></c></row>"
                    "<row><c><v>2</v></c><c t=\"d\"><v>2031-03-02</v></c></row>"));
    pack_text(&p, "xl/3.xml", SHEET("<row><c s=\"0\"/></row>"));
    pack_end(&p);
    const pgdp_bytes in = { "t.xlsx", p.data, p.n };
    pgdp_dataset *d = NULL;
    assert_ok(*state, pgdp_ingest(*state, NULL, &in, &d));
    pgt_buffer buffer = { 0 };
    const char *text = show(*state, d, true, &buffer);
    assert_contains(text, "\"rows\": 3,");
    assert_contains(text, "\"tables\": [\n    {\n      \"name\": \"One\",\n      \"rows\": 1,");
    assert_contains(text, "\"name\": \"Two\",\n      \"rows\": 2,");
    assert_null(strstr(text, "Blank"));
    assert_contains(text, "\"first\": \"2031-02-28\",");
    pgt_buffer_free(&buffer);
    text = show(*state, d, false, &buffer);
    assert_contains(text, "format xlsx, 2 tables, 3 rows in all\n");
    assert_contains(text, "table Two\n2 rows, 2 columns, 2031-02-28 to 2031-03-02, daily\n");
    pgt_buffer_free(&buffer);
    pgdp_dataset_free(d);
    pack_free(&p);
}

static void table_for_people_is_aligned_and_long_cells_are_cut(void **state)
{
    pgdp_dataset *d = pgt_ingest(
        *state, "csv", "t.csv",
        "town,pop,when\nK\xc3\xb6ln,1.5,2031Q1\n\"A name of more than twenty-eight\ncharacters\",1234.25,2031Q3\n");
    pgt_buffer buffer = { 0 };
    assert_string_equal(show(*state, d, false, &buffer), "format csv\n"
                                                         "2 rows, 3 columns, 2031Q1 to 2031Q3, quarterly\n"
                                                         "\n"
                                                         "  town    text           0 missing\n"
                                                         "  pop     real           0 missing\n"
                                                         "  when    period         0 missing\n"
                                                         "\n"
                                                         "  town                              pop  when  \n"
                                                         "  K\xc3\xb6ln                              1.5  2031Q1\n"
                                                         "  A name of more than twent...  1234.25  2031Q3\n");
    pgt_buffer_free(&buffer);
    pgdp_dataset_free(d);
}

static void a_sink_that_fails_is_reported(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "csv", "t.csv", "x,y\n1.5,2\n");
    for (int as_json = 0; as_json < 2; as_json++) {
        pgt_buffer buffer = { .fail_after = 20 };
        const pgdp_sink sink = pgt_sink(&buffer);
        assert_int_not_equal(pgdp_dataset_show(*state, d, as_json == 1, &sink), PGDP_OK);
        pgt_buffer_free(&buffer);
    }
    pgdp_dataset_free(d);
}

static void rows_without_a_period_are_told_below_the_table(void **state)
{
    pgdp_dataset *d =
        pgt_ingest(*state, "labstat", "x", "series_id\tyear\tperiod\tvalue\nS1\t2031\tM12\t1\nS1\t2031\tM13\t1\n");
    pgt_buffer buffer = { 0 };
    assert_contains(show(*state, d, false, &buffer), "\nnote no_period  1 of 2 rows have no period");
    pgt_buffer_free(&buffer);
    pgdp_dataset_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rows_without_a_period_are_told_below_the_table),
        TEST(json_of_one_table_is_exactly_this),
        TEST(without_a_period_column_periods_are_null_and_five_rows_are_shown),
        TEST(several_tables_are_listed_and_rows_is_their_sum),
        TEST(table_for_people_is_aligned_and_long_cells_are_cut),
        TEST(a_sink_that_fails_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
