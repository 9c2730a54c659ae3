/* panel.c  The rows of a frame by entity and time: panel.h. Source: lags on the calendar as Stata's tsset has them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/panel.h"

#include "core/ctx.h"
#include "core/number.h"
#include "stats/eval.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct pg_panel {
    const pg_place *places; /**< [n], sorted */
    size_t n;
    const size_t *position; /**< [rows of the frame] place of each; PGDP_NONE: its entity or time is missing */
    const char *problem;    /**< why lags have no meaning; NULL: they have */
};

/** Time as an ordinal: a period's own, or a whole number. */
static pgdp_status read_time(pgdp_ctx *ctx, const pgdp_frame *frame, size_t column, size_t row, int32_t *out)
{
    const double *reals = pgdp_frame_reals(frame, column);
    const int32_t *periods = pgdp_frame_periods(frame, column);
    if (periods != NULL) {
        *out = periods[row];
        return PGDP_OK;
    }
    if (reals[row] > floor(reals[row]) || fabs(reals[row]) > INT32_MAX) {
        char text[PG_NUMBER_SIZE];
        pg_number_format(reals[row], text);
        return pg_fail(
            ctx, PGDP_BAD_ARGUMENT,
            "panel: row %zu of the data: found %s in \"%.60s\", expected a whole number or a period; number the "
            "periods 1, 2, 3",
            row + 1, text, pgdp_frame_column(frame, column)->name);
    }
    *out = (int32_t)reals[row];
    return PGDP_OK;
}

/** @return BAD_ARGUMENT: a text column */
static pgdp_status check_time(pgdp_ctx *ctx, const pgdp_frame *frame, size_t column)
{
    if (pgdp_frame_column(frame, column)->type != PGDP_TEXT) return PGDP_OK;
    return pg_fail(
        ctx, PGDP_BAD_ARGUMENT,
        "panel: found \"%.60s\", a text column, expected periods or whole numbers as time; name the time last: "
        "ID,TIME",
        pgdp_frame_column(frame, column)->name);
}

static int compare_places(const void *a, const void *b)
{
    const pg_place *x = a, *y = b;
    if (x->entity != y->entity) return x->entity < y->entity ? -1 : 1;
    if (x->period != y->period) return x->period < y->period ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

pgdp_status pg_places_once(pgdp_ctx *ctx, const pg_place *places, size_t n, bool entities)
{
    for (size_t i = 1; i < n; i++) {
        if (places[i].entity != places[i - 1].entity || places[i].period != places[i - 1].period) continue;
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "panel: rows %zu and %zu of the data: found the same %s twice, expected it once; %s",
                       places[i - 1].row + 1, places[i].row + 1, entities ? "entity and period" : "period",
                       entities ? "remove one of them or choose them by a subset" : "name the entity too: ID,TIME");
    }
    return PGDP_OK;
}

/** Gather each entity's places, then sort these few by time. */
static pgdp_status sort_places(pgdp_ctx *ctx, const pg_place *places, size_t n, size_t n_entities, pg_place **out)
{
    pg_place *sorted;
    size_t *first; /* at e + 1 the place of entity e's next row: once all are there, of the first row of the next */
    PG_TRY_ALLOC(ctx, sorted, pg_arena_alloc(&ctx->scratch, n, sizeof *sorted));
    PG_TRY_ALLOC(ctx, first, pg_arena_alloc(&ctx->scratch, n_entities + 2, sizeof *first));
    for (size_t i = 0; i < n; i++)
        first[places[i].entity + 2]++;
    for (size_t e = 2; e < n_entities + 2; e++)
        first[e] += first[e - 1];
    for (size_t i = 0; i < n; i++)
        sorted[first[places[i].entity + 1]++] = places[i];
    for (size_t e = 0; e < n_entities; e++)
        if (first[e + 1] > first[e]) qsort(sorted + first[e], first[e + 1] - first[e], sizeof *sorted, compare_places);
    *out = sorted;
    return PGDP_OK;
}

