/* test_http_tries.c  Other tries: after what, after how long, and how they end.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/net/talk.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void refusal_that_passes_is_tried_again(void **state)
{
    (void)state;
    static const int statuses[] = { 408, 425, 429, 500, 502, 503, 504, 529 };
    for (size_t i = 0; i < COUNT(statuses); i++) {
        const pgt_answer answers[] = { { .status = statuses[i], .body = "wait" }, { .body = "fine" } };
        talk t = talk_new(answers, 2);
        assert_ok(t.ctx, talk_get(&t));
        assert_string_equal((const char *)t.reply.body, "fine");
        assert_int_equal(t.reply.n_tries, 2);
        talk_free(&t);
    }
}

static void cut_connection_is_followed_by_the_whole_body(void **state)
{
    (void)state;
    const pgt_answer answers[] = { { .body = WORDS, .how = PGT_CUT, .after = 9 },
                                   { .body = WORDS, .how = PGT_CHUNKED_CUT, .after = 14 },
                                   { .body = WORDS } };
    talk t = talk_new(answers, 3);
    assert_ok(t.ctx, talk_get(&t));
    assert_string_equal((const char *)t.reply.body, WORDS);
    assert_int_equal(t.reply.n_body, sizeof WORDS - 1);
    assert_int_equal(t.reply.n_tries, 3);
    talk_free(&t);
}

static void last_refusal_is_told_with_what_it_said(void **state)
{
    (void)state;
    const pgt_answer answer = { .status = 503, .body = "{\"error\":\"overloaded\"}" };
    talk t = talk_new(&answer, 1);
    assert_status(t.ctx, talk_get(&t), PGDP_NETWORK);
    assert_contains(pgdp_ctx_error(t.ctx), "no answer after 3 tries, the last: status 503; try again later");
    assert_int_equal(t.reply.status, 503);
    assert_string_equal((const char *)t.reply.body, "{\"error\":\"overloaded\"}");
    assert_contains(t.reply.shown, "GET http://127.0.0.1:");
    talk_free(&t);
}

static void waits_double_with_jitter_below_their_bound(void **state)
{
    (void)state;
    const pgt_answer answer = { .status = 500 };
    talk t = talk_new(&answer, 1);
    t.policy.max_tries = 5;
    t.policy.first_wait = 0.04;
    t.policy.max_wait = 0.1;
    assert_status(t.ctx, talk_get(&t), PGDP_NETWORK);
    static const double most[] = { 0.04, 0.08, 0.1, 0.1 };
    for (size_t i = 0; i < COUNT(most); i++) {
        const double gap = pgt_server_request(t.server, i + 1)->time - pgt_server_request(t.server, i)->time;
        assert_true(gap > 0.5 * most[i] - 0.002);
    }
    talk_free(&t);
}

static void retry_after_in_seconds_is_waited(void **state)
{
    (void)state;
    const pgt_answer answers[] = { { .status = 429, .headers = "Retry-After: 1" }, { .body = "fine" } };
    talk t = talk_new(answers, 2);
    t.policy.max_wait = 1.5;
    assert_ok(t.ctx, talk_get(&t));
    const double gap = pgt_server_request(t.server, 1)->time - pgt_server_request(t.server, 0)->time;
    assert_true(gap >= 0.99);
    talk_free(&t);
}

/* "Sun, 06 Nov 1994 08:49:37 GMT", so many seconds from now. */
static void write_date(char *out, size_t size, long from_now)
{
    struct timespec now;
    struct tm parts;
    clock_gettime(CLOCK_REALTIME, &now);
    const time_t then = now.tv_sec + from_now;
    strftime(out, size, "Retry-After: %a, %d %b %Y %H:%M:%S GMT", gmtime_r(&then, &parts));
}

static void retry_after_that_says_nothing_is_no_retry_after(void **state)
{
    (void)state;
    char past[64];
    write_date(past, sizeof past, -1000);
    const char *const headers[] = { past,           "Retry-After: 0",  "Retry-After: soon",
                                    "Retry-After:", "Retry-After: -5", "Retry-After: 99999999999999999999" };
    for (size_t i = 0; i < COUNT(headers); i++) {
        const pgt_answer answers[] = { { .status = 503, .headers = headers[i] }, { .body = "fine" } };
        talk t = talk_new(answers, 2);
        assert_ok(t.ctx, talk_get(&t));
        assert_true(t.seconds < 0.3);
        talk_free(&t);
    }
}

