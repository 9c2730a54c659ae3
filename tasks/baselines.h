/* baselines.h  Forecasts that ask little, to stand beside the model: what it must beat to be worth its trouble.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_BASELINES_H
#define PG_BASELINES_H

#include "tasks/scoring.h"

/** One baseline: fills the shares of the test tasks of one fold, [n_tasks x n_levels], having learnt from the others.
 */
typedef struct pg_baseline {
    const char *name, *title;
    const char *column; /**< another grader's label that it maps to grades; NULL: none */
    bool in_sample;     /**< it cannot forecast a new occupation: judged with the task's own grade alone left out */
    pgdp_status (*forecast)(pgdp_ctx *ctx, const pgdp_scoring *s, const struct pg_baseline *baseline, size_t fold,
                            double *shares);
} pg_baseline;
const pg_baseline *pg_baseline_at(size_t i); /**< NULL: past the end */

#endif
