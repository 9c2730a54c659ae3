/* number.h  The one way numbers become text and text becomes numbers, in every locale the same.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_NUMBER_H
#define PG_NUMBER_H

#include "pgdp/base.h"

#include <float.h>

enum { PG_NUMBER_SIZE = 32 }; /**< bytes that hold any formatted double with its NUL */

/** Shortest decimal text that reads back to the same double ("0.1", "1e+300", "-0"); "nan", "inf", "-inf". */
void pg_number_format(double value, char buffer[PG_NUMBER_SIZE]);
/** Fixed decimals, rounded half to even on the exact value: (2.385, 2) -> "2.38".
 * What rounds to zero has no sign; decimals above 30 are 30. @return length of the text; buffer >= 350 */
size_t pg_number_fixed(double value, int decimals, char *buffer);
/** Significant digits as %g would, locale-free. */
void pg_number_significant(double value, int digits, char buffer[PG_NUMBER_SIZE]);
/**
 * Read the whole of text[0..n) as a decimal number ([+-]digits[.digits][e[+-]digits]), correctly rounded.
 * Digits may lack on one side of the point (".5", "5."). No blanks, no hex, no "nan", no "inf", no thousands
 * separators.
 * @return false when it is not one (out is untouched); overflow gives infinity and true
 */
bool pg_number_parse(const char *text, size_t n, double *out);
/** pg_number_exact() by wide integers. */
bool pg_number_wide(uint64_t digits, int64_t exponent, double *out);
/** digits 10^exponent, correctly rounded; false (out is untouched) when this short way does not hold it. Inline, for a
 * table has many: one operation on two numbers that doubles hold (Clinger 1990, section 3). */
static inline bool pg_number_exact(uint64_t digits, int64_t exponent, double *out)
{
#if FLT_EVAL_METHOD == 0
    static const double powers[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                     1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
    enum { EXACT_POWER = sizeof powers / sizeof *powers - 1 };
    if (digits <= (uint64_t)1 << DBL_MANT_DIG && exponent <= EXACT_POWER && exponent >= -EXACT_POWER) {
        const double whole = (double)(int64_t)digits;
        *out = exponent < 0 ? whole / powers[-exponent] : whole * powers[exponent];
        return true;
    }
#endif
    return pg_number_wide(digits, exponent, out);
}
/** 5^0, 5^1, ...: those below 2^63. */
enum { PG_N_FIVES = 28 };
extern const uint64_t pg_fives[PG_N_FIVES];
/** pg_number_parse() for [-]digits[.digits] of at most 19 characters; false also for all others. In the header, since
 * nearly every cell of a file is such a number and calls are a third of its time. */
static inline bool pg_number_plain(const char *text, size_t n, double *out)
{
    enum { MOST = 19 };
    const size_t first = n > 0 && text[0] == '-';
    size_t i = first;
    uint64_t digits = 0;
    if (n - first > MOST || n == first) return false;
    for (unsigned d; i < n && (d = (unsigned)(text[i] - '0')) < 10; i++)
        digits = 10 * digits + d;
    const size_t point = i;
    if (i < n && text[i] == '.')
        for (unsigned d; ++i < n && (d = (unsigned)(text[i] - '0')) < 10;)
            digits = 10 * digits + d;
    if (i < n || (n == first + 1 && point == first)) return false;
    double value = 0;
    if (digits != 0 && !pg_number_exact(digits, point == n ? 0 : (int64_t)point + 1 - (int64_t)n, &value)) return false;
    *out = first == 1 ? -value : value;
    return true;
}
/** pg_number_parse() with commas between groups of three allowed: "1,234,567.8". */
bool pg_number_parse_grouped(const char *text, size_t n, double *out);

#endif
