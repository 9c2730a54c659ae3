/* columns.h  Columns of an input table by name, with an error that names the table, the column and the nearest one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_TASKS_COLUMNS_H
#define PG_TASKS_COLUMNS_H

#include "core/ctx.h"
#include "pgdp/frame.h"

/** A frame and what to call it in messages: the stem of its file in data/. */
typedef struct pg_table {
    const pgdp_frame *frame;
    const char *name;
} pg_table;

/** A numeric column, [n_rows]. @return NOT_FOUND (with the nearest name), SHAPE_MISMATCH (it holds text) */
pgdp_status pg_table_reals(pgdp_ctx *ctx, pg_table table, const char *column, const double **out);
/** The index of a text column. @return as pg_table_reals() */
pgdp_status pg_table_texts(pgdp_ctx *ctx, pg_table table, const char *column, size_t *out);
/** One cell of a text column that must be there. @return SHAPE_MISMATCH (names table, row, column) */
pgdp_status pg_table_key(pgdp_ctx *ctx, pg_table table, size_t column, size_t row, const char **out);
/** Refuse a table that was not given. @return BAD_ARGUMENT */
pgdp_status pg_table_given(pgdp_ctx *ctx, pg_table table);

#endif
