/* est_logit.c  Binary logit. Source: Greene (2018), Econometric Analysis, 8th ed., equations 17-20 to 17-22.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * P(y = 1) = F(x b), F logistic. l = log F(s eta) with s = 1 for y = 1 and -1 for y = 0. */
#include "stats/estimators.h"
#include "stats/glm.h"
#include "stats/likelihood.h"
#include "stats/logistic.h"
#include "stats/separation.h"

#include <math.h>

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
    (void)cuts, (void)n_cuts;
    const double sign = y > 0 ? 1 : -1;
    const pg_logistic_at at = pg_logistic_all(sign * eta);
    out->value = at.log_left;
    out->eta = sign * at.right;
    out->information = at.left * at.right;
}

static bool recedes(double y, double step_eta, const double *step_cuts, double tol, size_t n_cuts)
{
    (void)step_cuts, (void)n_cuts;
    return (y > 0 ? step_eta : -step_eta) >= -tol;
}

static const pg_model model = { row, recedes };

static void at(const double *eta, size_t n, double *mean, double *derivative, double *variance)
{
    for (size_t i = 0; i < n; i++) {
        mean[i] = pg_logistic(eta[i]);
        derivative[i] = variance[i] = mean[i] * pg_logistic(-eta[i]);
    }
}

static double start(double y, double average)
{
    (void)average;
    return y > 0 ? log(3) : -log(3); /* the logit of (y + 1/2) / 2 */
}

static void loss(const double *y, const double *eta, const double *mean, size_t n, double *out)
{
    (void)mean;
    for (size_t i = 0; i < n; i++)
        out[i] = -2 * pg_log_logistic(y[i] > 0 ? eta[i] : -eta[i]);
}

static bool is_binary(double y)
{
    return !(y < 0 || y > 1) && (y <= 0 || y >= 1);
}

const pg_glm_family pg_logit_family = {
    .at = at, .start = start, .loss = loss, .allowed = is_binary, .low = 0, .high = 1
};

/* The log likelihood with the constant and the offset alone, which effects hold; without both, of x b = 0. */
static pgdp_status null_log_lik(pgdp_ctx *ctx, const pg_likelihood *problem, double of_shares, double nobs, double *out)
{
    static const char *const term[] = { "(Intercept)" };
    const pgdp_design *d = problem->design;
    pg_likelihood alone = *problem;
    pgdp_design with_constant = *d;
    double *ones;
    *out = of_shares;
    if (!pg_likelihood_has_offset(problem) && (d->constant != PGDP_NONE || pg_likelihood_has_effects(problem)))
        return PGDP_OK;
    *out = -log(2) * nobs;
    if (d->n_effects == 0) return pg_likelihood_has_offset(problem) ? pg_likelihood_null(ctx, problem, out) : PGDP_OK;
    PG_TRY_ALLOC(ctx, ones, pg_arena_alloc(&ctx->scratch, d->y.n, sizeof *ones));
    for (size_t i = 0; i < d->y.n; i++)
        ones[i] = 1;
    with_constant.x = (pgdp_mat){ ones, d->y.n, 1 };
    with_constant.x_low = (pgdp_mat){ NULL, 0, 0 };
    with_constant.terms = term;
    with_constant.constant = 0;
    with_constant.effects = NULL;
    with_constant.n_effects = 0;
    alone.design = &with_constant;
    return pg_likelihood_null(ctx, &alone, out);
}

static pgdp_status fit_logit(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *out)
{
    const options *o = settings;
    pg_maximum maximum;
    double shares[2], of_shares;
    pg_likelihood problem = { .model = &model, .design = d, .behind = out->behind, .lambda = o->lambda };
    PG_TRY(pg_likelihood_check_binary(ctx, &problem, "logit", shares, &of_shares));
    PG_TRY(pg_likelihood_refuse_aw(ctx, d, "logit"));
    problem.start_constant = log(shares[1] / shares[0]);
    PG_TRY(null_log_lik(ctx, &problem, of_shares, out->nobs, &out->glance.log_lik_null));
    if (!pg_likelihood_has_effects(&problem)) {
        PG_TRY(pg_likelihood_maximise(ctx, &problem, &maximum));
        return pg_likelihood_fill(ctx, &problem, &maximum, out);
    }
    if (o->lambda > 0)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "setting lambda of method logit is above 0 beside absorbed effects, which it would not "
                       "penalise; leave lambda or the effects out");
    PG_TRY(pg_glm_fit(ctx, &pg_logit_family, d, out));
    out->glance.log_lik = -out->glance.deviance / 2;
    pg_likelihood_add_mcfadden(out);
    return PGDP_OK;
}

/* Levels of an effect whose outcomes are all 0 or all 1. */
static pgdp_status separated(pgdp_ctx *ctx, const pgdp_design *d, bool *drop)
{
    return pg_separated_levels(ctx, d, 0, 1, drop);
}

const pgdp_estimator pg_est_logit = {
    .name = "logit",
    .title = "Binary logit",
    .source =
        "Greene (2018), Econometric Analysis, equations 17-20 to 17-22; ridge: le Cessie & van Houwelingen (1992)",
    .options = rows,
    .options_size = sizeof(options),
    .likelihood = true,
    .outcome = PGDP_OUTCOME_BINARY,
    .absorb = PGDP_ABSORB_ITSELF,
    .fit = fit_logit,
    .separated = separated,
};
