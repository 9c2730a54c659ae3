/* regression.h  The inside of a regression: a fit and what was asked, left out and meant.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_REGRESSION_H
#define PG_REGRESSION_H

#include "core/packed.h"
#include "pgdp/regression.h"
#include "stats/collinear.h"
#include "stats/design.h"
#include "stats/fit.h"

/** A term left out, with a clause for people. */
typedef struct pg_left_out {
    const char *term, *because;
} pg_left_out;

struct pgdp_regression {
    pgdp_allocator allocator; /**< frees the struct itself */
    pg_arena arena;           /**< everything but the fit */
    pgdp_regression_spec spec;
    pgdp_fit *fit;
    double conf_level;
    size_t n_rows; /**< of the data, before any row was left out */
    pgdp_dropped dropped;
    const pg_left_out *left_out; /**< [n_left_out] collinear terms */
    size_t n_left_out;
    const char *const *outcome_levels; /**< [n_outcome_levels]: what 0, 1, ... mean; NULL: numbers */
    size_t n_outcome_levels;
    const char *outcome;        /**< as written */
    const char *const *effects; /**< [n_effects] names of what is absorbed */
    size_t n_effects;
};

/** Where the design of a regression comes from: the rows of a frame, or moments. */
typedef struct pg_regression_source {
    pgdp_status (*build)(pgdp_ctx *ctx, const void *user, const pg_formula *formula, const pg_design_request *request,
                         pg_design_result *out);
    const void *user;
    size_t n_rows; /**< before any was left out */
} pg_regression_source;
/** pgdp_regress() over any source. */
pgdp_status pg_regression_run(pgdp_ctx *ctx, const pg_regression_source *source, const pgdp_regression_spec *spec,
                              pgdp_regression **out);
/** r->spec as a copy of it in r->arena, and r->conf_level where it states one. */
pgdp_status pg_regression_copy_spec(pgdp_ctx *ctx, const pgdp_regression_spec *spec, pgdp_regression *r);

/** A regression as bytes, all but its fit's rows, and from them: as another rank fitted it by the same spec. */
pgdp_status pg_regression_pack(pgdp_ctx *ctx, const pgdp_regression *regression, pg_text *to);
pgdp_status pg_regression_unpack(pgdp_ctx *ctx, pg_packed *from, const pgdp_regression_spec *spec,
                                 pgdp_regression **out);

#endif
