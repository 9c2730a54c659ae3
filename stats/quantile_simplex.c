/* quantile_simplex.c  The optimal vertex at which the simplex path from b = 0 ends: of several optima the one that
 * R's quantreg 5.94 reports. Source: Barrodale & Roberts (1973), SIAM J. Numer. Anal. 10(5), and (1974),
 * CACM 17(6), algorithm 478; for any tau Koenker & d'Orey (1987), Appl. Stat. 36(3).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each row has a distance |r_i| >= 0 to the plane; each column is a direction in which one may move, and fall(i, j) is
 * what a unit of direction j takes from distance i. gain[j] is what it takes from the objective 2 sum rho_tau(r).
 * Stage 1: directions are coefficients; the one of largest gain is followed to its minimum, and the row met there is
 * fitted: its residual replaces the coefficient as a direction. Stage 2: fitted rows are let go, in the direction of
 * largest gain either way (the two gains of a row sum to -2), until nothing is gained. A row whose distance vanishes on
 * the way crosses to the other side, which costs 2 fall(i, j), as long as there is still a gain after it.
 * Of equal gains the first column is followed; of rows met at once, the first in a list from which a row is taken by
 * moving the last one to its place: quantreg's order. */
#include "stats/quantile.h"

#include <float.h>
#include <math.h>

/* Where the distance of a row vanishes on the way, and its place in the list. */
typedef struct crossing {
    double at;
    size_t row, place;
} crossing;

typedef struct tableau {
    size_t n, k, first; /* rows before the first are fitted for good: their coefficients are free */
    double *fall;       /* [n x k] */
    double *distance;   /* [n], -distance for the rows crossed on the way */
    double *gain;       /* [k] */
    double *least;      /* [k] below which fall and gain are rounding */
    size_t *row;        /* [n] the design's row */
    size_t *fitted;     /* [k] the design's row of a direction; PGDP_NONE: still a coefficient */
    crossing *crossings;
    size_t *heap, n_heap; /* of crossings, by at */
    size_t *list, n_list; /* of crossings, by place */
    size_t *tied, n_tied; /* the crossings met next, all at once */
} tableau;

static pgdp_status new_tableau(pgdp_ctx *ctx, size_t n, size_t k, tableau *t)
{
    *t = (tableau){ .n = n, .k = k };
    size_t **const of_rows[] = { &t->row, &t->heap, &t->list, &t->tied };
    double **const of_terms[] = { &t->gain, &t->least };
    for (size_t i = 0; i < sizeof of_rows / sizeof *of_rows; i++)
        PG_TRY_ALLOC(ctx, *of_rows[i], pg_arena_alloc(&ctx->scratch, n, sizeof(size_t)));
    for (size_t i = 0; i < sizeof of_terms / sizeof *of_terms; i++)
        PG_TRY_ALLOC(ctx, *of_terms[i], pg_arena_alloc(&ctx->scratch, k, sizeof(double)));
    PG_TRY_ALLOC(ctx, t->fall, pg_matrix_new(&ctx->scratch, n, k).x);
    PG_TRY_ALLOC(ctx, t->distance, pg_arena_alloc(&ctx->scratch, n, sizeof(double)));
    PG_TRY_ALLOC(ctx, t->fitted, pg_arena_alloc(&ctx->scratch, k, sizeof(size_t)));
    PG_TRY_ALLOC(ctx, t->crossings, pg_arena_alloc(&ctx->scratch, n, sizeof *t->crossings));
    return PGDP_OK;
}

/* b = 0: distances are |y|; a unit of 2 rho is 2 tau above the plane and 2 (1 - tau) below. */
static void start(tableau *t, const pg_vertex_problem *p)
{
    const double tol = cbrt(DBL_EPSILON) * cbrt(DBL_EPSILON);
    for (size_t i = 0; i < t->n; i++) {
        t->row[i] = i;
        t->distance[i] = fabs(p->e[i]);
    }
    for (size_t j = 0; j < t->k; j++) {
        double below = 0, excess = 0, largest = 0;
        for (size_t i = 0; i < t->n; i++) {
            const bool negative = p->e[i] < 0;
            const double fall = negative ? -p->q[i + j * t->n] : p->q[i + j * t->n];
            below += negative ? fall : 0;
            excess += negative ? -fall : fall;
            largest = fmax(largest, fabs(fall));
            t->fall[i + j * t->n] = fall;
        }
        t->gain[j] = 2 * below + 2 * excess * p->tau;
        t->least[j] = tol * largest;
        t->fitted[j] = PGDP_NONE;
    }
}

/* The other way along direction j. */
static void reverse(tableau *t, size_t j)
{
    double *fall = t->fall + j * t->n;
    for (size_t i = t->first; i < t->n; i++)
        fall[i] = -fall[i];
    t->gain[j] = -t->gain[j];
}

/* Stage 1: the coefficient of largest gain, turned to its way down; PGDP_NONE: all have entered. */
static size_t choose_coefficient(tableau *t)
{
    size_t best = PGDP_NONE;
    for (size_t j = 0; j < t->k; j++)
        if (t->fitted[j] == PGDP_NONE && (best == PGDP_NONE || fabs(t->gain[j]) > fabs(t->gain[best]))) best = j;
    if (best != PGDP_NONE && t->gain[best] < 0) reverse(t, best);
    return best;
}

