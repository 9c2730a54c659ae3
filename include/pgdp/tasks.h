/** @file tasks.h  Frames to scored tasks: lists, weights, wage bill, grades, agreement, measures, the scoring model.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_TASKS_H
#define PGDP_TASKS_H

#include "pgdp/stats.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How an occupation's time is split over its tasks. */
typedef enum pgdp_task_weights {
    PGDP_WEIGHT_EQUAL,
    PGDP_WEIGHT_IMPORTANCE_FREQUENCY, /**< importance x frequency; equal to the occupation's mean where a rating is
                                         missing */
    PGDP_WEIGHT_CORE                  /**< Core 1, every other 0.5 (Eloundou et al. 2024) */
} pgdp_task_weights;
PGDP_API const char *const *pgdp_task_weights_names(void); /**< "equal", "importance_frequency", "core", NULL */

/** The tables a task list is made of; columns as docs/data.md, rows in any order. All borrowed for the list's life. */
typedef struct pgdp_task_inputs {
    const pgdp_frame *tasks;       /**< data/tasks.csv */
    const pgdp_frame *task_dwas;   /**< data/task_dwas.csv: onet_soc, task_id, dwa_id */
    const pgdp_frame *activities;  /**< data/activities.csv: dwa_id, dwa_title, iwa_id, iwa_title, gwa_id, gwa_title */
    const pgdp_frame *occupations; /**< data/occupations.csv: onet_soc, title, soc, job_zone, and descriptors */
    const pgdp_frame *wages;       /**< data/oews.csv: year, soc, title, level, employment, hourly_mean, annual_mean */
    const pgdp_frame *combined;    /**< data/soc_combined.csv: combined, member */
    const pgdp_frame *published;   /**< data/published.csv, or NULL: no figures of others beside the headline */
    double wages_year;             /**< of `wages` to use; 0: the newest */
    const pgdp_frame *statements;  /**< task_id and texts, or O*NET's Task Statements as they are; NULL: none */
} pgdp_task_inputs;
/** A task list joined with its hierarchy, occupations, employment and wages. */
typedef struct pgdp_task_list pgdp_task_list;
/** Tasks stand in order of onet_soc and task_id, whatever the files' order.
 * @return NOT_FOUND (a column, a year), SHAPE_MISMATCH (a key that does not resolve or is there twice), NO_MEMORY */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_task_list_new(pgdp_ctx *ctx, const pgdp_task_inputs *inputs,
                                                      pgdp_task_weights weights, pgdp_task_list **out);
PGDP_API void pgdp_task_list_free(pgdp_task_list *list); /**< its tables stay */
PGDP_API size_t pgdp_task_list_n_tasks(const pgdp_task_list *list);
PGDP_API size_t pgdp_task_list_n_activities(const pgdp_task_list *list);
PGDP_API size_t pgdp_task_list_n_occupations(const pgdp_task_list *list);
/** Views, [n_tasks]: share of the occupation's time; heads; hours a year; usd a year (0 where OEWS has no wages).
 * Amounts are multiples of 1/256 usd and 1/65536 heads, by largest remainders: sums in any order are OEWS's, exactly.
 */
PGDP_API const double *pgdp_task_list_share(const pgdp_task_list *list);
PGDP_API const double *pgdp_task_list_employment(const pgdp_task_list *list);
PGDP_API const double *pgdp_task_list_hours(const pgdp_task_list *list);
PGDP_API const double *pgdp_task_list_wage_bill(const pgdp_task_list *list);
/** What found no partner: side (tasks without wages, wages without tasks, mean wage not published), code, title,
 * n_tasks, employment, wage_bill_usd. */
PGDP_API const pgdp_frame *pgdp_task_list_unmatched(const pgdp_task_list *list);

/** One measure of exposure and the grade it comes from: a constant in tasks/score_*.c, listed in tasks/scores.h. */
typedef struct pgdp_score {
    const char *name, *title, *source;
    const char *grade;         /**< column of the task table that holds the label */
    const char *const *levels; /**< its levels from lowest to highest, NULL-ended */
    const double *values;      /**< the score of each level */
} pgdp_score;
PGDP_API const pgdp_score *pgdp_score_at(size_t i); /**< of the list; NULL: past its end */
/**
 * Every measure by task and occupation.
 * @param by_occupation  onet_soc, title, and a column a measure: weighted mean over the occupation's tasks
 * @param summary        name, level (task, occupation), n, mean, sd (divisor n - 1), title
 * @param pairs          level, a, b, n, agreement (share equal), kappa (unweighted), pearson, spearman, kendall (tau-b)
 * @return NOT_FOUND (a column), PARSE (a label outside its rubric), NO_MEMORY
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_scores_compute(pgdp_ctx *ctx, const pgdp_task_list *list,
                                                       pgdp_frame **by_occupation, pgdp_frame **summary,
                                                       pgdp_frame **pairs);

PGDP_API const char *const *pgdp_scoring_models(
    void); /**< names: "ordered", ..., NULL; docs/tasks.md says what each is */
