/* absorb_choice.c  Which way the system of the effects beside the largest is solved: absorb_system.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One group of effects needs no solver. A small system is dense. One that joins few levels (workers who seldom move) is
 * factored sparsely where that costs about as much as a few walks over the rows: there conjugate gradients crawl.
 * Levels joined at random fill in, and conjugate gradients take a few dozen steps there. They get a budget of steps; a
 * system that they do not finish within it is factored after all, if memory and operations allow, before they go on. */
#include "core/parallel.h"
#include "stats/absorb_solve.h"

#include <string.h>

enum { DENSE_FIRST = 500, DENSE_LAST = 2000, STEPS_FIRST = 250, STEPS_LAST = 20000 };
static const double flops_a_row = 1500; /* of a factor: as long as some thirty steps for a row */
static const pg_network_limits late = {
    .meetings = 1000000000, .pairs = 30000000, .elements = 60000000, .flops = 5e10
};

static bool only_two_intercepts(const pg_absorber *a)
{
    return a->n_groups == 2 && a->groups[0].unit != NULL && a->groups[1].unit != NULL;
}

pgdp_status pg_absorber_choose(pgdp_ctx *ctx, pg_absorber *a, pg_absorb_way way)
{
    /* Meetings of two intercepts are movers; with a third effect each level of the first meets all years, say. */
    const pg_network_limits early = { .meetings = only_two_intercepts(a) ? a->n_rows / 2 : 32 * a->n_rows,
                                      .pairs = a->n_rest + a->n_rows / 2,
                                      .elements = 8 * a->n_rows,
                                      .flops = flops_a_row * (double)a->n_rows,
                                      .thin = true };
    const bool by_cost = way == PG_ABSORB_BY_COST;
    a->way = way;
    a->dense = NULL;
    a->sparse = NULL;
    if (a->n_rest == 0) return PGDP_OK;
    if (way == PG_ABSORB_DENSE || (by_cost && pg_schur_is_cheap(a, a->n_rest, DENSE_FIRST)))
        return pg_schur_new(ctx, a->n_rest, &a->dense);
    if (way == PG_ABSORB_SPARSE || by_cost) return pg_network_plan(ctx, a, by_cost ? &early : &late, &a->sparse);
    return PGDP_OK;
}

pgdp_status pg_absorber_factor(pgdp_ctx *ctx, pg_absorber *a)
{
    if (a->dense != NULL) return pg_schur_factor(ctx, a, PG_PIVOT_VANISHES, a->dense);
    return a->sparse != NULL ? pg_network_factor(ctx, a, a->sparse) : PGDP_OK;
}

/* Columns of one call in blocks of `lanes`. */
typedef struct job {
    const pg_absorber *a;
    const pg_solver *solver;
    double tol;
    pg_absorbed **columns;
    size_t n, lanes;
} job;

static pgdp_status run_block(pgdp_ctx *ctx, void *user, size_t block)
{
    const job *w = user;
    const pg_range range = pg_block_range(w->n, w->lanes, block);
    return pg_absorb_columns(ctx, w->a, w->solver, w->tol, w->columns + range.first, range.end - range.first);
}

static const char *name_of(const pg_absorber *a, const pg_solver *solver)
{
    if (a->n_rest == 0) return a->groups[0].unit != NULL ? "group_means" : "group_regressions";
    if (solver->dense != NULL) return "cholesky";
    return solver->sparse != NULL ? "sparse_cholesky" : "conjugate_gradient";
}

/* Columns not done yet. Threads share the runs of a block of columns, or, of little data, the blocks; how columns are
 * put together changes no bit. */
static pgdp_status run(pgdp_ctx *ctx, job *w, pg_absorbed *columns, size_t n)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pg_absorber *a = w->a;
    PG_TRY_ALLOC(ctx, w->columns, pg_arena_alloc(&ctx->scratch, n, sizeof(pg_absorbed *)));
    w->n = 0;
    for (size_t j = 0; j < n; j++) {
        if (columns[j].converged) continue;
        w->columns[w->n++] = &columns[j];
        columns[j].solver = name_of(a, w->solver);
        columns[j].fell_back = w->solver->sparse != NULL && w->solver->sparse != a->sparse;
    }
    w->lanes = n == 1 ? 1 : PG_MOST_LANES;
    const size_t n_blocks = pg_n_blocks(w->n, w->lanes);
    for (size_t block = 0; block < n_blocks && a->n_runs > 1; block++)
        PG_TRY(run_block(ctx, w, block));
    if (a->n_runs == 1) PG_TRY(pg_parallel(ctx, NULL, n_blocks, run_block, w));
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

static bool all_converged(const pg_absorbed *columns, size_t n)
{
    for (size_t j = 0; j < n; j++)
        if (!columns[j].converged) return false;
    return true;
}

/* A factor after all, of a system that conjugate gradients did not finish. */
static pgdp_status factor_late(pgdp_ctx *ctx, const pg_absorber *a, pg_solver *out)
{
    if (a->n_rest <= DENSE_LAST) {
        pg_schur *dense;
        PG_TRY(pg_schur_new(ctx, a->n_rest, &dense));
        PG_TRY(pg_schur_factor(ctx, a, PG_PIVOT_VANISHES, dense));
        out->dense = dense;
        return PGDP_OK;
    }
    pg_network *sparse;
    PG_TRY(pg_network_plan(ctx, a, &late, &sparse));
    if (sparse != NULL) PG_TRY(pg_network_factor(ctx, a, sparse));
    out->sparse = sparse;
    return PGDP_OK;
}

pgdp_status pg_absorb_all(pgdp_ctx *ctx, const pg_absorber *a, pg_absorbed *columns, size_t n, double tol)
{
    const bool by_cost = a->way == PG_ABSORB_BY_COST, direct = a->dense != NULL || a->sparse != NULL;
    const pg_solver first = { a->dense, a->sparse, by_cost ? STEPS_FIRST : STEPS_LAST };
    const pg_solver last = { NULL, NULL, STEPS_LAST };
    pg_solver next = { NULL, NULL, STEPS_LAST };
    job w = { .a = a, .solver = &first, .tol = tol };
    PG_TRY(run(ctx, &w, columns, n));
    if (all_converged(columns, n) || a->n_rest == 0 || (!direct && !by_cost)) return PGDP_OK;
    if (!direct) PG_TRY(factor_late(ctx, a, &next));
    if (next.dense != NULL || next.sparse != NULL) {
        w.solver = &next;
        PG_TRY(run(ctx, &w, columns, n));
    }
    if (all_converged(columns, n)) return PGDP_OK;
    w.solver = &last;
    return run(ctx, &w, columns, n);
}
