/* mean.h  The mean of a nonlinear model: one expression with parameters, its value and derivatives by row.
 * Source: Griewank & Walther (2008), Evaluating Derivatives, ch. 3 (forward mode).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_MEAN_H
#define PG_MEAN_H

#include "stats/design_rows.h"

/** An expression tied to a frame; in ctx->scratch. */
typedef struct pg_mean pg_mean;
/** @param right  names are parameters when `start` gives them a value, columns otherwise
 * @param start   "b1 = 500, b2 = 0.0001"
 * @return BAD_ARGUMENT (start:line:column, formula:line:column), NOT_FOUND: neither parameter nor column */
pgdp_status pg_mean_find(pgdp_ctx *ctx, const pg_scope *scope, const pg_expr *right, const char *start, pg_mean **out);
/** Leave out rows that lack a value of a column named. */
void pg_mean_need(const pg_mean *mean, pg_rows *rows);
/** As the design has it, over the rows kept. */
pgdp_status pg_mean_fill(pgdp_ctx *ctx, const pg_mean *mean, const pg_rows *rows, const pgdp_mean **out);

#endif
