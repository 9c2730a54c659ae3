/* absorb_walk.c  Walks over the sorted rows: projection, certificate, product with S: absorb_solve.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inner functions take the number of lanes as a constant, so that the loops over them become vector instructions:
 * 1e6 rows, 1e5 and 1e3 levels: 4 lanes cost what 1.5 single ones did. */
#include "core/vector_math.h"
#include "stats/absorb_solve.h"
#include "stats/two_double.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const double least_size = 1e-3; /* of a level's values, in root mean squares of the column */

/* Parts of a tally. */
enum { HIGH, LOW, SIZE, SQUARE, N_TALLIES };

/* Sorted rows [begin, begin + n) of level l of group 0, with their weights and values. */
typedef struct span {
    size_t l, begin, n;
    const double *w;
    double *x;
} span;

/* A column of a group over a span; a lone intercept's q is NULL: 1, its unit left for later. */
static const double *column_of(const pg_absorber *a, const pg_effect_group *g, const span *t, size_t k)
{
    return g->unit != NULL ? NULL : g->basis + t->begin + k * a->n_rows;
}

PG_INLINE void add_product(double *high, double *low, double a, double b, bool exact)
{
    if (!exact) {
        *high += a * b;
        return;
    }
    pg_two sum = { *high, *low };
    pg_two_add(&sum, pg_two_product(a, b));
    *high = sum.hi;
    *low = sum.lo;
}

/* x -= q c of one column of a group, c widened */
PG_INLINE void subtract_column(const uint32_t *restrict level, const double *restrict q, size_t n, size_t lanes,
                               const double *restrict c, size_t stride, double *restrict x)
{
    for (size_t i = 0; i < n; i++)
        for (size_t v = 0; v < lanes; v++)
            x[i * lanes + v] -= q == NULL ? c[level[i] * stride + v] : q[i] * c[level[i] * stride + v];
}

/* x -= Q_r c */
PG_INLINE void subtract(const pg_solving *s, const span *t, size_t lanes)
{
    const pg_absorber *a = s->a;
    for (size_t h = 1; h < a->n_groups; h++) {
        const pg_effect_group *g = &a->groups[h];
        const uint32_t *level = g->level + t->begin;
        const double *c = s->wide + g->first * lanes;
        if (g->unit != NULL) subtract_column(level, NULL, t->n, lanes, c, lanes, t->x);
        for (size_t k = 0; k < g->n_columns && g->unit == NULL; k++)
            subtract_column(level, column_of(a, g, t, k), t->n, lanes, c + k * lanes, g->n_columns * lanes, t->x);
    }
}

/* sum = q'W x of a span */
PG_INLINE void sum_column(const double *restrict w, const double *restrict q, size_t n, size_t lanes,
                          const double *restrict x, bool exact, double *restrict sum)
{
    double high[PG_MOST_LANES] = { 0 }, low[PG_MOST_LANES] = { 0 };
    for (size_t i = 0; i < n; i++) {
        const double wq = q == NULL ? w[i] : w[i] * q[i];
        for (size_t v = 0; v < lanes; v++)
            add_product(&high[v], &low[v], wq, x[i * lanes + v], exact);
    }
    for (size_t v = 0; v < lanes; v++)
        sum[v] = high[v] + low[v];
}

PG_INLINE void subtract_mean(const double *restrict q, size_t n, size_t lanes, const double *restrict mean,
                             double *restrict x)
{
    for (size_t i = 0; i < n; i++)
        for (size_t v = 0; v < lanes; v++)
            x[i * lanes + v] -= q == NULL ? mean[v] : q[i] * mean[v];
}

