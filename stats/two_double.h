/* two_double.h  Sums and products with their rounding errors. Source: Dekker (1971), Numer. Math. 18; Ogita, Rump &
 * Oishi (2005), SIAM J. Sci. Comput. 26(6), algorithms 3.1, 3.3, 5.3.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_TWO_DOUBLE_H
#define PG_TWO_DOUBLE_H

/** An unevaluated sum hi + lo. */
typedef struct pg_two {
    double hi, lo;
} pg_two;

/** a + b exactly. */
static inline pg_two pg_two_sum(double a, double b)
{
    const double s = a + b, v = s - a;
    return (pg_two){ s, (a - (s - v)) + (b - v) };
}
/** a b exactly, for |a|, |b| < 1e290 and products above 1e-290; by splitting, so that no FMA unit is needed. */
static inline pg_two pg_two_product(double a, double b)
{
    const double p = a * b, ta = 134217729.0 * a, tb = 134217729.0 * b; /* 2^27 + 1 */
    const double ah = ta - (ta - a), al = a - ah, bh = tb - (tb - b), bl = b - bh;
    return (pg_two){ p, ((ah * bh - p) + ah * bl + al * bh) + al * bl };
}
/** *sum += value, with the error kept in lo: n terms lose n^2 u^2 relative to the sum of sizes. */
static inline void pg_two_add(pg_two *sum, pg_two value)
{
    const pg_two s = pg_two_sum(sum->hi, value.hi);
    sum->hi = s.hi;
    sum->lo += s.lo + value.lo;
}

#endif
