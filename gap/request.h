/* request.h  A study's bottom-up request: checked, its parameters drawn, its cells evaluated at given values.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_GAP_REQUEST_H
#define PG_GAP_REQUEST_H

#include "gap/model.h"

/** Workloads, new tasks and parameters in their ranges? Names the row or parameter. */
pgdp_status pg_check_request(pgdp_ctx *ctx, const pgdp_gap_request *request);
/** Is one value in the range of parameter i? */
pgdp_status pg_check_parameter_value(pgdp_ctx *ctx, size_t i, double value);
/** Value of parameter i at probability u in (0, 1), by inversion; held inside the range of the list. */
double pg_parameter_draw(const pgdp_parameter *parameter, size_t i, double u);
/** Values of the central run, [PGDP_N_PARAMETERS]. */
void pg_central_values(const pgdp_gap_request *request, double *values);
/** The aggregates at these values; cells: room for 2 n_work. work stands for the request's own rows. */
void pg_request_evaluate(const pgdp_gap_request *request, const pgdp_workload *work, const double *values,
                         pgdp_gap_cell *cells, pgdp_gap *out);

#endif
