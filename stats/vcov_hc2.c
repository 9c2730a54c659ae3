/* vcov_hc2.c  Heteroskedasticity-consistent covariance with squared residuals over 1 - h.
 * Source: Horn, Horn & Duncan (1975), JASA 70; MacKinnon & White (1985), J. Econometrics 29.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/hc.h"
#include "stats/vcovs.h"

static double weight(double h, double k, double n)
{
    (void)k, (void)n;
    return 1 / (1 - h);
}

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *design, const void *options, pgdp_fit *fit)
{
    (void)options;
    return pg_hc_compute(ctx, design, weight, false, fit);
}

const pgdp_vcov pg_vcov_hc2 = {
    .name = "HC2",
    .title = "Heteroskedasticity-consistent covariance with squared residuals over 1 - h",
    .source = "Horn, Horn & Duncan (1975), JASA 70; MacKinnon & White (1985), J. Econometrics 29",
    .compute = compute,
};
