/* likelihood_system.c  The log likelihood of likelihood_system.h with gradient and observed information.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/likelihood_system.h"

#include "core/parallel.h"
#include "stats/collinear.h"

#include <math.h>
#include <string.h>

static const double separation_tolerance = 1e-6;

typedef struct problem {
    const pg_system *q;
    size_t k, m, n_q, n_terms;
    pg_row_source source;
    pg_standard standard;
    pg_row_sums rows; /* value, gradient [n_terms], information [n_terms^2] (upper triangle) */
    const double *theta;
} problem;

/* Of a tile: z [PG_TILE x k], eta [PG_TILE x m]; by row value, gradient [PG_TILE x n_q] and information [PG_TILE x
 * n_q^2], times w. */
typedef struct tile {
    double value[PG_TILE];
    double *z, *eta, *q, *gradient, *information, *weighted, *row_gradient, *row_information;
} tile;

static pgdp_status begin_chunk(pgdp_ctx *ctx, const void *user, void **work)
{
    const problem *s = user;
    tile *t;
    PG_TRY_ALLOC(ctx, t, pg_arena_alloc(&ctx->scratch, 1, sizeof *t));
    PG_TRY_ALLOC(ctx, t->z, pg_matrix_new(&ctx->scratch, PG_TILE, s->k).x);
    PG_TRY_ALLOC(ctx, t->eta, pg_matrix_new(&ctx->scratch, PG_TILE, s->m).x);
    PG_TRY_ALLOC(ctx, t->q, pg_arena_alloc(&ctx->scratch, s->n_q, sizeof(double)));
    PG_TRY_ALLOC(ctx, t->gradient, pg_matrix_new(&ctx->scratch, PG_TILE, s->n_q).x);
    PG_TRY_ALLOC(ctx, t->information, pg_matrix_new(&ctx->scratch, PG_TILE, s->n_q * s->n_q).x);
    PG_TRY_ALLOC(ctx, t->weighted, pg_matrix_new(&ctx->scratch, PG_TILE, s->k).x);
    PG_TRY_ALLOC(ctx, t->row_gradient, pg_arena_alloc(&ctx->scratch, s->n_q, sizeof(double)));
    PG_TRY_ALLOC(ctx, t->row_information, pg_matrix_new(&ctx->scratch, s->n_q, s->n_q).x);
    *work = t;
    return PGDP_OK;
}

static void evaluate_rows(const problem *s, const pg_tile_rows *rows, tile *t)
{
    const size_t n_q = s->n_q;
    memcpy(t->q + s->m, s->theta + s->k * s->m, (n_q - s->m) * sizeof *t->q);
    for (size_t i = 0; i < rows->n; i++) {
        const double w = pg_tile_weight(rows, i), offset = rows->offset != NULL ? rows->offset[i] : 0;
        for (size_t e = 0; e < s->m; e++)
            t->q[e] = t->eta[i + e * PG_TILE] + offset;
        t->value[i] = w * s->q->row(s->q->user, rows->y[i], t->q, t->row_gradient, t->row_information);
        for (size_t e = 0; e < n_q; e++) {
            t->gradient[i + e * PG_TILE] = w * t->row_gradient[e];
            for (size_t f = 0; f <= e; f++)
                t->information[i + (f + e * n_q) * PG_TILE] = w * t->row_information[f + e * n_q];
        }
    }
}

/* Second derivatives by equation f and by equation or single parameter e: Z' diag(h) Z, Z' h or the sum of h. */
static void add_block(const problem *s, pg_matrix z, size_t f, size_t e, tile *t, double *information)
{
    const size_t k = s->k, m = s->m, p = s->n_terms, n = z.n_rows;
    const double *h = t->information + (f + e * s->n_q) * PG_TILE;
    const size_t at_e = e < m ? e * k : k * m + (e - m), at_f = f < m ? f * k : k * m + (f - m);
    double *to = information + at_f + at_e * p;
    if (f >= m) {
        *to += pg_sum(h, n);
        return;
    }
    if (e >= m) {
        pg_add_cross_vector(z, h, to);
        return;
    }
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < n; i++)
            t->weighted[i + j * PG_TILE] = h[i] * z.x[i + j * z.stride];
    pg_add_cross(z, (pg_matrix){ t->weighted, n, k, PG_TILE }, (pg_matrix){ to, k, k, p });
}

