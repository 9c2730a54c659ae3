/* linalg.h  Dense linear algebra: the only door to BLAS and LAPACK, one thread a call.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_LINALG_H
#define PG_LINALG_H

#include "core/ctx.h"

/** A matrix that may be written: element (i, j) at x[i + j * stride]. No dimension exceeds INT_MAX. */
typedef struct pg_matrix {
    double *x;
    size_t n_rows, n_cols, stride;
} pg_matrix;
static inline pg_matrix pg_matrix_of(double *x, size_t n_rows, size_t n_cols)
{
    return (pg_matrix){ x, n_rows, n_cols, n_rows };
}
/** A matrix that is only read, where a pg_matrix is taken. */
static inline pg_matrix pg_matrix_view(const double *x, size_t n_rows, size_t n_cols, size_t stride)
{
    const union {
        const double *from;
        double *to;
    } view = { x };
    return (pg_matrix){ view.to, n_rows, n_cols, stride };
}
/** A zeroed n_rows x n_cols matrix of an arena; x NULL: out of memory. */
pg_matrix pg_matrix_new(pg_arena *arena, size_t n_rows, size_t n_cols);

/** Keep OpenBLAS to one thread a call, so that results do not depend on the machine's cores; call before any loop. */
void pg_blas_single_thread(void);
const char *pg_blas_kernel(void); /**< the CPU kernel in use: "Haswell", "SkylakeX" */
const char *pg_blas_config(void); /**< version and build of OpenBLAS */

void pg_times(pg_matrix a, pg_matrix b, pg_matrix c);              /**< C = A B */
void pg_times_transposed(pg_matrix a, pg_matrix b, pg_matrix c);   /**< C = A B' */
void pg_times_upper(pg_matrix a, pg_matrix r);                     /**< A = A R, R upper triangular */
void pg_add_cross(pg_matrix a, pg_matrix b, pg_matrix c);          /**< C = C + A'B */
void pg_add_gram(pg_matrix a, pg_matrix c);                        /**< C = C + A'A, upper triangle only */
void pg_gram(pg_matrix a, pg_matrix c);                            /**< C = A'A, upper triangle only */
void pg_times_vector(pg_matrix a, const double *x, double *y);     /**< y = A x */
void pg_add_cross_vector(pg_matrix a, const double *x, double *y); /**< y = y + A'x */
void pg_copy_upper(pg_matrix a);                                   /**< lower triangle = upper triangle */

/** A = R'R: the upper triangle of A becomes R. @return false when A is not positive definite to working precision */
bool pg_cholesky(pg_matrix a);
/** x = (R'R)^-1 x from pg_cholesky()'s R. */
void pg_cholesky_solve(pg_matrix r, double *x);
/** R = R^-1 in place, upper triangle; @return false when a diagonal element is 0 */
bool pg_invert_upper(pg_matrix r);
/** x = R^-1 x, or R'^-1 x. */
void pg_solve_upper(pg_matrix r, bool transposed, double *x);

/** b' V^-1 b for a covariance V, of which the upper triangle is read; both are overwritten. V is brought to a unit
 * diagonal first, so that units do not decide what is singular. NaN: V is singular, or has no variance somewhere. */
double pg_inverse_form(pg_matrix v, double *b);

/** Householder QR in place (n_rows >= n_cols): R above, reflectors below; tau [n_cols]. */
pgdp_status pg_householder(pgdp_ctx *ctx, pg_matrix a, double *tau);
/** v = Q v or Q'v, v [n_rows], from pg_householder()'s result. */
pgdp_status pg_householder_apply(pgdp_ctx *ctx, pg_matrix a, const double *tau, bool transposed, double *v);
/** Eigenvalues, ascending, and vectors (in place of A) of a symmetric matrix. @return NO_CONVERGENCE, NO_MEMORY */
pgdp_status pg_eigen(pgdp_ctx *ctx, pg_matrix a, double *values);
/** 2-norm condition number of an upper triangle from it and its inverse, by power iteration (from below, within 1 %).
 */
pgdp_status pg_condition(pgdp_ctx *ctx, pg_matrix r, pg_matrix inverse, double *out);

#endif
