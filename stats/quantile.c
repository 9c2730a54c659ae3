/* quantile.c  Quantile regression: orthonormal coordinates, a start by interior points, an exact vertex, and the
 * estimate from the rows that it fits: quantile.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/quantile.h"

#include "core/parallel.h"
#include "stats/fit.h"
#include "stats/least_squares.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { SIMPLEX_ROWS = 20000, SIMPLEX_SIZE = 200000 }; /* more would take seconds */
static const double coefficient_tol = 1e-13, objective_tol = 1e-12;

double pg_quantile_check(double u, double tau)
{
    return u * (u < 0 ? tau - 1 : tau);
}

/* The design with other outcome and weights, all of them analytic to the solver. */
static pgdp_design weighted(const pgdp_design *d, const double *y, const double *weights)
{
    pgdp_design out = *d;
    out.y.x = y;
    out.weights = (pgdp_vec){ weights, weights == NULL ? 0 : d->y.n };
    out.weight_kind = weights == NULL ? PGDP_UNWEIGHTED : PGDP_ANALYTIC;
    return out;
}

/* w rho(u) = rho(w u): rows times w, so squares of weights for least squares. */
static pgdp_status orthonormal(pgdp_ctx *ctx, const pgdp_design *d, const double *y, pg_least_squares *ls,
                               pg_vertex_problem *p)
{
    const size_t n = d->y.n, k = d->x.n_cols;
    double *squares = NULL, *q, largest = 0;
    if (d->weights.n > 0) PG_TRY_ALLOC(ctx, squares, pg_arena_alloc(&ctx->scratch, n, sizeof *squares));
    for (size_t i = 0; squares != NULL && i < n; i++)
        squares[i] = d->weights.x[i] * d->weights.x[i];
    const pgdp_design scaled = weighted(d, y, squares);
    PG_TRY(pg_least_squares_solve(ctx, &scaled, ls));
    PG_TRY_ALLOC(ctx, q, pg_matrix_new(&ctx->scratch, n, k).x);
    pg_times(pg_matrix_view(d->x.x, n, k, n), ls->root, pg_matrix_of(q, n, k));
    for (size_t i = 0; i < n; i++) {
        const double w = pg_design_weight(d, i);
        for (size_t j = 0; j < k; j++)
            q[i + j * n] *= w;
        largest = fmax(largest, fabs(w * y[i]));
    }
    *p = (pg_vertex_problem){ n, k, q, ls->residual, p->tau, 16 * DBL_EPSILON * largest };
    return PGDP_OK;
}

/* b from the k rows that it fits, to the last digits. */
static pgdp_status interpolate(pgdp_ctx *ctx, const pgdp_design *d, const double *y, const size_t *basis,
                               pg_quantile *out)
{
    const size_t n = d->y.n, k = d->x.n_cols;
    double *rows, *values;
    pg_least_squares ls;
    PG_TRY_ALLOC(ctx, rows, pg_matrix_new(&ctx->scratch, k, k).x);
    PG_TRY_ALLOC(ctx, values, pg_arena_alloc(&ctx->scratch, k, sizeof *values));
    for (size_t i = 0; i < k; i++) {
        values[i] = y[basis[i]];
        for (size_t j = 0; j < k; j++)
            rows[i + j * k] = d->x.x[basis[i] + j * n];
    }
    const pgdp_design small = { .y = { values, k }, .x = { rows, k, k }, .terms = d->terms, .constant = PGDP_NONE };
    PG_TRY(pg_least_squares_solve(ctx, &small, &ls));
    out->estimate = ls.estimate;
    out->digits = ls.digits;
    return PGDP_OK;
}

/* Residuals, those of rounding set to 0, and the objective. */
static pgdp_status evaluate(pgdp_ctx *ctx, const pgdp_design *d, const double *y, double tau, pg_quantile *out)
{
    const size_t n = d->y.n, k = d->x.n_cols;
    double *size, *loss, zeros = 0;
    PG_TRY_ALLOC(ctx, out->residual, pg_arena_alloc(&ctx->scratch, n, sizeof(double)));
    PG_TRY_ALLOC(ctx, size, pg_arena_alloc(&ctx->scratch, n, sizeof *size));
    PG_TRY_ALLOC(ctx, loss, pg_arena_alloc(&ctx->scratch, n, sizeof *loss));
    for (size_t i = 0; i < n; i++) {
        out->residual[i] = y[i];
        size[i] = fabs(y[i]);
    }
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < n; i++) {
            const double part = d->x.x[i + j * n] * out->estimate[j];
            out->residual[i] -= part;
            size[i] += fabs(part);
        }
    for (size_t i = 0; i < n; i++) {
        const bool zero = fabs(out->residual[i]) <= 32 * DBL_EPSILON * size[i];
        if (zero) out->residual[i] = 0;
        if (zero) zeros += d->weight_kind == PGDP_FREQUENCY ? pg_design_weight(d, i) : 1;
        loss[i] = pg_design_weight(d, i) * pg_quantile_check(out->residual[i], tau);
    }
    out->n_zero = (size_t)zeros;
    out->objective = pg_sum(loss, n);
    return PGDP_OK;
}

