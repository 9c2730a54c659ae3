/* model_multinomial.c  Multinomial logit of the grade with a ridge penalty: no order of the grades is assumed.
 * Source: McFadden (1974); le Cessie & van Houwelingen (1992), Applied Statistics 41.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With eta_k of grade k and eta_0 = 0, the index is the log odds of the threshold or above:
 * log sum_{k >= t} e^eta_k - log sum_{k < t} e^eta_k, whose derivative by eta_k is the share of k on its side, the side
 * below with a minus. */
#include <math.h>
#include <string.h>

#include "core/parallel.h"
#include "tasks/model_linear.h"

static const pg_linear how = { .estimator = "mlogit", .vcov = "cluster", .constant = true };

/* eta [n_cuts], of grades 1 ... ; weight [n_cuts]: derivative of the index, or NULL; share [n_levels], or NULL. */
static double index_of(const pgdp_scoring *s, const double *eta, double *weight, double *share)
{
    double largest = 0, side[2] = { 0, 0 };
    for (size_t k = 0; k < s->n_cuts; k++)
        largest = fmax(largest, eta[k]);
    for (size_t k = 0; k < s->n_levels; k++) {
        const double e = exp((k == 0 ? 0 : eta[k - 1]) - largest);
        side[k >= s->threshold] += e;
        if (share != NULL) share[k] = e;
        if (weight != NULL && k > 0) weight[k - 1] = k >= s->threshold ? e : -e;
    }
    for (size_t k = 0; k < s->n_levels; k++) {
        if (share != NULL) share[k] /= side[0] + side[1];
        if (weight != NULL && k > 0) weight[k - 1] /= side[k >= s->threshold];
    }
    return log(fmax(side[1], 1e-300)) - log(fmax(side[0], 1e-300));
}

/* eta of rows: [n x n_cuts]; b: p slopes and a constant for each. */
static void etas(const pgdp_scoring *s, const pg_model_rows *rows, const double *b, pg_matrix eta)
{
    const size_t p = rows->p;
    pg_times(pg_matrix_view(rows->x, rows->n, p, rows->n), pg_matrix_view(b, p, s->n_cuts, p + 1), eta);
    for (size_t k = 0; k < s->n_cuts; k++)
        for (size_t i = 0; i < rows->n; i++)
            eta.x[i + k * eta.stride] += b[p + k * (p + 1)];
}

static pgdp_status learn(pgdp_ctx *ctx, pg_arena *arena, const pgdp_scoring *s, const pg_model_rows *rows,
                         double penalty, const void *start, const void **learnt)
{
    (void)start;
    const double *estimate;
    PG_TRY(pg_linear_learn(ctx, arena, s, &how, rows, penalty, &estimate));
    *learnt = estimate;
    return PGDP_OK;
}

static pgdp_status forecast(pgdp_ctx *ctx, const pgdp_scoring *s, const void *learnt, const pg_model_rows *rows,
                            double *index, double *shares)
{
    const pg_matrix eta = pg_matrix_new(&ctx->scratch, rows->n, s->n_cuts);
    double own[PG_MAX_GRADES], share[PG_MAX_GRADES];
    if (eta.x == NULL) return pg_no_memory(ctx);
    etas(s, rows, learnt, eta);
    for (size_t i = 0; i < rows->n; i++) {
        for (size_t k = 0; k < s->n_cuts; k++)
            own[k] = eta.x[i + k * eta.stride];
        index[i] = index_of(s, own, NULL, share);
        for (size_t k = 0; shares != NULL && k < s->n_levels; k++)
            shares[i + k * rows->n] = share[k];
    }
    return PGDP_OK;
}

static pgdp_status finish(pgdp_ctx *ctx, pgdp_scoring *s, const pg_model_rows *graded, const pg_model_rows *all)
{
    PG_TRY(pg_linear_fit(ctx, s, &how, graded));
    return forecast(ctx, s, pgdp_fit_estimate(s->fit).x, all, s->index, s->shares);
}

/* The gradient of tasks' indices by all coefficients, times a weight each, added to g. */
static void add_gradient(const pgdp_scoring *s, const pg_index_sum *sum, double *g)
{
    const size_t n = s->list->n_tasks, p = s->n_used;
    const double *b = pgdp_fit_estimate(s->fit).x;
    double eta[PG_MAX_GRADES], weight[PG_MAX_GRADES];
    for (size_t i = 0; i < sum->n; i++) {
        const double *x = s->x + sum->tasks[i];
        for (size_t k = 0; k < s->n_cuts; k++) {
            eta[k] = b[p + k * (p + 1)];
            for (size_t j = 0; j < p; j++)
                eta[k] += b[j + k * (p + 1)] * x[j * n];
        }
        (void)index_of(s, eta, weight, NULL);
        for (size_t k = 0; k < s->n_cuts; k++) {
            const double w = sum->weights[i] * weight[k];
            for (size_t j = 0; j < p; j++)
                g[j + k * (p + 1)] += w * x[j * n];
            g[p + k * (p + 1)] += w;
        }
    }
}

