/* test_text.c  Growing text, byte strings, UTF-8.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "core/text.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>

static int set_up(void **state)
{
    *state = pgdp_ctx_new(NULL);
    return *state == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    pgdp_ctx_free(*state);
    return 0;
}

static void text_grows_and_ends_with_nul(void **state)
{
    pgdp_ctx *ctx = *state;
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    assert_string_equal(text.data, "");
    for (size_t i = 0; i < 10007; i++)
        pg_text_add_char(&text, (char)('a' + i % 23));
    pg_text_add(&text, "");
    pg_text_addf(&text, "|%300s|", "x");
    pg_text_add_bytes(&text, "a\0b", 3);
    pg_text_add_number(&text, 2.385);
    assert_false(text.failed);
    assert_int_equal(text.n, 10007 + 302 + 3 + 5);
    assert_int_equal(text.data[text.n], '\0');
    for (size_t i = 0; i < 10007; i++)
        assert_int_equal(text.data[i], 'a' + i % 23);
    assert_string_equal(text.data + 10007 + 302 + 2, "b2.385");
    pg_text_clear(&text);
    assert_string_equal(text.data, "");
    assert_int_equal(text.n, 0);
}

static void text_may_be_added_to_itself(void **state)
{
    pgdp_ctx *ctx = *state;
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    pg_text_add(&text, "0123456789");
    for (int i = 0; i < 6; i++)
        pg_text_add_bytes(&text, text.data, text.n);
    assert_int_equal(text.n, 640);
    assert_memory_equal(text.data + 630, "0123456789", 10);
}

static void sink_appends(void **state)
{
    pgdp_ctx *ctx = *state;
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    const pgdp_sink sink = pg_text_sink(&text);
    assert_ok(ctx, sink.write(sink.user, "gross_", 6));
    assert_ok(ctx, sink.write(sink.user, "output", 6));
    assert_ok(ctx, sink.write(sink.user, "", 0));
    assert_string_equal(text.data, "gross_output");
}

static pgdp_status build(pgdp_ctx *ctx, void *user)
{
    (void)user;
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    const pgdp_sink sink = pg_text_sink(&text);
    for (int i = 0; i < 3000; i++)
        pg_text_addf(&text, "%d,", i);
    const pgdp_status status = sink.write(sink.user, "end", 3);
    assert_true(text.failed == (status == PGDP_NO_MEMORY));
    return status == PGDP_OK ? PGDP_OK : pg_no_memory(ctx);
}

static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    (void)state;
    assert_true(pgt_fail_every_allocation(build, NULL) > 3);
}

static void strings_compare_by_bytes(void **state)
{
    (void)state;
    assert_true(pg_streq("SOC", "SOC"));
    assert_false(pg_streq("SOC", "SOc"));
    assert_true(pg_starts_with("11-1011", "11-"));
    assert_true(pg_starts_with("x", ""));
    assert_false(pg_starts_with("1", "11"));
    assert_true(pg_ends_with("a.xlsx", ".xlsx"));
    assert_false(pg_ends_with("xlsx", ".xlsx"));
    assert_true(pg_streq_nocase("HC1", "hc1"));
    assert_false(pg_streq_nocase("HC1", "HC"));
    assert_false(pg_streq_nocase("\xc3\x84", "\xc3\xa4")); /* ASCII alone is folded */
    assert_false(pg_streq_nocase("@", "`"));
    const char *names[] = { "b", "\xc3\xa4", "B", "", "ba" };
    qsort(names, 5, sizeof *names, pg_compare_strings);
    assert_string_equal(names[0], "");
    assert_string_equal(names[1], "B");
    assert_string_equal(names[2], "b");
    assert_string_equal(names[3], "ba");
    assert_string_equal(names[4], "\xc3\xa4");
}

/* The Unicode Standard, table 3-7, ends of every row; RFC 3629, section 4. */
static void valid_utf8_is_told_from_invalid(void **state)
{
    (void)state;
    static const char *const good[] = { "",
                                        "a\x7f",
                                        "\xc2\x80\xdf\xbf",
                                        "\xe0\xa0\x80\xe0\xbf\xbf\xe1\x80\x80\xec\xbf\xbf",
                                        "\xed\x80\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf",
                                        "\xf0\x90\x80\x80\xf3\xbf\xbf\xbf\xf4\x8f\xbf\xbf" };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(pg_utf8_valid(good[i], strlen(good[i])), strlen(good[i]));
    static const char *const bad[] = { "\x80",
                                       "\xc0\x80",
                                       "\xc1\xbf",
                                       "\xe0\x9f\xbf",
                                       "\xed\xa0\x80",
                                       "\xed\xbf\xbf",
                                       "\xf0\x8f\xbf\xbf",
                                       "\xf4\x90\x80\x80",
                                       "\xf5\x80\x80\x80",
                                       "\xff",
                                       "\xe2\x82",
                                       "\xf0\x9f\x98",
                                       "\xc3"
                                       "a",
                                       "\xe2\x82"
                                       "a" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[16] = "\xc3\xa9";
        memcpy(text + 2, bad[i], strlen(bad[i]) + 1);
        assert_int_equal(pg_utf8_valid(text, strlen(text)), 2);
    }
}

static void width_counts_columns(void **state)
{
    (void)state;
    assert_int_equal(pg_utf8_width(""), 0);
    assert_int_equal(pg_utf8_width("GDP"), 3);
    assert_int_equal(pg_utf8_width("\xe2\x82\xac\xc3\xa9"), 2);
    assert_int_equal(pg_utf8_width("e\xcc\x81"), 1); /* e and a combining accent */
    assert_int_equal(pg_utf8_width("a\xff"
                                   "b"),
                     3);
}

static void check_trim(const char *s, const char *want)
{
    size_t n = strlen(s);
    pg_trim(&s, &n);
    assert_int_equal(n, strlen(want));
    assert_memory_equal(s, want, n);
}

static void blanks_on_both_sides_are_trimmed(void **state)
{
    (void)state;
    check_trim(" \t\r\n a b \xc2\xa0 ", "a b");
    check_trim("\xc2\xa0\xc2\xa0"
               "7\xc2\xa0",
               "7");
    check_trim("\xc3\xa0\xc2", "\xc3\xa0\xc2"); /* half of a no-break space is not one */
    check_trim(" \xc2\xa0\n", "");
    check_trim("", "");
    check_trim("x", "x");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(text_grows_and_ends_with_nul),
        TEST(text_may_be_added_to_itself),
        TEST(sink_appends),
        TEST(every_failing_allocation_is_told_and_nothing_leaks),
        TEST(strings_compare_by_bytes),
        TEST(valid_utf8_is_told_from_invalid),
        TEST(width_counts_columns),
        TEST(blanks_on_both_sides_are_trimmed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