static void retry_after_longer_than_we_wait_ends_the_tries(void **state)
{
    (void)state;
    char date[64];
    write_date(date, sizeof date, 7200);
    const char *const headers[] = { "Retry-After: 3600", date, "Retry-After: 99999999999" };
    static const double least[] = { 3600, 7190, 99999999999 };
    for (size_t i = 0; i < COUNT(headers); i++) {
        const pgt_answer answer = { .status = 429, .headers = headers[i] };
        talk t = talk_new(&answer, 1);
        assert_status(t.ctx, talk_get(&t), PGDP_NETWORK);
        const char *asked = strstr(pgdp_ctx_error(t.ctx), "status 429, asks to wait ");
        assert_non_null(asked);
        const double seconds = strtod(asked + strlen("status 429, asks to wait "), NULL);
        assert_true(seconds >= least[i] && seconds <= least[i] + 10);
        assert_contains(pgdp_ctx_error(t.ctx), "and at most 0.02 are waited; try again later");
        assert_int_equal(pgt_server_n_requests(t.server), 1);
        talk_free(&t);
    }
}

static void one_try_is_one_request(void **state)
{
    (void)state;
    const pgt_answer answer = { .status = 500 };
    talk t = talk_new(&answer, 1);
    t.policy.max_tries = 1;
    assert_status(t.ctx, talk_get(&t), PGDP_NETWORK);
    assert_contains(pgdp_ctx_error(t.ctx), "no answer after 1 try, the last: status 500");
    assert_int_equal(pgt_server_n_requests(t.server), 1);
    talk_free(&t);
}

static void requests_to_a_host_keep_its_pace(void **state)
{
    (void)state;
    const pgt_answer answer = { .body = "x" };
    talk t = talk_new(&answer, 1);
    t.policy.requests_per_second = 20;
    for (int i = 0; i < 5; i++)
        assert_ok(t.ctx, talk_get(&t));
    for (size_t i = 0; i < 4; i++) {
        const double gap = pgt_server_request(t.server, i + 1)->time - pgt_server_request(t.server, i)->time;
        assert_true(gap > 0.04);
    }
    talk_free(&t);
}

static void pace_is_each_hosts_own(void **state)
{
    (void)state;
    const pgt_answer answer = { .body = "x" };
    talk t = talk_new(&answer, 1);
    pgt_server *other = pgt_server_new(&(pgt_script){ .answers = &answer, .n = 1 });
    t.policy.requests_per_second = 0.5;
    assert_ok(t.ctx, talk_get(&t));
    assert_ok(t.ctx, talk_send(&t, &(pg_http_request){ .url = pgt_server_url(other, "/") }));
    assert_true(t.seconds < 1);
    pgt_server_free(other);
    talk_free(&t);
}

/* ---- stopping ---- */

static bool stop_soon(void *user)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec > *(const double *)user;
}

/* Asked to stop 50 ms from the start, it does long before the 30 s. */
static void check_stop(const pgt_answer *answer, double requests_per_second)
{
    struct timespec now, end;
    talk t = talk_new(answer, 1);
    t.policy.requests_per_second = requests_per_second;
    t.policy.first_wait = t.policy.max_wait = t.policy.total_timeout = t.policy.stall_timeout = 30;
    if (requests_per_second > 0) assert_ok(t.ctx, talk_get(&t));
    clock_gettime(CLOCK_MONOTONIC, &now);
    double until = (double)now.tv_sec + 1e-9 * (double)now.tv_nsec + 0.05;
    pgdp_ctx_set_stop(t.ctx, stop_soon, &until);
    assert_status(t.ctx, talk_get(&t), PGDP_STOPPED);
    clock_gettime(CLOCK_MONOTONIC, &end);
    assert_true(stop_soon(&(double){ until }));
    assert_true((double)(end.tv_sec - now.tv_sec) + 1e-9 * (double)(end.tv_nsec - now.tv_nsec) < 0.5);
    talk_free(&t);
}

