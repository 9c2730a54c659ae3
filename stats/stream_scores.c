/* stream_scores.c  Sums over the scores of the rows behind a fit, by a pass over their blocks: stream_fit.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row's regressors of the working design and its residual are linear in the columns a_i of its block, x_i root = a_i
 * P and e_i = a_i c, as those of the triangle's rows are: R P = X root and R c = e there. The score is w_i e_i a_i P.
 */
#include "core/spread.h"
#include "stats/likelihood.h"
#include "stats/stream_fit.h"

#include <math.h>
#include <string.h>

enum {
    TILE = 1024,
    MOST_LEAVES = 32,
    FEWEST_LEAVES = 2,
    LEAF_BYTES = 32 << 20, /* of all leaves together, at most ... */
    LEAF_PART = 20         /* ... and the part of the rows' bytes that they may take, as of the moments */
};
static const double dependent = 1e-13; /* of a column's length */
static const double no_room = 1e-10;   /* of 1 - h: the row's residual is zero whatever its outcome */

typedef struct scoring {
    const pgdp_fit *fit;
    const pg_behind *behind;
    pg_matrix by; /* [n_cols x (k + 1)] P and c */
    pg_hc_weight weight;
    bool by_cell; /* sums by cell, not squares */
    size_t n_leaves;
} scoring;

/* v = R^-1 v. A column that depends on those before it is passed over: they make what it would. */
static void solve(pg_matrix r, double *v)
{
    for (size_t j = r.n_cols; j-- > 0;) {
        const double *column = r.x + j * r.stride;
        double square = 0;
        for (size_t i = 0; i <= j; i++)
            square += column[i] * column[i];
        v[j] = fabs(column[j]) > dependent * sqrt(square) ? v[j] / column[j] : 0;
        for (size_t i = 0; i < j; i++)
            v[i] -= column[i] * v[j];
    }
}

/* Columns less a shift: what that takes is given back by the constant's row. */
static void unshift(const double *shift, pg_matrix by)
{
    for (size_t j = 0; j < by.n_cols; j++) {
        long double sum = by.x[j * by.stride];
        for (size_t i = 1; i < by.n_rows; i++)
            sum += (long double)shift[i] * by.x[i + j * by.stride];
        by.x[j * by.stride] = (double)sum;
    }
}

/* Rows of the fit are those of the triangle r, times some P and some c. */
static pgdp_status prepare(pgdp_ctx *ctx, const pgdp_fit *fit, scoring *s)
{
    const pg_behind *b = fit->behind;
    const size_t m = b->r.n_cols, k = fit->n_terms;
    const pg_matrix x = pg_matrix_view(fit->working->x.x, m, k, m);
    *s = (scoring){ .fit = fit, .behind = b, .by = pg_matrix_new(&ctx->scratch, m, k + 1) };
    if (s->by.x == NULL) return pg_no_memory(ctx);
    if (fit->root != NULL)
        pg_times(x, pg_matrix_view(fit->root, k, k, k), (pg_matrix){ s->by.x, m, k, m });
    else
        memcpy(s->by.x, x.x, m * k * sizeof *x.x);
    memcpy(s->by.x + k * m, fit->score, m * sizeof *fit->score);
    for (size_t j = 0; j <= k; j++)
        solve(b->r, s->by.x + j * m);
    unshift(b->shift, s->by);
    return PGDP_OK;
}

/* Rows of a tile: [n x k] regressors in the basis of the scores, then the residual, or a likelihood's derivative. */
static void turn(const scoring *s, const pg_block_rows *rows, size_t first, pg_matrix to)
{
    const pg_matrix x = { rows->x.x + first, to.n_rows, rows->x.n_cols, rows->x.stride };
    const pg_model *model = s->fit->row_model;
    double y[TILE], *last = to.x + (to.n_cols - 1) * to.stride;
    memcpy(y, x.x + (x.n_cols - 1) * x.stride, x.n_rows * sizeof *y);
    for (size_t j = 1; j < x.n_cols; j++)
        for (size_t i = 0; i < x.n_rows; i++)
            x.x[i + j * x.stride] -= s->behind->shift[j];
    pg_times(x, s->by, to);
    for (size_t i = 0; i < x.n_rows && model != NULL; i++) {
        pg_row row = { 0 };
        model->row(y[i], last[i] + (rows->offset == NULL ? 0 : rows->offset[first + i]), NULL, 0, &row);
        last[i] = row.eta;
    }
}

