/* provider_bea.c  Bureau of Economic Analysis: one table a request. It allows 100 requests and 100 MB a minute; at one
 * request in two seconds tables of three megabytes stay below. Source: BEA, Web Service API User Guide; formats.md 11.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/text.h"
#include "fetch/items.h"
#include "fetch/judge.h"
#include "fetch/providers.h"
#include "ingest/mended_json.h"

/* What a dataset calls its tables, and what is asked for where nobody says. */
static const struct {
    const char *dataset, *table, *frequency, *industry;
} datasets[] = {
    { "NIPA", "TableName", "Q", NULL },         { "NIUnderlyingDetail", "TableName", "Q", NULL },
    { "FixedAssets", "TableName", NULL, NULL }, { "Regional", "TableName", NULL, NULL },
    { "GDPbyIndustry", "TableID", "Q", "ALL" }, { "UnderlyingGDPbyIndustry", "TableID", "A", "ALL" },
    { "InputOutput", "TableID", NULL, NULL },
};
enum { N_DATASETS = sizeof datasets / sizeof *datasets };

typedef struct table {
    pg_client *client;
    size_t kind;
    const char *name;      /* "T10105" */
    const char *frequency; /* asked for; NULL: none */
    const char *what;
} table;

static pgdp_status read_item(pgdp_ctx *ctx, const pg_item *item, table *t)
{
    const char *slash = strchr(item->name, '/');
    const char *names[N_DATASETS];
    for (size_t i = 0; i < N_DATASETS; i++)
        names[i] = datasets[i].dataset;
    if (slash == NULL || slash[1] == '\0' || strchr(slash + 1, '/') != NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: expected a dataset and its table such as bea:NIPA/T10105",
                       item->text);
    const size_t n = (size_t)(slash - item->name);
    for (t->kind = 0; t->kind < N_DATASETS; t->kind++)
        if (strlen(names[t->kind]) == n && strncmp(names[t->kind], item->name, n) == 0) break;
    if (t->kind == N_DATASETS) {
        const char *near, *written;
        PG_TRY_ALLOC(ctx, written, pg_arena_strndup(&ctx->scratch, item->name, n));
        near = pgdp_nearest(written, names, N_DATASETS);
        return pg_fail(ctx, PGDP_NOT_FOUND, "%s: there is no dataset %s of BEA here; %s%s", item->text, written,
                       near == NULL ? "expected one of docs/fetch.md" : "did you mean ", near == NULL ? "" : near);
    }
    t->name = slash + 1;
    t->frequency = pg_item_field(item, "Frequency");
    if (t->frequency == NULL) t->frequency = datasets[t->kind].frequency;
    return PGDP_OK;
}

/* "ALL", or each year from the first to the last. */
static pgdp_status years_of(pgdp_ctx *ctx, const pg_wanted *w, const char **out)
{
    pg_text text;
    *out = "ALL";
    if (!w->from && !w->to) return PGDP_OK;
    pg_text_init(&text, &ctx->scratch);
    const int last = pg_year_of(w->to ? w->last : w->today);
    for (int y = w->from ? pg_year_of(w->first) : 1929; y <= last; y++)
        pg_text_addf(&text, "%s%d", text.n == 0 ? "" : ",", y);
    *out = text.data;
    return text.failed ? pg_no_memory(ctx) : PGDP_OK;
}

static const pg_json_value *only(const pg_json_value *value)
{
    return pg_json_is_array(value) ? pg_json_at(value, 0) : value;
}

/* The letter of a row's period: "2031Q1" Q, "2031M01" M, "2031" A, or Q where a quarter stands beside the year. */
static char letter_of(const pg_json_value *row, const char *period)
{
    const char *quarter = pg_json_text(pg_json_member(row, "Quarter"));
    const char *year = pg_json_text(pg_json_member(row, "Year"));
    if (strchr(period, 'Q') != NULL) return 'Q';
    if (strchr(period, 'M') != NULL) return 'M';
    return quarter != NULL && quarter[0] != '\0' && (year == NULL || !pg_streq(quarter, year)) ? 'Q' : 'A';
}

static pgdp_status judge_rows(pgdp_ctx *ctx, const table *t, const pg_json_value *rows)
{
    const pg_wanted *w = t->client->wanted;
    const int end = w->to ? pg_year_of(w->last) : 0, first = w->from ? pg_year_of(w->first) : end;
    const int last = w->to ? end : first - 1;
    const char *name = datasets[t->kind].table;
    bool met = t->frequency == NULL;
    pg_years years;
    PG_TRY(pg_years_new(ctx, first, last, &years));
    for (size_t i = 0; i < pg_json_count(rows); i++) {
        const pg_json_value *row = pg_json_at(rows, i);
        const char *period = pg_member_text(ctx, row, "TimePeriod"), *own = pg_member_text(ctx, row, name);
        if (period == NULL) period = pg_member_text(ctx, row, "Year");
        const int year = pg_year_of_text(period);
        if (year == 0) return pg_client_refuse(ctx, t->client, t->what, "row %zu without a TimePeriod or Year", i + 1);
        if (own != NULL && !pg_streq_nocase(own, t->name))
            return pg_client_refuse(ctx, t->client, t->what, "rows of the table %.40s; tables are renamed at times",
                                    own);
        pg_years_add(&years, year);
        met = met || strchr(t->frequency, letter_of(row, period)) != NULL || strchr(t->frequency, 'Y') != NULL;
    }
    if (!met) return pg_client_refuse(ctx, t->client, t->what, "no row of the frequency %.10s", t->frequency);
    if (w->from && years.lowest > first)
        return pg_client_refuse(ctx, t->client, t->what, "years from %d on, expected them from %d; ask --from %d",
                                years.lowest, first, years.lowest);
    const char *lacking = pg_years_lacking(ctx, &years);
    if (w->to && lacking != NULL)
        return pg_client_refuse(ctx, t->client, t->what, "no row of %s; ask for years that the table has", lacking);
    return PGDP_OK;
}

