/* hc.c  Heteroskedasticity-consistent covariances: hc.h. Source: White (1980), Econometrica 48; MacKinnon & White
 * (1985), J. Econometrics 29. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/hc.h"

#include "stats/linalg.h"

#include <math.h>

enum { ROWS = 1024 };
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

static pgdp_status refuse(pgdp_ctx *ctx, const pgdp_fit *fit, size_t row)
{
    return pg_fail(
        ctx, PGDP_NUMERICAL,
        "row %zu of the sample decides a term alone (leverage 1), so covariance %s does not exist; choose HC1", row + 1,
        fit->covariance->name);
}

pgdp_status pg_hc_compute(pgdp_ctx *ctx, const pgdp_design *d, pg_hc_weight weight, double factor, pgdp_fit *fit)
{
    const size_t k = fit->n_terms;
    const pg_matrix meat = pg_matrix_new(&ctx->scratch, k, k), work = pg_matrix_new(&ctx->scratch, ROWS, k);
    double h[ROWS];
    if (meat.x == NULL || work.x == NULL) return pg_no_memory(ctx);
    if (weight != NULL && fit->root == NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "covariance %s needs the leverages of a linear model; choose HC0 or HC1",
                       fit->covariance->name);
    for (size_t first = 0; first < fit->n_rows; first += ROWS) {
        const size_t n = fit->n_rows - first < ROWS ? fit->n_rows - first : ROWS;
        const pg_matrix part = { work.x, n, k, n };
        if (weight != NULL) leverages(fit, d, first, n, part, h);
        pg_fit_score_rows(fit, first, n, part.x);
        for (size_t i = 0; i < n; i++) {
            if (weight != NULL && 1 - h[i] < no_room) return refuse(ctx, fit, first + i);
            double square = weight == NULL ? 1 : weight(h[i], (double)k, fit->nobs);
            if (d->weight_kind == PGDP_FREQUENCY) square /= pg_design_weight(d, first + i);
            const double root = sqrt(square);
            for (size_t j = 0; j < k; j++)
                part.x[i + j * n] *= root;
        }
        pg_add_gram(part, meat);
    }
    pg_copy_upper(meat);
    return pg_fit_sandwich(ctx, fit, meat.x, factor);
}
