/* test_xls.c  Binary workbooks: a file that LibreOffice wrote beside its .xlsx, and records put together here.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

#include "ingest/xls.h"
#include "same_frame.h"

/* ---- a compound file with one stream of records ---- */

enum { SECTOR = 512, MOST = 1 << 16 };
typedef struct book {
    unsigned char stream[MOST], file[MOST + 4 * SECTOR];
    size_t n, n_file;
} book;

static void u16(unsigned char *p, unsigned value)
{
    p[0] = (unsigned char)value;
    p[1] = (unsigned char)(value >> 8);
}

static void u32(unsigned char *p, uint32_t value)
{
    u16(p, value & 0xFFFF);
    u16(p + 2, value >> 16);
}

static size_t record(book *b, unsigned id, const void *bytes, size_t n)
{
    const size_t at = b->n;
    u16(b->stream + at, id);
    u16(b->stream + at + 2, (unsigned)n);
    memcpy(b->stream + at + 4, bytes, n);
    b->n += 4 + n;
    return at;
}
#define RECORD(b, id, text) record(b, id, text, sizeof(text) - 1)

/* The stream, at least 4,096 bytes, behind a header, one table of sectors and one sector of the directory. */
static pgdp_bytes close_book(book *b, const char *name)
{
    const size_t size = b->n < 4096 ? 4096 : b->n, n_sectors = (size + SECTOR - 1) / SECTOR;
    unsigned char *header = b->file, *table = b->file + SECTOR, *directory = b->file + (size_t)2 * SECTOR;
    memset(b->file, 0, sizeof b->file);
    memcpy(header, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
    u16(header + 30, 9);
    u16(header + 32, 6);
    u32(header + 44, 1);
    u32(header + 48, 1);
    u32(header + 60, 0xFFFFFFFE);
    u32(header + 68, 0xFFFFFFFE);
    for (size_t i = 1; i < 109; i++)
        u32(header + 76 + 4 * i, 0xFFFFFFFF);
    memset(table, 0xFF, SECTOR);
    u32(table, 0xFFFFFFFD);
    u32(table + 4, 0xFFFFFFFE);
    for (size_t i = 0; i < n_sectors; i++)
        u32(table + 4 * (2 + i), i + 1 < n_sectors ? (uint32_t)(3 + i) : 0xFFFFFFFE);
    directory[66] = 5;
    for (size_t i = 0; name[i] != '\0'; i++)
        directory[128 + 2 * i] = (unsigned char)name[i];
    u16(directory + 128 + 64, 2 * (unsigned)(strlen(name) + 1));
    directory[128 + 66] = 2;
    u32(directory + 128 + 116, 2);
    u32(directory + 128 + 120, (uint32_t)size);
    memcpy(b->file + (size_t)3 * SECTOR, b->stream, b->n);
    b->n_file = (3 + n_sectors) * SECTOR;
    return (pgdp_bytes){ "book.xls", b->file, b->n_file };
}

#define BEGIN_8 "\x00\x06\x05\x00\x00\x00\x00\x00"
#define BEGIN_5 "\x00\x05\x05\x00\x00\x00\x00\x00"
#define SHEET_8                                                                                                        \
    "\x00\x00\x00\x00\x00\x00\x02\x00"                                                                                 \
    "S1"
#define SHEET_5                                                                                                        \
    "\x00\x00\x00\x00\x00\x00\x02"                                                                                     \
    "S1"

/* Globals with one sheet, whose records follow; the caller ends the sheet. */
static void begin_8(book *b)
{
    memset(b, 0, sizeof *b);
    RECORD(b, 0x809, BEGIN_8);
    RECORD(b, 0xE0, "\x00\x00\x00\x00"); /* style 0: general */
    RECORD(b, 0xE0, "\x00\x00\x0E\x00"); /* style 1: a date */
    const size_t sheet = RECORD(b, 0x85, SHEET_8);
    RECORD(b, 0x0A, "");
    u32(b->stream + sheet + 4, (uint32_t)b->n);
    RECORD(b, 0x809, BEGIN_8);
}

static void label_8(book *b, unsigned row, unsigned column, const char *text)
{
    unsigned char bytes[64] = { 0 };
    u16(bytes, row);
    u16(bytes + 2, column);
    u16(bytes + 6, (unsigned)strlen(text));
    memcpy(bytes + 9, text, strlen(text));
    record(b, 0x204, bytes, 9 + strlen(text));
}

static pgdp_dataset *read_book(pgdp_ctx *ctx, const pgdp_bytes *in)
{
    pgdp_dataset *d = NULL;
    assert_ok(ctx, pgdp_ingest(ctx, NULL, in, &d));
    assert_string_equal(pgdp_dataset_format(d), "xlsx");
    return d;
}

/* ---- */

static void both_kinds_of_one_workbook_give_one_answer(void **state)
{
    pgdp_dataset *old = pgt_ingest_file(*state, "xlsx", FIXTURES "invented.xls");
    pgdp_dataset *new = pgt_ingest_file(*state, "xlsx", FIXTURES "invented.xlsx");
    assert_int_equal(pgdp_dataset_n_tables(old), 2); /* the hidden one is none */
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(pgdp_dataset_table_name(old, i), pgdp_dataset_table_name(new, i));
        assert_null(frame_difference(pgdp_dataset_table(old, i), pgdp_dataset_table(new, i)));
    }
    const pgdp_frame *f = pgdp_dataset_table(old, 0);
    assert_string_equal(pgt_cell(f, "day", 0), "2031-02-28");
    assert_string_equal(pgt_cell(f, "joined", 0), "\xc3\x9cn\xc3\xaf"
                                                  "code \xe2\x80\x93 \xe6\x97\xa5\xe6\x9c\xac!");
    assert_close(pgt_real(f, "sum", 0), 2469.1356, 0, 0);
    assert_true(isnan(pgt_real(f, "sum", 1))); /* #DIV/0! */
    pgdp_dataset_free(old);
    pgdp_dataset_free(new);
}

