/* allocate.h  Splitting a whole number of units so that the parts add up exactly.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_ALLOCATE_H
#define PG_ALLOCATE_H

#include "core/ctx.h"

/*
 * Amounts are whole multiples of a power of two, and far fewer than 2^53 of them make an economy: so every sum of them,
 * in any order and over any grouping, is exact in double precision. Wages: 1/256 dollar (up to 3.5e13 dollars). Heads:
 * 1/65536 (up to 1.3e11), so that hours = 2,080 heads are whole multiples of 65/2048 (up to 4.3e12 hours).
 */
#define PG_USD_UNIT   0x1p-8
#define PG_HEADS_UNIT 0x1p-16
#define PG_HOURS_A_YEAR                                                                                                \
    2080.0 /**< of a full-time job: 52 weeks of 40 hours, as OEWS converts hourly to annual wages                      \
            */

/** The nearest whole multiple of unit. */
double pg_round_to_unit(double amount, double unit);
/**
 * Split an amount in proportion to weights by largest remainders (Hamilton's method; ties go to the earlier part).
 *
 * @param amount   a whole multiple of unit, >= 0
 * @param weights  [n], >= 0; NULL or all 0: equal
 * @param parts    [n] whole multiples of unit whose sum is amount, each within a unit of its quota
 * Cost O(n log n).
 */
pgdp_status pg_allocate(pgdp_ctx *ctx, double amount, double unit, const double *weights, size_t n, double *parts);

#endif
