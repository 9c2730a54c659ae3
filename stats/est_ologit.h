/* est_ologit.h  The ordered logit as a likelihood.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_EST_OLOGIT_H
#define PG_EST_OLOGIT_H

#include "stats/likelihood.h"

extern const pg_model pg_ologit_model;
/** Cuts for slopes of zero, from the shares of the categories; in the scratch. */
pgdp_status pg_ologit_start(pgdp_ctx *ctx, const pgdp_design *design, size_t n_cuts, double **cuts, double *log_lik);

#endif
