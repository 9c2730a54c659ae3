/* est_quantile.c  Linear quantile regression. Source: Koenker & Bassett (1978), Econometrica 46(1), equation 3.1.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * b minimises sum w rho_tau(y - x b). Covariance iid: one density for all errors, by the sparsity of Koenker (2005),
 * section 3.4.1. For every covariance made of scores w (tau - 1(e < 0)) x (HC0, HC1, cluster, nw) the bread is Powell's
 * (sum f_i w x'x)^-1 with a normal kernel: Angrist, Chernozhukov & Fernandez-Val (2006), Econometrica 74(2), section
 * 2.3; clusters: Parente & Santos Silva (2016), J. Econom. Methods 5(1). */
#include "stats/estimators.h"
#include "stats/fit.h"
#include "stats/least_squares.h"
#include "stats/quantile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const pgdp_option rows[] = {
    { "tau", PGDP_OPTION_REAL, offsetof(pg_quantile_options, tau), 0.5, 1e-6, 1 - 1e-6, NULL,
      "quantile of the outcome, within (0, 1)" },
    { .name = NULL },
};

static void add_line(pgdp_fit *fit, const char *name, const char *title, double value, const char *note)
{
    const double nan = (double)NAN;
    const pgdp_diagnostic line = {
        .name = name, .title = title, .statistic = value, .df = nan, .df2 = nan, .p_value = nan, .note = note
    };
    pg_fit_add_diagnostic(fit, &line);
}

/* A value and its weight. */
typedef struct item {
    double value, weight;
} item;

static int compare(const void *a, const void *b)
{
    const item *x = a, *y = b;
    return x->value < y->value ? -1 : x->value > y->value;
}

/* The least objective of a constant alone: at a sample quantile. */
static pgdp_status objective_of_constant(pgdp_ctx *ctx, const pgdp_design *d, double tau, double *out)
{
    const size_t n = d->y.n;
    item *items;
    double all = 0, below = 0, centre = 0;
    PG_TRY_ALLOC(ctx, items, pg_arena_alloc(&ctx->scratch, n, sizeof *items));
    for (size_t i = 0; i < n; i++) {
        items[i].value = d->y.x[i] - (d->offset.n > 0 ? d->offset.x[i] : 0);
        items[i].weight = pg_design_weight(d, i);
        all += items[i].weight;
    }
    qsort(items, n, sizeof *items, compare);
    for (size_t i = 0; i < n && below < tau * all; i++) {
        centre = items[i].value;
        below += items[i].weight;
    }
    *out = 0;
    for (size_t i = 0; i < n; i++)
        *out += items[i].weight * pg_quantile_check(items[i].value - centre, tau);
    return PGDP_OK;
}

/* (X'V X)^-1 with V = W for frequencies, W^2 else, and tau (1 - tau) s^2. */
static pgdp_status fill_iid(pgdp_ctx *ctx, const pgdp_design *d, double tau, const pg_quantile *q, pgdp_fit *out)
{
    const size_t k = out->n_terms;
    double sparsity;
    pg_matrix root = q->root;
    pg_least_squares ls;
    if (d->weight_kind == PGDP_FREQUENCY) {
        PG_TRY(pg_least_squares_solve(ctx, d, &ls));
        root = ls.root;
    }
    pg_times_transposed(root, root, pg_matrix_of(out->bread, k, k));
    pg_copy_upper(pg_matrix_of(out->bread, k, k));
    PG_TRY(pg_quantile_sparsity(ctx, d, tau, q->residual, &sparsity));
    out->dispersion = tau * (1 - tau) * sparsity * sparsity;
    add_line(out, "sparsity", "1/density of the errors at the quantile", sparsity, NULL);
    return PGDP_OK;
}

/* Covariances that need no density: of refits, of none, of their own. */
static bool needs_no_bread(const char *covariance)
{
    static const char *const names[] = { "none", "bootstrap", "jackknife", "wild", "nid", "kernel" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], covariance) == 0) return true;
    return false;
}

static pgdp_status fill_covariance(pgdp_ctx *ctx, const pgdp_design *d, double tau, const pg_quantile *q, pgdp_fit *out)
{
    const size_t n = out->n_rows, k = out->n_terms;
    double *density, bandwidth;
    for (size_t i = 0; i < n; i++)
        out->score[i] = pg_design_weight(d, i) * (q->residual[i] < 0 ? tau - 1 : tau);
    for (size_t i = 0; i < k * k; i++)
        out->bread[i] = (double)NAN;
    add_line(out, "bandwidth", "Hall-Sheather bandwidth, in units of tau", pg_quantile_bandwidth(tau, out->nobs), NULL);
    if (out->covariance == NULL || needs_no_bread(out->covariance->name)) return PGDP_OK;
    if (strcmp(out->covariance->name, "iid") == 0) return fill_iid(ctx, d, tau, q, out);
    PG_TRY_ALLOC(ctx, density, pg_arena_alloc(&ctx->scratch, n, sizeof *density));
    PG_TRY(pg_quantile_kernel_density(ctx, d, tau, q->residual, density, &bandwidth));
    add_line(out, "kernel_bandwidth", "bandwidth of the normal kernel of Powell's densities, in the outcome's unit",
             bandwidth, NULL);
    return pg_quantile_bread(ctx, d, density, out->bread);
}

static pgdp_status fit_quantile(pgdp_ctx *ctx, const pgdp_design *d, const void *options, pgdp_fit *out)
{
    const pg_quantile_options *o = options;
    pg_quantile q;
    double null_objective;
    PG_TRY(pg_quantile_solve(ctx, d, o->tau, &q));
    memcpy(out->estimate, q.estimate, out->n_terms * sizeof *out->estimate);
    out->residual = q.residual;
    out->ssr = (double)NAN; /* the objective is not a sum of squares */
    add_line(out, "objective", "sum of w rho_tau(y - x b), the minimum", q.objective,
             q.unique ? NULL : "other coefficients have the same objective");
    if (d->constant != PGDP_NONE) {
        PG_TRY(objective_of_constant(ctx, d, o->tau, &null_objective));
        add_line(out, "koenker_machado_r1", "1 - objective / objective of the constant alone",
                 null_objective > 0 ? 1 - q.objective / null_objective : (double)NAN, NULL);
    }
    add_line(out, "zero_residuals", "rows fitted exactly", (double)q.n_zero, NULL);
    out->certificate = (pgdp_certificate){ .condition_number = q.condition,
                                           .digits = q.digits,
                                           .solver = "interior_point_and_vertex",
                                           .refinements = q.iterations };
    return fill_covariance(ctx, d, o->tau, &q, out);
}

const pgdp_estimator pg_est_quantile = {
    .name = "quantile",
    .title = "Quantile regression",
    .source = "Koenker & Bassett (1978), Econometrica 46(1), equation 3.1",
    .options = rows,
    .options_size = sizeof(pg_quantile_options),
    .fit = fit_quantile,
};
