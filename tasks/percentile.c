/* percentile.c  Percentiles of draws. Source: Hyndman & Fan (1996), Am. Stat. 50, 361-365, type 7.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/percentile.h"

#include <math.h>
#include <stdlib.h>

static int by_size(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

size_t pg_sort_draws(double *x, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i])) x[kept++] = x[i];
    qsort(x, kept, sizeof *x, by_size);
    return kept;
}

double pg_percentile(const double *sorted, size_t n, double p)
{
    if (n == 0) return (double)NAN;
    const double at = p * (double)(n - 1);
    const size_t i = (size_t)at;
    const double part = at - (double)i;
    /* no step where none is needed: it could be from a number to infinity, or from infinity to itself */
    if (i + 1 >= n || !(part > 0) || !(sorted[i + 1] > sorted[i])) return sorted[i];
    return sorted[i] + part * (sorted[i + 1] - sorted[i]);
}
