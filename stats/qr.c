/* qr.c  Householder QR of a tall matrix by blocks of rows: qr.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/qr.h"

#include "core/parallel.h"

#include <string.h>

enum { ROWS = 4096 }; /* of a block at least: ten columns of them fit a core's cache */

typedef struct factoring {
    pg_qr *qr;
    pg_fill_rows fill;
    void *user;
} factoring;

static size_t first_row(const pg_qr *qr, size_t block)
{
    const size_t size = qr->n_rows / qr->n_blocks, extra = qr->n_rows % qr->n_blocks;
    return block * size + (block < extra ? block : extra);
}

static pg_matrix block_of(const pg_qr *qr, size_t block)
{
    const size_t first = first_row(qr, block), n = first_row(qr, block + 1) - first;
    return pg_matrix_of(qr->blocks + first * qr->n_cols, n, qr->n_cols);
}

static void copy_triangle(pg_matrix from, pg_matrix to)
{
    for (size_t j = 0; j < to.n_cols; j++)
        memcpy(to.x + j * to.stride, from.x + j * from.stride, (j + 1) * sizeof *to.x);
}

static pgdp_status factor_block(pgdp_ctx *ctx, void *user, size_t block)
{
    const factoring *f = user;
    const pg_matrix a = block_of(f->qr, block);
    f->fill(f->user, first_row(f->qr, block), a);
    PG_TRY(pg_householder(ctx, a, f->qr->tau + block * f->qr->n_cols));
    pg_matrix top = f->qr->top;
    if (f->qr->n_blocks == 1) return PGDP_OK;
    top.x += block * f->qr->n_cols;
    copy_triangle(a, top);
    return PGDP_OK;
}

pgdp_status pg_qr_factor(pgdp_ctx *ctx, size_t n_rows, size_t n_cols, pg_fill_rows fill, void *user, pg_qr *qr)
{
    const size_t size = n_cols > ROWS / 4 ? 4 * n_cols : ROWS;
    *qr = (pg_qr){ .n_rows = n_rows, .n_cols = n_cols, .n_blocks = n_rows < size ? 1 : n_rows / size };
    const size_t n_top = qr->n_blocks == 1 ? 0 : qr->n_blocks * n_cols;
    PG_TRY_ALLOC(ctx, qr->blocks, pg_matrix_new(&ctx->scratch, n_rows, n_cols).x);
    PG_TRY_ALLOC(ctx, qr->tau, pg_arena_alloc(&ctx->scratch, qr->n_blocks * n_cols, sizeof *qr->tau));
    PG_TRY_ALLOC(ctx, qr->top_tau, pg_arena_alloc(&ctx->scratch, n_cols, sizeof *qr->top_tau));
    qr->top = pg_matrix_new(&ctx->scratch, n_top, n_cols);
    qr->r = pg_matrix_new(&ctx->scratch, n_cols, n_cols);
    if (qr->top.x == NULL || qr->r.x == NULL) return pg_no_memory(ctx);
    factoring f = { qr, fill, user };
    PG_TRY(pg_parallel(ctx, NULL, qr->n_blocks, factor_block, &f));
    if (qr->n_blocks > 1) PG_TRY(pg_householder(ctx, qr->top, qr->top_tau));
    copy_triangle(qr->n_blocks > 1 ? qr->top : block_of(qr, 0), qr->r);
    return PGDP_OK;
}

typedef struct applying {
    const pg_qr *qr;
    double *v, *heads; /* heads: the first n_cols elements of every block, stacked; unused for one block */
    bool transposed;
} applying;

static pgdp_status apply_block(pgdp_ctx *ctx, void *user, size_t block)
{
    const applying *a = user;
    const pg_qr *qr = a->qr;
    const size_t n = qr->n_cols;
    double *const v = a->v + first_row(qr, block), *const head = a->heads + block * n;
    if (!a->transposed) memcpy(v, head, n * sizeof *v);
    PG_TRY(pg_householder_apply(ctx, block_of(qr, block), qr->tau + block * n, a->transposed, v));
    if (a->transposed) memcpy(head, v, n * sizeof *v);
    return PGDP_OK;
}

/* In the middle of both ways stand the stacked heads; between the calls they are kept in v's block heads. */
pgdp_status pg_qr_apply_transposed(pgdp_ctx *ctx, const pg_qr *qr, double *v, double *head)
{
    const size_t n = qr->n_cols;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    applying a = { .qr = qr, .v = v, .transposed = true };
    PG_TRY_ALLOC(ctx, a.heads, pg_arena_alloc(&ctx->scratch, qr->n_blocks * n, sizeof *a.heads));
    PG_TRY(pg_parallel(ctx, NULL, qr->n_blocks, apply_block, &a));
    if (qr->n_blocks > 1) PG_TRY(pg_householder_apply(ctx, qr->top, qr->top_tau, true, a.heads));
    for (size_t block = 0; block < qr->n_blocks; block++)
        memcpy(v + first_row(qr, block), a.heads + block * n, n * sizeof *v);
    memcpy(head, a.heads, n * sizeof *head);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

pgdp_status pg_qr_apply(pgdp_ctx *ctx, const pg_qr *qr, const double *head, double *v)
{
    const size_t n = qr->n_cols;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    applying a = { .qr = qr, .v = v, .transposed = false };
    PG_TRY_ALLOC(ctx, a.heads, pg_arena_alloc(&ctx->scratch, qr->n_blocks * n, sizeof *a.heads));
    for (size_t block = 0; block < qr->n_blocks; block++)
        memcpy(a.heads + block * n, v + first_row(qr, block), n * sizeof *v);
    memcpy(a.heads, head, n * sizeof *head);
    if (qr->n_blocks > 1) PG_TRY(pg_householder_apply(ctx, qr->top, qr->top_tau, false, a.heads));
    PG_TRY(pg_parallel(ctx, NULL, qr->n_blocks, apply_block, &a));
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
