/* scaled.c  The weighted regressors with columns scaled by powers of two: scaled.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/scaled.h"

#include <math.h>

double pg_scaled_power(const double *x, const double *root_weight, size_t n)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++) {
        const double size = fabs(root_weight == NULL ? x[i] : x[i] * root_weight[i]);
        if (size > largest) largest = size;
    }
    int exponent = 0;
    (void)frexp(largest, &exponent);
    return ldexp(1, exponent > 1000 ? -1000 : exponent < -1000 ? 1000 : -exponent);
}

bool pg_scaled_is_exact(const double *x, size_t n)
{
    const double limit = 9007199254740992.0; /* 2^53 */
    for (size_t i = 0; i < n; i++) {
        const double nearest = floor(x[i]);
        if (x[i] > nearest || fabs(nearest) > limit) return false;
    }
    return true;
}

pgdp_status pg_scaled_new(pgdp_ctx *ctx, const pgdp_design *design, bool with_constant, pg_scaled *out)
{
    const size_t n = design->x.n_rows, n_extra = with_constant ? 1 : 0;
    *out = (pg_scaled){ .design = design, .n_rows = n, .n_cols = design->x.n_cols + n_extra, .n_extra = n_extra };
    if (design->weights.n > 0) {
        PG_TRY_ALLOC(ctx, out->root_weight, pg_arena_alloc(&ctx->scratch, n, sizeof *out->root_weight));
        for (size_t i = 0; i < n; i++)
            out->root_weight[i] = sqrt(design->weights.x[i]);
    }
    PG_TRY_ALLOC(ctx, out->scale, pg_arena_alloc(&ctx->scratch, out->n_cols, sizeof *out->scale));
    if (with_constant) out->scale[0] = 1;
    for (size_t j = 0; j < design->x.n_cols; j++)
        out->scale[n_extra + j] = pg_scaled_power(design->x.x + j * n, out->root_weight, n);
    return PGDP_OK;
}

void pg_scaled_fill_column(const pg_scaled *scaled, size_t column, size_t first, size_t n, double *out)
{
    const double scale = scaled->scale[column];
    if (column < scaled->n_extra) {
        for (size_t i = 0; i < n; i++)
            out[i] = scale;
    } else {
        const double *x = scaled->design->x.x + (column - scaled->n_extra) * scaled->n_rows + first;
        for (size_t i = 0; i < n; i++)
            out[i] = x[i] * scale;
    }
    if (scaled->root_weight == NULL) return;
    for (size_t i = 0; i < n; i++)
        out[i] *= scaled->root_weight[first + i];
}

void pg_scaled_fill(void *scaled, size_t first, pg_matrix a)
{
    for (size_t j = 0; j < a.n_cols; j++)
        pg_scaled_fill_column(scaled, j, first, a.n_rows, a.x + j * a.stride);
}
