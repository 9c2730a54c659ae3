/* est_nls.c  Nonlinear least squares. Source: Greene (2018), Econometric Analysis, 8th ed., section 7.2; Bates & Watts
 * (1988), Nonlinear Regression Analysis, chapter 2. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * b minimises sum w (y - m(x, b))^2. Covariances stand on the tangent plane at b: the working design has the Jacobian
 * in the place of x, so that all of them are those of the linear model there. */
#include "core/parallel.h"
#include "stats/estimators.h"
#include "stats/fit.h"
#include "stats/least_squares.h"
#include "stats/nls.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const double two_pi = 6.283185307179586476925;

typedef struct options {
    double tol, max_iter;
} options;

static const pgdp_option rows[] = {
    { "tol", PGDP_OPTION_REAL, offsetof(options, tol), 1e-6, 1e-12, 0.1, NULL,
      "largest relative offset at the solution (Bates & Watts 1981)" },
    { "max_iter", PGDP_OPTION_REAL, offsetof(options, max_iter), 5000, 1, 1e7, NULL,
      "steps of the search for the solution" },
    { .name = NULL },
};

/* The linear model in the tangent plane: its residuals are those at the solution. */
static pgdp_status tangent(pgdp_ctx *ctx, const pgdp_design *d, const pg_nls *nls, pgdp_design **out)
{
    pgdp_design *w;
    PG_TRY_ALLOC(ctx, w, pg_arena_alloc(&ctx->scratch, 1, sizeof *w));
    *w = *d;
    w->y.x = nls->residual;
    w->x = (pgdp_mat){ nls->jacobian, d->y.n, d->mean->n_parameters };
    w->x_low = (pgdp_mat){ NULL, 0, 0 };
    w->terms = d->mean->parameters;
    w->constant = PGDP_NONE;
    w->offset = (pgdp_vec){ NULL, 0 };
    *out = w;
    return PGDP_OK;
}

/* As of ordinary least squares: est_ols.c. */
static pgdp_status fill_sums(pgdp_ctx *ctx, const pgdp_design *d, pgdp_fit *out)
{
    const size_t n = d->y.n;
    double *squares, *logs;
    PG_TRY_ALLOC(ctx, squares, pg_arena_alloc(&ctx->scratch, n, sizeof *squares));
    PG_TRY_ALLOC(ctx, logs, pg_arena_alloc(&ctx->scratch, n, sizeof *logs));
    for (size_t i = 0; i < n; i++) {
        const double w = pg_design_weight(d, i);
        squares[i] = w * out->residual[i] * out->residual[i];
        out->score[i] = w * out->residual[i];
        if (d->weight_kind != PGDP_FREQUENCY) logs[i] = log(w);
    }
    out->ssr = out->glance.deviance = pg_sum(squares, n);
    out->tss = 0; /* without a constant among the parameters there is no total to be explained */
    out->glance.log_lik = -out->nobs / 2 * (log(two_pi * out->ssr / out->nobs) + 1) + pg_sum(logs, n) / 2;
    return PGDP_OK;
}

static pgdp_status fit_nls(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *out)
{
    const options *o = settings;
    const size_t p = out->n_terms;
    const pg_nls_settings limits = { o->tol, (size_t)o->max_iter };
    pg_nls nls;
    pg_least_squares ls;
    pgdp_design *working;
    if (d->mean == NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "method nls needs a mean with parameters and their start values");
    if (d->y.n <= p || out->nobs <= (double)p)
        return pg_fail(ctx, PGDP_TOO_FEW_OBS,
                       "%zu rows are too few for %zu parameters; at least one more than parameters is needed", d->y.n,
                       p);
    PG_TRY(pg_nls_solve(ctx, d, &limits, &nls));
    PG_TRY(tangent(ctx, d, &nls, &working));
    PG_TRY(pg_least_squares_solve(ctx, working, &ls));
    memcpy(out->estimate, nls.estimate, p * sizeof *out->estimate);
    pg_times_transposed(ls.root, ls.root, pg_matrix_of(out->bread, p, p));
    pg_copy_upper(pg_matrix_of(out->bread, p, p));
    out->working = working;
    out->root = ls.root.x;
    out->residual = nls.residual;
    PG_TRY(fill_sums(ctx, d, out));
    const double nan = (double)NAN;
    const pgdp_diagnostic line = { .name = "relative_offset",
                                   .title = "relative offset at the solution, Bates & Watts (1981)",
                                   .statistic = nls.offset,
                                   .df = nan,
                                   .df2 = nan,
                                   .p_value = nan };
    pg_fit_add_diagnostic(out, &line);
    out->certificate = (pgdp_certificate){ .condition_number = ls.condition,
                                           .digits = fmax(0, -log10(fmax(nls.last_step, ls.condition * DBL_EPSILON))),
                                           .solver = "levenberg_marquardt",
                                           .refinements = nls.iterations };
    return PGDP_OK;
}

const pgdp_estimator pg_est_nls = {
    .name = "nls",
    .title = "Nonlinear least squares",
    .source = "Bates & Watts (1988), Nonlinear Regression Analysis, chapter 2; More (1978), the search",
    .options = rows,
    .options_size = sizeof(options),
    .nonlinear = true,
    .fit = fit_nls,
};
