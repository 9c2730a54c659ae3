/* test_http.c  One request: what is sent, and what is an answer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/net/talk.h"

#include "net/curl.h"

#include <stdio.h>

/* ---- what is sent ---- */

static void request_is_sent_as_it_was_given(void **state)
{
    (void)state;
    const pgt_answer answer = { .body = "fine",
                                .headers = "Content-Type: application/json\nETag: \"a1\"\nLast-Modified: Thu, 02 Jan "
                                           "2025 03:04:05 GMT\nDate: Fri, 03 Jan 2025 00:00:00 GMT" };
    const pg_http_field query[] = { { "series_id", "GDP & C/I", false },
                                    { "api_key", "k3y", true },
                                    { "left_out", NULL, false } };
    const pg_http_field headers[] = { { "X-Api-Key", "s3cret", true }, { "X-Empty", "", false } };
    talk t = talk_new(&answer, 1);
    assert_ok(t.ctx, talk_send(&t, &(pg_http_request){ .url = pgt_server_url(t.server, "/fred/series"),
                                                       .query = query,
                                                       .n_query = 3,
                                                       .headers = headers,
                                                       .n_headers = 2 }));
    const pgt_received *got = pgt_server_request(t.server, 0);
    assert_string_equal(got->method, "GET");
    assert_string_equal(got->path, "/fred/series");
    assert_string_equal(got->query, "series_id=GDP%20%26%20C%2FI&api_key=k3y");
    assert_string_equal(pgt_received_header(got, "X-Api-Key"), "s3cret");
    assert_string_equal(pgt_received_header(got, "X-Empty"), "");
    assert_string_equal(pgt_received_header(got, "User-Agent"), "pgdp-test/1 (test@example.org)");
    assert_contains(pgt_received_header(got, "Accept-Encoding"), "gzip");
    assert_int_equal(t.reply.status, 200);
    assert_int_equal(t.reply.n_body, 4);
    assert_string_equal((const char *)t.reply.body, "fine");
    assert_string_equal(t.reply.content_type, "application/json");
    assert_string_equal(t.reply.etag, "\"a1\"");
    assert_string_equal(t.reply.last_modified, "Thu, 02 Jan 2025 03:04:05 GMT");
    assert_string_equal(t.reply.date, "Fri, 03 Jan 2025 00:00:00 GMT");
    assert_int_equal(t.reply.n_tries, 1);
    talk_free(&t);
}

static void shown_request_hides_its_secrets(void **state)
{
    (void)state;
    const pg_http_field query[] = { { "api_key", "k3y", true }, { "series_id", "GDP", false } };
    const pgt_answer answer = { .status = 404 };
    talk t = talk_new(&answer, 1);
    char want[128];
    assert_ok(
        t.ctx,
        talk_send(&t,
                  &(pg_http_request){
                      .url = pgt_server_url(t.server, "/x"), .query = query, .n_query = 2, .body = "", .n_body = 0 }));
    snprintf(want, sizeof want, "POST %s?api_key=(hidden)&series_id=GDP", pgt_server_url(t.server, "/x"));
    assert_string_equal(t.reply.shown, want);
    talk_free(&t);
}

static void body_is_posted_with_its_type_and_zeros(void **state)
{
    (void)state;
    static const char body[] = "{\"a\":\0 1}";
    const pgt_answer answer = { .body = "{}" };
    talk t = talk_new(&answer, 1);
    assert_ok(t.ctx, talk_send(&t, &(pg_http_request){ .url = pgt_server_url(t.server, "/v1"),
                                                       .body = body,
                                                       .n_body = sizeof body,
                                                       .content_type = "application/json" }));
    const pgt_received *got = pgt_server_request(t.server, 0);
    assert_string_equal(got->method, "POST");
    assert_int_equal(got->n_body, sizeof body);
    assert_memory_equal(got->body, body, sizeof body);
    assert_string_equal(pgt_received_header(got, "Content-Type"), "application/json");
    assert_null(pgt_received_header(got, "Expect"));
    talk_free(&t);
}

