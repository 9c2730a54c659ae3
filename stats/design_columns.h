/* design_columns.h  The terms of a formula to the columns of the regressor matrix.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_DESIGN_COLUMNS_H
#define PG_DESIGN_COLUMNS_H

#include "stats/design_rows.h"
#include "stats/formula.h"

/** Terms tied to a frame; in ctx->scratch. */
typedef struct pg_columns {
    const pgdp_frame *frame;
    const pg_formula *formula;
    struct pg_bound_term *terms; /**< [n_terms of the formula] */
    bool constant;               /**< x begins with the column (Intercept) */
    bool spanned;                /**< a constant is in the model, be it as cut points */
} pg_columns;

/** Find the columns of all terms and compute their numbers. @return NOT_FOUND, BAD_ARGUMENT, NO_MEMORY */
pgdp_status pg_columns_find(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_formula *formula, bool constant,
                            bool spanned, pg_columns *out);
/** Leave out rows that lack a value of any term. */
void pg_columns_need(const pg_columns *columns, pg_rows *rows);
/** Build x, its names and its constant over the rows kept.
 * @return NOT_FOUND (a reference level), TOO_FEW_OBS (more columns than rows), NO_MEMORY */
pgdp_status pg_columns_fill(pgdp_ctx *ctx, const pg_columns *columns, const pg_rows *rows, pgdp_design *out);

#endif
