/* iv_designs.h  Designs with instruments for tests, of numbers that any language makes: a congruential generator.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_IV_DESIGNS_H
#define PGT_IV_DESIGNS_H

#include "core/text.h"
#include "stats/fit.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** y on the constant, x1, endogenous e1 and e2 with instruments z1 ... z4; freed by iv_design_free(). */
typedef struct iv_design {
    pgdp_design d;
    size_t n, endogenous[2];
    double *y, *x, *z, *w;
    size_t *group; /**< 19 clusters */
    const size_t *clusters[1];
} iv_design;

static const char *const iv_terms[] = { "(Intercept)", "x1", "e1", "e2" };
static const char *const iv_instruments[] = { "z1", "z2", "z3", "z4", "z5" };

static inline double iv_uniform(uint64_t *state)
{
    *state = (*state * 1103515245u + 12345u) % 2147483648u;
    return (double)*state / 2147483648.0 - 0.5;
}

/** @param strength  of the instruments, 1 for strong ones. Seed 12345, n = 150 and strength 1 are the data of the
 * numbers from numpy. */
static inline iv_design iv_design_new(size_t n, size_t n_endogenous, uint64_t seed, double strength)
{
    iv_design t = { .n = n, .endogenous = { 2, 3 } };
    t.y = calloc(n, sizeof *t.y);
    t.x = calloc(4 * n, sizeof *t.x);
    t.z = calloc(5 * n, sizeof *t.z);
    t.w = calloc(n, sizeof *t.w);
    t.group = calloc(n, sizeof *t.group);
    for (size_t i = 0; i < n; i++) {
        double z[4];
        const double x1 = iv_uniform(&seed);
        for (size_t j = 0; j < 4; j++)
            z[j] = t.z[i + j * n] = iv_uniform(&seed);
        const double v1 = iv_uniform(&seed), v2 = iv_uniform(&seed), c = iv_uniform(&seed);
        t.w[i] = 1 + iv_uniform(&seed);
        t.group[i] = (i * 7) % 19;
        const double common = (double)((t.group[i] * 37) % 11) / 11 - 0.5;
        const double e1 = 0.3 * x1 + strength * (0.5 * z[0] + 0.2 * z[1]) + 0.8 * v1 * (1 + z[0]) + 0.3 * common;
        const double e2 = -0.2 * x1 + strength * (0.4 * z[2] - 0.3 * z[3]) + 0.6 * v2 + 0.3 * common;
        t.y[i] = 1 + 0.5 * x1 + 0.7 * e1 - 0.4 * e2 + 0.5 * v1 + 0.3 * v2 * (1 + z[1]) + 0.4 * c + 0.5 * common;
        t.x[i] = 1;
        t.x[i + n] = x1;
        t.x[i + 2 * n] = e1;
        t.x[i + 3 * n] = e2;
    }
    t.d = (pgdp_design){ .y = { t.y, n },
                         .x = { t.x, n, 2 + n_endogenous },
                         .terms = iv_terms,
                         .constant = 0,
                         .n_endogenous = n_endogenous,
                         .z = { t.z, n, 4 },
                         .instruments = iv_instruments };
    return t;
}

/** The arrays' addresses, once the design stands where it stays. */
static inline pgdp_design *iv_tie(iv_design *t)
{
    t->clusters[0] = t->group;
    t->d.cluster = t->clusters;
    t->d.endogenous = t->endogenous;
    return &t->d;
}

static inline void iv_design_free(iv_design *t)
{
    free(t->y);
    free(t->x);
    free(t->z);
    free(t->w);
    free(t->group);
}

static inline pgdp_fit *iv_fit(pgdp_ctx *ctx, const char *method, const char *vcov, const pgdp_design *d,
                               const char *diagnostics, const pgdp_setting *settings)
{
    pgdp_fit *fit = NULL;
    pgdp_design with = *d;
    with.n_clusterings = pg_starts_with(vcov, "cluster");
    const pg_fit_request q = {
        .estimator = method, .vcov = vcov, .design = &with, .diagnostics = diagnostics, .settings = settings
    };
    assert_ok(ctx, pg_fit_run(ctx, &q, &fit));
    return fit;
}

/** The n-th line of this name, from 0. */
static inline pgdp_diagnostic iv_line(const pgdp_fit *fit, const char *name, size_t n)
{
    for (size_t i = 0; pgdp_fit_diagnostic(fit, i).name != NULL; i++)
        if (pg_streq(pgdp_fit_diagnostic(fit, i).name, name) && n-- == 0) return pgdp_fit_diagnostic(fit, i);
    fail_msg("no diagnostic \"%s\"", name);
    return (pgdp_diagnostic){ .name = NULL };
}

/** Both fits have the same estimates, standard errors and diagnostics. */
static inline void iv_assert_same(const pgdp_fit *a, const pgdp_fit *b, double tolerance)
{
    assert_int_equal(a->n_terms, b->n_terms);
    for (size_t j = 0; j < a->n_terms; j++) {
        const pgdp_tidy x = pgdp_fit_tidy(a, j, 0.95), y = pgdp_fit_tidy(b, j, 0.95);
        assert_close(x.estimate, y.estimate, tolerance, tolerance * y.std_error);
        assert_close(x.std_error, y.std_error, tolerance, 0);
    }
    assert_int_equal(a->n_diagnostics, b->n_diagnostics);
    for (size_t i = 0; i < a->n_diagnostics; i++) {
        const pgdp_diagnostic x = pgdp_fit_diagnostic(a, i), y = pgdp_fit_diagnostic(b, i);
        assert_string_equal(x.name, y.name);
        assert_close(x.statistic, y.statistic, 100 * tolerance, 0);
    }
}

#endif
