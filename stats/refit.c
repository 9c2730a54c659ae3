/* refit.c  The same estimator on other rows or another outcome, for bootstraps and jackknives: fit.h, refit.h. Source:
 * Efron & Tibshirani (1993), An Introduction to the Bootstrap, ch. 6 and 11.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/refit.h"

#include "stats/cluster.h"
#include "stats/fit_absorb.h"
#include "stats/linalg.h"
#include "stats/panel_history.h"

#include <string.h>

bool pg_refit_is_of_data(pgdp_status status)
{
    return status == PGDP_RANK_DEFICIENT || status == PGDP_NO_CONVERGENCE || status == PGDP_NUMERICAL ||
           status == PGDP_TOO_FEW_OBS;
}

/* Every category that the fit's outcome has must be there, or its parameters have no estimate. */
static pgdp_status check_categories(pgdp_ctx *ctx, const pgdp_fit *fit, const pgdp_design *d)
{
    double last = 0;
    bool *seen;
    if (fit->estimator->outcome == PGDP_OUTCOME_NUMBER) return PGDP_OK;
    for (size_t i = 0; i < fit->design->y.n; i++)
        last = fit->design->y.x[i] > last ? fit->design->y.x[i] : last;
    const size_t n = (size_t)last + 1;
    PG_TRY_ALLOC(ctx, seen, pg_arena_alloc(&ctx->scratch, n, sizeof *seen));
    for (size_t i = 0; i < d->y.n; i++)
        if (d->y.x[i] <= last) seen[(size_t)d->y.x[i]] = true;
    for (size_t j = 0; j < n; j++)
        if (!seen[j])
            return pg_fail(ctx, PGDP_RANK_DEFICIENT, "the rows drawn have no outcome of category %zu; draw more rows",
                           j);
    return PGDP_OK;
}

/* Rows whose outcome is predicted perfectly were left out of the fit; among the rows drawn there may be new ones. */
static pgdp_status check_separation(pgdp_ctx *ctx, const pgdp_fit *fit, const pgdp_design *d)
{
    bool *drop;
    if (fit->estimator->separated == NULL) return PGDP_OK;
    PG_TRY_ALLOC(ctx, drop, pg_arena_alloc(&ctx->scratch, d->y.n, sizeof *drop));
    PG_TRY(fit->estimator->separated(ctx, d, drop));
    for (size_t i = 0; i < d->y.n; i++)
        if (drop[i])
            return pg_fail(ctx, PGDP_NO_CONVERGENCE,
                           "the terms predict outcomes of the rows drawn perfectly; leave terms out or draw more rows");
    return PGDP_OK;
}

/* The shape that the runner gives a fit before its estimator is called. */
static pgdp_status shape(pgdp_ctx *ctx, const pgdp_fit *fit, const pgdp_design *d, pgdp_fit *inner)
{
    inner->n_rows = d->y.n;
    inner->n_slopes = d->mean != NULL ? d->mean->n_parameters : d->x.n_cols;
    inner->n_terms = inner->n_slopes + inner->n_cuts;
    const size_t k = inner->n_terms;
    PG_TRY_ALLOC(ctx, inner->terms, pg_arena_alloc(&ctx->scratch, k, sizeof *inner->terms));
    for (size_t j = 0; j < k; j++) {
        const char *slope = j >= inner->n_slopes ? "cut" : d->mean != NULL ? d->mean->parameters[j] : d->terms[j];
        inner->terms[j] = j < fit->n_terms && fit->n_terms == k ? fit->terms[j] : slope;
    }
    inner->nobs = pg_design_nobs(d);
    PG_TRY_ALLOC(ctx, inner->estimate, pg_arena_alloc(&ctx->scratch, k, sizeof *inner->estimate));
    PG_TRY_ALLOC(ctx, inner->bread, pg_matrix_new(&ctx->scratch, k, k).x);
    PG_TRY_ALLOC(ctx, inner->vcov, pg_matrix_new(&ctx->scratch, k, k).x);
    PG_TRY_ALLOC(ctx, inner->score, pg_arena_alloc(&ctx->scratch, d->y.n, sizeof *inner->score));
    return PGDP_OK;
}

static pgdp_status estimate_inner(pgdp_ctx *ctx, const pgdp_fit *fit, const pgdp_design *d, pgdp_fit *inner)
{
    inner->design = inner->working = d;
    PG_TRY(check_categories(ctx, fit, d));
    PG_TRY(check_separation(ctx, fit, d));
    PG_TRY(shape(ctx, fit, d, inner));
    if (d->n_effects > 0) PG_TRY(pg_fit_absorb(ctx, d, inner));
    PG_TRY(fit->estimator->fit(ctx, inner->working, fit->options, inner));
    if (inner->n_terms == fit->n_terms) return PGDP_OK;
    return pg_fail(ctx, PGDP_RANK_DEFICIENT, "the rows drawn have %zu terms in place of %zu; draw more rows",
                   inner->n_terms, fit->n_terms);
}

