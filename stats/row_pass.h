/* row_pass.h  One pass over rows for many models at once: sums of squared scores, or of scores by cluster.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_ROW_PASS_H
#define PG_ROW_PASS_H

#include "stats/blocks.h"

/** What multiplies the square of a row's score e z: w^2, or w where it counts equal rows; NULL: 1. In ctx->scratch. */
pgdp_status pg_square_factor(pgdp_ctx *ctx, pgdp_weights kind, const pg_block_rows *rows, const double **out);

/** Models as vectors over the (shifted) columns of the blocks. Term s of model m has score z e w in a row, e = x'
 * residual, z = x' influence. */
typedef struct pg_row_pass {
    const pg_blocks *blocks;
    const double *shift; /**< [n_cols] taken from the columns */
    size_t n_models, n_slots;
    const double *residual;  /**< [n_cols x n_models] */
    const double *influence; /**< [n_cols x (n_models * n_slots)] */
    const uint32_t *unit;    /**< [rows of all blocks]; NULL: sums of squares */
    size_t n_units;
} pg_row_pass;

/**
 * Add up, on the calling thread.
 * @param sums  squares: [n_slots * n_models] sums of squared scores (divided by the row's weight where that counts
 * equal rows); units: [n_units x n_slots * n_models] sums of scores. Zero before. Cost: O(rows * n_cols * n_models * (1
 * + n_slots)) in matrix products.
 */
pgdp_status pg_row_pass_run(pgdp_ctx *ctx, const pg_row_pass *pass, double *sums);

#endif
