/* mixed.h  Generalised mixed models: a likelihood of stats/likelihood.h with Gaussian effects of crossed or nested
 * groups. Source: Breslow & Clayton (1993), JASA 88, 9-25 (penalised quasi-likelihood); Schall (1991), Biometrika 78,
 * 719-727 (its variances); Bates, Maechler, Bolker & Walker (2015), J. Stat. Softw. 67(1), sections 3 and 4 (the
 * system). SPDX-License-Identifier: GPL-3.0-or-later
 *
 * eta = x b + sum over the row's effects of weight u, u ~ N(0, variance of its group). Given the variances, slopes,
 * cuts and effects maximise sum l_i - lambda/2 b'b - 1/2 sum u^2 / variance by Newton's method: the effects' block of
 * the system is sparse, factored by stats/sparse.h, and the slopes and cuts are its dense border. The variances solve
 * variance = sum u^2 / (n - trace of the inverse's block / variance), the REML equation of the working linear model. */
#ifndef PG_MIXED_H
#define PG_MIXED_H

#include "stats/likelihood.h"
#include "stats/sparse.h"

typedef struct pg_mixed_design {
    const pg_model *model;
    size_t n_cuts;            /**< 0: x holds a constant, if one is wanted */
    const double *start_cuts; /**< [n_cuts] */
    size_t n, n_slopes;
    const double *y, *x; /**< [n], [n x n_slopes] column-major */
    double lambda;       /**< ridge on the slopes, not on a constant in column 0 when n_cuts is 0 */
    double tolerance;    /**< of Newton's method, on the log likelihood as a share of it; 0: to rounding */
    size_t n_groups;
    const size_t *n_levels; /**< [n_groups]; effects are numbered through all groups */
    const size_t *first;    /**< [n + 1] effects of a row */
    const size_t *effect;   /**< [first[n]] */
    const double *weight;   /**< [first[n]] */
} pg_mixed_design;

/** A fit; arrays in the arena given. */
typedef struct pg_mixed {
    size_t n_slopes, n_cuts, n_effects, n_groups;
    double *slopes, *cuts, *effects; /**< slopes and cuts one array */
    double *variance;                /**< [n_groups] */
    double log_lik;                  /**< at the estimates, without penalties */
    double laplace; /**< log_lik - 1/2 sum u^2 / variance - 1/2 log det of the effects' system: lme4's with nAGQ = 0 */
    size_t iterations;
    bool converged, settled; /**< the variances; the estimates given them */
    /* The system at the estimates, for covariances. */
    pg_sparse system; /**< of u / sd */
    double *sd;       /**< [n_effects] */
    double *across;   /**< [n_effects x d] row by row: system^-1 (effects by border), d = n_slopes + n_cuts */
    pg_matrix root;   /**< [d x d] inverse of the upper Cholesky factor of the border's Schur complement */
} pg_mixed;

/**
 * @param arena     of what *out points to; not the scratch
 * @param variance  [n_groups] to start from, or NULL
 * @param n_updates of the variances at most; 0: they stay at `variance`
 * @return NO_CONVERGENCE (Newton's method), NUMERICAL, NO_MEMORY. Variances not settled: converged is false
 */
pgdp_status pg_mixed_fit(pgdp_ctx *ctx, pg_arena *arena, const pg_mixed_design *design, const double *variance,
                         size_t n_updates, pg_mixed *out);
/** Variances of the index x b + effects of other rows, [rows->n]: first, effect, weight, x and n_slopes are read. */
pgdp_status pg_mixed_index_variances(pgdp_ctx *ctx, const pg_mixed *m, const pg_mixed_design *rows, double *out);
/** g' C g for a gradient by (effects, slopes, cuts), C the inverse of the whole system; g is overwritten; work as long.
 */
double pg_mixed_variance(const pg_mixed *m, double *g, double *work);
/** A draw of (effects, slopes, cuts) about the estimates ~ N(., C): z independent standard normals, overwritten. */
void pg_mixed_draw(const pg_mixed *m, double *z, double *work);

/** selected_inverse.c: elements of A^-1 in the pattern of its factor (Takahashi, Fagan & Chin 1973). diagonal [n], by
 * the system's own numbers. @return NO_MEMORY */
pgdp_status pg_sparse_inverse_diagonal(pgdp_ctx *ctx, const pg_sparse *s, double *diagonal);

#endif
