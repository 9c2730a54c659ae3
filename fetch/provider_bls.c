/* provider_bls.c  Bureau of Labor Statistics, public data API: 25 series of 10 years a request, 50 of 20 with a key.
 * Source: https://www.bls.gov/developers/api_faqs.htm; formats.md 7. SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/number.h"
#include "core/text.h"
#include "fetch/judge.h"
#include "fetch/providers.h"
#include "ingest/bls.h"

enum { YEARS = 10, YEARS_WITH_KEY = 20, MOST = 50 };

/* One series while its years are asked for, newest first. */
typedef struct line {
    const char *id;
    bool seen;  /* some years came */
    bool ended; /* older years are none: nobody asks for them */
    bool empty; /* in the answer under way: it has nothing, and says so */
    pgdp_frequency frequency;
} line;
typedef struct chunk {
    pg_client *client;
    line *lines[MOST]; /* those that are asked for */
    size_t n;
    int first, last;
    const char *what;
} chunk;

static pgdp_status body_of(pgdp_ctx *ctx, const chunk *k, const char *key, const char **out)
{
    pg_text text;
    pg_json json;
    char years[2][PG_NUMBER_SIZE];
    pg_text_init(&text, &ctx->scratch);
    const pgdp_sink sink = pg_text_sink(&text);
    pg_json_init(&json, &sink, false);
    pg_json_object(&json);
    pg_json_key(&json, "seriesid");
    pg_json_array(&json);
    for (size_t i = 0; i < k->n; i++)
        pg_json_string(&json, k->lines[i]->id);
    pg_json_array_end(&json);
    pg_number_format(k->first, years[0]);
    pg_number_format(k->last, years[1]);
    pg_json_key_string(&json, "startyear", years[0]);
    pg_json_key_string(&json, "endyear", years[1]);
    if (k->client->key != NULL) pg_json_key_bool(&json, "catalog", true);
    if (key != NULL) pg_json_key_string(&json, "registrationkey", key);
    pg_json_object_end(&json);
    PG_TRY(pg_json_end(ctx, &json));
    *out = text.data;
    return text.failed ? pg_no_memory(ctx) : PGDP_OK;
}

/* All messages as one sentence. */
static const char *messages_of(pgdp_ctx *ctx, const pg_json_value *root)
{
    const pg_json_value *list = pg_json_member(root, "message");
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    for (size_t i = 0; i < pg_json_count(list) && text.n < 300; i++) {
        const char *said = pg_json_text(pg_json_at(list, i));
        if (said != NULL) pg_text_addf(&text, "%s%.120s", text.n == 0 ? "" : "; ", said);
    }
    return text.failed || text.n == 0 ? "no message" : text.data;
}

static bool is_sign(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Does a text hold these signs as a word of their own? */
static bool has_word(const char *text, const char *word)
{
    const size_t n = strlen(word);
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word))
        if ((at == text || !is_sign(at[-1])) && !is_sign(at[n])) return true;
    return false;
}

/* Does a message of this series hold the word, "2031" or "not exist"? Their wording changes. */
static bool told(const pg_json_value *root, const char *id, const char *word)
{
    const pg_json_value *list = pg_json_member(root, "message");
    for (size_t i = 0; i < pg_json_count(list); i++) {
        const char *said = pg_json_text(pg_json_at(list, i));
        if (said != NULL && has_word(said, id) && has_word(said, word)) return true;
    }
    return false;
}

static line *find_line(const chunk *k, const char *id)
{
    for (size_t i = 0; id != NULL && i < k->n; i++)
        if (pg_streq_nocase(k->lines[i]->id, id)) return k->lines[i];
    return NULL;
}

