/* calendar.h  Series by period: what aggregation, disaggregation, splicing and chain-linking share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_CALENDAR_H
#define PG_CALENDAR_H

#include "core/ctx.h"
#include "pgdp/calendar.h"

/** Rows of a frame in the order of their periods; rows without a period are left out. */
typedef struct pg_calendar_rows {
    size_t column; /**< the period column */
    pgdp_frequency frequency;
    const int32_t *period; /**< [n] ascending, each once */
    const size_t *row;     /**< [n] */
    size_t n;
} pg_calendar_rows;
/** In ctx->scratch. @param what  the frame, for messages. @return NOT_FOUND, SHAPE_MISMATCH (a period twice; none) */
pgdp_status pg_calendar_rows_of(pgdp_ctx *ctx, const pgdp_frame *frame, const char *what, pg_calendar_rows *out);
/** A number column by name. @return NOT_FOUND */
pgdp_status pg_calendar_column(pgdp_ctx *ctx, const pgdp_frame *frame, const char *what, const char *name,
                               const double **out);
/** A column of a frame by period. */
typedef struct pg_calendar_side {
    pg_calendar_rows rows;
    const double *values;
} pg_calendar_side;
pgdp_status pg_calendar_side_of(pgdp_ctx *ctx, const pgdp_frame *frame, const char *what, const char *column,
                                pg_calendar_side *out);
/** The value of a period, NaN where it is not there. O(log n). */
double pg_calendar_value(const pg_calendar_rows *rows, const double *values, int64_t period);
/** A frame with a period column and number columns, the first described like `about`, whose cells come from columns of
 * [n]. */
typedef struct pg_calendar_result {
    pgdp_frequency frequency;
    int64_t first;
    size_t n, n_columns;
    const pgdp_column *about;     /**< [n_columns] */
    const double *const *columns; /**< [n_columns][n] */
} pg_calendar_result;
pgdp_status pg_calendar_frame(pgdp_ctx *ctx, const pg_calendar_result *result, pgdp_frame **out);
/** Note a number: KEY, or KEY:NAME. */
pgdp_status pg_calendar_note(pgdp_ctx *ctx, pgdp_frame *frame, const char *key, const char *name, double value);
/** Run with scratch memory of its own; *out is set on success alone. */
typedef pgdp_status (*pg_calendar_fn)(pgdp_ctx *ctx, const void *user, pgdp_frame **out);
pgdp_status pg_calendar_run(pgdp_ctx *ctx, pg_calendar_fn run, const void *user, pgdp_frame **out);

/** The ordinal of the period of frequency `to` that holds a period; shift: months by which years begin before January.
 * A week is held where its Thursday is. */
int64_t pg_calendar_holder(pgdp_period period, pgdp_frequency to, int shift);
/** First day of such a period. */
int64_t pg_calendar_begin(int64_t ordinal, pgdp_frequency to, int shift);

/** How low periods are made of high ones: low period i of the high periods [first[i], first[i] + parts). */
typedef struct pg_link {
    size_t n_low, n_high, parts;
    const size_t *first; /**< [n_low] ascending */
    pgdp_aggregate how;
} pg_link;
/** Weight of high period h in low period i. */
double pg_link_weight(const pg_link *link, size_t i, size_t h);
/** The low value of a high series. */
double pg_link_sum(const pg_link *link, size_t i, const double *high);
/** rows [n_low x n_high] of C diag(z) K, where K carries a shock on: u_h = rho u_(h-1) + e_h. z NULL: ones. */
pgdp_status pg_link_carry(pgdp_ctx *ctx, const pg_link *link, const double *z, double rho, double **out);
/** Source: Denton (1971), J. Am. Stat. Assoc. 66, with Cholette's (1984) free start. @param z  NULL: ones; out [n_high]
 */
pgdp_status pg_denton(pgdp_ctx *ctx, const pg_link *link, const double *low, const double *z, bool proportional,
                      double *out);
/** Source: Chow & Lin (1971), Rev. Econ. Stat. 53; rho 1: Fernandez (1981), Rev. Econ. Stat. 63. */
typedef struct pg_chow_lin {
    double rho;               /**< in: NaN to be estimated; out: as used */
    double *coef, *std_error; /**< [k] */
    double *value, *error;    /**< [n_high] and its standard error */
} pg_chow_lin;
/** @param x  [n_high x k] by columns, the constant among them; arrays of out in ctx->scratch */
pgdp_status pg_chow_lin_fit(pgdp_ctx *ctx, const pg_link *link, const double *low, const double *x, size_t k,
                            pg_chow_lin *out);

#endif
