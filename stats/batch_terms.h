/* batch_terms.h  The columns of one model over the moments of its group: which they are, their cross-products, which of
 * them cannot stand. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_BATCH_TERMS_H
#define PG_BATCH_TERMS_H

#include "stats/batch_solve.h"

/** 1 - R^2 of a term on those before it: below, cross-products do not tell whether it is collinear. */
#define PG_BATCH_UNCLEAR             1e-9
/** The same where the term's coefficients on those before it are large, by the sum of their absolute values and 1 (all
 * of norm 1): rounding of the cross-products alone leaves about 2^-52 of its square. */
#define PG_BATCH_UNCLEAR_OF_SUM(sum) (256 * DBL_EPSILON * (sum) * (sum))

/** Columns [n_all] of the moments: the exogenous terms, the endogenous ones, the instruments. */
typedef struct pg_batch_terms {
    const pg_batch_sample *s;
    const double *total;
    bool constant, raw; /**< a constant to centre by; neither constant nor effects: shifts are added back */
    bool liml;          /**< with instruments: LIML in place of 2SLS */
    uint32_t outcome, *columns;
    bool *reported;
    size_t *place, *dropped_place;      /**< of a column in the model, and of those left out */
    size_t n_exogenous, n_terms, n_all; /**< terms: exogenous and endogenous */
    size_t n_endogenous;                /**< columns of endogenous terms, before any is left out */
    double yy, worst;                   /**< of the outcome; how much centring cancelled, at least 1 */
} pg_batch_terms;

/** List the columns of f; out->by_row where these cannot be solved. s and total are set. @return NO_MEMORY */
pgdp_status pg_batch_terms_new(pgdp_ctx *ctx, const pg_batch_formula *f, pg_batch_solution *out, pg_batch_terms *m);
/** The cross-product of columns i and j of the moments as the model has it: centred where it has a constant. */
double pg_batch_product(const pg_batch_terms *m, size_t i, size_t j);
/** The square of its norm before anything was taken from it. */
double pg_batch_raw_square(const pg_batch_terms *m, size_t i);
/** Leave a column out; those left out stay in the order of the model. */
void pg_batch_drop(const pg_batch_terms *m, uint32_t column, size_t place, pg_batch_solution *out);

#endif
