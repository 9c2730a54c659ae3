/* final_fit.c  The model on all graded tasks, every task's index with its variance, and probabilities from them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/number.h"
#include "core/parallel.h"
#include "stats/linalg.h"
#include "tasks/scoring.h"

/* Standardised columns of all tasks, the constant ones left out; names of those that stay. */
static pgdp_status all_columns(pgdp_ctx *ctx, pgdp_scoring *s, const char **terms)
{
    const size_t n = s->list->n_tasks, p = s->features.n_columns;
    double *encoded;
    size_t *rows, *graded, n_graded = 0;
    PG_TRY_ALLOC(ctx, encoded, pg_arena_alloc(&ctx->scratch, n * PG_N_ENCODED, sizeof *encoded));
    PG_TRY_ALLOC(ctx, rows, pg_arena_alloc(&ctx->scratch, n, sizeof *rows));
    PG_TRY_ALLOC(ctx, graded, pg_arena_alloc(&ctx->scratch, n, sizeof *graded));
    PG_TRY_ALLOC(ctx, s->x, pg_arena_alloc(&s->arena, n * p, sizeof *s->x));
    for (size_t i = 0; i < n; i++) {
        rows[i] = i;
        if (s->grades[i] >= 0) graded[n_graded++] = i;
    }
    const pg_lesson lesson = { s->grades, s->n_levels, NULL };
    PG_TRY(pg_encode(ctx, s->list, &s->features, &lesson, encoded));
    pg_scale scale;
    PG_TRY(pg_scale_of(ctx, &(pg_rows){ &s->features, encoded, graded, n_graded }, &scale));
    pg_standardise(&(pg_rows){ &s->features, encoded, rows, n }, &scale, s->x);
    for (size_t j = 0; j < p; j++) {
        if (!(scale.inverse[j] > 0)) continue;
        terms[s->n_used] = s->features.names[j];
        if (s->n_used != j) memcpy(s->x + s->n_used * n, s->x + j * n, n * sizeof *s->x);
        s->n_used++;
    }
    return PGDP_OK;
}

static pgdp_status fit_model(pgdp_ctx *ctx, pgdp_scoring *s, const char *const *terms)
{
    const size_t n = s->list->n_tasks;
    double *x, *y;
    size_t *occupation, at = 0;
    PG_TRY_ALLOC(ctx, x, pg_arena_alloc(&ctx->scratch, s->n_graded * s->n_used, sizeof *x));
    PG_TRY_ALLOC(ctx, y, pg_arena_alloc(&ctx->scratch, s->n_graded, sizeof *y));
    PG_TRY_ALLOC(ctx, occupation, pg_arena_alloc(&ctx->scratch, s->n_graded, sizeof *occupation));
    for (size_t i = 0; i < n; i++) {
        if (s->grades[i] < 0) continue;
        for (size_t j = 0; j < s->n_used; j++)
            x[at + j * s->n_graded] = s->x[i + j * n];
        y[at] = (double)s->grades[i];
        occupation[at++] = s->list->occupation[i];
    }
    const size_t *const clusters[] = { occupation };
    const pgdp_design design = {
        .y = { y, at },
        .x = { x, at, s->n_used },
        .terms = terms,
        .constant = PGDP_NONE,
        .cluster = clusters,
        .n_clusterings = 1,
    };
    char lambda[PG_NUMBER_SIZE];
    pg_number_format(s->request.lambdas[s->chosen], lambda);
    const pgdp_setting settings[] = { { "lambda", lambda }, { NULL, NULL } };
    const pgdp_status status = pgdp_fit_new(ctx, "ologit", "cluster", &design, settings, &s->fit);
    return status == PGDP_OK ? status : pg_fail_within(ctx, status, "scoring: ");
}

/* The covariance of the slopes, without the cut points. */
static pgdp_status slope_vcov(pgdp_ctx *ctx, const pgdp_scoring *s, pg_matrix *out)
{
    const pgdp_mat v = pgdp_fit_vcov(s->fit);
    *out = pg_matrix_new(&ctx->scratch, s->n_used, s->n_used);
    if (out->x == NULL) return pg_no_memory(ctx);
    for (size_t j = 0; j < s->n_used; j++)
        memcpy(out->x + j * s->n_used, v.x + j * v.n_rows, s->n_used * sizeof *v.x);
    return PGDP_OK;
}

enum { ROWS = 512 };

typedef struct index_job {
    const pgdp_scoring *s;
    pg_matrix vcov;
    double *index, *variance;
} index_job;

