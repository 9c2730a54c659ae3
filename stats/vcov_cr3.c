/* vcov_cr3.c  Cluster-robust covariance by the jackknife: sum over clusters of (b_g - b)(b_g - b)', b_g the estimate
 * without cluster g. Source: Bell & McCaffrey (2002), Survey Methodology 28(2); MacKinnon, Nielsen & Webb (2023), J.
 * Appl. Econometrics 38(5), equation 14 without its factor (G-1)/G. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cluster.h"
#include "stats/vcovs.h"

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *design, const void *options, pgdp_fit *fit)
{
    (void)options;
    return pg_cluster_adjusted(ctx, design, (pg_adjustment){ .power = 1 }, fit);
}

const pgdp_vcov pg_vcov_cr3 = {
    .name = "cr3",
    .title = "Cluster jackknife covariance (CR3)",
    .source =
        "Bell & McCaffrey (2002), Survey Methodology 28(2); MacKinnon, Nielsen & Webb (2023), J. Appl. Econometrics "
        "38(5)",
    .clusters = true,
    .compute = compute,
};
