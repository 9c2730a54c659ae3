/* bootstrap.h  Bootstrap replicates of an estimate, by refits or, for least squares, by sums.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_BOOTSTRAP_H
#define PG_BOOTSTRAP_H

#include "stats/resample.h"

/** What is drawn with replacement. */
typedef enum pg_bootstrap_kind {
    PG_BOOTSTRAP_PAIRS,    /**< rows */
    PG_BOOTSTRAP_CLUSTER,  /**< clusters with all their rows */
    PG_BOOTSTRAP_RESIDUAL, /**< residuals onto fitted values */
    PG_BOOTSTRAP_BLOCK     /**< runs of `length` rows in the order of time within an entity */
} pg_bootstrap_kind;
typedef struct pg_bootstrap_plan {
    int kind;
    size_t n_replicates, length;
    uint64_t seed;
    const pg_row_groups *groups; /**< clusters, or entities of blocks with rows in the order of time; NULL: rows */
} pg_bootstrap_plan;

/** Pairs, clusters and blocks of any estimator by pg_refit_drawn(). In parallel over replicates. */
pgdp_status pg_bootstrap_refit(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_bootstrap_plan *plan, pg_replicates *out);
/** Pairs and clusters of least squares from sums of products: the same draws, the same estimates to rounding. */
pgdp_status pg_bootstrap_sums(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_bootstrap_plan *plan, pg_replicates *out);
/** Residuals of least squares: recentred, times sqrt(N / (N - K)) so that their variance is sigma squared. */
pgdp_status pg_bootstrap_residuals(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_bootstrap_plan *plan,
                                   pg_replicates *out);
/** One replicate of pairs or clusters by a refit of the counts drawn. */
pgdp_status pg_bootstrap_refit_counts(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_row_groups *groups,
                                      const int32_t *counts, double *estimate);

#endif
