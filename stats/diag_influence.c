/* diag_influence.c  The rows that weigh most. Source: Cook (1977), Technometrics 19(1), equation 5; Belsley, Kuh &
 * Welsch (1980), Regression Diagnostics, equations 2.2 and 2.7. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/residual_tests.h"

#include <math.h>

/* x_i (X'X)^-1 x_i'. */
static double leverage(const pgdp_fit *fit, size_t row)
{
    const size_t k = fit->n_slopes, n = fit->n_rows;
    const double *x = fit->design->x.x + row;
    double h = 0;
    for (size_t j = 0; j < k; j++) { /* |x root|^2 */
        double z = 0;
        for (size_t i = 0; i <= j; i++)
            z += x[i * n] * fit->root[i + j * k];
        h += z * z;
    }
    return h;
}

static pgdp_status compute(pgdp_ctx *ctx, const void *options, pgdp_fit *fit)
{
    (void)ctx, (void)options;
    const size_t n = fit->n_rows;
    const double k = (double)fit->n_slopes, left = (double)n - k, sigma2 = fit->ssr / left;
    double largest[3] = { 0 };
    for (size_t i = 0; i < n; i++) {
        const double e = fit->residual[i], h = leverage(fit, i), room = fmax(1 - h, 1e-300);
        const double without = (fit->ssr - e * e / room) / (left - 1);
        largest[0] = fmax(largest[0], h);
        largest[1] = fmax(largest[1], e * e * h / (k * sigma2 * room * room));
        if (without > 0) largest[2] = fmax(largest[2], fabs(e) / sqrt(without * room));
    }
    pg_add_statistic(fit, "max_leverage", "largest leverage of a row; they sum to the number of terms", largest[0]);
    pg_add_statistic(fit, "max_cooks_d", "largest Cook's distance of a row", largest[1]);
    pg_add_statistic(fit, "max_studentised_residual", "largest externally studentised residual", largest[2]);
    return PGDP_OK;
}

const pg_diagnostic_kind pg_diag_influence = {
    .name = "influence",
    .title = "Leverage, Cook's distance and studentised residuals: the largest of each",
    .source = "Cook (1977), Technometrics 19(1), equation 5; Belsley, Kuh & Welsch (1980), equations 2.2, 2.7",
    .refuses = pg_needs_plain_ols,
    .compute = compute,
};
