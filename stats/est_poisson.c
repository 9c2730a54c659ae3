/* est_poisson.c  Poisson regression (pseudo maximum likelihood). Source: Greene (2018), Econometric Analysis, 8th ed.,
 * section 18.4; Gourieroux, Monfort & Trognon (1984), Econometrica 52, for any outcome of 0 and more; with absorbed
 * effects: Correia, Guimaraes & Zylkin (2020), Stata J. 20(1). SPDX-License-Identifier: GPL-3.0-or-later
 *
 * l = y eta - e^eta - log Gamma(y + 1) with eta = x b + effects + offset. */
#include "core/number.h"
#include "core/parallel.h"
#include "core/vector_math.h"
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

enum { LANES = 64 };
typedef struct exponentials {
    double x[LANES];
} exponentials;

PG_INLINE void raise(exponentials *of, size_t n)
{
    for (size_t i = 0; i < n; i++)
        of->x[i] = pg_exp(of->x[i]);
}

PG_VECTOR_VERSIONS(raise, exponentials, LANES)

static void at(const double *eta, size_t n, double *mean, double *derivative, double *variance)
{
    const pg_vector_unit unit = pg_vector_unit_here();
    exponentials of = { { 0 } };
    for (size_t first = 0; first < n; first += LANES) {
        const size_t left = n - first < LANES ? n - first : LANES;
        memcpy(of.x, eta + first, left * sizeof *eta);
        raise_on(unit, &of);
        memcpy(mean + first, of.x, left * sizeof *mean);
    }
    memcpy(derivative, mean, n * sizeof *mean);
    memcpy(variance, mean, n * sizeof *mean);
}

static void loss(const double *y, const double *eta, const double *mean, size_t n, double *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = 2 * (mean[i] - y[i] * eta[i]);
}

/* 2 (y log(y / m) - (y - m)) */
static double deviance(double y, double eta, double mean)
{
    return y > 0 ? 2 * (y * (log(y) - eta) - (y - mean)) : 2 * mean;
}

static bool is_count(double y)
{
    return y >= 0;
}

const pg_glm_family pg_poisson_family = {
    .at = at, .start = start, .loss = loss, .allowed = is_count, .low = 0, .high = HUGE_VAL
};

static pgdp_status check_outcome(pgdp_ctx *ctx, const pg_likelihood *q)
{
    pg_outcomes o;
    PG_TRY(pg_likelihood_outcomes(ctx, q, is_count, &o));
    if (o.row != PGDP_NONE) {
        char number[PG_NUMBER_SIZE];
        pg_number_format(o.found, number);
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "row %zu of the outcome is %s; poisson needs 0 or more", o.row + 1,
                       number);
    }
    if (o.highest > 0) return PGDP_OK;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "the outcome is 0 in every row; poisson needs some above");
}

/* Sums over the rows that every likelihood is made of. */
enum { CONSTANT /* w log Gamma(y + 1) */, Y, Y_OFFSET, EXPOSURE, SATURATED /* w (l at mean = y) + CONSTANT */, N_SUMS };

static void add_sums(const void *user, const pg_tile_rows *rows, const double *eta, double *sums)
{
    double part[N_SUMS][PG_TILE];
    (void)user;
    for (size_t i = 0; i < rows->n; i++) {
        const double w = pg_tile_weight(rows, i), y = rows->y[i];
        part[CONSTANT][i] = w * pg_log_gamma(y + 1);
        part[Y][i] = w * y;
        part[Y_OFFSET][i] = w * y * eta[i];
        part[EXPOSURE][i] = w * exp(eta[i]);
        part[SATURATED][i] = y > 0 ? w * y * (log(y) - 1) : 0;
    }
    for (size_t j = 0; j < N_SUMS; j++)
        sums[j] += pg_sum(part[j], rows->n);
}

/* log Lambda with the constant and the offset alone; without a constant, with the offset alone. */
static double null_log_lik(const pg_likelihood *q, const double *s)
{
    if (q->design->constant == PGDP_NONE && !pg_likelihood_has_effects(q))
        return s[Y_OFFSET] - s[EXPOSURE] - s[CONSTANT];
    return s[Y] * log(s[Y] / s[EXPOSURE]) + s[Y_OFFSET] - s[Y] - s[CONSTANT];
}

static pgdp_status fit_with_effects(pgdp_ctx *ctx, const pgdp_design *d, const double *s, pgdp_fit *out)
{
    PG_TRY(pg_glm_fit(ctx, &pg_poisson_family, d, out));
    out->glance.log_lik = -s[CONSTANT] - out->glance.deviance / 2;
    out->glance.deviance += 2 * s[SATURATED];
    pg_likelihood_add_mcfadden(out);
    return PGDP_OK;
}

static void add_deviances(const void *user, const pg_tile_rows *rows, const double *eta, double *sums)
{
    double part[PG_TILE];
    (void)user;
    for (size_t i = 0; i < rows->n; i++)
        part[i] = pg_tile_weight(rows, i) * deviance(rows->y[i], eta[i], exp(eta[i]));
    sums[0] += pg_sum(part, rows->n);
}

static pgdp_status fit_plain(pgdp_ctx *ctx, pg_likelihood *problem, const double *s, pgdp_fit *out)
{
    pg_maximum maximum;
    problem->start_constant = log(s[Y] / s[EXPOSURE]);
    PG_TRY(pg_likelihood_maximise(ctx, problem, &maximum));
    maximum.log_lik -= s[CONSTANT];
    PG_TRY(pg_likelihood_fill(ctx, problem, &maximum, out));
    return pg_likelihood_add_up(ctx, problem, maximum.estimate, &(pg_likelihood_sum){ add_deviances, NULL, 1 },
                                &out->glance.deviance);
}

static pgdp_status fit_poisson(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *out)
{
    (void)settings;
    double s[N_SUMS];
    pg_likelihood problem = { .model = &model, .design = d, .behind = out->behind, .no_penalty = true };
    PG_TRY(check_outcome(ctx, &problem));
    PG_TRY(pg_likelihood_refuse_aw(ctx, d, "poisson"));
    PG_TRY(pg_likelihood_add_up(ctx, &problem, NULL, &(pg_likelihood_sum){ add_sums, NULL, N_SUMS }, s));
    out->glance.log_lik_null = null_log_lik(&problem, s);
    return pg_likelihood_has_effects(&problem) ? fit_with_effects(ctx, d, s, out) : fit_plain(ctx, &problem, s, out);
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
