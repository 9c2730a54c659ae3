/* panel_components.c  Variances of the error of a panel: panel_components.h. Source: Baltagi & Chang (1994),
 * J. Econometrics 62; Baltagi (2021), Econometric Analysis of Panel Data, sections 2.3 and 9.2.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * N rows, n entities of T_i rows, K terms; P takes means of entities, Q = I - P; Z is the entities' indicator matrix.
 */
#include "stats/panel_components.h"

#include "core/parallel.h"
#include "stats/panel_inner.h"

#include <math.h>

/* What all four have in common. */
typedef struct panel {
    const pgdp_design *d;
    const pg_groups *groups;
    pg_arena *arena;
    double rows, entities; /* N, n */
    bool balanced;
} panel;

/* (X'X)^-1/2 times the mean of each entity's regressors (less `centre` where given): out [k x n]. */
static pgdp_status standard_means(pgdp_ctx *ctx, const panel *p, const pg_inner *inner, bool centred, double **out)
{
    const size_t k = inner->design.x.n_cols, n = p->groups->n;
    double *mean, *all;
    PG_TRY_ALLOC(ctx, mean, pg_arena_alloc(&ctx->scratch, n, sizeof *mean));
    PG_TRY_ALLOC(ctx, all, pg_arena_alloc(&ctx->scratch, n * k, sizeof *all));
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, n * k, sizeof **out));
    for (size_t j = 0; j < k; j++) {
        const double *x = p->d->x.x + inner->column[j] * p->d->y.n;
        const double centre = centred ? pg_sum(x, p->d->y.n) / p->rows : 0;
        pg_group_means(p->groups, x, mean);
        for (size_t g = 0; g < n; g++)
            all[j + g * k] = mean[g] - centre;
    }
    for (size_t g = 0; g < n; g++)
        for (size_t j = 0; j < k; j++)
            for (size_t i = 0; i <= j; i++)
                (*out)[j + g * k] += inner->ls.root.x[i + j * inner->ls.root.stride] * all[i + g * k];
    return PGDP_OK;
}

/* sum over entities of T_i^power r_i r_i': out [k x k]. */
static void sum_of_squares(const panel *p, const double *r, size_t k, int power, double *out)
{
    for (size_t g = 0; g < p->groups->n; g++) {
        const double size = (double)pg_group_size(p->groups, g), w = power == 2 ? size * size : size;
        for (size_t j = 0; j < k; j++)
            for (size_t i = 0; i < k; i++)
                out[i + j * k] += w * r[i + g * k] * r[j + g * k];
    }
}

static double trace(const double *a, size_t k)
{
    double sum = 0;
    for (size_t j = 0; j < k; j++)
        sum += a[j + j * k];
    return sum;
}

/* e'Pe about a centre: sum of T_i (mean of e - centre)^2. */
static pgdp_status between_square(pgdp_ctx *ctx, const panel *p, const double *e, double centre, double *out)
{
    double *mean;
    PG_TRY_ALLOC(ctx, mean, pg_arena_alloc(&ctx->scratch, p->groups->n, sizeof *mean));
    pg_group_means(p->groups, e, mean);
    *out = 0;
    for (size_t g = 0; g < p->groups->n; g++)
        *out += (double)pg_group_size(p->groups, g) * (mean[g] - centre) * (mean[g] - centre);
    return PGDP_OK;
}

static pgdp_status refuse(pgdp_ctx *ctx, const panel *p, const char *what, size_t k)
{
    return pg_fail(ctx, PGDP_TOO_FEW_OBS,
                   "method random: %zu entities of %zu rows are too few for %zu terms %s entities; leave terms out or "
                   "choose another variance",
                   p->groups->n, p->groups->n_rows, k, what);
}

/* e'Qe of the within residuals, by N - n - K. */
static pgdp_status within_variance(pgdp_ctx *ctx, const panel *p, const pg_inner *within, double *out)
{
    const double df = p->rows - p->entities - (double)within->design.x.n_cols;
    if (!(df > 0)) return refuse(ctx, p, "within", within->design.x.n_cols);
    *out = within->ssr / df;
    return PGDP_OK;
}

/* Swamy & Arora (1972), Econometrica 40(2): residuals of the within and of the weighted between regression. */
static pgdp_status swar(pgdp_ctx *ctx, const panel *p, const pg_inner *within, pg_components *out)
{
    pg_inner between;
    double *r, *squares;
    PG_TRY(within_variance(ctx, p, within, &out->idiosyncratic));
    PG_TRY(pg_inner_between(ctx, p->arena, p->d, p->groups, &between));
    const size_t k = between.design.x.n_cols;
    const double df = p->entities - (double)k;
    if (!(df > 0)) return refuse(ctx, p, "between", k);
    PG_TRY(standard_means(ctx, p, &between, false, &r));
    PG_TRY_ALLOC(ctx, squares, pg_arena_alloc(&ctx->scratch, k * k, sizeof *squares));
    sum_of_squares(p, r, k, 2, squares);
    out->individual = (between.ssr - df * out->idiosyncratic) / (p->rows - trace(squares, k));
    return PGDP_OK;
}

static double sum_of_squared_sizes(const panel *p)
{
    double sum = 0;
    for (size_t g = 0; g < p->groups->n; g++)
        sum += (double)pg_group_size(p->groups, g) * (double)pg_group_size(p->groups, g);
    return sum;
}

/* Amemiya (1971), Int. Econ. Rev. 12(1); unbalanced: Wansbeek & Kapteyn (1989), J. Econometrics 41, section 3: the
 * within estimate's residuals y - X b. */
