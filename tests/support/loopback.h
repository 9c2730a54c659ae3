/* loopback.h  A server on this machine for tests of requests: it answers by a script, misbehaves on order, and keeps
 * what it was asked. It speaks HTTP/1.1, with keep-alive, on a port of 127.0.0.1 that the system chose; many
 * connections at once, each in a thread. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_LOOPBACK_H
#define PGT_LOOPBACK_H

#include <stddef.h>

/** How an answer comes. */
typedef enum pgt_sending {
    PGT_WHOLE,       /**< with its Content-Length */
    PGT_DRIP,        /**< the same, the body a byte at a time, `pause` seconds apart */
    PGT_CUT,         /**< Content-Length of all, and the connection ends after `after` bytes of the body */
    PGT_CHUNKED,     /**< in chunks of 7 bytes */
    PGT_CHUNKED_CUT, /**< the connection ends after `after` bytes of the body, without the last chunk */
    PGT_UNTIL_CLOSE, /**< no length: the body ends with the connection */
    PGT_NEVER,       /**< nothing, and the connection stays open */
    PGT_CLOSE,       /**< nothing, and the connection ends */
    PGT_GZIP,        /**< packed */
    PGT_GZIP_CUT,    /**< the first `after` bytes of it packed, as if they were all */
    PGT_BOMB,        /**< `after` zeros, packed */
    PGT_RAW,         /**< the body as it stands in place of HTTP, then the connection ends */
} pgt_sending;

typedef struct pgt_answer {
    int status;          /**< 0: 200 */
    const char *headers; /**< lines, "ETag: \"a\"\nRetry-After: 1"; NULL: none */
    const char *body;    /**< NULL: none */
    pgt_sending how;
    size_t after;
    double pause; /**< seconds before the answer; of PGT_DRIP before each byte */
} pgt_answer;

enum { PGT_MOST_HEADERS = 64 };
/** A request as it came. */
typedef struct pgt_received {
    const char *method, *path, *query; /**< query: "" when none; still percent-encoded */
    const char *body;                  /**< ends with NUL */
    size_t n_body;
    const char *names[PGT_MOST_HEADERS], *values[PGT_MOST_HEADERS];
    size_t n_headers;
    double time;       /**< seconds since the server was made */
    size_t connection; /**< counts from 0 */
} pgt_received;
const char *pgt_received_header(const pgt_received *request, const char *name); /**< NULL: not there */

/** What the server's certificate, made for the occasion, says. */
typedef enum pgt_tls { PGT_PLAIN, PGT_TLS, PGT_TLS_OTHER_NAME, PGT_TLS_EXPIRED } pgt_tls;
typedef struct pgt_script {
    const pgt_answer *answers; /**< [n] in the order of requests, the last one for ever */
    size_t n;
    /** In place of answers, when not NULL; from other threads, one call at a time. */
    pgt_answer (*respond)(void *user, const pgt_received *request);
    void *user;
    pgt_tls tls;
} pgt_script;

/** The script's pointers must live as long as the server; the test fails when there is no port. */
typedef struct pgt_server pgt_server;
pgt_server *pgt_server_new(const pgt_script *script);
void pgt_server_free(pgt_server *server); /**< ends all connections */
/** "http://127.0.0.1:40123" and the path; https of a server with a certificate. Valid until the fourth call from here.
 */
const char *pgt_server_url(const pgt_server *server, const char *path);
const char *pgt_server_authority(const pgt_server *server); /**< PEM file that trusts the server; NULL: plain */
size_t pgt_server_n_requests(pgt_server *server);
/** Request i in order of arrival, valid until the server is freed; the test fails when there is none. */
const pgt_received *pgt_server_request(pgt_server *server, size_t i);

#endif
