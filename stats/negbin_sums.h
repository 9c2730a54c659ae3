/* negbin_sums.h  The sums of the negative binomial likelihood, without differences of gamma functions.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_NEGBIN_SUMS_H
#define PG_NEGBIN_SUMS_H

/** Of a count y and alpha: the sum over j = 0 ... y - 1 of log(1 + alpha j), and its first and second derivatives by
 * log alpha, the sums of u / (1 + u) and u / (1 + u)^2 with u = alpha j. */
typedef struct pg_negbin_sums {
    double log, first, second;
} pg_negbin_sums;
/** Right to some 1e-14 for every whole y >= 0 and alpha > 0; at most 128 terms are added one by one. */
pg_negbin_sums pg_negbin_sums_of(double y, double alpha);

/** u - log(1 + u), u >= 0, right when u is small. */
double pg_less_log1p(double u);
/** log(1 + u) - u / (1 + u), u >= 0, right whatever u. */
double pg_log1p_less(double u);
/** log y!, y whole; private because lgamma() of libm writes to a global. */
double pg_log_factorial(double y);

#endif
