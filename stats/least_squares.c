/* least_squares.c  Householder QR, then refinement of the augmented system with residuals in twice the precision.
 * Source: Bjorck (1967), BIT 7, "Iterative refinement of linear least squares solutions I".
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With A = sqrt(w) X S (S powers of two) and r the residual, r + A x = y and A'r = 0 are one linear system. Its
 * residuals f = y - r - A x and g = -A'r are computed in twice the precision; the corrections follow from A = Q [R; 0]:
 * h = R'^-1 g, d = Q'f, dx = R^-1 (d_1 - h), dr = Q [h; d_2]. */
#include "stats/least_squares.h"

#include "core/parallel.h"
#include "stats/collinear.h"
#include "stats/extended.h"
#include "stats/qr.h"
#include "stats/two_double.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum {
    BLOCK_ROWS = 4096,
    TILE = 256,
    LANES = 8,
    MAX_REFINEMENTS = 6,
    LITTLE_WORK = 200000,
    SURE_DIGITS = 9,
    SURE_OF_MOMENTS = 13
};

typedef struct solving {
    pg_scaled scaled;
    pg_qr qr;
    double *y, y_scale; /* sqrt(w) y times a power of two */
    double *x, *r;      /* solution and residual of the scaled problem */
    double *f, *g;
    double *dx, *head;
    pg_two *g_blocks; /* [n_cols] a block */
    size_t n_blocks;
    double *norm; /* of the scaled columns */
    double *size; /* what a coefficient's error is relative to */
    pg_matrix gram_inverse;
    double most_condition; /* a bound from above: the product of Frobenius norms */
    double last_step;      /* largest relative correction that was made last */
    double rate;           /* its ratio to the one before */
    size_t refinements;
} solving;

/* f -= A x for a tile of rows of one column, and the column's part of A'r. */
static pg_two tile_column(const double *a, size_t n, double x, const double *r, pg_two *f)
{
    pg_two sum[LANES] = { { 0, 0 } };
    for (size_t i = 0; i < n; i++) {
        const pg_two ax = pg_two_product(a[i], -x), ar = pg_two_product(a[i], r[i]);
        pg_two_add(&f[i], ax);
        pg_two_add(&sum[i % LANES], ar);
    }
    for (size_t l = 1; l < LANES; l++)
        pg_two_add(&sum[0], sum[l]);
    return sum[0];
}

static pgdp_status residual_block(pgdp_ctx *ctx, void *user, size_t block)
{
    (void)ctx;
    solving *s = user;
    double a[TILE];
    pg_two f[TILE];
    const size_t n = s->scaled.n_rows, end = (block + 1) * BLOCK_ROWS < n ? (block + 1) * BLOCK_ROWS : n;
    pg_two *g = s->g_blocks + block * s->scaled.n_cols;
    memset(g, 0, s->scaled.n_cols * sizeof *g);
    for (size_t first = block * BLOCK_ROWS; first < end; first += TILE) {
        const size_t n_tile = end - first < TILE ? end - first : TILE;
        for (size_t i = 0; i < n_tile; i++)
            f[i] = pg_two_sum(s->y[first + i], -s->r[first + i]);
        for (size_t j = 0; j < s->scaled.n_cols; j++) {
            pg_scaled_fill_column(&s->scaled, j, first, n_tile, a);
            pg_two_add(&g[j], tile_column(a, n_tile, s->x[j], s->r + first, f));
        }
        for (size_t i = 0; i < n_tile; i++)
            s->f[first + i] = f[i].hi + f[i].lo;
    }
    return PGDP_OK;
}

static pgdp_status residuals(pgdp_ctx *ctx, solving *s)
{
    const size_t n_cols = s->scaled.n_cols;
    PG_TRY(pg_parallel(ctx, NULL, s->n_blocks, residual_block, s));
    for (size_t j = 0; j < n_cols; j++) {
        pg_two g = { 0, 0 };
        for (size_t block = 0; block < s->n_blocks; block++)
            pg_two_add(&g, s->g_blocks[block * n_cols + j]);
        s->g[j] = -(g.hi + g.lo);
    }
    return PGDP_OK;
}

