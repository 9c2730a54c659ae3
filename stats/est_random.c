/* est_random.c  Random effects of entities by feasible generalised least squares. Source: Fuller & Battese (1974),
 * J. Econometrics 2; Baltagi (2021), Econometric Analysis of Panel Data, sections 2.3 and 9.2; the variances:
 * panel_components.c. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Least squares of y - theta_i mean_i(y) on the same of every column, the constant too, where
 * theta_i = 1 - sqrt(s_idiosyncratic / (T_i s_individual + s_idiosyncratic)). Inference is normal. */
#include "stats/estimators.h"
#include "stats/panel_components.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct options {
    int variance;
} options;

static const char *const variances[] = {
    [PG_SWAR] = "swar", [PG_AMEMIYA] = "amemiya", [PG_WALHUS] = "walhus", [PG_NERLOVE] = "nerlove", NULL
};
static const pgdp_option rows[] = {
    { "variance", PGDP_OPTION_CHOICE, offsetof(options, variance), PG_SWAR, 0, 0, variances,
      "how the variances are estimated: Swamy & Arora, Amemiya, Wallace & Hussain, Nerlove" },
    { .name = NULL },
};

static void add(pgdp_fit *fit, const char *name, const char *title, double value, const char *note)
{
    const double nan = (double)NAN;
    const pgdp_diagnostic line = {
        .name = name, .title = title, .statistic = value, .df = nan, .df2 = nan, .p_value = nan, .note = note
    };
    pg_fit_add_diagnostic(fit, &line);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static pgdp_status add_lines(pgdp_ctx *ctx, const pg_groups *groups, const pg_components *c, const double *theta,
                             pgdp_fit *fit)
{
    const size_t n = groups->n_rows;
    double *sorted, sum = 0;
    PG_TRY_ALLOC(ctx, sorted, pg_arena_alloc(&ctx->scratch, n, sizeof *sorted));
    for (size_t g = 0; g < groups->n; g++)
        for (size_t i = groups->first[g]; i < groups->first[g + 1]; i++)
            sum += sorted[i] = theta[g];
    qsort(sorted, n, sizeof *sorted, compare);
    add(fit, "sigma2_idiosyncratic", "variance of the errors of rows", c->idiosyncratic, NULL);
    add(fit, "sigma2_individual", "variance of the effects of entities", c->individual,
        c->negative ? "the estimate was below 0 and set to 0: pooled least squares" : NULL);
    if (groups->fewest == groups->most) {
        add(fit, "theta", "share of an entity's mean taken from its rows", theta[0], NULL);
        return PGDP_OK;
    }
    add(fit, "theta_min", "smallest share of an entity's mean taken from its rows", sorted[0], NULL);
    add(fit, "theta_median", "its median over rows", (sorted[(n - 1) / 2] + sorted[n / 2]) / 2, NULL);
    add(fit, "theta_mean", "its mean over rows", sum / (double)n, NULL);
    add(fit, "theta_max", "its largest value", sorted[n - 1], NULL);
    return PGDP_OK;
}

/* to = from - theta_i mean_i(from) */
static void quasi_demean(const pg_groups *groups, const double *theta, const double *from, double *mean, double *to)
{
    pg_group_means(groups, from, mean);
    for (size_t g = 0; g < groups->n; g++)
        for (size_t i = groups->first[g]; i < groups->first[g + 1]; i++)
            to[i] = from[i] - theta[g] * mean[g];
}

/* R^2 is the squared correlation of the transformed outcome and its fit, as plm has it: in unbalanced panels the
 * transformed constant is no constant, so no total sum of squares leads there by itself. */
static void set_total(const pgdp_design *w, pgdp_fit *fit)
{
    const size_t n = w->y.n;
    double yy = 0, ff = 0, yf = 0, y_mean = 0, f_mean = 0;
    if (w->constant == PGDP_NONE) return;
    for (size_t i = 0; i < n; i++) {
        y_mean += w->y.x[i] / (double)n;
        f_mean += (w->y.x[i] - fit->score[i]) / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        const double y = w->y.x[i] - y_mean, f = w->y.x[i] - fit->score[i] - f_mean;
        yy += y * y;
        ff += f * f;
        yf += y * f;
    }
    if (yy > 0 && ff > 0 && yf / yy * (yf / ff) < 1) fit->tss = fit->ssr / (1 - yf / yy * (yf / ff));
}

static pgdp_status add_residual(pgdp_ctx *ctx, const pgdp_design *d, pgdp_fit *fit)
{
    double *e;
    PG_TRY_ALLOC(ctx, e, pg_arena_alloc(&ctx->scratch, d->y.n, sizeof *e));
    memcpy(e, d->y.x, d->y.n * sizeof *e);
    for (size_t j = 0; j < d->x.n_cols; j++)
        for (size_t i = 0; i < d->y.n; i++)
            e[i] -= fit->estimate[j] * d->x.x[i + j * d->y.n];
    fit->residual = e;
    return PGDP_OK;
}

static pgdp_status fit_random(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *out)
{
    const options *o = settings;
    pg_groups groups;
    pg_components c;
    pg_working w;
    double *theta, *mean;
    PG_TRY(pg_panel_need(ctx, d, "random", false));
    PG_TRY(pg_groups_new(ctx, d, &groups));
    PG_TRY(pg_panel_components(ctx, &out->arena, d, &groups, (pg_component_method)o->variance, &c));
    PG_TRY(pg_working_new(ctx, d, d->y.n, true, &w));
    PG_TRY_ALLOC(ctx, theta, pg_arena_alloc(&ctx->scratch, groups.n, sizeof *theta));
    PG_TRY_ALLOC(ctx, mean, pg_arena_alloc(&ctx->scratch, groups.n, sizeof *mean));
    for (size_t g = 0; g < groups.n; g++)
        theta[g] = 1 - sqrt(c.idiosyncratic / ((double)pg_group_size(&groups, g) * c.individual + c.idiosyncratic));
    quasi_demean(&groups, theta, d->y.x, mean, w.y);
    for (size_t j = 0; j < d->x.n_cols; j++)
        quasi_demean(&groups, theta, d->x.x + j * d->y.n, mean, w.x + j * d->y.n);
    PG_TRY(pg_working_fit(ctx, &w, out));
    out->normal = out->wald_only = true;
    set_total(out->working, out);
    out->glance.log_lik = (double)NAN; /* the transformed rows have no likelihood of their own */
    PG_TRY(add_residual(ctx, d, out));
    return add_lines(ctx, &groups, &c, theta, out);
}

const pgdp_estimator pg_est_random = {
    .name = "random",
    .title = "Random effects: feasible generalised least squares",
    .source = "Fuller & Battese (1974), J. Econometrics 2; Swamy & Arora (1972), Econometrica 40(2); Baltagi & Chang "
              "(1994), J. Econometrics 62",
    .options = rows,
    .options_size = sizeof(options),
    .panel = true,
    .fit = fit_random,
};
