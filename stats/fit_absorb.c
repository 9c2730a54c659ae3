/* fit_absorb.c  Absorbed effects in the runner: fit_absorb.h. Source: Frisch & Waugh (1933), Econometrica 1(4); Lovell
 * (1963), J. Am. Stat. Assoc. 58. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/fit_absorb.h"

#include "core/parallel.h"
#include "stats/stream_fit.h"

#include <float.h>
#include <math.h>
#include <string.h>

static double norm_of(const pgdp_design *d, const double *x)
{
    double sum = 0; /* of columns that are compared by powers of ten: plain sums do */
    for (size_t i = 0; i < d->y.n; i++)
        sum += pg_design_weight(d, i) * x[i] * x[i];
    return sqrt(sum);
}

/* Columns left, orthonormal, with the rounding that stands in each. */
typedef struct orthonormal {
    double *q, *noise; /* [n x as many as kept], [as many] */
    size_t n_kept;
} orthonormal;

/* v - sum of c q, twice; @return the rounding in v (given that of the column) and what the sums bring */
static double remove_kept(const pgdp_design *d, const orthonormal *o, double noise, double *v)
{
    const size_t n = d->y.n;
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t k = 0; k < o->n_kept; k++) {
            const double *q = o->q + k * n;
            double c = 0;
            for (size_t i = 0; i < n; i++)
                c += pg_design_weight(d, i) * q[i] * v[i];
            for (size_t i = 0; i < n; i++)
                v[i] -= c * q[i];
            noise += fabs(c) * o->noise[k];
        }
    }
    return noise;
}

/* Effects far larger than what they leave of a column leave rounding in it too, noise[j] relative. A column that is a
 * combination of those before it to within that rounding is made one, so that the method refuses it by name. */
static pgdp_status settle_dependent(pgdp_ctx *ctx, const pgdp_design *d, double *x, const double *noise)
{
    const size_t n = d->y.n, n_cols = d->x.n_cols;
    const double of_method = 1e-13; /* collinear.c */
    double worst = 0, *v;
    orthonormal o = { 0 };
    for (size_t j = 0; j < n_cols; j++)
        worst = fmax(worst, noise[j]);
    if (worst <= of_method) return PGDP_OK;
    PG_TRY_ALLOC(ctx, v, pg_arena_alloc(&ctx->scratch, n, sizeof *v));
    PG_TRY_ALLOC(ctx, o.q, pg_arena_alloc(&ctx->scratch, n * n_cols, sizeof *o.q));
    PG_TRY_ALLOC(ctx, o.noise, pg_arena_alloc(&ctx->scratch, n_cols, sizeof *o.noise));
    for (size_t j = 0; j < n_cols; j++) {
        const double size = norm_of(d, x + j * n);
        for (size_t i = 0; i < n; i++)
            v[i] = x[i + j * n] / size;
        const double rounding = remove_kept(d, &o, noise[j], v), left = norm_of(d, v);
        const bool dependent = rounding > of_method && left <= rounding;
        for (size_t i = 0; i < n && dependent; i++)
            x[i + j * n] -= size * v[i];
        if (!(left > fmax(rounding, of_method))) continue; /* the method's to name; it spans nothing */
        for (size_t i = 0; i < n; i++)
            o.q[i + o.n_kept * n] = v[i] / left;
        o.noise[o.n_kept++] = rounding / left;
    }
    return PGDP_OK;
}

void pg_fit_term_sizes(const pgdp_design *d, const double *x, double *sizes)
{
    for (size_t j = 0; j < d->x.n_cols; j++)
        sizes[j] = norm_of(d, x + j * d->y.n);
}

/* 16 u |x| / |M x| of each column. */
pgdp_status pg_fit_settle_terms(pgdp_ctx *ctx, const pgdp_design *d, const double *before, double *x)
{
    double *noise;
    PG_TRY_ALLOC(ctx, noise, pg_arena_alloc(&ctx->scratch, d->x.n_cols, sizeof *noise));
    for (size_t j = 0; j < d->x.n_cols; j++) {
        const double after = norm_of(d, x + j * d->y.n);
        noise[j] = after > 0 ? 16 * DBL_EPSILON * before[j] / after : 0;
    }
    return settle_dependent(ctx, d, x, noise);
}

/* y, x and z with the effects taken out; the rest as it is. */
static pgdp_status partial_out(pgdp_ctx *ctx, const pgdp_design *d, pgdp_fit *fit)
{
    const size_t n = d->y.n, n_columns = 1 + d->x.n_cols + d->z.n_cols;
    pgdp_design *left;
    double *y, *x, *z, *sizes, **columns;
    const double **from;
    pg_absorption absorption;
    PG_TRY_ALLOC(ctx, sizes, pg_arena_alloc(&ctx->scratch, d->x.n_cols, sizeof *sizes));
    pg_fit_term_sizes(d, d->x.x, sizes);
    PG_TRY_ALLOC(ctx, left, pg_arena_alloc(&ctx->scratch, 1, sizeof *left));
    PG_TRY_ALLOC(ctx, columns, pg_arena_alloc(&ctx->scratch, n_columns, sizeof *columns));
    PG_TRY_ALLOC(ctx, from, pg_arena_alloc(&ctx->scratch, n_columns, sizeof *from));
    PG_TRY_ALLOC(ctx, y, pg_arena_alloc(&ctx->scratch, n, sizeof *y));
    PG_TRY_ALLOC(ctx, x, pg_arena_alloc(&ctx->scratch, n * d->x.n_cols, sizeof *x));
    PG_TRY_ALLOC(ctx, z, pg_arena_alloc(&ctx->scratch, n * d->z.n_cols, sizeof *z));
    for (size_t c = 0; c < n_columns; c++) {
        const bool is_y = c == 0, is_x = c <= d->x.n_cols;
        const size_t j = is_y ? 0 : is_x ? c - 1 : c - 1 - d->x.n_cols;
        from[c] = (is_y ? d->y.x : is_x ? d->x.x : d->z.x) + j * n;
        columns[c] = (is_y ? y : is_x ? x : z) + j * n;
    }
    PG_TRY(pg_absorb_into(ctx, fit->absorber, from, columns, n_columns, &absorption));
    pg_fit_add_absorption(fit, &absorption);
    PG_TRY(pg_fit_settle_terms(ctx, d, sizes, x));
    *left = *d;
    left->y.x = y;
    left->x.x = x;
    left->z.x = z;
    left->x_low = (pgdp_mat){ NULL, 0, 0 };
    left->y_low = (pgdp_vec){ NULL, 0 };
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
    bool intercepts = d->constant != PGDP_NONE;
    double *deviation, *weighted, mean = 0;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
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
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

pgdp_status pg_behind_count(pgdp_ctx *ctx, pgdp_fit *fit)
{
    const pg_behind_effects *e = fit->absorbed;
    fit->n_absorbed = e->rank;
    fit->absorbed_is_bound = e->rank_is_bound;
    pg_fit_add_absorption(fit, &e->how);
    if (fit->nobs > (double)(fit->n_terms + fit->n_absorbed)) return PGDP_OK;
    return pg_fail(ctx, PGDP_TOO_FEW_OBS, "%.0f rows are too few for %zu terms and %zu levels of absorbed effects",
                   fit->nobs, fit->n_terms, fit->n_absorbed);
}

void pg_behind_set_total(pgdp_fit *fit)
{
    fit->tss_within = fit->tss;
    fit->tss = fit->absorbed->total;
}
