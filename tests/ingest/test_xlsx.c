/* test_xlsx.c  Workbooks in memory: every kind of cell, both physical forms, and files meant to harm.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

#include "packing.h"

#define HEADER "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>name</v></c><c r=\"B1\" t=\"str\"><v>value</v></c></row>"

static pgdp_dataset *read_pack(pgdp_ctx *ctx, pack *p)
{
    const pgdp_bytes in = { "t.xlsx", p->data, p->n };
    pgdp_dataset *dataset = NULL;
    assert_ok(ctx, pgdp_ingest(ctx, NULL, &in, &dataset));
    pack_free(p);
    return dataset;
}

static pgdp_dataset *read_sheet(pgdp_ctx *ctx, const char *sheet, const char *strings, const char *styles)
{
    pack p = { .method = 8 };
    pack_workbook(&p, sheet, strings, styles);
    pack_end(&p);
    return read_pack(ctx, &p);
}

static void assert_pack_refused(pgdp_ctx *ctx, pack *p, const char *part)
{
    pack_end(p);
    assert_refused(ctx, "t.xlsx", p->data, p->n, part);
    pack_free(p);
}

static void assert_sheet_refused(pgdp_ctx *ctx, const char *sheet, const char *part)
{
    pack p = { .method = 8 };
    pack_workbook(&p, sheet, NULL, NULL);
    assert_pack_refused(ctx, &p, part);
}

static void cells_of_every_type_are_read_and_hidden_sheets_are_not(void **state)
{
    pgdp_dataset *d = read_sheet(
        *state,
        SHEET(HEADER "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"B2\"><v>0.57487730000000004</v></c></row>"
                     "<row r=\"3\"><c r=\"A3\" t=\"inlineStr\"><is><r><t>in</t></r><r><t>line</t></r></is></c>"
                     "<c r=\"B3\" t=\"n\"><v>1.5E-3</v></c></row>"
                     "<row r=\"4\"><c r=\"A4\" t=\"b\"><v>1</v></c><c r=\"B4\" t=\"e\"><v>#N/A</v></c></row>"),
        "<si><r><t xml:space=\"preserve\">  sh</t></r><r><t>ared</t></r><rPh><t>aid</t></rPh></si>", NULL);
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_string_equal(pgdp_dataset_format(d), "xlsx");
    assert_int_equal(pgdp_dataset_n_tables(d), 1);
    assert_string_equal(pgdp_dataset_table_name(d, 0), "Data");
    assert_shape(d, 3, 2);
    assert_string_equal(pgt_cell(f, "name", 0), "  shared"); /* leading blanks are a hierarchy */
    assert_string_equal(pgt_cell(f, "name", 1), "inline");
    assert_string_equal(pgt_cell(f, "name", 2), "TRUE");
    assert_close(pgt_real(f, "value", 0), 0.5748773, 0, 0);
    assert_close(pgt_real(f, "value", 1), 0.0015, 0, 0);
    assert_true(isnan(pgt_real(f, "value", 2)));
    pgdp_dataset_free(d);
}

static void cells_without_references_are_counted_and_sparse_ones_keep_their_place(void **state)
{
    pgdp_dataset *d =
        read_sheet(*state,
                   SHEET("<row><c t=\"str\"><v>a</v></c><c t=\"str\"><v>b</v></c><c t=\"str\"><v>c</v></c></row>"
                         "<row><c><v>1.25</v></c><c r=\"C2\"><v>3.75</v></c></row><row/><row><c s=\"0\"/></row>"),
                   NULL, NULL);
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_shape(d, 1, 3);
    assert_close(pgt_real(f, "a", 0), 1.25, 0, 0);
    assert_true(isnan(pgt_real(f, "b", 0)));
    assert_close(pgt_real(f, "c", 0), 3.75, 0, 0);
    pgdp_dataset_free(d);
}

