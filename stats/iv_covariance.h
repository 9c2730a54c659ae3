/* iv_covariance.h  The fit's covariance for regressions beside the fit: first stages, augmented regressions, moments.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_IV_COVARIANCE_H
#define PG_IV_COVARIANCE_H

#include "stats/fit.h"

/** Can the fit's own covariance be computed for other scores? Not a bootstrap's, which refits, and not one whose
 * settings are not among its factors. */
bool pg_iv_covariance_is_own(const pgdp_fit *fit);
/** The fit's own, or what comes nearest: cluster with clusters, else HC1. */
const pgdp_vcov *pg_iv_covariance(const pgdp_fit *fit);
/** Compute it for an inner fit with its scores and bread: allocates vcov, which lives in the scratch as all of it. */
pgdp_status pg_iv_covariance_compute(pgdp_ctx *ctx, const pgdp_fit *fit, const pgdp_design *design, pgdp_fit *inner);

#endif