static pgdp_status solving_new(pgdp_ctx *ctx, const pgdp_design *design, solving *s)
{
    const size_t n = design->x.n_rows, n_cols = design->x.n_cols;
    s->n_blocks = (n + BLOCK_ROWS - 1) / BLOCK_ROWS;
    PG_TRY(pg_scaled_new(ctx, design, false, &s->scaled));
    double **const of_rows[] = { &s->y, &s->r, &s->f },
                   **const of_cols[] = { &s->x, &s->g, &s->dx, &s->head, &s->norm, &s->size };
    for (size_t i = 0; i < sizeof of_rows / sizeof *of_rows; i++)
        PG_TRY_ALLOC(ctx, *of_rows[i], pg_arena_alloc(&ctx->scratch, n, sizeof(double)));
    for (size_t i = 0; i < sizeof of_cols / sizeof *of_cols; i++)
        PG_TRY_ALLOC(ctx, *of_cols[i], pg_arena_alloc(&ctx->scratch, n_cols, sizeof(double)));
    PG_TRY_ALLOC(ctx, s->g_blocks, pg_arena_alloc(&ctx->scratch, s->n_blocks * n_cols, sizeof *s->g_blocks));
    s->y_scale = pg_scaled_power(design->y.x, s->scaled.root_weight, n);
    for (size_t i = 0; i < n; i++)
        s->y[i] = design->y.x[i] * (s->scaled.root_weight == NULL ? 1 : s->scaled.root_weight[i]) * s->y_scale;
    return PGDP_OK;
}

/* dx and (in f's place) dr from f and g. */
static pgdp_status correction(pgdp_ctx *ctx, solving *s)
{
    const size_t n_cols = s->scaled.n_cols;
    pg_solve_upper(s->qr.r, true, s->g); /* h */
    PG_TRY(pg_qr_apply_transposed(ctx, &s->qr, s->f, s->head));
    for (size_t j = 0; j < n_cols; j++)
        s->dx[j] = s->head[j] - s->g[j];
    pg_solve_upper(s->qr.r, false, s->dx);
    return pg_qr_apply(ctx, &s->qr, s->g, s->f);
}

static double observations(const pgdp_design *d)
{
    return d->count.n > 0 ? pg_sum(d->count.x, d->count.n) : (double)d->y.n;
}

/* Errors are relative to |b_k|, or to its standard error or 2^-20 |y| / |a_k| where these are larger: an estimate of
 * zero has no digits of its own. */
static void measure(solving *s)
{
    const size_t n = s->scaled.n_rows, n_cols = s->scaled.n_cols;
    const double ssr = pg_dot(s->r, s->r, n), yy = pg_dot(s->y, s->y, n);
    const double rows = observations(s->scaled.design),
                 sigma2 = rows > (double)n_cols ? ssr / (rows - (double)n_cols) : 0;
    for (size_t k = 0; k < n_cols; k++) {
        const double std_error = sqrt(sigma2 * s->gram_inverse.x[k + k * n_cols]);
        s->size[k] = fmax(fmax(fabs(s->x[k]), std_error), ldexp(sqrt(yy) / s->norm[k], -20));
    }
}

static double largest_ratio(const double *dx, const double *size, size_t n)
{
    double largest = 0;
    for (size_t j = 0; j < n; j++)
        if (size[j] > 0) largest = fmax(largest, fabs(dx[j]) / size[j]);
    return largest;
}

/* The first correction starts from x = 0, r = 0 and is the plain QR solution. A correction that is not below half of
 * the one before adds nothing and is not made. */
static pgdp_status refine(pgdp_ctx *ctx, solving *s)
{
    const size_t n = s->scaled.n_rows, n_cols = s->scaled.n_cols;
    double before = HUGE_VAL;
    for (s->refinements = 0; s->refinements <= MAX_REFINEMENTS; s->refinements++) {
        if (s->refinements == 0)
            memcpy(s->f, s->y, n * sizeof *s->f);
        else
            PG_TRY(residuals(ctx, s));
        PG_TRY(correction(ctx, s));
        const double step = s->refinements == 0 ? HUGE_VAL : largest_ratio(s->dx, s->size, n_cols);
        if (s->refinements > 1 && !(step < before / 2)) return PGDP_OK;
        for (size_t j = 0; j < n_cols; j++)
            s->x[j] += s->dx[j];
        for (size_t i = 0; i < n; i++)
            s->r[i] += s->f[i];
        if (s->refinements == 0) measure(s);
        s->rate = s->refinements > 1 ? step / before : 1;
        s->last_step = before = step;
        if (step <= DBL_EPSILON) break;
    }
    return PGDP_OK;
}

