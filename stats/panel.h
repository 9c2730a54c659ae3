/* panel.h  The rows of a frame by entity and time, for lags on the calendar.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_PANEL_H
#define PG_PANEL_H

#include "pgdp/frame.h"

/** In ctx->scratch; of all rows of the frame, whatever a model uses, so that a subset takes no lag away. */
typedef struct pg_panel pg_panel;
/** @param entity  column, or PGDP_NONE: one entity @param time  column of periods or whole numbers
 * @return BAD_ARGUMENT: a time that is not whole, or an entity and time that stand twice (names the rows) */
pgdp_status pg_panel_new(pgdp_ctx *ctx, const pgdp_frame *frame, size_t entity, size_t time, pg_panel **out);
/** The row of the same entity k periods before (k < 0: after); PGDP_NONE: there is none, or this row's entity or time
 * is missing. */
size_t pg_panel_lag(const pg_panel *panel, size_t row, int64_t k);

#endif