/** From index to probability: a logit, the same bent by isotonic regression, or what nested cross-validation prefers.
 */
typedef enum pgdp_calibration {
    PGDP_CALIBRATION_AUTO,
    PGDP_CALIBRATION_PLATT,
    PGDP_CALIBRATION_ISOTONIC
} pgdp_calibration;

/** What the scoring model is asked for. */
typedef struct pgdp_scoring_request {
    const char *grade;         /**< column with ordered labels: "gpt4_automation" */
    const char *const *levels; /**< lowest to highest, NULL-ended */
    const char *threshold;     /**< the level that counts as done end to end: "T3" */
    double majority;           /**< an activity counts when the mean probability of its tasks reaches this */
    const double *lambdas;     /**< ridge penalties tried by cross-validation, > 0 */
    size_t n_lambdas, n_folds; /**< folds grouped by occupation */
    double conf_level;
    size_t n_draws; /**< of the coefficients, for the interval of the headline shares */
    uint64_t seed;
    const char *model;         /**< one of pgdp_scoring_models(); NULL: "ordered" */
    const char *const *rivals; /**< other models to stand beside it, NULL-ended; NULL: none */
    pgdp_calibration calibration;
    const char *const *text; /**< text columns of tasks or statements that it reads too, NULL-ended; NULL: none */
} pgdp_scoring_request;
/** What it answers; frames owned by the scoring. */
typedef struct pgdp_scoring pgdp_scoring;
/** Cross-validate, fit, calibrate (docs/tasks.md says how); the list is borrowed.
 * @return NOT_FOUND (column, threshold), BAD_ARGUMENT, PARSE (a label), TOO_FEW_OBS, NO_CONVERGENCE, NO_MEMORY */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_scoring_new(pgdp_ctx *ctx, const pgdp_task_list *list,
                                                    const pgdp_scoring_request *request, pgdp_scoring **out);
PGDP_API void pgdp_scoring_free(pgdp_scoring *scoring); /**< and its frames */
PGDP_API const pgdp_fit *pgdp_scoring_fit(const pgdp_scoring *scoring);
/** A row a task: task_id, onet_soc, title, dwa_id, activity, task_type, grade, probability (of threshold or above,
 * calibrated), conf_low, conf_high, predicted level, share, employment, hours, wage_bill_usd, set_low, set_high (levels
 * between which the grade lies at conf_level, by conformal prediction). */
PGDP_API const pgdp_frame *pgdp_scoring_tasks(const pgdp_scoring *scoring);
/** A row an activity, the last for tasks without: dwa_id, title, iwa, gwa, n_tasks, graded_share, probability,
 * conf_low, conf_high, done (by the model), done_by_labels, employment, hours, wage_bill_usd. */
PGDP_API const pgdp_frame *pgdp_scoring_activities(const pgdp_scoring *scoring);
/** A row an OEWS occupation with tasks: soc, title, major_group, major_title, employment, hourly_wage, wage_bill_usd,
 * capability (mean probability of its tasks by wage bill), capability_se (of the logit), done_share (of its wage bill
 * in activities done), n_tasks. */
PGDP_API const pgdp_frame *pgdp_scoring_occupations(const pgdp_scoring *scoring);
/** Model, rivals and baselines: model, title, judged (out of fold: occupations are new; out of fold, new activities; in
 * sample; two graders), n, log_loss, brier, rps, auc, accuracy, spearman, ece (of the threshold, over tenths). */
PGDP_API const pgdp_frame *pgdp_scoring_comparison(const pgdp_scoring *scoring);
/** Calibration by tenth of the predicted probability, out of fold: bin, n, predicted, observed, conf_low, conf_high. */
PGDP_API const pgdp_frame *pgdp_scoring_calibration(const pgdp_scoring *scoring);
/** The headline: definition (model, model_at_BAR, labels, id of a published figure), weighting (count, hours,
 * wage_bill, published), share, conf_low, conf_high, n, of, unit, words, source. */
PGDP_API const pgdp_frame *pgdp_scoring_headline(const pgdp_scoring *scoring);
/** The model's loss less another's on the same tasks: model (the other), judged, measure (log_loss, brier, rps),
 * difference, conf_low, conf_high (bootstrap of whole occupations or activities), n_clusters. */
PGDP_API const pgdp_frame *pgdp_scoring_differences(const pgdp_scoring *scoring);
/** What shuffling a group of columns costs, out of fold: group, title, log_loss_added, std_error (over folds). */
PGDP_API const pgdp_frame *pgdp_scoring_importance(const pgdp_scoring *scoring);
/** Conformal sets of grades: new (occupations, activities), level, mass, coverage out of fold, conf_low, conf_high,
 * mean_size, single (share of sets of one grade). */
PGDP_API const pgdp_frame *pgdp_scoring_conformal(const pgdp_scoring *scoring);
/** Penalty path: lambda, log_loss, std_error (over folds), chosen. */
PGDP_API const pgdp_frame *pgdp_scoring_path(const pgdp_scoring *scoring);

#ifdef __cplusplus
}
#endif
#endif
