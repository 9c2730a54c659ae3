/* likelihood.h  Maximum likelihood, plain or ridge-penalised, of models whose rows depend on x b and on cut points.
 * Source: Newton's method with analytic derivatives; penalty: le Cessie & van Houwelingen (1992), Applied
 * Statistics 41. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_LIKELIHOOD_H
#define PG_LIKELIHOOD_H

#include "stats/fit.h"
#include "stats/linalg.h"

/** One row's log likelihood l and its derivatives by eta = x b and by the cut above and the cut below its category. */
typedef struct pg_row {
    double value;
    double eta, information;            /**< dl/d eta; -d2l/d eta^2 >= 0 */
    double above, below;                /**< dl/d cut */
    double eta_above, eta_below;        /**< d2l/(d eta d cut) */
    double above2, below2, above_below; /**< second derivatives by the cuts */
} pg_row;

/** A family of models; cuts [n_cuts] increase. A model without cuts ignores them. */
typedef struct pg_model {
    void (*row)(double y, double eta, const double *cuts, size_t n_cuts, pg_row *out);
    /** Is a step of eta and the cuts one along which the row's likelihood never falls, up to tol? */
    bool (*recedes)(double y, double step_eta, const double *step_cuts, double tol, size_t n_cuts);
} pg_model;

/** What is to be maximised: sum w l_i - lambda/2 sum_j (sd_j b_j)^2, constant and cuts not penalised. */
typedef struct pg_likelihood {
    const pg_model *model;
    const pgdp_design *design;
    size_t n_cuts;
    double lambda;
    const double *start; /**< [n_terms] slopes then cuts in the design's units; NULL: from start_constant, start_cuts */
    double start_constant;
    const double *start_cuts; /**< [n_cuts] for slopes of zero */
} pg_likelihood;

/** In the context's scratch; [n_terms] are slopes, then cuts. */
typedef struct pg_maximum {
    double *estimate;
    double *bread;  /**< [n_terms x n_terms], inverse of the observed information (with the penalty) */
    double log_lik; /**< without the penalty */
    double condition, digits;
    size_t iterations;
} pg_maximum;

/** @return RANK_DEFICIENT, NO_CONVERGENCE (separation too, naming a term), NO_MEMORY */
pgdp_status pg_likelihood_maximise(pgdp_ctx *ctx, const pg_likelihood *problem, pg_maximum *out);
/** The estimator's part of a fit from its maximum: estimate, bread, scores, likelihood, certificate. */
pgdp_status pg_likelihood_fill(pgdp_ctx *ctx, const pg_likelihood *problem, const pg_maximum *maximum, pgdp_fit *fit);
/** Shares of the categories 0 ... n_categories - 1 with weights, and sum_j n_j log(share_j): the log likelihood of a
 * model without regressors. */
double pg_likelihood_of_shares(const pgdp_design *design, size_t n_categories, double *shares);

#endif
