/* est_lasso.c  Lasso: penalised.h has the objective. Source: Tibshirani (1996), J. R. Stat. Soc. B 58(1), equation 1.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/estimators.h"
#include "stats/penalised.h"

#include <stddef.h>

static const pgdp_option rows[] = {
    PG_PENALISED_ROWS,
    { .name = NULL },
};

static pgdp_status fit_lasso(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *out)
{
    pg_penalised_options o = *(const pg_penalised_options *)settings;
    o.alpha = 1;
    return pg_penalised_fit(ctx, d, &o, false, out);
}

const pgdp_estimator pg_est_lasso = {
    .name = "lasso",
    .title = "Lasso",
    .source = "Tibshirani (1996), J. R. Stat. Soc. B 58(1), equation 1",
    .options = rows,
    .options_size = sizeof(pg_penalised_options),
    .vcov = "none",
    .absorb = PGDP_ABSORB_PARTIAL_OUT,
    .fit = fit_lasso,
};
