/* model_linear.h  What models have in common whose index is linear in the columns.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_MODEL_LINEAR_H
#define PG_MODEL_LINEAR_H

#include "tasks/models.h"
#include "tasks/validation.h"

/** How an estimator of stats is asked. */
typedef struct pg_linear {
    const char *estimator, *vcov;
    bool constant; /**< it needs one: the last column */
    bool value;    /**< of the grade's place between lowest (0) and highest (1), not of the grade */
    bool mean;     /**< the penalty counts for the mean over tasks, not for their sum */
} pg_linear;

/** s->fit on the graded tasks with the chosen penalty. */
pgdp_status pg_linear_fit(pgdp_ctx *ctx, pgdp_scoring *s, const pg_linear *how, const pg_model_rows *graded);
/** Fit anywhere; estimate [p + constant, or that times equations] in the arena. */
pgdp_status pg_linear_learn(pgdp_ctx *ctx, pg_arena *arena, const pgdp_scoring *s, const pg_linear *how,
                            const pg_model_rows *rows, double penalty, const double **estimate);

/** What a model without a distribution of grades learns: its slopes, and cuts of an ordered logit on its index. */
typedef struct pg_ranked {
    const double *slopes;
    double slope, *cuts; /**< of the index, and its cuts */
} pg_ranked;
pgdp_status pg_ranked_learn(pgdp_ctx *ctx, pg_arena *arena, const pgdp_scoring *s, const pg_linear *how,
                            const pg_model_rows *rows, double penalty, const void **learnt);
pgdp_status pg_ranked_forecast(pgdp_ctx *ctx, const pgdp_scoring *s, const void *learnt, const pg_model_rows *rows,
                               double *index, double *shares);
pgdp_status pg_ranked_finish(pgdp_ctx *ctx, pgdp_scoring *s, const pg_linear *how, const pg_model_rows *graded,
                             const pg_model_rows *all);
/** Ordered shares of n indices: [n x n_levels]. */
void pg_shares_of_indices(const pgdp_scoring *s, const double *cuts, const double *index, size_t n, double *shares);

/** The covariance of s->fit's slopes of s->x; zero where the estimator has none. */
pgdp_status pg_linear_variances(pgdp_ctx *ctx, const pgdp_scoring *s, double *out);
pgdp_status pg_linear_variance(pgdp_ctx *ctx, const pgdp_scoring *s, const pg_index_sum *sum, double *out);
pgdp_status pg_linear_prepare(pgdp_ctx *ctx, const pgdp_scoring *s, const void **prepared);
pgdp_status pg_linear_draw(pgdp_ctx *ctx, const pgdp_scoring *s, const void *prepared, size_t first, pg_matrix index);
#define PG_LINEAR_POSTERIOR                                                                                            \
    .variances = pg_linear_variances, .variance = pg_linear_variance, .prepare = pg_linear_prepare,                    \
    .draw = pg_linear_draw

#endif
