/* absorb_tally.c  What the runs of a walk add up to: absorb_solve.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/absorb_solve.h"
#include "stats/two_double.h"

#include <float.h>
#include <math.h>
#include <string.h>

void pg_widen(const pg_solving *s, const double *v, double *wide)
{
    const size_t lanes = s->lanes;
    for (size_t h = 1; h < s->a->n_groups; h++) {
        const pg_effect_group *g = &s->a->groups[h];
        for (size_t j = 0; j < g->n_levels * g->n_columns; j++)
            for (size_t k = (g->first + j) * lanes; k < (g->first + j + 1) * lanes; k++)
                wide[k] = v[k] * (g->unit != NULL ? g->unit[j] : 1);
    }
}

static double ratio(double part, double whole, double whole0)
{
    const double size = whole > whole0 ? whole : whole0;
    return size > 0 ? fabs(part) / size : 0;
}

/* Into the first run's, in the order of the runs. */
static void add_runs(const pg_solving *s)
{
    const size_t lanes = s->lanes, n = s->a->n_rest;
    pg_walker *first = &s->walkers[0];
    for (size_t run = 1; run < s->a->n_runs; run++) {
        const pg_walker *p = &s->walkers[run];
        for (size_t j = 0; j < n; j++) {
            double *to = first->tally + j * PG_N_TALLIES * lanes;
            const double *part = p->tally + j * PG_N_TALLIES * lanes;
            for (size_t v = 0; v < lanes; v++) {
                pg_two sum = { to[PG_HIGH * lanes + v], to[PG_LOW * lanes + v] };
                pg_two_add(&sum, (pg_two){ part[PG_HIGH * lanes + v], part[PG_LOW * lanes + v] });
                to[PG_HIGH * lanes + v] = sum.hi;
                to[PG_LOW * lanes + v] = sum.lo;
            }
            for (size_t v = PG_SIZE * lanes; v < PG_N_TALLIES * lanes; v++)
                to[v] += part[v];
        }
        for (size_t j = 0; j < n * lanes && s->at_first; j++)
            first->size0[j] += p->size0[j];
        for (size_t v = 0; v < lanes; v++) {
            first->square[v] += p->square[v];
            first->square0[v] += p->square0[v];
            if (!(p->residual[v] <= first->residual[v])) first->residual[v] = p->residual[v];
        }
    }
}

/* Sizes are not below those of a column a thousandth as large: where x is 0 and effects are taken from it and given
 * back, only rounding of these stands. Those of the rest are with the units of lone intercepts, group 0's without. */
static void raise_sizes(const pg_solving *s, size_t h, double *sizes, double *mass)
{
    const pg_absorber *a = s->a;
    const pg_effect_group *g = &a->groups[h];
    const size_t lanes = s->lanes, m = g->n_columns;
    for (size_t j = 0; j < g->n_levels * m; j++)
        mass[j] = g->unit != NULL && g->unit[j] > 0 ? 1 / (h == 0 ? g->unit[j] * g->unit[j] : g->unit[j]) : 0;
    for (size_t k = 0; k < m && g->unit == NULL; k++)
        for (size_t i = 0; i < a->n_rows; i++)
            mass[g->level[i] * m + k] += pg_absorber_weight(a, i) * fabs(g->basis[i + k * a->n_rows]);
    for (size_t j = 0; j < g->n_levels * m; j++) {
        const double unit = h > 0 && g->unit != NULL ? g->unit[j] : 1;
        for (size_t v = 0; v < lanes; v++)
            sizes[j * lanes + v] = fmax(sizes[j * lanes + v] * unit, PG_LEAST_SIZE * s->root_mean_square[v] * mass[j]);
    }
}

void pg_walk_set_sizes(pg_solving *s, const double *square)
{
    const pg_absorber *a = s->a;
    for (size_t v = 0; v < s->lanes; v++) {
        s->norm[v] = sqrt(square[v]);
        s->root_mean_square[v] = s->norm[v] / sqrt(a->mass);
    }
    raise_sizes(s, 0, s->level0, s->mass);
    for (size_t h = 1; h < a->n_groups; h++)
        raise_sizes(s, h, s->size0 + a->groups[h].first * s->lanes, s->mass);
}

/* Rounding of x moves an element of b by about u times the root of the sum of (w q x)^2, out of the range of S too. */
void pg_walk_add_up(pg_solving *s)
{
    const pg_absorber *a = s->a;
    const size_t lanes = s->lanes;
    const pg_walker *p = &s->walkers[0];
    add_runs(s);
    memcpy(s->residual, p->residual, sizeof s->residual);
    memcpy(s->square, p->square, sizeof s->square);
    memset(s->noise, 0, sizeof s->noise);
    if (s->at_first) {
        memcpy(s->size0, p->size0, a->n_rest * lanes * sizeof *s->size0);
        pg_walk_set_sizes(s, p->square0);
    }
    for (size_t h = 1; h < a->n_groups; h++) {
        const pg_effect_group *g = &a->groups[h];
        for (size_t j = 0; j < g->n_levels * g->n_columns; j++) {
            const size_t at = g->first + j;
            const double *sums = p->tally + at * PG_N_TALLIES * lanes, unit = g->unit != NULL ? g->unit[j] : 1;
            for (size_t v = 0; v < lanes; v++) {
                const double b = unit * (sums[PG_HIGH * lanes + v] + sums[PG_LOW * lanes + v]);
                const double left = ratio(b, unit * sums[PG_SIZE * lanes + v], s->size0[at * lanes + v]);
                s->b[at * lanes + v] = b;
                if (!(left <= s->residual[v])) s->residual[v] = left;
                if (a->diagonal[at] > 0) s->noise[v] += unit * unit * sums[PG_SQUARE * lanes + v] / a->diagonal[at];
            }
        }
    }
    for (size_t v = 0; v < lanes; v++)
        s->noise[v] = DBL_EPSILON / 2 * sqrt(s->noise[v]);
}
