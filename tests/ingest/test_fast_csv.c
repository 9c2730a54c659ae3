/* test_fast_csv.c  The fast reader gives the careful reader's frame, or leaves the text to it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/fast_csv.h"

#include <dirent.h>
#include <stdio.h>

#include "core/random.h"
#include "core/text.h"
#include "ingest/bytes.h"
#include "ingest/load.h"
#include "tests/ingest/same_frame.h"

static const size_t chunks[] = { 1, 7, 64, 1000, 0 };

static pgdp_status read_carefully(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_frame *out)
{
    pg_csv_dialect dialect;
    pg_rules rules;
    pg_grid grid;
    pg_csv_manner(in, &dialect, &rules);
    PG_TRY(pg_csv_read(ctx, in, &dialect, &grid));
    if (grid.n_rows == 0 || grid.rows[0].n == 0) return pg_fail(ctx, PGDP_PARSE, "no header");
    return pg_table_fill(ctx, &grid, (pg_span){ 0, 1, grid.n_rows }, &rules, out);
}

static pgdp_frame *read_fast(pgdp_ctx *ctx, const pgdp_bytes *in, size_t chunk)
{
    pg_rules rules;
    pg_fast_csv fast = { .in = in, .rules = &rules, .chunk = chunk };
    pgdp_frame *frame = NULL;
    pg_csv_manner(in, &fast.dialect, &rules);
    assert_ok(ctx, pg_fast_csv_read(ctx, &fast, &frame));
    return frame;
}

/* Both ways over one text. @return whether the fast one took it at the last size of chunks */
static bool compare(pgdp_ctx *ctx, const char *label, const void *bytes, size_t n)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const char *note;
    pgdp_bytes in = { label, bytes, n };
    pgdp_frame *careful, *fast = NULL;
    bool taken = false;
    assert_ok(ctx, pgdp_frame_new(ctx, &careful));
    assert_ok(ctx, pg_bytes_as_text(ctx, &in, NULL, &in, &note));
    const pgdp_status status = read_carefully(ctx, &in, careful);
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
        if (chunks[i] > 0 && n / chunks[i] > 2000) continue;   /* the many small chunks of a large file take long */
        pgdp_ctx_set_threads(ctx, n % 8 == 0 ? i % 4 + 1 : 1); /* threads take long to start */
        fast = read_fast(ctx, &in, chunks[i]);
        taken = fast != NULL;
        if (!taken) continue;
        const char *difference = status != PGDP_OK ? "an error of the careful reader" : frame_difference(careful, fast);
        if (difference != NULL)
            fail_msg("%s, chunks of %zu: they differ in %s\n%.*s", label, chunks[i], difference, n < 400 ? (int)n : 400,
                     (const char *)bytes);
        pgdp_frame_free(fast);
    }
    pgdp_frame_free(careful);
    pg_arena_rewind(&ctx->scratch, mark);
    return taken;
}

