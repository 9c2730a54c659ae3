/* curl.h  The door to libcurl: its functions, found at run time. Linking it would load some thirty libraries at every
 * start of the program, most of which never makes a request; docs/network.md has the measurement.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_CURL_H
#define PG_CURL_H

#include "core/ctx.h"

#include <curl/curl.h>

#define PG_CURL_FUNCTIONS(X)                                                                                           \
    X(global_init)                                                                                                     \
    X(global_cleanup)                                                                                                  \
    X(version_info)                                                                                                    \
    X(easy_init)                                                                                                       \
    X(easy_cleanup)                                                                                                    \
    X(easy_setopt)                                                                                                     \
    X(easy_getinfo)                                                                                                    \
    X(easy_header)                                                                                                     \
    X(easy_strerror)                                                                                                   \
    X(slist_append)                                                                                                    \
    X(slist_free_all)                                                                                                  \
    X(multi_init)                                                                                                      \
    X(multi_cleanup)                                                                                                   \
    X(multi_add_handle)                                                                                                \
    X(multi_remove_handle)                                                                                             \
    X(multi_perform)                                                                                                   \
    X(multi_poll)                                                                                                      \
    X(multi_info_read)                                                                                                 \
    X(multi_strerror)                                                                                                  \
    X(url)                                                                                                             \
    X(url_cleanup)                                                                                                     \
    X(url_set)                                                                                                         \
    X(url_get)                                                                                                         \
    X(free)

/** libcurl as one session sees it: curl->easy_init() is curl_easy_init(). */
typedef struct pg_curl {
#define PG_CURL_ENTRY(name) __typeof__(curl_##name) *name;
    PG_CURL_FUNCTIONS(PG_CURL_ENTRY)
#undef PG_CURL_ENTRY
    void *library; /* NULL: closed */
} pg_curl;

/** Find libcurl under this name, "libcurl.so.4" but for tests. @return NOT_FOUND (not there, too old, without threads
 * or TLS) */
pgdp_status pg_curl_open(pgdp_ctx *ctx, const char *name, pg_curl *out);
void pg_curl_close(pg_curl *curl); /**< a closed one, or one of zeros, is fine */

#endif
