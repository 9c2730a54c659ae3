/* curl.c  Loads libcurl. Source: curl_global_init(3): with CURL_VERSION_THREADSAFE its starts are counted under a lock
 * of its own, so sessions may be made in several threads and we keep no state between them. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "net/curl.h"

#include <dlfcn.h>
#include <string.h>

enum { OLDEST = 0x075500 }; /* 7.85.0: protocols named by text, headers by name */

static const char remedy[] = "install it (Debian: libcurl4), or work from files that are here";

static pgdp_status find_functions(pgdp_ctx *ctx, const char *name, pg_curl *curl)
{
    void *function;
#define PG_CURL_ENTRY(entry)                                                                                           \
    function = dlsym(curl->library, "curl_" #entry);                                                                   \
    if (function == NULL)                                                                                              \
        return pg_fail(ctx, PGDP_NOT_FOUND, "%s: found no curl_" #entry "(), expected libcurl 7.85 or later; %s",      \
                       name, remedy);                                                                                  \
    memcpy(&curl->entry, &function, sizeof function); /* ISO C knows no cast between the two kinds of pointers */
    PG_CURL_FUNCTIONS(PG_CURL_ENTRY)
#undef PG_CURL_ENTRY
    const curl_version_info_data *about = curl->version_info(CURLVERSION_NOW);
    const int needed = CURL_VERSION_THREADSAFE | CURL_VERSION_SSL | CURL_VERSION_ASYNCHDNS;
    if (about->version_num < OLDEST || (about->features & needed) != needed)
        return pg_fail(ctx, PGDP_NOT_FOUND, "%s: found version %s, expected 7.85 or later with threads and TLS; %s",
                       name, about->version, remedy);
    return PGDP_OK;
}

pgdp_status pg_curl_open(pgdp_ctx *ctx, const char *name, pg_curl *out)
{
    /* NODELETE: its libraries leave work for the end of the process, which must still find their code. */
    pg_curl curl = { .library = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) };
    if (curl.library == NULL)
        return pg_fail(ctx, PGDP_NOT_FOUND, "%s: the library for requests over the network is not here; %s", name,
                       remedy);
    pgdp_status status = find_functions(ctx, name, &curl);
    if (status == PGDP_OK && curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        status = pg_fail(ctx, PGDP_NOT_FOUND, "%s: it does not start; %s", name, remedy);
    if (status != PGDP_OK) {
        (void)dlclose(curl.library);
        return status;
    }
    *out = curl;
    return PGDP_OK;
}

void pg_curl_close(pg_curl *curl)
{
    if (curl->library == NULL) return;
    curl->global_cleanup();
    (void)dlclose(curl->library);
    curl->library = NULL;
}
