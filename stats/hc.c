/* hc.c  Heteroskedasticity-consistent covariances: hc.h. Source: White (1980), Econometrica 48; MacKinnon & White
 * (1985), J. Econometrics 29. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/hc.h"

#include "core/parallel.h"
#include "stats/linalg.h"
#include "stats/stream_fit.h"

#include <math.h>

enum { ROWS = 1024, MOST_PARTS = 32 /* of the rows, each with its own sums */ };
static const double no_room = 1e-10; /* of 1 - h: the row's residual is zero whatever its outcome */

/* h_i = w_i x_i (X'WX)^-1 x_i' of n rows; of one of the equal rows under frequency weights. */
static void leverages(const pgdp_fit *fit, const pgdp_design *d, size_t first, size_t n, pg_matrix xr, double *h)
{
    const size_t k = fit->n_terms;
    const pg_matrix root = pg_matrix_view(fit->root, k, k, k);
    const pg_matrix x = pg_matrix_view(d->x.x + first, n, k, d->x.n_rows);
    pg_times(x, root, xr);
    for (size_t i = 0; i < n; i++) {
        h[i] = 0;
        for (size_t j = 0; j < k; j++)
            h[i] += xr.x[i + j * xr.stride] * xr.x[i + j * xr.stride];
        if (d->weight_kind != PGDP_FREQUENCY) h[i] *= pg_design_weight(d, first + i);
    }
}

/* Of one absorbed effect: w over the sum of w of the row's level, orthogonal to what the terms add. */
static pgdp_status leverages_of_effect(pgdp_ctx *ctx, const pgdp_fit *fit, double **out)
{
    const pgdp_design *d = fit->design;
    double *sums, *h;
    *out = NULL;
    if (d->n_effects == 0) return PGDP_OK;
    const pgdp_effect *effect = &d->effects[0];
    if (d->n_effects > 1 || effect->slope != NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance %s needs the leverages of all absorbed effects, found %s, expected one effect "
                       "without slopes; choose HC1 or cluster, or write an effect as i(%s) among the terms",
                       fit->covariance->name, d->n_effects > 1 ? "several" : "slopes", effect->name);
    PG_TRY_ALLOC(ctx, sums, pg_arena_alloc(&ctx->scratch, effect->n_levels, sizeof *sums));
    PG_TRY_ALLOC(ctx, h, pg_arena_alloc(&ctx->scratch, d->y.n, sizeof *h));
    for (size_t i = 0; i < d->y.n; i++)
        sums[effect->level[i]] += pg_design_weight(d, i);
    for (size_t i = 0; i < d->y.n; i++)
        h[i] = (d->weight_kind == PGDP_FREQUENCY ? 1 : pg_design_weight(d, i)) / sums[effect->level[i]];
    *out = h;
    return PGDP_OK;
}

static pgdp_status refuse(pgdp_ctx *ctx, const pgdp_fit *fit, size_t row)
{
    return pg_fail(
        ctx, PGDP_NUMERICAL,
        "row %zu of the sample decides a term alone (leverage 1), so covariance %s does not exist; choose HC1", row + 1,
        fit->covariance->name);
}

/* What the weight of a row depends on. */
typedef struct weighing {
    const pgdp_design *design;
    pg_hc_weight weight;
    const double *of_effect; /**< leverages of the absorbed effect; NULL: none */
    const pgdp_fit *fit;
    size_t n_parts;
    double *meats; /**< [n_parts][k x k] */
} weighing;

