/* vcov_cr2.c  Cluster-robust covariance, unbiased when errors are independent with one variance, with Satterthwaite's
 * degrees of freedom for each term. Source: Bell & McCaffrey (2002), Survey Methodology 28(2); Pustejovsky & Tipton
 * (2018), J. Bus. Econ. Stat. 36(4), equations 6 and 11. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cluster.h"
#include "stats/vcovs.h"

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *design, const void *options, pgdp_fit *fit)
{
    (void)options;
    return pg_cluster_adjusted(ctx, design, (pg_adjustment){ .power = 0.5, .satterthwaite = true }, fit);
}

const pgdp_vcov pg_vcov_cr2 = {
    .name = "cr2",
    .title = "Bias-reduced cluster-robust covariance (CR2), Satterthwaite degrees of freedom",
    .source =
        "Bell & McCaffrey (2002), Survey Methodology 28(2); Pustejovsky & Tipton (2018), J. Bus. Econ. Stat. 36(4), "
        "equations 6 and 11",
    .clusters = true,
    .compute = compute,
};
