/* design_find.h  What a model names, tied to the columns of a frame before rows are chosen.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_DESIGN_FIND_H
#define PG_DESIGN_FIND_H

#include "stats/design.h"
#include "stats/design_columns.h"
#include "stats/mean.h"

/** Columns whose combinations are levels, and a slope. */
typedef struct pg_found_effect {
    const char *name;
    size_t *columns, n_columns;
    const double *slope; /**< of all rows; NULL: none */
} pg_found_effect;
/** All of it in ctx->scratch; numbers are of all rows of the frame. */
typedef struct pg_found {
    pg_scope scope;
    size_t outcome_column; /**< of a text outcome; PGDP_NONE: a number */
    const double *outcome, *outcome_low, *weights, *offset;
    pgdp_weights weight_kind;
    size_t entity, time; /**< columns of the panel, PGDP_NONE */
    pg_columns exogenous, endogenous, instruments;
    pg_found_effect *effects, *clusters;
    size_t n_effects, n_clusters;
    const double **vcov_columns;
    size_t n_vcov_columns;
    pg_mean *mean; /**< of a nonlinear model */
} pg_found;

/** @return NOT_FOUND, BAD_ARGUMENT: formula:line:column and the like */
pgdp_status pg_design_find(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_formula *formula,
                           const pg_design_request *request, pg_found *out);
/** TIME or ID,TIME (NULL: none) over out->scope.frame: entity, time and scope.panel, with which lags have a meaning. */
pgdp_status pg_design_find_panel(pgdp_ctx *ctx, const char *text, pg_found *out);
/** Leave out rows that lack anything the model looks at. @return BAD_ARGUMENT: a weight below 0 */
pgdp_status pg_design_need(pgdp_ctx *ctx, const pg_found *found, pg_rows *rows);

#endif
