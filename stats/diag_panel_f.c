/* diag_panel_f.c  Do the panel's effects matter? The F test of pooled least squares against method within.
 * Source: Moulton & Randolph (1989), Econometrica 57(3); Baltagi (2021), section 4.1.2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "stats/diagnostics.h"
#include "stats/panel_inner.h"

#include <math.h>

static const char *refuses(const pgdp_fit *fit)
{
    return pg_streq(fit->estimator->name, "within") ? NULL : "it is of method within";
}

static pgdp_status compute(pgdp_ctx *ctx, const void *options, pgdp_fit *fit)
{
    (void)options;
    pg_inner pooled;
    PG_TRY(pg_inner_pooled(ctx, &fit->arena, fit->design, &pooled));
    const double left = fit->nobs - (double)fit->n_terms - (double)fit->n_absorbed;
    pgdp_diagnostic line = { .name = "panel_f",
                             .title = "F test of the effects; null: all of them are equal",
                             .df = fit->nobs - (double)pooled.design.x.n_cols - left,
                             .df2 = left };
    line.statistic = (pooled.ssr - fit->ssr) / line.df / (fit->ssr / left);
    line.p_value = line.df > 0 ? pgdp_f_upper(line.statistic, line.df, line.df2) : (double)NAN;
    pg_fit_add_diagnostic(fit, &line);
    return PGDP_OK;
}

const pg_diagnostic_kind pg_diag_panel_f = {
    .name = "panel_f",
    .title = "F test of the panel's effects",
    .source = "Moulton & Randolph (1989), Econometrica 57(3), equation 3; Baltagi (2021), section 4.1.2",
    .own = true,
    .refuses = refuses,
    .compute = compute,
};