/* Rows from `first` on of the scores, each times the root of its weight. */
static pgdp_status weigh(pgdp_ctx *ctx, const weighing *w, size_t first, pg_matrix part)
{
    const pgdp_fit *fit = w->fit;
    const size_t n = part.n_rows;
    const double k = (double)(fit->n_terms + fit->n_absorbed);
    double h[ROWS];
    if (w->weight != NULL) leverages(fit, w->design, first, n, part, h);
    pg_fit_score_rows(fit, first, n, part.x);
    for (size_t i = 0; i < n; i++) {
        double square = 1;
        if (w->weight != NULL) {
            if (w->of_effect != NULL) h[i] += w->of_effect[first + i];
            if (1 - h[i] < no_room) return refuse(ctx, fit, first + i);
            square = w->weight(h[i], k, fit->nobs);
        }
        if (w->design->weight_kind == PGDP_FREQUENCY) square /= pg_design_weight(w->design, first + i);
        const double root = sqrt(square);
        for (size_t j = 0; j < part.n_cols; j++)
            part.x[i + j * n] *= root;
    }
    return PGDP_OK;
}

/* Part p of the rows. */
static pgdp_status add_part(pgdp_ctx *ctx, void *user, size_t p)
{
    const weighing *w = user;
    const size_t k = w->fit->n_terms, n_tiles = pg_n_blocks(w->fit->n_rows, ROWS);
    const pg_matrix work = pg_matrix_new(&ctx->scratch, ROWS, k), meat = pg_matrix_of(w->meats + p * k * k, k, k);
    if (work.x == NULL) return pg_no_memory(ctx);
    for (size_t tile = p * n_tiles / w->n_parts; tile < (p + 1) * n_tiles / w->n_parts; tile++) {
        const pg_range rows = pg_block_range(w->fit->n_rows, ROWS, tile);
        const pg_matrix part = pg_matrix_of(work.x, rows.end - rows.first, k);
        PG_TRY(weigh(ctx, w, rows.first, part));
        pg_add_gram(part, meat);
    }
    return PGDP_OK;
}

/* meat [k x k], upper triangle, += the products of all rows, in parts that depend on their number alone. */
static pgdp_status add_rows(pgdp_ctx *ctx, const pgdp_design *d, pg_hc_weight weight, const pgdp_fit *fit, double *meat)
{
    const size_t square = fit->n_terms * fit->n_terms, n_tiles = pg_n_blocks(fit->n_rows, ROWS);
    double *of_effect = NULL;
    if (weight != NULL) PG_TRY(leverages_of_effect(ctx, fit, &of_effect));
    weighing w = { .design = d,
                   .weight = weight,
                   .of_effect = of_effect,
                   .fit = fit,
                   .n_parts = n_tiles < MOST_PARTS ? n_tiles : MOST_PARTS };
    PG_TRY_ALLOC(ctx, w.meats, pg_arena_alloc(&ctx->scratch, w.n_parts * square, sizeof *w.meats));
    PG_TRY(pg_parallel(ctx, NULL, w.n_parts, add_part, &w));
    for (size_t p = 0; p < w.n_parts; p++)
        for (size_t i = 0; i < square; i++)
            meat[i] += w.meats[p * square + i];
    return PGDP_OK;
}

pgdp_status pg_hc_compute(pgdp_ctx *ctx, const pgdp_design *d, pg_hc_weight weight, bool k_adj, pgdp_fit *fit)
{
    const size_t k = fit->n_terms;
    const pg_ssc_rule rule = { .k_adj = k_adj, .g = fit->nobs, .g_factor = "N/(N-1)" };
    const pg_matrix meat = pg_matrix_new(&ctx->scratch, k, k);
    if (meat.x == NULL) return pg_no_memory(ctx);
    if (weight != NULL && (fit->root == NULL || fit->penalised))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "covariance %s needs the leverages of a linear model; choose HC0 or HC1",
                       fit->covariance->name);
    if (fit->behind != NULL)
        PG_TRY(pg_behind_squares(ctx, fit, weight, meat.x));
    else
        PG_TRY(add_rows(ctx, d, weight, fit, meat.x));
    pg_copy_upper(meat);
    return pg_fit_sandwich(ctx, fit, meat.x, pg_ssc_apply(fit, &rule));
}
