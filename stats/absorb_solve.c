/* absorb_solve.c  One column through an absorber: eliminate the largest group, solve for the rest, refine.
 * Source: Guimaraes & Portugal (2010), Stata J. 10(4); conjugate gradients: Hestenes & Stiefel (1952), J. Res. NBS 49.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * x <- M_0 x; b = Q_r'W x; solve S c = b; x <- x - Q_r c; and again. The sums in M_0 and b carry twice the precision,
 * so each round is a step of iterative refinement and a solver with few digits ends with all of them. */
#include "core/parallel.h"
#include "stats/absorb_system.h"
#include "stats/two_double.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MAX_ROUNDS = 12, MAX_STEPS = 20000, STEPS_BEFORE_DIRECT = 400, MOST_DIRECT = 2000 };
static const double inner_tol = 1e-10;  /* of a round of conjugate gradients, relative */
static const double small_step = 1e-14; /* norm of the last correction to that of the column */
static const double acceptable = 1e-12; /* residual where rounding keeps it from falling further */
static const double least_size = 1e-3;  /* of a level's values, in root mean squares of the column */
static const double vanished = 1e-13;   /* norm left to norm before: nothing but rounding */

typedef struct solving {
    const pg_absorber *a;
    const pg_schur *direct;
    double *x;                     /* [n_rows] sorted, scaled by a power of two to at most 1 */
    double *size0, *size, *square; /* sum |w q x| of each coefficient of the rest, at first and now */
    double *level0;                /* [coefficients of group 0] at first */
    pg_two *sum;                   /* [n_rest] */
    double *b, *c;                 /* [n_rest] */
    double *r, *z, *p, *sp, *wide; /* [n_rest] of conjugate gradients */
    double *segment;               /* [longest] */
    double *first, *rest;          /* coefficients found, or NULL */
    double norm, root_mean_square, step, residual;
    size_t steps, most_steps;
} solving;

static double column_value(const pg_absorber *a, const pg_effect_group *g, size_t i, size_t k)
{
    return g->unit != NULL ? g->unit[g->level[i]] : g->basis[i + k * a->n_rows];
}

/* x <- M_0 x, in two passes: the second takes what rounding left. */
static void project_first(solving *s)
{
    const pg_absorber *a = s->a;
    const pg_effect_group *g = &a->groups[0];
    for (size_t l = 0; l < g->n_levels; l++) {
        const size_t begin = a->start[l], end = a->start[l + 1];
        for (size_t pass = 0; pass < 2 * g->n_columns; pass++) {
            const size_t k = pass % g->n_columns;
            pg_two sum = { 0, 0 };
            for (size_t i = begin; i < end; i++) {
                const double wq = g->unit != NULL ? a->weight[i] : a->weight[i] * g->basis[i + k * a->n_rows];
                pg_two_add(&sum, pg_two_product(wq, s->x[i]));
            }
            const double total = sum.hi + sum.lo, mean = g->unit != NULL ? total * g->unit[l] * g->unit[l] : total;
            for (size_t i = begin; i < end; i++)
                s->x[i] -= g->unit != NULL ? mean : g->basis[i + k * a->n_rows] * mean;
            if (s->first != NULL) s->first[l * g->n_columns + k] += g->unit != NULL ? total * g->unit[l] : total;
        }
    }
}

static double ratio(double part, double whole, double whole0)
{
    const double size = fmax(whole, whole0);
    return size > 0 ? fabs(part) / size : 0;
}

/* Group 0's sums, where nothing should be left; remember their sizes the first time. */
static double measure_first(solving *s, bool remember)
{
    const pg_absorber *a = s->a;
    const pg_effect_group *g = &a->groups[0];
    double largest = 0;
    for (size_t l = 0; l < g->n_levels; l++) {
        for (size_t k = 0; k < g->n_columns; k++) {
            pg_two sum = { 0, 0 };
            double size = 0, mass = 0;
            for (size_t i = a->start[l]; i < a->start[l + 1]; i++) {
                const double wq = a->weight[i] * column_value(a, g, i, k);
                pg_two_add(&sum, pg_two_product(wq, s->x[i]));
                size += fabs(wq * s->x[i]);
                mass += fabs(wq);
            }
            double *size0 = &s->level0[l * g->n_columns + k];
            if (remember) *size0 = fmax(size, least_size * s->root_mean_square * mass);
            largest = fmax(largest, ratio(sum.hi + sum.lo, size, *size0));
        }
    }
    return largest;
}

