/* decimal.c  What rounding took from a decimal number when it became a double: decimal.h. Source: Steele & White
 * (1990), PLDI: the shortest decimal tells doubles apart. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/decimal.h"

#include "core/number.h"
#include "stats/two_algebra.h"

#include <stdbool.h>
#include <stdlib.h>

enum { MOST_DIGITS = 15, MOST_EXPONENT = 44 };

/* 10^k exactly, 0 <= k <= 44: 5^44 has 103 bits. */
static pg_two power_of_ten(int k)
{
    static const double exact = 1e22;
    double rest = 1;
    for (int i = 0; i < (k > 22 ? k - 22 : k); i++)
        rest *= 10;
    return k > 22 ? pg_two_product(exact, rest) : (pg_two){ rest, 0 };
}

double pg_decimal_rest(double x)
{
    char text[PG_NUMBER_SIZE];
    double digits = 0;
    int n_digits = 0, exponent = 0;
    bool after_point = false;
    if (!(fabs(x) > 1e-40 && fabs(x) < 1e40)) return 0;
    pg_number_format(fabs(x), text);
    const char *c = text;
    for (; *c != '\0' && *c != 'e'; c++) {
        if (*c == '.') {
            after_point = true;
            continue;
        }
        digits = 10 * digits + (*c - '0');
        n_digits += n_digits > 0 || *c != '0';
        exponent -= after_point;
    }
    if (*c == 'e') exponent += (int)strtol(c + 1, NULL, 10);
    if (n_digits > MOST_DIGITS || exponent >= 0 || exponent < -MOST_EXPONENT) return 0;
    const pg_two decimal = pg_two_over((pg_two){ digits, 0 }, power_of_ten(-exponent));
    const double rest = (decimal.hi - fabs(x)) + decimal.lo;
    return x < 0 ? -rest : rest;
}
