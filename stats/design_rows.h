/* design_rows.h  Which rows of a frame a model uses, and in which order.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_DESIGN_ROWS_H
#define PG_DESIGN_ROWS_H

#include "pgdp/regression.h"
#include "stats/eval.h"

/** The first reason that leaves a row out counts. */
typedef enum pg_row_state {
    PG_ROW_KEPT,
    PG_ROW_SUBSET,
    PG_ROW_MISSING,
    PG_ROW_ZERO_WEIGHT,
    PG_ROW_SINGLETON,
    PG_ROW_SEPARATED,
    PG_N_ROW_STATES
} pg_row_state;
/** Rows while they are chosen; in ctx->scratch. */
typedef struct pg_rows {
    unsigned char *state; /**< [n_all] of pg_row_state */
    size_t n_all;
    size_t first;                 /**< row of the data that the first of these is */
    const struct pg_known *known; /**< levels over all blocks of a table: stream_levels.h; NULL: those of these rows */
    size_t *kept;                 /**< [n], once closed */
    size_t n;
    int32_t *period; /**< [n], once sorted by a panel with a time; NULL: none */
    size_t *entity;  /**< [n]; NULL: none */
} pg_rows;

/** Are all rows kept, in their order? */
static inline bool pg_rows_are_all(const pg_rows *rows)
{
    return rows->n == rows->n_all && rows->period == NULL;
}

/** All rows, less those for which `subset` (NULL: none) is false or missing. @return what pg_eval_numbers() does */
pgdp_status pg_rows_init(pgdp_ctx *ctx, const pg_scope *scope, const char *subset, pg_rows *out);
/** Leave out rows whose number is not finite. */
void pg_rows_need_numbers(pg_rows *rows, const double *values);
/** Leave out rows whose cell is missing. */
void pg_rows_need_cells(pg_rows *rows, const pgdp_frame *frame, size_t column);
/** Leave out rows of weight 0. @return BAD_ARGUMENT: a negative weight, a frequency that is not whole (names the row)
 */
pgdp_status pg_rows_need_weights(pgdp_ctx *ctx, pg_rows *rows, const double *weights, pgdp_weights kind);
/** List the rows kept. @return TOO_FEW_OBS: none */
pgdp_status pg_rows_close(pgdp_ctx *ctx, pg_rows *rows, pgdp_dropped *dropped);
/** TOO_FEW_OBS: of n_all rows none is kept, and why. */
pgdp_status pg_rows_refuse(pgdp_ctx *ctx, size_t n_all, const pgdp_dropped *dropped);
/** Leave out further rows after closing: drop [n of the rows kept]. */
void pg_rows_drop(pg_rows *rows, const bool *drop, pg_row_state reason, pgdp_dropped *dropped);
/** Sort by entity (PGDP_NONE: one) and time. @return BAD_ARGUMENT: a time that is not whole or stands twice */
pgdp_status pg_rows_sort(pgdp_ctx *ctx, const pgdp_frame *frame, size_t entity, size_t time, pg_rows *rows);

#endif
