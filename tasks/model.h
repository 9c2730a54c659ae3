/* model.h  What a scoring model is: it learns from graded tasks, forecasts others, and says how sure it is of its
 * index. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_MODEL_H
#define PG_MODEL_H

#include "pgdp/tasks.h"
#include "stats/linalg.h"

/** Tasks and their standardised columns. */
typedef struct pg_model_rows {
    const double *x; /**< [n x p] */
    size_t n, p;
    const size_t *tasks;        /**< [n] */
    const double *grades;       /**< [n] 0 ... n_levels - 1, of tasks to learn from; else NULL */
    const char *const *terms;   /**< [p] */
    const unsigned char *group; /**< [p] PG_GROUP_... of features.h */
} pg_model_rows;

/** A mean index of some tasks, sum_k weight_k index_k. */
typedef struct pg_index_sum {
    const size_t *tasks;
    const double *weights;
    size_t n;
} pg_index_sum;

/**
 * One model: a constant in tasks/model_NAME.c, listed in tasks/models.h. Its index ranks tasks: the log odds of a grade
 * at or above the threshold rise with it, and the calibrated link (validation.h) makes probabilities of it.
 */
typedef struct pg_task_model {
    const char *name, *title, *source;
    bool plain; /**< sees no mean grades of activities and occupations: it learns such effects by itself */
    /** Learn with one penalty, into the arena. start: what was learnt from the same rows with another, or NULL. */
    pgdp_status (*learn)(pgdp_ctx *ctx, pg_arena *arena, const pgdp_scoring *s, const pg_model_rows *rows,
                         double penalty, const void *start, const void **learnt);
    /** index [rows->n]; shares [rows->n x n_levels] of the grades, or NULL. */
    pgdp_status (*forecast)(pgdp_ctx *ctx, const pgdp_scoring *s, const void *learnt, const pg_model_rows *rows,
                            double *index, double *shares);
    /** The model on all graded tasks: s->fit, which prints, s->index of all tasks and s->learnt, in s->arena. */
    pgdp_status (*finish)(pgdp_ctx *ctx, pgdp_scoring *s, const pg_model_rows *graded, const pg_model_rows *all);
    /** The variance of every task's index, [n_tasks], given its columns. */
    pgdp_status (*variances)(pgdp_ctx *ctx, const pgdp_scoring *s, double *out);
    /** The variance of a sum of indices. */
    pgdp_status (*variance)(pgdp_ctx *ctx, const pgdp_scoring *s, const pg_index_sum *sum, double *out);
    /** Before draws: what they share, in ctx's scratch. */
    pgdp_status (*prepare)(pgdp_ctx *ctx, const pgdp_scoring *s, const void **prepared);
    /** Indices of all tasks in draws first ... , each from its own stream; index [n_tasks x n]. */
    pgdp_status (*draw)(pgdp_ctx *ctx, const pgdp_scoring *s, const void *prepared, size_t first, pg_matrix index);
} pg_task_model;
/** V = U diag(d) U' to U diag(sqrt d), in place: it exists although rounding may leave a d just below 0. */
pgdp_status pg_covariance_root(pgdp_ctx *ctx, pg_matrix v);
const pg_task_model *pg_task_model_at(size_t i); /**< NULL: past the end of the list */
/** @return NOT_FOUND, with a suggestion */
pgdp_status pg_task_model_find(pgdp_ctx *ctx, const char *name, const pg_task_model **out);

#endif