static pgdp_status judge_series(pgdp_ctx *ctx, const chunk *k, const pg_json_value *root, const pg_json_value *series,
                                line *l)
{
    const pg_json_value *data = pg_json_member(series, "data");
    const int this_year = pg_year_of(k->client->wanted->today);
    pg_years years;
    PG_TRY(pg_years_new(ctx, k->first, k->last, &years));
    for (size_t i = 0; i < pg_json_count(data); i++) {
        pgdp_period period;
        const pg_json_value *row = pg_json_at(data, i);
        const char *code = pg_json_text(pg_json_member(row, "period"));
        const int year = pg_year_of_text(pg_member_text(ctx, row, "year"));
        if (year < k->first || year > k->last)
            return pg_client_refuse(ctx, k->client, k->what, "an observation of %.40s in %d, which nobody asked for",
                                    l->id, year);
        pg_years_add(&years, year);
        if (code != NULL && pg_bls_period(code, 1970, &period) && period.frequency > l->frequency)
            l->frequency = period.frequency;
    }
    for (int y = k->first; y <= k->last; y++) {
        const char *text;
        PG_TRY_ALLOC(ctx, text, pg_arena_printf(&ctx->scratch, "%d", y));
        if (y >= this_year || told(root, l->id, text)) years.met[y - k->first] = true;
    }
    const char *lacking = pg_years_lacking(ctx, &years);
    if (lacking != NULL)
        return pg_client_refuse(
            ctx, k->client, k->what,
            "nothing of %.40s for %s, and no message that says why (%s); the answer was cut: ask for "
            "fewer series or years",
            l->id, lacking, messages_of(ctx, root));
    l->empty = pg_json_count(data) == 0;
    if (!l->empty && l->frequency == PGDP_NO_FREQUENCY)
        return pg_client_refuse(
            ctx, k->client, k->what,
            "annual averages alone of %.40s (M13, Q05, S03), which a store has no frequency for; leave "
            "it out",
            l->id);
    return PGDP_OK;
}

static pgdp_status judge(pgdp_ctx *ctx, const chunk *k, const pg_json_value *root)
{
    const char *status = pg_json_text(pg_json_member(root, "status"));
    const pg_json_value *list = pg_json_member(pg_json_member(root, "Results"), "series");
    bool met[MOST] = { false };
    if (status == NULL || !pg_streq(status, "REQUEST_SUCCEEDED"))
        return pg_client_refuse(ctx, k->client, k->what, "the status %.60s: %s", status == NULL ? "(none)" : status,
                                messages_of(ctx, root));
    for (size_t i = 0; i < pg_json_count(list); i++) {
        const char *id = pg_json_text(pg_json_member(pg_json_at(list, i), "seriesID"));
        line *l = find_line(k, id);
        if (l == NULL)
            return pg_client_refuse(ctx, k->client, k->what, "the series %.40s, which nobody asked for",
                                    id == NULL ? "without a name" : id);
        if (told(root, l->id, "not exist"))
            return pg_client_refuse(ctx, k->client, k->what, "that %.40s does not exist; look its name up", l->id);
        for (size_t j = 0; j < k->n; j++)
            met[j] = met[j] || k->lines[j] == l;
        PG_TRY(judge_series(ctx, k, root, pg_json_at(list, i), l));
    }
    for (size_t j = 0; j < k->n; j++)
        if (!met[j])
            return pg_client_refuse(ctx, k->client, k->what, "no word of %.40s (%s)", k->lines[j]->id,
                                    messages_of(ctx, root));
    return PGDP_OK;
}

static pgdp_status ask(pgdp_ctx *ctx, chunk *k, pg_answer *answer)
{
    pg_ask a = { .url = k->client->key == NULL ? "https://api.bls.gov/publicAPI/v1/timeseries/data/"
                                               : "https://api.bls.gov/publicAPI/v2/timeseries/data/" };
    pg_json_document *document;
    PG_TRY_ALLOC(ctx, k->what,
                 k->n == 1 ? pg_arena_printf(&ctx->scratch, "%s, %d to %d", k->lines[0]->id, k->first, k->last)
                           : pg_arena_printf(&ctx->scratch, "%s and %zu other series, %d to %d", k->lines[0]->id,
                                             k->n - 1, k->first, k->last));
    a.what = k->what;
    PG_TRY(body_of(ctx, k, k->client->key, &a.body));
    PG_TRY(body_of(ctx, k, NULL, &a.shown_body));
    PG_TRY(pg_client_ask(ctx, k->client, &a, answer));
    PG_TRY(pg_client_json(ctx, k->client, answer, NULL, &document));
    for (size_t i = 0; i < k->n; i++)
        k->lines[i]->frequency = PGDP_NO_FREQUENCY;
    const pgdp_status status = judge(ctx, k, pg_json_root(document));
    pg_json_document_free(document);
    return status;
}

