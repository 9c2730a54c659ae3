/* glance.h  A model's summary, from what its estimator and covariance left.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_GLANCE_H
#define PG_GLANCE_H

#include "stats/fit.h"

void pg_glance_clear(pgdp_glance *glance); /**< all NaN */
/** The test that all terms but the constant (and the cut points) are zero, and everything that follows from sums. */
pgdp_status pg_glance_complete(pgdp_ctx *ctx, const pgdp_design *design, pgdp_fit *fit);

#endif