static void every_kind_of_cell_is_read(void **state)
{
    static book b;
    begin_8(&b);
    RECORD(&b, 0x203,
           "\x02\x00\x00\x00\x00\x00"
           "\x00\x00\x00\x00\x00\x00\xF8\x3F"); /* a row too early: 1.5 */
    label_8(&b, 0, 0, "a");
    label_8(&b, 0, 1, "b");
    label_8(&b, 0, 2, "c");
    label_8(&b, 0, 3, "d");
    RECORD(&b, 0x27E,
           "\x01\x00\x00\x00\x00\x00"
           "\x05\x00\x00\x00"); /* upper bits of 0, by 100 */
    RECORD(&b, 0x27E,
           "\x01\x00\x00\x00\x00\x00"
           "\x1F\x00\x00\x00"); /* 7 by 100: the later one counts */
    RECORD(&b, 0xBD,
           "\x01\x00\x01\x00"
           "\x00\x00\x02\x01\x00\x00"
           "\x01\x00\x82\x84\x02\x00"
           "\x02\x00");
    RECORD(&b, 0x205, "\x01\x00\x03\x00\x00\x00\x01\x00"); /* true */
    RECORD(&b, 0x205, "\x02\x00\x01\x00\x00\x00\x2A\x01"); /* #N/A */
    RECORD(&b, 0x06,
           "\x02\x00\x03\x00\x00\x00"
           "\x00\x00\x00\x00\x00\x00\xFF\xFF"
           "\x00\x00");
    RECORD(&b, 0x207,
           "\x02\x00\x00"
           "ok");
    RECORD(&b, 0x809, BEGIN_8); /* a chart inside the sheet */
    label_8(&b, 5, 0, "chart");
    RECORD(&b, 0x0A, "");
    RECORD(&b, 0x0A, "");
    const pgdp_bytes in = close_book(&b, "Workbook");
    pgdp_dataset *d = read_book(*state, &in);
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_shape(d, 2, 4);
    assert_close(pgt_real(f, "a", 0), 0.07, 0, 0);
    assert_close(pgt_real(f, "a", 1), 1.5, 0, 0);
    assert_close(pgt_real(f, "b", 0), 64, 0, 0);
    assert_true(isnan(pgt_real(f, "b", 1)));
    assert_string_equal(pgt_cell(f, "c", 0), "2012-12-05");
    assert_string_equal(pgt_cell(f, "d", 0), "TRUE");
    assert_string_equal(pgt_cell(f, "d", 1), "ok");
    pgdp_dataset_free(d);
}

static void texts_run_on_in_the_next_record_with_a_width_of_their_own(void **state)
{
    static book b;
    memset(&b, 0, sizeof b);
    RECORD(&b, 0x809, BEGIN_8);
    const size_t sheet = RECORD(&b, 0x85, SHEET_8);
    RECORD(&b, 0xFC,
           "\x03\x00\x00\x00\x03\x00\x00\x00"
           "\x04\x00\x00"
           "ab");
    RECORD(&b, 0x3C,
           "\x01"
           "c\x00"
           "\x3D\xD8"
           "\x06\x00\x08\x01\x00"
           "r\xE4"
           "ch x"
           "\x00\x00\x00\x00"
           "\x01\x00\x00"
           "y");
    RECORD(&b, 0x0A, "");
    u32(b.stream + sheet + 4, (uint32_t)b.n);
    RECORD(&b, 0x809, BEGIN_8);
    label_8(&b, 0, 0, "t");
    label_8(&b, 0, 1, "u");
    RECORD(&b, 0xFD,
           "\x01\x00\x00\x00\x00\x00"
           "\x01\x00\x00\x00");
    RECORD(&b, 0xFD,
           "\x01\x00\x01\x00\x00\x00"
           "\x02\x00\x00\x00");
    RECORD(&b, 0x0A, "");
    pgdp_bytes in = close_book(&b, "Workbook");
    pgdp_dataset *d = read_book(*state, &in);
    assert_string_equal(pgt_cell(pgdp_dataset_table(d, 0), "t", 0), "r\xc3\xa4"
                                                                    "ch x");
    assert_string_equal(pgt_cell(pgdp_dataset_table(d, 0), "u", 0), "y");
    pgdp_dataset_free(d);
    b.file[3 * SECTOR + sheet + 14 + 4 + 4] = 9; /* a table that claims more texts than it has */
    in = (pgdp_bytes){ "book.xls", b.file, b.n_file };
    assert_refused(*state, "book.xls", in.data, in.n, "its table of texts is cut short");
}

