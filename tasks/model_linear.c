/* model_linear.c  Models with a linear index: their fits by stats, and how sure the index is.
 * Source: King, Tomz & Wittenberg (2000), AJPS 44, 341-355 (draws of coefficients).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/model_linear.h"

#include <math.h>
#include <string.h>

#include "core/number.h"
#include "core/parallel.h"
#include "core/random.h"
#include "stats/logistic.h"
#include "stats/ologit.h"

/* The design of the rows: columns, then the constant, if any; outcome as `how` wants it. */
static pgdp_status design_of(pgdp_ctx *ctx, const pgdp_scoring *s, const pg_linear *how, const pg_model_rows *rows,
                             pgdp_design *out)
{
    const size_t n = rows->n, p = rows->p;
    *out =
        (pgdp_design){ .y = { rows->grades, n }, .x = { rows->x, n, p }, .terms = rows->terms, .constant = PGDP_NONE };
    if (how->value) {
        double *y;
        PG_TRY_ALLOC(ctx, y, pg_arena_alloc(&ctx->scratch, n, sizeof *y));
        for (size_t i = 0; i < n; i++)
            y[i] = rows->grades[i] / (double)s->n_cuts;
        out->y.x = y;
    }
    if (how->constant) {
        double *x;
        const char **terms;
        PG_TRY_ALLOC(ctx, x, pg_matrix_new(&ctx->scratch, n, p + 1).x);
        PG_TRY_ALLOC(ctx, terms, pg_arena_alloc(&ctx->scratch, p + 1, sizeof *terms));
        memcpy(x, rows->x, n * p * sizeof *x);
        memcpy(terms, rows->terms, p * sizeof *terms);
        for (size_t i = 0; i < n; i++)
            x[i + p * n] = 1;
        terms[p] = "(Intercept)";
        out->x = (pgdp_mat){ x, n, p + 1 };
        out->terms = terms;
        out->constant = p;
    }
    return PGDP_OK;
}

static pgdp_status fit(pgdp_ctx *ctx, const pg_linear *how, const char *vcov, const pgdp_design *design, double penalty,
                       pgdp_fit **out)
{
    char lambda[PG_NUMBER_SIZE];
    pg_number_format(how->mean ? penalty / (double)design->y.n : penalty, lambda);
    const pgdp_setting settings[] = { { "lambda", lambda }, { NULL, NULL } };
    const pgdp_status status = pgdp_fit_new(ctx, how->estimator, vcov, design, settings, out);
    return status == PGDP_OK ? status : pg_fail_within(ctx, status, "scoring: ");
}

pgdp_status pg_linear_fit(pgdp_ctx *ctx, pgdp_scoring *s, const pg_linear *how, const pg_model_rows *graded)
{
    size_t *occupation;
    pgdp_design design;
    PG_TRY_ALLOC(ctx, occupation, pg_arena_alloc(&ctx->scratch, graded->n, sizeof *occupation));
    for (size_t i = 0; i < graded->n; i++)
        occupation[i] = s->list->occupation[graded->tasks[i]];
    const size_t *const clusters[] = { occupation };
    PG_TRY(design_of(ctx, s, how, graded, &design));
    design.cluster = clusters;
    design.n_clusterings = 1;
    return fit(ctx, how, how->vcov, &design, s->request.lambdas[s->validation[PG_NEW_OCCUPATION].chosen], &s->fit);
}

pgdp_status pg_linear_learn(pgdp_ctx *ctx, pg_arena *arena, const pgdp_scoring *s, const pg_linear *how,
                            const pg_model_rows *rows, double penalty, const double **estimate)
{
    pgdp_design design;
    pgdp_fit *fitted;
    double *copy;
    PG_TRY(design_of(ctx, s, how, rows, &design));
    PG_TRY(fit(ctx, how, "none", &design, penalty, &fitted));
    const pgdp_vec b = pgdp_fit_estimate(fitted);
    copy = pg_arena_alloc(arena, b.n, sizeof *copy);
    if (copy != NULL) memcpy(copy, b.x, b.n * sizeof *copy);
    pgdp_fit_free(fitted);
    if (copy == NULL) return pg_no_memory(ctx);
    *estimate = copy;
    return PGDP_OK;
}

