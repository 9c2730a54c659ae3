/* importance.c  What a group of columns is worth: the log loss that shuffling it among the tasks of a fold adds.
 * Source: Breiman (2001), Machine Learning 45, section 10; Fisher, Rudin & Dominici (2019), JMLR 20, section 3.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/random.h"
#include "tasks/cross_validate.h"

static const char *const names[PG_N_GROUPS] = { "occupation_descriptors", "task_ratings",      "gwa_shares",
                                                "activity_grades",        "occupation_grades", "text" };
static const char *const titles[PG_N_GROUPS] = {
    "The occupation's job zone, skills, styles and contexts",
    "The task's importance, relevance, frequency, type and number of activities",
    "Shares of the task's activities in each generalized one",
    "Grades of the task's activities (detailed, intermediate, generalized) elsewhere",
    "Grades of the occupation's group (broad, minor, major) elsewhere",
    "The grade that the task's statement forecasts",
};

bool pg_group_counts(const pg_validation *v, size_t group)
{
    if (group == PG_GROUP_TEXT) return v->s->statements != NULL;
    return group != PG_GROUP_OCCUPATIONS || !v->model->plain;
}

void pg_shuffle(const pgdp_scoring *s, size_t fold, size_t group, size_t n, size_t *out)
{
    /* the text has streams of its own, so that the other groups are shuffled alike with it and without */
    const bool text = group == PG_GROUP_TEXT;
    pg_random stream = pg_random_stream(s->request.seed, text ? "importance of text" : "importance",
                                        (uint32_t)(text ? fold : fold * PG_GROUP_TEXT + group));
    for (size_t i = 0; i < n; i++)
        out[i] = i;
    for (size_t i = n; i > 1; i--) {
        const size_t j = pg_random_index(&stream, i), kept = out[i - 1];
        out[i - 1] = out[j];
        out[j] = kept;
    }
}

pgdp_status pg_shuffled_new(pgdp_ctx *ctx, pg_fits *fits)
{
    const pgdp_scoring *s = fits->v->s;
    const size_t n = s->list->n_tasks * s->request.n_lambdas;
    PG_TRY_ALLOC(ctx, fits->shuffled, pg_arena_alloc(&ctx->scratch, PG_N_GROUPS, sizeof *fits->shuffled));
    for (size_t g = 0; g < PG_N_GROUPS; g++) {
        if (!pg_group_counts(fits->v, g)) continue;
        pg_forecasts *to = &fits->shuffled[g];
        PG_TRY_ALLOC(ctx, to->index, pg_arena_alloc(&ctx->scratch, n, sizeof *to->index));
        PG_TRY_ALLOC(ctx, to->shares, pg_arena_alloc(&ctx->scratch, n * s->n_levels, sizeof *to->shares));
    }
    return PGDP_OK;
}

/* The tests with one group's columns shuffled among them; a model that learns the hierarchy's effects by itself finds
 * them by the task, so its tasks change places too. */
static pgdp_status shuffle_rows(pgdp_ctx *ctx, const pg_fits *fits, const pg_model_rows *tests, size_t fold,
                                size_t group, pg_model_rows *out)
{
    const size_t n = tests->n;
    size_t *order, *tasks;
    double *x;
    PG_TRY_ALLOC(ctx, order, pg_arena_alloc(&ctx->scratch, n, sizeof *order));
    PG_TRY_ALLOC(ctx, tasks, pg_arena_alloc(&ctx->scratch, n, sizeof *tasks));
    PG_TRY_ALLOC(ctx, x, pg_matrix_new(&ctx->scratch, n, tests->p).x);
    pg_shuffle(fits->v->s, fold, group, n, order);
    memcpy(x, tests->x, n * tests->p * sizeof *x);
    for (size_t j = 0; j < tests->p; j++)
        for (size_t i = 0; tests->group[j] == group && i < n; i++)
            x[i + j * n] = tests->x[order[i] + j * n];
    for (size_t i = 0; i < n; i++)
        tasks[i] = tests->tasks[group == PG_GROUP_ACTIVITIES ? order[i] : i];
    *out = *tests;
    out->x = x;
    out->tasks = tasks;
    return PGDP_OK;
}

pgdp_status pg_forecast_shuffled(pgdp_ctx *ctx, const pg_fits *fits, const void *learnt, const pg_model_rows *tests,
                                 size_t fold, size_t lambda)
{
    const pg_validation *v = fits->v;
    const size_t n = v->s->list->n_tasks, n_levels = v->s->n_levels;
    for (size_t g = 0; g < PG_N_GROUPS; g++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        pg_model_rows shuffled;
        double *index, *shares;
        if (!pg_group_counts(v, g)) continue;
        PG_TRY(shuffle_rows(ctx, fits, tests, fold, g, &shuffled));
        PG_TRY_ALLOC(ctx, index, pg_arena_alloc(&ctx->scratch, tests->n, sizeof *index));
        PG_TRY_ALLOC(ctx, shares, pg_matrix_new(&ctx->scratch, tests->n, n_levels).x);
        PG_TRY(v->model->forecast(ctx, v->s, learnt, &shuffled, index, shares));
        for (size_t i = 0; i < tests->n; i++) {
            const size_t task = tests->tasks[i];
            fits->shuffled[g].index[task + lambda * n] = index[i];
            for (size_t k = 0; k < n_levels; k++)
                fits->shuffled[g].shares[task + (k + lambda * n_levels) * n] = shares[i + k * tests->n];
        }
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

enum { GROUP, TITLE, LOSS_ADDED, STD_ERROR, N_IMPORTANCE };
static const pgdp_column columns[N_IMPORTANCE] = {
    [GROUP] = PG_TEXT_COLUMN("group"),
    [TITLE] = PG_TEXT_COLUMN("title"),
    [LOSS_ADDED] = PG_REAL_COLUMN("log_loss_added", "nats"),
    [STD_ERROR] = PG_REAL_COLUMN("std_error", "nats"),
};

pgdp_status pg_write_importance(pgdp_ctx *ctx, pgdp_scoring *s)
{
    const pg_validation *v = &s->validation[PG_NEW_OCCUPATION];
    double *n;
    PG_TRY_ALLOC(ctx, n, pg_arena_alloc(&ctx->scratch, v->n_folds, sizeof *n));
    for (size_t i = 0; i < s->list->n_tasks; i++)
        n[v->fold[i]] += s->grades[i] >= 0 ? 1 : 0;
    PG_TRY(pg_frame_of(ctx, columns, N_IMPORTANCE, PG_N_GROUPS, &s->importance));
    for (size_t g = 0; g < PG_N_GROUPS; g++) {
        double sum = 0, squares = 0, folds = 0;
        if (!pg_group_counts(v, g)) continue;
        for (size_t f = 0; f < v->n_folds; f++)
            sum += v->importance[g + f * PG_N_GROUPS];
        const double mean = sum / (double)s->n_graded;
        for (size_t f = 0; f < v->n_folds; f++) {
            if (n[f] < 0.5) continue;
            squares += pow(v->importance[g + f * PG_N_GROUPS] / n[f] - mean, 2);
            folds += 1;
        }
        PG_TRY(pgdp_frame_add_row(ctx, s->importance));
        PG_TRY(pg_set_text(ctx, s->importance, GROUP, names[g]));
        PG_TRY(pg_set_text(ctx, s->importance, TITLE, titles[g]));
        pgdp_frame_set_real(s->importance, LOSS_ADDED, mean);
        pgdp_frame_set_real(s->importance, STD_ERROR, folds > 1 ? sqrt(squares / (folds * (folds - 1))) : (double)NAN);
    }
    return PGDP_OK;
}
