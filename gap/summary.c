/* summary.c  Quantiles, moments and rank correlation of draws. Source: Hyndman & Fan (1996), The American
 * Statistician 50. SPDX-License-Identifier: GPL-3.0-or-later */
#include "gap/summary.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>

static int compare_reals(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void pg_sort(double *x, size_t n)
{
    qsort(x, n, sizeof *x, compare_reals);
}

double pg_quantile_sorted(const double *x, size_t n, double p)
{
    const double at = p * (double)(n - 1);
    const size_t below = (size_t)at;
    if (below + 1 >= n) return x[n - 1];
    return x[below] + (at - (double)below) * (x[below + 1] - x[below]);
}

void pg_mean_sd(const double *x, size_t n, double *work, double *mean, double *sd)
{
    *mean = n > 0 ? pg_sum(x, n) / (double)n : (double)NAN;
    for (size_t i = 0; i < n; i++)
        work[i] = x[i] - *mean;
    *sd = n > 1 ? sqrt(pg_dot(work, work, n) / (double)(n - 1)) : (double)NAN;
}

typedef struct ranked {
    double x;
    size_t i;
} ranked;

static int compare_ranked(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->x < y->x || x->x > y->x) return x->x < y->x ? -1 : 1;
    return (x->i > y->i) - (x->i < y->i);
}

pgdp_status pg_ranks(pgdp_ctx *ctx, const double *x, size_t n, double *ranks)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    ranked *order;
    PG_TRY_ALLOC(ctx, order, pg_arena_alloc(&ctx->scratch, n, sizeof *order));
    for (size_t i = 0; i < n; i++)
        order[i] = (ranked){ x[i], i };
    qsort(order, n, sizeof *order, compare_ranked);
    for (size_t first = 0, next; first < n; first = next) {
        for (next = first + 1; next < n && order[next].x <= order[first].x;)
            next++;
        const double rank = 0.5 * (double)(first + 1 + next); /* mean of first + 1 ... next */
        for (size_t i = first; i < next; i++)
            ranks[order[i].i] = rank;
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

double pg_rank_correlation(const double *a, const double *b, size_t n)
{
    const double centre = 0.5 * (double)(n + 1); /* mean of any mid-ranks */
    double aa = 0, bb = 0, ab = 0;
    for (size_t i = 0; i < n; i++) {
        const double x = a[i] - centre, y = b[i] - centre;
        aa += x * x;
        bb += y * y;
        ab += x * y;
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : (double)NAN;
}
