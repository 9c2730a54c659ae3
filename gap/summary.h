/* summary.h  Draws to bands, and how much of a result's spread each input explains.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_GAP_SUMMARY_H
#define PG_GAP_SUMMARY_H

#include "core/ctx.h"

/** Quantile of sorted x, [n > 0], Hyndman & Fan (1996) type 7. */
double pg_quantile_sorted(const double *x, size_t n, double p);
/** In ascending order, in place. */
void pg_sort(double *x, size_t n);
/** Mean (NaN of none), and standard deviation with n - 1 (NaN below two). work: room for n. */
void pg_mean_sd(const double *x, size_t n, double *work, double *mean, double *sd);
/** Mid-ranks from 1, ties averaged. */
pgdp_status pg_ranks(pgdp_ctx *ctx, const double *x, size_t n, double *ranks);
/** Pearson correlation of two rank vectors; NaN when one does not vary. */
double pg_rank_correlation(const double *a, const double *b, size_t n);

#endif
