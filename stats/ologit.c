/* ologit.c  The ordered logit for other modules: ologit.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/ologit.h"

#include "stats/check.h"
#include "stats/est_ologit.h"
#include "stats/estimators.h"
#include "stats/logistic.h"

#include <string.h>

static pgdp_status fit_in_scratch(pgdp_ctx *ctx, pg_likelihood *problem, const pg_ologit *start, pg_maximum *out)
{
    const pgdp_design *d = problem->design;
    double *cuts, *both, log_lik_null;
    pgdp_fit fit = { .estimator = &pg_est_ologit };
    PG_TRY(pg_design_check(ctx, d, &fit));
    problem->n_cuts = fit.n_cuts;
    const size_t k = d->x.n_cols, p = k + fit.n_cuts;
    PG_TRY(pg_ologit_start(ctx, d, fit.n_cuts, &cuts, &log_lik_null));
    problem->start_cuts = cuts;
    if (start != NULL && start->n_slopes == k && start->n_cuts == fit.n_cuts) {
        PG_TRY_ALLOC(ctx, both, pg_arena_alloc(&ctx->scratch, p, sizeof *both));
        memcpy(both, start->slopes, k * sizeof *both);
        memcpy(both + k, start->cuts, fit.n_cuts * sizeof *both);
        problem->start = both;
    }
    return pg_likelihood_maximise(ctx, problem, out);
}

pgdp_status pg_ologit_fit(pgdp_ctx *ctx, pg_arena *arena, const pgdp_design *design, double lambda,
                          const pg_ologit *start, pg_ologit *out)
{
    pg_maximum maximum;
    pg_likelihood problem = { .model = &pg_ologit_model, .design = design, .lambda = lambda };
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    if (!(lambda >= 0)) return pg_fail(ctx, PGDP_BAD_ARGUMENT, "lambda must not be negative");
    pg_blas_single_thread();
    PG_TRY(fit_in_scratch(ctx, &problem, start, &maximum));
    const size_t k = design->x.n_cols, p = k + problem.n_cuts;
    *out = (pg_ologit){
        .n_slopes = k, .n_cuts = problem.n_cuts, .log_lik = maximum.log_lik, .iterations = maximum.iterations
    };
    PG_TRY_ALLOC(ctx, out->slopes, pg_arena_alloc(arena, p, sizeof *out->slopes));
    PG_TRY_ALLOC(ctx, out->vcov, pg_matrix_new(arena, p, p).x);
    out->cuts = out->slopes + k;
    memcpy(out->slopes, maximum.estimate, p * sizeof *out->slopes);
    memcpy(out->vcov, maximum.bread, p * p * sizeof *out->vcov);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

double pg_ologit_index(const pg_ologit *model, const double *x, size_t stride)
{
    double sum = 0;
    for (size_t j = 0; j < model->n_slopes; j++)
        sum += model->slopes[j] * x[j * stride];
    return sum;
}

/* F(u) - F(v) = F(u) F(-v) (1 - e^-(u - v)) */
void pg_ologit_probabilities(const pg_ologit *model, double index, double *p)
{
    for (size_t j = 0; j <= model->n_cuts; j++) {
        p[j] = 1;
        if (j < model->n_cuts) p[j] *= pg_logistic(model->cuts[j] - index);
        if (j > 0) p[j] *= pg_logistic(index - model->cuts[j - 1]);
        if (j > 0 && j < model->n_cuts) p[j] *= -expm1(model->cuts[j - 1] - model->cuts[j]);
    }
}

/* P(y > j) = F(x b - cut_j); its gradient is F (1 - F) (x, -1 at cut j). */
double pg_ologit_exceedance_error(const pg_ologit *model, const double *x, size_t stride, size_t j, double *work)
{
    const size_t k = model->n_slopes, p = k + model->n_cuts;
    const double index = pg_ologit_index(model, x, stride) - model->cuts[j];
    double variance = 0;
    for (size_t i = 0; i < p; i++)
        work[i] = i < k ? x[i * stride] : i == k + j ? -1 : 0;
    for (size_t c = 0; c < p; c++) {
        double sum = 0;
        for (size_t r = 0; r < p; r++)
            sum += work[r] * model->vcov[r + c * p];
        variance += work[c] * sum;
    }
    return pg_logistic(index) * pg_logistic(-index) * sqrt(fmax(variance, 0));
}
