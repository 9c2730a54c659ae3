/* est_poisson.c  Poisson regression (pseudo maximum likelihood). Source: Greene (2018), Econometric Analysis, 8th ed.,
 * section 18.4; Gourieroux, Monfort & Trognon (1984), Econometrica 52, for any outcome of 0 and more; with absorbed
 * effects: Correia, Guimaraes & Zylkin (2020), Stata J. 20(1). SPDX-License-Identifier: GPL-3.0-or-later
 *
 * l = y eta - e^eta - log Gamma(y + 1) with eta = x b + effects + offset. */
#include "core/number.h"
#include "core/parallel.h"
#include "stats/estimators.h"
#include "stats/gamma.h"
#include "stats/glm.h"
#include "stats/likelihood.h"
#include "stats/separation.h"

#include <math.h>

static const pgdp_option options[] = {
    { .name = NULL },
};

/* Without log Gamma(y + 1), which moves nothing. */
static void row(double y, double eta, const double *cuts, size_t n_cuts, pg_row *out)
{
    (void)cuts, (void)n_cuts;
    out->information = exp(eta);
    out->value = y * eta - out->information;
    out->eta = y - out->information;
}

static bool recedes(double y, double step_eta, const double *step_cuts, double tol, size_t n_cuts)
{
    (void)step_cuts, (void)n_cuts;
    return step_eta <= tol && (!(y > 0) || step_eta >= -tol);
}

static const pg_model model = { row, recedes };

static double start(double y, double average)
{
    return log((y + average) / 2);
}

static void at(const double *eta, size_t n, double *mean, double *derivative, double *variance)
{
    for (size_t i = 0; i < n; i++)
        mean[i] = derivative[i] = variance[i] = exp(eta[i]);
}

/* 2 (y log(y / m) - (y - m)) */
static double deviance(double y, double eta, double mean)
{
    return y > 0 ? 2 * (y * (log(y) - eta) - (y - mean)) : 2 * mean;
}

static const pg_glm_family family = { .at = at, .start = start, .deviance = deviance };

static pgdp_status check_outcome(pgdp_ctx *ctx, const pgdp_design *d)
{
    bool positive = false;
    for (size_t i = 0; i < d->y.n; i++) {
        positive = positive || d->y.x[i] > 0;
        if (d->y.x[i] >= 0) continue;
        char number[PG_NUMBER_SIZE];
        pg_number_format(d->y.x[i], number);
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "row %zu of the outcome is %s; poisson needs 0 or more", i + 1, number);
    }
    if (positive) return PGDP_OK;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "the outcome is 0 in every row; poisson needs some above");
}

/* Sums over the rows that every likelihood is made of. */
typedef struct sums {
    double constant; /* w log Gamma(y + 1) */
    double y, y_offset, exposure, w;
} sums;

static pgdp_status add_up(pgdp_ctx *ctx, const pgdp_design *d, sums *out)
{
    enum { N_SUMS = 5 };
    const size_t n = d->y.n;
    double *part[N_SUMS];
    for (size_t j = 0; j < N_SUMS; j++)
        PG_TRY_ALLOC(ctx, part[j], pg_arena_alloc(&ctx->scratch, n, sizeof(double)));
    for (size_t i = 0; i < n; i++) {
        const double w = pg_design_weight(d, i), y = d->y.x[i], offset = d->offset.n > 0 ? d->offset.x[i] : 0;
        part[0][i] = w * pg_log_gamma(y + 1);
        part[1][i] = w * y;
        part[2][i] = w * y * offset;
        part[3][i] = w * exp(offset);
        part[4][i] = w;
    }
    *out = (sums){ pg_sum(part[0], n), pg_sum(part[1], n), pg_sum(part[2], n), pg_sum(part[3], n), pg_sum(part[4], n) };
    return PGDP_OK;
}

/* log Lambda with the constant and the offset alone; without a constant, with the offset alone. */
static double null_log_lik(const pgdp_design *d, const sums *s)
{
    if (d->constant == PGDP_NONE && d->n_effects == 0) return s->y_offset - s->exposure - s->constant;
    return s->y * log(s->y / s->exposure) + s->y_offset - s->y - s->constant;
}

/* sum w (l at mean = y) */
static pgdp_status saturated_log_lik(pgdp_ctx *ctx, const pgdp_design *d, const sums *s, double *out)
{
    double *part;
    PG_TRY_ALLOC(ctx, part, pg_arena_alloc(&ctx->scratch, d->y.n, sizeof *part));
    for (size_t i = 0; i < d->y.n; i++) {
        const double y = d->y.x[i];
        part[i] = y > 0 ? pg_design_weight(d, i) * y * (log(y) - 1) : 0;
    }
    *out = pg_sum(part, d->y.n) - s->constant;
    return PGDP_OK;
}

static pgdp_status fit_with_effects(pgdp_ctx *ctx, const pgdp_design *d, const sums *s, pgdp_fit *out)
{
    double saturated;
    PG_TRY(saturated_log_lik(ctx, d, s, &saturated));
    PG_TRY(pg_glm_fit(ctx, &family, d, out));
    out->glance.log_lik = saturated - out->glance.deviance / 2;
    pg_likelihood_add_mcfadden(out);
    return PGDP_OK;
}

static pgdp_status fit_plain(pgdp_ctx *ctx, const pgdp_design *d, const sums *s, pgdp_fit *out)
{
    double *eta;
    pg_maximum maximum;
    const pg_likelihood problem = {
        .model = &model, .design = d, .start_constant = log(s->y / s->exposure), .no_penalty = true
    };
    PG_TRY(pg_likelihood_maximise(ctx, &problem, &maximum));
    maximum.log_lik -= s->constant;
    PG_TRY(pg_likelihood_fill(ctx, &problem, &maximum, out));
    PG_TRY(pg_likelihood_eta(ctx, d, maximum.estimate, &eta));
    for (size_t i = 0; i < d->y.n; i++)
        eta[i] = pg_design_weight(d, i) * deviance(d->y.x[i], eta[i], exp(eta[i]));
    out->glance.deviance = pg_sum(eta, d->y.n);
    return PGDP_OK;
}

static pgdp_status fit_poisson(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *out)
{
    (void)settings;
    sums s;
    PG_TRY(check_outcome(ctx, d));
    PG_TRY(pg_likelihood_refuse_aw(ctx, d, "poisson"));
    PG_TRY(add_up(ctx, d, &s));
    out->glance.log_lik_null = null_log_lik(d, &s);
    return d->n_effects > 0 ? fit_with_effects(ctx, d, &s, out) : fit_plain(ctx, d, &s, out);
}

const pgdp_estimator pg_est_poisson = {
    .name = "poisson",
    .title = "Poisson regression",
    .source = "Greene (2018), Econometric Analysis, section 18.4; Correia, Guimaraes & Zylkin (2020), Stata J. 20(1)",
    .options = options,
    .likelihood = true,
    .absorb = PGDP_ABSORB_ITSELF,
    .fit = fit_poisson,
    .separated = pg_separated_zeros,
};
