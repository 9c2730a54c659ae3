/* number_format.c  Double to decimal text, the same in every locale: the shortest that reads back, or as asked.
 * Source: Giulietti (2020), The Schubfach way to render doubles, section 9, with products of 128 bits that are exact.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_DECIMALS = 30, FIXED_SIZE = 350 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whatever stands between digits (the locale's mark, of one byte or more) becomes a point. @return the new length */
static size_t set_point(char *s)
{
    const size_t n = strlen(s);
    size_t i = s[0] == '-' ? 1 : 0;
    while (is_digit(s[i]))
        i++;
    if (s[i] == '\0' || s[i] == 'e') return n;
    size_t next = i;
    while (s[next] != '\0' && !is_digit(s[next]))
        next++;
    s[i] = '.';
    memmove(s + i + 1, s + next, n - next + 1);
    return n - (next - i - 1);
}

static bool format_special(double value, char *buffer)
{
    if (isnan(value)) {
        memcpy(buffer, "nan", sizeof "nan");
    } else if (isinf(value)) {
        memcpy(buffer, value < 0 ? "-inf" : "inf", value < 0 ? sizeof "-inf" : sizeof "inf");
    } else {
        return false;
    }
    return true;
}

void pg_number_significant(double value, int digits, char buffer[PG_NUMBER_SIZE])
{
    if (format_special(value, buffer)) return;
    if (digits < 1) digits = 1;
    if (digits > DBL_DECIMAL_DIG) digits = DBL_DECIMAL_DIG;
    char text[2 * PG_NUMBER_SIZE]; /* the locale's mark may be longer than a point */
    snprintf(text, sizeof text, "%.*g", digits, value);
    memcpy(buffer, text, set_point(text) + 1);
}

static bool reads_back(double value, const char *text)
{
    double back = 0;
    return pg_number_parse(text, strlen(text), &back) && back <= value && back >= value;
}

/* A whole number below 10^15, without the library's help. */
static bool format_whole(double value, char buffer[PG_NUMBER_SIZE])
{
    const double size = fabs(value);
    if (!(size < 1e15)) return false;
    uint64_t whole = (uint64_t)size;
    if ((double)whole < size || (whole == 0 && signbit(value))) return false;
    char digits[PG_NUMBER_SIZE];
    size_t n = 0;
    do {
        digits[n++] = (char)('0' + whole % 10);
        whole /= 10;
    } while (whole != 0);
    size_t i = 0;
    if (value < 0) buffer[i++] = '-';
    while (n > 0)
        buffer[i++] = digits[--n];
    buffer[i] = '\0';
    return true;
}

__extension__ typedef unsigned __int128 wide;

/* Of a positive number of usual size, 2^-36 to 10^15, the fewest digits that read back, and of those the nearest. With
 * v = m 2^e and 10^k just below 2^e, at least one integer near v / 10^k = m 5^-k 2^(e - k) lies between the middles to
 * v's neighbours, and of multiples of ten at most one. Printing by the C library and reading back takes thirteen times
 * as long.
 * @return false for numbers of other sizes */
static bool shortest(double value, uint64_t *digits, int *exponent)
{
    enum { BITS = DBL_MANT_DIG - 1, LOG10_OF_2 = 1262611, LOG10_OF_4_3 = 524031, SCALE = 1 << 22 }; /* both scaled */
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    const int e = (int)(bits >> BITS) - (DBL_MAX_EXP - 1 + BITS);
    const uint64_t hidden = (uint64_t)1 << BITS, mantissa = (bits & (hidden - 1)) | hidden, open = mantissa & 1;
    const bool half = mantissa == hidden; /* a power of two: its gap below is half of the gap above */
    const int j = (-e * LOG10_OF_2 + (half ? LOG10_OF_4_3 : 0) + SCALE - 1) / SCALE, shift = 2 - j - e;
    if (!(value < 1e15) || j >= PG_N_FIVES) return false;
    const wide five = pg_fives[j], v = 4 * mantissa * five, top = v + 2 * five - open;
    const wide bottom = v - (half ? 1 : 2) * five + open, unit = (wide)1 << shift, below = v >> shift;
    const wide tens = below / 10 * 10;
    *exponent = -j;
    if (tens * unit >= bottom || (tens + 10) * unit <= top) {
        *digits = (uint64_t)(tens * unit >= bottom ? tens : tens + 10);
        for (; *digits % 10 == 0; *digits /= 10)
            ++*exponent;
        return true;
    }
    const wide twice = 2 * v, middle = (2 * below + 1) * unit;
    const bool nearer = twice > middle || (twice == middle && (below & 1) != 0);
    const bool up = below * unit < bottom || (nearer && (below + 1) * unit <= top);
    *digits = (uint64_t)below + up;
    return true;
}

