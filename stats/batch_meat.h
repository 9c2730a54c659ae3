/* batch_meat.h  Sums of squared scores of many solved models: by cells of the moments, from fourth moments, or by
 * a pass over rows. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_BATCH_MEAT_H
#define PG_BATCH_MEAT_H

#include "stats/batch_solve.h"
#include "stats/fit.h"

/** Solved models of one covariance. */
typedef struct pg_batch_meats {
    const pg_batch_sample *sample;
    const pg_batch_clusters *clusters; /**< NULL: heteroskedasticity alone, no clusters */
    bool full;                         /**< the whole square of the slots, not its diagonal */
    pg_batch_solution *const *models;  /**< [n] */
    size_t n, n_slots;                 /**< most of a model */
} pg_batch_meats;

/** Fill meat of every model: whole squares, or diagonals. The same for every number of threads. */
pgdp_status pg_batch_fill_meats(pgdp_ctx *ctx, const pg_batch_meats *meats);
/** Sums of scores by cell of the models [first, first + n): sums [n_cells x n_slots * n]. */
pgdp_status pg_batch_cell_sums(pgdp_ctx *ctx, const pg_batch_meats *meats, size_t first, size_t n, double *sums);
/** By a pass over the rows on the calling thread: sums of squared scores [n_slots * n], or of scores by unit [n_units x
 * n_slots * n]. Zero before. */
pgdp_status pg_batch_row_sums(pgdp_ctx *ctx, const pg_batch_meats *meats, size_t first, size_t n, double *sums);
/** Absorbed parameters that K counts for a model. */
double pg_batch_counted(const pg_batch_sample *s, uint32_t vcov, const pg_batch_solution *x);
/** What a covariance's sums are multiplied with, by ssc.c on a fit of so many terms; fit->vcov_df: degrees of freedom.
 */
double pg_batch_factor(const pg_batch_sample *s, uint32_t vcov, const pg_batch_solution *x, pgdp_fit *fit);

#endif
