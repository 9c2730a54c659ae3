/* diag_endogeneity.c  Are the terms called endogenous exogenous? Source: Durbin (1954), Rev. Int. Stat. Inst. 22; Wu
 * (1973), Econometrica 41(4); Hausman (1978), Econometrica 46(6), section 2. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With the first-stage residuals V beside the terms X, Q = SSR of y on X less SSR of y on [X, V] is what V adds.
 * Wu-Hausman: F = (Q/p) / (SSR_V / (N - K - p)); Durbin: N Q / SSR, chi-square(p). Robust: the Wald F of V by the fit's
 * covariance. Package linearmodels 5.4 takes e'P e of the 2SLS residuals e by the instruments without the exogenous
 * terms out of e0'P e0 of the least-squares residuals e0, in place of Q: convention=linearmodels repeats its numbers,
 * which change when a constant is added to an instrument. */
#include "core/parallel.h"
#include "stats/diagnostics.h"
#include "stats/instruments.h"
#include "stats/least_squares.h"

#include <math.h>
#include <string.h>

typedef struct options {
    int convention;
} options;

enum { AUGMENTED, LINEARMODELS };
static const char *const conventions[] = { "augmented", "linearmodels", NULL };

static const pgdp_option rows[] = {
    { "convention", PGDP_OPTION_CHOICE, offsetof(options, convention), 0, 0, 1, conventions,
      "the augmented regression (R, Stata), or linearmodels' other sum of squares" },
    { .name = NULL },
};

/* Least squares of y on X and on [X, V]. */
typedef struct regressions {
    pg_least_squares plain, augmented;
    pgdp_design design; /* x = [X, V] */
    double ssr, ssr_augmented;
} regressions;

/* A residual that is only rounding explains nothing. */
static bool is_rounding(const pg_instruments *in, size_t j)
{
    const double *v = in->rest.x + (1 + j) * in->n_rows, *b = in->head.x + (1 + j) * in->head.stride;
    return !(pg_dot(v, v, in->n_rows) > 1e-24 * pg_dot(b, b, in->n_first));
}

static pgdp_status augmented(pgdp_ctx *ctx, const pg_instruments *in, pgdp_design *out)
{
    const pgdp_design *d = in->design;
    const size_t n = in->n_rows, k = d->x.n_cols, p = in->n_endogenous;
    double *x;
    const char **terms;
    PG_TRY_ALLOC(ctx, x, pg_matrix_new(&ctx->scratch, n, k + p).x);
    PG_TRY_ALLOC(ctx, terms, pg_arena_alloc(&ctx->scratch, k + p, sizeof *terms));
    memcpy(x, d->x.x, n * k * sizeof *x);
    memcpy(terms, d->terms, k * sizeof *terms);
    for (size_t j = 0; j < p; j++) {
        terms[k + j] = "a first-stage residual";
        for (size_t i = 0; i < n; i++)
            x[i + (k + j) * n] = in->rest.x[i + (1 + j) * n] / (in->root_weight == NULL ? 1 : in->root_weight[i]);
    }
    *out = *d;
    out->x = (pgdp_mat){ x, n, k + p };
    out->x_low = out->z = (pgdp_mat){ NULL, 0, 0 };
    out->terms = terms;
    out->n_endogenous = 0;
    return PGDP_OK;
}

static const char *refuses(const pgdp_fit *fit)
{
    if (pg_iv_refuses(fit) != NULL) return pg_iv_refuses(fit);
    const pg_instruments *in = pg_instruments_of(fit);
    for (size_t j = 0; j < in->n_endogenous; j++)
        if (is_rounding(in, j)) return "the instruments explain an endogenous term exactly";
    if (fit->nobs > (double)(fit->n_terms + in->n_endogenous + fit->n_absorbed)) return NULL;
    return "there are too few observations for the first-stage residuals beside the terms";
}

static pgdp_status regress(pgdp_ctx *ctx, const pg_instruments *in, regressions *r)
{
    const size_t n = in->n_rows;
    PG_TRY(augmented(ctx, in, &r->design));
    PG_TRY(pg_least_squares_solve(ctx, in->design, &r->plain));
    PG_TRY(pg_least_squares_solve(ctx, &r->design, &r->augmented));
    r->ssr = pg_dot(r->plain.residual, r->plain.residual, n);
    r->ssr_augmented = pg_dot(r->augmented.residual, r->augmented.residual, n);
    return PGDP_OK;
}

