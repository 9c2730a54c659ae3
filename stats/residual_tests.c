/* residual_tests.c  What tests of a linear model's residuals share: residual_tests.h. Source: Engle (1984), Handbook of
 * Econometrics 2, ch. 13: n R^2 of an auxiliary regression. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/residual_tests.h"

#include "core/text.h"

#include <math.h>
#include <string.h>

const char *pg_needs_plain_ols(const pgdp_fit *fit)
{
    if (!pg_streq(fit->estimator->name, "ols")) return "is defined for method ols";
    if (fit->design->n_effects > 0) return "is not defined with absorbed effects; write them as i() among the terms";
    if (fit->design->weights.n > 0) return "is not defined with weights";
    return NULL;
}

const char *pg_needs_one_series(const pgdp_fit *fit)
{
    const size_t *entity = fit->design->entity;
    for (size_t i = 1; entity != NULL && i < fit->design->y.n; i++)
        if (entity[i] != entity[0]) return "is defined for one series, and the rows are of several entities";
    return pg_needs_plain_ols(fit);
}

void pg_add_test(pgdp_fit *fit, const char *name, const char *title, double statistic, double df, double df2)
{
    const double p = isnan(df2) ? pgdp_chisq_upper(statistic, df) : pgdp_f_upper(statistic, df, df2);
    const pgdp_diagnostic line = {
        .name = name, .title = title, .statistic = statistic, .df = df, .df2 = df2, .p_value = p
    };
    pg_fit_add_diagnostic(fit, &line);
}

void pg_add_statistic(pgdp_fit *fit, const char *name, const char *title, double statistic)
{
    const double nan = (double)NAN;
    const pgdp_diagnostic line = {
        .name = name, .title = title, .statistic = statistic, .df = nan, .df2 = nan, .p_value = nan
    };
    pg_fit_add_diagnostic(fit, &line);
}

pgdp_status pg_add_lm_test(pgdp_ctx *ctx, const pg_lm_test *t, pgdp_fit *fit)
{
    pg_auxiliary a;
    PG_TRY(pg_auxiliary_fit(ctx, t->y, t->columns, t->n, t->n_cols, NULL, NULL, &a));
    if (a.rank <= t->n_kept || a.rank >= t->n || !(a.tss > 0))
        return pg_fail(ctx, PGDP_TOO_FEW_OBS, "%zu rows are too few for its auxiliary regression of %zu terms", t->n,
                       t->n_cols);
    const double n = (double)t->n, df = (double)(a.rank - t->n_kept), left = n - (double)a.rank;
    pg_add_test(fit, t->name, t->title, n * (1 - a.ssr / a.tss), df, (double)NAN);
    if (t->name_f != NULL) pg_add_test(fit, t->name_f, t->title, (a.tss - a.ssr) / df / (a.ssr / left), df, left);
    return PGDP_OK;
}

pgdp_status pg_columns_and(pgdp_ctx *ctx, const pgdp_fit *fit, size_t more, double **out)
{
    const pgdp_mat x = fit->design->x;
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, x.n_rows * (x.n_cols + more), sizeof **out));
    memcpy(*out, x.x, x.n_rows * x.n_cols * sizeof **out);
    return PGDP_OK;
}

void pg_scale_to_one(double *column, size_t n)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(column[i]));
    for (size_t i = 0; i < n && largest > 0; i++)
        column[i] /= largest;
}
