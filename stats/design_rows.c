/* design_rows.c  Complete cases, counted by reason, in the order of a panel. Source: the rules of design_rows.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/design_rows.h"

#include "core/number.h"

#include <math.h>
#include <stdlib.h>

/** A row with its place in the panel. */
typedef struct place {
    size_t entity, row;
    int32_t period;
} place;

static void drop(pg_rows *rows, size_t row, pg_row_state reason)
{
    if (rows->state[row] == PG_ROW_KEPT) rows->state[row] = (unsigned char)reason;
}

pgdp_status pg_rows_init(pgdp_ctx *ctx, const pg_scope *scope, const char *subset, pg_rows *out)
{
    *out = (pg_rows){ .n_all = pgdp_frame_n_rows(scope->frame) };
    PG_TRY_ALLOC(ctx, out->state, pg_arena_alloc(&ctx->scratch, out->n_all, sizeof *out->state));
    if (subset == NULL) return PGDP_OK;
    const pg_expr *expr;
    const double *truth;
    PG_TRY(pg_expr_parse(ctx, &ctx->scratch, "subset", subset, &expr));
    PG_TRY(pg_eval_numbers(ctx, scope, expr, &truth));
    for (size_t i = 0; i < out->n_all; i++)
        if (isnan(truth[i]) || !(fabs(truth[i]) > 0)) drop(out, i, PG_ROW_SUBSET);
    return PGDP_OK;
}

void pg_rows_need_numbers(pg_rows *rows, const double *values)
{
    for (size_t i = 0; i < rows->n_all; i++)
        if (!isfinite(values[i])) drop(rows, i, PG_ROW_MISSING);
}

void pg_rows_need_cells(pg_rows *rows, const pgdp_frame *frame, size_t column)
{
    const double *reals = pgdp_frame_reals(frame, column);
    const uint32_t *codes = pgdp_frame_codes(frame, column);
    const int32_t *periods = pgdp_frame_periods(frame, column);
    if (reals != NULL) {
        pg_rows_need_numbers(rows, reals);
        return;
    }
    for (size_t i = 0; i < rows->n_all; i++)
        if (codes != NULL ? codes[i] == PGDP_NO_CODE : periods[i] == PGDP_MISSING_PERIOD) drop(rows, i, PG_ROW_MISSING);
}

pgdp_status pg_rows_need_weights(pgdp_ctx *ctx, pg_rows *rows, const double *weights, pgdp_weights kind)
{
    pg_rows_need_numbers(rows, weights);
    for (size_t i = 0; i < rows->n_all; i++) {
        if (rows->state[i] != PG_ROW_KEPT) continue;
        const double w = weights[i];
        const bool whole = kind != PGDP_FREQUENCY || !(w > floor(w));
        if (w < 0 || !whole) {
            char text[PG_NUMBER_SIZE];
            pg_number_format(w, text);
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "weights: row %zu of the data: found %s, expected %s; %s", i + 1,
                           text, w < 0 ? "a weight of at least 0" : "a whole number of observations",
                           w < 0 ? "correct it or leave the row out by a subset"
                                 : "use aw: or pw: for weights that are not counts");
        }
        if (!(w > 0)) drop(rows, i, PG_ROW_ZERO_WEIGHT);
    }
    return PGDP_OK;
}

pgdp_status pg_rows_close(pgdp_ctx *ctx, pg_rows *rows, pgdp_dropped *dropped)
{
    PG_TRY_ALLOC(ctx, rows->kept, pg_arena_alloc(&ctx->scratch, rows->n_all, sizeof *rows->kept));
    size_t counts[PG_N_ROW_STATES] = { 0 };
    for (size_t i = 0; i < rows->n_all; i++) {
        if (rows->state[i] == PG_ROW_KEPT) rows->kept[rows->n++] = i;
        counts[rows->state[i]]++;
    }
    *dropped = (pgdp_dropped){ .missing = counts[PG_ROW_MISSING],
                               .zero_weight = counts[PG_ROW_ZERO_WEIGHT],
                               .subset = counts[PG_ROW_SUBSET] };
    if (rows->n > 0) return PGDP_OK;
    return pg_fail(
        ctx, PGDP_TOO_FEW_OBS,
        "found no row to fit among %zu: %zu outside the subset, %zu with a missing value, %zu of weight 0; expected "
        "at least one per term; check the subset and the columns",
        rows->n_all, dropped->subset, dropped->missing, dropped->zero_weight);
}

