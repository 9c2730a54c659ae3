/* fit_absorb.c  Absorbed effects in the runner: fit_absorb.h. Source: Frisch & Waugh (1933), Econometrica 1(4); Lovell
 * (1963), J. Am. Stat. Assoc. 58. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/fit_absorb.h"

#include "core/parallel.h"

#include <math.h>
#include <string.h>

/* A copy that may be written. */
static pgdp_status copy(pgdp_ctx *ctx, const double *from, size_t n, double **out)
{
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, n, sizeof **out));
    memcpy(*out, from, n * sizeof **out);
    return PGDP_OK;
}

/* y, x and z with the effects taken out; the rest as it is. */
static pgdp_status partial_out(pgdp_ctx *ctx, const pgdp_design *d, pgdp_fit *fit)
{
    const size_t n = d->y.n, n_columns = 1 + d->x.n_cols + d->z.n_cols;
    pgdp_design *left;
    double *y, *x, *z, **columns;
    pg_absorption absorption;
    PG_TRY_ALLOC(ctx, left, pg_arena_alloc(&ctx->scratch, 1, sizeof *left));
    PG_TRY_ALLOC(ctx, columns, pg_arena_alloc(&ctx->scratch, n_columns, sizeof *columns));
    PG_TRY(copy(ctx, d->y.x, n, &y));
    PG_TRY(copy(ctx, d->x.x, n * d->x.n_cols, &x));
    PG_TRY(copy(ctx, d->z.x, n * d->z.n_cols, &z));
    columns[0] = y;
    for (size_t j = 0; j < d->x.n_cols; j++)
        columns[1 + j] = x + j * n;
    for (size_t j = 0; j < d->z.n_cols; j++)
        columns[1 + d->x.n_cols + j] = z + j * n;
    PG_TRY(pg_absorb(ctx, fit->absorber, columns, n_columns, 0, &absorption));
    pg_fit_add_absorption(fit, &absorption);
    *left = *d;
    left->y.x = y;
    left->x.x = x;
    left->z.x = z;
    left->x_low = (pgdp_mat){ NULL, 0, 0 };
    left->effects = NULL;
    left->n_effects = 0;
    fit->working = left;
    return PGDP_OK;
}

void pg_fit_add_absorption(pgdp_fit *fit, const pg_absorption *absorption)
{
    const double nan = (double)NAN;
    const pgdp_diagnostic line = { .name = "absorption",
                                   .title = "largest weighted sum left in a level of the absorbed effects, relative",
                                   .statistic = absorption->residual,
                                   .df = nan,
                                   .df2 = nan,
                                   .p_value = nan,
                                   .note = absorption->solver };
    pg_fit_add_diagnostic(fit, &line);
}

pgdp_status pg_fit_absorb(pgdp_ctx *ctx, const pgdp_design *d, pgdp_fit *fit)
{
    pg_absorber *absorber;
    if (fit->estimator->absorb == PGDP_ABSORB_NEVER)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "method %s has no absorbed effects; write i(%s) among the terms or choose another method",
                       fit->estimator->name, d->effects[0].name);
    PG_TRY(pg_absorber_new(ctx, d->effects, d->n_effects, d->y.n, d->weights.n == 0 ? NULL : d->weights.x, &absorber));
    fit->absorber = absorber;
    fit->n_absorbed = pg_absorber_rank(absorber, &fit->absorbed_is_bound);
    if (fit->nobs <= (double)(fit->n_terms + fit->n_absorbed))
        return pg_fail(ctx, PGDP_TOO_FEW_OBS, "%zu rows are too few for %zu terms and %zu levels of absorbed effects",
                       fit->n_rows, fit->n_terms, fit->n_absorbed);
    return fit->estimator->absorb == PGDP_ABSORB_PARTIAL_OUT ? partial_out(ctx, d, fit) : PGDP_OK;
}

pgdp_status pg_fit_count_absorbed(pgdp_ctx *ctx, const pgdp_design *d, pgdp_fit *fit)
{
    const size_t n = d->y.n;
    bool intercepts = false;
    double *deviation, *weighted, mean = 0;
    if (fit->estimator->absorb != PGDP_ABSORB_PARTIAL_OUT) return PGDP_OK;
    PG_TRY_ALLOC(ctx, deviation, pg_arena_alloc(&ctx->scratch, n, sizeof *deviation));
    PG_TRY_ALLOC(ctx, weighted, pg_arena_alloc(&ctx->scratch, n, sizeof *weighted));
    for (size_t e = 0; e < d->n_effects; e++)
        intercepts = intercepts || d->effects[e].slope == NULL;
    for (size_t i = 0; i < n; i++) {
        deviation[i] = pg_design_weight(d, i);
        weighted[i] = deviation[i] * d->y.x[i];
    }
    if (intercepts) mean = pg_sum(weighted, n) / pg_sum(deviation, n);
    for (size_t i = 0; i < n; i++) {
        deviation[i] = d->y.x[i] - mean;
        weighted[i] = pg_design_weight(d, i) * deviation[i];
    }
    fit->tss_within = fit->tss;
    fit->tss = pg_dot(weighted, deviation, n);
    return PGDP_OK;
}