/* root = norm^-1 (R norm^-1)^-1: the inverse of the triangle of columns of norm 1, which has the condition number. */
static pgdp_status invert(pgdp_ctx *ctx, solving *s, pg_least_squares *out)
{
    const size_t n = s->scaled.n_cols;
    const pg_matrix unit = pg_matrix_new(&ctx->scratch, n, n);
    out->root = pg_matrix_new(&ctx->scratch, n, n);
    s->gram_inverse = pg_matrix_new(&ctx->scratch, n, n);
    if (unit.x == NULL || out->root.x == NULL || s->gram_inverse.x == NULL) return pg_no_memory(ctx);
    for (size_t j = 0; j < n; j++) {
        const double *r = s->qr.r.x + j * n;
        double square = 0;
        for (size_t i = 0; i <= j; i++)
            square += r[i] * r[i];
        s->norm[j] = sqrt(square);
        for (size_t i = 0; i <= j; i++)
            unit.x[i + j * n] = out->root.x[i + j * n] = r[i] / s->norm[j];
    }
    (void)pg_invert_upper(out->root); /* of full rank: pg_collinear_refuse() */
    PG_TRY(pg_condition(ctx, unit, out->root, &out->condition));
    s->most_condition = sqrt((double)n * pg_dot(out->root.x, out->root.x, n * n));
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i <= j; i++)
            out->root.x[i + j * n] /= s->norm[i];
    pg_times_transposed(out->root, out->root, s->gram_inverse);
    return PGDP_OK;
}

/* Rows made of cross-products: each product is wrong by up to a few units in the last place of its columns' lengths,
 * the lengths that stood when it was summed, less a shift. With v = (y, b) times these, an error of the normal
 * equations is E |v| |a_j|, one of the sum of squared residuals E |v|^2. */
static const double of_a_product = 4 * DBL_EPSILON;

static bool has_norms(const solving *s)
{
    return s->scaled.design->norm.n == s->scaled.n_cols + 1;
}

/* |v| in the units of the scaled problem. */
static double length_of_all(const solving *s)
{
    const pgdp_design *d = s->scaled.design;
    const size_t n_cols = s->scaled.n_cols;
    double square = pow(d->norm.x[n_cols] * s->y_scale, 2);
    for (size_t j = 0; j < n_cols; j++)
        if (j != d->constant) square += pow(d->norm.x[j] * s->scaled.scale[j] * s->x[j], 2);
    return sqrt(square);
}

/* What that does to coefficient k, first order. */
static double of_moments(const solving *s, size_t k)
{
    const pgdp_design *d = s->scaled.design;
    const size_t n_cols = s->scaled.n_cols;
    const double *m = s->gram_inverse.x + k * n_cols;
    double square = 0;
    if (!has_norms(s)) return 0;
    for (size_t j = 0; j < n_cols; j++)
        if (j != d->constant) square += pow(m[j] * d->norm.x[j] * s->scaled.scale[j], 2);
    return of_a_product * length_of_all(s) * sqrt(square);
}

/*
 * How wrong may a coefficient be? Two sources: the solver, by its last correction times its rate; and the doubles of y
 * and X, which differ from the true data by up to half a unit in the last place (taken as independent, uniform) unless
 * all of a column's elements are integers. First order, M = (A'A)^-1, e_j = 1 for a column with rounding, u = 2^-53:
 *   var(b_k) = u^2/3 (M_kk (sum_j e_j |a_j|^2 b_j^2 + e_y |y|^2) / n + sum_j e_j M_kj^2 |a_j|^2 |r|^2 / n).
 * Of rows made of cross-products n is the observations, or, once a double has rounded the rows, the cells' number.
 */
static void certify(const solving *s, pg_least_squares *out)
{
    const size_t n = s->scaled.n_rows, n_cols = s->scaled.n_cols;
    const pgdp_design *d = s->scaled.design;
    const bool sums = d->count.n > 0; /* of the data's doubles, whatever they were written as */
    const bool derived = out->extended && d->x_low.n_cols > 0 && !sums;    /* exact functions of the data's doubles */
    const bool weighted = s->scaled.root_weight != NULL && !out->extended; /* there roots of weights are not rounded */
    const double rows = !sums ? (double)n : out->extended ? observations(d) : ceil((double)n / (double)(n_cols + 1));
    const double ssr = pg_dot(s->r, s->r, n), u = DBL_EPSILON / 2;
    const double solver = isfinite(s->last_step) ? s->last_step * fmin(s->rate, 1) : out->condition * u;
    const bool exact_y = (out->extended && d->y_low.n > 0 && !sums) || (!weighted && pg_scaled_is_exact(d->y.x, n));
    double direct = exact_y ? 0 : pg_dot(s->y, s->y, n), worst = 0;
    double *const rounded = s->head; /* e_j |a_j|^2; head is free by now */
    for (size_t j = 0; j < n_cols; j++) {
        const bool exact =
            derived || (sums && j == d->constant) || (!weighted && pg_scaled_is_exact(d->x.x + j * n, n));
        rounded[j] = exact ? 0 : s->norm[j] * s->norm[j];
        direct += rounded[j] * s->x[j] * s->x[j];
    }
    for (size_t k = 0; k < n_cols; k++) {
        const double *m = s->gram_inverse.x + k * n_cols;
        double variance = m[k] * direct / rows;
        for (size_t j = 0; j < n_cols; j++)
            variance += rounded[j] * m[j] * m[j] * ssr / rows;
        const double error = s->size[k] > 0 ? hypot(u * sqrt(variance / 3), of_moments(s, k)) / s->size[k] : 0;
        if (error > worst) {
            worst = error;
            out->worst = k;
        }
    }
    out->digits = fmax(0, -log10(fmax(fmax(worst, solver), u)));
    out->variance_digits = HUGE_VAL;
    if (has_norms(s))
        out->variance_digits = fmax(0, -log10(fmax(of_a_product * pow(length_of_all(s), 2) / (2 * ssr), u)));
}

