/* request.h  A request as text: its address with the query encoded, the same as it may be shown, and its place.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_REQUEST_H
#define PG_REQUEST_H

#include "net/curl.h"
#include "net/http.h"

/** Is it one that we send? @return BAD_ARGUMENT: a query or fragment in the URL, a header of ours or with line ends */
pgdp_status pg_request_check(pgdp_ctx *ctx, const pg_http_request *request);
/** URL and query, percent-encoded; NULL: out of memory. shown: secret values are "(hidden)", and the method is before
 * it. */
char *pg_request_address(pg_arena *arena, const pg_http_request *request, bool shown);
/** Any text with each secret value of the request, plain or encoded, as "(hidden)"; NULL: out of memory. */
const char *pg_request_hide(pg_arena *arena, const pg_http_request *request, const char *text);
bool pg_request_betrays(const pg_http_request *request, const char *text); /**< a secret value is in it */

/** Where an address leads: all that a pace or a permission depends on. */
typedef struct pg_place {
    const char *host; /**< "api.example.org", or "127.0.0.1:8080" where the port is not the scheme's */
    bool secure;      /**< https */
    bool plain;       /**< http */
    bool loopback;    /**< 127.0.0.1, ::1 or localhost */
} pg_place;
/** Place of an absolute address, in the arena. @return BAD_ARGUMENT (none, or with a user's name), NO_MEMORY */
pgdp_status pg_place_of(pgdp_ctx *ctx, const pg_curl *curl, const char *address, pg_arena *arena, pg_place *out);
/** May we send there? https, and http to this machine where that is allowed. */
bool pg_place_allowed(const pg_place *place, bool plain_loopback);
bool pg_place_same(const pg_place *a, const pg_place *b);

#endif
