/** @file table.h  Tables by blocks of rows, in memory or in a columnar file: what passes over data read, so that a
 * table may be larger than memory. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_TABLE_H
#define PGDP_TABLE_H

#include "pgdp/frame.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Rows of every block but the last: the same whatever holds the table, so that sums by block are the same too. */
enum { PGDP_BLOCK_ROWS = 65536 };

/** Columns and rows in blocks; immutable, and read by several threads at once. */
typedef struct pgdp_table pgdp_table;
/** A view of a frame, which must outlive it. @return NO_MEMORY */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_table_of_frame(pgdp_ctx *ctx, const pgdp_frame *frame, pgdp_table **out);
/**
 * Open a columnar file; blocks are read when asked for.
 * @param columns  [n_columns] names of those wanted; names that are not there are passed over; NULL: all
 * @return IO, PARSE (not such a file, cut short, a wrong checksum), NO_MEMORY
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_table_open(pgdp_ctx *ctx, const char *path, const char *const *columns,
                                                   size_t n_columns, pgdp_table **out);
PGDP_API void pgdp_table_free(pgdp_table *table);
PGDP_API size_t pgdp_table_n_rows(const pgdp_table *table);
PGDP_API size_t pgdp_table_n_blocks(const pgdp_table *table);
/** The columns with all their levels and notes, and no rows. Lives as long as the table. */
PGDP_API const pgdp_frame *pgdp_table_head(const pgdp_table *table);
/** Rows [i PGDP_BLOCK_ROWS, ...) as a frame of the head's columns and codes; freed by the caller, before the table.
 * Several threads may ask at once, each with its own context. @return IO, PARSE (a wrong checksum), NO_MEMORY */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_table_block(pgdp_ctx *ctx, const pgdp_table *table, size_t i, pgdp_frame **out);
/** The whole table as a frame; freed by the caller, before the table. @return as pgdp_table_block() */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_table_frame(pgdp_ctx *ctx, const pgdp_table *table, pgdp_frame **out);

/** Writes a columnar file row by row of frames, whole or not at all; memory does not grow with the rows. Layout:
 * docs/columnar.md. */
typedef struct pgdp_table_writer pgdp_table_writer;
/** @param columns  a frame whose columns (and notes) the table will have; its rows are not looked at */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_table_writer_new(pgdp_ctx *ctx, const char *path, const pgdp_frame *columns,
                                                         pgdp_table_writer **out);
/** Add the rows of a frame of the same columns; its codes may be its own. @return SHAPE_MISMATCH, IO, NO_MEMORY */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_table_writer_add(pgdp_ctx *ctx, pgdp_table_writer *writer,
                                                         const pgdp_frame *rows);
/** Write what is left, put the file in its place and free the writer; on failure nothing is left behind. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_table_writer_commit(pgdp_ctx *ctx, pgdp_table_writer *writer);
PGDP_API void pgdp_table_writer_discard(pgdp_ctx *ctx, pgdp_table_writer *writer); /**< NULL is fine */

#ifdef __cplusplus
}
#endif
#endif
