/* batch_by_row.c  Models that moments cannot do: pgdp_regress() one by one, ranks and threads over models.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/spread.h"
#include "stats/batch.h"

#include <math.h>
#include <string.h>

enum { CHUNK = 64 }; /* regressions that a rank holds at once */

typedef struct item {
    pgdp_regression *regression;
    pgdp_status status;
    char error[sizeof((struct pgdp_ctx *)NULL)->error];
} item;

typedef struct running {
    pgdp_batch *b;
    const uint32_t *models;
    item *items; /* [n of the chunk] */
} running;

static pgdp_status run_one(pgdp_ctx *ctx, void *user, size_t block)
{
    const running *r = user;
    item *it = &r->items[block];
    pgdp_regression_spec spec;
    PG_TRY(pgdp_batch_spec_of(ctx, r->b, r->models[block], &spec));
    it->status = pgdp_regress(ctx, r->b->frame, &spec, &it->regression);
    if (it->status != PGDP_OK) memcpy(it->error, ctx->error, sizeof it->error);
    return it->status == PGDP_NO_MEMORY || it->status == PGDP_STOPPED ? it->status : PGDP_OK;
}

static double factor_named(const pgdp_fit *fit, const char *name)
{
    for (size_t i = 0; pgdp_fit_factor(fit, i).name != NULL; i++)
        if (pg_streq(pgdp_fit_factor(fit, i).name, name)) return pgdp_fit_factor(fit, i).value;
    return (double)NAN;
}

/* The terms left out, joined. */
static pgdp_status list_collinear(pgdp_ctx *ctx, pgdp_batch *b, const pgdp_regression *r, const char **out)
{
    const char *term, *because;
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    for (size_t i = 0; pgdp_regression_collinear(r, i, &term, &because); i++)
        pg_text_addf(&text, "%s%s", i == 0 ? "" : ", ", term);
    if (text.failed) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(&b->arena, text.data));
    return PGDP_OK;
}

static pgdp_status fill_row(pgdp_ctx *ctx, pgdp_batch *b, const pgdp_fit *fit, size_t term, pgdp_batch_row *row)
{
    const pgdp_glance g = pgdp_fit_glance(fit);
    const pgdp_certificate c = pgdp_fit_certificate(fit);
    const pgdp_tidy t = pgdp_fit_tidy(fit, term, b->conf_level);
    PG_TRY_ALLOC(ctx, row->term, pg_arena_strdup(&b->arena, t.term));
    row->estimate = t.estimate;
    row->std_error = t.std_error;
    row->statistic = t.statistic;
    row->p_value = t.p_value;
    row->conf_low = t.conf_low;
    row->conf_high = t.conf_high;
    row->df = t.df;
    row->nobs = g.nobs;
    row->n_terms = (double)pgdp_fit_n_terms(fit);
    row->r_squared = g.r_squared;
    row->sigma = g.sigma;
    row->clusters = factor_named(fit, "G");
    row->digits = c.digits;
    row->solver = c.solver == NULL ? "" : c.solver;
    return PGDP_OK;
}

pgdp_status pg_batch_keep_nothing(pgdp_ctx *ctx, pgdp_batch *b, size_t model, const char *collinear)
{
    pgdp_batch_row *row;
    PG_TRY(pg_batch_make_rows(ctx, b, model, 1, &row));
    row->collinear = collinear;
    row->status = PGDP_RANK_DEFICIENT;
    row->error = "no reported term is left in the model";
    return PGDP_OK;
}

/* Rows of the terms that are reported. */
static pgdp_status keep(pgdp_ctx *ctx, pgdp_batch *b, size_t model, const pg_terms *terms, const item *it)
{
    const pgdp_fit *fit = pgdp_regression_fit(it->regression);
    size_t n = 0;
    const char *collinear = "";
    pgdp_batch_row *rows;
    PG_TRY(list_collinear(ctx, b, it->regression, &collinear));
    for (size_t k = 0; k < pgdp_fit_n_terms(fit); k++)
        n += pg_batch_is_reported(terms, pgdp_fit_term(fit, k));
    if (n == 0) return pg_batch_keep_nothing(ctx, b, model, collinear);
    PG_TRY(pg_batch_make_rows(ctx, b, model, n, &rows));
    for (size_t k = 0, at = 0; k < pgdp_fit_n_terms(fit); k++) {
        if (!pg_batch_is_reported(terms, pgdp_fit_term(fit, k))) continue;
        rows[at].collinear = collinear;
        PG_TRY(fill_row(ctx, b, fit, k, &rows[at++]));
    }
    return PGDP_OK;
}

static pgdp_status keep_rows(pgdp_ctx *ctx, pgdp_batch *b, size_t model, const item *it)
{
    size_t option[PGDP_N_BATCH_CHOICES];
    const pg_terms *terms = NULL;
    pgdp_batch_row *row;
    pg_batch_decode(b, model, option);
    if (it->status == PGDP_OK) {
        PG_TRY(pg_batch_reported(ctx, b, option[PGDP_BATCH_FOCAL], &terms));
        return keep(ctx, b, model, terms, it);
    }
    PG_TRY(pg_batch_make_rows(ctx, b, model, 1, &row));
    row->status = it->status;
    PG_TRY_ALLOC(ctx, row->error, pg_arena_strdup(&b->arena, it->error));
    return PGDP_OK;
}

static pgdp_status keep_item(pgdp_ctx *ctx, void *user, size_t i, pg_text *to)
{
    const running *r = user;
    PG_TRY(keep_rows(ctx, r->b, r->models[i], &r->items[i]));
    if (to != NULL) pg_batch_pack_model(r->b, r->models[i], to);
    return PGDP_OK;
}

static pgdp_status take_item(pgdp_ctx *ctx, void *user, size_t i, pg_packed *from)
{
    const running *r = user;
    return pg_batch_unpack_model(ctx, r->b, r->models[i], from);
}

pgdp_status pg_batch_run_by_row(pgdp_ctx *ctx, pgdp_batch *b, const uint32_t *models, size_t n)
{
    static const pg_dealing how = { .what = "models", .run = run_one, .keep = keep_item, .take = take_item };
    const size_t most = CHUNK * pg_n_ranks(ctx);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    for (size_t first = 0; first < n; first += most) {
        const size_t chunk = n - first < most ? n - first : most;
        running r = { .b = b, .models = models + first };
        PG_TRY_ALLOC(ctx, r.items, pg_arena_alloc(&ctx->scratch, chunk, sizeof *r.items));
        const pgdp_status status = pg_deal(ctx, chunk, &how, &r);
        for (size_t i = 0; i < chunk; i++)
            pgdp_regression_free(r.items[i].regression);
        pg_arena_rewind(&ctx->scratch, mark);
        if (status != PGDP_OK) return status;
    }
    return PGDP_OK;
}
