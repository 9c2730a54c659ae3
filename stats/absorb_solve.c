/* absorb_solve.c  Columns through an absorber: eliminate the largest group, solve for the rest, refine.
 * Source: Guimaraes & Portugal (2010), Stata J. 10(4); absorb_solve.h. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * x <- M_0 x; b = Q_r'W x; solve S c = b; x <- x - Q_r c; and again. The sums in M_0 and b carry twice the precision,
 * so each round is a step of iterative refinement and a solver with few digits ends with all. */
#include "stats/absorb_solve.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MAX_ROUNDS = 12 };
static const double small_step = 1e-14; /* norm of the last correction to that of the column */
static const double acceptable = 1e-12; /* residual where rounding keeps it from falling further */
static const double vanished = 1e-13;   /* norm left to norm before: nothing but rounding */
static const double rough = 1e-10;      /* sums of such a target need no more than double precision */

/* c = S^+ b directly; z is free then. */
static void solve_directly(pg_solving *s)
{
    const size_t n = s->a->n_rest, lanes = s->lanes;
    memcpy(s->c, s->b, n * lanes * sizeof *s->c);
    if (s->solver->sparse != NULL) pg_network_solve(s->solver->sparse, s->c, lanes, s->z);
    for (size_t v = 0; v < lanes && s->solver->sparse == NULL; v++) {
        for (size_t j = 0; j < n; j++)
            s->z[j] = s->c[j * lanes + v];
        pg_schur_solve(s->solver->dense, s->z);
        for (size_t j = 0; j < n; j++)
            s->c[j * lanes + v] = s->z[j];
    }
    for (size_t v = 0; v < lanes; v++) {
        s->steps[v] += s->active[v] > 0;
        s->reached[v] = 1;
    }
}

/* c'b = |M_0 Q_r c|^2 is the size of the correction. */
static pgdp_status correct(pgdp_ctx *ctx, pg_solving *s)
{
    const size_t n = s->a->n_rest, lanes = s->lanes;
    double square[PG_MOST_LANES];
    if (s->solver->dense != NULL || s->solver->sparse != NULL)
        solve_directly(s);
    else
        PG_TRY(pg_conjugate_gradients(ctx, s));
    for (size_t j = 0; j < n; j++)
        for (size_t v = 0; v < lanes; v++)
            s->c[j * lanes + v] *= s->active[v];
    pg_lane_dots(s->c, s->b, n, lanes, square);
    for (size_t v = 0; v < lanes; v++) {
        s->last_step[v] = s->step[v];
        s->step[v] = sqrt(fmax(square[v], 0));
    }
    for (size_t j = 0; j < n * lanes; j++)
        s->total[j] += s->c[j];
    return PGDP_OK;
}

/* In units of the whole column, where a level's own values are far smaller than it. */
static bool is_small(const pg_solving *s, size_t v)
{
    double largest = 0;
    for (size_t j = 0; j < s->a->n_rest; j++)
        largest = fmax(largest, fabs(s->b[j * s->lanes + v]));
    return largest <= small_step * s->norm[v];
}

/* Will the next correction be small? Corrections fall by about the same factor in each round; and one follows from what
 * the solver left of b, times the root of the condition of S at most, which is about the steps that gradients took. */
static bool will_settle(const pg_solving *s, size_t v)
{
    const double fell = isfinite(s->last_step[v]) ? s->step[v] / s->last_step[v] : 1;
    const double rate = fmin(fmin(fell, s->reached[v] * (double)s->steps[v]), 1);
    return s->step[v] * rate <= small_step * s->norm[v];
}

/* Is lane v at its end? */
static bool is_done(pg_solving *s, size_t v, int round)
{
    const double target = s->tol > 0 ? s->tol : 1e-14;
    const bool settled = s->tol > 0 || s->a->n_rest == 0 || will_settle(s, v);
    if (!isfinite(s->residual[v])) return true;
    s->converged[v] = s->residual[v] <= target && settled;
    if (s->converged[v]) return true;
    if (s->going[v] && round < MAX_ROUNDS && (round <= 2 || s->residual[v] < s->before[v] / 2)) {
        s->before[v] = s->residual[v];
        return false;
    }
    s->converged[v] = s->residual[v] <= fmax(target, acceptable) || is_small(s, v);
    return true;
}

static pgdp_status refine(pgdp_ctx *ctx, pg_solving *s)
{
    double residual[PG_MOST_LANES] = { 0 }, square[PG_MOST_LANES] = { 0 };
    bool any = true;
    for (size_t v = 0; v < s->lanes; v++)
        s->step[v] = HUGE_VAL;
    for (int round = 0; any; round++) {
        any = false;
        PG_TRY(pg_walk(ctx, s, round == 0, !(s->tol >= rough)));
        for (size_t v = 0; v < s->lanes; v++) {
            if (!(s->active[v] > 0)) continue;
            residual[v] = s->residual[v];
            square[v] = s->square[v];
            if (is_done(s, v, round)) s->active[v] = 0;
            any = any || s->active[v] > 0;
        }
        if (any) PG_TRY(correct(ctx, s));
    }
    memcpy(s->residual, residual, sizeof residual);
    memcpy(s->square, square, sizeof square);
    return PGDP_OK;
}

