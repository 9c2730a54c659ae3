/* normal_density.c  The normal distribution's logarithm and ratio: normal_density.h.
 * Source: Laplace's continued fraction of the Mills ratio, Abramowitz & Stegun (1964), 26.2.14.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/normal_density.h"

static const double far = 5; /* from here on 60 terms of the fraction give every digit */

/* 1 / (x + 2 / (x + 3 / (x + ...))): the inverse of the Mills ratio less x. */
static double fraction(double x)
{
    double tail = x;
    for (int i = 60; i >= 2; i--)
        tail = x + i / tail;
    return 1 / tail;
}

pg_normal_left pg_normal_left_of(double x)
{
    pg_normal_left out;
    if (x < -far) {
        out.excess = fraction(-x);
        out.ratio = out.excess - x;
        out.log_cdf = pg_normal_log_density(x) - log(out.ratio);
        return out;
    }
    out.log_cdf = x > 0 ? log1p(-pgdp_normal_upper(x)) : log(pgdp_normal_upper(-x));
    out.ratio = pg_normal_density(x) / pgdp_normal_upper(-x);
    out.excess = out.ratio + x;
    return out;
}

/* In the left half, where neither distribution function is near 1: log a + log(1 - b / a). */
double pg_normal_log_between(double lower, double upper)
{
    const bool right = lower + upper > 0;
    const double a = pg_normal_left_of(right ? -lower : upper).log_cdf;
    const double b = pg_normal_left_of(right ? -upper : lower).log_cdf;
    return a + log1p(-exp(b - a));
}
