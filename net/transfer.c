/* transfer.c  What libcurl is told of a request, and what it takes in.
 * Source: curl_easy_setopt(3).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/transfer.h"

#include <math.h>
#include <string.h>

enum { FIRST_BODY = 4096 };

/* ---- taking up ---- */

pgdp_status pg_transfer_go(pgdp_ctx *ctx, pg_transfer *t, const char *address, const pg_place *place)
{
    PG_TRY_ALLOC(ctx, t->host, pg_http_host(t->http, place->host));
    t->address = address;
    t->place = *place;
    t->place.host = t->host->name; /* lives on when the arena is rewound */
    t->stage = PG_WAITING;
    return PGDP_OK;
}

pgdp_status pg_transfer_retry(pgdp_ctx *ctx, pg_transfer *t, double due)
{
    pg_arena_rewind(t->arena, t->mark);
    t->n_hops = 0;
    t->withheld = false;
    t->due = due;
    return pg_transfer_go(ctx, t, t->first_address, &t->first_place);
}

pgdp_status pg_transfer_begin(pgdp_ctx *ctx, pg_transfer *t, const pg_http_request *request)
{
    t->request = *request;
    t->began = pg_http_now();
    t->reply = (pg_http_reply){ .body = (const unsigned char *)"", .shown = "" };
    PG_TRY(pg_request_check(ctx, request));
    PG_TRY_ALLOC(ctx, t->reply.shown, pg_request_address(t->arena, request, true));
    PG_TRY_ALLOC(ctx, t->first_address, pg_request_address(t->arena, request, false));
    PG_TRY(pg_place_of(ctx, &t->http->curl, t->first_address, t->arena, &t->first_place));
    if (!pg_place_allowed(&t->first_place, t->http->policy.plain_loopback))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: expected an address that begins https://", t->reply.shown);
    t->mark = pg_arena_mark(t->arena);
    return pg_transfer_retry(ctx, t, t->began);
}

/* ---- what libcurl asks and tells while it works ---- */

static bool make_room(pg_transfer *t, size_t n)
{
    size_t capacity = t->capacity == 0 ? FIRST_BODY : t->capacity;
    while (capacity <= n) /* one byte more, for a NUL */
        capacity *= 2;
    if (capacity == t->capacity) return true;
    unsigned char *body = pg_arena_grow(t->arena, t->body, t->capacity, capacity, 1);
    if (body == NULL) return false;
    t->body = body;
    t->capacity = capacity;
    return true;
}

/* Bytes of the body, counted, since not every answer announces them. */
static size_t take_bytes(char *bytes, size_t size, size_t n_items, void *user)
{
    pg_transfer *t = user;
    const size_t n = size * n_items;
    t->too_large = n > t->http->policy.max_bytes - t->n_body;
    t->no_memory = !t->too_large && !make_room(t, t->n_body + n);
    if (t->too_large || t->no_memory) return 0;
    memcpy(t->body + t->n_body, bytes, n);
    t->n_body += n;
    return n;
}

static int note_connection(void *user, char *to, char *from, int to_port, int from_port)
{
    (void)to, (void)from, (void)to_port, (void)from_port;
    ((pg_transfer *)user)->moved_at = pg_http_now();
    return CURL_PREREQFUNC_OK;
}

/* Our own watch, since libcurl's counts whole seconds. */
static int watch_stall(void *user, curl_off_t all_down, curl_off_t down, curl_off_t all_up, curl_off_t up)
{
    pg_transfer *t = user;
    (void)all_down, (void)all_up;
    const double now = pg_http_now();
    if (t->moved_at <= 0) return 0;
    if (down + up != t->n_moved) {
        t->n_moved = down + up;
        t->moved_at = now;
    }
    t->stalled = now - t->moved_at > t->http->policy.stall_timeout;
    return t->stalled ? 1 : 0;
}

/* ---- what libcurl is told ---- */

static bool add_header(pg_transfer *t, const char *name, const char *value)
{
    if (value == NULL) return true;
    const char *line = value[0] == '\0' ? pg_arena_printf(t->arena, "%s;", name) /* libcurl's way of an empty one */
                                        : pg_arena_printf(t->arena, "%s: %s", name, value);
    struct curl_slist *headers = line == NULL ? NULL : t->http->curl.slist_append(t->headers, line);
    if (headers == NULL) return false;
    t->headers = headers;
    return true;
}

