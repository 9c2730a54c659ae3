/* validate.c  From the fits of a cross-validation to calibrated forecasts of every fold.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/parallel.h"
#include "tasks/cross_validate.h"

/* Graded tasks by fold. */
static void count_tasks(const pg_validation *v, double *n)
{
    for (size_t i = 0; i < v->s->list->n_tasks; i++)
        n[v->fold[i]] += v->s->grades[i] >= 0 ? 1 : 0;
}

/* Mean out-of-fold log loss of one penalty, and its standard error over the folds. */
static void path_loss(pg_validation *v, const double *loss, const double *n, size_t l)
{
    const size_t n_lambdas = v->s->request.n_lambdas;
    double total = 0, n_total = 0, squares = 0, n_used = 0;
    for (size_t f = 0; f < v->n_folds; f++) {
        total += loss[l + f * n_lambdas];
        n_total += n[f];
    }
    v->path_loss[l] = total / n_total;
    for (size_t f = 0; f < v->n_folds; f++) {
        if (n[f] < 0.5) continue;
        n_used += 1;
        squares += pow(loss[l + f * n_lambdas] / n[f] - v->path_loss[l], 2);
    }
    v->path_se[l] = n_used > 1 ? sqrt(squares / (n_used * (n_used - 1))) : (double)NAN;
}

static pgdp_status choose(pgdp_ctx *ctx, const pg_fits *fits)
{
    pg_validation *v = fits->v;
    const size_t n = v->s->list->n_tasks, n_levels = v->s->n_levels;
    double *counts;
    PG_TRY_ALLOC(ctx, counts, pg_arena_alloc(&ctx->scratch, v->n_folds, sizeof *counts));
    count_tasks(v, counts);
    for (size_t l = 0; l < v->s->request.n_lambdas; l++) {
        path_loss(v, fits->outer.loss, counts, l);
        if (v->path_loss[l] < v->path_loss[v->chosen]) v->chosen = l;
    }
    memcpy(v->index, fits->outer.index + v->chosen * n, n * sizeof *v->index);
    memcpy(v->known, fits->outer.known, n * n_levels * sizeof *v->known);
    return PGDP_OK;
}

/* The penalty of least loss on the other folds, by models that saw neither those nor this one. */
static size_t penalty_for(const pg_fits *fits, size_t fold)
{
    const pg_validation *v = fits->v;
    const size_t n_lambdas = v->s->request.n_lambdas;
    size_t best = 0;
    double least = INFINITY;
    for (size_t l = 0; l < n_lambdas && v->nested; l++) {
        double sum = 0;
        for (size_t g = 0; g < v->n_folds; g++)
            sum += fits->inner.loss[l + (g + fold * v->n_folds) * n_lambdas];
        if (sum < least) best = l;
        least = fmin(least, sum);
    }
    return v->nested ? best : v->chosen;
}

/* The calibrated shares of one task. model: its shares, n_tasks apart. */
static void linked_shares(const pgdp_scoring *s, const pg_link *link, double index, const double *model,
                          const double *known, double *share)
{
    double own[PG_MAX_GRADES], row[PG_LINK_TERMS];
    for (size_t k = 0; k < s->n_levels; k++)
        own[k] = model[k * s->list->n_tasks];
    pg_link_row(s, index, known, row);
    pg_pooled_shares(s, pg_logistic(pg_link_logit(link, row, NULL)), own, known, share);
}

/* The log loss that shuffling a group of columns adds, mean over the fold's tasks. */
static pgdp_status measure_group(pgdp_ctx *ctx, const pg_fits *fits, const pg_link *link, size_t fold, size_t l,
                                 size_t group)
{
    const pg_validation *v = fits->v;
    const pgdp_scoring *s = v->s;
    const size_t n = s->list->n_tasks;
    size_t *tasks, *order, n_tests = 0;
    double added = 0, share[PG_MAX_GRADES];
    PG_TRY_ALLOC(ctx, tasks, pg_arena_alloc(&ctx->scratch, n, sizeof *tasks));
    PG_TRY_ALLOC(ctx, order, pg_arena_alloc(&ctx->scratch, n, sizeof *order));
    for (size_t i = 0; i < n; i++)
        if (s->grades[i] >= 0 && v->fold[i] == fold) tasks[n_tests++] = i;
    pg_shuffle(s, fold, group, n_tests, order);
    for (size_t i = 0; i < n_tests; i++) {
        const size_t task = tasks[i], known = group == PG_GROUP_ACTIVITIES ? tasks[order[i]] : task;
        const pg_forecasts *shuffled = &fits->shuffled[group];
        linked_shares(s, link, shuffled->index[task + l * n], shuffled->shares + task + l * s->n_levels * n,
                      v->known + known, share);
        added += log(v->shares[task + (size_t)s->grades[task] * n] / fmax(share[s->grades[task]], 1e-300));
    }
    v->importance[group + fold * PG_N_GROUPS] = added;
    return PGDP_OK;
}

