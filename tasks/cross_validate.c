/* cross_validate.c  Fits without a fold or two, their forecasts of what they have not seen, and the penalty of least
 * out-of-fold log loss. Source: Hastie, Tibshirani & Friedman (2009), section 7.10.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/parallel.h"
#include "core/random.h"
#include "tasks/cross_validate.h"

pgdp_status pg_folds_assign(pgdp_ctx *ctx, pg_arena *arena, uint64_t seed, pg_validation *v)
{
    const pgdp_task_list *list = v->s->list;
    PG_TRY_ALLOC(ctx, v->fold, pg_arena_alloc(arena, list->n_tasks, sizeof *v->fold));
    for (size_t o = 0; o < list->n_occupations && v->regime == PG_NEW_OCCUPATION; o++) {
        pg_random stream = pg_random_stream(seed, list->occupations[o].onet_soc, 0);
        const size_t fold = pg_random_index(&stream, v->n_folds);
        for (size_t i = list->occupations[o].first; i < list->occupations[o].end; i++)
            v->fold[i] = fold;
    }
    if (v->regime == PG_NEW_OCCUPATION) return PGDP_OK;
    PG_TRY_ALLOC(ctx, v->link_fold, pg_arena_alloc(arena, list->n_links, sizeof *v->link_fold));
    for (size_t i = 0; i < list->n_tasks; i++) {
        for (size_t l = list->first_link[i]; l < list->first_link[i + 1]; l++) {
            const bool alone =
                list->activity[l] == list->n_activities; /* a task without an activity is one by itself */
            pg_random stream = pg_random_stream(seed, alone ? "alone" : list->activities[list->activity[l]].id[PG_DWA],
                                                alone ? (uint32_t)i : 0);
            v->link_fold[l] = pg_random_index(&stream, v->n_folds);
        }
        v->fold[i] = v->link_fold[list->first_link[i]];
    }
    return PGDP_OK;
}

void pg_held_out(const pg_validation *v, const bool *held, bool *out)
{
    const pgdp_task_list *list = v->s->list;
    for (size_t i = 0; i < list->n_tasks; i++) {
        out[i] = held[v->fold[i]];
        for (size_t l = list->first_link[i]; v->link_fold != NULL && l < list->first_link[i + 1]; l++)
            out[i] = out[i] || held[v->link_fold[l]];
    }
}

/* One fit's rows. */
typedef struct split {
    bool *held_out; /* [n_tasks] */
    size_t *training, *test, n_training, n_test;
    double *grades, *learned; /* [n_training]; [n_tasks x columns learned from training] */
    pg_model_rows train, tests;
} split;

static pgdp_status split_tasks(pgdp_ctx *ctx, const pg_validation *v, const bool *held, split *out)
{
    const pgdp_scoring *s = v->s;
    const size_t n = s->list->n_tasks;
    *out = (split){ .n_training = 0 };
    PG_TRY_ALLOC(ctx, out->held_out, pg_arena_alloc(&ctx->scratch, n, sizeof *out->held_out));
    PG_TRY_ALLOC(ctx, out->training, pg_arena_alloc(&ctx->scratch, n, sizeof *out->training));
    PG_TRY_ALLOC(ctx, out->test, pg_arena_alloc(&ctx->scratch, n, sizeof *out->test));
    PG_TRY_ALLOC(ctx, out->grades, pg_arena_alloc(&ctx->scratch, n, sizeof *out->grades));
    pg_held_out(v, held, out->held_out);
    for (size_t i = 0; i < n; i++) {
        if (s->grades[i] < 0) continue;
        if (held[v->fold[i]]) out->test[out->n_test++] = i;
        if (out->held_out[i]) continue;
        out->grades[out->n_training] = (double)s->grades[i];
        out->training[out->n_training++] = i;
    }
    return PGDP_OK;
}

/* Standardised columns of both parts; the learned ones come from the training part alone. */
static pgdp_status split_columns(pgdp_ctx *ctx, const pg_validation *v, split *part)
{
    const pgdp_scoring *s = v->s;
    const pg_lesson lesson = { s->grades, s->n_levels, part->held_out, v->regime };
    double *train, *test;
    pg_scale scale;
    pg_columns columns;
    PG_TRY(pg_columns_learn(ctx, s, v->model, &lesson, &columns));
    const pg_rows training_rows = { &columns, part->training, part->n_training };
    const pg_rows test_rows = { &columns, part->test, part->n_test };
    PG_TRY(pg_scale_of(ctx, &training_rows, &scale));
    pg_drop_constant(&columns, &scale);
    PG_TRY_ALLOC(ctx, train, pg_matrix_new(&ctx->scratch, part->n_training, columns.n).x);
    PG_TRY_ALLOC(ctx, test, pg_matrix_new(&ctx->scratch, part->n_test, columns.n).x);
    pg_standardise(&training_rows, &scale, train);
    pg_standardise(&test_rows, &scale, test);
    part->train = (pg_model_rows){ train,        part->n_training, columns.n,    part->training,
                                   part->grades, columns.names,    columns.group };
    part->tests = (pg_model_rows){ test, part->n_test, columns.n, part->test, NULL, columns.names, columns.group };
    return PGDP_OK;
}