static pgdp_status refuse(pgdp_ctx *ctx, const scoring *s, size_t block, size_t row)
{
    size_t before = 0;
    for (size_t b = 0; b < block; b++)
        before += s->behind->stream.kept[b];
    return pg_fail(
        ctx, PGDP_NUMERICAL,
        "row %zu of the sample decides a term alone (leverage 1), so covariance %s does not exist; choose HC1",
        before + row + 1, s->fit->covariance->name);
}

/* What turns a row's regressors into its score times the root of its weight. */
static pgdp_status factor_of(pgdp_ctx *ctx, const scoring *s, pg_matrix t, size_t i, double w, double *out)
{
    const size_t k = s->fit->n_terms;
    const bool frequency = s->behind->stream.weight_kind == PGDP_FREQUENCY;
    double h = 0, square = frequency ? 1 / w : 1;
    for (size_t j = 0; j < k && s->weight != NULL; j++)
        h += t.x[i + j * t.stride] * t.x[i + j * t.stride];
    if (!frequency) h *= w;
    if (s->weight != NULL && 1 - h < no_room) return PGDP_NUMERICAL;
    if (s->weight != NULL) square *= s->weight(h, (double)k, s->fit->nobs);
    *out = w * t.x[i + k * t.stride] * sqrt(square);
    (void)ctx;
    return PGDP_OK;
}

static pgdp_status add_squares(pgdp_ctx *ctx, const scoring *s, size_t block, pg_matrix t, double *sums)
{
    const size_t k = s->fit->n_terms;
    pg_block_rows rows;
    PG_TRY(s->behind->fill(ctx, s->behind->user, block, false, &rows));
    for (size_t first = 0; first < rows.n; first += TILE) {
        const size_t n = rows.n - first < TILE ? rows.n - first : TILE;
        const pg_matrix tile = { t.x, n, k + 1, t.stride };
        double *factor = t.x + (k + 1) * t.stride;
        turn(s, &rows, first, tile);
        for (size_t i = 0; i < n; i++)
            if (factor_of(ctx, s, tile, i, rows.weight == NULL ? 1 : rows.weight[first + i], &factor[i]) != PGDP_OK)
                return refuse(ctx, s, block, first + i);
        for (size_t j = 0; j < k; j++)
            for (size_t i = 0; i < n; i++)
                tile.x[i + j * tile.stride] *= factor[i];
        pg_add_gram((pg_matrix){ tile.x, n, k, tile.stride }, pg_matrix_of(sums, k, k));
    }
    return PGDP_OK;
}

/* sums [n_cells][k] */
static pgdp_status add_scores(pgdp_ctx *ctx, const scoring *s, size_t block, pg_matrix t, double *sums)
{
    const size_t k = s->fit->n_terms;
    pg_block_rows rows;
    PG_TRY(s->behind->fill(ctx, s->behind->user, block, true, &rows));
    for (size_t first = 0; first < rows.n; first += TILE) {
        const size_t n = rows.n - first < TILE ? rows.n - first : TILE;
        const pg_matrix tile = { t.x, n, k + 1, t.stride };
        turn(s, &rows, first, tile);
        for (size_t i = 0; i < n; i++) {
            double *to = sums + rows.cell[first + i] * k;
            const double e = tile.x[i + k * tile.stride] * (rows.weight == NULL ? 1 : rows.weight[first + i]);
            for (size_t j = 0; j < k; j++)
                to[j] += tile.x[i + j * tile.stride] * e;
        }
    }
    return PGDP_OK;
}

