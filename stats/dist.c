/* dist.c  Tails and quantiles of the normal, chi-square, F and t distributions; the door to GSL.
 * Source: DiDonato & Morris (1986), ACM TOMS 12(4), and (1992), ACM TOMS 18(3), algorithm 708, BFRAC; Loader (2000),
 * "Fast and accurate computation of binomial probabilities".
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GSL's t and F tails lose all digits for many degrees of freedom, its chi-square tail five near the centre, so these
 * are our own. They work in long double because a tail of 1e-300 is exp(-690): its exponent needs more digits than a
 * double has. The F is written in F - 1, exact near the centre: a = df2/2, b = df1/2, x = a / (a + b F), y = 1 - x,
 * P(X > F) = I_x(a, b). */
#include "stats/dist.h"

#include "core/random.h"
#include "pgdp/stats.h"

#include <float.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_version.h>
#include <math.h>

static const long double two_pi = 6.283185307179586476925286766559L;
enum { MAX_STEPS = 2000000 };

const char *pg_gsl_version(void)
{
    return gsl_version;
}

double pgdp_normal_upper(double x)
{
    return gsl_cdf_ugaussian_Q(x);
}

/* log Gamma(z+1) - (z + 1/2) log z + z - log(2 pi)/2. From 16 on by Stirling's series, below by recurrence. */
static long double stirling_error(long double z)
{
    const long double half =
        0.15342640972002734529L; /* (1 - log 2) / 2, of the t's z = 1/2, in place of 16 logarithms */
    long double sum = 0;
    if (fabsl(z - 0.5L) <= 0) return half;
    while (z < 16) {
        sum += (z + 0.5L) * log1pl(1 / z) - 1;
        z += 1;
    }
    static const long double series[] = { 1.0L / 12,   -1.0L / 360,      1.0L / 1260, -1.0L / 1680,
                                          1.0L / 1188, -691.0L / 360360, 1.0L / 156,  -3617.0L / 122400 };
    const long double square = 1 / (z * z);
    long double tail = 0;
    for (size_t i = sizeof series / sizeof *series; i-- > 0;)
        tail = tail * square + series[i];
    return sum + tail / z;
}

/* 2 (r^3/3 + r^5/5 + ...) = log((1 + r) / (1 - r)) - 2 r, |r| <= 0.2 */
static long double atanh_rest(long double r)
{
    const long double square = r * r;
    long double sum = 0;
    for (int i = 14; i >= 0; i--)
        sum = sum * square + 1.0L / (2 * i + 3);
    return 2 * r * square * sum;
}

/* A count k against its mean m has the deviance k log(k/m) + m - k = k excess(m/k - 1) = k deficit(k/m - 1). */

/* t - log(1 + t), t >= 0 */
static long double excess(long double t)
{
    const long double r = t / (2 + t);
    return t > 0.4L ? t - log1pl(t) : r * t - atanh_rest(r);
}

/* log(1 + u) - u / (1 + u), u >= 0 */
static long double deficit(long double u)
{
    const long double r = u / (2 + u);
    return u > 0.4L ? log1pl(u) - u / (1 + u) : atanh_rest(r) + r * u / (1 + u);
}

/* x^a e^-x / Gamma(a + 1) */
static long double gamma_power(long double a, long double x)
{
    const long double deviance = x < a ? deficit((a - x) / x) : excess((x - a) / a);
    return expl(-stirling_error(a) - a * deviance) / sqrtl(two_pi * a);
}

/* P(X < x) of the gamma distribution of shape a, over gamma_power, by its series; for x < a + 1. */
static long double gamma_series(long double a, long double x)
{
    long double term = 1, sum = 1;
    for (int n = 1; n < MAX_STEPS && term > sum * LDBL_EPSILON / 4; n++) {
        term *= x / (a + n);
        sum += term;
    }
    return sum;
}

/* P(X > x) over gamma_power, by Legendre's continued fraction (Lentz's method); for x >= a + 1. */
static long double gamma_fraction(long double a, long double x)
{
    long double b = x + 1 - a, c = HUGE_VALL, d = 1 / b, value = d;
    for (int m = 1; m < MAX_STEPS; m++) {
        const long double an = m * (a - m);
        b += 2;
        d = 1 / (an * d + b);
        c = b + an / c;
        value *= c * d;
        if (!(fabsl(c * d - 1) > 2 * LDBL_EPSILON)) break;
    }
    return value * a;
}

static long double chisq_tail(double x, double df, bool upper)
{
    const long double a = df / 2.0L, h = x / 2.0L, power = gamma_power(a, h);
    if (h < a + 1) return upper ? 1 - power * gamma_series(a, h) : power * gamma_series(a, h);
    return upper ? power * gamma_fraction(a, h) : 1 - power * gamma_fraction(a, h);
}

double pgdp_chisq_upper(double x, double df)
{
    if (isnan(x) || !(df > 0)) return (double)NAN;
    if (!(x > 0)) return 1;
    if (isinf(x) || isinf(df)) return isinf(x) ? 0 : 1;
    return (double)chisq_tail(x, df, true);
}

