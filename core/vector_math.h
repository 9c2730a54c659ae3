/* vector_math.h  exp, expm1 and log without branches, for loops that the compiler turns into vector instructions; the
 * same bits on every processor: only +, -, *, / and whole-number steps, each rounded once, and never fused
 * (-ffp-contract=off). Source: Cody and Waite (1980) for the reductions; fdlibm e_log.c for the logarithm.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_VECTOR_MATH_H
#define PG_VECTOR_MATH_H

#include "pgdp/base.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define PG_INLINE static inline __attribute__((always_inline))

/** Vector instructions of a processor, each holding those before it. */
typedef enum pg_vector_unit { PG_UNIT_PLAIN, PG_UNIT_AVX2, PG_UNIT_AVX512, PG_N_UNITS } pg_vector_unit;
/** The best of this processor. */
pg_vector_unit pg_vector_unit_here(void);

/** Of a PG_INLINE void name(type *x, size_t n), whose loops run over n and touch only *x: name_on(unit, x), compiled
 * for every unit at a fixed n. A fixed length, and one object that holds all arrays, are what gcc -O2 vectorises. */
#if defined(__x86_64__)
#define PG_VECTOR_VERSIONS(name, type, n)                                                                              \
    typedef type name##_object;                                                                                        \
    static void name##_plain(name##_object *x)                                                                         \
    {                                                                                                                  \
        name(x, n);                                                                                                    \
    }                                                                                                                  \
    __attribute__((target("avx2"))) static void name##_avx2(name##_object *x)                                          \
    {                                                                                                                  \
        name(x, n);                                                                                                    \
    }                                                                                                                  \
    __attribute__((target("avx512f"))) static void name##_avx512(name##_object *x)                                     \
    {                                                                                                                  \
        name(x, n);                                                                                                    \
    }                                                                                                                  \
    static void name##_on(pg_vector_unit unit, name##_object *x)                                                       \
    {                                                                                                                  \
        static void (*const versions[PG_N_UNITS])(name##_object *) = { name##_plain, name##_avx2, name##_avx512 };     \
        versions[unit](x);                                                                                             \
    }
#else
#define PG_VECTOR_VERSIONS(name, type, n)                                                                              \
    typedef type name##_object;                                                                                        \
    static void name##_on(pg_vector_unit unit, name##_object *x)                                                       \
    {                                                                                                                  \
        (void)unit;                                                                                                    \
        name(x, n);                                                                                                    \
    }
#endif

PG_INLINE uint64_t pg_bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

PG_INLINE double pg_from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/** yes or no, both computed: gcc turns a conditional expression back into a branch, and then does not vectorise. */
PG_INLINE double pg_pick(bool condition, double yes, double no)
{
    const uint64_t mask = condition ? ~(uint64_t)0 : 0;
    return pg_from_bits((pg_bits(yes) & mask) | (pg_bits(no) & ~mask));
}

PG_INLINE double pg_larger(double x, double y)
{
    return pg_pick(x > y, x, y);
}

PG_INLINE double pg_smaller(double x, double y)
{
    return pg_pick(x < y, x, y);
}

/** x = n ln 2 + t + lost, n whole, |t| at most ln(2) / 2; exp(t) - 1 = t + curve; lost is what rounding took from t. */
typedef struct pg_exp_parts {
    double t, curve, lost;
    uint64_t n; /**< in the low 12 bits */
} pg_exp_parts;

PG_INLINE pg_exp_parts pg_exp_split(double x)
{
    /* adding 1.5 * 2^52 rounds to a whole number, which the low bits then hold */
    const double shift = 0x1.8p52, ln2_high = 0x1.62e42feep-1, ln2_low = 0x1.a39ef35793c76p-33;
    const double shifted = x * 0x1.71547652b82fep+0 + shift, n = shifted - shift;
    const double near = x - n * ln2_high, correction = n * ln2_low, t = near - correction;
    /* minimax of (e^t - 1 - t) / t^2, relative error of e^t - 1 below 6e-19 */
    const double t2 = t * t, t4 = t2 * t2, t8 = t4 * t4;
    const double a = (0.5 + t * 0x1.555555555555cp-3) + t2 * (0x1.555555555555ep-5 + t * 0x1.111111110ebb3p-7);
    const double b =
        (0x1.6c16c16c1356ep-10 + t * 0x1.a01a01b3bb1e2p-13) + t2 * (0x1.a01a01b45b079p-16 + t * 0x1.71ddef93d553ap-19);
    const double c = (0x1.27e4bf287640cp-22 + t * 0x1.af6cccc8fec4ep-26) + t2 * 0x1.1f9df81a74e6ap-29;
    return (pg_exp_parts){
        .t = t, .curve = t2 * (a + t4 * b + t8 * c), .lost = (near - t) - correction, .n = pg_bits(shifted)
    };
}

/** Within 1 ulp from -708 to the largest double; 0 below, infinity above. None of the three takes a NaN. */
PG_INLINE double pg_exp(double x)
{
    const pg_exp_parts p = pg_exp_split(x);
    const double y = pg_from_bits(pg_bits(1 + (p.t + p.curve)) + (p.n << 52));
    return pg_pick(x < -708, 0, pg_pick(x > 0x1.62e42fefa39efp+9, (double)INFINITY, y));
}

/** exp(x) - 1 within 2 ulp, also where it is small; infinity above 709. */
PG_INLINE double pg_expm1(double x)
{
    const pg_exp_parts p = pg_exp_split(x);
    const double power = pg_from_bits((p.n + 1023) << 52);
    const double y = power * (p.t + (p.curve + p.lost)) + (power - 1);
    return pg_pick(x < -40, -1, pg_pick(x > 709, (double)INFINITY, y));
}

/** Within 1 ulp for finite x of at least 2.3e-308; below that minus infinity; of infinity 1024 ln 2. */
PG_INLINE double pg_log(double x)
{
    /* x = 2^k (1 + f), 1 + f from sqrt(1/2) to sqrt(2); k through the bits of 2^52 + k */
    const uint64_t root = 0x3fe6a09e667f3bcd, mantissa = 0xfffffffffffff;
    const uint64_t moved = pg_bits(x) + (0x3ff0000000000000 - root);
    const double k = pg_from_bits((moved >> 52) | 0x4330000000000000) - (0x1p52 + 1023);
    const double f = pg_from_bits((moved & mantissa) + root) - 1;
    const double s = f / (2 + f), z = s * s, w = z * z, half = 0.5 * f * f;
    const double even = w * (0x1.999999997fa04p-2 + w * (0x1.c71c51d8e78afp-3 + w * 0x1.39a09d078c69fp-3));
    const double odd =
        z * (0x1.5555555555593p-1 + w * (0x1.2492494229359p-2 + w * (0x1.7466496cb03dep-3 + w * 0x1.2f112df3e5244p-3)));
    const double rest = s * (half + (even + odd)) + k * 0x1.a39ef35793c76p-33;
    return pg_pick(x < DBL_MIN, -(double)INFINITY, k * 0x1.62e42feep-1 - ((half - rest) - f));
}

#endif
