/* percentile.c  Percentiles of draws. Source: Hyndman & Fan (1996), Am. Stat. 50, 361-365, type 7; Hoare (1961), CACM
 * 4, 321-322, algorithm 65: a whole sort of each task's draws took twice the time of computing them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/percentile.h"

#include <math.h>

size_t pg_known_first(double *x, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i])) x[kept++] = x[i];
    return kept;
}

static void swap(double *a, double *b)
{
    const double c = *a;
    *a = *b;
    *b = c;
}

/* Put in place k what a sort would put there; what stands before it is not larger, what stands behind not smaller. */
static void find(double *x, size_t n, size_t k)
{
    ptrdiff_t low = 0, high = (ptrdiff_t)n - 1, at = (ptrdiff_t)k;
    while (low < high) {
        const double pivot = x[at];
        ptrdiff_t i = low, j = high;
        while (i <= j) {
            while (x[i] < pivot)
                i++;
            while (x[j] > pivot)
                j--;
            if (i <= j) swap(&x[i++], &x[j--]);
        }
        if (j < at) low = i;
        if (i > at) high = j;
    }
}

double pg_percentile(double *x, size_t n, double p)
{
    if (n == 0) return (double)NAN;
    const double at = p * (double)(n - 1);
    const size_t i = (size_t)at;
    const double part = at - (double)i;
    find(x, n, i);
    double next = (double)INFINITY;
    for (size_t k = i + 1; k < n; k++)
        next = fmin(next, x[k]);
    /* no step where none is needed: it could be from a number to infinity, or from infinity to itself */
    if (i + 1 >= n || !(part > 0) || !(next > x[i])) return x[i];
    return x[i] + part * (next - x[i]);
}
