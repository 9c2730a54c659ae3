/* vcov_iid.c  Independent errors of one variance; for maximum likelihood the inverse of the observed information.
 * Source: Greene (2018), Econometric Analysis, equations 4-28 and 14-18.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/fit.h"
#include "stats/vcovs.h"

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *design, const void *options, pgdp_fit *fit)
{
    (void)options;
    const size_t k = fit->n_terms;
    if (design->weight_kind == PGDP_PROBABILITY)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance iid does not hold under probability weights; choose HC1 or cluster");
    const double sigma2 = fit->estimator->likelihood ? 1 : fit->ssr / (fit->nobs - (double)k);
    if (!fit->estimator->likelihood) pg_fit_add_factor(fit, "sigma^2 = ssr/(N-K)", sigma2);
    for (size_t i = 0; i < k * k; i++)
        fit->vcov[i] = sigma2 * fit->bread[i];
    return PGDP_OK;
}

const pgdp_vcov pg_vcov_iid = {
    .name = "iid",
    .title = "Independent, identically distributed errors",
    .source = "Greene (2018), equations 4-28 (linear), 14-18 (maximum likelihood, observed information)",
    .compute = compute,
};
