/* client.c  A client of one provider: sends requests, refuses what is no data whoever sent it, collects answers until
 * all of an item are there. SPDX-License-Identifier: GPL-3.0-or-later */
#include "fetch/client.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "fetch/judge.h"
#include "fetch/providers.h"
#include "ingest/mended_json.h"

enum { SENTENCE = 700 };

pgdp_status pg_mirrored(pgdp_ctx *ctx, const pg_wanted *wanted, const char *url, const char **out)
{
    static const char https[] = "https://";
    const char *mirror = wanted->request->mirror;
    *out = url;
    if (mirror == NULL || !pg_starts_with(url, https)) return PGDP_OK;
    const char *slash = pg_ends_with(mirror, "/") ? "" : "/";
    PG_TRY_ALLOC(ctx, *out, pg_arena_printf(&ctx->scratch, "%s%s%s", mirror, slash, url + strlen(https)));
    return PGDP_OK;
}

pgdp_status pg_session_new(pgdp_ctx *ctx, const pg_wanted *wanted, double requests_per_second, pg_http **out)
{
    pg_http_policy policy = pg_http_policy_default();
    const char *contact = wanted->request->contact;
    PG_TRY_ALLOC(ctx, policy.user_agent,
                 contact == NULL ? pg_arena_printf(&ctx->scratch, "pgdp/%s", pgdp_version())
                                 : pg_arena_printf(&ctx->scratch, "pgdp/%s (%s)", pgdp_version(), contact));
    policy.requests_per_second = requests_per_second;
    if (wanted->request->mirror != NULL) { /* a server of one's own need not be spared */
        policy.requests_per_second = 0;
        policy.first_wait = 0.01;
        policy.plain_loopback = true;
    }
    return pg_http_new(ctx, &policy, out);
}

pgdp_status pg_key_of(pgdp_ctx *ctx, const pg_provider *provider, const pg_wanted *wanted, pg_arena *arena,
                      const char **out)
{
    const char *variable = provider->facts.key_variable, *file = wanted->request->key_file;
    *out = NULL;
    if (variable == NULL) return PGDP_OK;
    if (file == NULL && wanted->request->key_folder != NULL)
        PG_TRY_ALLOC(ctx, file, pg_arena_printf(&ctx->scratch, "%s/%s", wanted->request->key_folder, variable));
    const pgdp_status status = pg_http_key(ctx, file, variable, arena, out);
    const bool absent = status == PGDP_IO && wanted->request->key_file == NULL && !provider->facts.needs_key;
    return absent ? PGDP_OK : status; /* a folder need not hold keys that nobody needs */
}

pgdp_status pg_client_open(pgdp_ctx *ctx, const pg_provider *provider, const pg_wanted *wanted, pg_client *out)
{
    *out = (pg_client){ .provider = provider, .wanted = wanted };
    pg_arena_init(&out->arena, &ctx->allocator);
    PG_TRY(pg_key_of(ctx, provider, wanted, &out->arena, &out->key));
    if (out->key == NULL && provider->facts.needs_key)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "%s answers nobody without a key, and there is none; put it into a file that others cannot read "
                       "and name that after --key-file, or set %s",
                       provider->facts.title, provider->facts.key_variable);
    return pg_session_new(ctx, wanted, provider->requests_per_second, &out->http);
}

void pg_client_drop(pg_client *c)
{
    for (size_t i = 0; i < c->n_pages; i++)
        pgdp_dataset_free(c->pages[i].dataset);
    c->n_pages = 0;
}

void pg_client_close(pg_client *c)
{
    pg_client_drop(c);
    pg_http_free(c->http);
    if (c->provider != NULL) pg_arena_free(&c->arena);
    *c = (pg_client){ .provider = NULL };
}

static void add_field(pg_ask *ask, const char *name, const char *value, bool secret)
{
    if (value == NULL || ask->n_fields == PG_MOST_FIELDS) return;
    ask->fields[ask->n_fields++] = (pg_http_field){ .name = name, .value = value, .secret = secret };
}

void pg_ask_field(pg_ask *ask, const char *name, const char *value)
{
    add_field(ask, name, value, false);
}

void pg_ask_secret(pg_ask *ask, const char *name, const char *value)
{
    add_field(ask, name, value, true);
}

pgdp_status pg_client_refuse(pgdp_ctx *ctx, const pg_client *c, const char *what, const char *found, ...)
{
    char sentence[SENTENCE];
    va_list rest;
    va_start(rest, found);
    (void)vsnprintf(sentence, sizeof sentence, found, rest);
    va_end(rest);
    return pg_fail(ctx, PGDP_NETWORK, "%s: asked for %s, found %s", c->item.text, what, sentence);
}

/* What to do about a refusal, where we know. */
static const char *advice(const pg_client *c, long status, const char *words)
{
    if (strstr(words, "not registered") != NULL)
        return "; FRED says so when it is busy too: try once more before you change the key";
    if (status == 403 && c->wanted->request->contact == NULL)
        return "; some servers answer only who names an address of mail: --contact";
    if (status == 429) return "; wait, and ask for less at once";
    return "";
}

