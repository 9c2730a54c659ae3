/* vcov_nid.c  Quantile regression with errors not identically distributed: densities from differences of quantiles.
 * Source: Hendricks & Koenker (1992), J. Am. Stat. Assoc. 87(417), section 3; as quantreg's summary.rq(se = "nid").
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * f_i = 2h / (x_i (b(tau + h) - b(tau - h))), 0 where the quantiles cross; V = tau (1 - tau) H^-1 X'X H^-1, H = X'f X.
 */
#include "core/text.h"
#include "stats/fit.h"
#include "stats/quantile.h"
#include "stats/vcovs.h"

#include <math.h>

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *design, const void *options, pgdp_fit *fit)
{
    (void)options;
    pg_quantile low, high;
    double *density, crossed = 0;
    const size_t n = design->y.n, k = fit->n_terms;
    if (!pg_streq(fit->estimator->name, "quantile"))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "covariance nid is for method quantile, not %s; choose HC1",
                       fit->estimator->name);
    const double tau = ((const pg_quantile_options *)fit->options)->tau;
    const double h = pg_quantile_bandwidth_within(tau, fit->nobs);
    PG_TRY_ALLOC(ctx, density, pg_arena_alloc(&ctx->scratch, n, sizeof *density));
    PG_TRY(pg_quantile_solve(ctx, design, tau - h, &low));
    PG_TRY(pg_quantile_solve(ctx, design, tau + h, &high));
    for (size_t i = 0; i < n; i++) {
        double distance = 0, size = 0;
        for (size_t j = 0; j < k; j++) {
            distance += design->x.x[i + j * n] * (high.estimate[j] - low.estimate[j]);
            size += fabs(design->x.x[i + j * n]) * (fabs(high.estimate[j]) + fabs(low.estimate[j]));
        }
        if (!(fabs(distance) > 1e-12 * size)) distance = 0; /* both quantiles pass through the row: rounding alone */
        if (design->weight_kind != PGDP_FREQUENCY) distance *= pg_design_weight(design, i);
        if (distance > 0)
            density[i] = 2 * h / distance;
        else
            crossed++;
    }
    PG_TRY(pg_quantile_bread(ctx, design, density, fit->bread));
    pg_fit_add_factor(fit, "h", h);
    pg_fit_add_factor(fit, "rows where quantiles cross", crossed);
    return pg_quantile_sandwich(ctx, design, tau, fit->bread, fit->vcov);
}

const pgdp_vcov pg_vcov_nid = {
    .name = "nid",
    .title = "Hendricks-Koenker covariance of quantile regression",
    .source = "Hendricks & Koenker (1992), J. Am. Stat. Assoc. 87(417), section 3",
    .compute = compute,
};
