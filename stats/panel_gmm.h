/* panel_gmm.h  A dynamic panel in differences: its equations, instruments, estimates and tests.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_PANEL_GMM_H
#define PG_PANEL_GMM_H

#include "stats/fit.h"
#include "stats/linalg.h"

/** What is asked for. */
typedef struct pg_gmm_request {
    size_t lags;             /**< of the outcome among the regressors */
    size_t gmm_min, gmm_max; /**< lags of the outcome's level that are instruments */
    bool time_dummies, collapse;
} pg_gmm_request;

/** Equations in differences, entity by entity in the order of time; in ctx->scratch. */
typedef struct pg_gmm {
    size_t n, n_groups, k, l;
    size_t *row;     /**< [n] of the design */
    size_t *group;   /**< [n] */
    int32_t *period; /**< [n] */
    double *y;       /**< [n] */
    pg_matrix x, z;  /**< [n x k]: lags of the outcome, terms, periods; [n x l], columns of norm 1 */
    const char **terms;
} pg_gmm;
/** @return TOO_FEW_OBS: no equation @param d  with its panel */
pgdp_status pg_gmm_new(pgdp_ctx *ctx, const pgdp_design *d, const pg_gmm_request *q, pg_gmm *out);

/** A step: b = B Q'y where Q = Z W Z'X and B = (X'Z W Z'X)^-1. */
typedef struct pg_gmm_step {
    double *b, *e;      /**< [k], [n] residuals */
    pg_matrix bread, q; /**< [k x k], Q [n x k] */
    pg_matrix moments;  /**< [n_groups x l] Z_i'e_i */
    pg_matrix root;     /**< W = root root', [l x rank] */
    double j;           /**< e'Z W Z'e */
} pg_gmm_step;
/** @param root  of the weights, from pg_gmm_weights() @return RANK_DEFICIENT: the instruments do not identify a term */
pgdp_status pg_gmm_solve(pgdp_ctx *ctx, const pg_gmm *m, pg_matrix root, pg_gmm_step *out);
/** root root' = A^-1 or, where A [l x l, whole] is singular, a generalised inverse; the rank is root's columns. */
pgdp_status pg_gmm_weights(pgdp_ctx *ctx, pg_matrix a, pg_matrix *root);
/** e'Z W Z'e of any residuals. */
pgdp_status pg_gmm_j(pgdp_ctx *ctx, const pg_gmm *m, pg_matrix root, const double *e, double *out);
/** sum of Z_i'H Z_i, H of first differences of independent errors: 2 and -1. */
pgdp_status pg_gmm_homoskedastic(pgdp_ctx *ctx, const pg_gmm *m, pg_matrix *out);
/** sum of Z_i'e_i e_i'Z_i */
pgdp_status pg_gmm_clustered(pgdp_ctx *ctx, const pg_gmm *m, const pg_gmm_step *step, pg_matrix *out);
/** B (sum of Q_i'e_i e_i'Q_i) B: [k x k] */
pgdp_status pg_gmm_robust(pgdp_ctx *ctx, const pg_gmm *m, const pg_gmm_step *step, pg_matrix *out);
/** Windmeijer's (2005) correction of the second step; equation 3.3. */
pgdp_status pg_gmm_windmeijer(pgdp_ctx *ctx, const pg_gmm *m, const pg_gmm_step *first, const pg_gmm_step *second,
                              pg_matrix robust_first, pg_matrix *out);
/** m_j of Arellano & Bond (1991), equation 8 (standard normal), from a robust covariance; NaN: no pair of residuals. */
pgdp_status pg_gmm_autocorrelation(pgdp_ctx *ctx, const pg_gmm *m, const pg_gmm_step *step, pg_matrix vcov, int32_t lag,
                                   double *out);

#endif
