/* logistic.h  The logistic distribution function and its logarithm, without overflow or cancellation.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_LOGISTIC_H
#define PG_LOGISTIC_H

#include <math.h>

/** 1 / (1 + e^-x) */
static inline double pg_logistic(double x)
{
    const double e = exp(-fabs(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}
/** Its logarithm. */
static inline double pg_log_logistic(double x)
{
    return fmin(x, 0) - log1p(exp(-fabs(x)));
}

#endif
