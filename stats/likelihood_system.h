/* likelihood_system.h  Maximum likelihood of models whose rows depend on several x b_m and on single parameters.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_LIKELIHOOD_SYSTEM_H
#define PG_LIKELIHOOD_SYSTEM_H

#include "stats/likelihood.h"

/** A row depends on q = (x b_1 + offset, ..., x b_m + offset, single parameters): n_q of them. */
typedef struct pg_system {
    const pgdp_design *design;
    size_t n_equations, n_single;
    /** Log likelihood, gradient [n_q], and -second derivatives [n_q x n_q], upper triangle. */
    double (*row)(const void *user, double y, const double *q, double *gradient, double *information);
    /** Is a step of q one along which the row's likelihood never falls, up to tol? NULL: none need be sought. */
    bool (*recedes)(const void *user, double y, const double *step, double tol);
    const void *user;
    bool concave;
    double lambda;       /**< ridge lambda/2 sum (sd_j b_j)^2 on every slope but the constants */
    const double *start; /**< [n_terms]: b_1, b_2, ..., single parameters, in the units of the design */
} pg_system;

/** @return RANK_DEFICIENT, NO_CONVERGENCE (separation too, naming a term), NO_MEMORY */
pgdp_status pg_system_maximise(pgdp_ctx *ctx, const pg_system *q, pg_maximum *out);
/** A fit, shaped to n_terms before, from its maximum: estimate, bread, all scores, likelihood, certificate. */
pgdp_status pg_system_fill(pgdp_ctx *ctx, const pg_system *system, const pg_maximum *maximum, pgdp_fit *fit);

#endif
