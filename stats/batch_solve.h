/* batch_solve.h  Least squares, 2SLS and LIML of one model from the moments of its group.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_BATCH_SOLVE_H
#define PG_BATCH_SOLVE_H

#include "stats/batch_sample.h"

/** Digits that are promised of a result; those with fewer come from the rows. */
#define PG_BATCH_DIGITS 12

/** A solved model. Vectors over the moments' columns: the residual of a row is their product with the row's (shifted)
 * columns, and so is what the row's residual adds to an estimate. */
typedef struct pg_batch_solution {
    bool by_row;       /**< the moments leave fewer than twelve digits, or do not tell which terms are collinear */
    bool all;          /**< every term has a slot, not the reported ones alone */
    bool all_reported; /**< and result rows, the constant among them */
    bool ones;         /**< a constant is a term of which absorbed slopes took their part */
    size_t n_terms;    /**< K */
    size_t n_slots;    /**< terms with an influence, in the order of the model */
    size_t n_dropped;  /**< collinear columns */
    double yy, ssr, tss, digits; /**< yy: of the outcome about its constant, or what effects leave of it */
    double *residual;            /**< [n_columns] */
    double *influence;           /**< [n_columns x room] */
    double *estimate;            /**< [room] */
    double *bread;               /**< [room] its diagonal */
    double *meat;       /**< [n_slots] variances before factors, or [n_slots x n_slots] where all terms have slots */
    bool from_rows;     /**< the meat came by a pass over rows */
    uint32_t *column;   /**< [room] of the moments, 0: the constant */
    bool *reported;     /**< [room] */
    uint32_t *dropped;  /**< [n_columns] in the order of the model */
    uint32_t *question; /**< [n_columns] columns to look at on the rows, for then the model may be solved */
    size_t n_question;  /**< 0: there is nothing to ask */
} pg_batch_solution;

/** Room for n solutions of the models given; in ctx->scratch. */
pgdp_status pg_batch_solutions_new(pgdp_ctx *ctx, const pg_batch_sample *s, const uint32_t *models, size_t n,
                                   pg_batch_solution **out);
/** Solve one model by what is known of collinear terms; it may end with a question. @return NO_MEMORY alone */
pgdp_status pg_batch_solve(pgdp_ctx *ctx, const pg_batch_sample *s, const pg_batch_formula *f, pg_batch_solution *out);
/** The same, its questions answered. Not for several threads at once. */
pgdp_status pg_batch_solve_surely(pgdp_ctx *ctx, const pg_batch_sample *s, const pg_batch_formula *f,
                                  pg_batch_solution *out);
/** The same with other cross-products of the same columns (a bootstrap's), however few digits they leave. */
pgdp_status pg_batch_solve_with(pgdp_ctx *ctx, const pg_batch_sample *s, const pg_batch_formula *f, const double *total,
                                pg_batch_solution *out);

#endif
