/* batch_digits.c  Digits of a model solved from cross-products: batch_solved.h. Source: Bjorck (1996), Numerical
 * Methods for Least Squares Problems, section 1.4. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/batch_solved.h"

#include <float.h>
#include <math.h>

static const double rounding = 4 * DBL_EPSILON; /* of a cross-product, relative to the norms of its columns */

/* e |x|^2 of a column before anything was taken from it, scaled; 0 where its doubles are the numbers meant. */
static double rounded(const pg_batch_terms *m, uint32_t column, double scale)
{
    return m->s->columns[column].whole ? 0 : pg_batch_raw_square(m, column) * scale * scale;
}

/* What the doubles of the columns do: the row path takes the numbers that they were written or computed as, so that
 * the two differ by half a unit in the last place of each, as least_squares.c has it; 4 standard deviations. */
static double error_of_doubles(const pg_batch_terms *m, const pg_batch_solved *v, const pg_batch_solution *x)
{
    const size_t k = m->n_terms;
    const double u = 4 * DBL_EPSILON / 2 / sqrt(3), n = (double)m->s->rows.n;
    double direct = rounded(m, m->outcome, 1), error = 0;
    for (size_t j = 0; j < k; j++)
        direct += rounded(m, m->columns[j], v->scale[j]) * v->b[j] * v->b[j];
    for (size_t i = 0; i < k; i++) {
        const double *row = v->bread.x + i * k, sigma = sqrt(x->ssr * row[i] / n);
        double variance = row[i] * direct / n;
        if (!m->reported[i]) continue;
        for (size_t j = 0; j < k; j++)
            variance += rounded(m, m->columns[j], v->scale[j]) * row[j] * row[j] * x->ssr / n;
        error = fmax(error, u * sqrt(variance) / fmax(fabs(v->b[i]), sigma));
    }
    return error;
}

/* To first order, each product off by `rounding` of its columns' norms. */
double pg_batch_digits(const pg_batch_terms *m, const pg_batch_solved *v, const pg_batch_solution *x)
{
    const size_t k = m->n_terms;
    const double u = rounding * m->worst * v->amplified, sigma2 = x->ssr / (m->s->nobs - (double)x->n_terms);
    double squares = m->yy;
    if (!(x->ssr > 0)) return 0;
    for (size_t j = 0; j < k; j++)
        squares += v->b[j] * v->b[j];
    double error = u * squares / x->ssr;
    for (size_t j = 0; j < k; j++) {
        const double *row = v->bread.x + j * k;
        double q = 0;
        if (!m->reported[j]) continue;
        for (size_t i = 0; i < k; i++)
            q += row[i] * row[i];
        const double size = fmax(fabs(v->b[j]), sqrt(sigma2 * row[j]));
        error = fmax(error, u * fmax(sqrt(q * squares) / size, q / row[j]));
    }
    if (m->n_all == k && m->s->design.n_effects == 0) error = fmax(error, error_of_doubles(m, v, x));
    return fmin(-log10(error), 16);
}
