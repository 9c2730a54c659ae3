/* glm.c  Iterated weighted least squares with absorbed effects: glm.h. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With m = mean(eta): weights W = w m'^2 / V, working residual r = (y - m) / m'. The step of b is the least-squares fit
 * of M r on M x in the weights W, M the projection off the effects in the same weights; that of eta is r less its
 * residual. M x of one step serves as x of the next: they differ by effects alone, which the next M takes away. */
#include "stats/glm.h"

#include "core/parallel.h"
#include "stats/absorb_system.h"
#include "stats/fit_absorb.h"
#include "stats/least_squares.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MAX_ITERATIONS = 200, MAX_HALVINGS = 30 };
static const double small_step = 1e-8; /* of eta, weighted root mean square; the step after it is at rounding */
static const double rough_tol = 1e-6;  /* of the projection at most, while steps are large */
static const double of_move = 1e-2;    /* and beside the square of a move, which the next step is as small as */
static const double least_tol = 1e-11; /* below it, all digits */
static const double receding = 0.1;    /* a row's eta that still moves so far goes to infinity */

typedef struct glm {
    const pg_glm_family *family;
    const pgdp_design *d;
    pg_absorber *absorber;
    pg_absorption absorption;
    double *eta, *step, *trial; /* [n] */
    double *w, *r, *r_left;     /* [n] weights, working residual, what the effects leave of it */
    double *x;                  /* [n x k] what they leave of the regressors */
    double **columns;           /* r_left and the columns of x */
    double *b, *db;             /* [k] */
    double *work;               /* [n] */
    pg_least_squares ls;
    double deviance, move, largest;
    size_t iterations;
} glm;

static double offset_of(const glm *s, size_t i)
{
    return s->d->offset.n > 0 ? s->d->offset.x[i] : 0;
}

static double deviance_at(const glm *s, const double *eta)
{
    for (size_t i = 0; i < s->d->y.n; i++)
        s->work[i] = pg_design_weight(s->d, i) * s->family->deviance(s->d->y.x[i], eta[i]);
    return pg_sum(s->work, s->d->y.n);
}

