/* items.c  What is asked for, "bea:NIPA/T10105?Frequency=A", as a provider, a name and fields.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fetch/items.h"

#include <string.h>

#include "core/text.h"
#include "fetch/judge.h"
#include "fetch/providers.h"

enum { MOST_ITEMS = 10000 };

#define ENTRY(name) &pg_provider_##name,
static const pg_provider *const providers[] = { PG_PROVIDERS(ENTRY) };
#undef ENTRY
enum { N_PROVIDERS = sizeof providers / sizeof *providers };

const pg_provider *pg_provider_at(size_t i)
{
    return i < N_PROVIDERS ? providers[i] : NULL;
}

const pgdp_provider_facts *pgdp_provider_at(size_t i)
{
    return i < N_PROVIDERS ? &providers[i]->facts : NULL;
}

static pgdp_status find_provider(pgdp_ctx *ctx, const char *text, const char *name, const pg_provider **out)
{
    const char *names[N_PROVIDERS];
    for (size_t i = 0; i < N_PROVIDERS; i++) {
        names[i] = providers[i]->facts.name;
        if (!pg_streq(names[i], name)) continue;
        *out = providers[i];
        return PGDP_OK;
    }
    const char *near = pgdp_nearest(name, names, N_PROVIDERS);
    return pg_fail(ctx, PGDP_NOT_FOUND, "%s: there is no provider \"%s\"; %s%s", text, name,
                   near == NULL ? "expected fred, bls, bea, census or onet" : "did you mean ",
                   near == NULL ? "" : near);
}

/* "A=1&B=2" as fields; texts stand as they are typed, so that "%20" is not decoded. */
static pgdp_status read_fields(pgdp_ctx *ctx, const char *text, pg_item *item)
{
    pg_http_field *fields;
    PG_TRY_ALLOC(ctx, fields, pg_arena_alloc(&ctx->scratch, PG_MOST_FIELDS, sizeof *fields));
    item->fields = fields;
    while (text[0] != '\0') {
        const size_t n = strcspn(text, "&"), name = strcspn(text, "=&");
        if (name == 0 || name >= n)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: found \"%.*s\" after \"?\", expected NAME=VALUE", item->text,
                           (int)n, text);
        if (item->n_fields + 8 >= PG_MOST_FIELDS)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: found more than %d fields", item->text, PG_MOST_FIELDS - 8);
        pg_http_field *field = &fields[item->n_fields++];
        /* a key on the command line would stand in the list of processes, and be shown */
        const char *secret = item->provider->key_field;
        PG_TRY_ALLOC(ctx, field->name, pg_arena_strndup(&ctx->scratch, text, name));
        PG_TRY_ALLOC(ctx, field->value, pg_arena_strndup(&ctx->scratch, text + name + 1, n - name - 1));
        if (secret != NULL && pg_streq_nocase(field->name, secret))
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s:%s: a key does not belong here; see --key-file",
                           item->provider->facts.name, item->name);
        text += text[n] == '&' ? n + 1 : n;
    }
    return PGDP_OK;
}

static pgdp_status add_item(pgdp_ctx *ctx, const pg_provider *provider, const char *name, size_t n, pg_item *item)
{
    const char *question = memchr(name, '?', n);
    const size_t length = question == NULL ? n : (size_t)(question - name);
    *item = (pg_item){ .provider = provider };
    PG_TRY_ALLOC(ctx, item->text, pg_arena_printf(&ctx->scratch, "%s:%.*s", provider->facts.name, (int)n, name));
    PG_TRY_ALLOC(ctx, item->name, pg_arena_strndup(&ctx->scratch, name, length));
    if (length == 0)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: what of it? expected %s", item->text, provider->facts.form);
    return question == NULL ? PGDP_OK : read_fields(ctx, question + 1, item);
}

/* The items of one argument. */
static pgdp_status add_argument(pgdp_ctx *ctx, const char *argument, pg_item *items, size_t *n)
{
    const char *colon = strchr(argument, ':'), *name;
    const pg_provider *provider = NULL;
    if (colon == NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "found \"%.80s\", expected a provider and what is asked of it, such as "
                       "fred:GDP",
                       argument);
    PG_TRY_ALLOC(ctx, name, pg_arena_strndup(&ctx->scratch, argument, (size_t)(colon - argument)));
    PG_TRY(find_provider(ctx, argument, name, &provider));
    const bool one = strchr(colon, '?') != NULL;
    for (const char *at = colon + 1;;) {
        const size_t length = one ? strlen(at) : strcspn(at, ",");
        if (*n == MOST_ITEMS) return pg_fail(ctx, PGDP_BAD_ARGUMENT, "there are more than %d items", MOST_ITEMS);
        PG_TRY(add_item(ctx, provider, at, length, &items[(*n)++]));
        if (at[length] == '\0') return PGDP_OK;
        at += length + 1;
    }
}