/* A coefficient of 0 comes out of the basis' rows as rounding: 0 then, if as many rows are fitted exactly as before. */
static pgdp_status clear_rounding(pgdp_ctx *ctx, const pgdp_design *d, const double *y, double tau, pg_quantile *q)
{
    const size_t n = d->y.n, k = d->x.n_cols;
    double *size, *estimate, all = 0;
    bool any = false;
    PG_TRY_ALLOC(ctx, size, pg_arena_alloc(&ctx->scratch, k, sizeof *size));
    PG_TRY_ALLOC(ctx, estimate, pg_arena_alloc(&ctx->scratch, k, sizeof *estimate));
    for (size_t j = 0; j < k; j++) {
        for (size_t i = 0; i < n; i++)
            size[j] = fmax(size[j], fabs(d->x.x[i + j * n] * q->estimate[j]));
        all = fmax(all, size[j]);
    }
    for (size_t j = 0; j < k; j++) {
        const bool rounding = size[j] > 0 && size[j] <= coefficient_tol * all;
        estimate[j] = rounding ? 0 : q->estimate[j];
        any = any || rounding;
    }
    if (!any) return PGDP_OK;
    pg_quantile cleared = *q;
    cleared.estimate = estimate;
    PG_TRY(evaluate(ctx, d, y, tau, &cleared));
    if (cleared.n_zero >= q->n_zero) *q = cleared;
    return PGDP_OK;
}

/* b and what follows from it at a basis. */
static pgdp_status finish(pgdp_ctx *ctx, const pgdp_design *d, const double *y, double tau, const size_t *basis,
                          pg_quantile *out)
{
    PG_TRY(interpolate(ctx, d, y, basis, out));
    PG_TRY(evaluate(ctx, d, y, tau, out));
    return clear_rounding(ctx, d, y, tau, out);
}

/* Of several optima the one that other programs report, if rounding does not make it worse. */
static pgdp_status prefer_simplex(pgdp_ctx *ctx, const pgdp_design *d, const double *y, double tau, pg_quantile *out)
{
    const size_t n = d->y.n, k = d->x.n_cols;
    double *x, *wy;
    size_t *basis;
    bool found;
    pg_quantile other = *out;
    PG_TRY_ALLOC(ctx, x, pg_matrix_new(&ctx->scratch, n, k).x);
    PG_TRY_ALLOC(ctx, wy, pg_arena_alloc(&ctx->scratch, n, sizeof *wy));
    PG_TRY_ALLOC(ctx, basis, pg_arena_alloc(&ctx->scratch, k, sizeof *basis));
    for (size_t i = 0; i < n; i++) {
        const double w = pg_design_weight(d, i);
        wy[i] = w * y[i];
        for (size_t j = 0; j < k; j++)
            x[i + j * n] = w * d->x.x[i + j * n];
    }
    const pg_vertex_problem p = { .n = n, .k = k, .q = x, .e = wy, .tau = tau };
    PG_TRY(pg_quantile_simplex(ctx, &p, basis, &found));
    if (!found) return PGDP_OK;
    const pgdp_status status = finish(ctx, d, y, tau, basis, &other);
    if (status == PGDP_RANK_DEFICIENT) return PGDP_OK;
    if (status == PGDP_OK && other.objective <= out->objective * (1 + objective_tol)) *out = other;
    return status;
}

pgdp_status pg_quantile_solve(pgdp_ctx *ctx, const pgdp_design *design, double tau, pg_quantile *out)
{
    const size_t n = design->y.n, k = design->x.n_cols;
    double *y, *g;
    size_t *basis, pivots;
    pg_least_squares ls;
    pg_vertex_problem p = { .tau = tau };
    memset(out, 0, sizeof *out);
    PG_TRY_ALLOC(ctx, y, pg_arena_alloc(&ctx->scratch, n, sizeof *y));
    PG_TRY_ALLOC(ctx, g, pg_arena_alloc(&ctx->scratch, k, sizeof *g));
    PG_TRY_ALLOC(ctx, basis, pg_arena_alloc(&ctx->scratch, k, sizeof *basis));
    for (size_t i = 0; i < n; i++)
        y[i] = design->y.x[i] - (design->offset.n > 0 ? design->offset.x[i] : 0);
    PG_TRY(orthonormal(ctx, design, y, &ls, &p));
    out->root = ls.root;
    out->condition = ls.condition;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(pg_quantile_interior(ctx, &p, g, &out->iterations));
    PG_TRY(pg_quantile_vertex(ctx, &p, g, basis, &pivots, &out->unique));
    pg_arena_rewind(&ctx->scratch, mark);
    out->iterations += pivots;
    PG_TRY(finish(ctx, design, y, tau, basis, out));
    const bool small = n <= SIMPLEX_ROWS && n * k <= SIMPLEX_SIZE;
    return out->unique || !small ? PGDP_OK : prefer_simplex(ctx, design, y, tau, out);
}
