/* bootstrap_sums.c  Bootstrap replicates of least squares without refits: bootstrap.h. Source: Efron & Tibshirani
 * (1993), An Introduction to the Bootstrap, section 9.5; Davison & Hinkley (1997), Bootstrap Methods, section 6.2.3.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With c_i the times that row i was drawn, the estimate is b + root (sum c_i q_i q_i')^-1 sum c_i q_i e_i: one product
 * of the counts of many replicates with the products of the rows. Residuals: b + root sum q_i e*_i. */
#include "stats/bootstrap.h"

#include <math.h>

enum { ROWS = 512, MOST_AT_ONCE = 64, COUNTS_AT_ONCE = 1 << 23 };
/* Below this a pivot of sum c q q', whose size is 1, has lost digits: the refit decides. */
static const double smallest_pivot = 1e-3;

typedef struct summing {
    const pgdp_fit *fit;
    const pg_bootstrap_plan *plan;
    size_t n_things;
    pg_matrix sums;         /* products of each cluster; x NULL: rows, whose products are made when needed */
    const double *residual; /* recentred */
} summing;

/* sums += counts' products over all things; counts: one replicate after another. */
static pgdp_status add_things(pgdp_ctx *ctx, const summing *s, const int32_t *counts, pg_matrix sums)
{
    const size_t k = s->fit->n_terms, n_replicates = sums.n_rows;
    const pg_matrix a = pg_matrix_new(&ctx->scratch, ROWS, n_replicates);
    pg_matrix p = { NULL, 0, 0, 0 };
    double *work = NULL;
    if (a.x == NULL) return pg_no_memory(ctx);
    if (s->sums.x == NULL) {
        p = pg_matrix_new(&ctx->scratch, ROWS, pg_n_products(k));
        work = pg_matrix_new(&ctx->scratch, ROWS, k + 1).x;
        if (p.x == NULL || work == NULL) return pg_no_memory(ctx);
    }
    for (size_t first = 0; first < s->n_things; first += ROWS) {
        const size_t n = s->n_things - first < ROWS ? s->n_things - first : ROWS;
        for (size_t r = 0; r < n_replicates; r++)
            for (size_t i = 0; i < n; i++)
                a.x[i + r * ROWS] = counts[first + i + r * s->n_things];
        if (s->sums.x == NULL) pg_row_products(s->fit, first, n, work, p);
        const double *products = s->sums.x == NULL ? p.x : s->sums.x + first;
        const size_t stride = s->sums.x == NULL ? p.stride : s->sums.stride;
        pg_add_cross(pg_matrix_view(a.x, n, n_replicates, ROWS), pg_matrix_view(products, n, sums.n_cols, stride),
                     sums);
    }
    return PGDP_OK;
}

static bool solve(const pgdp_fit *fit, pg_matrix square, double *c, double *deviation)
{
    if (!pg_cholesky(square)) return false;
    for (size_t j = 0; j < square.n_cols; j++)
        if (!(square.x[j + j * square.stride] > smallest_pivot)) return false;
    pg_cholesky_solve(square, c);
    pg_unroot(fit, c, deviation);
    return true;
}

