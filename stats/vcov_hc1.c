/* vcov_hc1.c  Heteroskedasticity-consistent covariance times N/(N-K).
 * Source: MacKinnon & White (1985), J. Econometrics 29, section 2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/hc.h"
#include "stats/vcovs.h"

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *design, const void *options, pgdp_fit *fit)
{
    (void)options;
    return pg_hc_compute(ctx, design, NULL, true, fit);
}

const pgdp_vcov pg_vcov_hc1 = {
    .name = "HC1",
    .title = "Heteroskedasticity-consistent covariance times N/(N-K)",
    .source = "MacKinnon & White (1985), J. Econometrics 29, section 2",
    .compute = compute,
};