pgdp_status pg_items_of(pgdp_ctx *ctx, const pgdp_fetch_request *request, pg_item **out, size_t *n)
{
    pg_item *items, *sorted;
    size_t n_sorted = 0;
    *n = 0;
    PG_TRY_ALLOC(ctx, items, pg_arena_alloc(&ctx->scratch, MOST_ITEMS, sizeof *items));
    PG_TRY_ALLOC(ctx, sorted, pg_arena_alloc(&ctx->scratch, MOST_ITEMS, sizeof *sorted));
    for (size_t i = 0; i < request->n_items; i++)
        PG_TRY(add_argument(ctx, request->items[i], items, n));
    for (size_t p = 0; p < N_PROVIDERS; p++)
        for (size_t i = 0; i < *n; i++)
            if (items[i].provider == providers[p]) sorted[n_sorted++] = items[i];
    for (size_t i = 0; i < *n; i++) {
        const pg_provider *p = items[i].provider;
        if (request->vintages != NULL && !p->vintages)
            return pg_fail(
                ctx, PGDP_BAD_ARGUMENT,
                "%s: %s keeps no vintages; leave out --vintages: what it answers is of the day of the download",
                items[i].text, p->facts.title);
        if ((request->first != NULL || request->last != NULL) && !p->ranges)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                           "%s: %s cannot be asked for some periods alone; leave out --from and "
                           "--to",
                           items[i].text, p->facts.title);
    }
    *out = sorted;
    return PGDP_OK;
}

static pgdp_status read_period(pgdp_ctx *ctx, const char *flag, const char *text, pgdp_period *out)
{
    if (pgdp_period_parse(text, out)) return PGDP_OK;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: found \"%.40s\", expected a period such as 2031, 2031Q1 or 2031-02",
                   flag, text);
}

pgdp_status pg_wanted_of(pgdp_ctx *ctx, const pgdp_fetch_request *request, pg_wanted *out)
{
    pgdp_period period;
    *out = (pg_wanted){ .request = request, .from = request->first != NULL, .to = request->last != NULL };
    if (request->today == NULL || !pgdp_period_parse(request->today, &period) || period.frequency != PGDP_DAILY)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "which day is today? expected a day such as 2031-02-28");
    out->today = period.ordinal;
    if (out->from) {
        PG_TRY(read_period(ctx, "--from", request->first, &period));
        out->first = pgdp_period_first_day(period);
    }
    if (out->to) {
        PG_TRY(read_period(ctx, "--to", request->last, &period));
        period.ordinal++;
        out->last = pgdp_period_first_day(period) - 1;
    }
    if (out->from && out->to && out->first > out->last)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "--from %s is later than --to %s", request->first, request->last);
    if (out->from && out->first > out->today)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "--from %s has not come yet", request->first);
    if (request->vintages == NULL) return PGDP_OK;
    out->all_vintages = pg_streq(request->vintages, "all");
    if (out->all_vintages) return PGDP_OK;
    if (!pgdp_period_parse(request->vintages, &period) || period.frequency != PGDP_DAILY)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "--vintages: found \"%.40s\", expected all, or a day such as 2031-02-28",
                       request->vintages);
    char day[16];
    pgdp_period_format(period, day);
    PG_TRY_ALLOC(ctx, out->vintage, pg_arena_strdup(&ctx->scratch, day));
    return PGDP_OK;
}

const char *pg_item_field(const pg_item *item, const char *name)
{
    for (size_t i = 0; i < item->n_fields; i++)
        if (pg_streq_nocase(item->fields[i].name, name)) return item->fields[i].value;
    return NULL;
}

pgdp_status pg_item_label(pgdp_ctx *ctx, const pg_item *item, const pg_wanted *wanted, const char *ending,
                          const char **out)
{
    static const char kept[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789=,-*";
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    for (const char *at = strchr(item->text, ':') + 1; *at != '\0'; at++)
        pg_text_add_char(&text, strchr(kept, *at) != NULL ? *at : '_');
    if (wanted->from || wanted->to)
        pg_text_addf(&text, "_%s-%s", wanted->from ? wanted->request->first : "",
                     wanted->to ? wanted->request->last : "");
    pg_text_addf(&text, ".%s", ending);
    *out = text.data;
    return text.failed ? pg_no_memory(ctx) : PGDP_OK;
}
