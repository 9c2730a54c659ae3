/* stream_iterate.c  A likelihood over the rows of a frame with absorbed intercepts, by blocks: stream_absorb.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/parallel.h"
#include "stats/separation.h"
#include "stats/stream_absorb.h"

/* Leave out rows of levels whose outcomes are predicted perfectly, and those alone in a level then, again and again. */
static pgdp_status drop_separated(pgdp_ctx *ctx, const pg_design_request *request, pg_absorbing *t, bool *good)
{
    const pg_glm_family *family = pg_glm_family_of(request->estimator->name);
    pgdp_dropped *dropped = &t->behind->dropped;
    for (size_t n = 1; n > 0 && *good;) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        pgdp_effect *effects;
        bool *drop;
        PG_TRY(pg_absorbing_effects(ctx, t, &effects));
        PG_TRY_ALLOC(ctx, drop, pg_arena_alloc(&ctx->scratch, t->rows.n, sizeof *drop));
        const pg_levels_of_outcome q = { .levels = { pg_absorbing_read, &t->rows, t->rows.rows },
                                         .effects = effects,
                                         .n_effects = t->found.n_effects,
                                         .n_rows = t->rows.n,
                                         .y = t->found.outcome,
                                         .low = family->low,
                                         .high = family->high };
        PG_TRY(pg_separated_of_levels(ctx, &q, drop));
        n = 0;
        for (size_t i = 0; i < t->rows.n; i++)
            n += drop[i];
        dropped->separated += n;
        if (n > 0)
            PG_TRY(pg_used_rows_drop(ctx, &t->found, request->spec, drop, &t->rows, dropped, good));
        else
            pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

pgdp_status pg_absorbing_iterate(pgdp_ctx *ctx, const pg_design_request *request, pg_absorbing *t, pg_behind_effects *e,
                                 bool *good)
{
    const pg_stream *s = &t->behind->stream;
    pgdp_effect *effects;
    size_t n_components = 0;
    *good = t->found.weights == NULL || s->weight_kind == PGDP_PROBABILITY;
    if (*good) PG_TRY(drop_separated(ctx, request, t, good));
    if (!*good) return PGDP_OK;
    PG_TRY(pg_absorbing_effects(ctx, t, &effects));
    e->effects = effects;
    const pg_level_source levels = { pg_absorbing_read, &t->rows, t->rows.rows };
    const pg_glm_frame frame = { .method = request->estimator->name,
                                 .n = t->rows.n,
                                 .k = s->n_terms,
                                 .n_effects = e->n,
                                 .x = t->from + 1,
                                 .y = t->found.outcome,
                                 .prior = t->found.weights,
                                 .offset = t->found.offset,
                                 .levels = &levels,
                                 .effects = effects };
    PG_TRY(pg_glm_of_levels(ctx, &frame, &t->steps));
    *good = t->steps != NULL;
    if (!*good) return PGDP_OK;
    e->steps = t->steps;
    e->how = t->steps->how;
    if (e->n > 1) PG_TRY(pg_components_of_levels(ctx, &levels, effects, t->rows.n, &n_components));
    for (size_t i = 0; i < e->n; i++)
        e->rank += effects[i].n_levels;
    e->rank -= n_components;
    return PGDP_OK;
}

/* Rows of a column: itself, where all are used. */
static pgdp_status use(pgdp_ctx *ctx, const pg_used_rows *r, const double *values, pg_range rows, const double **out)
{
    const size_t n = rows.end - rows.first;
    double *x;
    *out = values == NULL ? NULL : values + rows.first;
    if (r->rows == NULL || values == NULL) return PGDP_OK;
    PG_TRY_ALLOC(ctx, x, pg_arena_uncleared(&ctx->scratch, n, sizeof *x));
    pg_used_rows_gather(r, values, rows.first, n, x);
    *out = x;
    return PGDP_OK;
}

pgdp_status pg_absorbing_look(pgdp_ctx *ctx, const void *user, size_t block, pg_stream_view *out)
{
    const pg_absorbing *t = user;
    const size_t n_cols = t->behind->stream.n_cols;
    const pg_range rows = pg_block_range(t->rows.n, PGDP_BLOCK_ROWS, block);
    *out = (pg_stream_view){ .first = rows.first, .n = rows.end - rows.first };
    PG_TRY_ALLOC(ctx, out->column, pg_arena_alloc(&ctx->scratch, n_cols, sizeof *out->column));
    for (size_t j = 1; j < n_cols; j++)
        PG_TRY(use(ctx, &t->rows, t->from[j], rows, &out->column[j]));
    PG_TRY(use(ctx, &t->rows, t->found.weights, rows, &out->weight));
    return use(ctx, &t->rows, t->found.offset, rows, &out->offset);
}
