/* normal_density.h  The normal density, the logarithm of its distribution function and their ratio, right in both
 * tails. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_NORMAL_DENSITY_H
#define PG_NORMAL_DENSITY_H

#include "pgdp/stats.h"

#include <math.h>

/** log sqrt(2 pi) */
#define PG_LOG_ROOT_2PI 0.918938533204672741780329736406

static inline double pg_normal_log_density(double x)
{
    return -x * x / 2 - PG_LOG_ROOT_2PI;
}
static inline double pg_normal_density(double x)
{
    return exp(pg_normal_log_density(x));
}
/** At x: log Phi, the ratio phi / Phi, and ratio + x (which is 1 / |x| far left, where the ratio is |x|). */
typedef struct pg_normal_left {
    double log_cdf, ratio, excess;
} pg_normal_left;
pg_normal_left pg_normal_left_of(double x);
/** log (Phi(upper) - Phi(lower)), upper > lower. */
double pg_normal_log_between(double lower, double upper);

#endif
