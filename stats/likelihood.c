/* likelihood.c  The log likelihood of likelihood.h with its gradient and observed information, for Newton's method.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Works on standardised regressors (likelihood_newton.h), so that steps and penalties have no units. */
#include "stats/likelihood.h"

#include "core/parallel.h"
#include "stats/collinear.h"

#include <math.h>
#include <string.h>

static const double separation_tolerance = 1e-6;

typedef struct problem {
    const pg_likelihood *q;
    size_t n_slopes, n_cuts, n_terms;
    pg_row_source source;
    pg_standard standard;
    pg_row_sums rows; /* value, gradient [n_terms], information [n_terms^2] (upper triangle) */
    const double *theta;
} problem;

static bool is_constant(const problem *s, size_t j)
{
    return j == s->q->design->constant;
}

/* A row's derivatives by the cuts, into the chunk's sums and the row's part of the cross derivatives. */
static void add_cuts(const problem *s, size_t category, double w, const pg_row *row, double *sums)
{
    const size_t p = s->n_terms, above = s->n_slopes + category, below = above - 1;
    double *gradient = sums + 1, *information = gradient + p;
    if (category < s->n_cuts) {
        gradient[above] += w * row->above;
        information[above + above * p] -= w * row->above2;
    }
    if (category == 0) return;
    gradient[below] += w * row->below;
    information[below + below * p] -= w * row->below2;
    if (category < s->n_cuts) information[below + above * p] -= w * row->above_below;
}

/* What a tile of rows needs: eta, l and dl/d eta of every row, its regressors and these times sqrt(w), its cross
 * derivatives. */
typedef struct tile {
    double eta[PG_TILE], value[PG_TILE], score[PG_TILE], root[PG_TILE];
    pg_matrix z, weighted, cross;
} tile;

static pgdp_status begin_chunk(pgdp_ctx *ctx, const void *user, void **work)
{
    const problem *s = user;
    tile *t;
    PG_TRY_ALLOC(ctx, t, pg_arena_alloc(&ctx->scratch, 1, sizeof *t));
    PG_TRY_ALLOC(ctx, t->z.x, pg_matrix_new(&ctx->scratch, PG_TILE, s->n_slopes).x);
    PG_TRY_ALLOC(ctx, t->weighted.x, pg_matrix_new(&ctx->scratch, PG_TILE, s->n_slopes).x);
    PG_TRY_ALLOC(ctx, t->cross.x, pg_matrix_new(&ctx->scratch, PG_TILE, s->n_cuts).x);
    *work = t;
    return PGDP_OK;
}

static void evaluate_rows(const problem *s, const pg_tile_rows *rows, tile *t, double *sums)
{
    const size_t k = s->n_slopes;
    for (size_t i = 0; i < rows->n; i++) {
        pg_row row = { 0 };
        const double w = pg_tile_weight(rows, i), y = rows->y[i];
        if (rows->offset != NULL) t->eta[i] += rows->offset[i];
        s->q->model->row(y, t->eta[i], s->theta + k, s->n_cuts, &row);
        t->value[i] = w * row.value;
        t->score[i] = w * row.eta;
        t->root[i] = sqrt(w * row.information);
        if (s->n_cuts == 0) continue;
        add_cuts(s, (size_t)y, w, &row, sums);
        if ((size_t)y < s->n_cuts) t->cross.x[i + (size_t)y * PG_TILE] = -w * row.eta_above;
        if (y > 0) t->cross.x[i + ((size_t)y - 1) * PG_TILE] = -w * row.eta_below;
    }
}

static void add_tile(const void *user, const pg_tile_rows *rows, void *work, double *sums)
{
    const problem *s = user;
    tile *t = work;
    const size_t n = rows->n, k = s->n_slopes, p = s->n_terms;
    const pg_matrix z = { t->z.x, n, k, PG_TILE };
    const pg_matrix weighted = { t->weighted.x, n, k, PG_TILE }, cross = { t->cross.x, n, s->n_cuts, PG_TILE };
    memset(cross.x, 0, PG_TILE * s->n_cuts * sizeof *cross.x);
    memset(t->eta, 0, sizeof t->eta);
    pg_standard_tile(&s->standard, rows, z);
    if (k > 0) pg_times_vector(z, s->theta, t->eta);
    evaluate_rows(s, rows, t, sums);
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < n; i++)
            weighted.x[i + j * PG_TILE] = t->root[i] * z.x[i + j * z.stride];
    sums[0] += pg_sum(t->value, n);
    if (k == 0) return;
    pg_add_cross_vector(z, t->score, sums + 1);
    pg_add_gram(weighted, (pg_matrix){ sums + 1 + p, k, k, p });
    if (s->n_cuts > 0) pg_add_cross(z, cross, (pg_matrix){ sums + 1 + p + k * p, k, s->n_cuts, p });
}

