/* likelihood.h  Maximum likelihood, plain or ridge-penalised, of models whose rows depend on x b and on cut points.
 * Source: Newton's method with analytic derivatives; penalty: le Cessie & van Houwelingen (1992), Applied
 * Statistics 41. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_LIKELIHOOD_H
#define PG_LIKELIHOOD_H

#include "stats/fit.h"
#include "stats/likelihood_newton.h"

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

/** What is to be maximised: sum w l_i - lambda/2 sum_j (sd_j b_j)^2, constant and cuts not penalised. The design's
 * offset is added to x b. */
typedef struct pg_likelihood {
    const pg_model *model;
    const pgdp_design *design;
    const struct pg_behind *behind; /**< the fit's: the rows are behind the design; NULL: they are its own */
    size_t n_cuts;
    double lambda;
    const double *start; /**< [n_terms] slopes then cuts in the design's units; NULL: from start_constant, start_cuts */
    double start_constant;
    const double *start_cuts; /**< [n_cuts] for slopes of zero */
    bool no_penalty;          /**< the method has no lambda that a message could propose */
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
pgdp_status pg_likelihood_maximise(pgdp_ctx *ctx, const pg_likelihood *q, pg_maximum *out);
/** The estimator's part of a fit from its maximum: estimate, bread, scores, likelihood, certificate. */
pgdp_status pg_likelihood_fill(pgdp_ctx *ctx, const pg_likelihood *problem, const pg_maximum *maximum, pgdp_fit *fit);
/** The failure in words; separated: rows are predicted perfectly, else Newton's method found no maximum. */
pgdp_status pg_likelihood_refuse(pgdp_ctx *ctx, const char *term, bool separated, const char *remedy,
                                 size_t iterations);
/** Do the rows have one? */
bool pg_likelihood_has_offset(const pg_likelihood *q);
/** Absorbed ones. */
bool pg_likelihood_has_effects(const pg_likelihood *q);
/** Analytic weights scale an error variance, which these models have not. @return BAD_ARGUMENT, or OK */
pgdp_status pg_likelihood_refuse_aw(pgdp_ctx *ctx, const pgdp_design *design, const char *method);
/** What stands in the outcome. */
typedef struct pg_outcomes {
    size_t row; /**< the first that is not allowed; PGDP_NONE: none */
    double found;
    double lowest, highest; /**< of those that are allowed, which are 0 or more; lowest is not above 1 */
} pg_outcomes;
pgdp_status pg_likelihood_outcomes(pgdp_ctx *ctx, const pg_likelihood *q, bool (*allowed)(double y), pg_outcomes *out);
/** Are there 0 and 1 in the outcome, and nothing else? Their shares and the log likelihood of these. @return
 * BAD_ARGUMENT otherwise */
pgdp_status pg_likelihood_check_binary(pgdp_ctx *ctx, const pg_likelihood *q, const char *method, double shares[2],
                                       double *log_lik);
/** Sums over the rows at eta = x b + offset (b NULL: at the offset), in one pass. */
typedef struct pg_likelihood_sum {
    void (*add)(const void *user, const pg_tile_rows *rows, const double *eta, double *sums);
    const void *user;
    size_t size;
} pg_likelihood_sum;
pgdp_status pg_likelihood_add_up(pgdp_ctx *ctx, const pg_likelihood *q, const double *b, const pg_likelihood_sum *of,
                                 double *sums);
/** b of the standardised columns and cuts to those of the design: b = T theta. t [p x p], zeros. */
void pg_likelihood_jacobian(const pg_standard *standard, size_t n_cuts, pg_matrix t);

/** eta = x b + offset in the units of the design, [nobs], in the scratch. */
pgdp_status pg_likelihood_eta(pgdp_ctx *ctx, const pgdp_design *design, const double *b, double **out);
/** fit->expected: (sum w sum_y P(y) s_y s_y')^-1 over the categories y = 0 ... n_categories - 1, s_y the score; for
 * models whose row() gives the logarithm of a probability. Only covariance iid reads it: else nothing is done. */
pgdp_status pg_likelihood_expected(pgdp_ctx *ctx, const pg_likelihood *q, size_t n_categories, pgdp_fit *fit);
/** The log likelihood with the constant (or cuts) and offset alone; without a constant, of x b = 0. Without an offset
 * it has a closed form in most models; this is for the rest. */
pgdp_status pg_likelihood_null(pgdp_ctx *ctx, const pg_likelihood *q, double *log_lik);
/** Shares of the categories 0 ... n_categories - 1 with weights, and sum_j n_j log(share_j): the log likelihood of a
 * model without regressors. */
double pg_likelihood_of_shares(const pgdp_design *design, size_t n_categories, double *shares);

/** Lines of the summary: McFadden's r-squared from the fit's two likelihoods, not of a penalised fit, and Pearson's
 * chi-square (df of the residuals). The estimator's fill leaves the first when log_lik_null is set before. */
void pg_likelihood_add_mcfadden(pgdp_fit *fit);
void pg_likelihood_add_pearson(pgdp_fit *fit, double chi_squared);
/** sum w (y - mean(eta))^2 / variance(mean) of a model of means.h with a variance, at the fit's estimates. */
pgdp_status pg_likelihood_pearson(pgdp_ctx *ctx, const pg_likelihood *q, pgdp_fit *fit);

#endif
