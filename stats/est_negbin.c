/* est_negbin.c  Negative binomial regression with variance mu + alpha mu^2 (NB2), alpha estimated with the slopes.
 * Source: Cameron & Trivedi (2013), Regression Analysis of Count Data, 2nd ed., section 3.3.1.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With mu = e^eta, u = alpha mu and t = log alpha, which is what Newton's method moves:
 *   l = sum_{j < y} log(1 + alpha j) + y eta - (y + 1/alpha) log(1 + u) - log y!
 *   dl/d eta = (y - mu) / (1 + u),   -d2l/d eta^2 = mu (1 + alpha y) / (1 + u)^2,
 *   -d2l/(d eta dt) = (y - mu) u / (1 + u)^2,   dl/dt = sum alpha j / (1 + alpha j) + g(u) / alpha - y u / (1 + u),
 * g(u) = log(1 + u) - u / (1 + u). Estimate, bread and scores are turned to alpha by d alpha = alpha dt, exact at the
 * maximum, where the gradient is zero. */
#include "core/number.h"
#include "core/parallel.h"
#include "core/text.h"
#include "stats/estimators.h"
#include "stats/likelihood_system.h"
#include "stats/negbin_sums.h"

#include <math.h>
#include <string.h>

static double row(const void *user, double y, const double *q, double *gradient, double *information)
{
    (void)user;
    const double alpha = exp(q[1]), mu = exp(q[0]), u = alpha * mu, v = 1 / (1 + u);
    const pg_negbin_sums s = pg_negbin_sums_of(y, alpha);
    const double l = log1p(u), g = pg_log1p_less(u);
    gradient[0] = (y - mu) * v;
    gradient[1] = s.first + g / alpha - y * u * v;
    information[0] = mu * v * (1 + alpha * y) * v;
    information[2] = (y - mu) * v * u * v;
    information[3] = -s.second - (u * v * u * v - g) / alpha + y * u * v * v;
    return s.log + y * q[0] - y * l - l / alpha - pg_log_factorial(y);
}

static void poisson_row(double y, double eta, const double *cuts, size_t n_cuts, pg_row *out)
{
    (void)cuts, (void)n_cuts;
    const double mu = exp(eta);
    out->value = y * eta - mu - pg_log_factorial(y);
    out->eta = y - mu;
    out->information = mu;
}

/* Where counts are 0, mu may fall to 0. */
static bool poisson_recedes(double y, double step_eta, const double *step_cuts, double tol, size_t n_cuts)
{
    (void)step_cuts, (void)n_cuts;
    return y > 0 ? fabs(step_eta) <= tol : step_eta <= tol;
}

static const pg_model poisson = { poisson_row, poisson_recedes };

static pgdp_status check_outcome(pgdp_ctx *ctx, const pgdp_design *d)
{
    bool positive = false;
    for (size_t i = 0; i < d->y.n; i++) {
        const double y = d->y.x[i];
        char found[PG_NUMBER_SIZE];
        positive = positive || y > 0;
        if (y >= 0 && !(y > floor(y))) continue;
        pg_number_format(y, found);
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "row %zu of the outcome is %s; negbin needs counts 0, 1, 2, ...", i + 1,
                       found);
    }
    if (positive) return PGDP_OK;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "the outcome is 0 in every row; negbin needs counts above it");
}

/* A Poisson fit, and the moments sum w ((y - mu)^2 - y) and sum w mu^2 at it. The first is twice the derivative of the
 * likelihood by alpha at alpha = 0. */
typedef struct beginning {
    pg_maximum poisson;
    double excess, square;
} beginning;

static pgdp_status begin(pgdp_ctx *ctx, const pgdp_design *d, beginning *out)
{
    const size_t n = d->y.n;
    double *eta, *a, *b, sum = 0, total = 0;
    for (size_t i = 0; i < n; i++) {
        const double w = pg_design_weight(d, i);
        sum += w * d->y.x[i];
        total += w * (d->offset.n > 0 ? exp(d->offset.x[i]) : 1);
    }
    const pg_likelihood problem = {
        .model = &poisson, .design = d, .start_constant = log(sum / total), .no_penalty = true
    };
    PG_TRY(pg_likelihood_maximise(ctx, &problem, &out->poisson));
    PG_TRY(pg_likelihood_eta(ctx, d, out->poisson.estimate, &eta));
    PG_TRY_ALLOC(ctx, a, pg_arena_alloc(&ctx->scratch, n, sizeof *a));
    PG_TRY_ALLOC(ctx, b, pg_arena_alloc(&ctx->scratch, n, sizeof *b));
    for (size_t i = 0; i < n; i++) {
        const double w = pg_design_weight(d, i), mu = exp(eta[i]), residual = d->y.x[i] - mu;
        a[i] = w * (residual * residual - d->y.x[i]);
        b[i] = w * mu * mu;
    }
    out->excess = pg_sum(a, n);
    out->square = pg_sum(b, n);
    return PGDP_OK;
}

