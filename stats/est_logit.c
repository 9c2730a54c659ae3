/* est_logit.c  Binary logit. Source: Greene (2018), Econometric Analysis, 8th ed., equations 17-20 to 17-22.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * P(y = 1) = F(x b), F logistic. l = log F(s eta) with s = 1 for y = 1 and -1 for y = 0. */
#include "stats/estimators.h"
#include "stats/likelihood.h"
#include "stats/logistic.h"

typedef struct options {
    double lambda;
} options;

static const pgdp_option rows[] = {
    { "lambda", PGDP_OPTION_REAL, offsetof(options, lambda), 0, 0, 1e12, NULL,
      "ridge penalty lambda/2 * sum (sd_j b_j)^2 on the slopes" },
    { .name = NULL },
};

static void row(double y, double eta, const double *cuts, size_t n_cuts, pg_row *out)
{
    (void)cuts, (void)n_cuts;
    const double sign = y > 0 ? 1 : -1;
    out->value = pg_log_logistic(sign * eta);
    out->eta = sign * pg_logistic(-sign * eta);
    out->information = pg_logistic(eta) * pg_logistic(-eta);
}

static bool recedes(double y, double step_eta, const double *step_cuts, double tol, size_t n_cuts)
{
    (void)step_cuts, (void)n_cuts;
    return (y > 0 ? step_eta : -step_eta) >= -tol;
}

static const pg_model model = { row, recedes };

static pgdp_status check_outcome(pgdp_ctx *ctx, const pgdp_design *d)
{
    size_t n_ones = 0;
    for (size_t i = 0; i < d->y.n; i++) {
        const bool one = d->y.x[i] >= 1;
        if ((one && d->y.x[i] > 1) || (!one && (d->y.x[i] > 0 || d->y.x[i] < 0)))
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "row %zu of the outcome is neither 0 nor 1, as logit needs", i + 1);
        n_ones += one;
    }
    if (n_ones > 0 && n_ones < d->y.n) return PGDP_OK;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "the outcome is %d in every row; logit needs both 0 and 1", n_ones > 0);
}

static pgdp_status fit_logit(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *out)
{
    const options *o = settings;
    pg_maximum maximum;
    double shares[2];
    PG_TRY(check_outcome(ctx, d));
    if (d->weight_kind == PGDP_ANALYTIC)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "logit has no error variance for analytic weights to scale; use fw or pw");
    out->glance.log_lik_null = pg_likelihood_of_shares(d, 2, shares);
    if (d->constant == PGDP_NONE) out->glance.log_lik_null = -log(2) * out->nobs;
    const pg_likelihood problem = {
        .model = &model, .design = d, .lambda = o->lambda, .start_constant = log(shares[1] / shares[0])
    };
    PG_TRY(pg_likelihood_maximise(ctx, &problem, &maximum));
    return pg_likelihood_fill(ctx, &problem, &maximum, out);
}

const pgdp_estimator pg_est_logit = {
    .name = "logit",
    .title = "Binary logit",
    .source =
        "Greene (2018), Econometric Analysis, equations 17-20 to 17-22; ridge: le Cessie & van Houwelingen (1992)",
    .options = rows,
    .options_size = sizeof(options),
    .likelihood = true,
    .outcome = PGDP_OUTCOME_BINARY,
    .fit = fit_logit,
};
