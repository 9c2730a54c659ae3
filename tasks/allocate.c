/* allocate.c  Splitting a whole number of units by largest remainders. Source: Balinski & Young (1982), ch. 2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/allocate.h"

#include <math.h>
#include <stdlib.h>

double pg_round_to_unit(double amount, double unit)
{
    return nearbyint(amount / unit) * unit;
}

typedef struct remainder_of {
    double fraction;
    size_t part;
} remainder_of;

static int by_fraction(const void *a, const void *b)
{
    const remainder_of *p = a, *q = b;
    if (p->fraction > q->fraction || p->fraction < q->fraction) return p->fraction > q->fraction ? -1 : 1;
    return (p->part > q->part) - (p->part < q->part);
}

static double sum_of(const double *weights, size_t n)
{
    double sum = 0;
    for (size_t i = 0; weights != NULL && i < n; i++)
        sum += weights[i];
    return sum;
}

/* Rounding of the quotas can leave the floors short by up to n units, or over by a few. */
static void settle(double units_left, double unit, const remainder_of *order, size_t n, double *parts)
{
    for (size_t k = 0; k < n && units_left > 0.5; k++) {
        parts[order[k].part] += unit;
        units_left -= 1;
    }
    for (size_t k = n; k-- > 0 && units_left < -0.5;) {
        if (parts[order[k].part] < unit) continue;
        parts[order[k].part] -= unit;
        units_left += 1;
    }
}

pgdp_status pg_allocate(pgdp_ctx *ctx, double amount, double unit, const double *weights, size_t n, double *parts)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    remainder_of *order;
    PG_TRY_ALLOC(ctx, order, pg_arena_alloc(&ctx->scratch, n, sizeof *order));
    const double units = nearbyint(amount / unit), sum = sum_of(weights, n);
    double left = units;
    for (size_t i = 0; i < n; i++) {
        const double quota = sum > 0 ? units * (weights[i] / sum) : units / (double)n;
        const double whole = floor(quota);
        order[i] = (remainder_of){ quota - whole, i };
        parts[i] = whole * unit;
        left -= whole;
    }
    qsort(order, n, sizeof *order, by_fraction);
    settle(left, unit, order, n, parts);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
