/* quantile_beta.c  Quantiles of the beta distribution. Source: DLMF 8.17.22 (Lentz's method), 5.11.1; Loader (2000).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/random.h"

/* delta(x) = log Gamma(x) - (x - 1/2) log x + x - log(2 pi) / 2: DLMF 5.11.1 from x = 16 on, recurrence below it. */
static double stirling_error(double x)
{
    double below = 0;
    while (x < 16) {
        below += (x + 0.5) * log1p(1 / x) - 1;
        x += 1;
    }
    const double r = 1 / (x * x);
    const double series =
        1. / 12 - r * (1. / 360 - r * (1. / 1260 - r * (1. / 1680 - r * (1. / 1188 - r * (691. / 360360)))));
    return below + series / x;
}

/* The distribution in z = log(x / (1 - x)), where tails of any smallness have digits. */
typedef struct beta {
    double a, b, mean, comean;
    double log_scale; /* log of sqrt(a b / (2 pi (a + b))) exp(delta(a + b) - delta(a) - delta(b)) */
} beta;

static beta beta_of(double a, double b)
{
    const double n = a + b, two_pi = 6.28318530717958647692;
    const double corrections = stirling_error(n) - stirling_error(a) - stirling_error(b);
    return (beta){ a, b, a / n, b / n, 0.5 * log(a / n * b / two_pi) + corrections };
}

/* k log(x / centre) from d = (x - centre) / centre, exact to first order near the centre. */
static double deviance(double k, double d, double log_x, double centre)
{
    return fabs(d) < 0.5 ? k * log1p(d) : k * (log_x - log(centre));
}

/* The incomplete beta's continued fraction without its factor x^a y^b / (a B(a, b)), DLMF 8.17.22, for x <= its switch.
 */
static double continued_fraction(double a, double b, double x)
{
    const double tiny = 1e-300, tol = 1e-16;
    const int max_iter = 200000; /* O(sqrt(max(a, b))) are needed */
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double h = d;
    for (int i = 1; i <= max_iter; i++) {
        const double m = i, even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 + even * d;
        c = 1 + even / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        h *= d * c;
        d = 1 + odd * d;
        c = 1 + odd / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        h *= d * c;
        if (fabs(d * c - 1) <= tol) break;
    }
    return h;
}

/* log I_x(a, b), and log dI/dz = log(x^a y^b / B(a, b)), at z. */
static double log_cdf(const beta *p, double z, double *log_density)
{
    const double x = 1 / (1 + exp(-z)), y = 1 / (1 + exp(z));
    const double log_x = z > 0 ? -log1p(exp(-z)) : z - log1p(exp(z)), log_y = log_x - z;
    const double from_mean = x < y ? x - p->mean : p->comean - y; /* from the smaller: it has more digits */
    *log_density = p->log_scale + deviance(p->a, from_mean / p->mean, log_x, p->mean) +
                   deviance(p->b, -from_mean / p->comean, log_y, p->comean);
    if (x <= (p->a + 1) / (p->a + p->b + 2)) return *log_density - log(p->a) + log(continued_fraction(p->a, p->b, x));
    const double upper = exp(*log_density - log(p->b)) * continued_fraction(p->b, p->a, y);
    return upper < 1 ? log1p(-upper) : -(double)INFINITY;
}

/*
 * z with log I = log u, u <= 1/2. The density in z is log-concave, so log I is concave and Newton's steps converge from
 * the left without overshooting; a bracket catches steps from the right and rounding at the end.
 */
static double solve(const beta *p, double u)
{
    const double target = log(u), log_1_over_b = p->log_scale - p->a * log(p->mean) - p->b * log(p->comean);
    double lo = -(double)INFINITY, hi = (double)INFINITY;
    double z = (target + log(p->a) - log_1_over_b) / p->a; /* I ~ x^a / (a B) far left */
    if (p->a >= 1 && p->b >= 1) z = log(p->a / p->b) + pg_quantile_normal(u) * sqrt(1 / p->a + 1 / p->b);
    for (int i = 0; i < 200; i++) {
        double log_density;
        const double excess = log_cdf(p, z, &log_density) - target;
        if (excess < 0)
            lo = z;
        else
            hi = z;
        double step = -excess * exp(target + excess - log_density);
        if (!isfinite(step)) step = excess < 0 ? 1 + fabs(z) : -1 - fabs(z);
        if (z + step <= lo || z + step >= hi) step = isinf(lo) || isinf(hi) ? step / 2 : (lo + hi) / 2 - z;
        z += step;
        if (fabs(step) <= 4e-16 * (1 + fabs(z))) break;
    }
    return z;
}

double pg_quantile_beta(double u, double a, double b)
{
    if (!(u >= 0 && u <= 1 && a > 0 && b > 0) || isinf(a) || isinf(b)) return (double)NAN;
    if (u <= 0 || u >= 1) return u <= 0 ? 0 : 1;
    const beta p = u <= 0.5 ? beta_of(a, b) : beta_of(b, a);
    const double z = solve(&p, u <= 0.5 ? u : 1 - u);
    return u <= 0.5 ? 1 / (1 + exp(-z)) : 1 / (1 + exp(z));
}
