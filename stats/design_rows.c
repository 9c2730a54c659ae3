/* design_rows.c  Complete cases, counted by reason, in the order of a panel. Source: the rules of design_rows.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/design_rows.h"

#include "core/number.h"
#include "core/parallel.h"

#include <math.h>

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
    if (isfinite(pg_sum(values, rows->n_all))) return; /* then all of them are, at an eighth of the cost */
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
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "weights: row %zu of the data: found %s, expected %s; %s",
                           rows->first + i + 1, text,
                           w < 0 ? "a weight of at least 0" : "a whole number of observations",
                           w < 0 ? "correct it or leave the row out by a subset"
                                 : "use aw: or pw: for weights that are not counts");
        }
        if (!(w > 0)) drop(rows, i, PG_ROW_ZERO_WEIGHT);
    }
    return PGDP_OK;
}

pgdp_status pg_rows_close(pgdp_ctx *ctx, pg_rows *rows, pgdp_dropped *dropped)
{
    PG_TRY_ALLOC(ctx, rows->kept, pg_arena_uncleared(&ctx->scratch, rows->n_all, sizeof *rows->kept));
    size_t counts[PG_N_ROW_STATES] = { 0 };
    for (size_t i = 0; i < rows->n_all; i++) {
        if (rows->state[i] == PG_ROW_KEPT) rows->kept[rows->n++] = i;
        counts[rows->state[i]]++;
    }
    *dropped = (pgdp_dropped){ .missing = counts[PG_ROW_MISSING],
                               .zero_weight = counts[PG_ROW_ZERO_WEIGHT],
                               .subset = counts[PG_ROW_SUBSET] };
    return rows->n > 0 ? PGDP_OK : pg_rows_refuse(ctx, rows->n_all, dropped);
}

pgdp_status pg_rows_refuse(pgdp_ctx *ctx, size_t n_all, const pgdp_dropped *dropped)
{
    return pg_fail(
        ctx, PGDP_TOO_FEW_OBS,
        "found no row to fit among %zu: %zu outside the subset, %zu with a missing value, %zu of weight 0; expected "
        "at least one per term; check the subset and the columns",
        n_all, dropped->subset, dropped->missing, dropped->zero_weight);
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

pgdp_status pg_rows_sort(pgdp_ctx *ctx, const pgdp_frame *frame, size_t entity, size_t time, pg_rows *rows)
{
    const size_t columns[2] = { entity, time };
    pg_place *places;
    int32_t *period;
    size_t *index;
    PG_TRY(pg_places_new(ctx, frame, columns, rows->kept, rows->n, &places));
    PG_TRY(pg_places_once(ctx, places, rows->n, entity != PGDP_NONE));
    PG_TRY_ALLOC(ctx, period, pg_arena_alloc(&ctx->scratch, rows->n, sizeof *period));
    PG_TRY_ALLOC(ctx, index, pg_arena_alloc(&ctx->scratch, rows->n, sizeof *index));
    for (size_t i = 0; i < rows->n; i++) {
        rows->kept[i] = places[i].row;
        period[i] = places[i].period;
        index[i] = places[i].entity;
    }
    rows->period = period;
    if (entity != PGDP_NONE) rows->entity = index;
    return PGDP_OK;
}
