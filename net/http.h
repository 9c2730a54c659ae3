/* http.h  Requests over HTTPS: pacing by host, retries, limits. net/curl.h is the door to libcurl, which is loaded when
 * a session is made. Keys are told apart from the rest of a request, so that no message or log can show one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_HTTP_H
#define PG_HTTP_H

#include "core/ctx.h"

/** How a session behaves; pg_http_policy_default() fills it. */
typedef struct pg_http_policy {
    const char *user_agent; /**< "pgdp/0.2.0 (mail@example.org)": some agencies refuse requests without an address */
    double requests_per_second;  /**< to one host; 0: as fast as they come */
    size_t max_in_flight;        /**< of pg_http_send_all(), at least 1 */
    size_t max_tries;            /**< of one request: on no or a cut connection, 408, 425, 429, 500, 502 to 504, 529 */
    double first_wait, max_wait; /**< seconds before the second try, doubled with jitter each time; Retry-After wins,
                                    and ends the tries when it is longer than max_wait */
    /** Seconds of one try: to connect; without a byte moving, the wait for the first among them; all of it with its
     * redirects. */
    double connect_timeout, stall_timeout, total_timeout;
    size_t max_bytes;      /**< of one body, unpacked; more is an error */
    const char *authority; /**< PEM file of certificates trusted instead of the system's; NULL: the system's */
    bool plain_loopback;   /**< http:// to 127.0.0.1, ::1 and localhost too; anything else is https alone */
    uint64_t seed;         /**< of the jitter */
} pg_http_policy;
pg_http_policy pg_http_policy_default(void);

/** One header, or one field of a query or a form; secret values are never shown. */
typedef struct pg_http_field {
    const char *name, *value;
    bool secret;
} pg_http_field;
typedef struct pg_http_request {
    const char *url;            /**< without query; never a secret */
    const pg_http_field *query; /**< [n_query], percent-encoded by us; value NULL: left out, here and in headers */
    size_t n_query;
    const pg_http_field *headers; /**< [n_headers]; Accept-Encoding, Host, Content-Length are ours */
    size_t n_headers;
    const void *body; /**< NULL: GET; else POST, which only the same host gets again by redirects (307, 308) */
    size_t n_body;
    const char *content_type;         /**< of the body */
    const char *etag, *last_modified; /**< of what is there already: the answer may be 304 */
} pg_http_request;
/** Strings and body live in the arena given; "" where the server told none. After NETWORK it holds what the last try
 * gave, status 0 when that was nothing: a refusal's body has its reason. */
typedef struct pg_http_reply {
    long status;               /**< 200, 304, 404 ...; whatever the last try gave */
    const unsigned char *body; /**< [n_body], unpacked, with a NUL after it; never NULL */
    size_t n_body;
    bool end_told; /**< by length, chunks or gzip's checksum; without, a cut connection looks like the body's end */
    const char *content_type, *etag, *last_modified, *date;
    const char *shown; /**< the request as it may be shown: "GET https://host/path?api_key=(hidden)&series_id=GDP" */
    size_t n_tries;
    double seconds;
} pg_http_reply;

typedef struct pg_http pg_http;
/** A session: connections, pace of each host; for one thread, as its context. Several threads may have one each.
 * @return NOT_FOUND (no libcurl here), BAD_ARGUMENT, NO_MEMORY */
pgdp_status pg_http_new(pgdp_ctx *ctx, const pg_http_policy *policy, pg_http **out);
void pg_http_free(pg_http *http);
/**
 * Send one request and wait. Any status that is no reason for another try is an answer, not a failure: the caller knows
 * what 400 means to its provider. A body that is shorter than its Content-Length is a cut connection. At most 5
 * redirects are followed, to https alone; another host than the first gets no secret. The arena is for nothing else
 * until this returns.
 * @return BAD_ARGUMENT (an address that is not https or has a query, a header that is ours or has a line end); NETWORK
 * (no answer, or none but refusals, after all tries; too many bytes; a certificate that is not trusted; the message
 * tells host, tries, and what was met last), STOPPED, NO_MEMORY
 */
pgdp_status pg_http_send(pgdp_ctx *ctx, pg_http *http, const pg_http_request *request, pg_arena *arena,
                         pg_http_reply *reply);
/** Where many requests come from and where their answers go; called from the thread that called, never two at once, and
 * not to send by the same session themselves. STOPPED and NO_MEMORY end the batch without an answer to the rest. */
typedef struct pg_http_batch {
    void *user;
    /** The next request, valid until its answer was taken; *more false: none any more, or none before an answer came
     * (then asked again after the next). */
    pgdp_status (*next)(pgdp_ctx *ctx, void *user, pg_http_request *request, size_t *id, bool *more);
    /** The answer to one; status as pg_http_send(). What it returns, if not OK, ends the batch. */
    pgdp_status (*answer)(pgdp_ctx *ctx, void *user, size_t id, pgdp_status status, const pg_http_reply *reply);
} pg_http_batch;
/** Up to max_in_flight at once; answers come in the order in which they arrive. */
pgdp_status pg_http_send_all(pgdp_ctx *ctx, pg_http *http, const pg_http_batch *batch);

/** A key from FILE (its only line; the file must not be readable by others than its owner and group) or, when NULL,
 * from the environment variable VARIABLE, in `arena`; *out NULL when there is none. @return IO, PARSE (empty, several
 * lines, readable by all) */
pgdp_status pg_http_key(pgdp_ctx *ctx, const char *file, const char *variable, pg_arena *arena, const char **out);

#endif
