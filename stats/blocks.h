/* blocks.h  Columns of numbers by blocks of rows: the one thing that a pass over data sees, whatever holds them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_BLOCKS_H
#define PG_BLOCKS_H

#include "pgdp/stats.h"
#include "pgdp/table.h"
#include "stats/linalg.h"

/** The rows of one block that are used: at most PGDP_BLOCK_ROWS. */
typedef struct pg_block_rows {
    size_t n;
    pg_matrix x;          /**< [n x n_cols]; n_rows of it is n, its stride may be more */
    const double *weight; /**< [n] > 0; NULL: ones */
    const double *offset; /**< [n]; NULL: zeros */
    const uint32_t *cell; /**< [n] below n_cells; NULL: one cell */
} pg_block_rows;

/** A partition of rows by the values of some columns: clusterings, and splits. A cell is a combination that occurs. */
typedef struct pg_cells {
    size_t n_cells, n_dims;
    const uint32_t *const *group; /**< [n_dims][n_cells]: of each cell its group, by first appearance in the rows */
    const size_t *n_groups;       /**< [n_dims] */
} pg_cells;

/** Blocks of the same columns. Column 0 is the constant, ones throughout. */
typedef struct pg_blocks {
    size_t n_blocks, n_cols;
    size_t most_rows;         /**< of a block; 0: PGDP_BLOCK_ROWS, the most there may be */
    const char *const *names; /**< [n_cols]; "(Intercept)" first */
    pgdp_weights weight_kind;
    const pg_cells *cells; /**< NULL: one cell */
    /** Fill the rows of a block, in memory of ctx->scratch or of the maker's; several threads ask at once. */
    pgdp_status (*fill)(pgdp_ctx *ctx, const void *user, size_t block, pg_block_rows *out);
    const void *user;
} pg_blocks;

/** Blocks of PGDP_BLOCK_ROWS rows of a matrix whose column 0 is ones. Borrows all of it. */
typedef struct pg_matrix_blocks {
    pg_matrix x;
    const double *weight;
    const uint32_t *cell;
} pg_matrix_blocks;
pg_blocks pg_blocks_of_matrix(const pg_matrix_blocks *of, const char *const *names, pgdp_weights kind,
                              const pg_cells *cells);

#endif
