/* batch_sample.h  The rows of one group of models: their columns, what effects leave of these, clusters, moments.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_BATCH_SAMPLE_H
#define PG_BATCH_SAMPLE_H

#include "stats/absorb.h"
#include "stats/batch.h"
#include "stats/fourth.h"
#include "stats/moments.h"

/** A column over the rows used: of the frame, by row number, or of its own. */
typedef struct pg_batch_column {
    const double *of_frame, *own;
    const double *before; /**< own as it was before effects were absorbed */
    const char *name;
    bool whole;        /**< nothing but whole numbers, which no double rounds */
    double left;       /**< |M x| / |x| where effects are absorbed; 1 */
    double total, raw; /**< sums of w (x - mean)^2 and of w x^2 before effects were absorbed: of outcomes */
} pg_batch_column;

/** Rows summed together for a clustered covariance, and the groupings of these sums: one for each set of clusterings.
 */
typedef struct pg_batch_clusters {
    bool by_row;          /**< too many sums: pgdp_regress() */
    const uint32_t *unit; /**< [n_rows]; NULL: the units are the cells of the moments */
    size_t n_units, n_sets, fewest;
    const size_t *set[PG_BATCH_SETS]; /**< [n_units] group of each unit */
    size_t n_groups[PG_BATCH_SETS];
    double sign[PG_BATCH_SETS];
} pg_batch_clusters;

/** All in ctx->scratch but the moments. */
typedef struct pg_batch_sample {
    const pgdp_batch *batch;
    const pg_batch_group *group;
    pg_rows rows;
    const size_t *drawn; /**< [rows.n] which of the rows each of these is, of a bootstrap; NULL: rows.kept as it is */
    bool every_level;    /**< of a family: columns of all levels of a factor, NaN where a row lacks it */
    pgdp_dropped dropped;
    double *weight; /**< [n]; NULL: none */
    double nobs;
    size_t n_columns;         /**< with the constant, column 0 */
    pg_batch_column *columns; /**< [n_columns] */
    const char **names;
    uint32_t *first, *count; /**< [n_sources] columns of each source; count 0: it is not used */
    pgdp_design design;      /**< effects and size alone */
    size_t n_absorbed;
    size_t *n_groupings; /**< [n_sources] how many clusters; 0: not used */
    uint32_t *cell;      /**< [n]; NULL: one cell */
    pg_cells cells;
    const uint32_t *dims;        /**< [cells.n_dims] source of each */
    bool cells_do;               /**< every clustering in use is a dimension of the cells */
    pg_batch_clusters *clusters; /**< [n_vcovs] */
    double *counted;             /**< [2 n_vcovs] absorbed parameters that K counts; of models with a column of ones */
    pg_moments *moments;
    pg_fourth *fourth;                  /**< NULL: robust variances by the rows */
    struct pg_batch_findings *findings; /**< which columns are collinear: batch_collinear.h */
} pg_batch_sample;

/** @return what keeps the models of the group from being solved together; moments are freed by the caller */
pgdp_status pg_batch_sample_new(pgdp_ctx *ctx, const pgdp_batch *b, size_t group, pg_batch_sample *out);
/** The columns as blocks of rows; cells only when asked for. */
pg_blocks pg_batch_blocks(const pg_batch_sample *s, bool cells);
/** Groups of a source of levels over the rows used, numbered by first appearance. */
pgdp_status pg_batch_levels(pgdp_ctx *ctx, const pg_batch_sample *s, uint32_t source, const size_t **out, size_t *n);
/** The steps of pg_batch_sample_new(). Rows of the group; their effects, weights and number; its columns (outcome
 * [n_sources]: set for those that are one); cells of the moments; how each covariance sums over cells or rows. */
pgdp_status pg_batch_find_rows(pgdp_ctx *ctx, pg_batch_sample *s);
pgdp_status pg_batch_measure(pgdp_ctx *ctx, pg_batch_sample *s);
pgdp_status pg_batch_find_columns(pgdp_ctx *ctx, pg_batch_sample *s, bool *outcome);
pgdp_status pg_batch_find_cells(pgdp_ctx *ctx, pg_batch_sample *s);
pgdp_status pg_batch_find_clusters(pgdp_ctx *ctx, pg_batch_sample *s);

#endif
