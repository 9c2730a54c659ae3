/* test_http_trust.c  Certificates, redirects, proxies: what is sent to whom, and that keys stay at home.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/net/talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- certificates ---- */

/* @param trusted  by the policy's authority */
static talk talk_over_tls(const pgt_answer *answer, pgt_tls tls, bool trusted)
{
    talk t = talk_with(&(pgt_script){ .answers = answer, .n = 1, .tls = tls });
    t.policy.total_timeout = t.policy.stall_timeout = 4; /* reading the system's certificates takes a while */
    t.policy.plain_loopback = false;
    if (trusted) t.policy.authority = pgt_server_authority(t.server);
    return t;
}

static void trusted_certificate_is_taken(void **state)
{
    (void)state;
    const pgt_answer answer = { .body = "fine" };
    talk t = talk_over_tls(&answer, PGT_TLS, true);
    assert_ok(t.ctx, talk_get(&t));
    assert_string_equal((const char *)t.reply.body, "fine");
    talk_free(&t);
}

/* One connection, no request, and the reason. */
static void check_distrust(pgt_tls tls, bool trusted, const char *part)
{
    const pgt_answer answer = { .body = "fine" };
    talk t = talk_over_tls(&answer, tls, trusted);
    assert_status(t.ctx, talk_get(&t), PGDP_NETWORK);
    assert_contains(pgdp_ctx_error(t.ctx), "its certificate is not trusted: ");
    assert_contains(pgdp_ctx_error(t.ctx), part);
    assert_int_equal(pgt_server_n_requests(t.server), 0);
    assert_int_equal(t.reply.n_tries, 1);
    talk_free(&t);
}

static void certificate_of_nobody_is_not_trusted(void **state)
{
    (void)state;
    check_distrust(PGT_TLS, false, "self-signed");
}

static void certificate_of_another_host_is_not_trusted(void **state)
{
    (void)state;
    check_distrust(PGT_TLS_OTHER_NAME, true, "no alternative certificate subject name matches");
}

static void expired_certificate_is_not_trusted(void **state)
{
    (void)state;
    check_distrust(PGT_TLS_EXPIRED, true, "expired");
}

static void authority_that_is_not_there_is_named(void **state)
{
    (void)state;
    const pgt_answer answer = { .body = "fine" };
    talk t = talk_over_tls(&answer, PGT_TLS, true);
    t.policy.authority = "/nowhere/authority.pem";
    assert_status(t.ctx, talk_get(&t), PGDP_NETWORK);
    assert_contains(pgdp_ctx_error(t.ctx), "/nowhere/authority.pem");
    talk_free(&t);
}

static void plain_text_in_place_of_tls_is_no_answer(void **state)
{
    (void)state;
    const pgt_answer answer = { .body = "fine" };
    talk t = talk_new(&answer, 1);
    char url[128];
    snprintf(url, sizeof url, "https%s", strchr(pgt_server_url(t.server, "/x"), ':'));
    assert_status(t.ctx, talk_send(&t, &(pg_http_request){ .url = url }), PGDP_NETWORK);
    talk_free(&t);
}

/* ---- redirects ---- */

static const pg_http_field keys[] = { { "X-Api-Key", "s3cret", true }, { "Accept", "application/json", false } };
static const pg_http_field key_in_query[] = { { "api_key", "k3y&", true } };

/* The talk's first answer is a redirect to `to`. */
static pgdp_status get_redirected(talk *t)
{
    return talk_send(t, &(pg_http_request){ .url = pgt_server_url(t->server, "/from"),
                                            .headers = keys,
                                            .n_headers = 2,
                                            .query = key_in_query,
                                            .n_query = 1 });
}

static void redirect_within_the_host_is_followed_with_its_headers(void **state)
{
    (void)state;
    static const int statuses[] = { 301, 302, 303, 307, 308 };
    for (size_t i = 0; i < COUNT(statuses); i++) {
        const pgt_answer answers[] = { { .status = statuses[i], .headers = "Location: /to?a=1", .body = "moved" },
                                       { .body = "fine" } };
        talk t = talk_new(answers, 2);
        assert_ok(t.ctx, get_redirected(&t));
        const pgt_received *got = pgt_server_request(t.server, 1);
        assert_string_equal((const char *)t.reply.body, "fine");
        assert_string_equal(got->path, "/to");
        assert_string_equal(got->query, "a=1");
        assert_string_equal(pgt_received_header(got, "X-Api-Key"), "s3cret");
        assert_int_equal(t.reply.n_tries, 1);
        talk_free(&t);
    }
}

static void another_host_gets_no_secret_and_no_query(void **state)
{
    (void)state;
    const pgt_answer fine = { .body = "fine" };
    pgt_server *other = pgt_server_new(&(pgt_script){ .answers = &fine, .n = 1 });
    char header[128];
    snprintf(header, sizeof header, "Location: %s", pgt_server_url(other, "/to"));
    const pgt_answer answer = { .status = 302, .headers = header };
    talk t = talk_new(&answer, 1);
    assert_ok(t.ctx, get_redirected(&t));
    const pgt_received *got = pgt_server_request(other, 0);
    assert_string_equal(got->query, "");
    assert_null(pgt_received_header(got, "X-Api-Key"));
    assert_string_equal(pgt_received_header(got, "Accept"), "application/json");
    pgt_server_free(other);
    talk_free(&t);
}

