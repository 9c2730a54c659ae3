/* test_zip_out.c  An archive of parts in blocks: what was printed is what is unpacked, and a sink that fails is told.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ingest/reading.h"

#include "ingest/zip.h"
#include "reports/zip_out.h"

enum { MANY = 100, LINES = 500 };

/* Block 7 is empty: the last of the third part. */
static pgdp_status print(pgdp_ctx *ctx, const void *user, size_t block, pg_text *out)
{
    const size_t *refused = user;
    if (refused != NULL && block >= *refused) return pg_fail(ctx, PGDP_PARSE, "block %zu is refused", block);
    for (size_t i = 0; i < LINES && block != 7; i++)
        pg_text_addf(out, "block %zu, line %zu\n", block, i * i);
    return PGDP_OK;
}

static const char *const names[] = { "one", "folder/many", "last" };
static const size_t n_blocks[] = { 1, MANY, 8 };

static pgdp_status write_archive(pgdp_ctx *ctx, const pgdp_sink *sink, const size_t *refused)
{
    pg_zip_out zip = { .label = "t.zip", .sink = *sink };
    for (size_t i = 0; i < 3; i++)
        PG_TRY(pg_zip_out_part(
            ctx, &zip, &(pg_zip_part){ .name = names[i], .n_blocks = n_blocks[i], .print = print, .user = refused }));
    return pg_zip_out_end(ctx, &zip);
}

static void what_is_printed_is_what_is_unpacked(void **state)
{
    pgdp_ctx *ctx = *state;
    pgt_buffer file = { 0 };
    const pgdp_sink sink = pgt_sink(&file);
    pg_zip *zip = NULL;
    pgdp_bytes part;
    pg_text want;
    pgdp_ctx_set_threads(ctx, 3);
    assert_ok(ctx, write_archive(ctx, &sink, NULL));
    const pgdp_bytes in = { "t.zip", (const unsigned char *)file.data, file.n };
    assert_ok(ctx, pg_zip_open(ctx, &in, &zip));
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(pg_zip_find(zip, names[i]), i);
        assert_ok(ctx, pg_zip_read(ctx, zip, i, &part));
        pg_text_init(&want, &ctx->scratch);
        for (size_t block = 0; block < n_blocks[i]; block++)
            assert_ok(ctx, print(ctx, NULL, block, &want));
        assert_int_equal(part.n, want.n);
        assert_memory_equal(part.data, want.data, want.n);
    }
    pg_zip_close(zip);
    pgt_buffer_free(&file);
}

static void sink_that_fails_at_any_byte_is_told(void **state)
{
    pgdp_ctx *ctx = *state;
    pgt_buffer whole = { 0 };
    pgdp_sink sink = pgt_sink(&whole);
    assert_ok(ctx, write_archive(ctx, &sink, NULL));
    for (size_t at = 1; at < whole.n; at += at < 200 ? 1 : whole.n / 50) {
        pgt_buffer cut = { .fail_after = at };
        sink = pgt_sink(&cut);
        assert_int_not_equal(write_archive(ctx, &sink, NULL), PGDP_OK);
        pgt_buffer_free(&cut);
    }
    pgt_buffer_free(&whole);
}

static void lowest_block_that_fails_is_the_one_told(void **state)
{
    pgdp_ctx *ctx = *state;
    const size_t refused = 37;
    for (size_t n_threads = 1; n_threads < 4; n_threads++) {
        pgt_buffer file = { 0 };
        const pgdp_sink sink = pgt_sink(&file);
        pgdp_ctx_set_threads(ctx, n_threads);
        assert_status(ctx, write_archive(ctx, &sink, &refused), PGDP_PARSE);
        assert_string_equal(pgdp_ctx_error(ctx), "block 37 is refused");
        pgt_buffer_free(&file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_printed_is_what_is_unpacked),
        TEST(sink_that_fails_at_any_byte_is_told),
        TEST(lowest_block_that_fails_is_the_one_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