/* A fold's tasks through a link that has not seen them. */
static pgdp_status relink_fold(pgdp_ctx *ctx, void *user, size_t fold)
{
    const pg_fits *fits = user;
    const pg_validation *v = fits->v;
    const pgdp_scoring *s = v->s;
    const size_t n = s->list->n_tasks, l = penalty_for(fits, fold), n_lambdas = s->request.n_lambdas;
    const pg_forecasts *from = v->nested ? &fits->inner : &fits->outer;
    const size_t outer = v->nested ? fold : 0;
    bool *used;
    PG_TRY_ALLOC(ctx, used, pg_arena_alloc(&ctx->scratch, v->n_folds, sizeof *used));
    for (size_t f = 0; f < fits->n_fits; f++) {
        const size_t *held = fits->held[f];
        if (!v->nested && held[0] != fold) used[held[0]] = true;
        if (held[1] == PGDP_NONE || (held[0] != fold && held[1] != fold)) continue;
        used[held[0] == fold ? held[1] : held[0]] = true;
    }
    const pg_link_rows rows = { .index = from->index + (l + outer * n_lambdas) * n,
                                .known = from->known + outer * s->n_levels * n,
                                .fold = v->fold,
                                .used = used,
                                .without = PGDP_NONE };
    double share[PG_MAX_GRADES];
    pg_link link;
    PG_TRY(pg_link_choose(ctx, &ctx->scratch, s, &rows, v->n_folds, &link));
    for (size_t i = 0; i < n; i++) {
        if (s->grades[i] < 0 || v->fold[i] != fold) continue;
        const double *model = fits->outer.shares + i + l * s->n_levels * n;
        linked_shares(s, &link, fits->outer.index[i + l * n], model, v->known + i, share);
        for (size_t k = 0; k < s->n_levels; k++) {
            v->alone[i + k * n] = model[k * n];
            v->shares[i + k * n] = share[k];
        }
    }
    for (size_t g = 0; g < PG_N_GROUPS && v->importance != NULL; g++)
        if (pg_group_counts(v, g)) PG_TRY(measure_group(ctx, fits, &link, fold, l, g));
    return PGDP_OK;
}

static pgdp_status new_results(pgdp_ctx *ctx, pg_arena *arena, pg_validation *v)
{
    const size_t n = v->s->list->n_tasks, n_lambdas = v->s->request.n_lambdas, cells = n * v->s->n_levels;
    PG_TRY_ALLOC(ctx, v->path_loss, pg_arena_alloc(arena, n_lambdas, sizeof *v->path_loss));
    PG_TRY_ALLOC(ctx, v->path_se, pg_arena_alloc(arena, n_lambdas, sizeof *v->path_se));
    PG_TRY_ALLOC(ctx, v->index, pg_arena_alloc(arena, n, sizeof *v->index));
    PG_TRY_ALLOC(ctx, v->known, pg_arena_alloc(arena, cells, sizeof *v->known));
    PG_TRY_ALLOC(ctx, v->alone, pg_arena_alloc(arena, cells, sizeof *v->alone));
    PG_TRY_ALLOC(ctx, v->shares, pg_arena_alloc(arena, cells, sizeof *v->shares));
    return PGDP_OK;
}

pgdp_status pg_validate(pgdp_ctx *ctx, pg_arena *arena, pg_validation *v)
{
    pg_fits fits = { .v = v };
    PG_TRY(new_results(ctx, arena, v));
    PG_TRY(pg_folds_assign(ctx, arena, v->s->request.seed, v));
    PG_TRY(pg_fits_run(ctx, &fits));
    PG_TRY(choose(ctx, &fits));
    return pg_parallel(ctx, NULL, v->n_folds, relink_fold, &fits);
}

pgdp_status pg_cross_validate(pgdp_ctx *ctx, pgdp_scoring *s)
{
    PG_TRY_ALLOC(ctx, s->validation, pg_arena_alloc(&s->arena, PG_N_REGIMES, sizeof *s->validation));
    for (size_t r = 0; r < PG_N_REGIMES; r++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        pg_validation *v = &s->validation[r];
        *v = (pg_validation){ .s = s, .model = s->model, .regime = (pg_regime)r, .n_folds = s->request.n_folds };
        v->nested = v->n_folds > 2; /* two folds leave nothing to choose by */
        if (r == PG_NEW_OCCUPATION)
            PG_TRY_ALLOC(ctx, v->importance,
                         pg_arena_alloc(&s->arena, PG_N_GROUPS * v->n_folds, sizeof *v->importance));
        PG_TRY(pg_validate(ctx, &s->arena, v));
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}
