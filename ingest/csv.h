/* csv.h  Delimited text to a grid of cells: the only door to libcsv.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_CSV_H
#define PG_CSV_H

#include "ingest/grid.h"
#include "pgdp/ingest.h"

typedef struct pg_csv_dialect {
    char delimiter;
    char quote;       /**< 0: a quote is an ordinary character, as in LABSTAT and O*NET text */
    bool keep_blanks; /**< blanks around unquoted cells carry meaning */
} pg_csv_dialect;

/** Comma, semicolon, TAB or bar: the one seen most in the first line, outside quotes; 0 when there is none. */
char pg_csv_delimiter(const pgdp_bytes *in);
/**
 * Read all of UTF-8 text without BOM into a grid of ctx->scratch; blank lines are no rows, empty cells no cells.
 * @return PARSE (label:line:column) for NUL bytes, a stray or open quote, a cell above 1 MiB, too many columns
 */
pgdp_status pg_csv_read(pgdp_ctx *ctx, const pgdp_bytes *in, const pg_csv_dialect *dialect, pg_grid *out);

#endif
