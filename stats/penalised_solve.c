/* penalised_solve.c  The minimum at one lambda: penalised.h. Source: Friedman, Hastie & Tibshirani (2010), J. Stat.
 * Softw. 33(1), section 2 (coordinate descent); Osborne, Presnell & Turlach (2000), IMA J. Numer. Anal. 20 (active
 * set); Bjorck (1987), Linear Algebra Appl. 88/89 (refined seminormal equations). SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "core/parallel.h"
#include "stats/penalised.h"
#include "stats/qr.h"

#include <math.h>
#include <string.h>

enum { MAX_SWEEPS = 1000, MAX_EXCHANGES = 10000, REFINEMENTS = 4 };
static const double sweep_tol = 1e-8, kkt_tol = 1e-12;

typedef struct solving {
    const pg_prepared *s;
    pg_penalty penalty;
    double *b, *sign; /* [k]; sign 0: not active */
    double *q;        /* cross - gram b */
    size_t *active, n_active;
    pg_matrix factor; /* of the active part of gram + l2 */
    double *target, *step;
    double size; /* largest |cross|: what gradients are relative to */
} solving;

static double soft(double x, double threshold)
{
    return x > threshold ? x - threshold : x < -threshold ? x + threshold : 0;
}

static void set_gradient(solving *v)
{
    const size_t k = v->s->k;
    memcpy(v->q, v->s->cross, k * sizeof *v->q);
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < k && fabs(v->b[j]) > 0; i++)
            v->q[i] -= v->s->gram.x[i + j * k] * v->b[j];
}

/* Sweeps until no coefficient moves the fit by more than the tolerance. */
static void descend(solving *v)
{
    const size_t k = v->s->k;
    for (size_t sweep = 0; sweep < MAX_SWEEPS; sweep++) {
        double moved = 0;
        for (size_t j = 0; j < k; j++) {
            const double *g = v->s->gram.x + j * k, own = g[j];
            if (!(own > 0)) continue;
            const double b = soft(v->q[j] + own * v->b[j], v->penalty.l1) / (own + v->penalty.l2), d = b - v->b[j];
            if (!(fabs(d) > 0)) continue;
            for (size_t i = 0; i < k; i++)
                v->q[i] -= g[i] * d;
            v->b[j] = b;
            moved = fmax(moved, fabs(d) * own);
        }
        if (moved <= sweep_tol * v->size) return;
    }
}

static void list_active(solving *v)
{
    v->n_active = 0;
    for (size_t j = 0; j < v->s->k; j++)
        if (fabs(v->sign[j]) > 0) v->active[v->n_active++] = j;
}

/* target = (gram + l2)^-1 (cross - l1 sign) of the active columns. @return false: they are collinear */
static bool solve_active(solving *v)
{
    const size_t k = v->s->k, m = v->n_active;
    pg_matrix f = { v->factor.x, m, m, k };
    for (size_t c = 0; c < m; c++) {
        const size_t j = v->active[c];
        for (size_t r = 0; r <= c; r++)
            f.x[r + c * k] = v->s->gram.x[v->active[r] + j * k] + (r == c ? v->penalty.l2 : 0);
        v->target[c] = v->s->cross[j] - v->penalty.l1 * v->sign[j];
    }
    if (!pg_cholesky(f)) return false;
    for (size_t c = 0; c < m; c++)
        if (!(f.x[c + c * k] > 1e-8 * sqrt(v->s->gram.x[v->active[c] * (k + 1)] + v->penalty.l2))) return false;
    pg_cholesky_solve(f, v->target);
    return true;
}

/* Towards the target as far as signs allow. @return false: a coefficient reached 0 and left */
static bool move(solving *v)
{
    double length = 1;
    size_t leaves = PGDP_NONE;
    for (size_t c = 0; c < v->n_active; c++) {
        const size_t j = v->active[c];
        if (v->penalty.l1 <= 0 || v->target[c] * v->sign[j] > 0) continue;
        const double here = fabs(v->b[j]), part = here / (here + fabs(v->target[c]));
        if (leaves == PGDP_NONE || part < length) {
            length = here > 0 ? part : 0;
            leaves = j;
        }
    }
    for (size_t c = 0; c < v->n_active; c++)
        v->b[v->active[c]] += length * (v->target[c] - v->b[v->active[c]]);
    if (leaves == PGDP_NONE) return true;
    v->b[leaves] = v->sign[leaves] = 0;
    return false;
}

/* The column outside whose gradient exceeds l1 most, or PGDP_NONE. */
static size_t enters(const solving *v)
{
    size_t best = PGDP_NONE;
    double most = v->penalty.l1 + kkt_tol * v->size;
    for (size_t j = 0; j < v->s->k; j++) {
        if (fabs(v->sign[j]) > 0 || !(v->s->sd[j] > 0) || fabs(v->q[j]) <= most) continue;
        most = fabs(v->q[j]);
        best = j;
    }
    return best;
}

