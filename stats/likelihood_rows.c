/* likelihood_rows.c  Sums over rows and standardised regressors: likelihood_newton.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/likelihood_newton.h"

#include "core/parallel.h"

#include <math.h>
#include <string.h>

pgdp_status pg_row_sums_new(pgdp_ctx *ctx, pg_row_sums *s)
{
    enum { MOST_SUMS = 1 << 22 };
    const size_t n_tiles = (s->n_rows + PG_TILE - 1) / PG_TILE, most = MOST_SUMS / s->size + 1;
    s->n_chunks = (n_tiles + 1) / 2 < most ? (n_tiles + 1) / 2 : most;
    PG_TRY_ALLOC(ctx, s->sums, pg_matrix_new(&ctx->scratch, s->size, s->n_chunks).x);
    return PGDP_OK;
}

static pgdp_status run_chunk(pgdp_ctx *ctx, void *user, size_t chunk)
{
    const pg_row_sums *s = user;
    double *sums = s->sums + chunk * s->size;
    const size_t n_tiles = (s->n_rows + PG_TILE - 1) / PG_TILE;
    const size_t begin = chunk * n_tiles / s->n_chunks, end = (chunk + 1) * n_tiles / s->n_chunks;
    void *work = NULL;
    PG_TRY(s->begin(ctx, s->user, &work));
    memset(sums, 0, s->size * sizeof *sums);
    for (size_t i = begin; i < end; i++) {
        const size_t first = i * PG_TILE;
        s->add(s->user, first, s->n_rows - first < PG_TILE ? s->n_rows - first : PG_TILE, work, sums);
    }
    return PGDP_OK;
}

pgdp_status pg_row_sums_run(pgdp_ctx *ctx, pg_row_sums *s)
{
    PG_TRY(pg_parallel(ctx, NULL, s->n_chunks, run_chunk, s));
    for (size_t chunk = 1; chunk < s->n_chunks; chunk++)
        for (size_t i = 0; i < s->size; i++)
            s->sums[i] += s->sums[i + chunk * s->size];
    return PGDP_OK;
}

/* What the columns are standardised by; w NULL: ones. */
typedef struct standardising {
    const pgdp_design *design;
    const double *w;
    bool centred;
    pg_standard *s;
} standardising;

static pgdp_status standardise_column(pgdp_ctx *ctx, void *user, size_t j)
{
    (void)ctx;
    const standardising *t = user;
    pg_standard *s = t->s;
    const size_t n = s->n_rows;
    const double *w = t->w, *x = t->design->x.x + j * n;
    double *z = s->z + j * n;
    s->scale[j] = 1;
    if (j == s->constant) {
        memcpy(z, x, n * sizeof *z);
        return PGDP_OK;
    }
    const double total = w == NULL ? (double)n : pg_sum(w, n);
    const double mean = (w == NULL ? pg_sum(x, n) : pg_dot(w, x, n)) / total;
    for (size_t i = 0; i < n; i++)
        z[i] = (w == NULL ? 1 : w[i]) * (x[i] - mean) * (x[i] - mean);
    const double sd = sqrt(pg_sum(z, n) / total);
    const bool varies = sd > 1e-13 * fabs(mean);
    s->mean[j] = t->centred ? mean : 0;
    if (varies) s->scale[j] = sd;
    for (size_t i = 0; i < n; i++)
        z[i] = varies || !t->centred ? (x[i] - s->mean[j]) / s->scale[j] : 0;
    return PGDP_OK;
}

pgdp_status pg_standard_new(pgdp_ctx *ctx, const pgdp_design *design, bool has_cuts, pg_standard *s)
{
    const pgdp_design *d = design;
    const size_t n = d->x.n_rows, k = d->x.n_cols;
    standardising t = { .design = d, .centred = d->constant != PGDP_NONE || has_cuts, .s = s };
    if (d->weights.n > 0) t.w = d->weights.x;
    *s = (pg_standard){ .n_rows = n, .n_cols = k, .constant = d->constant };
    PG_TRY_ALLOC(ctx, s->z, pg_matrix_new(&ctx->scratch, n, k).x);
    PG_TRY_ALLOC(ctx, s->mean, pg_arena_alloc(&ctx->scratch, k, sizeof *s->mean));
    PG_TRY_ALLOC(ctx, s->scale, pg_arena_alloc(&ctx->scratch, k, sizeof *s->scale));
    return pg_parallel(ctx, NULL, k, standardise_column, &t);
}

double pg_standard_to_z(const pg_standard *s, double *b)
{
    double shift = 0;
    for (size_t j = 0; j < s->n_cols; j++) {
        shift += b[j] * s->mean[j];
        b[j] *= s->scale[j];
    }
    if (s->constant != PGDP_NONE) b[s->constant] += shift;
    return shift;
}

double pg_standard_to_x(const pg_standard *s, double *theta)
{
    double shift = 0;
    for (size_t j = 0; j < s->n_cols; j++) {
        theta[j] /= s->scale[j];
        shift += theta[j] * s->mean[j];
    }
    if (s->constant != PGDP_NONE) theta[s->constant] -= shift;
    return shift;
}

void pg_standard_jacobian(const pg_standard *s, pg_matrix t)
{
    for (size_t j = 0; j < s->n_cols; j++) {
        t.x[j + j * t.stride] = 1 / s->scale[j];
        if (s->constant != PGDP_NONE && j != s->constant) t.x[s->constant + j * t.stride] = -s->mean[j] / s->scale[j];
    }
}
