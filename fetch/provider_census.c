/* provider_census.c  Census Bureau: rows of a dataset, 50 variables a request. Each request's answer is a document of
 * its own, with its geography: rows of two answers come in no common order. Source:
 * https://www.census.gov/data/developers/guidance/api-user-guide.html; https://github.com/hrecht/censusapi, issue 82.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/text.h"
#include "fetch/items.h"
#include "fetch/judge.h"
#include "fetch/providers.h"

enum { MOST_VARIABLES = 50 };

typedef struct part {
    pg_client *client;
    const pg_item *item;
    const char *url, *get, *what;
    size_t n_rows; /* of the parts before; PGDP_NONE: none yet */
} part;

/* The names of the first row hold each that was asked for. */
static pgdp_status judge_header(pgdp_ctx *ctx, const part *p, const pg_json_value *header)
{
    for (const char *at = p->get; at[0] != '\0';) {
        const size_t n = strcspn(at, ",");
        bool met = false;
        for (size_t j = 0; j < pg_json_count(header); j++) {
            const char *name = pg_json_text(pg_json_at(header, j));
            met = met || (name != NULL && strlen(name) == n && strncmp(name, at, n) == 0);
        }
        if (!met && strncmp(at, "group(", 6) != 0)
            return pg_client_refuse(ctx, p->client, p->what, "no column %.*s", (int)n, at);
        at += at[n] == ',' ? n + 1 : n;
    }
    return PGDP_OK;
}

static pgdp_status judge_years(pgdp_ctx *ctx, const part *p, const pg_json_value *rows)
{
    const pg_wanted *w = p->client->wanted;
    const int end = pg_year_of(w->to ? w->last : w->today), first = w->from ? pg_year_of(w->first) : end;
    size_t time = PGDP_NONE;
    pg_years years;
    if (!w->from && !w->to) return PGDP_OK;
    for (size_t j = 0; j < pg_json_count(pg_json_at(rows, 0)); j++) {
        const char *name = pg_json_text(pg_json_at(pg_json_at(rows, 0), j));
        if (name != NULL && pg_streq_nocase(name, "time")) time = j;
    }
    if (time == PGDP_NONE) return pg_client_refuse(ctx, p->client, p->what, "no column time");
    PG_TRY(pg_years_new(ctx, first, end, &years));
    for (size_t i = 1; i < pg_json_count(rows); i++)
        pg_years_add(&years, pg_year_of_text(pg_json_text(pg_json_at(pg_json_at(rows, i), time))));
    if (!w->to) years.met[end - first] = true; /* this year's may not be out */
    const char *lacking = pg_years_lacking(ctx, &years);
    if (lacking != NULL)
        return pg_client_refuse(ctx, p->client, p->what, "no row of %s; ask for years that the dataset has", lacking);
    return PGDP_OK;
}

static pgdp_status judge(pgdp_ctx *ctx, part *p, const pg_json_value *rows)
{
    const size_t n = pg_json_count(rows), n_names = pg_json_count(pg_json_at(rows, 0));
    if (!pg_json_is_array(rows) || n < 2 || n_names == 0)
        return pg_client_refuse(ctx, p->client, p->what, "%zu rows, expected names and values", n);
    for (size_t i = 1; i < n; i++)
        if (pg_json_count(pg_json_at(rows, i)) != n_names)
            return pg_client_refuse(ctx, p->client, p->what, "a row %zu of %zu cells, expected %zu", i,
                                    pg_json_count(pg_json_at(rows, i)), n_names);
    if (p->n_rows != PGDP_NONE && n != p->n_rows)
        return pg_client_refuse(ctx, p->client, p->what,
                                "%zu rows, and %zu of the variables before; one of them was cut", n - 1, p->n_rows - 1);
    p->n_rows = n;
    PG_TRY(judge_header(ctx, p, pg_json_at(rows, 0)));
    return judge_years(ctx, p, rows);
}