enum { ROWS = 128 };
typedef struct variance_job {
    const pgdp_scoring *s;
    double *out;
} variance_job;

static pgdp_status variance_block(pgdp_ctx *ctx, void *user, size_t block)
{
    const variance_job *job = user;
    const pgdp_scoring *s = job->s;
    const pgdp_mat v = pgdp_fit_vcov(s->fit);
    const pg_range range = pg_block_range(s->list->n_tasks, ROWS, block);
    const pg_matrix g = pg_matrix_new(&ctx->scratch, v.n_rows, range.end - range.first);
    const pg_matrix vg = pg_matrix_new(&ctx->scratch, v.n_rows, range.end - range.first);
    const double one = 1;
    if (g.x == NULL || vg.x == NULL) return pg_no_memory(ctx);
    for (size_t i = range.first; i < range.end; i++)
        add_gradient(s, &(pg_index_sum){ &i, &one, 1 }, g.x + (i - range.first) * v.n_rows);
    pg_times(pg_matrix_view(v.x, v.n_rows, v.n_rows, v.n_rows), g, vg);
    for (size_t i = range.first; i < range.end; i++) {
        const size_t at = (i - range.first) * v.n_rows;
        job->out[i] = fmax(pg_dot(g.x + at, vg.x + at, v.n_rows), 0);
    }
    return PGDP_OK;
}

static pgdp_status variances(pgdp_ctx *ctx, const pgdp_scoring *s, double *out)
{
    variance_job job = { s, out };
    return pg_parallel(ctx, NULL, pg_n_blocks(s->list->n_tasks, ROWS), variance_block, &job);
}

static pgdp_status variance(pgdp_ctx *ctx, const pgdp_scoring *s, const pg_index_sum *sum, double *out)
{
    const pgdp_mat v = pgdp_fit_vcov(s->fit);
    double *g, total = 0;
    PG_TRY_ALLOC(ctx, g, pg_arena_alloc(&ctx->scratch, v.n_rows, sizeof *g));
    add_gradient(s, sum, g);
    for (size_t j = 0; j < v.n_rows; j++)
        total += g[j] * pg_dot(v.x + j * v.n_rows, g, v.n_rows);
    *out = fmax(total, 0);
    return PGDP_OK;
}

static pgdp_status prepare(pgdp_ctx *ctx, const pgdp_scoring *s, const void **prepared)
{
    const pgdp_mat v = pgdp_fit_vcov(s->fit);
    pg_matrix *root;
    PG_TRY_ALLOC(ctx, root, pg_arena_alloc(&ctx->scratch, 1, sizeof *root));
    *root = pg_matrix_new(&ctx->scratch, v.n_rows, v.n_rows);
    if (root->x == NULL) return pg_no_memory(ctx);
    memcpy(root->x, v.x, v.n_rows * v.n_rows * sizeof *v.x);
    *prepared = root;
    return pg_covariance_root(ctx, *root);
}

static pgdp_status draw(pgdp_ctx *ctx, const pgdp_scoring *s, const void *prepared, size_t first, pg_matrix index)
{
    const pg_matrix *root = prepared;
    const double *estimate = pgdp_fit_estimate(s->fit).x;
    const size_t m = root->n_cols, n = s->list->n_tasks;
    const pg_matrix eta = pg_matrix_new(&ctx->scratch, n, s->n_cuts), b = pg_matrix_new(&ctx->scratch, m, 1);
    const pg_matrix z = pg_matrix_new(&ctx->scratch, m, 1);
    double own[PG_MAX_GRADES];
    if (eta.x == NULL || b.x == NULL || z.x == NULL) return pg_no_memory(ctx);
    const pg_model_rows all = { .x = s->x, .n = n, .p = s->n_used };
    for (size_t d = 0; d < index.n_cols; d++) {
        pg_random stream = pg_draw_stream(s, first + d);
        for (size_t j = 0; j < m; j++)
            z.x[j] = pg_random_normal(&stream);
        pg_times_vector(*root, z.x, b.x);
        for (size_t j = 0; j < m; j++)
            b.x[j] += estimate[j];
        etas(s, &all, b.x, eta);
        for (size_t i = 0; i < n; i++) {
            for (size_t k = 0; k < s->n_cuts; k++)
                own[k] = eta.x[i + k * n];
            index.x[i + d * index.stride] = index_of(s, own, NULL, NULL);
        }
    }
    return PGDP_OK;
}

const pg_task_model pg_model_multinomial = {
    .name = "multinomial",
    .title = "Multinomial logit with a ridge penalty",
    .source = "McFadden (1974); le Cessie & van Houwelingen (1992), Applied Statistics 41",
    .learn = learn,
    .forecast = forecast,
    .finish = finish,
    .variances = variances,
    .variance = variance,
    .prepare = prepare,
    .draw = draw,
};
