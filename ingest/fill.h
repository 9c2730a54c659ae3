/* fill.h  What readers of fixed layouts share: columns from a list, notes on one column.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_FILL_H
#define PG_FILL_H

#include "core/frame.h"
#include "ingest/dataset.h"

/** Add columns in order, so that in an empty frame their places in the list are their indices. */
pgdp_status pg_add_columns(pgdp_ctx *ctx, pgdp_frame *frame, const pgdp_column *columns, size_t n);
/** Note "KEY:NAME", what is known of one column or series beside its cells; nothing for "". */
pgdp_status pg_note_of(pgdp_ctx *ctx, pgdp_frame *frame, const char *key, const char *name, const char *value);
/** Whether a text's first line begins with these names (NULL-ended), quoted or not, between delimiters. */
bool pg_header_begins(const pgdp_bytes *head, const char *const *names, char delimiter);
/** Units of number columns by name; columns that are not there, or are no numbers, are passed over. */
typedef struct pg_unit_of {
    const char *name, *unit;
} pg_unit_of;
pgdp_status pg_set_units(pgdp_ctx *ctx, pgdp_frame *frame, const pg_unit_of *units, size_t n);
/** Add a table that was made elsewhere; the dataset owns it from here, and frees it on failure too. */
pgdp_status pg_dataset_put(pgdp_ctx *ctx, pgdp_dataset *dataset, pgdp_frame *frame);

#endif