/* x <- M_0 x in a span; exactly: twice, the second time for what rounding left. */
PG_INLINE void project(const pg_solving *s, const span *t, size_t lanes, bool exact)
{
    const pg_effect_group *g = &s->a->groups[0];
    for (size_t pass = 0; pass < (exact ? 2 : 1) * g->n_columns; pass++) {
        const size_t k = pass % g->n_columns;
        const double *q = column_of(s->a, g, t, k), unit = g->unit != NULL ? g->unit[t->l] : 1;
        double sum[PG_MOST_LANES], mean[PG_MOST_LANES];
        if (q == NULL)
            sum_column(t->w, NULL, t->n, lanes, t->x, exact, sum);
        else
            sum_column(t->w, q, t->n, lanes, t->x, exact, sum);
        for (size_t v = 0; v < lanes; v++)
            mean[v] = s->active[v] * (sum[v] * unit * unit);
        if (q == NULL)
            subtract_mean(NULL, t->n, lanes, mean, t->x);
        else
            subtract_mean(q, t->n, lanes, mean, t->x);
        if (s->first != NULL) s->first[t->l * g->n_columns + k] += g->unit != NULL ? mean[0] / unit : mean[0];
    }
}

PG_INLINE double ratio(double part, double whole, double whole0)
{
    const double size = whole > whole0 ? whole : whole0;
    return size > 0 ? fabs(part) / size : 0;
}

PG_INLINE void size_column(const double *restrict w, const double *restrict q, size_t n, size_t lanes,
                           const double *restrict x, double *restrict size)
{
    for (size_t i = 0; i < n; i++) {
        const double wq = q == NULL ? w[i] : w[i] * q[i];
        for (size_t v = 0; v < lanes; v++)
            size[v] += fabs(wq * x[i * lanes + v]);
    }
}

PG_INLINE void square_column(const double *restrict w, size_t n, size_t lanes, const double *restrict x,
                             double *restrict square)
{
    double sum[PG_MOST_LANES] = { 0 };
    for (size_t i = 0; i < n; i++)
        for (size_t v = 0; v < lanes; v++)
            sum[v] += w[i] * x[i * lanes + v] * x[i * lanes + v];
    for (size_t v = 0; v < lanes; v++)
        square[v] += sum[v];
}

/* What is left of group 0's sums, where nothing should be. */
PG_INLINE void measure(pg_solving *s, const span *t, size_t lanes, bool exact)
{
    const pg_effect_group *g = &s->a->groups[0];
    square_column(t->w, t->n, lanes, t->x, s->square);
    for (size_t k = 0; k < g->n_columns; k++) {
        const double *q = column_of(s->a, g, t, k), *size0 = s->level0 + (t->l * g->n_columns + k) * lanes;
        double sum[PG_MOST_LANES], size[PG_MOST_LANES] = { 0 };
        if (q == NULL) {
            sum_column(t->w, NULL, t->n, lanes, t->x, exact, sum);
            size_column(t->w, NULL, t->n, lanes, t->x, size);
        } else {
            sum_column(t->w, q, t->n, lanes, t->x, exact, sum);
            size_column(t->w, q, t->n, lanes, t->x, size);
        }
        for (size_t v = 0; v < lanes; v++) {
            const double left = ratio(sum[v], size[v], size0[v]);
            if (!(left <= s->residual[v])) s->residual[v] = left; /* not a number stays */
        }
    }
}

PG_INLINE void tally_column(const uint32_t *restrict level, const double *restrict w, const double *restrict q,
                            size_t n, size_t lanes, size_t stride, const double *restrict x, double *restrict tally,
                            bool exact)
{
    for (size_t i = 0; i < n; i++) {
        const double wq = q == NULL ? w[i] : w[i] * q[i];
        double *restrict sums = tally + level[i] * stride;
        for (size_t v = 0; v < lanes; v++)
            add_product(&sums[HIGH * lanes + v], &sums[LOW * lanes + v], wq, x[i * lanes + v], exact);
        for (size_t v = 0; v < lanes; v++)
            sums[SIZE * lanes + v] += fabs(wq * x[i * lanes + v]);
        for (size_t v = 0; v < lanes; v++)
            sums[SQUARE * lanes + v] += wq * x[i * lanes + v] * (wq * x[i * lanes + v]);
    }
}

