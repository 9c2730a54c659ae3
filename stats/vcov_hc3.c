/* vcov_hc3.c  Heteroskedasticity-consistent covariance with squared residuals over (1 - h)^2.
 * Source: Davidson & MacKinnon (1993), Estimation and Inference in Econometrics, section 16.3.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/hc.h"
#include "stats/vcovs.h"

static double weight(double h, double k, double n)
{
    (void)k, (void)n;
    return 1 / ((1 - h) * (1 - h));
}

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *design, const void *options, pgdp_fit *fit)
{
    (void)options;
    return pg_hc_compute(ctx, design, weight, false, fit);
}

const pgdp_vcov pg_vcov_hc3 = {
    .name = "HC3",
    .title = "Heteroskedasticity-consistent covariance with squared residuals over (1 - h)^2",
    .source = "Davidson & MacKinnon (1993), Estimation and Inference in Econometrics, section 16.3",
    .compute = compute,
};
