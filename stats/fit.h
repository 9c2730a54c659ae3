/* fit.h  A fit's inside: what an estimator fills, what a covariance reads and fills, what the runner adds.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_FIT_H
#define PG_FIT_H

#include "core/ctx.h"
#include "pgdp/stats.h"
#include "stats/absorb.h"
#include "stats/ssc.h"

enum { PG_MAX_FACTORS = 12, PG_MAX_DIAGNOSTICS = 64 };

/** Matrices are column-major. "Of the call": in ctx->scratch, NULL once pgdp_fit_new() has returned; every other
 * pointer stands in regression_packed.c too. */
struct pgdp_fit {
    pgdp_allocator allocator; /**< frees the struct itself */
    pg_arena arena;           /**< everything that lives as long as the fit */
    const pgdp_estimator *estimator;
    const pgdp_vcov *covariance;

    /* Shape: set by the runner before the estimator is called; pg_fit_reshape() changes the terms. */
    size_t n_rows;      /**< rows of the working design */
    size_t n_slopes;    /**< columns of x */
    size_t n_cuts;      /**< cut points of ordered models; they stand after the slopes */
    size_t n_terms;     /**< n_slopes + n_cuts, or as reshaped */
    const char **terms; /**< [n_terms] */
    double nobs;        /**< rows, or the sum of frequency weights */

    /* Of the call: what the fit was made of. */
    const pgdp_design *design;      /**< as given */
    const pgdp_design *working;     /**< what scores and covariances are computed from: the design given; with effects
                                         partialled out; of an estimator's own transformation (demeaned, instrumented) */
    const pg_absorber *absorber;    /**< the absorbed effects; NULL: none */
    const struct pg_behind *behind; /**< the rows that the design's cross-products are of: stream_fit.h; NULL: none */
    const struct pg_behind_effects *absorbed; /**< of which the design's columns are what was left; NULL: none */
    const void *options;                      /**< the estimator's */
    const void *vcov_options;                 /**< the covariance's */
    pg_ssc ssc;                               /**< small-sample corrections asked for */
    double conf_level;                        /**< of intervals that a covariance makes itself */

    /* The estimator's. */
    double *estimate; /**< [n_terms] */
    double *bread;    /**< [n_terms x n_terms]: (X'WX)^-1, or the inverse of the observed information */
    double *score; /**< of the call, [n_rows]: w times the objective's derivative by x'b; row i of the working x times
                        score_i is the row's score */
    const double *cut_score; /**< of the call, [n_rows x n_cuts]: scores of the cut points; NULL: none */
    const double *scores; /**< of the call, [n_rows x n_terms]: all scores, in place of score and cut_score; or NULL */
    const struct pg_model *row_model; /**< of the call, where score is x b of rows that stand for those behind: their
                                           scores are w times its derivative by eta; NULL: they are w times score */
    const double *root;               /**< of the call, upper triangle, bread = root root'; NULL: not a linear model */
    const double *residual; /**< of the call, [n_rows of the design], y less fitted, unweighted; NULL: not defined */
    const double *expected; /**< of the call, [n_terms x n_terms]: inverse expected information where it differs */
    double dispersion;      /**< iid covariance = dispersion * bread; the runner's ssr/(N-K) when left at 0 */
    bool perfect;           /**< the residuals are rounding: no statistic, no p-value */
    bool penalised;         /**< shrunk towards 0: no likelihood ratio, no information criteria */
    bool wald_only;         /**< sums of squares make no F statistic: instrumental variables */
    bool normal;            /**< inference is normal, not t: random effects, GMM */
    const double *robust;   /**< of the call, [n_terms x n_terms]: the method's own covariance that clusters by entity
                                 (Windmeijer's), for vcov arellano; NULL: the sandwich */
    double ssr, tss;        /**< weighted sums of squares: residual; total (about the mean when there is a constant) */
    double tss_within;      /**< of the partialled-out outcome; NaN: nothing is absorbed */
    size_t n_absorbed;      /**< parameters of the absorbed effects: their rank, a constant among them */
    bool absorbed_is_bound; /**< with three and more effects the rank is an upper bound */
    pgdp_glance glance;     /**< likelihoods and deviance by the estimator, the rest by the runner */
    pgdp_certificate certificate;
    pgdp_diagnostic diagnostics[PG_MAX_DIAGNOSTICS];
    size_t n_diagnostics;