static void numbers_in_date_styles_are_days_and_text_that_looks_like_numbers_is_text(void **state)
{
    pgdp_dataset *d = read_sheet(
        *state,
        SHEET("<row><c t=\"str\"><v>day</v></c><c t=\"str\"><v>custom</v></c><c t=\"str\"><v>code</v></c><c "
              "t=\"str\"><v>time</v></c></row>"
              "<row><c s=\"1\"><v>47907</v></c><c s=\"2\"><v>61</v></c><c t=\"str\"><v>01001</v></c><c "
              "s=\"3\"><v>0.25</v></c></row>"
              "<row><c s=\"1\"><v>47908.75</v></c><c s=\"2\"><v>59</v></c><c t=\"str\"><v>7</v></c><c "
              "s=\"3\"><v>1.5</v></c></row>"),
        NULL,
        "<numFmts><numFmt numFmtId=\"164\" formatCode=\"[$-409]d\\-mmm\\-yy;@\"/><numFmt numFmtId=\"165\" "
        "formatCode=\"[h]:mm:ss\"/>"
        "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/>"
        "<xf numFmtId=\"164\"/><xf numFmtId=\"165\"/></cellXfs>");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_string_equal(pgt_cell(f, "day", 0), "2031-02-28");
    assert_string_equal(pgt_cell(f, "day", 1), "2031-03-01");
    assert_string_equal(pgt_cell(f, "custom", 0), "1900-03-01");
    assert_string_equal(pgt_cell(f, "custom", 1), "1900-02-28");
    assert_string_equal(pgt_cell(f, "code", 0), "01001");
    assert_close(pgt_real(f, "time", 1), 1.5, 0, 0);
    pgdp_dataset_free(d);
}

static void text_that_is_a_period_is_one_when_the_whole_column_is(void **state)
{
    pgdp_dataset *d = read_sheet(
        *state,
        SHEET(
            "<row><c t=\"str\"><v>quarter</v></c><c t=\"str\"><v>day</v></c><c t=\"str\"><v>mixed</v></c></row>"
            "<row><c t=\"str\"><v>2031Q4</v></c><c t=\"str\"><v>1899-12-31</v></c><c t=\"str\"><v>2031Q4</v></c></row>"
            "<row><c t=\"str\"><v>2032Q1</v></c><c s=\"1\"><v>47907</v></c><c t=\"str\"><v>2031-05</v></c></row>"),
        NULL, "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs>");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_int_equal(pgdp_frame_column(f, 0)->frequency, PGDP_QUARTERLY);
    assert_string_equal(pgt_cell(f, "quarter", 1), "2032Q1");
    assert_int_equal(pgdp_frame_column(f, 1)->frequency, PGDP_DAILY);
    assert_string_equal(pgt_cell(f, "day", 0), "1899-12-31");
    assert_string_equal(pgt_cell(f, "day", 1), "2031-02-28");
    assert_int_equal(pgdp_frame_column(f, 2)->type, PGDP_TEXT);
    pgdp_dataset_free(d);
}

static void titles_header_and_footnotes_are_told_apart(void **state)
{
    pgdp_dataset *d = read_sheet(
        *state,
        SHEET("<row r=\"1\"><c r=\"A1\" t=\"str\"><v>Invented table</v></c></row>"
              "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>Occupation</v></c><c r=\"B2\"><v>2031</v></c></row>"
              "<row r=\"3\"><c r=\"B3\" t=\"str\"><v>Total\nemployed</v></c><c r=\"C3\" "
              "t=\"str\"><v>Percent</v></c></row>"
              "<row r=\"4\"><c r=\"C4\" t=\"str\"><v>Women</v></c><c r=\"D4\" t=\"str\"><v>Men</v></c><c r=\"E4\" "
              "t=\"str\"><v>Men</v></c></row>"
              "<row r=\"6\"><c r=\"A6\" t=\"str\"><v>Chiefs</v></c><c r=\"B6\"><v>280.1</v></c><c "
              "r=\"C6\"><v>46.8</v></c><c r=\"D6\" t=\"str\"><v>\xe2\x80\x93</v></c><c r=\"E6\"><v>1</v></c></row>"
              "<row r=\"7\"><c r=\"A7\" t=\"str\"><v>Clerks</v></c><c r=\"D7\"><v>53.2</v></c></row>"
              "<row r=\"8\"><c r=\"A8\" t=\"str\"><v>NOTE: invented.</v></c></row><row r=\"9\"><c r=\"A9\" "
              "t=\"str\"><v>April 8, 2031</v></c></row>"),
        NULL, NULL);
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_shape(d, 2, 5);
    assert_string_equal(pgt_cell(f, "Occupation", 1), "Clerks");
    assert_close(pgt_real(f, "Total employed", 0), 280.1, 0, 0);
    assert_true(isnan(pgt_real(f, "Men", 0))); /* an en dash is missing */
    assert_close(pgt_real(f, "Men (2)", 0), 1, 0, 0);
    assert_contains(pgdp_frame_note(f, "title"), "Invented table");
    assert_string_equal(pgdp_frame_note(f, "footnotes"), "NOTE: invented.\nApril 8, 2031");
    pgdp_dataset_free(d);
}

