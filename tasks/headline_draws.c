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
#include "tasks/model.h"

enum { DRAWS = 32, N_SHARES = PG_N_WEIGHTINGS * PG_N_BARS }; /* draws of one block; shares of one draw */

typedef struct draw_job {
    const pgdp_scoring *s;
    const pg_by_activity *links;
    const double *weights; /* [n_links] */
    double *known;         /* [n_tasks] the link's third regressor */
    const void *prepared;  /* the model's own */
    pg_matrix link_root;   /* root root' = covariance of the link */
    double total[PG_N_WEIGHTINGS];
    const double *bars; /* [PG_N_BARS] */
    double *share;      /* [N_SHARES x n_draws] */
} draw_job;

pg_random pg_draw_stream(const pgdp_scoring *s, size_t draw)
{
    pg_random stream = pg_random_stream(s->request.seed, "headline", (uint32_t)draw);
    stream.next = PG_LINK_TERMS;
    return stream;
}

pgdp_status pg_covariance_root(pgdp_ctx *ctx, pg_matrix v)
{
    double *values;
    PG_TRY_ALLOC(ctx, values, pg_arena_alloc(&ctx->scratch, v.n_cols + 1, sizeof *values));
    PG_TRY(pg_eigen(ctx, v, values));
    for (size_t j = 0; j < v.n_cols; j++)
        for (size_t i = 0; i < v.n_rows; i++)
            v.x[i + j * v.stride] *= sqrt(fmax(values[j], 0));
    return PGDP_OK;
}

static pgdp_status link_root(pgdp_ctx *ctx, const pg_link *link, pg_matrix *out)
{
    *out = pg_matrix_new(&ctx->scratch, PG_LINK_TERMS, PG_LINK_TERMS);
    if (out->x == NULL) return pg_no_memory(ctx);
    memcpy(out->x, link->vcov, sizeof link->vcov);
    return pg_covariance_root(ctx, *out);
}

/* One draw of the link: the first numbers of the draw's stream. */
static pg_link draw_link(const draw_job *job, size_t draw)
{
    pg_link link = job->s->link;
    pg_random stream = pg_random_stream(job->s->request.seed, "headline", (uint32_t)draw);
    double u[PG_LINK_TERMS];
    for (size_t j = 0; j < PG_LINK_TERMS; j++)
        u[j] = pg_random_normal(&stream);
    for (size_t j = 0; j < PG_LINK_TERMS; j++)
        for (size_t i = 0; i < PG_LINK_TERMS; i++)
            link.estimate[i] += job->link_root.x[i + j * PG_LINK_TERMS] * u[j];
    return link;
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
    const size_t n = s->list->n_tasks;
    const pg_range draws = pg_block_range(s->request.n_draws, DRAWS, block);
    const pg_matrix index = pg_matrix_new(&ctx->scratch, n, draws.end - draws.first);
    if (index.x == NULL) return pg_no_memory(ctx);
    PG_TRY(s->model->draw(ctx, s, job->prepared, draws.first, index));
    for (size_t d = 0; d < index.n_cols; d++) {
        double *probability = index.x + d * n;
        const pg_link link = draw_link(job, draws.first + d);
        for (size_t i = 0; i < n; i++) {
            const double row[] = { 1, probability[i], job->known[i] };
            probability[i] = pg_logistic(pg_link_logit(&link, row, NULL));
        }
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
    PG_TRY_ALLOC(ctx, job.known, pg_arena_alloc(&ctx->scratch, s->list->n_tasks, sizeof *job.known));
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        double row[PG_LINK_TERMS];
        pg_link_row(s, s->index[i], s->known + i, row);
        job.known[i] = row[2];
    }
    pg_time_weights(s, &links, weights);
    job.weights = weights;
    pg_headline_totals(s, job.total);
    PG_TRY(s->model->prepare(ctx, s, &job.prepared));
    PG_TRY(link_root(ctx, &s->link, &job.link_root));
    PG_TRY(pg_parallel(ctx, "draws of the coefficients", pg_n_blocks(s->request.n_draws, DRAWS), draw_block, &job));
    return percentiles(ctx, &job, low, high);
}
