/* stream_qr.c  The triangle of a table's columns by two passes over its blocks: stream_fit.h. Source: Yamamoto,
 * Nakatsukasa, Yanagisawa & Fukaya (2015), Electron. Trans. Numer. Anal. 44 (Cholesky QR, repeated).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With A = sqrt(w) (columns less a shift): A'A = R0'R0, then Q = A R0^-1 block by block and Q'Q = R1'R1, R = R1 R0.
 * Forming A'A squares the condition number, but its errors leave Q merely not quite orthonormal, and Q'Q has a
 * condition near 1. Where a column depends on others, the pivot of R0 is held at least_pivot, so that R0^-1 exists; the
 * second pass sees how much of the column is left. */
#include "stats/moments.h"
#include "stats/stream_fit.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { TILE = 1024 };                   /* rows worked on at once: they stay in the second-level cache */
static const double least_pivot = 1e-7; /* of a pivot in columns of length 1 */

/* g = R'R, upper triangle, in place; pivots below least become it, and a pivot of 0 has a row of zeros. */
static void factorise(double *g, size_t k, double least)
{
    for (size_t j = 0; j < k; j++) {
        for (size_t i = 0; i <= j; i++) {
            double sum = g[i + j * k];
            for (size_t l = 0; l < i; l++)
                sum -= g[l + i * k] * g[l + j * k];
            if (i == j)
                g[i + j * k] = fmax(sqrt(fmax(sum, 0)), least);
            else
                g[i + j * k] = g[i + i * k] > 0 ? sum / g[i + i * k] : 0;
        }
        for (size_t i = j + 1; i < k; i++)
            g[i + j * k] = 0;
    }
}

/* The Cholesky factor of the moments: columns of length 1 while pivots are judged. */
static pgdp_status first_triangle(pgdp_ctx *ctx, const pg_moments *m, pg_matrix *r)
{
    const size_t k = m->n_cols;
    double *length;
    *r = pg_matrix_new(&ctx->scratch, k, k);
    if (r->x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, length, pg_arena_alloc(&ctx->scratch, k, sizeof *length));
    for (size_t j = 0; j < k; j++) {
        const double square = m->total[j + j * k];
        if (!isfinite(square))
            return pg_fail(ctx, PGDP_NUMERICAL,
                           "the squares of %s are beyond the range of double precision; change its unit", m->names[j]);
        length[j] = square > 0 ? sqrt(square) : 1;
    }
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i <= j; i++)
            r->x[i + j * k] = m->total[i + j * k] / length[i] / length[j];
    factorise(r->x, k, least_pivot);
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i <= j; i++)
            r->x[i + j * k] *= length[j];
    return PGDP_OK;
}

/* The blocks' columns less a shift, times an upper triangle; the constant stays what it is. */
typedef struct turned {
    const pg_blocks *blocks;
    const double *shift;
    pg_matrix by;
} turned;

static pgdp_status fill_turned(pgdp_ctx *ctx, const void *user, size_t block, pg_block_rows *out)
{
    const turned *t = user;
    PG_TRY(t->blocks->fill(ctx, t->blocks->user, block, out));
    for (size_t first = 0; first < out->n; first += TILE) {
        const size_t n = out->n - first < TILE ? out->n - first : TILE;
        const pg_matrix rows = { out->x.x + first, n, out->x.n_cols, out->x.stride };
        for (size_t j = 1; j < rows.n_cols; j++)
            for (size_t i = 0; i < n; i++)
                rows.x[i + j * rows.stride] -= t->shift[j];
        pg_times_upper(rows, t->by);
    }
    return PGDP_OK;
}

/* r [k x k] = the triangle of the turned columns' moments, times r; then the shift is put back. */
static void finish(const pg_moments *turned_moments, const double *shift, pg_matrix r, pg_matrix out)
{
    const size_t k = r.n_cols;
    const double root = sqrt(turned_moments->sum_weights);
    memcpy(out.x, turned_moments->total, k * k * sizeof *out.x);
    factorise(out.x, k, 0);
    pg_times_upper(out, r);
    for (size_t j = 1; j < k; j++)
        out.x[j * k] += shift[j] * root;
}

