/* wild.h  The wild cluster bootstrap-t of one coefficient after another, from sums by cluster.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_WILD_H
#define PG_WILD_H

#include "stats/resample.h"

/** What is drawn and how it is read. */
typedef struct pg_wild_plan {
    size_t n_draws;    /**< 2^G where all are taken */
    bool every_draw;   /**< all 2^G sign patterns in place of random ones */
    bool webb;         /**< six points in place of signs */
    bool unrestricted; /**< residuals of the full model in place of those under the null */
    bool equal_tail;   /**< p = 2 min(P(t* < t), P(t* > t)) in place of P(|t*| > |t|) */
    bool ties;         /**< a draw that equals the sample counts as beyond it */
    uint64_t seed;
} pg_wild_plan;

/**
 * The draws of one term, enough to test any null value: with d = (b - b_0) / |rho| the distance from the null and u the
 * residuals of the full model, the draw's numerator is n0 + d n1 and its sum of squares over clusters
 * s00 + 2 d s01 + d^2 s11. In units where the sample has d and s00_sample.
 */
enum { PG_WILD_N0, PG_WILD_N1, PG_WILD_S00, PG_WILD_S01, PG_WILD_S11, PG_WILD_N_SUMS };
typedef struct pg_wild_term {
    double unit;        /**< |rho|: b - b_0 = unit * d */
    double squares;     /**< sum over clusters of the sample's squared scores */
    const double *sums; /**< of the first block of draws: each sum's [block_size], in the enum's order */
    size_t block_size;  /**< draws in a block; the last may have fewer */
    size_t stride;      /**< doubles from a block to the next */
} pg_wild_term;

/** All terms' draws, in ctx->scratch. Cost: one pass of the rows, then O(n_draws * n_groups * n_terms^2). */
pgdp_status pg_wild_draw(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_row_groups *groups, const pg_wild_plan *plan,
                         pg_wild_term **terms);
enum { PG_WILD_MOST_SUMS = 1 << 26 }; /**< doubles that pg_wild_across() may take: 512 MB */
/** wild_effects.c: k0_j[g, h] += z_jg' M (1_h o e), k1_j[g, h] += z_jg' M (1_h o z_j) for absorbed effects that lie
 * across clusters. rho [k x k], column j: z_j in the orthonormal basis; k0, k1: [n_terms] matrices [n_groups x
 * n_groups]. Cost: n_groups (n_terms + 1) columns partialled out. */
pgdp_status pg_wild_across(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_row_groups *groups, const double *rho,
                           pg_matrix *k0, pg_matrix *k1);
/** p-value of the hypothesis b - b_0 = unit * d. */
double pg_wild_p(const pg_wild_term *term, const pg_wild_plan *plan, double d);
/** How far from the estimate, on the side of `sign`, p-values step from above the level to it or below: d of the end of
 * the interval of values not rejected, to the last bit. INFINITY where every value far away is kept. */
double pg_wild_edge(const pg_wild_term *term, const pg_wild_plan *plan, double sign, double level);

#endif
