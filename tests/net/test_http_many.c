/* test_http_many.c  Many requests in flight: how many at once, in which order answered, how one that fails leaves the
 * rest alone. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/net/talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 64 };

/** A list of requests "/0", "/1", ...; what came of each. */
typedef struct list {
    talk *t;
    size_t n, n_asked, n_answered, hold, fail_at;
    char urls[MOST][64], bodies[MOST][32];
    pgdp_status status[MOST];
    size_t n_tries[MOST], order[MOST];
} list;

static pgdp_status next_of_list(pgdp_ctx *ctx, void *user, pg_http_request *request, size_t *id, bool *more)
{
    (void)ctx;
    list *l = user;
    *more = l->n_asked < l->n && l->n_asked < l->n_answered + l->hold;
    if (!*more) return PGDP_OK;
    char path[24];
    *id = l->n_asked++;
    snprintf(path, sizeof path, "/%zu", *id);
    snprintf(l->urls[*id], sizeof l->urls[*id], "%s", pgt_server_url(l->t->server, path));
    request->url = l->urls[*id];
    return PGDP_OK;
}

static pgdp_status answer_of_list(pgdp_ctx *ctx, void *user, size_t id, pgdp_status status, const pg_http_reply *reply)
{
    list *l = user;
    snprintf(l->bodies[id], sizeof l->bodies[id], "%s", (const char *)reply->body);
    l->status[id] = status;
    l->n_tries[id] = reply->n_tries;
    l->order[l->n_answered++] = id;
    if (l->fail_at != 0 && l->n_answered == l->fail_at) return pg_fail(ctx, PGDP_IO, "the cache is full");
    return PGDP_OK;
}

static list *list_of(talk *t, size_t n)
{
    list *l = calloc(1, sizeof *l);
    assert_non_null(l);
    l->t = t;
    l->n = n;
    l->hold = MOST;
    return l;
}

static pgdp_status send_list(list *l)
{
    talk *t = l->t;
    if (t->http == NULL) assert_ok(t->ctx, pg_http_new(t->ctx, &t->policy, &t->http));
    return pg_http_send_all(t->ctx, t->http, &(pg_http_batch){ l, next_of_list, answer_of_list });
}

/* The path is the body; those that are odd come late; /7 is not there, /9 is refused for ever, /11 once. */
typedef struct shop {
    size_t n_of_eleven;
    double late;
} shop;
static pgt_answer serve_path(void *user, const pgt_received *request)
{
    shop *s = user;
    const long number = strtol(request->path + 1, NULL, 10);
    if (number == 7) return (pgt_answer){ .status = 404, .body = "none" };
    if (number == 9) return (pgt_answer){ .status = 503 };
    if (number == 11 && s->n_of_eleven++ == 0) return (pgt_answer){ .status = 500 };
    return (pgt_answer){ .body = request->path, .pause = number % 2 == 1 ? s->late : 0 };
}

static void each_answer_goes_to_its_own_request(void **state)
{
    (void)state;
    shop s = { .late = 0.01 };
    talk t = talk_with(&(pgt_script){ .respond = serve_path, .user = &s });
    list *l = list_of(&t, 40);
    assert_ok(t.ctx, send_list(l));
    assert_int_equal(l->n_answered, 40);
    for (size_t i = 0; i < 40; i++) {
        char want[24];
        snprintf(want, sizeof want, "/%zu", i);
        assert_int_equal(l->status[i], i == 9 ? PGDP_NETWORK : PGDP_OK);
        assert_string_equal(l->bodies[i], i == 7 ? "none" : i == 9 ? "" : want);
        assert_int_equal(l->n_tries[i], i == 9 ? 3 : i == 11 ? 2 : 1);
    }
    free(l);
    talk_free(&t);
}

static void no_more_are_in_flight_than_allowed(void **state)
{
    (void)state;
    const pgt_answer answer = { .body = "x", .pause = 0.1 };
    talk t = talk_new(&answer, 1);
    list *l = list_of(&t, 12);
    assert_ok(t.ctx, send_list(l));
    for (size_t i = 0; i < 12; i++) {
        const pgt_received *got = pgt_server_request(t.server, i);
        assert_true(got->connection < 4);
        assert_true(i < 4 || got->time > pgt_server_request(t.server, i - 4)->time + 0.09);
    }
    assert_true(pgt_server_request(t.server, 3)->time < pgt_server_request(t.server, 0)->time + 0.09);
    free(l);
    talk_free(&t);
}

static void answers_come_as_they_arrive(void **state)
{
    (void)state;
    shop s = { .late = 0.08 };
    talk t = talk_with(&(pgt_script){ .respond = serve_path, .user = &s });
    list *l = list_of(&t, 4);
    assert_ok(t.ctx, send_list(l));
    assert_true(l->order[0] % 2 == 0 && l->order[1] % 2 == 0);
    assert_true(l->order[2] % 2 == 1 && l->order[3] % 2 == 1);
    free(l);
    talk_free(&t);
}

static void pace_holds_for_all_in_flight(void **state)
{
    (void)state;
    const pgt_answer answer = { .body = "x" };
    talk t = talk_new(&answer, 1);
    t.policy.requests_per_second = 25;
    list *l = list_of(&t, 8);
    assert_ok(t.ctx, send_list(l));
    for (size_t i = 1; i < 8; i++)
        assert_true(pgt_server_request(t.server, i)->time - pgt_server_request(t.server, i - 1)->time > 0.025);
    free(l);
    talk_free(&t);
}

