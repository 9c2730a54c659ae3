/* request.c  Addresses, and what of a request may be shown. Source: RFC 3986 section 2 (percent-encoding), RFC 9110
 * sections 5.5 and 5.6.2 (what a header may hold).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/request.h"

#include "core/text.h"

#include <string.h>

static const char hidden[] = "(hidden)";
static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/* ---- encoding ---- */

/* RFC 3986 section 2.3: only these stand for themselves. */
static bool is_unreserved(char c)
{
    return c != '\0' && (strchr(letters, c) != NULL || strchr("-._~", c) != NULL);
}

static void add_encoded(pg_text *text, const char *value)
{
    static const char digits[] = "0123456789ABCDEF";
    for (const char *c = value; *c != '\0'; c++) {
        if (is_unreserved(*c)) {
            pg_text_add_char(text, *c);
            continue;
        }
        const unsigned char byte = (unsigned char)*c;
        const char code[] = { '%', digits[byte >> 4], digits[byte & 15], '\0' };
        pg_text_add(text, code);
    }
}

char *pg_request_address(pg_arena *arena, const pg_http_request *request, bool shown)
{
    pg_text text;
    char mark = '?';
    pg_text_init(&text, arena);
    if (shown) pg_text_add(&text, request->body == NULL ? "GET " : "POST ");
    pg_text_add(&text, request->url);
    for (size_t i = 0; i < request->n_query; i++) {
        const pg_http_field *field = &request->query[i];
        if (field->value == NULL) continue;
        pg_text_add_char(&text, mark);
        add_encoded(&text, field->name);
        pg_text_add_char(&text, '=');
        if (shown && field->secret)
            pg_text_add(&text, hidden);
        else
            add_encoded(&text, field->value);
        mark = '&';
    }
    return text.failed ? NULL : text.data;
}

/* ---- secrets ---- */

/* Secret values one after another, those of the query before those of the headers; NULL: no more. */
static const char *secret_at(const pg_http_request *request, size_t *i)
{
    for (; *i < request->n_query + request->n_headers; (*i)++) {
        const pg_http_field *field =
            *i < request->n_query ? &request->query[*i] : &request->headers[*i - request->n_query];
        if (field->secret && field->value != NULL && field->value[0] != '\0') return field->value;
    }
    return NULL;
}

/* Value of a hexadecimal digit, or -1. */
static int digit_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* How much of the text's start is the secret, as it is or with any of its bytes percent-encoded; 0: none. */
static size_t matched(const char *text, const char *secret)
{
    if (pg_starts_with(text, secret)) return strlen(secret);
    const char *at = text;
    for (const char *s = secret; *s != '\0'; s++) {
        const int high = at[0] == '%' ? digit_value(at[1]) : -1, low = high < 0 ? -1 : digit_value(at[2]);
        if (low >= 0 && 16 * high + low == (unsigned char)*s)
            at += 3;
        else if (*at == *s)
            at++;
        else
            return 0;
    }
    return (size_t)(at - text);
}

/* The longest secret that begins here. "Bearer KEY": the key alone too. */
static size_t secret_length(const pg_http_request *request, const char *text)
{
    size_t longest = 0;
    const char *secret;
    for (size_t i = 0; (secret = secret_at(request, &i)) != NULL; i++) {
        const char *blank = strrchr(secret, ' ');
        const size_t whole = matched(text, secret),
                     last = blank == NULL || blank[1] == '\0' ? 0 : matched(text, blank + 1);
        if (whole > longest) longest = whole;
        if (last > longest) longest = last;
    }
    return longest;
}

const char *pg_request_hide(pg_arena *arena, const pg_http_request *request, const char *text)
{
    pg_text out;
    pg_text_init(&out, arena);
    while (*text != '\0') {
        const size_t n = secret_length(request, text);
        if (n > 0)
            pg_text_add(&out, hidden);
        else
            pg_text_add_char(&out, *text);
        text += n > 0 ? n : 1;
    }
    return out.failed ? NULL : out.data;
}

bool pg_request_betrays(const pg_http_request *request, const char *text)
{
    for (; *text != '\0'; text++)
        if (secret_length(request, text) > 0) return true;
    return false;
}

/* ---- what may be sent ---- */

