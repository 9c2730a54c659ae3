/* stream_fit.h  From a table's blocks to a design of few rows with the same cross-products, and what covariances ask of
 * the rows behind it. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STREAM_FIT_H
#define PG_STREAM_FIT_H

#include "stats/hc.h"
#include "stats/stream.h"

/** Absorbed effects of rows whose columns are what these leave: stream_absorb.c. */
typedef struct pg_behind_effects {
    const pgdp_effect *effects; /**< [n] name and n_levels alone */
    const bool *nested;         /**< [n] within the clusters */
    size_t n, rank;
    bool rank_is_bound;
    pg_absorption how;
    double total;                     /**< sum of squares of the outcome as it was, about its mean */
    const struct pg_level_glm *steps; /**< of a likelihood: stream_glm.h; else NULL */
} pg_behind_effects;

/** The rows behind a design made of their cross-products; in ctx->scratch. */
typedef struct pg_behind {
    pg_stream stream;                  /**< of rows without effects; with them, its columns and cells alone */
    const pg_behind_effects *absorbed; /**< NULL: none */
    /** The rows of a block, if asked for with their cells. */
    pgdp_status (*fill)(pgdp_ctx *ctx, const void *user, size_t block, bool cells, pg_block_rows *out);
    /** Its columns as they are; NULL: those of the stream. */
    pgdp_status (*look)(pgdp_ctx *ctx, const void *user, size_t block, pg_stream_view *out);
    const void *user;
    size_t n_blocks;
    pgdp_dropped dropped;
    double *shift; /**< [n_cols] near the means, 0 for the constant */
    pg_matrix r;   /**< [n_cols x n_cols] upper triangle: r'r are the weighted cross-products */
    size_t n_rows;
    double sum_weights, sum_log_weights;
} pg_behind;
/** Two passes over the blocks to r: moments, whose Cholesky factor makes the columns nearly orthonormal, and the
 * moments of those, so that nothing is lost to squares: digits as of a QR of the rows. */
pgdp_status pg_behind_new(pgdp_ctx *ctx, const pgdp_table *table, const pg_formula *formula,
                          const pg_design_request *request, pg_behind *out);
/** The rest of it from blocks, of which names and columns are known; centred: they have mean 0, or none to take. */
pgdp_status pg_behind_triangle(pgdp_ctx *ctx, const pg_blocks *blocks, bool centred, pg_behind *out);
/** stream_absorb.c: the same of the rows of a frame less absorbed intercepts. *out NULL: it is left to the
 * design of the rows, as are other effects, terms that are products or levels, and columns of
 * which the effects leave too little. */
pgdp_status pg_behind_absorb(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_formula *formula,
                             const pg_design_request *request, pg_behind **out);
/** What they do to a fit of that design: their rank and a line before the method is called, the total sum of squares
 * after it. @return TOO_FEW_OBS */
pgdp_status pg_behind_count(pgdp_ctx *ctx, pgdp_fit *fit);
void pg_behind_set_total(pgdp_fit *fit);
/** The design whose rows are those of r. Borrows. @return TOO_FEW_OBS: no row is used */
pgdp_status pg_behind_design(pgdp_ctx *ctx, const pg_behind *behind, pg_design_result *out);

/** What is right of a fit of that design. */
void pg_behind_certify(pgdp_certificate *certificate);

enum { PG_MANY_ROWS = 200000 }; /**< from here on blocks cost less than rows */
/** pgdp_regress() over the blocks of a frame, *done, where that gives all that is asked for, to 12 digits; a model that
 * fails is left to the rows too, which say why in their own words. */
pgdp_status pg_regress_by_blocks(pgdp_ctx *ctx, const pgdp_frame *data, const pgdp_regression_spec *spec,
                                 pgdp_regression **out, bool *done);

/** One more pass: the sum of the rows' scores' products, each times its weight; upper triangle of meat [k x k].
 * @return NUMERICAL: a leverage of 1 */
pgdp_status pg_behind_squares(pgdp_ctx *ctx, const pgdp_fit *fit, pg_hc_weight weight, double *meat);
/** One more pass: a copy of the fit whose rows are the sums of scores by cell, and its working design their clusters.
 */
pgdp_status pg_behind_clusters(pgdp_ctx *ctx, const pgdp_fit *fit, pgdp_fit *by_cell);
/** The clusters of every cell into a design, if there are any. */
pgdp_status pg_behind_cells(pgdp_ctx *ctx, const pg_behind *behind, pgdp_design *out);

#endif
