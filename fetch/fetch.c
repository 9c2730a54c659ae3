/* fetch.c  The runner: what is asked for, provider by provider, judged and put into the store, or looked up there.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/frame.h"
#include "core/text.h"
#include "fetch/items.h"
#include "fetch/judge.h"
#include "fetch/providers.h"

enum { ITEM, RESULT, SERIES, NEW_SERIES, OBSERVATIONS, ADDED, REVISED, SHA256, REMARK, N_COLUMNS };

typedef struct job {
    pgdp_store *store;
    const pg_wanted *wanted;
    pgdp_frame *report;
} job;

static pgdp_status new_report(pgdp_ctx *ctx, pgdp_frame **out)
{
    static const char *const names[N_COLUMNS] = { "item",  "result",  "series", "new_series", "observations",
                                                  "added", "revised", "sha256", "remark" };
    PG_TRY(pgdp_frame_new(ctx, out));
    for (size_t j = 0; j < N_COLUMNS; j++) {
        const bool number = j >= SERIES && j <= REVISED;
        const pgdp_column about = { .name = names[j], .type = number ? PGDP_REAL : PGDP_TEXT };
        PG_TRY(pgdp_frame_add_column(ctx, *out, &about, NULL));
    }
    return PGDP_OK;
}

static pgdp_status add_row(pgdp_ctx *ctx, const job *j, const char *item, const char *result, const char *remark)
{
    PG_TRY(pgdp_frame_add_row(ctx, j->report));
    PG_TRY(pgdp_frame_set_text(ctx, j->report, ITEM, item, PGDP_NONE));
    PG_TRY(pgdp_frame_set_text(ctx, j->report, RESULT, result, PGDP_NONE));
    return remark == NULL ? PGDP_OK : pgdp_frame_set_text(ctx, j->report, REMARK, remark, PGDP_NONE);
}

/* ---- from the provider ---- */

static pgdp_status import_page(pgdp_ctx *ctx, const job *j, const pg_client *c, const pg_page *page)
{
    const pg_provider *p = c->provider;
    const pgdp_document about = { .source = p->facts.name,
                                  .retrieved = j->wanted->request->today,
                                  .publisher = p->publisher,
                                  .address = page->address,
                                  .licence = p->licence,
                                  .keep = j->wanted->request->keep };
    pgdp_imported done;
    const pgdp_status status = pgdp_store_import(ctx, j->store, &page->bytes, page->dataset, &about, &done);
    if (status != PGDP_OK) return pg_fail_within(ctx, status, "%s: asked for %s, ", c->item.text, page->what);
    if (p->series && !done.already && done.n_series == 0)
        return pg_client_refuse(ctx, c, page->what, "a table without any series; it is kept in the store, look at it");
    PG_TRY(add_row(ctx, j, c->item.text, done.already ? "already there" : "imported", page->remark));
    const double numbers[] = { (double)done.n_series, (double)done.n_new_series, (double)done.n_observations,
                               (double)done.n_added, (double)done.n_revised };
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
        pgdp_frame_set_real(j->report, SERIES + k, numbers[k]);
    return pgdp_frame_set_text(ctx, j->report, SHA256, done.sha256, PGDP_NONE);
}

/* Items that one call asks for together: all their answers first, then the store. */
static pgdp_status fetch_together(pgdp_ctx *ctx, const job *j, pg_client *c, const pg_item *items, size_t n)
{
    pg_item all = items[0];
    const pg_mark arena = pg_arena_mark(&c->arena);
    if (n > 1) PG_TRY_ALLOC(ctx, all.text, pg_arena_printf(&ctx->scratch, "%s and %zu others", items[0].text, n - 1));
    c->item = all;
    pgdp_status status = c->provider->fetch(ctx, c, items, n);
    for (size_t i = 0; status == PGDP_OK && i < c->n_pages; i++)
        status = import_page(ctx, j, c, &c->pages[i]);
    pg_client_drop(c);
    c->pages = NULL;
    c->capacity = 0;
    pg_arena_rewind(&c->arena, arena);
    return status;
}

