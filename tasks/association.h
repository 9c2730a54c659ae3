/* association.h  How far two measures agree: equal scores, kappa, Pearson, Spearman, Kendall.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_ASSOCIATION_H
#define PG_ASSOCIATION_H

#include "core/ctx.h"

/** Over rows where neither is missing; NaN where a statistic is not defined. Symmetric in the two measures. */
typedef struct pg_association {
    double n;
    double agreement; /**< share of rows with equal values */
    double kappa;     /**< Cohen (1960): agreement beyond chance, unweighted; values are categories */
    double pearson;
    double spearman; /**< Pearson of mid-ranks */
    double kendall;  /**< tau-b */
} pg_association;
/** a, b: [n], NaN missing. Cost O(n log n + k^2) for k distinct values. Source of tau-b's algorithm: Knight (1966),
 * JASA 61, 436-439. */
pgdp_status pg_associate(pgdp_ctx *ctx, const double *a, const double *b, size_t n, pg_association *out);

#endif
