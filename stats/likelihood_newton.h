/* likelihood_newton.h  What the likelihoods share: Newton's method.
 * Source: Dennis & Schnabel (1983), Numerical Methods for Unconstrained Optimization, sections 5.5 and 6.3.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_LIKELIHOOD_NEWTON_H
#define PG_LIKELIHOOD_NEWTON_H

#include "stats/likelihood_rows.h"

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
