/* panel_history.h  The outcome of every row of a panel, used by a model or not: what instruments of the past are made
 * of. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_PANEL_HISTORY_H
#define PG_PANEL_HISTORY_H

#include "core/ctx.h"
#include "pgdp/stats.h"

/**
 * Fill y_all, entity_all, period_all, n_all and frequency of a design whose entity and period are there.
 * @param columns  entity and time @param outcome  [rows of the frame], NaN: missing
 * @param kept     [design->y.n] rows of the frame, in the design's order
 * @return BAD_ARGUMENT: an entity and time that stand twice. Cost: O(rows log rows).
 */
pgdp_status pg_panel_history(pgdp_ctx *ctx, const pgdp_frame *frame, const size_t columns[2], const double *outcome,
                             const size_t *kept, pgdp_design *design);

/** The histories of entities drawn: to->entity [n] numbers them anew, row i of it is row rows[i] of `from`. */
pgdp_status pg_panel_history_draw(pgdp_ctx *ctx, const pgdp_design *from, const size_t *rows, size_t n,
                                  pgdp_design *to);

#endif