static pgdp_status ask(pgdp_ctx *ctx, const part *p, pg_answer *answer)
{
    const pg_wanted *w = p->client->wanted;
    pg_ask a = { .url = p->url, .what = p->what };
    const char *time;
    pg_ask_field(&a, "get", p->get);
    for (size_t i = 0; i < p->item->n_fields; i++)
        if (!pg_streq_nocase(p->item->fields[i].name, "get"))
            pg_ask_field(&a, p->item->fields[i].name, p->item->fields[i].value);
    if (w->from && w->to)
        PG_TRY_ALLOC(ctx, time, pg_arena_printf(&ctx->scratch, "from %s to %s", w->request->first, w->request->last));
    else
        PG_TRY_ALLOC(ctx, time,
                     pg_arena_printf(&ctx->scratch, "%s %s", w->from ? "from" : "to",
                                     w->from                    ? w->request->first
                                     : w->request->last == NULL ? ""
                                                                : w->request->last));
    if (w->from || w->to) pg_ask_field(&a, "time", time);
    pg_ask_secret(&a, "key", p->client->key);
    PG_TRY(pg_client_ask(ctx, p->client, &a, answer));
    if (answer->bytes.n == 0)
        return pg_client_refuse(ctx, p->client, p->what,
                                "that there is nothing (no content); look at geography and time");
    return PGDP_OK;
}

static pgdp_status fetch_part(pgdp_ctx *ctx, part *p, size_t number)
{
    pg_answer answer;
    pg_json_document *document;
    const char *label, *ending = "json";
    PG_TRY(ask(ctx, p, &answer));
    PG_TRY(pg_client_json(ctx, p->client, &answer, NULL, &document));
    const pgdp_status status = judge(ctx, p, pg_json_root(document));
    pg_json_document_free(document);
    PG_TRY(status);
    if (number > 1) PG_TRY_ALLOC(ctx, ending, pg_arena_printf(&ctx->scratch, "%zu.json", number));
    PG_TRY(pg_item_label(ctx, p->item, p->client->wanted, ending, &label));
    return pg_client_take(ctx, p->client, &answer, label, "census_api", NULL);
}

/* The next 50 of a list of variables, in *get. */
static const char *next_variables(pgdp_ctx *ctx, const char *list, const char **get)
{
    size_t n = 0;
    for (size_t k = 0; k < MOST_VARIABLES && list[n] != '\0'; k++) {
        if (k > 0) n++; /* the comma */
        n += strcspn(list + n, ",");
        if (list[n] == '\0') break;
    }
    *get = pg_arena_strndup(&ctx->scratch, list, n);
    return list[n] == ',' ? list + n + 1 : list + n;
}

static pgdp_status fetch(pgdp_ctx *ctx, pg_client *c, const pg_item *items, size_t n)
{
    const pg_item *item = &items[0];
    const char *list = pg_item_field(item, "get");
    const bool series = pg_starts_with(item->name, "timeseries/");
    part p = { .client = c, .item = item, .n_rows = PGDP_NONE };
    (void)n; /* one at a time */
    if (list == NULL || list[0] == '\0')
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: which variables? expected %s", item->text, c->provider->facts.form);
    if ((c->wanted->from || c->wanted->to) && !series)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "%s: a dataset of Census has its year in its name; --from and --to are for timeseries/ alone",
                       item->text);
    PG_TRY_ALLOC(ctx, p.url, pg_arena_printf(&ctx->scratch, "https://api.census.gov/data/%s", item->name));
    for (size_t number = 1; list[0] != '\0'; number++) {
        list = next_variables(ctx, list, &p.get);
        if (p.get == NULL) return pg_no_memory(ctx);
        PG_TRY_ALLOC(ctx, p.what, pg_arena_printf(&ctx->scratch, "%.100s of %s", p.get, item->name));
        PG_TRY(fetch_part(ctx, &p, number));
    }
    return PGDP_OK;
}

const pg_provider pg_provider_census = {
    .facts = { .name = "census",
               .title = "Census Bureau",
               .form = "'census:2022/acs/acs1?get=NAME,B01001_001E&for=state:*'",
               .key_variable = "CENSUS_API_KEY",
               .spec = "https://www.census.gov/data/developers/guidance/api-user-guide.html" },
    .publisher = "U.S. Census Bureau",
    .licence = "public domain (work of the U.S. government)",
    .key_field = "key",
    .requests_per_second = 1,
    .at_once = { 1, 1 },
    .ranges = true,
    .fetch = fetch,
};
