/* grid.h  Regressions side by side as texts: what the writers of tables share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_GRID_H
#define PG_GRID_H

#include "core/text.h"
#include "pgdp/regression.h"

/** What a row of the grid is; a change of kind is where a writer draws a line. */
typedef enum pg_grid_kind {
    PG_GRID_HEAD,
    PG_GRID_ESTIMATE,
    PG_GRID_ERROR,
    PG_GRID_EFFECT,
    PG_GRID_SUMMARY
} pg_grid_kind;
/** Rows of texts: column 0 says what a row is, column 1 + m is regression m's. In the scratch. */
typedef struct pg_grid {
    const char **texts; /**< [n_rows x n_columns] row by row; "" where a model has nothing */
    pg_grid_kind *kinds;
    size_t n_rows, n_columns, capacity;
    bool has_stars;
} pg_grid;
pgdp_status pg_grid_build(pgdp_ctx *ctx, const pgdp_regression *const *list, size_t n, const pgdp_table_style *style,
                          pg_grid *out);
/** The covariances in words, one line for each that differs, and the stars' legend. */
pgdp_status pg_grid_notes(pgdp_ctx *ctx, const pgdp_regression *const *list, size_t n, const pgdp_table_style *style,
                          const char *const **lines, size_t *n_lines);

/** Decimals that show four digits of a standard error; -1: none do, the numbers are shown with exponents. */
int pg_decimals_for(double std_error);
/** A number with these decimals; "-" when there is none. In the scratch. */
pgdp_status pg_number_cell(pgdp_ctx *ctx, double value, int decimals, const char **out);

#endif
