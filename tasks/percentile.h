/* percentile.h  Percentiles of draws. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_PERCENTILE_H
#define PG_PERCENTILE_H

#include <stddef.h>

/** Sort x in place with NaN left out. @return how many there are */
size_t pg_sort_draws(double *x, size_t n);
/** Type 7 of Hyndman & Fan (1996) of sorted numbers, which may be infinite at the ends; NaN for n == 0. */
double pg_percentile(const double *sorted, size_t n, double p);

#endif