static bool add_headers(pg_transfer *t)
{
    const pg_http_request *request = &t->request;
    for (size_t i = 0; i < request->n_headers; i++)
        if (!(request->headers[i].secret && t->withheld) &&
            !add_header(t, request->headers[i].name, request->headers[i].value))
            return false;
    struct curl_slist *headers = t->http->curl.slist_append(t->headers, "Expect:"); /* a body waits for no permission */
    if (headers == NULL) return false;
    t->headers = headers;
    return add_header(t, "Content-Type", request->body == NULL ? NULL : request->content_type) &&
           add_header(t, "If-None-Match", request->etag) && add_header(t, "If-Modified-Since", request->last_modified);
}

/* Set options as far as all before were set: an option that fails must not go unseen. */
#define SET(option, value) (set = set && t->http->curl.easy_setopt(t->easy, (option), (value)) == CURLE_OK)

static long milliseconds(double seconds)
{
    return (long)ceil(fmin(fmax(seconds, 0.001), 1e6) * 1000);
}

static bool set_safety(pg_transfer *t)
{
    const pg_http_policy *policy = &t->http->policy;
    bool set = true;
    SET(CURLOPT_PROTOCOLS_STR, t->place.secure ? "https" : "http");
    SET(CURLOPT_FOLLOWLOCATION, 0L); /* libcurl would send headers with keys wherever it is sent */
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (policy->authority != NULL) {
        SET(CURLOPT_CAINFO, policy->authority);
        SET(CURLOPT_CAPATH, (char *)NULL);
    }
    if (t->place.loopback) SET(CURLOPT_PROXY, "");
    SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE); /* a proxy sees no header of ours */
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_QUICK_EXIT, 1L); /* a time-out does not wait for the resolver's thread */
    SET(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(policy->connect_timeout));
    SET(CURLOPT_TIMEOUT_MS, milliseconds(t->deadline - pg_http_now()));
    SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)(policy->max_bytes < PTRDIFF_MAX ? policy->max_bytes : PTRDIFF_MAX));
    return set;
}

static bool set_request(pg_transfer *t)
{
    bool set = true;
    SET(CURLOPT_URL, t->address);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1); /* what the tests have seen in every way of failing */
    SET(CURLOPT_ACCEPT_ENCODING, "gzip");
    SET(CURLOPT_HTTP_CONTENT_DECODING, 0L); /* net/gunzip.h */
    SET(CURLOPT_USERAGENT, t->http->policy.user_agent);
    SET(CURLOPT_HTTPHEADER, t->headers);
    if (t->request.body != NULL) {
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->request.n_body);
        SET(CURLOPT_POSTFIELDS, (const char *)t->request.body);
    }
    SET(CURLOPT_PRIVATE, t);
    SET(CURLOPT_ERRORBUFFER, t->reason);
    SET(CURLOPT_WRITEFUNCTION, take_bytes);
    SET(CURLOPT_WRITEDATA, t);
    SET(CURLOPT_PREREQFUNCTION, note_connection);
    SET(CURLOPT_PREREQDATA, t);
    SET(CURLOPT_XFERINFOFUNCTION, watch_stall);
    SET(CURLOPT_XFERINFODATA, t);
    SET(CURLOPT_NOPROGRESS, 0L);
    return set;
}

pgdp_status pg_transfer_start(pgdp_ctx *ctx, pg_transfer *t)
{
    const pg_curl *curl = &t->http->curl;
    if (t->n_hops == 0) {
        t->reply.n_tries++;
        t->deadline = pg_http_now() + t->http->policy.total_timeout;
    }
    t->stage = PG_RUNNING;
    t->body = NULL;
    t->n_body = t->capacity = 0;
    t->moved_at = 0;
    t->n_moved = 0;
    t->stalled = t->too_large = t->no_memory = false;
    t->reason[0] = '\0';
    t->easy = curl->easy_init();
    if (t->easy == NULL || !add_headers(t) || !set_safety(t) || !set_request(t)) return pg_no_memory(ctx);
    const CURLMcode code = curl->multi_add_handle(t->http->multi, t->easy);
    return code == CURLM_OK ? PGDP_OK : pg_no_memory(ctx);
}

void pg_transfer_drop(pg_transfer *t)
{
    const pg_curl *curl = &t->http->curl;
    if (t->easy != NULL) {
        (void)curl->multi_remove_handle(t->http->multi, t->easy);
        curl->easy_cleanup(t->easy);
    }
    if (t->headers != NULL) curl->slist_free_all(t->headers);
    t->easy = NULL;
    t->headers = NULL;
}