static pgdp_status climb(pgdp_ctx *ctx, const pgdp_design *d, const beginning *from, pg_system *system, pg_maximum *out)
{
    const size_t k = d->x.n_cols;
    double *start;
    PG_TRY_ALLOC(ctx, start, pg_arena_alloc(&ctx->scratch, k + 1, sizeof *start));
    memcpy(start, from->poisson.estimate, k * sizeof *start);
    start[k] = log(fmin(fmax(from->excess / from->square, 1e-6), 10));
    *system = (pg_system){ .design = d, .n_equations = 1, .n_single = 1, .row = row, .start = start };
    return pg_system_maximise(ctx, system, out);
}

/* The constant and an alpha of its own. */
static pgdp_status without_terms(pgdp_ctx *ctx, const pgdp_design *d, double *log_lik)
{
    pgdp_design alone = *d;
    beginning from;
    pg_system system;
    pg_maximum maximum;
    if (d->constant == PGDP_NONE) return PGDP_OK; /* not defined: alpha has no mean to go with */
    alone.x = (pgdp_mat){ d->x.x + d->constant * d->y.n, d->y.n, 1 };
    alone.x_low = (pgdp_mat){ NULL, 0, 0 };
    alone.terms = d->terms + d->constant;
    alone.constant = 0;
    PG_TRY(begin(ctx, &alone, &from));
    *log_lik = from.poisson.log_lik;
    if (!(from.excess > 0)) return PGDP_OK; /* its maximum is at alpha = 0 */
    PG_TRY(climb(ctx, &alone, &from, &system, &maximum));
    *log_lik = maximum.log_lik;
    return PGDP_OK;
}

/* t = log alpha to alpha, in estimate, bread and scores. */
static pgdp_status turn_to_alpha(pgdp_ctx *ctx, pgdp_fit *fit)
{
    const size_t p = fit->n_terms, last = p - 1, n = fit->n_rows;
    const double alpha = exp(fit->estimate[last]);
    double *scores;
    PG_TRY_ALLOC(ctx, scores, pg_matrix_new(&ctx->scratch, n, p).x);
    memcpy(scores, fit->scores, n * p * sizeof *scores);
    for (size_t i = 0; i < n; i++)
        scores[i + last * n] /= alpha;
    for (size_t j = 0; j < p; j++) {
        fit->bread[j + last * p] *= alpha;
        fit->bread[last + j * p] *= alpha;
    }
    fit->estimate[last] = alpha;
    fit->scores = scores;
    return PGDP_OK;
}

/* Pearson's chi-square, and the deviance at the alpha estimated: twice what a mean of y in each row would add. */
static pgdp_status summarise(pgdp_ctx *ctx, const pgdp_design *d, pgdp_fit *out)
{
    const size_t n = d->y.n;
    const double alpha = out->estimate[out->n_terms - 1];
    double *eta, *pearson;
    PG_TRY(pg_likelihood_eta(ctx, d, out->estimate, &eta));
    PG_TRY_ALLOC(ctx, pearson, pg_arena_alloc(&ctx->scratch, n, sizeof *pearson));
    for (size_t i = 0; i < n; i++) {
        const double w = pg_design_weight(d, i), y = d->y.x[i], mu = exp(eta[i]), change = (y - mu) / (1 + alpha * mu);
        pearson[i] = w * (y - mu) / mu * change;
        eta[i] = w * ((y > 0 ? y * log(y / mu) : 0) - (y + 1 / alpha) * log1p(alpha * change));
    }
    pg_likelihood_add_pearson(out, pg_sum(pearson, n));
    out->glance.deviance = 2 * pg_sum(eta, n);
    return PGDP_OK;
}

/* What MASS's glm.nb prints: of the slopes the expected information, sum w mu / (1 + alpha mu) x x', which in
 * expectation has no part in common with alpha; of alpha the second derivative at its estimate, the means taken as
 * known. */
