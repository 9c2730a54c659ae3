/* identities.c  Identities of the model, checked on the numbers of a run. Source: methodology 5.2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "gap/identities.h"

#include "core/checks.h"

/** Rounding of a sum of some thousand terms, relative to the base value. */
#define ROUNDING 1e-11

/** The run's cells at its central parameters. */
static pgdp_status central_cells(pgdp_ctx *ctx, const pgdp_gap_request *r, pgdp_gap_cell **cells)
{
    double values[PGDP_N_PARAMETERS];
    for (size_t i = 0; i < PGDP_N_PARAMETERS; i++)
        values[i] = r->parameters[i].value;
    PG_TRY_ALLOC(ctx, *cells, pg_arena_alloc(&ctx->scratch, 2 * r->n_work, sizeof **cells));
    pgdp_gap_cells(r->work, r->n_work, values, r->mode, *cells);
    return PGDP_OK;
}

/** What the run's own aggregates must satisfy among themselves: identities 1 to 3 and the definitions. */
static pgdp_status check_aggregates(pgdp_ctx *ctx, const pgdp_gap *g, pgdp_frame *checks)
{
    const double tolerance = ROUNDING * g->q0;
    const double parts = g->defl_h + g->defl_s + g->defl_e + g->defl_n + g->bound_s + g->bound_e + g->bound_n;
    const double true_paasche = g->f1 / g->q1, measured = g->n1 / g->m1;
    const double telescoped = (g->f1 - g->n1) / true_paasche + g->n1 * (1 / true_paasche - 1 / measured);
    PG_TRY(pg_checks_add(ctx, checks, "Deflator and boundary terms add up to Laspeyres phantom GDP (identity 1)", parts,
                         g->phi_l, tolerance));
    PG_TRY(pg_checks_add(ctx, checks, "Coverage and deflator terms telescope to it (identity 2)", telescoped, g->phi_l,
                         tolerance));
    PG_TRY(pg_checks_add(ctx, checks, "Fisher phantom GDP plus the index-number term is Laspeyres (identity 3)",
                         g->phi_f + g->index_number_term, g->phi_l, tolerance));
    PG_TRY(pg_checks_add(ctx, checks, "Fisher index squared is Laspeyres times Paasche", g->qf * g->qf, g->ql * g->qp,
                         ROUNDING * g->ql * g->qp));
    return pg_checks_add(ctx, checks, "Base value less nominal measured is the nominal shrinkage", g->q0 - g->n1,
                         g->shrinkage, tolerance);
}

/** Limit cases of the run's own cells: no AI (identity 5), perfect measurement (6), all dollars doubled (12). */
static pgdp_status check_limits(pgdp_ctx *ctx, const pgdp_gap_request *r, const pgdp_gap *g, pgdp_gap_cell *cells,
                                pgdp_frame *checks)
{
    pgdp_gap limit;
    const size_t n = 2 * r->n_work;
    for (size_t i = 0; i < n; i++)
        cells[i].v0 *= 2;
    PG_TRY(pgdp_gap_compute(ctx, cells, n, NULL, 0, r->mode, &limit, NULL));
    if (r->n_news == 0)
        PG_TRY(pg_checks_add(ctx, checks, "Twice the base values give twice phantom GDP (identity 12)", limit.phi_f,
                             2 * g->phi_f, ROUNDING * limit.q0));
    for (size_t i = 0; i < n; i++) {
        cells[i].lam = 1;
        cells[i].d_h = cells[i].p_h;
        cells[i].priced = true;
    }
    PG_TRY(pgdp_gap_compute(ctx, cells, n, NULL, 0, PGDP_GAP_ACCOUNTS, &limit, NULL));
    PG_TRY(pg_checks_add(ctx, checks, "With perfect measurement phantom GDP is nothing (identity 6)", limit.phi_l, 0,
                         ROUNDING * limit.q0));
    for (size_t i = 0; i < n; i++)
        cells[i].u = 0;
    PG_TRY(pgdp_gap_compute(ctx, cells, n, NULL, 0, r->mode, &limit, NULL));
    return pg_checks_add(ctx, checks, "Without AI phantom GDP is nothing (identity 5)", limit.phi_l, 0,
                         ROUNDING * limit.q0);
}

pgdp_status pg_gap_identities(pgdp_ctx *ctx, const pgdp_gap_request *request, const pgdp_gap *gap, pgdp_frame *checks)
{
    pgdp_gap_cell *cells;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_status status = central_cells(ctx, request, &cells);
    if (status == PGDP_OK) status = check_aggregates(ctx, gap, checks);
    if (status == PGDP_OK) status = check_limits(ctx, request, gap, cells, checks);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