/* The rest's sums of a span. */
PG_INLINE void tally(const pg_solving *s, const span *t, size_t lanes, bool exact)
{
    const pg_absorber *a = s->a;
    for (size_t h = 1; h < a->n_groups; h++) {
        const pg_effect_group *g = &a->groups[h];
        const uint32_t *level = g->level + t->begin;
        const size_t one = N_TALLIES * lanes;
        double *to = s->tally + g->first * one;
        if (g->unit != NULL) tally_column(level, t->w, NULL, t->n, lanes, one, t->x, to, exact);
        for (size_t k = 0; k < g->n_columns && g->unit == NULL; k++)
            tally_column(level, t->w, column_of(a, g, t, k), t->n, lanes, g->n_columns * one, t->x, to + k * one,
                         exact);
    }
}

/* b, residual and noise from the tallies. Rounding of x moves an element of b by about u times the root of the sum of
 * (w q x)^2, out of the range of S too. */
static void close_tallies(pg_solving *s)
{
    const pg_absorber *a = s->a;
    const size_t lanes = s->lanes;
    for (size_t h = 1; h < a->n_groups; h++) {
        const pg_effect_group *g = &a->groups[h];
        for (size_t j = 0; j < g->n_levels * g->n_columns; j++) {
            const size_t at = g->first + j;
            const double *sums = s->tally + at * N_TALLIES * lanes, unit = g->unit != NULL ? g->unit[j] : 1;
            for (size_t v = 0; v < lanes; v++) {
                const double b = unit * (sums[HIGH * lanes + v] + sums[LOW * lanes + v]);
                const double left = ratio(b, unit * sums[SIZE * lanes + v], s->size0[at * lanes + v]);
                s->b[at * lanes + v] = b;
                if (!(left <= s->residual[v])) s->residual[v] = left;
                if (a->diagonal[at] > 0) s->noise[v] += unit * unit * sums[SQUARE * lanes + v] / a->diagonal[at];
            }
        }
    }
    for (size_t v = 0; v < lanes; v++)
        s->noise[v] = DBL_EPSILON / 2 * sqrt(s->noise[v]);
}

/* wide = the coefficients times what does not vary by row, so that a lone intercept costs one number a row. */
static void widen(const pg_solving *s, const double *c)
{
    const pg_absorber *a = s->a;
    const size_t lanes = s->lanes;
    for (size_t h = 1; h < a->n_groups; h++) {
        const pg_effect_group *g = &a->groups[h];
        for (size_t j = 0; j < g->n_levels * g->n_columns; j++)
            for (size_t v = 0; v < lanes; v++)
                s->wide[(g->first + j) * lanes + v] =
                    c[(g->first + j) * lanes + v] * (g->unit != NULL ? g->unit[j] : 1);
    }
}

PG_INLINE span span_of(const pg_solving *s, size_t l, size_t lanes)
{
    const size_t begin = s->a->start[l];
    return (span){ l, begin, s->a->start[l + 1] - begin, s->a->weight + begin, s->x + begin * lanes };
}

PG_INLINE void walk(pg_solving *s, size_t lanes, bool correct, bool exact)
{
    for (size_t l = 0; l < s->a->groups[0].n_levels; l++) {
        const span t = span_of(s, l, lanes);
        if (correct) subtract(s, &t, lanes);
        project(s, &t, lanes, exact);
        measure(s, &t, lanes, exact);
        tally(s, &t, lanes, exact);
    }
}

PG_INLINE void walk_roughly(pg_solving *s, size_t lanes)
{
    walk(s, lanes, s->correcting, false);
}

PG_INLINE void walk_exactly(pg_solving *s, size_t lanes)
{
    walk(s, lanes, s->correcting, true);
}

PG_VECTOR_VERSIONS(walk_roughly, pg_solving, 4)
PG_VECTOR_VERSIONS(walk_exactly, pg_solving, 4)

void pg_walk(pg_solving *s, const double *c, bool exact)
{
    const pg_vector_unit unit = pg_vector_unit_here();
    s->correcting = c != NULL;
    memset(s->tally, 0, s->a->n_rest * N_TALLIES * s->lanes * sizeof *s->tally);
    memset(s->residual, 0, sizeof s->residual);
    memset(s->noise, 0, sizeof s->noise);
    memset(s->square, 0, sizeof s->square);
    if (c != NULL) widen(s, c);
    if (s->lanes == 4 && exact)
        walk_exactly_on(unit, s);
    else if (s->lanes == 4)
        walk_roughly_on(unit, s);
    else if (s->lanes == 2 && exact)
        walk_exactly(s, 2);
    else if (s->lanes == 2)
        walk_roughly(s, 2);
    else if (exact)
        walk_exactly(s, 1);
    else
        walk_roughly(s, 1);
    close_tallies(s);
}

