/* headline_draws.c  Intervals of the headline shares.
 * Source: King, Tomz & Wittenberg (2000), AJPS 44, 341-355 (draws of coefficients); Efron & Tibshirani (1993), ch. 11.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/parallel.h"
#include "core/random.h"
#include "stats/linalg.h"
#include "tasks/headline.h"

enum { DRAWS = 32, N_SHARES = PG_N_WEIGHTINGS * PG_N_BARS }; /* draws of one block; shares of one draw */

typedef struct draw_job {
    const pgdp_scoring *s;
    const pg_by_activity *links;
    const double *weights; /* [n_links] */
    double *activity;      /* [n_tasks] the link's third regressor */
    pg_matrix root;        /* root root' = covariance of the slopes */
    pg_matrix link_root;   /* the same of the link */
    double total[PG_N_WEIGHTINGS];
    const double *bars; /* [PG_N_BARS] */
    double *share;      /* [N_SHARES x n_draws] */
} draw_job;

/* V = U diag(d) U': the root U diag(sqrt d) exists although rounding may leave a d just below 0. v: [p x p] of a larger
 * matrix with `stride` rows. */
static pgdp_status root_of(pgdp_ctx *ctx, const double *v, size_t stride, size_t p, pg_matrix *out)
{
    double *values;
    *out = pg_matrix_new(&ctx->scratch, p, p);
    if (out->x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, values, pg_arena_alloc(&ctx->scratch, p, sizeof *values));
    for (size_t j = 0; j < p; j++)
        memcpy(out->x + j * p, v + j * stride, p * sizeof *v);
    PG_TRY(pg_eigen(ctx, *out, values));
    for (size_t j = 0; j < p; j++)
        for (size_t i = 0; i < p; i++)
            out->x[i + j * p] *= sqrt(fmax(values[j], 0));
    return PGDP_OK;
}

/* Coefficients of a range of draws. b: [p x n]; link: [PG_LINK_TERMS x n]. */
static pgdp_status draw_coefficients(pgdp_ctx *ctx, const draw_job *job, pg_range draws, pg_matrix b, pg_matrix link)
{
    const pgdp_scoring *s = job->s;
    const double *estimate = pgdp_fit_estimate(s->fit).x;
    const pg_matrix z = pg_matrix_new(&ctx->scratch, b.n_rows, b.n_cols);
    const pg_matrix u = pg_matrix_new(&ctx->scratch, PG_LINK_TERMS, b.n_cols);
    if (z.x == NULL || u.x == NULL) return pg_no_memory(ctx);
    for (size_t d = 0; d < b.n_cols; d++) {
        pg_random stream = pg_random_stream(s->request.seed, "headline", (uint32_t)(draws.first + d));
        for (size_t j = 0; j < PG_LINK_TERMS; j++)
            u.x[j + d * PG_LINK_TERMS] = pg_random_normal(&stream);
        for (size_t j = 0; j < b.n_rows; j++)
            z.x[j + d * b.n_rows] = pg_random_normal(&stream);
    }
    pg_times(job->root, z, b);
    pg_times(job->link_root, u, link);
    for (size_t d = 0; d < b.n_cols; d++) {
        for (size_t j = 0; j < b.n_rows; j++)
            b.x[j + d * b.n_rows] += estimate[j];
        for (size_t j = 0; j < PG_LINK_TERMS; j++)
            link.x[j + d * PG_LINK_TERMS] += s->link.estimate[j];
    }
    return PGDP_OK;
}

/* Shares of one draw, from the probability of every task. */
static void shares_of(const draw_job *job, const double *probability, double *share)
{
    const pgdp_scoring *s = job->s;
    double part[N_SHARES] = { 0 };
    for (size_t a = 0; a < s->list->n_activities; a++) {
        double sum = 0, weight = 0;
        for (size_t k = job->links->first[a]; k < job->links->first[a + 1]; k++) {
            sum += job->weights[k] * probability[job->links->task[k]];
            weight += job->weights[k];
        }
        for (size_t b = 0; b < PG_N_BARS; b++)
            if (weight > 0 && sum >= job->bars[b] * weight) pg_headline_add(s, a, part + b * PG_N_WEIGHTINGS);
    }
    for (size_t j = 0; j < N_SHARES; j++) {
        const double total = job->total[j % PG_N_WEIGHTINGS];
        share[j] = total > 0 ? part[j] / total : (double)NAN;
    }
}

