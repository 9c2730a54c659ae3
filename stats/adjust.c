/* adjust.c  p-values adjusted for several tests at once. Source: Holm (1979), Scand. J. Stat. 6(2); Benjamini &
 * Hochberg (1995), J. R. Stat. Soc. B 57(1), section 3.1. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Without memory of their own: the rank of p among n is counted, O(n^2), which is nothing for the tests of a study. */
#include "pgdp/regression.h"

#include <math.h>

/* Finite p-values, and of them those below p, or at p and before i: an order without ties. */
static size_t rank_of(const double *p, size_t n, size_t i, size_t *n_finite)
{
    size_t rank = 0;
    *n_finite = 0;
    for (size_t j = 0; j < n; j++) {
        if (isnan(p[j])) continue;
        ++*n_finite;
        if (p[j] < p[i] || (!(p[j] > p[i]) && j < i)) rank++;
    }
    return rank;
}

/* out_(r) = max over s <= r of (m - s) p_(s), ranks from 0. */
void pgdp_adjust_holm(const double *p, size_t n, double *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = isnan(p[i]) ? (double)NAN : 0;
    for (size_t j = 0; j < n; j++) {
        size_t m;
        const size_t rank = rank_of(p, n, j, &m);
        const double own = fmin(1, (double)(m - rank) * p[j]);
        for (size_t i = 0; i < n; i++)
            if (p[i] >= p[j]) out[i] = fmax(out[i], own);
    }
}

/* out_(r) = min over s >= r of m / (s + 1) p_(s). */
void pgdp_adjust_bh(const double *p, size_t n, double *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = isnan(p[i]) ? (double)NAN : 1;
    for (size_t j = 0; j < n; j++) {
        size_t m;
        const size_t rank = rank_of(p, n, j, &m);
        const double own = (double)m / (double)(rank + 1) * p[j];
        for (size_t i = 0; i < n; i++)
            if (p[i] <= p[j]) out[i] = fmin(out[i], own);
    }
}
