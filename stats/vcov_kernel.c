/* vcov_kernel.c  Quantile regression with densities by a normal kernel. Source: Powell (1991), in Barnett, Powell &
 * Tauchen, Nonparametric and Semiparametric Methods in Econometrics; as quantreg's summary.rq(se = "ker").
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "stats/fit.h"
#include "stats/quantile.h"
#include "stats/vcovs.h"

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *design, const void *options, pgdp_fit *fit)
{
    (void)options;
    double *density, bandwidth;
    if (!pg_streq(fit->estimator->name, "quantile"))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "covariance kernel is for method quantile, not %s; choose HC1",
                       fit->estimator->name);
    const double tau = ((const pg_quantile_options *)fit->options)->tau;
    PG_TRY_ALLOC(ctx, density, pg_arena_alloc(&ctx->scratch, design->y.n, sizeof *density));
    PG_TRY(pg_quantile_kernel_density(ctx, design, tau, fit->residual, density, &bandwidth));
    PG_TRY(pg_quantile_bread(ctx, design, density, fit->bread));
    pg_fit_add_factor(fit, "h", pg_quantile_bandwidth_within(tau, fit->nobs));
    pg_fit_add_factor(fit, "kernel bandwidth", bandwidth);
    return pg_quantile_sandwich(ctx, design, tau, fit->bread, fit->vcov);
}

const pgdp_vcov pg_vcov_kernel = {
    .name = "kernel",
    .title = "Powell covariance of quantile regression",
    .source = "Powell (1991), in Barnett, Powell & Tauchen (eds.), section 17.3",
    .compute = compute,
};
