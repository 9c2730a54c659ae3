/* glance.h  A model's summary, from what its estimator and covariance left.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_GLANCE_H
#define PG_GLANCE_H

#include "stats/fit.h"

void pg_glance_clear(pgdp_glance *glance); /**< all NaN */
/** The test that all terms but the constant (and the cut points) are zero, and everything that follows from sums. */
pgdp_status pg_glance_complete(pgdp_ctx *ctx, const pgdp_design *design, pgdp_fit *fit);

/** Half an interval in standard errors, kept while level and degrees of freedom stay: the quantile of t takes as long
 * as eight of its tails. Starts as { 0 }. */
typedef struct pg_width {
    double conf_level, df, value;
} pg_width;
/** pgdp_fit_tidy() of one term after another. */
pgdp_tidy pg_fit_tidy(const pgdp_fit *fit, size_t i, double conf_level, pg_width *width);

#endif
