/* sandwich.c  What every covariance may call of fit.h. Source: Zeileis (2006), J. Stat. Softw. 16(9): bread and meat.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/parallel.h"
#include "stats/fit.h"
#include "stats/linalg.h"

#include <math.h>
#include <string.h>

void pg_fit_add_factor(pgdp_fit *fit, const char *name, double value)
{
    if (fit->n_factors < PG_MAX_FACTORS) fit->factors[fit->n_factors++] = (pgdp_factor){ name, value };
}

double pg_design_nobs(const pgdp_design *design)
{
    if (design->count.n > 0) return pg_sum(design->count.x, design->count.n);
    return design->weight_kind == PGDP_FREQUENCY ? pg_sum(design->weights.x, design->y.n) : (double)design->y.n;
}

void pg_fit_add_diagnostic(pgdp_fit *fit, const pgdp_diagnostic *diagnostic)
{
    if (fit->n_diagnostics < PG_MAX_DIAGNOSTICS) fit->diagnostics[fit->n_diagnostics++] = *diagnostic;
}

void pg_fit_score_rows(const pgdp_fit *fit, size_t first, size_t n, double *out)
{
    if (fit->scores != NULL) {
        for (size_t j = 0; j < fit->n_terms; j++)
            memcpy(out + j * n, fit->scores + first + j * fit->n_rows, n * sizeof *out);
        return;
    }
    const size_t k = fit->n_slopes;
    const double *x = fit->working->x.x + first;
    size_t stride = fit->n_rows;
    if (fit->root != NULL) {
        const pg_matrix rows = pg_matrix_view(x, n, k, stride);
        pg_times(rows, pg_matrix_view(fit->root, k, k, k), pg_matrix_of(out, n, k));
        x = out;
        stride = n;
    }
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < n; i++)
            out[i + j * n] = x[i + j * stride] * fit->score[first + i];
    for (size_t j = 0; j < fit->n_cuts; j++)
        for (size_t i = 0; i < n; i++)
            out[i + (k + j) * n] = fit->cut_score[first + i + j * fit->n_rows];
}

pgdp_status pg_sandwich_keep(pgdp_ctx *ctx, pgdp_fit *fit, const pg_sandwich *of)
{
    const size_t n = fit->n_terms * fit->n_terms;
    double *side, *meat;
    fit->ssc.sandwich = *of;
    if (of->side != fit->bread) {
        PG_TRY_ALLOC(ctx, side, pg_arena_alloc(&fit->arena, n, sizeof *side));
        memcpy(side, of->side, n * sizeof *side);
        fit->ssc.sandwich.side = side;
    }
    if (of->meat != NULL) {
        PG_TRY_ALLOC(ctx, meat, pg_arena_alloc(&fit->arena, n, sizeof *meat));
        memcpy(meat, of->meat, n * sizeof *meat);
        fit->ssc.sandwich.meat = meat;
    }
    return PGDP_OK;
}

pgdp_status pg_fit_sandwich(pgdp_ctx *ctx, pgdp_fit *fit, double *meat, double factor)
{
    const size_t k = fit->n_terms;
    const bool root = fit->root != NULL;
    const pg_sandwich made = { .basis = root ? PG_BASIS_ORTHONORMAL : PG_BASIS_TERMS,
                               .side = root ? fit->root : fit->bread,
                               .meat = meat,
                               .factor = factor };
    const pg_matrix side = pg_matrix_view(made.side, k, k, k), half = pg_matrix_new(&ctx->scratch, k, k);
    if (half.x == NULL) return pg_no_memory(ctx);
    PG_TRY(pg_sandwich_keep(ctx, fit, &made));
    for (size_t i = 0; i < k * k; i++)
        meat[i] *= factor;
    pg_times(side, pg_matrix_of(meat, k, k), half);
    pg_times_transposed(half, side, pg_matrix_of(fit->vcov, k, k));
    pg_copy_upper(pg_matrix_of(fit->vcov, k, k));
    fit->meat = meat;
    return PGDP_OK;
}

/* Vectors and eigenvalues of V in place of its sandwich, so that its diagonal still follows from what is kept. */
static pgdp_status keep_eigenvectors(pgdp_ctx *ctx, pgdp_fit *fit, pg_matrix u, const double *values)
{
    const size_t k = fit->n_terms;
    const pg_matrix diagonal = pg_matrix_new(&ctx->scratch, k, k);
    if (diagonal.x == NULL) return pg_no_memory(ctx);
    for (size_t j = 0; j < k; j++)
        diagonal.x[j + j * k] = fmax(values[j], 0);
    const pg_sandwich made = { .basis = PG_BASIS_EIGENVECTORS, .side = u.x, .meat = diagonal.x, .factor = 1 };
    return pg_sandwich_keep(ctx, fit, &made);
}

pgdp_status pg_fit_make_psd(pgdp_ctx *ctx, pgdp_fit *fit)
{
    const size_t k = fit->n_terms;
    const pg_matrix u = pg_matrix_new(&ctx->scratch, k, k), half = pg_matrix_new(&ctx->scratch, k, k);
    double *values, *unit, n_negative = 0;
    if (!pg_switch_on(fit->ssc.psd, true)) return PGDP_OK;
    if (u.x == NULL || half.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, values, pg_arena_alloc(&ctx->scratch, k, sizeof *values));
    PG_TRY_ALLOC(ctx, unit, pg_arena_alloc(&ctx->scratch, k, sizeof *unit));
    for (size_t j = 0; j < k; j++)
        unit[j] = sqrt(fit->bread[j + j * k]); /* terms in units of their own, so that these decide nothing */
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < k; i++)
            u.x[i + j * k] = fit->vcov[i + j * k] / (unit[i] * unit[j]);
    PG_TRY(pg_eigen(ctx, u, values));
    for (size_t j = 0; j < k; j++)
        n_negative += values[j] < -1e-14 * values[k - 1];
    pg_fit_add_factor(fit, "negative eigenvalues zeroed", n_negative);
    if (!(n_negative > 0)) return PGDP_OK;
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < k; i++)
            u.x[i + j * k] *= unit[i];
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < k; i++)
            half.x[i + j * k] = u.x[i + j * k] * fmax(values[j], 0);
    pg_times_transposed(half, u, pg_matrix_of(fit->vcov, k, k));
    pg_copy_upper(pg_matrix_of(fit->vcov, k, k));
    fit->meat = NULL; /* of another matrix: the Wald test takes V itself */
    return keep_eigenvectors(ctx, fit, u, values);
}