/* Sizes at first, not below those of a column a thousandth as large: where x is 0 and effects are taken from it and
 * given back, only rounding of these stands. */
static void remember_sizes(solving *s)
{
    const pg_absorber *a = s->a;
    memset(s->size0, 0, a->n_rest * sizeof *s->size0);
    for (size_t h = 1; h < a->n_groups; h++) {
        const pg_effect_group *g = &a->groups[h];
        for (size_t k = 0; k < g->n_columns; k++)
            for (size_t i = 0; i < a->n_rows; i++)
                s->size0[g->first + g->level[i] * g->n_columns + k] += a->weight[i] * fabs(column_value(a, g, i, k));
    }
    for (size_t j = 0; j < a->n_rest; j++)
        s->size0[j] = fmax(s->size[j], least_size * s->root_mean_square * s->size0[j]);
}

/* b = Q_r'W x with its sizes. */
static double measure_rest(solving *s, bool remember)
{
    const pg_absorber *a = s->a;
    double largest = 0;
    memset(s->sum, 0, a->n_rest * sizeof *s->sum);
    memset(s->size, 0, a->n_rest * sizeof *s->size);
    memset(s->square, 0, a->n_rest * sizeof *s->square);
    for (size_t h = 1; h < a->n_groups; h++) {
        const pg_effect_group *g = &a->groups[h];
        for (size_t k = 0; k < g->n_columns; k++) {
            for (size_t i = 0; i < a->n_rows; i++) {
                const size_t at = g->first + g->level[i] * g->n_columns + k;
                const double wq = a->weight[i] * column_value(a, g, i, k);
                pg_two_add(&s->sum[at], pg_two_product(wq, s->x[i]));
                s->size[at] += fabs(wq * s->x[i]);
                s->square[at] += wq * s->x[i] * (wq * s->x[i]);
            }
        }
    }
    if (remember) remember_sizes(s);
    for (size_t j = 0; j < a->n_rest; j++) {
        s->b[j] = s->sum[j].hi + s->sum[j].lo;
        largest = fmax(largest, ratio(s->b[j], s->size[j], s->size0[j]));
    }
    return largest;
}

/* wide = the coefficients times what does not vary by row, so that a lone intercept costs one number a row. */
static void widen(const solving *s, const double *c)
{
    const pg_absorber *a = s->a;
    memcpy(s->wide, c, a->n_rest * sizeof *c);
    for (size_t h = 1; h < a->n_groups; h++) {
        const pg_effect_group *g = &a->groups[h];
        for (size_t l = 0; l < g->n_levels && g->unit != NULL; l++)
            s->wide[g->first + l] *= g->unit[l];
    }
}

/* out += Q_r c for rows [begin, begin + n). */
static void add_fitted(const solving *s, size_t begin, size_t n, double *out)
{
    const pg_absorber *a = s->a;
    for (size_t h = 1; h < a->n_groups; h++) {
        const pg_effect_group *g = &a->groups[h];
        const uint32_t *level = g->level + begin;
        const double *wide = s->wide + g->first;
        for (size_t i = 0; i < n && g->unit != NULL; i++)
            out[i] += wide[level[i]];
        for (size_t k = 0; k < g->n_columns && g->unit == NULL; k++)
            for (size_t i = 0; i < n; i++)
                out[i] += g->basis[begin + i + k * a->n_rows] * wide[level[i] * g->n_columns + k];
    }
}

/* out += Q_r'W z of rows [begin, begin + n), a lone intercept's without its unit. */
static void scatter(const solving *s, size_t begin, size_t n, const double *z, double *out)
{
    const pg_absorber *a = s->a;
    const double *w = a->weight + begin;
    for (size_t h = 1; h < a->n_groups; h++) {
        const pg_effect_group *g = &a->groups[h];
        const uint32_t *level = g->level + begin;
        double *to = out + g->first;
        for (size_t i = 0; i < n && g->unit != NULL; i++)
            to[level[i]] += w[i] * z[i];
        for (size_t k = 0; k < g->n_columns && g->unit == NULL; k++)
            for (size_t i = 0; i < n; i++)
                to[level[i] * g->n_columns + k] += w[i] * g->basis[begin + i + k * a->n_rows] * z[i];
    }
}

