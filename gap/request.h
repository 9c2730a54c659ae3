/* request.h  A study's bottom-up request: checked, its parameters drawn, its workloads evaluated at given values.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_GAP_REQUEST_H
#define PG_GAP_REQUEST_H

#include "gap/model.h"
#include "gap/rows.h"

/** Workloads, new tasks and parameters in their ranges? Names the row or parameter. */
pgdp_status pg_check_request(pgdp_ctx *ctx, const pgdp_gap_request *request);
/** Is one value in the range of parameter i? */
pgdp_status pg_check_parameter_value(pgdp_ctx *ctx, size_t i, double value);
/** Value of parameter i at probability u in (0, 1), by inversion; held inside the range of the list. */
double pg_parameter_draw(const pgdp_parameter *parameter, size_t i, double u);
/** Values of the central run, [PGDP_N_PARAMETERS]. */
void pg_central_values(const pgdp_gap_request *request, double *values);
/** The workloads of a request, made ready for many draws. */
typedef struct pg_crowd {
    const pgdp_gap_request *request;
    pg_work_rows *blocks; /**< [n_blocks] */
    size_t n_blocks;
} pg_crowd;
/** In ctx->scratch; the request is borrowed. */
pgdp_status pg_crowd_new(pgdp_ctx *ctx, const pgdp_gap_request *request, pg_crowd *out);
/** The aggregates at these values, every capability z standard errors off on the logit scale (0: as it is). A
 * workload's two cells are one row with a share in house: the sums of pgdp_gap_cells() but for rounding. */
void pg_crowd_evaluate(const pg_crowd *crowd, const double *values, double z, pgdp_gap *out);

#endif
