/* refit.c  The same estimator on other rows or another outcome, for bootstraps and jackknives: fit.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/fit.h"
#include "stats/fit_absorb.h"

#include <string.h>

/* An inner fit of the estimator alone; only its estimate leaves. */
static pgdp_status refit(pgdp_ctx *ctx, const pgdp_fit *fit, const pgdp_design *d, double *estimate)
{
    pgdp_fit inner = { .allocator = fit->allocator,
                       .estimator = fit->estimator,
                       .n_rows = d->y.n,
                       .n_slopes = fit->n_slopes,
                       .n_cuts = fit->n_cuts,
                       .n_terms = fit->n_terms,
                       .terms = fit->terms,
                       .options = fit->options,
                       .conf_level = fit->conf_level,
                       .nobs = (double)d->y.n };
    const size_t k = fit->n_terms;
    inner.design = inner.working = d;
    for (size_t i = 0; d->weight_kind == PGDP_FREQUENCY && i < d->y.n; i++)
        inner.nobs += d->weights.x[i] - 1;
    pg_arena_init(&inner.arena, &ctx->allocator);
    PG_TRY_ALLOC(ctx, inner.estimate, pg_arena_alloc(&ctx->scratch, k, sizeof *inner.estimate));
    PG_TRY_ALLOC(ctx, inner.bread, pg_arena_alloc(&ctx->scratch, k * k, sizeof *inner.bread));
    PG_TRY_ALLOC(ctx, inner.vcov, pg_arena_alloc(&ctx->scratch, k * k, sizeof *inner.vcov));
    PG_TRY_ALLOC(ctx, inner.score, pg_arena_alloc(&ctx->scratch, d->y.n, sizeof *inner.score));
    pgdp_status status = d->n_effects > 0 ? pg_fit_absorb(ctx, d, &inner) : PGDP_OK;
    if (status == PGDP_OK) status = fit->estimator->fit(ctx, inner.working, fit->options, &inner);
    if (status == PGDP_OK && inner.n_terms == k) memcpy(estimate, inner.estimate, k * sizeof *estimate);
    if (status == PGDP_OK && inner.n_terms != k)
        status = pg_fail(ctx, PGDP_RANK_DEFICIENT, "the rows drawn have %zu terms in place of %zu", inner.n_terms, k);
    pg_arena_free(&inner.arena);
    return status;
}

static pgdp_status gather(pgdp_ctx *ctx, const double *from, size_t stride, size_t n_cols, const size_t *rows, size_t n,
                          const double **out)
{
    double *to;
    PG_TRY_ALLOC(ctx, to, pg_arena_alloc(&ctx->scratch, n * n_cols, sizeof *to));
    for (size_t j = 0; j < n_cols; j++)
        for (size_t i = 0; i < n; i++)
            to[i + j * n] = from[rows[i] + j * stride];
    *out = to;
    return PGDP_OK;
}

static pgdp_status gather_effects(pgdp_ctx *ctx, const pgdp_design *from, const size_t *rows, size_t n, pgdp_design *to)
{
    pgdp_effect *effects;
    PG_TRY_ALLOC(ctx, effects, pg_arena_alloc(&ctx->scratch, from->n_effects, sizeof *effects));
    for (size_t e = 0; e < from->n_effects; e++) {
        const pgdp_effect *old = &from->effects[e];
        size_t *number, *level;
        PG_TRY_ALLOC(ctx, number, pg_arena_alloc(&ctx->scratch, old->n_levels, sizeof *number));
        PG_TRY_ALLOC(ctx, level, pg_arena_alloc(&ctx->scratch, n, sizeof *level));
        effects[e] = (pgdp_effect){ .name = old->name, .level = level };
        for (size_t i = 0; i < n; i++) { /* levels numbered anew from 1, 0: not met yet */
            size_t *at = &number[old->level[rows[i]]];
            if (*at == 0) *at = ++effects[e].n_levels;
            level[i] = *at - 1;
        }
        if (old->slope != NULL) PG_TRY(gather(ctx, old->slope, 0, 1, rows, n, &effects[e].slope));
    }
    to->effects = effects;
    return PGDP_OK;
}

static pgdp_status gather_panel(pgdp_ctx *ctx, const pgdp_design *from, const size_t *rows, size_t n, pgdp_design *to)
{
    int32_t *period;
    size_t *entity;
    PG_TRY_ALLOC(ctx, period, pg_arena_alloc(&ctx->scratch, n, sizeof *period));
    PG_TRY_ALLOC(ctx, entity, pg_arena_alloc(&ctx->scratch, n, sizeof *entity));
    for (size_t i = 0; i < n; i++) {
        if (from->period != NULL) period[i] = from->period[rows[i]];
        if (from->entity != NULL) entity[i] = from->entity[rows[i]];
    }
    if (from->period != NULL) to->period = period;
    if (from->entity != NULL) to->entity = entity;
    return PGDP_OK;
}

static pgdp_status take_rows(pgdp_ctx *ctx, const pgdp_design *from, const size_t *rows, size_t n, pgdp_design *to)
{
    *to = *from;
    to->cluster = NULL;
    to->n_clusterings = 0;
    to->y.n = n;
    PG_TRY(gather(ctx, from->y.x, 0, 1, rows, n, &to->y.x));
    const pgdp_mat *const in[] = { &from->x, &from->x_low, &from->z };
    pgdp_mat *const out[] = { &to->x, &to->x_low, &to->z };
    for (size_t i = 0; i < sizeof in / sizeof *in; i++) {
        if (in[i]->n_cols == 0) continue;
        out[i]->n_rows = n;
        PG_TRY(gather(ctx, in[i]->x, in[i]->n_rows, in[i]->n_cols, rows, n, &out[i]->x));
    }
    const pgdp_vec *const in_vec[] = { &from->weights, &from->offset };
    pgdp_vec *const out_vec[] = { &to->weights, &to->offset };
    for (size_t i = 0; i < sizeof in_vec / sizeof *in_vec; i++) {
        if (in_vec[i]->n == 0) continue;
        out_vec[i]->n = n;
        PG_TRY(gather(ctx, in_vec[i]->x, 0, 1, rows, n, &out_vec[i]->x));
    }
    PG_TRY(gather_panel(ctx, from, rows, n, to));
    return gather_effects(ctx, from, rows, n, to);
}

pgdp_status pg_fit_refit(pgdp_ctx *ctx, const pgdp_fit *fit, const size_t *rows, size_t n, double *estimate)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_design d;
    if (fit->design->mean != NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "covariance %s is not defined for a nonlinear mean; choose HC1",
                       fit->covariance->name);
    PG_TRY(take_rows(ctx, fit->design, rows, n, &d));
    const pgdp_status status = refit(ctx, fit, &d, estimate);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

pgdp_status pg_fit_refit_outcome(pgdp_ctx *ctx, const pgdp_fit *fit, const double *y, double *estimate)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_design d = *fit->design;
    d.y.x = y;
    const pgdp_status status = refit(ctx, fit, &d, estimate);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
