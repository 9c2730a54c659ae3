/* est_fraclogit.c  Fractional logit: a share's mean by quasi-likelihood.
 * Source: Papke & Wooldridge (1996), J. Applied Econometrics 11(6), equations 4 to 6.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * E y = F(x b), F logistic, y in [0, 1]. l = y log F + (1 - y) log(1 - F) has its maximum in expectation at the true b
 * whatever the distribution of y. Covariance iid takes Var y = F (1 - F), a binary outcome's: for shares it is usually
 * too large, so the dispersion that it leaves at 1 is printed; HC0, HC1 and cluster need no such assumption. */
#include "core/number.h"
#include "core/parallel.h"
#include "core/text.h"
#include "stats/estimators.h"
#include "stats/likelihood.h"
#include "stats/logistic.h"

#include <math.h>
#include <stddef.h>

static void row(double y, double eta, const double *cuts, size_t n_cuts, pg_row *out)
{
    (void)cuts, (void)n_cuts;
    const double f = pg_logistic(eta), g = pg_logistic(-eta);
    out->value = y * pg_log_logistic(eta) + (1 - y) * pg_log_logistic(-eta);
    out->eta = y * g - (1 - y) * f;
    out->information = f * g;
}

static bool recedes(double y, double step_eta, const double *step_cuts, double tol, size_t n_cuts)
{
    (void)step_cuts, (void)n_cuts;
    return (y <= 0 || step_eta >= -tol) && (y >= 1 || step_eta <= tol);
}

static const pg_model model = { row, recedes };

static double entropy(double y)
{
    return (y > 0 ? y * log(y) : 0) + (y < 1 ? (1 - y) * log1p(-y) : 0);
}

static pgdp_status check_outcome(pgdp_ctx *ctx, const pgdp_design *d)
{
    char found[PG_NUMBER_SIZE];
    double low = 1, high = 0;
    for (size_t i = 0; i < d->y.n; i++) {
        low = fmin(low, d->y.x[i]);
        high = fmax(high, d->y.x[i]);
        if (d->y.x[i] >= 0 && d->y.x[i] <= 1) continue;
        pg_number_format(d->y.x[i], found);
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "row %zu of the outcome is %s; fraclogit needs a share from 0 to 1, divide by the total", i + 1,
                       found);
    }
    if (high > 0 && low < 1) return PGDP_OK;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "the outcome is %d in every row; fraclogit needs shares that vary", low > 0);
}

/* The share's mean, and the log likelihoods of all rows at it and at the rows' own shares. */
static pgdp_status constant_alone(pgdp_ctx *ctx, const pgdp_design *d, double *mean, double *null, double *saturated)
{
    double *w, *e;
    PG_TRY_ALLOC(ctx, w, pg_arena_alloc(&ctx->scratch, d->y.n, sizeof *w));
    PG_TRY_ALLOC(ctx, e, pg_arena_alloc(&ctx->scratch, d->y.n, sizeof *e));
    for (size_t i = 0; i < d->y.n; i++) {
        w[i] = pg_design_weight(d, i);
        e[i] = entropy(d->y.x[i]);
    }
    const double total = pg_sum(w, d->y.n);
    *mean = pg_dot(w, d->y.x, d->y.n) / total;
    *saturated = pg_dot(w, e, d->y.n);
    *null = total * entropy(*mean);
    return PGDP_OK;
}

/* Equation 8 of the source: the variance over F (1 - F). */
static void add_dispersion(pgdp_fit *out)
{
    const double nan = (double)NAN, chi_squared = out->diagnostics[out->n_diagnostics - 1].statistic;
    const bool iid = out->covariance != NULL && pg_streq(out->covariance->name, "iid");
    pg_fit_add_diagnostic(
        out, &(pgdp_diagnostic){ .name = "dispersion",
                                 .title = "Variance of the share over F (1 - F)",
                                 .statistic = chi_squared / (out->nobs - (double)out->n_terms),
                                 .df = nan,
                                 .df2 = nan,
                                 .p_value = nan,
                                 .note = iid ? "covariance iid takes it as 1; HC0, HC1 or cluster do not" : NULL });
}

typedef struct options {
    double lambda;
} options;

static const pgdp_option rows[] = {
    { "lambda", PGDP_OPTION_REAL, offsetof(options, lambda), 0, 0, 1e12, NULL,
      "ridge penalty lambda/2 * sum (sd_j b_j)^2 on the slopes" },
    { .name = NULL },
};

static pgdp_status fit_fraclogit(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *out)
{
    const options *o = settings;
    pg_maximum maximum;
    double mean, saturated;
    PG_TRY(check_outcome(ctx, d));
    PG_TRY(pg_likelihood_refuse_aw(ctx, d, "fraclogit"));
    PG_TRY(constant_alone(ctx, d, &mean, &out->glance.log_lik_null, &saturated));
    const pg_likelihood problem = {
        .model = &model, .design = d, .lambda = o->lambda, .start_constant = log(mean) - log1p(-mean)
    };
    if (d->offset.n > 0 || d->constant == PGDP_NONE)
        PG_TRY(pg_likelihood_null(ctx, &problem, &out->glance.log_lik_null));
    PG_TRY(pg_likelihood_maximise(ctx, &problem, &maximum));
    PG_TRY(pg_likelihood_fill(ctx, &problem, &maximum, out));
    out->glance.deviance = 2 * (saturated - maximum.log_lik);
    if (out->n_diagnostics > 0) add_dispersion(out); /* a penalised fit has no Pearson statistic */
    return PGDP_OK;
}

const pgdp_estimator pg_est_fraclogit = {
    .name = "fraclogit",
    .title = "Fractional logit",
    .source = "Papke & Wooldridge (1996), J. Applied Econometrics 11(6), equations 4 to 6",
    .options = rows,
    .options_size = sizeof(options),
    .likelihood = true,
    .outcome = PGDP_OUTCOME_NUMBER,
    .fit = fit_fraclogit,
};
