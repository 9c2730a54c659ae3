/* likelihood_fill.c  From a maximum of the likelihood to a fit: estimate, bread, scores, summary.
 * Source: McFadden (1974), in Frontiers in Econometrics, ch. 4 (his r-squared).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/likelihood.h"

#include "core/parallel.h"
#include "stats/means.h"

#include <math.h>
#include <string.h>

enum { BLOCK_ROWS = 4096 };

double pg_likelihood_of_shares(const pgdp_design *d, size_t n_categories, double *shares)
{
    double total = 0, log_lik = 0;
    memset(shares, 0, n_categories * sizeof *shares);
    for (size_t i = 0; i < d->y.n; i++)
        shares[(size_t)d->y.x[i]] += pg_design_weight(d, i);
    for (size_t j = 0; j < n_categories; j++)
        total += shares[j];
    for (size_t j = 0; j < n_categories; j++) {
        const double n = shares[j];
        shares[j] = n / total;
        if (n > 0) log_lik += n * log(shares[j]);
    }
    return log_lik;
}

pgdp_status pg_likelihood_refuse_aw(pgdp_ctx *ctx, const pgdp_design *d, const char *method)
{
    if (d->weight_kind != PGDP_ANALYTIC) return PGDP_OK;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s has no error variance for analytic weights to scale; use fw or pw",
                   method);
}

/* eta of a block of rows. */
typedef struct reaching {
    const pgdp_design *d;
    const double *b;
    double *eta;
} reaching;

static pgdp_status eta_block(pgdp_ctx *ctx, void *user, size_t block)
{
    (void)ctx;
    const reaching *r = user;
    const pgdp_design *d = r->d;
    const pg_range rows = pg_block_range(d->y.n, BLOCK_ROWS, block);
    for (size_t j = 0; j < d->x.n_cols; j++)
        for (size_t i = rows.first; i < rows.end; i++)
            r->eta[i] += d->x.x[i + j * d->y.n] * r->b[j];
    for (size_t i = rows.first; i < rows.end && d->offset.n > 0; i++)
        r->eta[i] += d->offset.x[i];
    return PGDP_OK;
}

pgdp_status pg_likelihood_eta(pgdp_ctx *ctx, const pgdp_design *d, const double *b, double **out)
{
    double *eta;
    PG_TRY_ALLOC(ctx, eta, pg_arena_alloc(&ctx->scratch, d->y.n, sizeof *eta));
    reaching r = { d, b, eta };
    *out = eta;
    return pg_parallel(ctx, NULL, pg_n_blocks(d->y.n, BLOCK_ROWS), eta_block, &r);
}

/* Scores at the maximum, in the units of the design. */
typedef struct scoring {
    const pg_likelihood *q;
    const pg_maximum *maximum;
    const double *eta;
    double *cut_score;
    pgdp_fit *fit;
} scoring;

static pgdp_status score_block(pgdp_ctx *ctx, void *user, size_t block)
{
    (void)ctx;
    const scoring *s = user;
    const pgdp_design *d = s->q->design;
    const size_t n = s->fit->n_rows, k = s->fit->n_slopes, n_cuts = s->fit->n_cuts;
    const pg_range rows = pg_block_range(n, BLOCK_ROWS, block);
    for (size_t i = rows.first; i < rows.end; i++) {
        pg_row row = { 0 };
        const double w = pg_design_weight(d, i);
        s->q->model->row(d->y.x[i], s->eta[i], s->maximum->estimate + k, n_cuts, &row);
        s->fit->score[i] = w * row.eta;
        if (n_cuts == 0) continue;
        const size_t category = (size_t)d->y.x[i];
        if (category < n_cuts) s->cut_score[i + category * n] = w * row.above;
        if (category > 0) s->cut_score[i + (category - 1) * n] = w * row.below;
    }
    return PGDP_OK;
}

