/* inputs.h  The source files while data/ is compiled: read once, found by id; columns by name, rows by key.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_INPUTS_H
#define PG_INPUTS_H

#include "compile/sources.h"
#include "core/csv_out.h"
#include "core/hash.h"
#include "core/map.h"
#include "core/text.h"
#include "pgdp/ingest.h"

/** One source, read when it is first asked for. */
typedef struct pg_input {
    pgdp_dataset *dataset;
    const char *file;           /**< that was read, below the folder */
    char sha256[PG_SHA256_HEX]; /**< "" until it was read */
} pg_input;
/** All of them, by the number of pg_source_at(). */
typedef struct pg_inputs {
    const char *from_dir;
    pg_input *inputs;
    size_t n;
} pg_inputs;

pgdp_status pg_inputs_open(pgdp_ctx *ctx, const char *from_dir, pg_arena *arena, pg_inputs *out);
void pg_inputs_close(pg_inputs *inputs);
/** Read a source, if that has not been done. @return IO names its path and where to download it */
pgdp_status pg_inputs_read(pgdp_ctx *ctx, pg_inputs *inputs, size_t number);
/** A table of a source by name; NULL: its first. @return NOT_FOUND (no such source), PARSE (no such table) */
pgdp_status pg_inputs_table(pgdp_ctx *ctx, pg_inputs *inputs, const char *id, const char *table,
                            const pgdp_frame **out);
/** Indices of n columns by the publisher's names. @return PARSE names source and column */
pgdp_status pg_input_columns(pgdp_ctx *ctx, const char *id, const pgdp_frame *frame, const char *const *names, size_t n,
                             size_t *columns);

/** All rows of a source's first table, in n columns by the publisher's names, under a header of ours (ended by NULL).
 * @return PARSE names source and column */
pgdp_status pg_copy_columns(pgdp_ctx *ctx, pg_inputs *inputs, const char *id, const char *const *names,
                            const char *const *header, pg_csv_out *out);

/** The rows of a frame that share a key of one or two cells, in the frame's order. */
typedef struct pg_groups {
    pg_map map;
    pg_text key;          /**< where keys are built; numbers in it have one form: "8823.0" is "8823" */
    size_t *first, *next; /**< by group; by row, PGDP_NONE at a group's end */
} pg_groups;
/** @param columns two of them; PGDP_NONE as the second: the key has one cell */
pgdp_status pg_groups_of(pgdp_ctx *ctx, const pgdp_frame *frame, const size_t columns[2], pg_groups *out);
/** First row with this key, or PGDP_NONE; the others follow by `next`. `second` may be NULL. */
size_t pg_groups_find(pg_groups *groups, const char *first, const char *second);
/** The same for the key that another frame's row holds. */
size_t pg_groups_match(pg_groups *groups, const pgdp_frame *frame, const size_t columns[2], size_t row);
/** "Active Listening" -> "active_listening", in the context's scratch; NULL: no memory. */
char *pg_slug(pgdp_ctx *ctx, const char *name);

#endif
