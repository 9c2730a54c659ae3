/* verdict.c  What came of a try: an answer, a redirect, a reason for another try, or the end of them. Source: RFC 9110
 * sections 10.2.3 (Retry-After), 15.4 (redirects), 15.5 and 15.6 (refusals).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/transfer.h"

#include "core/number.h"
#include "core/text.h"
#include "net/gunzip.h"

#include <math.h>
#include <stdio.h>

enum { MOST_HOPS = 5 };

static const char later[] = "try again later";

static bool is_among(long value, const long *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == value) return true;
    return false;
}

/* Refusals that pass: too early, too many, or the server's own trouble. */
static bool is_refusal(long status)
{
    static const long list[] = { 408, 425, 429, 500, 502, 503, 504, 529 }; /* 529: Anthropic is overloaded */
    return is_among(status, list, sizeof list / sizeof *list);
}

static bool is_redirect(long status)
{
    static const long list[] = { 301, 302, 303, 307, 308 };
    return is_among(status, list, sizeof list / sizeof *list);
}

/* Faults of a connection that the next one may not have. */
static bool is_passing(CURLcode code)
{
    static const long list[] = { CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT,
                                 CURLE_PARTIAL_FILE,          CURLE_OPERATION_TIMEDOUT,   CURLE_SSL_CONNECT_ERROR,
                                 CURLE_GOT_NOTHING,           CURLE_SEND_ERROR,           CURLE_RECV_ERROR };
    return is_among((long)code, list, sizeof list / sizeof *list);
}

static bool is_distrust(CURLcode code)
{
    static const long list[] = { CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR };
    return is_among((long)code, list, sizeof list / sizeof *list);
}

/* ---- the reply ---- */

static bool is_gzip(const char *packing)
{
    return pg_streq_nocase(packing, "gzip") || pg_streq_nocase(packing, "x-gzip");
}

static pgdp_status copy_header(pgdp_ctx *ctx, pg_transfer *t, const char *name, const char **out)
{
    struct curl_header *header = NULL;
    const CURLHcode code = t->http->curl.easy_header(t->easy, name, 0, CURLH_HEADER, -1, &header);
    *out = "";
    if (code == CURLHE_OUT_OF_MEMORY) return pg_no_memory(ctx);
    if (code == CURLHE_OK) PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(t->arena, header->value));
    return PGDP_OK;
}

/* Did the server say where the body ends? gzip's checksum says so too. */
static pgdp_status note_end(pgdp_ctx *ctx, pg_transfer *t)
{
    const char *length, *coding, *packing;
    PG_TRY(copy_header(ctx, t, "Content-Length", &length));
    PG_TRY(copy_header(ctx, t, "Transfer-Encoding", &coding));
    PG_TRY(copy_header(ctx, t, "Content-Encoding", &packing));
    t->reply.end_told =
        t->reply.n_body == 0 || length[0] != '\0' || pg_streq_nocase(coding, "chunked") || is_gzip(packing);
    return PGDP_OK;
}

static pgdp_status read_reply(pgdp_ctx *ctx, pg_transfer *t)
{
    pg_http_reply *reply = &t->reply;
    (void)t->http->curl.easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &reply->status);
    if (t->body != NULL) t->body[t->n_body] = '\0';
    reply->body = t->body != NULL ? t->body : (const unsigned char *)"";
    reply->n_body = t->n_body;
    PG_TRY(note_end(ctx, t));
    PG_TRY(copy_header(ctx, t, "Content-Type", &reply->content_type));
    PG_TRY(copy_header(ctx, t, "ETag", &reply->etag));
    PG_TRY(copy_header(ctx, t, "Last-Modified", &reply->last_modified));
    return copy_header(ctx, t, "Date", &reply->date);
}

/* ---- another try ---- */

/* Seconds until the next try: doubled each time, at most max_wait, and of that between a half and all. */
static double back_off(pg_transfer *t)
{
    const pg_http_policy *policy = &t->http->policy;
    const int doublings = t->reply.n_tries < 60 ? (int)t->reply.n_tries - 1 : 59;
    const double wait = fmin(policy->max_wait, ldexp(policy->first_wait, doublings));
    return wait * (0.5 + 0.5 * pg_random_uniform(&t->http->jitter));
}

static pgdp_status again(pgdp_ctx *ctx, pg_transfer *t, const char *reason, double retry_after, bool *over)
{
    const pg_http_policy *policy = &t->http->policy;
    const size_t n = t->reply.n_tries;
    if (retry_after > policy->max_wait) {
        char asked[PG_NUMBER_SIZE], allowed[PG_NUMBER_SIZE];
        pg_number_format(retry_after, asked);
        pg_number_format(policy->max_wait, allowed);
        return pg_fail(ctx, PGDP_NETWORK, "%s: %s, asks to wait %s seconds, and at most %s are waited; %s",
                       t->place.host, reason, asked, allowed, later);
    }
    if (n >= policy->max_tries)
        return pg_fail(ctx, PGDP_NETWORK, "%s: no answer after %zu %s, the last: %s; %s", t->place.host, n,
                       n == 1 ? "try" : "tries", reason, later);
    const double now = pg_http_now(), wait = retry_after > 0 ? retry_after : back_off(t);
    if (retry_after > 0) t->host->next = fmax(t->host->next, now + retry_after); /* it holds for all requests */
    *over = false;
    return pg_transfer_retry(ctx, t, now + wait);
}

/* ---- redirects ---- */

static pgdp_status refuse_redirect(pgdp_ctx *ctx, const pg_transfer *t, const char *why)
{
    return pg_fail(ctx, PGDP_NETWORK,
                   "%s: a redirect (status %ld) is not followed: %s; the provider's address has moved", t->place.host,
                   t->reply.status, why);
}

