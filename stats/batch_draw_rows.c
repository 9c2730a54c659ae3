/* batch_draw_rows.c  Draws of rows for joint inference: batch_inference.h. Source: Simonsohn, Simmons & Nelson (2020),
 * Nature Human Behaviour 4; Freedman (1981), Ann. Stat. 9, section 3 (rows drawn with replacement).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A draw takes as many rows of the table as it has, the same for every group; a group's sample is its rows as often as
 * they were drawn. One pass makes its moments; robust variances take one over its rows for every tile of models. */
#include "core/random.h"
#include "core/spread.h"
#include "stats/batch_inference.h"

#include <math.h>

enum { TILE = PG_BATCH_DRAW_TILE, SIDE_BY_SIDE = 1 << 20 /* rows of a table that each thread may draw for itself */ };

/* What the draws of a group share. */
typedef struct draws {
    const pg_batch_drawing *d;
    const size_t *first; /* [n_tiles] result row */
} draws;

/* One draw of a group. */
typedef struct drawing {
    const pg_batch_drawing *d;
    pg_batch_sample s;
    const size_t *first; /* as of all draws */
    double *out;         /* [2 n_rows] */
} drawing;

/* Rows of the group in order, as often as drawn; their weights. */
static pgdp_status draw_sample(pgdp_ctx *ctx, const pg_batch_drawing *d, size_t draw, pg_batch_sample *out)
{
    const pg_batch_sample *s = d->s;
    const size_t n_all = pgdp_frame_n_rows(s->batch->frame);
    uint32_t *times;
    size_t *drawn, n = 0;
    pg_random r = pg_random_stream((uint64_t)fmax(s->batch->request.seed, 0), "specification curve", (uint32_t)draw);
    PG_TRY_ALLOC(ctx, times, pg_arena_alloc(&ctx->scratch, n_all, sizeof *times));
    for (size_t i = 0; i < n_all; i++)
        times[pg_random_index(&r, n_all)]++;
    for (size_t i = 0; i < s->rows.n; i++)
        n += times[s->rows.kept[i]];
    PG_TRY_ALLOC(ctx, drawn, pg_arena_alloc(&ctx->scratch, n, sizeof *drawn));
    *out = *s;
    if (s->weight != NULL) PG_TRY_ALLOC(ctx, out->weight, pg_arena_alloc(&ctx->scratch, n, sizeof *out->weight));
    n = 0;
    for (size_t i = 0; i < s->rows.n; i++)
        for (uint32_t k = 0; k < times[s->rows.kept[i]]; k++) {
            if (s->weight != NULL) out->weight[n] = s->weight[i];
            drawn[n++] = i;
        }
    out->drawn = drawn;
    out->rows.n = n;
    out->nobs = (double)n;
    out->cell = NULL;
    out->fourth = NULL;
    out->moments = NULL;
    return PGDP_OK;
}

/* Estimates less those of the data, and their z; NaN where the draw has none. */
static void keep(const drawing *g, uint32_t model, const pg_batch_solution *x, const double *meat, double *out)
{
    const pgdp_batch *b = g->s.batch;
    const uint32_t vcov = b->models[model].vcov;
    const pg_batch_results *r = &b->results[model];
    pgdp_fit fit;
    const double factor = x->by_row ? 0 : pg_batch_factor(&g->s, vcov, x, &fit);
    for (size_t i = 0; i < r->n; i++) {
        const size_t slot = pg_batch_slot_of(&g->s, x, r->rows[i].term);
        out[i] = out[i + g->d->n_rows] = (double)NAN;
        if (x->by_row || slot >= x->n_slots) continue;
        const double square = b->vcovs[vcov].kind == PG_BATCH_IID ? x->bread[slot] : meat[slot];
        out[i] = x->estimate[slot] - r->rows[i].estimate;
        if (factor * square > 0) out[i + g->d->n_rows] = pg_batch_z(out[i] / sqrt(factor * square), fit.vcov_df);
    }
}

