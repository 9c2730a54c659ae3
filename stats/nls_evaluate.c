/* nls_evaluate.c  Residuals and Jacobian of a nonlinear model at a point: nls.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/parallel.h"
#include "stats/fit.h"
#include "stats/nls.h"

#include <math.h>
#include <string.h>

enum { BLOCK_ROWS = 1024 };

typedef struct job {
    const pgdp_design *design;
    pg_nls_point *point;
} job;

pgdp_status pg_nls_point_new(pgdp_ctx *ctx, const pgdp_design *design, pg_nls_point *out)
{
    const size_t n = design->y.n, p = design->mean->n_parameters;
    PG_TRY_ALLOC(ctx, out->b, pg_arena_alloc(&ctx->scratch, p, sizeof *out->b));
    PG_TRY_ALLOC(ctx, out->r, pg_arena_alloc(&ctx->scratch, n, sizeof *out->r));
    out->j = pg_matrix_new(&ctx->scratch, n, p);
    return out->j.x == NULL ? pg_no_memory(ctx) : PGDP_OK;
}

static pgdp_status evaluate_block(pgdp_ctx *ctx, void *user, size_t block)
{
    const job *w = user;
    const pgdp_design *d = w->design;
    const pgdp_mean *mean = d->mean;
    const size_t p = mean->n_parameters, first = block * BLOCK_ROWS;
    const size_t n = d->y.n - first < BLOCK_ROWS ? d->y.n - first : BLOCK_ROWS;
    double *jacobian, *r = w->point->r + first;
    PG_TRY_ALLOC(ctx, jacobian, pg_arena_alloc(&ctx->scratch, n * p, sizeof *jacobian));
    PG_TRY(mean->evaluate(ctx, mean->user, w->point->b, first, n, r, jacobian));
    for (size_t i = 0; i < n; i++) {
        const double root = sqrt(pg_design_weight(d, first + i));
        const double offset = d->offset.n > 0 ? d->offset.x[first + i] : 0;
        r[i] = root * (d->y.x[first + i] - offset - r[i]);
        for (size_t j = 0; j < p; j++)
            w->point->j.x[first + i + j * d->y.n] = root * jacobian[i + j * n];
    }
    return PGDP_OK;
}

pgdp_status pg_nls_evaluate(pgdp_ctx *ctx, const pgdp_design *design, pg_nls_point *point)
{
    job w = { design, point };
    const size_t n = design->y.n, p = design->mean->n_parameters;
    PG_TRY(pg_parallel(ctx, NULL, pg_n_blocks(n, BLOCK_ROWS), evaluate_block, &w));
    point->ssr = pg_dot(point->r, point->r, n);
    for (size_t i = 0; i < n * p && isfinite(point->ssr); i++)
        if (!isfinite(point->j.x[i])) point->ssr = (double)NAN;
    return PGDP_OK;
}
