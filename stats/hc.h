/* hc.h  What the heteroskedasticity-consistent covariances share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_HC_H
#define PG_HC_H

#include "stats/fit.h"

/** Weight of a row's squared score, from its leverage h, number of terms k and of observations n; NULL: 1. */
typedef double (*pg_hc_weight)(double h, double k, double n);
/**
 * vcov = factor * bread (sum_i weight_i scores_i' scores_i) bread. A frequency weight counts equal rows, so the square
 * of its score is divided by it. Leverages are those of the terms and of one absorbed effect together.
 * @param k_adj  the factor N/(N-K) unless ssc says otherwise
 * @return BAD_ARGUMENT: weights by leverage of a model that is not linear, or that absorbs several effects
 */
pgdp_status pg_hc_compute(pgdp_ctx *ctx, const pgdp_design *design, pg_hc_weight weight, bool k_adj, pgdp_fit *fit);

#endif