static void retry_after_holds_all_requests_to_the_host(void **state)
{
    (void)state;
    const pgt_answer answers[] = { { .status = 429, .headers = "Retry-After: 1" }, { .body = "x" } };
    talk t = talk_new(answers, 2);
    t.policy.max_in_flight = 1; /* the order on the wire is then ours */
    t.policy.max_wait = 1.5;
    list *l = list_of(&t, 3);
    assert_ok(t.ctx, send_list(l));
    assert_true(pgt_server_request(t.server, 1)->time - pgt_server_request(t.server, 0)->time >= 0.99);
    assert_int_equal(pgt_server_n_requests(t.server), 4);
    free(l);
    talk_free(&t);
}

static void next_may_wait_for_an_answer(void **state)
{
    (void)state;
    const pgt_answer answer = { .body = "x" };
    talk t = talk_new(&answer, 1);
    list *l = list_of(&t, 6);
    l->hold = 1; /* the next is known only when all before were answered */
    assert_ok(t.ctx, send_list(l));
    assert_int_equal(l->n_answered, 6);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(l->order[i], i);
    free(l);
    talk_free(&t);
}

static void nothing_to_send_is_done_at_once(void **state)
{
    (void)state;
    const pgt_answer answer = { .body = "x" };
    talk t = talk_new(&answer, 1);
    list *l = list_of(&t, 0);
    assert_ok(t.ctx, send_list(l));
    assert_int_equal(l->n_answered, 0);
    free(l);
    talk_free(&t);
}

static void failure_of_an_answers_taker_ends_the_batch(void **state)
{
    (void)state;
    const pgt_answer answer = { .body = "x", .pause = 0.01 };
    talk t = talk_new(&answer, 1);
    list *l = list_of(&t, 40);
    l->fail_at = 5;
    assert_status(t.ctx, send_list(l), PGDP_IO);
    assert_string_equal(pgdp_ctx_error(t.ctx), "the cache is full");
    assert_int_equal(l->n_answered, 5);
    assert_true(pgt_server_n_requests(t.server) < 12);
    free(l);
    talk_free(&t);
}

static bool stop_after_five(void *user)
{
    return ((const list *)user)->n_answered >= 5;
}

static void batch_that_is_stopped_leaves_nothing_in_flight(void **state)
{
    (void)state;
    const pgt_answer answer = { .body = "x", .pause = 0.01 };
    talk t = talk_new(&answer, 1);
    list *l = list_of(&t, 40);
    pgdp_ctx_set_stop(t.ctx, stop_after_five, l);
    assert_status(t.ctx, send_list(l), PGDP_STOPPED);
    assert_true(l->n_answered < 10);
    pgdp_ctx_set_stop(t.ctx, NULL, NULL);
    assert_ok(t.ctx, talk_get(&t)); /* the session is as good as new */
    free(l);
    talk_free(&t);
}

static pgdp_status next_bad(pgdp_ctx *ctx, void *user, pg_http_request *request, size_t *id, bool *more)
{
    list *l = user;
    PG_TRY(next_of_list(ctx, user, request, id, more));
    if (*more && *id % 2 == 0) request->url = "http://example.org/";
    (void)l;
    return PGDP_OK;
}

static void request_that_cannot_be_sent_fails_alone(void **state)
{
    (void)state;
    const pgt_answer answer = { .body = "x" };
    talk t = talk_new(&answer, 1);
    list *l = list_of(&t, 10);
    assert_ok(t.ctx, pg_http_new(t.ctx, &t.policy, &t.http));
    assert_ok(t.ctx, pg_http_send_all(t.ctx, t.http, &(pg_http_batch){ l, next_bad, answer_of_list }));
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(l->status[i], i % 2 == 0 ? PGDP_BAD_ARGUMENT : PGDP_OK);
    assert_int_equal(pgt_server_n_requests(t.server), 5);
    free(l);
    talk_free(&t);
}

static pgdp_status list_with_this_memory(pgdp_ctx *ctx, void *user)
{
    talk t = { .ctx = ctx, .server = user };
    pg_http *http = NULL;
    const pg_http_policy policy = talk_policy();
    PG_TRY(pg_http_new(ctx, &policy, &http));
    list *l = list_of(&t, 3);
    const pgdp_status status = pg_http_send_all(ctx, http, &(pg_http_batch){ l, next_of_list, answer_of_list });
    pg_http_free(http);
    free(l);
    return status;
}

static void every_failing_allocation_ends_the_batch(void **state)
{
    (void)state;
    const pgt_answer answer = { .body = "x" };
    pgt_server *server = pgt_server_new(&(pgt_script){ .answers = &answer, .n = 1 });
    assert_true(pgt_fail_every_allocation(list_with_this_memory, server) > 5);
    pgt_server_free(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_answer_goes_to_its_own_request),
        cmocka_unit_test(no_more_are_in_flight_than_allowed),
        cmocka_unit_test(answers_come_as_they_arrive),
        cmocka_unit_test(pace_holds_for_all_in_flight),
        cmocka_unit_test(retry_after_holds_all_requests_to_the_host),
        cmocka_unit_test(next_may_wait_for_an_answer),
        cmocka_unit_test(nothing_to_send_is_done_at_once),
        cmocka_unit_test(failure_of_an_answers_taker_ends_the_batch),
        cmocka_unit_test(batch_that_is_stopped_leaves_nothing_in_flight),
        cmocka_unit_test(request_that_cannot_be_sent_fails_alone),
        cmocka_unit_test(every_failing_allocation_ends_the_batch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
