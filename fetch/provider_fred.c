/* provider_fred.c  FRED and ALFRED: what a series is, which vintages it has, what is asked of its observations.
 * Source: https://fred.stlouisfed.org/docs/api/fred/; formats.md 2 and 3. SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/text.h"
#include "fetch/fred.h"
#include "fetch/providers.h"

enum { MOST_VINTAGES = 10000 }; /* of one page of series/vintagedates */

pg_ask pg_fred_ask(const pg_client *client, const char *url, const char *what)
{
    pg_ask ask = { .url = url, .what = what };
    pg_ask_secret(&ask, "api_key", client->key);
    pg_ask_field(&ask, "file_type", "json");
    return ask;
}

bool pg_fred_day(const pg_json_value *object, const char *key, int32_t *day)
{
    const char *text = pg_json_text(pg_json_member(object, key));
    pgdp_period period;
    if (text == NULL || !pgdp_period_parse(text, &period) || period.frequency != PGDP_DAILY) return false;
    *day = period.ordinal;
    return true;
}

/* Semiannual and biweekly series are told by quarters and weeks, for a store has no such frequencies. */
static bool read_frequency(const char *letters, pg_fred_series *out)
{
    static const struct {
        const char *letters;
        pgdp_frequency frequency;
        int32_t slack;
    } known[] = {
        { "D", PGDP_DAILY, 10 },   { "W", PGDP_WEEKLY, 13 },    { "BW", PGDP_WEEKLY, 20 },
        { "M", PGDP_MONTHLY, 31 }, { "Q", PGDP_QUARTERLY, 92 }, { "SA", PGDP_SEMIANNUAL, 184 },
        { "A", PGDP_ANNUAL, 366 },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (letters == NULL || !pg_streq(letters, known[i].letters)) continue;
        out->frequency = known[i].frequency;
        out->slack = known[i].slack;
        return true;
    }
    return false;
}

static const char *adjustment_of(const char *letters)
{
    if (letters == NULL) return "";
    if (pg_streq(letters, "NSA")) return "not_seasonally_adjusted";
    return pg_streq(letters, "SA") || pg_streq(letters, "SAAR") || pg_streq(letters, "SSA") ? "seasonally_adjusted"
                                                                                            : "";
}

static const char *copied(pgdp_ctx *ctx, const pg_json_value *object, const char *key)
{
    const char *text = pg_json_text(pg_json_member(object, key));
    return pg_arena_strdup(&ctx->scratch, text == NULL ? "" : text);
}

static pgdp_status read_series(pgdp_ctx *ctx, const pg_client *c, const char *what, const pg_json_value *root,
                               pg_fred_series *out)
{
    const pg_json_value *list = pg_json_member(root, "seriess"), *one = pg_json_at(list, 0);
    const char *id = pg_json_text(pg_json_member(one, "id"));
    const char *frequency = pg_json_text(pg_json_member(one, "frequency_short"));
    if (pg_json_count(list) != 1 || id == NULL || !pg_streq_nocase(id, out->id))
        return pg_client_refuse(ctx, c, what, "%zu series, the first of them \"%.40s\", expected \"%.40s\" alone",
                                pg_json_count(list), id == NULL ? "" : id, out->id);
    if (!read_frequency(frequency, out))
        return pg_client_refuse(ctx, c, what, "the frequency \"%.40s\", expected one of D W BW M Q SA A",
                                frequency == NULL ? "" : frequency);
    if (!pg_fred_day(one, "observation_start", &out->first) || !pg_fred_day(one, "observation_end", &out->last))
        return pg_client_refuse(ctx, c, what, "no days observation_start and observation_end");
    out->adjustment = adjustment_of(pg_json_text(pg_json_member(one, "seasonal_adjustment_short")));
    PG_TRY_ALLOC(ctx, out->id, copied(ctx, one, "id"));
    PG_TRY_ALLOC(ctx, out->title, copied(ctx, one, "title"));
    PG_TRY_ALLOC(ctx, out->units, copied(ctx, one, "units"));
    return PGDP_OK;
}

pgdp_status pg_fred_series_of(pgdp_ctx *ctx, pg_client *c, const char *id, pg_fred_series *out)
{
    const char *vintage = c->wanted->vintage, *what;
    pg_answer answer;
    pg_json_document *document;
    *out = (pg_fred_series){ .id = id };
    PG_TRY_ALLOC(ctx, what, pg_arena_printf(&ctx->scratch, "what the series %s is", id));
    pg_ask ask = pg_fred_ask(c, "https://api.stlouisfed.org/fred/series", what);
    pg_ask_field(&ask, "series_id", id);
    pg_ask_field(&ask, "realtime_start", vintage);
    pg_ask_field(&ask, "realtime_end", vintage);
    PG_TRY(pg_client_ask(ctx, c, &ask, &answer));
    PG_TRY(pg_client_json(ctx, c, &answer, NULL, &document));
    const pgdp_status status = read_series(ctx, c, what, pg_json_root(document), out);
    pg_json_document_free(document);
    return status;
}

