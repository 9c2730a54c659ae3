/* kernels.h  Kernels over time, their automatic bandwidths, and weighted sums of scores over pairs of moments.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_KERNELS_H
#define PG_KERNELS_H

#include "stats/fit.h"
#include "stats/linalg.h"

/** Kernels, in the order of pg_kernel_names. */
typedef enum pg_kernel { PG_KERNEL_BARTLETT, PG_KERNEL_PARZEN, PG_KERNEL_QUADRATIC_SPECTRAL, PG_N_KERNELS } pg_kernel;
extern const char *const pg_kernel_names[]; /**< "bartlett", ..., NULL: choices of an option */
/** k(x), k(0) = 1. Source: Andrews (1991), equation 2.7. */
double pg_kernel_weight(pg_kernel kernel, double x);

/** A row of a matrix of scores in the order of time. */
typedef struct pg_moment {
    size_t entity, row;
    int64_t period;
} pg_moment;
/** Rows of a design by entity and period; without periods rows are consecutive.
 * @return BAD_ARGUMENT: a missing period, or one twice in an entity (names the rows) */
pgdp_status pg_moments_of_design(pgdp_ctx *ctx, const pgdp_design *design, const char *vcov, pg_moment **out);
/** Periods that occur, ascending: out[t] with row t, entity 0 (room for all rows). @param group  [n_rows] index of each
 * row's period, or NULL. @return how many; periods are not missing */
size_t pg_periods_of_design(const pgdp_design *design, pg_moment *out, size_t *group);
/** Scores of all rows [n_rows x n_terms]; in the basis of the fit's root, or, of the terms. */
pgdp_status pg_all_scores(pgdp_ctx *ctx, const pgdp_fit *fit, bool of_terms, pg_matrix *out);
/** Weights of distances 0, 1, ..., most: the last is the greatest distance with a weight above 1e-7. */
typedef struct pg_lag_weights {
    double *x;
    size_t most;
} pg_lag_weights;
/** Weights k(l / bandwidth) up to the longest distance of n moments. */
pgdp_status pg_lag_weights_new(pgdp_ctx *ctx, pg_kernel kernel, double bandwidth, const pg_moment *moments, size_t n,
                               pg_lag_weights *out);
/** meat = sum over pairs of moments of an entity of weight(distance) s's; distances on the calendar. */
pgdp_status pg_lag_meat(pgdp_ctx *ctx, pg_matrix scores, const pg_moment *moments, const pg_lag_weights *weights,
                        pg_matrix meat);

/** Vector autoregression of order 1 without constant. */
typedef struct pg_whitened {
    pg_matrix residual; /**< [n - 1 x k] */
    pg_matrix recolour; /**< D = (I - A')^-1: the meat of the scores is D' meat D of the residuals */
} pg_whitened;
/** Scores [n x k] in the order of time. @return NUMERICAL: no such autoregression, or a unit root
 * Source: Andrews & Monahan (1992), Econometrica 60(4), section 2. */
pgdp_status pg_whiten(pgdp_ctx *ctx, pg_matrix scores, pg_whitened *out);
/** Bandwidth from autoregressions of order 1 of each column, weights [n_cols]: Andrews (1991), equations 6.2 and 6.4.
 */
pgdp_status pg_bandwidth_andrews(pgdp_ctx *ctx, pg_kernel kernel, pg_matrix scores, const double *weights, double *out);
/** Nonparametric bandwidth of the weighted sum of columns: Newey & West (1994), Rev. Econ. Studies 61(4), section 3.
 * @param whitened  rows lost to an autoregression before */
pgdp_status pg_bandwidth_newey_west(pgdp_ctx *ctx, pg_kernel kernel, pg_matrix scores, const double *weights,
                                    size_t whitened, double *out);

#endif
