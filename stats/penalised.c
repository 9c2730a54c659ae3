/* penalised.c  Columns centred and scaled, and back: penalised.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/penalised.h"

#include "core/parallel.h"

#include <math.h>

static size_t row_of(const size_t *rows, size_t i)
{
    return rows == NULL ? i : rows[i];
}

/* Mean and standard deviation (1/W) of a column; the mean is 0 where nothing is centred. */
typedef struct moments {
    double mean, sd;
} moments;

static moments centre(const double *x, const double *level, const double *share, size_t n, bool constant, double *work)
{
    double square, mean, largest = 0;
    for (size_t i = 0; i < n; i++)
        work[i] = x[i] * level[i];
    mean = pg_dot(work, share, n);
    for (size_t i = 0; i < n; i++) {
        work[i] = (x[i] - mean * level[i]) * (x[i] - mean * level[i]);
        largest = fmax(largest, fabs(x[i]));
    }
    square = pg_dot(work, share, n);
    const bool varies = sqrt(square) > 1e-14 * largest;
    if (!varies && !constant) { /* without a constant a level is information */
        for (size_t i = 0; i < n; i++)
            work[i] = x[i] * x[i];
        return (moments){ 0, sqrt(pg_dot(work, share, n)) };
    }
    return (moments){ constant ? mean : 0, varies ? sqrt(square) : 0 };
}

static pgdp_status new_arrays(pgdp_ctx *ctx, const pgdp_design *d, size_t n, pg_prepared *s)
{
    const size_t k = d->x.n_cols - (d->constant != PGDP_NONE);
    *s = (pg_prepared){ .design = d, .n = n, .k = k };
    PG_TRY_ALLOC(ctx, s->column, pg_arena_alloc(&ctx->scratch, k, sizeof *s->column));
    PG_TRY_ALLOC(ctx, s->mean, pg_arena_alloc(&ctx->scratch, k, sizeof *s->mean));
    PG_TRY_ALLOC(ctx, s->sd, pg_arena_alloc(&ctx->scratch, k, sizeof *s->sd));
    PG_TRY_ALLOC(ctx, s->cross, pg_arena_alloc(&ctx->scratch, k, sizeof *s->cross));
    PG_TRY_ALLOC(ctx, s->y, pg_arena_alloc(&ctx->scratch, n, sizeof *s->y));
    s->z = pg_matrix_new(&ctx->scratch, n, k);
    s->gram = pg_matrix_new(&ctx->scratch, k, k);
    for (size_t j = 0, to = 0; j < d->x.n_cols; j++)
        if (j != d->constant) s->column[to++] = j;
    return s->z.x == NULL || s->gram.x == NULL ? pg_no_memory(ctx) : PGDP_OK;
}

pgdp_status pg_penalised_prepare(pgdp_ctx *ctx, const pgdp_design *d, const size_t *rows, size_t n, bool scale,
                                 pg_prepared *out)
{
    double *share, *work, *x, *level;
    const bool constant = d->constant != PGDP_NONE;
    PG_TRY(new_arrays(ctx, d, n, out));
    PG_TRY_ALLOC(ctx, share, pg_arena_alloc(&ctx->scratch, n, sizeof *share));
    PG_TRY_ALLOC(ctx, work, pg_arena_alloc(&ctx->scratch, n, sizeof *work));
    PG_TRY_ALLOC(ctx, x, pg_arena_alloc(&ctx->scratch, n, sizeof *x));
    PG_TRY_ALLOC(ctx, level, pg_arena_alloc(&ctx->scratch, n, sizeof *level));
    for (size_t i = 0; i < n; i++) { /* the constant's column need not be one of ones: rows of moments */
        level[i] = constant ? d->x.x[row_of(rows, i) + d->constant * d->x.n_rows] : 1;
        share[i] = pg_design_weight(d, row_of(rows, i));
        work[i] = share[i] * level[i] * level[i];
    }
    out->weight = pg_sum(work, n);
    for (size_t i = 0; i < n; i++)
        share[i] /= out->weight;
    for (size_t j = 0; j <= out->k; j++) { /* the outcome last */
        const bool outcome = j == out->k;
        const double *from = outcome ? d->y.x : d->x.x + out->column[j] * d->x.n_rows;
        for (size_t i = 0; i < n; i++) {
            const size_t row = row_of(rows, i);
            x[i] = from[row] - (outcome && d->offset.n > 0 ? d->offset.x[row] : 0);
        }
        const moments m = centre(x, level, share, n, constant, work);
        const double divisor = outcome || !scale ? 1 : m.sd;
        double *to = outcome ? out->y : out->z.x + j * n;
        for (size_t i = 0; i < n && m.sd > 0; i++)
            to[i] = sqrt(share[i]) * (x[i] - m.mean * level[i]) / divisor;
        *(outcome ? &out->y_mean : &out->mean[j]) = m.mean;
        *(outcome ? &out->y_sd : &out->sd[j]) = outcome || m.sd <= 0 || scale ? m.sd : 1;
    }
    pg_add_gram(out->z, out->gram);
    pg_copy_upper(out->gram);
    for (size_t j = 0; j < out->k; j++)
        out->cross[j] = pg_dot(out->z.x + j * n, out->y, n);
    return PGDP_OK;
}

void pg_penalised_undo(const pg_prepared *s, const double *b, double *estimate)
{
    double constant = s->y_mean;
    for (size_t j = 0; j < s->k; j++) {
        const double slope = s->sd[j] > 0 ? b[j] / s->sd[j] : 0;
        estimate[s->column[j]] = slope;
        constant -= slope * s->mean[j];
    }
    if (s->design->constant != PGDP_NONE) estimate[s->design->constant] = constant;
}

pg_penalty pg_penalty_of(const pg_prepared *s, const pg_penalised_options *o, double lambda)
{
    const bool glmnet = o->convention == PG_CONVENTION_GLMNET && s->y_sd > 0;
    return (pg_penalty){ lambda * o->alpha, lambda * (1 - o->alpha) / (glmnet ? s->y_sd : 1) };
}

double pg_penalised_lambda_max(const pg_prepared *s, double alpha)
{
    double largest = 0;
    for (size_t j = 0; j < s->k; j++)
        largest = fmax(largest, fabs(s->cross[j]));
    return largest / fmax(alpha, 1e-3);
}