static void way_back_from_another_host_gets_no_secret_either(void **state)
{
    (void)state;
    char there[128], back[128];
    pgt_answer away = { .status = 302, .headers = back };
    const pgt_answer answers[] = { { .status = 302, .headers = there }, { .body = "fine" } };
    pgt_server *other = pgt_server_new(&(pgt_script){ .answers = &away, .n = 1 });
    talk t = talk_new(answers, 2);
    snprintf(there, sizeof there, "Location: %s", pgt_server_url(other, "/"));
    snprintf(back, sizeof back, "Location: %s", pgt_server_url(t.server, "/back"));
    assert_ok(t.ctx, get_redirected(&t));
    assert_null(pgt_received_header(pgt_server_request(t.server, 1), "X-Api-Key"));
    pgt_server_free(other);
    talk_free(&t);
}

/* A redirect that is not followed: the sentence, and no second request. */
static void check_refused(int status, const char *location, const pg_http_request *request, const char *part)
{
    char header[256];
    snprintf(header, sizeof header, "Location: %s", location);
    const pgt_answer answer = { .status = status, .headers = header };
    talk t = talk_new(&answer, 1);
    pg_http_request asked = *request;
    asked.url = pgt_server_url(t.server, "/from");
    assert_status(t.ctx, talk_send(&t, &asked), PGDP_NETWORK);
    assert_contains(pgdp_ctx_error(t.ctx), "is not followed: ");
    assert_contains(pgdp_ctx_error(t.ctx), part);
    assert_null(strstr(pgdp_ctx_error(t.ctx), "k3y"));
    assert_int_equal(pgt_server_n_requests(t.server), 1);
    talk_free(&t);
}

static void redirect_away_from_https_is_not_followed(void **state)
{
    (void)state;
    static const char *const places[] = { "http://example.org/x", "file:///etc/passwd", "ftp://127.0.0.1/x",
                                          "gopher://127.0.0.1:70/x" };
    for (size_t i = 0; i < COUNT(places); i++)
        check_refused(302, places[i], &(pg_http_request){ 0 }, "no address");
    check_refused(302, "https://me:word@example.org/", &(pg_http_request){ 0 }, "what it names is no address");
    check_refused(302, "https://", &(pg_http_request){ 0 }, "no address");
}

static void redirect_from_tls_to_plain_is_not_followed(void **state)
{
    (void)state;
    const pgt_answer fine = { .body = "fine" };
    pgt_server *other = pgt_server_new(&(pgt_script){ .answers = &fine, .n = 1 });
    char header[128];
    snprintf(header, sizeof header, "Location: %s", pgt_server_url(other, "/to"));
    const pgt_answer answer = { .status = 302, .headers = header };
    talk t = talk_over_tls(&answer, PGT_TLS, true);
    t.policy.plain_loopback = true;
    assert_status(t.ctx, talk_get(&t), PGDP_NETWORK);
    assert_contains(pgdp_ctx_error(t.ctx), "it leads to no address that begins https://");
    assert_int_equal(pgt_server_n_requests(other), 0);
    pgt_server_free(other);
    talk_free(&t);
}

static void redirect_that_names_a_key_elsewhere_is_not_followed(void **state)
{
    (void)state;
    const pg_http_request request = { .headers = keys, .n_headers = 2, .query = key_in_query, .n_query = 1 };
    static const char *const places[] = { "http://localhost:1/login?next=%2Ffrom%3Fapi_key%3Dk3y%26",
                                          "http://localhost:1/k3y&/x", "http://localhost:1/?s=%733cret" };
    for (size_t i = 0; i < COUNT(places); i++)
        check_refused(302, places[i], &request, "it would tell a key to another host");
}

static void what_was_posted_goes_nowhere_else(void **state)
{
    (void)state;
    const pg_http_request request = { .body = "{}", .n_body = 2 };
    check_refused(302, "/to", &request, "what was sent goes to no other address");
    check_refused(307, "http://localhost:1/to", &request, "what was sent goes to no other address");
}

static void body_is_posted_again_where_the_host_says_so(void **state)
{
    (void)state;
    const pgt_answer answers[] = { { .status = 307, .headers = "Location: /to" }, { .body = "fine" } };
    talk t = talk_new(answers, 2);
    assert_ok(t.ctx, talk_send(&t, &(pg_http_request){
                                       .url = pgt_server_url(t.server, "/from"), .body = "{1}", .n_body = 3 }));
    assert_string_equal(pgt_server_request(t.server, 1)->method, "POST");
    assert_string_equal(pgt_server_request(t.server, 1)->body, "{1}");
    talk_free(&t);
}

