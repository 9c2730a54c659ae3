/* validation.h  Cross-validation of a scoring model with whole units held out, and the calibrated link.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_VALIDATION_H
#define PG_VALIDATION_H

#include "tasks/model.h"
#include "tasks/scoring.h"

/**
 * Folds hold whole occupations, or whole activities; a fold is a hash of the unit's code and the seed. Of a task with
 * several activities the first decides the fold in which it is forecast, and it is learnt from only when none of them
 * is held out.
 *
 * Nested: to forecast fold f, the penalty, the link and its form are chosen by forecasts of four other folds g that
 * come from models that saw neither f nor g; those at most two apart from f on a circle. One fit without {f, g} serves
 * both, so that F folds take 2 F fits more. Source: Stone (1974), J. R. Stat. Soc. B 36(2), "double cross"; Varma &
 * Simon (2006), BMC Bioinformatics 7:91.
 */
typedef struct pg_validation {
    const pgdp_scoring *s;
    const pg_task_model *model;
    pg_regime regime;
    bool nested;
    size_t n_folds;
    size_t *fold;      /**< [n_tasks] in which a task is forecast */
    size_t *link_fold; /**< [n_links] fold of the link's activity; NULL: occupations are held out */

    double *path_loss, *path_se; /**< [n_lambdas]: mean log loss and its standard error over folds */
    size_t chosen;               /**< of the lambdas, by all folds */
    double *index;               /**< [n_tasks] out of fold at the chosen penalty */
    double *known;  /**< [n_tasks x n_levels] what the known hierarchy shows (features.h), learnt outside the fold */
    double *alone;  /**< [n_tasks x n_levels] the model's shares, out of fold, nothing added */
    double *shares; /**< [n_tasks x n_levels] calibrated out of fold */
    double *importance; /**< [PG_N_GROUPS x n_folds] loss added by shuffling a group of columns; NULL: not asked for */
} pg_validation;

/** Run it; what it leaves lives in the arena. */
pgdp_status pg_validate(pgdp_ctx *ctx, pg_arena *arena, pg_validation *v);
/** Every unit's fold: v->fold, v->link_fold in the arena. Another seed gives other folds, independent of these. */
pgdp_status pg_folds_assign(pgdp_ctx *ctx, pg_arena *arena, uint64_t seed, pg_validation *v);
/** Held out when any fold of `held` [n_folds] holds the task: out [n_tasks]. */
void pg_held_out(const pg_validation *v, const bool *held, bool *out);

/** What a link is fitted on: out-of-fold regressors of the graded tasks outside some folds. */
typedef struct pg_link_rows {
    const double *index, *known; /**< [n_tasks], [n_tasks x n_levels] */
    const size_t *fold;          /**< [n_tasks] */
    const bool *used;            /**< [n_folds] folds that have such forecasts; NULL: all */
    size_t without;              /**< a fold left out; PGDP_NONE: none */
    const size_t *cluster;       /**< [n_tasks] unit of a task, for the covariance; NULL: none is wanted */
} pg_link_rows;
/**
 * Fit the link by logit. Source: Platt (1999) for the logit on an index; Wolpert (1992), Neural Networks 5, 241-259,
 * for the second forecast.
 */
pgdp_status pg_link_fit(pgdp_ctx *ctx, const pgdp_scoring *s, const pg_link_rows *rows, pg_link *out);
/** Bend it by isotonic regression of the events on its logit, linear between the centres of blocks, whose shares count
 * half an event and half a non-event more. Source: Zadrozny & Elkan (2002), KDD, section 3; arrays in the arena. */
pgdp_status pg_link_bend(pgdp_ctx *ctx, pg_arena *arena, const pgdp_scoring *s, const pg_link_rows *rows,
                         pg_link *link);
/** Fit, and bend it when that forecasts the folds left better by more than a standard error of the gain: each by a link
 * fitted on the others. Source of the rule: Breiman, Friedman, Olshen & Stone (1984), section 3.4.3. */
pgdp_status pg_link_choose(pgdp_ctx *ctx, pg_arena *arena, const pgdp_scoring *s, const pg_link_rows *rows,
                           size_t n_folds, pg_link *out);

#endif
