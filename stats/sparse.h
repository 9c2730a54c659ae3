/* sparse.h  Sparse symmetric systems: an order of elimination with little fill, a factor, solves of several columns.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_SPARSE_H
#define PG_SPARSE_H

#include "core/ctx.h"

/** A symmetric positive semidefinite matrix with a unit diagonal and its factor L D L'; arrays in an arena. */
typedef struct pg_sparse {
    size_t n;
    int *start, *row;     /**< upper triangle with its diagonal by column: [n + 1], [start[n]] ascending */
    double *value;        /**< [start[n]] */
    int *order;           /**< [n] the i-th to be eliminated */
    double flops;         /**< of a factorisation, predicted by the order */
    size_t n_factor;      /**< elements of L, predicted */
    int *l_start, *l_row; /**< L below its unit diagonal, by column: [n + 1], [n_factor] */
    double *l_value;      /**< [n_factor] */
    double *inverse;      /**< [n] of the pivots; 0: passed over */
} pg_sparse;

/** Find the order (approximate minimum degree), flops and n_factor. @return NO_MEMORY, NUMERICAL (too large) */
pgdp_status pg_sparse_order(pgdp_ctx *ctx, pg_sparse *s);
/** Room for the factor, once ordered; in ctx->scratch. */
pgdp_status pg_sparse_reserve(pgdp_ctx *ctx, pg_sparse *s);
/** Factor the values as they stand. A pivot not above tol is passed over: its coefficient will be 0.
 * @param definite  no pivot is expected to vanish: large fronts go to BLAS @return NO_MEMORY, NUMERICAL */
pgdp_status pg_sparse_factor(pgdp_ctx *ctx, pg_sparse *s, double tol, bool definite);
/** x = A^+ x for `lanes` columns side by side, x[i * lanes + column]; each has the bits that it has alone.
 * @param work  [n x lanes] */
void pg_sparse_solve(const pg_sparse *s, double *x, size_t lanes, double *work);

#endif