static void add_tile(const void *user, const pg_tile_rows *rows, void *work, double *sums)
{
    const problem *s = user;
    tile *t = work;
    const size_t n = rows->n, k = s->k, m = s->m;
    const pg_matrix z = { t->z, n, k, PG_TILE };
    pg_standard_tile(&s->standard, rows, z);
    pg_times(z, pg_matrix_view(s->theta, k, m, k), (pg_matrix){ t->eta, n, m, PG_TILE });
    evaluate_rows(s, rows, t);
    sums[0] += pg_sum(t->value, n);
    for (size_t e = 0; e < s->n_q; e++) {
        const double *gradient = t->gradient + e * PG_TILE;
        if (e < m)
            pg_add_cross_vector(z, gradient, sums + 1 + e * k);
        else
            sums[1 + k * m + (e - m)] += pg_sum(gradient, n);
        for (size_t f = 0; f <= e; f++)
            add_block(s, z, f, e, t, sums + 1 + s->n_terms);
    }
}

static pgdp_status evaluate(pgdp_ctx *ctx, void *user, const double *theta, double *value, double *gradient,
                            double *information)
{
    problem *s = user;
    const size_t p = s->n_terms;
    s->theta = theta;
    PG_TRY(pg_row_sums_run(ctx, &s->rows));
    *value = s->rows.sums[0];
    memcpy(gradient, s->rows.sums + 1, p * sizeof *gradient);
    memcpy(information, s->rows.sums + 1 + p, p * p * sizeof *information);
    for (size_t j = 0; j < s->k * s->m && s->q->lambda > 0; j++) {
        if (j % s->k == s->q->design->constant) continue;
        *value -= s->q->lambda / 2 * theta[j] * theta[j];
        gradient[j] -= s->q->lambda * theta[j];
        information[j * (p + 1)] += s->q->lambda;
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
    const size_t n = rows->n, k = s->k, m = s->m;
    const pg_matrix z = { t->z, n, k, PG_TILE };
    pg_standard_tile(&s->standard, rows, z);
    pg_times(z, pg_matrix_view(l->step, k, m, k), (pg_matrix){ t->eta, n, m, PG_TILE });
    memcpy(t->q + m, l->step + k * m, (s->n_q - m) * sizeof *t->q);
    for (size_t i = 0; i < n; i++) {
        for (size_t e = 0; e < m; e++) {
            t->q[e] = t->eta[i + e * PG_TILE];
            if (!(l->tol > 0)) sums[0] = fmax(sums[0], fabs(t->q[e]));
        }
        if (l->tol > 0 && !s->q->recedes(s->q->user, rows->y[i], t->q, l->tol)) sums[0] = 1;
    }
}

/* Does no row's likelihood fall along the step? */
static pgdp_status is_endless(pgdp_ctx *ctx, const void *user, const double *theta, const double *step, bool *out)
{
    (void)theta;
    const problem *s = user;
    looking look = { s, step, 0 };
    const pg_row_sums sums = {
        .source = &s->source, .size = 1, .n_most = 1, .begin = begin_looking, .add = look_at_tile, .user = &look
    };
    double largest, falls;
    *out = false;
    if (s->q->recedes == NULL || s->q->lambda > 0) return PGDP_OK;
    PG_TRY(pg_row_sums_of(ctx, sums, &largest));
    for (size_t j = s->k * s->m; j < s->n_terms; j++)
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
    for (size_t j = 0; j < s->k * s->m; j++)
        if (fabs(step[j]) > fabs(step[worst])) worst = j;
    return pg_likelihood_refuse(ctx, s->q->design->terms[worst % s->k], separated, "leave the term out", iterations);
}

static pgdp_status start(pgdp_ctx *ctx, const pg_system *q, problem *s, pg_climb *climb)
{
    const size_t k = q->design->x.n_cols, m = q->n_equations, p = k * m + q->n_single;
    *s = (problem){ .q = q, .k = k, .m = m, .n_q = m + q->n_single, .n_terms = p };
    s->rows =
        (pg_row_sums){ .source = &s->source, .size = 1 + p + p * p, .begin = begin_chunk, .add = add_tile, .user = s };
    *climb = (pg_climb){
        .n_terms = p, .evaluate = evaluate, .endless = is_endless, .refuse = refuse, .user = s, .concave = q->concave
    };
    PG_TRY(pg_row_source_new(ctx, q->design, NULL, &s->source));
    PG_TRY(pg_standard_new(ctx, &s->source, false, &s->standard));
    PG_TRY(pg_row_sums_new(ctx, &s->rows));
    PG_TRY(pg_climb_new(ctx, climb));
    memcpy(climb->theta, q->start, p * sizeof *climb->theta);
    for (size_t e = 0; e < m; e++)
        (void)pg_standard_to_z(&s->standard, climb->theta + e * k);
    return PGDP_OK;
}

static pgdp_status finish(pgdp_ctx *ctx, const problem *s, const pg_climb *climb, pg_maximum *out)
{
    const size_t p = s->n_terms, k = s->k;
    const pg_matrix t = pg_matrix_new(&ctx->scratch, p, p);
    if (t.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, out->bread, pg_matrix_new(&ctx->scratch, p, p).x);
    PG_TRY_ALLOC(ctx, out->estimate, pg_arena_alloc(&ctx->scratch, p, sizeof *out->estimate));
    memcpy(out->estimate, climb->theta, p * sizeof *out->estimate);
    for (size_t e = 0; e < s->m; e++) {
        (void)pg_standard_to_x(&s->standard, out->estimate + e * k);
        pg_standard_jacobian(&s->standard, (pg_matrix){ t.x + e * k * (p + 1), k, k, p });
    }
    for (size_t j = k * s->m; j < p; j++)
        t.x[j * (p + 1)] = 1;
    PG_TRY(pg_climb_bread(ctx, climb, t, out->bread, &out->condition));
    out->log_lik = s->rows.sums[0];
    out->iterations = climb->iterations + 1;
    out->digits = pg_climb_digits(climb, out->condition);
    return PGDP_OK;
}

pgdp_status pg_system_maximise(pgdp_ctx *ctx, const pg_system *q, pg_maximum *out)
{
    problem s;
    pg_climb climb;
    if (!(q->lambda > 0)) PG_TRY(pg_collinear_check(ctx, q->design, false));
    PG_TRY(start(ctx, q, &s, &climb));
    PG_TRY(pg_climb_run(ctx, &climb));
    return finish(ctx, &s, &climb, out);
}

static pgdp_status fill_scores(pgdp_ctx *ctx, const pg_system *s, pgdp_fit *fit)
{
    const pgdp_design *d = s->design;
    const size_t n = d->y.n, k = d->x.n_cols, m = s->n_equations, n_q = m + s->n_single;
    double *scores, *q, *gradient, *information;
    PG_TRY_ALLOC(ctx, scores, pg_matrix_new(&ctx->scratch, n, fit->n_terms).x);
    PG_TRY_ALLOC(ctx, q, pg_arena_alloc(&ctx->scratch, n_q, sizeof *q));
    PG_TRY_ALLOC(ctx, gradient, pg_arena_alloc(&ctx->scratch, n_q, sizeof *gradient));
    PG_TRY_ALLOC(ctx, information, pg_matrix_new(&ctx->scratch, n_q, n_q).x);
    for (size_t e = m; e < n_q; e++)
        q[e] = fit->estimate[k * m + e - m];
    for (size_t i = 0; i < n; i++) {
        for (size_t e = 0; e < m; e++) {
            q[e] = d->offset.n > 0 ? d->offset.x[i] : 0;
            for (size_t j = 0; j < k; j++)
                q[e] += d->x.x[i + j * n] * fit->estimate[j + e * k];
        }
        (void)s->row(s->user, d->y.x[i], q, gradient, information);
        const double w = pg_design_weight(d, i);
        for (size_t j = 0; j < k * m; j++)
            scores[i + j * n] = w * gradient[j / k] * d->x.x[i + (j % k) * n];
        for (size_t e = m; e < n_q; e++)
            scores[i + (k * m + e - m) * n] = w * gradient[e];
    }
    fit->scores = scores;
    return PGDP_OK;
}

pgdp_status pg_system_fill(pgdp_ctx *ctx, const pg_system *system, const pg_maximum *maximum, pgdp_fit *fit)
{
    const size_t p = fit->n_terms;
    memcpy(fit->estimate, maximum->estimate, p * sizeof *fit->estimate);
    memcpy(fit->bread, maximum->bread, p * p * sizeof *fit->bread);
    fit->glance.log_lik = maximum->log_lik;
    fit->glance.deviance = -2 * maximum->log_lik;
    fit->penalised = system->lambda > 0;
    fit->certificate = (pgdp_certificate){ .condition_number = maximum->condition,
                                           .digits = maximum->digits,
                                           .solver = "newton",
                                           .refinements = maximum->iterations };
    pg_likelihood_add_mcfadden(fit);
    return fill_scores(ctx, system, fit);
}
