/* stream.h  The design of a formula over a table, block by block: the columns that pg_design_build() makes, without the
 * rows ever standing in memory together. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STREAM_H
#define PG_STREAM_H

#include "pgdp/table.h"
#include "stats/blocks.h"
#include "stats/design_find.h"
#include "stats/stream_levels.h"

/** What the blocks of a table have in common; in ctx->scratch, as are its parts. */
typedef struct pg_stream {
    const pgdp_table *table;
    const pg_formula *formula;
    pg_design_request request;
    pg_known known;       /**< levels of the factors */
    pg_key_set cell_keys; /**< the clusters' cells by the keys of all their columns; width 0: no clusters */
    size_t *cluster_columns;
    pg_cells cells;
    bool constant;                               /**< of the model; column 0 is the constant all the same */
    size_t n_terms, n_endogenous, n_instruments; /**< columns of each, the constant not counted */
    pgdp_weights weight_kind;
    size_t n_cols;         /**< 1 + these + the outcome */
    const char **names;    /**< [n_cols] */
    pgdp_dropped *dropped; /**< [n_blocks], known once a block was filled */
    size_t *kept;          /**< [n_blocks] rows used */
} pg_stream;

/**
 * Find the columns, and the levels of factors and clusters by a pass over the table where there are any.
 * @return what pg_design_build() does; BAD_ARGUMENT: what needs all rows at once (lags and panels, poly(), absorbed
 *         effects, a covariance other than iid, HC0-HC3 and cluster, other methods than the linear ones)
 */
pgdp_status pg_stream_new(pgdp_ctx *ctx, const pgdp_table *table, const pg_formula *formula,
                          const pg_design_request *request, pg_stream *stream);
/** Why a model cannot be fitted by blocks, in a clause; NULL: it can. */
const char *pg_stream_refuses(const pg_formula *formula, const pg_design_request *request);
/** Constant, exogenous terms, endogenous ones, instruments, outcome. Borrows the stream. */
pg_blocks pg_stream_blocks(const pg_stream *stream);
/** The rows of a block, if asked for with the cells that clusters make of them. */
pgdp_status pg_stream_rows(pgdp_ctx *ctx, const pg_stream *stream, size_t block, bool cells, pg_block_rows *out);
/** One block's columns where they stand, or as pg_stream_rows() writes them; the frame is the caller's to free. */
typedef struct pg_stream_view {
    pgdp_frame *frame;
    size_t first, n;               /**< rows used in the blocks before, and in this one */
    const double **column;         /**< [n_cols] each [n]; of a constant NULL */
    const double *weight, *offset; /**< [n], or NULL */
} pg_stream_view;
pgdp_status pg_stream_look(pgdp_ctx *ctx, const pg_stream *stream, size_t block, pg_stream_view *out);
/** One block's formula tied to its frame, and the rows used. */
typedef struct pg_opened {
    pg_found found;
    pg_rows rows;
} pg_opened;
pgdp_status pg_stream_open(pgdp_ctx *ctx, const pg_stream *stream, const pgdp_frame *frame, size_t block,
                           pg_opened *out);
/** The keys of the clusters' columns, row by row: [rows][width]. */
pgdp_status pg_stream_cell_keys(pgdp_ctx *ctx, const pg_stream *stream, const pgdp_frame *frame, const pg_rows *rows,
                                double **out);
/** Fill known, cells and what they stand on; found: the formula over the head. @return TOO_FEW_OBS: no row is used */
pgdp_status pg_stream_survey(pgdp_ctx *ctx, const pg_found *found, pg_stream *stream);
/** Tell every rank what each counted in the blocks that it filled. */
pgdp_status pg_stream_share_counts(pgdp_ctx *ctx, pg_stream *stream);
/** Of all blocks, once each was filled and the counts are shared. */
size_t pg_stream_count(const pg_stream *stream, pgdp_dropped *dropped);

#endif
