/* absorb_solve.c  Columns through an absorber: eliminate the largest group, solve for the rest, refine.
 * Source: Guimaraes & Portugal (2010), Stata J. 10(4); absorb_solve.h. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * x <- M_0 x; b = Q_r'W x; solve S c = b; x <- x - Q_r c; and again. The sums in M_0 and b carry twice the precision
 * from the second round on, so each is a step of iterative refinement and a solver with few digits ends with all. */
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
    for (size_t v = 0; v < lanes; v++)
        s->steps[v] += s->active[v] > 0;
}

/* c'b = |M_0 Q_r c|^2 is the size of the correction. */
static void correct(pg_solving *s)
{
    const size_t n = s->a->n_rest, lanes = s->lanes;
    double square[PG_MOST_LANES];
    if (s->solver->dense != NULL || s->solver->sparse != NULL)
        solve_directly(s);
    else
        pg_conjugate_gradients(s);
    for (size_t j = 0; j < n; j++)
        for (size_t v = 0; v < lanes; v++)
            s->c[j * lanes + v] *= s->active[v];
    pg_lane_dots(s->c, s->b, n, lanes, square);
    for (size_t v = 0; v < lanes; v++)
        s->step[v] = sqrt(fmax(square[v], 0));
    for (size_t j = 0; j < n && s->rest != NULL; j++)
        s->rest[j] += s->c[j];
}

/* In units of the whole column, where a level's own values are far smaller than it. */
static bool is_small(const pg_solving *s, size_t v)
{
    double largest = 0;
    for (size_t j = 0; j < s->a->n_rest; j++)
        largest = fmax(largest, fabs(s->b[j * s->lanes + v]));
    return largest <= small_step * s->norm[v];
}

