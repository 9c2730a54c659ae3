/* models_split.h  The groups of a split, and regressions over the rows of one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_MODELS_SPLIT_H
#define PG_MODELS_SPLIT_H

#include "pgdp/regression.h"
#include "stats/formula.h"

/** Rows of a frame by the level of the split's column; those outside the subset, or of no level, are in none. */
typedef struct pg_split {
    size_t n;
    const char **conditions; /**< [n] the subset that gives a group alone */
    size_t *first, *rows;    /**< group g has rows[first[g]] to rows[first[g + 1] - 1], in their order */
} pg_split;
/** The rows in ctx->scratch, the rest in `arena`. @return NOT_FOUND, BAD_ARGUMENT (column, subset), TOO_FEW_OBS */
pgdp_status pg_split_new(pgdp_ctx *ctx, pg_arena *arena, const pgdp_frame *data, const pgdp_regression_spec *spec,
                         pg_split *out);

/** Can a model of few rows be fitted from these alone: is there no lag and no method that looks at other rows? */
bool pg_stands_alone(pgdp_ctx *ctx, const pgdp_regression_spec *spec);
/** What pgdp_regress() gives over all of data, bit for bit, for a model that stands alone and whose subset leaves these
 * n rows, fewer than PG_MANY_ROWS: from a copy of them, so that it costs what they cost. */
pgdp_status pg_regress_rows(pgdp_ctx *ctx, const pgdp_frame *data, const size_t *rows, size_t n,
                            const pgdp_regression_spec *spec, pgdp_regression **out);

#endif
