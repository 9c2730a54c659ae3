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

/* x_i A x_i' of one row of the working regressors. */
static double quadratic(const pgdp_fit *fit, const double *a, size_t row)
{
    const size_t k = fit->n_slopes;
    const double *x = fit->working->x.x + row;
    double sum = 0;
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < k; i++)
            sum += x[i * fit->n_rows] * a[i + j * fit->n_terms] * x[j * fit->n_rows];
    return sum;
}

/* One row. With absorbed effects, whose values have their own error, only the residual is known here. */
static void fill_row(const pgdp_fit *fit, size_t i, double width, double *out)
{
    const bool absorbed = fit->absorber != NULL;
    const double e = fit->residual[i], sigma2 = fit->ssr / fit->glance.df_residual;
    const double h = absorbed ? (double)NAN : pg_design_weight(fit->working, i) * quadratic(fit, fit->bread, i);
    const double error = absorbed ? (double)NAN : sqrt(quadratic(fit, fit->vcov, i));
    out[FITTED] = fit->design->y.x[i] - e;
    out[STD_ERROR] = error;
    out[CONF_LOW] = out[FITTED] - width * error;
    out[CONF_HIGH] = out[FITTED] + width * error;
    out[RESIDUAL] = e;
    out[LEVERAGE] = h;
    out[COOKS_D] = pg_design_weight(fit->working, i) * e * e * h /
                   ((double)fit->n_terms * sigma2 * (1 - h) * (1 - h));
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