static void formulas_use_their_saved_value_and_are_noted_without_one(void **state)
{
    pgdp_dataset *d =
        read_sheet(*state,
                   SHEET(HEADER "<row><c t=\"str\"><f>1+1</f><v>x</v></c><c><f>2*3</f><v>6.5</v></c></row>"
                                "<row><c t=\"str\"><v>y</v></c><c><f>NOW()</f></c></row>"),
                   NULL, NULL);
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_close(pgt_real(f, "value", 0), 6.5, 0, 0);
    assert_true(isnan(pgt_real(f, "value", 1)));
    assert_contains(pgdp_frame_note(f, "formulas"), "1 cells hold formulas without saved values");
    pgdp_dataset_free(d);
}

static void escapes_are_decoded_and_other_namespaces_skipped(void **state)
{
    pgdp_dataset *d =
        read_sheet(*state,
                   "<x:worksheet xmlns:x=\"" MAIN_SPACE
                   "\" xmlns:o=\"urn:other\"><x:sheetData><x:row><x:c t=\"str\"><x:v>a_x000A_b</x:v></x:c>"
                   "<o:c><o:v>no</o:v><x:c><x:v>9</x:v></x:c></o:c><x:c t=\"str\"><x:v>_x00e9_</x:v></x:c></x:row>"
                   "<x:row><x:c><x:v>1.5</x:v></x:c></x:row></x:sheetData></x:worksheet>",
                   NULL, NULL);
    assert_shape(d, 1, 2);
    assert_close(pgt_real(pgdp_dataset_table(d, 0), "a b", 0), 1.5, 0, 0);
    pgdp_dataset_free(d);
}

static void text_in_a_number_names_sheet_row_and_column(void **state)
{
    assert_sheet_refused(*state, SHEET(HEADER "<row r=\"7\"><c r=\"B7\"><v>12,4</v></c></row>"),
                         "t.xlsx[Data]:7:2: found \"12,4\" in a cell of numbers");
}

static void broken_references_are_refused(void **state)
{
    assert_sheet_refused(*state, SHEET("<row r=\"2\"/><row r=\"1\"/>"), "rows are out of order");
    assert_sheet_refused(*state, SHEET("<row r=\"1048577\"/>"), "above 1,048,576");
    assert_sheet_refused(*state, SHEET("<row><c r=\"B1\"/><c r=\"A1\"/></row>"), "cells of a row are out of order");
    assert_sheet_refused(*state, SHEET("<row><c r=\"XFE1\"/></row>"), "beyond column 16,384");
    assert_sheet_refused(*state, SHEET("<row><c t=\"s\"><v>5</v></c></row>"), "a shared string that is not there");
    assert_sheet_refused(*state, SHEET("<c><v>5</v></c>"), "outside every row");
}

static void doctype_deep_nesting_and_bad_xml_are_refused(void **state)
{
    char deep[2048] = "<worksheet xmlns=\"" MAIN_SPACE "\">";
    for (int i = 0; i < 70; i++)
        strcat(deep, "<x>");
    assert_sheet_refused(*state, "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><worksheet/>", "found a DOCTYPE");
    assert_sheet_refused(*state, deep, "nest deeper than 64");
    assert_sheet_refused(*state, "<worksheet xmlns=\"" MAIN_SPACE "\"><sheetData>", "not well-formed XML");
    assert_sheet_refused(*state, "<worksheet xmlns=\"" MAIN_SPACE "\"></sheetData>", "sheet9.xml:1:");
}

static void a_part_that_unpacks_two_hundredfold_is_refused(void **state)
{
    const size_t n = 3u << 20;
    char *blanks = malloc(n);
    assert_non_null(blanks);
    memset(blanks, ' ', n);
    memcpy(blanks, SHEET(""), strlen(SHEET("")));
    pack p = { .method = 8 };
    pack_workbook(&p, SHEET(""), NULL, NULL);
    pack_bytes(&p, "xl/strings.xml", blanks, n);
    assert_pack_refused(*state, &p, "more than 200 times its size");
    free(blanks);
}

static void unsafe_or_equal_names_are_refused(void **state)
{
    static const char *const names[] = { "../evil.xml", "xl/../../evil.xml", "xl\\evil.xml", "/evil.xml", "xl/.." };
    for (size_t i = 0; i < 5; i++) {
        pack p = { .method = 8 };
        pack_workbook(&p, SHEET(HEADER), NULL, NULL);
        pack_text(&p, names[i], "x");
        assert_pack_refused(*state, &p, "unsafe name");
    }
    pack p = { .method = 8 };
    pack_text(&p, "..a/b..", "x\n1\n"); /* dots alone do no harm */
    pack_text(&p, "..a/b..", "x\n1\n");
    assert_pack_refused(*state, &p, "twice");
}

