/* batch_solved.h  The algebra of one solved model, in units that make every column's norm 1, and the digits it has.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_BATCH_SOLVED_H
#define PG_BATCH_SOLVED_H

#include "stats/batch_terms.h"

typedef struct pg_batch_solved {
    double *scale;       /**< [n_all] 1 / norm */
    double *b;           /**< [n_terms] in scaled units */
    pg_matrix bread;     /**< [n_terms x n_terms] scaled */
    pg_matrix influence; /**< [n_w x n_terms] on exogenous terms and instruments, or on the terms: scaled */
    double amplified;    /**< errors of the first stage */
} pg_batch_solved;

/** Digits of the reported estimates, of their errors before clusters, and of the residuals' square: batch_digits.c. */
double pg_batch_digits(const pg_batch_terms *m, const pg_batch_solved *v, const pg_batch_solution *x);

#endif
