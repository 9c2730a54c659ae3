/* diag_ljung_box.c  Autocorrelations of the residuals together. Source: Ljung & Box (1978), Biometrika 65(2), equation
 * 1.3; Box & Pierce (1970), J. Am. Stat. Assoc. 65.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/residual_tests.h"

#include "core/parallel.h"

#include <math.h>

typedef struct options {
    double lags;
} options;

static const pgdp_option rows[] = {
    { "lags", PGDP_OPTION_REAL, offsetof(options, lags), 10, 1, 1000, NULL,
      "autocorrelations taken together, in rows" },
    { .name = NULL },
};

static pgdp_status compute(pgdp_ctx *ctx, const void *settings, pgdp_fit *fit)
{
    const options *o = settings;
    const size_t n = fit->design->y.n, lags = (size_t)o->lags;
    double *e, ljung = 0, box = 0, first = 0;
    if (lags + 1 >= n) return pg_fail(ctx, PGDP_TOO_FEW_OBS, "%zu rows are too few for %zu lags", n, lags);
    PG_TRY_ALLOC(ctx, e, pg_arena_alloc(&ctx->scratch, n, sizeof *e));
    const double mean = pg_sum(fit->residual, n) / (double)n;
    for (size_t i = 0; i < n; i++)
        e[i] = fit->residual[i] - mean;
    const double variance = pg_dot(e, e, n);
    for (size_t l = 1; l <= lags; l++) {
        const double r = pg_dot(e + l, e, n - l) / variance;
        if (l == 1) first = r;
        box += r * r;
        ljung += r * r / (double)(n - l);
    }
    pg_add_test(fit, "ljung_box", "Ljung-Box test: the residuals have no autocorrelation",
                (double)n * (double)(n + 2) * ljung, (double)lags, (double)NAN);
    pg_add_test(fit, "box_pierce", "Box-Pierce test: the residuals have no autocorrelation", (double)n * box,
                (double)lags, (double)NAN);
    pg_add_statistic(fit, "autocorrelation", "first-order autocorrelation of the residuals", first);
    return PGDP_OK;
}

const pg_diagnostic_kind pg_diag_ljung_box = {
    .name = "ljung_box",
    .title = "Ljung-Box and Box-Pierce tests for autocorrelation",
    .source = "Ljung & Box (1978), Biometrika 65(2), equation 1.3; Box & Pierce (1970), J. Am. Stat. Assoc. 65",
    .options = rows,
    .options_size = sizeof(options),
    .refuses = pg_needs_one_series,
    .compute = compute,
};
