/* cluster.h  Sums of scores by cluster, as they are and adjusted for leverage.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_CLUSTER_H
#define PG_CLUSTER_H

#include "stats/fit.h"

/** One way to group rows: indices [n_rows] below n_groups, each in use. */
typedef struct pg_grouping {
    size_t *group, n_groups;
} pg_grouping;
/** Number the values of a clustering 0, 1, ... by first appearance; b NULL: of a alone, else of the pairs (a, b). */
pgdp_status pg_grouping_new(pgdp_ctx *ctx, const size_t *a, const size_t *b, size_t n_rows, pg_grouping *out);
/** sums [n_groups x n_terms] += the scores of each group's rows. */
pgdp_status pg_cluster_sums(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_grouping *grouping, double *sums);
/** meat += sum over groups of (sum of scores)'(sum of scores), upper triangle. */
pgdp_status pg_cluster_meat(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_grouping *grouping, double *meat);

/** The leverage-adjusted covariances, which differ in the power of I - H_gg alone. */
typedef struct pg_adjustment {
    double power;       /**< 1/2: cr2, 1: cr3 */
    bool satterthwaite; /**< fill fit->term_df */
} pg_adjustment;
/**
 * Covariance of linear models clustered one way, each cluster's residuals times (I - H_gg)^-power, where H is the hat
 * matrix of the terms and of the absorbed effects together.
 * @return BAD_ARGUMENT: no linear model, not one clustering, effects that are not nested in the clusters;
 *         TOO_FEW_OBS: one cluster; NUMERICAL: power 1 and a cluster without which a term has no estimate
 */
pgdp_status pg_cluster_adjusted(pgdp_ctx *ctx, const pgdp_design *d, pg_adjustment how, pgdp_fit *fit);

#endif
