/* cross_validate.h  The fits of a cross-validation and what they forecast.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_CROSS_VALIDATE_H
#define PG_CROSS_VALIDATE_H

#include "tasks/validation.h"

/** Forecasts, by outer fold: one for fits that leave out a fold, the number of folds for those that leave out two. */
typedef struct pg_forecasts {
    double *index;  /**< [n_tasks x n_lambdas x outer] */
    double *loss;   /**< [n_lambdas x n_folds x outer] sum of log losses of the fold's tasks */
    double *known;  /**< [n_tasks x n_levels x outer] */
    double *shares; /**< [n_tasks x n_levels x n_lambdas], of one outer fold only */
} pg_forecasts;

typedef struct pg_fits {
    pg_validation *v;
    const size_t *order;       /**< [n_lambdas] from the heaviest penalty, where each fit starts from the one before */
    size_t (*held)[2], n_fits; /**< [n_fits] folds that each leaves out; the second may be PGDP_NONE */
    pg_forecasts outer, inner;
    pg_forecasts *shuffled; /**< [PG_N_GROUPS] index and shares with a group of columns shuffled; NULL: not asked for */
} pg_fits;

/** Every fit; forecasts in ctx's scratch. */
pgdp_status pg_fits_run(pgdp_ctx *ctx, pg_fits *fits);

/** importance.c: room for shuffled forecasts, and one fit's. */
pgdp_status pg_shuffled_new(pgdp_ctx *ctx, pg_fits *fits);
pgdp_status pg_forecast_shuffled(pgdp_ctx *ctx, const pg_fits *fits, const void *learnt, const pg_model_rows *tests,
                                 size_t fold, size_t lambda);
/** A fixed shuffle of the fold's graded tasks: out [n], positions. */
void pg_shuffle(const pgdp_scoring *s, size_t fold, size_t group, size_t n, size_t *out);
/** Does shuffling the group do anything to this model? */
bool pg_group_counts(const pg_validation *v, size_t group);

#endif
