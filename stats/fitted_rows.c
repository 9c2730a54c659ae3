/* fitted_rows.c  Fitted values, their errors, residuals, leverages and influence by row: extras.h. Source: Belsley, Kuh
 * & Welsch (1980), Regression Diagnostics, section 2.1; Cook (1977), Technometrics 19(1).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/frame.h"
#include "stats/extras.h"
#include "stats/linalg.h"

#include <math.h>

typedef enum column { ROW, FITTED, STD_ERROR, CONF_LOW, CONF_HIGH, RESIDUAL, LEVERAGE, COOKS_D, N_COLUMNS } column;
static const char *const names[N_COLUMNS] = { "row",       "fitted",   "std_error", "conf_low",
                                              "conf_high", "residual", "leverage",  "cooks_d" };

static const double least_room = 1e-12; /* of 1 - h: a row with less is all that tells a term */

/* What the fitted values are linear in: the regressors as given, at the estimate the Jacobian of a nonlinear mean. NULL
 * where effects, which have errors of their own, are part of them. */
static const double *regressors(const pgdp_fit *fit)
{
    if (fit->design->mean != NULL) return fit->working->x.x;
    if (fit->absorber != NULL || fit->n_absorbed > 0 || fit->design->x.n_cols != fit->n_terms) return NULL;
    return fit->design->x.x;
}

/* x A x', x one row of regressors. */
static double quadratic(const pgdp_fit *fit, const double *a, const double *x)
{
    const size_t k = fit->n_terms;
    double sum = 0;
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < k; i++)
            sum += x[i * fit->n_rows] * a[i + j * k] * x[j * fit->n_rows];
    return sum;
}

/* w |x root|^2: of the rows that the coefficients are least squares of; with instruments, of the second stage. */
static double leverage(const pgdp_fit *fit, size_t row)
{
    const size_t k = fit->n_slopes;
    const double *x = fit->working->x.x + row;
    double h = 0;
    if (fit->root == NULL || fit->absorber != NULL || fit->n_absorbed > 0) return (double)NAN;
    if (fit->working != fit->design && !fit->estimator->instrumental && fit->design->mean == NULL) return (double)NAN;
    for (size_t j = 0; j < k; j++) {
        double z = 0;
        for (size_t i = 0; i <= j; i++)
            z += x[i * fit->n_rows] * fit->root[i + j * k];
        h += z * z;
    }
    return pg_design_weight(fit->working, row) * h;
}

static void fill_row(const pgdp_fit *fit, size_t i, double width, double *out)
{
    const double *x = regressors(fit);
    const double e = fit->residual[i], sigma2 = fit->ssr / fit->glance.df_residual, h = leverage(fit, i), room = 1 - h;
    const double error = x == NULL ? (double)NAN : sqrt(quadratic(fit, fit->vcov, x + i));
    out[FITTED] = fit->design->y.x[i] - e;
    out[STD_ERROR] = error;
    out[CONF_LOW] = out[FITTED] - width * error;
    out[CONF_HIGH] = out[FITTED] + width * error;
    out[RESIDUAL] = e;
    out[LEVERAGE] = h;
    out[COOKS_D] = (double)NAN; /* without the row the model is not defined, or not this distance from it */
    if (room > least_room && fit->working == fit->design)
        out[COOKS_D] = pg_design_weight(fit->working, i) * e * e * h / ((double)fit->n_terms * sigma2 * room * room);
}

pgdp_status pg_fitted_rows_compute(pgdp_ctx *ctx, const size_t *row_numbers, pgdp_fit *fit)
{
    const size_t n = fit->design->y.n;
    const double width = pgdp_t_upper_quantile((1 - fit->conf_level) / 2, fit->vcov_df);
    double *cells[N_COLUMNS], row[N_COLUMNS];
    if (fit->residual == NULL || fit->n_rows != n)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "method %s has no residual for each row; choose a linear method such as ols or iv",
                       fit->estimator->name);
    for (size_t c = 0; c < N_COLUMNS; c++)
        PG_TRY_ALLOC(ctx, cells[c], pg_arena_alloc(&ctx->scratch, n, sizeof *cells[c]));
    for (size_t i = 0; i < n; i++) {
        row[ROW] = (double)(row_numbers == NULL ? i : row_numbers[i]) + 1;
        fill_row(fit, i, width, row);
        for (size_t c = 0; c < N_COLUMNS; c++)
            cells[c][i] = row[c];
    }
    PG_TRY(pgdp_frame_new(ctx, &fit->rows));
    for (size_t c = 0; c < N_COLUMNS; c++) {
        const pgdp_column about = { .name = names[c], .type = PGDP_REAL };
        PG_TRY(pg_frame_add_reals(ctx, fit->rows, &about, cells[c], n));
    }
    return PGDP_OK;
}
