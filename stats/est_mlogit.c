/* est_mlogit.c  Multinomial logit. Source: Greene (2018), Econometric Analysis, 8th ed., section 18.2.1.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * P(y = j) = e^(x b_j) / sum_l e^(x b_l), b = 0 for the base. l = eta_y - log sum e^eta, dl/d eta_j = [y = j] - P_j,
 * -d2l/(d eta_j d eta_l) = P_j [j = l] - P_j P_l. An offset is added to x b of every category but the base. */
#include "stats/est_mlogit.h"

#include "core/number.h"
#include "stats/estimators.h"
#include "stats/likelihood_system.h"

#include <math.h>

typedef struct options {
    double base, lambda;
} options;

static const pgdp_option rows[] = {
    { "base", PGDP_OPTION_REAL, offsetof(options, base), 0, 0, 999, NULL,
      "category that the others are compared with, counted from 0 in their order" },
    { "lambda", PGDP_OPTION_REAL, offsetof(options, lambda), 0, 0, 1e12, NULL,
      "ridge penalty lambda/2 * sum (sd_j b_j)^2 on the slopes" },
    { .name = NULL },
};

size_t pg_mlogit_base(const pgdp_fit *fit)
{
    const options *o = fit->options;
    return (size_t)o->base;
}

typedef struct categories {
    size_t n, base;
} categories;

/* The equation of category j, which is not the base. */
static size_t equation_of(const categories *c, size_t j)
{
    return j < c->base ? j : j - 1;
}

static double row(const void *user, double y, const double *q, double *gradient, double *information)
{
    const categories *c = user;
    const size_t m = c->n - 1, j = (size_t)y;
    double largest = 0, sum = 0;
    for (size_t e = 0; e < m; e++)
        largest = fmax(largest, q[e]);
    sum = exp(-largest);
    for (size_t e = 0; e < m; e++) {
        gradient[e] = exp(q[e] - largest);
        sum += gradient[e];
    }
    for (size_t e = 0; e < m; e++)
        gradient[e] /= sum; /* P, for a while */
    for (size_t e = 0; e < m; e++) {
        for (size_t f = 0; f < e; f++)
            information[f + e * m] = -gradient[f] * gradient[e];
        information[e + e * m] = gradient[e] * (1 - gradient[e]);
    }
    double of_outcome = 0;
    for (size_t e = 0; e < m; e++)
        gradient[e] = -gradient[e];
    if (j != c->base) {
        gradient[equation_of(c, j)] += 1;
        of_outcome = q[equation_of(c, j)];
    }
    return of_outcome - largest - log(sum);
}

/* The outcome's eta rises no less than any other. */
static bool recedes(const void *user, double y, const double *step, double tol)
{
    const categories *c = user;
    const size_t j = (size_t)y;
    const double own = j == c->base ? 0 : step[equation_of(c, j)];
    bool out = own >= -tol;
    for (size_t e = 0; e + 1 < c->n; e++)
        out = out && own >= step[e] - tol;
    return out;
}

static pgdp_status count_categories(pgdp_ctx *ctx, const pgdp_design *d, double **shares, size_t *n, double *null)
{
    enum { MOST = 1000 };
    double last = 0;
    for (size_t i = 0; i < d->y.n; i++) {
        const double y = d->y.x[i];
        if (!(y >= 0 && y < MOST) || y > floor(y))
            return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                           "row %zu of the outcome is no category; expected 0, 1, 2, ... below %d", i + 1, MOST);
        last = fmax(last, y);
    }
    *n = (size_t)last + 1;
    PG_TRY_ALLOC(ctx, *shares, pg_arena_alloc(&ctx->scratch, *n, sizeof **shares));
    *null = pg_likelihood_of_shares(d, *n, *shares);
    for (size_t j = 0; j < *n; j++)
        if (!((*shares)[j] > 0))
            return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                           "category %zu of the outcome has no rows; number the categories without gaps", j);
    if (*n > 1) return PGDP_OK;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "the outcome has one category only; mlogit needs two or more");
}