/* x'b and x'V x of a block of tasks. */
static pgdp_status index_block(pgdp_ctx *ctx, void *user, size_t block)
{
    const index_job *job = user;
    const size_t n = job->s->list->n_tasks, p = job->s->n_used;
    const pg_range range = pg_block_range(n, ROWS, block);
    const pg_matrix x = { job->s->x + range.first, range.end - range.first, p, n };
    const pg_matrix xv = pg_matrix_new(&ctx->scratch, x.n_rows, p);
    if (xv.x == NULL) return pg_no_memory(ctx);
    pg_times_vector(x, pgdp_fit_estimate(job->s->fit).x, job->index + range.first);
    pg_times(x, job->vcov, xv);
    for (size_t i = 0; i < x.n_rows; i++) {
        double sum = 0;
        for (size_t j = 0; j < p; j++)
            sum += xv.x[i + j * xv.stride] * x.x[i + j * x.stride];
        job->variance[range.first + i] = fmax(sum, 0);
    }
    return PGDP_OK;
}

pgdp_status pg_fit_final(pgdp_ctx *ctx, pgdp_scoring *s)
{
    const size_t n = s->list->n_tasks;
    const char **terms;
    PG_TRY_ALLOC(ctx, terms, pg_arena_alloc(&ctx->scratch, s->features.n_columns, sizeof *terms));
    PG_TRY_ALLOC(ctx, s->index, pg_arena_alloc(&s->arena, n, sizeof *s->index));
    PG_TRY_ALLOC(ctx, s->index_variance, pg_arena_alloc(&s->arena, n, sizeof *s->index_variance));
    PG_TRY(all_columns(ctx, s, terms));
    PG_TRY(fit_model(ctx, s, terms));
    index_job job = { .s = s, .index = s->index, .variance = s->index_variance };
    PG_TRY(slope_vcov(ctx, s, &job.vcov));
    PG_TRY(pg_parallel(ctx, NULL, pg_n_blocks(n, ROWS), index_block, &job));
    const pg_lesson lesson = { s->grades, s->n_levels, NULL };
    PG_TRY_ALLOC(ctx, s->activity_shares, pg_arena_alloc(&s->arena, n * s->n_levels, sizeof *s->activity_shares));
    PG_TRY(pg_encode_shares(ctx, s->list, &s->features.chains[0], &lesson, s->activity_shares));
    return pg_calibrate(ctx, s, PGDP_NONE, &s->link);
}

static double link_variance(const pg_link *link, const double *gradient)
{
    double sum = 0;
    for (size_t j = 0; j < PG_LINK_TERMS; j++)
        for (size_t i = 0; i < PG_LINK_TERMS; i++)
            sum += gradient[i] * link->vcov[i + j * PG_LINK_TERMS] * gradient[j];
    return sum;
}

/* Delta method: the index carries the slopes' error, the link its own; they come from different fits. */
pg_probability pg_task_probability(const pgdp_scoring *s, size_t task)
{
    const pg_link *link = &s->link;
    double row[PG_LINK_TERMS];
    pg_link_row(s, s->index[task], s->activity_shares + task, row);
    const double logit = pg_link_logit(link, row), slope = link->estimate[1];
    const double variance = slope * slope * s->index_variance[task] + link_variance(link, row);
    return (pg_probability){ pg_logistic(logit), sqrt(fmax(variance, 0)) };
}

/* The gradient of the mean probability: in the slopes, and in the link's estimates. */
pgdp_status pg_group_probability(pgdp_ctx *ctx, const pgdp_scoring *s, const pg_group *group, pg_probability *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pg_link *link = &s->link;
    const pgdp_mat v = pgdp_fit_vcov(s->fit);
    const size_t n = s->list->n_tasks, p = s->n_used;
    double *gradient, row[PG_LINK_TERMS], in_link[PG_LINK_TERMS] = { 0 }, total = 0, mean = 0;
    PG_TRY_ALLOC(ctx, gradient, pg_arena_alloc(&ctx->scratch, p, sizeof *gradient));
    for (size_t k = 0; k < group->n; k++)
        total += group->weights[k];
    for (size_t k = 0; k < group->n; k++) {
        const size_t task = group->tasks[k];
        const double weight = total > 0 ? group->weights[k] / total : 1 / (double)group->n;
        pg_link_row(s, s->index[task], s->activity_shares + task, row);
        const double probability = pg_logistic(pg_link_logit(link, row));
        const double slope = weight * probability * (1 - probability);
        mean += weight * probability;
        for (size_t j = 0; j < PG_LINK_TERMS; j++)
            in_link[j] += slope * row[j];
        for (size_t j = 0; j < p; j++)
            gradient[j] += link->estimate[1] * slope * s->x[task + j * n];
    }
    double variance = link_variance(link, in_link);
    for (size_t j = 0; j < p; j++)
        variance += gradient[j] * pg_dot(v.x + j * v.n_rows, gradient, p);
    *out = (pg_probability){ mean, sqrt(fmax(variance, 0)) / fmax(mean * (1 - mean), 1e-300) };
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

void pg_probability_interval(pg_probability p, double conf_level, double *low, double *high)
{
    const double z = pgdp_normal_upper_quantile((1 - conf_level) / 2), logit = log(p.mean / (1 - p.mean));
    *low = pg_logistic(logit - z * p.logit_se);
    *high = pg_logistic(logit + z * p.logit_se);
}
