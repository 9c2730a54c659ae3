/* romano_wolf.h  Step-down p-values of several hypotheses that hold whatever their dependence.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_ROMANO_WOLF_H
#define PG_ROMANO_WOLF_H

#include "core/ctx.h"

/**
 * p_(s) = (1 + number of draws whose largest |t*| of hypotheses s, s + 1, ... is at least |t_(s)|) / (B + 1),
 * hypotheses by falling |t|, and no p below one before it.
 * @param t      [k] statistics of the sample
 * @param draws  [B x k] column-major: of the draws, centred so that each hypothesis holds: (b* - b) / se*
 * @param p      [k]
 * Source: Romano & Wolf (2016), Stat. Probab. Lett. 113, algorithm 4.1. Cost: O(B k + k^2).
 */
pgdp_status pg_romano_wolf(pgdp_ctx *ctx, const double *t, size_t k, const double *draws, size_t n_draws, double *p);

#endif