static pgdp_status fill_scores(pgdp_ctx *ctx, const pg_likelihood *q, const pg_maximum *maximum, pgdp_fit *fit)
{
    double *eta, *cut_score;
    if (q->behind != NULL) { /* of rows that are elsewhere: x b of those that stand for them */
        memset(fit->score, 0, fit->n_rows * sizeof *fit->score);
        for (size_t j = 0; j < fit->n_slopes; j++)
            for (size_t i = 0; i < fit->n_rows; i++)
                fit->score[i] += q->design->x.x[i + j * fit->n_rows] * maximum->estimate[j];
        fit->row_model = q->model;
        return PGDP_OK;
    }
    PG_TRY(pg_likelihood_eta(ctx, q->design, maximum->estimate, &eta));
    PG_TRY_ALLOC(ctx, cut_score, pg_matrix_new(&ctx->scratch, fit->n_rows, fit->n_cuts).x);
    scoring s = { q, maximum, eta, cut_score, fit };
    PG_TRY(pg_parallel(ctx, NULL, pg_n_blocks(fit->n_rows, BLOCK_ROWS), score_block, &s));
    if (fit->n_cuts > 0) fit->cut_score = cut_score;
    return PGDP_OK;
}

void pg_likelihood_add_mcfadden(pgdp_fit *fit)
{
    const double nan = (double)NAN, r_squared = 1 - fit->glance.log_lik / fit->glance.log_lik_null;
    if (fit->penalised || !isfinite(r_squared)) return;
    pg_fit_add_diagnostic(fit, &(pgdp_diagnostic){ .name = "mcfadden_r_squared",
                                                   .title = "McFadden's r-squared, 1 - log_lik / log_lik_null",
                                                   .statistic = r_squared,
                                                   .df = nan,
                                                   .df2 = nan,
                                                   .p_value = nan });
}

void pg_likelihood_add_pearson(pgdp_fit *fit, double chi_squared)
{
    const double nan = (double)NAN;
    pg_fit_add_diagnostic(fit, &(pgdp_diagnostic){ .name = "pearson_chi_squared",
                                                   .title = "Pearson's chi-square, squared residuals over variances",
                                                   .statistic = chi_squared,
                                                   .df = fit->nobs - (double)fit->n_terms,
                                                   .df2 = nan,
                                                   .p_value = nan });
}

static void add_pearson(const void *user, const pg_tile_rows *rows, const double *eta, double *sums)
{
    const pg_mean_kind *kind = user;
    double part[PG_TILE];
    for (size_t i = 0; i < rows->n; i++) {
        const double residual = rows->y[i] - kind->curve(eta[i]).value, variance = kind->variance(eta[i]);
        const bool certain = !(variance > 0) && !(fabs(residual) > 0);
        part[i] = certain ? 0 : pg_tile_weight(rows, i) * residual * (residual / variance);
    }
    sums[0] += pg_sum(part, rows->n);
}

pgdp_status pg_likelihood_pearson(pgdp_ctx *ctx, const pg_likelihood *q, pgdp_fit *fit)
{
    const pg_mean_kind *kind = pg_mean_kind_of(fit->estimator->name);
    double chi_squared;
    if (fit->penalised || kind == NULL || kind->variance == NULL) return PGDP_OK;
    PG_TRY(pg_likelihood_add_up(ctx, q, fit->estimate, &(pg_likelihood_sum){ add_pearson, kind, 1 }, &chi_squared));
    pg_likelihood_add_pearson(fit, chi_squared);
    return PGDP_OK;
}

pgdp_status pg_likelihood_fill(pgdp_ctx *ctx, const pg_likelihood *problem, const pg_maximum *maximum, pgdp_fit *fit)
{
    const size_t p = fit->n_terms;
    memcpy(fit->estimate, maximum->estimate, p * sizeof *fit->estimate);
    memcpy(fit->bread, maximum->bread, p * p * sizeof *fit->bread);
    fit->penalised = problem->lambda > 0;
    fit->glance.log_lik = maximum->log_lik;
    fit->glance.deviance = -2 * maximum->log_lik;
    fit->certificate = (pgdp_certificate){ .condition_number = maximum->condition,
                                           .digits = maximum->digits,
                                           .solver = "newton",
                                           .refinements = maximum->iterations };
    const pg_mean_kind *kind = pg_mean_kind_of(fit->estimator->name);
    if (kind != NULL && kind->canonical && !fit->penalised) fit->expected = fit->bread;
    pg_likelihood_add_mcfadden(fit);
    PG_TRY(pg_likelihood_pearson(ctx, problem, fit));
    return fill_scores(ctx, problem, maximum, fit);
}
