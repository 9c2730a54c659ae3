/* columnar.h  The columnar file inside: docs/columnar.md has the layout. What the writer and the reader share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_COLUMNAR_H
#define PG_COLUMNAR_H

#include "core/file.h"
#include "core/frame.h"
#include "pgdp/table.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "columnar files hold little-endian cells, which this code copies as they are"
#endif

#define PG_COLUMNAR_MAGIC "\x89PGDPtab" /**< 8 bytes without the NUL; the first is no text's first */
enum {
    PG_COLUMNAR_VERSION = 1,
    PG_COLUMNAR_HEADER = 16, /**< magic, version, rows of a block */
    PG_COLUMNAR_TRAILER = 32 /**< offset, size and checksum of the footer, magic */
};

/** Where the cells of one column in one block lie. */
typedef struct pg_columnar_part {
    uint64_t offset, checksum;
    uint32_t cell_size; /**< 8 for numbers, 4 for periods, 1, 2 or 4 for codes: as the levels so far need */
} pg_columnar_part;

/** Sixty-four bits that change with any damage; not a defence against forgery. */
uint64_t pg_columnar_checksum(const void *bytes, size_t n);

/** Where a columnar file's bytes come from: `file`, or memory when it is NULL. */
typedef struct pg_columnar_source {
    const char *label;
    const pg_file *file;
    const unsigned char *data;
    uint64_t n;
} pg_columnar_source;
pgdp_status pg_columnar_read_at(pgdp_ctx *ctx, const pg_columnar_source *source, uint64_t offset, void *bytes,
                                size_t n);

/** A columnar file's footer: the columns wanted, and where their cells lie. */
typedef struct pg_columnar {
    size_t n_rows, n_blocks, n_columns;
    pgdp_frame *head;        /**< the columns wanted, with levels and notes, without rows */
    pg_columnar_part *parts; /**< [n_blocks * n_columns], by block */
} pg_columnar;
/** Read and check the footer; what it says of cells lies inside the file. @return PARSE, IO, NO_MEMORY */
pgdp_status pg_columnar_open(pgdp_ctx *ctx, const pg_columnar_source *source, const char *const *columns,
                             size_t n_columns, pg_arena *arena, pg_columnar *out);
/** The cells of one block to rows [first, ...) of a frame of the head's columns. @return PARSE, IO */
pgdp_status pg_columnar_cells(pgdp_ctx *ctx, const pg_columnar_source *source, const pg_columnar *about, size_t block,
                              pgdp_frame *frame, size_t first);

/** The columns that a writer has, with the levels so far; notes may be set until it is committed. */
pgdp_frame *pg_table_writer_head(pgdp_table_writer *writer);
/** Whether bytes begin a columnar file. */
bool pg_is_columnar(const unsigned char *bytes, size_t n);
/** The whole of a columnar file in memory as a frame of its own. @return PARSE, NO_MEMORY */
pgdp_status pg_columnar_of_bytes(pgdp_ctx *ctx, const char *label, const unsigned char *bytes, size_t n,
                                 pgdp_frame **out);
/** The whole table as a frame that needs the table no longer; the table is freed. */
pgdp_status pg_table_into_frame(pgdp_ctx *ctx, pgdp_table *table, pgdp_frame **out);

#endif
