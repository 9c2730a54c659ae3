/* moments_design.h  Few rows with the cross-products of many, cluster by cluster: what lets every linear estimator and
 * every covariance that sums scores by cluster work on moments. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_MOMENTS_DESIGN_H
#define PG_MOMENTS_DESIGN_H

#include "stats/moments.h"

/** A model by the columns of moments. */
typedef struct pg_moments_model {
    size_t outcome;
    const size_t *terms; /**< [n_terms]; 0 among them: the constant */
    size_t n_terms;
    const size_t *instruments; /**< [n_instruments] */
    size_t n_instruments;
    const size_t *dims; /**< [n_dims] clusterings: dimensions of the cells */
    size_t n_dims;
    const size_t *const *rank; /**< [n_dims][n_groups] index that a group of a clustering gets; NULL: its number */
    const bool *keep;          /**< [n_cells]; NULL: all */
} pg_moments_model;

/**
 * Rows R_g with R_g'R_g = S_g for every combination g of the model's clusters, one below the other; in ctx->scratch.
 * At most as many a combination as it has rows or the model has columns, and a constant. Of the design's members those
 * of effects, panels and the endogenous terms are the caller's.
 * @return TOO_FEW_OBS: no row is kept
 * Cost: O(cells * columns^2 + combinations * columns^3) time.
 */
pgdp_status pg_moments_design(pgdp_ctx *ctx, const pg_moments *moments, const pg_moments_model *model,
                              pgdp_design *out);

#endif