/* Stage 2: the fitted row that is best let go; PGDP_NONE: the vertex is optimal. */
static size_t choose_fitted(tableau *t)
{
    size_t best = PGDP_NONE;
    double largest = 0;
    for (size_t j = 0; j < t->k; j++) {
        const double gain = t->gain[j] < 0 ? -t->gain[j] - 2 : t->gain[j];
        if (gain > t->least[j] && gain > largest) {
            best = j;
            largest = gain;
        }
    }
    if (best != PGDP_NONE && !(t->gain[best] > 0)) {
        reverse(t, best);
        t->gain[best] -= 2;
    }
    return best;
}

static void sift_down(tableau *t, size_t node)
{
    const size_t moved = t->heap[node];
    for (size_t child; (child = 2 * node + 1) < t->n_heap; node = child) {
        if (child + 1 < t->n_heap && t->crossings[t->heap[child + 1]].at < t->crossings[t->heap[child]].at) child++;
        if (!(t->crossings[t->heap[child]].at < t->crossings[moved].at)) break;
        t->heap[node] = t->heap[child];
    }
    t->heap[node] = moved;
}

static void list_crossings(tableau *t, size_t j)
{
    const double *fall = t->fall + j * t->n;
    size_t m = 0;
    for (size_t i = t->first; i < t->n; i++) {
        if (!(fall[i] > t->least[j])) continue;
        t->crossings[m] = (crossing){ .at = t->distance[i] / fall[i], .row = i, .place = m };
        t->heap[m] = t->list[m] = m;
        m++;
    }
    t->n_heap = t->n_list = m;
    t->n_tied = 0;
    for (size_t node = m / 2; node-- > 0;)
        sift_down(t, node);
}

/* The row met next, PGDP_NONE when there is no other. */
static size_t next_crossing(tableau *t)
{
    size_t best = 0;
    if (t->n_tied == 0 && t->n_heap == 0) return PGDP_NONE;
    if (t->n_tied == 0) {
        const double at = t->crossings[t->heap[0]].at;
        while (t->n_heap > 0 && !(t->crossings[t->heap[0]].at > at)) {
            t->tied[t->n_tied++] = t->heap[0];
            t->heap[0] = t->heap[--t->n_heap];
            if (t->n_heap > 0) sift_down(t, 0);
        }
    }
    for (size_t i = 1; i < t->n_tied; i++)
        if (t->crossings[t->tied[i]].place < t->crossings[t->tied[best]].place) best = i;
    const crossing *met = &t->crossings[t->tied[best]];
    t->tied[best] = t->tied[--t->n_tied];
    const size_t last = t->list[--t->n_list];
    t->list[met->place] = last;
    t->crossings[last].place = met->place;
    return met->row;
}

/* The row at the minimum along direction j; those before it have crossed. PGDP_NONE: the objective falls for ever. */
static size_t descend(tableau *t, size_t j)
{
    list_crossings(t, j);
    for (size_t i; (i = next_crossing(t)) != PGDP_NONE;) {
        double *fall = t->fall + i;
        if (t->gain[j] - 2 * fall[j * t->n] <= t->least[j]) return i;
        for (size_t c = 0; c < t->k; c++) {
            t->gain[c] -= 2 * fall[c * t->n];
            fall[c * t->n] = -fall[c * t->n];
        }
        t->distance[i] = -t->distance[i];
    }
    return PGDP_NONE;
}

/* Row i is fitted, and its residual is direction j from here: in its equation distance and direction change sides. */
static void exchange(tableau *t, size_t i, size_t j)
{
    const size_t n = t->n;
    const double pivot = t->fall[i + j * n], step = t->distance[i] / pivot, gain = t->gain[j];
    double *along = t->fall + j * n;
    for (size_t c = 0; c < t->k; c++) {
        double *fall = t->fall + c * n;
        const double share = fall[i] / pivot;
        if (c == j) continue;
        for (size_t r = t->first; r < n; r++)
            fall[r] -= along[r] * share;
        fall[i] = share;
        t->gain[c] -= gain * share;
    }
    for (size_t r = t->first; r < n; r++) {
        t->distance[r] -= along[r] * step;
        along[r] = -along[r] / pivot;
    }
    t->distance[i] = step;
    along[i] = 1 / pivot;
    t->gain[j] = -gain / pivot;
    t->least[j] = cbrt(DBL_EPSILON) * cbrt(DBL_EPSILON); /* a distance for a distance: no unit */
    const size_t before = t->fitted[j];
    t->fitted[j] = t->row[i];
    t->row[i] = before;
}

/* The equation of a coefficient is not needed again: the first row takes its place. */
static void drop(tableau *t, size_t i)
{
    t->row[i] = t->row[t->first];
    t->distance[i] = t->distance[t->first];
    for (size_t c = 0; c < t->k; c++)
        t->fall[i + c * t->n] = t->fall[t->first + c * t->n];
    t->first++;
}

pgdp_status pg_quantile_simplex(pgdp_ctx *ctx, const pg_vertex_problem *problem, size_t *basis, bool *found)
{
    const size_t k = problem->k, most = problem->n + 100 * k;
    tableau t;
    bool optimal = false;
    PG_TRY(new_tableau(ctx, problem->n, k, &t));
    start(&t, problem);
    *found = false;
    for (size_t pivots = 0; pivots < most && !optimal; pivots++) {
        size_t j = choose_coefficient(&t), i = PGDP_NONE;
        const bool enters = j != PGDP_NONE;
        if (!enters) j = choose_fitted(&t);
        optimal = j == PGDP_NONE;
        if (optimal) break;
        i = descend(&t, j);
        if (i == PGDP_NONE) return PGDP_OK; /* rounding, or a term that others explain */
        exchange(&t, i, j);
        if (enters) drop(&t, i);
    }
    for (size_t j = 0; optimal && j < k; j++)
        basis[j] = t.fitted[j];
    *found = optimal;
    return PGDP_OK;
}
