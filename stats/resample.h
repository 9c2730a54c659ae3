/* resample.h  What resampling covariances share: rows by group, least squares in its orthonormal basis, draws, and the
 * covariance of replicates. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_RESAMPLE_H
#define PG_RESAMPLE_H

#include "core/random.h"
#include "core/spread.h"
#include "stats/fit.h"
#include "stats/linalg.h"

enum { PG_MOST_REPLICATES = 1000000 };

/** Rows by group: those of group g are rows[start[g]] to rows[start[g + 1] - 1], ascending. */
typedef struct pg_row_groups {
    size_t n;
    const size_t *group; /**< [n_rows] below n, in the order of the indices given: no row's place matters */
    const size_t *start; /**< [n + 1] */
    const size_t *rows;  /**< [n_rows] */
} pg_row_groups;
pgdp_status pg_row_groups_new(pgdp_ctx *ctx, const size_t *index, size_t n_rows, pg_row_groups *out);
/** The rows by the one clustering of a covariance that needs one. @return BAD_ARGUMENT, TOO_FEW_OBS */
pgdp_status pg_row_groups_of(pgdp_ctx *ctx, const pgdp_design *design, const pgdp_fit *fit, pg_row_groups *out);

/** Is the estimate (weighted) least squares of the working design, effects partialled out or none? */
bool pg_is_least_squares(const pgdp_fit *fit);
/** Are all effects of the design intercepts or slopes of levels that lie within one group each? True without any. */
pgdp_status pg_effects_are_nested(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_row_groups *groups, bool *out);
/** n rows of Q = sqrt(W) X root, [n x k] of leading dimension n, and of e = sqrt(W) residual: Q'Q = 1, Q'e = 0. Least
 * squares under other weights c is b + root (Q'CQ)^-1 Q'Ce, whatever the units of X. */
void pg_orthonormal_rows(const pgdp_fit *fit, size_t first, size_t n, double *q, double *e);
/** out = root c: back from that basis. */
void pg_unroot(const pgdp_fit *fit, const double *c, double *out);
/** The products of a row: q_a q_b (a <= b) at a + b (b + 1) / 2, and q_a e after them. */
static inline size_t pg_n_products(size_t k)
{
    return k * (k + 1) / 2 + k;
}
/** out [n x n_products], work [n x (k + 1)]. */
void pg_row_products(const pgdp_fit *fit, size_t first, size_t n, double *work, pg_matrix out);
/** Their sums by group, [n_groups x n_products], in ctx->scratch. */
pgdp_status pg_group_products(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_row_groups *groups, pg_matrix *out);
/** Row g of such sums as H = Q_g'Q_g [k x k] and h = Q_g'e [k]. */
void pg_unpack_products(pg_matrix sums, size_t row, size_t k, double *h_square, double *h);

/** How often each of n things comes in n draws with replacement, each thing equally likely to the bit (Lemire 2019,
 * ACM Trans. Model. Comput. Simul. 29(1): rejection). n below 2^31. The stream is not to be used after it. */
void pg_draw_counts(pg_random *random, size_t n, int32_t *counts);
/** n_draws indices below n, as likely each; the stream is not to be used after it. */
void pg_draw_indices(pg_random *random, size_t n, size_t n_draws, uint32_t *out);
/** A permutation of 0 ... n - 1 by Fisher & Yates. */
void pg_draw_permutation(pg_random *random, size_t n, size_t *out);

/** Replicates of an estimate. */
typedef struct pg_replicates {
    size_t n, n_terms, n_failed;
    double *deviation; /**< [n_terms] a replicate: its estimate less the fit's */
    bool *failed;      /**< [n] */
} pg_replicates;
pgdp_status pg_replicates_new(pgdp_ctx *ctx, const pgdp_fit *fit, size_t n, pg_replicates *out);
/** Consecutive replicates, range.first the first of them. */
typedef struct pg_replicate_block {
    pg_range range;
    double *deviation; /**< [n_terms] a replicate */
    bool *failed;      /**< of each, false before */
} pg_replicate_block;
typedef pgdp_status (*pg_replicate_fn)(pgdp_ctx *ctx, void *user, const pg_replicate_block *block);
/** How many replicates, how many in a block (by the data's size alone), and who makes a block. */
typedef struct pg_replicate_plan {
    const char *what; /**< of progress */
    size_t n, at_once;
    pg_replicate_fn run;
    void *user;
} pg_replicate_plan;
/** Make all replicates, blocks over threads and ranks: the same bits for any number of them. */
pgdp_status pg_replicates_spread(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_replicate_plan *plan, pg_replicates *out);
/** Keep a refit's estimate as replicate i of a block, or note that the data drawn have none; other failures pass
 * through. */
pgdp_status pg_replicates_keep(const pgdp_fit *fit, pgdp_status status, const double *estimate, size_t i,
                               const pg_replicate_block *block);
/** Move the replicates that failed out and count them as a factor. @return NUMERICAL when they are above 5 % */
pgdp_status pg_replicates_close(pgdp_ctx *ctx, pgdp_fit *fit, pg_replicates *r);
/** fit->vcov = factor * sum (b_r - mean)(b_r - mean)'. */
pgdp_status pg_replicates_vcov(pgdp_ctx *ctx, const pg_replicates *r, double factor, pgdp_fit *fit);

#endif
