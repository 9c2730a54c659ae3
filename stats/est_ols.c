/* est_ols.c  Ordinary and weighted least squares. Source: Greene (2018), Econometric Analysis, 8th ed.,
 * sections 3.2, 9.6. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * b minimises sum w (y - x b)^2. Weights are not rescaled: analytic ones are inverse variances up to sigma^2, frequency
 * ones count equal rows (nobs is their sum), probability ones are inverse chances of being sampled (HC or cluster). */
#include "core/number.h"
#include "core/parallel.h"
#include "stats/estimators.h"
#include "stats/fit.h"
#include "stats/least_squares.h"

#include <float.h>
#include <math.h>

static const double two_pi = 6.283185307179586476925;
static const double fewest_digits = 4;

typedef struct options {
    int precision;
} options;

static const char *const precisions[] = { "auto", "double", "extended", NULL };
static const pgdp_option rows[] = {
    { "precision", PGDP_OPTION_CHOICE, offsetof(options, precision), 0, 0, 0, precisions,
      "of the solver: double with refinement, or double-double; auto: the latter for small and ill-conditioned "
      "problems" },
    { .name = NULL },
};

static bool has_nonzero(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fabs(x[i]) > 0) return true;
    return false;
}

/* About zero when the model has no constant; zero when it is only the rounding of the mean. */
static pgdp_status total_sum_of_squares(pgdp_ctx *ctx, const pgdp_design *d, double *out)
{
    const double rounding = 4 * DBL_EPSILON;
    pg_total total;
    PG_TRY(pg_total_squares(ctx, d, &total));
    if (!isfinite(total.about_zero) || (total.about_zero < DBL_MIN && has_nonzero(d->y.x, d->y.n)))
        return pg_fail(ctx, PGDP_NUMERICAL,
                       "the squares of the outcome are beyond the range of double precision; change its unit");
    *out = total.squares <= rounding * rounding * total.about_zero ? 0 : total.squares;
    return PGDP_OK;
}

/* Normal log likelihood at the estimated variance ssr / nobs, with the Jacobian of analytic weights. */
static pgdp_status log_likelihood(pgdp_ctx *ctx, const pgdp_design *d, const pgdp_fit *fit, double *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const bool counts_rows = d->weight_kind == PGDP_FREQUENCY;
    double *logs, sum = d->count.n > 0 && !counts_rows ? d->sum_log_weights : 0;
    if (d->weights.n > 0 && d->count.n == 0 && !counts_rows) {
        PG_TRY_ALLOC(ctx, logs, pg_arena_alloc(&ctx->scratch, d->y.n, sizeof *logs));
        for (size_t i = 0; i < d->weights.n; i++)
            logs[i] = log(d->weights.x[i]);
        sum = pg_sum(logs, d->y.n);
    }
    *out = -fit->nobs / 2 * (log(two_pi * fit->ssr / fit->nobs) + 1) + sum / 2;
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

static pgdp_status refuse(pgdp_ctx *ctx, const pgdp_design *d, const pg_least_squares *ls)
{
    char condition[PG_NUMBER_SIZE];
    pg_number_significant(ls->condition, 2, condition);
    return pg_fail(ctx, PGDP_NUMERICAL,
                   "the estimate of %s has fewer than 4 trustworthy digits: the terms are nearly collinear (condition "
                   "number %s); centre the columns or leave terms out",
                   d->terms[ls->worst], condition);
}

static pgdp_status fit_ols(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *out)
{
    const options *o = settings;
    const size_t k = out->n_terms;
    double *residual;
    pg_least_squares ls;
    PG_TRY(pg_least_squares_solve_at(ctx, d, (pg_precision)o->precision, &ls));
    if (ls.digits < fewest_digits) return refuse(ctx, d, &ls);
    pg_times_transposed(ls.root, ls.root, pg_matrix_of(out->bread, k, k));
    pg_copy_upper(pg_matrix_of(out->bread, k, k));
    out->root = ls.root.x;
    for (size_t j = 0; j < k; j++)
        out->estimate[j] = ls.estimate[j];
    PG_TRY_ALLOC(ctx, residual, pg_arena_alloc(&ctx->scratch, out->n_rows, sizeof *residual));
    for (size_t i = 0; i < out->n_rows; i++) {
        const double root = sqrt(pg_design_weight(d, i));
        out->score[i] = root * ls.residual[i];
        residual[i] = ls.residual[i] / root;
    }
    out->residual = residual;
    out->ssr = out->glance.deviance = pg_dot(ls.residual, ls.residual, out->n_rows);
    PG_TRY(total_sum_of_squares(ctx, d, &out->tss));
    PG_TRY(log_likelihood(ctx, d, out, &out->glance.log_lik));
    out->certificate = (pgdp_certificate){ .condition_number = ls.condition,
                                           .digits = fmin(ls.digits, ls.variance_digits),
                                           .solver = ls.solver,
                                           .refinements = ls.refinements };
    return PGDP_OK;
}

const pgdp_estimator pg_est_ols = {
    .name = "ols",
    .title = "Ordinary least squares",
    .source = "Greene (2018), Econometric Analysis, sections 3.2 and 9.6; Bjorck (1967), BIT 7, for the refinement",
    .options = rows,
    .options_size = sizeof(options),
    .extended = true,
    .absorb = PGDP_ABSORB_PARTIAL_OUT,
    .fit = fit_ols,
};