/* *exact: the conditions hold; false: active columns are collinear and b is as coordinate descent left it. */
static pgdp_status exchange(pgdp_ctx *ctx, solving *v, bool *exact)
{
    *exact = false;
    for (size_t j = 0; j < v->s->k; j++)
        v->sign[j] = v->s->sd[j] <= 0 ? 0 : v->penalty.l1 <= 0 || v->b[j] > 0 ? 1 : v->b[j] < 0 ? -1 : 0;
    for (size_t round = 0; round < MAX_EXCHANGES; round++) {
        list_active(v);
        if (!solve_active(v)) return PGDP_OK;
        if (!move(v)) continue;
        set_gradient(v);
        const size_t j = enters(v);
        if (j == PGDP_NONE) {
            *exact = true;
            return PGDP_OK;
        }
        v->sign[j] = v->q[j] > 0 ? 1 : -1;
    }
    return pg_fail(ctx, PGDP_NO_CONVERGENCE,
                   "the penalised fit is not solved after %d exchanges of terms; raise lambda", MAX_EXCHANGES);
}

/* Rows of [z; sqrt(l2) I], active columns. */
static void fill_rows(void *user, size_t first, pg_matrix a)
{
    const solving *v = user;
    const size_t n = v->s->n;
    for (size_t c = 0; c < a.n_cols; c++)
        for (size_t i = 0; i < a.n_rows; i++) {
            const size_t row = first + i;
            a.x[i + c * a.stride] = row < n        ? v->s->z.x[row + v->active[c] * n]
                                    : row - n == c ? sqrt(v->penalty.l2)
                                                   : 0;
        }
}

/* Corrections from residuals of the data, by the triangle of the active columns; one that does not shrink is left. */
static pgdp_status refine(pgdp_ctx *ctx, solving *v, double *condition)
{
    const size_t n = v->s->n, m = v->n_active;
    double *r, before = HUGE_VAL;
    pg_qr qr;
    if (m == 0) return PGDP_OK;
    const pg_matrix inverse = pg_matrix_new(&ctx->scratch, m, m);
    if (inverse.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, r, pg_arena_alloc(&ctx->scratch, n, sizeof *r));
    PG_TRY(pg_qr_factor(ctx, n + m, m, fill_rows, v, &qr));
    memcpy(inverse.x, qr.r.x, m * m * sizeof *inverse.x);
    if (pg_invert_upper(inverse)) PG_TRY(pg_condition(ctx, qr.r, inverse, condition));
    for (size_t round = 0; round < REFINEMENTS; round++) {
        double size = 0;
        memcpy(r, v->s->y, n * sizeof *r);
        for (size_t c = 0; c < m; c++)
            for (size_t i = 0; i < n; i++)
                r[i] -= v->s->z.x[i + v->active[c] * n] * v->b[v->active[c]];
        for (size_t c = 0; c < m; c++) {
            const size_t j = v->active[c];
            v->step[c] = pg_dot(v->s->z.x + j * n, r, n) - v->penalty.l1 * v->sign[j] - v->penalty.l2 * v->b[j];
        }
        pg_solve_upper(qr.r, true, v->step);
        pg_solve_upper(qr.r, false, v->step);
        for (size_t c = 0; c < m; c++)
            size = fmax(size, fabs(v->step[c]));
        if (!(size < before / 2)) return PGDP_OK;
        for (size_t c = 0; c < m; c++)
            v->b[v->active[c]] += v->step[c];
        before = size;
    }
    return PGDP_OK;
}

static pgdp_status run(pgdp_ctx *ctx, const pg_prepared *s, pg_penalty penalty, bool exact, double *b,
                       double *condition)
{
    const size_t k = s->k;
    bool solved;
    solving v = { .s = s, .penalty = penalty, .b = b };
    double **const of_terms[] = { &v.sign, &v.q, &v.target, &v.step };
    for (size_t i = 0; i < sizeof of_terms / sizeof *of_terms; i++)
        PG_TRY_ALLOC(ctx, *of_terms[i], pg_arena_alloc(&ctx->scratch, k, sizeof(double)));
    PG_TRY_ALLOC(ctx, v.active, pg_arena_alloc(&ctx->scratch, k, sizeof *v.active));
    v.factor = pg_matrix_new(&ctx->scratch, k, k);
    if (v.factor.x == NULL) return pg_no_memory(ctx);
    for (size_t j = 0; j < k; j++)
        v.size = fmax(v.size, fabs(s->cross[j]));
    set_gradient(&v);
    if (penalty.l1 > 0) descend(&v);
    PG_TRY(exchange(ctx, &v, &solved));
    if (!exact) return PGDP_OK;
    if (!solved)
        return pg_fail(ctx, PGDP_NUMERICAL,
                       "the penalised fit has no trustworthy digits: terms are nearly collinear at this lambda; raise "
                       "lambda or leave terms out");
    return refine(ctx, &v, condition);
}

pgdp_status pg_penalised_solve(pgdp_ctx *ctx, const pg_prepared *standard, pg_penalty penalty, bool exact, double *b,
                               double *condition)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = run(ctx, standard, penalty, exact, b, condition);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
