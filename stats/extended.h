/* extended.h  Least squares in double-double arithmetic throughout: 31 digits of working precision.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_EXTENDED_H
#define PG_EXTENDED_H

#include "stats/scaled.h"
#include "stats/two_double.h"

/** The solution for scaled columns (pg_scaled) and y times y_scale; in ctx->scratch. */
typedef struct pg_extended {
    pg_two *x;        /**< [n_cols] */
    double *r;        /**< [n_rows] residual */
    pg_two *root;     /**< [n_cols x n_cols], upper triangle: R^-1 */
    double *norm;     /**< [n_cols] of the scaled columns */
    double error;     /**< of x, relative to its length */
    bool by_products; /**< the way taken */
} pg_extended;
/** From the columns with their low parts and weights: by cross-products where the condition (of the columns at norm 1)
 * lets these keep more digits than a double has, else by Householder QR. The columns have been found independent.
 * Cost: O(n_rows * n_cols^2) double-double operations, 16 bytes a cell. */
pgdp_status pg_extended_solve(pgdp_ctx *ctx, const pg_scaled *scaled, double y_scale, double condition,
                              pg_extended *out);

#endif
