/* cross_validate.c  Folds of whole occupations, the penalty by out-of-fold log loss, and out-of-fold indices.
 * Source: Hastie, Tibshirani & Friedman (2009), section 7.10.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/parallel.h"
#include "core/random.h"
#include "stats/ologit.h"
#include "tasks/scoring.h"

/* What all folds write, each to its own part. */
typedef struct validation {
    const pgdp_scoring *s;
    const size_t *order; /* [n_lambdas] from the heaviest penalty, where each fit starts from the one before */
    double *index;       /* [n_tasks x n_lambdas] */
    double *cuts;        /* [n_cuts x n_folds x n_lambdas] */
    double *activity;    /* [n_tasks x n_levels] */
} validation;

/* One fold's rows. */
typedef struct split {
    size_t *training, *test;
    size_t n_training, n_test;
    double *grades; /* [n_training] */
} split;

/* A fold is a hash of the occupation's code: it does not depend on which others there are. */
static void assign_folds(pgdp_scoring *s)
{
    for (size_t o = 0; o < s->list->n_occupations; o++) {
        pg_random stream = pg_random_stream(s->request.seed, s->list->occupations[o].onet_soc, 0);
        s->fold[o] = pg_random_index(&stream, s->request.n_folds);
    }
}

static pgdp_status split_tasks(pgdp_ctx *ctx, const pgdp_scoring *s, size_t fold, split *out)
{
    const size_t n = s->list->n_tasks;
    *out = (split){ .n_training = 0 };
    PG_TRY_ALLOC(ctx, out->training, pg_arena_alloc(&ctx->scratch, n, sizeof *out->training));
    PG_TRY_ALLOC(ctx, out->test, pg_arena_alloc(&ctx->scratch, n, sizeof *out->test));
    PG_TRY_ALLOC(ctx, out->grades, pg_arena_alloc(&ctx->scratch, n, sizeof *out->grades));
    for (size_t i = 0; i < n; i++) {
        if (s->fold[s->list->occupation[i]] == fold) {
            out->test[out->n_test++] = i;
        } else if (s->grades[i] >= 0) {
            out->grades[out->n_training] = (double)s->grades[i];
            out->training[out->n_training++] = i;
        }
    }
    return PGDP_OK;
}

/* Standardised columns of both parts; the encoded ones learn from the training part alone. */
static pgdp_status split_columns(pgdp_ctx *ctx, const pgdp_scoring *s, const bool *held_out, const split *part,
                                 double *training, double *test)
{
    double *encoded;
    PG_TRY_ALLOC(ctx, encoded, pg_arena_alloc(&ctx->scratch, s->list->n_tasks * PG_N_ENCODED, sizeof *encoded));
    const pg_lesson lesson = { s->grades, s->n_levels, held_out };
    PG_TRY(pg_encode(ctx, s->list, &s->features, &lesson, encoded));
    const pg_rows training_rows = { &s->features, encoded, part->training, part->n_training };
    const pg_rows test_rows = { &s->features, encoded, part->test, part->n_test };
    pg_scale scale;
    PG_TRY(pg_scale_of(ctx, &training_rows, &scale));
    pg_standardise(&training_rows, &scale, training);
    pg_standardise(&test_rows, &scale, test);
    return PGDP_OK;
}

/* What the activities of the fold's tasks show outside the fold. */
static pgdp_status keep_activity_shares(pgdp_ctx *ctx, const validation *v, const bool *held_out, const split *part)
{
    const size_t n = v->s->list->n_tasks;
    const pg_lesson lesson = { v->s->grades, v->s->n_levels, held_out };
    double *shares;
    PG_TRY_ALLOC(ctx, shares, pg_arena_alloc(&ctx->scratch, n * v->s->n_levels, sizeof *shares));
    PG_TRY(pg_encode_shares(ctx, v->s->list, &v->s->features.chains[0], &lesson, shares));
    for (size_t k = 0; k < v->s->n_levels; k++)
        for (size_t i = 0; i < part->n_test; i++)
            v->activity[part->test[i] + k * n] = shares[part->test[i] + k * n];
    return PGDP_OK;
}

