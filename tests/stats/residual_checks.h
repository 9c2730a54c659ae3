/* residual_checks.h  What tests of residuals are checked with: a design whose errors grow and follow each other, least
 * squares by the public call, and auxiliary regressions from it. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_RESIDUAL_CHECKS_H
#define PGT_RESIDUAL_CHECKS_H

#include "core/random.h"
#include "stats/fit.h"
#include "tests/support/fits.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>

enum { N = 60, MOST = 24 };
static const char *const terms[] = { "(Intercept)", "a", "b", "c" };

/* y on a constant and three columns, errors that grow and follow each other. */
typedef struct data {
    double y[N], x[N * 4];
    pgdp_design d;
} data;

static inline void make(data *o)
{
    pg_random random = pg_random_stream(21, "residual tests", 0);
    double e = 0;
    for (size_t i = 0; i < N; i++) {
        o->x[i] = 1;
        for (size_t j = 1; j < 4; j++)
            o->x[i + j * N] = 3 * (double)j + pg_random_normal(&random) + (j > 1 ? 0.5 * o->x[i + (j - 1) * N] : 0);
        e = 0.4 * e + pg_random_normal(&random) * (1 + 0.2 * fabs(o->x[i + N]));
        o->y[i] = 2 + 0.7 * o->x[i + N] - 0.3 * o->x[i + 2 * N] + 0.05 * o->x[i + 3 * N] * o->x[i + 3 * N] + e;
    }
    o->d = (pgdp_design){ .y = { o->y, N }, .x = { o->x, N, 4 }, .terms = terms, .constant = 0 };
}

static inline pgdp_fit *fit_with(pgdp_ctx *ctx, const pgdp_design *d, const char *diagnostics)
{
    const pg_fit_request q = { .estimator = "ols", .vcov = "iid", .design = d, .diagnostics = diagnostics };
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pg_fit_run(ctx, &q, &fit));
    return fit;
}

/* Residuals of least squares by the public call. */
static inline double regress(pgdp_ctx *ctx, const double *y, const double *x, size_t n, size_t k, double *residual)
{
    const char *names[MOST];
    char words[MOST][24];
    for (size_t j = 0; j < k; j++) {
        (void)snprintf(words[j], sizeof words[j], "c%zu", j);
        names[j] = words[j];
    }
    const pgdp_design d = { .y = { y, n }, .x = { x, n, k }, .terms = names, .constant = PGDP_NONE };
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "iid", &d, NULL, &fit));
    double ssr = 0;
    for (size_t i = 0; i < n; i++) {
        double e = y[i];
        for (size_t j = 0; j < k; j++)
            e -= x[i + j * n] * pgdp_fit_estimate(fit).x[j];
        if (residual != NULL) residual[i] = e;
        ssr += e * e;
    }
    pgdp_fit_free(fit);
    return ssr;
}

static inline double about_mean(const double *y, size_t n)
{
    double mean = 0, sum = 0;
    for (size_t i = 0; i < n; i++)
        mean += y[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        sum += (y[i] - mean) * (y[i] - mean);
    return sum;
}

/* Statistic, degrees of freedom and p of n R^2 and of F. */
static inline void check_pair(const pgdp_fit *fit, const char *name, const char *name_f, const double *want)
{
    const pgdp_diagnostic chi = pgt_fit_line(fit, name), f = pgt_fit_line(fit, name_f);
    assert_close(chi.statistic, want[0], 1e-9, 0);
    assert_close(chi.df, want[1], 0, 0);
    assert_close(chi.p_value, pgdp_chisq_upper(want[0], want[1]), 1e-8, 0);
    assert_close(f.statistic, want[2], 1e-9, 0);
    assert_close(f.df2, want[3], 0, 0);
    assert_close(f.p_value, pgdp_f_upper(want[2], want[1], want[3]), 1e-8, 0);
}

static inline void lm(double n, double ssr, double tss, double df, double *out)
{
    out[0] = n * (1 - ssr / tss);
    out[1] = df;
    out[3] = n - df - 1;
    out[2] = (tss - ssr) / df / (ssr / out[3]);
}

#endif
