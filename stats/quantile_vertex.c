/* quantile_vertex.c  From a start to an optimal vertex by exchanges of one fitted row for another, each the minimum on
 * its line. Source: Barrodale & Roberts (1973), SIAM J. Numer. Anal. 10(5); Koenker & d'Orey (1987), Appl. Stat. 36(3).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * At a vertex the rows of the basis B have residual 0. With psi_i = tau - 1(r_i < 0) for the others, sum psi_i q_i =
 * sum_B v_j q_j; the vertex is optimal when every v_j is in [-tau, 1 - tau]. Otherwise row j leaves along the line that
 * keeps the other residuals of B at 0, as far as the kinks (weights |q_i d|) allow.
 *
 * Ties: e is perturbed, so that no other residual is 0 and the objective falls at every exchange. The basis found is
 * optimal for e itself when no residual has another sign there: a residual of 0 may have any psi in [tau - 1, tau]. */
#include "core/random.h"
#include "stats/quantile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PIVOTS = 100000, ROUNDS = 3 };
static const double dual_tol = 1e-9, first_perturbation = 1e-8, next_perturbation = 1e-2;

/* A kink on the line: where, how much steeper, whose. */
typedef struct kink {
    double at, weight;
    size_t row;
} kink;

typedef struct descent {
    const pg_vertex_problem *p;
    pg_matrix q, f; /* f: QR of the basis' rows */
    double *tau;    /* of f */
    size_t *basis;
    bool *basic;             /* [n] */
    double *e, *shift;       /* perturbed; unit perturbation */
    double *r, *psi, *along; /* [n] */
    double *g, *v, *d;       /* [k] */
    kink *kinks;
    size_t pivots;
} descent;

static pgdp_status new_descent(pgdp_ctx *ctx, const pg_vertex_problem *p, size_t *basis, descent *s)
{
    *s = (descent){ .p = p, .q = pg_matrix_view(p->q, p->n, p->k, p->n), .basis = basis };
    double **const of_rows[] = { &s->e, &s->shift, &s->r, &s->psi, &s->along };
    double **const of_terms[] = { &s->tau, &s->g, &s->v, &s->d };
    for (size_t i = 0; i < sizeof of_rows / sizeof *of_rows; i++)
        PG_TRY_ALLOC(ctx, *of_rows[i], pg_arena_alloc(&ctx->scratch, p->n, sizeof(double)));
    for (size_t i = 0; i < sizeof of_terms / sizeof *of_terms; i++)
        PG_TRY_ALLOC(ctx, *of_terms[i], pg_arena_alloc(&ctx->scratch, p->k, sizeof(double)));
    PG_TRY_ALLOC(ctx, s->kinks, pg_arena_alloc(&ctx->scratch, p->n, sizeof *s->kinks));
    PG_TRY_ALLOC(ctx, s->basic, pg_arena_alloc(&ctx->scratch, p->n, sizeof *s->basic));
    s->f = pg_matrix_new(&ctx->scratch, p->k, p->k);
    return s->f.x == NULL ? pg_no_memory(ctx) : PGDP_OK;
}

