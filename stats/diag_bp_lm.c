/* diag_bp_lm.c  Is there a variance of entities? Lagrange multiplier tests from pooled residuals. Source: Breusch &
 * Pagan (1980), Rev. Econ. Stud. 47(1); Honda (1985), Rev. Econ. Stud. 52(4); unbalanced panels: Baltagi & Li (1990),
 * Econometric Theory 6(2). SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A = sum_i (sum_t e_it)^2 / sum e^2 - 1 and M = sum T_i^2; honda = N A / sqrt(2 (M - N)), lm = honda^2. */
#include "core/text.h"
#include "stats/diagnostics.h"
#include "stats/panel_inner.h"

#include <math.h>

static const char *refuses(const pgdp_fit *fit)
{
    return pg_streq(fit->estimator->name, "random") ? NULL : "it is of method random";
}

static pgdp_status compute(pgdp_ctx *ctx, const void *options, pgdp_fit *fit)
{
    (void)options;
    pg_groups groups;
    pg_inner pooled;
    double sums = 0, squares = 0;
    PG_TRY(pg_groups_new(ctx, fit->design, &groups));
    PG_TRY(pg_inner_pooled(ctx, &fit->arena, fit->design, &pooled));
    for (size_t g = 0; g < groups.n; g++) {
        const double size = (double)pg_group_size(&groups, g);
        double sum = 0;
        for (size_t i = groups.first[g]; i < groups.first[g + 1]; i++)
            sum += pooled.ls.residual[i];
        sums += sum * sum;
        squares += size * size;
    }
    const double rows = (double)groups.n_rows, nan = (double)NAN;
    const double honda = rows * (sums / pooled.ssr - 1) / sqrt(2 * (squares - rows));
    const bool defined = squares > rows && pooled.ssr > 0;
    const pgdp_diagnostic lm = { .name = "bp_lm",
                                 .title = "Breusch-Pagan test; null: no variance of entities",
                                 .statistic = defined ? honda * honda : nan,
                                 .df = 1,
                                 .df2 = nan,
                                 .p_value = defined ? pgdp_chisq_upper(honda * honda, 1) : nan };
    const pgdp_diagnostic one_sided = { .name = "bp_lm_honda",
                                        .title =
                                            "Honda's one-sided form, standard normal; null: no variance of entities",
                                        .statistic = defined ? honda : nan,
                                        .df = nan,
                                        .df2 = nan,
                                        .p_value = defined ? pgdp_normal_upper(honda) : nan };
    pg_fit_add_diagnostic(fit, &lm);
    pg_fit_add_diagnostic(fit, &one_sided);
    return PGDP_OK;
}

const pg_diagnostic_kind pg_diag_bp_lm = {
    .name = "bp_lm",
    .title = "Breusch-Pagan and Honda tests of random effects",
    .source =
        "Breusch & Pagan (1980), Rev. Econ. Stud. 47(1); Honda (1985); Baltagi & Li (1990), Econometric Theory 6(2)",
    .own = true,
    .refuses = refuses,
    .compute = compute,
};
