/* extended.c  Householder QR in double-double arithmetic: extended.h. Source: Golub & Van Loan (2013), Matrix
 * Computations, algorithms 5.2.1 and 5.3.2, at the precision of two_algebra.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/extended.h"

#include "stats/two_algebra.h"

#include <string.h>

/* A dot product is one chain of dependent sums, 50 cycles a term. Those of LANES columns run beside each other, each in
 * the order that it would have alone: the same bits in a quarter of the time. */
enum { LANES = 4 };
typedef struct lanes {
    double hi[LANES], lo[LANES];
} lanes;

typedef struct work {
    size_t n, k, n_blocks;
    lanes *a;    /* [n x n_blocks] by rows: scaled columns, then y, then zeros */
    pg_two *v;   /* [n] reflecting vector */
    pg_two *tau; /* [k] diagonal of R */
    lanes *sum;  /* [n_blocks] */
} work;

static inline pg_two lane(const lanes *x, size_t l)
{
    return (pg_two){ x->hi[l], x->lo[l] };
}

static inline void set_lane(lanes *x, size_t l, pg_two value)
{
    x->hi[l] = value.hi;
    x->lo[l] = value.lo;
}

static pg_two exact(double x)
{
    return (pg_two){ x, 0 };
}

static lanes *block_of(const work *w, size_t i, size_t j)
{
    return &w->a[i * w->n_blocks + j / LANES];
}

static pg_two at(const work *w, size_t i, size_t j)
{
    return lane(block_of(w, i, j), j % LANES);
}

/* Row i of scaled column j, or of y for j == k, times the root of its weight. */
static pg_two cell(const pg_scaled *s, double y_scale, size_t i, size_t j)
{
    const pgdp_design *d = s->design;
    const bool is_y = j == s->n_cols;
    const double scale = is_y ? y_scale : s->scale[j];
    pg_two x = exact((is_y ? d->y.x[i] : d->x.x[i + j * s->n_rows]) * scale);
    if (is_y && d->y_low.n > 0) x = pg_two_plus(x, exact(d->y_low.x[i] * scale));
    if (!is_y && d->x_low.n_cols > 0) x = pg_two_plus(x, exact(d->x_low.x[i + j * s->n_rows] * scale));
    return d->weights.n == 0 ? x : pg_two_times(pg_two_root(exact(d->weights.x[i])), x);
}

static void fill(const pg_scaled *s, double y_scale, work *w)
{
    for (size_t j = 0; j <= w->k; j++) {
        for (size_t i = 0; i < w->n; i++)
            set_lane(block_of(w, i, j), j % LANES, cell(s, y_scale, i, j));
    }
}

/* pg_two_plus() and pg_two_times() without branches, of numbers that are safe (see are_safe()). */
static inline pg_two plus(pg_two a, pg_two b)
{
    const pg_two s = pg_two_sum(a.hi, b.hi), t = pg_two_sum(a.lo, b.lo);
    const double rest = s.lo + t.hi, hi = s.hi + rest, last = (rest - (hi - s.hi)) + t.lo, sum = hi + last;
    return (pg_two){ sum, last - (sum - hi) };
}
static inline pg_two times(pg_two a, pg_two b)
{
    const pg_two p = pg_two_product(a.hi, b.hi);
    const double rest = p.lo + (a.hi * b.lo + a.lo * b.hi), hi = p.hi + rest;
    return (pg_two){ hi, rest - (hi - p.hi) };
}

/* The columns' elements are below 1, so that none of these numbers comes near 1e40, and where products are above 1e-200
 * all is pg_two_is_safe(). */
static inline bool are_safe(const lanes *x, const lanes *y)
{
    double least = 1;
    for (size_t l = 0; l < LANES; l++) {
        const double p = fabs(x->hi[l] * y->hi[l]);
        least = p < least ? p : least;
    }
    return least > 1e-200;
}

/* sum += x y by lanes. */
static inline void add_products(const lanes *x, const lanes *y, lanes *restrict sum)
{
    if (are_safe(x, y)) {
        for (size_t l = 0; l < LANES; l++)
            set_lane(sum, l, plus(lane(sum, l), times(lane(x, l), lane(y, l))));
    } else {
        for (size_t l = 0; l < LANES; l++)
            set_lane(sum, l, pg_two_plus(lane(sum, l), pg_two_times(lane(x, l), lane(y, l))));
    }
}

static inline pg_two negative(pg_two x)
{
    return (pg_two){ -x.hi, -x.lo };
}

/* x -= factor v by lanes. */
static inline void subtract_products(const lanes *factor, const lanes *v, lanes *restrict x)
{
    if (are_safe(factor, v)) {
        for (size_t l = 0; l < LANES; l++)
            set_lane(x, l, plus(lane(x, l), negative(times(lane(factor, l), lane(v, l)))));
    } else {
        for (size_t l = 0; l < LANES; l++)
            set_lane(x, l, pg_two_minus(lane(x, l), pg_two_times(lane(factor, l), lane(v, l))));
    }
}

