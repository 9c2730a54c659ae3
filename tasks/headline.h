/* headline.h  Intervals of the headline shares: draws of the coefficients for the model, the jackknife for labels.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_HEADLINE_H
#define PG_HEADLINE_H

#include "tasks/scoring.h"

/** What a share of activities is a share of. */
enum { PG_BY_COUNT, PG_BY_HOURS, PG_BY_WAGES, PG_N_WEIGHTINGS };

void pg_headline_totals(const pgdp_scoring *s, double *total);              /**< [PG_N_WEIGHTINGS] */
void pg_headline_add(const pgdp_scoring *s, size_t activity, double *part); /**< one activity's part */
/** Bars that an activity's mean probability may have to reach: the request's, and some beside it to show what hangs on
 * it. */
enum { PG_N_BARS = 4 };
/** Percentile intervals over draws b ~ N(estimate, V) and of the link; draw i: Philox stream (seed, "headline", i).
 * NaN with fewer than 2 draws. low, high: [PG_N_WEIGHTINGS x PG_N_BARS] shares. */
pgdp_status pg_headline_draws(pgdp_ctx *ctx, const pgdp_scoring *s, const double *bars, double *low, double *high);
/** share -+ z (jackknife standard error over occupations), within [0, 1]. Source: Efron & Tibshirani (1993), ch. 11. */
pgdp_status pg_headline_jackknife(pgdp_ctx *ctx, const pgdp_scoring *s, double *low, double *high);

#endif
