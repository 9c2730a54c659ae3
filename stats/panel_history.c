/* panel_history.c  The outcome of every row of a panel: panel_history.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/panel_history.h"

#include "stats/panel.h"

#include <math.h>

static bool is_missing(const pgdp_frame *frame, size_t column, size_t row)
{
    const double *reals = pgdp_frame_reals(frame, column);
    const uint32_t *codes = pgdp_frame_codes(frame, column);
    const int32_t *periods = pgdp_frame_periods(frame, column);
    if (reals != NULL) return !isfinite(reals[row]);
    if (codes != NULL) return codes[row] == PGDP_NO_CODE;
    return periods[row] == PGDP_MISSING_PERIOD;
}

/* Places of all rows that have an entity and a time. */
static pgdp_status find_places(pgdp_ctx *ctx, const pgdp_frame *frame, const size_t columns[2], pg_place **out,
                               size_t *n_out)
{
    const size_t n = pgdp_frame_n_rows(frame);
    size_t *rows, n_rows = 0;
    PG_TRY_ALLOC(ctx, rows, pg_arena_alloc(&ctx->scratch, n, sizeof *rows));
    for (size_t i = 0; i < n; i++)
        if (!is_missing(frame, columns[0], i) && !is_missing(frame, columns[1], i)) rows[n_rows++] = i;
    PG_TRY(pg_places_new(ctx, frame, columns, rows, n_rows, out));
    *n_out = n_rows;
    return pg_places_once(ctx, *out, n_rows, true);
}

pgdp_status pg_panel_history(pgdp_ctx *ctx, const pgdp_frame *frame, const size_t columns[2], const double *outcome,
                             const size_t *kept, pgdp_design *d)
{
    pg_place *places;
    size_t n, *entity_of_row, *number, *entity;
    double *y;
    int32_t *period;
    PG_TRY(find_places(ctx, frame, columns, &places, &n));
    PG_TRY_ALLOC(ctx, entity_of_row, pg_arena_alloc(&ctx->scratch, pgdp_frame_n_rows(frame), sizeof *entity_of_row));
    PG_TRY_ALLOC(ctx, number, pg_arena_alloc(&ctx->scratch, n, sizeof *number));
    PG_TRY_ALLOC(ctx, entity, pg_arena_alloc(&ctx->scratch, n, sizeof *entity));
    PG_TRY_ALLOC(ctx, y, pg_arena_alloc(&ctx->scratch, n, sizeof *y));
    PG_TRY_ALLOC(ctx, period, pg_arena_alloc(&ctx->scratch, n, sizeof *period));
    for (size_t i = 0; i < n; i++) {
        entity_of_row[places[i].row] = places[i].entity;
        number[i] = PGDP_NONE;
    }
    for (size_t i = 0; i < d->y.n; i++) /* entities of all rows as the design numbers those of its own */
        number[entity_of_row[kept[i]]] = d->entity[i];
    for (size_t i = 0; i < n; i++) {
        y[i] = outcome[places[i].row];
        entity[i] = number[places[i].entity];
        period[i] = places[i].period;
    }
    d->y_all = y;
    d->entity_all = entity;
    d->period_all = period;
    d->n_all = n;
    d->frequency = pgdp_frame_column(frame, columns[1])->frequency;
    return PGDP_OK;
}

/* first [n_entities + 1]: where each entity of the history begins; entities without rows used stand nowhere. */
static pgdp_status find_entities(pgdp_ctx *ctx, const pgdp_design *d, size_t **first, size_t **count)
{
    size_t n = 0;
    for (size_t i = 0; i < d->n_all; i++)
        if (d->entity_all[i] != PGDP_NONE && d->entity_all[i] >= n) n = d->entity_all[i] + 1;
    PG_TRY_ALLOC(ctx, *first, pg_arena_alloc(&ctx->scratch, n, sizeof **first));
    PG_TRY_ALLOC(ctx, *count, pg_arena_alloc(&ctx->scratch, n, sizeof **count));
    for (size_t i = 0; i < d->n_all; i++) {
        if (d->entity_all[i] == PGDP_NONE) continue;
        if ((*count)[d->entity_all[i]]++ == 0) (*first)[d->entity_all[i]] = i;
    }
    return PGDP_OK;
}

pgdp_status pg_panel_history_draw(pgdp_ctx *ctx, const pgdp_design *from, const size_t *rows, size_t n, pgdp_design *to)
{
    size_t *first, *count, *origin, *entity, n_drawn = 0, n_all = 0, at = 0;
    double *y;
    int32_t *period;
    if (from->y_all == NULL) return PGDP_OK;
    PG_TRY(find_entities(ctx, from, &first, &count));
    for (size_t i = 0; i < n; i++)
        if (to->entity[i] >= n_drawn) n_drawn = to->entity[i] + 1;
    PG_TRY_ALLOC(ctx, origin, pg_arena_alloc(&ctx->scratch, n_drawn, sizeof *origin));
    for (size_t i = 0; i < n; i++)
        origin[to->entity[i]] = from->entity[rows[i]];
    for (size_t e = 0; e < n_drawn; e++)
        n_all += count[origin[e]];
    PG_TRY_ALLOC(ctx, entity, pg_arena_alloc(&ctx->scratch, n_all, sizeof *entity));
    PG_TRY_ALLOC(ctx, y, pg_arena_alloc(&ctx->scratch, n_all, sizeof *y));
    PG_TRY_ALLOC(ctx, period, pg_arena_alloc(&ctx->scratch, n_all, sizeof *period));
    for (size_t e = 0; e < n_drawn; e++) {
        for (size_t i = 0; i < count[origin[e]]; i++, at++) {
            y[at] = from->y_all[first[origin[e]] + i];
            period[at] = from->period_all[first[origin[e]] + i];
            entity[at] = e;
        }
    }
    to->y_all = y;
    to->entity_all = entity;
    to->period_all = period;
    to->n_all = n_all;
    return PGDP_OK;
}
