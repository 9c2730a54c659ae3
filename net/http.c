/* http.c  Sessions: which request starts when. Each host has its pace, each request its tries; libcurl's multi
 * interface carries all of them in the calling thread. Source: libcurl-multi(3). SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "net/transfer.h"

#include "core/number.h"
#include "core/text.h"

#include <math.h>
#include <string.h>
#include <time.h>

static const double nap = 0.1; /* seconds in which a wish to stop is heard */

/* ---- a session ---- */

pg_http_policy pg_http_policy_default(void)
{
    return (pg_http_policy){ .user_agent = "pgdp/" PGDP_VERSION,
                             .requests_per_second = 2,
                             .max_in_flight = 4,
                             .max_tries = 5,
                             .first_wait = 1,
                             .max_wait = 60,
                             .connect_timeout = 15,
                             .stall_timeout = 60,
                             .total_timeout = 600,
                             .max_bytes = (size_t)1 << 28,
                             .seed = 1 };
}

/* NaN is in no range. */
static pgdp_status check_policy(pgdp_ctx *ctx, const pg_http_policy *policy)
{
    const struct {
        const char *name;
        double value, least;
    } rows[] = {
        { "requests_per_second", policy->requests_per_second, 0 },
        { "first_wait", policy->first_wait, 0 },
        { "max_wait", policy->max_wait, 0 },
        { "connect_timeout", policy->connect_timeout, 0.001 },
        { "stall_timeout", policy->stall_timeout, 0.001 },
        { "total_timeout", policy->total_timeout, 0.001 },
        { "max_tries", (double)policy->max_tries, 1 },
        { "max_in_flight", (double)policy->max_in_flight, 1 },
        { "max_bytes", (double)policy->max_bytes, 1 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].value >= rows[i].least) continue;
        char found[PG_NUMBER_SIZE], least[PG_NUMBER_SIZE];
        pg_number_format(rows[i].value, found);
        pg_number_format(rows[i].least, least);
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "network: %s is %s, expected at least %s", rows[i].name, found, least);
    }
    const pg_http_field agent = { "User-Agent", policy->user_agent, false };
    return pg_request_check(ctx, &(pg_http_request){ .url = "", .headers = &agent, .n_headers = 1 });
}

static pgdp_status fill_session(pgdp_ctx *ctx, const pg_http_policy *policy, pg_http *http)
{
    PG_TRY(check_policy(ctx, policy));
    http->policy = *policy;
    PG_TRY_ALLOC(ctx, http->policy.user_agent,
                 pg_arena_strdup(&http->arena, policy->user_agent == NULL ? "" : policy->user_agent));
    if (policy->authority != NULL)
        PG_TRY_ALLOC(ctx, http->policy.authority, pg_arena_strdup(&http->arena, policy->authority));
    http->jitter = pg_random_stream(policy->seed, "http jitter", 0);
    PG_TRY(pg_curl_open(ctx, "libcurl.so.4", &http->curl));
    PG_TRY_ALLOC(ctx, http->multi, http->curl.multi_init());
    return PGDP_OK;
}

pgdp_status pg_http_new(pgdp_ctx *ctx, const pg_http_policy *policy, pg_http **out)
{
    pg_arena arena;
    pg_arena_init(&arena, &ctx->allocator);
    pg_http *http = pg_arena_alloc(&arena, 1, sizeof *http);
    if (http == NULL) return pg_no_memory(ctx);
    http->arena = arena;
    const pgdp_status status = fill_session(ctx, policy, http);
    if (status == PGDP_OK)
        *out = http;
    else
        pg_http_free(http);
    return status;
}

void pg_http_free(pg_http *http)
{
    if (http == NULL) return;
    if (http->multi != NULL) (void)http->curl.multi_cleanup(http->multi);
    pg_curl_close(&http->curl);
    pg_arena arena = http->arena;
    pg_arena_free(&arena);
}

double pg_http_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

pg_host *pg_http_host(pg_http *http, const char *name)
{
    for (pg_host *host = http->hosts; host != NULL; host = host->before)
        if (pg_streq(host->name, name)) return host;
    pg_host *host = pg_arena_alloc(&http->arena, 1, sizeof *host);
    if (host == NULL) return NULL;
    host->name = pg_arena_strdup(&http->arena, name);
    if (host->name == NULL) return NULL;
    host->before = http->hosts;
    http->hosts = host;
    return host;
}

/* ---- many requests ---- */

typedef struct run {
    pgdp_ctx *ctx;
    pg_http *http;
    const pg_http_batch *batch;
    pg_transfer *slots;
    size_t n_slots, n_busy;
    bool dry; /**< there was no next request when last asked */
} run;

/* Give the answer away; the slot is then free. */
static pgdp_status deliver(run *r, pg_transfer *t, pgdp_status status)
{
    if (status == PGDP_NO_MEMORY) return status;
    t->stage = PG_IDLE;
    r->n_busy--;
    r->dry = false;
    const pgdp_status answered = r->batch->answer(r->ctx, r->batch->user, t->id, status, &t->reply);
    pg_arena_free(&t->own);
    return answered;
}

static pg_transfer *idle_slot(run *r)
{
    for (size_t i = 0; i < r->n_slots; i++)
        if (r->slots[i].stage == PG_IDLE) return &r->slots[i];
    return NULL;
}

