/* test_load.c  One table of a file: the columns wanted, packed files, the cache, and conversion piece by piece.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/columnar.h"
#include "core/random.h"
#include "tests/ingest/same_frame.h"

#include <stdio.h>

enum { ROWS = 60000 };

/* A text large enough for the fast reader, and to be mapped. @param late  a cell far down that changes a type */
static size_t make_text(char *text, const char *late)
{
    pg_random r = pg_random_stream(3, "load", 0);
    size_t n = (size_t)sprintf(text, "date,x,state,id,when\n");
    for (size_t i = 0; i < ROWS; i++)
        n += (size_t)sprintf(text + n, "%zu-%02zu-01,%s%.6g,\"st %zu\",i%zu,2031-01-%02zu\n", 1990 + i % 40, i % 12 + 1,
                             i == ROWS - 5 ? late : "", pg_random_uniform(&r), pg_random_index(&r, 50), i / 3,
                             1 + i % 28);
    return n;
}

static char *text_of(const char *late, size_t *n)
{
    char *text = malloc(ROWS * 80);
    assert_non_null(text);
    *n = make_text(text, late);
    return text;
}

static pgdp_frame *load(pgdp_ctx *ctx, const char *path, const pgdp_load *how)
{
    pgdp_frame *frame = NULL;
    assert_ok(ctx, pgdp_load_table(ctx, path, how, &frame));
    assert_non_null(frame);
    return frame;
}

static void only_columns_wanted_are_loaded(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    const char *path = pgt_path(folder, "t.csv"), *const wanted[] = { "state", "x", "log" };
    size_t n;
    char *text = text_of("", &n);
    pgt_write_file(path, text, n);
    pgdp_frame *all = load(ctx, path, NULL);
    assert_int_equal(pgdp_frame_n_rows(all), ROWS);
    assert_true(pgdp_frame_column(all, 0)->frequency == PGDP_MONTHLY);
    pgdp_frame *part = load(ctx, path, &(pgdp_load){ .columns = wanted, .n_columns = 3 });
    assert_int_equal(pgdp_frame_n_columns(part), 2);
    assert_true(same_column(all, part, 1, 0) && same_column(all, part, 2, 1));
    pgdp_frame_free(part);
    pgdp_frame_free(all);
    free(text);
    pgt_remove_folder(folder);
}

static void a_cached_table_is_the_table(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    char path[512], cache[512];
    snprintf(path, sizeof path, "%s/t.csv", folder);
    snprintf(cache, sizeof cache, "%s/cache/deep", folder);
    size_t n;
    char *text = text_of("odd", &n);
    pgt_write_file(path, text, n);
    const pgdp_load how = { .cache = cache };
    pgdp_frame *plain = load(ctx, path, NULL), *first = load(ctx, path, &how), *second = load(ctx, path, &how);
    assert_null(frame_difference(plain, first));
    assert_null(frame_difference(plain, second));
    assert_int_equal(pgt_count_entries(cache), 1);
    text[n - 2] = '9'; /* another day */
    pgt_write_file(path, text, n);
    pgdp_frame *changed = load(ctx, path, &how);
    assert_non_null(frame_difference(plain, changed));
    assert_int_equal(pgt_count_entries(cache), 2);
    pgdp_frame_free(plain);
    pgdp_frame_free(first);
    pgdp_frame_free(second);
    pgdp_frame_free(changed);
    free(text);
    pgt_remove_folder(folder);
}

static void damaged_entries_are_written_anew(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    char path[512], cache[512], command[1200];
    snprintf(path, sizeof path, "%s/t.csv", folder);
    snprintf(cache, sizeof cache, "%s/cache", folder);
    pgt_write_file(path, "a,b\n1,x\n2,y\n", 12);
    const pgdp_load how = { .cache = cache };
    pgdp_frame *plain = load(ctx, path, &how);
    snprintf(command, sizeof command,
             "for f in %s/*.pgdp; do printf zzzz | dd of=$f bs=1 seek=20 conv=notrunc 2>/dev/null; done", cache);
    assert_int_equal(system(command), 0);
    for (int i = 0; i < 2; i++) {
        pgdp_frame *again = load(ctx, path, &how);
        assert_null(frame_difference(plain, again));
        pgdp_frame_free(again);
    }
    pgdp_frame_free(plain);
    pgt_remove_folder(folder);
}

