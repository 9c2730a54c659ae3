/* percentile.h  Percentiles of draws. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_PERCENTILE_H
#define PG_PERCENTILE_H

#include <stddef.h>

/** Move what is not NaN to the front. @return how many there are */
size_t pg_known_first(double *x, size_t n);
/** Type 7 of Hyndman & Fan (1996) of numbers that may be infinite; NaN for n == 0. Changes their order; O(n) on
 * average.
 */
double pg_percentile(double *x, size_t n, double p);

#endif