void pg_shares_of_indices(const pgdp_scoring *s, const double *cuts, const double *index, size_t n, double *shares)
{
    double share[PG_MAX_GRADES];
    for (size_t i = 0; i < n; i++) {
        pg_ordered_shares(index[i], cuts, s->n_cuts, share);
        for (size_t k = 0; k < s->n_levels; k++)
            shares[i + k * n] = share[k];
    }
}

/* An ordered logit of the grade on the index alone: its distribution of grades. */
static pgdp_status rank(pgdp_ctx *ctx, pg_arena *arena, const pg_model_rows *rows, pg_ranked *out)
{
    static const char *const terms[] = { "index" };
    pg_ologit map;
    double *index;
    PG_TRY_ALLOC(ctx, index, pg_arena_alloc(&ctx->scratch, rows->n, sizeof *index));
    pg_times_vector(pg_matrix_view(rows->x, rows->n, rows->p, rows->n), out->slopes, index);
    const pgdp_design design = {
        .y = { rows->grades, rows->n }, .x = { index, rows->n, 1 }, .terms = terms, .constant = PGDP_NONE
    };
    PG_TRY(pg_ologit_fit(ctx, arena, &design, 1e-3, NULL, &map)); /* a penalty, as an index may be zero everywhere */
    out->slope = map.slopes[0];
    out->cuts = map.cuts;
    return PGDP_OK;
}

pgdp_status pg_ranked_learn(pgdp_ctx *ctx, pg_arena *arena, const pgdp_scoring *s, const pg_linear *how,
                            const pg_model_rows *rows, double penalty, const void **learnt)
{
    pg_ranked *ranked;
    PG_TRY_ALLOC(ctx, ranked, pg_arena_alloc(arena, 1, sizeof *ranked));
    PG_TRY(pg_linear_learn(ctx, arena, s, how, rows, penalty, &ranked->slopes));
    PG_TRY(rank(ctx, arena, rows, ranked));
    *learnt = ranked;
    return PGDP_OK;
}

/* The index is on the scale of the model's own link; only the shares go through the map. */
pgdp_status pg_ranked_forecast(pgdp_ctx *ctx, const pgdp_scoring *s, const void *learnt, const pg_model_rows *rows,
                               double *index, double *shares)
{
    const pg_ranked *ranked = learnt;
    double *mapped;
    pg_times_vector(pg_matrix_view(rows->x, rows->n, rows->p, rows->n), ranked->slopes, index);
    if (shares == NULL) return PGDP_OK;
    PG_TRY_ALLOC(ctx, mapped, pg_arena_alloc(&ctx->scratch, rows->n, sizeof *mapped));
    for (size_t i = 0; i < rows->n; i++)
        mapped[i] = ranked->slope * index[i];
    pg_shares_of_indices(s, ranked->cuts, mapped, rows->n, shares);
    return PGDP_OK;
}

pgdp_status pg_ranked_finish(pgdp_ctx *ctx, pgdp_scoring *s, const pg_linear *how, const pg_model_rows *graded,
                             const pg_model_rows *all)
{
    pg_ranked ranked;
    PG_TRY(pg_linear_fit(ctx, s, how, graded));
    ranked.slopes = pgdp_fit_estimate(s->fit).x;
    PG_TRY(rank(ctx, &s->arena, graded, &ranked));
    return pg_ranked_forecast(ctx, s, &ranked, all, s->index, s->shares);
}

/* The slopes' covariance, without cut points and constant. */
static pgdp_status slope_vcov(pgdp_ctx *ctx, const pgdp_scoring *s, pg_matrix *out)
{
    const pgdp_mat v = pgdp_fit_vcov(s->fit);
    *out = pg_matrix_new(&ctx->scratch, s->n_used, s->n_used);
    if (out->x == NULL) return pg_no_memory(ctx);
    for (size_t j = 0; j < s->n_used && v.n_rows > 0; j++)
        for (size_t i = 0; i < s->n_used; i++) {
            const double cell = v.x[i + j * v.n_rows];
            out->x[i + j * s->n_used] = isnan(cell) ? 0 : cell; /* an estimator without a covariance */
        }
    return PGDP_OK;
}

