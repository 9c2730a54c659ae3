/* number.c  Decimal text to double, correctly rounded, the same in every locale.
 * Short text is exact by one operation (number.h), up to 19 digits and 10^27 by integers of 128 bits;
 * the rest is strtod's, given digits without a point. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_DIGITS = 780, /* a halfway point between two doubles has at most 767 significant digits */
    WIDE_POWER = PG_N_FIVES - 1,
    FAR_EXPONENT = 100000, /* beyond it any MAX_DIGITS digits are zero or infinity */
};
#define SATURATED ((int64_t)1 << 60)

/* The value is 0.text... as an integer times 10^exponent; digits beyond MAX_DIGITS only tell whether all are zero. */
typedef struct decimal {
    char text[MAX_DIGITS + 1 + PG_NUMBER_SIZE];
    size_t n;
    int64_t exponent;
    bool negative, sticky;
} decimal;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void take_digit(decimal *d, char digit, bool fraction)
{
    if (d->n == 0 && digit == '0') { /* leading zero */
        d->exponent -= fraction ? 1 : 0;
    } else if (d->n < MAX_DIGITS) {
        d->text[d->n++] = digit;
        d->exponent -= fraction ? 1 : 0;
    } else {
        d->sticky = d->sticky || digit != '0';
        d->exponent += fraction ? 0 : 1;
    }
}

/* Integer part from text[i]; answers the place after it, or PGDP_NONE when commas do not part groups of three. */
static size_t scan_integer(decimal *d, const char *text, size_t n, size_t i, bool grouped)
{
    size_t in_group = 0;
    bool comma = false;
    for (; i < n; i++) {
        if (is_digit(text[i])) {
            take_digit(d, text[i], false);
            in_group++;
        } else if (grouped && text[i] == ',') {
            if (comma ? in_group != 3 : in_group < 1 || in_group > 3) return PGDP_NONE;
            comma = true;
            in_group = 0;
        } else {
            break;
        }
    }
    return comma && in_group != 3 ? PGDP_NONE : i;
}

static bool scan_exponent(decimal *d, const char *text, size_t n, size_t i)
{
    const bool negative = i < n && text[i] == '-';
    if (i < n && (text[i] == '-' || text[i] == '+')) i++;
    if (i == n) return false;
    int64_t exponent = 0;
    for (; i < n; i++) {
        if (!is_digit(text[i])) return false;
        if (exponent < SATURATED / 16) exponent = 10 * exponent + (text[i] - '0');
    }
    d->exponent += negative ? -exponent : exponent;
    return true;
}

static bool scan(decimal *d, const char *text, size_t n, bool grouped)
{
    size_t i = 0;
    d->n = 0;
    d->exponent = 0;
    d->sticky = false;
    d->negative = n > 0 && text[0] == '-';
    if (n > 0 && (text[0] == '-' || text[0] == '+')) i++;
    const size_t start = i;
    i = scan_integer(d, text, n, i, grouped);
    if (i == PGDP_NONE) return false;
    size_t n_digits = i - start;
    if (i < n && text[i] == '.') {
        for (i++; i < n && is_digit(text[i]); i++) {
            take_digit(d, text[i], true);
            n_digits++;
        }
    }
    if (n_digits == 0) return false;
    if (i == n) return true;
    return (text[i] == 'e' || text[i] == 'E') && scan_exponent(d, text, n, i + 1);
}

const uint64_t pg_fives[PG_N_FIVES] = {
    1u,
    5u,
    25u,
    125u,
    625u,
    3125u,
    15625u,
    78125u,
    390625u,
    1953125u,
    9765625u,
    48828125u,
    244140625u,
    1220703125u,
    6103515625u,
    30517578125u,
    152587890625u,
    762939453125u,
    3814697265625u,
    19073486328125u,
    95367431640625u,
    476837158203125u,
    2384185791015625u,
    11920928955078125u,
    59604644775390625u,
    298023223876953125u,
    1490116119384765625u,
    7450580596923828125u,
};

__extension__ typedef unsigned __int128 wide;