static pgdp_status expect(pgdp_ctx *ctx, const pgdp_design *d, pgdp_fit *out)
{
    const size_t n = d->y.n, k = d->x.n_cols, p = k + 1;
    const double alpha = out->estimate[k];
    double *eta, *expected, of_alpha = 0;
    const double **columns;
    bool regular;
    pg_row_source source;
    pg_standard standard;
    if (out->covariance == NULL || !pg_streq(out->covariance->name, "iid")) return PGDP_OK;
    PG_TRY(pg_row_source_new(ctx, d, NULL, &source));
    PG_TRY(pg_standard_new(ctx, &source, false, &standard));
    PG_TRY(pg_likelihood_eta(ctx, d, out->estimate, &eta));
    PG_TRY_ALLOC(ctx, columns, pg_arena_alloc(&ctx->scratch, k, sizeof *columns));
    for (size_t j = 0; j < k; j++)
        columns[j] = d->x.x + j * n;
    const pg_matrix z = pg_matrix_new(&ctx->scratch, n, k), information = pg_matrix_new(&ctx->scratch, p, p);
    const pg_matrix t = pg_matrix_new(&ctx->scratch, p, p);
    if (z.x == NULL || information.x == NULL || t.x == NULL) return pg_no_memory(ctx);
    pg_standard_tile(&standard, &(pg_tile_rows){ .n = n, .x = columns }, z);
    PG_TRY_ALLOC(ctx, expected, pg_matrix_new(&ctx->scratch, p, p).x);
    for (size_t i = 0; i < n; i++) {
        const double w = pg_design_weight(d, i), mu = exp(eta[i]), q[] = { eta[i], log(alpha) };
        double gradient[2], second[4];
        (void)row(NULL, d->y.x[i], q, gradient, second);
        of_alpha += w * second[3];
        const double root = sqrt(w * mu / (1 + alpha * mu));
        for (size_t j = 0; j < k; j++)
            z.x[i + j * n] *= root;
    }
    pg_add_gram(z, (pg_matrix){ information.x, k, k, p });
    information.x[k + k * p] = of_alpha;
    pg_standard_jacobian(&standard, (pg_matrix){ t.x, k, k, p });
    t.x[k + k * p] = alpha;
    PG_TRY(pg_invert_information(ctx, information, t, expected, &regular));
    if (regular) out->expected = expected;
    return PGDP_OK;
}

static void add_tests(double log_lik_poisson, pgdp_fit *out)
{
    const double nan = (double)NAN, lr = fmax(2 * (out->glance.log_lik - log_lik_poisson), 0);
    pg_fit_add_diagnostic(out, &(pgdp_diagnostic){ .name = "theta",
                                                   .title = "theta = 1 / alpha",
                                                   .statistic = 1 / out->estimate[out->n_terms - 1],
                                                   .df = nan,
                                                   .df2 = nan,
                                                   .p_value = nan });
    pg_fit_add_diagnostic(out, &(pgdp_diagnostic){ .name = "lr_alpha",
                                                   .title = "Likelihood ratio, H0: alpha = 0 (Poisson)",
                                                   .statistic = lr,
                                                   .df = 1,
                                                   .df2 = nan,
                                                   .p_value = pgdp_chisq_upper(lr, 1) / 2,
                                                   .note = "alpha = 0 is a boundary: half of chi-square's tail" });
}

static pgdp_status shape(pgdp_ctx *ctx, const pgdp_design *d, pgdp_fit *out)
{
    const size_t k = d->x.n_cols;
    const char **names;
    PG_TRY_ALLOC(ctx, names, pg_arena_alloc(&ctx->scratch, k + 1, sizeof *names));
    memcpy(names, d->terms, k * sizeof *names);
    names[k] = "alpha";
    return pg_fit_reshape(ctx, out, names, k + 1);
}

static pgdp_status fit_negbin(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *out)
{
    (void)settings;
    beginning from;
    pg_system system;
    pg_maximum maximum;
    PG_TRY(check_outcome(ctx, d));
    PG_TRY(pg_likelihood_refuse_aw(ctx, d, "negbin"));
    if (out->nobs <= (double)d->x.n_cols + 1)
        return pg_fail(ctx, PGDP_TOO_FEW_OBS, "%zu rows are too few for %zu terms and alpha", d->y.n, d->x.n_cols);
    PG_TRY(begin(ctx, d, &from));
    if (!(from.excess > 0))
        return pg_fail(ctx, PGDP_NO_CONVERGENCE,
                       "given the terms the outcome varies no more than its mean, so that alpha is 0, where negbin is "
                       "poisson; use method poisson");
    PG_TRY(climb(ctx, d, &from, &system, &maximum));
    PG_TRY(without_terms(ctx, d, &out->glance.log_lik_null));
    PG_TRY(shape(ctx, d, out));
    PG_TRY(pg_system_fill(ctx, &system, &maximum, out));
    PG_TRY(turn_to_alpha(ctx, out));
    PG_TRY(summarise(ctx, d, out));
    add_tests(from.poisson.log_lik, out);
    return expect(ctx, d, out);
}

static const pgdp_option options[] = {
    { .name = NULL },
};

const pgdp_estimator pg_est_negbin = {
    .name = "negbin",
    .title = "Negative binomial regression (NB2)",
    .source = "Cameron & Trivedi (2013), Regression Analysis of Count Data, section 3.3.1",
    .options = options,
    .likelihood = true,
    .outcome = PGDP_OUTCOME_NUMBER,
    .fit = fit_negbin,
};