/* One page of days; *more: how many there are in all. */
static pgdp_status read_vintages(pgdp_ctx *ctx, const pg_client *c, const char *what, const pg_json_value *root,
                                 pg_fred_vintages *out)
{
    const pg_json_value *list = pg_json_member(root, "vintage_dates");
    const size_t n = pg_json_count(list), before = out->n;
    double count, offset;
    if (!pg_member_count(root, "count", &count) || !pg_member_count(root, "offset", &offset) || n == 0)
        return pg_client_refuse(ctx, c, what, "no vintage_dates, or no count of them");
    if ((size_t)offset != before || count < (double)(before + n))
        return pg_client_refuse(ctx, c, what, "%zu dates at offset %.0f of %.0f, expected those after the first %zu", n,
                                offset, count, before);
    PG_TRY_ALLOC(ctx, out->days, pg_arena_grow(&ctx->scratch, out->days, before, before + n, sizeof *out->days));
    for (size_t i = 0; i < n; i++) {
        pgdp_period day;
        const char *text = pg_json_text(pg_json_at(list, i));
        if (text == NULL || !pgdp_period_parse(text, &day) || day.frequency != PGDP_DAILY ||
            (out->n > 0 && day.ordinal <= out->days[out->n - 1]))
            return pg_client_refuse(ctx, c, what, "\"%.40s\", expected a later day than the one before",
                                    text == NULL ? "" : text);
        out->days[out->n++] = day.ordinal;
    }
    return (double)out->n < count && n < MOST_VINTAGES
               ? pg_client_refuse(ctx, c, what, "%zu of %.0f dates, and a page that is not full", out->n, count)
               : PGDP_OK;
}

pgdp_status pg_fred_vintages_of(pgdp_ctx *ctx, pg_client *c, const char *id, pg_fred_vintages *out)
{
    const char *what;
    *out = (pg_fred_vintages){ .n = 0 };
    PG_TRY_ALLOC(ctx, what, pg_arena_printf(&ctx->scratch, "the vintages of %s", id));
    for (size_t before = PGDP_NONE; before == PGDP_NONE || out->n - before == MOST_VINTAGES;) {
        const char *offset;
        pg_answer answer;
        pg_json_document *document;
        before = out->n;
        PG_TRY_ALLOC(ctx, offset, pg_arena_printf(&ctx->scratch, "%zu", before));
        pg_ask ask = pg_fred_ask(c, "https://api.stlouisfed.org/fred/series/vintagedates", what);
        pg_ask_field(&ask, "series_id", id);
        pg_ask_field(&ask, "limit", "10000");
        pg_ask_field(&ask, "offset", offset);
        PG_TRY(pg_client_ask(ctx, c, &ask, &answer));
        PG_TRY(pg_client_json(ctx, c, &answer, NULL, &document));
        const pgdp_status status = read_vintages(ctx, c, what, pg_json_root(document), out);
        pg_json_document_free(document);
        PG_TRY(status);
    }
    return PGDP_OK;
}

static pgdp_status fetch(pgdp_ctx *ctx, pg_client *c, const pg_item *items, size_t n)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    const char *name = items[0].name;
    pg_fred_series series;
    pg_fred_vintages vintages = { .n = 0 };
    (void)n; /* one at a time */
    if (pg_starts_with(name, "release=")) return pg_fred_release_of(ctx, c, name + strlen("release="));
    if (strspn(name, allowed) != strlen(name) || items[0].n_fields > 0)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: expected a series of FRED such as fred:GDP, or fred:release=53",
                       items[0].text);
    PG_TRY(pg_fred_series_of(ctx, c, name, &series));
    if (c->wanted->all_vintages) PG_TRY(pg_fred_vintages_of(ctx, c, series.id, &vintages));
    return pg_fred_observations_of(ctx, c, &series, &vintages);
}

const pg_provider pg_provider_fred = {
    .facts = { .name = "fred",
               .title = "FRED and ALFRED",
               .form = "fred:SERIES,SERIES or fred:release=NUMBER",
               .key_variable = "FRED_API_KEY",
               .needs_key = true,
               .spec = "https://fred.stlouisfed.org/docs/api/fred/" },
    .publisher = "Federal Reserve Bank of St. Louis (FRED)",
    .licence = "terms of the series' own source; cite FRED",
    .host = "api.stlouisfed.org",
    .key_field = "api_key",
    .requests_per_second = 1.5, /* 120 a minute are allowed */
    .at_once = { 1, 1 },
    .series = true,
    .vintages = true,
    .ranges = true,
    .fetch = fetch,
};
