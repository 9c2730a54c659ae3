/* likelihood_rows.h  The rows of a likelihood, in memory or behind the blocks of a table, tile by tile: sums over them,
 * and standardised regressors. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_LIKELIHOOD_ROWS_H
#define PG_LIKELIHOOD_ROWS_H

#include "core/ctx.h"
#include "pgdp/stats.h"
#include "stats/linalg.h"

enum { PG_TILE = 512 }; /**< rows worked on at a time */

/** Rows [first, first + n) of those used, n <= PG_TILE. */
typedef struct pg_tile_rows {
    size_t first, n;
    const double *const *x; /**< [n_cols] of the design, each [n]; NULL: ones */
    const double *y;
    const double *weight, *offset; /**< NULL: ones; zeros */
} pg_tile_rows;

/** Where they are. */
typedef struct pg_row_source {
    const pgdp_design *design;
    const struct pg_behind *behind; /**< stream_fit.h: rows whose cross-products the design's are; NULL: its own */
    const size_t *from;             /**< [n_cols] columns of the blocks behind */
} pg_row_source;
pgdp_status pg_row_source_new(pgdp_ctx *ctx, const pgdp_design *design, const struct pg_behind *behind,
                              pg_row_source *out);
static inline double pg_tile_weight(const pg_tile_rows *rows, size_t i)
{
    return rows->weight == NULL ? 1 : rows->weight[i];
}
/** eta [n] = x b + offset */
void pg_tile_eta(const pg_tile_rows *rows, const double *b, size_t n_cols, double *eta);

/** Sums over rows, in chunks that depend on the sizes alone; they run in parallel and are added in their order. */
typedef struct pg_row_sums {
    const pg_row_source *source;
    size_t size;   /**< sums a chunk: sizes of what is added up */
    size_t n_most; /**< of these the first, which are the largest of values of 0 or more instead */
    /** A chunk's own memory, from the worker's scratch; NULL: none. */
    pgdp_status (*begin)(pgdp_ctx *ctx, const void *user, void **work);
    void (*add)(const void *user, const pg_tile_rows *rows, void *work, double *sums);
    const void *user;
    size_t n_chunks;
    double *sums; /**< the total stands in the first `size` */
} pg_row_sums;
/** Its memory, in the scratch; all members but the last two are set. */
pgdp_status pg_row_sums_new(pgdp_ctx *ctx, pg_row_sums *s);
pgdp_status pg_row_sums_run(pgdp_ctx *ctx, pg_row_sums *s);
/** Both at once: the sums to out [size], whose memory is given back. */
pgdp_status pg_row_sums_of(pgdp_ctx *ctx, pg_row_sums s, double *out);

/** z = (x - mean) / scale with weights, so that steps and penalties have no units; the constant stays as it is. Not
 * centred when the model has neither constant nor cuts. A column without variation becomes zeros. */
typedef struct pg_standard {
    size_t n_cols, constant; /**< as the design */
    double *mean, *scale;
    double *unit; /**< 1 / scale, or 0 */
} pg_standard;
pgdp_status pg_standard_new(pgdp_ctx *ctx, const pg_row_source *source, bool has_cuts, pg_standard *s);
/** z of a tile; z [n x n_cols] */
void pg_standard_tile(const pg_standard *s, const pg_tile_rows *rows, pg_matrix z);
/** b [n_cols] of x to theta of z, in place, or back. The sum of b_j mean_j goes to the constant, where there is one.
 * @return what a cut point must fall by (b to theta) or rise by (theta to b) */
double pg_standard_to_z(const pg_standard *s, double *b);
double pg_standard_to_x(const pg_standard *s, double *theta);
/** b = T theta: T [n_cols x n_cols] into t, zero elsewhere; the cuts' rows are the caller's. */
void pg_standard_jacobian(const pg_standard *s, pg_matrix t);

#endif
