/* talk.h  A session and a scripted server, for the tests of net/.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_TALK_H
#define PGT_TALK_H

#include "core/ctx.h"
#include "net/http.h"
#include "tests/support/loopback.h"
#include "tests/support/support.h"

#define WORDS        "twenty-three point eight five per cent" /* a body */
#define COUNT(array) (sizeof(array) / sizeof *(array))

/** Who talks: made by talk_new(), freed by talk_free(). */
typedef struct talk {
    pgdp_ctx *ctx;
    pgt_server *server;
    pg_http_policy policy; /**< of the session; change it before talk_session() */
    pg_http *http;
    pg_arena arena;
    pg_http_reply reply;
    double seconds; /**< that the last talk_get() or talk_send() took */
} talk;

/** Everything is waited for a short time: 3 tries 10 to 20 ms apart, 0.4 s a try. */
static inline pg_http_policy talk_policy(void)
{
    return (pg_http_policy){ .user_agent = "pgdp-test/1 (test@example.org)",
                             .max_in_flight = 4,
                             .max_tries = 3,
                             .first_wait = 0.01,
                             .max_wait = 0.02,
                             .connect_timeout = 2,
                             .stall_timeout = 0.15,
                             .total_timeout = 0.4,
                             .max_bytes = 1 << 20,
                             .plain_loopback = true,
                             .seed = 2385 };
}

static inline talk talk_with(const pgt_script *script)
{
    talk t = { .ctx = pgdp_ctx_new(NULL), .server = pgt_server_new(script), .policy = talk_policy() };
    assert_non_null(t.ctx);
    pg_arena_init(&t.arena, &t.ctx->allocator);
    return t;
}

static inline talk talk_new(const pgt_answer *answers, size_t n)
{
    return talk_with(&(pgt_script){ .answers = answers, .n = n });
}

static inline void talk_free(talk *t)
{
    pg_http_free(t->http);
    pgt_server_free(t->server);
    pg_arena_free(&t->arena);
    pgdp_ctx_free(t->ctx);
}

static inline pgdp_status talk_send(talk *t, const pg_http_request *request)
{
    if (t->http == NULL) assert_ok(t->ctx, pg_http_new(t->ctx, &t->policy, &t->http));
    const pgdp_status status = pg_http_send(t->ctx, t->http, request, &t->arena, &t->reply);
    t->seconds = t->reply.seconds;
    assert_true(t->seconds < 5); /* waiting has an end */
    return status;
}

static inline pgdp_status talk_get(talk *t)
{
    return talk_send(t, &(pg_http_request){ .url = pgt_server_url(t->server, "/data") });
}

/** One answer, whatever it is asked: status, and a part of the sentence or of the body. */
static inline void check_answer(const pgt_answer *answer, pgdp_status status, const char *part)
{
    talk t = talk_new(answer, 1);
    assert_status(t.ctx, talk_get(&t), status);
    assert_contains(status == PGDP_OK ? (const char *)t.reply.body : pgdp_ctx_error(t.ctx), part);
    talk_free(&t);
}

#endif
