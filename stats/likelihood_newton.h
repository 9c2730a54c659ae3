/* likelihood_newton.h  What the likelihoods share: Newton's method, sums over rows in chunks, standardised regressors.
 * Source: Dennis & Schnabel (1983), Numerical Methods for Unconstrained Optimization, sections 5.5 and 6.3.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_LIKELIHOOD_NEWTON_H
#define PG_LIKELIHOOD_NEWTON_H

#include "core/ctx.h"
#include "pgdp/stats.h"
#include "stats/linalg.h"

enum { PG_TILE = 512 }; /**< rows worked on at a time */

/** Sums over rows, in chunks that depend on the sizes alone; they run in parallel and are added in their order. */
typedef struct pg_row_sums {
    size_t n_rows, size; /**< sums a chunk: sizes of what is added up */
    /** A chunk's own memory, from the worker's scratch. */
    pgdp_status (*begin)(pgdp_ctx *ctx, const void *user, void **work);
    /** Add rows [first, first + n), n <= PG_TILE. */
    void (*add)(const void *user, size_t first, size_t n, void *work, double *sums);
    const void *user;
    size_t n_chunks;
    double *sums; /**< the total stands in the first `size` */
} pg_row_sums;
/** Its memory, in the scratch; the first five members are set. */
pgdp_status pg_row_sums_new(pgdp_ctx *ctx, pg_row_sums *s);
pgdp_status pg_row_sums_run(pgdp_ctx *ctx, pg_row_sums *s);

/** z = (x - mean) / scale with weights, so that steps and penalties have no units; the constant stays as it is. Not
 * centred when the model has neither constant nor cuts. A column without variation becomes zeros. */
typedef struct pg_standard {
    size_t n_rows, n_cols, constant; /**< as the design */
    double *z, *mean, *scale;
} pg_standard;
pgdp_status pg_standard_new(pgdp_ctx *ctx, const pgdp_design *design, bool has_cuts, pg_standard *s);
/** b [n_cols] of x to theta of z, in place, or back. The sum of b_j mean_j goes to the constant, where there is one.
 * @return what a cut point must fall by (b to theta) or rise by (theta to b) */
double pg_standard_to_z(const pg_standard *s, double *b);
double pg_standard_to_x(const pg_standard *s, double *theta);
/** b = T theta: T [n_cols x n_cols] into t, zero elsewhere; the cuts' rows are the caller's. */
void pg_standard_jacobian(const pg_standard *s, pg_matrix t);

/** A function to be maximised. */
typedef struct pg_climb {
    size_t n_terms;
    /** Value, gradient and -second derivatives (upper triangle) at theta; value -HUGE_VAL: theta is not allowed. */
    pgdp_status (*evaluate)(pgdp_ctx *ctx, void *user, const double *theta, double *value, double *gradient,
                            double *information);
    /** Does the function rise along the step for ever? Asked from the eighth step on, and at the end. NULL: never. */
    pgdp_status (*endless)(pgdp_ctx *ctx, const void *user, const double *theta, const double *step, bool *out);
    /** The failure in words. */
    pgdp_status (*refuse)(pgdp_ctx *ctx, const void *user, const double *step, bool endless, size_t iterations);
    void *user;
    bool concave; /**< else directions of positive curvature are turned by adding to the information's diagonal */
    /* Filled by the climb. */
    double *theta, *step, *gradient, *information; /**< [n_terms], theta the start */
    double *factor;                                /**< Cholesky factor of the information scaled to a unit diagonal */
    double *diagonal;                              /**< its scales */
    double value, last_step;
    size_t iterations;
    bool begun; /**< value, gradient and information at theta are there: pg_climb_begin() */
} pg_climb;
pgdp_status pg_climb_new(pgdp_ctx *ctx, pg_climb *c); /**< memory for what is filled */
/** Evaluate at the start. *apart: every term has a part of at least 1e-4 of its length that the terms before it do not
 * explain, in the information's measure, so that none depends on others. */
pgdp_status pg_climb_begin(pgdp_ctx *ctx, pg_climb *c, bool *apart);
/** @return NO_CONVERGENCE by refuse() */
pgdp_status pg_climb_run(pgdp_ctx *ctx, pg_climb *c);
/** bread = T information^-1 T' and the condition number of the scaled information, at the climb's end. */
pgdp_status pg_climb_bread(pgdp_ctx *ctx, const pg_climb *c, pg_matrix t, double *bread, double *condition);
/** information (upper triangle) to T information^-1 T'; *regular false: it is singular. */
pgdp_status pg_invert_information(pgdp_ctx *ctx, pg_matrix information, pg_matrix t, double *out, bool *regular);
/** Correct digits of the worst coefficient: rounding of the gradient moves it by about u times the condition. */
double pg_climb_digits(const pg_climb *c, double condition);

#endif
