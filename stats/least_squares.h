/* least_squares.h  Weighted least squares to the last digit that the data carry.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_LEAST_SQUARES_H
#define PG_LEAST_SQUARES_H

#include "pgdp/stats.h"
#include "stats/linalg.h"

/** How the arithmetic is done. Automatic: extended where it costs next to nothing, and where double precision leaves
 * fewer than nine digits of columns that carry what rounding took from them. */
typedef enum pg_precision { PG_PRECISION_AUTO, PG_PRECISION_DOUBLE, PG_PRECISION_EXTENDED } pg_precision;
/** min |sqrt(w) (y - X b)|; arrays in the context's scratch. */
typedef struct pg_least_squares {
    double *estimate;       /**< [n_cols] */
    double *residual;       /**< [n_rows], sqrt(w) (y - X b) */
    pg_matrix root;         /**< upper triangle R^-1: (X'WX)^-1 = root root' */
    double condition;       /**< of sqrt(w) X with columns of norm 1, 2-norm */
    double digits;          /**< correct decimal digits of the worst coefficient, see least_squares.c */
    double variance_digits; /**< of the sum of squared residuals, of rows made of cross-products; else INFINITY */
    size_t worst;           /**< index of the worst coefficient */
    size_t refinements;
    bool extended;      /**< solved in double-double */
    const char *solver; /**< the certificate's word for it */
} pg_least_squares;

/** @return RANK_DEFICIENT (names the term and what it depends on), NO_MEMORY */
pgdp_status pg_least_squares_solve(pgdp_ctx *ctx, const pgdp_design *design, pg_least_squares *out);
/** The same at a precision asked for; the other is automatic. */
pgdp_status pg_least_squares_solve_at(pgdp_ctx *ctx, const pgdp_design *design, pg_precision precision,
                                      pg_least_squares *out);

/** Sums of squares of the outcome, weighted. */
typedef struct pg_total {
    double squares;    /**< of what the constant's column leaves of y; of y where there is none */
    double about_zero; /**< of y */
} pg_total;
pgdp_status pg_total_squares(pgdp_ctx *ctx, const pgdp_design *design, pg_total *out);

#endif
