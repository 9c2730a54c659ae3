/* batch_store.c  Result rows as bytes and back: for other ranks, and for a run that goes on where another was stopped.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/batch.h"

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

static void put_row(pg_text *to, pgdp_batch_row row)
{
    double *numbers[N_NUMBERS];
    const char **texts[N_TEXTS];
    list_numbers(&row, numbers);
    list_texts(&row, texts);
    pg_pack_size(to, (size_t)row.status);
    for (size_t i = 0; i < N_NUMBERS; i++)
        pg_pack_bytes(to, numbers[i], sizeof *numbers[i]);
    for (size_t i = 0; i < N_TEXTS; i++)
        pg_pack_text(to, *texts[i]);
}

void pg_batch_pack_model(const pgdp_batch *b, size_t model, pg_text *to)
{
    const pg_batch_results *r = &b->results[model];
    pg_pack_size(to, r->n);
    for (size_t k = 0; k < r->n; k++)
        put_row(to, r->rows[k]);
}

pgdp_status pgdp_batch_save_group(pgdp_ctx *ctx, const pgdp_batch *batch, size_t group, const pgdp_sink *sink)
{
    const pg_batch_group *g = &batch->groups[group];
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    pg_pack_size(&text, g->n_models);
    for (size_t i = 0; i < g->n_models; i++)
        pg_batch_pack_model(batch, g->models[i], &text);
    const pgdp_status status = text.failed ? pg_no_memory(ctx) : sink->write(sink->user, text.data, text.n);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

static pgdp_status take_row(pgdp_ctx *ctx, pgdp_batch *b, pg_packed *from, pgdp_batch_row *row)
{
    double *numbers[N_NUMBERS];
    const char **texts[N_TEXTS];
    list_numbers(row, numbers);
    list_texts(row, texts);
    row->status = (pgdp_status)pg_unpack_size(from);
    for (size_t i = 0; i < N_NUMBERS; i++)
        pg_unpack_bytes(from, numbers[i], sizeof *numbers[i]);
    for (size_t i = 0; i < N_TEXTS; i++) {
        PG_TRY(pg_unpack_text(ctx, from, &b->arena, texts[i]));
        from->bad = from->bad || *texts[i] == NULL;
    }
    return PGDP_OK;
}

pgdp_status pg_batch_unpack_model(pgdp_ctx *ctx, pgdp_batch *b, size_t model, pg_packed *from)
{
    const size_t n_rows = pg_unpack_size(from);
    pgdp_batch_row *rows;
    from->bad = from->bad || n_rows == 0 || n_rows > (size_t)(from->end - from->at);
    if (from->bad) return PGDP_OK;
    PG_TRY(pg_batch_make_rows(ctx, b, model, n_rows, &rows));
    for (size_t k = 0; k < n_rows && !from->bad; k++)
        PG_TRY(take_row(ctx, b, from, &rows[k]));
    return PGDP_OK;
}

pgdp_status pgdp_batch_load_group(pgdp_ctx *ctx, pgdp_batch *batch, size_t group, const void *bytes, size_t n)
{
    const pg_batch_group *g = &batch->groups[group];
    pg_packed from = { .at = bytes, .end = (const unsigned char *)bytes + n };
    from.bad = pg_unpack_size(&from) != g->n_models;
    for (size_t i = 0; i < g->n_models && !from.bad; i++)
        PG_TRY(pg_batch_unpack_model(ctx, batch, g->models[i], &from));
    if (!from.bad && from.at == from.end) return PGDP_OK;
    for (size_t i = 0; i < g->n_models; i++)
        batch->results[g->models[i]] = (pg_batch_results){ NULL, 0 };
    return pg_fail(ctx, PGDP_PARSE, "found results of another batch, or cut short; run the group again");
}