/* An inner fit of the estimator alone; only its estimate leaves. */
pgdp_status pg_refit_design(pgdp_ctx *ctx, const pgdp_fit *fit, const pgdp_design *d, double *estimate)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_fit inner = { .allocator = ctx->allocator,
                       .estimator = fit->estimator,
                       .covariance = fit->covariance,
                       .n_cuts = fit->n_cuts,
                       .options = fit->options,
                       .ssc = fit->ssc,
                       .conf_level = fit->conf_level };
    pg_arena_init(&inner.arena, &ctx->allocator);
    pgdp_design given = *d;
    if (fit->estimator->absorb == PGDP_ABSORB_NEVER)
        given.n_effects = 0; /* its own, left in fit->design; it makes new */
    const pgdp_status status = estimate_inner(ctx, fit, &given, &inner);
    if (status == PGDP_OK) memcpy(estimate, inner.estimate, fit->n_terms * sizeof *estimate);
    pg_arena_free(&inner.arena);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

static pgdp_status gather(pgdp_ctx *ctx, const double *from, size_t stride, size_t n_cols, const size_t *rows, size_t n,
                          const double **out)
{
    double *to;
    PG_TRY_ALLOC(ctx, to, pg_matrix_new(&ctx->scratch, n, n_cols).x);
    for (size_t j = 0; j < n_cols; j++)
        for (size_t i = 0; i < n; i++)
            to[i + j * n] = from[rows[i] + j * stride];
    *out = to;
    return PGDP_OK;
}

/* Levels in use, numbered anew in their old order, so that all rows give the old numbers. */
static pgdp_status gather_levels(pgdp_ctx *ctx, const size_t *level, size_t n_levels, const size_t *rows, size_t n,
                                 pgdp_effect *to)
{
    size_t *number, *own;
    PG_TRY_ALLOC(ctx, number, pg_arena_alloc(&ctx->scratch, n_levels, sizeof *number));
    PG_TRY_ALLOC(ctx, own, pg_arena_alloc(&ctx->scratch, n, sizeof *own));
    for (size_t i = 0; i < n; i++)
        number[level[rows[i]]] = 1;
    to->n_levels = 0;
    for (size_t l = 0; l < n_levels; l++)
        if (number[l] > 0) number[l] = to->n_levels++;
    for (size_t i = 0; i < n; i++)
        own[i] = number[level[rows[i]]];
    to->level = own;
    return PGDP_OK;
}

static pgdp_status gather_effects(pgdp_ctx *ctx, const pgdp_design *from, const size_t *rows, size_t n, pgdp_design *to)
{
    pgdp_effect *effects;
    PG_TRY_ALLOC(ctx, effects, pg_arena_alloc(&ctx->scratch, from->n_effects, sizeof *effects));
    for (size_t e = 0; e < from->n_effects; e++) {
        const pgdp_effect *old = &from->effects[e];
        effects[e].name = old->name;
        PG_TRY(gather_levels(ctx, old->level, old->n_levels, rows, n, &effects[e]));
        if (old->slope != NULL) PG_TRY(gather(ctx, old->slope, 0, 1, rows, n, &effects[e].slope));
    }
    to->effects = effects;
    return PGDP_OK;
}

static pgdp_status gather_panel(pgdp_ctx *ctx, const pgdp_design *from, const size_t *rows, const size_t *copy,
                                size_t n, pgdp_design *to)
{
    int32_t *period;
    size_t *entity, n_entities = 0;
    PG_TRY_ALLOC(ctx, period, pg_arena_alloc(&ctx->scratch, n, sizeof *period));
    PG_TRY_ALLOC(ctx, entity, pg_arena_alloc(&ctx->scratch, n, sizeof *entity));
    for (size_t i = 0; i < n && from->period != NULL; i++)
        period[i] = from->period[rows[i]];
    if (from->period != NULL) to->period = period;
    if (from->entity == NULL) return PGDP_OK;
    for (size_t i = 0; i < n; i++)
        entity[i] = from->entity[rows[i]];
    to->entity = entity;
    if (copy != NULL) {
        pg_grouping pairs;
        PG_TRY(pg_grouping_new(ctx, entity, copy, n, &pairs));
        to->entity = pairs.group;
        return pg_panel_history_draw(ctx, from, rows, n, to);
    }
    for (size_t i = 0; i < from->y.n; i++)
        n_entities = from->entity[i] >= n_entities ? from->entity[i] + 1 : n_entities;
    pgdp_effect numbered;
    PG_TRY(gather_levels(ctx, from->entity, n_entities, rows, n, &numbered));
    to->entity = numbered.level;
    return pg_panel_history_draw(ctx, from, rows, n, to);
}

