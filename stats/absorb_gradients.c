/* absorb_gradients.c  Conjugate gradients on S, a few columns side by side: absorb_solve.h. Source: Hestenes & Stiefel
 * (1952), J. Res. NBS 49. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/parallel.h"
#include "core/vector_math.h"
#include "stats/absorb_solve.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const double inner_tol =
    1e-15; /* of a round, relative: a few steps more cost less than a walk over the columns */
static const double of_target = 0.25; /* a rough target is met with room for what the next walk adds */

/* to[i] = or += q c of a column of a group, for the rows of a level; q NULL: 1 */
PG_INLINE void gather(const uint32_t *restrict level, size_t n, size_t lanes, const double *restrict c, size_t stride,
                      double *restrict to)
{
    for (size_t i = 0; i < n; i++)
        for (size_t v = 0; v < lanes; v++)
            to[i * lanes + v] += c[level[i] * stride + v];
}

PG_INLINE void gather_times(const uint32_t *restrict level, const double *restrict q, size_t n, size_t lanes,
                            const double *restrict c, size_t stride, double *restrict to)
{
    for (size_t i = 0; i < n; i++)
        for (size_t v = 0; v < lanes; v++)
            to[i * lanes + v] += q[i] * c[level[i] * stride + v];
}

/* segment = Q_r v of the rows of a level of group 0, v widened. */
PG_INLINE void fitted(const pg_walker *p, size_t begin, size_t n, size_t lanes)
{
    const pg_absorber *a = p->s->a;
    for (size_t i = 0; i < n * lanes; i++)
        p->segment[i] = 0;
    for (size_t h = 1; h < a->n_groups; h++) {
        const pg_effect_group *g = &a->groups[h];
        const size_t m = g->n_columns;
        const double *c = p->s->wide + g->first * lanes;
        const uint32_t *level = pg_group_levels(g, begin, n, p->room);
        if (g->unit != NULL) gather(level, n, lanes, c, lanes, p->segment);
        for (size_t k = 0; k < m && g->unit == NULL; k++)
            gather_times(level, g->basis + begin + k * a->n_rows, n, lanes, c + k * lanes, m * lanes, p->segment);
    }
}

/* w q of a row; w NULL: ones */
PG_INLINE double times(const double *w, const double *q, size_t i)
{
    return (w == NULL ? 1 : w[i]) * (q == NULL ? 1 : q[i]);
}

/* segment <- M_0 segment for one column of group 0: q NULL: a lone intercept. */
PG_INLINE void project(const double *restrict w, const double *restrict q, double unit, size_t n, size_t lanes,
                       double *restrict segment)
{
    double sum[PG_MOST_LANES] = { 0 };
    for (size_t i = 0; i < n; i++) {
        const double wq = times(w, q, i);
        for (size_t v = 0; v < lanes; v++)
            sum[v] += wq * segment[i * lanes + v];
    }
    for (size_t v = 0; v < lanes; v++)
        sum[v] *= unit * unit;
    for (size_t i = 0; i < n; i++)
        for (size_t v = 0; v < lanes; v++)
            segment[i * lanes + v] -= q == NULL ? sum[v] : sum[v] * q[i];
}

/* out += Q_r'W segment of one column of a group, a lone intercept's without its unit. */
PG_INLINE void scatter(const uint32_t *restrict level, const double *restrict w, const double *restrict q, size_t n,
                       size_t lanes, size_t stride, const double *restrict z, double *restrict out)
{
    for (size_t i = 0; i < n; i++) {
        const double wq = times(w, q, i);
        double *restrict to = out + level[i] * stride;
        for (size_t v = 0; v < lanes; v++)
            to[v] += wq * z[i * lanes + v];
    }
}

PG_INLINE void apply_level(const pg_walker *p, size_t l, const double *w, size_t lanes)
{
    const pg_absorber *a = p->s->a;
    const pg_effect_group *first = &a->groups[0];
    const size_t begin = a->start[l], n = a->start[l + 1] - begin;
    fitted(p, begin, n, lanes);
    if (first->unit != NULL) project(w, NULL, first->unit[l], n, lanes, p->segment);
    for (size_t k = 0; k < first->n_columns && first->unit == NULL; k++)
        project(w, first->basis + begin + k * a->n_rows, 1, n, lanes, p->segment);
    for (size_t h = 1; h < a->n_groups; h++) {
        const pg_effect_group *g = &a->groups[h];
        const size_t m = g->n_columns;
        double *to = p->tally + g->first * lanes;
        const uint32_t *level = pg_group_levels(g, begin, n, p->room);
        if (g->unit != NULL) scatter(level, w, NULL, n, lanes, lanes, p->segment, to);
        for (size_t k = 0; k < m && g->unit == NULL; k++)
            scatter(level, w, g->basis + begin + k * a->n_rows, n, lanes, m * lanes, p->segment, to + k * lanes);
    }
}

PG_INLINE void apply(const pg_walker *p, size_t lanes, bool weighted)
{
    const pg_absorber *a = p->s->a;
    for (size_t l = a->runs[p->run]; l < a->runs[p->run + 1]; l++)
        apply_level(p, l, weighted ? a->weight + a->start[l] : NULL, lanes);
}

PG_INLINE void apply_plain(pg_walker *p, size_t lanes)
{
    apply(p, lanes, false);
}

PG_INLINE void apply_weighted(pg_walker *p, size_t lanes)
{
    apply(p, lanes, true);
}

PG_VECTOR_VERSIONS(apply_plain, pg_walker, 4)
PG_VECTOR_VERSIONS(apply_weighted, pg_walker, 4)