static pgdp_status glm_new(pgdp_ctx *ctx, const pgdp_design *d, const pgdp_fit *fit, glm *s)
{
    const size_t n = d->y.n, k = d->x.n_cols;
    struct {
        double **array;
        size_t n;
    } const parts[] = {
        { &s->eta, n },    { &s->step, n },  { &s->trial, n }, { &s->w, n }, { &s->r, n },
        { &s->r_left, n }, { &s->x, n * k }, { &s->work, n },  { &s->b, k }, { &s->db, k },
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        PG_TRY_ALLOC(ctx, *parts[i].array, pg_arena_alloc(&ctx->scratch, parts[i].n, sizeof(double)));
    PG_TRY_ALLOC(ctx, s->columns, pg_arena_alloc(&ctx->scratch, k + 1, sizeof *s->columns));
    s->columns[0] = s->r_left;
    for (size_t j = 0; j < k; j++)
        s->columns[j + 1] = s->x + j * n;
    memcpy(s->x, d->x.x, n * k * sizeof *s->x);
    return pg_absorber_copy(ctx, fit->absorber, &s->absorber);
}

/* eta near the outcome; it need not be x b + effects, which the first step makes it. */
static void start(glm *s)
{
    const size_t n = s->d->y.n;
    for (size_t i = 0; i < n; i++) {
        s->w[i] = pg_design_weight(s->d, i);
        s->work[i] = s->w[i] * s->d->y.x[i];
    }
    const double average = pg_sum(s->work, n) / pg_sum(s->w, n);
    for (size_t i = 0; i < n; i++)
        s->eta[i] = s->family->start(s->d->y.x[i], average);
}

/* How well the effects are to be taken out: a step that others follow need not be exact, since what an effect keeps of
 * a column is an effect still. The first tells which terms are explained, the last what is reported: all digits. */
static double tol_of(const glm *s, bool last)
{
    const double tol = fmin(rough_tol, of_move * s->move * s->move);
    return last || s->iterations == 0 || tol < least_tol ? 0 : tol;
}

/* Weights, projection, least squares at eta. */
static pgdp_status solve(pgdp_ctx *ctx, glm *s, double tol)
{
    const size_t n = s->d->y.n;
    const bool first = s->iterations == 0;
    for (size_t i = 0; i < n; i++) {
        const double slope = s->family->derivative(s->eta[i]);
        s->w[i] = pg_design_weight(s->d, i) * slope * (slope / s->family->variance(s->eta[i]));
        s->r[i] = (s->d->y.x[i] - s->family->mean(s->eta[i])) / slope;
        if (first) s->r[i] += s->eta[i] - offset_of(s, i);
        s->r_left[i] = s->r[i];
        if (!isfinite(s->w[i]) || !isfinite(s->r[i]))
            return pg_fail(ctx, PGDP_NUMERICAL,
                           "the mean of row %zu is beyond the range of double precision after %zu steps; change the "
                           "unit of the outcome or leave rows with extreme values out",
                           i + 1, s->iterations);
    }
    PG_TRY(pg_absorber_reweight(ctx, s->absorber, s->w));
    PG_TRY(pg_absorb(ctx, s->absorber, s->columns, s->d->x.n_cols + 1, tol, &s->absorption));
    if (first) PG_TRY(pg_fit_settle_terms(ctx, s->d, s->x));
    const pgdp_design linear = { .y = { s->r_left, n },
                                 .x = { s->x, n, s->d->x.n_cols },
                                 .terms = s->d->terms,
                                 .constant = PGDP_NONE,
                                 .weights = { s->w, n },
                                 .weight_kind = PGDP_ANALYTIC };
    PG_TRY(pg_least_squares_solve(ctx, &linear, &s->ls));
    for (size_t j = 0; j < s->d->x.n_cols; j++)
        s->db[j] = s->ls.estimate[j];
    return PGDP_OK;
}

/* step = the fit of r by x and effects; how far it moves. */
static void find_step(glm *s)
{
    const size_t n = s->d->y.n;
    s->largest = 0;
    for (size_t i = 0; i < n; i++) {
        double left = s->r_left[i];
        for (size_t j = 0; j < s->d->x.n_cols; j++)
            left -= s->x[i + j * n] * s->db[j];
        s->step[i] = s->r[i] - left;
        s->work[i] = s->w[i] * s->step[i] * s->step[i];
        s->largest = fmax(s->largest, fabs(s->step[i]));
    }
    s->move = sqrt(pg_sum(s->work, n) / pg_sum(s->w, n));
}

/* eta and b move by the step, halved until the deviance does not rise beyond rounding. */
static pgdp_status move(pgdp_ctx *ctx, glm *s)
{
    const size_t n = s->d->y.n;
    const double before = s->deviance;
    const bool first = s->iterations == 0;
    for (int halving = 0; halving <= MAX_HALVINGS; halving++) {
        const double part = ldexp(1, -halving);
        for (size_t i = 0; i < n; i++)
            s->trial[i] = (first ? offset_of(s, i) : s->eta[i]) + part * s->step[i];
        const double deviance = deviance_at(s, s->trial);
        if (!isfinite(deviance) || (!first && deviance > before + 1e-12 * (1 + fabs(before)))) continue;
        memcpy(s->eta, s->trial, n * sizeof *s->eta);
        for (size_t j = 0; j < s->d->x.n_cols; j++)
            s->b[j] += part * s->db[j];
        s->deviance = deviance;
        return PGDP_OK;
    }
    return pg_fail(ctx, PGDP_NO_CONVERGENCE,
                   "the likelihood did not rise along the step of iteration %zu; bring the regressors to comparable "
                   "sizes or leave terms out",
                   s->iterations + 1);
}

/* Some rows' means go to the end of their range: which term goes with them? */
static pgdp_status refuse(pgdp_ctx *ctx, const glm *s)
{
    size_t worst = 0;
    double most = 0;
    for (size_t j = 0; j < s->d->x.n_cols; j++) {
        const double size = fabs(s->db[j]) / (fabs(s->b[j]) + DBL_MIN);
        if (size > most) {
            most = size;
            worst = j;
        }
    }
    if (s->largest > receding)
        return pg_fail(ctx, PGDP_NO_CONVERGENCE,
                       "terms or effects predict rows of the outcome perfectly, so that their estimates are infinite "
                       "(%s moves most); leave these rows out",
                       s->d->terms[worst]);
    return pg_fail(ctx, PGDP_NO_CONVERGENCE,
                   "the likelihood has no maximum within %d steps, %s moves most; leave the term out", MAX_ITERATIONS,
                   s->d->terms[worst]);
}

/* Until a step is small, and one more at the weights that it leaves. */
static pgdp_status iterate(pgdp_ctx *ctx, glm *s)
{
    bool last = false;
    start(s);
    s->move = HUGE_VAL;
    for (s->iterations = 0; s->iterations < MAX_ITERATIONS; s->iterations++) {
        if (s->absorption.fell_back) /* what one step had to factor the others factor at once */
            PG_TRY(pg_absorber_choose(ctx, s->absorber, PG_ABSORB_SPARSE));
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        PG_TRY(solve(ctx, s, tol_of(s, last)));
        find_step(s);
        PG_TRY(move(ctx, s));
        if (last) return s->largest > receding ? refuse(ctx, s) : PGDP_OK; /* ls stays in the scratch */
        last = s->move <= small_step;
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return refuse(ctx, s);
}

static pgdp_status fill(pgdp_ctx *ctx, const glm *s, pgdp_fit *fit)
{
    const size_t n = s->d->y.n, k = s->d->x.n_cols;
    pgdp_design *working;
    PG_TRY_ALLOC(ctx, working, pg_arena_alloc(&ctx->scratch, 1, sizeof *working));
    *working = *s->d;
    working->x.x = s->x;
    working->x_low = (pgdp_mat){ NULL, 0, 0 };
    working->effects = NULL;
    working->n_effects = 0;
    fit->working = working;
    fit->absorber = s->absorber;
    memcpy(fit->estimate, s->b, k * sizeof *s->b);
    pg_times_transposed(s->ls.root, s->ls.root, pg_matrix_of(fit->bread, k, k));
    pg_copy_upper(pg_matrix_of(fit->bread, k, k));
    for (size_t i = 0; i < n; i++) {
        const double eta = s->eta[i];
        const double residual = s->d->y.x[i] - s->family->mean(eta);
        fit->score[i] = pg_design_weight(s->d, i) * residual * (s->family->derivative(eta) / s->family->variance(eta));
    }
    fit->glance.deviance = s->deviance;
    const double error = fmax(s->move * s->move, DBL_EPSILON / 2 * s->ls.condition);
    fit->certificate = (pgdp_certificate){ .condition_number = s->ls.condition,
                                           .digits = fmin(s->ls.digits, fmax(0, -log10(error))),
                                           .solver = "irls",
                                           .refinements = s->iterations + 1 };
    pg_fit_add_absorption(fit, &s->absorption);
    return PGDP_OK;
}

pgdp_status pg_glm_fit(pgdp_ctx *ctx, const pg_glm_family *family, const pgdp_design *d, pgdp_fit *fit)
{
    glm s = { .family = family, .d = d };
    PG_TRY(glm_new(ctx, d, fit, &s));
    PG_TRY(iterate(ctx, &s));
    return fill(ctx, &s, fit);
}
