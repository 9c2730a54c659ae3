/* transfer.h  One request on its way: tries, redirects, and what became of it. net/http.c decides when each starts.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_TRANSFER_H
#define PG_TRANSFER_H

#include "core/random.h"
#include "net/request.h"

/** One host's pace. */
typedef struct pg_host {
    const char *name;
    double next; /**< no request starts before; seconds of pg_http_now() */
    struct pg_host *before;
} pg_host;

/** A session. */
struct pg_http {
    pg_arena arena; /**< holds this too */
    pg_curl curl;
    pg_http_policy policy;
    CURLM *multi; /**< connections that wait for the next request */
    pg_random jitter;
    pg_host *hosts; /**< the last one met */
};

typedef enum pg_stage { PG_IDLE, PG_WAITING, PG_RUNNING } pg_stage;
typedef struct pg_transfer {
    pg_http *http;
    pg_http_request request;
    size_t id;
    pg_stage stage;
    pg_arena own, *arena; /**< arena: where the reply lives */
    pg_mark mark;         /**< before all that a try makes */
    pg_http_reply reply;
    const char *address, *first_address;
    pg_place place, first_place;
    pg_host *host;
    bool withheld; /**< the redirects left the host that may see secrets */
    size_t n_hops;
    double began, due, deadline; /**< of the request, of its next start, of this try */
    CURL *easy;
    struct curl_slist *headers;
    char reason[CURL_ERROR_SIZE];
    double moved_at; /**< when the last byte moved; 0: not connected */
    curl_off_t n_moved;
    unsigned char *body;
    size_t n_body, capacity;
    bool stalled, too_large, no_memory;
} pg_transfer;

double pg_http_now(void); /**< seconds that only go forward */
/** The host's pace, made when it is new; NULL: out of memory. */
pg_host *pg_http_host(pg_http *http, const char *name);

/** Take a request up. @return BAD_ARGUMENT (nothing of it can be sent), NO_MEMORY */
pgdp_status pg_transfer_begin(pgdp_ctx *ctx, pg_transfer *t, const pg_http_request *request);
/** Wait for a try from the beginning: what earlier ones and their redirects left is forgotten. */
pgdp_status pg_transfer_retry(pgdp_ctx *ctx, pg_transfer *t, double due);
/** Wait to be sent to this address, which lives in the transfer's arena. */
pgdp_status pg_transfer_go(pgdp_ctx *ctx, pg_transfer *t, const char *address, const pg_place *place);
pgdp_status pg_transfer_start(pgdp_ctx *ctx, pg_transfer *t); /**< hand it to libcurl */
/** libcurl is done with it. *over false: it waits again, for another try or where it was redirected to. */
pgdp_status pg_transfer_finish(pgdp_ctx *ctx, pg_transfer *t, CURLcode code, bool *over);
void pg_transfer_drop(pg_transfer *t); /**< what libcurl holds of it; nothing is fine */

#endif
