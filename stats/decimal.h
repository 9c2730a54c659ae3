/* decimal.h  What rounding took from a decimal number when it became a double.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_DECIMAL_H
#define PG_DECIMAL_H

/** The shortest decimal that reads back to x, less x, right to 2^-100 of x: data that were written with at most 15
 * significant digits are those decimals. 0 for numbers that need more digits, which no one wrote down, and for whole
 * ones. Sizes outside 1e-40 ... 1e40: 0. */
double pg_decimal_rest(double x);

#endif