static void plain_texts_are_taken(void **state)
{
    static const char *const texts[] = {
        "a,b\n1,2\n3,4\n",
        "a,b\r\n1,2\r\n\r\n3,4\r\n",
        "\xef\xbb\xbf"
        "a;b\n1;x\n2;y",
        "a\tb\n 1 \t two words \n,\t\nNA\t.\n",
        "\n \nname,v\nx,1\n\n  \n,,\ny,2\n,\n",
        "d,v\n2031-01-01,1\n2031-04-01,2\n2031-07-01,3\n",
        "d,v\n2031Q1,1\n2031Q2,2\n",
        "d\n2031-01\n2031Q1\n",
        "d\n2031-01\n5\n",
        "code,v\n5400,1\n0440,2\nx,3\n",
        "v,w\n1,1\n2,2\nthree,3\n4,four\n5,5\n",
        "v\nNA\nNA\n",
        "v,w\n,\n,\nx,\n",
        "q,r\n\"a, b\",\"say \"\"hi\"\"\"\n\"two\nlines\",2\n\"  x \",  \"y\"  \n",
        "n\n\"1,234\"\n\"12,345,678.5\"\n",
        "n\n-0\n-0.0\n1e5\n1E-05\n.5\n5.\n+7\n00.5\n-007\n1e400\n1e-400\n123456789012345678901234567890\n",
        "n\n0.1234567890123456789\n0.00000000000000000000012345678901234567\n9007199254740993\n18446744073709551615\n",
        "a,b,c\n1\n1,2\n1,2,3\n1,2,3,\n1,2,3,  ,\n",
        "a,b,,\n1,2,,\n",
        "a\n\xc2\xa0\n\xc2\xa0x\n\xe2\x82\xac 5\n",
        "x: ,  y  z\n1,2\n",
        "a;b;c\n1,5;NA;12345678901234567890123456789012345678,25\n,25;-1.234,5;x\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!compare(*state, "plain.csv", texts[i], strlen(texts[i]))) fail_msg("not taken: %s", texts[i]);
}

static void odd_texts_are_left_to_the_careful_reader(void **state)
{
    static const char *const texts[] = {
        "",
        "\n",
        ",\n",
        "a,a\n1,2\n",
        "a,b\n1,2,3\n",
        "a\nx\"y\n",
        "a\n\"x\"y\n",
        "a\n\"x\n",
        "a\r1\r2\r",
        "a,b\n1,2\r3,4\n",
        "a,b\n\"\",\"\"\n",
        "\"\",\n1,2\n",
        "a,b\n1,\"2\" \"\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (compare(*state, "odd.csv", texts[i], strlen(texts[i]))) fail_msg("taken: %s", texts[i]);
    assert_false(compare(*state, "nul.csv", "a\n1\0\n2\n", 8));
}

/* Tokens that readers stumble over, strung together. */
static size_t random_text(pg_random *r, char *text, size_t size)
{
    static const char *const tokens[] = { ",",
                                          ",",
                                          ",",
                                          ",",
                                          ",",
                                          "\n",
                                          "\n",
                                          "\n",
                                          "\r\n",
                                          "1",
                                          "22.5",
                                          "-3",
                                          "x",
                                          "abc d",
                                          "NA",
                                          ".",
                                          "0440",
                                          "2031Q1",
                                          "2031-02",
                                          "2031",
                                          "\"q\"",
                                          "\"a,b\"",
                                          "\"\"",
                                          "\"",
                                          " ",
                                          "\t",
                                          "\xc2\xa0",
                                          "\"1,234\"",
                                          "1,5",
                                          "\"2,5\"",
                                          "1e3",
                                          "2031-02-28",
                                          "2/3/2031",
                                          "2/28/2031",
                                          "28/2/2031",
                                          "0",
                                          "00",
                                          "n/a",
                                          "\"u\"\"v\"",
                                          "\r",
                                          "\"l\nm\"",
                                          "7",
                                          "8.25",
                                          "9",
                                          "-",
                                          "\xe2\x82\xac",
                                          "1234567890123456789",
                                          "0.30000000000000004" };
    const size_t n_tokens = sizeof tokens / sizeof *tokens;
    const bool wild = pg_random_index(r, 3) == 0; /* else a delimiter or a line end after every cell */
    size_t n = 0;
    const char *header = pg_random_index(r, 4) == 0 ? "a;b;c\n" : "a,b,c,d\n";
    if (pg_random_index(r, 12) != 0) n = strlen(strcpy(text, header));
    for (size_t k = pg_random_index(r, 120), n_cells = 0; k > 0 && n + 30 < size; k--) {
        n += strlen(strcpy(text + n, tokens[wild ? pg_random_index(r, n_tokens) : 10 + pg_random_index(r, 13)]));
        if (!wild) n += strlen(strcpy(text + n, n_cells++ % 3 == 2 || pg_random_index(r, 9) == 0 ? "\n" : ","));
    }
    return n;
}

static void random_texts_give_the_same_frame(void **state)
{
    char text[4096];
    size_t n_taken = 0;
    for (uint64_t i = 0; i < 1500; i++) {
        pg_random r = pg_random_stream(i, "text", 0);
        n_taken += compare(*state, "random.csv", text, random_text(&r, text, sizeof text));
    }
    assert_true(n_taken > 150);
}

/* Regular rows in which one cell late in the file changes the type of its column. */
static size_t regular_text(pg_random *r, char *text, size_t size)
{
    static const char *const odd[] = { "1", "x",        "NA", "0440", "2031Q2",   "2031-05", "\"1,000\"",
                                       "",  "\"a\nb\"", "-",  "2e2",  "2/3/2031", "nan" };
    const size_t n_rows = 20 + pg_random_index(r, 60);
    size_t n = strlen(strcpy(text, "number,period,text,empty\n"));
    for (size_t i = 0; i < n_rows && n + 120 < size; i++) {
        char cells[4][40] = { "", "", "", "" };
        snprintf(cells[0], 40, "%.*g", (int)pg_random_index(r, 17) + 1, pg_random_uniform(r) * 1e3);
        snprintf(cells[1], 40, "20%02zuQ%zu", 10 + i / 4, i % 4 + 1);
        snprintf(cells[2], 40, "level %zu", pg_random_index(r, 9));
        if (pg_random_index(r, n_rows) < 2)
            snprintf(cells[pg_random_index(r, 4)], 40, "%s", odd[pg_random_index(r, 13)]);
        n += (size_t)snprintf(text + n, size - n, "%s,%s,%s,%s%s", cells[0], cells[1], cells[2], cells[3],
                              pg_random_index(r, 9) == 0 ? "\r\n" : "\n");
    }
    return n;
}

static void late_changes_of_type_give_the_same_frame(void **state)
{
    char text[16384];
    size_t n_taken = 0;
    for (uint64_t i = 0; i < 500; i++) {
        pg_random r = pg_random_stream(i, "regular", 0);
        n_taken += compare(*state, "regular.csv", text, regular_text(&r, text, sizeof text));
    }
    assert_true(n_taken > 400);
}

/* Dates with slashes: the order of day and month is told by the file, whichever reader reads it. */
static void the_order_of_dates_is_the_same(void **state)
{
    char text[16384];
    for (uint64_t i = 0; i < 200; i++) {
        pg_random r = pg_random_stream(i, "slashes", 0);
        const size_t late = pg_random_index(&r, 60);
        size_t n = strlen(strcpy(text, "a,b,c\n"));
        for (size_t k = 0; k < 40; k++) {
            const size_t day = k == late ? 13 + pg_random_index(&r, 15) : 1 + pg_random_index(&r, 12),
                         month = k % 12 + 1;
            n += (size_t)snprintf(text + n, sizeof text - n, "%zu/%zu/2031,%zu/%zu/2031,%zu\n", day, month, month, day,
                                  k);
        }
        (void)compare(*state, "slashes.csv", text, n);
    }
}

static void numbers_are_exact(void **state)
{
    enum { MANY = 4000 };
    pgdp_ctx *ctx = *state;
    static char text[MANY * 60];
    static double want[MANY];
    size_t n = strlen(strcpy(text, "x\n"));
    pg_random r = pg_random_stream(1, "numbers", 0);
    for (size_t i = 0; i < MANY; i++) {
        const double scale[] = { 1, 1e-3, 1e-8, 1e5, 1e12, 1e20, 1e-20, 1e-200 };
        char number[60];
        snprintf(number, sizeof number, i % 3 == 0 ? "%.*f" : "%.*e", (int)pg_random_index(&r, 20),
                 (pg_random_uniform(&r) - 0.5) * scale[pg_random_index(&r, 8)]);
        want[i] = strtod(number, NULL);
        n += (size_t)snprintf(text + n, sizeof text - n, "%s\n", number);
    }
    const pgdp_bytes in = { "x.csv", (const unsigned char *)text, n };
    pgdp_frame *frame = read_fast(ctx, &in, 0);
    assert_non_null(frame);
    assert_memory_equal(pgdp_frame_reals(frame, 0), want, sizeof want);
    pgdp_frame_free(frame);
}

/* Halfway between two doubles, just above and just below. */
static void halfway_numbers_are_rounded_to_even(void **state)
{
    enum { MANY = 3000 };
    pgdp_ctx *ctx = *state;
    static char text[MANY * 40];
    static double want[MANY];
    size_t n = strlen(strcpy(text, "x\n"));
    pg_random r = pg_random_stream(2, "halfway", 0);
    for (size_t i = 0; i < MANY; i++) {
        const unsigned k = 1 + (unsigned)pg_random_index(&r, 10);
        const uint64_t mantissa = ((uint64_t)1 << 52) + pg_random_index(&r, (size_t)1 << 52);
        const uint64_t value = (mantissa << k) + ((uint64_t)1 << (k - 1)) + i % 3 - 1;
        char number[40];
        if (i % 4 == 0)
            snprintf(number, sizeof number, "%llu.5", (unsigned long long)mantissa);
        else
            snprintf(number, sizeof number, "%llu%s", (unsigned long long)value, i % 4 == 1 ? "e-9" : "");
        want[i] = strtod(number, NULL);
        n += (size_t)snprintf(text + n, sizeof text - n, "%s\n", number);
    }
    const pgdp_bytes in = { "x.csv", (const unsigned char *)text, n };
    pgdp_frame *frame = read_fast(ctx, &in, 0);
    assert_non_null(frame);
    assert_memory_equal(pgdp_frame_reals(frame, 0), want, sizeof want);
    pgdp_frame_free(frame);
}

static void only_columns_wanted_are_kept(void **state)
{
    pgdp_ctx *ctx = *state;
    const char *text = "a,b,c,d\n1,x,\"q, r\",2\n,y,,\n,,z,\n5,w,,6\n";
    const char *const wanted[] = { "d", "b", "zz" };
    const pgdp_bytes in = { "x.csv", (const unsigned char *)text, strlen(text) };
    const pg_csv_dialect dialect = { .delimiter = ',', .quote = '"' };
    const pg_rules rules = { .missing = pg_missing_csv, .text_holds_numbers = true, .grouped = true };
    const pg_fast_csv fast = { .in = &in, .dialect = dialect, .rules = &rules, .columns = wanted, .n_columns = 3 };
    pgdp_frame *all = read_fast(ctx, &in, 0), *part;
    assert_ok(ctx, pg_fast_csv_read(ctx, &fast, &part));
    assert_int_equal(pgdp_frame_n_columns(part), 2);
    assert_int_equal(pgdp_frame_n_rows(part), 4);
    assert_true(same_column(all, part, 1, 0) && same_column(all, part, 3, 1));
    pgdp_frame_free(all);
    pgdp_frame_free(part);
}

static size_t compare_folder(pgdp_ctx *ctx, const char *folder)
{
    size_t n_files = 0;
    DIR *directory = opendir(folder);
    if (directory == NULL) return 0;
    for (const struct dirent *e; (e = readdir(directory)) != NULL;) {
        char path[1024];
        if (e->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        n_files += compare_folder(ctx, path);
        if (!pg_ends_with(path, ".csv") && !pg_ends_with(path, ".tsv") && !pg_ends_with(path, ".txt")) continue;
        size_t n;
        char *bytes = pgt_read_file(path, &n);
        if (n < 1500000) (void)compare(ctx, path, bytes, n);
        free(bytes);
        n_files++;
    }
    closedir(directory);
    return n_files;
}

static void files_give_the_same_frame(void **state)
{
    assert_true(compare_folder(*state, "tests/fixtures") > 5);
    assert_true(compare_folder(*state, "data") > 5);
}

static void shared_files_give_the_same_frame(void **state)
{
    const char *path = pgt_shared_path("data");
    if (path == NULL) skip();
    char folder[1024];
    snprintf(folder, sizeof folder, "%s", path);
    (void)compare_folder(*state, folder);
}

static pgdp_status read_small(pgdp_ctx *ctx, void *user)
{
    const char *text = "a,b\n1,x\n2,y\n\"three\",\"z\"\"z\"\n2031Q1,w";
    const pgdp_bytes in = { "x.csv", (const unsigned char *)text, strlen(text) };
    const pg_rules rules = { .missing = pg_missing_csv, .text_holds_numbers = true, .grouped = true };
    const pg_fast_csv fast = { .in = &in, .dialect = { .delimiter = ',', .quote = '"' }, .rules = &rules, .chunk = 9 };
    pgdp_frame *frame = NULL;
    (void)user;
    PG_TRY(pg_fast_csv_read(ctx, &fast, &frame));
    const bool there = frame != NULL;
    pgdp_frame_free(frame);
    return there ? PGDP_OK : pg_fail(ctx, PGDP_PARSE, "not taken");
}

static void memory_may_run_out_anywhere(void **state)
{
    (void)state;
    assert_true(pgt_fail_every_allocation(read_small, NULL) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(plain_texts_are_taken),
        TEST(odd_texts_are_left_to_the_careful_reader),
        TEST(random_texts_give_the_same_frame),
        TEST(late_changes_of_type_give_the_same_frame),
        TEST(the_order_of_dates_is_the_same),
        TEST(numbers_are_exact),
        TEST(halfway_numbers_are_rounded_to_even),
        TEST(only_columns_wanted_are_kept),
        TEST(files_give_the_same_frame),
        TEST(shared_files_give_the_same_frame),
        TEST(memory_may_run_out_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
