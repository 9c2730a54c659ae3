/* glance.c  A model's summary and its terms' lines. Source: Greene (2018), Econometric Analysis, ch. 3, 5, 14.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Information criteria count the coefficients (cut points too), not sigma. The statistic is the classical F for the iid
 * covariance of a linear model, the Wald F with (df, df of its t) for its other covariances, and the likelihood ratio
 * against the model without regressors for maximum likelihood, whatever the covariance. */
#include "stats/glance.h"

#include "core/text.h"
#include "stats/linalg.h"

#include <math.h>

void pg_glance_clear(pgdp_glance *glance)
{
    const double nan = (double)NAN;
    *glance = (pgdp_glance){ .r_squared = nan,
                             .adj_r_squared = nan,
                             .within_r_squared = nan,
                             .sigma = nan,
                             .statistic = nan,
                             .p_value = nan,
                             .df = nan,
                             .df_residual = nan,
                             .log_lik = nan,
                             .log_lik_null = nan,
                             .aic = nan,
                             .bic = nan,
                             .deviance = nan,
                             .nobs = nan };
}

/* The last q terms in the basis of the scores, V = root meat root' and root upper triangular: z = root22^-1 b2, so that
 * b2' V22^-1 b2 = z' meat22^-1 z, where meat22 has kept the digits that V22 lost to nearly collinear terms. */
static void in_basis_of_scores(const pgdp_fit *fit, size_t q, double *b, pg_matrix v)
{
    const size_t k = fit->n_terms, first = k - q;
    for (size_t j = 0; j < q; j++) {
        b[j] = fit->estimate[first + j];
        for (size_t i = 0; i <= j; i++)
            v.x[i + j * v.stride] = fit->meat[first + i + (first + j) * k];
    }
    pg_solve_upper(pg_matrix_view(fit->root + first + first * k, q, q, k), false, b);
}

/* The terms but the constant. */
static size_t in_basis_of_terms(const pgdp_fit *fit, const pgdp_design *d, double *b, pg_matrix v)
{
    const size_t k = fit->n_terms;
    size_t q = 0;
    for (size_t j = 0; j < fit->n_slopes; j++) {
        if (j == d->constant) continue;
        b[q] = fit->estimate[j];
        for (size_t i = 0, p = 0; i <= j; i++)
            if (i != d->constant) v.x[p++ + q * v.stride] = fit->vcov[i + j * k];
        q++;
    }
    return q;
}

