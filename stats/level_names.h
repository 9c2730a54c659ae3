/* level_names.h  Categories by their names in the terms of a fit.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_LEVEL_NAMES_H
#define PG_LEVEL_NAMES_H

#include "stats/fit.h"

/** "2:age" to "green:age" among the terms of methods whose outcome is a category, and "P(2):age" to "P(green):age"
 * among marginal effects. Called once the fit is done; levels [n] are those of the outcome. */
pgdp_status pg_fit_name_levels(pgdp_ctx *ctx, pgdp_fit *fit, const char *const *levels, size_t n);

#endif
