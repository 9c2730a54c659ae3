/* batch_spec.h  A batch file as a request: docs/batch.md has the schema.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_BATCH_SPEC_H
#define PG_BATCH_SPEC_H

#include "pgdp/batch.h"
#include "pgdp/ingest.h"
#include "study/yaml.h"

/** Texts and arrays live in the arena that it was read into. */
typedef struct pg_batch_file {
    const char *path, *name, *title;
    const char *data, *format, *sheet, *cache; /**< data: its path; cache: a directory, or NULL */
    const pg_yaml *root;
    pgdp_batch_request request;
    double seed, level; /**< level: of significance */
    size_t n_draws;     /**< of joint inference; 0: none */
    const char *cluster;
} pg_batch_file;

/** All but what needs the data. @return PARSE path:line:column */
pgdp_status pg_batch_file_read(pgdp_ctx *ctx, const char *path, const void *bytes, size_t n, pg_arena *arena,
                               pg_batch_file *out);
/** The options, checked against the columns of the data. @return PARSE, BAD_ARGUMENT, NOT_FOUND: path:line:column */
pgdp_status pg_batch_file_choose(pgdp_ctx *ctx, const pgdp_frame *frame, pg_arena *arena, pg_batch_file *file);

#endif
