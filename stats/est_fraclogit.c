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

static bool is_share(double y)
{
    return y >= 0 && y <= 1;
}

static pgdp_status check_outcome(pgdp_ctx *ctx, const pg_likelihood *q)
{
    char found[PG_NUMBER_SIZE];
    pg_outcomes o;
    PG_TRY(pg_likelihood_outcomes(ctx, q, is_share, &o));
    if (o.row != PGDP_NONE) {
        pg_number_format(o.found, found);
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "row %zu of the outcome is %s; fraclogit needs a share from 0 to 1, divide by the total",
                       o.row + 1, found);
    }
    if (o.highest > 0 && o.lowest < 1) return PGDP_OK;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "the outcome is %d in every row; fraclogit needs shares that vary",
                   o.lowest > 0);
}

/* w, w y and the log likelihood at the row's own share. */
static void add_alone(const void *user, const pg_tile_rows *rows, const double *eta, double *sums)
{
    (void)user, (void)eta;
    for (size_t i = 0; i < rows->n; i++) {
        const double w = pg_tile_weight(rows, i);
        sums[0] += w;
        sums[1] += w * rows->y[i];
        sums[2] += w * entropy(rows->y[i]);
    }
}

/* The share's mean, and the log likelihoods of all rows at it and at the rows' own shares. */
static pgdp_status constant_alone(pgdp_ctx *ctx, const pg_likelihood *q, double *mean, double *null, double *saturated)
{
    double sums[3];
    PG_TRY(pg_likelihood_add_up(ctx, q, NULL, &(pg_likelihood_sum){ add_alone, NULL, 3 }, sums));
    *mean = sums[1] / sums[0];
    *saturated = sums[2];
    *null = sums[0] * entropy(*mean);
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
    pg_likelihood problem = { .model = &model, .design = d, .behind = out->behind, .lambda = o->lambda };
    PG_TRY(check_outcome(ctx, &problem));
    PG_TRY(pg_likelihood_refuse_aw(ctx, d, "fraclogit"));
    PG_TRY(constant_alone(ctx, &problem, &mean, &out->glance.log_lik_null, &saturated));
    problem.start_constant = log(mean) - log1p(-mean);
    if (pg_likelihood_has_offset(&problem) || d->constant == PGDP_NONE)
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
