/* stream_regress.c  Regressions over the blocks of a table, in memory or in a file: stream_fit.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/regression.h"
#include "stats/stream_fit.h"

static const double sure_digits = 12;

static pgdp_status build(pgdp_ctx *ctx, const void *table, const pg_formula *formula, const pg_design_request *request,
                         pg_design_result *out)
{
    pg_behind *behind;
    PG_TRY_ALLOC(ctx, behind, pg_arena_alloc(&ctx->scratch, 1, sizeof *behind));
    PG_TRY(pg_behind_new(ctx, table, formula, request, behind));
    return pg_behind_design(ctx, behind, out);
}

pgdp_status pgdp_regress_table(pgdp_ctx *ctx, const pgdp_table *table, const pgdp_regression_spec *spec,
                               pgdp_regression **out)
{
    const pg_regression_source source = { .build = build, .user = table, .n_rows = pgdp_table_n_rows(table) };
    return pg_regression_run(ctx, &source, spec, out);
}

/* A frame as a table, and as what absorbed effects need: all rows at once. */
typedef struct whole {
    const pgdp_table *table;
    const pgdp_frame *frame;
} whole;

static pgdp_status build_of_whole(pgdp_ctx *ctx, const void *user, const pg_formula *formula,
                                  const pg_design_request *request, pg_design_result *out)
{
    const whole *of = user;
    pg_behind *behind;
    if (formula->n_effects == 0) return build(ctx, of->table, formula, request, out);
    PG_TRY(pg_behind_absorb(ctx, of->frame, formula, request, &behind));
    if (behind == NULL) return pg_fail(ctx, PGDP_NOT_FOUND, "the model is left to the design of the rows");
    return pg_behind_design(ctx, behind, out);
}

pgdp_status pg_regress_by_blocks(pgdp_ctx *ctx, const pgdp_frame *data, const pgdp_regression_spec *spec,
                                 pgdp_regression **out, bool *done)
{
    pgdp_table *table;
    pgdp_regression *r;
    *done = false;
    PG_TRY(pgdp_table_of_frame(ctx, data, &table));
    const whole of = { table, data };
    const pg_regression_source source = { .build = build_of_whole, .user = &of, .n_rows = pgdp_frame_n_rows(data) };
    const pgdp_status status = pg_regression_run(ctx, &source, spec, &r);
    pgdp_table_free(table);
    if (status == PGDP_NO_MEMORY || status == PGDP_STOPPED) return status;
    if (status != PGDP_OK) return PGDP_OK;
    *done = r->fit->estimator->likelihood || r->fit->certificate.digits >= sure_digits; /* the same steps by row */
    if (*done)
        *out = r;
    else
        pgdp_regression_free(r);
    return PGDP_OK;
}
