/* quantile_interior.c  A start near the solution by the Frisch-Newton method. Source: Portnoy & Koenker (1997), Stat.
 * Sci. 12(4), section 4: predictor and corrector of Mehrotra for the bounded dual programme.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The dual of min sum rho_tau(e - q g): max e'x subject to q'x = (1 - tau) q'1 and 0 <= x <= 1. In the paper's letters
 * s = 1 - x, z and w are the multipliers of x >= 0 and s >= 0, and -y is the g sought. */
#include "stats/quantile.h"

#include <math.h>

enum { MAX_STEPS = 60, BLOCK_ROWS = 1024 };
static const double back_off = 0.9995, small_gap = 1e-7;

typedef struct point {
    double *x, *s, *z, *w, *y;
} point;

typedef struct interior {
    const pg_vertex_problem *p;
    double unit; /* of e */
    point at, step;
    double *q;     /* 1 / (z/x + w/s) */
    double *fixed; /* what of the right side does not depend on dy */
    double *row;   /* [n] work */
    double *head;  /* [k] work */
    pg_matrix gram, block;
    double primal, dual; /* step lengths */
} interior;

static pgdp_status new_point(pgdp_ctx *ctx, size_t n, size_t k, point *out)
{
    double **const of_rows[] = { &out->x, &out->s, &out->z, &out->w };
    for (size_t i = 0; i < sizeof of_rows / sizeof *of_rows; i++)
        PG_TRY_ALLOC(ctx, *of_rows[i], pg_arena_alloc(&ctx->scratch, n, sizeof(double)));
    PG_TRY_ALLOC(ctx, out->y, pg_arena_alloc(&ctx->scratch, k, sizeof(double)));
    return PGDP_OK;
}

static pgdp_status new_interior(pgdp_ctx *ctx, const pg_vertex_problem *p, interior *a)
{
    a->p = p;
    PG_TRY(new_point(ctx, p->n, p->k, &a->at));
    PG_TRY(new_point(ctx, p->n, p->k, &a->step));
    double **const of_rows[] = { &a->q, &a->fixed, &a->row };
    for (size_t i = 0; i < sizeof of_rows / sizeof *of_rows; i++)
        PG_TRY_ALLOC(ctx, *of_rows[i], pg_arena_alloc(&ctx->scratch, p->n, sizeof(double)));
    PG_TRY_ALLOC(ctx, a->head, pg_arena_alloc(&ctx->scratch, p->k, sizeof(double)));
    a->gram = pg_matrix_new(&ctx->scratch, p->k, p->k);
    a->block = pg_matrix_new(&ctx->scratch, BLOCK_ROWS, p->k);
    return a->gram.x == NULL || a->block.x == NULL ? pg_no_memory(ctx) : PGDP_OK;
}

/* y = 0 is the least-squares start, because e is orthogonal to q. */
static void start(interior *a)
{
    const pg_vertex_problem *p = a->p;
    for (size_t i = 0; i < p->n; i++)
        a->unit += fabs(p->e[i]) / (double)p->n;
    if (!(a->unit > 0)) a->unit = 1;
    for (size_t i = 0; i < p->n; i++) {
        double r = -p->e[i] / a->unit;
        if (!(fabs(r) > 0)) r = 1e-3;
        a->at.x[i] = 1 - p->tau;
        a->at.s[i] = p->tau;
        a->at.z[i] = fmax(r, 0);
        a->at.w[i] = a->at.z[i] - r;
    }
}

/* x'z + s'w: the duality gap of a point that is feasible. */
static double gap(const interior *a)
{
    double sum = 0;
    for (size_t i = 0; i < a->p->n; i++)
        sum += a->at.x[i] * a->at.z[i] + a->at.s[i] * a->at.w[i];
    return sum;
}

/* q' diag(a->q) q by blocks, factored. */
static bool factor(interior *a)
{
    const size_t n = a->p->n, k = a->p->k;
    for (size_t i = 0; i < k * k; i++)
        a->gram.x[i] = 0;
    for (size_t first = 0; first < n; first += BLOCK_ROWS) {
        const size_t m = n - first < BLOCK_ROWS ? n - first : BLOCK_ROWS;
        for (size_t i = 0; i < m; i++)
            a->row[i] = sqrt(a->q[first + i]);
        for (size_t j = 0; j < k; j++)
            for (size_t i = 0; i < m; i++)
                a->block.x[i + j * BLOCK_ROWS] = a->p->q[first + i + j * n] * a->row[i];
        pg_add_gram((pg_matrix){ a->block.x, m, k, BLOCK_ROWS }, a->gram);
    }
    return pg_cholesky(a->gram);
}