static pgdp_status amemiya(pgdp_ctx *ctx, const panel *p, const pg_inner *within, pg_components *out)
{
    const size_t k = within->design.x.n_cols;
    double *e, *r, *squares, q;
    PG_TRY_ALLOC(ctx, e, pg_arena_alloc(&ctx->scratch, p->d->y.n, sizeof *e));
    pg_inner_residual(within, p->d, e);
    PG_TRY(between_square(ctx, p, e, pg_sum(e, p->d->y.n) / p->rows, &q));
    if (p->balanced) {
        out->idiosyncratic = within->ssr / (p->rows - p->entities);
        out->individual = (q / p->entities - out->idiosyncratic) / (p->rows / p->entities);
        return PGDP_OK;
    }
    PG_TRY(within_variance(ctx, p, within, &out->idiosyncratic));
    PG_TRY(standard_means(ctx, p, within, true, &r));
    PG_TRY_ALLOC(ctx, squares, pg_arena_alloc(&ctx->scratch, k * k, sizeof *squares));
    sum_of_squares(p, r, k, 1, squares);
    out->individual = (q - (p->entities - 1 + trace(squares, k)) * out->idiosyncratic) /
                      (p->rows - sum_of_squared_sizes(p) / p->rows);
    return PGDP_OK;
}

/* E e'Qe and E e'Pe of pooled residuals are linear in both variances: Baltagi & Chang (1994), equations 9 and 10. */
static pgdp_status solve_pooled(pgdp_ctx *ctx, const panel *p, const pg_inner *pooled, double q1, double q2,
                                pg_components *out)
{
    const size_t k = pooled->design.x.n_cols;
    double *r, *means, *sums, cross = 0;
    PG_TRY(standard_means(ctx, p, pooled, false, &r));
    PG_TRY_ALLOC(ctx, means, pg_arena_alloc(&ctx->scratch, k * k, sizeof *means));
    PG_TRY_ALLOC(ctx, sums, pg_arena_alloc(&ctx->scratch, k * k, sizeof *sums));
    sum_of_squares(p, r, k, 1, means); /* (X'X)^-1 X'PX */
    sum_of_squares(p, r, k, 2, sums);  /* (X'X)^-1 X'ZZ'X */
    for (size_t i = 0; i < k * k; i++)
        cross += means[i] * sums[i];
    const double d11 = trace(sums, k) - cross, d12 = p->rows - p->entities - (double)k + trace(means, k);
    const double d21 = p->rows - 2 * trace(sums, k) + cross, d22 = p->entities - trace(means, k);
    const double determinant = d11 * d22 - d12 * d21;
    if (!(fabs(determinant) > 0)) return refuse(ctx, p, "of", k);
    out->individual = (d22 * q1 - d12 * q2) / determinant;
    out->idiosyncratic = (d11 * q2 - d21 * q1) / determinant;
    return PGDP_OK;
}

/* Wallace & Hussain (1969), Econometrica 37(1): pooled residuals. */
static pgdp_status walhus(pgdp_ctx *ctx, const panel *p, pg_components *out)
{
    pg_inner pooled;
    double q2;
    PG_TRY(pg_inner_pooled(ctx, p->arena, p->d, &pooled));
    PG_TRY(between_square(ctx, p, pooled.ls.residual, 0, &q2));
    const double q1 = pooled.ssr - q2;
    if (!p->balanced) return solve_pooled(ctx, p, &pooled, q1, q2, out);
    out->idiosyncratic = q1 / (p->rows - p->entities);
    out->individual = (q2 / p->entities - out->idiosyncratic) / (p->rows / p->entities);
    return PGDP_OK;
}

/* Nerlove (1971), Econometrica 39(2): the variance of the estimated effects, and e'Qe / N. */
static pgdp_status nerlove(pgdp_ctx *ctx, const panel *p, const pg_inner *within, pg_components *out)
{
    double *e, q;
    PG_TRY_ALLOC(ctx, e, pg_arena_alloc(&ctx->scratch, p->d->y.n, sizeof *e));
    pg_inner_residual(within, p->d, e);
    PG_TRY(between_square(ctx, p, e, pg_sum(e, p->d->y.n) / p->rows, &q));
    out->idiosyncratic = within->ssr / p->rows;
    out->individual = q / p->rows * p->entities / (p->entities - 1);
    return PGDP_OK;
}

pgdp_status pg_panel_components(pgdp_ctx *ctx, pg_arena *arena, const pgdp_design *d, const pg_groups *groups,
                                pg_component_method method, pg_components *out)
{
    const panel p = { .d = d,
                      .groups = groups,
                      .arena = arena,
                      .rows = (double)groups->n_rows,
                      .entities = (double)groups->n,
                      .balanced = groups->fewest == groups->most };
    pg_inner within;
    *out = (pg_components){ 0 };
    if (groups->n < 2 || groups->most < 2) return refuse(ctx, &p, "of", d->x.n_cols);
    PG_TRY(pg_inner_within(ctx, arena, d, groups, &within));
    if (method == PG_SWAR) PG_TRY(swar(ctx, &p, &within, out));
    if (method == PG_AMEMIYA) PG_TRY(amemiya(ctx, &p, &within, out));
    if (method == PG_WALHUS) PG_TRY(walhus(ctx, &p, out));
    if (method == PG_NERLOVE) PG_TRY(nerlove(ctx, &p, &within, out));
    if (!(out->idiosyncratic > 0))
        return pg_fail(ctx, PGDP_NUMERICAL,
                       "method random: the variance within entities is not above 0, so entities and terms explain the "
                       "outcome exactly; choose method within");
    out->negative = out->individual < 0;
    if (out->negative) out->individual = 0;
    return PGDP_OK;
}
