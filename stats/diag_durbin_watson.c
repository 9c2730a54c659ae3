/* diag_durbin_watson.c  First-order serial correlation. Source: Durbin & Watson (1950), Biometrika 37, equation 3.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/residual_tests.h"

static pgdp_status compute(pgdp_ctx *ctx, const void *options, pgdp_fit *fit)
{
    (void)ctx, (void)options;
    double sum = 0;
    for (size_t i = 1; i < fit->design->y.n; i++) {
        const double step = fit->residual[i] - fit->residual[i - 1];
        sum += step * step;
    }
    pg_add_statistic(fit, "durbin_watson", "Durbin-Watson statistic: 2 without serial correlation", sum / fit->ssr);
    return PGDP_OK;
}

const pg_diagnostic_kind pg_diag_durbin_watson = {
    .name = "durbin_watson",
    .title = "Durbin-Watson statistic",
    .source = "Durbin & Watson (1950), Biometrika 37, equation 3",
    .refuses = pg_needs_one_series,
    .compute = compute,
};