static void what_is_there_already_is_asked_for_conditionally(void **state)
{
    (void)state;
    const pgt_answer answer = { .status = 304, .headers = "ETag: \"a1\"" };
    talk t = talk_new(&answer, 1);
    assert_ok(t.ctx, talk_send(&t, &(pg_http_request){ .url = pgt_server_url(t.server, "/x"),
                                                       .etag = "\"a1\"",
                                                       .last_modified = "Thu, 02 Jan 2025 03:04:05 GMT" }));
    const pgt_received *got = pgt_server_request(t.server, 0);
    assert_string_equal(pgt_received_header(got, "If-None-Match"), "\"a1\"");
    assert_string_equal(pgt_received_header(got, "If-Modified-Since"), "Thu, 02 Jan 2025 03:04:05 GMT");
    assert_int_equal(t.reply.status, 304);
    assert_int_equal(t.reply.n_body, 0);
    assert_string_equal((const char *)t.reply.body, "");
    talk_free(&t);
}

static void connection_is_used_again(void **state)
{
    (void)state;
    const pgt_answer answer = { .body = "x" };
    talk t = talk_new(&answer, 1);
    for (int i = 0; i < 3; i++)
        assert_ok(t.ctx, talk_get(&t));
    assert_int_equal(pgt_server_request(t.server, 2)->connection, 0);
    talk_free(&t);
}

static void request_that_cannot_be_sent_is_named(void **state)
{
    (void)state;
    static const pg_http_field name = { "X Y", "1", false }, value = { "X", "1\r\nY: 2", true },
                               host = { "host", "a", false };
    static const struct {
        pg_http_request request;
        const char *part;
    } cases[] = {
        { { .url = "http://example.org/a" }, "GET http://example.org/a: expected an address that begins https://" },
        { { .url = "ftp://127.0.0.1/a" }, "begins https://" },
        { { .url = "file:///etc/passwd" }, "begins https://" },
        { { .url = "nothing at all" }, "begins https://" },
        { { .url = "" }, "begins https://" },
        { { .url = "https://me:pass@example.org/a" }, "found a user's name" },
        { { .url = "https://example.org/a?key=1" }, "https://example.org/a: expected an address without query" },
        { { .url = "https://example.org/a", .headers = &name, .n_headers = 1 }, "header \"X Y\": expected a name" },
        { { .url = "https://example.org/a", .headers = &value, .n_headers = 1 },
          "header X: its value holds a line end" },
        { { .url = "https://example.org/a", .headers = &host, .n_headers = 1 }, "header host: it is made here" },
        { { .url = "https://example.org/a", .etag = "\"\n\"" }, "header If-None-Match" },
    };
    const pgt_answer answer = { .body = "x" };
    talk t = talk_new(&answer, 1);
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_status(t.ctx, talk_send(&t, &cases[i].request), PGDP_BAD_ARGUMENT);
        assert_contains(pgdp_ctx_error(t.ctx), cases[i].part);
    }
    assert_int_equal(pgt_server_n_requests(t.server), 0);
    talk_free(&t);
}

static void plain_requests_need_the_policys_word(void **state)
{
    (void)state;
    const pgt_answer answer = { .body = "x" };
    talk t = talk_new(&answer, 1);
    t.policy.plain_loopback = false;
    assert_status(t.ctx, talk_get(&t), PGDP_BAD_ARGUMENT);
    assert_int_equal(pgt_server_n_requests(t.server), 0);
    talk_free(&t);
}

static void policy_out_of_range_is_named(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pg_http *http = NULL;
    pg_http_policy policy = talk_policy();
    policy.max_tries = 0;
    assert_status(ctx, pg_http_new(ctx, &policy, &http), PGDP_BAD_ARGUMENT);
    assert_string_equal(pgdp_ctx_error(ctx), "network: max_tries is 0, expected at least 1");
    policy = talk_policy();
    policy.stall_timeout = 0;
    assert_status(ctx, pg_http_new(ctx, &policy, &http), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "stall_timeout");
    policy = talk_policy();
    policy.user_agent = "a\nb";
    assert_status(ctx, pg_http_new(ctx, &policy, &http), PGDP_BAD_ARGUMENT);
    assert_null(http);
    pgdp_ctx_free(ctx);
}

static void default_policy_is_a_policy(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pg_http *http = NULL;
    const pg_http_policy policy = pg_http_policy_default();
    assert_ok(ctx, pg_http_new(ctx, &policy, &http));
    pg_http_free(http);
    pg_http_free(NULL);
    pgdp_ctx_free(ctx);
}

