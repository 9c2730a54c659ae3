/* extended_lanes.h  Double-double arithmetic on several numbers side by side. Source: two_algebra.h, without its
 * branches. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_EXTENDED_LANES_H
#define PG_EXTENDED_LANES_H

#include "core/vector_math.h"
#include "stats/two_algebra.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* A dot product is a chain of sums that wait for each other; PG_LANES of them run side by side. With fused
 * multiplication the rounding error of a product takes one step: the same error, for it is exact. */
enum { PG_LANES = 4 };
typedef double pg_pack __attribute__((vector_size(PG_LANES * sizeof(double)), aligned(sizeof(double))));
typedef struct pg_lanes {
    pg_pack hi, lo;
} pg_lanes;

/** pg_two_plus() and pg_two_times() by lanes: for numbers that come near neither end of the range of doubles. */
PG_INLINE void pg_lanes_plus(const pg_lanes *a, const pg_lanes *b, pg_lanes *out)
{
    const pg_pack s = a->hi + b->hi, v = s - a->hi, s_rest = (a->hi - (s - v)) + (b->hi - v);
    const pg_pack t = a->lo + b->lo, u = t - a->lo, t_rest = (a->lo - (t - u)) + (b->lo - u);
    const pg_pack rest = s_rest + t, hi = s + rest, last = (rest - (hi - s)) + t_rest, sum = hi + last;
    *out = (pg_lanes){ sum, last - (sum - hi) };
}
/** What rounding took from the product *p of a and b. */
PG_INLINE void pg_pack_error(const pg_pack *a, const pg_pack *b, const pg_pack *p, bool fused, pg_pack *out)
{
    for (size_t l = 0; l < PG_LANES; l++)
        (*out)[l] = fused ? fma((*a)[l], (*b)[l], -(*p)[l]) : pg_two_product((*a)[l], (*b)[l]).lo;
}
PG_INLINE void pg_lanes_times(const pg_lanes *a, const pg_lanes *b, bool fused, pg_lanes *out)
{
    const pg_pack p = a->hi * b->hi;
    pg_pack error = { 0 };
    pg_pack_error(&a->hi, &b->hi, &p, fused, &error);
    const pg_pack rest = error + (a->hi * b->lo + a->lo * b->hi), hi = p + rest;
    *out = (pg_lanes){ hi, rest - (hi - p) };
}
static inline pg_two pg_lanes_get(const pg_lanes *x, size_t l)
{
    return (pg_two){ x->hi[l], x->lo[l] };
}
static inline void pg_lanes_set(pg_lanes *x, size_t l, pg_two value)
{
    x->hi[l] = value.hi;
    x->lo[l] = value.lo;
}
PG_INLINE void pg_lanes_set_all(pg_lanes *x, pg_two value)
{
    for (size_t l = 0; l < PG_LANES; l++)
        pg_lanes_set(x, l, value);
}

/** A function of the processors that have fused multiplication, and whether this is one. */
#if defined __x86_64__ && defined __GNUC__
#define PG_FUSED __attribute__((target("avx2,fma")))
static inline bool pg_has_fused(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#else
#define PG_FUSED
static inline bool pg_has_fused(void)
{
    return false;
}
#endif

#endif
