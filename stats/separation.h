/* separation.h  Rows whose outcome terms and effects predict perfectly, found before a fit.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_SEPARATION_H
#define PG_SEPARATION_H

#include "stats/absorb_system.h"

/** Rows of levels of an absorbed intercept where every outcome left is at most `low` (or at least `high`), again and
 * again: drop[i] = true. @param high  HUGE_VAL: only low ones */
pgdp_status pg_separated_levels(pgdp_ctx *ctx, const pgdp_design *design, double low, double high, bool *drop);
/** The same of levels that need not stand in an array: of effects n_levels and slope are looked at. */
typedef struct pg_levels_of_outcome {
    pg_level_source levels;
    const pgdp_effect *effects;
    size_t n_effects, n_rows;
    const double *y; /**< of each row, where the levels say that it stands */
    double low, high;
} pg_levels_of_outcome;
pgdp_status pg_separated_of_levels(pgdp_ctx *ctx, const pg_levels_of_outcome *q, bool *drop);
/** Rows with y = 0 of a Poisson model that some combination z of terms and effects, 0 wherever y > 0, has on one side:
 * a certificate z with z >= 0 where y = 0 and z > 0 in the rows dropped. */
pgdp_status pg_separated_zeros(pgdp_ctx *ctx, const pgdp_design *design, bool *drop);

#endif