static pgdp_status draw_block(pgdp_ctx *ctx, void *user, size_t block)
{
    const draw_job *job = user;
    const pgdp_scoring *s = job->s;
    const size_t n = s->list->n_tasks, p = s->n_used;
    const pg_range draws = pg_block_range(s->request.n_draws, DRAWS, block);
    const size_t n_draws = draws.end - draws.first;
    const pg_matrix b = pg_matrix_new(&ctx->scratch, p, n_draws), index = pg_matrix_new(&ctx->scratch, n, n_draws);
    const pg_matrix link = pg_matrix_new(&ctx->scratch, PG_LINK_TERMS, n_draws);
    if (b.x == NULL || index.x == NULL || link.x == NULL) return pg_no_memory(ctx);
    PG_TRY(draw_coefficients(ctx, job, draws, b, link));
    pg_times((pg_matrix){ s->x, n, p, n }, b, index);
    for (size_t d = 0; d < n_draws; d++) {
        double *probability = index.x + d * n;
        const double *a = link.x + d * PG_LINK_TERMS;
        for (size_t i = 0; i < n; i++)
            probability[i] = pg_logistic(a[0] + a[1] * probability[i] + a[2] * job->activity[i]);
        shares_of(job, probability, job->share + (draws.first + d) * N_SHARES);
    }
    return PGDP_OK;
}

static int by_value(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

/* Quantile of sorted values by linear interpolation between order statistics (Hyndman & Fan's type 7). */
static double quantile(const double *sorted, size_t n, double probability)
{
    const double at = probability * (double)(n - 1);
    const size_t low = (size_t)at;
    return low + 1 >= n ? sorted[n - 1] : sorted[low] + (at - (double)low) * (sorted[low + 1] - sorted[low]);
}

static pgdp_status percentiles(pgdp_ctx *ctx, const draw_job *job, double *low, double *high)
{
    const size_t n = job->s->request.n_draws;
    const double tail = (1 - job->s->request.conf_level) / 2;
    double *values;
    PG_TRY_ALLOC(ctx, values, pg_arena_alloc(&ctx->scratch, n, sizeof *values));
    for (size_t w = 0; w < N_SHARES; w++) {
        for (size_t d = 0; d < n; d++)
            values[d] = job->share[w + d * N_SHARES];
        qsort(values, n, sizeof *values, by_value);
        low[w] = quantile(values, n, tail);
        high[w] = quantile(values, n, 1 - tail);
    }
    return PGDP_OK;
}

pgdp_status pg_headline_draws(pgdp_ctx *ctx, const pgdp_scoring *s, const double *bars, double *low, double *high)
{
    for (size_t w = 0; w < N_SHARES; w++)
        low[w] = high[w] = (double)NAN;
    if (s->request.n_draws < 2) return PGDP_OK;
    pg_by_activity links;
    double *weights;
    draw_job job = { .s = s, .links = &links, .bars = bars };
    PG_TRY(pg_group_links(ctx, s->list, &links));
    PG_TRY_ALLOC(ctx, weights, pg_arena_alloc(&ctx->scratch, s->list->n_links, sizeof *weights));
    PG_TRY_ALLOC(ctx, job.share, pg_arena_alloc(&ctx->scratch, N_SHARES * s->request.n_draws, sizeof *job.share));
    PG_TRY_ALLOC(ctx, job.activity, pg_arena_alloc(&ctx->scratch, s->list->n_tasks, sizeof *job.activity));
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        double row[PG_LINK_TERMS];
        pg_link_row(s, s->index[i], s->activity_shares + i, row);
        job.activity[i] = row[2];
    }
    pg_time_weights(s, &links, weights);
    job.weights = weights;
    pg_headline_totals(s, job.total);
    const pgdp_mat vcov = pgdp_fit_vcov(s->fit);
    PG_TRY(root_of(ctx, vcov.x, vcov.n_rows, s->n_used, &job.root));
    PG_TRY(root_of(ctx, s->link.vcov, PG_LINK_TERMS, PG_LINK_TERMS, &job.link_root));
    PG_TRY(pg_parallel(ctx, "draws of the coefficients", pg_n_blocks(s->request.n_draws, DRAWS), draw_block, &job));
    return percentiles(ctx, &job, low, high);
}