static pgdp_status walkers_new(pgdp_ctx *ctx, const pg_absorber *a, pg_solving *s)
{
    PG_TRY_ALLOC(ctx, s->walkers, pg_arena_alloc(&ctx->scratch, a->n_runs, sizeof *s->walkers));
    for (size_t run = 0; run < a->n_runs; run++) {
        pg_walker *p = &s->walkers[run];
        const size_t own = a->levels != NULL ? 0 : a->n_rest; /* sums of the columns, which levels have in tables */
        size_t longest = 0;
        for (size_t l = a->runs[run]; l < a->runs[run + 1]; l++)
            longest = a->start[l + 1] - a->start[l] > longest ? a->start[l + 1] - a->start[l] : longest;
        *p = (pg_walker){ .s = s, .run = run };
        PG_TRY_ALLOC(ctx, p->segment, pg_arena_uncleared(&ctx->scratch, longest * s->lanes, sizeof *p->segment));
        PG_TRY_ALLOC(ctx, p->room, pg_arena_uncleared(&ctx->scratch, longest + PG_LEVELS_ROOM, sizeof *p->room));
        PG_TRY_ALLOC(ctx, p->size0, pg_arena_uncleared(&ctx->scratch, own * s->lanes, sizeof *p->size0));
        PG_TRY_ALLOC(
            ctx, p->tally,
            pg_arena_uncleared(&ctx->scratch, (own == 0 ? 1 : PG_N_TALLIES) * a->n_rest * s->lanes, sizeof *p->tally));
    }
    return PGDP_OK;
}

static pgdp_status solving_new(pgdp_ctx *ctx, const pg_absorber *a, bool coefficients, pg_solving *s)
{
    const size_t n_first = a->groups[0].n_levels * a->groups[0].n_columns;
    double **const of_rest[] = { &s->size0, &s->b, &s->c, &s->total, &s->r, &s->z, &s->p, &s->sp, &s->wide };
    s->a = a;
    for (size_t i = 0; i < sizeof of_rest / sizeof *of_rest; i++)
        PG_TRY_ALLOC(ctx, *of_rest[i], pg_arena_alloc(&ctx->scratch, a->n_rest * s->lanes, sizeof(double)));
    PG_TRY_ALLOC(ctx, s->mass, pg_arena_uncleared(&ctx->scratch, n_first + a->n_rest, sizeof *s->mass));
    PG_TRY_ALLOC(ctx, s->level0, pg_arena_uncleared(&ctx->scratch, n_first * s->lanes, sizeof *s->level0));
    if (coefficients)
        PG_TRY_ALLOC(ctx, s->first, pg_arena_uncleared(&ctx->scratch, n_first * s->lanes, sizeof *s->first));
    return walkers_new(ctx, a, s);
}

static pg_scaling scaling_of(int exponent)
{
    return (pg_scaling){ ldexp(1, exponent / 2), ldexp(1, exponent - exponent / 2) };
}

static int exponent_of(const double *column, size_t n)
{
    double largest = 0;
    int exponent = 0;
    for (size_t i = 0; i < n; i++)
        largest = fabs(column[i]) > largest ? fabs(column[i]) : largest;
    (void)frexp(largest, &exponent);
    return exponent;
}

/* Lanes beyond n stay at zero. */
static void load(pg_solving *s, pg_absorbed *const *columns, size_t n, const int *exponent)
{
    for (size_t v = 0; v < s->lanes; v++) {
        s->from[v] = columns[v < n ? v : 0]->from;
        if (v < n) s->by[v] = scaling_of(-exponent[v]);
        s->active[v] = v < n;
        s->going[v] = true;
    }
}

/* Coefficients of lane v in the column's unit. */
static void give(const double *from, size_t n, size_t lanes, size_t v, pg_scaling by, double *to)
{
    for (size_t j = 0; j < n && to != NULL; j++)
        to[j] = from[j * lanes + v] * by.first * by.second;
}

/* Columns that did not converge stay as they are. */
static pgdp_status store(pgdp_ctx *ctx, pg_solving *s, pg_absorbed *const *columns, size_t n, const int *exponent)
{
    const pg_absorber *a = s->a;
    bool any = false;
    for (size_t v = 0; v < n; v++) {
        const bool zero = sqrt(s->square[v]) <= vanished * s->norm[v];
        columns[v]->converged = s->converged[v];
        columns[v]->iterations = s->steps[v];
        columns[v]->residual = s->residual[v];
        if (!s->converged[v]) continue;
        const pg_scaling by = scaling_of(exponent[v]);
        if (a->levels != NULL) pg_walk_rows_give(s, v, columns[v]);
        if (a->levels != NULL) continue;
        give(s->total, a->n_rest, s->lanes, v, by, columns[v]->rest);
        give(s->first, a->groups[0].n_levels * a->groups[0].n_columns, s->lanes, v, by, columns[v]->first);
        s->store_by[v] = zero ? (pg_scaling){ 0, 0 } : by;
        s->store[v] = columns[v]->column;
        any = any || s->store[v] != NULL;
    }
    return any ? pg_walk_store(ctx, s) : PGDP_OK;
}

pgdp_status pg_absorb_columns(pgdp_ctx *ctx, const pg_absorber *a, const pg_solver *solver, double tol,
                              pg_absorbed *const *columns, size_t n)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    int exponent[PG_MOST_LANES];
    pg_solving s = { .solver = solver, .tol = tol, .most_steps = solver->most_steps };
    s.lanes = n > 1 ? PG_MOST_LANES : 1;
    PG_TRY(solving_new(ctx, a, columns[0]->first != NULL, &s));
    for (size_t v = 0; v < n; v++)
        exponent[v] = a->levels != NULL ? 0 : exponent_of(columns[v]->from, a->n_rows);
    load(&s, columns, n, exponent);
    PG_TRY(refine(ctx, &s));
    PG_TRY(store(ctx, &s, columns, n, exponent));
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
