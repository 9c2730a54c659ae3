/* stream_absorb.h  Rows of a frame with absorbed intercepts, by blocks: what least squares and likelihoods share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STREAM_ABSORB_H
#define PG_STREAM_ABSORB_H

#include "stats/stream_glm.h"
#include "stats/used_rows.h"

typedef struct pg_absorbing {
    const pgdp_frame *frame;
    pg_found found;
    pg_used_rows rows;
    const double **from;                   /**< [n_cols] columns of all rows; the first, the constant, NULL */
    double *taken[PG_MOST_STREAM_EFFECTS]; /**< [levels x n_cols - 1] of each effect: what it takes from the columns */
    double *low[PG_MOST_STREAM_EFFECTS];   /**< and then, where it is more than double precision holds */
    bool any_low;
    size_t order[PG_MOST_STREAM_EFFECTS]; /**< in which they are taken: that of the walks, so that rows are those whose
                                             sums by level were measured, to the bit */
    pg_level_glm *steps;                  /**< of a likelihood; NULL: least squares */
    pg_behind *behind;
} pg_absorbing;

/** Name and number of levels of each effect. */
pgdp_status pg_absorbing_effects(pgdp_ctx *ctx, const pg_absorbing *t, pgdp_effect **out);
/** A pg_level_source of pg_used_rows. */
void pg_absorbing_read(const void *user, size_t effect, size_t first, size_t n, uint32_t *out);

/** stream_iterate.c: iterated least squares in place of a projection: steps, what the effects are, rows predicted
 * perfectly left out before. @return in *good: it is not left to the design of the rows */
pgdp_status pg_absorbing_iterate(pgdp_ctx *ctx, const pg_design_request *request, pg_absorbing *t, pg_behind_effects *e,
                                 bool *good);
/** The columns as they are, of a pg_absorbing, as pg_behind.look() has them. */
pgdp_status pg_absorbing_look(pgdp_ctx *ctx, const void *user, size_t block, pg_stream_view *out);

#endif