static pgdp_status follow(pgdp_ctx *ctx, pg_transfer *t, const char *location, bool *over)
{
    pg_arena_rewind(t->arena, t->mark); /* location is libcurl's */
    t->reply.body = (const unsigned char *)"";
    t->reply.n_body = 0;
    t->reply.content_type = t->reply.etag = t->reply.last_modified = t->reply.date = "";
    pg_place place;
    const char *address;
    const pgdp_status status = pg_place_of(ctx, &t->http->curl, location, t->arena, &place);
    if (status == PGDP_NO_MEMORY) return status;
    if (status != PGDP_OK) return refuse_redirect(ctx, t, "what it names is no address");
    if (!pg_place_allowed(&place, t->http->policy.plain_loopback && !t->place.secure))
        return refuse_redirect(ctx, t, "it leads to no address that begins https://");
    if (t->n_hops == MOST_HOPS) return refuse_redirect(ctx, t, "it is the sixth in a row");
    const bool same = pg_place_same(&place, &t->first_place);
    if (t->request.body != NULL && (t->reply.status < 307 || !same))
        return refuse_redirect(ctx, t, "what was sent goes to no other address");
    if (!same && pg_request_betrays(&t->request, location))
        return refuse_redirect(ctx, t, "it would tell a key to another host");
    PG_TRY_ALLOC(ctx, address, pg_arena_strdup(t->arena, location));
    t->withheld = t->withheld || !same;
    t->n_hops++;
    *over = false;
    return pg_transfer_go(ctx, t, address, &place);
}

/* ---- all of it ---- */

static pgdp_status fail_size(pgdp_ctx *ctx, const pg_transfer *t)
{
    return pg_fail(ctx, PGDP_NETWORK, "%s: the answer has more than %zu bytes; ask for less at once", t->place.host,
                   t->http->policy.max_bytes);
}

/* The body as it was before it was packed, unless that is damaged or cut. */
static pgdp_status unpack(pgdp_ctx *ctx, pg_transfer *t, bool *damaged)
{
    const char *packing;
    unsigned char *body;
    size_t n;
    PG_TRY(copy_header(ctx, t, "Content-Encoding", &packing));
    if (t->reply.n_body == 0 || packing[0] == '\0' || pg_streq_nocase(packing, "identity")) return PGDP_OK;
    if (!is_gzip(packing))
        return pg_fail(ctx, PGDP_NETWORK, "%s: found a body packed as %s, expected gzip, as asked", t->place.host,
                       packing);
    switch (pg_gunzip(t->arena, t->reply.body, t->reply.n_body, t->http->policy.max_bytes, &body, &n)) {
    case PG_GUNZIP_TOO_LARGE:
        return fail_size(ctx, t);
    case PG_GUNZIP_NO_MEMORY:
        return pg_no_memory(ctx);
    case PG_GUNZIP_DAMAGED:
        *damaged = true;
        return PGDP_OK;
    case PG_GUNZIP_WHOLE:
        break;
    }
    t->reply.body = body;
    t->reply.n_body = n;
    return PGDP_OK;
}

static pgdp_status judge_status(pgdp_ctx *ctx, pg_transfer *t, bool *over)
{
    const pg_curl *curl = &t->http->curl;
    char *location = NULL;
    if (is_redirect(t->reply.status)) (void)curl->easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &location);
    if (location != NULL) return follow(ctx, t, location, over);
    bool damaged = false;
    PG_TRY(unpack(ctx, t, &damaged));
    if (damaged) return again(ctx, t, "its packed body is damaged or cut", 0, over);
    if (!is_refusal(t->reply.status)) return PGDP_OK;
    char reason[32];
    curl_off_t seconds = 0; /* of a number or a date; 0: none, or past */
    (void)curl->easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &seconds);
    (void)snprintf(reason, sizeof reason, "status %ld", t->reply.status);
    return again(ctx, t, reason, (double)seconds, over);
}

static pgdp_status judge(pgdp_ctx *ctx, pg_transfer *t, CURLcode code, bool *over)
{
    const pg_http *http = t->http;
    if (t->no_memory) return pg_no_memory(ctx);
    PG_TRY(read_reply(ctx, t));
    if (code == CURLE_OK) return judge_status(ctx, t, over);
    if (t->too_large || code == CURLE_FILESIZE_EXCEEDED)
        return pg_fail(ctx, PGDP_NETWORK, "%s: the answer has more than %zu bytes; ask for less at once", t->place.host,
                       http->policy.max_bytes);
    if (code == CURLE_OUT_OF_MEMORY) /* so it tells of lines without end, too */
        return pg_fail(ctx, PGDP_NETWORK, "%s: libcurl is out of memory, or a header is longer than 100,000 bytes",
                       t->place.host);
    const char *reason = t->reason[0] != '\0' ? t->reason : http->curl.easy_strerror(code);
    PG_TRY_ALLOC(ctx, reason, pg_request_hide(t->arena, &t->request, reason));
    if (t->stalled) return again(ctx, t, "nothing arrived for too long", 0, over);
    if (is_passing(code)) return again(ctx, t, reason, 0, over);
    return pg_fail(ctx, PGDP_NETWORK, "%s: %s%s", t->place.host,
                   is_distrust(code) ? "its certificate is not trusted: " : "", reason);
}

pgdp_status pg_transfer_finish(pgdp_ctx *ctx, pg_transfer *t, CURLcode code, bool *over)
{
    *over = true;
    const pgdp_status status = judge(ctx, t, code, over);
    pg_transfer_drop(t);
    t->reply.seconds = pg_http_now() - t->began;
    return status;
}
