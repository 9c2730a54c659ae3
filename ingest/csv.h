/* csv.h  Delimited text to a grid of cells: the only door to libcsv.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_CSV_H
#define PG_CSV_H

#include "core/file.h"
#include "ingest/grid.h"
#include "pgdp/ingest.h"

typedef struct pg_csv_dialect {
    char delimiter;
    char quote;       /**< 0: a quote is an ordinary character, as in LABSTAT and O*NET text */
    bool keep_blanks; /**< blanks around unquoted cells carry meaning */
} pg_csv_dialect;

/** Comma, semicolon, TAB or bar: the one seen most in the first line, outside quotes; 0 when there is none. */
char pg_csv_delimiter(const pgdp_bytes *in);
/** Bytes up to the end of the first line that is not blank, quoted line ends aside; 0: none in the first MiB. */
size_t pg_csv_header_length(const pgdp_bytes *in, const pg_csv_dialect *dialect);
/**
 * Read all of UTF-8 text without BOM into a grid of ctx->scratch; blank lines are no rows, empty cells no cells.
 * @return PARSE (label:line:column) for NUL bytes, a stray or open quote, a cell above 1 MiB, too many columns
 */
pgdp_status pg_csv_read(pgdp_ctx *ctx, const pgdp_bytes *in, const pg_csv_dialect *dialect, pg_grid *out);
/** The same rows to a taker, some at a time. @param mapping  what the bytes lie in, let go as they are read; or NULL */
pgdp_status pg_csv_stream(pgdp_ctx *ctx, const pgdp_bytes *in, const pg_csv_dialect *dialect, const pg_mapping *mapping,
                          const pg_taker *taker);

#endif
