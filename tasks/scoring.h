/* scoring.h  The scoring model's inside: what each step reads and leaves.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_SCORING_H
#define PG_SCORING_H

#include "core/random.h"
#include "stats/logistic.h"
#include "tasks/frames.h"
#include "tasks/links.h"

enum { PG_LINK_TERMS = 3 };
/**
 * The calibrated link: logit P(grade >= threshold) = m(b0 + b1 index + b2 known), where `known` is the logit of the
 * share of such grades that the task's known hierarchy shows: its activities in other occupations. A model that ranks
 * tasks by one index for all grades loses what the activities say about the threshold alone; b2 gives it back. m is the
 * identity (Platt), or rises in steps that isotonic regression found.
 */
typedef struct pg_link {
    double estimate[PG_LINK_TERMS];
    double vcov[PG_LINK_TERMS * PG_LINK_TERMS]; /**< clustered by the unit held out */
    size_t n_knots;                             /**< of m, linear between and constant beyond; 0: the identity */
    double *knot, *value;                       /**< [n_knots] logits before and after, both rising */
} pg_link;

struct pg_validation;
struct pg_statements;
struct pg_activity_state;
struct pgdp_scoring {
    pgdp_allocator allocator;
    pg_arena arena;
    const pgdp_task_list *list;
    pgdp_scoring_request request;
    const struct pg_task_model *model;
    size_t n_levels, n_cuts, threshold; /**< threshold: index of its level, at least 1 */
    int *grades;                        /**< [n_tasks], -1: not graded */
    size_t n_graded;
    pg_features features;
    struct pg_statements *statements; /**< NULL: the model reads none */

    struct pg_validation *validation; /**< [PG_N_REGIMES] of the model */

    /* The final model. */
    pgdp_fit *fit;                      /**< on all graded tasks, slopes of standardised columns */
    size_t n_used;                      /**< columns that it uses */
    double *x;                          /**< [n_tasks x n_used], standardised on the graded tasks */
    const void *learnt;                 /**< the model's own */
    double *index, *index_variance;     /**< [n_tasks]; by the covariance that the model says */
    double *shares;                     /**< [n_tasks x n_levels] the model's */
    double *known;                      /**< [n_tasks x n_levels] shares of grades in the activities elsewhere */
    pg_link link;                       /**< fitted on out-of-fold regressors */
    struct pg_activity_state *activity; /**< [n_activities] */
    double set_mass;                    /**< of the conformal sets: conformal.c */

    pgdp_frame *tasks, *activities, *occupations, *comparison, *calibration, *headline, *path, *differences,
        *importance, *conformal;
};

/** Steps in order; each leaves its part. */
pgdp_status pg_cross_validate(pgdp_ctx *ctx, pgdp_scoring *s);
pgdp_status pg_fit_final(pgdp_ctx *ctx, pgdp_scoring *s);
pgdp_status pg_compare_models(pgdp_ctx *ctx, pgdp_scoring *s);
pgdp_status pg_write_calibration(pgdp_ctx *ctx, pgdp_scoring *s);
pgdp_status pg_write_importance(pgdp_ctx *ctx, pgdp_scoring *s);
pgdp_status pg_write_conformal(pgdp_ctx *ctx, pgdp_scoring *s);
pgdp_status pg_write_scores(pgdp_ctx *ctx, pgdp_scoring *s);
pgdp_status pg_write_occupations(pgdp_ctx *ctx, pgdp_scoring *s);
pgdp_status pg_write_headline(pgdp_ctx *ctx, pgdp_scoring *s);

/** Centre and inverse scale of columns on training rows; a constant column has inverse scale 0. */
typedef struct pg_scale {
    double *centre, *inverse;
} pg_scale;
/** The columns that a model sees: plain ones, and those learnt from the training tasks. */
typedef struct pg_columns {
    size_t n, n_tasks;
    const double **x;   /**< [n] of [n_tasks]; NaN: missing */
    const char **names; /**< [n] */
    unsigned char *group;
} pg_columns;
/** In ctx's scratch. */
pgdp_status pg_columns_learn(pgdp_ctx *ctx, const pgdp_scoring *s, const struct pg_task_model *model,
                             const pg_lesson *lesson, pg_columns *out);
typedef struct pg_rows {
    const pg_columns *columns;
    const size_t *rows;
    size_t n;
} pg_rows;
pgdp_status pg_scale_of(pgdp_ctx *ctx, const pg_rows *training, pg_scale *out);
/** Leave out columns that do not vary on the training rows. */
void pg_drop_constant(pg_columns *columns, pg_scale *scale);
/** out: [rows->n x n_columns]; a missing value stands at the training mean. */
void pg_standardise(const pg_rows *rows, const pg_scale *scale, double *out);

/** Shares of all levels from an index and increasing cuts: P(grade <= k) = logistic(cut[k] - index). */
void pg_ordered_shares(double index, const double *cuts, size_t n_cuts, double *shares);
/** The link's regressors: 1, index, known. known: of one task, n_tasks apart. */
void pg_link_row(const pgdp_scoring *s, double index, const double *known, double *row);
/** The calibrated logit; slope: its derivative by the linear predictor, may be NULL. */
double pg_link_logit(const pg_link *link, const double *row, double *slope);
/**
 * Shares of all levels: the calibrated probability is spread over the levels from the threshold up, and its complement
 * over those below, as the geometric mean of the model's shares and those of the known hierarchy (a logarithmic opinion
 * pool, Genest & Zidek 1986, Statistical Science 1, section 2). model: [n_levels]; known: n_tasks apart.
 */
void pg_pooled_shares(const pgdp_scoring *s, double probability, const double *model, const double *known,
                      double *shares);

enum { PG_N_BINS = 10 }; /* tenths of the forecasts */
/** How well shares [n_tasks x n_levels] forecast the grades of the graded tasks. rps: ranked probability score over its
 * greatest value; ece: of the threshold, mean over tenths of |observed - predicted|; spearman: of the expected grade
 * and the grade. */
typedef struct pg_metrics {
    double n, log_loss, brier, rps, auc, accuracy, spearman, ece;
} pg_metrics;
pgdp_status pg_metrics_of(pgdp_ctx *ctx, const pgdp_scoring *s, const double *shares, pg_metrics *out);
/** Pearson's correlation of mid-ranks; NaN when one does not vary. */
pgdp_status pg_spearman(pgdp_ctx *ctx, const double *a, const double *b, size_t n, double *out);
/** One task's losses. */
enum { PG_LOG_LOSS, PG_BRIER, PG_RPS, PG_N_LOSSES };
void pg_losses_of(const pgdp_scoring *s, const double *shares, size_t task, double *loss);
/** Probability of the threshold or above. shares: of one task, n_tasks apart. */
double pg_event_probability(const pgdp_scoring *s, const double *shares);

/** conformal.c: the levels around the mode, each time the likelier neighbour, until their mass exceeds `mass`. */
void pg_conformal_set(const double *shares, size_t n_levels, double mass, size_t *low, size_t *high);
/** Draw `draw` of the coefficients: Philox stream (seed, "headline", draw), past the numbers of the link's draw. */
pg_random pg_draw_stream(const pgdp_scoring *s, size_t draw);
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
/** Time weights of an activity's graded links, equal when none has hours, 0 for ungraded: [n_links] as in `links`. */
void pg_time_weights(const pgdp_scoring *s, const pg_by_activity *links, double *weights);

#endif
