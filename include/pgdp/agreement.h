/** @file agreement.h  How far graders agree, and what they say together: kappas, alpha, AC, latent classes.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_AGREEMENT_H
#define PGDP_AGREEMENT_H

#include "pgdp/frame.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How far apart two labels are. */
typedef enum pgdp_scale {
    PGDP_NOMINAL, /**< equal or not */
    PGDP_ORDINAL, /**< by rank */
    PGDP_INTERVAL /**< by the square of the difference of their numbers, or of their places when they are words */
} pgdp_scale;
PGDP_API const char *const *pgdp_scale_names(void); /**< "nominal", "ordinal", "interval", NULL */

/** Grades in long form, a row a task and grader, or in wide form, a column a grader. Everything is borrowed. */
typedef struct pgdp_agreement_request {
    const char *task, *grader, *grade; /**< columns; the grade may be text or numbers */
    const char *const *graders;        /**< columns of a wide table, NULL-ended; NULL: a long one */
    const char *const *levels; /**< the rubric's labels from lowest to highest, NULL-ended; NULL: as found, numbers
                                    by size, text by bytes */
    const double *values;      /**< of these labels, for the interval scale; NULL: what they say, or their places */
    const char *item_column, *item; /**< rows of other items are passed over; item NULL: all rows count */
    pgdp_scale scale;
    size_t n_draws;    /**< of the bootstrap over tasks; 0: no intervals */
    double conf_level; /**< 0: 0.95 */
    uint64_t seed;
} pgdp_agreement_request;
/** What they answer; frames owned by the agreement. */
typedef struct pgdp_agreement pgdp_agreement;
/**
 * Rows without a grade are passed over.
 * Source: Gwet (2014), Handbook of Inter-Rater Reliability, ch. 2-5, with ratings missing at will; Krippendorff (2019),
 * Content Analysis, ch. 12; Dawid & Skene (1979), Applied Statistics 28(1), by the EM algorithm from majority votes.
 * @return NOT_FOUND (a column), PARSE (a label outside the rubric, the same task and grader twice: names the row),
 *         TOO_FEW_OBS (no task with two grades), NO_CONVERGENCE, NO_MEMORY
 * Cost: O(n_draws * tasks * (levels^2 + graders^2)).
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_agreement_new(pgdp_ctx *ctx, const pgdp_frame *grades,
                                                      const pgdp_agreement_request *request, pgdp_agreement **out);
PGDP_API void pgdp_agreement_free(pgdp_agreement *agreement);
/** All graders together: measure (agreement, fleiss_kappa, krippendorff_alpha, gwet_ac, light_kappa), title, estimate,
 * std_error, conf_low, conf_high, chance, n_tasks (with two grades or more). */
PGDP_API const pgdp_frame *pgdp_agreement_measures(const pgdp_agreement *agreement);
/** Two graders: a, b, n, agreement, kappa (Cohen's, weighted by the scale), pearson, spearman, kendall, each of the
 * five with _low and _high. */
PGDP_API const pgdp_frame *pgdp_agreement_pairs(const pgdp_agreement *agreement);
/** Dawid and Skene: grader, truth, given, probability (of giving it when the truth is so), accuracy (of the grader). */
PGDP_API const pgdp_frame *pgdp_agreement_confusion(const pgdp_agreement *agreement);
/** A row a task: task, n, majority (missing when tied), label (most probable), and p_LEVEL for each level. */
PGDP_API const pgdp_frame *pgdp_agreement_labels(const pgdp_agreement *agreement);
/** All of it: schema pgdp.tasks.agree/1, or tables without the tasks. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_agreement_write(pgdp_ctx *ctx, const pgdp_agreement *agreement, bool as_json,
                                                        const pgdp_sink *sink);

#ifdef __cplusplus
}
#endif
#endif
