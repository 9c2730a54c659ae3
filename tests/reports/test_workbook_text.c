/* test_workbook_text.c  Text that a workbook may hold. Source: ECMA-376 part 1, 22.9.2.19; reliability.md 5.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "reports/writers.h"

static void broken_text_is_repaired_and_good_text_kept(void **state)
{
    (void)state;
    static const struct {
        const char *given, *stored;
    } cases[] = {
        { "", "" },
        { "plain =1+1 text", "plain =1+1 text" },
        { "Gr\xC3\xB6\xC3\x9F"
          "e \xE2\x82\xAC \xF0\x9D\x84\x9E",
          "Gr\xC3\xB6\xC3\x9F"
          "e \xE2\x82\xAC \xF0\x9D\x84\x9E" },
        { "a\xFF"
          "b\xFE\x80"
          "c",
          "a\xEF\xBF\xBD"
          "b\xEF\xBF\xBD\xEF\xBF\xBD"
          "c" },
        { "cut \xE2\x82", "cut \xEF\xBF\xBD\xEF\xBF\xBD" },
        { "overlong \xC0\xAF", "overlong \xEF\xBF\xBD\xEF\xBF\xBD" },
        { "half pair \xED\xA0\x80", "half pair \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD" },
        { "bell\x07 del\x7F", "bell\xEF\xBF\xBD del\xEF\xBF\xBD" },
        { "not a character \xEF\xBF\xBF", "not a character \xEF\xBF\xBD" },
        { "tab\tand\nline\r\n", "tab\tand\nline\n" },
        { "_x0041_", "_x005F_x0041_" },
        { "_x0041_x0042_", "_x005F_x0041_x005F_x0042_" },
        { "_x004_ _xZZZZ_ x0041_", "_x004_ _xZZZZ_ x0041_" },
    };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(pg_workbook_text(ctx, cases[i].given), cases[i].stored);
    pgdp_ctx_free(ctx);
}

static void whatever_the_bytes_the_text_is_valid(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    char given[9] = { 0 };
    uint32_t seed = 20260818;
    for (size_t i = 0; i < 20000; i++) {
        for (size_t k = 0; k < 8; k++) {
            seed = seed * 1664525 + 1013904223;
            given[k] = (char)((seed >> 24) | (k < 2 ? 0x80 : 0));
        }
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        const char *stored = pg_workbook_text(ctx, given);
        assert_int_equal(pg_utf8_valid(stored, strlen(stored)), strlen(stored));
        for (const char *c = stored; *c != '\0'; c++)
            assert_true((unsigned char)*c >= 0x20 || *c == '\t' || *c == '\n');
        pg_arena_rewind(&ctx->scratch, mark);
    }
    pgdp_ctx_free(ctx);
}

static void long_text_is_cut_below_the_limit_of_a_cell(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    char *given = malloc(4 * 40000 + 1);
    assert_non_null(given);
    for (size_t i = 0; i < 40000; i++)
        memcpy(given + 4 * i, "\xF0\x9D\x84\x9E", 5); /* two UTF-16 units each */
    const char *stored = pg_workbook_text(ctx, given);
    assert_true(pg_utf8_width(stored) * 2 < 32767 + 3);
    assert_true(pg_utf8_width(stored) > 16000);
    assert_true(pg_ends_with(stored, "..."));
    free(given);
    pgdp_ctx_free(ctx);
}

static void markup_is_exact_or_refused(void **state)
{
    (void)state;
    static const struct {
        const char *given, *markup; /* NULL: refused */
    } cases[] = {
        { "", "" },
        { "a < b & \"c\" > d", "a &lt; b &amp; \"c\" &gt; d" },
        { " two\r\nlines\t ", " two_x000D_\nlines\t " },
        { "_x0041_x0042_", "_x005F_x0041_x005F_x0042_" },
        { "\xE2\x82\xAC \xF0\x9D\x84\x9E", "\xE2\x82\xAC \xF0\x9D\x84\x9E" },
        { "bell\x07", NULL },
        { "del\x7F", NULL },
        { "a\xFF", NULL },
        { "not a character \xEF\xBF\xBF", NULL },
    };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pg_text out;
        pg_text_init(&out, &ctx->scratch);
        assert_int_equal(pg_workbook_markup(&out, cases[i].given), cases[i].markup != NULL);
        if (cases[i].markup != NULL) assert_string_equal(out.data, cases[i].markup);
    }
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_text_is_repaired_and_good_text_kept),
        cmocka_unit_test(whatever_the_bytes_the_text_is_valid),
        cmocka_unit_test(long_text_is_cut_below_the_limit_of_a_cell),
        cmocka_unit_test(markup_is_exact_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
