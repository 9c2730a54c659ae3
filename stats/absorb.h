/* absorb.h  Absorbed fixed effects as a projection: M = I - D (D'WD)^- D'W takes from a column what the effects
 * explain. Source: Guimaraes & Portugal (2010), Stata J. 10(4); Gaure (2013), Comput. Stat. Data Anal. 66; Abowd,
 * Creecy & Kramarz (2002) for the rank. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_ABSORB_H
#define PG_ABSORB_H

#include "core/ctx.h"
#include "pgdp/stats.h"

/** The effects tied to rows and weights; in ctx->scratch. */
typedef struct pg_absorber pg_absorber;
/** How well a projection was done. */
typedef struct pg_absorption {
    const char *solver; /**< "group_means" (one effect: exact), ... */
    bool fell_back;     /**< conjugate gradients ran out of steps, and a sparse factor finished the column */
    size_t iterations;  /**< the most of any column */
    double residual;    /**< largest |D'W M x| of a level relative to sum |W x| of it, over columns */
} pg_absorption;

/** @param weights  [n_rows] > 0, or NULL. Cost: O(n_rows * n_effects). @return BAD_ARGUMENT (shape), NO_MEMORY */
pgdp_status pg_absorber_new(pgdp_ctx *ctx, const pgdp_effect *effects, size_t n_effects, size_t n_rows,
                            const double *weights, pg_absorber **out);
/** The same effects under other weights, as in each step of iterated weighted least squares. */
pgdp_status pg_absorber_reweight(pgdp_ctx *ctx, pg_absorber *absorber, const double *weights);
/**
 * Replace each of n columns [n_rows] by M column; relative to the column's own size, so that its unit does not matter.
 * @param tol  of pg_absorption.residual; 0: 1e-14 or what double precision gives
 * @param out  may be NULL
 * @return NO_CONVERGENCE (names the column's index and the residual reached)
 * The same bits for every number of threads, whatever other columns are beside.
 */
pgdp_status pg_absorb(pgdp_ctx *ctx, const pg_absorber *absorber, double *const *columns, size_t n, double tol,
                      pg_absorption *out);
/** columns[j] = M from[j], which stays, with all digits; otherwise as pg_absorb(). */
pgdp_status pg_absorb_into(pgdp_ctx *ctx, const pg_absorber *absorber, const double *const *from,
                           double *const *columns, size_t n, pg_absorption *out);
/** Coefficients of the effects of a column: column = sum of the effects + what pg_absorb() leaves; effect e's levels
 * stand at out[e], [n_levels], the first level of each later intercept effect of a component at 0. */
pgdp_status pg_absorber_coefficients(pgdp_ctx *ctx, const pg_absorber *absorber, const double *column,
                                     double *const *out);
/** Rank of all effects together, a constant among them; *is_bound: at most this, else exactly: absorb_rank.c. */
size_t pg_absorber_rank(const pg_absorber *absorber, bool *is_bound);
/** What effect i adds to the rank of those before it. */
size_t pg_absorber_rank_of(const pg_absorber *absorber, size_t i);
/** Is every level of an effect within one group of the clustering? One pass over the rows. */
pgdp_status pg_effect_is_nested(pgdp_ctx *ctx, const pgdp_effect *effect, const size_t *cluster, size_t n_rows,
                                bool *out);
/** Rows alone in a level of an effect, again and again until there is none: drop[i] = true. Source: Correia (2015). */
pgdp_status pg_singletons(pgdp_ctx *ctx, const pgdp_effect *effects, size_t n_effects, size_t n_rows, bool *drop,
                          size_t *n_dropped);

#endif
