/* diag_breusch_godfrey.c  Serial correlation up to an order. Source: Breusch (1978), Aust. Econ. Pap. 17; Godfrey
 * (1978), Econometrica 46(6). SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/residual_tests.h"

#include <math.h>

typedef struct options {
    double lags;
    int fill;
} options;

static const char *const fills[] = { "zero", "drop", NULL };
static const pgdp_option rows[] = {
    { "lags", PGDP_OPTION_REAL, offsetof(options, lags), 1, 1, 1000, NULL, "order of the alternative, in rows" },
    { "fill", PGDP_OPTION_CHOICE, offsetof(options, fill), 0, 0, 0, fills,
      "residuals before the first row: zero, or their rows dropped" },
    { .name = NULL },
};

static pgdp_status compute(pgdp_ctx *ctx, const void *settings, pgdp_fit *fit)
{
    const options *o = settings;
    const size_t n = fit->design->y.n, k = fit->n_slopes, lags = (size_t)o->lags, skip = o->fill == 1 ? lags : 0;
    const pgdp_mat x = fit->design->x;
    double *columns;
    if (n <= lags + k + skip) return pg_fail(ctx, PGDP_TOO_FEW_OBS, "%zu rows are too few for %zu lags", n, lags);
    const size_t m = n - skip;
    PG_TRY_ALLOC(ctx, columns, pg_arena_alloc(&ctx->scratch, m * (k + lags), sizeof *columns));
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < m; i++)
            columns[i + j * m] = x.x[i + skip + j * n];
    for (size_t l = 1; l <= lags; l++)
        for (size_t i = 0; i < m; i++)
            columns[i + (k + l - 1) * m] = i + skip >= l ? fit->residual[i + skip - l] : 0;
    pg_auxiliary with, without;
    double square = 0;
    for (size_t i = 0; i < m; i++)
        square += fit->residual[i + skip] * fit->residual[i + skip];
    PG_TRY(pg_auxiliary_fit(ctx, fit->residual + skip, columns, m, k + lags, NULL, NULL, &with));
    PG_TRY(pg_auxiliary_fit(ctx, fit->residual + skip, columns, m, k, NULL, NULL, &without));
    if (with.rank <= without.rank || with.rank >= m)
        return pg_fail(ctx, PGDP_TOO_FEW_OBS,
                       "the lagged residuals add nothing to the terms on %zu rows; use fewer lags", m);
    const double df = (double)(with.rank - without.rank), left = (double)m - (double)with.rank;
    const char *title = "Breusch-Godfrey test: no serial correlation up to the order";
    pg_add_test(fit, "breusch_godfrey", title, (double)m * (1 - with.ssr / square), df, (double)NAN);
    pg_add_test(fit, "breusch_godfrey_f", title, (without.ssr - with.ssr) / df / (with.ssr / left), df, left);
    return PGDP_OK;
}

const pg_diagnostic_kind pg_diag_breusch_godfrey = {
    .name = "breusch_godfrey",
    .title = "Breusch-Godfrey test for serial correlation",
    .source = "Breusch (1978), Aust. Econ. Pap. 17; Godfrey (1978), Econometrica 46(6), section 2",
    .options = rows,
    .options_size = sizeof(options),
    .refuses = pg_needs_one_series,
    .compute = compute,
};
