/* load.h  The runner of the readers, as loading needs it: bytes of a path, unpacked, with the columns wanted.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_LOAD_H
#define PG_LOAD_H

#include "core/file.h"
#include "ingest/csv.h"
#include "ingest/dataset.h"
#include "ingest/table.h"

/** The bytes of a path: mapped when the file is large, else read. */
typedef struct pg_origin {
    pgdp_bytes in;
    pg_mapping mapping;
    unsigned char *read;      /**< NULL: mapped */
    pgdp_bytes description;   /**< of a CSV file, what stands beside it: core/schema.h; n = 0: nothing */
    unsigned char *described; /**< its memory */
} pg_origin;
/** @return IO, NO_MEMORY */
pgdp_status pg_origin_open(pgdp_ctx *ctx, const char *path, pg_origin *out);
void pg_origin_close(pgdp_ctx *ctx, pg_origin *origin);

/** The description beside a file that is named by the label of bytes in memory, if there is one. */
pgdp_status pg_origin_describe(pgdp_ctx *ctx, pg_origin *origin);
/** pgdp_ingest() of an open path with the columns wanted. */
pgdp_status pg_ingest(pgdp_ctx *ctx, const pgdp_load *how, const pg_origin *origin, pgdp_dataset **out);
/** How a text is cut up and its cells are taken, from its first bytes (without BOM): all that its reader does. */
typedef void pg_manner(const pgdp_bytes *head, pg_csv_dialect *dialect, pg_rules *rules);
pg_manner pg_csv_manner, pg_onet_manner;
/** The manner of the reader that is named, or is the one for these first bytes; NULL: it does more. */
pg_manner *pg_manner_of(const char *format, const pgdp_bytes *head);
/** The one table of a dataset, with the columns that it wants. */
pgdp_status pg_read_in_manner(pgdp_ctx *ctx, const pgdp_bytes *in, pg_manner *manner, pgdp_dataset *out);
/** pgdp_load_table() from an open path, without a cache and with one. */
pgdp_status pg_load(pgdp_ctx *ctx, const char *path, const pg_origin *origin, const pgdp_load *how, pgdp_frame **out);
pgdp_status pg_cache_load(pgdp_ctx *ctx, const char *path, const pg_origin *origin, const pgdp_load *how,
                          pgdp_frame **out);

#endif