static pgdp_status judge(pgdp_ctx *ctx, const table *t, const pg_answer *answer, const pg_json_value *root)
{
    const pg_json_value *api = pg_json_member(root, "BEAAPI"), *results = only(pg_json_member(api, "Results"));
    const pg_json_value *error = pg_json_member(api, "Error");
    if (error == NULL) error = pg_json_member(results, "Error");
    if (error != NULL)
        return pg_client_refuse(
            ctx, t->client, t->what, "the error %.20s \"%s\"; tables are renamed at times: look its name up",
            pg_member_text(ctx, only(error), "APIErrorCode") == NULL ? "(no code)"
                                                                     : pg_member_text(ctx, only(error), "APIErrorCode"),
            pg_words_of(ctx, answer->bytes.data, answer->bytes.n));
    const pg_json_value *rows = pg_json_member(results, "Data");
    if (!pg_json_is_array(rows) || pg_json_count(rows) == 0)
        return pg_client_refuse(ctx, t->client, t->what, "an answer without Data");
    return judge_rows(ctx, t, rows);
}

static pgdp_status ask(pgdp_ctx *ctx, table *t, const pg_item *item, pg_answer *answer)
{
    pg_ask a = { .url = "https://apps.bea.gov/api/data", .what = t->what };
    const char *dataset = datasets[t->kind].dataset, *years;
    PG_TRY(years_of(ctx, t->client->wanted, &years));
    pg_ask_secret(&a, "UserID", t->client->key);
    pg_ask_field(&a, "method", "GetData");
    pg_ask_field(&a, "DatasetName", dataset);
    pg_ask_field(&a, datasets[t->kind].table, t->name);
    if (pg_item_field(item, "Frequency") == NULL) pg_ask_field(&a, "Frequency", t->frequency);
    if (pg_item_field(item, "Industry") == NULL) pg_ask_field(&a, "Industry", datasets[t->kind].industry);
    if (pg_item_field(item, "Year") == NULL) pg_ask_field(&a, "Year", years);
    for (size_t i = 0; i < item->n_fields; i++)
        pg_ask_field(&a, item->fields[i].name, item->fields[i].value);
    pg_ask_field(&a, "ResultFormat", "JSON");
    return pg_client_ask(ctx, t->client, &a, answer);
}

static pgdp_status fetch(pgdp_ctx *ctx, pg_client *c, const pg_item *items, size_t n)
{
    table t = { .client = c };
    pg_answer answer;
    pg_json_document *document;
    const char *label, *remark = NULL;
    size_t n_mended;
    (void)n; /* one at a time */
    PG_TRY(read_item(ctx, &items[0], &t));
    PG_TRY_ALLOC(ctx, t.what, pg_arena_printf(&ctx->scratch, "the table %s", items[0].name));
    PG_TRY(ask(ctx, &t, &items[0], &answer));
    PG_TRY(pg_client_json(ctx, c, &answer, &n_mended, &document));
    const pgdp_status status = judge(ctx, &t, &answer, pg_json_root(document));
    pg_json_document_free(document);
    PG_TRY(status);
    PG_TRY(pg_item_label(ctx, &items[0], c->wanted, "json", &label));
    PG_TRY(pg_client_take(ctx, c, &answer, label, "bea_api_json", NULL));
    if (n_mended > 0)
        PG_TRY_ALLOC(ctx, remark, pg_arena_printf(&c->arena, "%zu characters that are no JSON were mended", n_mended));
    pg_client_remark(c, remark);
    return PGDP_OK;
}

const pg_provider pg_provider_bea = {
    .facts = { .name = "bea",
               .title = "Bureau of Economic Analysis",
               .form = "bea:DATASET/TABLE or 'bea:DATASET/TABLE?Frequency=A&NAME=VALUE'",
               .key_variable = "BEA_API_KEY",
               .needs_key = true,
               .spec = "https://apps.bea.gov/api/_pdf/bea_web_service_api_user_guide.pdf" },
    .publisher = "U.S. Bureau of Economic Analysis",
    .licence = "public domain (work of the U.S. government)",
    .key_field = "UserID",
    .requests_per_second = 0.5,
    .at_once = { 1, 1 },
    .ranges = true,
    .fetch = fetch,
};
