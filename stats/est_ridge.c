/* est_ridge.c  Ridge regression: penalised.h has the objective. Source: Hoerl & Kennard (1970), Technometrics 12(1),
 * equation 2.1. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/estimators.h"
#include "stats/penalised.h"

#include <stddef.h>

static const pgdp_option rows[] = {
    PG_PENALISED_ROWS,
    { .name = NULL },
};

static pgdp_status fit_ridge(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *out)
{
    pg_penalised_options o = *(const pg_penalised_options *)settings;
    o.alpha = 0;
    return pg_penalised_fit(ctx, d, &o, true, out);
}

const pgdp_estimator pg_est_ridge = {
    .name = "ridge",
    .title = "Ridge regression",
    .source = "Hoerl & Kennard (1970), Technometrics 12(1), equation 2.1",
    .options = rows,
    .options_size = sizeof(pg_penalised_options),
    .absorb = PGDP_ABSORB_PARTIAL_OUT,
    .fit = fit_ridge,
};