static pgdp_status judge(pgdp_ctx *ctx, const pg_client *c, const pg_ask *ask, const pg_http_reply *reply)
{
    const unsigned char *bytes = reply->body;
    size_t i = 0;
    if (reply->status != 200 && reply->status != 204) {
        const char *words = pg_words_of(ctx, bytes, reply->n_body);
        return pg_client_refuse(ctx, c, ask->what, "HTTP status %ld and the words \"%s\"%s (%s)", reply->status, words,
                                advice(c, reply->status, words), reply->shown);
    }
    if (reply->status == 200 && reply->n_body == 0)
        return pg_client_refuse(ctx, c, ask->what, "no bytes at all, though the server calls that success (%s)",
                                reply->shown);
    if (pg_is_page(bytes, reply->n_body))
        return pg_client_refuse(ctx, c, ask->what, "a web page, not data (%s)", reply->shown);
    if (ask->text && !reply->end_told && reply->n_body > 0)
        return pg_client_refuse(ctx, c, ask->what, "%zu bytes whose end the server did not tell; they may be cut (%s)",
                                reply->n_body, reply->shown);
    while (i < reply->n_body && (bytes[i] <= ' ' || bytes[i] == 0xEF || bytes[i] == 0xBB || bytes[i] == 0xBF))
        i++;
    if (!ask->text && reply->n_body > 0 && (i == reply->n_body || (bytes[i] != '{' && bytes[i] != '[')))
        return pg_client_refuse(ctx, c, ask->what, "\"%s\", expected JSON (%s)", pg_words_of(ctx, bytes, reply->n_body),
                                reply->shown);
    return PGDP_OK;
}

/* No answer but refusals: the last one may have a reason. */
static pgdp_status fail_sending(pgdp_ctx *ctx, const pg_client *c, const pg_ask *ask, const pg_http_reply *reply)
{
    const char *why, *words;
    PG_TRY_ALLOC(ctx, why, pg_arena_strdup(&ctx->scratch, ctx->error));
    words = reply->n_body > 0 ? pg_words_of(ctx, reply->body, reply->n_body) : NULL;
    if (words == NULL) return pg_fail(ctx, PGDP_NETWORK, "%s: asked for %s: %s", c->item.text, ask->what, why);
    return pg_fail(ctx, PGDP_NETWORK, "%s: asked for %s: %s (\"%s\"%s)", c->item.text, ask->what, why, words,
                   advice(c, reply->status, words));
}

pgdp_status pg_client_ask(pgdp_ctx *ctx, pg_client *c, const pg_ask *ask, pg_answer *out)
{
    pg_http_request request = { .query = ask->fields,
                                .n_query = ask->n_fields,
                                .headers = ask->headers,
                                .n_headers = ask->n_headers,
                                .body = ask->body,
                                .n_body = ask->body == NULL ? 0 : strlen(ask->body),
                                .content_type = ask->body == NULL ? NULL : "application/json" };
    pg_http_reply reply = { .n_body = 0 };
    unsigned char *body;
    PG_TRY(pg_check_stop(ctx));
    PG_TRY(pg_mirrored(ctx, c->wanted, ask->url, &request.url));
    const pgdp_status status = pg_http_send(ctx, c->http, &request, &c->arena, &reply);
    if (status != PGDP_OK && status != PGDP_NETWORK) return status;
    PG_TRY_ALLOC(ctx, body, pg_arena_alloc(&c->arena, reply.n_body + 1, 1));
    if (reply.n_body > 0) memcpy(body, reply.body, reply.n_body);
    pg_strike_out(body, reply.n_body, c->key);
    reply.body = body;
    if (status == PGDP_NETWORK) return fail_sending(ctx, c, ask, &reply);
    PG_TRY(judge(ctx, c, ask, &reply));
    *out = (pg_answer){ .bytes = { .label = c->item.text, .data = body, .n = reply.n_body } };
    PG_TRY_ALLOC(ctx, out->what, pg_arena_strdup(&c->arena, ask->what));
    PG_TRY_ALLOC(ctx, out->address,
                 ask->shown_body == NULL ? pg_arena_strdup(&c->arena, reply.shown)
                                         : pg_arena_printf(&c->arena, "%s %s", reply.shown, ask->shown_body));
    return PGDP_OK;
}

pgdp_status pg_client_json(pgdp_ctx *ctx, const pg_client *c, const pg_answer *answer, size_t *n_mended,
                           pg_json_document **out)
{
    const pgdp_bytes *in = &answer->bytes;
    const pgdp_status status =
        n_mended == NULL ? pg_json_parse(ctx, in->label, in->data, in->n, out) : pg_mended_json(ctx, in, out, n_mended);
    if (status != PGDP_PARSE) return status;
    const char *why;
    PG_TRY_ALLOC(ctx, why, pg_arena_strdup(&ctx->scratch, ctx->error));
    return pg_client_refuse(ctx, c, answer->what, "JSON that ends or breaks: %s", why);
}

pgdp_status pg_client_take(pgdp_ctx *ctx, pg_client *c, const pg_answer *answer, const char *label, const char *format,
                           pgdp_dataset **dataset)
{
    pgdp_dataset *read = NULL;
    pg_page page = { .bytes = answer->bytes, .address = answer->address, .what = answer->what };
    if (c->n_pages == c->capacity) {
        const size_t capacity = 2 * c->capacity + 16;
        PG_TRY_ALLOC(ctx, c->pages, pg_arena_grow(&c->arena, c->pages, c->n_pages, capacity, sizeof *c->pages));
        c->capacity = capacity;
    }
    PG_TRY_ALLOC(ctx, page.bytes.label, pg_arena_strdup(&c->arena, label));
    const pgdp_status status = pgdp_ingest(ctx, format, &page.bytes, &read);
    if (status != PGDP_OK) return pg_fail_within(ctx, status, "%s: asked for %s, ", c->item.text, answer->what);
    page.dataset = read;
    c->pages[c->n_pages++] = page;
    if (dataset != NULL) *dataset = read;
    return PGDP_OK;
}

void pg_client_remark(pg_client *c, const char *remark)
{
    if (c->n_pages > 0) c->pages[c->n_pages - 1].remark = remark;
}
