/* likelihood_rows.c  Sums over rows and standardised regressors: likelihood_rows.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/likelihood_rows.h"

#include "core/parallel.h"
#include "core/spread.h"
#include "stats/stream_fit.h"

#include <math.h>
#include <string.h>

enum { MOST_LEAVES = 32 }; /* of a table's blocks */

pgdp_status pg_row_source_new(pgdp_ctx *ctx, const pgdp_design *design, const pg_behind *behind, pg_row_source *out)
{
    size_t *from, at = 0;
    *out = (pg_row_source){ .design = design, .behind = behind };
    if (behind == NULL) return PGDP_OK;
    PG_TRY_ALLOC(ctx, from, pg_arena_alloc(&ctx->scratch, design->x.n_cols, sizeof *from));
    for (size_t j = 0; j < design->x.n_cols; j++) { /* terms left out are passed over; names are the stream's own */
        while (behind->stream.names[at] != design->terms[j])
            at++;
        from[j] = at++;
    }
    out->from = from;
    return PGDP_OK;
}

void pg_tile_eta(const pg_tile_rows *rows, const double *b, size_t n_cols, double *eta)
{
    memset(eta, 0, rows->n * sizeof *eta);
    for (size_t j = 0; j < n_cols; j++) {
        const double *x = rows->x[j];
        for (size_t i = 0; i < rows->n && x != NULL; i++)
            eta[i] += x[i] * b[j];
        for (size_t i = 0; i < rows->n && x == NULL; i++)
            eta[i] += b[j];
    }
    for (size_t i = 0; i < rows->n && rows->offset != NULL; i++)
        eta[i] += rows->offset[i];
}

/* Columns from a row of the design on, or from a row of a block on. */
static void show(const pg_row_source *s, const pg_stream_view *view, size_t first, const double **x, pg_tile_rows *out)
{
    const pgdp_design *d = s->design;
    out->x = x;
    for (size_t j = 0; j < d->x.n_cols && view == NULL; j++)
        x[j] = d->x.x + j * d->x.n_rows + first;
    for (size_t j = 0; j < d->x.n_cols && view != NULL; j++)
        x[j] = view->column[s->from[j]] == NULL ? NULL : view->column[s->from[j]] + first;
    const double *y = view == NULL ? d->y.x : view->column[s->behind->stream.n_cols - 1];
    const double *weight = view != NULL ? view->weight : d->weights.n > 0 ? d->weights.x : NULL;
    const double *offset = view != NULL ? view->offset : d->offset.n > 0 ? d->offset.x : NULL;
    out->y = y + first;
    out->weight = weight == NULL ? NULL : weight + first;
    out->offset = offset == NULL ? NULL : offset + first;
}

/* Tiles [begin, end) of PG_TILE rows each among n_rows. */
static pgdp_status add_tiles(pgdp_ctx *ctx, const pg_row_sums *s, const pg_stream_view *view, pg_range tiles,
                             size_t n_rows, double *sums)
{
    void *work = NULL;
    const double **x;
    pg_tile_rows rows;
    const size_t before = view == NULL ? 0 : view->first;
    PG_TRY_ALLOC(ctx, x, pg_arena_alloc(&ctx->scratch, s->source->design->x.n_cols, sizeof *x));
    if (s->begin != NULL) PG_TRY(s->begin(ctx, s->user, &work));
    for (size_t i = tiles.first; i < tiles.end; i++) {
        const size_t first = i * PG_TILE;
        rows.first = before + first;
        rows.n = n_rows - first < PG_TILE ? n_rows - first : PG_TILE;
        show(s->source, view, first, x, &rows);
        s->add(s->user, &rows, work, sums);
    }
    return PGDP_OK;
}

static pgdp_status run_chunk(pgdp_ctx *ctx, void *user, size_t chunk)
{
    const pg_row_sums *s = user;
    const size_t n_rows = s->source->design->y.n, n_tiles = pg_n_blocks(n_rows, PG_TILE);
    double *sums = s->sums + chunk * s->size;
    memset(sums, 0, s->size * sizeof *sums);
    return add_tiles(ctx, s, NULL, (pg_range){ chunk * n_tiles / s->n_chunks, (chunk + 1) * n_tiles / s->n_chunks },
                     n_rows, sums);
}