/* v 2^e, above it at most a fraction of v's last bit when sticky, rounded half to even. v has at least 54 bits or is
 * exact; the result is a normal number. */
static double round_wide(wide v, int e, bool sticky)
{
    const uint64_t high = (uint64_t)(v >> 64);
    const int bits = high != 0 ? 128 - __builtin_clzll(high) : 64 - __builtin_clzll((uint64_t)v);
    const int shift = bits - DBL_MANT_DIG;
    if (shift <= 0) return ldexp((double)(uint64_t)v, e);
    uint64_t mantissa = (uint64_t)(v >> shift);
    const wide half = (wide)1 << (shift - 1), rest = v & (2 * half - 1);
    if (rest > half || (rest == half && (sticky || (mantissa & 1) != 0))) mantissa++;
    return ldexp((double)mantissa, e + shift);
}

/* digits 10^k = digits 5^k 2^k: the product has 128 bits; a quotient has its remainder as the bit that sticks. */
static double by_wide_integers(uint64_t digits, int k)
{
    if (k >= 0) return round_wide((wide)digits * pg_fives[k], k, false);
    const int left = __builtin_clzll(digits), under = __builtin_clzll(pg_fives[-k]);
    const wide above = (wide)(digits << left) << 63;
    const uint64_t below = pg_fives[-k] << under;
    const wide quotient = above / below;
    return round_wide(quotient, under - left - 63 + k, quotient * below != above);
}

/* One operation on two doubles rounds once; else wide integers hold the value. */
bool pg_number_wide(uint64_t digits, int64_t exponent, double *out)
{
    if (digits == 0 || exponent > WIDE_POWER || exponent < -WIDE_POWER) return false;
    *out = by_wide_integers(digits, (int)exponent);
    return true;
}

static bool by_digits(const decimal *d, double *out)
{
    if (d->n > 19) return false;
    uint64_t digits = 0;
    for (size_t i = 0; i < d->n; i++)
        digits = 10 * digits + (uint64_t)(d->text[i] - '0');
    return pg_number_exact(digits, d->exponent, out);
}

static double by_library(decimal *d)
{
    if (d->sticky) {
        d->text[d->n++] = '1';
        d->exponent--;
    }
    int64_t exponent = d->exponent;
    if (exponent > FAR_EXPONENT) exponent = FAR_EXPONENT;
    if (exponent < -FAR_EXPONENT) exponent = -FAR_EXPONENT;
    snprintf(d->text + d->n, PG_NUMBER_SIZE, "e%d", (int)exponent);
    return strtod(d->text, NULL);
}

/* A plain number with commas between groups of three: without them it is plain. */
static bool parse_groups(const char *text, size_t n, double *out)
{
    enum { MOST = 24 };
    char plain[MOST];
    const size_t first = n > 0 && text[0] == '-';
    size_t length = first, in_group = 0;
    bool comma = false;
    if (n >= MOST) return false;
    plain[0] = '-';
    for (size_t i = first; i < n && text[i] != '.'; i++) {
        if (text[i] == ',') {
            if (comma ? in_group != 3 : in_group < 1 || in_group > 3) return false;
            comma = true;
            in_group = 0;
            continue;
        }
        plain[length++] = text[i];
        in_group++;
    }
    if (!comma || in_group != 3) return false;
    const char *point = memchr(text, '.', n);
    if (point != NULL) memcpy(plain + length, point, n - (size_t)(point - text));
    if (point != NULL) length += n - (size_t)(point - text);
    return pg_number_plain(plain, length, out);
}

static bool parse(const char *text, size_t n, bool grouped, double *out)
{
    decimal d;
    double value = 0;
    if (pg_number_plain(text, n, out) || (grouped && parse_groups(text, n, out))) return true;
    if (!scan(&d, text, n, grouped)) return false;
    if (d.n != 0 && !by_digits(&d, &value)) value = by_library(&d);
    *out = d.negative ? -value : value;
    return true;
}

bool pg_number_parse(const char *text, size_t n, double *out)
{
    return parse(text, n, false, out);
}

bool pg_number_parse_grouped(const char *text, size_t n, double *out)
{
    return parse(text, n, true, out);
}
