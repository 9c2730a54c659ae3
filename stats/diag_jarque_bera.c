/* diag_jarque_bera.c  Normality of the residuals by skewness and kurtosis. Source: Jarque & Bera (1987), Int. Stat.
 * Rev. 55(2), equation 5; moments divide by n. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/residual_tests.h"

#include <math.h>

static pgdp_status compute(pgdp_ctx *ctx, const void *options, pgdp_fit *fit)
{
    (void)ctx, (void)options;
    const size_t n = fit->design->y.n;
    double mean = 0, m[5] = { 0 };
    for (size_t i = 0; i < n; i++)
        mean += fit->residual[i] / (double)n;
    for (size_t i = 0; i < n; i++) {
        const double e = fit->residual[i] - mean;
        m[2] += e * e / (double)n;
        m[3] += e * e * e / (double)n;
        m[4] += e * e * e * e / (double)n;
    }
    const double skewness = m[3] / pow(m[2], 1.5), kurtosis = m[4] / (m[2] * m[2]);
    pg_add_test(fit, "jarque_bera", "Jarque-Bera test: the errors are normal",
                (double)n / 6 * (skewness * skewness + (kurtosis - 3) * (kurtosis - 3) / 4), 2, (double)NAN);
    pg_add_statistic(fit, "skewness", "skewness of the residuals", skewness);
    pg_add_statistic(fit, "kurtosis", "kurtosis of the residuals: 3 for normal ones", kurtosis);
    return PGDP_OK;
}

const pg_diagnostic_kind pg_diag_jarque_bera = {
    .name = "jarque_bera",
    .title = "Jarque-Bera test for normality",
    .source = "Jarque & Bera (1987), Int. Stat. Rev. 55(2), equation 5",
    .refuses = pg_needs_plain_ols,
    .compute = compute,
};
