/* two_algebra.h  Arithmetic on unevaluated sums of two doubles, right to about 1e-31 relative. Source: Dekker (1971),
 * Numer. Math. 18; Hida, Li & Bailey (2001), ARITH-15 (accurate sum, product, quotient). SPDX-License-Identifier:
 * GPL-3.0-or-later */
#ifndef PG_TWO_ALGEBRA_H
#define PG_TWO_ALGEBRA_H

#include "stats/two_double.h"

#include <math.h>
#include <stdbool.h>

/** Within these sizes no step of a product over- or underflows; outside a result is a plain double. */
static inline bool pg_two_is_safe(double x)
{
    return fabs(x) < 1e290 && fabs(x) > 1e-250;
}
/** hi + lo where |hi| >= |lo|. */
static inline pg_two pg_two_renew(double hi, double lo)
{
    const double s = hi + lo;
    return isfinite(s) ? (pg_two){ s, lo - (s - hi) } : (pg_two){ hi, 0 };
}
static inline pg_two pg_two_plus(pg_two a, pg_two b)
{
    pg_two s = pg_two_sum(a.hi, b.hi);
    if (!isfinite(s.hi)) return (pg_two){ s.hi, 0 };
    const pg_two t = pg_two_sum(a.lo, b.lo);
    s = pg_two_renew(s.hi, s.lo + t.hi);
    return pg_two_renew(s.hi, s.lo + t.lo);
}
static inline pg_two pg_two_minus(pg_two a, pg_two b)
{
    return pg_two_plus(a, (pg_two){ -b.hi, -b.lo });
}
static inline pg_two pg_two_times(pg_two a, pg_two b)
{
    const double plain = a.hi * b.hi;
    if (!pg_two_is_safe(plain) || !pg_two_is_safe(a.hi) || !pg_two_is_safe(b.hi)) return (pg_two){ plain, 0 };
    const pg_two p = pg_two_product(a.hi, b.hi);
    return pg_two_renew(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}
static inline pg_two pg_two_over(pg_two a, pg_two b)
{
    const double q = a.hi / b.hi;
    if (!pg_two_is_safe(q) || !pg_two_is_safe(a.hi) || !pg_two_is_safe(b.hi)) return (pg_two){ q, 0 };
    pg_two r = pg_two_minus(a, pg_two_times(b, (pg_two){ q, 0 }));
    const double second = r.hi / b.hi;
    r = pg_two_minus(r, pg_two_times(b, (pg_two){ second, 0 }));
    const pg_two sum = pg_two_renew(q, second);
    return pg_two_plus(sum, (pg_two){ r.hi / b.hi, 0 });
}
/** x^k by repeated squaring, |k| small. */
static inline pg_two pg_two_power(pg_two x, int k)
{
    pg_two result = { 1, 0 }, square = x;
    for (unsigned n = (unsigned)(k < 0 ? -k : k); n > 0; n >>= 1) {
        if (n & 1u) result = pg_two_times(result, square);
        if (n > 1) square = pg_two_times(square, square);
    }
    return k < 0 ? pg_two_over((pg_two){ 1, 0 }, result) : result;
}
/** Square root of a >= 0: one step of Newton from the double's. */
static inline pg_two pg_two_root(pg_two a)
{
    if (!(a.hi > 0)) return (pg_two){ 0, 0 };
    const double root = sqrt(a.hi);
    const pg_two left = pg_two_minus(a, pg_two_product(root, root));
    return pg_two_renew(root, left.hi / (2 * root));
}

#endif
