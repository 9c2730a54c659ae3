/** @file moments.h  Cross-products of columns by cell: one pass over the rows, and linear models without them after it.
 * Which results are exact functions of moments, and which are refused: docs/moments.md.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_MOMENTS_H
#define PGDP_MOMENTS_H

#include "pgdp/regression.h"
#include "pgdp/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Sums of products of columns, by cell; immutable. Moments of two sets of rows add up to those of both. */
typedef struct pgdp_moments pgdp_moments;
/** What to keep. Members but the formula may be NULL. */
typedef struct pgdp_moments_spec {
    const char *formula; /**< "y ~ x + i(f) | firm | d ~ z": every column named is kept, whatever its place, less what
                              the effects take, if any; no lags or poly() */
    const char *cells;   /**< "state + year": columns to cluster or split by later; "state^year" is their pairs */
    const char *weights; /**< "aw:COL", "fw:COL", "pw:COL" */
    const char *subset;  /**< "year >= 2000" */
} pgdp_moments_spec;
/**
 * Pass over the rows that lack none of the columns named (before it, over their factors and cells to learn the levels).
 * @param[out] out  owns all it needs; freed with pgdp_moments_free()
 * @return NOT_FOUND, BAD_ARGUMENT, TOO_FEW_OBS (no rows), NO_MEMORY
 * Cost: O(rows * columns^2) time; cells * columns^2 * 8 bytes, and up to 256 MiB while it runs; with effects all rows.
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_moments_new(pgdp_ctx *ctx, const pgdp_table *table,
                                                    const pgdp_moments_spec *spec, pgdp_moments **out);
PGDP_API void pgdp_moments_free(pgdp_moments *moments);
/** The moments of both sets of rows: cells are matched by the values of their columns.
 * @return SHAPE_MISMATCH when columns, cells, weights or effects differ, or both have a level of an absorbed effect */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_moments_add(pgdp_ctx *ctx, const pgdp_moments *a, const pgdp_moments *b,
                                                    pgdp_moments **out);
/** Write as bytes (layout: docs/moments.md), to be read again to the bit. @return NO_MEMORY, the sink's */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_moments_write(pgdp_ctx *ctx, const pgdp_moments *moments,
                                                      const pgdp_sink *sink);
/** @param label  for messages: the file's name. @return PARSE (no moments, cut short, a wrong checksum), NO_MEMORY */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_moments_read(pgdp_ctx *ctx, const char *label, const unsigned char *bytes,
                                                     size_t n, pgdp_moments **out);
PGDP_API size_t pgdp_moments_n_rows(const pgdp_moments *moments); /**< used, not left out */
PGDP_API size_t pgdp_moments_n_cells(const pgdp_moments *moments);
/** Name of column i, "(Intercept)" first; NULL: past the end. */
PGDP_API const char *pgdp_moments_name(const pgdp_moments *moments, size_t i);
/** Sum over all rows of weight times column i times column j. */
PGDP_API double pgdp_moments_product(const pgdp_moments *moments, size_t i, size_t j);
/**
 * Fit one model from moments alone.
 *
 * @param spec  terms are columns of the moments, as their formula wrote them, effects all that they have absorbed
 *              (then: ols, iv, liml; iid, cluster; no subset); subset may name the columns of cells;
 *              weights are those of the moments. Methods ols, iv, liml, gmm, ridge, lasso and enet; covariances iid,
 *              none, and by the columns of cells cluster, cr2, cr3, jackknife, bootstrap and wild
 * @return BAD_ARGUMENT for what needs rows (named), NOT_FOUND (a column, with a suggestion), and pgdp_regress()'s
 * The certificate's digits are those that the moments allow: below 12, fit the rows.
 * Cost: that of a fit of at most (clusters or 1) * (columns + 1) rows.
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_moments_regress(pgdp_ctx *ctx, const pgdp_moments *moments,
                                                        const pgdp_regression_spec *spec, pgdp_regression **out);

#ifdef __cplusplus
}
#endif
#endif