static pgdp_status second_pass(pgdp_ctx *ctx, const pg_blocks *blocks, const pg_moments *first, pg_behind *out)
{
    const size_t k = first->n_cols;
    pg_matrix r;
    pg_moments *m;
    PG_TRY(first_triangle(ctx, first, &r));
    turned t = { blocks, out->shift, pg_matrix_new(&ctx->scratch, k, k) };
    out->r = pg_matrix_new(&ctx->scratch, k, k);
    if (t.by.x == NULL || out->r.x == NULL) return pg_no_memory(ctx);
    r.x[0] = 1; /* column 0 is left as it is: ones */
    for (size_t j = 1; j < k; j++)
        r.x[j * k] /= sqrt(first->sum_weights);
    memcpy(t.by.x, r.x, k * k * sizeof *r.x);
    (void)pg_invert_upper(t.by);
    pg_blocks by_block = *blocks;
    by_block.fill = fill_turned;
    by_block.user = &t;
    PG_TRY(pg_moments_pass(ctx, &by_block, true, &m));
    finish(m, out->shift, r, out->r);
    out->n_rows = m->n_rows;
    out->sum_weights = m->sum_weights;
    out->sum_log_weights = m->sum_log_weights;
    pg_moments_free(m);
    return PGDP_OK;
}

pgdp_status pg_behind_new(pgdp_ctx *ctx, const pgdp_table *table, const pg_formula *formula,
                          const pg_design_request *request, pg_behind *out)
{
    pg_moments *m;
    *out = (pg_behind){ .n_rows = 0 };
    PG_TRY(pg_stream_new(ctx, table, formula, request, &out->stream));
    const pg_blocks blocks = pg_stream_blocks(&out->stream);
    PG_TRY_ALLOC(ctx, out->shift, pg_arena_alloc(&ctx->scratch, blocks.n_cols, sizeof *out->shift));
    PG_TRY(pg_moments_pass(ctx, &blocks, false, &m));
    memcpy(out->shift, m->shift, blocks.n_cols * sizeof *out->shift);
    const pgdp_status status = m->n_rows > 0 ? second_pass(ctx, &blocks, m, out) : PGDP_OK;
    pg_moments_free(m);
    return status;
}

pgdp_status pg_behind_design(pgdp_ctx *ctx, const pg_behind *b, pg_design_result *out)
{
    const pg_stream *s = &b->stream;
    const size_t k = s->n_cols, first = !s->constant, n_x = s->constant + s->n_terms + s->n_endogenous;
    double *count;
    size_t *endogenous;
    *out = (pg_design_result){ .row_numbers = NULL };
    (void)pg_stream_count(s, &out->dropped);
    if (b->n_rows == 0) return pg_rows_refuse(ctx, pgdp_table_n_rows(s->table), &out->dropped);
    PG_TRY_ALLOC(ctx, count, pg_arena_alloc(&ctx->scratch, k, sizeof *count));
    PG_TRY_ALLOC(ctx, endogenous, pg_arena_alloc(&ctx->scratch, s->n_endogenous, sizeof *endogenous));
    count[0] = s->weight_kind == PGDP_FREQUENCY ? b->sum_weights : (double)b->n_rows;
    for (size_t j = 0; j < s->n_endogenous; j++)
        endogenous[j] = n_x - s->n_endogenous + j;
    out->design = (pgdp_design){ .y = { b->r.x + (k - 1) * k, k },
                                 .x = { b->r.x + first * k, k, n_x },
                                 .terms = s->names + first,
                                 .constant = s->constant ? 0 : PGDP_NONE,
                                 .weight_kind = s->weight_kind,
                                 .endogenous = endogenous,
                                 .n_endogenous = s->n_endogenous,
                                 .z = { b->r.x + (first + n_x) * k, k, s->n_instruments },
                                 .instruments = s->names + first + n_x,
                                 .outcome = s->names[k - 1],
                                 .count = { count, k },
                                 .sum_log_weights = b->sum_log_weights };
    out->behind = b;
    return pg_behind_cells(ctx, b, &out->design);
}

void pg_behind_certify(pgdp_certificate *c)
{
    const double error = DBL_EPSILON * c->condition_number; /* of a backward stable triangle */
    c->solver = "moments";
    c->digits = fmin(c->digits, fmax(0, -log10(error)));
    c->refinements = 1; /* the second pass */
}
