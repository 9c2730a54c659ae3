/* models.h  What a spec stands for: one model or many.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_MODELS_H
#define PG_MODELS_H

#include "pgdp/regression.h"
#include "stats/formula.h"

/** The method and formula of one model; spec->method is set where it was left to the formula. In the scratch. */
pgdp_status pg_regression_read(pgdp_ctx *ctx, pgdp_regression_spec *spec, pg_formula *formula,
                               const pgdp_estimator **method);
/** The stand-alone specs of every model, in `arena`: formulas of sw() and the like, subsets of a split, and a model for
 * each value of a method's setting that lists several ("tau" = "0.1, 0.5"). Formulas run slowest, then the values, then
 * the split. */
pgdp_status pg_models_list(pgdp_ctx *ctx, pg_arena *arena, const pgdp_frame *data, const pgdp_regression_spec *spec,
                           const pgdp_regression_spec **out, size_t *n);

#endif
