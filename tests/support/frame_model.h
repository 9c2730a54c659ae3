/* frame_model.h  Random tables whose every cell is known from its place alone: a model that needs no memory.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_FRAME_MODEL_H
#define PGT_FRAME_MODEL_H

#include "pgdp/frame.h"

enum { PGT_MODEL_COLUMNS = 40 }; /**< a model table has fewer */

pgdp_type pgt_model_type(uint32_t table, size_t column);
/** Uneven sizes of a table, no rows and no columns among them. */
void pgt_model_sizes(uint32_t table, size_t *n_columns, size_t *n_rows);
/** Add columns "column_0", ... and rows to an empty frame. */
pgdp_status pgt_model_fill(pgdp_ctx *ctx, pgdp_frame *f, uint32_t table, size_t n_columns, size_t n_rows);
pgdp_status pgt_model_add_row(pgdp_ctx *ctx, pgdp_frame *f, uint32_t table, size_t row);
/** The whole table in its own sizes. */
pgdp_frame *pgt_model_frame(pgdp_ctx *ctx, uint32_t table);
/** Cell (row, column) of f is the model's cell (of[0], of[1]). */
void pgt_model_check_cell(const pgdp_frame *f, size_t column, size_t row, const size_t of[2], uint32_t table);
/** Levels differ, each is in use, and codes count in order of first appearance. */
void pgt_check_levels(const pgdp_frame *f, size_t column);
void pgt_model_check(const pgdp_frame *f, uint32_t table, size_t n_columns, size_t n_rows);

#endif
