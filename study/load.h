/* load.h  A study's inputs in memory: read, hashed, checked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_LOAD_H
#define PG_LOAD_H

#include "core/hash.h"
#include "pgdp/ingest.h"
#include "study/spec.h"

/** What was read. */
typedef struct pg_loaded {
    pgdp_dataset *dataset[PG_N_FILES];
    char sha256[PG_N_FILES][PG_SHA256_HEX];
    size_t n_bytes[PG_N_FILES];
} pg_loaded;

/** Read one input. @param file  that names it, for messages. @return IO, PARSE (file:line:column), SHAPE_MISMATCH
 * (rows) */
pgdp_status pg_input_load(pgdp_ctx *ctx, const char *file, const pg_input *input, pgdp_dataset **out,
                          char sha256[PG_SHA256_HEX], size_t *n_bytes);
/** Read every input and check what the study says of it; start with { 0 } and free on every path.
 * @param checks  a row is added for each check. @return as above, and PARSE for the first check that fails */
pgdp_status pg_study_load(pgdp_ctx *ctx, const pg_study *study, pg_loaded *out, pgdp_frame *checks);
void pg_loaded_free(pg_loaded *loaded);
/** The one table of an input; NULL: not given. */
const pgdp_frame *pg_loaded_table(const pg_loaded *loaded, pg_input_index input);

#endif
