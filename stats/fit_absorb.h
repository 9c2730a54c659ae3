/* fit_absorb.h  Absorbed effects in the runner: what they leave of a design, and what they count.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_FIT_ABSORB_H
#define PG_FIT_ABSORB_H

#include "stats/fit.h"

/** Set fit->absorber, and fit->working to the design with the effects partialled out of y, x and z (Frisch, Waugh &
 * Lovell), where the method leaves that to the runner. @return BAD_ARGUMENT: the method has no absorbed effects */
pgdp_status pg_fit_absorb(pgdp_ctx *ctx, const pgdp_design *design, pgdp_fit *fit);
/** After the fit: rank of the effects, total sum of squares of the outcome given. @return TOO_FEW_OBS */
pgdp_status pg_fit_count_absorbed(pgdp_ctx *ctx, const pgdp_design *design, pgdp_fit *fit);

/** sizes [n_terms]: norms, in the design's weights, of columns x [nobs x n_terms]. */
void pg_fit_term_sizes(const pgdp_design *design, const double *x, double *sizes);
/** x is what the effects left of columns of the sizes `before`, [nobs x n_terms]: a column that depends on those before
 * it, but for the rounding that effects far larger than it leave, is made to, so that the method refuses it by name. */
pgdp_status pg_fit_settle_terms(pgdp_ctx *ctx, const pgdp_design *design, const double *before, double *x);
/** Note how well the projection was done among the fit's diagnostics. */
void pg_fit_add_absorption(pgdp_fit *fit, const pg_absorption *absorption);

#endif
