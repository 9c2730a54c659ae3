/* vcov_hc4.c  Heteroskedasticity-consistent covariance with squared residuals over (1 - h)^min(4, N h / K).
 * Source: Cribari-Neto (2004), Comput. Stat. Data Anal. 45, section 2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/hc.h"
#include "stats/vcovs.h"

#include <math.h>

static double weight(double h, double k, double n)
{
    return pow(1 - h, -fmin(4, n * h / k));
}

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *design, const void *options, pgdp_fit *fit)
{
    (void)options;
    return pg_hc_compute(ctx, design, weight, false, fit);
}

const pgdp_vcov pg_vcov_hc4 = {
    .name = "HC4",
    .title = "Heteroskedasticity-consistent covariance with squared residuals over (1 - h)^min(4, N h / K)",
    .source = "Cribari-Neto (2004), Comput. Stat. Data Anal. 45, section 2",
    .compute = compute,
};
