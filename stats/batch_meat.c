/* batch_meat.c  Sums of squared scores of many models at once: batch_meat.h. Source: Liang & Zeger (1986), Biometrika
 * 73; Cameron, Gelbach & Miller (2011), J. Bus. Econ. Stat. 29(2), equation 2.13. SPDX-License-Identifier:
 * GPL-3.0-or-later
 *
 * With M_g the cross-products of cell g, a model's scores of the cell sum to a'M_g c, c the residual and a a term's
 * influence as vectors over the columns: M_g times a block of c's is one matrix product for many models and cells. */
#include "stats/batch_meat.h"

#include "core/spread.h"
#include "stats/row_pass.h"

#include <math.h>
#include <string.h>

enum { CELLS = 16, TILE = 64, SUMS = 1 << 23, ROW_TILE = 512, FEW = 32 };

typedef struct job {
    const pg_batch_meats *m;
    size_t tile, length; /* models of an item; numbers of a model's meat */
} job;

pgdp_status pg_batch_cell_sums(pgdp_ctx *ctx, const pg_batch_meats *meats, size_t first, size_t n, double *sums)
{
    const pg_moments *of = meats->sample->moments;
    const size_t p = of->n_cols, n_cells = of->cells.n_cells;
    const pg_matrix c = pg_matrix_new(&ctx->scratch, p, n), all = pg_matrix_new(&ctx->scratch, p * CELLS, n);
    if (c.x == NULL || all.x == NULL) return pg_no_memory(ctx);
    for (size_t t = 0; t < n; t++)
        memcpy(c.x + t * p, meats->models[first + t]->residual, p * sizeof *c.x);
    for (size_t cell = 0; cell < n_cells; cell += CELLS) {
        const size_t n_now = n_cells - cell < CELLS ? n_cells - cell : CELLS;
        const pg_matrix out = { all.x, p * n_now, n, p * n_now };
        memset(out.x, 0, out.n_rows * n * sizeof *out.x);
        pg_add_cross(pg_matrix_view(of->cross + cell * p * p, p, p * n_now, p), c, out);
        for (size_t t = 0; t < n; t++) {
            const pg_batch_solution *model = meats->models[first + t];
            for (size_t s = 0; s < model->n_slots; s++) {
                double *to = sums + cell + (t * meats->n_slots + s) * n_cells;
                pg_add_cross_vector((pg_matrix){ out.x + t * out.stride, p, n_now, p }, model->influence + s * p, to);
            }
        }
    }
    return PGDP_OK;
}

