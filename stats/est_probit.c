/* est_probit.c  Binary probit. Source: Greene (2018), Econometric Analysis, 8th ed., equations 17-20 to 17-22.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * P(y = 1) = Phi(x b). l = log Phi(s eta) with s = 1 for y = 1 and -1 for y = 0; with r = phi / Phi at s eta,
 * dl/d eta = s r and -d2l/d eta^2 = r (r + s eta). The inverse of this observed information is the covariance iid; that
 * of the expected one, sum phi^2 / (Phi (1 - Phi)) x x', which R's glm prints, is kept beside it. */
#include "stats/estimators.h"
#include "stats/likelihood.h"
#include "stats/normal_density.h"

static void row(double y, double eta, const double *cuts, size_t n_cuts, pg_row *out)
{
    (void)cuts, (void)n_cuts;
    const double sign = y > 0 ? 1 : -1;
    const pg_normal_left at = pg_normal_left_of(sign * eta);
    out->value = at.log_cdf;
    out->eta = sign * at.ratio;
    out->information = at.ratio * at.excess;
}

static bool recedes(double y, double step_eta, const double *step_cuts, double tol, size_t n_cuts)
{
    (void)step_cuts, (void)n_cuts;
    return (y > 0 ? step_eta : -step_eta) >= -tol;
}

static const pg_model model = { row, recedes };

static const pgdp_option options[] = {
    { .name = NULL },
};

static pgdp_status fit_probit(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *out)
{
    (void)settings;
    pg_maximum maximum;
    double shares[2];
    pg_likelihood problem = { .model = &model, .design = d, .behind = out->behind, .no_penalty = true };
    PG_TRY(pg_likelihood_check_binary(ctx, &problem, "probit", shares, &out->glance.log_lik_null));
    PG_TRY(pg_likelihood_refuse_aw(ctx, d, "probit"));
    problem.start_constant = -pgdp_normal_upper_quantile(shares[1]);
    if (pg_likelihood_has_offset(&problem) || d->constant == PGDP_NONE)
        PG_TRY(pg_likelihood_null(ctx, &problem, &out->glance.log_lik_null));
    PG_TRY(pg_likelihood_maximise(ctx, &problem, &maximum));
    PG_TRY(pg_likelihood_fill(ctx, &problem, &maximum, out));
    return pg_likelihood_expected(ctx, &problem, 2, out);
}

const pgdp_estimator pg_est_probit = {
    .name = "probit",
    .title = "Binary probit",
    .source = "Greene (2018), Econometric Analysis, equations 17-20 to 17-22",
    .options = options,
    .likelihood = true,
    .outcome = PGDP_OUTCOME_BINARY,
    .fit = fit_probit,
};