/* z <- M_0 z within one level. */
static void project_segment(const pg_absorber *a, size_t l, double *z)
{
    const pg_effect_group *g = &a->groups[0];
    const size_t begin = a->start[l], n = a->start[l + 1] - begin;
    const double *w = a->weight + begin;
    for (size_t k = 0; k < g->n_columns; k++) {
        const double *q = g->unit == NULL ? g->basis + begin + k * a->n_rows : NULL;
        double sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += w[i] * z[i] * (q == NULL ? 1 : q[i]);
        if (q == NULL) sum *= g->unit[l] * g->unit[l];
        for (size_t i = 0; i < n; i++)
            z[i] -= sum * (q == NULL ? 1 : q[i]);
    }
}

/* out = S v */
static void apply(solving *s, const double *v, double *out)
{
    const pg_absorber *a = s->a;
    widen(s, v);
    memset(out, 0, a->n_rest * sizeof *out);
    for (size_t l = 0; l < a->groups[0].n_levels; l++) {
        const size_t begin = a->start[l], n = a->start[l + 1] - begin;
        memset(s->segment, 0, n * sizeof *s->segment);
        add_fitted(s, begin, n, s->segment);
        project_segment(a, l, s->segment);
        scatter(s, begin, n, s->segment, out);
    }
    for (size_t h = 1; h < a->n_groups; h++) {
        const pg_effect_group *g = &a->groups[h];
        for (size_t l = 0; l < g->n_levels && g->unit != NULL; l++)
            out[g->first + l] *= g->unit[l];
    }
}

static void precondition(const solving *s)
{
    for (size_t j = 0; j < s->a->n_rest; j++)
        s->z[j] = s->a->diagonal[j] > 0 ? s->r[j] / s->a->diagonal[j] : 0;
}

/* Rounding of x moves an element of b by about u times the root of the sum of (w q x)^2, out of the range of S too. */
static double noise_of(const solving *s)
{
    double sum = 0;
    for (size_t j = 0; j < s->a->n_rest; j++)
        if (s->a->diagonal[j] > 0) sum += s->square[j] / s->a->diagonal[j];
    return DBL_EPSILON / 2 * sqrt(sum);
}

/* c = S^+ b. @return false when the steps ran out */
static bool conjugate_gradients(solving *s)
{
    const size_t n = s->a->n_rest;
    memcpy(s->r, s->b, n * sizeof *s->r);
    const double noise = noise_of(s);
    memset(s->c, 0, n * sizeof *s->c);
    precondition(s);
    memcpy(s->p, s->z, n * sizeof *s->p);
    double rho = pg_dot(s->r, s->z, n);
    const double enough = fmax(inner_tol * inner_tol * rho, noise * noise);
    while (rho > enough) {
        if (s->steps++ >= s->most_steps) return false;
        apply(s, s->p, s->sp);
        const double curvature = pg_dot(s->p, s->sp, n);
        if (!(curvature > 0)) return true; /* only rounding is left of the direction */
        const double alpha = rho / curvature;
        for (size_t j = 0; j < n; j++) {
            s->c[j] += alpha * s->p[j];
            s->r[j] -= alpha * s->sp[j];
        }
        precondition(s);
        const double next = pg_dot(s->r, s->z, n), beta = next / rho;
        for (size_t j = 0; j < n; j++)
            s->p[j] = s->z[j] + beta * s->p[j];
        rho = next;
    }
    return true;
}

/* x <- x - Q_r c */
static void subtract(solving *s)
{
    const pg_absorber *a = s->a;
    widen(s, s->c);
    for (size_t l = 0; l < a->groups[0].n_levels; l++) {
        const size_t begin = a->start[l], n = a->start[l + 1] - begin;
        memset(s->segment, 0, n * sizeof *s->segment);
        add_fitted(s, begin, n, s->segment);
        for (size_t i = 0; i < n; i++)
            s->x[begin + i] -= s->segment[i];
    }
    for (size_t j = 0; j < a->n_rest && s->rest != NULL; j++)
        s->rest[j] += s->c[j];
}

/* c'b = |M_0 Q_r c|^2 is the size of the correction made. @return false: the steps ran out */
static bool correct(solving *s)
{
    bool done = true;
    if (s->direct != NULL) {
        memcpy(s->c, s->b, s->a->n_rest * sizeof *s->c);
        pg_schur_solve(s->direct, s->c);
        s->steps++;
    } else {
        done = conjugate_gradients(s);
    }
    s->step = sqrt(fmax(pg_dot(s->c, s->b, s->a->n_rest), 0));
    subtract(s);
    return done;
}

