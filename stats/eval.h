/* eval.h  Expressions over the columns of a frame: numbers by row, levels by row.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_EVAL_H
#define PG_EVAL_H

#include "pgdp/frame.h"
#include "stats/expr.h"
#include "stats/panel.h"

/** Where the names of an expression are looked up. */
typedef struct pg_scope {
    const pgdp_frame *frame;
    const pg_panel *panel; /**< for l(), f(), d(), s(); NULL: these are refused, naming --panel */
    bool decimal;          /**< pg_eval_exact() takes columns for the decimals that they were written as */
} pg_scope;

/** The column that a name node means, whole and case-sensitive. @return NOT_FOUND with a suggestion */
pgdp_status pg_eval_column(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_expr *name, size_t *column);
/**
 * Numbers of an expression, [n_rows of the frame]; not finite: missing. A period column counts in years: 2031Q2 is
 * 2031.25. Comparisons give 1, 0 or missing; `&` and `|` are three-valued.
 *
 * @param[out] out  the frame's own column or memory of ctx->scratch
 * @return NOT_FOUND, BAD_ARGUMENT (text where a number is due), NO_MEMORY. Cost: O(rows * nodes).
 */
pgdp_status pg_eval_numbers(pgdp_ctx *ctx, const pg_scope *scope, const pg_expr *expr, const double **out);
/** The same, with what rounding took from sums, differences, products, quotients and whole powers of columns: out + low
 * is right to 1e-30 relative, functions such as log counting as exact. @param[out] low  NULL: nothing in any row */
pgdp_status pg_eval_exact(pgdp_ctx *ctx, const pg_scope *scope, const pg_expr *expr, const double **out,
                          const double **low);
/** A period as years since year 0, at the period's first day. */
double pg_period_years(pgdp_period period);

/** The distinct values of a column over some rows, sorted: numbers by size, periods by time, text by bytes. */
typedef struct pg_levels {
    size_t n;
    const char *const *names; /**< [n] */
    const size_t *index;      /**< [n_rows given]: level of each */
} pg_levels;
/** Levels of a column over rows[0..n_rows), none of them missing there; in ctx->scratch. Cost: O(n_rows + n log n). */
pgdp_status pg_levels_of_column(pgdp_ctx *ctx, const pgdp_frame *frame, size_t column, const size_t *rows,
                                size_t n_rows, pg_levels *out);
/** The same of numbers. */
pgdp_status pg_levels_of_numbers(pgdp_ctx *ctx, const double *values, const size_t *rows, size_t n_rows,
                                 pg_levels *out);
/** The same of a column's cells as numbers (codes of texts, ordinals of periods); frame NULL: plain numbers. The frame
 * need not have rows. */
pgdp_status pg_levels_of_keys(pgdp_ctx *ctx, const pgdp_frame *frame, size_t column, const double *keys, size_t n,
                              pg_levels *out);
/** The level that a literal node (ref = "b") names; PGDP_NONE: none. */
size_t pg_levels_find(const pg_levels *levels, const pg_expr *literal);

#endif