static pgdp_status fetch_from(pgdp_ctx *ctx, const job *j, pg_client *c, const pg_item *items, size_t n)
{
    const size_t most = c->provider->at_once[c->key != NULL];
    for (size_t i = 0, together; i < n; i += together) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        together = n - i < most ? n - i : most;
        const pgdp_status status = fetch_together(ctx, j, c, items + i, together);
        pg_arena_rewind(&ctx->scratch, mark);
        PG_TRY(status);
        pg_progress(ctx, c->provider->facts.name, i + together, n);
    }
    return PGDP_OK;
}

/* ---- from the store ---- */

static pgdp_status fail_absent(pgdp_ctx *ctx, const pg_item *item, const char *what)
{
    return pg_fail(ctx, PGDP_NOT_FOUND, "%s: %s; fetch it without --offline", item->text, what);
}

/* Does what is stored reach from the first to the last period asked for? */
static pgdp_status judge_stored(pgdp_ctx *ctx, const job *j, const pg_item *item, const pgdp_frame *frame)
{
    const pg_wanted *w = j->wanted;
    const size_t n = pgdp_frame_n_rows(frame), column = pgdp_frame_find(frame, "period");
    const pgdp_frequency frequency = pgdp_frame_column(frame, column)->frequency;
    const int32_t *periods = pgdp_frame_periods(frame, column);
    char first[16], last[16];
    const char *remark;
    const pgdp_period wanted_first = pgdp_period_convert((pgdp_period){ PGDP_DAILY, w->first }, frequency);
    const pgdp_period wanted_last = pgdp_period_convert((pgdp_period){ PGDP_DAILY, w->last }, frequency);
    pgdp_period_format((pgdp_period){ frequency, periods[0] }, first);
    pgdp_period_format((pgdp_period){ frequency, periods[n - 1] }, last);
    PG_TRY_ALLOC(ctx, remark, pg_arena_printf(&ctx->scratch, "the store has %s to %s", first, last));
    if ((w->from && periods[0] > wanted_first.ordinal) || (w->to && periods[n - 1] < wanted_last.ordinal))
        return fail_absent(ctx, item, remark);
    PG_TRY(add_row(ctx, j, item->text, "in the store", remark));
    pgdp_frame_set_real(j->report, SERIES, 1);
    pgdp_frame_set_real(j->report, OBSERVATIONS, (double)n);
    return PGDP_OK;
}

static pgdp_status look_up_series(pgdp_ctx *ctx, const job *j, const pg_item *item)
{
    const pgdp_store_query query = {
        .series = &item->name, .n_series = 1, .source = item->provider->facts.name, .as_of = j->wanted->vintage
    };
    pgdp_frame *frame = NULL;
    pgdp_status status = pgdp_store_observations(ctx, j->store, &query, &frame);
    if (status == PGDP_NOT_FOUND) return fail_absent(ctx, item, "the store does not have it");
    PG_TRY(status);
    status = pgdp_frame_n_rows(frame) == 0 ? fail_absent(ctx, item, "the store knows nothing of it on that day")
                                           : judge_stored(ctx, j, item, frame);
    pgdp_frame_free(frame);
    return status;
}

/* The name of a document without its endings: ".json", ".2.json", ".txt". */
static size_t stem(const char *name)
{
    size_t n = strlen(name);
    while (n > 0 && name[n - 1] != '.')
        n--;
    if (n > 0) n--;
    size_t digits = n;
    while (digits > 0 && name[digits - 1] >= '0' && name[digits - 1] <= '9')
        digits--;
    return digits < n && digits > 0 && name[digits - 1] == '.' ? digits - 1 : n;
}

static pgdp_status look_up_document(pgdp_ctx *ctx, const job *j, const pg_item *item, const pgdp_frame *documents)
{
    const size_t name = pgdp_frame_find(documents, "name"), source = pgdp_frame_find(documents, "source");
    const size_t day = pgdp_frame_find(documents, "retrieved"), document = pgdp_frame_find(documents, "document");
    const char *label;
    bool any = false;
    PG_TRY(pg_item_label(ctx, item, j->wanted, "json", &label));
    for (size_t i = 0; i < pgdp_frame_n_rows(documents); i++) {
        const char *own = pgdp_frame_text(documents, name, i), *from = pgdp_frame_text(documents, source, i);
        if (own == NULL || from == NULL || !pg_streq(from, item->provider->facts.name)) continue;
        if (stem(own) != stem(label) || strncmp(own, label, stem(label)) != 0) continue;
        any = true;
        PG_TRY(add_row(ctx, j, item->text, "in the store", pgdp_frame_text(documents, day, i)));
        PG_TRY(pgdp_frame_set_text(ctx, j->report, SHA256, pgdp_frame_text(documents, document, i), PGDP_NONE));
    }
    return any ? PGDP_OK : fail_absent(ctx, item, "the store has no answer to that");
}