/* Sums by unit of one model to its meat, by inclusion and exclusion over sets of clusterings. */
static pgdp_status reduce(pgdp_ctx *ctx, const job *j, const double *sums, size_t n_slots, double *meat)
{
    const pg_batch_clusters *c = j->m->clusters;
    for (size_t set = 0; set < c->n_sets; set++) {
        const size_t g = c->n_groups[set];
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        const pg_matrix by_group = pg_matrix_new(&ctx->scratch, g, n_slots);
        const pg_matrix square = pg_matrix_new(&ctx->scratch, n_slots, n_slots);
        if (by_group.x == NULL || square.x == NULL) return pg_no_memory(ctx);
        for (size_t s = 0; s < n_slots; s++)
            for (size_t u = 0; u < c->n_units; u++)
                by_group.x[c->set[set][u] + s * g] += sums[u + s * c->n_units];
        pg_add_gram(by_group, square);
        pg_copy_upper(square);
        for (size_t s = 0; s < (j->m->full ? n_slots * n_slots : n_slots); s++)
            meat[s] += c->sign[set] * square.x[j->m->full ? s : s * (n_slots + 1)];
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

/* Residuals and influences of models [first, first + n) side by side. */
static pgdp_status line_up(pgdp_ctx *ctx, const pg_batch_meats *m, size_t first, size_t n, double **residual,
                           double **influence)
{
    const size_t p = m->sample->n_columns, slots = m->n_slots;
    PG_TRY_ALLOC(ctx, *residual, pg_arena_alloc(&ctx->scratch, p * n, sizeof **residual));
    PG_TRY_ALLOC(ctx, *influence, pg_arena_alloc(&ctx->scratch, p * n * slots, sizeof **influence));
    for (size_t t = 0; t < n; t++) {
        const pg_batch_solution *model = m->models[first + t];
        memcpy(*residual + t * p, model->residual, p * sizeof **residual);
        memcpy(*influence + t * p * slots, model->influence, p * model->n_slots * sizeof **influence);
    }
    return PGDP_OK;
}

pgdp_status pg_batch_row_sums(pgdp_ctx *ctx, const pg_batch_meats *m, size_t first, size_t n, double *sums)
{
    const pg_blocks blocks = pg_batch_blocks(m->sample, false);
    double *residual, *influence;
    PG_TRY(line_up(ctx, m, first, n, &residual, &influence));
    const pg_row_pass pass = { .blocks = &blocks,
                               .shift = m->sample->moments->shift,
                               .n_models = n,
                               .n_slots = m->n_slots,
                               .residual = residual,
                               .influence = influence,
                               .unit = m->clusters == NULL ? NULL : m->clusters->unit,
                               .n_units = m->clusters == NULL ? 0 : m->clusters->n_units };
    return pg_row_pass_run(ctx, &pass, sums);
}

static pgdp_status run_tile(pgdp_ctx *ctx, void *user, size_t item, void *out)
{
    const job *j = user;
    const pg_batch_meats *m = j->m;
    const size_t first = item * j->tile, n = m->n - first < j->tile ? m->n - first : j->tile;
    const size_t n_units = m->clusters == NULL ? 1 : m->clusters->n_units;
    double *sums, *meat = out;
    PG_TRY_ALLOC(ctx, sums, pg_arena_alloc(&ctx->scratch, n_units * m->n_slots * n, sizeof *sums));
    if (m->clusters != NULL && m->clusters->unit == NULL)
        PG_TRY(pg_batch_cell_sums(ctx, m, first, n, sums));
    else
        PG_TRY(pg_batch_row_sums(ctx, m, first, n, sums));
    for (size_t t = 0; t < n; t++) {
        const double *of = sums + t * m->n_slots * n_units;
        if (m->clusters == NULL)
            memcpy(meat + t * j->length, of, m->n_slots * sizeof *of);
        else
            PG_TRY(reduce(ctx, j, of, m->models[first + t]->n_slots, meat + t * j->length));
    }
    return PGDP_OK;
}

/* The meats of a tile of models from fourth moments, [tile * n_slots], then to how many digits. */
static pgdp_status run_fourth(pgdp_ctx *ctx, void *user, size_t item, void *out)
{
    const job *j = user;
    const pg_batch_meats *m = j->m;
    const size_t first = item * j->tile, n = m->n - first < j->tile ? m->n - first : j->tile;
    double *residual, *influence, *meat = out;
    PG_TRY(line_up(ctx, m, first, n, &residual, &influence));
    const pg_fourth_models models = { n, m->n_slots, residual, influence };
    return pg_fourth_sums(ctx, m->sample->fourth, &models, meat, meat + j->tile * m->n_slots);
}

/* Models to which fourth moments leave digits enough have their meat after this; the others are listed in rest. */
static pgdp_status fill_from_fourth(pgdp_ctx *ctx, const pg_batch_meats *m, pg_batch_meats *rest)
{
    job j = { .m = m, .tile = TILE };
    const size_t n_tiles = pg_n_blocks(m->n, TILE), length = TILE * m->n_slots;
    pg_batch_solution **list;
    double *meats;
    PG_TRY_ALLOC(ctx, list, pg_arena_alloc(&ctx->scratch, m->n, sizeof *list));
    PG_TRY_ALLOC(ctx, meats, pg_arena_alloc(&ctx->scratch, n_tiles, 2 * length * sizeof *meats));
    PG_TRY(pg_spread(ctx, "variances", n_tiles, 2 * length * sizeof *meats, run_fourth, &j, meats));
    *rest = *m;
    rest->n = 0;
    rest->models = list;
    for (size_t i = 0; i < m->n; i++) {
        pg_batch_solution *x = m->models[i];
        const double *digits = meats + (2 * (i / TILE) + 1) * length + i % TILE * m->n_slots;
        double least = x->digits;
        for (size_t s = 0; s < x->n_slots; s++)
            least = fmin(least, digits[s]);
        x->meat = meats + 2 * (i / TILE) * length + i % TILE * m->n_slots;
        if (least >= PG_BATCH_DIGITS)
            x->digits = least;
        else
            list[rest->n++] = x;
    }
    return PGDP_OK;
}

static pgdp_status fill_by_tiles(pgdp_ctx *ctx, const pg_batch_meats *m)
{
    job j = { .m = m, .length = m->full ? m->n_slots * m->n_slots : m->n_slots };
    if (m->n == 0 || m->n_slots == 0) return PGDP_OK;
    const size_t n_units = m->clusters == NULL ? 1 : m->clusters->n_units;
    size_t most = SUMS / (n_units * m->n_slots);
    if (m->clusters == NULL || m->clusters->unit != NULL) { /* every tile reads all rows: large ones, yet several */
        j.tile = m->n / FEW < FEW ? FEW : m->n / FEW;
        if (j.tile > ROW_TILE) j.tile = ROW_TILE;
    } else {
        j.tile = TILE;
    }
    most = most == 0 ? 1 : most;
    if (j.tile > most) j.tile = most;
    const size_t n_tiles = pg_n_blocks(m->n, j.tile), size = j.tile * j.length * sizeof(double);
    double *meats;
    PG_TRY_ALLOC(ctx, meats, pg_arena_alloc(&ctx->scratch, n_tiles, size));
    PG_TRY(pg_spread(ctx, "variances", n_tiles, size, run_tile, &j, meats));
    for (size_t i = 0; i < m->n; i++) {
        m->models[i]->meat = meats + i / j.tile * j.tile * j.length + i % j.tile * j.length;
        m->models[i]->from_rows = m->clusters == NULL || m->clusters->unit != NULL;
    }
    return PGDP_OK;
}

pgdp_status pg_batch_fill_meats(pgdp_ctx *ctx, const pg_batch_meats *m)
{
    pg_batch_meats rest;
    if (m->clusters != NULL || m->sample->fourth == NULL || m->n_slots == 0) return fill_by_tiles(ctx, m);
    PG_TRY(fill_from_fourth(ctx, m, &rest));
    return fill_by_tiles(ctx, &rest);
}