/* All penalties on one fold, each fit starting from the one before. arena: of the fits. */
static pgdp_status fit_path(pgdp_ctx *ctx, pg_arena *arena, const validation *v, size_t fold, const split *part)
{
    const pgdp_scoring *s = v->s;
    const size_t p = s->features.n_columns;
    const pg_matrix training = pg_matrix_new(&ctx->scratch, part->n_training, p);
    const pg_matrix test = pg_matrix_new(&ctx->scratch, part->n_test, p);
    double *index;
    bool *held_out;
    PG_TRY_ALLOC(ctx, index, pg_arena_alloc(&ctx->scratch, part->n_test, sizeof *index));
    PG_TRY_ALLOC(ctx, held_out, pg_arena_alloc(&ctx->scratch, s->list->n_occupations, sizeof *held_out));
    if (training.x == NULL || test.x == NULL) return pg_no_memory(ctx);
    for (size_t o = 0; o < s->list->n_occupations; o++)
        held_out[o] = s->fold[o] == fold;
    PG_TRY(split_columns(ctx, s, held_out, part, training.x, test.x));
    PG_TRY(keep_activity_shares(ctx, v, held_out, part));
    const pgdp_design design = {
        .y = { part->grades, part->n_training },
        .x = { training.x, part->n_training, p },
        .terms = s->features.names,
        .constant = PGDP_NONE,
    };
    pg_ologit fits[2];
    for (size_t k = 0; k < s->request.n_lambdas; k++) {
        const size_t l = v->order[k];
        const pg_ologit *start = k == 0 ? NULL : &fits[(k - 1) % 2];
        pg_ologit *fit = &fits[k % 2];
        PG_TRY(pg_ologit_fit(ctx, arena, &design, s->request.lambdas[l], start, fit));
        pg_times_vector(test, fit->slopes, index);
        for (size_t i = 0; i < part->n_test; i++)
            v->index[part->test[i] + l * s->list->n_tasks] = index[i];
        memcpy(v->cuts + (l * s->request.n_folds + fold) * s->n_cuts, fit->cuts, s->n_cuts * sizeof *fit->cuts);
    }
    return PGDP_OK;
}

static pgdp_status missing_grade(pgdp_ctx *ctx, const pgdp_scoring *s, const split *part)
{
    bool present[PG_MAX_GRADES] = { false };
    for (size_t i = 0; i < part->n_training; i++)
        present[(size_t)part->grades[i]] = true;
    for (size_t k = 0; k < s->n_levels; k++)
        if (!present[k])
            return pg_fail(
                ctx, PGDP_TOO_FEW_OBS,
                "scoring: found no task graded \"%s\" outside one of the %zu folds; use fewer folds or levels",
                s->request.levels[k], s->request.n_folds);
    return PGDP_OK;
}

static pgdp_status validate_fold(pgdp_ctx *ctx, void *user, size_t fold)
{
    const validation *v = user;
    split part;
    PG_TRY(split_tasks(ctx, v->s, fold, &part));
    if (part.n_test == 0) return PGDP_OK;
    PG_TRY(missing_grade(ctx, v->s, &part));
    pg_arena arena;
    pg_arena_init(&arena, &ctx->allocator);
    const pgdp_status status = fit_path(ctx, &arena, v, fold, &part);
    pg_arena_free(&arena);
    return status == PGDP_OK ? status : pg_fail_within(ctx, status, "scoring: fold %zu: ", fold + 1);
}