static void absent_or_foreign_library_is_told_with_its_package(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pg_curl curl = { 0 };
    assert_status(ctx, pg_curl_open(ctx, "libcurl-not-here.so.4", &curl), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(ctx), "libcurl4");
    assert_status(ctx, pg_curl_open(ctx, "libm.so.6", &curl), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(ctx), "found no curl_");
    pg_curl_close(&curl);
    pgdp_ctx_free(ctx);
}

/* ---- answers in every form ---- */

static void chunked_body_is_put_together(void **state)
{
    (void)state;
    check_answer(&(pgt_answer){ .body = WORDS, .how = PGT_CHUNKED }, PGDP_OK, WORDS);
}

static void packed_body_is_unpacked(void **state)
{
    (void)state;
    check_answer(&(pgt_answer){ .body = WORDS, .how = PGT_GZIP }, PGDP_OK, WORDS);
}

static void slow_body_that_keeps_moving_is_taken(void **state)
{
    (void)state;
    check_answer(&(pgt_answer){ .body = "slowly", .how = PGT_DRIP, .pause = 0.03 }, PGDP_OK, "slowly");
}

static void body_whose_end_is_not_told_is_marked(void **state)
{
    (void)state;
    static const pgt_sending ways[] = { PGT_UNTIL_CLOSE, PGT_WHOLE, PGT_CHUNKED, PGT_GZIP };
    for (size_t i = 0; i < COUNT(ways); i++) {
        const pgt_answer answer = { .body = WORDS, .how = ways[i] };
        talk t = talk_new(&answer, 1);
        assert_ok(t.ctx, talk_get(&t));
        assert_string_equal((const char *)t.reply.body, WORDS);
        assert_int_equal(t.reply.end_told, ways[i] != PGT_UNTIL_CLOSE);
        talk_free(&t);
    }
}

static void empty_body_is_an_answer(void **state)
{
    (void)state;
    check_answer(&(pgt_answer){ .status = 204 }, PGDP_OK, "");
}

static void status_that_is_the_callers_to_judge_is_an_answer(void **state)
{
    (void)state;
    static const int statuses[] = { 201, 300, 400, 401, 403, 404, 409, 410, 422, 501 };
    for (size_t i = 0; i < COUNT(statuses); i++) {
        const pgt_answer answer = { .status = statuses[i], .body = "Bad Request. The series does not exist." };
        talk t = talk_new(&answer, 1);
        assert_ok(t.ctx, talk_get(&t));
        assert_int_equal(t.reply.status, statuses[i]);
        assert_contains((const char *)t.reply.body, "does not exist");
        assert_int_equal(pgt_server_n_requests(t.server), 1);
        talk_free(&t);
    }
}

static void body_of_just_the_limit_is_taken(void **state)
{
    (void)state;
    const pgt_answer answers[] = { { .body = WORDS, .how = PGT_CHUNKED }, { .body = WORDS "!", .how = PGT_CHUNKED } };
    talk t = talk_new(answers, 2);
    t.policy.max_bytes = sizeof WORDS - 1;
    assert_ok(t.ctx, talk_get(&t));
    assert_status(t.ctx, talk_get(&t), PGDP_NETWORK);
    assert_contains(pgdp_ctx_error(t.ctx), "the answer has more than 38 bytes");
    talk_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_is_sent_as_it_was_given),
        cmocka_unit_test(shown_request_hides_its_secrets),
        cmocka_unit_test(body_is_posted_with_its_type_and_zeros),
        cmocka_unit_test(what_is_there_already_is_asked_for_conditionally),
        cmocka_unit_test(connection_is_used_again),
        cmocka_unit_test(request_that_cannot_be_sent_is_named),
        cmocka_unit_test(plain_requests_need_the_policys_word),
        cmocka_unit_test(policy_out_of_range_is_named),
        cmocka_unit_test(default_policy_is_a_policy),
        cmocka_unit_test(absent_or_foreign_library_is_told_with_its_package),
        cmocka_unit_test(chunked_body_is_put_together),
        cmocka_unit_test(packed_body_is_unpacked),
        cmocka_unit_test(slow_body_that_keeps_moving_is_taken),
        cmocka_unit_test(body_whose_end_is_not_told_is_marked),
        cmocka_unit_test(empty_body_is_an_answer),
        cmocka_unit_test(status_that_is_the_callers_to_judge_is_an_answer),
        cmocka_unit_test(body_of_just_the_limit_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
