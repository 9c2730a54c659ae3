/* est_gmm.c  Linear generalised method of moments, two-step or iterated. Source: Hansen (1982), Econometrica 50(4);
 * Hayashi (2000), Econometrics, section 3.5. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first weighting matrix is the inverse of the variance of the moments, uncentred, at the 2SLS residuals; J is at
 * the last step's weighting matrix S1. With S2 at the final residuals, covariance iid is (H'S2^-1 H)^-1, the short form
 * for efficient weights; HC0, cluster, ... are the sandwich of the influences (H'S1^-1 H)^-1 H'S1^-1 q_i e_i, for which
 * the working rows are x~_i = s^2 (H'S2^-1 H) (H'S1^-1 H)^-1 H'S1^-1 q_i and the bread is (H'S2^-1 H)^-1 / s^2. */
#include "stats/estimators.h"
#include "stats/instruments.h"

#include <math.h>
#include <string.h>

typedef struct options {
    int steps, weight;
    double tol, max_iter;
} options;

enum { TWO_STEPS, ITERATED };
static const char *const steps[] = { "2", "iterated", NULL };
static const char *const weights[] = { "robust", "cluster", "iid", NULL };
static const pg_iv_weight kinds[] = { PG_IV_ROBUST, PG_IV_CLUSTER, PG_IV_IID };

static const pgdp_option rows[] = {
    { "steps", PGDP_OPTION_CHOICE, offsetof(options, steps), 0, 0, 1, steps,
      "two-step, or iterated until the estimate stands still" },
    { "weight", PGDP_OPTION_CHOICE, offsetof(options, weight), 0, 0, 2, weights,
      "moments independent, dependent within the covariance's first clustering, or with errors of one variance" },
    { "tol", PGDP_OPTION_REAL, offsetof(options, tol), 1e-12, 1e-15, 1e-2, NULL,
      "iterated: largest change of a coefficient, in standard errors" },
    { "max_iter", PGDP_OPTION_REAL, offsetof(options, max_iter), 500, 1, 100000, NULL, "iterated: most steps" },
    { .name = NULL },
};

static pgdp_status weighting(pgdp_ctx *ctx, const options *o, const pg_instruments *in, const pgdp_fit *fit,
                             pg_matrix s)
{
    const pg_iv_weight kind = kinds[o->weight];
    const pgdp_design *d = in->design;
    pgdp_design one = *d;
    pgdp_fit view = *fit;
    if (kind == PG_IV_CLUSTER && d->n_clusterings == 0)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "method gmm: weight=cluster needs the clusters of the covariance; choose --vcov cluster(firm)");
    one.n_clusterings = d->n_clusterings > 0;
    view.working = &one;
    return pg_iv_moments(ctx, &view, kind, in->q, in->residual, s);
}

/* One more estimate, at the present residuals' weights; *change in standard errors. */
static pgdp_status step(pgdp_ctx *ctx, const options *o, pg_instruments *in, pgdp_fit *fit, pg_iv_gmm *g,
                        double *change)
{
    const size_t k = fit->n_terms;
    const pg_matrix s = pg_matrix_new(&ctx->scratch, in->n_first, in->n_first);
    if (s.x == NULL) return pg_no_memory(ctx);
    PG_TRY(weighting(ctx, o, in, fit, s));
    PG_TRY(pg_iv_gmm_step(ctx, in, s, g));
    *change = 0;
    for (size_t j = 0; j < k; j++) {
        *change = fmax(*change, fabs(g->estimate[j] - fit->estimate[j]) / sqrt(g->bread.x[j + j * k]));
        fit->estimate[j] = g->estimate[j];
    }
    return pg_iv_residuals(ctx, in, false, fit);
}

static pgdp_status iterate(pgdp_ctx *ctx, const options *o, pg_instruments *in, pgdp_fit *fit, pg_iv_gmm *last)
{
    double change = 0;
    size_t n_steps = 1;
    PG_TRY(step(ctx, o, in, fit, last, &change));
    for (; o->steps == ITERATED && change > o->tol; n_steps++) {
        if ((double)n_steps >= o->max_iter)
            return pg_fail(ctx, PGDP_NO_CONVERGENCE,
                           "method gmm has not converged in %zu steps; raise tol or max_iter, or choose steps=2",
                           n_steps);
        PG_TRY(step(ctx, o, in, fit, last, &change));
    }
    fit->certificate.refinements = n_steps;
    return PGDP_OK;
}

/* x~ = q T, T = s^2 side bread_1 gram_2. */
static pgdp_status working_rows(pgdp_ctx *ctx, pg_instruments *in, const pg_iv_gmm *one, const pg_iv_gmm *two,
                                pgdp_fit *fit)
{
    const size_t k = fit->n_terms, n = in->n_rows, m = in->n_first;
    const pg_matrix half = pg_matrix_new(&ctx->scratch, m, k), t = pg_matrix_new(&ctx->scratch, m, k);
    double *x;
    if (half.x == NULL || t.x == NULL) return pg_no_memory(ctx);
    PG_TRY(pg_iv_working_new(ctx, in, &x, fit));
    pg_times(one->side, one->bread, half);
    pg_times(half, two->gram, t);
    for (size_t i = 0; i < m * k; i++)
        t.x[i] *= fit->dispersion;
    pg_times(in->q, t, pg_matrix_of(x, n, k));
    for (size_t i = 0; i < n * k && in->root_weight != NULL; i++)
        x[i] /= in->root_weight[i % n];
    for (size_t i = 0; i < k * k; i++)
        fit->bread[i] = two->bread.x[i] / fit->dispersion;
    pg_copy_upper(pg_matrix_of(fit->bread, k, k));
    fit->root = NULL;
    return PGDP_OK;
}

static pgdp_status fit_gmm(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *out)
{
    const options *o = settings;
    pg_instruments *in;
    pg_iv_gmm one = { 0 }, two = { 0 };
    PG_TRY(pg_instruments_new(ctx, d, out, &in));
    PG_TRY(pg_instruments_basis(ctx, in));
    PG_TRY(pg_iv_two_stage(ctx, in, out));
    PG_TRY(iterate(ctx, o, in, out, &one));
    in->hansen_j = one.j;
    out->dispersion = out->ssr / out->nobs;
    out->certificate.solver = "householder_qr, gmm";
    if (!(out->dispersion > 0))
        return pg_fail(ctx, PGDP_NUMERICAL,
                       "the terms fit the outcome exactly, so that method gmm has no weights; choose "
                       "method iv");
    const pg_matrix s = pg_matrix_new(&ctx->scratch, in->n_first, in->n_first);
    if (s.x == NULL) return pg_no_memory(ctx);
    PG_TRY(weighting(ctx, o, in, out, s));
    PG_TRY(pg_iv_gmm_step(ctx, in, s, &two));
    return working_rows(ctx, in, &one, &two, out);
}

const pgdp_estimator pg_est_gmm = {
    .name = "gmm",
    .title = "Generalised method of moments with instruments, two-step or iterated",
    .source = "Hansen (1982), Econometrica 50(4), theorem 3.2; Hayashi (2000), Econometrics, equations 3.5.1 to 3.5.12",
    .options = rows,
    .options_size = sizeof(options),
    .absorb = PGDP_ABSORB_PARTIAL_OUT,
    .instrumental = true,
    .fit = fit_gmm,
};