/* @return did it converge? */
static bool refine(solving *s, double tol)
{
    const double target = tol > 0 ? tol : 1e-14;
    double before = HUGE_VAL;
    bool going = true;
    (void)measure_first(s, true);
    (void)measure_rest(s, true);
    s->step = HUGE_VAL;
    for (int round = 0;; round++) {
        project_first(s);
        s->residual = fmax(measure_rest(s, false), measure_first(s, false));
        const bool settled = tol > 0 || s->a->n_rest == 0 || s->step <= small_step * s->norm;
        if (!isfinite(s->residual)) return false;
        if (s->residual <= target && settled) return true;
        if (!going || round == MAX_ROUNDS) break;
        if (round > 2 && !(s->residual < before / 2)) break;
        before = s->residual;
        going = correct(s);
    }
    double largest = 0; /* in units of the whole column, where a level's own values are far smaller than it */
    for (size_t j = 0; j < s->a->n_rest; j++)
        largest = fmax(largest, fabs(s->b[j]));
    return s->residual <= fmax(target, acceptable) || largest <= small_step * s->norm;
}

static pgdp_status solving_new(pgdp_ctx *ctx, const pg_absorber *a, pg_absorbed *column, solving *s)
{
    const size_t n_first = a->groups[0].n_levels * a->groups[0].n_columns;
    double **const of_rest[] = { &s->size0, &s->size, &s->square, &s->b, &s->c, &s->r, &s->z, &s->p, &s->sp, &s->wide };
    for (size_t i = 0; i < sizeof of_rest / sizeof *of_rest; i++)
        PG_TRY_ALLOC(ctx, *of_rest[i], pg_arena_alloc(&ctx->scratch, a->n_rest, sizeof(double)));
    PG_TRY_ALLOC(ctx, s->sum, pg_arena_alloc(&ctx->scratch, a->n_rest, sizeof *s->sum));
    PG_TRY_ALLOC(ctx, s->level0, pg_arena_alloc(&ctx->scratch, n_first, sizeof *s->level0));
    PG_TRY_ALLOC(ctx, s->segment, pg_arena_alloc(&ctx->scratch, a->longest, sizeof *s->segment));
    PG_TRY_ALLOC(ctx, s->x, pg_arena_alloc(&ctx->scratch, a->n_rows, sizeof *s->x));
    s->a = a;
    s->first = column->first;
    s->rest = column->rest;
    return PGDP_OK;
}

static double norm(const solving *s)
{
    double sum = 0;
    for (size_t l = 0; l < s->a->groups[0].n_levels; l++) {
        double part = 0;
        for (size_t i = s->a->start[l]; i < s->a->start[l + 1]; i++)
            part += s->a->weight[i] * s->x[i] * s->x[i];
        sum += part;
    }
    return sqrt(sum);
}

static int scale_of(const double *column, size_t n)
{
    double largest = 0;
    int exponent = 0;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(column[i]));
    (void)frexp(largest, &exponent);
    return exponent;
}

pgdp_status pg_absorb_column(pgdp_ctx *ctx, const pg_absorber *a, const pg_schur *direct, double tol,
                             pg_absorbed *column)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const int exponent = scale_of(column->column, a->n_rows);
    solving s = { .direct = direct };
    PG_TRY(solving_new(ctx, a, column, &s));
    s.most_steps = a->n_rest <= MOST_DIRECT ? STEPS_BEFORE_DIRECT : MAX_STEPS;
    for (size_t i = 0; i < a->n_rows; i++)
        s.x[i] = ldexp(column->column[a->order[i]], -exponent);
    s.norm = norm(&s);
    s.root_mean_square = s.norm / sqrt(pg_sum(a->weight, a->n_rows));
    column->converged = refine(&s, tol);
    column->iterations = s.steps;
    column->residual = s.residual;
    const bool empty = norm(&s) <= vanished * s.norm;
    for (size_t i = 0; i < a->n_rows && column->converged; i++)
        column->column[a->order[i]] = empty ? 0 : ldexp(s.x[i], exponent);
    for (size_t j = 0; j < a->n_rest && s.rest != NULL; j++)
        s.rest[j] = ldexp(s.rest[j], exponent);
    const size_t n_first = a->groups[0].n_levels * a->groups[0].n_columns;
    for (size_t j = 0; j < n_first && s.first != NULL; j++)
        s.first[j] = ldexp(s.first[j], exponent);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
