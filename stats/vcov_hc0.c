/* vcov_hc0.c  Heteroskedasticity-consistent covariance without a small-sample factor.
 * Source: White (1980), Econometrica 48, equation 9.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/hc.h"
#include "stats/vcovs.h"

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *design, const void *options, pgdp_fit *fit)
{
    (void)options;
    return pg_hc_compute(ctx, design, NULL, false, fit);
}

const pgdp_vcov pg_vcov_hc0 = {
    .name = "HC0",
    .title = "Heteroskedasticity-consistent covariance without a small-sample factor",
    .source = "White (1980), Econometrica 48, equation 9",
    .compute = compute,
};
