/* row_pass.c  Residuals and influences of many models by matrix products over tiles of rows: row_pass.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/row_pass.h"

enum { ROWS = 512, MODELS = 64, LANES = 4 }; /* a tile of columns, residuals and influences stays in the cache */

/* One tile of rows and models. */
typedef struct tile {
    const pg_row_pass *pass;
    pg_matrix e, z;
    const double *factor; /* [n] of the score, or of its square */
    const uint32_t *unit; /* [n] */
    size_t first;         /* model */
} tile;

/* Sum of factor e^2 z^2, in lanes that do not wait for one another. */
static double sum_squares(const double *e, const double *z, const double *factor, size_t n)
{
    double lane[LANES] = { 0 }, sum = 0;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t l = 0; l < LANES; l++) {
            const double score = e[i + l] * z[i + l];
            lane[l] += factor == NULL ? score * score : factor[i + l] * score * score;
        }
    for (; i < n; i++)
        lane[0] += (factor == NULL ? 1 : factor[i]) * (e[i] * z[i]) * (e[i] * z[i]);
    for (size_t l = 0; l < LANES; l++)
        sum += lane[l];
    return sum;
}

static void add_tile(const tile *t, double *sums)
{
    const pg_row_pass *p = t->pass;
    const size_t n = t->e.n_rows;
    for (size_t c = 0; c < t->z.n_cols; c++) {
        const double *e = t->e.x + c / p->n_slots * t->e.stride, *z = t->z.x + c * t->z.stride;
        const size_t at = t->first * p->n_slots + c;
        if (p->unit == NULL) {
            sums[at] += sum_squares(e, z, t->factor, n);
            continue;
        }
        double *out = sums + at * p->n_units;
        for (size_t i = 0; i < n; i++)
            out[t->unit[i]] += (t->factor == NULL ? 1 : t->factor[i]) * e[i] * z[i];
    }
}

pgdp_status pg_square_factor(pgdp_ctx *ctx, pgdp_weights kind, const pg_block_rows *rows, const double **out)
{
    double *factor;
    *out = rows->weight;
    if (rows->weight == NULL || kind == PGDP_FREQUENCY) return PGDP_OK;
    PG_TRY_ALLOC(ctx, factor, pg_arena_alloc(&ctx->scratch, rows->n, sizeof *factor));
    for (size_t i = 0; i < rows->n; i++)
        factor[i] = rows->weight[i] * rows->weight[i];
    *out = factor;
    return PGDP_OK;
}

static void run_tiles(const pg_row_pass *p, pg_matrix x, tile *t, double *sums)
{
    const size_t cols = x.n_cols;
    const pg_matrix e = t->e, z = t->z;
    for (size_t first = 0; first < p->n_models; first += MODELS) {
        const size_t n = p->n_models - first < MODELS ? p->n_models - first : MODELS, n_z = n * p->n_slots;
        t->first = first;
        t->e = (pg_matrix){ e.x, x.n_rows, n, x.n_rows };
        t->z = (pg_matrix){ z.x, x.n_rows, n_z, x.n_rows };
        pg_times(x, pg_matrix_view(p->residual + first * cols, cols, n, cols), t->e);
        pg_times(x, pg_matrix_view(p->influence + first * p->n_slots * cols, cols, n_z, cols), t->z);
        add_tile(t, sums);
    }
    t->e = e;
    t->z = z;
}

pgdp_status pg_row_pass_run(pgdp_ctx *ctx, const pg_row_pass *p, double *sums)
{
    const size_t most = p->n_models < MODELS ? p->n_models : MODELS;
    tile t = { .pass = p };
    t.e = pg_matrix_new(&ctx->scratch, ROWS, most);
    t.z = pg_matrix_new(&ctx->scratch, ROWS, most * p->n_slots);
    if (t.e.x == NULL || t.z.x == NULL) return pg_no_memory(ctx);
    for (size_t block = 0, before = 0; block < p->blocks->n_blocks; block++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        pg_block_rows rows;
        const double *factor;
        PG_TRY(p->blocks->fill(ctx, p->blocks->user, block, &rows));
        factor = rows.weight;
        if (p->unit == NULL) PG_TRY(pg_square_factor(ctx, p->blocks->weight_kind, &rows, &factor));
        const pg_matrix x = pg_matrix_new(&ctx->scratch, ROWS, rows.x.n_cols);
        if (x.x == NULL) return pg_no_memory(ctx);
        for (size_t first = 0; first < rows.n; first += ROWS) {
            const size_t n = rows.n - first < ROWS ? rows.n - first : ROWS;
            for (size_t j = 0; j < x.n_cols; j++)
                for (size_t i = 0; i < n; i++)
                    x.x[i + j * n] = rows.x.x[first + i + j * rows.x.stride] - p->shift[j];
            t.factor = factor == NULL ? NULL : factor + first;
            t.unit = p->unit == NULL ? NULL : p->unit + before + first;
            run_tiles(p, (pg_matrix){ x.x, n, x.n_cols, n }, &t, sums);
        }
        before += rows.n;
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}