static pgdp_status shape(pgdp_ctx *ctx, const pgdp_design *d, const categories *c, pgdp_fit *out)
{
    const size_t k = d->x.n_cols, p = k * (c->n - 1);
    const char **names;
    if (d->y.n < p || out->nobs <= (double)p)
        return pg_fail(ctx, PGDP_TOO_FEW_OBS,
                       "%zu rows are too few for %zu terms of %zu categories; at least one more than terms is needed",
                       d->y.n, p, c->n);
    PG_TRY_ALLOC(ctx, names, pg_arena_alloc(&ctx->scratch, p, sizeof *names));
    for (size_t j = 0; j < c->n; j++)
        for (size_t l = 0; l < k && j != c->base; l++)
            PG_TRY_ALLOC(ctx, names[l + equation_of(c, j) * k],
                         pg_arena_printf(&ctx->scratch, "%zu:%s", j, d->terms[l]));
    return pg_fit_reshape(ctx, out, names, p);
}

/* With an offset, the constants alone; with neither constant nor offset, all categories are as likely. */
static pgdp_status without_terms(pgdp_ctx *ctx, const pg_system *system, const double *shares, double *log_lik)
{
    const pgdp_design *d = system->design;
    const categories *c = system->user;
    const size_t m = c->n - 1, n = d->y.n;
    pgdp_design alone = *d;
    pg_system of_constants = *system;
    pg_maximum maximum;
    double *start;
    if (d->constant != PGDP_NONE && d->offset.n == 0) return PGDP_OK;
    PG_TRY_ALLOC(ctx, start, pg_matrix_new(&ctx->scratch, m, m + 2).x);
    if (d->constant == PGDP_NONE) {
        *log_lik = 0;
        for (size_t i = 0; i < n; i++) {
            for (size_t e = 0; e < m; e++)
                start[e] = d->offset.n > 0 ? d->offset.x[i] : 0;
            *log_lik += pg_design_weight(d, i) * row(c, d->y.x[i], start, start + m, start + 2 * m);
        }
        return PGDP_OK;
    }
    for (size_t j = 0; j < c->n; j++)
        if (j != c->base) start[equation_of(c, j)] = log(shares[j] / shares[c->base]);
    alone.x = (pgdp_mat){ d->x.x + d->constant * n, n, 1 };
    alone.x_low = (pgdp_mat){ NULL, 0, 0 };
    alone.terms = d->terms + d->constant;
    alone.constant = 0;
    of_constants.design = &alone;
    of_constants.start = start;
    PG_TRY(pg_system_maximise(ctx, &of_constants, &maximum));
    *log_lik = maximum.log_lik;
    return PGDP_OK;
}

static pgdp_status fit_mlogit(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *out)
{
    const options *o = settings;
    const size_t k = d->x.n_cols;
    categories c = { .base = (size_t)o->base };
    double *shares = NULL, *start;
    pg_maximum maximum;
    PG_TRY(pg_likelihood_refuse_aw(ctx, d, "mlogit"));
    PG_TRY(count_categories(ctx, d, &shares, &c.n, &out->glance.log_lik_null));
    if (c.base >= c.n || o->base > floor(o->base)) {
        char found[PG_NUMBER_SIZE];
        pg_number_format(o->base, found);
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "base is %s; expected a category, 0 to %zu in their order", found,
                       c.n - 1);
    }
    PG_TRY(shape(ctx, d, &c, out));
    PG_TRY_ALLOC(ctx, start, pg_arena_alloc(&ctx->scratch, out->n_terms, sizeof *start));
    for (size_t j = 0; j < c.n && d->constant != PGDP_NONE; j++)
        if (j != c.base) start[d->constant + equation_of(&c, j) * k] = log(shares[j] / shares[c.base]);
    const pg_system system = { .design = d,
                               .n_equations = c.n - 1,
                               .row = row,
                               .recedes = recedes,
                               .user = &c,
                               .concave = true,
                               .start = start,
                               .lambda = o->lambda };
    PG_TRY(without_terms(ctx, &system, shares, &out->glance.log_lik_null));
    PG_TRY(pg_system_maximise(ctx, &system, &maximum));
    PG_TRY(pg_system_fill(ctx, &system, &maximum, out));
    out->expected = out->bread;
    out->glance.df = (double)((c.n - 1) * (k - (d->constant != PGDP_NONE)));
    return PGDP_OK;
}

const pgdp_estimator pg_est_mlogit = {
    .name = "mlogit",
    .title = "Multinomial logit",
    .source = "Greene (2018), Econometric Analysis, section 18.2.1; McFadden (1974)",
    .options = rows,
    .options_size = sizeof(options),
    .likelihood = true,
    .outcome = PGDP_OUTCOME_CATEGORY,
    .fit = fit_mlogit,
};
