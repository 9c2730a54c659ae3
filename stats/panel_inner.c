/* panel_inner.c  Least squares within a method of panels: panel_inner.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/panel_inner.h"

#include "core/parallel.h"
#include "stats/collinear.h"

#include <math.h>
#include <string.h>

static const double no_variation = 1e-13; /* as est_within.c */

/* The columns of the design that keep[j] says, and no others. */
static pgdp_status keep_columns(pgdp_ctx *ctx, const bool *keep, pg_inner *inner)
{
    pgdp_design *d = &inner->design;
    const size_t n = d->x.n_rows;
    size_t k = 0, constant = PGDP_NONE;
    double *x;
    const char **terms;
    size_t *column;
    PG_TRY_ALLOC(ctx, x, pg_arena_alloc(&ctx->scratch, n * d->x.n_cols, sizeof *x));
    PG_TRY_ALLOC(ctx, terms, pg_arena_alloc(&ctx->scratch, d->x.n_cols, sizeof *terms));
    PG_TRY_ALLOC(ctx, column, pg_arena_alloc(&ctx->scratch, d->x.n_cols, sizeof *column));
    for (size_t j = 0; j < d->x.n_cols; j++) {
        if (!keep[j]) continue;
        if (j == d->constant) constant = k;
        memcpy(x + k * n, d->x.x + j * n, n * sizeof *x);
        terms[k] = d->terms[j];
        column[k++] = inner->column[j];
    }
    d->x = (pgdp_mat){ x, n, k };
    d->terms = terms;
    d->constant = constant;
    inner->column = column;
    return PGDP_OK;
}

/* Solve; where columns depend on earlier ones, solve without them. */
static pgdp_status solve(pgdp_ctx *ctx, pg_arena *arena, pg_inner *inner)
{
    const pg_collinear *list;
    size_t n_list;
    bool *keep;
    if (inner->design.x.n_cols == 0) {
        inner->ssr = pg_dot(inner->design.y.x, inner->design.y.x, inner->design.y.n);
        return PGDP_OK;
    }
    pgdp_status status = PGDP_RANK_DEFICIENT;
    if (inner->design.y.n >= inner->design.x.n_cols) status = pg_least_squares_solve(ctx, &inner->design, &inner->ls);
    if (status == PGDP_RANK_DEFICIENT) {
        PG_TRY(pg_collinear_terms(ctx, arena, &inner->design, false, &list, &n_list));
        PG_TRY_ALLOC(ctx, keep, pg_arena_alloc(&ctx->scratch, inner->design.x.n_cols, sizeof *keep));
        for (size_t j = 0; j < inner->design.x.n_cols; j++)
            keep[j] = true;
        for (size_t i = 0; i < n_list; i++)
            keep[list[i].term] = false;
        PG_TRY(keep_columns(ctx, keep, inner));
        status = pg_least_squares_solve(ctx, &inner->design, &inner->ls);
    }
    PG_TRY(status);
    inner->ssr = pg_dot(inner->ls.residual, inner->ls.residual, inner->design.y.n);
    return PGDP_OK;
}

pgdp_status pg_inner_within(pgdp_ctx *ctx, pg_arena *arena, const pgdp_design *d, const pg_groups *groups,
                            pg_inner *out)
{
    const size_t n = d->y.n;
    pg_working w;
    double *mean;
    bool *keep;
    PG_TRY(pg_working_new(ctx, d, n, false, &w));
    PG_TRY_ALLOC(ctx, mean, pg_arena_alloc(&ctx->scratch, groups->n, sizeof *mean));
    PG_TRY_ALLOC(ctx, keep, pg_arena_alloc(&ctx->scratch, w.design.x.n_cols, sizeof *keep));
    for (size_t j = 0; j <= w.design.x.n_cols; j++) {
        const bool is_y = j == w.design.x.n_cols;
        const double *from = is_y ? d->y.x : d->x.x + w.column[j] * n;
        double *to = is_y ? w.y : w.x + j * n, size = 0, left = 0;
        pg_group_means(groups, from, mean);
        for (size_t g = 0; g < groups->n; g++) {
            for (size_t i = groups->first[g]; i < groups->first[g + 1]; i++) {
                to[i] = from[i] - mean[g];
                size = fmax(size, fabs(from[i]));
                left = fmax(left, fabs(to[i]));
            }
        }
        if (!is_y) keep[j] = left > no_variation * size;
    }
    *out = (pg_inner){ .design = w.design, .column = w.column };
    PG_TRY(keep_columns(ctx, keep, out));
    return solve(ctx, arena, out);
}

pgdp_status pg_inner_between(pgdp_ctx *ctx, pg_arena *arena, const pgdp_design *d, const pg_groups *groups,
                             pg_inner *out)
{
    pg_working w;
    double *sizes;
    PG_TRY(pg_working_new(ctx, d, groups->n, true, &w));
    PG_TRY_ALLOC(ctx, sizes, pg_arena_alloc(&ctx->scratch, groups->n, sizeof *sizes));
    for (size_t g = 0; g < groups->n; g++)
        sizes[g] = (double)pg_group_size(groups, g);
    pg_group_means(groups, d->y.x, w.y);
    for (size_t j = 0; j < d->x.n_cols; j++)
        pg_group_means(groups, d->x.x + j * d->y.n, w.x + j * groups->n);
    *out = (pg_inner){ .design = w.design, .column = w.column };
    out->design.weights = (pgdp_vec){ sizes, groups->n };
    out->design.weight_kind = PGDP_ANALYTIC;
    return solve(ctx, arena, out);
}

pgdp_status pg_inner_pooled(pgdp_ctx *ctx, pg_arena *arena, const pgdp_design *d, pg_inner *out)
{
    *out = (pg_inner){ .design = *d };
    out->design.x_low = (pgdp_mat){ NULL, 0, 0 };
    PG_TRY_ALLOC(ctx, out->column, pg_arena_alloc(&ctx->scratch, d->x.n_cols, sizeof *out->column));
    for (size_t j = 0; j < d->x.n_cols; j++)
        out->column[j] = j;
    return solve(ctx, arena, out);
}

void pg_inner_residual(const pg_inner *inner, const pgdp_design *d, double *out)
{
    memcpy(out, d->y.x, d->y.n * sizeof *out);
    for (size_t j = 0; j < inner->design.x.n_cols; j++) {
        const double *x = d->x.x + inner->column[j] * d->y.n, b = inner->ls.estimate[j];
        for (size_t i = 0; i < d->y.n; i++)
            out[i] -= b * x[i];
    }
}
