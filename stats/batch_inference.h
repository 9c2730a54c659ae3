/* batch_inference.h  Draws of a group of models under the null: of whole clusters, or of rows.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_BATCH_INFERENCE_H
#define PG_BATCH_INFERENCE_H

#include "stats/batch_meat.h"

/** Models solved together in a draw. */
#define PG_BATCH_DRAW_TILE 64
/** One group's models that take part, and their draws. */
typedef struct pg_batch_drawing {
    const pg_batch_sample *s;
    bool of_rows;
    const uint32_t *level; /**< [n_cells] of the frame's clusters */
    uint32_t n_levels;
    const uint32_t *models; /**< [n_models] */
    size_t n_models, n_rows;
    double *draws; /**< [n_draws][2 n_rows]: estimates, then z */
} pg_batch_drawing;

/** A t statistic as the normal's quantile of the same p-value. */
double pg_batch_z(double t, double df);
/** Row i of a model's results in a draw: which slot it is, n_slots where the draw has no such term. */
size_t pg_batch_slot_of(const pg_batch_sample *s, const pg_batch_solution *x, const char *term);
/** Fill d->draws by drawing rows. @return BAD_ARGUMENT: absorbed effects, frequency weights; NO_MEMORY */
pgdp_status pg_batch_draw_rows(pgdp_ctx *ctx, pg_batch_drawing *d, size_t n_draws);

#endif
