/* scoring.h  The scoring model's inside: what each step reads and leaves.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_SCORING_H
#define PG_SCORING_H

#include "stats/logistic.h"
#include "tasks/features.h"
#include "tasks/frames.h"

enum { PG_LINK_TERMS = 3 };
/**
 * The calibrated link: logit P(grade >= threshold) = b0 + b1 index + b2 activity, where `activity` is the logit of the
 * share of such grades that the task's activities have in other occupations. The ordered logit ranks tasks by one index
 * for all cuts; b2 gives the threshold back what the activities say about it alone.
 */
typedef struct pg_link {
    double estimate[PG_LINK_TERMS];
    double vcov[PG_LINK_TERMS * PG_LINK_TERMS]; /**< clustered by occupation */
} pg_link;

struct pgdp_scoring {
    pgdp_allocator allocator;
    pg_arena arena;
    const pgdp_task_list *list;
    pgdp_scoring_request request;
    size_t n_levels, n_cuts, threshold; /**< threshold: index of its level, at least 1 */
    int *grades;                        /**< [n_tasks], -1: not graded */
    size_t n_graded;
    pg_features features;

    /* Cross-validation. */
    size_t *fold;                /**< [n_occupations] */
    double *path_loss, *path_se; /**< [n_lambdas]: mean log loss and its standard error over folds */
    size_t chosen;               /**< of the lambdas */
    double *out_index;           /**< [n_tasks] out-of-fold index at the chosen penalty */
    double *out_cuts;            /**< [n_folds x n_cuts] */
    double *out_activity; /**< [n_tasks x n_levels] shares of grades in the activities, learnt outside the fold */

    /* The final model. */
    pgdp_fit *fit;                      /**< on all graded tasks, slopes of standardised columns */
    size_t n_used;                      /**< columns that it uses */
    double *x;                          /**< [n_tasks x n_used], standardised on the graded tasks */
    double *index, *index_variance;     /**< [n_tasks]; by occupation-clustered covariance of the slopes */
    double *activity_shares;            /**< [n_tasks x n_levels] the same, learnt from all other occupations */
    pg_link link;                       /**< fitted on out-of-fold regressors */
    struct pg_activity_state *activity; /**< [n_activities] */

    pgdp_frame *tasks, *activities, *occupations, *comparison, *calibration, *headline, *path;
};

/** Steps in order; each leaves its part. */
pgdp_status pg_cross_validate(pgdp_ctx *ctx, pgdp_scoring *s);
pgdp_status pg_fit_final(pgdp_ctx *ctx, pgdp_scoring *s);
pgdp_status pg_compare_models(pgdp_ctx *ctx, pgdp_scoring *s);
pgdp_status pg_write_scores(pgdp_ctx *ctx, pgdp_scoring *s);
pgdp_status pg_write_occupations(pgdp_ctx *ctx, pgdp_scoring *s);
pgdp_status pg_write_headline(pgdp_ctx *ctx, pgdp_scoring *s);

/** Centre and inverse scale of columns on training rows; a constant column has inverse scale 0. */
typedef struct pg_scale {
    double *centre, *inverse;
} pg_scale;
/** Rows of plain and encoded columns. encoded: [n_tasks x PG_N_ENCODED]. */
typedef struct pg_rows {
    const pg_features *features;
    const double *encoded;
    const size_t *rows;
    size_t n;
} pg_rows;
pgdp_status pg_scale_of(pgdp_ctx *ctx, const pg_rows *training, pg_scale *out);
/** out: [rows->n x n_columns]; a missing value stands at the training mean. */
void pg_standardise(const pg_rows *rows, const pg_scale *scale, double *out);

/** Shares of all levels from an index and increasing cuts: P(grade <= k) = logistic(cut[k] - index). */
void pg_ordered_shares(double index, const double *cuts, size_t n_cuts, double *shares);
/** The link's regressors: 1, index, activity. shares: the activities' for one task, n_tasks apart. */
void pg_link_row(const pgdp_scoring *s, double index, const double *shares, double *row);
/** Its linear predictor. */
double pg_link_logit(const pg_link *link, const double *row);
/**
 * Fit the link on graded tasks outside one fold (PGDP_NONE: all).
 * Source: Platt (1999) for the logit on an index; Wolpert (1992), Neural Networks 5, 241-259, for the second forecast.
 */
pgdp_status pg_calibrate(pgdp_ctx *ctx, const pgdp_scoring *s, size_t but_fold, pg_link *out);
/**
 * Shares of all levels: the calibrated probability is spread over the levels from the threshold up, and its complement
 * over those below, as the geometric mean of the ordered logit's shares and the activities' (a logarithmic opinion
 * pool, Genest & Zidek 1986, Statistical Science 1, section 2). ordered: [n_levels]; activity: n_tasks apart.
 */
void pg_pooled_shares(const pgdp_scoring *s, double probability, const double *ordered, const double *activity,
                      double *shares);

/** How well shares [n_tasks x n_levels] forecast the grades of the graded tasks. */
typedef struct pg_metrics {
    double n, log_loss, brier, rps, auc, accuracy;
} pg_metrics;
pgdp_status pg_metrics_of(pgdp_ctx *ctx, const pgdp_scoring *s, const double *shares, pg_metrics *out);

/** Calibrated probability of the threshold or above, and the standard error of its logit. */
typedef struct pg_probability {
    double mean, logit_se;
} pg_probability;
/** Tasks with weights: what a probability is averaged over. */
typedef struct pg_group {
    size_t *tasks;
    double *weights; /**< >= 0; all 0: equal */
    size_t n;
} pg_group;
/** Of one task, by the delta method through the link. */
pg_probability pg_task_probability(const pgdp_scoring *s, size_t task);
/** Mean over a group of tasks, whose errors are those of the same coefficients. Cost O(n p + p^2). */
pgdp_status pg_group_probability(pgdp_ctx *ctx, const pgdp_scoring *s, const pg_group *group, pg_probability *out);
/** The ends of an interval on the logit scale, as probabilities. */
void pg_probability_interval(pg_probability p, double conf_level, double *low, double *high);

/** One activity and what it holds. */
typedef struct pg_activity_state {
    double n_tasks, n_graded, n_below; /**< linked tasks; graded ones; graded ones below the threshold */
    double employment, wage_bill;
    pg_probability probability; /**< of its graded tasks, weighted by hours; mean NaN: none is graded */
    bool done, done_by_labels;
} pg_activity_state;
pgdp_status pg_judge_activities(pgdp_ctx *ctx, pgdp_scoring *s);
/** Links by activity: links [first[a], first[a + 1]) of `link`, with the task of each. */
typedef struct pg_by_activity {
    size_t *first, *link, *task;
} pg_by_activity;
pgdp_status pg_group_links(pgdp_ctx *ctx, const pgdp_task_list *list, pg_by_activity *out);
/** Time weights of an activity's graded links, equal when none has hours, 0 for ungraded: [n_links] as in `links`. */
void pg_time_weights(const pgdp_scoring *s, const pg_by_activity *links, double *weights);

#endif