/* Q by linearmodels: explained part of e0 by exogenous terms, instruments and endogenous terms, less that of e by the
 * instruments alone. */
static pgdp_status other_sum(pgdp_ctx *ctx, const pg_instruments *in, const regressions *r, const double *e, double *q)
{
    const pgdp_design *d = in->design;
    const size_t n = in->n_rows, m = in->n_first, p = in->n_endogenous;
    const double *w = d->weights.n == 0 ? NULL : d->weights.x;
    double *x, *y;
    pg_auxiliary all, alone;
    PG_TRY_ALLOC(ctx, x, pg_matrix_new(&ctx->scratch, n, m + p).x);
    PG_TRY_ALLOC(ctx, y, pg_arena_alloc(&ctx->scratch, n, sizeof *y));
    memcpy(x, in->first.x.x, n * m * sizeof *x);
    for (size_t j = 0; j < p; j++)
        memcpy(x + (m + j) * n, r->design.x.x + (d->x.n_cols + j) * n, n * sizeof *x);
    for (size_t i = 0; i < n; i++)
        y[i] = r->plain.residual[i] / (in->root_weight == NULL ? 1 : in->root_weight[i]);
    PG_TRY(pg_auxiliary_fit(ctx, y, x, n, m + p, w, NULL, &all));
    for (size_t i = 0; i < n; i++)
        y[i] = e[i] / (in->root_weight == NULL ? 1 : in->root_weight[i]);
    PG_TRY(pg_auxiliary_fit(ctx, y, x + in->n_exogenous * n, n, in->n_instruments, w, NULL, &alone));
    *q = (r->ssr - all.ssr) - (pg_dot(e, e, n) - alone.ssr);
    return PGDP_OK;
}

static pgdp_status add_robust(pgdp_ctx *ctx, const pg_instruments *in, const regressions *r, pgdp_fit *fit)
{
    const size_t p = in->n_endogenous, k = fit->n_terms, m = k + p;
    const pg_matrix v = pg_matrix_new(&ctx->scratch, m, m);
    const pg_iv_inner inner = { &r->design, r->augmented.root.x, r->augmented.residual };
    double df;
    char *title;
    if (v.x == NULL) return pg_no_memory(ctx);
    PG_TRY(pg_iv_inner_vcov(ctx, fit, &inner, v.x, &df));
    const pg_matrix last = { v.x + k + k * m, p, p, m };
    PG_TRY_ALLOC(ctx, title,
                 pg_arena_printf(&fit->arena, "Wu-Hausman F, covariance %s, H0: the terms are exogenous",
                                 pg_iv_weight_text(fit)));
    pg_iv_add(fit, "wu_hausman_robust", title, pg_iv_wald(r->augmented.estimate + k, last) / (double)p, (double)p, df);
    return PGDP_OK;
}

static pgdp_status compute(pgdp_ctx *ctx, const void *settings, pgdp_fit *fit)
{
    const options *o = settings;
    const pg_instruments *in = pg_instruments_of(fit);
    const double p = (double)in->n_endogenous, df = fit->nobs - (double)(fit->n_terms + fit->n_absorbed) - p;
    regressions r;
    PG_TRY(regress(ctx, in, &r));
    double q = r.ssr - r.ssr_augmented;
    if (o->convention == LINEARMODELS) PG_TRY(other_sum(ctx, in, &r, in->residual, &q));
    pg_iv_add(fit, "wu_hausman", "Wu-Hausman F, iid errors, H0: the terms are exogenous", q / p / ((r.ssr - q) / df), p,
              df);
    pg_iv_add(fit, "durbin", "Durbin, iid errors, H0: the terms are exogenous", fit->nobs * q / r.ssr, p, (double)NAN);
    return pg_iv_weight_of(fit) == PG_IV_IID ? PGDP_OK : add_robust(ctx, in, &r, fit);
}

const pg_diagnostic_kind pg_diag_endogeneity = {
    .name = "endogeneity",
    .title = "Exogeneity of the endogenous terms: Wu-Hausman, Durbin",
    .source =
        "Durbin (1954), Rev. Int. Stat. Inst. 22; Wu (1973), Econometrica 41(4); Hausman (1978), Econometrica 46(6), "
        "equation 2.18",
    .options = rows,
    .options_size = sizeof(options),
    .own = true,
    .refuses = refuses,
    .compute = compute,
};