/* Mean out-of-fold log loss of one penalty, and its standard error over the folds. */
static pgdp_status path_loss(pgdp_ctx *ctx, pgdp_scoring *s, const validation *v, size_t l)
{
    const size_t n_folds = s->request.n_folds;
    double *loss, *n, shares[PG_MAX_GRADES], total = 0, n_total = 0, squares = 0, n_used = 0;
    PG_TRY_ALLOC(ctx, loss, pg_arena_alloc(&ctx->scratch, n_folds, sizeof *loss));
    PG_TRY_ALLOC(ctx, n, pg_arena_alloc(&ctx->scratch, n_folds, sizeof *n));
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        if (s->grades[i] < 0) continue;
        const size_t fold = s->fold[s->list->occupation[i]];
        const double *cuts = v->cuts + (l * n_folds + fold) * s->n_cuts;
        pg_ordered_shares(v->index[i + l * s->list->n_tasks], cuts, s->n_cuts, shares);
        loss[fold] -= log(fmax(shares[s->grades[i]], 1e-300));
        n[fold] += 1;
    }
    for (size_t f = 0; f < n_folds; f++) {
        total += loss[f];
        n_total += n[f];
    }
    s->path_loss[l] = total / n_total;
    for (size_t f = 0; f < n_folds; f++) {
        if (n[f] < 0.5) continue;
        n_used += 1;
        squares += pow(loss[f] / n[f] - s->path_loss[l], 2);
    }
    s->path_se[l] = n_used > 1 ? sqrt(squares / (n_used * (n_used - 1))) : (double)NAN;
    return PGDP_OK;
}

static pgdp_status choose(pgdp_ctx *ctx, pgdp_scoring *s, const validation *v)
{
    for (size_t l = 0; l < s->request.n_lambdas; l++) {
        PG_TRY(path_loss(ctx, s, v, l));
        if (s->path_loss[l] < s->path_loss[s->chosen]) s->chosen = l;
    }
    memcpy(s->out_index, v->index + s->chosen * s->list->n_tasks, s->list->n_tasks * sizeof *s->out_index);
    memcpy(s->out_cuts, v->cuts + s->chosen * s->request.n_folds * s->n_cuts,
           s->request.n_folds * s->n_cuts * sizeof *s->out_cuts);
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

static pgdp_status new_results(pgdp_ctx *ctx, pgdp_scoring *s)
{
    const pgdp_scoring_request *r = &s->request;
    PG_TRY_ALLOC(ctx, s->fold, pg_arena_alloc(&s->arena, s->list->n_occupations, sizeof *s->fold));
    PG_TRY_ALLOC(ctx, s->path_loss, pg_arena_alloc(&s->arena, r->n_lambdas, sizeof *s->path_loss));
    PG_TRY_ALLOC(ctx, s->path_se, pg_arena_alloc(&s->arena, r->n_lambdas, sizeof *s->path_se));
    PG_TRY_ALLOC(ctx, s->out_index, pg_arena_alloc(&s->arena, s->list->n_tasks, sizeof *s->out_index));
    PG_TRY_ALLOC(ctx, s->out_cuts, pg_arena_alloc(&s->arena, r->n_folds * s->n_cuts, sizeof *s->out_cuts));
    PG_TRY_ALLOC(ctx, s->out_activity,
                 pg_arena_alloc(&s->arena, s->list->n_tasks * s->n_levels, sizeof *s->out_activity));
    return PGDP_OK;
}

pgdp_status pg_cross_validate(pgdp_ctx *ctx, pgdp_scoring *s)
{
    const pgdp_scoring_request *r = &s->request;
    PG_TRY(new_results(ctx, s));
    assign_folds(s);
    size_t *order;
    validation v = { .s = s };
    PG_TRY_ALLOC(ctx, order, pg_arena_alloc(&ctx->scratch, r->n_lambdas, sizeof *order));
    PG_TRY_ALLOC(ctx, v.index, pg_arena_alloc(&ctx->scratch, r->n_lambdas * s->list->n_tasks, sizeof *v.index));
    PG_TRY_ALLOC(ctx, v.cuts, pg_arena_alloc(&ctx->scratch, r->n_lambdas * r->n_folds * s->n_cuts, sizeof *v.cuts));
    sort_heaviest_first(r->lambdas, r->n_lambdas, order);
    v.order = order;
    v.activity = s->out_activity;
    PG_TRY(pg_parallel(ctx, "cross-validation folds", r->n_folds, validate_fold, &v));
    return choose(ctx, s, &v);
}
