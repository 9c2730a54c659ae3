/* panel_inner.h  Least squares within a method of panels: within, between and pooled, with collinear terms left out.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_PANEL_INNER_H
#define PG_PANEL_INNER_H

#include "stats/least_squares.h"
#include "stats/panel_groups.h"

/** One of them; in ctx->scratch. */
typedef struct pg_inner {
    pgdp_design design; /**< its rows: of the panel, or one an entity */
    size_t *column;     /**< [n of its columns]: which column of the panel's design they are */
    pg_least_squares ls;
    double ssr;
} pg_inner;

/** Deviations from the entities' means; terms that do not vary within entities left out. No term may be left: ssr is
 * then that of the outcome and the design has no columns. @param arena not the scratch */
pgdp_status pg_inner_within(pgdp_ctx *ctx, pg_arena *arena, const pgdp_design *d, const pg_groups *groups,
                            pg_inner *out);
/** Means of entities, each weighted by its number of rows. */
pgdp_status pg_inner_between(pgdp_ctx *ctx, pg_arena *arena, const pgdp_design *d, const pg_groups *groups,
                             pg_inner *out);
pgdp_status pg_inner_pooled(pgdp_ctx *ctx, pg_arena *arena, const pgdp_design *d, pg_inner *out);
/** y less the inner fit's coefficients times the columns that they belong to, of the panel's design: [n_rows]. */
void pg_inner_residual(const pg_inner *inner, const pgdp_design *d, double *out);

#endif
