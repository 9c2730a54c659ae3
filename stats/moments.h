/* moments.h  Cross-products of columns by cell: all that linear models with iid or clustered errors need of the rows.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Moments add: those of two sets of rows are the sum. Linear estimators, and every covariance that sums scores by
 * cluster, are functions of them alone (docs/moments.md says which, exactly). */
#ifndef PG_MOMENTS_H
#define PG_MOMENTS_H

#include "core/ctx.h"
#include "stats/blocks.h"

/** Matrices are full, symmetric, column-major. Column 0 is the constant. */
typedef struct pg_moments {
    pgdp_allocator allocator;
    pg_arena arena;
    size_t n_cols;
    const char **names; /**< [n_cols] */
    double *shift;      /**< [n_cols] taken from the column before products are formed, so that these lose no digits to
                             the means; 0 for the constant */
    size_t n_rows;      /**< used */
    double sum_weights; /**< n_rows without weights */
    double sum_log_weights;
    pgdp_weights weight_kind;
    pg_cells cells;    /**< n_cells at least 1; copies */
    double *cross;     /**< [n_cells][n_cols x n_cols] sums of w (x_i - s_i)(x_j - s_j) */
    double *total;     /**< [n_cols x n_cols] their sum over cells, in order */
    size_t *cell_rows; /**< [n_cells] */
    double *cell_logs; /**< [n_cells] sums of the logarithms of weights */
} pg_moments;

/** All zero, for those who fill it themselves; names and cells (NULL: one) are copied. @return NO_MEMORY */
pgdp_status pg_moments_new(pgdp_ctx *ctx, const char *const *names, size_t n_cols, const pg_cells *cells,
                           pg_moments **out);
/** total = the sum of cross over cells, sum_log_weights that of theirs. */
void pg_moments_set_total(pg_moments *moments);
/** Bytes that the moments of so many columns and cells take. */
size_t pg_moments_size(size_t n_cols, size_t n_cells);
/**
 * One pass over the blocks. Leaves of consecutive blocks are summed on their own and added up in order: their number
 * depends on the data's size alone, so that any number of threads and ranks gives the same bits.
 * @param shift  [n_cols] to take from the columns, 0 for the constant; NULL: the means of the first block
 * @return NO_MEMORY, what fill() does. Cost: O(rows * n_cols^2) time, (leaves + 1) * pg_moments_size() memory.
 */
pgdp_status pg_moments_pass(pgdp_ctx *ctx, const pg_blocks *blocks, const double *shift, pg_moments **out);
void pg_moments_free(pg_moments *moments);

#endif
