/* batch_store.c  Result rows of a group as bytes and back, for a run that goes on where another was stopped.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers as they stand in memory: only the program that wrote them, on the same kind of machine, reads them again. */
#include "stats/batch.h"

#include <stdint.h>
#include <string.h>

/* Views of a row's numbers and texts, in the order they are written. */
enum { N_NUMBERS = 13, N_TEXTS = 4 };

static void list_numbers(pgdp_batch_row *r, double *out[N_NUMBERS])
{
    double *const all[N_NUMBERS] = { &r->estimate,  &r->std_error, &r->statistic, &r->p_value, &r->conf_low,
                                     &r->conf_high, &r->df,        &r->nobs,      &r->n_terms, &r->r_squared,
                                     &r->sigma,     &r->clusters,  &r->digits };
    memcpy(out, all, sizeof all);
}

static void list_texts(pgdp_batch_row *r, const char **out[N_TEXTS])
{
    const char **const all[N_TEXTS] = { &r->term, &r->solver, &r->collinear, &r->error };
    memcpy(out, all, sizeof all);
}

static void put(pg_text *to, const void *bytes, size_t n)
{
    pg_text_add_bytes(to, bytes, n);
}

static void put_size(pg_text *to, size_t n)
{
    const uint64_t wide = n;
    put(to, &wide, sizeof wide);
}

static void put_row(pg_text *to, pgdp_batch_row row)
{
    double *numbers[N_NUMBERS];
    const char **texts[N_TEXTS];
    list_numbers(&row, numbers);
    list_texts(&row, texts);
    put_size(to, (size_t)row.status);
    for (size_t i = 0; i < N_NUMBERS; i++)
        put(to, numbers[i], sizeof *numbers[i]);
    for (size_t i = 0; i < N_TEXTS; i++) {
        put_size(to, strlen(*texts[i]));
        put(to, *texts[i], strlen(*texts[i]));
    }
}

pgdp_status pgdp_batch_save_group(pgdp_ctx *ctx, const pgdp_batch *batch, size_t group, const pgdp_sink *sink)
{
    const pg_batch_group *g = &batch->groups[group];
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    put_size(&text, g->n_models);
    for (size_t i = 0; i < g->n_models; i++) {
        const pg_batch_results *r = &batch->results[g->models[i]];
        put_size(&text, r->n);
        for (size_t k = 0; k < r->n; k++)
            put_row(&text, r->rows[k]);
    }
    const pgdp_status status = text.failed ? pg_no_memory(ctx) : sink->write(sink->user, text.data, text.n);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

/* Bytes being read; `bad` once they ended too early. */
typedef struct reading {
    const unsigned char *at, *end;
    bool bad;
} reading;

static void take(reading *r, void *to, size_t n)
{
    r->bad = r->bad || (size_t)(r->end - r->at) < n;
    if (r->bad) return;
    memcpy(to, r->at, n);
    r->at += n;
}

static size_t take_size(reading *r)
{
    uint64_t n = 0;
    take(r, &n, sizeof n);
    r->bad = r->bad || n > SIZE_MAX / 2;
    return r->bad ? 0 : (size_t)n;
}

static pgdp_status take_row(pgdp_ctx *ctx, pgdp_batch *b, reading *r, pgdp_batch_row *row)
{
    double *numbers[N_NUMBERS];
    const char **texts[N_TEXTS];
    list_numbers(row, numbers);
    list_texts(row, texts);
    row->status = (pgdp_status)take_size(r);
    for (size_t i = 0; i < N_NUMBERS; i++)
        take(r, numbers[i], sizeof *numbers[i]);
    for (size_t i = 0; i < N_TEXTS; i++) {
        const size_t n = take_size(r);
        r->bad = r->bad || (size_t)(r->end - r->at) < n;
        if (r->bad) return PGDP_OK;
        PG_TRY_ALLOC(ctx, *texts[i], pg_arena_strndup(&b->arena, (const char *)r->at, n));
        r->at += n;
    }
    return PGDP_OK;
}

pgdp_status pgdp_batch_load_group(pgdp_ctx *ctx, pgdp_batch *batch, size_t group, const void *bytes, size_t n)
{
    const pg_batch_group *g = &batch->groups[group];
    reading r = { .at = bytes, .end = (const unsigned char *)bytes + n };
    r.bad = take_size(&r) != g->n_models;
    for (size_t i = 0; i < g->n_models && !r.bad; i++) {
        const size_t n_rows = take_size(&r);
        pgdp_batch_row *rows;
        if (n_rows == 0 || n_rows > n) r.bad = true;
        if (r.bad) break;
        PG_TRY(pg_batch_make_rows(ctx, batch, g->models[i], n_rows, &rows));
        for (size_t k = 0; k < n_rows && !r.bad; k++)
            PG_TRY(take_row(ctx, batch, &r, &rows[k]));
    }
    if (!r.bad && r.at == r.end) return PGDP_OK;
    for (size_t i = 0; i < g->n_models; i++)
        batch->results[g->models[i]] = (pg_batch_results){ NULL, 0 };
    return pg_fail(ctx, PGDP_PARSE, "found results of another batch, or cut short; run the group again");
}
