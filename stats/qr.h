/* qr.h  Householder QR of a tall matrix by blocks of rows, the same bits for every number of threads.
 * Source: Demmel, Grigori, Hoemmen & Langou (2012), SIAM J. Sci. Comput. 34(1), section 2 (TSQR), a tree of two levels.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_QR_H
#define PG_QR_H

#include "stats/linalg.h"

/** Writes rows [first, first + a.n_rows) of the matrix to be factored. */
typedef void (*pg_fill_rows)(void *user, size_t first, pg_matrix a);
/** A factored matrix, in the context's scratch. */
typedef struct pg_qr {
    size_t n_rows, n_cols, n_blocks;
    double *blocks, *tau; /**< each block's reflectors, block after block; [n_cols] tau a block */
    pg_matrix top;        /**< the blocks' R stacked and factored again; unused for one block */
    double *top_tau;
    pg_matrix r; /**< the upper triangle, [n_cols x n_cols], zeros below */
} pg_qr;

/** Factor an n_rows x n_cols matrix, n_rows >= n_cols, that fill writes block by block. */
pgdp_status pg_qr_factor(pgdp_ctx *ctx, size_t n_rows, size_t n_cols, pg_fill_rows fill, void *user, pg_qr *qr);
/** v = Q'v, v [n_rows]: the n_cols elements that stand against R go to head, and v keeps the rest in their place. */
pgdp_status pg_qr_apply_transposed(pgdp_ctx *ctx, const pg_qr *qr, double *v, double *head);
/** v = Q v, the inverse of pg_qr_apply_transposed(). */
pgdp_status pg_qr_apply(pgdp_ctx *ctx, const pg_qr *qr, const double *head, double *v);

#endif