static pgdp_status apply_run(pgdp_ctx *ctx, void *user, size_t run)
{
    const pg_solving *s = user;
    pg_walker *p = &s->walkers[run];
    const bool weighted = s->a->weight != NULL;
    (void)ctx;
    memset(p->tally, 0, s->a->n_rest * s->lanes * sizeof *p->tally);
    if (s->lanes == 1)
        apply(p, 1, weighted);
    else if (weighted)
        apply_weighted_on(pg_vector_unit_here(), p);
    else
        apply_plain_on(pg_vector_unit_here(), p);
    return PGDP_OK;
}

/* out = S v */
static pgdp_status times_s(pgdp_ctx *ctx, pg_solving *s, const double *v, double *out)
{
    const size_t n = s->a->n_rest * s->lanes;
    pg_widen(s, v, s->wide);
    PG_TRY(pg_parallel(ctx, NULL, s->a->n_runs, apply_run, s));
    memcpy(out, s->walkers[0].tally, n * sizeof *out);
    for (size_t run = 1; run < s->a->n_runs; run++)
        for (size_t j = 0; j < n; j++)
            out[j] += s->walkers[run].tally[j];
    pg_widen(s, out, out);
    return PGDP_OK;
}

static void precondition(const pg_solving *s)
{
    const size_t lanes = s->lanes;
    for (size_t j = 0; j < s->a->n_rest; j++) {
        const double inverse = s->a->diagonal[j] > 0 ? 1 / s->a->diagonal[j] : 0;
        for (size_t v = 0; v < lanes; v++)
            s->z[j * lanes + v] = s->r[j * lanes + v] * inverse;
    }
}

void pg_lane_dots(const double *x, const double *y, size_t n, size_t lanes, double *out)
{
    enum { LEAF = 256 };
    memset(out, 0, PG_MOST_LANES * sizeof *out);
    for (size_t from = 0; from < n; from += LEAF) {
        const size_t end = n - from < LEAF ? n : from + LEAF;
        double part[PG_MOST_LANES] = { 0 };
        for (size_t j = from; j < end; j++)
            for (size_t v = 0; v < lanes; v++)
                part[v] += x[j * lanes + v] * y[j * lanes + v];
        for (size_t v = 0; v < lanes; v++)
            out[v] += part[v];
    }
}

/* Of a rough projection: is what is left of each level small beside what stood there? */
static bool meets_target(const pg_solving *s, size_t v)
{
    const double target = of_target * s->tol;
    for (size_t at = v; at < s->a->n_rest * s->lanes; at += s->lanes)
        if (fabs(s->r[at]) > target * s->size0[at]) return false;
    return true;
}

/* Lanes that go on: 1; those at their end: 0. @return does any? */
static bool choose(pg_solving *s, const double *rho, const double *enough, double *on)
{
    bool any = false;
    for (size_t v = 0; v < s->lanes; v++) {
        on[v] = on[v] > 0 && rho[v] > enough[v] && !(s->tol > 0 && meets_target(s, v));
        if (on[v] > 0 && s->steps[v] >= s->most_steps) {
            s->going[v] = false;
            on[v] = 0;
        }
        s->steps[v] += on[v] > 0;
        any = any || on[v] > 0;
    }
    return any;
}

/* c += alpha p, r -= alpha S p */
static void advance(const pg_solving *s, const double *alpha)
{
    const size_t lanes = s->lanes;
    for (size_t j = 0; j < s->a->n_rest; j++) {
        for (size_t v = 0; v < lanes; v++) {
            s->c[j * lanes + v] += alpha[v] * s->p[j * lanes + v];
            s->r[j * lanes + v] -= alpha[v] * s->sp[j * lanes + v];
        }
    }
}

pgdp_status pg_conjugate_gradients(pgdp_ctx *ctx, pg_solving *s)
{
    const size_t n = s->a->n_rest, lanes = s->lanes;
    double rho[PG_MOST_LANES], at_first[PG_MOST_LANES], next[PG_MOST_LANES], curvature[PG_MOST_LANES],
        alpha[PG_MOST_LANES] = { 0 }, enough[PG_MOST_LANES] = { 0 }, on[PG_MOST_LANES];
    memcpy(s->r, s->b, n * lanes * sizeof *s->r);
    memset(s->c, 0, n * lanes * sizeof *s->c);
    precondition(s);
    memcpy(s->p, s->z, n * lanes * sizeof *s->p);
    pg_lane_dots(s->r, s->z, n, lanes, rho);
    for (size_t v = 0; v < lanes; v++)
        enough[v] = fmax(inner_tol * inner_tol * rho[v], s->noise[v] * s->noise[v]);
    memcpy(on, s->active, sizeof on);
    memcpy(at_first, rho, sizeof rho);
    while (choose(s, rho, enough, on)) {
        PG_TRY(times_s(ctx, s, s->p, s->sp));
        pg_lane_dots(s->p, s->sp, n, lanes, curvature);
        for (size_t v = 0; v < lanes; v++) {
            if (!(curvature[v] > 0)) on[v] = 0; /* only rounding is left of the direction */
            alpha[v] = on[v] > 0 ? rho[v] / curvature[v] : 0;
        }
        advance(s, alpha);
        precondition(s);
        pg_lane_dots(s->r, s->z, n, lanes, next);
        for (size_t j = 0; j < n; j++)
            for (size_t v = 0; v < lanes; v++)
                s->p[j * lanes + v] = s->z[j * lanes + v] + (on[v] > 0 ? next[v] / rho[v] : 0) * s->p[j * lanes + v];
        memcpy(rho, next, sizeof rho);
    }
    for (size_t v = 0; v < lanes; v++)
        s->reached[v] = at_first[v] > 0 ? fmax(sqrt(rho[v] / at_first[v]), DBL_EPSILON) : 0;
    return PGDP_OK;
}