/* Everything at theta. Cuts that do not increase have likelihood zero. */
static pgdp_status evaluate(pgdp_ctx *ctx, void *user, const double *theta, double *value, double *gradient,
                            double *information)
{
    problem *s = user;
    const size_t p = s->n_terms;
    *value = -HUGE_VAL;
    for (size_t j = s->n_slopes + 1; j < p; j++)
        if (!(theta[j] > theta[j - 1])) return PGDP_OK;
    s->theta = theta;
    PG_TRY(pg_row_sums_run(ctx, &s->rows));
    *value = s->rows.sums[0];
    memcpy(gradient, s->rows.sums + 1, p * sizeof *gradient);
    memcpy(information, s->rows.sums + 1 + p, p * p * sizeof *information);
    for (size_t j = 0; j < s->n_slopes; j++) {
        if (is_constant(s, j)) continue;
        *value -= s->q->lambda / 2 * theta[j] * theta[j];
        gradient[j] -= s->q->lambda * theta[j];
        information[j + j * p] += s->q->lambda;
    }
    return PGDP_OK;
}

/* A step as it is looked at. */
typedef struct looking {
    const problem *problem;
    const double *step;
    double tol; /* 0: its largest move of eta is sought */
} looking;

static pgdp_status begin_looking(pgdp_ctx *ctx, const void *user, void **work)
{
    return begin_chunk(ctx, ((const looking *)user)->problem, work);
}

/* The largest move, or 1 where a row's likelihood falls. */
static void look_at_tile(const void *user, const pg_tile_rows *rows, void *work, double *sums)
{
    const looking *l = user;
    const problem *s = l->problem;
    tile *t = work;
    const size_t k = s->n_slopes;
    const pg_matrix z = { t->z.x, rows->n, k, PG_TILE };
    memset(t->eta, 0, sizeof t->eta);
    pg_standard_tile(&s->standard, rows, z);
    if (k > 0) pg_times_vector(z, l->step, t->eta);
    for (size_t i = 0; i < rows->n && !(l->tol > 0); i++)
        sums[0] = fmax(sums[0], fabs(t->eta[i]));
    for (size_t i = 0; i < rows->n && l->tol > 0 && !(sums[0] > 0); i++)
        sums[0] = !s->q->model->recedes(rows->y[i], t->eta[i], l->step + k, l->tol, s->n_cuts);
}

/* Does no row's likelihood fall along the step? Then the estimates go to infinity: the rows are separated. */
static pgdp_status is_separated(pgdp_ctx *ctx, const void *user, const double *theta, const double *step, bool *out)
{
    (void)theta;
    const problem *s = user;
    looking look = { s, step, 0 };
    const pg_row_sums sums = {
        .source = &s->source, .size = 1, .n_most = 1, .begin = begin_looking, .add = look_at_tile, .user = &look
    };
    double largest, falls;
    *out = false;
    if (s->q->lambda > 0) return PGDP_OK;
    PG_TRY(pg_row_sums_of(ctx, sums, &largest));
    for (size_t j = s->n_slopes; j < s->n_terms; j++)
        largest = fmax(largest, fabs(step[j]));
    if (!(largest > 0.1)) return PGDP_OK; /* along a direction without end, steps keep a length near 1 */
    look.tol = separation_tolerance * largest;
    PG_TRY(pg_row_sums_of(ctx, sums, &falls));
    *out = !(falls > 0);
    return PGDP_OK;
}

static pgdp_status refuse(pgdp_ctx *ctx, const void *user, const double *step, bool separated, size_t iterations)
{
    const problem *s = user;
    size_t worst = 0;
    for (size_t j = 0; j < s->n_slopes; j++)
        if (fabs(step[j]) > fabs(step[worst])) worst = j;
    return pg_likelihood_refuse(ctx, s->n_slopes > 0 ? s->q->design->terms[worst] : "a cut point", separated,
                                s->q->no_penalty ? "leave the term out" : "leave the term out or set lambda above 0",
                                iterations);
}

