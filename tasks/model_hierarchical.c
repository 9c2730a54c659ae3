/* model_hierarchical.c  Ordered logit whose tasks share effects of their activities (detailed, intermediate,
 * generalized) and of their occupation and its groups (minor, major), partially pooled; slopes with a ridge penalty.
 * Source: Breslow & Clayton (1993), JASA 88, 9-25; Gelman & Hill (2007), ch. 13; McCullagh (1980).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A task of several activities has their mean effect. A unit without graded tasks has effect 0, the mean of its group:
 * what a new occupation or activity has. Variances are learnt from the same tasks (stats/mixed.h). */
#include <math.h>
#include <string.h>

#include "core/parallel.h"
#include "stats/est_ologit.h"
#include "stats/mixed.h"
#include "tasks/models.h"
#include "tasks/validation.h"

enum { GWA, IWA, DWA, MAJOR, MINOR, OCCUPATION, N_GROUPS, FIRST_UPDATES = 6, MORE_UPDATES = 1, FINAL_UPDATES = 60 };
/* Where a group's nodes stand: chain and level of features.h. */
static const struct {
    size_t chain, level;
} place[N_GROUPS] = { { PG_CHAIN_ACTIVITIES, 0 }, { PG_CHAIN_ACTIVITIES, 1 },  { PG_CHAIN_ACTIVITIES, 2 },
                      { PG_CHAIN_GROUPS, 0 },     { PG_CHAIN_OCCUPATIONS, 0 }, { PG_CHAIN_OCCUPATIONS, 2 } };

/* The effects of rows. */
static pgdp_status effects_of(pgdp_ctx *ctx, const pgdp_scoring *s, const pg_model_rows *rows, pg_mixed_design *out)
{
    size_t *first, *effect, *n_levels, n = 0;
    double *weight;
    for (size_t i = 0; i < rows->n; i++)
        for (size_t g = 0; g < N_GROUPS; g++) {
            const size_t *at = s->features.chains[place[g].chain].first + rows->tasks[i];
            n += at[1] - at[0];
        }
    PG_TRY_ALLOC(ctx, first, pg_arena_alloc(&ctx->scratch, rows->n + 1, sizeof *first));
    PG_TRY_ALLOC(ctx, effect, pg_arena_alloc(&ctx->scratch, n + 1, sizeof *effect));
    PG_TRY_ALLOC(ctx, weight, pg_arena_alloc(&ctx->scratch, n + 1, sizeof *weight));
    PG_TRY_ALLOC(ctx, n_levels, pg_arena_alloc(&ctx->scratch, N_GROUPS, sizeof *n_levels));
    n = 0;
    for (size_t i = 0; i < rows->n; i++) {
        size_t base = 0;
        for (size_t g = 0; g < N_GROUPS; g++) {
            const pg_chain *chain = &s->features.chains[place[g].chain];
            const size_t task = rows->tasks[i], from = chain->first[task], end = chain->first[task + 1];
            for (size_t l = from; l < end; l++) {
                effect[n] = base + chain->node[place[g].level][l];
                weight[n++] = 1 / (double)(end - from);
            }
            n_levels[g] = chain->n_nodes[place[g].level];
            base += n_levels[g];
        }
        first[i + 1] = n;
    }
    *out = (pg_mixed_design){ .n = rows->n,
                              .n_slopes = rows->p,
                              .x = rows->x,
                              .n_groups = N_GROUPS,
                              .n_levels = n_levels,
                              .first = first,
                              .effect = effect,
                              .weight = weight };
    return PGDP_OK;
}

static pgdp_status learn_with(pgdp_ctx *ctx, pg_arena *arena, const pgdp_scoring *s, const pg_model_rows *rows,
                              double penalty, const pg_mixed *start, size_t n_updates, pg_mixed *out)
{
    double *cuts, log_lik;
    pg_mixed_design design;
    const pgdp_design shares = { .y = { rows->grades, rows->n } };
    PG_TRY(pg_ologit_start(ctx, &shares, s->n_cuts, &cuts, &log_lik));
    PG_TRY(effects_of(ctx, s, rows, &design));
    design.model = &pg_ologit_model;
    design.n_cuts = s->n_cuts;
    design.start_cuts = cuts;
    design.y = rows->grades;
    design.lambda = penalty;
    design.tolerance = n_updates == FINAL_UPDATES ? 0 : 1e-8;
    return pg_mixed_fit(ctx, arena, &design, start == NULL ? NULL : start->variance, n_updates, out);
}

static pgdp_status learn(pgdp_ctx *ctx, pg_arena *arena, const pgdp_scoring *s, const pg_model_rows *rows,
                         double penalty, const void *start, const void **learnt)
{
    pg_mixed *fit;
    PG_TRY_ALLOC(ctx, fit, pg_arena_alloc(arena, 1, sizeof *fit));
    /* variances hang on the penalty little, so that those of the one before need a step */
    PG_TRY(learn_with(ctx, arena, s, rows, penalty, start, start == NULL ? FIRST_UPDATES : MORE_UPDATES, fit));
    *learnt = fit;
    return PGDP_OK;
}