/* Sizes are not below those of a column a thousandth as large: where x is 0 and effects are taken from it and given
 * back, only rounding of these stands. */
static void raise_sizes(const pg_solving *s, const pg_effect_group *g, double *sizes, bool with_unit)
{
    const pg_absorber *a = s->a;
    const size_t lanes = s->lanes, m = g->n_columns;
    for (size_t l = 0; l < g->n_levels && g->unit != NULL; l++) {
        const double mass = g->unit[l] > 0 ? 1 / (with_unit ? g->unit[l] : g->unit[l] * g->unit[l]) : 0;
        for (size_t v = 0; v < lanes; v++) {
            double *size = &sizes[l * lanes + v];
            *size = fmax(*size * (with_unit ? g->unit[l] : 1), least_size * s->root_mean_square[v] * mass);
        }
    }
    if (g->unit != NULL) return;
    double *mass = s->tally;
    memset(mass, 0, g->n_levels * m * sizeof *mass);
    for (size_t k = 0; k < m; k++)
        for (size_t i = 0; i < a->n_rows; i++)
            mass[g->level[i] * m + k] += a->weight[i] * fabs(g->basis[i + k * a->n_rows]);
    for (size_t j = 0; j < g->n_levels * m; j++)
        for (size_t v = 0; v < lanes; v++)
            sizes[j * lanes + v] = fmax(sizes[j * lanes + v], least_size * s->root_mean_square[v] * mass[j]);
}

PG_INLINE void first_sizes(const uint32_t *restrict level, const double *restrict w, const double *restrict q, size_t n,
                           size_t lanes, size_t stride, const double *restrict x, double *restrict sizes)
{
    for (size_t i = 0; i < n; i++) {
        const double wq = q == NULL ? w[i] : w[i] * q[i];
        double *restrict size = sizes + level[i] * stride;
        for (size_t v = 0; v < lanes; v++)
            size[v] += fabs(wq * x[i * lanes + v]);
    }
}

PG_INLINE void walk_first(pg_solving *s, size_t lanes)
{
    const pg_absorber *a = s->a;
    for (size_t l = 0; l < a->groups[0].n_levels; l++) {
        const span t = span_of(s, l, lanes);
        square_column(t.w, t.n, lanes, t.x, s->square);
        for (size_t h = 0; h < a->n_groups; h++) {
            const pg_effect_group *g = &a->groups[h];
            const uint32_t *level = g->level + t.begin;
            double *to = h == 0 ? s->level0 : s->size0 + g->first * lanes;
            if (g->unit != NULL) first_sizes(level, t.w, NULL, t.n, lanes, lanes, t.x, to);
            for (size_t k = 0; k < g->n_columns && g->unit == NULL; k++)
                first_sizes(level, t.w, column_of(a, g, &t, k), t.n, lanes, g->n_columns * lanes, t.x, to + k * lanes);
        }
    }
}

void pg_walk_first(pg_solving *s)
{
    const size_t lanes = s->lanes;
    memset(s->square, 0, sizeof s->square);
    if (lanes == 4)
        walk_first(s, 4);
    else if (lanes == 2)
        walk_first(s, 2);
    else
        walk_first(s, 1);
    for (size_t v = 0; v < lanes; v++) {
        s->norm[v] = sqrt(s->square[v]);
        s->root_mean_square[v] = s->norm[v] / sqrt(s->a->mass);
    }
    raise_sizes(s, &s->a->groups[0], s->level0, false);
    for (size_t h = 1; h < s->a->n_groups; h++)
        raise_sizes(s, &s->a->groups[h], s->size0 + s->a->groups[h].first * lanes, true);
}