static bool has_control(const char *text)
{
    for (; *text != '\0'; text++)
        if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7f) return true;
    return false;
}

/* A value with a line end would be a second header. */
static pgdp_status check_header(pgdp_ctx *ctx, const pg_http_field *header)
{
    static const char token[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";
    static const char *const ours[] = { "Accept-Encoding", "Connection", "Content-Length", "Host",
                                        "Transfer-Encoding" };
    const char *name = header->name;
    if (name[0] == '\0' || name[strspn(name, token)] != '\0')
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "header \"%s\": expected a name of letters, digits and hyphens", name);
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (pg_streq_nocase(name, ours[i]))
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "header %s: it is made here; leave it out", name);
    if (header->value != NULL && has_control(header->value))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "header %s: its value holds a line end or another control character",
                       name);
    return PGDP_OK;
}

pgdp_status pg_request_check(pgdp_ctx *ctx, const pg_http_request *request)
{
    const pg_http_field rest[] = { { "Content-Type", request->content_type, false },
                                   { "If-None-Match", request->etag, false },
                                   { "If-Modified-Since", request->last_modified, false } };
    if (strpbrk(request->url, "?#") != NULL || has_control(request->url))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "%.*s: expected an address without query or fragment; give fields of the "
                       "query apart",
                       (int)strcspn(request->url, "?#"), request->url);
    for (size_t i = 0; i < request->n_headers; i++)
        PG_TRY(check_header(ctx, &request->headers[i]));
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        PG_TRY(check_header(ctx, &rest[i]));
    return PGDP_OK;
}

/* ---- places ---- */

static bool is_loopback(const char *host)
{
    return pg_streq(host, "127.0.0.1") || pg_streq(host, "[::1]") || pg_streq_nocase(host, "localhost");
}

static pgdp_status read_place(pgdp_ctx *ctx, const pg_curl *curl, CURLU *url, pg_arena *arena, pg_place *out)
{
    static const CURLUPart parts[] = { CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT };
    char *text[3];
    for (size_t i = 0; i < 3; i++) {
        char *part = NULL;
        const CURLUcode code = curl->url_get(url, parts[i], &part, CURLU_NO_DEFAULT_PORT);
        if (code == CURLUE_OUT_OF_MEMORY) return pg_no_memory(ctx);
        text[i] = pg_arena_strdup(arena, code == CURLUE_OK ? part : "");
        curl->free(part);
        if (text[i] == NULL) return pg_no_memory(ctx);
    }
    for (char *c = text[1]; *c != '\0'; c++) /* names of hosts know no case: one host has one pace */
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c - 'A' + 'a');
    char *host = text[1];
    if (text[2][0] != '\0') PG_TRY_ALLOC(ctx, host, pg_arena_printf(arena, "%s:%s", text[1], text[2]));
    *out = (pg_place){ host, pg_streq(text[0], "https"), pg_streq(text[0], "http"), is_loopback(text[1]) };
    return PGDP_OK;
}

pgdp_status pg_place_of(pgdp_ctx *ctx, const pg_curl *curl, const char *address, pg_arena *arena, pg_place *out)
{
    CURLU *url = curl->url();
    if (url == NULL) return pg_no_memory(ctx);
    const CURLUcode code = curl->url_set(url, CURLUPART_URL, address, CURLU_DISALLOW_USER);
    pgdp_status status = PGDP_OK;
    if (code == CURLUE_OUT_OF_MEMORY)
        status = pg_no_memory(ctx);
    else if (code == CURLUE_USER_NOT_ALLOWED)
        status = pg_fail(ctx, PGDP_BAD_ARGUMENT, "found a user's name in an address, expected none");
    else if (code != CURLUE_OK)
        status = pg_fail(ctx, PGDP_BAD_ARGUMENT, "found no address that begins https://, as one must");
    else
        status = read_place(ctx, curl, url, arena, out);
    curl->url_cleanup(url);
    return status;
}

bool pg_place_allowed(const pg_place *place, bool plain_loopback)
{
    return place->secure || (plain_loopback && place->plain && place->loopback);
}

bool pg_place_same(const pg_place *a, const pg_place *b)
{
    return a->secure == b->secure && pg_streq(a->host, b->host);
}
