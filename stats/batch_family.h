/* batch_family.h  Groups of models whose rows differ by missing values alone share one pass over the rows.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows are classified by which columns they lack: their pattern. Moments are additive, so those of a group are the sum
 * over the patterns that lack nothing it needs; a pattern of few rows is not stored but read again by each group. */
#ifndef PG_BATCH_FAMILY_H
#define PG_BATCH_FAMILY_H

#include "stats/batch_sample.h"

/** One family; all in its own arena but the moments. */
typedef struct pg_batch_family {
    pg_arena arena;
    uint32_t first; /**< group that stands for it; UINT32_MAX: none yet */
    bool pays;      /**< less work than a pass for each group */
    size_t n_needs;
    uint32_t *needs; /**< [n_needs] sources that some groups need: bit k of a pattern */
    size_t n_patterns;
    uint64_t *lacks;          /**< [n_patterns] set of needs */
    size_t *n_of;             /**< [n_patterns] rows */
    bool *stored;             /**< [n_patterns] its moments are */
    size_t n_rows;            /**< that lack nothing all groups need */
    size_t *row;              /**< [n_rows] of the frame */
    uint32_t *pattern, *unit; /**< [n_rows]; unit: the cell by clusters */
    pg_cells units;
    const uint32_t *dims;               /**< [units.n_dims] */
    uint32_t *cell_pattern, *cell_unit; /**< [moments->cells.n_cells] */
    uint32_t *column, *n_columns;       /**< [n_sources] of the moments, the first and how many */
    const char **names;                 /**< [moments->n_cols] */
    pg_moments *moments;
} pg_batch_family;

void pg_batch_family_init(pg_batch_family *family, const pgdp_allocator *allocator);
void pg_batch_family_clear(pg_batch_family *family); /**< leaves it empty and usable */
/** Make the sample of s->group from its family's, where that pays. @param[out] shared  it was made, moments and all */
pgdp_status pg_batch_share(pgdp_ctx *ctx, pg_batch_sample *s, bool *outcome, bool *shared);
/** Classify the rows of a family and decide whether it pays: family->pays; then its moments: batch_patterns.c. */
pgdp_status pg_batch_family_find(pgdp_ctx *ctx, const pgdp_batch *b, pg_batch_family *family);
/** Needs of the family that a group has. */
uint64_t pg_batch_family_mask(const pg_batch_family *family, const pg_batch_group *group);

#endif