/* Back to the units of the design. */
static void unscale(const solving *s, pg_least_squares *out)
{
    const size_t n_cols = s->scaled.n_cols;
    out->estimate = s->x;
    out->residual = s->r;
    out->refinements = s->refinements;
    for (size_t j = 0; j < n_cols; j++) {
        s->x[j] *= s->scaled.scale[j] / s->y_scale;
        for (size_t i = 0; i <= j; i++)
            out->root.x[i + j * n_cols] *= s->scaled.scale[i];
    }
    for (size_t i = 0; i < s->scaled.n_rows; i++)
        s->r[i] /= s->y_scale;
}

/* The same problem in double-double, in place of the refined solution. */
static pgdp_status extend(pgdp_ctx *ctx, solving *s, pg_least_squares *out)
{
    const size_t n = s->scaled.n_rows, k = s->scaled.n_cols;
    pg_extended e;
    PG_TRY(pg_extended_solve(ctx, &s->scaled, s->y_scale, s->most_condition, &e));
    for (size_t j = 0; j < k; j++) {
        s->x[j] = e.x[j].hi;
        s->norm[j] = e.norm[j];
        for (size_t i = 0; i <= j; i++)
            out->root.x[i + j * k] = e.root[i + j * k].hi;
    }
    memcpy(s->r, e.r, n * sizeof *s->r);
    pg_times_transposed(out->root, out->root, s->gram_inverse);
    measure(s);
    s->refinements = 0;
    s->rate = 1;
    s->last_step = e.error;
    out->extended = true;
    out->solver = e.by_products ? "cholesky_extended" : "householder_qr_extended";
    return PGDP_OK;
}

pgdp_status pg_least_squares_solve(pgdp_ctx *ctx, const pgdp_design *design, pg_least_squares *out)
{
    return pg_least_squares_solve_at(ctx, design, PG_PRECISION_AUTO, out);
}

pgdp_status pg_least_squares_solve_at(pgdp_ctx *ctx, const pgdp_design *design, pg_precision precision,
                                      pg_least_squares *out)
{
    const size_t n_cols = design->x.n_cols;
    solving s = { .rate = 1 };
    *out = (pg_least_squares){ .solver = "householder_qr" };
    PG_TRY(solving_new(ctx, design, &s));
    PG_TRY(pg_qr_factor(ctx, design->x.n_rows, n_cols, pg_scaled_fill, &s.scaled, &s.qr));
    PG_TRY(pg_collinear_refuse(ctx, &s.scaled, s.qr.r));
    PG_TRY(invert(ctx, &s, out));
    const bool little = (double)design->x.n_rows * (double)n_cols * (double)n_cols <= LITTLE_WORK;
    if (precision == PG_PRECISION_EXTENDED || (precision == PG_PRECISION_AUTO && little)) {
        PG_TRY(extend(ctx, &s, out));
    } else {
        PG_TRY(refine(ctx, &s));
        certify(&s, out);
        const bool better = design->x_low.n_cols > 0 || design->y_low.n > 0;
        const double ssr = pg_dot(s.r, s.r, design->x.n_rows), yy = pg_dot(s.y, s.y, design->x.n_rows);
        const double of_residuals = 16 + log10(ssr / yy) / 2; /* digits that y's rounding leaves them */
        const double sure = design->count.n > 0 ? SURE_OF_MOMENTS : SURE_DIGITS;
        if (precision == PG_PRECISION_AUTO && better && !(fmin(out->digits, of_residuals) >= sure))
            PG_TRY(extend(ctx, &s, out));
    }
    certify(&s, out);
    unscale(&s, out);
    return PGDP_OK;
}
