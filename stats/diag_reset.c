/* diag_reset.c  Functional form by powers of the fitted values. Source: Ramsey (1969), J. R. Stat. Soc. B 31(2).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The fitted values are centred and scaled to 1 before they are raised: powers of them span the same space with the
 * model's own columns, and keep their digits where y is large. */
#include "stats/residual_tests.h"

#include <math.h>

typedef struct options {
    double powers;
} options;

static const pgdp_option rows[] = {
    { "powers", PGDP_OPTION_REAL, offsetof(options, powers), 3, 2, 10, NULL,
      "the highest power of the fitted values; 3: squares and cubes" },
    { .name = NULL },
};

static pgdp_status compute(pgdp_ctx *ctx, const void *settings, pgdp_fit *fit)
{
    const options *o = settings;
    const size_t n = fit->design->y.n, k = fit->n_slopes, q = (size_t)o->powers - 1;
    const bool constant = fit->design->constant != PGDP_NONE;
    double *columns, *fitted, mean = 0;
    pg_auxiliary a;
    PG_TRY(pg_columns_and(ctx, fit, q, &columns));
    PG_TRY_ALLOC(ctx, fitted, pg_arena_alloc(&ctx->scratch, n, sizeof *fitted));
    for (size_t i = 0; i < n; i++) {
        fitted[i] = fit->design->y.x[i] - fit->residual[i];
        if (constant) mean += fitted[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++)
        fitted[i] -= mean;
    pg_scale_to_one(fitted, n);
    for (size_t p = 0; p < q; p++)
        for (size_t i = 0; i < n; i++)
            columns[i + (k + p) * n] = pow(fitted[i], (double)(p + 2));
    PG_TRY(pg_auxiliary_fit(ctx, fit->design->y.x, columns, n, k + q, NULL, NULL, &a));
    if (a.rank <= k || a.rank >= n)
        return pg_fail(ctx, PGDP_TOO_FEW_OBS, "the powers of the fitted values add nothing to the terms");
    const double df = (double)(a.rank - k), left = (double)(n - a.rank);
    pg_add_test(fit, "reset", "RESET test: powers of the fitted values add nothing",
                (fit->ssr - a.ssr) / df / (a.ssr / left), df, left);
    return PGDP_OK;
}

const pg_diagnostic_kind pg_diag_reset = {
    .name = "reset",
    .title = "RESET test of the functional form",
    .source = "Ramsey (1969), J. R. Stat. Soc. B 31(2), section 3",
    .options = rows,
    .options_size = sizeof(options),
    .refuses = pg_needs_plain_ols,
    .compute = compute,
};