static pgdp_status sum_block(pgdp_ctx *ctx, void *user, const pg_replicate_block *block)
{
    const summing *s = user;
    const size_t k = s->fit->n_terms;
    const size_t first_replicate = block->range.first, n = block->range.end - first_replicate;
    const pg_matrix sums = pg_matrix_new(&ctx->scratch, n, pg_n_products(k));
    const pg_matrix square = pg_matrix_new(&ctx->scratch, k, k);
    int32_t *counts;
    double *c;
    if (sums.x == NULL || square.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, counts, pg_arena_alloc(&ctx->scratch, n * s->n_things, sizeof *counts));
    PG_TRY_ALLOC(ctx, c, pg_arena_alloc(&ctx->scratch, k, sizeof *c));
    for (size_t r = 0; r < n; r++) {
        pg_random random = pg_random_stream(s->plan->seed, "bootstrap", (uint32_t)(first_replicate + r));
        pg_draw_counts(&random, s->n_things, counts + r * s->n_things);
    }
    PG_TRY(add_things(ctx, s, counts, sums));
    for (size_t r = 0; r < n; r++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        pg_unpack_products(sums, r, k, square.x, c);
        if (solve(s->fit, square, c, block->deviation + r * k)) continue;
        const pgdp_status status = pg_bootstrap_refit_counts(ctx, s->fit, s->plan->groups, counts + r * s->n_things, c);
        PG_TRY(pg_replicates_keep(s->fit, status, c, r, block));
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

/* Replicates in a block, by the number of things alone. */
static size_t at_once(size_t n_things)
{
    const size_t fitting = COUNTS_AT_ONCE / n_things;
    return fitting > MOST_AT_ONCE ? MOST_AT_ONCE : fitting < 1 ? 1 : fitting;
}

pgdp_status pg_bootstrap_sums(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_bootstrap_plan *plan, pg_replicates *out)
{
    summing s = { .fit = fit, .plan = plan };
    s.n_things = plan->groups != NULL ? plan->groups->n : fit->n_rows;
    if (plan->groups != NULL) PG_TRY(pg_group_products(ctx, fit, plan->groups, &s.sums));
    const pg_replicate_plan replicates = { "bootstrap", plan->n_replicates, at_once(s.n_things), sum_block, &s };
    return pg_replicates_spread(ctx, fit, &replicates, out);
}

static pgdp_status residual_block(pgdp_ctx *ctx, void *user, const pg_replicate_block *block)
{
    const summing *s = user;
    const size_t k = s->fit->n_terms, n_rows = s->n_things;
    const size_t first_replicate = block->range.first, n = block->range.end - first_replicate;
    const pg_matrix drawn = pg_matrix_new(&ctx->scratch, ROWS, n), c = pg_matrix_new(&ctx->scratch, k, n);
    double *q, *e;
    uint32_t *index;
    PG_TRY_ALLOC(ctx, q, pg_matrix_new(&ctx->scratch, ROWS, k).x);
    PG_TRY_ALLOC(ctx, e, pg_arena_alloc(&ctx->scratch, ROWS, sizeof *e));
    PG_TRY_ALLOC(ctx, index, pg_arena_alloc(&ctx->scratch, n * n_rows, sizeof *index));
    if (drawn.x == NULL || c.x == NULL) return pg_no_memory(ctx);
    for (size_t r = 0; r < n; r++) {
        pg_random random = pg_random_stream(s->plan->seed, "bootstrap", (uint32_t)(first_replicate + r));
        pg_draw_indices(&random, n_rows, n_rows, index + r * n_rows);
    }
    for (size_t first = 0; first < n_rows; first += ROWS) {
        const size_t n_part = n_rows - first < ROWS ? n_rows - first : ROWS;
        pg_orthonormal_rows(s->fit, first, n_part, q, e);
        for (size_t r = 0; r < n; r++)
            for (size_t i = 0; i < n_part; i++)
                drawn.x[i + r * ROWS] = s->residual[index[first + i + r * n_rows]];
        pg_add_cross(pg_matrix_of(q, n_part, k), pg_matrix_view(drawn.x, n_part, n, ROWS), c);
    }
    for (size_t r = 0; r < n; r++)
        pg_unroot(s->fit, c.x + r * c.stride, block->deviation + r * k);
    return PGDP_OK;
}

pgdp_status pg_bootstrap_residuals(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_bootstrap_plan *plan,
                                   pg_replicates *out)
{
    const size_t n = fit->n_rows;
    const double scale = sqrt(fit->nobs / (fit->nobs - (double)(fit->n_terms + fit->n_absorbed)));
    summing s = { .fit = fit, .plan = plan, .n_things = n };
    const pg_replicate_plan replicates = { "bootstrap", plan->n_replicates, at_once(n), residual_block, &s };
    double *residual;
    PG_TRY_ALLOC(ctx, residual, pg_arena_alloc(&ctx->scratch, n, sizeof *residual));
    for (size_t i = 0; i < n; i++)
        residual[i] = fit->score[i] / sqrt(pg_design_weight(fit->working, i));
    const double mean = pg_sum(residual, n) / (double)n;
    for (size_t i = 0; i < n; i++)
        residual[i] = scale * (residual[i] - mean);
    s.residual = residual;
    return pg_replicates_spread(ctx, fit, &replicates, out);
}
