/* pairs.h  A covariance written out as a sum over pairs of rows, for the tests that compare with it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_PAIRS_H
#define PGT_PAIRS_H

#include "tests/support/designs.h"
#include "tests/support/support.h"

#include <math.h>

enum { N = 90, K = 3 };
static pgdp_ctx *ctx;

static inline int open_ctx(void **state)
{
    (void)state;
    ctx = pgdp_ctx_new(NULL);
    return ctx == NULL;
}

static inline int close_ctx(void **state)
{
    (void)state;
    pgdp_ctx_free(ctx);
    return 0;
}

/* (X'X)^-1, residuals and leverages of the design, from the iid fit. */
typedef struct parts {
    double bread[K][K], e[N], h[N], x[N][K];
} parts;

static inline parts parts_of(const pgt_design *t)
{
    parts p;
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "iid", &t->d, NULL, &fit));
    const double sigma = pgdp_fit_glance(fit).sigma;
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < K; j++)
            p.bread[i][j] = pgdp_fit_vcov(fit).x[i + j * K] / (sigma * sigma);
    for (size_t i = 0; i < N; i++) {
        p.e[i] = t->y[i];
        p.h[i] = 0;
        for (size_t j = 0; j < K; j++) {
            p.x[i][j] = t->x[i + j * N];
            p.e[i] -= p.x[i][j] * pgdp_fit_estimate(fit).x[j];
        }
        for (size_t a = 0; a < K; a++)
            for (size_t b = 0; b < K; b++)
                p.h[i] += p.x[i][a] * p.bread[a][b] * p.x[i][b];
    }
    pgdp_fit_free(fit);
    return p;
}

/* How rows i and l of the sample weigh in the meat. */
typedef double (*pair_weight)(const pgt_design *t, const parts *p, size_t i, size_t l);

/* V = factor * bread (sum_il weight(i, l) e_i e_l x_i x_l') bread */
static inline void check(const pgt_design *t, const char *vcov, pair_weight weight, double factor)
{
    const parts p = parts_of(t);
    double meat[K][K] = { { 0 } };
    for (size_t i = 0; i < N; i++)
        for (size_t l = 0; l < N; l++)
            for (size_t ab = 0; ab < K * K; ab++)
                meat[ab / K][ab % K] += weight(t, &p, i, l) * p.e[i] * p.e[l] * p.x[i][ab / K] * p.x[l][ab % K];
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", vcov, &t->d, NULL, &fit));
    for (size_t i = 0; i < K; i++) {
        for (size_t j = 0; j < K; j++) {
            double want = 0;
            for (size_t ab = 0; ab < K * K; ab++)
                want += p.bread[i][ab / K] * meat[ab / K][ab % K] * p.bread[ab % K][j];
            const double size = sqrt(pgdp_fit_vcov(fit).x[i * (K + 1)] * pgdp_fit_vcov(fit).x[j * (K + 1)]);
            assert_close(pgdp_fit_vcov(fit).x[i + j * K], factor * want, 0, 1e-11 * size);
        }
    }
    pgdp_fit_free(fit);
}

static inline double hc0(const pgt_design *t, const parts *p, size_t i, size_t l)
{
    (void)t, (void)p;
    return i == l;
}

#endif