static void redirects_in_a_ring_end(void **state)
{
    (void)state;
    const pgt_answer answer = { .status = 301, .headers = "Location: /again" };
    talk t = talk_new(&answer, 1);
    assert_status(t.ctx, talk_get(&t), PGDP_NETWORK);
    assert_contains(pgdp_ctx_error(t.ctx), "it is the sixth in a row");
    assert_int_equal(pgt_server_n_requests(t.server), 6);
    talk_free(&t);
}

static void redirect_without_a_place_is_an_answer(void **state)
{
    (void)state;
    const pgt_answer answer = { .status = 302, .body = "somewhere" };
    talk t = talk_new(&answer, 1);
    assert_ok(t.ctx, talk_get(&t));
    assert_int_equal(t.reply.status, 302);
    talk_free(&t);
}

static void other_try_after_a_redirect_begins_at_the_start(void **state)
{
    (void)state;
    const pgt_answer answers[] = { { .status = 302, .headers = "Location: /to" },
                                   { .status = 503 },
                                   { .body = "fine" } };
    talk t = talk_new(answers, 3);
    assert_ok(t.ctx, get_redirected(&t));
    assert_string_equal(pgt_server_request(t.server, 2)->path, "/from");
    assert_int_equal(t.reply.n_tries, 2);
    talk_free(&t);
}

/* ---- proxies ---- */

/* https_proxy is the server, and asks for its own word. */
static void proxy_of_the_environment_is_used_and_sees_no_key(void **state)
{
    (void)state;
    const pgt_answer answer = { .status = 403 };
    talk t = talk_new(&answer, 1);
    assert_int_equal(setenv("https_proxy", pgt_server_url(t.server, ""), 1), 0);
    assert_int_equal(setenv("no_proxy", "", 1), 0);
    assert_status(t.ctx,
                  talk_send(&t, &(pg_http_request){ .url = "https://api.example.invalid/x",
                                                    .headers = keys,
                                                    .n_headers = 2,
                                                    .query = key_in_query,
                                                    .n_query = 1 }),
                  PGDP_NETWORK);
    assert_contains(pgdp_ctx_error(t.ctx), "api.example.invalid: ");
    const pgt_received *got = pgt_server_request(t.server, 0);
    assert_string_equal(got->method, "CONNECT");
    assert_string_equal(got->path, "api.example.invalid:443");
    assert_null(pgt_received_header(got, "X-Api-Key"));
    unsetenv("https_proxy");
    unsetenv("no_proxy");
    talk_free(&t);
}

static void this_machine_is_reached_without_a_proxy(void **state)
{
    (void)state;
    const pgt_answer answer = { .body = "fine" };
    talk t = talk_new(&answer, 1);
    assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
    assert_ok(t.ctx, talk_get(&t));
    unsetenv("http_proxy");
    talk_free(&t);
}

static void host_that_nobody_knows_is_named_without_its_key(void **state)
{
    (void)state;
    const pgt_answer answer = { .body = "fine" };
    talk t = talk_new(&answer, 1);
    const pg_http_field key = { "X-Key", "invalid", true }; /* stands in the host's name, too */
    assert_int_equal(setenv("no_proxy", "*", 1), 0);
    t.policy.max_tries = 1;
    assert_status(t.ctx,
                  talk_send(&t, &(pg_http_request){ .url = "https://pgdp.invalid/x", .headers = &key, .n_headers = 1 }),
                  PGDP_NETWORK);
    assert_contains(pgdp_ctx_error(t.ctx), "the last: ");
    unsetenv("no_proxy");
    talk_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trusted_certificate_is_taken),
        cmocka_unit_test(certificate_of_nobody_is_not_trusted),
        cmocka_unit_test(certificate_of_another_host_is_not_trusted),
        cmocka_unit_test(expired_certificate_is_not_trusted),
        cmocka_unit_test(authority_that_is_not_there_is_named),
        cmocka_unit_test(plain_text_in_place_of_tls_is_no_answer),
        cmocka_unit_test(redirect_within_the_host_is_followed_with_its_headers),
        cmocka_unit_test(another_host_gets_no_secret_and_no_query),
        cmocka_unit_test(way_back_from_another_host_gets_no_secret_either),
        cmocka_unit_test(redirect_away_from_https_is_not_followed),
        cmocka_unit_test(redirect_from_tls_to_plain_is_not_followed),
        cmocka_unit_test(redirect_that_names_a_key_elsewhere_is_not_followed),
        cmocka_unit_test(what_was_posted_goes_nowhere_else),
        cmocka_unit_test(body_is_posted_again_where_the_host_says_so),
        cmocka_unit_test(redirects_in_a_ring_end),
        cmocka_unit_test(redirect_without_a_place_is_an_answer),
        cmocka_unit_test(other_try_after_a_redirect_begins_at_the_start),
        cmocka_unit_test(proxy_of_the_environment_is_used_and_sees_no_key),
        cmocka_unit_test(this_machine_is_reached_without_a_proxy),
        cmocka_unit_test(host_that_nobody_knows_is_named_without_its_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
