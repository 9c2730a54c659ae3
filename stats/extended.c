/* extended.c  Householder QR in double-double arithmetic: extended.h. Source: Golub & Van Loan (2013), Matrix
 * Computations, algorithms 5.2.1 and 5.3.2, at the precision of two_algebra.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/extended.h"

#include "stats/two_algebra.h"

typedef struct work {
    size_t n, k;
    pg_two *a;   /* [n x (k + 1)]: scaled columns, then y */
    pg_two *tau; /* diagonal of R */
} work;

static pg_two exact(double x)
{
    return (pg_two){ x, 0 };
}

/* sqrt(w) of a row. */
static pg_two root_weight(const pgdp_design *d, size_t row)
{
    return d->weights.n == 0 ? exact(1) : pg_two_root(exact(d->weights.x[row]));
}

static void fill(const pg_scaled *s, double y_scale, work *w)
{
    const pgdp_design *d = s->design;
    for (size_t i = 0; i < w->n; i++) {
        const pg_two root = root_weight(d, i);
        pg_two y = exact(d->y.x[i] * y_scale);
        if (d->y_low.n > 0) y = pg_two_plus(y, exact(d->y_low.x[i] * y_scale));
        w->a[i + w->k * w->n] = pg_two_times(root, y);
        for (size_t j = 0; j < w->k; j++) {
            pg_two x = exact(d->x.x[i + j * w->n] * s->scale[j]);
            if (d->x_low.n_cols > 0) x = pg_two_plus(x, exact(d->x_low.x[i + j * w->n] * s->scale[j]));
            w->a[i + j * w->n] = pg_two_times(root, x);
        }
    }
}

static pg_two dot(const pg_two *x, const pg_two *y, size_t n)
{
    pg_two sum = { 0, 0 };
    for (size_t i = 0; i < n; i++)
        sum = pg_two_plus(sum, pg_two_times(x[i], y[i]));
    return sum;
}

/* Reflect column j to R_jj below its head, and every later column with it; v stays in place of the column. */
static void reflect(work *w, size_t j)
{
    const size_t m = w->n - j;
    pg_two *v = w->a + j + j * w->n;
    const pg_two size = pg_two_root(dot(v, v, m));
    const pg_two length = v[0].hi < 0 ? (pg_two){ -size.hi, -size.lo } : size;
    v[0] = pg_two_plus(v[0], length);
    w->tau[j] = (pg_two){ -length.hi, -length.lo };
    const pg_two half = pg_two_times(length, v[0]); /* v'v / 2 */
    for (size_t l = j + 1; l <= w->k; l++) {
        pg_two *x = w->a + j + l * w->n;
        const pg_two factor = pg_two_over(dot(v, x, m), half);
        for (size_t i = 0; i < m; i++)
            x[i] = pg_two_minus(x[i], pg_two_times(factor, v[i]));
    }
}

/* R_ij, i <= j. */
static pg_two triangle(const work *w, size_t i, size_t j)
{
    return i == j ? w->tau[j] : w->a[i + j * w->n];
}

/* x = R^-1 (Q'y), and R^-1 itself. */
static void solve(const work *w, pg_extended *out)
{
    const size_t k = w->k;
    for (size_t j = k; j-- > 0;) {
        pg_two sum = w->a[j + k * w->n];
        for (size_t l = j + 1; l < k; l++)
            sum = pg_two_minus(sum, pg_two_times(triangle(w, j, l), out->x[l]));
        out->x[j] = pg_two_over(sum, w->tau[j]);
    }
    for (size_t c = 0; c < k; c++) {
        for (size_t j = c + 1; j-- > 0;) {
            pg_two sum = exact(j == c ? 1 : 0);
            for (size_t l = j + 1; l <= c; l++)
                sum = pg_two_minus(sum, pg_two_times(triangle(w, j, l), out->root[l + c * k]));
            out->root[j + c * k] = pg_two_over(sum, w->tau[j]);
        }
    }
}

/* y - A x from the columns as given. */
static void residual(const pg_scaled *s, double y_scale, work *w, pg_extended *out)
{
    fill(s, y_scale, w);
    for (size_t i = 0; i < w->n; i++) {
        pg_two r = w->a[i + w->k * w->n];
        for (size_t j = 0; j < w->k; j++)
            r = pg_two_minus(r, pg_two_times(w->a[i + j * w->n], out->x[j]));
        out->r[i] = r.hi + r.lo;
    }
}

pgdp_status pg_extended_solve(pgdp_ctx *ctx, const pg_scaled *scaled, double y_scale, pg_extended *out)
{
    work w = { .n = scaled->n_rows, .k = scaled->n_cols };
    PG_TRY_ALLOC(ctx, w.a, pg_arena_alloc(&ctx->scratch, w.n * (w.k + 1), sizeof *w.a));
    PG_TRY_ALLOC(ctx, w.tau, pg_arena_alloc(&ctx->scratch, w.k, sizeof *w.tau));
    PG_TRY_ALLOC(ctx, out->x, pg_arena_alloc(&ctx->scratch, w.k, sizeof *out->x));
    PG_TRY_ALLOC(ctx, out->r, pg_arena_alloc(&ctx->scratch, w.n, sizeof *out->r));
    PG_TRY_ALLOC(ctx, out->root, pg_arena_alloc(&ctx->scratch, w.k * w.k, sizeof *out->root));
    PG_TRY_ALLOC(ctx, out->norm, pg_arena_alloc(&ctx->scratch, w.k, sizeof *out->norm));
    fill(scaled, y_scale, &w);
    for (size_t j = 0; j < w.k; j++) {
        const pg_two size = pg_two_root(dot(w.a + j * w.n, w.a + j * w.n, w.n));
        out->norm[j] = size.hi;
    }
    for (size_t j = 0; j < w.k; j++)
        reflect(&w, j);
    solve(&w, out);
    residual(scaled, y_scale, &w, out);
    return PGDP_OK;
}
