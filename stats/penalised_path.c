/* penalised_path.c  Lambda by cross-validation: penalised.h. Source: Hastie, Tibshirani & Friedman (2009), The Elements
 * of Statistical Learning, 2nd ed., section 7.10; the path of lambdas as glmnet's: Friedman, Hastie & Tibshirani
 * (2010), section 2.5. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/parallel.h"
#include "core/random.h"
#include "stats/penalised.h"

#include <math.h>

static const double path_ratio = 1e-4;

typedef struct job {
    const pgdp_design *design;
    const pg_penalised_options *options;
    const size_t *fold; /* [rows] */
    pg_validation *path;
    double *loss;   /* [folds x path] sums of weighted squares */
    double *weight; /* [folds] */
    size_t folds;
} job;

/* Squares of the rows held out at one lambda. */
static void add_loss(const job *w, size_t fold, const double *estimate, double *loss)
{
    const pgdp_design *d = w->design;
    const size_t n = d->y.n;
    for (size_t i = 0; i < n; i++) {
        if (w->fold[i] != fold) continue;
        double e = d->y.x[i] - (d->offset.n > 0 ? d->offset.x[i] : 0);
        for (size_t j = 0; j < d->x.n_cols; j++)
            e -= d->x.x[i + j * n] * estimate[j];
        *loss += pg_design_weight(d, i) * e * e;
    }
}

static pgdp_status run_fold(pgdp_ctx *ctx, void *user, size_t fold)
{
    const job *w = user;
    const pgdp_design *d = w->design;
    size_t *rows, n = 0;
    double *b, *estimate;
    pg_prepared s;
    PG_TRY_ALLOC(ctx, rows, pg_arena_alloc(&ctx->scratch, d->y.n, sizeof *rows));
    PG_TRY_ALLOC(ctx, b, pg_arena_alloc(&ctx->scratch, d->x.n_cols, sizeof *b));
    PG_TRY_ALLOC(ctx, estimate, pg_arena_alloc(&ctx->scratch, d->x.n_cols, sizeof *estimate));
    for (size_t i = 0; i < d->y.n; i++) {
        if (w->fold[i] != fold)
            rows[n++] = i;
        else
            w->weight[fold] += pg_design_weight(d, i);
    }
    PG_TRY(pg_penalised_prepare(ctx, d, rows, n, w->options->standardize == PG_STANDARDIZE_YES, &s));
    for (size_t l = 0; l < w->path->n; l++) {
        PG_TRY(pg_penalised_solve(ctx, &s, pg_penalty_of(&s, w->options, w->path->lambda[l]), false, b, NULL));
        pg_penalised_undo(&s, b, estimate);
        add_loss(w, fold, estimate, &w->loss[fold + l * w->folds]);
    }
    return PGDP_OK;
}

/* Rows to folds of equal size, in an order shuffled by Fisher and Yates. */
static pgdp_status deal(pgdp_ctx *ctx, size_t n, size_t folds, double seed, const size_t **out)
{
    size_t *order, *fold;
    pg_random random = pg_random_stream((uint64_t)seed, "folds", 0);
    PG_TRY_ALLOC(ctx, order, pg_arena_alloc(&ctx->scratch, n, sizeof *order));
    PG_TRY_ALLOC(ctx, fold, pg_arena_alloc(&ctx->scratch, n, sizeof *fold));
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    for (size_t i = n; i > 1; i--) {
        const size_t other = pg_random_index(&random, i), last = order[i - 1];
        order[i - 1] = order[other];
        order[other] = last;
    }
    for (size_t i = 0; i < n; i++)
        fold[order[i]] = i % folds;
    *out = fold;
    return PGDP_OK;
}

/* Error and its standard error over folds, each fold by its weight; then the two choices. */
static void judge(const job *w, pg_validation *path)
{
    const double folds = (double)w->folds, all = pg_sum(w->weight, w->folds);
    for (size_t l = 0; l < path->n; l++) {
        const double *loss = w->loss + l * w->folds;
        double spread = 0;
        path->error[l] = pg_sum(loss, w->folds) / all;
        for (size_t f = 0; f < w->folds; f++) {
            const double apart = loss[f] / w->weight[f] - path->error[l];
            spread += w->weight[f] / all * apart * apart;
        }
        path->std_error[l] = sqrt(spread / (folds - 1));
        if (path->error[l] < path->error[path->best]) path->best = l;
    }
    const double within = path->error[path->best] + path->std_error[path->best];
    while (path->error[path->best_1se] > within)
        path->best_1se++;
}

pgdp_status pg_penalised_validate(pgdp_ctx *ctx, const pgdp_design *d, const pg_penalised_options *o, double lambda_max,
                                  pg_validation *out)
{
    const size_t n = d->y.n, folds = (size_t)o->folds, n_path = (size_t)o->path;
    job w = { .design = d, .options = o, .path = out, .folds = folds };
    *out = (pg_validation){ .n = n_path };
    if (folds > n || n - (n + folds - 1) / folds < 2)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "found %zu folds for %zu rows, expected fewer; lower folds or give lambda", folds, n);
    double **const of_path[] = { &out->lambda, &out->error, &out->std_error };
    for (size_t i = 0; i < sizeof of_path / sizeof *of_path; i++)
        PG_TRY_ALLOC(ctx, *of_path[i], pg_arena_alloc(&ctx->scratch, n_path, sizeof(double)));
    PG_TRY_ALLOC(ctx, w.loss, pg_arena_alloc(&ctx->scratch, folds * n_path, sizeof *w.loss));
    PG_TRY_ALLOC(ctx, w.weight, pg_arena_alloc(&ctx->scratch, folds, sizeof *w.weight));
    for (size_t l = 0; l < n_path; l++)
        out->lambda[l] = lambda_max * pow(path_ratio, (double)l / (double)(n_path - 1));
    PG_TRY(deal(ctx, n, folds, o->seed, &w.fold));
    PG_TRY(pg_parallel(ctx, NULL, folds, run_fold, &w));
    judge(&w, out);
    return PGDP_OK;
}
