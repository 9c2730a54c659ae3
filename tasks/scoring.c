/* scoring.c  The scoring model from request to answers: the steps in order, and their results.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/statements.h"

#include <math.h>
#include <string.h>

#include "core/text.h"

static pgdp_status check_numbers(pgdp_ctx *ctx, const pgdp_scoring_request *r)
{
    if (!(r->majority > 0 && r->majority <= 1))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "scoring: majority must lie above 0 and at most at 1");
    if (!(r->conf_level > 0 && r->conf_level < 1))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "scoring: conf_level must lie between 0 and 1");
    if (r->n_lambdas == 0) return pg_fail(ctx, PGDP_BAD_ARGUMENT, "scoring: found no lambdas, expected one or more");
    for (size_t l = 0; l < r->n_lambdas; l++)
        if (!(r->lambdas[l] > 0) || isinf(r->lambdas[l]))
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "scoring: every lambda must be a number above 0");
    if (r->n_folds < 2)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "scoring: found %zu folds, expected 2 or more", r->n_folds);
    if (r->n_draws > UINT32_MAX) return pg_fail(ctx, PGDP_BAD_ARGUMENT, "scoring: n_draws must be below 2^32");
    return PGDP_OK;
}

/* The threshold's level; the lowest level is no threshold, since every task reaches it. */
static pgdp_status find_threshold(pgdp_ctx *ctx, pgdp_scoring *s)
{
    const pgdp_scoring_request *r = &s->request;
    s->n_levels = pg_n_levels(r->levels);
    if (s->n_levels < 2 || s->n_levels > PG_MAX_GRADES)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "scoring: found %zu levels, expected 2 to %d", s->n_levels,
                       PG_MAX_GRADES);
    s->n_cuts = s->n_levels - 1;
    for (s->threshold = 1; s->threshold < s->n_levels; s->threshold++)
        if (pg_streq(r->levels[s->threshold], r->threshold)) return PGDP_OK;
    return pg_fail(ctx, PGDP_NOT_FOUND, "scoring: found threshold \"%s\", expected a level above the lowest, \"%s\"",
                   r->threshold, r->levels[0]);
}

static pgdp_status copy_names(pgdp_ctx *ctx, pgdp_scoring *s, const char *const *names, const char *const **out)
{
    const char **copy;
    const size_t n = names == NULL ? 0 : pg_n_levels(names);
    PG_TRY_ALLOC(ctx, copy, pg_arena_alloc(&s->arena, n + 1, sizeof *copy));
    for (size_t i = 0; i < n; i++)
        PG_TRY_ALLOC(ctx, copy[i], pg_arena_strdup(&s->arena, names[i]));
    *out = copy;
    return PGDP_OK;
}

static pgdp_status copy_rivals(pgdp_ctx *ctx, pgdp_scoring *s, const pgdp_scoring_request *r)
{
    const pg_task_model *model;
    const char **rivals;
    size_t n = 0;
    while (r->rivals != NULL && r->rivals[n] != NULL)
        n++;
    PG_TRY_ALLOC(ctx, rivals, pg_arena_alloc(&s->arena, n + 1, sizeof *rivals));
    for (size_t i = 0; i < n; i++) {
        PG_TRY(pg_task_model_find(ctx, r->rivals[i], &model));
        rivals[i] = model->name;
    }
    s->request.rivals = rivals;
    return PGDP_OK;
}

/* The request's own copies of what it points to. */
static pgdp_status copy_request(pgdp_ctx *ctx, pgdp_scoring *s, const pgdp_scoring_request *r)
{
    double *lambdas;
    s->request = *r;
    PG_TRY_ALLOC(ctx, s->request.grade, pg_arena_strdup(&s->arena, r->grade));
    PG_TRY_ALLOC(ctx, s->request.threshold, pg_arena_strdup(&s->arena, r->threshold));
    PG_TRY(copy_names(ctx, s, r->levels, &s->request.levels));
    PG_TRY(copy_names(ctx, s, r->text, &s->request.text));
    PG_TRY_ALLOC(ctx, lambdas, pg_arena_alloc(&s->arena, r->n_lambdas, sizeof *lambdas));
    memcpy(lambdas, r->lambdas, r->n_lambdas * sizeof *lambdas);
    s->request.lambdas = lambdas;
    PG_TRY_ALLOC(ctx, s->request.model, pg_arena_strdup(&s->arena, r->model == NULL ? "ordered" : r->model));
    return copy_rivals(ctx, s, r);
}

static pgdp_status read_grades(pgdp_ctx *ctx, pgdp_scoring *s)
{
    PG_TRY_ALLOC(ctx, s->grades, pg_arena_alloc(&s->arena, s->list->n_tasks, sizeof *s->grades));
    PG_TRY(pg_list_grades(ctx, s->list, s->request.grade, s->request.levels, s->grades));
    for (size_t i = 0; i < s->list->n_tasks; i++)
        s->n_graded += s->grades[i] >= 0 ? 1 : 0;
    return PGDP_OK;
}