static pgdp_status fill_slots(run *r)
{
    pg_transfer *t;
    while (!r->dry && (t = idle_slot(r)) != NULL) {
        pg_http_request request = { 0 };
        bool more = false;
        PG_TRY(r->batch->next(r->ctx, r->batch->user, &request, &t->id, &more));
        r->dry = !more;
        if (r->dry) break;
        t->stage = PG_WAITING;
        r->n_busy++;
        const pgdp_status status = pg_transfer_begin(r->ctx, t, &request);
        if (status != PGDP_OK) PG_TRY(deliver(r, t, status));
    }
    return PGDP_OK;
}

/* The waiting transfer whose turn comes first; of several, the one that has waited longest. */
static pg_transfer *first_to_start(run *r, double *at)
{
    pg_transfer *first = NULL;
    *at = HUGE_VAL;
    for (size_t i = 0; i < r->n_slots; i++) {
        pg_transfer *t = &r->slots[i];
        if (t->stage != PG_WAITING) continue;
        const double start = fmax(t->due, t->host->next);
        if (start > *at || (first != NULL && start >= *at && t->due >= first->due)) continue;
        first = t;
        *at = start;
    }
    return first;
}

/* @param[out] next  when the next one is to start */
static pgdp_status start_due(run *r, double *next)
{
    const double pace = r->http->policy.requests_per_second;
    pg_transfer *t;
    while ((t = first_to_start(r, next)) != NULL) {
        const double now = pg_http_now();
        if (*next > now) break;
        if (pace > 0) t->host->next = now + 1 / pace;
        PG_TRY(pg_transfer_start(r->ctx, t));
    }
    return PGDP_OK;
}

/* Take what libcurl is done with. */
static pgdp_status collect(run *r, bool *any)
{
    const pg_curl *curl = &r->http->curl;
    const CURLMsg *message;
    int n_left;
    while ((message = curl->multi_info_read(r->http->multi, &n_left)) != NULL) {
        char *owner = NULL;
        bool over;
        if (message->msg != CURLMSG_DONE) continue;
        const CURLcode code = message->data.result;
        (void)curl->easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
        pg_transfer *t = (pg_transfer *)(void *)owner;
        const pgdp_status status = pg_transfer_finish(r->ctx, t, code, &over);
        *any = true;
        if (over)
            PG_TRY(deliver(r, t, status));
        else
            PG_TRY(status);
    }
    return PGDP_OK;
}

static pgdp_status carry(run *r)
{
    const pg_curl *curl = &r->http->curl;
    for (;;) {
        double next;
        bool any = false;
        int n_running;
        PG_TRY(pg_check_stop(r->ctx));
        PG_TRY(fill_slots(r));
        if (r->n_busy == 0) return PGDP_OK;
        PG_TRY(start_due(r, &next));
        CURLMcode code = curl->multi_perform(r->http->multi, &n_running);
        PG_TRY(collect(r, &any));
        const double wait = any ? 0 : fmax(0, fmin(nap, next - pg_http_now()));
        if (code == CURLM_OK && !any) code = curl->multi_poll(r->http->multi, NULL, 0, (int)ceil(1000 * wait), NULL);
        if (code == CURLM_OUT_OF_MEMORY) return pg_no_memory(r->ctx);
        if (code != CURLM_OK) return pg_fail(r->ctx, PGDP_NETWORK, "libcurl: %s", curl->multi_strerror(code));
    }
}

/* arena NULL: each slot has its own. */
static pgdp_status carry_all(pgdp_ctx *ctx, pg_http *http, const pg_http_batch *batch, size_t n_slots, pg_arena *arena)
{
    pg_arena own; /* not ctx->scratch, where the reply may be wanted */
    pg_arena_init(&own, &ctx->allocator);
    run r = { .ctx = ctx, .http = http, .batch = batch, .n_slots = n_slots };
    r.slots = pg_arena_alloc(&own, n_slots, sizeof *r.slots);
    if (r.slots == NULL) return pg_no_memory(ctx);
    for (size_t i = 0; i < n_slots; i++) {
        pg_transfer *t = &r.slots[i];
        pg_arena_init(&t->own, &ctx->allocator);
        t->arena = arena == NULL ? &t->own : arena;
        t->http = http;
    }
    const pgdp_status status = carry(&r);
    for (size_t i = 0; i < n_slots; i++) {
        pg_transfer_drop(&r.slots[i]);
        pg_arena_free(&r.slots[i].own);
    }
    pg_arena_free(&own);
    return status;
}

pgdp_status pg_http_send_all(pgdp_ctx *ctx, pg_http *http, const pg_http_batch *batch)
{
    return carry_all(ctx, http, batch, http->policy.max_in_flight, NULL);
}

/* ---- one request ---- */

typedef struct single {
    const pg_http_request *request; /* NULL: handed out */
    pg_http_reply *reply;
} single;

static pgdp_status next_single(pgdp_ctx *ctx, void *user, pg_http_request *request, size_t *id, bool *more)
{
    (void)ctx, (void)id;
    single *s = user;
    *more = s->request != NULL;
    if (*more) *request = *s->request;
    s->request = NULL;
    return PGDP_OK;
}

static pgdp_status answer_single(pgdp_ctx *ctx, void *user, size_t id, pgdp_status status, const pg_http_reply *reply)
{
    (void)ctx, (void)id;
    *((single *)user)->reply = *reply;
    return status;
}

pgdp_status pg_http_send(pgdp_ctx *ctx, pg_http *http, const pg_http_request *request, pg_arena *arena,
                         pg_http_reply *reply)
{
    single s = { request, reply };
    return carry_all(ctx, http, &(pg_http_batch){ &s, next_single, answer_single }, 1, arena);
}
