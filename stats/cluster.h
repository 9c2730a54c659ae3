/* cluster.h  Sums of scores by cluster.
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
/** meat += sign * sum over groups of (sum of scores)'(sum of scores), upper triangle. */
pgdp_status pg_cluster_meat(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_grouping *grouping, double *meat);

#endif
