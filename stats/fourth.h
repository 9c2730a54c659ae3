/* fourth.h  Fourth moments of columns: all that heteroskedasticity-robust variances of linear models need of the rows.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model's sum of f e^2 z^2, with e = x'c its residual and z = x'a a term's influence, is a form of fourth degree in c
 * and a. Columns are first brought to an orthonormal basis, in which nothing cancels between them. */
#ifndef PG_FOURTH_H
#define PG_FOURTH_H

#include "stats/moments.h"

typedef struct pg_fourth {
    size_t n_cols;
    pg_matrix root;  /**< [n_cols x n_cols] R, upper: columns less their shift are the basis times R */
    double *size;    /**< [n_cols] (sum of f q^4)^(1/4) of a basis column */
    pg_matrix pairs; /**< [n_pairs x n_pairs] sums of f q_i q_j q_k q_l; pair i <= j stands at i + j (j + 1) / 2 */
    double rounding; /**< of a sum, relative to the sizes of what is added up */
} pg_fourth;

/** Multiplications of a pass for each row. */
double pg_fourth_work(size_t n_cols);
/** Multiplications for each model. */
double pg_fourth_model_work(size_t n_cols);
/**
 * One pass over the blocks, spread over threads and ranks: the same bits for every number of them.
 * @param moments  of the same blocks
 * @param out      in ctx->scratch. Cost: O(rows * n_cols^4 / 12), pg_fourth_work().
 */
pgdp_status pg_fourth_pass(pgdp_ctx *ctx, const pg_blocks *blocks, const pg_moments *moments, pg_fourth *out);
/** Models as vectors over the columns, as pg_row_pass has them. */
typedef struct pg_fourth_models {
    size_t n_models, n_slots;
    const double *residual;  /**< [n_cols x n_models] */
    const double *influence; /**< [n_cols x n_slots * n_models] */
} pg_fourth_models;
/** Sums of squared scores [n_slots * n_models], and to how many digits rounding leaves each, to first order. */
pgdp_status pg_fourth_sums(pgdp_ctx *ctx, const pg_fourth *fourth, const pg_fourth_models *models, double *sums,
                           double *digits);

#endif
