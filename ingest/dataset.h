/* dataset.h  The tables of one file while a reader fills them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_DATASET_H
#define PG_DATASET_H

#include "core/file.h"
#include "core/schema.h"
#include "pgdp/ingest.h"

typedef struct pg_table {
    const char *name;
    pgdp_frame *frame;
} pg_table;

struct pgdp_dataset {
    pgdp_allocator allocator;
    pg_arena arena; /* names and the list */
    const char *format;
    const char *note; /* how the bytes were decoded, for the note "encoding" of every table; NULL: as UTF-8 */
    pg_table *tables;
    size_t n_tables, capacity;
    const char *const *columns; /* [n_columns] names that the caller wants; a reader may pass over others; NULL: all */
    size_t n_columns;
    const pg_schema *schema;   /* how the table was described when pgdp wrote it, for readers that know; NULL: not */
    const pg_mapping *mapping; /* what the bytes lie in; NULL: plain memory */
};

pgdp_status pg_dataset_new(pgdp_ctx *ctx, const char *format, pgdp_dataset **out);
/**
 * Add an empty table called name; *frame is filled by the caller and owned by the dataset from the start, so that a
 * reader may return at any line.
 */
pgdp_status pg_dataset_add(pgdp_ctx *ctx, pgdp_dataset *dataset, const char *name, pgdp_frame **frame);

#endif
