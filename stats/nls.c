/* nls.c  Levenberg-Marquardt with an orthogonal factorisation, then Gauss-Newton steps down to rounding: nls.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With D the largest column norms of J met so far, a step s solves min |J s - r|^2 + mu |D s|^2 by QR of J D^-1. mu
 * follows the gain: actual over predicted fall (Nielsen 1999, report IMM-REP-1999-05). */
#include "stats/nls.h"

#include "core/number.h"
#include "core/parallel.h"
#include "stats/collinear.h"
#include "stats/qr.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MAX_POLISH = 500 };
static const double enough_offset = 1e-8, largest_mu = 1e20;

/* Ways to search, in order: the first that ends at a minimum has the word. Short first steps keep exponents from
 * running away; scales that follow the point get along a bent valley whose Jacobian falls by orders of size. */
typedef struct attempt {
    double mu;
    bool forgets;
} attempt;
static const attempt attempts[] = { { 1e-3, false }, { 1e-3, true }, { 1, false }, { 1, true }, { 100, false } };

typedef struct search {
    const pgdp_design *design;
    size_t n, p;
    pg_nls_point at, trial;
    double *scale;           /* D */
    double *head;            /* first p elements of Q'r */
    double *s;               /* step, then its scaled form */
    pg_matrix r, stacked;    /* R of J D^-1; [R; sqrt(mu) I] */
    double *stacked_tau, *v; /* [2p] */
    double mu, nu;
    bool forgets; /* D: of this point alone */
    double size;  /* of y, for rounding: root of the weighted mean square */
    size_t n_steps;
} search;

static pgdp_status new_search(pgdp_ctx *ctx, const pgdp_design *d, search *s)
{
    const size_t n = d->y.n, p = d->mean->n_parameters;
    *s = (search){ .design = d, .n = n, .p = p };
    PG_TRY(pg_nls_point_new(ctx, d, &s->at));
    PG_TRY(pg_nls_point_new(ctx, d, &s->trial));
    double **const of_terms[] = { &s->scale, &s->head, &s->s, &s->stacked_tau, &s->v };
    for (size_t i = 0; i < sizeof of_terms / sizeof *of_terms; i++)
        PG_TRY_ALLOC(ctx, *of_terms[i], pg_arena_alloc(&ctx->scratch, 2 * p, sizeof(double)));
    s->r = pg_matrix_new(&ctx->scratch, p, p);
    s->stacked = pg_matrix_new(&ctx->scratch, 2 * p, p);
    if (s->r.x == NULL || s->stacked.x == NULL) return pg_no_memory(ctx);
    double square = 0;
    for (size_t i = 0; i < n; i++)
        square += (d->weights.n > 0 ? d->weights.x[i] : 1) * d->y.x[i] * d->y.x[i];
    s->size = sqrt(square / (double)n);
    return PGDP_OK;
}

static void fill_rows(void *user, size_t first, pg_matrix a)
{
    const search *s = user;
    for (size_t j = 0; j < a.n_cols; j++)
        for (size_t i = 0; i < a.n_rows; i++)
            a.x[i + j * a.stride] = s->at.j.x[first + i + j * s->n] / s->scale[j];
}

/* D, R and head at the point. */
static pgdp_status factor(pgdp_ctx *ctx, search *s)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_qr qr;
    double *v;
    for (size_t j = 0; j < s->p; j++) {
        const double *column = s->at.j.x + j * s->n;
        s->scale[j] = fmax(s->forgets ? 0 : s->scale[j], sqrt(pg_dot(column, column, s->n)));
        if (!(s->scale[j] > 0)) s->scale[j] = 1;
    }
    PG_TRY(pg_qr_factor(ctx, s->n, s->p, fill_rows, s, &qr));
    PG_TRY_ALLOC(ctx, v, pg_arena_alloc(&ctx->scratch, s->n, sizeof *v));
    memcpy(v, s->at.r, s->n * sizeof *v);
    PG_TRY(pg_qr_apply_transposed(ctx, &qr, v, s->head));
    memcpy(s->r.x, qr.r.x, s->p * s->p * sizeof *s->r.x);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

