/* final_fit.c  The model on all graded tasks, every task's index with its variance, and probabilities from them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "tasks/validation.h"

/* Standardised columns of all tasks, the constant ones left out; names of those that stay. */
static pgdp_status all_columns(pgdp_ctx *ctx, pgdp_scoring *s, const size_t *graded, const size_t *all,
                               const char ***terms)
{
    const size_t n = s->list->n_tasks;
    const pg_lesson lesson = { s->grades, s->n_levels, NULL, PG_NEW_OCCUPATION };
    pg_columns columns;
    pg_scale scale;
    PG_TRY(pg_columns_learn(ctx, s, s->model, &lesson, &columns));
    PG_TRY(pg_scale_of(ctx, &(pg_rows){ &columns, graded, s->n_graded }, &scale));
    pg_drop_constant(&columns, &scale);
    PG_TRY_ALLOC(ctx, s->x, pg_arena_alloc(&s->arena, n * columns.n + 1, sizeof *s->x));
    pg_standardise(&(pg_rows){ &columns, all, n }, &scale, s->x);
    s->n_used = columns.n;
    *terms = columns.names;
    return PGDP_OK;
}

static pgdp_status fit_model(pgdp_ctx *ctx, pgdp_scoring *s)
{
    const size_t n = s->list->n_tasks;
    double *x, *y;
    size_t *graded, *all, at = 0;
    const char **terms;
    PG_TRY_ALLOC(ctx, graded, pg_arena_alloc(&ctx->scratch, n, sizeof *graded));
    PG_TRY_ALLOC(ctx, all, pg_arena_alloc(&ctx->scratch, n, sizeof *all));
    PG_TRY_ALLOC(ctx, y, pg_arena_alloc(&ctx->scratch, n, sizeof *y));
    for (size_t i = 0; i < n; i++) {
        all[i] = i;
        if (s->grades[i] < 0) continue;
        y[at] = (double)s->grades[i];
        graded[at++] = i;
    }
    PG_TRY(all_columns(ctx, s, graded, all, &terms));
    PG_TRY_ALLOC(ctx, x, pg_matrix_new(&ctx->scratch, at, s->n_used).x);
    for (size_t j = 0; j < s->n_used; j++)
        for (size_t i = 0; i < at; i++)
            x[i + j * at] = s->x[graded[i] + j * n];
    const pg_model_rows rows = { x, at, s->n_used, graded, y, terms, NULL };
    const pg_model_rows every = { s->x, n, s->n_used, all, NULL, terms, NULL };
    PG_TRY(s->model->finish(ctx, s, &rows, &every));
    return s->model->variances(ctx, s, s->index_variance);
}

pgdp_status pg_fit_final(pgdp_ctx *ctx, pgdp_scoring *s)
{
    const size_t n = s->list->n_tasks;
    const pg_lesson lesson = { s->grades, s->n_levels, NULL, PG_NEW_OCCUPATION };
    PG_TRY_ALLOC(ctx, s->index, pg_arena_alloc(&s->arena, n, sizeof *s->index));
    PG_TRY_ALLOC(ctx, s->index_variance, pg_arena_alloc(&s->arena, n, sizeof *s->index_variance));
    PG_TRY_ALLOC(ctx, s->shares, pg_arena_alloc(&s->arena, n * s->n_levels, sizeof *s->shares));
    PG_TRY_ALLOC(ctx, s->known, pg_arena_alloc(&s->arena, n * s->n_levels, sizeof *s->known));
    PG_TRY(fit_model(ctx, s));
    PG_TRY(pg_encode_shares(ctx, s->list, &s->features, &lesson, s->known));
    const pg_validation *v = &s->validation[PG_NEW_OCCUPATION];
    const pg_link_rows rows = { v->index, v->known, v->fold, NULL, PGDP_NONE, s->list->occupation };
    return pg_link_choose(ctx, &s->arena, s, &rows, v->n_folds, &s->link);
}

static double link_variance(const pg_link *link, const double *gradient)
{
    double sum = 0;
    for (size_t j = 0; j < PG_LINK_TERMS; j++)
        for (size_t i = 0; i < PG_LINK_TERMS; i++)
            sum += gradient[i] * link->vcov[i + j * PG_LINK_TERMS] * gradient[j];
    return sum;
}

/* Delta method: the index carries the model's error, the link its own; they come from different fits. */
pg_probability pg_task_probability(const pgdp_scoring *s, size_t task)
{
    const pg_link *link = &s->link;
    double row[PG_LINK_TERMS], bend;
    pg_link_row(s, s->index[task], s->known + task, row);
    const double logit = pg_link_logit(link, row, &bend), slope = link->estimate[1];
    const double variance = slope * slope * s->index_variance[task] + link_variance(link, row);
    return (pg_probability){ pg_logistic(logit), bend * sqrt(fmax(variance, 0)) };
}

/* The gradient of the mean probability: in the indices, and in the link's estimates. */
pgdp_status pg_group_probability(pgdp_ctx *ctx, const pgdp_scoring *s, const pg_group *group, pg_probability *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pg_link *link = &s->link;
    double *gradient, row[PG_LINK_TERMS], bend, in_link[PG_LINK_TERMS] = { 0 }, total = 0, mean = 0, variance;
    PG_TRY_ALLOC(ctx, gradient, pg_arena_alloc(&ctx->scratch, group->n, sizeof *gradient));
    for (size_t k = 0; k < group->n; k++)
        total += group->weights[k];
    for (size_t k = 0; k < group->n; k++) {
        const size_t task = group->tasks[k];
        const double weight = total > 0 ? group->weights[k] / total : 1 / (double)group->n;
        pg_link_row(s, s->index[task], s->known + task, row);
        const double probability = pg_logistic(pg_link_logit(link, row, &bend));
        const double slope = weight * probability * (1 - probability) * bend;
        mean += weight * probability;
        for (size_t j = 0; j < PG_LINK_TERMS; j++)
            in_link[j] += slope * row[j];
        gradient[k] = link->estimate[1] * slope;
    }
    PG_TRY(s->model->variance(ctx, s, &(pg_index_sum){ group->tasks, gradient, group->n }, &variance));
    variance += link_variance(link, in_link);
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