static pgdp_status missing_grade(pgdp_ctx *ctx, const pg_validation *v, const split *part)
{
    bool present[PG_MAX_GRADES] = { false };
    for (size_t i = 0; i < part->n_training; i++)
        present[(size_t)part->grades[i]] = true;
    for (size_t k = 0; k < v->s->n_levels; k++)
        if (!present[k])
            return pg_fail(
                ctx, PGDP_TOO_FEW_OBS,
                "scoring: found no task graded \"%s\" outside one of the %zu folds; use fewer folds or levels",
                v->s->request.levels[k], v->n_folds);
    return PGDP_OK;
}

/* Forecasts to the place of the fold in which the task is forecast. pair: the fit left out a second fold, which then is
 * the outer one. shares NULL: not kept. */
static void keep(const pg_fits *fits, const split *part, const size_t *held, size_t l, const double *index,
                 const double *shares)
{
    const pg_validation *v = fits->v;
    const size_t n = v->s->list->n_tasks, n_levels = v->s->n_levels, n_lambdas = v->s->request.n_lambdas;
    const bool pair = held[1] != PGDP_NONE;
    for (size_t i = 0; i < part->n_test; i++) {
        const size_t task = part->test[i], fold = v->fold[task],
                     outer = !pair             ? 0
                             : fold == held[0] ? held[1]
                                               : held[0];
        const pg_forecasts *to = pair ? &fits->inner : &fits->outer;
        const double p = fmax(shares[i + (size_t)v->s->grades[task] * part->n_test], 1e-300);
        to->index[task + (l + outer * n_lambdas) * n] = index[i];
        to->loss[l + (fold + outer * v->n_folds) * n_lambdas] -= log(p);
        for (size_t k = 0; !pair && k < n_levels; k++)
            to->shares[task + (k + l * n_levels) * n] = shares[i + k * part->n_test];
    }
}

/* What the known hierarchy of the tasks shows outside what is held out. */
static pgdp_status keep_known(pgdp_ctx *ctx, const pg_fits *fits, const split *part, const size_t *held)
{
    const pg_validation *v = fits->v;
    const size_t n = v->s->list->n_tasks, n_levels = v->s->n_levels;
    const bool pair = held[1] != PGDP_NONE;
    const pg_lesson lesson = { v->s->grades, n_levels, part->held_out, v->regime };
    const pg_forecasts *to = pair ? &fits->inner : &fits->outer;
    double *known;
    PG_TRY_ALLOC(ctx, known, pg_arena_alloc(&ctx->scratch, n * n_levels, sizeof *known));
    PG_TRY(pg_encode_shares(ctx, v->s->list, &v->s->features, &lesson, known));
    for (size_t k = 0; k < n_levels; k++)
        for (size_t i = 0; i < part->n_test; i++) {
            const size_t task = part->test[i];
            const size_t outer = !pair ? 0 : v->fold[task] == held[0] ? held[1] : held[0];
            to->known[task + (k + outer * n_levels) * n] = known[task + k * n];
        }
    return PGDP_OK;
}

