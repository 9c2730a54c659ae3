/* test_http_faults.c  Every way in which a server misbehaves towards one request; waiting always ends.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/net/talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* After three tries the sentence holds the part. */
static void check_all_tries(const pgt_answer *answer, const char *part)
{
    talk t = talk_new(answer, 1);
    assert_status(t.ctx, talk_get(&t), PGDP_NETWORK);
    assert_contains(pgdp_ctx_error(t.ctx), "no answer after 3 tries, the last: ");
    assert_contains(pgdp_ctx_error(t.ctx), part);
    assert_contains(pgdp_ctx_error(t.ctx), "127.0.0.1:");
    assert_int_equal(pgt_server_n_requests(t.server), 3);
    assert_int_equal(t.reply.n_tries, 3);
    talk_free(&t);
}

static void body_shorter_than_its_length_is_no_answer(void **state)
{
    (void)state;
    check_all_tries(&(pgt_answer){ .body = WORDS, .how = PGT_CUT, .after = 20 }, "transfer closed with");
}

static void cut_chunks_are_no_answer(void **state)
{
    (void)state;
    check_all_tries(&(pgt_answer){ .body = WORDS, .how = PGT_CHUNKED_CUT, .after = 14 }, "transfer closed with");
}

static void cut_between_the_headers_is_no_answer(void **state)
{
    (void)state;
    check_all_tries(&(pgt_answer){ .body = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n", .how = PGT_RAW }, "");
}

static void packed_body_that_is_garbled_is_no_answer(void **state)
{
    (void)state;
    check_all_tries(&(pgt_answer){ .body = WORDS, .headers = "Content-Encoding: gzip" },
                    "its packed body is damaged or cut");
}

static void packing_cut_short_with_the_connection_is_no_answer(void **state)
{
    (void)state;
    check_all_tries(&(pgt_answer){ .body = WORDS, .how = PGT_CUT, .after = 3, .headers = "Content-Encoding: gzip" },
                    "");
}

static void closed_connection_is_tried_again(void **state)
{
    (void)state;
    check_all_tries(&(pgt_answer){ .how = PGT_CLOSE }, "Empty reply from server");
}

static void silence_ends_with_the_stall(void **state)
{
    (void)state;
    check_all_tries(&(pgt_answer){ .how = PGT_NEVER }, "nothing arrived for too long");
}

static void endless_drip_ends_with_the_time_of_a_try(void **state)
{
    (void)state;
    check_all_tries(&(pgt_answer){ .body = WORDS WORDS, .how = PGT_DRIP, .pause = 0.05 }, "timed out");
}

static void nobody_listening_is_tried_again(void **state)
{
    (void)state;
    const pgt_answer answer = { .body = "x" };
    talk t = talk_new(&answer, 1);
    char url[128];
    snprintf(url, sizeof url, "%s", pgt_server_url(t.server, "/x"));
    pgt_server_free(t.server);
    t.server = NULL;
    assert_status(t.ctx, talk_send(&t, &(pg_http_request){ .url = url }), PGDP_NETWORK);
    assert_contains(pgdp_ctx_error(t.ctx), "3 tries");
    talk_free(&t);
}

/* What no other try would mend: one request, and a sentence. */
static void check_at_once(const pgt_answer *answer, const char *part)
{
    talk t = talk_new(answer, 1);
    t.policy.total_timeout = t.policy.stall_timeout = 4;
    assert_status(t.ctx, talk_get(&t), PGDP_NETWORK);
    assert_contains(pgdp_ctx_error(t.ctx), part);
    assert_int_equal(pgt_server_n_requests(t.server), 1);
    talk_free(&t);
}

static void announced_size_above_the_limit_is_refused_at_once(void **state)
{
    (void)state;
    check_at_once(&(pgt_answer){ .body = "HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\nxyz", .how = PGT_RAW },
                  "the answer has more than 1048576 bytes; ask for less at once");
}

static void small_packed_body_that_unpacks_to_much_is_refused(void **state)
{
    (void)state;
    check_at_once(&(pgt_answer){ .how = PGT_BOMB, .after = 4000000 }, "the answer has more than 1048576 bytes");
}

static void packing_that_nobody_asked_for_is_named(void **state)
{
    (void)state;
    check_at_once(&(pgt_answer){ .body = WORDS, .headers = "Content-Encoding: br" },
                  "found a body packed as br, expected gzip");
}

static void garbage_in_place_of_http_is_refused(void **state)
{
    (void)state;
    check_at_once(&(pgt_answer){ .body = "SSH-2.0-OpenSSH_9.2\r\n", .how = PGT_RAW }, "HTTP/0.9");
}

static void headers_without_end_are_refused(void **state)
{
    (void)state;
    char *headers = malloc(400001);
    memset(headers, 'h', 400000);
    headers[1] = ':';
    headers[400000] = '\0';
    check_at_once(&(pgt_answer){ .headers = headers, .body = "x" }, "a header is longer than");
    free(headers);
}

static void length_below_zero_is_refused(void **state)
{
    (void)state;
    check_at_once(&(pgt_answer){ .body = "HTTP/1.1 200 OK\r\nContent-Length: -7\r\n\r\nabcdef", .how = PGT_RAW },
                  "Content-Length");
}

static void status_without_sense_is_refused(void **state)
{
    (void)state;
    check_at_once(&(pgt_answer){ .body = "HTTP/1.1 banana\r\n\r\n", .how = PGT_RAW }, "127.0.0.1:");
}

static void packing_that_ends_early_is_no_answer(void **state)
{
    (void)state;
    check_all_tries(&(pgt_answer){ .body = WORDS, .how = PGT_GZIP_CUT, .after = 30 },
                    "its packed body is damaged or cut");
    check_all_tries(&(pgt_answer){ .body = WORDS, .how = PGT_GZIP_CUT, .after = 55 }, "damaged or cut");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(body_shorter_than_its_length_is_no_answer),
        cmocka_unit_test(cut_chunks_are_no_answer),
        cmocka_unit_test(cut_between_the_headers_is_no_answer),
        cmocka_unit_test(packed_body_that_is_garbled_is_no_answer),
        cmocka_unit_test(packing_cut_short_with_the_connection_is_no_answer),
        cmocka_unit_test(packing_that_ends_early_is_no_answer),
        cmocka_unit_test(closed_connection_is_tried_again),
        cmocka_unit_test(silence_ends_with_the_stall),
        cmocka_unit_test(endless_drip_ends_with_the_time_of_a_try),
        cmocka_unit_test(nobody_listening_is_tried_again),
        cmocka_unit_test(announced_size_above_the_limit_is_refused_at_once),
        cmocka_unit_test(small_packed_body_that_unpacks_to_much_is_refused),
        cmocka_unit_test(packing_that_nobody_asked_for_is_named),
        cmocka_unit_test(garbage_in_place_of_http_is_refused),
        cmocka_unit_test(headers_without_end_are_refused),
        cmocka_unit_test(length_below_zero_is_refused),
        cmocka_unit_test(status_without_sense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
