/* test_frame_out.c  Small frames as tables for people and as JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

#include "core/ctx.h"
#include "core/frame_out.h"

static int set_up(void **state)
{
    *state = pgdp_ctx_new(NULL);
    return *state == NULL;
}

static int tear_down(void **state)
{
    pgdp_ctx_free(*state);
    return 0;
}

/* A word, a number and a count, the second row without any. */
static pgdp_frame *make(pgdp_ctx *ctx, const char *word)
{
    const pgdp_column columns[] = { { .name = "word", .type = PGDP_TEXT },
                                    { .name = "share", .type = PGDP_REAL },
                                    { .name = "n", .type = PGDP_REAL } };
    pgdp_frame *f = NULL;
    assert_ok(ctx, pgdp_frame_new(ctx, &f));
    for (size_t j = 0; j < 3; j++)
        assert_ok(ctx, pgdp_frame_add_column(ctx, f, &columns[j], NULL));
    for (size_t i = 0; i < 2; i++)
        assert_ok(ctx, pgdp_frame_add_row(ctx, f));
    assert_ok(ctx, pgdp_frame_add_row(ctx, f));
    assert_ok(ctx, pgdp_frame_set_text(ctx, f, 0, word, PGDP_NONE));
    pgdp_frame_set_real(f, 1, 1);
    pgdp_frame_set_real(f, 2, 41);
    return f;
}

static const char *table_of(pgdp_ctx *ctx, const pgdp_frame *f)
{
    static pg_text text;
    pg_text_init(&text, &ctx->scratch);
    pg_frame_put_text(&text, f);
    assert_false(text.failed);
    return text.data;
}

static void counts_have_no_decimals_and_missing_cells_are_blank(void **state)
{
    pgdp_ctx *ctx = *state;
    pgdp_frame *f = make(ctx, "\xC3\xA9t\xC3\xA9");
    assert_string_equal(table_of(ctx, f), "  word        share            n\n"
                                          "\n"
                                          "\n"
                                          "  \xC3\xA9t\xC3\xA9        1.0000           41\n");
    pgdp_frame_free(f);
}

static void long_words_are_cut_at_a_hundred_columns_between_characters(void **state)
{
    pgdp_ctx *ctx = *state;
    char word[300];
    for (size_t i = 0; i < 260; i += 2)
        memcpy(word + i, "\xC3\xA9", 2);
    word[260] = '\0';
    pgdp_frame *f = make(ctx, word);
    const char *table = table_of(ctx, f), *cell = strstr(table, "\xC3\xA9");
    assert_non_null(cell);
    assert_int_equal(strspn(cell, "\xC3\xA9"), 194);
    assert_memory_equal(cell + 194, "...  ", 5);
    pgdp_frame_free(f);
}

static void missing_cells_are_null_in_json(void **state)
{
    pgdp_ctx *ctx = *state;
    pgt_buffer buffer = { 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    pgdp_frame *f = make(ctx, "a");
    pg_json json;
    pg_json_init(&json, &sink, false);
    pg_json_object(&json);
    pg_frame_put_json(&json, "rows", f);
    pg_json_object_end(&json);
    assert_ok(ctx, pg_json_end(ctx, &json));
    assert_contains(buffer.data, "{\"word\":null,\"share\":null,\"n\":null}");
    assert_contains(buffer.data, "{\"word\":\"a\",\"share\":1,\"n\":41}");
    pgt_buffer_free(&buffer);
    pgdp_frame_free(f);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(counts_have_no_decimals_and_missing_cells_are_blank),
        TEST(long_words_are_cut_at_a_hundred_columns_between_characters),
        TEST(missing_cells_are_null_in_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
