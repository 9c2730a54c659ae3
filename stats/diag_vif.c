/* diag_vif.c  Variance inflation factors. Source: Belsley, Kuh & Welsch (1980), Regression Diagnostics, section 3.1.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * VIF_j = [(X'X)^-1]_jj times the centred sum of squares of x_j, which is 1 / (1 - R_j^2). */
#include "stats/residual_tests.h"

#include "core/parallel.h"

static const char *refuses(const pgdp_fit *fit)
{
    if (fit->design->constant == PGDP_NONE) return "is not defined without a constant";
    return pg_needs_plain_ols(fit);
}

static pgdp_status compute(pgdp_ctx *ctx, const void *options, pgdp_fit *fit)
{
    (void)options;
    const size_t n = fit->design->y.n, k = fit->n_slopes;
    double *x;
    PG_TRY_ALLOC(ctx, x, pg_arena_alloc(&ctx->scratch, n, sizeof *x));
    for (size_t j = 0; j < k; j++) {
        const char *name;
        if (j == fit->design->constant) continue;
        const double *column = fit->design->x.x + j * n, mean = pg_sum(column, n) / (double)n;
        for (size_t i = 0; i < n; i++)
            x[i] = column[i] - mean;
        PG_TRY_ALLOC(ctx, name, pg_arena_printf(&fit->arena, "vif:%s", fit->terms[j]));
        pg_add_statistic(fit, name, "variance inflation factor", fit->bread[j + j * k] * pg_dot(x, x, n));
    }
    return PGDP_OK;
}

const pg_diagnostic_kind pg_diag_vif = {
    .name = "vif",
    .title = "Variance inflation factors",
    .source = "Belsley, Kuh & Welsch (1980), Regression Diagnostics, section 3.1",
    .refuses = refuses,
    .compute = compute,
};
