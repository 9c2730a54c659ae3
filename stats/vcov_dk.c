/* vcov_dk.c  Driscoll-Kraay covariance: consistent under correlation over time and among the entities of a period.
 * Source: Driscoll & Kraay (1998), Rev. Econ. Stat. 80(4), equation 7; Hoechle (2007), Stata J. 7(3), for the lag.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The scores are summed over the rows of each period; the sums are a series whose meat is Newey & West's. t(T-1). */
#include "stats/cluster.h"
#include "stats/kernels.h"
#include "stats/vcovs.h"

#include <math.h>

enum { MAX_LAG = 100000 };

typedef struct options {
    double lag;
} options;

static const pgdp_option rows[] = {
    { "lag", PGDP_OPTION_REAL, offsetof(options, lag), -1, -1, MAX_LAG, NULL,
      "longest lag, in periods; -1: floor(4 (T/100)^(2/9)), Hoechle (2007)" },
    { .name = NULL },
};

/* Periods in order: each row's index among them, and one moment each. */
static pgdp_status group_periods(pgdp_ctx *ctx, const pgdp_design *d, pg_grouping *groups, pg_moment **out)
{
    pg_moment *m;
    if (d->period == NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance dk needs the panel's time; name it: panel ID,TIME (or TIME alone)");
    PG_TRY_ALLOC(ctx, groups->group, pg_arena_alloc(&ctx->scratch, d->y.n, sizeof *groups->group));
    PG_TRY_ALLOC(ctx, m, pg_arena_alloc(&ctx->scratch, d->y.n, sizeof *m));
    for (size_t i = 0; i < d->y.n; i++)
        if (d->period[i] == PGDP_MISSING_PERIOD)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "covariance dk: the period of row %zu is missing", i + 1);
    groups->n_groups = pg_periods_of_design(d, m, groups->group);
    if (groups->n_groups < 2)
        return pg_fail(ctx, PGDP_TOO_FEW_OBS, "covariance dk needs at least two periods; the sample has 1");
    *out = m;
    return PGDP_OK;
}

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *design, const void *settings, pgdp_fit *fit)
{
    const options *o = settings;
    const size_t k = fit->n_terms;
    pg_grouping periods = { 0 };
    pg_moment *m = NULL;
    pg_lag_weights weights;
    PG_TRY(group_periods(ctx, design, &periods, &m));
    const double t = (double)periods.n_groups, lag = o->lag < 0 ? floor(4 * pow(t / 100, 2.0 / 9)) : o->lag;
    const pg_matrix sums = pg_matrix_new(&ctx->scratch, periods.n_groups, k), meat = pg_matrix_new(&ctx->scratch, k, k);
    if (sums.x == NULL || meat.x == NULL) return pg_no_memory(ctx);
    if (lag > floor(lag)) return pg_fail(ctx, PGDP_BAD_ARGUMENT, "covariance dk: the lag must be a whole number");
    PG_TRY(pg_cluster_sums(ctx, fit, &periods, sums.x));
    PG_TRY(pg_lag_weights_new(ctx, PG_KERNEL_BARTLETT, lag + 1, m, periods.n_groups, &weights));
    PG_TRY(pg_lag_meat(ctx, sums, m, &weights, meat));
    pg_fit_add_factor(fit, "T", t);
    pg_fit_add_factor(fit, "lag", lag);
    const pg_ssc_rule rule = { .g = t,
                               .g_factor = "T/(T-1)",
                               .t_df = fit->estimator->likelihood ? PG_T_NORMAL : PG_T_CLUSTERS };
    return pg_fit_sandwich(ctx, fit, meat.x, pg_ssc_apply(fit, &rule));
}

const pgdp_vcov pg_vcov_dk = {
    .name = "dk",
    .title = "Driscoll-Kraay covariance, Bartlett weights",
    .source = "Driscoll & Kraay (1998), Rev. Econ. Stat. 80(4), equation 7",
    .options = rows,
    .options_size = sizeof(options),
    .compute = compute,
};
