/* negbin_sums.c  Sums of the negative binomial likelihood: negbin_sums.h.
 * Source: Abramowitz & Stegun (1964), 3.6.28 (Euler and Maclaurin's summation) and 6.1.41 (Stirling's series).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * sum_{j = a}^{b - 1} f(j) = int_a^b f - (f(b) - f(a)) / 2 + (f'(b) - f'(a)) / 12 - (f'''(b) - f'''(a)) / 720
 * + (f5(b) - f5(a)) / 30240 - ...; from a = 64 on the next term is below 1e-15. */
#include "stats/negbin_sums.h"

#include <math.h>
#include <stddef.h>

enum { FIRST = 64, ONE_BY_ONE = 128 };

double pg_less_log1p(double u)
{
    if (u > 0.4) return u - log1p(u);
    const double r = u / (2 + u), square = r * r; /* log(1 + u) = 2 (r + r^3/3 + ...), u - 2 r = u r */
    double sum = 0;
    for (int i = 12; i >= 0; i--)
        sum = sum * square + 1.0 / (2 * i + 3);
    return u * r - 2 * r * square * sum;
}

double pg_log1p_less(double u)
{
    const double share = u / (1 + u);
    return u > 0.4 ? log1p(u) - share : u * share - pg_less_log1p(u);
}

double pg_log_factorial(double y)
{
    if (y < 20) {
        double product = 1;
        for (int j = 2; j <= y; j++)
            product *= j;
        return log(product);
    }
    static const double series[] = { 1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188 };
    const double square = 1 / (y * y);
    double tail = 0;
    for (size_t i = sizeof series / sizeof *series; i-- > 0;)
        tail = tail * square + series[i];
    return (y + 0.5) * log(y) - y + 0.918938533204672741780329736406 + tail / y;
}

/* The integrals up to x and the other parts of the series at x, of all three sums. */
static pg_negbin_sums antiderivative(double x, double alpha)
{
    const double u = alpha * x, less = pg_less_log1p(u), l = log1p(u), v = 1 / (1 + u), a = alpha * v;
    const double a3 = a * a * a / 720, a5 = a * a * a * a * a / 30240;
    pg_negbin_sums s;
    s.log = (u * l - less) / alpha - l / 2 + a / 12 - 2 * a3 + 24 * a5;
    s.first = less / alpha - u * v / 2 + v * (a / 12 - 6 * a3 + 120 * a5);
    s.second = pg_log1p_less(u) / alpha - u * v * v / 2 +
               v * ((2 * v - 1) * a / 12 - (24 * v - 6) * a3 + (720 * v - 120) * a5);
    return s;
}

pg_negbin_sums pg_negbin_sums_of(double y, double alpha)
{
    pg_negbin_sums s = { 0, 0, 0 };
    const double n_single = y > ONE_BY_ONE ? FIRST : y;
    for (int j = 1; j < n_single; j++) {
        const double u = alpha * j, v = 1 / (1 + u);
        s.log += log1p(u);
        s.first += u * v;
        s.second += u * v * v;
    }
    if (!(y > ONE_BY_ONE)) return s;
    const pg_negbin_sums low = antiderivative(FIRST, alpha), high = antiderivative(y, alpha);
    s.log += high.log - low.log;
    s.first += high.first - low.first;
    s.second += high.second - low.second;
    return s;
}
