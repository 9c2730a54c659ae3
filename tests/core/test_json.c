/* test_json.c  Reading JSON: strict, in order, with the place of what is wrong.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/json.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
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

static pg_json_document *parse(pgdp_ctx *ctx, const char *text)
{
    pg_json_document *document = NULL;
    assert_ok(ctx, pg_json_parse(ctx, "reply.json", text, strlen(text), &document));
    return document;
}

static void values_are_what_was_written(void **state)
{
    pg_json_document *document =
        parse(*state, "{\"year\": 2024, \"value\": -27720.709, \"note\": \"a\\u20ac\\n\", \"sa\": true, "
                      "\"gaps\": [null, false, 1e-7], \"none\": {}}");
    const pg_json_value *root = pg_json_root(document), *gaps = pg_json_member(root, "gaps");
    double x = 0;
    bool truth = false;
    assert_true(pg_json_is_object(root));
    assert_int_equal(pg_json_count(root), 6);
    assert_true(pg_json_number(pg_json_member(root, "year"), &x));
    assert_close(x, 2024, 0, 0);
    assert_true(pg_json_number(pg_json_member(root, "value"), &x));
    assert_close(x, -27720.709, 0, 0);
    assert_string_equal(pg_json_text(pg_json_member(root, "note")), "a\xe2\x82\xac\n");
    assert_true(pg_json_truth(pg_json_member(root, "sa"), &truth));
    assert_true(truth);
    assert_true(pg_json_is_array(gaps));
    assert_int_equal(pg_json_count(gaps), 3);
    assert_true(pg_json_is_null(pg_json_at(gaps, 0)));
    assert_true(pg_json_truth(pg_json_at(gaps, 1), &truth));
    assert_false(truth);
    assert_true(pg_json_number(pg_json_at(gaps, 2), &x));
    assert_close(x, 1e-7, 0, 0);
    assert_int_equal(pg_json_count(pg_json_member(root, "none")), 0);
    pg_json_document_free(document);
}

static void absent_and_wrong_kinds_read_as_absent(void **state)
{
    pg_json_document *document = parse(*state, "{\"text\": \"7\", \"number\": 7.5}");
    const pg_json_value *root = pg_json_root(document), *untouched = root;
    const pg_json_value *text = pg_json_member(root, "text"), *number = pg_json_member(root, "number");
    double x = 2.385;
    bool truth = true;
    assert_null(pg_json_member(root, "year"));
    assert_null(pg_json_member(text, "year"));
    assert_null(pg_json_member(NULL, "year"));
    assert_null(pg_json_at(root, 0));
    assert_null(pg_json_at(NULL, 0));
    assert_null(pg_json_text(number));
    assert_null(pg_json_text(NULL));
    assert_false(pg_json_number(text, &x));
    assert_false(pg_json_number(NULL, &x));
    assert_close(x, 2.385, 0, 0);
    assert_false(pg_json_truth(number, &truth));
    assert_false(pg_json_is_null(NULL));
    assert_false(pg_json_is_array(NULL));
    assert_int_equal(pg_json_count(NULL), 0);
    assert_null(pg_json_member_at(root, 2, &untouched));
    assert_ptr_equal(untouched, root);
    assert_null(pg_json_root(NULL));
    pg_json_document_free(document);
    pg_json_document_free(NULL);
}

static void members_keep_their_order_and_are_found_in_small_and_large_objects(void **state)
{
    for (size_t n = 3; n < 3000; n = 7 * n + 2) {
        static char text[64 * 3000];
        size_t length = 0;
        for (size_t i = 0; i < n; i++)
            length += (size_t)snprintf(text + length, sizeof text - length, "%c\"key%zu\":%zu.25", i == 0 ? '{' : ',',
                                       i * 7919 % n, i);
        snprintf(text + length, sizeof text - length, "}");
        pg_json_document *document = parse(*state, text);
        const pg_json_value *root = pg_json_root(document), *value = NULL;
        for (size_t i = 0; i < n; i++) {
            char key[32];
            double x = 0;
            snprintf(key, sizeof key, "key%zu", i * 7919 % n);
            assert_string_equal(pg_json_member_at(root, i, &value), key);
            assert_ptr_equal(pg_json_member(root, key), value);
            assert_true(pg_json_number(value, &x));
            assert_close(x, (double)i + 0.25, 0, 0);
        }
        assert_string_equal(pg_json_member_at(root, 0, NULL), "key0");
        assert_null(pg_json_member(root, "key"));
        pg_json_document_free(document);
    }
}

static void byte_order_mark_is_skipped(void **state)
{
    pg_json_document *document = parse(*state, "\xef\xbb\xbf[1.5]");
    assert_int_equal(pg_json_count(pg_json_root(document)), 1);
    pg_json_document_free(document);
}

static void integer_beyond_64_bits_is_a_real(void **state)
{
    pg_json_document *document = parse(*state, "[123456789012345678901234567890, -9223372036854775809]");
    double x = 0;
    assert_true(pg_json_number(pg_json_at(pg_json_root(document), 0), &x));
    assert_close(x, 123456789012345678901234567890.0, 0, 0);
    assert_true(pg_json_number(pg_json_at(pg_json_root(document), 1), &x));
    assert_close(x, -0x1p63, 0, 0);
    pg_json_document_free(document);
}

static void check_refused(pgdp_ctx *ctx, const char *text, size_t n, const char *where)
{
    pg_json_document *document = NULL;
    assert_status(ctx, pg_json_parse(ctx, "reply.json", text, n, &document), PGDP_PARSE);
    assert_null(document);
    assert_contains(pgdp_ctx_error(ctx), where);
}

static void what_is_not_json_is_refused_with_its_place(void **state)
{
    static const char *const rows[][2] = {
        { "{\"a\": 1,\n \"a\": 2}", "reply.json:2:4: duplicate object key" },
        { "{\"a\": 1,\n \"b\": 2,,}", "reply.json:2:9: " },
        { "[1,\n2\n3]", "reply.json:3:1: " },
        { "", "reply.json:1:" },
        { "[1, 2", "reply.json:1:5: " },
        { "[NaN]", "reply.json:1:" },
        { "[01]", "reply.json:1:" },
        { "[1e999]", "reply.json:1:" },
        { "[\"\\u0000\"]", "reply.json:1:" },
        { "[\"a\tb\"]", "reply.json:1:" },
        { "['a']", "reply.json:1:" },
        { "[1] 2", "reply.json:1:5: " },
        { "[\"\xff\"]", "reply.json:1:" },
        { "// no\n[]", "reply.json:1:" },
        { "]]]]", "reply.json:1:" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_refused(*state, rows[i][0], strlen(rows[i][0]), rows[i][1]);
    check_refused(*state, "[1]\0", 4, "reply.json:1:");
    check_refused(*state, NULL, 0, "reply.json:1:");
}

static void nesting_is_bounded(void **state)
{
    char text[200] = "";
    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    pg_json_document *document = parse(*state, text);
    pg_json_document_free(document);
    memcpy(text, "[\n \"[[[[\\\"[[\", ", 15); /* brackets in a string are none */
    memset(text + 15, '[', 63);
    memset(text + 78, ']', 64);
    pg_json_document_free(parse(*state, text));
    memset(text + 15, '[', 64);
    check_refused(*state, text, 200, "reply.json:2:77: found arrays and objects nested deeper than 64");
}

static pgdp_status parse_and_free(pgdp_ctx *ctx, void *user)
{
    const char *text = user;
    pg_json_document *document = NULL;
    PG_TRY(pg_json_parse(ctx, "reply.json", text, strlen(text), &document));
    pg_json_document_free(document);
    return PGDP_OK;
}

static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    (void)state;
    static char text[100000] = "{";
    size_t n = 1;
    for (int i = 0; i < 1000; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "\"k%d\":[%d.5,\"%d\",{\"x\":null}],", i, i, i);
    snprintf(text + n, sizeof text - n, "\"end\":true}");
    assert_true(pgt_fail_every_allocation(parse_and_free, text) > 5);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(values_are_what_was_written),
        TEST(absent_and_wrong_kinds_read_as_absent),
        TEST(members_keep_their_order_and_are_found_in_small_and_large_objects),
        TEST(byte_order_mark_is_skipped),
        TEST(integer_beyond_64_bits_is_a_real),
        TEST(what_is_not_json_is_refused_with_its_place),
        TEST(nesting_is_bounded),
        TEST(every_failing_allocation_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
