/* panel_groups.h  The rows of a panel entity by entity, and working designs made of them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_PANEL_GROUPS_H
#define PG_PANEL_GROUPS_H

#include "stats/fit.h"

/** Runs of rows of one entity in the order of time. A row that does not follow the one before begins a run, so that a
 * bootstrap that draws an entity twice has two. In ctx->scratch. */
typedef struct pg_groups {
    size_t n, n_rows;
    size_t *first;       /**< [n + 1]: rows [first[g], first[g + 1]) */
    size_t fewest, most; /**< rows of a run */
} pg_groups;

/** @return BAD_ARGUMENT: the design has no entity or period, or weights that the method has no use for */
pgdp_status pg_panel_need(pgdp_ctx *ctx, const pgdp_design *design, const char *method, bool may_weight);
pgdp_status pg_groups_new(pgdp_ctx *ctx, const pgdp_design *design, pg_groups *out);
static inline size_t pg_group_size(const pg_groups *groups, size_t g)
{
    return groups->first[g + 1] - groups->first[g];
}
/** mean [n] of a column [n_rows]. */
void pg_group_means(const pg_groups *groups, const double *x, double *mean);

/** A design of n_rows with the columns of another (its constant only if asked for); arrays to be filled. */
typedef struct pg_working {
    pgdp_design design;
    double *y, *x;
    size_t *column; /**< [n of its columns]: which column of the design they were */
} pg_working;
pgdp_status pg_working_new(pgdp_ctx *ctx, const pgdp_design *from, size_t n_rows, bool constant, pg_working *out);
/** Entity, period, clusters and columns of the covariance, each row's from row rows[i] of the design. */
pgdp_status pg_working_take(pgdp_ctx *ctx, const pgdp_design *from, const size_t *rows, pg_working *out);
/** Least squares on it: estimates, scores, sums of squares. @return TOO_FEW_OBS, what least squares do */
pgdp_status pg_working_fit(pgdp_ctx *ctx, const pg_working *working, pgdp_fit *fit);
/** The fit's shape of other rows and terms: what scores and covariances are computed from. */
pgdp_status pg_working_shape(pgdp_ctx *ctx, const pgdp_design *working, pgdp_fit *fit);

#endif