static void encrypted_parts_and_unknown_packing_are_refused(void **state)
{
    pack secret = { .flags = 1 };
    pack_workbook(&secret, SHEET(HEADER), NULL, NULL);
    assert_pack_refused(*state, &secret, "is encrypted");
    pack odd = { .method = 14 };
    pack_workbook(&odd, SHEET(HEADER), NULL, NULL);
    assert_pack_refused(*state, &odd, "packed by method 14");
}

static void a_workbook_cut_short_anywhere_is_refused(void **state)
{
    pack p = { .method = 8 };
    pack_workbook(&p, SHEET(HEADER), NULL, NULL);
    pack_end(&p);
    for (size_t n = 4; n < p.n; n += 61)
        assert_refused(*state, "t.xlsx", p.data, n, "t.xlsx: ");
    pack_free(&p);
}

static void a_flipped_byte_is_found_by_the_checksum(void **state)
{
    pack p = { .method = 0 };
    pack_workbook(&p, SHEET(HEADER "<row><c t=\"str\"><v>y</v></c><c><v>12345.5</v></c></row>"), NULL, NULL);
    pack_end(&p);
    for (size_t i = 0; i + 7 < p.n; i++)
        if (memcmp(p.data + i, "12345.5", 7) == 0) p.data[i + 4] = '6';
    assert_refused(*state, "t.xlsx", p.data, p.n, "cannot be unpacked");
    pack_free(&p);
}

static void archives_lead_to_their_only_file_and_to_no_other(void **state)
{
    pack inner = { .method = 8 };
    pack_workbook(&inner, SHEET(HEADER "<row><c t=\"str\"><v>y</v></c><c><v>2.5</v></c></row>"), NULL, NULL);
    pack_end(&inner);
    pack outer = { .method = 0 };
    pack_text(&outer, "oesm31nat/", "");
    pack_bytes(&outer, "oesm31nat/invented.xlsx", inner.data, inner.n);
    pack_text(&outer, "oesm31nat/read me.txt", "prose");
    pack_end(&outer);
    pgdp_dataset *d = read_pack(*state, &outer);
    assert_string_equal(pgdp_dataset_format(d), "xlsx");
    assert_close(pgt_real(pgdp_dataset_table(d, 0), "value", 0), 2.5, 0, 0);
    pgdp_dataset_free(d);
    pack two = { .method = 8 };
    pack_text(&two, "a.csv", "x,y\n1,2\n");
    pack_text(&two, "b.csv", "x,y\n1,2\n");
    assert_pack_refused(*state, &two, "holds several files");
    pack one = { .method = 8 };
    pack_text(&one, "a.csv", "x,y\n1,\"2\n");
    assert_pack_refused(*state, &one, "t.xlsx/a.csv:2: the quote that opens here");
    pack_free(&inner);
}

static void other_office_files_are_named(void **state)
{
    pack ods = { .method = 8 };
    pack_text(&ods, "mimetype", "application/vnd.oasis.opendocument.spreadsheet");
    pack_text(&ods, "content.xml", "<x/>");
    assert_pack_refused(*state, &ods, "OpenDocument");
    pack xlsb = { .method = 8 };
    pack_text(&xlsb, "[Content_Types].xml", "<Types/>");
    pack_text(&xlsb, "xl/workbook.bin", "x");
    assert_pack_refused(*state, &xlsb, ".xlsb");
    pack docx = { .method = 8 };
    pack_text(&docx, "[Content_Types].xml", "<Types/>");
    pack_text(&docx, "word/document.xml", "<x/>");
    assert_pack_refused(*state, &docx, "holds no workbook");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cells_of_every_type_are_read_and_hidden_sheets_are_not),
        TEST(cells_without_references_are_counted_and_sparse_ones_keep_their_place),
        TEST(numbers_in_date_styles_are_days_and_text_that_looks_like_numbers_is_text),
        TEST(text_that_is_a_period_is_one_when_the_whole_column_is),
        TEST(titles_header_and_footnotes_are_told_apart),
        TEST(formulas_use_their_saved_value_and_are_noted_without_one),
        TEST(escapes_are_decoded_and_other_namespaces_skipped),
        TEST(text_in_a_number_names_sheet_row_and_column),
        TEST(broken_references_are_refused),
        TEST(doctype_deep_nesting_and_bad_xml_are_refused),
        TEST(a_part_that_unpacks_two_hundredfold_is_refused),
        TEST(unsafe_or_equal_names_are_refused),
        TEST(encrypted_parts_and_unknown_packing_are_refused),
        TEST(a_workbook_cut_short_anywhere_is_refused),
        TEST(a_flipped_byte_is_found_by_the_checksum),
        TEST(archives_lead_to_their_only_file_and_to_no_other),
        TEST(other_office_files_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
