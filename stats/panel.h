/* panel.h  The rows of a frame by entity and time, for lags on the calendar.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_PANEL_H
#define PG_PANEL_H

#include "pgdp/frame.h"

/** In ctx->scratch; of all rows of the frame, whatever a model uses, so that a subset takes no lag away. */
typedef struct pg_panel pg_panel;
/** @param entity  column, or PGDP_NONE: one entity @param time  column of periods or whole numbers
 * What keeps lags from having a meaning is told by pg_panel_check(), since a model without lags does not mind.
 * @return BAD_ARGUMENT: time is a text column; NO_MEMORY. Cost: O(rows log rows). */
pgdp_status pg_panel_new(pgdp_ctx *ctx, const pgdp_frame *frame, size_t entity, size_t time, pg_panel **out);
/** @return BAD_ARGUMENT: a time that is not whole, or an entity and time that stand twice (names the rows) */
pgdp_status pg_panel_check(pgdp_ctx *ctx, const pg_panel *panel);
/** The row of the same entity k periods before (k < 0: after); PGDP_NONE: there is none, or this row's entity or time
 * is missing. Cost: O(log k). */
size_t pg_panel_lag(const pg_panel *panel, size_t row, int64_t k);

/** A row with its place in a panel. */
typedef struct pg_place {
    size_t entity, row;
    int32_t period;
} pg_place;
/** Places of rows[0..n), none of them missing, sorted by entity (PGDP_NONE: one) and time. @return BAD_ARGUMENT */
pgdp_status pg_places_new(pgdp_ctx *ctx, const pgdp_frame *frame, const size_t columns[2], const size_t *rows, size_t n,
                          pg_place **out);
/** @return BAD_ARGUMENT: an entity and time that stand twice */
pgdp_status pg_places_once(pgdp_ctx *ctx, const pg_place *places, size_t n, bool entities);

#endif
