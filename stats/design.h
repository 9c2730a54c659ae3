/* design.h  A formula over a frame to the arrays that estimators see.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_DESIGN_H
#define PG_DESIGN_H

#include "pgdp/regression.h"
#include "stats/formula.h"
#include "stats/vcov_spec.h"

/** What a model needs beside its formula. */
typedef struct pg_design_request {
    const pgdp_regression_spec *spec; /**< its weights, panel, offset, start, subset and keep_singletons are read */
    const pg_vcov_spec *vcov;         /**< its clusters and columns */
    const pgdp_estimator *estimator;  /**< tells what the outcome may be */
    /** Rows that terms and effects together separate stay in the design, which then is `unsure`: a fit that converges
     * rules them out at no cost (glm.c refuses where a row's mean still recedes), and one that fails is made anew. */
    bool quick;
    size_t n_rows; /**< of the data that the frame is a part of; 0: the frame is all; PGDP_NONE: of any number */
} pg_design_request;

/** A design with its history; all of it in ctx->scratch. */
typedef struct pg_design_result {
    pgdp_design design;
    pgdp_dropped dropped;
    const size_t *row_numbers;         /**< [nobs] rows of the frame, from 0 */
    const char *const *outcome_levels; /**< of an ordered or text outcome: what 0, 1, ... mean; NULL: a number */
    size_t n_outcome_levels;
    const struct pg_behind_effects *absorbed; /**< taken out of the columns before the design was made: stream_fit.h */
    bool unsure; /**< of a quick request: no separated rows were looked for but those that levels alone tell */
    const struct pg_behind *behind; /**< the rows of which the design holds the cross-products: stream_fit.h; NULL: it
                                         holds the rows */
} pg_design_result;

/**
 * Build the design of complete cases.
 * Levels: numbers by size, periods by time, text by bytes, of the rows used. i(f) leaves out its reference level when
 * the term without f is in the model (R's rule: the constant, for i(f) alone), by default the first level; ref = b
 * always leaves out b.
 * A value that is not finite, be it read or computed (the logarithm of 0), is missing.
 * Columns of x: the constant, the exogenous terms, the endogenous ones. Absorbed effects take the constant's place.
 * Rows alone in a level of an effect are left out again and again until there is none, unless they are to be kept; then
 * rows that the method finds separated.
 *
 * @return NOT_FOUND, BAD_ARGUMENT, TOO_FEW_OBS, NO_MEMORY. Cost: O(rows * columns).
 */
pgdp_status pg_design_build(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_formula *formula,
                            const pg_design_request *request, pg_design_result *out);

#endif
