/* eval_check.h  Whether an expression means something over a frame's columns.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_EVAL_CHECK_H
#define PG_EVAL_CHECK_H

#include "stats/eval.h"

/** What a node is: a number by row, a text column, a period column, a quoted text. */
typedef enum pg_kind { PG_KIND_NUMBER, PG_KIND_TEXT, PG_KIND_PERIOD, PG_KIND_STRING } pg_kind;
/** Of a node whose names are columns. */
pg_kind pg_eval_kind(const pgdp_frame *frame, const pg_expr *expr);
/** @return NOT_FOUND (a column), BAD_ARGUMENT (text where a number is due, and the like) */
pgdp_status pg_eval_check(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_expr *expr);
/** Lags need a panel. @return BAD_ARGUMENT: there is none, or one in which they have no meaning */
pgdp_status pg_eval_check_lags(pgdp_ctx *ctx, const pg_scope *scope, const pg_expr *expr);
/** A text column that a reader took for numbers at first is most likely one with a wrong cell: say where, and do not
 * take it for levels unasked. @return PARSE file:line:column */
pgdp_status pg_eval_not_stray(pgdp_ctx *ctx, const pgdp_frame *frame, size_t column);

#endif