/* s of min |R s - head|^2 + mu |s|^2, in units of D. @return false: R is singular and mu is 0 */
static pgdp_status damped_step(pgdp_ctx *ctx, search *s, double mu, bool *regular)
{
    const size_t p = s->p;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    memset(s->stacked.x, 0, 2 * p * p * sizeof *s->stacked.x);
    memset(s->v, 0, 2 * p * sizeof *s->v);
    for (size_t j = 0; j < p; j++) {
        for (size_t i = 0; i <= j; i++)
            s->stacked.x[i + j * 2 * p] = s->r.x[i + j * p];
        s->stacked.x[p + j + j * 2 * p] = sqrt(mu);
        s->v[j] = s->head[j];
    }
    PG_TRY(pg_householder(ctx, s->stacked, s->stacked_tau));
    PG_TRY(pg_householder_apply(ctx, s->stacked, s->stacked_tau, true, s->v));
    *regular = true;
    for (size_t j = 0; j < p; j++)
        *regular = *regular && fabs(s->stacked.x[j + j * 2 * p]) > 0;
    if (*regular) pg_solve_upper((pg_matrix){ s->stacked.x, p, p, 2 * p }, false, s->v);
    memcpy(s->s, s->v, p * sizeof *s->s);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

/* What the linear model promises: |r|^2 - |r - J s|^2 = s'g + mu s's. */
static double predicted(const search *s)
{
    double fall = 0;
    for (size_t j = 0; j < s->p; j++) {
        double g = 0;
        for (size_t i = 0; i <= j; i++)
            g += s->r.x[i + j * s->p] * s->head[i];
        fall += s->s[j] * (g + s->mu * s->s[j]);
    }
    return fall;
}

static pgdp_status try_step(pgdp_ctx *ctx, search *s)
{
    for (size_t j = 0; j < s->p; j++)
        s->trial.b[j] = s->at.b[j] + s->s[j] / s->scale[j];
    return pg_nls_evaluate(ctx, s->design, &s->trial);
}

static void accept(search *s)
{
    const pg_nls_point old = s->at;
    s->at = s->trial;
    s->trial = old;
}

/* |Q_1'r| / sqrt(p) over |Q_2'r| / sqrt(n - p); below 1 unit of rounding of y it is taken for 0. */
static double relative_offset(const search *s)
{
    double tangent = 0;
    for (size_t j = 0; j < s->p; j++)
        tangent += s->head[j] * s->head[j];
    const double rest = s->n > s->p ? fmax(s->at.ssr - tangent, 0) / (double)(s->n - s->p) : 0;
    const double rounding = 4 * DBL_EPSILON * s->size, part = sqrt(tangent / (double)s->p);
    return part <= rounding ? 0 : part / fmax(sqrt(rest), rounding);
}

/* Largest step of a parameter relative to its size, or to its standard error where that is larger. */
static double relative_step(const search *s)
{
    double largest = 0;
    const double sigma = s->n > s->p ? sqrt(s->at.ssr / (double)(s->n - s->p)) : 0;
    for (size_t j = 0; j < s->p; j++) {
        const double size = fmax(fabs(s->at.b[j]), sigma / s->scale[j]);
        if (size > 0) largest = fmax(largest, fabs(s->s[j]) / s->scale[j] / size);
    }
    return largest;
}

/* Levenberg-Marquardt until the offset is small or nothing helps. */
static pgdp_status descend(pgdp_ctx *ctx, search *s, const attempt *how, size_t max_iter)
{
    bool regular;
    s->mu = how->mu;
    s->forgets = how->forgets;
    for (size_t j = 0; j < s->p; j++)
        s->scale[j] = 0;
    s->nu = 2;
    PG_TRY(factor(ctx, s));
    while (s->n_steps < max_iter && s->mu < largest_mu && relative_offset(s) > enough_offset) {
        s->n_steps++;
        PG_TRY(damped_step(ctx, s, s->mu, &regular));
        PG_TRY(try_step(ctx, s));
        const double promised = predicted(s), gain = (s->at.ssr - s->trial.ssr) / promised;
        if (relative_step(s) < DBL_EPSILON) return PGDP_OK;
        if (!isfinite(s->trial.ssr) || !(gain > 1e-4)) {
            s->mu *= s->nu;
            s->nu *= 2;
            continue;
        }
        accept(s);
        s->mu = fmax(s->mu * fmax(1.0 / 3, 1 - pow(2 * gain - 1, 3)), 1e-15);
        s->nu = 2;
        PG_TRY(factor(ctx, s));
    }
    return PGDP_OK;
}

/* Gauss-Newton steps while each is smaller than the one before. */
static pgdp_status polish(pgdp_ctx *ctx, search *s, double *last_step)
{
    *last_step = HUGE_VAL;
    for (size_t round = 0; round < MAX_POLISH; round++) {
        bool regular;
        PG_TRY(damped_step(ctx, s, 0, &regular));
        const double step = regular ? relative_step(s) : HUGE_VAL;
        if (!(step < *last_step)) return PGDP_OK;
        PG_TRY(try_step(ctx, s));
        if (!isfinite(s->trial.ssr)) return PGDP_OK;
        if (round == 0 && !(s->trial.ssr <= s->at.ssr * (1 + 1e-6) + 1e-30 * s->size * s->size)) return PGDP_OK;
        accept(s);
        s->n_steps++;
        *last_step = step;
        if (step < DBL_EPSILON) return PGDP_OK;
        PG_TRY(factor(ctx, s));
    }
    return PGDP_OK;
}

static pgdp_status start_at(pgdp_ctx *ctx, search *s)
{
    memcpy(s->at.b, s->design->mean->start, s->p * sizeof *s->at.b);
    PG_TRY(pg_nls_evaluate(ctx, s->design, &s->at));
    if (isfinite(s->at.ssr)) return PGDP_OK;
    for (size_t i = 0; i < s->n; i++) {
        bool finite = isfinite(s->at.r[i]);
        for (size_t j = 0; j < s->p; j++)
            finite = finite && isfinite(s->at.j.x[i + j * s->n]);
        if (!finite)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                           "the mean or a derivative has no finite value at the start values in row %zu of the sample; "
                           "choose other start values",
                           i + 1);
    }
    return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                   "the sum of squares at the start values is beyond the range of double precision; choose others");
}

