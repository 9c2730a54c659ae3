/* est_iv.c  Two-stage least squares. Source: Theil (1953); Greene (2018), Econometric Analysis, 8th ed., section 8.3.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The working design has the projected regressors, so that every covariance of least squares is one of 2SLS; residuals
 * and their variance are of the regressors themselves, and HC2, HC3, HC4 take the leverages of the second stage. */
#include "stats/estimators.h"
#include "stats/instruments.h"

static const pgdp_option rows[] = {
    { .name = NULL },
};

static pgdp_status fit_iv(pgdp_ctx *ctx, const pgdp_design *d, const void *options, pgdp_fit *out)
{
    (void)options;
    pg_instruments *in;
    PG_TRY(pg_instruments_new(ctx, d, out, &in));
    return pg_iv_two_stage(ctx, in, out);
}

const pgdp_estimator pg_est_iv = {
    .name = "iv",
    .title = "Two-stage least squares",
    .source = "Theil (1953), Central Planning Bureau; Greene (2018), Econometric Analysis, equations 8-9 to 8-11",
    .options = rows,
    .absorb = PGDP_ABSORB_PARTIAL_OUT,
    .instrumental = true,
    .fit = fit_iv,
};