static pgdp_status take(pgdp_ctx *ctx, chunk *k, const pg_answer *answer)
{
    const char *label, *others = "", *remark = NULL;
    if (k->n > 1) PG_TRY_ALLOC(ctx, others, pg_arena_printf(&ctx->scratch, "+%zu", k->n - 1));
    PG_TRY_ALLOC(ctx, label,
                 pg_arena_printf(&ctx->scratch, "%s%s_%d-%d.json", k->lines[0]->id, others, k->first, k->last));
    PG_TRY(pg_client_take(ctx, k->client, answer, label, "bls_api_json", NULL));
    for (size_t i = 0; i < k->n; i++)
        k->lines[i]->seen = true;
    PG_TRY_ALLOC(ctx, remark, pg_arena_printf(&k->client->arena, "%d-%d", k->first, k->last));
    pg_client_remark(k->client, remark);
    return PGDP_OK;
}

/* Ask for the years of those lines that are of one frequency, since a table has one; *mixed: ask again, apart. */
static pgdp_status fetch_years(pgdp_ctx *ctx, chunk *k, bool *mixed)
{
    pg_answer answer;
    *mixed = false;
    while (k->n > 0) {
        size_t kept = 0;
        PG_TRY(ask(ctx, k, &answer));
        for (size_t i = 0; i < k->n; i++) {
            line *l = k->lines[i];
            if (l->empty && l->seen) l->ended = true;
            if (!l->empty) k->lines[kept++] = l;
        }
        const bool whole = kept == k->n;
        k->n = kept;
        for (size_t i = 1; i < kept; i++)
            *mixed = *mixed || k->lines[i]->frequency != k->lines[0]->frequency;
        if (*mixed) return PGDP_OK;
        if (whole) return take(ctx, k, &answer);
    }
    return PGDP_OK;
}

/* One request for all, or one for each frequency where they differ. */
static pgdp_status fetch_chunk(pgdp_ctx *ctx, chunk *k)
{
    bool mixed;
    PG_TRY(fetch_years(ctx, k, &mixed));
    for (int f = PGDP_NO_FREQUENCY; mixed && f <= PGDP_DAILY; f++) {
        chunk part = { .client = k->client, .first = k->first, .last = k->last };
        bool still;
        for (size_t i = 0; i < k->n; i++)
            if (k->lines[i]->frequency == (pgdp_frequency)f) part.lines[part.n++] = k->lines[i];
        if (part.n > 0 && part.n < k->n) PG_TRY(fetch_years(ctx, &part, &still));
    }
    return PGDP_OK;
}

static pgdp_status check_names(pgdp_ctx *ctx, const pg_item *items, size_t n, line *lines)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_#-";
    for (size_t i = 0; i < n; i++) {
        const char *id = items[i].name;
        if (strspn(id, allowed) != strlen(id) || items[i].n_fields > 0)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: expected a series of BLS such as bls:CES0000000001",
                           items[i].text);
        for (size_t j = 0; j < i; j++)
            if (pg_streq(lines[j].id, id))
                return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: it is asked for twice", items[i].text);
        lines[i] = (line){ .id = id };
    }
    return PGDP_OK;
}

static pgdp_status fetch(pgdp_ctx *ctx, pg_client *c, const pg_item *items, size_t n)
{
    const pg_wanted *w = c->wanted;
    const int years = c->key == NULL ? YEARS : YEARS_WITH_KEY, first = w->from ? pg_year_of(w->first) : 0;
    line lines[MOST] = { { .id = NULL } };
    if (!w->from)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "%s: from which year? BLS is asked for at most %d years at once, and gives three to who names "
                       "none; name the first after --from",
                       items[0].text, years);
    PG_TRY(check_names(ctx, items, n, lines));
    for (int last = pg_year_of(w->to ? w->last : w->today); last >= first; last -= years) {
        chunk k = { .client = c, .first = last - years + 1 < first ? first : last - years + 1, .last = last };
        for (size_t i = 0; i < n; i++)
            if (!lines[i].ended) k.lines[k.n++] = &lines[i];
        PG_TRY(fetch_chunk(ctx, &k));
    }
    for (size_t i = 0; i < n; i++)
        if (!lines[i].seen) return pg_client_refuse(ctx, c, lines[i].id, "no data in any year, as BLS says itself");
    return PGDP_OK;
}

const pg_provider pg_provider_bls = {
    .facts = { .name = "bls",
               .title = "Bureau of Labor Statistics",
               .form = "bls:SERIES,SERIES",
               .key_variable = "BLS_API_KEY",
               .spec = "https://www.bls.gov/developers/api_signature_v2.htm" },
    .publisher = "U.S. Bureau of Labor Statistics",
    .licence = "public domain (work of the U.S. government)",
    .requests_per_second = 1,
    .at_once = { 25, MOST },
    .series = true,
    .ranges = true,
    .fetch = fetch,
};
