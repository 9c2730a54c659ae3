/* scaled.h  The weighted regressors with columns scaled by powers of two, which changes no digit of theirs.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_SCALED_H
#define PG_SCALED_H

#include "pgdp/stats.h"
#include "stats/linalg.h"

/** sqrt(w) X S with S diagonal, [n_rows x n_cols], never stored: rows are made when they are needed. */
typedef struct pg_scaled {
    const pgdp_design *design;
    size_t n_rows, n_cols;
    size_t n_extra;      /**< 1: a column of ones stands before the design's, 0: none */
    double *root_weight; /**< [n_rows]; NULL: unweighted */
    double *scale;       /**< [n_cols], powers of two that bring every column's largest element into [1/2, 1) */
} pg_scaled;

/** In the context's scratch. */
pgdp_status pg_scaled_new(pgdp_ctx *ctx, const pgdp_design *design, bool with_constant, pg_scaled *out);
/** Rows [first, first + a.n_rows): a pg_fill_rows. */
void pg_scaled_fill(void *scaled, size_t first, pg_matrix a);
/** n of those rows of one column. */
void pg_scaled_fill_column(const pg_scaled *scaled, size_t column, size_t first, size_t n, double *out);
/** The power of two that brings the largest of n numbers, each times its root weight, into [1/2, 1); 1 for zeros. */
double pg_scaled_power(const double *x, const double *root_weight, size_t n);
/** Is every element an integer below 2^53, and so free of rounding? */
bool pg_scaled_is_exact(const double *x, size_t n);

#endif