pgdp_status pg_likelihood_refuse(pgdp_ctx *ctx, const char *term, bool separated, const char *remedy, size_t iterations)
{
    if (separated)
        return pg_fail(ctx, PGDP_NO_CONVERGENCE,
                       "the terms separate the categories of the outcome perfectly, %s foremost, so the estimates are "
                       "infinite; %s",
                       term, remedy);
    return pg_fail(ctx, PGDP_NO_CONVERGENCE, "the likelihood has no maximum within %zu iterations, %s moves most; %s",
                   iterations, term, remedy);
}

static pgdp_status start(pgdp_ctx *ctx, const pg_likelihood *q, problem *s, pg_climb *climb)
{
    const size_t k = q->design->x.n_cols, p = k + q->n_cuts;
    *s = (problem){ .q = q, .n_slopes = k, .n_cuts = q->n_cuts, .n_terms = p };
    s->rows =
        (pg_row_sums){ .source = &s->source, .size = 1 + p + p * p, .begin = begin_chunk, .add = add_tile, .user = s };
    *climb = (pg_climb){
        .n_terms = p, .evaluate = evaluate, .endless = is_separated, .refuse = refuse, .user = s, .concave = true
    };
    PG_TRY(pg_row_source_new(ctx, q->design, q->behind, &s->source));
    PG_TRY(pg_standard_new(ctx, &s->source, q->n_cuts > 0, &s->standard));
    PG_TRY(pg_row_sums_new(ctx, &s->rows));
    PG_TRY(pg_climb_new(ctx, climb));
    for (size_t j = 0; j < k; j++)
        climb->theta[j] = q->start != NULL ? q->start[j] : is_constant(s, j) ? q->start_constant : 0;
    const double shift = pg_standard_to_z(&s->standard, climb->theta);
    for (size_t j = 0; j < s->n_cuts; j++)
        climb->theta[k + j] = q->start != NULL ? q->start[k + j] - shift : q->start_cuts[j];
    return PGDP_OK;
}

/* theta = T standardised theta; bread = T (information)^-1 T'. */
static pgdp_status finish(pgdp_ctx *ctx, const problem *s, const pg_climb *climb, pg_maximum *out)
{
    const size_t p = s->n_terms, k = s->n_slopes;
    const pg_matrix t = pg_matrix_new(&ctx->scratch, p, p);
    if (t.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, out->bread, pg_matrix_new(&ctx->scratch, p, p).x);
    PG_TRY_ALLOC(ctx, out->estimate, pg_arena_alloc(&ctx->scratch, p, sizeof *out->estimate));
    pg_likelihood_jacobian(&s->standard, s->n_cuts, t);
    memcpy(out->estimate, climb->theta, p * sizeof *out->estimate);
    const double shift = pg_standard_to_x(&s->standard, out->estimate);
    for (size_t j = k; j < p; j++)
        out->estimate[j] += shift;
    PG_TRY(pg_climb_bread(ctx, climb, t, out->bread, &out->condition));
    out->log_lik = s->rows.sums[0];
    out->iterations = climb->iterations + 1;
    out->digits = pg_climb_digits(climb, out->condition);
    return PGDP_OK;
}

void pg_likelihood_jacobian(const pg_standard *standard, size_t n_cuts, pg_matrix t)
{
    const size_t k = standard->n_cols;
    pg_standard_jacobian(standard, t);
    for (size_t cut = k; cut < k + n_cuts; cut++) {
        t.x[cut + cut * t.stride] = 1;
        for (size_t j = 0; j < k; j++)
            t.x[cut + j * t.stride] = standard->mean[j] / standard->scale[j];
    }
}

pgdp_status pg_likelihood_maximise(pgdp_ctx *ctx, const pg_likelihood *q, pg_maximum *out)
{
    problem s;
    pg_climb climb;
    bool apart;
    PG_TRY(start(ctx, q, &s, &climb));
    PG_TRY(pg_climb_begin(ctx, &climb, &apart));
    if (!apart && q->lambda <= 0 && q->design->x.n_cols > 0) /* a QR costs as much as four steps: where it is needed */
        PG_TRY(pg_collinear_check(ctx, q->design, q->n_cuts > 0));
    PG_TRY(pg_climb_run(ctx, &climb));
    return finish(ctx, &s, &climb, out);
}
