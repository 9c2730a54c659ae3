/* quantile.h  Linear quantile regression: the exact solution of its linear programme, and scales for its covariances.
 * Source: Koenker & Bassett (1978), Econometrica 46(1); Koenker (2005), Quantile Regression, chapters 3 and 6.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_QUANTILE_H
#define PG_QUANTILE_H

#include "core/ctx.h"
#include "pgdp/stats.h"
#include "stats/linalg.h"

/** Of the estimator; its covariances read it too. */
typedef struct pg_quantile_options {
    double tau;
} pg_quantile_options;
/** b that minimises sum w rho_tau(y - x b), rho_tau(u) = u (tau - 1(u < 0)); arrays in the context's scratch. */
typedef struct pg_quantile {
    double *estimate; /**< [n_terms]: it fits n_terms rows exactly */
    double *residual; /**< [n_rows] y - x b; 0 where it is no more than rounding */
    double objective; /**< the minimum, in the unit of y */
    size_t n_zero;    /**< rows fitted exactly, frequencies counted */
    pg_matrix root;   /**< upper triangle: (X'W^2X)^-1 = root root' */
    double condition, digits;
    size_t iterations; /**< interior-point steps and pivots */
    bool unique;       /**< no other b has the same objective */
} pg_quantile;
/** @return RANK_DEFICIENT (names the term), NO_CONVERGENCE, NO_MEMORY. Cost: O(n_rows * n_terms^2) a step, some 20. */
pgdp_status pg_quantile_solve(pgdp_ctx *ctx, const pgdp_design *design, double tau, pg_quantile *out);
/** rho_tau(u). */
double pg_quantile_check(double u, double tau);

/** The programme in coordinates where columns are orthonormal: min sum rho_tau(e - q g). */
typedef struct pg_vertex_problem {
    size_t n, k;
    const double *q; /**< [n x k], q'q = I */
    const double *e; /**< [n], orthogonal to q */
    double tau;
    double noise; /**< rounding of e: residuals below it are zero */
} pg_vertex_problem;
/** g [k] near the solution. */
pgdp_status pg_quantile_interior(pgdp_ctx *ctx, const pg_vertex_problem *problem, double *g, size_t *steps);
/** An optimal vertex: basis [k] rows that are fitted exactly, found from a start g. */
pgdp_status pg_quantile_vertex(pgdp_ctx *ctx, const pg_vertex_problem *problem, const double *g, size_t *basis,
                               size_t *pivots, bool *unique);
/** The optimal vertex that the simplex method of Barrodale & Roberts (1973) ends at; it depends on the order of rows
 * and the units of columns when there are several. Any coordinates: q need not be orthonormal, nor e orthogonal to it.
 * @param found  false: rounding has the last word, basis is not set. Cost: O(n * k) an exchange */
pgdp_status pg_quantile_simplex(pgdp_ctx *ctx, const pg_vertex_problem *problem, size_t *basis, bool *found);

/** Bandwidth in the units of tau. Source: Hall & Sheather (1988), J. R. Stat. Soc. B 50(3), at alpha = 0.05. */
double pg_quantile_bandwidth(double tau, double nobs);
/** The same halved until tau - h and tau + h lie within (0, 1), as quantreg does. */
double pg_quantile_bandwidth_within(double tau, double nobs);
/** Sparsity 1/f(F^-1(tau)) of identically distributed errors, of residuals times analytic or probability weights.
 * Source: Koenker (2005), section 3.4.1, as quantreg's summary.rq(se = "iid"). @return NUMERICAL when it is 0 */
pgdp_status pg_quantile_sparsity(pgdp_ctx *ctx, const pgdp_design *design, double tau, const double *residual,
                                 double *out);
/** density [n_rows] at 0 of each error by a normal kernel: Powell (1991), as quantreg's summary.rq(se = "ker").
 * @param bandwidth  in the unit of y @return NUMERICAL when residuals have no spread */
pgdp_status pg_quantile_kernel_density(pgdp_ctx *ctx, const pgdp_design *design, double tau, const double *residual,
                                       double *density, double *bandwidth);
/** bread = (sum v f x'x)^-1, v = w for frequencies, w^2 else. @return NUMERICAL when it is singular */
pgdp_status pg_quantile_bread(pgdp_ctx *ctx, const pgdp_design *design, const double *density, double *bread);
/** v = tau (1 - tau) bread (sum v x'x) bread, with v of pg_quantile_bread(). */
pgdp_status pg_quantile_sandwich(pgdp_ctx *ctx, const pgdp_design *design, double tau, const double *bread,
                                 double *vcov);

#endif
