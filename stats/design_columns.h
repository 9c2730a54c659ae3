/* design_columns.h  The terms of a formula to the columns of the regressor matrix.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_DESIGN_COLUMNS_H
#define PG_DESIGN_COLUMNS_H

#include "stats/design_rows.h"
#include "stats/formula.h"

/** Terms tied to a frame; in ctx->scratch. */
typedef struct pg_columns {
    const pg_scope *scope;
    const pg_terms *terms;
    struct pg_bound_term *bound; /**< [n of the terms] */
    bool constant;               /**< x begins with the column (Intercept) */
    bool spanned;                /**< a constant is in the model, be it as cut points */
} pg_columns;

/** Find the columns of all terms and compute their numbers. @return NOT_FOUND, BAD_ARGUMENT, NO_MEMORY */
pgdp_status pg_columns_find(pgdp_ctx *ctx, const pg_scope *scope, const pg_terms *terms, bool constant, bool spanned,
                            pg_columns *out);
/** Leave out rows that lack a value of any term. */
void pg_columns_need(const pg_columns *columns, pg_rows *rows);
/** Columns with their names; in ctx->scratch. */
typedef struct pg_filled {
    pgdp_mat x;               /**< [rows kept x n] */
    const char *const *names; /**< [n] */
} pg_filled;
/** Build them over the rows kept, the constant first where there is one; no term at all gives no column.
 * @return NOT_FOUND (a reference level), TOO_FEW_OBS (more columns than rows), NO_MEMORY */
pgdp_status pg_columns_fill(pgdp_ctx *ctx, const pg_columns *columns, const pg_rows *rows, pg_filled *out);

#endif
