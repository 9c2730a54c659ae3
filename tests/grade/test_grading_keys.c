/* test_grading_keys.c  Keys reach their provider and nothing else: no store, no message, no other host.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/grade/server.h"

#include <sys/stat.h>

static size_t count_in_file(const char *path, const char *needle)
{
    size_t n, found = 0;
    struct stat about;
    if (stat(path, &about) != 0) return 0;
    char *bytes = pgt_read_file(path, &n);
    for (size_t i = 0; i + strlen(needle) <= n; i++)
        found += memcmp(bytes + i, needle, strlen(needle)) == 0;
    free(bytes);
    return found;
}

static void use_key(bench *b, char path[256])
{
    (void)snprintf(path, 256, "%s", pgt_path(b->folder, "key"));
    pgt_write_file(path, SECRET "\n", strlen(SECRET) + 1);
    assert_int_equal(chmod(path, S_IRUSR | S_IWUSR), 0);
    b->q.key_file = path;
}

static void the_key_is_sent_and_nowhere_kept(void **state)
{
    (void)state;
    bench b;
    char key[256], wal[300];
    bench_open(&b, 4, PGT_PLAIN);
    use_key(&b, key);
    /* a server that tells back what it was sent: in the message, in the model's name, in a label */
    const pgt_answer echo[] = {
        { .status = 400, .body = "{\"error\":{\"message\":\"Incorrect key " SECRET "\"}}" },
        { .body = "{\"model\":\"" SECRET "\",\"choices\":[{\"message\":{\"content\":\"{\\\"task\\\":\\\"t1\\\","
                  "\\\"exposure\\\":\\\"\\u0073k-test-0123456789abcdef\\\"}\"}}]}" },
    };
    b.model.instead = echo;
    b.model.n_instead = 2;
    b.model.only = 1;
    assert_ok(b.ctx, bench_run(&b));
    assert_string_equal(pgt_received_header(pgt_server_request(b.server, 0), "Authorization"), "Bearer " SECRET);
    b.model.n_asked[1] = 1;
    assert_ok(b.ctx, bench_run(&b));
    char *json = bench_json(&b);
    assert_null(strstr(json, SECRET));
    assert_contains(json, "m#1");
    free(json);
    assert_int_equal(count_in_file(b.store, SECRET), 0);
    (void)snprintf(wal, sizeof wal, "%s-wal", b.store);
    assert_int_equal(count_in_file(wal, SECRET), 0);
    assert_true(count_in_file(b.store, "(hidden)") + count_in_file(wal, "(hidden)") > 0);
    bench_close(&b);
}

static void no_message_holds_the_key(void **state)
{
    (void)state;
    static const pgt_answer refusals[] = {
        { .status = 401, .body = "{\"error\":{\"message\":\"Incorrect API key provided: " SECRET "\"}}" },
        { .status = 500, .body = SECRET },
        { .how = PGT_RAW, .body = "HTTP/1.1 200 " SECRET "\r\nLocation: https://" SECRET "/\r\n\r\n" },
        { .status = 302, .headers = "Location: https://" SECRET ".example.org/" SECRET },
    };
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        bench b;
        char key[256];
        bench_open(&b, 2, PGT_PLAIN);
        use_key(&b, key);
        b.model.instead = &refusals[i];
        b.model.n_instead = 1;
        b.model.always = true;
        (void)bench_run(&b);
        assert_null(strstr(pgdp_ctx_error(b.ctx), SECRET));
        assert_int_equal(count_in_file(b.store, SECRET), 0);
        bench_close(&b);
    }
}

static void a_key_that_others_can_read_is_refused(void **state)
{
    (void)state;
    bench b;
    char key[256];
    bench_open(&b, 2, PGT_PLAIN);
    use_key(&b, key);
    assert_int_equal(chmod(key, S_IRUSR | S_IROTH), 0);
    assert_status(b.ctx, bench_run(&b), PGDP_PARSE);
    assert_int_equal(pgt_server_n_requests(b.server), 0);
    bench_close(&b);
}

static void a_providers_key_is_not_sent_to_others(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, 1, PGT_PLAIN);
    assert_int_equal(setenv("OPENAI_API_KEY", SECRET, 1), 0);
    b.q.format = "openai";
    assert_ok(b.ctx, bench_run(&b));
    assert_null(pgt_received_header(pgt_server_request(b.server, 0), "Authorization"));
    b.q.key_variable = "OPENAI_API_KEY";
    b.q.n_passes = 2;
    assert_ok(b.ctx, bench_run(&b));
    assert_non_null(pgt_received_header(pgt_server_request(b.server, 1), "Authorization"));
    assert_int_equal(unsetenv("OPENAI_API_KEY"), 0);
    b.q.n_passes = 3;
    assert_status(b.ctx, bench_run(&b), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(b.ctx), "found no key in the environment variable OPENAI_API_KEY");
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_key_is_sent_and_nowhere_kept),
        cmocka_unit_test(no_message_holds_the_key),
        cmocka_unit_test(a_key_that_others_can_read_is_refused),
        cmocka_unit_test(a_providers_key_is_not_sent_to_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
