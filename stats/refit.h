/* refit.h  The same estimator on other data: what bootstraps, jackknives and permutations call beside fit.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_REFIT_H
#define PG_REFIT_H

#include "stats/fit.h"

/** pg_fit_refit() of rows drawn with their groups: an entity drawn twice is two entities.
 * @param copy  [n] number of the draw that a row came with; NULL: entities stay as they are */
pgdp_status pg_refit_drawn(pgdp_ctx *ctx, const pgdp_fit *fit, const size_t *rows, const size_t *copy, size_t n,
                           double *estimate);
/** The estimator alone on another design of the same terms. */
pgdp_status pg_refit_design(pgdp_ctx *ctx, const pgdp_fit *fit, const pgdp_design *design, double *estimate);
/** Is a failure one of the data drawn (a term, a category or the maximum is gone) and not of memory or settings? */
bool pg_refit_is_of_data(pgdp_status status);

#endif