static void wish_to_stop_is_heard_while_nothing_arrives(void **state)
{
    (void)state;
    check_stop(&(pgt_answer){ .how = PGT_NEVER }, 0);
}

static void wish_to_stop_is_heard_between_tries(void **state)
{
    (void)state;
    check_stop(&(pgt_answer){ .status = 503 }, 0);
}

static void wish_to_stop_is_heard_while_the_pace_is_kept(void **state)
{
    (void)state;
    check_stop(&(pgt_answer){ .body = "x" }, 0.05);
}

/* ---- threads and memory ---- */

static void *talk_in_a_thread(void *user)
{
    pgt_server *server = user;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    const pg_http_policy policy = talk_policy();
    pgdp_status status = ctx == NULL ? PGDP_NO_MEMORY : PGDP_OK;
    for (int i = 0; status == PGDP_OK && i < 5; i++) {
        pg_http *http = NULL;
        pg_http_reply reply;
        const pg_http_request request = { .url = pgt_server_url(server, "/x") };
        status = pg_http_new(ctx, &policy, &http);
        if (status == PGDP_OK) status = pg_http_send(ctx, http, &request, &ctx->scratch, &reply);
        pg_http_free(http);
    }
    pgdp_ctx_free(ctx);
    return status == PGDP_OK ? NULL : user;
}

static void sessions_are_made_in_several_threads_at_once(void **state)
{
    (void)state;
    const pgt_answer answer = { .body = "x" };
    pgt_server *server = pgt_server_new(&(pgt_script){ .answers = &answer, .n = 1 });
    pthread_t threads[4];
    void *failed;
    for (size_t i = 0; i < COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, talk_in_a_thread, server), 0);
    for (size_t i = 0; i < COUNT(threads); i++) {
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    assert_int_equal(pgt_server_n_requests(server), 20);
    pgt_server_free(server);
}

static pgdp_status talk_with_this_memory(pgdp_ctx *ctx, void *user)
{
    static const pg_http_field query[] = { { "key", "k3y", true } };
    const pg_http_policy policy = talk_policy();
    pg_http *http = NULL;
    pg_http_reply reply;
    PG_TRY(pg_http_new(ctx, &policy, &http));
    const pgdp_status status =
        pg_http_send(ctx, http, &(pg_http_request){ .url = pgt_server_url(user, "/x"), .query = query, .n_query = 1 },
                     &ctx->scratch, &reply);
    pg_http_free(http);
    return status;
}

static void every_failing_allocation_is_told(void **state)
{
    (void)state;
    static char body[20000];
    memset(body, 'b', sizeof body - 1);
    const pgt_answer plain = { .body = body }, packed = { .body = body, .how = PGT_GZIP };
    for (int i = 0; i < 2; i++) {
        pgt_server *server = pgt_server_new(&(pgt_script){ .answers = i == 0 ? &plain : &packed, .n = 1 });
        assert_true(pgt_fail_every_allocation(talk_with_this_memory, server) > 4);
        pgt_server_free(server);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusal_that_passes_is_tried_again),
        cmocka_unit_test(cut_connection_is_followed_by_the_whole_body),
        cmocka_unit_test(last_refusal_is_told_with_what_it_said),
        cmocka_unit_test(waits_double_with_jitter_below_their_bound),
        cmocka_unit_test(retry_after_in_seconds_is_waited),
        cmocka_unit_test(retry_after_that_says_nothing_is_no_retry_after),
        cmocka_unit_test(retry_after_longer_than_we_wait_ends_the_tries),
        cmocka_unit_test(one_try_is_one_request),
        cmocka_unit_test(requests_to_a_host_keep_its_pace),
        cmocka_unit_test(pace_is_each_hosts_own),
        cmocka_unit_test(wish_to_stop_is_heard_while_nothing_arrives),
        cmocka_unit_test(wish_to_stop_is_heard_between_tries),
        cmocka_unit_test(wish_to_stop_is_heard_while_the_pace_is_kept),
        cmocka_unit_test(sessions_are_made_in_several_threads_at_once),
        cmocka_unit_test(every_failing_allocation_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