enum { ROWS = 512 };

typedef struct index_job {
    const pgdp_scoring *s;
    pg_matrix vcov;
    double *variance;
} index_job;

/* x'V x of a block of tasks. */
static pgdp_status variance_block(pgdp_ctx *ctx, void *user, size_t block)
{
    const index_job *job = user;
    const size_t n = job->s->list->n_tasks, p = job->s->n_used;
    const pg_range range = pg_block_range(n, ROWS, block);
    const pg_matrix x = { job->s->x + range.first, range.end - range.first, p, n };
    const pg_matrix xv = pg_matrix_new(&ctx->scratch, x.n_rows, p);
    if (xv.x == NULL) return pg_no_memory(ctx);
    pg_times(x, job->vcov, xv);
    for (size_t i = 0; i < x.n_rows; i++) {
        double sum = 0;
        for (size_t j = 0; j < p; j++)
            sum += xv.x[i + j * xv.stride] * x.x[i + j * x.stride];
        job->variance[range.first + i] = fmax(sum, 0);
    }
    return PGDP_OK;
}

pgdp_status pg_linear_variances(pgdp_ctx *ctx, const pgdp_scoring *s, double *out)
{
    index_job job = { .s = s, .variance = out };
    PG_TRY(slope_vcov(ctx, s, &job.vcov));
    return pg_parallel(ctx, NULL, pg_n_blocks(s->list->n_tasks, ROWS), variance_block, &job);
}

pgdp_status pg_linear_variance(pgdp_ctx *ctx, const pgdp_scoring *s, const pg_index_sum *sum, double *out)
{
    const pgdp_mat v = pgdp_fit_vcov(s->fit);
    const size_t n = s->list->n_tasks, p = s->n_used;
    double *gradient, variance = 0;
    PG_TRY_ALLOC(ctx, gradient, pg_arena_alloc(&ctx->scratch, p, sizeof *gradient));
    for (size_t k = 0; k < sum->n; k++)
        for (size_t j = 0; j < p; j++)
            gradient[j] += sum->weights[k] * s->x[sum->tasks[k] + j * n];
    for (size_t j = 0; j < p && v.n_rows > 0; j++)
        variance += gradient[j] * pg_dot(v.x + j * v.n_rows, gradient, p);
    *out = isnan(variance) ? 0 : fmax(variance, 0);
    return PGDP_OK;
}

pgdp_status pg_linear_prepare(pgdp_ctx *ctx, const pgdp_scoring *s, const void **prepared)
{
    pg_matrix *root;
    PG_TRY_ALLOC(ctx, root, pg_arena_alloc(&ctx->scratch, 1, sizeof *root));
    PG_TRY(slope_vcov(ctx, s, root));
    *prepared = root;
    return pg_covariance_root(ctx, *root);
}

pgdp_status pg_linear_draw(pgdp_ctx *ctx, const pgdp_scoring *s, const void *prepared, size_t first, pg_matrix index)
{
    const pg_matrix *root = prepared;
    const double *estimate = pgdp_fit_estimate(s->fit).x;
    const size_t p = s->n_used, n = s->list->n_tasks;
    const pg_matrix z = pg_matrix_new(&ctx->scratch, p, index.n_cols),
                    b = pg_matrix_new(&ctx->scratch, p, index.n_cols);
    if (z.x == NULL || b.x == NULL) return pg_no_memory(ctx);
    for (size_t d = 0; d < index.n_cols; d++) {
        pg_random stream = pg_draw_stream(s, first + d);
        for (size_t j = 0; j < p; j++)
            z.x[j + d * p] = pg_random_normal(&stream);
    }
    pg_times(*root, z, b);
    for (size_t d = 0; d < index.n_cols; d++)
        for (size_t j = 0; j < p; j++)
            b.x[j + d * p] += estimate[j];
    pg_times((pg_matrix){ s->x, n, p, n }, b, index);
    return PGDP_OK;
}
