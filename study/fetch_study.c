/* fetch_study.c  The series that a study reads from a store, fetched into it as of the study's day.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/frame.h"
#include "core/text.h"
#include "fetch/providers.h"
#include "pgdp/study.h"
#include "study/spec.h"

/* The items of all inputs, each once, and the one store that they are of. */
typedef struct wanted {
    const char *store;
    const char **items;
    size_t n;
} wanted;

static pgdp_status add_item(pgdp_ctx *ctx, const char *item, wanted *w)
{
    for (size_t i = 0; i < w->n; i++)
        if (pg_streq(w->items[i], item)) return PGDP_OK;
    PG_TRY_ALLOC(ctx, w->items,
                 (const char **)pg_arena_grow(&ctx->scratch, (void *)w->items, w->n, w->n + 1, sizeof *w->items));
    w->items[w->n++] = item;
    return PGDP_OK;
}

static pgdp_status gather(pgdp_ctx *ctx, const pg_study *study, wanted *w)
{
    for (size_t i = 0; i < PG_N_INPUTS; i++) {
        const pg_input *input = &study->inputs[i];
        if (input->series == NULL) continue;
        if (w->store != NULL && !pg_streq(w->store, input->path))
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s:%zu:%zu: input %s: found the store %s, expected %s as before",
                           study->path, input->line, input->column, input->name, input->path, w->store);
        w->store = input->path;
        for (size_t k = 0; input->series[k] != NULL; k++)
            PG_TRY(add_item(ctx, input->series[k], w));
    }
    if (w->n > 0) return PGDP_OK;
    return pg_fail(ctx, PGDP_NOT_FOUND, "%s: no input is of a store: series: {store: facts.db, series: [fred:GDP]}",
                   study->path);
}

static bool keeps_vintages(const char *item)
{
    const pg_provider *p;
    for (size_t i = 0; (p = pg_provider_at(i)) != NULL; i++) {
        const size_t n = strlen(p->facts.name);
        if (pg_starts_with(item, p->facts.name) && item[n] == ':') return p->vintages;
    }
    return false;
}

/* Items of providers that keep vintages, or of the others. */
static pgdp_status fetch_part(pgdp_ctx *ctx, pgdp_store *store, const wanted *w, const pgdp_fetch_request *as,
                              bool vintages, pgdp_frame **out)
{
    pgdp_fetch_request request = *as;
    const char **items;
    pgdp_frame *report = NULL;
    request.n_items = 0;
    PG_TRY_ALLOC(ctx, items, (const char **)pg_arena_alloc(&ctx->scratch, w->n, sizeof *items));
    for (size_t i = 0; i < w->n; i++)
        if (keeps_vintages(w->items[i]) == vintages) items[request.n_items++] = w->items[i];
    request.items = items;
    if (request.n_items == 0) return PGDP_OK;
    pgdp_status status = pgdp_fetch(ctx, store, &request, &report);
    if (*out == NULL || report == NULL) {
        if (report != NULL) *out = report;
        return status;
    }
    const pgdp_status stacked = pg_frame_append(ctx, *out, report);
    pgdp_frame_free(report);
    return status != PGDP_OK ? status : stacked;
}

/* Where vintages are kept, what was known on the study's day; else what is known now. */
static pgdp_status fetch_all(pgdp_ctx *ctx, pgdp_store *store, const pg_study *study, const wanted *w,
                             const pgdp_fetch_request *request, pgdp_frame **out)
{
    pgdp_fetch_request dated = *request, newest = *request;
    pgdp_period day, today;
    const bool past = pgdp_period_parse(study->as_of, &day) && request->today != NULL &&
                      pgdp_period_parse(request->today, &today) && day.ordinal < today.ordinal;
    if (dated.vintages == NULL && past) dated.vintages = study->as_of;
    newest.vintages = NULL;
    PG_TRY(fetch_part(ctx, store, w, &dated, true, out));
    return fetch_part(ctx, store, w, &newest, false, out);
}

static pgdp_status fetch_study(pgdp_ctx *ctx, const pg_study *study, const pgdp_fetch_request *request,
                               pgdp_frame **out)
{
    wanted w = { .n = 0 };
    pgdp_store *store = NULL;
    PG_TRY(gather(ctx, study, &w));
    PG_TRY(fetch_all(ctx, NULL, study, &w, request, out)); /* a mistake leaves no store behind */
    pgdp_status status = pgdp_store_open(ctx, w.store, request->offline ? PGDP_STORE_READ : PGDP_STORE_WRITE, &store);
    if (status == PGDP_OK) status = fetch_all(ctx, store, study, &w, request, out);
    pgdp_store_close(store);
    return status;
}

pgdp_status pgdp_study_fetch(pgdp_ctx *ctx, const char *study_path, const pgdp_fetch_request *request, pgdp_frame **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_arena arena;
    pg_study study;
    *out = NULL;
    pg_arena_init(&arena, &ctx->allocator);
    pgdp_status status = pg_study_read(ctx, study_path, &arena, &study);
    if (status == PGDP_OK) status = fetch_study(ctx, &study, request, out);
    pg_arena_free(&arena);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
