/* ledger.h  What a folder of downloads remembers of its files: fetched.csv.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_LEDGER_H
#define PG_LEDGER_H

#include "core/ctx.h"

typedef struct pg_ledger_row {
    const char *file, *sha256, *etag, *last_modified; /**< "": the server told none */
} pg_ledger_row;
typedef struct pg_ledger {
    const char *path;
    pg_arena arena;
    pg_ledger_row *rows;
    size_t n, capacity;
} pg_ledger;

/** Read the ledger; one that is not there is empty. @return PARSE, IO, NO_MEMORY */
pgdp_status pg_ledger_open(pgdp_ctx *ctx, const char *path, pg_ledger *out);
void pg_ledger_close(pg_ledger *ledger);                                  /**< a zeroed one is fine */
pg_ledger_row *pg_ledger_find(const pg_ledger *ledger, const char *file); /**< NULL: not in it */
/** Say anew what is known of a file. @param as  its sha256, etag, last_modified; NULL: none */
pgdp_status pg_ledger_set(pgdp_ctx *ctx, pg_ledger *ledger, const pg_ledger_row *as);
/** Put it on the disk, whole or not at all. */
pgdp_status pg_ledger_write(pgdp_ctx *ctx, const pg_ledger *ledger);

#endif