static void a_workbook_of_excel_5_has_bytes_for_texts(void **state)
{
    static book b;
    memset(&b, 0, sizeof b);
    RECORD(&b, 0x809, BEGIN_5);
    const size_t sheet = RECORD(&b, 0x85, SHEET_5);
    RECORD(&b, 0x0A, "");
    u32(b.stream + sheet + 4, (uint32_t)b.n);
    RECORD(&b, 0x809, BEGIN_5);
    RECORD(&b, 0x204,
           "\x00\x00\x00\x00\x00\x00"
           "\x05\x00"
           "pr\x80x\xE4");
    RECORD(&b, 0x203,
           "\x01\x00\x00\x00\x00\x00"
           "\x00\x00\x00\x00\x00\x00\xF8\x3F");
    RECORD(&b, 0x0A, "");
    const pgdp_bytes in = close_book(&b, "Book");
    pgdp_dataset *d = read_book(*state, &in);
    assert_close(pgt_real(pgdp_dataset_table(d, 0), "pr\xe2\x82\xacx\xc3\xa4", 0), 1.5, 0, 0);
    pgdp_dataset_free(d);
}

static void broken_books_are_refused_in_a_sentence(void **state)
{
    static book b;
    begin_8(&b);
    label_8(&b, 0, 0, "a");
    pgdp_bytes in = close_book(&b, "Workbook");
    assert_refused(*state, "book.xls", in.data, in.n, "a sheet is cut short"); /* no END */
    begin_8(&b);
    RECORD(&b, 0xFD,
           "\x01\x00\x00\x00\x00\x00"
           "\x01\x00\x00\x00");
    RECORD(&b, 0x0A, "");
    in = close_book(&b, "Workbook");
    assert_refused(*state, "book.xls", in.data, in.n, "a text that is not there");
    in = close_book(&b, "WordDocument");
    assert_refused(*state, "letter.doc", in.data, in.n, "holds no workbook");
    in = close_book(&b, "Workbook");
    u32(b.file + SECTOR + 4 * 3, 2); /* a ring of sectors */
    assert_refused(*state, "book.xls", in.data, in.n, "leaves the file, or never ends");
    in = close_book(&b, "Workbook");
    for (size_t n = 8; n < in.n; n += 100) { /* cut anywhere */
        pgdp_dataset *d = NULL;
        const pgdp_bytes cut = { "book.xls", in.data, n };
        assert_status(*state, pgdp_ingest(*state, NULL, &cut, &d), PGDP_PARSE);
    }
    memset(&b, 0, sizeof b);
    RECORD(&b, 0x809, BEGIN_8);
    RECORD(&b, 0x2F, "\x00\x00");
    RECORD(&b, 0x0A, "");
    in = close_book(&b, "Workbook");
    assert_refused(*state, "book.xls", in.data, in.n, "protected by a password");
}

static void sheets_that_share_their_records_are_no_bomb(void **state)
{
    static book b;
    memset(&b, 0, sizeof b);
    size_t sheets[40];
    RECORD(&b, 0x809, BEGIN_8);
    for (size_t i = 0; i < 40; i++)
        sheets[i] = RECORD(&b, 0x85, SHEET_8);
    RECORD(&b, 0x0A, "");
    for (size_t i = 0; i < 40; i++)
        u32(b.stream + sheets[i] + 4, (uint32_t)b.n);
    RECORD(&b, 0x809, BEGIN_8);
    for (unsigned i = 0; i < 1000; i++)
        label_8(&b, i, 0, "many");
    RECORD(&b, 0x0A, "");
    const pgdp_bytes in = close_book(&b, "Workbook");
    assert_refused(*state, "book.xls", in.data, in.n, "lie over one another");
}

static void every_allocation_may_fail(void **state)
{
    static const char *const files[] = { "invented.xls" };
    (void)state;
    pgt_ingest_files_without_memory(FIXTURES, files, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(both_kinds_of_one_workbook_give_one_answer),
        TEST(every_kind_of_cell_is_read),
        TEST(texts_run_on_in_the_next_record_with_a_width_of_their_own),
        TEST(a_workbook_of_excel_5_has_bytes_for_texts),
        TEST(broken_books_are_refused_in_a_sentence),
        TEST(sheets_that_share_their_records_are_no_bomb),
        TEST(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