/* dy from q'diag(q) fixed, then row = q dy - fixed times a->q: dx of the step. */
static void solve(interior *a)
{
    const size_t n = a->p->n, k = a->p->k;
    const pg_matrix q = pg_matrix_view(a->p->q, n, k, n);
    for (size_t i = 0; i < n; i++)
        a->row[i] = a->q[i] * a->fixed[i];
    for (size_t j = 0; j < k; j++)
        a->step.y[j] = 0;
    pg_add_cross_vector(q, a->row, a->step.y);
    pg_cholesky_solve(a->gram, a->step.y);
    pg_times_vector(q, a->step.y, a->row);
    for (size_t i = 0; i < n; i++) {
        a->step.x[i] = a->q[i] * (a->row[i] - a->fixed[i]);
        a->step.s[i] = -a->step.x[i];
    }
}

/* The longest step, at most 1, that keeps v + step dv > 0. */
static double longest(const double *v, const double *dv, size_t n)
{
    double length = HUGE_VAL;
    for (size_t i = 0; i < n; i++)
        if (dv[i] < 0) length = fmin(length, -v[i] / dv[i]);
    return length;
}

static void measure(interior *a)
{
    const size_t n = a->p->n;
    a->primal = fmin(back_off * fmin(longest(a->at.x, a->step.x, n), longest(a->at.s, a->step.s, n)), 1);
    a->dual = fmin(back_off * fmin(longest(a->at.z, a->step.z, n), longest(a->at.w, a->step.w, n)), 1);
}

static void predict(interior *a)
{
    const point *v = &a->at;
    for (size_t i = 0; i < a->p->n; i++)
        a->fixed[i] = v->z[i] - v->w[i];
    solve(a);
    for (size_t i = 0; i < a->p->n; i++) {
        a->step.z[i] = -v->z[i] * (1 + a->step.x[i] / v->x[i]);
        a->step.w[i] = -v->w[i] * (1 + a->step.s[i] / v->s[i]);
    }
    measure(a);
}

static void correct(interior *a, double before)
{
    const point *v = &a->at;
    point *d = &a->step;
    const size_t n = a->p->n;
    double after = 0;
    for (size_t i = 0; i < n; i++)
        after += (v->z[i] + a->dual * d->z[i]) * (v->x[i] + a->primal * d->x[i]) +
                 (v->w[i] + a->dual * d->w[i]) * (v->s[i] + a->primal * d->s[i]);
    const double mu = before * pow(after / before, 3) / (2 * (double)n);
    for (size_t i = 0; i < n; i++) { /* dz and dw hold the products of second order until they are known */
        d->z[i] *= d->x[i];
        d->w[i] *= d->s[i];
        a->fixed[i] = v->z[i] - v->w[i] + d->z[i] - d->w[i] - mu * (1 / v->x[i] - 1 / v->s[i]);
    }
    solve(a);
    for (size_t i = 0; i < n; i++) {
        d->z[i] = (mu - v->z[i] * d->x[i] - d->z[i]) / v->x[i] - v->z[i];
        d->w[i] = (mu - v->w[i] * d->s[i] - d->w[i]) / v->s[i] - v->w[i];
    }
    measure(a);
}

static void move(interior *a)
{
    for (size_t i = 0; i < a->p->n; i++) {
        a->at.x[i] += a->primal * a->step.x[i];
        a->at.s[i] += a->primal * a->step.s[i];
        a->at.z[i] += a->dual * a->step.z[i];
        a->at.w[i] += a->dual * a->step.w[i];
    }
    for (size_t j = 0; j < a->p->k; j++)
        a->at.y[j] += a->dual * a->step.y[j];
}

pgdp_status pg_quantile_interior(pgdp_ctx *ctx, const pg_vertex_problem *problem, double *g, size_t *steps)
{
    interior a = { .p = problem };
    PG_TRY(new_interior(ctx, problem, &a));
    start(&a);
    double before = gap(&a);
    const double enough = small_gap * before;
    for (*steps = 0; *steps < MAX_STEPS && before > enough; (*steps)++) {
        for (size_t i = 0; i < problem->n; i++)
            a.q[i] = 1 / (a.at.z[i] / a.at.x[i] + a.at.w[i] / a.at.s[i]);
        if (!factor(&a)) break; /* rounding has the last word: the vertex is found from here */
        predict(&a);
        if (fmin(a.primal, a.dual) < 1) correct(&a, before);
        move(&a);
        before = gap(&a);
    }
    for (size_t j = 0; j < problem->k; j++)
        g[j] = isfinite(a.at.y[j]) ? -a.at.y[j] * a.unit : 0;
    return PGDP_OK;
}