/* All penalties on one split, each fit starting from the one before. arena: of what is learnt. */
static pgdp_status fit_path(pgdp_ctx *ctx, pg_arena *arena, const pg_fits *fits, const split *part, const size_t *held)
{
    const pg_validation *v = fits->v;
    const void *learnt = NULL;
    double *index, *shares;
    PG_TRY_ALLOC(ctx, index, pg_arena_alloc(&ctx->scratch, part->n_test, sizeof *index));
    PG_TRY_ALLOC(ctx, shares, pg_matrix_new(&ctx->scratch, part->n_test, v->s->n_levels).x);
    for (size_t k = 0; k < v->s->request.n_lambdas; k++) {
        const size_t l = fits->order[k];
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        PG_TRY(v->model->learn(ctx, arena, v->s, &part->train, v->s->request.lambdas[l], learnt, &learnt));
        PG_TRY(v->model->forecast(ctx, v->s, learnt, &part->tests, index, shares));
        keep(fits, part, held, l, index, shares);
        if (fits->shuffled != NULL && held[1] == PGDP_NONE)
            PG_TRY(pg_forecast_shuffled(ctx, fits, learnt, &part->tests, held[0], l));
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

/* Fits leave out one fold each, and, when nested, the pairs of folds at most two apart on a circle. */
static pgdp_status list_fits(pgdp_ctx *ctx, pg_fits *fits)
{
    const size_t n = fits->v->n_folds;
    PG_TRY_ALLOC(ctx, fits->held, pg_arena_alloc(&ctx->scratch, 3 * n, sizeof *fits->held));
    for (size_t f = 0; f < n; f++) {
        fits->held[f][0] = f;
        fits->held[f][1] = PGDP_NONE;
    }
    fits->n_fits = n;
    for (size_t f = 0; f < n && fits->v->nested; f++)
        for (size_t g = f + 1; g < n; g++) {
            if (g - f > 2 && n - (g - f) > 2) continue;
            fits->held[fits->n_fits][0] = f;
            fits->held[fits->n_fits++][1] = g;
        }
    return PGDP_OK;
}

static pgdp_status run_fit(pgdp_ctx *ctx, void *user, size_t fit)
{
    const pg_fits *fits = user;
    const pg_validation *v = fits->v;
    const size_t *held = fits->held[fit];
    bool *is_held;
    split part;
    PG_TRY_ALLOC(ctx, is_held, pg_arena_alloc(&ctx->scratch, v->n_folds, sizeof *is_held));
    for (size_t h = 0; h < 2 && held[h] != PGDP_NONE; h++)
        is_held[held[h]] = true;
    PG_TRY(split_tasks(ctx, v, is_held, &part));
    if (part.n_test == 0) return PGDP_OK;
    PG_TRY(missing_grade(ctx, v, &part));
    PG_TRY(split_columns(ctx, v, &part));
    PG_TRY(keep_known(ctx, fits, &part, held));
    pg_arena arena;
    pg_arena_init(&arena, &ctx->allocator);
    const pgdp_status status = fit_path(ctx, &arena, fits, &part, held);
    pg_arena_free(&arena);
    return status == PGDP_OK ? status : pg_fail_within(ctx, status, "scoring: fold %zu: ", held[0] + 1);
}

static pgdp_status new_forecasts(pgdp_ctx *ctx, const pg_validation *v, size_t n_outer, bool shares, pg_forecasts *out)
{
    const size_t n = v->s->list->n_tasks, n_lambdas = v->s->request.n_lambdas, n_levels = v->s->n_levels;
    pg_arena *a = &ctx->scratch;
    PG_TRY_ALLOC(ctx, out->index, pg_arena_alloc(a, n * n_lambdas * n_outer, sizeof *out->index));
    PG_TRY_ALLOC(ctx, out->loss, pg_arena_alloc(a, n_lambdas * v->n_folds * n_outer, sizeof *out->loss));
    PG_TRY_ALLOC(ctx, out->known, pg_arena_alloc(a, n * n_levels * n_outer, sizeof *out->known));
    if (shares) PG_TRY_ALLOC(ctx, out->shares, pg_arena_alloc(a, n * n_levels * n_lambdas, sizeof *out->shares));
    return PGDP_OK;
}

static void sort_heaviest_first(const double *lambdas, size_t n, size_t *order)
{
    for (size_t k = 0; k < n; k++) {
        size_t at = k;
        for (; at > 0 && lambdas[order[at - 1]] < lambdas[k]; at--)
            order[at] = order[at - 1];
        order[at] = k;
    }
}

pgdp_status pg_fits_run(pgdp_ctx *ctx, pg_fits *fits)
{
    pg_validation *v = fits->v;
    const size_t n_folds = v->n_folds, n_lambdas = v->s->request.n_lambdas;
    size_t *order;
    PG_TRY_ALLOC(ctx, order, pg_arena_alloc(&ctx->scratch, n_lambdas, sizeof *order));
    sort_heaviest_first(v->s->request.lambdas, n_lambdas, order);
    fits->order = order;
    PG_TRY(new_forecasts(ctx, v, 1, true, &fits->outer));
    if (v->nested) PG_TRY(new_forecasts(ctx, v, n_folds, false, &fits->inner));
    if (v->importance != NULL) PG_TRY(pg_shuffled_new(ctx, fits));
    PG_TRY(list_fits(ctx, fits));
    return pg_parallel(ctx, "cross-validation fits", fits->n_fits, run_fit, fits);
}