/* b' V^-1 b over the slopes but the constant, NaN when V is singular. V is scaled to a unit diagonal first. */
static pgdp_status wald(pgdp_ctx *ctx, const pgdp_design *d, const pgdp_fit *fit, double *out)
{
    const bool basis = fit->root != NULL && fit->meat != NULL && (d->constant == 0 || d->constant == PGDP_NONE);
    size_t q = fit->n_slopes - (d->constant != PGDP_NONE);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pg_matrix v = pg_matrix_new(&ctx->scratch, fit->n_slopes, fit->n_slopes);
    double *b;
    if (v.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, b, pg_arena_alloc(&ctx->scratch, fit->n_slopes, sizeof *b));
    if (basis)
        in_basis_of_scores(fit, q, b, v);
    else
        q = in_basis_of_terms(fit, d, b, v);
    *out = pg_inverse_form((pg_matrix){ v.x, q, q, v.stride }, b);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

static const double rounding_of_squares = 1e-26; /* residuals below 1e-13 of the outcome's spread are rounding */

/* A fit without residuals has coefficients and nothing to infer from. */
static void note_perfect(pgdp_fit *fit)
{
    const double nan = (double)NAN;
    const pgdp_diagnostic line = { .name = "perfect_fit",
                                   .title = "the residuals are rounding: no statistic or p-value has a meaning",
                                   .statistic = nan,
                                   .df = nan,
                                   .df2 = nan,
                                   .p_value = nan };
    fit->perfect = true;
    fit->glance.log_lik = fit->glance.aic = fit->glance.bic = nan;
    pg_fit_add_diagnostic(fit, &line);
}

static pgdp_status complete_linear(pgdp_ctx *ctx, const pgdp_design *d, pgdp_fit *fit)
{
    pgdp_glance *g = &fit->glance;
    const double explained = (fit->tss_within > 0 ? fit->tss_within : fit->tss) - fit->ssr;
    g->sigma = fit->penalised ? sqrt(fit->dispersion) : sqrt(fit->ssr / g->df_residual);
    if (fit->penalised && !(g->sigma > 0)) g->sigma = (double)NAN;
    if (!fit->penalised && !fit->normal && fit->residual != NULL && fit->ssr <= rounding_of_squares * fit->tss)
        note_perfect(fit);
    if (!(fit->tss > 0) && !fit->normal) return PGDP_OK; /* a constant outcome: nothing to explain */
    if (fit->tss > 0) g->r_squared = 1 - fit->ssr / fit->tss;
    if (fit->tss_within > 0) g->within_r_squared = 1 - fit->ssr / fit->tss_within;
    if (fit->penalised) return PGDP_OK;
    const bool centred = d->constant != PGDP_NONE || fit->n_absorbed > 0;
    g->adj_r_squared = 1 - (1 - g->r_squared) * (fit->nobs - centred) / g->df_residual;
    if (!(g->df > 0) || fit->perfect) return PGDP_OK;
    if (pg_streq(fit->covariance->name, "iid") && !fit->wald_only) {
        g->statistic = explained / g->df / (fit->ssr / g->df_residual);
    } else {
        PG_TRY(wald(ctx, d, fit, &g->statistic));
        g->statistic /= g->df;
    }
    g->p_value = pgdp_f_upper(g->statistic, g->df, fit->vcov_df);
    g->test = "F";
    return PGDP_OK;
}

/* The likelihood ratio against the model without regressors; it supposes that the likelihood is right, so a covariance
 * that does not has Wald's statistic beside it. With absorbed effects, whose own likelihood is not at hand, Wald's
 * alone.
 */
static pgdp_status complete_likelihood(pgdp_ctx *ctx, const pgdp_design *d, pgdp_fit *fit)
{
    pgdp_glance *g = &fit->glance;
    pgdp_diagnostic wald_line = { .name = "wald_chi2",
                                  .title = "Wald test that all terms but the constant are 0, by the covariance",
                                  .df = g->df,
                                  .df2 = (double)NAN };
    const bool one_equation = !(g->df > (double)fit->n_slopes);
    const bool ratio = fit->n_absorbed == 0;
    g->statistic = 2 * (g->log_lik - g->log_lik_null);
    g->test = "likelihood_ratio";
    if (one_equation && (!ratio || !pg_streq(fit->covariance->name, "iid"))) {
        PG_TRY(wald(ctx, d, fit, &wald_line.statistic));
        wald_line.p_value = pgdp_chisq_upper(wald_line.statistic, g->df);
        if (ratio) pg_fit_add_diagnostic(fit, &wald_line);
    }
    if (!ratio) {
        g->statistic = wald_line.statistic;
        g->test = "wald_chi2";
    }
    g->p_value = pgdp_chisq_upper(g->statistic, g->df);
    return PGDP_OK;
}

pgdp_status pg_glance_complete(pgdp_ctx *ctx, const pgdp_design *d, pgdp_fit *fit)
{
    pgdp_glance *g = &fit->glance;
    const double k = (double)(fit->n_terms + fit->n_absorbed);
    g->nobs = fit->nobs;
    if (isnan(g->df)) g->df = (double)fit->n_slopes - (d->constant != PGDP_NONE);
    g->df_residual = fit->nobs - k;
    if (!fit->penalised) {
        g->aic = 2 * k - 2 * g->log_lik;
        g->bic = k * log(fit->nobs) - 2 * g->log_lik;
    }
    if (!fit->estimator->likelihood) return complete_linear(ctx, d, fit);
    return fit->penalised || !(g->df > 0) ? PGDP_OK : complete_likelihood(ctx, d, fit);
}

pgdp_glance pgdp_fit_glance(const pgdp_fit *fit)
{
    return fit->glance;
}

static bool equal(double a, double b)
{
    return a <= b && a >= b;
}

static double width_of(double conf_level, double df, pg_width *last)
{
    if (!equal(conf_level, last->conf_level) || !equal(df, last->df))
        *last = (pg_width){ conf_level, df, pgdp_t_upper_quantile((1 - conf_level) / 2, df) };
    return last->value;
}

pgdp_tidy pg_fit_tidy(const pgdp_fit *fit, size_t i, double conf_level, pg_width *width)
{
    pgdp_tidy t = { .term = fit->terms[i], .estimate = fit->estimate[i] };
    const double df = fit->term_df != NULL ? fit->term_df[i] : fit->vcov_df;
    const double half = width_of(conf_level, df, width);
    const bool own = fit->conf_low != NULL && fabs(conf_level - fit->conf_level) < 1e-12;
    t.std_error = sqrt(fit->vcov[i + i * fit->n_terms]);
    t.df = df;
    t.statistic = fit->perfect ? (double)NAN : t.estimate / t.std_error;
    t.p_value = fit->p_value != NULL ? fit->p_value[i] : 2 * pgdp_t_upper(fabs(t.statistic), df);
    t.conf_low = own ? fit->conf_low[i] : t.estimate - half * t.std_error;
    t.conf_high = own ? fit->conf_high[i] : t.estimate + half * t.std_error;
    return t;
}

pgdp_tidy pgdp_fit_tidy(const pgdp_fit *fit, size_t i, double conf_level)
{
    pg_width width = { 0 };
    return pg_fit_tidy(fit, i, conf_level, &width);
}