/* Is lane v at its end? */
static bool is_done(pg_solving *s, size_t v, int round)
{
    const double target = s->tol > 0 ? s->tol : 1e-14;
    const bool settled = s->tol > 0 || s->a->n_rest == 0 || s->step[v] <= small_step * s->norm[v];
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

static void refine(pg_solving *s)
{
    double residual[PG_MOST_LANES] = { 0 }, square[PG_MOST_LANES] = { 0 };
    bool any = true;
    pg_walk_first(s);
    for (size_t v = 0; v < s->lanes; v++)
        s->step[v] = HUGE_VAL;
    for (int round = 0; any; round++) {
        const bool exact = !(s->tol >= rough) && (round > 0 || s->a->n_rest == 0 || s->tol > 0);
        any = false;
        pg_walk(s, round > 0 ? s->c : NULL, exact);
        for (size_t v = 0; v < s->lanes; v++) {
            if (!(s->active[v] > 0)) continue;
            residual[v] = s->residual[v];
            square[v] = s->square[v];
            if (is_done(s, v, round)) s->active[v] = 0;
            any = any || s->active[v] > 0;
        }
        if (any) correct(s);
    }
    memcpy(s->residual, residual, sizeof residual);
    memcpy(s->square, square, sizeof square);
}

static pgdp_status solving_new(pgdp_ctx *ctx, const pg_absorber *a, pg_solving *s)
{
    const size_t n_first = a->groups[0].n_levels * a->groups[0].n_columns, n_tally = 4 * a->n_rest * s->lanes;
    double **const of_rest[] = { &s->size0, &s->b, &s->c, &s->r, &s->z, &s->p, &s->sp, &s->wide };
    s->a = a;
    for (size_t i = 0; i < sizeof of_rest / sizeof *of_rest; i++)
        PG_TRY_ALLOC(ctx, *of_rest[i], pg_arena_alloc(&ctx->scratch, a->n_rest * s->lanes, sizeof(double)));
    PG_TRY_ALLOC(ctx, s->tally, pg_arena_alloc(&ctx->scratch, n_tally > n_first ? n_tally : n_first, sizeof *s->tally));
    PG_TRY_ALLOC(ctx, s->level0, pg_arena_alloc(&ctx->scratch, n_first * s->lanes, sizeof *s->level0));
    PG_TRY_ALLOC(ctx, s->segment, pg_arena_alloc(&ctx->scratch, a->longest * s->lanes, sizeof *s->segment));
    PG_TRY_ALLOC(ctx, s->x, pg_arena_alloc(&ctx->scratch, a->n_rows * s->lanes, sizeof *s->x));
    return PGDP_OK;
}

/* x 2^exponent as two products, each within the range of double precision; ldexp() of 1e7 rows takes longer than a
 * walk. */
typedef struct scaling {
    double first, second;
} scaling;

static scaling scaling_of(int exponent)
{
    return (scaling){ ldexp(1, exponent / 2), ldexp(1, exponent - exponent / 2) };
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

/* Rows side by side in one pass: lane by lane every line of memory would be written four times. */
static void load(pg_solving *s, pg_absorbed *const *columns, size_t n, const int *exponent)
{
    scaling by[PG_MOST_LANES];
    const double *from[PG_MOST_LANES];
    for (size_t v = 0; v < n; v++) {
        by[v] = scaling_of(-exponent[v]);
        from[v] = columns[v]->from;
        s->active[v] = 1;
        s->going[v] = true;
    }
    for (size_t i = 0; i < s->a->n_rows; i++) {
        const size_t row = pg_absorber_row(s->a, i);
        for (size_t v = 0; v < n; v++)
            s->x[i * s->lanes + v] = from[v][row] * by[v].first * by[v].second;
    }
}

/* Columns that did not converge stay as they are. */
static void store(pg_solving *s, pg_absorbed *const *columns, size_t n, const int *exponent)
{
    const pg_absorber *a = s->a;
    const size_t n_first = a->groups[0].n_levels * a->groups[0].n_columns;
    scaling by[PG_MOST_LANES];
    double *to[PG_MOST_LANES];
    size_t lane[PG_MOST_LANES], n_to = 0;
    for (size_t v = 0; v < n; v++) {
        const bool zero = sqrt(s->square[v]) <= vanished * s->norm[v];
        columns[v]->converged = s->converged[v];
        columns[v]->iterations = s->steps[v];
        columns[v]->residual = s->residual[v];
        if (!s->converged[v]) continue;
        by[n_to] = zero ? (scaling){ 0, 0 } : scaling_of(exponent[v]);
        to[n_to] = columns[v]->column;
        lane[n_to++] = v;
    }
    for (size_t i = 0; i < a->n_rows; i++) {
        const size_t row = pg_absorber_row(a, i);
        for (size_t t = 0; t < n_to; t++)
            to[t][row] = s->x[i * s->lanes + lane[t]] * by[t].first * by[t].second;
    }
    const scaling of_one = scaling_of(exponent[0]);
    for (size_t j = 0; j < a->n_rest && s->rest != NULL; j++)
        s->rest[j] = s->rest[j] * of_one.first * of_one.second;
    for (size_t j = 0; j < n_first && s->first != NULL; j++)
        s->first[j] = s->first[j] * of_one.first * of_one.second;
}

pgdp_status pg_absorb_columns(pgdp_ctx *ctx, const pg_absorber *a, const pg_solver *solver, double tol,
                              pg_absorbed *const *columns, size_t n)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    int exponent[PG_MOST_LANES];
    pg_solving s = { .solver = solver, .tol = tol, .most_steps = solver->most_steps };
    s.lanes = n > 2 ? 4 : n;
    s.first = n == 1 ? columns[0]->first : NULL;
    s.rest = n == 1 ? columns[0]->rest : NULL;
    PG_TRY(solving_new(ctx, a, &s));
    for (size_t v = 0; v < n; v++)
        exponent[v] = exponent_of(columns[v]->from, a->n_rows);
    load(&s, columns, n, exponent);
    refine(&s);
    store(&s, columns, n, exponent);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