static pgdp_status forecast(pgdp_ctx *ctx, const pgdp_scoring *s, const void *learnt, const pg_model_rows *rows,
                            double *index, double *shares)
{
    const pg_mixed *fit = learnt;
    pg_mixed_design design;
    PG_TRY(effects_of(ctx, s, rows, &design));
    pg_times_vector(pg_matrix_view(rows->x, rows->n, rows->p, rows->n), fit->slopes, index);
    for (size_t i = 0; i < rows->n; i++)
        for (size_t e = design.first[i]; e < design.first[i + 1]; e++)
            index[i] += design.weight[e] * fit->effects[design.effect[e]];
    for (size_t i = 0; shares != NULL && i < rows->n; i++) {
        double share[PG_MAX_GRADES];
        pg_ordered_shares(index[i], fit->cuts, s->n_cuts, share);
        for (size_t k = 0; k < s->n_levels; k++)
            shares[i + k * rows->n] = share[k];
    }
    return PGDP_OK;
}

static pgdp_status finish(pgdp_ctx *ctx, pgdp_scoring *s, const pg_model_rows *graded, const pg_model_rows *all)
{
    pg_mixed *fit;
    const double penalty = s->request.lambdas[s->validation[PG_NEW_OCCUPATION].chosen];
    PG_TRY_ALLOC(ctx, fit, pg_arena_alloc(&s->arena, 1, sizeof *fit));
    PG_TRY(learn_with(ctx, &s->arena, s, graded, penalty, NULL, FINAL_UPDATES, fit));
    s->learnt = fit;
    return forecast(ctx, s, fit, all, s->index, s->shares);
}

/* All tasks with their columns and effects. */
static pgdp_status all_rows(pgdp_ctx *ctx, const pgdp_scoring *s, pg_mixed_design *out)
{
    const size_t n = s->list->n_tasks;
    size_t *tasks;
    PG_TRY_ALLOC(ctx, tasks, pg_arena_alloc(&ctx->scratch, n, sizeof *tasks));
    for (size_t i = 0; i < n; i++)
        tasks[i] = i;
    return effects_of(ctx, s, &(pg_model_rows){ .x = s->x, .n = n, .p = s->n_used, .tasks = tasks }, out);
}

static pgdp_status variances(pgdp_ctx *ctx, const pgdp_scoring *s, double *out)
{
    pg_mixed_design rows;
    PG_TRY(all_rows(ctx, s, &rows));
    return pg_mixed_index_variances(ctx, s->learnt, &rows, out);
}

static pgdp_status variance(pgdp_ctx *ctx, const pgdp_scoring *s, const pg_index_sum *sum, double *out)
{
    const pg_mixed *fit = s->learnt;
    const size_t n = s->list->n_tasks, q = fit->n_effects, n_terms = q + fit->n_slopes + fit->n_cuts;
    const pg_model_rows rows = { .n = sum->n, .tasks = sum->tasks };
    pg_mixed_design design;
    double *gradient, *work;
    PG_TRY_ALLOC(ctx, gradient, pg_arena_alloc(&ctx->scratch, n_terms, sizeof *gradient));
    PG_TRY_ALLOC(ctx, work, pg_arena_alloc(&ctx->scratch, 2 * n_terms, sizeof *work));
    PG_TRY(effects_of(ctx, s, &rows, &design));
    for (size_t k = 0; k < sum->n; k++) {
        for (size_t e = design.first[k]; e < design.first[k + 1]; e++)
            gradient[design.effect[e]] += sum->weights[k] * design.weight[e];
        for (size_t j = 0; j < s->n_used; j++)
            gradient[q + j] += sum->weights[k] * s->x[sum->tasks[k] + j * n];
    }
    *out = pg_mixed_variance(fit, gradient, work);
    return PGDP_OK;
}

static pgdp_status prepare(pgdp_ctx *ctx, const pgdp_scoring *s, const void **prepared)
{
    pg_mixed_design *rows;
    PG_TRY_ALLOC(ctx, rows, pg_arena_alloc(&ctx->scratch, 1, sizeof *rows));
    PG_TRY(all_rows(ctx, s, rows));
    *prepared = rows;
    return PGDP_OK;
}

static pgdp_status draw(pgdp_ctx *ctx, const pgdp_scoring *s, const void *prepared, size_t first, pg_matrix index)
{
    const pg_mixed_design *rows = prepared;
    const pg_mixed *fit = s->learnt;
    const size_t q = fit->n_effects, p = fit->n_slopes, n_terms = q + p + fit->n_cuts;
    const pg_matrix z = pg_matrix_new(&ctx->scratch, n_terms, index.n_cols);
    double *work;
    if (z.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, work, pg_arena_alloc(&ctx->scratch, n_terms, sizeof *work));
    for (size_t d = 0; d < index.n_cols; d++) {
        pg_random stream = pg_draw_stream(s, first + d);
        for (size_t j = 0; j < n_terms; j++)
            z.x[j + d * n_terms] = pg_random_normal(&stream);
        pg_mixed_draw(fit, z.x + d * n_terms, work);
    }
    pg_times(pg_matrix_view(rows->x, rows->n, p, rows->n), (pg_matrix){ z.x + q, p, index.n_cols, n_terms }, index);
    for (size_t d = 0; d < index.n_cols; d++)
        for (size_t i = 0; i < rows->n; i++)
            for (size_t e = rows->first[i]; e < rows->first[i + 1]; e++)
                index.x[i + d * index.stride] += rows->weight[e] * z.x[rows->effect[e] + d * n_terms];
    return PGDP_OK;
}

const pg_task_model pg_model_hierarchical = {
    .name = "hierarchical",
    .title = "Ordered logit with effects of activities and occupations, partially pooled",
    .source = "Breslow & Clayton (1993), JASA 88, 9-25; Schall (1991), Biometrika 78, 719-727",
    .plain = true,
    .learn = learn,
    .forecast = forecast,
    .finish = finish,
    .variances = variances,
    .variance = variance,
    .prepare = prepare,
    .draw = draw,
};
