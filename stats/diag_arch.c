/* diag_arch.c  Autoregressive conditional heteroskedasticity. Source: Engle (1982), Econometrica 50(4), section 8.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/residual_tests.h"

typedef struct options {
    double lags;
} options;

static const pgdp_option rows[] = {
    { "lags", PGDP_OPTION_REAL, offsetof(options, lags), 4, 1, 1000, NULL, "lags of the squared residuals, in rows" },
    { .name = NULL },
};

static pgdp_status compute(pgdp_ctx *ctx, const void *settings, pgdp_fit *fit)
{
    const options *o = settings;
    const size_t n = fit->design->y.n, lags = (size_t)o->lags;
    double *square, *columns;
    if (n < 2 * lags + 2) return pg_fail(ctx, PGDP_TOO_FEW_OBS, "%zu rows are too few for %zu lags", n, lags);
    const size_t m = n - lags;
    PG_TRY_ALLOC(ctx, square, pg_arena_alloc(&ctx->scratch, n, sizeof *square));
    PG_TRY_ALLOC(ctx, columns, pg_arena_alloc(&ctx->scratch, m * (lags + 1), sizeof *columns));
    for (size_t i = 0; i < n; i++)
        square[i] = fit->residual[i] * fit->residual[i];
    pg_scale_to_one(square, n);
    for (size_t i = 0; i < m; i++) {
        columns[i] = 1;
        for (size_t l = 1; l <= lags; l++)
            columns[i + l * m] = square[i + lags - l];
    }
    const pg_lm_test test = { .name = "arch",
                              .name_f = "arch_f",
                              .title = "Engle's ARCH test: the variance does not depend on its past",
                              .y = square + lags,
                              .columns = columns,
                              .n = m,
                              .n_cols = lags + 1,
                              .n_kept = 1 };
    return pg_add_lm_test(ctx, &test, fit);
}

const pg_diagnostic_kind pg_diag_arch = {
    .name = "arch",
    .title = "ARCH test for autoregressive conditional heteroskedasticity",
    .source = "Engle (1982), Econometrica 50(4), section 8",
    .options = rows,
    .options_size = sizeof(options),
    .refuses = pg_needs_one_series,
    .compute = compute,
};