static int compare_kinks(const void *a, const void *b)
{
    const kink *x = a, *y = b;
    if (x->at < y->at || x->at > y->at) return x->at < y->at ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* Does the row add a direction to the m rows in f (orthonormalised, a column each)? If so, add it. */
static bool add_direction(descent *s, size_t m, size_t row, double least)
{
    const size_t n = s->p->n, k = s->p->k;
    double *to = s->f.x + m * k, before = 0, after = 0;
    for (size_t j = 0; j < k; j++) {
        to[j] = s->p->q[row + j * n];
        before += to[j] * to[j];
    }
    for (size_t pass = 0; pass < 2; pass++) /* twice is enough: Parlett (1998), section 6.9 */
        for (size_t c = 0; c < m; c++) {
            double dot = 0;
            for (size_t j = 0; j < k; j++)
                dot += s->f.x[j + c * k] * to[j];
            for (size_t j = 0; j < k; j++)
                to[j] -= dot * s->f.x[j + c * k];
        }
    for (size_t j = 0; j < k; j++)
        after += to[j] * to[j];
    if (!(after > least * least * before)) return false;
    for (size_t j = 0; j < k; j++)
        to[j] /= sqrt(after);
    return true;
}

/* k independent rows with the smallest residuals at g; rows nearly in line with others where there are no better. */
static bool choose_basis(descent *s, const double *g)
{
    static const double least[] = { 1e-2, 1e-4, 1e-6, 1e-8, 1e-10, 1e-12 };
    const size_t n = s->p->n, k = s->p->k;
    size_t m = 0;
    pg_times_vector(s->q, g, s->r);
    for (size_t i = 0; i < n; i++)
        s->kinks[i] = (kink){ .at = fabs(s->p->e[i] - s->r[i]), .row = i };
    qsort(s->kinks, n, sizeof *s->kinks, compare_kinks);
    for (size_t pass = 0; pass < sizeof least / sizeof *least; pass++)
        for (size_t i = 0; i < n && m < k; i++) {
            const size_t row = s->kinks[i].row;
            if (s->basic[row] || !add_direction(s, m, row, least[pass])) continue;
            s->basis[m++] = row;
            s->basic[row] = true;
        }
    return m == k;
}

/* g and r = e - q g at the basis; f is its QR. */
static pgdp_status place(pgdp_ctx *ctx, descent *s, const double *e)
{
    const size_t n = s->p->n, k = s->p->k;
    for (size_t i = 0; i < k; i++) {
        for (size_t j = 0; j < k; j++)
            s->f.x[i + j * k] = s->p->q[s->basis[i] + j * n];
        s->g[i] = e[s->basis[i]];
    }
    PG_TRY(pg_householder(ctx, s->f, s->tau));
    PG_TRY(pg_householder_apply(ctx, s->f, s->tau, true, s->g));
    pg_solve_upper(s->f, false, s->g);
    pg_times_vector(s->q, s->g, s->r);
    for (size_t i = 0; i < n; i++)
        s->r[i] = s->basic[i] ? 0 : e[i] - s->r[i];
    return PGDP_OK;
}

/* v, and by how much its worst element, *leaves, is outside [-tau, 1 - tau]. */
static pgdp_status price(pgdp_ctx *ctx, descent *s, size_t *leaves, double *slope)
{
    const size_t n = s->p->n, k = s->p->k;
    const double tau = s->p->tau;
    for (size_t i = 0; i < n; i++)
        s->psi[i] = s->basic[i] ? 0 : s->r[i] < 0 ? tau - 1 : tau;
    memset(s->v, 0, k * sizeof *s->v);
    pg_add_cross_vector(s->q, s->psi, s->v);
    pg_solve_upper(s->f, true, s->v);
    PG_TRY(pg_householder_apply(ctx, s->f, s->tau, false, s->v));
    *slope = HUGE_VAL;
    for (size_t j = 0; j < k; j++) {
        const double down = fmin(1 - tau - s->v[j], tau + s->v[j]);
        if (down < *slope) {
            *slope = down;
            *leaves = j;
        }
    }
    return PGDP_OK;
}

/* The kink at which the slope is no longer negative: a weighted quantile by partition, no order needed beyond it. */
static size_t stop_at(kink *kinks, size_t n, double slope)
{
    size_t first = 0, end = n;
    while (end - first > 32) {
        const kink a = kinks[first], b = kinks[first + (end - first) / 2], c = kinks[end - 1];
        const kink *low = compare_kinks(&a, &b) < 0 ? &a : &b, *high = low == &a ? &b : &a;
        const kink middle = compare_kinks(&c, low) < 0 ? *low : compare_kinks(&c, high) > 0 ? *high : c;
        size_t m = first;
        double weight = 0;
        for (size_t i = first; i < end; i++) {
            if (compare_kinks(&kinks[i], &middle) > 0) continue;
            const kink swap = kinks[i];
            kinks[i] = kinks[m];
            kinks[m++] = swap;
            weight += swap.weight;
        }
        if (m == end) break; /* the largest was the middle: few are left to part */
        if (slope + weight >= 0) {
            end = m;
        } else {
            slope += weight;
            first = m;
        }
    }
    qsort(kinks + first, end - first, sizeof *kinks, compare_kinks);
    while (first + 1 < end && (slope += kinks[first].weight) < 0)
        first++;
    return kinks[first].row;
}

/* Row j of the basis leaves; *enters: the row that stops it, or PGDP_NONE. */
static pgdp_status search(pgdp_ctx *ctx, descent *s, size_t j, double slope, size_t *enters)
{
    const size_t n = s->p->n, k = s->p->k;
    size_t m = 0;
    double largest = 0;
    memset(s->d, 0, k * sizeof *s->d);
    s->d[j] = s->v[j] > 0 ? 1 : -1;
    PG_TRY(pg_householder_apply(ctx, s->f, s->tau, true, s->d));
    pg_solve_upper(s->f, false, s->d);
    pg_times_vector(s->q, s->d, s->along);
    for (size_t i = 0; i < n; i++)
        if (!s->basic[i]) largest = fmax(largest, fabs(s->along[i]));
    for (size_t i = 0; i < n; i++) {
        const double a = s->along[i];
        if (s->basic[i] || !(fabs(a) > 1e-11 * largest) || !(s->r[i] * a > 0)) continue;
        s->kinks[m++] = (kink){ .at = s->r[i] / a, .weight = fabs(a), .row = i };
    }
    *enters = m == 0 ? PGDP_NONE : stop_at(s->kinks, m, slope);
    return PGDP_OK;
}

/* Exchanges until the basis is optimal for s->e; *slack: how far the duals are within their bounds. */
static pgdp_status descend(pgdp_ctx *ctx, descent *s, double *slack)
{
    for (; s->pivots < MAX_PIVOTS; s->pivots++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        size_t leaves = 0, enters = PGDP_NONE;
        PG_TRY(place(ctx, s, s->e));
        PG_TRY(price(ctx, s, &leaves, slack));
        if (*slack >= -dual_tol) return PGDP_OK;
        PG_TRY(search(ctx, s, leaves, *slack, &enters));
        pg_arena_rewind(&ctx->scratch, mark);
        if (enters == PGDP_NONE) return PGDP_OK; /* only rounding is left on the line */
        s->basic[s->basis[leaves]] = false;
        s->basic[enters] = true;
        s->basis[leaves] = enters;
    }
    return pg_fail(ctx, PGDP_NO_CONVERGENCE,
                   "the quantile regression is not solved after %d exchanges; leave nearly collinear terms out",
                   MAX_PIVOTS);
}

/* Would residuals at e itself, where they are more than rounding, have the signs that they have at the perturbed e? */
static pgdp_status keeps_signs(pgdp_ctx *ctx, descent *s, bool *out)
{
    for (size_t i = 0; i < s->p->n; i++)
        s->psi[i] = s->r[i];
    PG_TRY(place(ctx, s, s->p->e));
    *out = true;
    for (size_t i = 0; i < s->p->n && *out; i++)
        *out = !(fabs(s->r[i]) > s->p->noise) || (s->r[i] < 0) == (s->psi[i] < 0);
    return PGDP_OK;
}

pgdp_status pg_quantile_vertex(pgdp_ctx *ctx, const pg_vertex_problem *problem, const double *g, size_t *basis,
                               size_t *pivots, bool *unique)
{
    descent s;
    pg_random random = pg_random_stream(0, "quantile", 0);
    double unit = 0, slack = 0;
    PG_TRY(new_descent(ctx, problem, basis, &s));
    if (!choose_basis(&s, g))
        return pg_fail(ctx, PGDP_RANK_DEFICIENT, "found no rows that tell all terms apart; leave collinear terms out");
    pg_random_uniforms(&random, s.shift, problem->n);
    for (size_t i = 0; i < problem->n; i++)
        unit += fabs(problem->e[i]) / (double)problem->n;
    if (!(unit > 0)) unit = 1;
    double size = first_perturbation * unit;
    for (size_t round = 0; round < ROUNDS; round++) {
        bool done;
        const double shift = fmax(size, 8 * problem->noise);
        size *= next_perturbation;
        for (size_t i = 0; i < problem->n; i++)
            s.e[i] = problem->e[i] + shift * (2 * s.shift[i] - 1);
        PG_TRY(descend(ctx, &s, &slack));
        PG_TRY(keeps_signs(ctx, &s, &done));
        if (done) break;
    }
    *pivots = s.pivots;
    *unique = slack > dual_tol;
    return PGDP_OK;
}