static lanes all_of(pg_two x)
{
    lanes out;
    for (size_t l = 0; l < LANES; l++)
        set_lane(&out, l, x);
    return out;
}

/* Squared lengths of all columns. */
static void square(work *w)
{
    memset(w->sum, 0, w->n_blocks * sizeof *w->sum);
    for (size_t i = 0; i < w->n; i++)
        for (size_t b = 0; b < w->n_blocks; b++)
            add_products(&w->a[i * w->n_blocks + b], &w->a[i * w->n_blocks + b], &w->sum[b]);
}

/* factor = v'x / half of every column from block `first` on. */
static void project(work *w, size_t j, size_t first, pg_two half)
{
    memset(w->sum, 0, w->n_blocks * sizeof *w->sum);
    for (size_t i = j; i < w->n; i++) {
        const lanes v = all_of(w->v[i]);
        for (size_t b = first; b < w->n_blocks; b++)
            add_products(&v, &w->a[i * w->n_blocks + b], &w->sum[b]);
    }
    for (size_t l = first * LANES; l < w->n_blocks * LANES; l++) {
        lanes *s = &w->sum[l / LANES];
        set_lane(s, l % LANES, pg_two_over(lane(s, l % LANES), half));
    }
}

/* Reflect column j, of which *length2 is v'v, to R_jj below its head, and every later column with it; *length2 becomes
 * that of the next. What stands before column j + 1 in its block is not looked at again. */
static void reflect(work *w, size_t j, pg_two *length2)
{
    const size_t first = (j + 1) / LANES;
    for (size_t i = j; i < w->n; i++)
        w->v[i] = at(w, i, j);
    const pg_two size = pg_two_root(*length2);
    const pg_two length = w->v[j].hi < 0 ? negative(size) : size;
    w->v[j] = pg_two_plus(w->v[j], length);
    w->tau[j] = negative(length);
    project(w, j, first, pg_two_times(length, w->v[j])); /* v'v / 2 */
    lanes next = { { 0 }, { 0 } };
    for (size_t i = j; i < w->n; i++) {
        const lanes v = all_of(w->v[i]);
        lanes *row = w->a + i * w->n_blocks;
        for (size_t b = first; b < w->n_blocks; b++)
            subtract_products(&w->sum[b], &v, &row[b]);
        if (i > j) add_products(&row[first], &row[first], &next);
    }
    *length2 = lane(&next, (j + 1) % LANES);
}

/* R_ij, i <= j. */
static pg_two triangle(const work *w, size_t i, size_t j)
{
    return i == j ? w->tau[j] : at(w, i, j);
}

/* x = R^-1 (Q'y), and R^-1 itself. */
static void solve(const work *w, pg_extended *out)
{
    const size_t k = w->k;
    for (size_t j = k; j-- > 0;) {
        pg_two sum = at(w, j, k);
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
static void residual(const pg_scaled *s, double y_scale, const work *w, pg_extended *out)
{
    for (size_t i = 0; i < w->n; i++) {
        pg_two r = cell(s, y_scale, i, w->k);
        for (size_t j = 0; j < w->k; j++)
            r = pg_two_minus(r, pg_two_times(cell(s, y_scale, i, j), out->x[j]));
        out->r[i] = r.hi + r.lo;
    }
}

pgdp_status pg_extended_solve(pgdp_ctx *ctx, const pg_scaled *scaled, double y_scale, pg_extended *out)
{
    const size_t n = scaled->n_rows, k = scaled->n_cols;
    work w = { .n = n, .k = k, .n_blocks = k / LANES + 1 };
    PG_TRY_ALLOC(ctx, w.a, pg_arena_alloc(&ctx->scratch, n * w.n_blocks, sizeof *w.a));
    PG_TRY_ALLOC(ctx, w.v, pg_arena_alloc(&ctx->scratch, n, sizeof *w.v));
    PG_TRY_ALLOC(ctx, w.tau, pg_arena_alloc(&ctx->scratch, k, sizeof *w.tau));
    PG_TRY_ALLOC(ctx, w.sum, pg_arena_alloc(&ctx->scratch, w.n_blocks, sizeof *w.sum));
    PG_TRY_ALLOC(ctx, out->x, pg_arena_alloc(&ctx->scratch, k, sizeof *out->x));
    PG_TRY_ALLOC(ctx, out->r, pg_arena_alloc(&ctx->scratch, n, sizeof *out->r));
    PG_TRY_ALLOC(ctx, out->root, pg_arena_alloc(&ctx->scratch, k * k, sizeof *out->root));
    PG_TRY_ALLOC(ctx, out->norm, pg_arena_alloc(&ctx->scratch, k, sizeof *out->norm));
    fill(scaled, y_scale, &w);
    square(&w);
    for (size_t j = 0; j < k; j++)
        out->norm[j] = pg_two_root(lane(&w.sum[j / LANES], j % LANES)).hi;
    pg_two length2 = lane(w.sum, 0);
    for (size_t j = 0; j < k; j++)
        reflect(&w, j, &length2);
    solve(&w, out);
    residual(scaled, y_scale, &w, out);
    return PGDP_OK;
}
