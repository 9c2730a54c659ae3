/* vcov_none.c  No covariance: estimates alone, standard errors missing.
 * Source: Potscher & Leeb (2009), J. Multivariate Analysis 100(9), for why penalised estimates have none.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/fit.h"
#include "stats/vcovs.h"

#include <math.h>

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *design, const void *options, pgdp_fit *fit)
{
    (void)ctx, (void)design, (void)options;
    for (size_t i = 0; i < fit->n_terms * fit->n_terms; i++)
        fit->vcov[i] = fit->bread[i] = (double)NAN; /* no bread: the runner then lets the missing variance pass */
    return PGDP_OK;
}

const pgdp_vcov pg_vcov_none = {
    .name = "none",
    .title = "No covariance: estimates alone",
    .source = "Potscher & Leeb (2009), J. Multivariate Analysis 100(9)",
    .compute = compute,
};
