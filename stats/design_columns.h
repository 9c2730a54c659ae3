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
    pgdp_mat x;   /**< [rows kept x n] */
    pgdp_mat low; /**< what rounding took from x, the same shape: x + low is right to 1e-30; n_cols 0: nothing */
    const char *const *names; /**< [n] */
} pg_filled;
/** Build them over the rows kept, the constant first where there is one; no term at all gives no column.
 * @return NOT_FOUND (a reference level), TOO_FEW_OBS (more columns than rows), NO_MEMORY */
pgdp_status pg_columns_fill(pgdp_ctx *ctx, const pg_columns *columns, const pg_rows *rows, pg_filled *out);

/** The same step by step: bind levels and polynomials to the rows and count the columns; name them, [n]; write them to
 * x [rows x n], zeros before, and (NULL: not wanted) what rounding took. */
pgdp_status pg_columns_size(pgdp_ctx *ctx, const pg_columns *columns, const pg_rows *rows, size_t *n_columns);
pgdp_status pg_columns_name(pgdp_ctx *ctx, const pg_columns *columns, const char **names);
void pg_columns_write(const pg_columns *columns, const pg_rows *rows, double *x, double *low);
/** The i-th term's numbers of all rows of the frame, where it is one column of them; NULL: levels, products, poly(). */
const double *pg_columns_number(const pg_columns *columns, size_t i);
/** The i-th part that stands for levels; false: past the last. */
bool pg_columns_factor(const pg_columns *columns, size_t i, const pg_part **part, size_t *column);

/** The levels of one factor over the rows used, and which of them have a column; in ctx->scratch. */
typedef struct pg_factor {
    pg_levels levels;
    const size_t *slot;  /**< [levels.n] column of a level; PGDP_NONE: it is left out */
    const size_t *shown; /**< [n] level of a column */
    size_t n;            /**< columns */
} pg_factor;
/** @param redundant  the model has the term without this factor: by default the first level is left out
 * @return NOT_FOUND (ref, keep or bin names no level), BAD_ARGUMENT (a width for text, no level left), NO_MEMORY */
pgdp_status pg_factor_new(pgdp_ctx *ctx, const pgdp_frame *frame, size_t column, const pg_part *part,
                          const pg_rows *rows, bool redundant, pg_factor *out);

/** The lower end of the bin of width w that holds x, to 15 digits: with w = 0.1, 0.3 is in the bin 0.3. */
double pg_bin_of(double x, double w);

/** Numbers of all rows, and what rounding took from them (NULL: nothing). */
typedef struct pg_numbers {
    const double *hi, *lo;
} pg_numbers;
/** The columns of poly(x, n) over the rows kept, [rows x degree] each; lo of raw powers alone, else NULL.
 * @return TOO_FEW_OBS: fewer distinct values than columns and the constant */
pgdp_status pg_basis_fill(pgdp_ctx *ctx, const pg_part *part, const pg_numbers *x, const pg_rows *rows,
                          pg_numbers *out);

#endif
