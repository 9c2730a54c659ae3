/* fourth.c  Fourth moments of columns in one pass, and sums of squared scores from them: fourth.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Of the products of four columns only those of i <= j <= k <= l are summed: for each k the pairs up to k times x_k
 * x_l, one matrix product. */
#include "stats/fourth.h"

#include "core/parallel.h"
#include "core/spread.h"
#include "stats/row_pass.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { ROWS = 256, MOST_LEAVES = 16 }; /* rows of a tile: pairs of 40 columns stay in the second-level cache */

static size_t n_pairs(size_t n_cols)
{
    return n_cols * (n_cols + 1) / 2;
}

/* Sums of block k: pairs up to k, by columns from k. */
static size_t block_length(size_t n_cols, size_t k)
{
    return n_pairs(k + 1) * (n_cols - k);
}

static size_t leaf_length(size_t n_cols)
{
    size_t length = 0;
    for (size_t k = 0; k < n_cols; k++)
        length += block_length(n_cols, k);
    return length;
}

double pg_fourth_work(size_t n_cols)
{
    return (double)leaf_length(n_cols);
}

double pg_fourth_model_work(size_t n_cols)
{
    return (double)n_pairs(n_cols) * (double)n_pairs(n_cols);
}

/* R with X = Q R. A column that others nearly make up is only scaled, so that R^-1 keeps its digits. @return the least
 * 1 - R^2 of the others */
static double find_root(const pg_moments *m, pg_matrix r)
{
    const double enough = 0.01;
    const size_t n = m->n_cols;
    double least = 1;
    for (size_t j = 0; j < n; j++) {
        double *to = r.x + j * n, left = m->total[j + j * n];
        const double own = left;
        for (size_t i = 0; i < j; i++) {
            double sum = m->total[i + j * n];
            for (size_t k = 0; k < i; k++)
                sum -= r.x[k + i * n] * to[k];
            to[i] = sum / r.x[i + i * n];
        }
        for (size_t i = 0; i < j; i++)
            left -= to[i] * to[i];
        if (!(left >= enough * own)) {
            memset(to, 0, j * sizeof *to);
            left = own;
        } else {
            least = fmin(least, left / own);
        }
        to[j] = left > 0 ? sqrt(left) : 1;
    }
    return least;
}

typedef struct passing {
    const pg_blocks *blocks;
    const double *shift;
    pg_matrix inverse; /* R^-1 */
    size_t n_leaves;
} passing;
typedef struct work {
    pg_matrix x, pairs, with; /* [ROWS x n_cols], [ROWS x n_pairs], [ROWS x n_cols] */
} work;

static pgdp_status work_new(pgdp_ctx *ctx, size_t n_cols, work *w)
{
    w->x = pg_matrix_new(&ctx->scratch, ROWS, n_cols);
    w->pairs = pg_matrix_new(&ctx->scratch, ROWS, n_pairs(n_cols));
    w->with = pg_matrix_new(&ctx->scratch, ROWS, n_cols);
    return w->x.x == NULL || w->pairs.x == NULL || w->with.x == NULL ? pg_no_memory(ctx) : PGDP_OK;
}

static void add_tile(const work *w, size_t n, const double *factor, double *sums)
{
    const size_t n_cols = w->x.n_cols;
    for (size_t k = 0; k < n_cols; k++) {
        const double *x = w->x.x + k * ROWS;
        for (size_t j = 0; j <= k; j++)
            for (size_t i = 0; i < n; i++)
                w->pairs.x[i + (j + n_pairs(k)) * ROWS] = w->x.x[i + j * ROWS] * x[i];
        for (size_t l = k; l < n_cols; l++)
            for (size_t i = 0; i < n; i++)
                w->with.x[i + (l - k) * ROWS] = (factor == NULL ? 1 : factor[i]) * x[i] * w->x.x[i + l * ROWS];
        const size_t rows = n_pairs(k + 1), cols = n_cols - k;
        pg_add_cross((pg_matrix){ w->pairs.x, n, rows, ROWS }, (pg_matrix){ w->with.x, n, cols, ROWS },
                     pg_matrix_of(sums, rows, cols));
        sums += block_length(n_cols, k);
    }
}

static pgdp_status add_block(pgdp_ctx *ctx, const passing *p, const pg_block_rows *rows, const work *w, double *sums)
{
    const double *factor;
    PG_TRY(pg_square_factor(ctx, p->blocks->weight_kind, rows, &factor));
    for (size_t first = 0; first < rows->n; first += ROWS) {
        const size_t n = rows->n - first < ROWS ? rows->n - first : ROWS;
        for (size_t j = 0; j < w->x.n_cols; j++)
            for (size_t i = 0; i < n; i++)
                w->x.x[i + j * ROWS] = rows->x.x[first + i + j * rows->x.stride] - p->shift[j];
        pg_times_upper((pg_matrix){ w->x.x, n, w->x.n_cols, ROWS }, p->inverse);
        add_tile(w, n, factor == NULL ? NULL : factor + first, sums);
    }
    return PGDP_OK;
}