/* The mean of a nonlinear model on other rows. */
typedef struct mean_of_rows {
    const pgdp_mean *mean;
    const size_t *rows;
} mean_of_rows;

static pgdp_status evaluate_rows(pgdp_ctx *ctx, const void *user, const double *parameters, size_t first, size_t n,
                                 double *value, double *jacobian)
{
    const mean_of_rows *m = user;
    const size_t p = m->mean->n_parameters;
    double *row = NULL;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    if (jacobian != NULL) PG_TRY_ALLOC(ctx, row, pg_arena_alloc(&ctx->scratch, p, sizeof *row));
    for (size_t i = 0; i < n; i++) {
        PG_TRY(m->mean->evaluate(ctx, m->mean->user, parameters, m->rows[first + i], 1, value + i, row));
        for (size_t j = 0; j < p && jacobian != NULL; j++)
            jacobian[i + j * n] = row[j];
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

static pgdp_status gather_mean(pgdp_ctx *ctx, const pgdp_design *from, const size_t *rows, pgdp_design *to)
{
    mean_of_rows *user;
    pgdp_mean *mean;
    if (from->mean == NULL) return PGDP_OK;
    PG_TRY_ALLOC(ctx, user, pg_arena_alloc(&ctx->scratch, 1, sizeof *user));
    PG_TRY_ALLOC(ctx, mean, pg_arena_alloc(&ctx->scratch, 1, sizeof *mean));
    *user = (mean_of_rows){ from->mean, rows };
    *mean = *from->mean;
    mean->evaluate = evaluate_rows;
    mean->user = user;
    to->mean = mean;
    return PGDP_OK;
}

static pgdp_status take_rows(pgdp_ctx *ctx, const pgdp_design *from, const size_t *rows, const size_t *copy, size_t n,
                             pgdp_design *to)
{
    *to = *from;
    to->cluster = NULL;
    to->n_clusterings = 0;
    to->columns = NULL;
    to->n_columns = 0;
    to->y.n = to->x.n_rows = n;
    PG_TRY(gather(ctx, from->y.x, 0, 1, rows, n, &to->y.x));
    const pgdp_mat *const in[] = { &from->x, &from->x_low, &from->z };
    pgdp_mat *const out[] = { &to->x, &to->x_low, &to->z };
    for (size_t i = 0; i < sizeof in / sizeof *in; i++) {
        if (in[i]->n_cols == 0) continue;
        out[i]->n_rows = n;
        PG_TRY(gather(ctx, in[i]->x, in[i]->n_rows, in[i]->n_cols, rows, n, &out[i]->x));
    }
    const pgdp_vec *const in_vec[] = { &from->weights, &from->offset, &from->y_low, &from->count };
    pgdp_vec *const out_vec[] = { &to->weights, &to->offset, &to->y_low, &to->count };
    for (size_t i = 0; i < sizeof in_vec / sizeof *in_vec; i++) {
        if (in_vec[i]->n == 0) continue;
        out_vec[i]->n = n;
        PG_TRY(gather(ctx, in_vec[i]->x, 0, 1, rows, n, &out_vec[i]->x));
    }
    PG_TRY(gather_mean(ctx, from, rows, to));
    PG_TRY(gather_panel(ctx, from, rows, copy, n, to));
    return gather_effects(ctx, from, rows, n, to);
}

pgdp_status pg_refit_drawn(pgdp_ctx *ctx, const pgdp_fit *fit, const size_t *rows, const size_t *copy, size_t n,
                           double *estimate)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_design d;
    if (n <= fit->n_terms)
        return pg_fail(ctx, PGDP_TOO_FEW_OBS, "%zu rows drawn are too few for %zu terms", n, fit->n_terms);
    PG_TRY(take_rows(ctx, fit->design, rows, copy, n, &d));
    const pgdp_status status = pg_refit_design(ctx, fit, &d, estimate);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

pgdp_status pg_fit_refit(pgdp_ctx *ctx, const pgdp_fit *fit, const size_t *rows, size_t n, double *estimate)
{
    return pg_refit_drawn(ctx, fit, rows, NULL, n, estimate);
}

pgdp_status pg_fit_refit_outcome(pgdp_ctx *ctx, const pgdp_fit *fit, const double *y, double *estimate)
{
    pgdp_design d = *fit->design;
    d.y.x = y;
    d.y_low = (pgdp_vec){ NULL, 0 };
    return pg_refit_design(ctx, fit, &d, estimate);
}
