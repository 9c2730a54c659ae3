/* store_args.h  What the commands on a store share: its flags, asking it, writing a table by the name's ending.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGC_STORE_ARGS_H
#define PGC_STORE_ARGS_H

#include "cli/cli.h"
#include "pgdp/store.h"

enum { PGC_MAX_NAMES = 1024 };

/** Arguments of a command on a store, as given. */
typedef struct pgc_store_args {
    const char *store, *until, *document, *table, *out;
    const char *frequency;
    bool documents, bytes;
    pgdp_store_query query;
    const char *names[PGC_MAX_NAMES]; /**< the other arguments */
    size_t n_names;
} pgc_store_args;
/** How many names a command takes; `which` asks for those that lack: "which series?". */
typedef struct pgc_names {
    size_t least, most;
    const char *which;
} pgc_names;
/** @return false after a usage message */
bool pgc_store_parse(pgc_app *app, int argc, char **argv, pgc_names names, pgc_store_args *out);
/** Asks an open store; the frame is shown even when the status is a failure. */
typedef pgdp_status (*pgc_store_ask)(pgdp_ctx *ctx, pgdp_store *store, const pgc_store_args *args, pgdp_frame **out);
/** Open the store for reading, ask, show the answer under schema pgdp.data.NAME/1; the exit code. */
int pgc_store_answer(pgc_app *app, const pgc_store_args *args, const char *name, pgc_store_ask ask);
/** Write a table as .csv, .xlsx or else a columnar file. */
pgdp_status pgc_frame_write(pgc_app *app, const pgdp_frame *frame, const char *path);

/** What of a document stays: tables, bytes or observations, or a usage message; text NULL leaves *out. */
bool pgc_keep(const pgc_app *app, const char *text, pgdp_store_keep *out);

#endif
