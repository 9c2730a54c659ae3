/* load.h  A study's inputs in memory: read, hashed, checked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_LOAD_H
#define PG_LOAD_H

#include "core/hash.h"
#include "pgdp/ingest.h"
#include "study/spec.h"

/** What was read. */
typedef struct pg_loaded {
    pgdp_dataset *dataset[PG_N_INPUTS];
    char sha256[PG_N_INPUTS][PG_SHA256_HEX];
    size_t n_bytes[PG_N_INPUTS];
} pg_loaded;

/** Read every input; start with { 0 } and free on every path. @return IO, PARSE (file:line:column), SHAPE_MISMATCH
 * (rows) */
pgdp_status pg_study_load(pgdp_ctx *ctx, const pg_study *study, pg_loaded *out);
void pg_loaded_free(pg_loaded *loaded);
/** The one table of an input. */
const pgdp_frame *pg_loaded_table(const pg_loaded *loaded, pg_input_index input);

#endif
