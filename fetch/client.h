/* client.h  A client of one provider: sends requests, refuses what is no data whoever sent it, collects answers until
 * all of an item are there, and puts them into the store. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_CLIENT_H
#define PG_CLIENT_H

#include "core/json.h"
#include "net/http.h"
#include "pgdp/fetch.h"

typedef struct pg_provider pg_provider;
/** One thing asked for, "bea:NIPA/T10105?Frequency=A". */
typedef struct pg_item {
    const pg_provider *provider;
    const char *text;            /**< as given, without the others of its list */
    const char *name;            /**< "NIPA/T10105" */
    const pg_http_field *fields; /**< [n_fields] of what follows "?" */
    size_t n_fields;
} pg_item;
/** The request, its texts read. */
typedef struct pg_wanted {
    const pgdp_fetch_request *request;
    bool from, to;              /**< a first, a last period was given */
    int32_t first, last, today; /**< days; the last one of the last period */
    bool all_vintages;
    const char *vintage; /**< the day asked for, or NULL */
} pg_wanted;

/** An answer that goes into the store when all of its item are there. */
typedef struct pg_page {
    pgdp_bytes bytes;
    pgdp_dataset *dataset;
    const char *what, *address, *remark;
} pg_page;
typedef struct pg_client {
    const pg_provider *provider;
    const pg_wanted *wanted;
    pg_item item; /**< the one under way, for messages */
    pg_http *http;
    const char *key; /**< NULL: none */
    pg_arena arena;  /**< answers of the items under way */
    pg_page *pages;
    size_t n_pages, capacity;
} pg_client;

enum { PG_MOST_FIELDS = 32 };
/** A request under way: pg_ask_begin(), then fields, then pg_client_ask(). Texts are borrowed until it is sent. */
typedef struct pg_ask {
    const char *what; /**< for messages: "the observations of GDP" */
    const char *url;
    pg_http_field fields[PG_MOST_FIELDS];
    size_t n_fields;
    pg_http_field headers[2];
    size_t n_headers;
    const char *body, *shown_body; /**< JSON to be posted, and the same as it may be shown */
    bool text;                     /**< data may be other than JSON */
} pg_ask;
typedef struct pg_answer {
    pgdp_bytes bytes; /**< n 0: 204, no content */
    const char *what, *address;
} pg_answer;

/** Open a session and find the key. @return also BAD_ARGUMENT when a key is needed and there is none */
pgdp_status pg_client_open(pgdp_ctx *ctx, const pg_provider *provider, const pg_wanted *wanted, pg_client *out);
void pg_client_close(pg_client *client); /**< a zeroed one is fine */
void pg_ask_field(pg_ask *ask, const char *name, const char *value);
void pg_ask_secret(pg_ask *ask, const char *name, const char *value); /**< a field that is never shown; NULL: none */
/**
 * Send, wait, and refuse a web page, an empty body, a status that is no success (with the words of the answer), and,
 * unless the ask says that text will do, what is not JSON. The key is struck out wherever the answer repeats it.
 */
pgdp_status pg_client_ask(pgdp_ctx *ctx, pg_client *client, const pg_ask *ask, pg_answer *out);
/** NETWORK: "fred:GDP: asked for WHAT, found ...". */
pgdp_status pg_client_refuse(pgdp_ctx *ctx, const pg_client *client, const char *what, const char *found, ...)
    __attribute__((format(printf, 4, 5)));
/** Parse the answer; what breaks off is refused. @param n_mended  NULL: JSON alone; else as pg_mended_json() */
pgdp_status pg_client_json(pgdp_ctx *ctx, const pg_client *client, const pg_answer *answer, size_t *n_mended,
                           pg_json_document **out);
/** Read the answer and keep it for the store; what it holds may still be told better in *dataset.
 * @param label  names the document, and for FRED the series  @param format  NULL: found by content */
pgdp_status pg_client_take(pgdp_ctx *ctx, pg_client *client, const pg_answer *answer, const char *label,
                           const char *format, pgdp_dataset **dataset);
/** What the user should know of the page that was taken last. */
void pg_client_remark(pg_client *client, const char *remark);
/** Forget the pages that were taken. */
void pg_client_drop(pg_client *client);
/** A URL at the provider, or below the mirror. */
pgdp_status pg_mirrored(pgdp_ctx *ctx, const pg_wanted *wanted, const char *url, const char **out);
/** The session of a client, paced. */
pgdp_status pg_session_new(pgdp_ctx *ctx, const pg_wanted *wanted, double requests_per_second, pg_http **out);
/** The provider's key in `arena`, or NULL. */
pgdp_status pg_key_of(pgdp_ctx *ctx, const pg_provider *provider, const pg_wanted *wanted, pg_arena *arena,
                      const char **out);

#endif
