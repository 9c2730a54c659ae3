/* design_basis.c  poly(x, n): orthogonal polynomials over the rows used, or plain powers. Source: R 4, poly(); the
 * recurrence: Forsythe (1957), J. SIAM 5(2); the second pass of orthogonalisation: Giraud et al. (2005), Numer. Math.
 * 101. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/design_columns.h"
#include "stats/two_algebra.h"

#include <math.h>

/** Are there more than n distinct values? */
static pgdp_status check_distinct(pgdp_ctx *ctx, const pg_part *part, const double *values, const pg_rows *rows)
{
    double seen[64];
    size_t n = 0;
    for (size_t i = 0; i < rows->n && n <= part->degree; i++) {
        const double x = values[rows->kept[i]];
        size_t k = 0;
        while (k < n && (seen[k] < x || seen[k] > x))
            k++;
        if (k == n) seen[n++] = x;
    }
    if (n > part->degree) return PGDP_OK;
    return pg_fail(
        ctx, PGDP_TOO_FEW_OBS,
        "found %zu distinct values for %.60s in the rows used, expected more than its degree; lower the degree", n,
        part->name);
}

static pgdp_status fill_raw(pgdp_ctx *ctx, const pg_part *part, const pg_numbers *x, const pg_rows *rows,
                            pg_numbers *out)
{
    double *hi, *lo;
    PG_TRY_ALLOC(ctx, hi, pg_arena_alloc(&ctx->scratch, rows->n * part->degree, sizeof *hi));
    PG_TRY_ALLOC(ctx, lo, pg_arena_alloc(&ctx->scratch, rows->n * part->degree, sizeof *lo));
    for (size_t i = 0; i < rows->n; i++) {
        const size_t row = rows->kept[i];
        const pg_two value = { x->hi[row], x->lo == NULL ? 0 : x->lo[row] };
        for (size_t k = 0; k < part->degree; k++) {
            const pg_two power = pg_two_power(value, (int)k + 1);
            hi[i + k * rows->n] = power.hi;
            lo[i + k * rows->n] = power.lo;
        }
    }
    *out = (pg_numbers){ hi, lo };
    return PGDP_OK;
}

/** Sum of a b, or of a alone. */
static long double dot(const long double *a, const long double *b, size_t n)
{
    long double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += b == NULL ? a[i] : a[i] * b[i];
    return sum;
}

/** Take from p its part along the columns q[0..k), which have unit norm, twice; then give it unit norm. */
static void orthogonalise(long double *p, const long double *q, size_t n, size_t k)
{
    for (int pass = 0; pass < 2; pass++) {
        for (size_t j = 0; j < k; j++) {
            const long double along = dot(p, q + j * n, n);
            for (size_t i = 0; i < n; i++)
                p[i] -= along * q[i + j * n];
        }
    }
    const long double norm = sqrtl(dot(p, p, n));
    for (size_t i = 0; i < n; i++)
        p[i] /= norm;
}

/** q: the constant, then one column a degree; column k + 1 is z times column k, made orthogonal to all before it: its
 * leading coefficient is positive, as in R. */
static pgdp_status fill_orthogonal(pgdp_ctx *ctx, const pg_part *part, const double *values, const pg_rows *rows,
                                   pg_numbers *out)
{
    const size_t n = rows->n;
    long double *q, *z, mean = 0, size = 0;
    double *hi;
    PG_TRY_ALLOC(ctx, hi, pg_arena_alloc(&ctx->scratch, n * part->degree, sizeof *hi));
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY_ALLOC(ctx, z, pg_arena_alloc(&ctx->scratch, n, sizeof *z));
    PG_TRY_ALLOC(ctx, q, pg_arena_alloc(&ctx->scratch, n * (part->degree + 1), sizeof *q));
    for (size_t i = 0; i < n; i++) {
        z[i] = values[rows->kept[i]];
        q[i] = 1;
    }
    mean = dot(z, NULL, n) / (long double)n;
    for (size_t i = 0; i < n; i++) {
        z[i] -= mean;
        size = fmaxl(size, fabsl(z[i]));
    }
    for (size_t i = 0; i < n; i++)
        z[i] /= size; /* so that no power over- or underflows */
    orthogonalise(q, q, n, 0);
    for (size_t k = 1; k <= part->degree; k++) {
        for (size_t i = 0; i < n; i++)
            q[i + k * n] = z[i] * q[i + (k - 1) * n];
        orthogonalise(q + k * n, q, n, k);
        for (size_t i = 0; i < n; i++)
            hi[i + (k - 1) * n] = (double)q[i + k * n];
    }
    pg_arena_rewind(&ctx->scratch, mark);
    *out = (pg_numbers){ hi, NULL };
    return PGDP_OK;
}

pgdp_status pg_basis_fill(pgdp_ctx *ctx, const pg_part *part, const pg_numbers *x, const pg_rows *rows, pg_numbers *out)
{
    if (part->raw) return fill_raw(ctx, part, x, rows, out);
    PG_TRY(check_distinct(ctx, part, x->hi, rows));
    return fill_orthogonal(ctx, part, x->hi, rows, out);
}