/* x^a y^b / B(a, b) by deviances from the mean, where both are zero. */
static long double beta_power(long double a, long double b, long double f)
{
    const long double n = a + b, sum = a + b * f;
    const long double correction = stirling_error(n) - stirling_error(a) - stirling_error(b);
    const long double da = f >= 1 ? deficit(b * (f - 1) / n) : excess(b * (1 - f) / sum);
    const long double db = f >= 1 ? excess(a * (f - 1) / sum) : deficit(a * (1 - f) / (n * f));
    return sqrtl(a * b / (two_pi * n)) * expl(correction - a * da - b * db);
}

/* Lentz's method on BFRAC's continued fraction: I_x(a, b) = power / fraction, for a y >= b x; lambda = a y - b x. */
static long double beta_fraction(long double a, long double b, long double x, long double lambda)
{
    const long double tiny = 1e-4000L;
    long double c = a * (lambda + 1) / (a + 1), d = 0, value = c;
    for (int m = 1; m < MAX_STEPS; m++) {
        const long double k = m, e = a + 2 * k - 1;
        const long double an = (a + k - 1) / e * ((a + b + k - 1) / e) * k * (b - k) * x * x;
        const long double bn = k + k * (b - k) * x / e + (a + k) / (e + 2) * (lambda + 1 + k * (2 - x));
        d = bn + an * d;
        c = bn + an / c;
        if (fabsl(d) < tiny) d = tiny;
        if (fabsl(c) < tiny) c = tiny;
        d = 1 / d;
        value *= c * d;
        if (!(fabsl(c * d - 1) > 2 * LDBL_EPSILON)) break;
    }
    return value;
}

/* P(X > f) for f >= 1, P(X < f) for f < 1: the side that is not near 1. */
static long double f_side(long double f, long double a, long double b)
{
    const long double sum = a + b * f, lambda = a * b * (f - 1) / sum, power = beta_power(a, b, f);
    return f >= 1 ? power / beta_fraction(a, b, a / sum, lambda) : power / beta_fraction(b, a, b * f / sum, -lambda);
}

double pgdp_f_upper(double x, double df1, double df2)
{
    if (isnan(x) || !(df1 > 0) || !(df2 > 0)) return (double)NAN;
    if (!(x > 0)) return 1;
    if (isinf(x)) return 0;
    if (isinf(df1) && isinf(df2)) return x < 1 ? 1 : 0;
    if (isinf(df2)) return pgdp_chisq_upper(df1 * x, df1);
    if (isinf(df1)) return (double)chisq_tail(df2 / x, df2, false);
    const long double side = f_side(x, df2 / 2, df1 / 2);
    return (double)(x >= 1 ? side : 1 - side);
}

double pgdp_t_upper(double x, double df)
{
    if (isnan(x) || !(df > 0)) return (double)NAN;
    if (isinf(df)) return pgdp_normal_upper(x);
    if (isinf(x)) return x > 0 ? 0 : 1;
    const long double f = (long double)x * x;
    if (f <= 0) return 0.5;
    const long double side = f_side(f, df / 2.0L, 0.5L), upper = f >= 1 ? side / 2 : (1 - side) / 2;
    return (double)(x > 0 ? upper : 1 - upper);
}

double pgdp_normal_upper_quantile(double p)
{
    if (!(p >= 0 && p <= 1)) return (double)NAN;
    if (!(p > 0) || !(p < 1)) return p > 0 ? -HUGE_VAL : HUGE_VAL;
    return -pg_quantile_normal(p);
}

/* Newton on log P(T > t) in log t: concave and falling, so the steps come from the right after the first. It starts at
 * the normal quantile, which is below the root because no t tail is thinner. */
static long double t_tail_quantile(long double p, long double df)
{
    long double log_t = logl(fmaxl(1, pgdp_normal_upper_quantile((double)p)));
    for (int step = 0; step < 200; step++) {
        const long double t = expl(log_t), upper = f_side(t * t, df / 2, 0.5L) / 2;
        const long double slope = beta_power(df / 2, 0.5L, t * t) / upper; /* t pdf(t) / P(T > t) */
        const long double change = (logl(upper) - logl(p)) / slope;
        log_t += change;
        if (!(fabsl(change) > 1e-17L)) break;
    }
    return expl(log_t);
}

/* Newton on P(0 < T < t) = centre, t < 1: concave and rising, from the left of the root. */
static long double t_centre_quantile(long double centre, long double df)
{
    long double t = centre * sqrtl(two_pi); /* no t density exceeds the normal's at 0 */
    for (int step = 0; step < 200 && t > 0; step++) {
        const long double inside = t < 1 ? f_side(t * t, df / 2, 0.5L) / 2 : 0.5L - f_side(t * t, df / 2, 0.5L) / 2;
        const long double change = (centre - inside) * t / beta_power(df / 2, 0.5L, t * t);
        t += change;
        if (!(fabsl(change) > 1e-18L * t)) break;
    }
    return t;
}

double pgdp_t_upper_quantile(double p, double df)
{
    if (!(p >= 0 && p <= 1) || !(df > 0)) return (double)NAN;
    if (isinf(df) || !(p > 0) || !(p < 1)) return pgdp_normal_upper_quantile(p);
    if (p > 0.5) return -pgdp_t_upper_quantile(1 - p, df);
    if (p > pgdp_t_upper(1, df)) return (double)t_centre_quantile(0.5L - p, df);
    return (double)t_tail_quantile(p, df);
}
