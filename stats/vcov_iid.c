/* vcov_iid.c  Independent errors of one variance; for maximum likelihood the inverse of the information.
 * Source: Greene (2018), Econometric Analysis, equations 4-28 and 14-18; Efron & Hinkley (1978), Biometrika 65(3), for
 * observed against expected information.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/fit.h"
#include "stats/vcovs.h"

enum { OBSERVED, EXPECTED };

typedef struct options {
    int information;
} options;

static const char *const informations[] = { "observed", "expected", NULL };

static const pgdp_option rows[] = {
    { "information", PGDP_OPTION_CHOICE, offsetof(options, information), OBSERVED, 0, 1, informations,
      "of maximum likelihood: the inverse of the observed (minus the second derivatives) or of the expected" },
    { .name = NULL },
};

/* sigma^2 of linear models, with its name among the factors. */
static double variance(pgdp_fit *fit)
{
    if (fit->dispersion > 0) {
        pg_fit_add_factor(fit, "dispersion", fit->dispersion);
        return fit->dispersion;
    }
    const bool k_adj = pg_switch_on(fit->ssc.k_adj, true);
    const double df = k_adj ? pg_ssc_residual_df(fit) : fit->nobs, sigma2 = fit->ssr / df;
    if (fit->n_absorbed > 0 && k_adj) pg_fit_add_factor(fit, "K", fit->nobs - df);
    pg_fit_add_factor(fit, k_adj ? "sigma^2 = ssr/(N-K)" : "sigma^2 = ssr/N", sigma2);
    return sigma2;
}

static pgdp_status choose_bread(pgdp_ctx *ctx, const options *o, const pgdp_fit *fit, const double **out)
{
    *out = fit->bread;
    if (o->information == OBSERVED) return PGDP_OK;
    if (fit->expected == NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance iid: method %s has no expected information beside the observed; leave "
                       "information=expected out",
                       fit->estimator->name);
    *out = fit->expected;
    return PGDP_OK;
}

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *design, const void *settings, pgdp_fit *fit)
{
    const size_t k = fit->n_terms;
    const double *bread;
    double factor = 1;
    if (design->weight_kind == PGDP_PROBABILITY)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance iid does not hold under probability weights; choose HC1 or cluster");
    PG_TRY(choose_bread(ctx, settings, fit, &bread));
    pg_ssc_rule rule = { .clustered = true, .t_df = PG_T_DEFAULT };
    if (fit->estimator->likelihood) {
        if (fit->dispersion > 0) factor = variance(fit);
        factor *= pg_ssc_apply(fit, &rule);
    } else {
        factor = variance(fit);
        pg_ssc_set_df(fit, &rule);
    }
    for (size_t i = 0; i < k * k; i++)
        fit->vcov[i] = factor * bread[i];
    return pg_sandwich_keep(ctx, fit, &(pg_sandwich){ .basis = PG_BASIS_TERMS, .side = bread, .factor = factor });
}

const pgdp_vcov pg_vcov_iid = {
    .name = "iid",
    .title = "Independent, identically distributed errors",
    .source = "Greene (2018), equations 4-28 (linear), 14-18 (maximum likelihood, observed information)",
    .options = rows,
    .options_size = sizeof(options),
    .compute = compute,
};