/* As %g does: with an exponent below 10^-4. It is no whole number, so digits stand after the point. */
static bool format_shortest(double value, char buffer[PG_NUMBER_SIZE])
{
    static const char zeros[] = "0.000";
    uint64_t rest;
    int exponent;
    char digits[PG_NUMBER_SIZE], *to = buffer, *from = digits + sizeof digits;
    if (!shortest(fabs(value), &rest, &exponent)) return false;
    for (; rest != 0; rest /= 10)
        *--from = (char)('0' + rest % 10);
    const int n = (int)(digits + sizeof digits - from), power = n - 1 + exponent; /* of the first digit */
    const int before = power < -4 ? 1 : power < 0 ? 0 : power + 1;                /* digits before the point */
    if (value < 0) *to++ = '-';
    memcpy(to, zeros, before > 0 ? 0 : (size_t)(1 - power));
    to += before > 0 ? 0 : 1 - power;
    memcpy(to, from, (size_t)before);
    to += before;
    if (before > 0 && before < n) *to++ = '.';
    memcpy(to, from + before, (size_t)(n - before));
    to += n - before;
    if (power < -4) {
        const char tail[] = { 'e', '-', (char)('0' - power / 10), (char)('0' - power % 10) };
        memcpy(to, tail, sizeof tail);
        to += sizeof tail;
    }
    *to = '\0';
    return true;
}

/* The gap above a power of two is twice the gap below: the 16-digit number above may read back when the nearest, which
 * is below, does not. A last digit 9 would carry, and the number above then have read back with 15 digits. */
static bool next_above_reads_back(double value, char buffer[PG_NUMBER_SIZE])
{
    int exponent = 0;
    char text[2 * PG_NUMBER_SIZE];
    if (fabs(frexp(value, &exponent)) > 0.5) return false;
    snprintf(text, sizeof text, "%.*e", DBL_DIG, value);
    const size_t n = set_point(text);
    char *last = text + strcspn(text, "e") - 1;
    if (*last == '9') return false;
    (*last)++;
    if (!reads_back(value, text)) return false;
    memcpy(buffer, text, n + 1);
    return true;
}

void pg_number_format(double value, char buffer[PG_NUMBER_SIZE])
{
    if (format_special(value, buffer) || format_whole(value, buffer) || format_shortest(value, buffer)) return;
    /* 15 digits of a normal number hold every shorter form of it, since %g drops zeros at the end */
    for (int digits = fabs(value) < DBL_MIN ? 1 : DBL_DIG; digits < DBL_DECIMAL_DIG; digits++) {
        pg_number_significant(value, digits, buffer);
        if (reads_back(value, buffer)) return;
    }
    if (next_above_reads_back(value, buffer)) return;
    pg_number_significant(value, DBL_DECIMAL_DIG, buffer);
}

size_t pg_number_fixed(double value, int decimals, char *buffer)
{
    if (format_special(value, buffer)) return strlen(buffer);
    if (decimals < 0) decimals = 0;
    if (decimals > MAX_DECIMALS) decimals = MAX_DECIMALS;
    snprintf(buffer, FIXED_SIZE, "%.*f", decimals, value);
    const size_t n = set_point(buffer);
    if (buffer[0] != '-' || strspn(buffer, "-0.") < n) return n;
    memmove(buffer, buffer + 1, n); /* what rounds to zero has no sign */
    return n - 1;
}
