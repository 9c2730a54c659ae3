/* design.h  A formula over a frame to the arrays that estimators see.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_DESIGN_H
#define PG_DESIGN_H

#include "pgdp/stats.h"
#include "stats/formula.h"

/** What a model needs beside its formula. */
typedef struct pg_design_request {
    const pgdp_regression_spec *spec; /**< its weights, panel and subset are read */
    const pg_expr *const *clusters;   /**< names of columns, [n_clusters] */
    size_t n_clusters;
    const pgdp_estimator *estimator; /**< tells what the outcome may be */
} pg_design_request;

/** A design with its history; all of it in ctx->scratch. */
typedef struct pg_design_result {
    pgdp_design design;
    pgdp_dropped dropped;
    const char *const *outcome_levels; /**< of an ordered or text outcome: what 0, 1, ... mean; NULL: a number */
    size_t n_outcome_levels;
} pg_design_result;

/**
 * Build the design of complete cases.
 * Levels: numbers by size, periods by time, text by bytes, of the rows used. i(f) leaves out its reference level when
 * the term without f is in the model (R's rule: the constant, for i(f) alone), by default the first level; ref = b
 * always leaves out b.
 * A value that is not finite, be it read or computed (the logarithm of 0), is missing.
 *
 * @return NOT_FOUND, BAD_ARGUMENT, TOO_FEW_OBS, NO_MEMORY. Cost: O(rows * columns).
 */
pgdp_status pg_design_build(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_formula *formula,
                            const pg_design_request *request, pg_design_result *out);

#endif