static pgdp_status look_up(pgdp_ctx *ctx, const job *j, const pg_item *items, size_t n)
{
    pgdp_frame *documents = NULL;
    pgdp_status status = pgdp_store_documents(ctx, j->store, NULL, &documents);
    for (size_t i = 0; status == PGDP_OK && i < n; i++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        const bool series = items[i].provider->series && strchr(items[i].name, '=') == NULL;
        status = series ? look_up_series(ctx, j, &items[i]) : look_up_document(ctx, j, &items[i], documents);
        pg_arena_rewind(&ctx->scratch, mark);
    }
    pgdp_frame_free(documents);
    return status;
}

/* ---- all ---- */

static pgdp_status fetch_all(pgdp_ctx *ctx, const job *j, const pg_item *items, size_t n)
{
    for (size_t i = 0, end; i < n; i = end) {
        pg_client client;
        for (end = i; end < n && items[end].provider == items[i].provider;)
            end++;
        pgdp_status status = pg_client_open(ctx, items[i].provider, j->wanted, &client);
        if (status == PGDP_OK) status = fetch_from(ctx, j, &client, items + i, end - i);
        pg_client_close(&client);
        PG_TRY(status);
    }
    return PGDP_OK;
}

/* A key that lacks is told before anything is asked. */
static pgdp_status check_keys(pgdp_ctx *ctx, const pg_wanted *wanted, const pg_item *items, size_t n)
{
    size_t n_keyed = 0;
    for (size_t i = 0; i < n; i++)
        n_keyed += i == 0 || items[i].provider != items[i - 1].provider;
    if (n_keyed > 1 && wanted->request->key_file != NULL)
        return pg_fail(
            ctx, PGDP_BAD_ARGUMENT,
            "one file has one key, and %zu providers are asked; name a folder after --key-file that holds files "
            "named FRED_API_KEY, BLS_API_KEY, ...",
            n_keyed);
    for (size_t i = 0; i < n; i++) {
        pg_client client;
        if (i > 0 && items[i].provider == items[i - 1].provider) continue;
        const pgdp_status status = pg_client_open(ctx, items[i].provider, wanted, &client);
        pg_client_close(&client);
        PG_TRY(status);
    }
    return PGDP_OK;
}

static pgdp_status run(pgdp_ctx *ctx, pgdp_store *store, const pgdp_fetch_request *request, pgdp_frame *report)
{
    pg_wanted wanted;
    pg_item *items;
    size_t n;
    const job j = { .store = store, .wanted = &wanted, .report = report };
    if (request->n_items == 0) return pg_fail(ctx, PGDP_BAD_ARGUMENT, "there is nothing to fetch");
    PG_TRY(pg_wanted_of(ctx, request, &wanted));
    PG_TRY(pg_items_of(ctx, request, &items, &n));
    if (request->offline) return store == NULL ? PGDP_OK : look_up(ctx, &j, items, n);
    PG_TRY(check_keys(ctx, &wanted, items, n));
    return store == NULL ? PGDP_OK : fetch_all(ctx, &j, items, n);
}

pgdp_status pgdp_fetch(pgdp_ctx *ctx, pgdp_store *store, const pgdp_fetch_request *request, pgdp_frame **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_frame *report = NULL;
    *out = NULL;
    pgdp_status status = new_report(ctx, &report);
    if (status == PGDP_OK) status = run(ctx, store, request, report);
    pg_arena_rewind(&ctx->scratch, mark);
    if (report != NULL && pgdp_frame_n_rows(report) > 0)
        *out = report;
    else
        pgdp_frame_free(report);
    return status;
}