void pg_rows_drop(pg_rows *rows, const bool *drop_them, pg_row_state reason, pgdp_dropped *dropped)
{
    size_t n = 0;
    for (size_t i = 0; i < rows->n; i++) {
        if (drop_them[i]) {
            drop(rows, rows->kept[i], reason);
            continue;
        }
        rows->kept[n] = rows->kept[i];
        if (rows->period != NULL) rows->period[n] = rows->period[i];
        if (rows->entity != NULL) rows->entity[n] = rows->entity[i];
        n++;
    }
    *(reason == PG_ROW_SINGLETON ? &dropped->singletons : &dropped->separated) += rows->n - n;
    rows->n = n;
}

/** Time as an ordinal: a period's own, or a whole number. */
static pgdp_status read_time(pgdp_ctx *ctx, const pgdp_frame *frame, size_t column, size_t row, int32_t *out)
{
    const double *reals = pgdp_frame_reals(frame, column);
    const int32_t *periods = pgdp_frame_periods(frame, column);
    const char *name = pgdp_frame_column(frame, column)->name;
    if (reals == NULL && periods == NULL)
        return pg_fail(
            ctx, PGDP_BAD_ARGUMENT,
            "panel: found \"%.60s\", a text column, expected periods or whole numbers as time; name the time last: "
            "ID,TIME",
            name);
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
            row + 1, text, name);
    }
    *out = (int32_t)reals[row];
    return PGDP_OK;
}

static int compare_places(const void *a, const void *b)
{
    const place *x = a, *y = b;
    if (x->entity != y->entity) return x->entity < y->entity ? -1 : 1;
    if (x->period != y->period) return x->period < y->period ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static pgdp_status check_once(pgdp_ctx *ctx, const place *places, size_t n, bool entities)
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

pgdp_status pg_rows_sort(pgdp_ctx *ctx, const pgdp_frame *frame, size_t entity, size_t time, pg_rows *rows)
{
    place *places;
    int32_t *period;
    size_t *index;
    pg_levels levels = { 0, NULL, NULL };
    PG_TRY_ALLOC(ctx, places, pg_arena_alloc(&ctx->scratch, rows->n, sizeof *places));
    PG_TRY_ALLOC(ctx, period, pg_arena_alloc(&ctx->scratch, rows->n, sizeof *period));
    PG_TRY_ALLOC(ctx, index, pg_arena_alloc(&ctx->scratch, rows->n, sizeof *index));
    if (entity != PGDP_NONE) PG_TRY(pg_levels_of_column(ctx, frame, entity, rows->kept, rows->n, &levels));
    for (size_t i = 0; i < rows->n; i++) {
        places[i] = (place){ .entity = levels.index == NULL ? 0 : levels.index[i], .row = rows->kept[i] };
        PG_TRY(read_time(ctx, frame, time, rows->kept[i], &places[i].period));
    }
    qsort(places, rows->n, sizeof *places, compare_places);
    PG_TRY(check_once(ctx, places, rows->n, entity != PGDP_NONE));
    for (size_t i = 0; i < rows->n; i++) {
        rows->kept[i] = places[i].row;
        period[i] = places[i].period;
        index[i] = places[i].entity;
    }
    rows->period = period;
    if (entity != PGDP_NONE) rows->entity = index;
    return PGDP_OK;
}
