/* diag_hausman.c  Are random effects uncorrelated with the regressors? Source: Hausman (1978), Econometrica 46(6),
 * equation 2.19. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * q'(V_within - V_random)^-1 q with q the difference of the estimates of all terms that vary within entities, each
 * covariance the classical one with its own model's variance, whatever covariance the fit has. */
#include "stats/diagnostics.h"
#include "stats/panel_inner.h"

#include "core/text.h"

#include <math.h>

static const char *refuses(const pgdp_fit *fit)
{
    return pg_streq(fit->estimator->name, "random") ? NULL : "it compares method random with method within";
}

/* q and the difference of the covariances, both in units of the within standard errors. */
static void fill(const pgdp_fit *fit, const pg_inner *within, double variance, double *q, pg_matrix v)
{
    const size_t k = v.n_rows, n_terms = fit->n_terms;
    const double sigma2 = fit->ssr / (fit->nobs - (double)n_terms);
    const pg_matrix root = within->ls.root;
    for (size_t j = 0; j < k; j++) {
        q[j] = within->ls.estimate[j] - fit->estimate[within->column[j]];
        for (size_t i = 0; i <= j; i++)
            for (size_t l = j; l < k; l++)
                v.x[i + j * k] += variance * root.x[i + l * root.stride] * root.x[j + l * root.stride];
    }
    for (size_t j = k; j-- > 0;) {
        const double scale = sqrt(v.x[j + j * k]);
        q[j] /= scale;
        for (size_t i = 0; i <= j; i++) {
            const double random = sigma2 * fit->bread[within->column[i] + within->column[j] * n_terms];
            v.x[i + j * k] = (v.x[i + j * k] - random) / scale / (i == j ? scale : sqrt(v.x[i + i * k]));
        }
    }
    pg_copy_upper(v);
}

static pgdp_status compute(pgdp_ctx *ctx, const void *options, pgdp_fit *fit)
{
    (void)options;
    const pgdp_design *d = fit->design;
    pg_groups groups;
    pg_inner within;
    double *q, *values;
    PG_TRY(pg_groups_new(ctx, d, &groups));
    PG_TRY(pg_inner_within(ctx, &fit->arena, d, &groups, &within));
    const size_t k = within.design.x.n_cols;
    const double df = fit->nobs - (double)groups.n - (double)k;
    pgdp_diagnostic line = { .name = "hausman",
                             .title = "Hausman test; null: the effects are uncorrelated with the regressors",
                             .statistic = (double)NAN,
                             .df = (double)k,
                             .df2 = (double)NAN,
                             .p_value = (double)NAN };
    if (k == 0 || !(df > 0)) {
        line.note = "no term can be compared";
        pg_fit_add_diagnostic(fit, &line);
        return PGDP_OK;
    }
    const pg_matrix v = pg_matrix_new(&ctx->scratch, k, k);
    if (v.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, q, pg_arena_alloc(&ctx->scratch, k, sizeof *q));
    PG_TRY_ALLOC(ctx, values, pg_arena_alloc(&ctx->scratch, k, sizeof *values));
    fill(fit, &within, within.ssr / df, q, v);
    PG_TRY(pg_eigen(ctx, v, values));
    line.statistic = 0;
    for (size_t j = 0; j < k; j++) {
        double along = 0;
        for (size_t i = 0; i < k; i++)
            along += v.x[i + j * k] * q[i];
        line.statistic += along * along / values[j];
        if (!(values[j] > 0)) line.note = "the difference of the covariances is not positive definite";
    }
    if (line.statistic >= 0) line.p_value = pgdp_chisq_upper(line.statistic, line.df);
    pg_fit_add_diagnostic(fit, &line);
    return PGDP_OK;
}

const pg_diagnostic_kind pg_diag_hausman = {
    .name = "hausman",
    .title = "Hausman test of random against fixed effects",
    .source = "Hausman (1978), Econometrica 46(6), equation 2.19",
    .own = true,
    .refuses = refuses,
    .compute = compute,
};