    /* The covariance's. */
    double *vcov;       /**< [n_terms x n_terms] */
    const double *meat; /**< of the call, [n_terms x n_terms], with factors, in the basis of the scores; NULL: none */
    double vcov_df;     /**< of the t distribution; INFINITY: normal */
    double *term_df;    /**< [n_terms] where each term has its own (Satterthwaite); NULL: vcov_df */
    double *p_value, *conf_low, *conf_high; /**< [n_terms] where the covariance makes its own; NULL: from the t */
    pgdp_factor factors[PG_MAX_FACTORS];
    size_t n_factors;

    /* Extras: regression.h. */
    pgdp_tidy *margins;
    size_t n_margins;
    pgdp_frame *rows;
};

/** All that one fit is asked for; pgdp_fit_new() fills the first four. */
typedef struct pg_fit_request {
    const char *estimator, *vcov;
    const pgdp_design *design;
    const pgdp_setting *settings;
    const char *preset, *tests, *diagnostics, *margins; /**< regression.h; NULL: none */
    const size_t *row_numbers;                          /**< [nobs] rows of the data, from 0; NULL: as they stand */
    const struct pg_behind *behind;                     /**< as in the fit */
    const struct pg_behind_effects *absorbed;           /**< as in the fit */
    bool rows;
    double conf_level; /**< 0: 0.95 */
    double seed;       /**< 0: defaults */
} pg_fit_request;
pgdp_status pg_fit_run(pgdp_ctx *ctx, const pg_fit_request *request, pgdp_fit **out);

/** An entry of the lists by name. @return NOT_FOUND with a suggestion */
pgdp_status pg_estimator_find(pgdp_ctx *ctx, const char *name, const pgdp_estimator **out);
pgdp_status pg_vcov_find(pgdp_ctx *ctx, const char *name, const pgdp_vcov **out);
/** Other terms than the columns of x, as of mlogit and of a dispersion parameter: called by the estimator before it
 * fills anything. names [k] are copied. */
pgdp_status pg_fit_reshape(pgdp_ctx *ctx, pgdp_fit *fit, const char *const *names, size_t k);
/** Note a factor of the covariance; the name lives as long as the fit (a literal). */
void pg_fit_add_factor(pgdp_fit *fit, const char *name, double value);
/** Note a test or statistic; its words live as long as the fit (literals, or in fit->arena). */
void pg_fit_add_diagnostic(pgdp_fit *fit, const pgdp_diagnostic *diagnostic);
/** Scores of rows [first, first + n): out[i + j * n], [n x n_terms], from the working design. Where the fit has a root
 * they are x_i root score_i: X root has orthonormal columns, so that sums of their products lose no digits to terms
 * that are nearly collinear. */
void pg_fit_score_rows(const pgdp_fit *fit, size_t first, size_t n, double *out);
/** vcov = bread meat bread, or root meat root' where the fit has a root; symmetric to the bit. meat: the whole square
 * of the scores' products, memory of the call, multiplied by factor here. */
pgdp_status pg_fit_sandwich(pgdp_ctx *ctx, pgdp_fit *fit, double *meat, double factor);
/** Weight of a row, 1 without weights; inline, for loops over rows ask for each. */
static inline double pg_design_weight(const pgdp_design *design, size_t row)
{
    return design->weights.n == 0 ? 1 : design->weights.x[row];
}
/** Observations: rows, the sum of frequency weights, or what rows of moments stand for. */
double pg_design_nobs(const pgdp_design *design);
/** The estimator alone on other rows of the same design (a bootstrap's, a jackknife's), at the same options.
 * @param rows      [n] rows of fit->design, repeated and left out at will
 * @param estimate  [n_terms of the fit]
 * @return what the estimator does; RANK_DEFICIENT where a term vanishes with its rows */
pgdp_status pg_fit_refit(pgdp_ctx *ctx, const pgdp_fit *fit, const size_t *rows, size_t n, double *estimate);
/** The same with another outcome on the same rows: y [nobs]. */
pgdp_status pg_fit_refit_outcome(pgdp_ctx *ctx, const pgdp_fit *fit, const double *y, double *estimate);

#endif
