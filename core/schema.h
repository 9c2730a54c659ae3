/* schema.h  What the cells of a CSV file or a workbook do not say of a table: types, units, notes. Written with it as
 * metadata of CSV on the Web, and put on again when the table is read. Source: W3C, Metadata Vocabulary for Tabular
 * Data (2015); docs/roundtrip.md. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_SCHEMA_H
#define PG_SCHEMA_H

#include "core/frame.h"
#include "core/text.h"

#define PG_SCHEMA_ENDING "-metadata.json" /**< of the file beside a CSV file, after its whole name */
#define PG_SCHEMA_SHEET  "Data"           /**< the sheet of an exported workbook */

typedef struct pg_schema_column {
    pgdp_column about;
    const char *missing; /**< what a missing cell holds; "": nothing */
} pg_schema_column;
/** A description, in ctx->scratch. */
typedef struct pg_schema {
    const char *url; /**< name of the file; "#NAME" of a sheet */
    pg_schema_column *columns;
    size_t n_columns;
    const char *(*notes)[2]; /**< key and value */
    size_t n_notes;
    const char **texts; /**< names of the text columns, NULL-ended */
} pg_schema;

/** Describe a frame, which is borrowed. @param marks  in a column where an empty cell is an empty text, missing cells
 * hold a mark. @return BAD_ARGUMENT for a column without a name */
pgdp_status pg_schema_of(pgdp_ctx *ctx, const pgdp_frame *frame, const char *url, bool marks, pg_schema *out);
/** As JSON. */
pgdp_status pg_schema_print(pgdp_ctx *ctx, const pg_schema *schema, const pgdp_sink *sink);
/** From JSON as pg_schema_print() writes it. @return PARSE for any other */
pgdp_status pg_schema_parse(pgdp_ctx *ctx, const char *label, const void *bytes, size_t n, pg_schema *out);
/**
 * Put a description on the table that was read by it, or on some of its columns: types, frequencies, attributes, notes.
 * @param label  for messages. @return PARSE when a cell is not what the description says
 */
pgdp_status pg_schema_apply(pgdp_ctx *ctx, const char *label, const pg_schema *schema, pgdp_frame *frame);

#endif
