/* fast_csv.h  Delimited text in parallel chunks straight into typed columns: what pg_csv_read() and pg_table_fill()
 * give, or nothing. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_FAST_CSV_H
#define PG_FAST_CSV_H

#include "core/file.h"
#include "core/frame.h"
#include "ingest/csv.h"
#include "ingest/table.h"

/** What is read and how. */
typedef struct pg_fast_csv {
    const pgdp_bytes *in; /**< UTF-8 without BOM */
    pg_csv_dialect dialect;
    const pg_rules *rules;
    const char *const *columns; /**< [n_columns] names wanted; NULL: all */
    size_t n_columns;
    const pg_mapping *mapping; /**< what the bytes lie in, let go as they are parsed; NULL: plain memory */
    size_t chunk;              /**< bytes of a chunk; 0: the best one. The frame does not depend on it */
} pg_fast_csv;

/**
 * Read it all; *out is NULL, with PGDP_OK, when the text holds something that only the careful reader knows or may
 * refuse: stray quotes, NUL, rows longer than the header, lone carriage returns, doubtful names.
 * @return NO_MEMORY
 * Cost: memory of the columns wanted and of some chunks a thread.
 */
pgdp_status pg_fast_csv_read(pgdp_ctx *ctx, const pg_fast_csv *how, pgdp_frame **out);
/** The row that names the columns, as rows[0] of a grid in ctx->scratch. @return PARSE when there is none, and as
 * pg_csv_read() */
pgdp_status pg_delimited_header(pgdp_ctx *ctx, const pgdp_bytes *in, const pg_csv_dialect *dialect, pg_grid *out);
/**
 * Read it all by whichever way is open: fast when the text is large and plain, else carefully. The caller owns *out.
 * @return PARSE when there is no header row, and as pg_csv_read() and pg_table_fill()
 */
pgdp_status pg_delimited_read(pgdp_ctx *ctx, const pg_fast_csv *how, pgdp_frame **out);

#endif
