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

/** At x the distribution function, its complement and its logarithm, from one exponential: the same bits as alone. */
typedef struct pg_logistic_at {
    double left, right, log_left;
} pg_logistic_at;
static inline pg_logistic_at pg_logistic_all(double x)
{
    const double e = exp(-fabs(x)), near = 1 / (1 + e), away = e / (1 + e), log_left = fmin(x, 0) - log1p(e);
    return x >= 0 ? (pg_logistic_at){ near, away, log_left } : (pg_logistic_at){ away, near, log_left };
}

#endif
