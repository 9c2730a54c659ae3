/* est_ologit.c  Ordered logit. Source: McCullagh (1980), J. R. Stat. Soc. B 42(2), section 2.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * P(y <= j) = F(cut_j - eta), F logistic. With u = cut above - eta, v = cut below - eta and g = u - v > 0,
 * F(u) - F(v) = F(u) F(-v) (1 - e^-g), so l = log F(u) + log F(-v) + log(1 - e^-g): no difference of probabilities is
 * taken, and the last part does not depend on eta. */
#include "stats/est_ologit.h"

#include "stats/estimators.h"
#include "stats/logistic.h"

typedef struct options {
    double lambda;
} options;

static const pgdp_option rows[] = {
    { "lambda", PGDP_OPTION_REAL, offsetof(options, lambda), 0, 0, 1e12, NULL,
      "ridge penalty lambda/2 * sum (sd_j b_j)^2 on the slopes" },
    { .name = NULL },
};

static void row(double y, double eta, const double *cuts, size_t n_cuts, pg_row *out)
{
    const size_t j = (size_t)y;
    if (j < n_cuts) {
        const double u = cuts[j] - eta, f = pg_logistic(u), g = pg_logistic(-u);
        out->value += pg_log_logistic(u);
        out->eta -= g;
        out->above = g;
        out->above2 = -f * g;
        out->eta_above = f * g;
        out->information += f * g;
    }
    if (j > 0) {
        const double v = cuts[j - 1] - eta, f = pg_logistic(v), g = pg_logistic(-v);
        out->value += pg_log_logistic(-v);
        out->eta += f;
        out->below = -f;
        out->below2 = -f * g;
        out->eta_below = f * g;
        out->information += f * g;
    }
    if (j == 0 || j == n_cuts) return;
    const double gap = cuts[j] - cuts[j - 1], m = expm1(gap);
    const double slope = 1 / m, curvature = isinf(m) ? 0 : (1 + slope) * slope; /* e^g / (e^g - 1)^2 */
    out->value += log(-expm1(-gap));
    out->above += slope;
    out->below -= slope;
    out->above2 -= curvature;
    out->below2 -= curvature;
    out->above_below = curvature;
}

static bool recedes(double y, double step_eta, const double *step_cuts, double tol, size_t n_cuts)
{
    const size_t j = (size_t)y;
    const bool above = j == n_cuts || step_cuts[j] - step_eta >= -tol;
    return above && (j == 0 || step_cuts[j - 1] - step_eta <= tol);
}

const pg_model pg_ologit_model = { row, recedes };

pgdp_status pg_ologit_start(pgdp_ctx *ctx, const pgdp_design *design, size_t n_cuts, double **cuts, double *log_lik)
{
    double *shares, below = 0;
    PG_TRY_ALLOC(ctx, shares, pg_arena_alloc(&ctx->scratch, n_cuts + 1, sizeof *shares));
    PG_TRY_ALLOC(ctx, *cuts, pg_arena_alloc(&ctx->scratch, n_cuts, sizeof **cuts));
    *log_lik = pg_likelihood_of_shares(design, n_cuts + 1, shares);
    for (size_t j = 0; j < n_cuts; j++) {
        double above = 0;
        below += shares[j];
        for (size_t l = j + 1; l <= n_cuts; l++)
            above += shares[l];
        (*cuts)[j] = log(below / above);
    }
    return PGDP_OK;
}

static pgdp_status fit_ologit(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *out)
{
    const options *o = settings;
    pg_maximum maximum;
    double *cuts;
    PG_TRY(pg_likelihood_refuse_aw(ctx, d, "ologit"));
    PG_TRY(pg_ologit_start(ctx, d, out->n_cuts, &cuts, &out->glance.log_lik_null));
    const pg_likelihood problem = {
        .model = &pg_ologit_model, .design = d, .n_cuts = out->n_cuts, .lambda = o->lambda, .start_cuts = cuts
    };
    if (d->offset.n > 0) PG_TRY(pg_likelihood_null(ctx, &problem, &out->glance.log_lik_null));
    PG_TRY(pg_likelihood_maximise(ctx, &problem, &maximum));
    PG_TRY(pg_likelihood_fill(ctx, &problem, &maximum, out));
    return pg_likelihood_expected(ctx, &problem, out->n_cuts + 1, out);
}

const pgdp_estimator pg_est_ologit = {
    .name = "ologit",
    .title = "Ordered logit",
    .source = "McCullagh (1980), J. R. Stat. Soc. B 42(2), section 2; ridge: le Cessie & van Houwelingen (1992)",
    .options = rows,
    .options_size = sizeof(options),
    .likelihood = true,
    .outcome = PGDP_OUTCOME_ORDERED,
    .fit = fit_ologit,
};
