/* test_json_write.c  Writing JSON: exact numbers, valid text, a readable layout, misuse told.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/json.h"
#include "tests/support/support.h"

#include <locale.h>
#include <math.h>
#include <string.h>

typedef struct fixture {
    pgdp_ctx *ctx;
    pgt_buffer buffer;
    pgdp_sink sink;
    pg_json json;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){ .ctx = pgdp_ctx_new(NULL) };
    f.sink = pgt_sink(&f.buffer);
    pg_json_init(&f.json, &f.sink, false);
    *state = &f;
    return f.ctx == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    pgt_buffer_free(&f->buffer);
    pgdp_ctx_free(f->ctx);
    return 0;
}

static void write_sample(pg_json *json)
{
    pg_json_object(json);
    pg_json_key_string(json, "name", "ols");
    pg_json_key(json, "estimates");
    pg_json_array(json);
    pg_json_real(json, 2.385);
    pg_json_real(json, NAN);
    pg_json_integer(json, -7);
    pg_json_array_end(json);
    pg_json_key(json, "terms");
    pg_json_array(json);
    pg_json_object(json);
    pg_json_key_real(json, "std_error", 1e-7);
    pg_json_key_bool(json, "converged", true);
    pg_json_object_end(json);
    pg_json_null(json);
    pg_json_array(json);
    pg_json_array_end(json);
    pg_json_array_end(json);
    pg_json_key(json, "none");
    pg_json_object(json);
    pg_json_object_end(json);
    pg_json_key_integer(json, "nobs", INT64_MIN);
    pg_json_object_end(json);
}

static void compact_layout_has_no_blanks(void **state)
{
    fixture *f = *state;
    write_sample(&f->json);
    assert_ok(f->ctx, pg_json_end(f->ctx, &f->json));
    assert_string_equal(f->buffer.data,
                        "{\"name\":\"ols\",\"estimates\":[2.385,null,-7],\"terms\":[{\"std_error\":1e-07,"
                        "\"converged\":true},null,[]],\"none\":{},\"nobs\":-9223372036854775808}\n");
}

static void indented_layout_has_one_key_a_line(void **state)
{
    fixture *f = *state;
    pg_json_init(&f->json, &f->sink, true);
    write_sample(&f->json);
    assert_ok(f->ctx, pg_json_end(f->ctx, &f->json));
    assert_string_equal(f->buffer.data, "{\n"
                                        "  \"name\": \"ols\",\n"
                                        "  \"estimates\": [2.385, null, -7],\n"
                                        "  \"terms\": [\n"
                                        "    {\n"
                                        "      \"std_error\": 1e-07,\n"
                                        "      \"converged\": true\n"
                                        "    },\n"
                                        "    null,\n"
                                        "    []\n"
                                        "  ],\n"
                                        "  \"none\": {},\n"
                                        "  \"nobs\": -9223372036854775808\n"
                                        "}\n");
}

static void reals_round_trip_exactly(void **state)
{
    fixture *f = *state;
    double values[2000];
    uint64_t generator = 99;
    for (size_t i = 0; i < 2000; i++) {
        do {
            generator = generator * 6364136223846793005u + 1442695040888963407u;
            const uint64_t bits = generator ^ generator >> 29;
            memcpy(&values[i], &bits, sizeof bits);
        } while (!isfinite(values[i]));
    }
    pg_json_array(&f->json);
    for (size_t i = 0; i < 2000; i++)
        pg_json_real(&f->json, values[i]);
    pg_json_array_end(&f->json);
    assert_ok(f->ctx, pg_json_end(f->ctx, &f->json));
    pg_json_document *document = NULL;
    assert_ok(f->ctx, pg_json_parse(f->ctx, "back", f->buffer.data, f->buffer.n, &document));
    for (size_t i = 0; i < 2000; i++) {
        double back = 0;
        assert_true(pg_json_number(pg_json_at(pg_json_root(document), i), &back));
        assert_memory_equal(&back, &values[i], sizeof back);
    }
    pg_json_document_free(document);
}

static void text_is_escaped_and_valid(void **state)
{
    fixture *f = *state;
    pg_json_array(&f->json);
    pg_json_string(&f->json, "q\" b\\ \b\f\n\r\t\x01\x1b\x7f/");
    pg_json_string(&f->json, "\xe2\x82\xac \xff \xe2\x82 \xed\xa0\x80");
    pg_json_string(&f->json, "");
    pg_json_string(&f->json, NULL);
    pg_json_array_end(&f->json);
    assert_ok(f->ctx, pg_json_end(f->ctx, &f->json));
    assert_string_equal(f->buffer.data, "[\"q\\\" b\\\\ \\b\\f\\n\\r\\t\\u0001\\u001b\\u007f/\","
                                        "\"\xe2\x82\xac \xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd "
                                        "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\",\"\",null]\n");
}

static void text_longer_than_the_buffer_is_whole(void **state)
{
    fixture *f = *state;
    static char text[5 * PG_JSON_BUFFER];
    memset(text, 'x', sizeof text - 1);
    text[3 * PG_JSON_BUFFER] = '"';
    pg_json_string(&f->json, text);
    assert_ok(f->ctx, pg_json_end(f->ctx, &f->json));
    assert_int_equal(f->buffer.n, sizeof text - 1 + 2 + 1 + 1);
    pg_json_document *document = NULL;
    assert_ok(f->ctx, pg_json_parse(f->ctx, "back", f->buffer.data, f->buffer.n, &document));
    assert_string_equal(pg_json_text(pg_json_root(document)), text);
    pg_json_document_free(document);
}

static void deepest_document_is_64_levels(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < PG_JSON_DEPTH; i++)
        pg_json_array(&f->json);
    for (size_t i = 0; i < PG_JSON_DEPTH; i++)
        pg_json_array_end(&f->json);
    assert_ok(f->ctx, pg_json_end(f->ctx, &f->json));
    assert_int_equal(f->buffer.n, 2 * PG_JSON_DEPTH + 1);
    pg_json_init(&f->json, &f->sink, false);
    for (size_t i = 0; i <= PG_JSON_DEPTH; i++)
        pg_json_array(&f->json);
    assert_status(f->ctx, pg_json_end(f->ctx, &f->json), PGDP_BAD_ARGUMENT);
}

static void value_without_key(pg_json *json)
{
    pg_json_object(json);
    pg_json_real(json, 2.5);
    pg_json_object_end(json);
}

static void key_without_value(pg_json *json)
{
    pg_json_object(json);
    pg_json_key(json, "a");
    pg_json_object_end(json);
}

static void key_after_key(pg_json *json)
{
    pg_json_object(json);
    pg_json_key(json, "a");
    pg_json_key_real(json, "b", 2.5);
    pg_json_object_end(json);
}

static void key_in_array(pg_json *json)
{
    pg_json_array(json);
    pg_json_key_real(json, "b", 2.5);
    pg_json_array_end(json);
}

static void wrong_end(pg_json *json)
{
    pg_json_array(json);
    pg_json_object_end(json);
}

static void end_too_many(pg_json *json)
{
    pg_json_array(json);
    pg_json_array_end(json);
    pg_json_array_end(json);
}

static void end_missing(pg_json *json)
{
    pg_json_array(json);
}

static void two_documents(pg_json *json)
{
    pg_json_real(json, 2.5);
    pg_json_real(json, 3.5);
}

static void nothing(pg_json *json)
{
    (void)json;
}

static void calls_out_of_order_are_told(void **state)
{
    fixture *f = *state;
    static void (*const misuses[])(pg_json *) = { value_without_key, key_without_value, key_after_key,
                                                  key_in_array,      wrong_end,         end_too_many,
                                                  end_missing,       two_documents,     nothing };
    for (size_t i = 0; i < sizeof misuses / sizeof *misuses; i++) {
        pg_json_init(&f->json, &f->sink, i % 2 == 0);
        misuses[i](&f->json);
        assert_status(f->ctx, pg_json_end(f->ctx, &f->json), PGDP_BAD_ARGUMENT);
        assert_contains(pgdp_ctx_error(f->ctx), "out of order");
    }
}

static void failing_sink_is_told_at_the_end(void **state)
{
    fixture *f = *state;
    for (size_t limit = 1; limit < 9000; limit = 3 * limit + 1) {
        pgt_buffer_free(&f->buffer);
        f->buffer.fail_after = limit;
        pg_json_init(&f->json, &f->sink, true);
        pg_json_array(&f->json);
        for (size_t i = 0; i < 2000; i++)
            pg_json_real(&f->json, (double)i + 0.125);
        pg_json_array_end(&f->json);
        assert_status(f->ctx, pg_json_end(f->ctx, &f->json), PGDP_IO);
        assert_contains(pgdp_ctx_error(f->ctx), "writing JSON failed");
        assert_true(f->buffer.n <= limit);
    }
}

static void comma_locale_changes_nothing(void **state)
{
    fixture *f = *state;
    char *folder = pgt_new_folder();
    if (!pgt_set_comma_locale(folder)) {
        pgt_remove_folder(folder);
        skip();
    }
    write_sample(&f->json);
    const pgdp_status status = pg_json_end(f->ctx, &f->json);
    pg_json_document *document = NULL;
    const pgdp_status back = pg_json_parse(f->ctx, "back", f->buffer.data, f->buffer.n, &document);
    setlocale(LC_ALL, "C");
    pgt_remove_folder(folder);
    assert_ok(f->ctx, status);
    assert_ok(f->ctx, back);
    assert_contains(f->buffer.data, "[2.385,null,-7]");
    double x = 0;
    assert_true(pg_json_number(pg_json_at(pg_json_member(pg_json_root(document), "estimates"), 0), &x));
    assert_close(x, 2.385, 0, 0);
    pg_json_document_free(document);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(compact_layout_has_no_blanks),
        TEST(indented_layout_has_one_key_a_line),
        TEST(reals_round_trip_exactly),
        TEST(text_is_escaped_and_valid),
        TEST(text_longer_than_the_buffer_is_whole),
        TEST(deepest_document_is_64_levels),
        TEST(calls_out_of_order_are_told),
        TEST(failing_sink_is_told_at_the_end),
        TEST(comma_locale_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
