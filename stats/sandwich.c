/* sandwich.c  What every covariance may call of fit.h. Source: Zeileis (2006), J. Stat. Softw. 16(9): bread and meat.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/fit.h"
#include "stats/linalg.h"

#include <string.h>

void pg_fit_add_factor(pgdp_fit *fit, const char *name, double value)
{
    if (fit->n_factors < PG_MAX_FACTORS) fit->factors[fit->n_factors++] = (pgdp_factor){ name, value };
}

double pg_design_weight(const pgdp_design *design, size_t row)
{
    return design->weights.n == 0 ? 1 : design->weights.x[row];
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

pgdp_status pg_fit_sandwich(pgdp_ctx *ctx, pgdp_fit *fit, double *meat, double factor)
{
    const size_t k = fit->n_terms;
    const double *side = fit->root != NULL ? fit->root : fit->bread;
    const pg_matrix bread = pg_matrix_view(side, k, k, k), half = pg_matrix_new(&ctx->scratch, k, k);
    if (half.x == NULL) return pg_no_memory(ctx);
    for (size_t i = 0; i < k * k; i++)
        meat[i] *= factor;
    pg_times(bread, pg_matrix_of(meat, k, k), half);
    pg_times_transposed(half, bread, pg_matrix_of(fit->vcov, k, k));
    pg_copy_upper(pg_matrix_of(fit->vcov, k, k));
    fit->meat = meat;
    return PGDP_OK;
}
