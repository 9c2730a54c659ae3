/* stream_qr.c  The triangle of a table's columns by two passes over its blocks: stream_fit.h. Source: Yamamoto,
 * Nakatsukasa, Yanagisawa & Fukaya (2015), Electron. Trans. Numer. Anal. 44 (Cholesky QR, repeated).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With A = sqrt(w) (columns less a shift): A'A = R0'R0, then Q = A R0^-1 block by block and Q'Q = R1'R1, R = R1 R0.
 * Forming A'A squares the condition number, but its errors leave Q merely not quite orthonormal, and Q'Q has a
 * condition near 1. Where a column depends on others, the pivot of R0 is held at least_pivot, so that R0^-1 exists; the
 * second pass sees how much of the column is left. Where each has much of its own, A'A loses no more than a digit, and
 * R0 will do. */
#include "stats/moments.h"
#include "stats/stream_fit.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { TILE = 1024 };                   /* rows worked on at once: they stay in the second-level cache */
static const double least_pivot = 1e-7; /* of a pivot in columns of length 1 */
static const double much = 0.3;         /* pivots from here on need no second pass */

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

/* The Cholesky factor of the moments: columns of length 1 while pivots are judged; *least is that of them. */
static pgdp_status first_triangle(pgdp_ctx *ctx, const pg_moments *m, pg_matrix *r, double *least)
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
    *least = 1;
    for (size_t j = 0; j < k; j++)
        *least = fmin(*least, r->x[j + j * k]);
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

/* What the last pass over the rows counted, and the shift put back. */
static void finish(const pg_moments *m, pg_behind *out)
{
    const size_t k = m->n_cols;
    for (size_t j = 1; j < k; j++)
        out->r.x[j * k] += out->shift[j] * sqrt(m->sum_weights);
    out->n_rows = m->n_rows;
    out->sum_weights = m->sum_weights;
    out->sum_log_weights = m->sum_log_weights;
}

/* out->r = the triangle of the turned columns' moments, times r. */
static pgdp_status second_pass(pgdp_ctx *ctx, const pg_blocks *blocks, double root, pg_matrix r, pg_behind *out)
{
    const size_t k = r.n_cols;
    pg_moments *m;
    double *none;
    turned t = { blocks, out->shift, pg_matrix_new(&ctx->scratch, k, k) };
    if (t.by.x == NULL) return pg_no_memory(ctx);
    r.x[0] = 1; /* column 0 is left as it is: ones */
    for (size_t j = 1; j < k; j++)
        r.x[j * k] /= root;
    memcpy(t.by.x, r.x, k * k * sizeof *r.x);
    (void)pg_invert_upper(t.by);
    pg_blocks by_block = *blocks;
    by_block.fill = fill_turned;
    by_block.user = &t;
    PG_TRY_ALLOC(ctx, none, pg_arena_alloc(&ctx->scratch, k, sizeof *none)); /* the columns have mean 0 by now */
    PG_TRY(pg_moments_pass(ctx, &by_block, none, &m));
    memcpy(out->r.x, m->total, k * k * sizeof *r.x);
    factorise(out->r.x, k, 0);
    pg_times_upper(out->r, r);
    finish(m, out);
    pg_moments_free(m);
    return PGDP_OK;
}

static pgdp_status triangle_of(pgdp_ctx *ctx, const pg_blocks *blocks, const pg_moments *m, pg_behind *out)
{
    pg_matrix r;
    double least = 1;
    if (m->n_rows == 0) return PGDP_OK;
    memcpy(out->shift, m->shift, m->n_cols * sizeof *out->shift);
    PG_TRY(first_triangle(ctx, m, &r, &least));
    out->r = pg_matrix_new(&ctx->scratch, m->n_cols, m->n_cols);
    if (out->r.x == NULL) return pg_no_memory(ctx);
    if (least < much) return second_pass(ctx, blocks, sqrt(m->sum_weights), r, out);
    memcpy(out->r.x, r.x, m->n_cols * m->n_cols * sizeof *r.x);
    finish(m, out);
    return PGDP_OK;
}

pgdp_status pg_behind_triangle(pgdp_ctx *ctx, const pg_blocks *blocks, bool centred, pg_behind *out)
{
    pg_moments *m;
    PG_TRY_ALLOC(ctx, out->shift, pg_arena_alloc(&ctx->scratch, blocks->n_cols, sizeof *out->shift));
    PG_TRY(pg_moments_pass(ctx, blocks, centred ? out->shift : NULL, &m));
    const pgdp_status status = triangle_of(ctx, blocks, m, out);
    pg_moments_free(m);
    return status;
}

static pgdp_status fill_stream(pgdp_ctx *ctx, const void *user, size_t block, bool cells, pg_block_rows *out)
{
    return pg_stream_rows(ctx, user, block, cells, out);
}

pgdp_status pg_behind_new(pgdp_ctx *ctx, const pgdp_table *table, const pg_formula *formula,
                          const pg_design_request *request, pg_behind *out)
{
    *out = (pg_behind){ .n_rows = 0 };
    PG_TRY(pg_stream_new(ctx, table, formula, request, &out->stream));
    const pg_blocks blocks = pg_stream_blocks(&out->stream);
    out->fill = fill_stream;
    out->user = &out->stream;
    out->n_blocks = blocks.n_blocks;
    PG_TRY(pg_behind_triangle(ctx, &blocks, false, out));
    PG_TRY(pg_stream_share_counts(ctx, &out->stream));
    (void)pg_stream_count(&out->stream, &out->dropped);
    return out->n_rows > 0 ? PGDP_OK : pg_rows_refuse(ctx, pgdp_table_n_rows(table), &out->dropped);
}

pgdp_status pg_behind_design(pgdp_ctx *ctx, const pg_behind *b, pg_design_result *out)
{
    const pg_stream *s = &b->stream;
    const size_t k = s->n_cols, first = !s->constant, n_x = s->constant + s->n_terms + s->n_endogenous;
    double *count;
    size_t *endogenous;
    *out = (pg_design_result){ .dropped = b->dropped };
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
    out->absorbed = b->absorbed;
    return pg_behind_cells(ctx, b, &out->design);
}

void pg_behind_certify(pgdp_certificate *c)
{
    const double error = DBL_EPSILON * c->condition_number; /* of a backward stable triangle */
    c->solver = "moments";
    c->digits = fmin(c->digits, fmax(0, -log10(error)));
    c->refinements = 1; /* a second pass, where it has anything to add */
}
