/* likelihood_fill.c  From a maximum of the likelihood to a fit: estimate, bread, scores, summary.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/likelihood.h"

#include <math.h>
#include <string.h>

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

/* Scores at the maximum, in the units of the design. */
static pgdp_status fill_scores(pgdp_ctx *ctx, const pg_likelihood *q, const pg_maximum *maximum, pgdp_fit *fit)
{
    const size_t n = fit->n_rows, k = fit->n_slopes;
    const pgdp_design *d = q->design;
    double *eta, *cut_score;
    PG_TRY_ALLOC(ctx, eta, pg_arena_alloc(&ctx->scratch, n, sizeof *eta));
    PG_TRY_ALLOC(ctx, cut_score, pg_matrix_new(&ctx->scratch, n, fit->n_cuts).x);
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < n; i++)
            eta[i] += d->x.x[i + j * n] * maximum->estimate[j];
    for (size_t i = 0; i < n; i++) {
        pg_row row = { 0 };
        const double w = pg_design_weight(d, i);
        q->model->row(d->y.x[i], eta[i], maximum->estimate + k, fit->n_cuts, &row);
        fit->score[i] = w * row.eta;
        if (fit->n_cuts == 0) continue;
        const size_t category = (size_t)d->y.x[i];
        if (category < fit->n_cuts) cut_score[i + category * n] = w * row.above;
        if (category > 0) cut_score[i + (category - 1) * n] = w * row.below;
    }
    if (fit->n_cuts > 0) fit->cut_score = cut_score;
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
    return fill_scores(ctx, problem, maximum, fit);
}