static pgdp_status run_tile(pgdp_ctx *ctx, void *user, size_t tile)
{
    const drawing *g = user;
    const pgdp_batch *b = g->s.batch;
    const pg_range range = pg_block_range(g->d->n_models, TILE, tile);
    const uint32_t *models = g->d->models + range.first;
    const size_t n = range.end - range.first;
    pg_batch_solution *solutions, *list[TILE];
    pg_batch_meats meats = { .sample = &g->s, .models = list, .n = n };
    double *sums, *out = g->out + g->first[tile];
    bool robust = false;
    PG_TRY(pg_batch_solutions_new(ctx, &g->s, models, n, &solutions));
    for (size_t i = 0; i < n; i++) {
        const pg_batch_model *m = &b->models[models[i]];
        list[i] = &solutions[i];
        PG_TRY(pg_batch_solve_with(ctx, &g->s, &b->formulas[m->formula], g->s.moments->total, list[i]));
        if (list[i]->by_row) list[i]->n_slots = 0;
        if (list[i]->n_slots > meats.n_slots) meats.n_slots = list[i]->n_slots;
        robust = robust || b->vcovs[m->vcov].kind == PG_BATCH_HC;
    }
    PG_TRY_ALLOC(ctx, sums, pg_arena_alloc(&ctx->scratch, meats.n_slots * n, sizeof *sums));
    if (robust && meats.n_slots > 0) PG_TRY(pg_batch_row_sums(ctx, &meats, 0, n, sums));
    for (size_t i = 0; i < n; i++) {
        keep(g, models[i], list[i], sums + i * meats.n_slots, out);
        out += b->results[models[i]].n;
    }
    return PGDP_OK;
}

static double *slot_of(const draws *all, size_t draw)
{
    return all->d->draws + draw * 2 * all->d->n_rows;
}

static pgdp_status run_draw(pgdp_ctx *ctx, void *user, size_t draw)
{
    const draws *all = user;
    const pg_batch_drawing *d = all->d;
    drawing g = { .d = d, .first = all->first, .out = slot_of(all, draw) };
    PG_TRY(draw_sample(ctx, d, draw, &g.s));
    const pg_blocks blocks = pg_batch_blocks(&g.s, false);
    PG_TRY(pg_moments_pass(ctx, &blocks, d->s->moments->shift, &g.s.moments));
    const pgdp_status status = pg_parallel(ctx, NULL, pg_n_blocks(d->n_models, TILE), run_tile, &g);
    pg_moments_free(g.s.moments);
    return status;
}

static pgdp_status keep_draw(pgdp_ctx *ctx, void *user, size_t draw, pg_text *to)
{
    const draws *all = user;
    (void)ctx;
    if (to != NULL) pg_pack_bytes(to, slot_of(all, draw), 2 * all->d->n_rows * sizeof(double));
    return PGDP_OK;
}

static pgdp_status take_draw(pgdp_ctx *ctx, void *user, size_t draw, pg_packed *from)
{
    const draws *all = user;
    (void)ctx;
    pg_unpack_bytes(from, slot_of(all, draw), 2 * all->d->n_rows * sizeof(double));
    return PGDP_OK;
}

pgdp_status pg_batch_draw_rows(pgdp_ctx *ctx, pg_batch_drawing *d, size_t n_draws)
{
    const pg_dealing how = { .what = "draws",
                             .in_turn = pgdp_frame_n_rows(d->s->batch->frame) > SIDE_BY_SIDE,
                             .run = run_draw,
                             .keep = keep_draw,
                             .take = take_draw };
    size_t *first, row = 0;
    if (d->s->design.n_effects > 0)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "joint inference that draws rows would have to take absorbed effects out anew in every draw, "
                       "found %s; write i(%s) among the terms or leave inference out",
                       d->s->design.effects[0].name, d->s->design.effects[0].name);
    PG_TRY_ALLOC(ctx, first, pg_arena_alloc(&ctx->scratch, pg_n_blocks(d->n_models, TILE), sizeof *first));
    for (size_t i = 0; i < d->n_models; i++) {
        if (i % TILE == 0) first[i / TILE] = row;
        row += d->s->batch->results[d->models[i]].n;
    }
    draws all = { d, first };
    return pg_deal(ctx, n_draws, &how, &all);
}
