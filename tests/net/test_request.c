/* test_request.c  Addresses encoded, secrets hidden in any form, places told apart, packed bodies.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/random.h"
#include "net/gunzip.h"
#include "net/request.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { N_CASES = 2000, LONGEST = 24 };

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

/* 1 to LONGEST bytes, none of them 0; every third word of letters that need no encoding. */
static void random_word(pg_random *random, char *out)
{
    const size_t n = 1 + pg_random_index(random, LONGEST), simple = pg_random_index(random, 3);
    for (size_t i = 0; i < n; i++)
        out[i] = (char)(simple == 0 ? 'a' + (int)pg_random_index(random, 26) : 1 + (int)pg_random_index(random, 255));
    out[n] = '\0';
}

/* RFC 3986, the other way round. */
static void decode(const char *text, char *out)
{
    for (; *text != '\0' && *text != '&'; text++) {
        if (*text == '%') {
            const char digits[] = { text[1], text[2], '\0' };
            *out++ = (char)strtol(digits, NULL, 16);
            text += 2;
        } else {
            *out++ = *text;
        }
    }
    *out = '\0';
}

static void encoded_query_decodes_to_what_it_was(void **state)
{
    pgdp_ctx *ctx = *state;
    pg_random random = pg_random_stream(2385, "encode", 0);
    for (int i = 0; i < N_CASES; i++) {
        char word[LONGEST + 1], back[LONGEST + 1];
        random_word(&random, word);
        const pg_http_field query[] = { { "a", word, false }, { "b", word, true } };
        const pg_http_request request = { .url = "https://example.org/", .query = query, .n_query = 2 };
        const char *address = pg_request_address(&ctx->scratch, &request, false);
        assert_non_null(address);
        assert_int_equal(strspn(address, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%:/?&="),
                         strlen(address));
        decode(strstr(address, "?a=") + 3, back);
        assert_string_equal(back, word);
        decode(strstr(address, "&b=") + 3, back);
        assert_string_equal(back, word);
    }
}

static void no_text_betrays_a_secret_once_hidden(void **state)
{
    pgdp_ctx *ctx = *state;
    pg_random random = pg_random_stream(2385, "hide", 0);
    for (int i = 0; i < N_CASES; i++) {
        char secret[LONGEST + 1], text[4 * LONGEST + 64];
        random_word(&random, secret);
        const pg_http_field query[] = { { "key", secret, true } };
        const pg_http_request request = { .url = "https://example.org/", .query = query, .n_query = 1 };
        const char *address = pg_request_address(&ctx->scratch, &request, false);
        snprintf(text, sizeof text, "failed: %s %s.", i % 2 == 0 ? secret : "", address);
        assert_true(pg_request_betrays(&request, text));
        const char *shown = pg_request_hide(&ctx->scratch, &request, text);
        assert_contains(shown, "(hidden)");
        if (strlen(secret) > 8) assert_null(strstr(shown, secret)); /* short ones may stand in "(hidden)" */
    }
}

static void key_is_hidden_without_the_word_before_it(void **state)
{
    pgdp_ctx *ctx = *state;
    const pg_http_field headers[] = { { "Authorization", "Bearer sk-s3cret", true },
                                      { "X-Plain", "plain", false },
                                      { "X-None", NULL, true },
                                      { "X-Empty", "", true } };
    const pg_http_request request = { .url = "https://example.org/", .headers = headers, .n_headers = 4 };
    assert_string_equal(pg_request_hide(&ctx->scratch, &request, "wrong key sk-s3cret (plain)"),
                        "wrong key (hidden) (plain)");
    assert_string_equal(pg_request_hide(&ctx->scratch, &request, "Bearer%20sk%2Ds3cret, Bearer sk-%733cret"),
                        "(hidden), (hidden)");
    assert_false(pg_request_betrays(&request, "plain % %7 %zz sk-s3cre"));
}

static void places_differ_by_scheme_host_and_port(void **state)
{
    pgdp_ctx *ctx = *state;
    pg_curl curl = { 0 };
    assert_ok(ctx, pg_curl_open(ctx, "libcurl.so.4", &curl));
    static const struct {
        const char *a, *b;
        bool same;
    } cases[] = {
        { "https://api.example.org/x", "https://API.example.ORG:443/y?z", true },
        { "https://api.example.org", "https://api.example.org:8443", false },
        { "https://api.example.org", "https://api.example.org.evil.com", false },
        { "https://api.example.org", "http://api.example.org", false },
        { "http://127.0.0.1:80/", "http://127.0.0.1/", true },
        { "http://127.0.0.1:8080/", "http://localhost:8080/", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pg_place a, b;
        assert_ok(ctx, pg_place_of(ctx, &curl, cases[i].a, &ctx->scratch, &a));
        assert_ok(ctx, pg_place_of(ctx, &curl, cases[i].b, &ctx->scratch, &b));
        assert_int_equal(pg_place_same(&a, &b), cases[i].same);
    }
    pg_curl_close(&curl);
}

static void only_this_machine_is_reached_without_tls(void **state)
{
    pgdp_ctx *ctx = *state;
    pg_curl curl = { 0 };
    assert_ok(ctx, pg_curl_open(ctx, "libcurl.so.4", &curl));
    static const struct {
        const char *address;
        bool allowed;
    } cases[] = {
        { "https://example.org/", true },
        { "http://example.org/", false },
        { "http://127.0.0.1/", true },
        { "http://[::1]:9/", true },
        { "http://LOCALHOST/", true },
        { "http://localhost.example.org/", false },
        { "http://127.0.0.1.example.org/", false },
        { "http://0x7f000001/", true },
        { "http://2130706433/", true },
        { "http://127.0.0.2/", false },
        { "ftp://127.0.0.1/", false },
        { "file:///etc/passwd", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pg_place place;
        const pgdp_status status = pg_place_of(ctx, &curl, cases[i].address, &ctx->scratch, &place);
        assert_int_equal(status == PGDP_OK && pg_place_allowed(&place, true), cases[i].allowed);
        assert_false(status == PGDP_OK && pg_place_allowed(&place, false) && !place.secure);
    }
    pg_curl_close(&curl);
}

/* ---- packed bodies ---- */

/* gzip of n bytes at the end of out; the new end. */
static size_t pack(const unsigned char *bytes, size_t n, unsigned char *out, size_t at)
{
    z_stream z = {
        .next_in = (unsigned char *)(uintptr_t)bytes, .avail_in = (unsigned)n, .next_out = out + at, .avail_out = 4096
    };
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    at += z.total_out;
    deflateEnd(&z);
    return at;
}

static void only_the_whole_of_a_packed_body_unpacks(void **state)
{
    pgdp_ctx *ctx = *state;
    unsigned char packed[8192], *out;
    const unsigned char text[] = "observations of a series, observations of a series, 2.385";
    const size_t one = pack(text, sizeof text, packed, 0), two = pack(text, sizeof text, packed, one);
    size_t n;
    assert_int_equal(pg_gunzip(&ctx->scratch, packed, two, 1000, &out, &n), PG_GUNZIP_WHOLE);
    assert_int_equal(n, 2 * sizeof text);
    assert_memory_equal(out + sizeof text, text, sizeof text);
    for (size_t i = 0; i < two; i++)
        assert_int_equal(pg_gunzip(&ctx->scratch, packed, i, 1000, &out, &n),
                         i == one ? PG_GUNZIP_WHOLE : PG_GUNZIP_DAMAGED);
    for (size_t i = 10; i < one;
         i++) { /* the header before says nothing of the bytes, nor do a few bits between blocks */
        packed[i] ^= 0x10;
        if (pg_gunzip(&ctx->scratch, packed, one, 100000, &out, &n) == PG_GUNZIP_WHOLE) {
            assert_int_equal(n, sizeof text);
            assert_memory_equal(out, text, sizeof text);
        }
        packed[i] ^= 0x10;
    }
}

static void unpacking_ends_at_the_limit(void **state)
{
    pgdp_ctx *ctx = *state;
    unsigned char packed[4096], *out, *zeros = calloc(1000000, 1);
    const size_t end = pack(zeros, 1000000, packed, 0);
    size_t n;
    assert_int_equal(pg_gunzip(&ctx->scratch, packed, end, 1000000, &out, &n), PG_GUNZIP_WHOLE);
    assert_int_equal(n, 1000000);
    assert_memory_equal(out, zeros, n);
    assert_int_equal(pg_gunzip(&ctx->scratch, packed, end, 999999, &out, &n), PG_GUNZIP_TOO_LARGE);
    assert_int_equal(pg_gunzip(&ctx->scratch, packed, end, 1, &out, &n), PG_GUNZIP_TOO_LARGE);
    assert_true(n < 100000);
    free(zeros);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(encoded_query_decodes_to_what_it_was),
        TEST(no_text_betrays_a_secret_once_hidden),
        TEST(key_is_hidden_without_the_word_before_it),
        TEST(places_differ_by_scheme_host_and_port),
        TEST(only_this_machine_is_reached_without_tls),
        TEST(only_the_whole_of_a_packed_body_unpacks),
        TEST(unpacking_ends_at_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
