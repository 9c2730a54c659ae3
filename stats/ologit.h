/* ologit.h  The ordered logit for other modules: fits with a ridge penalty and a warm start, and its probabilities.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_OLOGIT_H
#define PG_OLOGIT_H

#include "pgdp/stats.h"
#include "stats/linalg.h"

/** P(y <= j) = F(cut_j - x b), F logistic, j = 0 ... n_cuts - 1; the last category is n_cuts. */
typedef struct pg_ologit {
    size_t n_slopes, n_cuts;
    double *slopes, *cuts; /**< one array: cuts follow the slopes */
    double *vcov;   /**< [(n_slopes + n_cuts)^2], inverse observed information (with the penalty), slopes first */
    double log_lik; /**< without the penalty */
    size_t iterations;
} pg_ologit;

/**
 * Fit by Newton's method: a few passes of O(nobs * n_terms^2), on the context's threads.
 *
 * @param arena   of what *out points to; not the scratch
 * @param design  y in 0, 1, 2, ... with every category present; no constant; weights fw or pw or none
 * @param lambda  >= 0: sum w l_i - lambda/2 sum_j (sd_j b_j)^2 is maximised; the cuts are free. Above 0, collinear and
 *                constant columns are allowed (a constant one has slope 0)
 * @param start   a fit of the same shape to begin from (another lambda, another fold), or NULL
 * @return BAD_ARGUMENT, RANK_DEFICIENT, NO_CONVERGENCE, NO_MEMORY
 */
pgdp_status pg_ologit_fit(pgdp_ctx *ctx, pg_arena *arena, const pgdp_design *design, double lambda,
                          const pg_ologit *start, pg_ologit *out);
/** x b of one row, its regressors `stride` apart. */
double pg_ologit_index(const pg_ologit *model, const double *x, size_t stride);
/** P(y = 0), ..., P(y = n_cuts) at an index x b; p [n_cuts + 1]. */
void pg_ologit_probabilities(const pg_ologit *model, double index, double *p);
/** The standard error of P(y > j) at one row by the delta method, from vcov; work [n_slopes + n_cuts]. */
double pg_ologit_exceedance_error(const pg_ologit *model, const double *x, size_t stride, size_t j, double *work);

#endif
