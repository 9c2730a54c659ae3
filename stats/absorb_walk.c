/* absorb_walk.c  Walks over the sorted rows: projection and certificate: absorb_solve.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inner functions take the number of lanes as a constant, so that the loops over them become vector instructions:
 * 1e6 rows, 1e5 and 1e3 levels: 4 lanes cost what 1.5 single ones did. */
#include "core/parallel.h"
#include "core/vector_math.h"
#include "stats/absorb_solve.h"
#include "stats/two_double.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Weights of rows; `any` false, which the compiler is to know: ones. */
typedef struct weights {
    const double *w;
    bool any;
} weights;

/* Sorted rows [begin, begin + n) of level l of group 0, with their weights and values. */
typedef struct span {
    size_t l, begin, n;
    weights w;
    double *x;
} span;

/* A column of a group over a span; a lone intercept's q is NULL: 1, its unit left for later. */
static const double *column_of(const pg_absorber *a, const pg_effect_group *g, const span *t, size_t k)
{
    return g->unit != NULL ? NULL : g->basis + t->begin + k * a->n_rows;
}

/* w q of a row */
PG_INLINE double times(weights w, const double *q, size_t i)
{
    return q == NULL ? (w.any ? w.w[i] : 1) : w.any ? w.w[i] * q[i] : q[i];
}

/* += wq x; plain: wq is 1 */
PG_INLINE void add_product(double *high, double *low, double wq, double x, bool plain, bool exact)
{
    if (!exact) {
        *high += plain ? x : wq * x;
        return;
    }
    pg_two sum = { *high, *low };
    pg_two_add(&sum, plain ? (pg_two){ x, 0 } : pg_two_product(wq, x));
    *high = sum.hi;
    *low = sum.lo;
}

/* The columns' elements, rows side by side. */
PG_INLINE void load(const pg_solving *s, const span *t, size_t lanes)
{
    const uint32_t *restrict order = s->a->sorted ? NULL : s->a->order + t->begin;
    const double *from[PG_MOST_LANES];
    double *restrict x = t->x, first[PG_MOST_LANES], second[PG_MOST_LANES];
    for (size_t v = 0; v < lanes; v++) {
        from[v] = s->from[v] + (order == NULL ? t->begin : 0);
        first[v] = s->by[v].first;
        second[v] = s->by[v].second;
    }
    for (size_t i = 0; i < t->n && order != NULL; i++)
        for (size_t v = 0; v < lanes; v++)
            x[i * lanes + v] = from[v][order[i]];
    for (size_t i = 0; i < t->n && order == NULL; i++)
        for (size_t v = 0; v < lanes; v++)
            x[i * lanes + v] = from[v][i];
    for (size_t i = 0; i < t->n; i++)
        for (size_t v = 0; v < lanes; v++)
            x[i * lanes + v] = x[i * lanes + v] * first[v] * second[v];
}

/* x -= q c of one column of a group, c widened */
PG_INLINE void subtract_column(const uint32_t *restrict level, const double *restrict q, size_t n, size_t lanes,
                               const double *restrict c, size_t stride, double *restrict x)
{
    for (size_t i = 0; i < n; i++)
        for (size_t v = 0; v < lanes; v++)
            x[i * lanes + v] -= q == NULL ? c[level[i] * stride + v] : q[i] * c[level[i] * stride + v];
}

