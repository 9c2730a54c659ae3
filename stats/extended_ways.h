/* extended_ways.h  Inside the extended solver: its columns, and two ways to the triangle of their QR.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_EXTENDED_WAYS_H
#define PG_EXTENDED_WAYS_H

#include "stats/extended.h"
#include "stats/extended_lanes.h"

/** The scaled columns times the roots of the weights, then y, each padded with zeros to whole packs of rows. */
typedef struct pg_extended_columns {
    size_t n_rows, n_packs, k;
    pg_pack *hi, *lo; /**< [n_packs x (k + 1)]; lo NULL: zeros */
} pg_extended_columns;

static inline pg_two pg_extended_at(const pg_extended_columns *columns, size_t i, size_t j)
{
    const size_t at = i / PG_LANES + j * columns->n_packs, l = i % PG_LANES;
    return (pg_two){ columns->hi[at][l], columns->lo == NULL ? 0 : columns->lo[at][l] };
}

/** triangle [k x (k + 1)]: R and, as its last column, Q'y. norm [k]: of the columns. By reflections, at any condition.
 * Cost: O(n_rows * k^2) double-double operations, 16 bytes a cell. */
pgdp_status pg_extended_reflect(pgdp_ctx *ctx, const pg_extended_columns *columns, pg_two *triangle, double *norm);
/** The same from cross-products and their Cholesky factor, at an eighth of the cost. */
void pg_extended_multiply(const pg_extended_columns *columns, pg_two *triangle, double *norm);
/** How wrong coefficients from cross-products may be, relative to their length. */
double pg_extended_products_error(size_t n_rows, double condition);

#endif