static pgdp_status run_leaf(pgdp_ctx *ctx, void *user, size_t item, void *out)
{
    const passing *p = user;
    const size_t n = p->blocks->n_blocks;
    work w;
    PG_TRY(work_new(ctx, p->blocks->n_cols, &w));
    for (size_t block = item * n / p->n_leaves; block < (item + 1) * n / p->n_leaves; block++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        pg_block_rows rows = { 0 };
        PG_TRY(p->blocks->fill(ctx, p->blocks->user, block, &rows));
        PG_TRY(add_block(ctx, p, &rows, &w, out));
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

static void order(size_t *a, size_t *b)
{
    if (*a <= *b) return;
    const size_t swap = *a;
    *a = *b;
    *b = swap;
}

/* All pairs by all pairs from the sums of ordered products. */
static void spread_out(const double *sums, const size_t *start, pg_fourth *out)
{
    const size_t n = out->n_cols;
    double *to = out->pairs.x;
    for (size_t l = 0; l < n; l++)
        for (size_t k = 0; k <= l; k++)
            for (size_t j = 0; j < n; j++)
                for (size_t i = 0; i <= j; i++) {
                    size_t a = i, b = j, c = k, d = l;
                    order(&a, &c);
                    order(&b, &d);
                    order(&b, &c);
                    *to++ = sums[start[c] + a + n_pairs(b) + (d - c) * n_pairs(c + 1)];
                }
    for (size_t i = 0; i < n; i++) {
        const size_t own = n_pairs(i + 1) - 1;
        out->size[i] = pow(out->pairs.x[own * (out->pairs.n_rows + 1)], 0.25);
    }
}

static pgdp_status run(pgdp_ctx *ctx, passing *p, pg_fourth *out)
{
    const size_t length = leaf_length(out->n_cols);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    double *leaves;
    size_t *start;
    PG_TRY_ALLOC(ctx, start, pg_arena_alloc(&ctx->scratch, out->n_cols, sizeof *start));
    for (size_t k = 1; k < out->n_cols; k++)
        start[k] = start[k - 1] + block_length(out->n_cols, k - 1);
    p->n_leaves = p->blocks->n_blocks < MOST_LEAVES ? p->blocks->n_blocks : MOST_LEAVES;
    PG_TRY_ALLOC(ctx, leaves, pg_arena_alloc(&ctx->scratch, p->n_leaves * length, sizeof *leaves));
    PG_TRY(pg_spread(ctx, "fourth moments", p->n_leaves, length * sizeof *leaves, run_leaf, p, leaves));
    for (size_t l = 1; l < p->n_leaves; l++)
        for (size_t i = 0; i < length; i++)
            leaves[i] += leaves[i + l * length];
    spread_out(leaves, start, out);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

pgdp_status pg_fourth_pass(pgdp_ctx *ctx, const pg_blocks *blocks, const pg_moments *moments, pg_fourth *out)
{
    const size_t n = blocks->n_cols;
    passing p = { .blocks = blocks, .shift = moments->shift, .inverse = pg_matrix_new(&ctx->scratch, n, n) };
    *out = (pg_fourth){ .n_cols = n,
                        .root = pg_matrix_new(&ctx->scratch, n, n),
                        .pairs = pg_matrix_new(&ctx->scratch, n_pairs(n), n_pairs(n)) };
    if (p.inverse.x == NULL || out->root.x == NULL || out->pairs.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, out->size, pg_arena_alloc(&ctx->scratch, n, sizeof *out->size));
    out->rounding = 4 * DBL_EPSILON / sqrt(find_root(moments, out->root));
    memcpy(p.inverse.x, out->root.x, n * n * sizeof *out->root.x);
    (void)pg_invert_upper(p.inverse); /* its diagonal is positive */
    pg_blas_single_thread();
    return run(ctx, &p, out);
}

/* Products of a vector's coordinates in the basis by pairs; each pair i < j stands for j, i too. @return the sum of the
 * coordinates' sizes */
static double pair_up(const pg_fourth *f, const double *of, double *in_basis, double *out)
{
    const size_t n = f->n_cols;
    double size = 0;
    pg_times_vector(f->root, of, in_basis);
    for (size_t j = 0; j < n; j++) {
        size += fabs(in_basis[j]) * f->size[j];
        for (size_t i = 0; i <= j; i++)
            *out++ = in_basis[i] * in_basis[j] * (i == j ? 1 : 2);
    }
    return size;
}

pgdp_status pg_fourth_sums(pgdp_ctx *ctx, const pg_fourth *f, const pg_fourth_models *m, double *sums, double *digits)
{
    const size_t n = f->n_cols, pairs = f->pairs.n_rows;
    const pg_matrix of = pg_matrix_new(&ctx->scratch, pairs, m->n_models);
    const pg_matrix form = pg_matrix_new(&ctx->scratch, pairs, m->n_models);
    double *in_basis, *pair, *size;
    if (of.x == NULL || form.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, in_basis, pg_arena_alloc(&ctx->scratch, n, sizeof *in_basis));
    PG_TRY_ALLOC(ctx, pair, pg_arena_alloc(&ctx->scratch, pairs, sizeof *pair));
    PG_TRY_ALLOC(ctx, size, pg_arena_alloc(&ctx->scratch, m->n_models, sizeof *size));
    for (size_t i = 0; i < m->n_models; i++)
        size[i] = pair_up(f, m->residual + i * n, in_basis, of.x + i * pairs);
    pg_times(f->pairs, of, form);
    for (size_t i = 0; i < m->n_models * m->n_slots; i++) {
        const double other = pair_up(f, m->influence + i * n, in_basis, pair), e = size[i / m->n_slots];
        sums[i] = pg_dot(form.x + i / m->n_slots * pairs, pair, pairs);
        digits[i] = sums[i] > 0 ? fmin(-log10(f->rounding * e * e * other * other / sums[i]), 16) : 0;
    }
    return PGDP_OK;
}