pgdp_status pg_places_new(pgdp_ctx *ctx, const pgdp_frame *frame, const size_t columns[2], const size_t *rows, size_t n,
                          pg_place **out)
{
    pg_place *places;
    pg_levels levels = { 0, NULL, NULL };
    PG_TRY(check_time(ctx, frame, columns[1]));
    PG_TRY_ALLOC(ctx, places, pg_arena_alloc(&ctx->scratch, n, sizeof *places));
    if (columns[0] != PGDP_NONE) PG_TRY(pg_levels_of_column(ctx, frame, columns[0], rows, n, &levels));
    bool sorted = true;
    for (size_t i = 0; i < n; i++) {
        places[i] = (pg_place){ .entity = levels.index == NULL ? 0 : levels.index[i], .row = rows[i] };
        PG_TRY(read_time(ctx, frame, columns[1], rows[i], &places[i].period));
        sorted = sorted && (i == 0 || compare_places(&places[i - 1], &places[i]) < 0);
    }
    *out = places;
    return sorted ? PGDP_OK : sort_places(ctx, places, n, levels.index == NULL ? 1 : levels.n, out);
}

static bool is_missing(const pgdp_frame *frame, size_t column, size_t row)
{
    const double *reals = pgdp_frame_reals(frame, column);
    const uint32_t *codes = pgdp_frame_codes(frame, column);
    if (reals != NULL) return !isfinite(reals[row]);
    return codes != NULL ? codes[row] == PGDP_NO_CODE : pgdp_frame_periods(frame, column)[row] == PGDP_MISSING_PERIOD;
}

/** Sort the rows that have an entity and a time. @return BAD_ARGUMENT: the time of a row, or two rows */
static pgdp_status sort_rows(pgdp_ctx *ctx, const pgdp_frame *frame, size_t entity, size_t time, pg_panel *p)
{
    const size_t n = pgdp_frame_n_rows(frame), columns[2] = { entity, time };
    size_t *rows, *position;
    pg_place *places;
    PG_TRY_ALLOC(ctx, position, pg_arena_alloc(&ctx->scratch, n, sizeof *position));
    PG_TRY_ALLOC(ctx, rows, pg_arena_alloc(&ctx->scratch, n, sizeof *rows));
    for (size_t i = 0; i < n; i++) {
        position[i] = PGDP_NONE;
        if (!is_missing(frame, time, i) && (entity == PGDP_NONE || !is_missing(frame, entity, i))) rows[p->n++] = i;
    }
    PG_TRY(pg_places_new(ctx, frame, columns, rows, p->n, &places));
    PG_TRY(pg_places_once(ctx, places, p->n, entity != PGDP_NONE));
    for (size_t i = 0; i < p->n; i++)
        position[places[i].row] = i;
    p->places = places;
    p->position = position;
    return PGDP_OK;
}

pgdp_status pg_panel_new(pgdp_ctx *ctx, const pgdp_frame *frame, size_t entity, size_t time, pg_panel **out)
{
    char before[sizeof ctx->error];
    pg_panel *p;
    PG_TRY(check_time(ctx, frame, time));
    PG_TRY_ALLOC(ctx, p, pg_arena_alloc(&ctx->scratch, 1, sizeof *p));
    memcpy(before, ctx->error, sizeof before);
    const pgdp_status status = sort_rows(ctx, frame, entity, time, p);
    if (status == PGDP_BAD_ARGUMENT) {
        PG_TRY_ALLOC(ctx, p->problem, pg_arena_strdup(&ctx->scratch, ctx->error));
        memcpy(ctx->error, before, sizeof before);
    } else if (status != PGDP_OK) {
        return status;
    }
    *out = p;
    return PGDP_OK;
}

pgdp_status pg_panel_check(pgdp_ctx *ctx, const pg_panel *panel)
{
    return panel->problem == NULL ? PGDP_OK : pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s", panel->problem);
}

size_t pg_panel_lag(const pg_panel *panel, size_t row, int64_t k)
{
    const size_t at = panel->position[row];
    if (at == PGDP_NONE || k == 0) return at == PGDP_NONE ? PGDP_NONE : row;
    const pg_place *here = &panel->places[at];
    const int64_t wanted = (int64_t)here->period - k;
    const size_t reach = (size_t)(k < 0 ? -k : k); /* a period is at most as many places away as periods */
    size_t lo = k > 0 ? (at > reach ? at - reach : 0) : at, hi = k > 0 ? at : at + reach;
    if (hi >= panel->n) hi = panel->n - 1;
    while (lo < hi) { /* the first place of this entity at `wanted` or later */
        const size_t middle = lo + (hi - lo) / 2;
        const pg_place *p = &panel->places[middle];
        const bool before = p->entity < here->entity || (p->entity == here->entity && p->period < wanted);
        if (before)
            lo = middle + 1;
        else
            hi = middle;
    }
    const pg_place *found = &panel->places[lo];
    return found->entity == here->entity && found->period == wanted ? found->row : PGDP_NONE;
}
