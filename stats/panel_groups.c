/* panel_groups.c  Rows of a panel entity by entity, and working designs made of them: panel_groups.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/panel_groups.h"

#include "core/option.h"
#include "core/parallel.h"
#include "stats/estimators.h"

#include <string.h>

pgdp_status pg_panel_need(pgdp_ctx *ctx, const pgdp_design *d, const char *method, bool may_weight)
{
    if (d->entity == NULL || d->period == NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "method %s found no panel, expected an entity and a time; name their columns: --panel ID,TIME",
                       method);
    if (!may_weight && d->weights.n != 0)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "method %s found weights, expected none: it is not defined with them; leave them out or choose "
                       "method within",
                       method);
    return PGDP_OK;
}

pgdp_status pg_groups_new(pgdp_ctx *ctx, const pgdp_design *d, pg_groups *out)
{
    const size_t n = d->y.n;
    *out = (pg_groups){ .n_rows = n, .fewest = n };
    PG_TRY_ALLOC(ctx, out->first, pg_arena_alloc(&ctx->scratch, n + 1, sizeof *out->first));
    for (size_t i = 0; i < n; i++) {
        const bool follows = i > 0 && d->entity[i] == d->entity[i - 1] && d->period[i] > d->period[i - 1];
        if (!follows) out->first[out->n++] = i;
    }
    out->first[out->n] = n;
    for (size_t g = 0; g < out->n; g++) {
        const size_t size = pg_group_size(out, g);
        if (size < out->fewest) out->fewest = size;
        if (size > out->most) out->most = size;
    }
    return PGDP_OK;
}

/* The mean, and the mean of what it leaves: right to the last digits whatever the level of the column. */
void pg_group_means(const pg_groups *groups, const double *x, double *mean)
{
    for (size_t g = 0; g < groups->n; g++) {
        const size_t first = groups->first[g], end = groups->first[g + 1];
        const double size = (double)(end - first), m = pg_sum(x + first, end - first) / size;
        double left = 0;
        for (size_t i = first; i < end; i++)
            left += x[i] - m;
        mean[g] = m + left / size;
    }
}

pgdp_status pg_working_new(pgdp_ctx *ctx, const pgdp_design *from, size_t n_rows, bool constant, pg_working *out)
{
    const char **terms;
    size_t k = 0;
    *out = (pg_working){ .design = *from };
    pgdp_design *d = &out->design;
    d->x_low = (pgdp_mat){ NULL, 0, 0 };
    d->constant = PGDP_NONE;
    PG_TRY_ALLOC(ctx, terms, pg_arena_alloc(&ctx->scratch, from->x.n_cols, sizeof *terms));
    PG_TRY_ALLOC(ctx, out->column, pg_arena_alloc(&ctx->scratch, from->x.n_cols, sizeof *out->column));
    for (size_t j = 0; j < from->x.n_cols; j++) {
        if (j == from->constant && !constant) continue;
        if (j == from->constant) d->constant = k;
        terms[k] = from->terms[j];
        out->column[k++] = j;
    }
    PG_TRY_ALLOC(ctx, out->y, pg_arena_alloc(&ctx->scratch, n_rows, sizeof *out->y));
    PG_TRY_ALLOC(ctx, out->x, pg_arena_alloc(&ctx->scratch, n_rows * k, sizeof *out->x));
    d->y = (pgdp_vec){ out->y, n_rows };
    d->x = (pgdp_mat){ out->x, n_rows, k };
    d->terms = terms;
    return PGDP_OK;
}

/* Cells of clusterings and columns at the rows chosen. */
static pgdp_status take_groups(pgdp_ctx *ctx, const pgdp_design *from, const size_t *rows, pgdp_design *to)
{
    const size_t n = to->y.n;
    const size_t **cluster;
    const double **columns;
    PG_TRY_ALLOC(ctx, cluster, pg_arena_alloc(&ctx->scratch, from->n_clusterings, sizeof *cluster));
    PG_TRY_ALLOC(ctx, columns, pg_arena_alloc(&ctx->scratch, from->n_columns, sizeof *columns));
    for (size_t c = 0; c < from->n_clusterings; c++) {
        size_t *taken;
        PG_TRY_ALLOC(ctx, taken, pg_arena_alloc(&ctx->scratch, n, sizeof *taken));
        for (size_t i = 0; i < n; i++)
            taken[i] = from->cluster[c][rows[i]];
        cluster[c] = taken;
    }
    for (size_t c = 0; c < from->n_columns; c++) {
        double *taken;
        PG_TRY_ALLOC(ctx, taken, pg_arena_alloc(&ctx->scratch, n, sizeof *taken));
        for (size_t i = 0; i < n; i++)
            taken[i] = from->columns[c][rows[i]];
        columns[c] = taken;
    }
    if (from->cluster != NULL) to->cluster = cluster;
    if (from->columns != NULL) to->columns = columns;
    return PGDP_OK;
}

pgdp_status pg_working_take(pgdp_ctx *ctx, const pgdp_design *from, const size_t *rows, pg_working *out)
{
    pgdp_design *to = &out->design;
    const size_t n = to->y.n;
    size_t *entity;
    int32_t *period;
    PG_TRY_ALLOC(ctx, entity, pg_arena_alloc(&ctx->scratch, n, sizeof *entity));
    PG_TRY_ALLOC(ctx, period, pg_arena_alloc(&ctx->scratch, n, sizeof *period));
    for (size_t i = 0; i < n; i++) {
        entity[i] = from->entity[rows[i]];
        period[i] = from->period[rows[i]];
    }
    to->entity = entity;
    to->period = period;
    return take_groups(ctx, from, rows, to);
}

pgdp_status pg_working_shape(pgdp_ctx *ctx, const pgdp_design *working, pgdp_fit *fit)
{
    pgdp_design *kept;
    const size_t n = working->y.n, k = working->x.n_cols;
    PG_TRY_ALLOC(ctx, kept, pg_arena_alloc(&ctx->scratch, 1, sizeof *kept));
    *kept = *working;
    fit->working = kept;
    if (n != fit->n_rows) {
        fit->n_rows = n;
        fit->nobs = (double)n;
        PG_TRY_ALLOC(ctx, fit->score, pg_arena_alloc(&ctx->scratch, n, sizeof *fit->score));
    }
    if (k == 0)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "method %s leaves no terms beside the constant; add a regressor",
                       fit->estimator->name);
    if (n < k || fit->nobs <= (double)(k + fit->n_absorbed))
        return pg_fail(ctx, PGDP_TOO_FEW_OBS,
                       "method %s leaves %zu rows, too few for %zu terms and %zu effects; at least one more is needed",
                       fit->estimator->name, n, k, fit->n_absorbed);
    fit->n_slopes = k;
    return pg_fit_reshape(ctx, fit, working->terms, k); /* other names even where there are as many */
}

pgdp_status pg_working_fit(pgdp_ctx *ctx, const pg_working *working, pgdp_fit *fit)
{
    void *options;
    PG_TRY(pg_working_shape(ctx, &working->design, fit));
    PG_TRY_ALLOC(ctx, options, pg_arena_alloc(&ctx->scratch, 1, pg_est_ols.options_size));
    PG_TRY(pg_options_read(ctx, "method ols", pg_est_ols.options, NULL, options));
    PG_TRY(pg_est_ols.fit(ctx, fit->working, options, fit));
    if (fit->n_rows != fit->design->y.n) fit->residual = NULL; /* not of the rows of the design */
    return PGDP_OK;
}