enum { LAMBDA, LOG_LOSS, STD_ERROR, CHOSEN, N_PATH };
static const pgdp_column path_columns[N_PATH] = {
    [LAMBDA] = PG_REAL_COLUMN("lambda", ""),
    [LOG_LOSS] = PG_REAL_COLUMN("log_loss", "nats"),
    [STD_ERROR] = PG_REAL_COLUMN("std_error", "nats"),
    [CHOSEN] = PG_REAL_COLUMN("chosen", "0 or 1"),
};

static pgdp_status write_path(pgdp_ctx *ctx, pgdp_scoring *s)
{
    const pg_validation *v = &s->validation[PG_NEW_OCCUPATION];
    PG_TRY(pg_frame_of(ctx, path_columns, N_PATH, s->request.n_lambdas, &s->path));
    for (size_t l = 0; l < s->request.n_lambdas; l++) {
        PG_TRY(pgdp_frame_add_row(ctx, s->path));
        pgdp_frame_set_real(s->path, LAMBDA, s->request.lambdas[l]);
        pgdp_frame_set_real(s->path, LOG_LOSS, v->path_loss[l]);
        pgdp_frame_set_real(s->path, STD_ERROR, v->path_se[l]);
        pgdp_frame_set_real(s->path, CHOSEN, l == v->chosen ? 1 : 0);
    }
    return PGDP_OK;
}

static pgdp_status features_step(pgdp_ctx *ctx, pgdp_scoring *s)
{
    return pg_features_new(ctx, &s->arena, s->list, &s->features);
}

/* Every step in order; the scratch of one is gone before the next. */
static pgdp_status run(pgdp_ctx *ctx, pgdp_scoring *s)
{
    static pgdp_status (*const steps[])(pgdp_ctx *, pgdp_scoring *) = {
        read_grades,       features_step,        pg_statements_read,  pg_cross_validate,  pg_fit_final,
        pg_compare_models, pg_write_calibration, pg_write_importance, pg_write_conformal, pg_judge_activities,
        pg_write_scores,   pg_write_occupations, pg_write_headline,   write_path,
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        const pgdp_status status = steps[i](ctx, s);
        pg_arena_rewind(&ctx->scratch, mark);
        PG_TRY(status);
    }
    return PGDP_OK;
}

static pgdp_status build(pgdp_ctx *ctx, pgdp_scoring *s, const pgdp_scoring_request *request)
{
    s->request = *request;
    PG_TRY(check_numbers(ctx, request));
    PG_TRY(find_threshold(ctx, s));
    PG_TRY(copy_request(ctx, s, request));
    PG_TRY(pg_task_model_find(ctx, s->request.model, &s->model));
    return run(ctx, s);
}

pgdp_status pgdp_scoring_new(pgdp_ctx *ctx, const pgdp_task_list *list, const pgdp_scoring_request *request,
                             pgdp_scoring **out)
{
    pgdp_scoring *s;
    PG_TRY_ALLOC(ctx, s, ctx->allocator.realloc(ctx->allocator.user, NULL, sizeof *s));
    *s = (pgdp_scoring){ .allocator = ctx->allocator, .list = list };
    pg_arena_init(&s->arena, &ctx->allocator);
    const pgdp_status status = build(ctx, s, request);
    if (status != PGDP_OK) {
        pgdp_scoring_free(s);
        return status;
    }
    *out = s;
    return PGDP_OK;
}

void pgdp_scoring_free(pgdp_scoring *scoring)
{
    if (scoring == NULL) return;
    pgdp_frame *const frames[] = { scoring->tasks,      scoring->activities,  scoring->occupations,
                                   scoring->comparison, scoring->calibration, scoring->headline,
                                   scoring->path,       scoring->differences, scoring->importance,
                                   scoring->conformal };
    for (size_t f = 0; f < sizeof frames / sizeof *frames; f++)
        pgdp_frame_free(frames[f]);
    pgdp_fit_free(scoring->fit);
    pg_arena_free(&scoring->arena);
    const pgdp_allocator allocator = scoring->allocator;
    (void)allocator.realloc(allocator.user, scoring, 0);
}

const pgdp_fit *pgdp_scoring_fit(const pgdp_scoring *scoring)
{
    return scoring->fit;
}

const pgdp_frame *pgdp_scoring_tasks(const pgdp_scoring *scoring)
{
    return scoring->tasks;
}

const pgdp_frame *pgdp_scoring_activities(const pgdp_scoring *scoring)
{
    return scoring->activities;
}

const pgdp_frame *pgdp_scoring_occupations(const pgdp_scoring *scoring)
{
    return scoring->occupations;
}

const pgdp_frame *pgdp_scoring_comparison(const pgdp_scoring *scoring)
{
    return scoring->comparison;
}

const pgdp_frame *pgdp_scoring_calibration(const pgdp_scoring *scoring)
{
    return scoring->calibration;
}

const pgdp_frame *pgdp_scoring_headline(const pgdp_scoring *scoring)
{
    return scoring->headline;
}

const pgdp_frame *pgdp_scoring_path(const pgdp_scoring *scoring)
{
    return scoring->path;
}

const pgdp_frame *pgdp_scoring_differences(const pgdp_scoring *scoring)
{
    return scoring->differences;
}

const pgdp_frame *pgdp_scoring_importance(const pgdp_scoring *scoring)
{
    return scoring->importance;
}

const pgdp_frame *pgdp_scoring_conformal(const pgdp_scoring *scoring)
{
    return scoring->conformal;
}
