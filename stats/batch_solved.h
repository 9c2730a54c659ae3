/* batch_solved.h  The algebra of one solved model, in units that make every column's norm 1, and the digits it has.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_BATCH_SOLVED_H
#define PG_BATCH_SOLVED_H

#include "stats/batch_terms.h"

typedef struct pg_batch_solved {
    double *scale;       /**< [n_all] 1 / norm */
    double *b;           /**< [n_terms] in scaled units */
    pg_matrix bread;     /**< [n_terms x n_terms] scaled */
    pg_matrix influence; /**< [n_all x n_terms] of the model's columns: scaled */
    double amplified;    /**< errors of the first stage, and of k of the k-class */
} pg_batch_solved;

/** What the first stage leaves; W = [exogenous terms, instruments], W'W = R'R, columns of norm 1 but the outcome. */
typedef struct pg_batch_first_stage {
    pg_matrix half; /**< R^-T W'X */
    double *half_y; /**< R^-T W'y */
    pg_matrix gram; /**< X^'X^, of the k-class X'(I - kM)X */
    double *g;      /**< X^'y, of the k-class X'(I - kM)y */
    double excess;  /**< k - 1 */
} pg_batch_first_stage;

/** From 2SLS to LIML: gram, g, excess and v->amplified change; by_row: cross-products do not tell k. */
pgdp_status pg_batch_kclass(pgdp_ctx *ctx, const pg_batch_terms *m, pg_batch_solved *v, pg_batch_first_stage *stage,
                            bool *by_row);

/** Digits of the reported estimates, of their errors before clusters, and of the residuals' square: batch_digits.c. */
double pg_batch_digits(const pg_batch_terms *m, const pg_batch_solved *v, const pg_batch_solution *x);

#endif
