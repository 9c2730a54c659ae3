/* test_unpack.c  gzip and zstd by content: every size of step, several members, and what is damaged, cut or a bomb.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/unpack.h"
#include "pgdp/file.h"
#include "tests/ingest/reading.h"

#include <stdio.h>

enum { SIZE = 300000 };

/* A text that does not compress too well. */
static char *plain_text(void)
{
    char *text = malloc(SIZE + 64);
    uint64_t word = 1;
    assert_non_null(text);
    for (size_t n = 0; n < SIZE;) {
        word = word * 6364136223846793005u + 1442695040888963407u;
        n += (size_t)sprintf(text + n, "%u,", (unsigned)(word >> 40));
    }
    return text;
}

/* The text packed by a program of the system; NULL: it has none. */
static unsigned char *packed_by(const char *program, const char *text, size_t n, size_t *packed)
{
    char *folder = pgt_new_folder(), command[1200];
    pgt_write_file(pgt_path(folder, "t"), text, n);
    snprintf(command, sizeof command, "cd %s && %s -q <t >p 2>/dev/null", folder, program);
    unsigned char *bytes = NULL;
    if (system(command) == 0) bytes = (unsigned char *)pgt_read_file(pgt_path(folder, "p"), packed);
    pgt_remove_folder(folder);
    return bytes;
}

/* Two members of small texts, one of gzip and one of zstd, made once: "a,b\n1,2\n". */
static const unsigned char small_zstd[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x08, 0x41, 0x00, 0x00,
                                            'a',  ',',  'b',  '\n', '1',  ',',  '2',  '\n' };

static void check_packed(pgdp_ctx *ctx, const unsigned char *packed, size_t n, const char *want, size_t n_want)
{
    const pgdp_bytes in = { "t.gz", packed, n };
    static const size_t steps[] = { 1000, 4096, 77777, 10000000 };
    unsigned char *all, *out = malloc(n_want + 1);
    size_t n_all;
    assert_true(pg_is_packed(&in));
    assert_ok(ctx, pg_unpack(ctx, &in, &all, &n_all));
    assert_int_equal(n_all, n_want);
    assert_memory_equal(all, want, n_want);
    pgdp_file_release(ctx, all);
    for (size_t s = 0; s < sizeof steps / sizeof *steps; s++) {
        pg_unpacker *u;
        size_t got = 1, done = 0;
        assert_ok(ctx, pg_unpacker_new(ctx, &in, &u));
        for (; got > 0; done += got) {
            const size_t left = n_want + 1 - done;
            assert_ok(ctx, pg_unpacker_read(ctx, u, out + done, steps[s] < left ? steps[s] : left, &got));
        }
        assert_int_equal(done, n_want);
        assert_memory_equal(out, want, n_want);
        assert_int_equal(pg_unpacker_taken(u), n);
        pg_unpacker_free(u);
    }
    free(out);
}

static void what_was_packed_comes_back(void **state)
{
    static const char *const programs[] = { "gzip", "zstd" };
    char *text = plain_text();
    for (size_t i = 0; i < 2; i++) {
        size_t n;
        unsigned char *packed = packed_by(programs[i], text, SIZE, &n);
        if (packed == NULL) {
            printf("no %s here\n", programs[i]);
            continue;
        }
        check_packed(*state, packed, n, text, SIZE);
        free(packed);
    }
    check_packed(*state, small_zstd, sizeof small_zstd, "a,b\n1,2\n", 8);
    free(text);
}

static void assert_bad(pgdp_ctx *ctx, const unsigned char *bytes, size_t n, const char *part)
{
    const pgdp_bytes in = { "t.gz", bytes, n };
    unsigned char *all = NULL;
    size_t n_all;
    assert_status(ctx, pg_unpack(ctx, &in, &all, &n_all), PGDP_PARSE);
    assert_null(all);
    assert_contains(pgdp_ctx_error(ctx), part);
}

static void cut_files_are_refused(void **state)
{
    char *text = plain_text();
    size_t n;
    unsigned char *packed = packed_by("gzip", text, 2000, &n);
    if (packed == NULL) skip();
    for (size_t cut = 2; cut < n; cut++)
        assert_bad(*state, packed, cut, "t.gz: the compressed data");
    for (size_t cut = 4; cut < sizeof small_zstd; cut++)
        assert_bad(*state, small_zstd, cut, "t.gz: the compressed data end too early");
    free(packed);
    free(text);
}

static void damaged_files_are_refused_or_whole(void **state)
{
    pgdp_ctx *ctx = *state;
    char *text = plain_text();
    size_t n;
    unsigned char *packed = packed_by("gzip", text, 1000, &n);
    if (packed == NULL) skip();
    for (size_t i = 10; i < n; i++) { /* after the header, all is under the checksum */
        const pgdp_bytes in = { "t.gz", packed, n };
        unsigned char *all = NULL;
        size_t n_all;
        packed[i] ^= 0x10;
        assert_int_equal(pg_unpack(ctx, &in, &all, &n_all), PGDP_PARSE);
        packed[i] ^= 0x10;
    }
    free(packed);
    free(text);
}

static void bytes_after_the_data_are_refused(void **state)
{
    unsigned char bytes[64] = { 0 };
    memcpy(bytes, small_zstd, sizeof small_zstd);
    const pgdp_bytes padded = { "t.zst", bytes, sizeof bytes };
    unsigned char *all;
    size_t n;
    assert_ok(*state, pg_unpack(*state, &padded, &all, &n)); /* zeros pad */
    assert_int_equal(n, 8);
    pgdp_file_release(*state, all);
    bytes[sizeof small_zstd] = 'x';
    assert_bad(*state, bytes, sizeof bytes, "found bytes after the compressed data");
}

static void bombs_are_refused(void **state)
{
    const size_t size = (size_t)40 << 20;
    char *zeros = calloc(size, 1);
    size_t n;
    assert_non_null(zeros);
    unsigned char *packed = packed_by("gzip", zeros, size, &n);
    if (packed == NULL) skip();
    assert_bad(*state, packed, n, "over 200 times their size");
    free(packed);
    free(zeros);
}

static void a_packed_table_is_found_by_content(void **state)
{
    pgdp_dataset *d;
    const pgdp_bytes in = { "t.csv.zst", small_zstd, sizeof small_zstd };
    assert_ok(*state, pgdp_ingest(*state, NULL, &in, &d));
    assert_shape(d, 1, 2);
    pgdp_dataset_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_packed_comes_back),       TEST(cut_files_are_refused), TEST(damaged_files_are_refused_or_whole),
        TEST(bytes_after_the_data_are_refused), TEST(bombs_are_refused),     TEST(a_packed_table_is_found_by_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
