/* est_between.c  Least squares on the means of entities. Source: Maddala (1971), Econometrica 39(2), section 2; Baltagi
 * (2021), Econometric Analysis of Panel Data, section 2.3. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One row an entity, whatever the number of its periods; the constant stays. */
#include "stats/estimators.h"
#include "stats/panel_groups.h"

static const pgdp_option rows[] = {
    { .name = NULL },
};

/* Clusters must hold whole entities: their first row speaks for them. */
static pgdp_status check_clusters(pgdp_ctx *ctx, const pgdp_design *d, const pg_groups *groups)
{
    for (size_t c = 0; c < d->n_clusterings; c++)
        for (size_t g = 0; g < groups->n; g++)
            for (size_t i = groups->first[g] + 1; i < groups->first[g + 1]; i++)
                if (d->cluster[c][i] != d->cluster[c][i - 1])
                    return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                                   "covariance cluster: method between has one row an entity, but clustering %zu "
                                   "divides an entity; cluster by a column that is constant within entities",
                                   c + 1);
    return PGDP_OK;
}

/* The mean of an entity has no period. */
static pgdp_status fill(pgdp_ctx *ctx, const pgdp_design *d, const pg_groups *groups, pg_working *w)
{
    const size_t n = groups->n;
    size_t *entity;
    PG_TRY(check_clusters(ctx, d, groups));
    PG_TRY(pg_working_take(ctx, d, groups->first, w));
    PG_TRY_ALLOC(ctx, entity, pg_arena_alloc(&ctx->scratch, n, sizeof *entity));
    for (size_t g = 0; g < n; g++)
        entity[g] = g;
    w->design.entity = entity;
    w->design.period = NULL;
    pg_group_means(groups, d->y.x, w->y);
    for (size_t j = 0; j < d->x.n_cols; j++)
        pg_group_means(groups, d->x.x + j * d->y.n, w->x + j * n);
    return PGDP_OK;
}

static pgdp_status fit_between(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *out)
{
    (void)settings;
    pg_groups groups;
    pg_working w;
    PG_TRY(pg_panel_need(ctx, d, "between", false));
    PG_TRY(pg_groups_new(ctx, d, &groups));
    PG_TRY(pg_working_new(ctx, d, groups.n, true, &w));
    PG_TRY(fill(ctx, d, &groups, &w));
    return pg_working_fit(ctx, &w, out);
}

const pgdp_estimator pg_est_between = {
    .name = "between",
    .title = "Between estimator: the means of entities",
    .source = "Maddala (1971), Econometrica 39(2), section 2; Baltagi (2021), section 2.3",
    .options = rows,
    .panel = true,
    .fit = fit_between,
};
