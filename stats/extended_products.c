/* extended_products.c  Cross-products in double-double and their Cholesky factor: extended_ways.h. Source: Ogita, Rump
 * & Oishi (2005), SIAM J. Sci. Comput. 26(6), algorithm 5.3; Golub & Van Loan (2013), Matrix Computations, section 4.2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/extended_ways.h"

/* A product of columns is wrong by up to (n u)^2 / 16 of their lengths' product, u = 2^-53, four lanes adding up side
 * by side; the coefficients and the inverse by the square of the condition more. */
double pg_extended_products_error(size_t n_rows, double condition)
{
    const double one = condition * (double)n_rows * ldexp(1, -55);
    return one * one;
}

/* The product of two columns: sums of the high parts with their errors added up beside them. */
PG_INLINE pg_two dot(const pg_extended_columns *c, size_t j, size_t l, bool rests, bool fused)
{
    const pg_pack *x = c->hi + j * c->n_packs, *y = c->hi + l * c->n_packs;
    const pg_pack *x_lo = rests ? c->lo + j * c->n_packs : NULL, *y_lo = rests ? c->lo + l * c->n_packs : NULL;
    pg_lanes sum = { { 0 }, { 0 } };
    for (size_t p = 0; p < c->n_packs; p++) {
        const pg_pack product = x[p] * y[p], s = sum.hi + product, v = s - sum.hi;
        pg_pack rest = { 0 };
        pg_pack_error(&x[p], &y[p], &product, fused, &rest);
        if (rests) rest += x[p] * y_lo[p] + x_lo[p] * y[p];
        sum.lo += ((sum.hi - (s - v)) + (product - v)) + rest;
        sum.hi = s;
    }
    pg_two total = { sum.hi[0], sum.lo[0] };
    for (size_t lane = 1; lane < PG_LANES; lane++)
        pg_two_add(&total, (pg_two){ sum.hi[lane], sum.lo[lane] });
    return pg_two_renew(total.hi, total.lo);
}

/* The upper triangle of (A, y)'(A, y) but y'y. */
PG_INLINE void multiply(const pg_extended_columns *c, pg_two *out, bool rests, bool fused)
{
    for (size_t l = 0; l <= c->k; l++)
        for (size_t j = 0; j <= l && j < c->k; j++)
            out[j + l * c->k] = dot(c, j, l, rests, fused);
}

PG_FUSED static void multiply_fused(const pg_extended_columns *c, pg_two *out)
{
    if (c->lo == NULL)
        multiply(c, out, false, true);
    else
        multiply(c, out, true, true);
}

static void multiply_plain(const pg_extended_columns *c, pg_two *out)
{
    if (c->lo == NULL)
        multiply(c, out, false, false);
    else
        multiply(c, out, true, false);
}

/* a_jl - sum_i<j r_ij r_il */
static pg_two left(const pg_two *r, size_t k, size_t j, size_t l)
{
    pg_two sum = r[j + l * k];
    for (size_t i = 0; i < j; i++)
        sum = pg_two_minus(sum, pg_two_times(r[i + j * k], r[i + l * k]));
    return sum;
}

/* R'R = A'A in place, and R'^-1 A'y in the last column. */
static void factor(pg_two *r, size_t k)
{
    for (size_t j = 0; j < k; j++) {
        const pg_two diagonal = pg_two_root(left(r, k, j, j)), inverse = pg_two_over((pg_two){ 1, 0 }, diagonal);
        r[j + j * k] = diagonal;
        for (size_t l = j + 1; l <= k; l++)
            r[j + l * k] = pg_two_times(left(r, k, j, l), inverse);
    }
}

void pg_extended_multiply(const pg_extended_columns *columns, pg_two *triangle, double *norm)
{
    const size_t k = columns->k;
    if (pg_has_fused())
        multiply_fused(columns, triangle);
    else
        multiply_plain(columns, triangle);
    for (size_t j = 0; j < k; j++)
        norm[j] = pg_two_root(triangle[j + j * k]).hi;
    factor(triangle, k);
}
