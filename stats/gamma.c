/* gamma.c  The logarithm of the gamma function. Source: Abramowitz & Stegun (1964), 6.1.15 and 6.1.41.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/gamma.h"

#include <math.h>
#include <stddef.h>

/* Stirling's series from 16 on, where the next term is below 1e-17; Gamma(x) = Gamma(x + n) / (x ... (x + n - 1)). */
double pg_log_gamma(double x)
{
    static const double series[] = { 1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                                     1.0 / 1188, -691.0 / 360360, 1.0 / 156 };
    const double half_log_two_pi = 0.918938533204672741780329736406;
    double product = 1;
    if (x < 20 && !(x > floor(x))) {
        for (size_t j = 2; j < (size_t)x; j++)
            product *= (double)j; /* (x - 1)!, exact */
        return log(product);
    }
    while (x < 16)
        product *= x++;
    const double square = 1 / (x * x);
    double tail = 0;
    for (size_t i = sizeof series / sizeof *series; i-- > 0;)
        tail = tail * square + series[i];
    return ((x - 0.5) * log(x) - x) + half_log_two_pi + tail / x - log(product);
}
