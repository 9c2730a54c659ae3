/* fit.h  A fit's inside: what an estimator fills, what a covariance reads and fills, what the runner adds.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_FIT_H
#define PG_FIT_H

#include "core/ctx.h"
#include "pgdp/stats.h"

enum { PG_MAX_FACTORS = 8 };

/** Matrices are column-major. "Of the call": in ctx->scratch, NULL once pgdp_fit_new() has returned. */
struct pgdp_fit {
    pgdp_allocator allocator; /**< frees the struct itself */
    pg_arena arena;           /**< everything that lives as long as the fit */
    const pgdp_estimator *estimator;
    const pgdp_vcov *covariance;

    /* Shape: set by the runner before the estimator is called. */
    size_t n_rows;      /**< rows of the design */
    size_t n_slopes;    /**< columns of x */
    size_t n_cuts;      /**< cut points of ordered models; they stand after the slopes */
    size_t n_terms;     /**< n_slopes + n_cuts */
    const char **terms; /**< [n_terms] */
    double nobs;        /**< rows, or the sum of frequency weights */

    /* The estimator's. */
    double *estimate; /**< [n_terms] */
    double *bread;    /**< [n_terms x n_terms]: (X'WX)^-1, or the inverse of the observed information */
    double *score;    /**< of the call, [n_rows]: w times the objective's derivative by x'b; row i scores x_i score_i */
    const double *cut_score; /**< of the call, [n_rows x n_cuts]: scores of the cut points; NULL: none */
    const double *root;      /**< of the call, upper triangle, bread = root root'; NULL: not a linear model */
    bool penalised;          /**< shrunk towards 0: no likelihood ratio, no information criteria */
    double ssr, tss;         /**< weighted sums of squares: residual; total (about the mean when there is a constant) */
    pgdp_glance glance;      /**< likelihoods and deviance by the estimator, the rest by the runner */
    pgdp_certificate certificate;

    /* The covariance's. */
    double *vcov;       /**< [n_terms x n_terms] */
    const double *meat; /**< of the call, [n_terms x n_terms], with factors, in the basis of the scores; NULL: none */
    double vcov_df;     /**< of the t distribution; INFINITY: normal */
    pgdp_factor factors[PG_MAX_FACTORS];
    size_t n_factors;
};

/** An entry of the lists by name. @return NOT_FOUND with a suggestion */
pgdp_status pg_estimator_find(pgdp_ctx *ctx, const char *name, const pgdp_estimator **out);
pgdp_status pg_vcov_find(pgdp_ctx *ctx, const char *name, const pgdp_vcov **out);
/** Note a factor of the covariance; the name lives as long as the fit (a literal). */
void pg_fit_add_factor(pgdp_fit *fit, const char *name, double value);
/** Scores of rows [first, first + n): out[i + j * n], [n x n_terms]. Where the fit has a root they are x_i root
 * score_i: X root has orthonormal columns, so that sums of their products lose no digits to terms that are nearly
 * collinear. */
void pg_fit_score_rows(const pgdp_fit *fit, const pgdp_design *design, size_t first, size_t n, double *out);
/** vcov = bread meat bread, or root meat root' where the fit has a root; symmetric to the bit. meat: the whole square
 * of the scores' products, memory of the call, multiplied by factor here. */
pgdp_status pg_fit_sandwich(pgdp_ctx *ctx, pgdp_fit *fit, double *meat, double factor);
/** Weight of a row, 1 without weights. */
double pg_design_weight(const pgdp_design *design, size_t row);

#endif