static void check_conversion(pgdp_ctx *ctx, const char *from, const char *folder, const pgdp_frame *want)
{
    char to[512];
    snprintf(to, sizeof to, "%s/out.pgdp", folder);
    assert_ok(ctx, pgdp_convert(ctx, from, NULL, to));
    pgdp_frame *back = load(ctx, to, NULL);
    const char *difference = frame_difference(want, back);
    if (difference != NULL) fail_msg("%s: %s differs", from, difference);
    pgdp_frame_free(back);
}

static void a_converted_table_is_the_table(void **state)
{
    static const char *const late[] = { "", "odd", "0", "2031Q1 " };
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    char path[512];
    snprintf(path, sizeof path, "%s/t.csv", folder);
    for (size_t i = 0; i < sizeof late / sizeof *late; i++) {
        size_t n;
        char *text = text_of(late[i], &n);
        pgt_write_file(path, text, n - i % 2); /* with and without the last line end */
        pgdp_frame *want = load(ctx, path, NULL);
        check_conversion(ctx, path, folder, want);
        pgdp_frame_free(want);
        free(text);
    }
    pgt_remove_folder(folder);
}

static void small_and_strange_texts_are_converted_too(void **state)
{
    static const char *const texts[] = { "a\n",
                                         "a,b\n1,NA\n",
                                         "a;b\n1;x",
                                         "\xef\xbb\xbf"
                                         "a,b\n1,2\n",
                                         "d\n2031-01-01\n2032-01-01\n",
                                         "a,b\n\"\",\"\"\n1,2\n",
                                         "a\n\xe9t\xe9\n",
                                         "a,b\r1,2\r" };
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    char path[512];
    snprintf(path, sizeof path, "%s/t.csv", folder);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        pgt_write_file(path, texts[i], strlen(texts[i]));
        pgdp_frame *want = load(ctx, path, NULL);
        check_conversion(ctx, path, folder, want);
        pgdp_frame_free(want);
    }
    pgt_remove_folder(folder);
}

static void pack(const char *command, const char *folder)
{
    char line[1200];
    snprintf(line, sizeof line, "cd %s && %s", folder, command);
    assert_int_equal(system(line), 0);
}

static void packed_files_are_read_and_streamed(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    char path[512];
    size_t n;
    char *text = text_of("odd", &n);
    pgt_write_file(pgt_path(folder, "t.csv"), text, n);
    snprintf(path, sizeof path, "%s/t.csv", folder);
    pgdp_frame *want = load(ctx, path, NULL);
    pack("gzip -k t.csv && cp t.csv.gz whole.gz && head -c 1000 t.csv >a && tail -c +1001 t.csv >b && gzip a b && "
         "cat a.gz b.gz >two.csv.gz",
         folder);
    static const char *const packed[] = { "t.csv.gz", "two.csv.gz" };
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, packed[i]);
        pgdp_frame *got = load(ctx, path, NULL);
        assert_int_equal(pgdp_frame_n_rows(got), ROWS);
        assert_true(same_column(want, got, 3, 3) && same_column(want, got, 1, 1));
        check_conversion(ctx, path, folder, got);
        pgdp_frame_free(got);
    }
    pgdp_frame_free(want);
    free(text);
    pgt_remove_folder(folder);
}

static void a_table_is_chosen_by_its_name(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    pgdp_frame *frame = NULL;
    const char *path = pgt_path(folder, "t.csv");
    pgt_write_file(path, "a,b\n1,2\n", 8);
    assert_status(ctx, pgdp_load_table(ctx, path, &(pgdp_load){ .sheet = "Panel" }, &frame), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(ctx), "no table \"Panel\"");
    assert_status(ctx, pgdp_load_table(ctx, pgt_path(folder, "none.csv"), NULL, &frame), PGDP_IO);
    assert_status(ctx, pgdp_convert(ctx, pgt_path(folder, "none.csv"), NULL, path), PGDP_IO);
    assert_null(frame);
    pgt_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_columns_wanted_are_loaded),
        TEST(a_cached_table_is_the_table),
        TEST(damaged_entries_are_written_anew),
        TEST(a_converted_table_is_the_table),
        TEST(small_and_strange_texts_are_converted_too),
        TEST(packed_files_are_read_and_streamed),
        TEST(a_table_is_chosen_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
