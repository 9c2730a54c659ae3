/* check.h  Is a design one that can be fitted?
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_CHECK_H
#define PG_CHECK_H

#include "stats/fit.h"

/** Shapes, finite values, weights, categories, enough rows; sets the fit's nobs and n_cuts (its estimator is set). */
pgdp_status pg_design_check(pgdp_ctx *ctx, const pgdp_design *design, pgdp_fit *fit);

#endif