static pgdp_status run_leaf(pgdp_ctx *ctx, void *user, size_t leaf, void *out)
{
    const pg_row_sums *s = user;
    const pg_behind *behind = s->source->behind;
    const size_t n = behind->n_blocks;
    for (size_t block = leaf * n / s->n_chunks; block < (leaf + 1) * n / s->n_chunks; block++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        pg_stream_view view;
        if (behind->look != NULL)
            PG_TRY(behind->look(ctx, behind->user, block, &view));
        else
            PG_TRY(pg_stream_look(ctx, &behind->stream, block, &view));
        const pgdp_status status = add_tiles(ctx, s, &view, (pg_range){ 0, pg_n_blocks(view.n, PG_TILE) }, view.n, out);
        pgdp_frame_free(view.frame);
        PG_TRY(status);
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

pgdp_status pg_row_sums_new(pgdp_ctx *ctx, pg_row_sums *s)
{
    enum { MOST_SUMS = 1 << 22 };
    const size_t n_tiles = pg_n_blocks(s->source->design->y.n, PG_TILE), most = MOST_SUMS / (s->size + 1) + 1;
    s->n_chunks = (n_tiles + 1) / 2;
    if (s->source->behind != NULL)
        s->n_chunks = s->source->behind->n_blocks < MOST_LEAVES ? s->source->behind->n_blocks : MOST_LEAVES;
    if (s->n_chunks > most) s->n_chunks = most;
    if (s->n_chunks == 0) s->n_chunks = 1;
    PG_TRY_ALLOC(ctx, s->sums, pg_matrix_new(&ctx->scratch, s->size, s->n_chunks).x);
    return PGDP_OK;
}

pgdp_status pg_row_sums_run(pgdp_ctx *ctx, pg_row_sums *s)
{
    if (s->source->behind == NULL)
        PG_TRY(pg_parallel(ctx, NULL, s->n_chunks, run_chunk, s));
    else
        PG_TRY(pg_spread(ctx, NULL, s->n_chunks, s->size * sizeof *s->sums, run_leaf, s, s->sums));
    for (size_t chunk = 1; chunk < s->n_chunks; chunk++) {
        const double *part = s->sums + chunk * s->size;
        for (size_t i = 0; i < s->n_most; i++)
            s->sums[i] = fmax(s->sums[i], part[i]);
        for (size_t i = s->n_most; i < s->size; i++)
            s->sums[i] += part[i];
    }
    return PGDP_OK;
}

pgdp_status pg_row_sums_of(pgdp_ctx *ctx, pg_row_sums s, double *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(pg_row_sums_new(ctx, &s));
    PG_TRY(pg_row_sums_run(ctx, &s));
    memcpy(out, s.sums, s.size * sizeof *out);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

/* The sum of weights, then of the columns. */
static void add_columns(const void *user, const pg_tile_rows *rows, void *work, double *sums)
{
    const pg_standard *s = user;
    (void)work;
    sums[0] += rows->weight == NULL ? (double)rows->n : pg_sum(rows->weight, rows->n);
    for (size_t j = 0; j < s->n_cols; j++)
        if (j != s->constant)
            sums[1 + j] +=
                rows->weight == NULL ? pg_sum(rows->x[j], rows->n) : pg_dot(rows->weight, rows->x[j], rows->n);
}

static void add_squares(const void *user, const pg_tile_rows *rows, void *work, double *sums)
{
    const pg_standard *s = user;
    double square[PG_TILE];
    (void)work;
    for (size_t j = 0; j < s->n_cols; j++) {
        if (j == s->constant) continue;
        for (size_t i = 0; i < rows->n; i++) {
            const double e = rows->x[j][i] - s->mean[j];
            square[i] = pg_tile_weight(rows, i) * e * e;
        }
        sums[j] += pg_sum(square, rows->n);
    }
}

/* Means and variances, these in scale: of all rows, or of a triangle whose first row is that of the constant. */
static pgdp_status mean_and_variance(pgdp_ctx *ctx, const pg_row_source *source, pg_standard *s)
{
    const pgdp_design *d = source->design;
    const size_t k = s->n_cols;
    double *sums, total;
    if (source->behind != NULL) {
        total = source->behind->sum_weights;
        for (size_t j = 0; j < k; j++) {
            const double *column = d->x.x + j * d->x.n_rows;
            s->mean[j] = column[0] / sqrt(total);
            s->scale[j] = pg_dot(column + 1, column + 1, d->x.n_rows - 1) / total;
        }
        return PGDP_OK;
    }
    PG_TRY_ALLOC(ctx, sums, pg_arena_alloc(&ctx->scratch, 1 + k, sizeof *sums));
    PG_TRY(pg_row_sums_of(ctx, (pg_row_sums){ .source = source, .size = 1 + k, .add = add_columns, .user = s }, sums));
    total = sums[0];
    for (size_t j = 0; j < k; j++)
        s->mean[j] = sums[1 + j] / total;
    PG_TRY(pg_row_sums_of(ctx, (pg_row_sums){ .source = source, .size = k, .add = add_squares, .user = s }, s->scale));
    for (size_t j = 0; j < k; j++)
        s->scale[j] /= total;
    return PGDP_OK;
}

pgdp_status pg_standard_new(pgdp_ctx *ctx, const pg_row_source *source, bool has_cuts, pg_standard *s)
{
    const pgdp_design *d = source->design;
    const size_t k = d->x.n_cols;
    const bool centred = d->constant != PGDP_NONE || has_cuts;
    *s = (pg_standard){ .n_cols = k, .constant = d->constant };
    PG_TRY_ALLOC(ctx, s->mean, pg_arena_alloc(&ctx->scratch, k, sizeof *s->mean));
    PG_TRY_ALLOC(ctx, s->scale, pg_arena_alloc(&ctx->scratch, k, sizeof *s->scale));
    PG_TRY_ALLOC(ctx, s->unit, pg_arena_alloc(&ctx->scratch, k, sizeof *s->unit));
    if (k > 0) PG_TRY(mean_and_variance(ctx, source, s));
    for (size_t j = 0; j < k; j++) {
        const double sd = sqrt(s->scale[j]);
        const bool varies = sd > 1e-13 * fabs(s->mean[j]), constant = j == s->constant;
        if (constant || !centred) s->mean[j] = 0;
        s->scale[j] = varies && !constant ? sd : 1;
        s->unit[j] = varies || constant || !centred ? 1 / s->scale[j] : 0;
    }
    return PGDP_OK;
}

void pg_standard_tile(const pg_standard *s, const pg_tile_rows *rows, pg_matrix z)
{
    for (size_t j = 0; j < s->n_cols; j++) {
        const double mean = s->mean[j], unit = s->unit[j], *x = rows->x[j];
        double *to = z.x + j * z.stride;
        for (size_t i = 0; i < rows->n && x != NULL; i++)
            to[i] = (x[i] - mean) * unit;
        for (size_t i = 0; i < rows->n && x == NULL; i++)
            to[i] = 1;
    }
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
