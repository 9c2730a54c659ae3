/* extended.c  Householder QR in double-double arithmetic: extended.h. Source: Golub & Van Loan (2013), Matrix
 * Computations, algorithms 5.2.1 and 5.3.2, at the precision of two_algebra.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/extended.h"

#include "stats/two_algebra.h"

#include <string.h>

/* A dot product is a chain of sums that wait for each other. Those of LANES columns run side by side, each in the order
 * that it would have alone: the same bits as one by one. With that and fused multiplication, which gives the rounding
 * error of a product in one step (the same error, for it is exact), 300 x 9 take 0.13 ms in place of 0.41. */
enum { LANES = 4 };
typedef double pack __attribute__((vector_size(LANES * sizeof(double)), aligned(sizeof(double))));
typedef struct lanes {
    pack hi, lo;
} lanes;

/* The same of sums, with the size of the smallest term of each. */
typedef struct sums {
    lanes value;
    pack least, idle; /* idle 1: there is no such column, or it is done with; else 0 */
} sums;

typedef struct work {
    size_t n, k, n_blocks;
    lanes *a;      /* [n x n_blocks] by rows: scaled columns, then y, then nothing */
    lanes *v;      /* [n] the reflecting vector, in every lane */
    pg_two *tau;   /* [k] diagonal of R */
    sums *sum;     /* [n_blocks] products of columns with v, then what is taken of v from them */
    pg_two square; /* v'v */
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

static lanes all_of(pg_two x)
{
    lanes out;
    for (size_t l = 0; l < LANES; l++)
        set_lane(&out, l, x);
    return out;
}

static pg_two exact(double x)
{
    return (pg_two){ x, 0 };
}

static inline pg_two negative(pg_two x)
{
    return (pg_two){ -x.hi, -x.lo };
}

static pg_two at(const work *w, size_t i, size_t j)
{
    return lane(&w->a[i * w->n_blocks + j / LANES], j % LANES);
}

static void set(work *w, size_t i, size_t j, pg_two value)
{
    set_lane(&w->a[i * w->n_blocks + j / LANES], j % LANES, value);
}

static pg_two sum_of(const work *w, size_t j)
{
    return lane(&w->sum[j / LANES].value, j % LANES);
}

static void set_sum(work *w, size_t j, pg_two value)
{
    set_lane(&w->sum[j / LANES].value, j % LANES, value);
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

/* pg_two_plus() and pg_two_times() by lanes and without their branches: elements of the columns are at most 1, so that
 * nothing comes near the largest double, and what comes near the smallest is found by its size afterwards. */
#define ALWAYS_INLINE static inline __attribute__((always_inline))
ALWAYS_INLINE void plus(const lanes *a, const lanes *b, lanes *out)
{
    const pack s = a->hi + b->hi, v = s - a->hi, s_rest = (a->hi - (s - v)) + (b->hi - v);
    const pack t = a->lo + b->lo, u = t - a->lo, t_rest = (a->lo - (t - u)) + (b->lo - u);
    const pack rest = s_rest + t, hi = s + rest, last = (rest - (hi - s)) + t_rest, sum = hi + last;
    *out = (lanes){ sum, last - (sum - hi) };
}
ALWAYS_INLINE void times(const lanes *a, const lanes *b, bool fused, lanes *out)
{
    const pack p = a->hi * b->hi;
    pack error = { 0 };
    for (size_t l = 0; l < LANES; l++)
        error[l] = fused ? fma(a->hi[l], b->hi[l], -p[l]) : pg_two_product(a->hi[l], b->hi[l]).lo;
    const pack rest = error + (a->hi * b->lo + a->lo * b->hi), hi = p + rest;
    *out = (lanes){ hi, rest - (hi - p) };
}
static const double tiny = 1e-200;

/* sum += x y. */
ALWAYS_INLINE void add_products(const lanes *x, const lanes *y, bool fused, sums *sum)
{
    lanes product;
    times(x, y, fused, &product);
    for (size_t l = 0; l < LANES; l++) {
        const double size = fabs(product.hi[l]) + sum->idle[l];
        sum->least[l] = size < sum->least[l] ? size : sum->least[l];
    }
    plus(&sum->value, &product, &sum->value);
}

/* x -= factor v. */
ALWAYS_INLINE void subtract_products(const lanes *factor, const lanes *v, bool fused, lanes *x)
{
    lanes product;
    times(factor, v, fused, &product);
    product = (lanes){ -product.hi, -product.lo };
    plus(x, &product, x);
}

static void clear(sums *sum)
{
    sum->value = all_of(exact(0));
    for (size_t l = 0; l < LANES; l++)
        sum->least[l] = 1;
}

/* The sum of one column's products with v (squares: with itself), term by term. */
static pg_two slow_sum(const work *w, size_t first, size_t column, bool squares)
{
    pg_two sum = { 0, 0 };
    for (size_t i = first; i < w->n; i++) {
        const pg_two x = at(w, i, column);
        sum = pg_two_plus(sum, pg_two_times(squares ? x : lane(&w->v[i], 0), x));
    }
    return sum;
}

/* w->sum: the same of every column from block b0 on. */
ALWAYS_INLINE void sum_products(work *w, size_t first, size_t b0, bool squares, bool fused)
{
    for (size_t b = b0; b < w->n_blocks; b++)
        clear(&w->sum[b]);
    for (size_t i = first; i < w->n; i++) {
        lanes *row = w->a + i * w->n_blocks;
        for (size_t b = b0; b < w->n_blocks; b++)
            add_products(squares ? &row[b] : &w->v[i], &row[b], fused, &w->sum[b]);
    }
    for (size_t j = b0 * LANES; j < w->n_blocks * LANES; j++)
        if (w->sum[j / LANES].least[j % LANES] < tiny) set_sum(w, j, slow_sum(w, first, j, squares));
}

/* Take w->sum times v from every column after j, and note the next one's square. */
ALWAYS_INLINE void subtract_all(work *w, size_t j, bool fused)
{
    const size_t b0 = (j + 1) / LANES, l = (j + 1) % LANES;
    sums square = w->sum[b0];
    clear(&square);
    for (size_t i = j; i < w->n; i++) {
        lanes *row = w->a + i * w->n_blocks;
        for (size_t b = b0; b < w->n_blocks; b++)
            subtract_products(&w->sum[b].value, &w->v[i], fused, &row[b]);
        if (i > j) add_products(&row[b0], &row[b0], fused, &square);
    }
    w->square = square.least[l] < tiny ? slow_sum(w, j + 1, j + 1, true) : lane(&square.value, l);
}

static void subtract_slowly(work *w, size_t j)
{
    for (size_t i = j; i < w->n; i++)
        for (size_t l = j + 1; l <= w->k; l++)
            set(w, i, l, pg_two_minus(at(w, i, l), pg_two_times(sum_of(w, l), lane(&w->v[i], 0))));
    w->square = slow_sum(w, j + 1, j + 1, true);
}

/* Reflect column j, whose square is noted, to R_jj below its head, and every later column with it. */
ALWAYS_INLINE void reflect(work *w, size_t j, bool fused)
{
    double least = 1;
    const pg_two size = pg_two_root(w->square), length = at(w, j, j).hi < 0 ? negative(size) : size;
    const pg_two head = pg_two_plus(at(w, j, j), length);
    for (size_t i = j; i < w->n; i++) {
        const pg_two v = i == j ? head : at(w, i, j);
        w->v[i] = all_of(v);
        least = fmin(least, fabs(v.hi));
    }
    w->tau[j] = negative(length);
    w->sum[j / LANES].idle[j % LANES] = 1;
    sum_products(w, j, (j + 1) / LANES, false, fused);
    const pg_two half = pg_two_times(length, head); /* v'v / 2 */
    bool safe = true;
    for (size_t l = j + 1; l <= w->k; l++) {
        const pg_two factor = pg_two_over(sum_of(w, l), half);
        set_sum(w, l, factor);
        safe = safe && fabs(factor.hi) * least > tiny;
    }
    if (safe)
        subtract_all(w, j, fused);
    else
        subtract_slowly(w, j);
}

/* The triangle, and the columns' lengths. */
ALWAYS_INLINE void triangulate(work *w, double *norm, bool fused)
{
    sum_products(w, 0, 0, true, fused);
    for (size_t j = 0; j < w->k; j++)
        norm[j] = pg_two_root(sum_of(w, j)).hi;
    w->square = sum_of(w, 0);
    for (size_t j = 0; j < w->k; j++)
        reflect(w, j, fused);
}

#if defined __x86_64__ && defined __GNUC__
__attribute__((target("avx2,fma"))) static void triangulate_fused(work *w, double *norm)
{
    triangulate(w, norm, true);
}
static bool has_fused(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#else
static void triangulate_fused(work *w, double *norm)
{
    triangulate(w, norm, true);
}
static bool has_fused(void)
{
    return false;
}
#endif

static void triangulate_plain(work *w, double *norm)
{
    triangulate(w, norm, false);
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
    for (size_t j = 0; j <= k; j++)
        for (size_t i = 0; i < n; i++)
            set(&w, i, j, cell(scaled, y_scale, i, j));
    for (size_t l = k + 1; l < w.n_blocks * LANES; l++)
        w.sum[l / LANES].idle[l % LANES] = 1;
    if (has_fused())
        triangulate_fused(&w, out->norm);
    else
        triangulate_plain(&w, out->norm);
    solve(&w, out);
    residual(scaled, y_scale, &w, out);
    return PGDP_OK;
}