/* x -= Q_r total */
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
PG_INLINE void sum_column(weights w, const double *restrict q, size_t n, size_t lanes, const double *restrict x,
                          bool exact, double *restrict sum)
{
    double high[PG_MOST_LANES] = { 0 }, low[PG_MOST_LANES] = { 0 };
    for (size_t i = 0; i < n; i++) {
        const double wq = times(w, q, i);
        for (size_t v = 0; v < lanes; v++)
            add_product(&high[v], &low[v], wq, x[i * lanes + v], !w.any && q == NULL, exact);
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
    for (size_t j = 0; j < g->n_columns * lanes && s->first != NULL; j++)
        s->first[t->l * g->n_columns * lanes + j] = 0;
    for (size_t pass = 0; pass < (exact ? 2 : 1) * g->n_columns; pass++) {
        const size_t k = pass % g->n_columns;
        const double *q = column_of(s->a, g, t, k), unit = g->unit != NULL ? g->unit[t->l] : 1;
        double mean[PG_MOST_LANES];
        if (q == NULL)
            sum_column(t->w, NULL, t->n, lanes, t->x, exact, mean);
        else
            sum_column(t->w, q, t->n, lanes, t->x, exact, mean);
        for (size_t v = 0; v < lanes; v++)
            mean[v] *= unit * unit;
        if (q == NULL)
            subtract_mean(NULL, t->n, lanes, mean, t->x);
        else
            subtract_mean(q, t->n, lanes, mean, t->x);
        for (size_t v = 0; v < lanes && s->first != NULL; v++)
            s->first[(t->l * g->n_columns + k) * lanes + v] += g->unit != NULL ? mean[v] / unit : mean[v];
    }
}

PG_INLINE double ratio(double part, double whole, double whole0)
{
    const double size = whole > whole0 ? whole : whole0;
    return size > 0 ? fabs(part) / size : 0;
}

PG_INLINE void size_column(weights w, const double *restrict q, size_t n, size_t lanes, const double *restrict x,
                           double *restrict size)
{
    double sum[PG_MOST_LANES] = { 0 };
    for (size_t i = 0; i < n; i++) {
        const double wq = times(w, q, i);
        for (size_t v = 0; v < lanes; v++)
            sum[v] += fabs(wq * x[i * lanes + v]);
    }
    for (size_t v = 0; v < lanes; v++)
        size[v] = sum[v];
}

PG_INLINE void square_column(weights w, size_t n, size_t lanes, const double *restrict x, double *restrict square)
{
    double sum[PG_MOST_LANES] = { 0 };
    for (size_t i = 0; i < n; i++) {
        const double wi = times(w, NULL, i);
        for (size_t v = 0; v < lanes; v++)
            sum[v] += wi * x[i * lanes + v] * x[i * lanes + v];
    }
    for (size_t v = 0; v < lanes; v++)
        square[v] += sum[v];
}

/* What is left of group 0's sums, where nothing should be. */
PG_INLINE void measure(pg_walker *p, const span *t, size_t lanes, bool exact)
{
    const pg_solving *s = p->s;
    const pg_effect_group *g = &s->a->groups[0];
    square_column(t->w, t->n, lanes, t->x, p->square);
    for (size_t k = 0; k < g->n_columns; k++) {
        const double *q = column_of(s->a, g, t, k), *size0 = s->level0 + (t->l * g->n_columns + k) * lanes;
        double sum[PG_MOST_LANES], size[PG_MOST_LANES];
        if (q == NULL) {
            sum_column(t->w, NULL, t->n, lanes, t->x, exact, sum);
            size_column(t->w, NULL, t->n, lanes, t->x, size);
        } else {
            sum_column(t->w, q, t->n, lanes, t->x, exact, sum);
            size_column(t->w, q, t->n, lanes, t->x, size);
        }
        for (size_t v = 0; v < lanes; v++) {
            const double left = ratio(sum[v], size[v], size0[v]);
            if (!(left <= p->residual[v])) p->residual[v] = left; /* not a number stays */
        }
    }
}

PG_INLINE void tally_column(const uint32_t *restrict level, weights w, const double *restrict q, size_t n, size_t lanes,
                            size_t stride, const double *restrict x, double *restrict tally, bool exact)
{
    for (size_t i = 0; i < n; i++) {
        const double wq = times(w, q, i);
        double *restrict sums = tally + level[i] * stride;
        for (size_t v = 0; v < lanes; v++)
            add_product(&sums[PG_HIGH * lanes + v], &sums[PG_LOW * lanes + v], wq, x[i * lanes + v],
                        !w.any && q == NULL, exact);
        for (size_t v = 0; v < lanes; v++)
            sums[PG_SIZE * lanes + v] += fabs(wq * x[i * lanes + v]);
        for (size_t v = 0; v < lanes; v++)
            sums[PG_SQUARE * lanes + v] += wq * x[i * lanes + v] * (wq * x[i * lanes + v]);
    }
}

/* The rest's sums of a span. */
PG_INLINE void tally(const pg_walker *p, const span *t, size_t lanes, bool exact)
{
    const pg_absorber *a = p->s->a;
    for (size_t h = 1; h < a->n_groups; h++) {
        const pg_effect_group *g = &a->groups[h];
        const uint32_t *level = g->level + t->begin;
        const size_t one = PG_N_TALLIES * lanes;
        double *to = p->tally + g->first * one;
        if (g->unit != NULL) tally_column(level, t->w, NULL, t->n, lanes, one, t->x, to, exact);
        for (size_t k = 0; k < g->n_columns && g->unit == NULL; k++)
            tally_column(level, t->w, column_of(a, g, t, k), t->n, lanes, g->n_columns * one, t->x, to + k * one,
                         exact);
    }
}

PG_INLINE void first_sizes(const uint32_t *restrict level, weights w, const double *restrict q, size_t n, size_t lanes,
                           size_t stride, const double *restrict x, double *restrict sizes)
{
    for (size_t i = 0; i < n; i++) {
        const double wq = times(w, q, i);
        double *restrict size = sizes + level[i] * stride;
        for (size_t v = 0; v < lanes; v++)
            size[v] += fabs(wq * x[i * lanes + v]);
    }
}

/* Squares and sizes of the columns as given. */
PG_INLINE void measure_first(pg_walker *p, const span *t, size_t lanes)
{
    const pg_solving *s = p->s;
    const pg_absorber *a = s->a;
    square_column(t->w, t->n, lanes, t->x, p->square0);
    for (size_t h = 0; h < a->n_groups; h++) {
        const pg_effect_group *g = &a->groups[h];
        for (size_t k = 0; k < g->n_columns; k++) {
            const double *q = column_of(a, g, t, k);
            double *to = h == 0 ? s->level0 + (t->l * g->n_columns + k) * lanes : p->size0 + (g->first + k) * lanes;
            const uint32_t *level = h == 0 ? NULL : g->level + t->begin;
            if (h == 0 && q == NULL)
                size_column(t->w, NULL, t->n, lanes, t->x, to);
            else if (h == 0)
                size_column(t->w, q, t->n, lanes, t->x, to);
            else if (q == NULL)
                first_sizes(level, t->w, NULL, t->n, lanes, lanes, t->x, to);
            else
                first_sizes(level, t->w, q, t->n, lanes, g->n_columns * lanes, t->x, to);
        }
    }
}

PG_INLINE span span_of(const pg_walker *p, size_t l, bool weighted)
{
    const pg_absorber *a = p->s->a;
    const size_t begin = a->start[l];
    const double *w = weighted ? a->weight + begin : NULL;
    return (span){ l, begin, a->start[l + 1] - begin, { w, weighted }, p->segment };
}

PG_INLINE void walk(pg_walker *p, size_t lanes, bool weighted, bool exact)
{
    const pg_solving *s = p->s;
    for (size_t l = s->a->runs[p->run]; l < s->a->runs[p->run + 1]; l++) {
        const span t = span_of(p, l, weighted);
        load(s, &t, lanes);
        if (s->at_first) measure_first(p, &t, lanes);
        if (s->correcting) subtract(s, &t, lanes);
        project(s, &t, lanes, exact);
        measure(p, &t, lanes, exact);
        tally(p, &t, lanes, exact);
    }
}

PG_INLINE void roughly(pg_walker *p, size_t lanes)
{
    walk(p, lanes, false, false);
}

PG_INLINE void exactly(pg_walker *p, size_t lanes)
{
    walk(p, lanes, false, true);
}

PG_INLINE void weighted_roughly(pg_walker *p, size_t lanes)
{
    walk(p, lanes, true, false);
}

PG_INLINE void weighted_exactly(pg_walker *p, size_t lanes)
{
    walk(p, lanes, true, true);
}

PG_VECTOR_VERSIONS(roughly, pg_walker, 4)
PG_VECTOR_VERSIONS(exactly, pg_walker, 4)
PG_VECTOR_VERSIONS(weighted_roughly, pg_walker, 4)
PG_VECTOR_VERSIONS(weighted_exactly, pg_walker, 4)

static void walk_four(pg_walker *p)
{
    const pg_vector_unit unit = pg_vector_unit_here();
    const bool weighted = p->s->a->weight != NULL;
    if (p->s->exact && weighted)
        weighted_exactly_on(unit, p);
    else if (p->s->exact)
        exactly_on(unit, p);
    else if (weighted)
        weighted_roughly_on(unit, p);
    else
        roughly_on(unit, p);
}

static pgdp_status walk_run(pgdp_ctx *ctx, void *user, size_t run)
{
    const pg_solving *s = user;
    const size_t lanes = s->lanes;
    pg_walker *p = &s->walkers[run];
    (void)ctx;
    memset(p->tally, 0, s->a->n_rest * PG_N_TALLIES * lanes * sizeof *p->tally);
    if (s->at_first) memset(p->size0, 0, s->a->n_rest * lanes * sizeof *p->size0);
    memset(p->residual, 0, sizeof p->residual);
    memset(p->square, 0, sizeof p->square);
    memset(p->square0, 0, sizeof p->square0);
    if (lanes == PG_MOST_LANES)
        walk_four(p);
    else if (s->exact)
        walk(p, 1, s->a->weight != NULL, true);
    else
        walk(p, 1, s->a->weight != NULL, false);
    return PGDP_OK;
}

pgdp_status pg_walk(pgdp_ctx *ctx, pg_solving *s, bool at_first, bool exact)
{
    s->at_first = at_first;
    s->correcting = !at_first;
    s->exact = exact;
    if (s->a->levels != NULL) return pg_walk_rows(ctx, s);
    if (s->correcting) pg_widen(s, s->total, s->wide);
    PG_TRY(pg_parallel(ctx, NULL, s->a->n_runs, walk_run, s));
    pg_walk_add_up(s);
    return PGDP_OK;
}

/* x once more, in the columns' units and places. */
PG_INLINE void store(pg_walker *p, size_t lanes)
{
    const pg_solving *s = p->s;
    for (size_t l = s->a->runs[p->run]; l < s->a->runs[p->run + 1]; l++) {
        const span t = span_of(p, l, s->a->weight != NULL);
        load(s, &t, lanes);
        if (s->correcting) subtract(s, &t, lanes);
        if (s->exact && t.w.any)
            project(s, &t, lanes, true);
        else
            project(s, &t, lanes, s->exact);
        for (size_t v = 0; v < lanes; v++) {
            const double first = s->store_by[v].first, second = s->store_by[v].second;
            double *restrict to = s->store[v];
            for (size_t i = 0; i < t.n && to != NULL; i++)
                to[pg_absorber_row(s->a, t.begin + i)] = t.x[i * lanes + v] * first * second;
        }
    }
}

PG_VECTOR_VERSIONS(store, pg_walker, 4)

static pgdp_status store_run(pgdp_ctx *ctx, void *user, size_t run)
{
    pg_walker *p = &((pg_solving *)user)->walkers[run];
    (void)ctx;
    if (p->s->lanes == PG_MOST_LANES)
        store_on(pg_vector_unit_here(), p);
    else
        store(p, 1);
    return PGDP_OK;
}

pgdp_status pg_walk_store(pgdp_ctx *ctx, pg_solving *s)
{
    return pg_parallel(ctx, NULL, s->a->n_runs, store_run, s);
}
