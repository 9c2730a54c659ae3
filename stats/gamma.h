/* gamma.h  The logarithm of the gamma function. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_GAMMA_H
#define PG_GAMMA_H

/** log Gamma(x), x > 0, right to 4e-15 (1 + |its value|); lgamma() of libm writes to a global. */
double pg_log_gamma(double x);

#endif
