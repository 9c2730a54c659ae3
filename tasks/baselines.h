/* baselines.h  Forecasts that ask little, to stand beside the model: what it must beat to be worth its trouble.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_BASELINES_H
#define PG_BASELINES_H

#include "tasks/validation.h"

/** One fold to be forecast, having learnt from what is not held out. */
typedef struct pg_test {
    const pg_validation *v;
    const bool *held_out; /**< [n_tasks] */
    size_t fold;
} pg_test;

/** One baseline: fills the shares of the test tasks of one fold, [n_tasks x n_levels]. */
typedef struct pg_baseline {
    const char *name, *title;
    const char *column;   /**< another grader's label that it maps to grades; NULL: none */
    bool in_sample;       /**< it cannot forecast a new unit: judged with the task's own grade alone left out */
    unsigned int regimes; /**< 1 << pg_regime in which it stands */
    pgdp_status (*forecast)(pgdp_ctx *ctx, const struct pg_baseline *baseline, const pg_test *test, double *shares);
} pg_baseline;
const pg_baseline *pg_baseline_at(size_t i); /**< NULL: past the end */
/** Shares [n_tasks x n_levels] of all folds. */
pgdp_status pg_baseline_shares(pgdp_ctx *ctx, const pg_validation *v, const pg_baseline *baseline, double *shares);

#endif