/* Where the Jacobian has not full rank there, parameters that the data do not tell apart are named. */
static pgdp_status refuse(pgdp_ctx *ctx, const search *s, size_t n_steps, double offset)
{
    char number[PG_NUMBER_SIZE];
    const pgdp_design there = { .y = { s->at.r, s->n },
                                .x = { s->at.j.x, s->n, s->p },
                                .terms = s->design->mean->parameters,
                                .constant = PGDP_NONE };
    const pgdp_status status = isfinite(s->at.ssr) ? pg_collinear_check(ctx, &there, false) : PGDP_OK;
    if (status != PGDP_OK) return pg_fail_within(ctx, status, "nls, derivatives by the parameters: ");
    pg_number_significant(offset, 2, number);
    return pg_fail(ctx, PGDP_NO_CONVERGENCE,
                   "nls: after %zu steps the relative offset is %s, not 0; start nearer to the solution, rewrite the "
                   "mean with fewer or less related parameters, or raise max_iter",
                   n_steps, number);
}

pgdp_status pg_nls_solve(pgdp_ctx *ctx, const pgdp_design *design, const pg_nls_settings *settings, pg_nls *out)
{
    search s;
    size_t n_steps = 0;
    PG_TRY(new_search(ctx, design, &s));
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        s.n_steps = 0;
        PG_TRY(start_at(ctx, &s));
        PG_TRY(descend(ctx, &s, &attempts[i], settings->max_iter));
        PG_TRY(polish(ctx, &s, &out->last_step));
        PG_TRY(factor(ctx, &s));
        n_steps += s.n_steps;
        out->offset = relative_offset(&s);
        if (out->offset <= settings->tol) break;
    }
    out->iterations = n_steps;
    if (!(out->offset <= settings->tol)) return refuse(ctx, &s, n_steps, out->offset);
    for (size_t i = 0; i < s.n && design->weights.n > 0; i++) {
        const double root = sqrt(design->weights.x[i]);
        s.at.r[i] /= root;
        for (size_t j = 0; j < s.p; j++)
            s.at.j.x[i + j * s.n] /= root;
    }
    out->estimate = s.at.b;
    out->residual = s.at.r;
    out->jacobian = s.at.j.x;
    return PGDP_OK;
}