static pgdp_status run_leaf(pgdp_ctx *ctx, void *user, size_t leaf, void *out)
{
    const scoring *s = user;
    const size_t n = s->behind->n_blocks;
    const pg_matrix tile = pg_matrix_new(&ctx->scratch, TILE, s->fit->n_terms + 2);
    if (tile.x == NULL) return pg_no_memory(ctx);
    for (size_t block = leaf * n / s->n_leaves; block < (leaf + 1) * n / s->n_leaves; block++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        PG_TRY((s->by_cell ? add_scores : add_squares)(ctx, s, block, tile, out));
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

/* Leaves of consecutive blocks, added up in their order; how many depends on the sizes alone. */
static pgdp_status sum_blocks(pgdp_ctx *ctx, scoring *s, size_t length, double *sums)
{
    const size_t n_blocks = s->behind->n_blocks, n_cols = s->behind->stream.n_cols;
    const size_t part = n_blocks * PGDP_BLOCK_ROWS * n_cols * sizeof *sums / LEAF_PART;
    const size_t fitting = (part < LEAF_BYTES ? part : LEAF_BYTES) / ((length + 1) * sizeof *sums);
    double *leaves;
    s->n_leaves = fitting < FEWEST_LEAVES ? FEWEST_LEAVES : fitting > MOST_LEAVES ? MOST_LEAVES : fitting;
    if (s->n_leaves > n_blocks) s->n_leaves = n_blocks;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY_ALLOC(ctx, leaves, pg_arena_alloc(&ctx->scratch, s->n_leaves * length, sizeof *leaves));
    PG_TRY(pg_spread(ctx, "scores", s->n_leaves, length * sizeof *leaves, run_leaf, s, leaves));
    for (size_t l = 0; l < s->n_leaves; l++)
        for (size_t i = 0; i < length; i++)
            sums[i] += leaves[l * length + i];
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

pgdp_status pg_behind_squares(pgdp_ctx *ctx, const pgdp_fit *fit, pg_hc_weight weight, double *meat)
{
    scoring s;
    PG_TRY(prepare(ctx, fit, &s));
    s.weight = weight;
    return sum_blocks(ctx, &s, fit->n_terms * fit->n_terms, meat);
}

/* The clusters of the cells, as a design's; no shorter than the triangle, so that a design of its rows may hold them.
 */
pgdp_status pg_behind_cells(pgdp_ctx *ctx, const pg_behind *b, pgdp_design *out)
{
    const pg_cells *cells = &b->stream.cells;
    const size_t n = cells->n_cells > b->stream.n_cols ? cells->n_cells : b->stream.n_cols;
    size_t **cluster;
    if (cells->n_dims == 0) return PGDP_OK;
    PG_TRY_ALLOC(ctx, cluster, pg_arena_alloc(&ctx->scratch, cells->n_dims, sizeof *cluster));
    for (size_t d = 0; d < cells->n_dims; d++) {
        PG_TRY_ALLOC(ctx, cluster[d], pg_arena_alloc(&ctx->scratch, n, sizeof **cluster));
        for (size_t c = 0; c < cells->n_cells; c++)
            cluster[d][c] = cells->group[d][c];
    }
    out->cluster = (const size_t *const *)cluster;
    out->n_clusterings = cells->n_dims;
    return PGDP_OK;
}

pgdp_status pg_behind_clusters(pgdp_ctx *ctx, const pgdp_fit *fit, pgdp_fit *by_cell)
{
    const size_t n = fit->behind->stream.cells.n_cells, k = fit->n_terms;
    scoring s;
    double *sums, *scores;
    pgdp_design *working;
    PG_TRY_ALLOC(ctx, working, pg_arena_alloc(&ctx->scratch, 1, sizeof *working));
    PG_TRY_ALLOC(ctx, scores, pg_matrix_new(&ctx->scratch, n, k).x);
    PG_TRY(prepare(ctx, fit, &s));
    s.by_cell = true;
    PG_TRY_ALLOC(ctx, sums, pg_arena_alloc(&ctx->scratch, n * k, sizeof *sums));
    PG_TRY(sum_blocks(ctx, &s, n * k, sums));
    for (size_t c = 0; c < n; c++)
        for (size_t j = 0; j < k; j++)
            scores[c + j * n] = sums[c * k + j];
    *working = (pgdp_design){ .y = { NULL, n }, .constant = PGDP_NONE };
    PG_TRY(pg_behind_cells(ctx, fit->behind, working));
    *by_cell = *fit;
    by_cell->working = working;
    by_cell->n_rows = n;
    by_cell->scores = scores;
    return PGDP_OK;
}
