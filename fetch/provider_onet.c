/* provider_onet.c  O*NET: files of a release of the database, which want no key, and rows of the newest one by the web
 * services, 2,000 a request. Source: https://www.onetcenter.org/database.html,
 * https://services.onetcenter.org/reference/; formats.md 13. SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/text.h"
#include "fetch/items.h"
#include "fetch/judge.h"
#include "fetch/providers.h"

enum { MOST_ROWS = 2000 };

/* "30.1/Task Ratings" is https://www.onetcenter.org/dl_files/database/db_30_1_text/Task%20Ratings.txt */
static pgdp_status url_of(pgdp_ctx *ctx, const pg_item *item, const char **out)
{
    const char *slash = strchr(item->name, '/'), *file = slash == NULL ? "" : slash + 1;
    const bool book = pg_ends_with(file, ".xlsx");
    pg_text url;
    pg_text_init(&url, &ctx->scratch);
    pg_text_add(&url, "https://www.onetcenter.org/dl_files/database/db_");
    for (const char *at = item->name; slash != NULL && at < slash; at++)
        pg_text_add_char(&url, *at == '.' ? '_' : *at);
    pg_text_add(&url, book ? "_excel/" : "_text/");
    for (const char *at = file; *at != '\0'; at++)
        if (*at == ' ')
            pg_text_add(&url, "%20");
        else
            pg_text_add_char(&url, *at);
    if (!book && !pg_ends_with(file, ".txt")) pg_text_add(&url, ".txt");
    *out = url.data;
    return url.failed ? pg_no_memory(ctx) : PGDP_OK;
}

static pgdp_status fetch_file(pgdp_ctx *ctx, pg_client *c, const pg_item *item)
{
    const char *release = item->name, *label;
    const size_t n = strspn(release, "0123456789."), length = strlen(item->name);
    pg_ask ask = { .what = item->name, .text = true };
    pg_answer answer;
    if (n == 0 || release[n] != '/' || release[n + 1] == '\0' || strpbrk(release + n + 1, "/?#%&\\") != NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: expected a release and a file such as '%s'", item->text,
                       "onet:30.1/Task Ratings");
    PG_TRY(url_of(ctx, item, &ask.url));
    PG_TRY(pg_client_ask(ctx, c, &ask, &answer));
    const bool book = length > 5 && pg_ends_with(item->name, ".xlsx");
    if (answer.bytes.n == 0) return pg_client_refuse(ctx, c, item->name, "no content");
    if (!book && answer.bytes.data[answer.bytes.n - 1] != '\n')
        return pg_client_refuse(ctx, c, item->name, "a last line without an end, after %zu bytes; the file was cut",
                                answer.bytes.n);
    PG_TRY(pg_item_label(ctx, item, c->wanted, book ? "xlsx" : "txt", &label));
    return pg_client_take(ctx, c, &answer, label, NULL, NULL);
}

/* A page of rows [at + 1, ...]; *total is told by the first. */
static pgdp_status judge_rows(pgdp_ctx *ctx, const pg_client *c, const char *what, const pg_json_value *root,
                              size_t *at, double *total)
{
    const pg_json_value *rows = pg_json_member(root, "row");
    const size_t n = pg_json_count(rows);
    double start, all;
    if (!pg_member_count(root, "start", &start) || !pg_member_count(root, "total", &all) || !pg_json_is_array(rows))
        return pg_client_refuse(ctx, c, what, "no start, total and row, by which pages are told");
    if ((size_t)start != *at + 1 || (*at > 0 && (all < *total || all > *total)))
        return pg_client_refuse(ctx, c, what, "rows from %.0f of %.0f, expected those from %zu of %.0f", start, all,
                                *at + 1, *at == 0 ? all : *total);
    *total = all;
    const double left = all - (double)*at, want = left < MOST_ROWS ? left : MOST_ROWS;
    if (n == 0 || n != (size_t)want)
        return pg_client_refuse(ctx, c, what, "%zu rows from %.0f of %.0f, expected %.0f", n, start, all, want);
    *at += n;
    return PGDP_OK;
}

static pgdp_status fetch_page(pgdp_ctx *ctx, pg_client *c, const pg_item *item, size_t *at, double *total)
{
    const char *table = item->name + strlen("rows/"), *start, *end, *what, *label;
    pg_answer answer;
    pg_json_document *document;
    pg_ask ask = { .headers = { { "X-API-Key", c->key, true } }, .n_headers = 1 };
    PG_TRY_ALLOC(ctx, ask.url, pg_arena_printf(&ctx->scratch, "https://api-v2.onetcenter.org/database/rows/%s", table));
    PG_TRY_ALLOC(ctx, what, pg_arena_printf(&ctx->scratch, "rows of %s from %zu", table, *at + 1));
    PG_TRY_ALLOC(ctx, start, pg_arena_printf(&ctx->scratch, "%zu", *at + 1));
    PG_TRY_ALLOC(ctx, end, pg_arena_printf(&ctx->scratch, "%zu", *at + MOST_ROWS));
    ask.what = what;
    pg_ask_field(&ask, "start", start);
    pg_ask_field(&ask, "end", end);
    PG_TRY_ALLOC(ctx, label, pg_arena_printf(&ctx->scratch, "rows_%s.%zu.json", table, *at + 1));
    PG_TRY(pg_client_ask(ctx, c, &ask, &answer));
    PG_TRY(pg_client_json(ctx, c, &answer, NULL, &document));
    const pgdp_status status = judge_rows(ctx, c, what, pg_json_root(document), at, total);
    pg_json_document_free(document);
    PG_TRY(status);
    return pg_client_take(ctx, c, &answer, label, "json_records", NULL);
}

static pgdp_status fetch(pgdp_ctx *ctx, pg_client *c, const pg_item *items, size_t n)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    const pg_item *item = &items[0];
    const char *table = item->name + strlen("rows/");
    size_t at = 0;
    double total = 0;
    (void)n; /* one at a time */
    if (!pg_starts_with(item->name, "rows/")) return fetch_file(ctx, c, item);
    if (table[0] == '\0' || strspn(table, allowed) != strlen(table))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: expected a table such as onet:rows/task_ratings", item->text);
    if (c->key == NULL)
        return pg_fail(
            ctx, PGDP_BAD_ARGUMENT,
            "%s: the web services of O*NET want a key and there is none; put it into a file that others cannot "
            "read and name that after --key-file, set ONET_API_KEY, or take a file of a release",
            item->text);
    do {
        PG_TRY(fetch_page(ctx, c, item, &at, &total));
    } while ((double)at < total);
    return PGDP_OK;
}

const pg_provider pg_provider_onet = {
    .facts = { .name = "onet",
               .title = "O*NET",
               .form = "'onet:30.1/Task Ratings' or onet:rows/task_ratings",
               .key_variable = "ONET_API_KEY",
               .spec = "https://services.onetcenter.org/reference/" },
    .publisher = "O*NET, U.S. Department of Labor, Employment and Training Administration",
    .licence = "CC BY 4.0",
    .requests_per_second = 2,
    .at_once = { 1, 1 },
    .fetch = fetch,
};
