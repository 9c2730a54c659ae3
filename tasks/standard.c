/* standard.c  Columns to mean 0 and variance 1 on the training rows, so that one penalty suits all.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "tasks/scoring.h"

static const double *column_of(const pg_rows *rows, size_t j)
{
    const pg_features *f = rows->features;
    return j < f->n_plain ? f->plain + j * f->n_tasks : rows->encoded + (j - f->n_plain) * f->n_tasks;
}

static void scale_column(const pg_rows *training, const double *x, double *centre, double *inverse)
{
    double n = 0, sum = 0, squares = 0;
    for (size_t i = 0; i < training->n; i++) {
        const double value = x[training->rows[i]];
        if (isnan(value)) continue;
        n += 1;
        sum += value;
    }
    *centre = n > 0 ? sum / n : 0;
    for (size_t i = 0; i < training->n; i++) {
        const double deviation = x[training->rows[i]] - *centre;
        if (!isnan(deviation)) squares += deviation * deviation;
    }
    const double sd = n > 0 ? sqrt(squares / n) : 0;
    *inverse = sd > 1e-10 * (1 + fabs(*centre)) ? 1 / sd : 0;
}

pgdp_status pg_scale_of(pgdp_ctx *ctx, const pg_rows *training, pg_scale *out)
{
    const size_t n = training->features->n_columns;
    PG_TRY_ALLOC(ctx, out->centre, pg_arena_alloc(&ctx->scratch, n, sizeof *out->centre));
    PG_TRY_ALLOC(ctx, out->inverse, pg_arena_alloc(&ctx->scratch, n, sizeof *out->inverse));
    for (size_t j = 0; j < n; j++)
        scale_column(training, column_of(training, j), &out->centre[j], &out->inverse[j]);
    return PGDP_OK;
}

void pg_standardise(const pg_rows *rows, const pg_scale *scale, double *out)
{
    for (size_t j = 0; j < rows->features->n_columns; j++) {
        const double *x = column_of(rows, j), centre = scale->centre[j], inverse = scale->inverse[j];
        for (size_t i = 0; i < rows->n; i++) {
            const double value = x[rows->rows[i]];
            out[j * rows->n + i] = isnan(value) ? 0 : (value - centre) * inverse;
        }
    }
}
