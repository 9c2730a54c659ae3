/* est_enet.c  Elastic net: penalised.h has the objective. Source: Zou & Hastie (2005), J. R. Stat. Soc. B 67(2),
 * equation 3, as in Friedman, Hastie & Tibshirani (2010). SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/estimators.h"
#include "stats/penalised.h"

#include <stddef.h>

static const pgdp_option rows[] = {
    { "alpha", PGDP_OPTION_REAL, offsetof(pg_penalised_options, alpha), 0.5, 0, 1, NULL,
      "share of |b| in the penalty: 1 the lasso, 0 ridge" },
    PG_PENALISED_ROWS,
    { .name = NULL },
};

static pgdp_status fit_enet(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *out)
{
    return pg_penalised_fit(ctx, d, settings, false, out);
}

const pgdp_estimator pg_est_enet = {
    .name = "enet",
    .title = "Elastic net",
    .source = "Zou & Hastie (2005), J. R. Stat. Soc. B 67(2), equation 3, as in Friedman, Hastie & Tibshirani (2010)",
    .options = rows,
    .options_size = sizeof(pg_penalised_options),
    .vcov = "none",
    .absorb = PGDP_ABSORB_PARTIAL_OUT,
    .fit = fit_enet,
};
