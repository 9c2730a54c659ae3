/* likelihood_newton.c  Newton's method with halved steps: likelihood_newton.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/likelihood_newton.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MAX_ITERATIONS = 100, MAX_HALVINGS = 30, FIRST_ENDLESS_CHECK = 8, MAX_TURNS = 20 };
static const double smallest_step = 1e-9, far_apart = 1e-4;

pgdp_status pg_climb_new(pgdp_ctx *ctx, pg_climb *c)
{
    const size_t p = c->n_terms;
    PG_TRY_ALLOC(ctx, c->theta, pg_arena_alloc(&ctx->scratch, p, sizeof *c->theta));
    PG_TRY_ALLOC(ctx, c->step, pg_arena_alloc(&ctx->scratch, p, sizeof *c->step));
    PG_TRY_ALLOC(ctx, c->gradient, pg_arena_alloc(&ctx->scratch, p, sizeof *c->gradient));
    PG_TRY_ALLOC(ctx, c->diagonal, pg_arena_alloc(&ctx->scratch, p, sizeof *c->diagonal));
    PG_TRY_ALLOC(ctx, c->information, pg_matrix_new(&ctx->scratch, p, p).x);
    PG_TRY_ALLOC(ctx, c->factor, pg_matrix_new(&ctx->scratch, p, p).x);
    return PGDP_OK;
}

/* Factor the matrix (upper triangle), scaled to a unit diagonal and with `more` added to it. @return false when it is
 * not positive definite */
static bool factorise(pg_matrix a, double more, double *factor, double *diagonal)
{
    const size_t p = a.n_cols;
    for (size_t j = 0; j < p; j++) {
        const double square = more > 0 ? fabs(a.x[j + j * a.stride]) : a.x[j + j * a.stride];
        if (!(square > 0)) return false;
        diagonal[j] = sqrt(square);
    }
    for (size_t j = 0; j < p; j++)
        for (size_t i = 0; i <= j; i++)
            factor[i + j * p] = a.x[i + j * a.stride] / diagonal[i] / diagonal[j] + (i == j ? more : 0);
    return pg_cholesky(pg_matrix_of(factor, p, p));
}

/* *regular: the information itself is positive definite; else, for a function that is not concave, it was turned. */
static bool prepare(pg_climb *c, bool *regular)
{
    const pg_matrix information = pg_matrix_of(c->information, c->n_terms, c->n_terms);
    *regular = factorise(information, 0, c->factor, c->diagonal);
    if (*regular) return true;
    for (int turn = 0; turn < MAX_TURNS && !c->concave; turn++)
        if (factorise(information, ldexp(1e-3, turn), c->factor, c->diagonal)) return true;
    return false;
}

static double newton_step(pg_climb *c)
{
    const size_t p = c->n_terms;
    double largest = 0;
    for (size_t j = 0; j < p; j++)
        c->step[j] = c->gradient[j] / c->diagonal[j];
    pg_cholesky_solve(pg_matrix_of(c->factor, p, p), c->step);
    for (size_t j = 0; j < p; j++) {
        c->step[j] /= c->diagonal[j];
        largest = fmax(largest, fabs(c->step[j]) / (1 + fabs(c->theta[j])));
    }
    return largest;
}

static pgdp_status evaluate(pgdp_ctx *ctx, pg_climb *c, const double *theta, double *value)
{
    PG_TRY(c->evaluate(ctx, c->user, theta, value, c->gradient, c->information));
    if (!isfinite(*value)) *value = -HUGE_VAL;
    return PGDP_OK;
}

/* trial = theta + step, halved until the value does not fall beyond rounding. */
static pgdp_status line_search(pgdp_ctx *ctx, pg_climb *c, double *trial, bool *moved)
{
    const double before = c->value, slack = 1e-12 * (1 + fabs(before));
    *moved = false;
    for (int halving = 0; halving <= MAX_HALVINGS && !*moved; halving++) {
        for (size_t j = 0; j < c->n_terms; j++)
            trial[j] = c->theta[j] + ldexp(c->step[j], -halving);
        PG_TRY(evaluate(ctx, c, trial, &c->value));
        *moved = c->value >= before - slack;
    }
    if (*moved) memcpy(c->theta, trial, c->n_terms * sizeof *trial);
    return PGDP_OK;
}

static pgdp_status is_endless(pgdp_ctx *ctx, const pg_climb *c, bool *out)
{
    *out = false;
    return c->endless == NULL ? PGDP_OK : c->endless(ctx, c->user, c->theta, c->step, out);
}

pgdp_status pg_climb_begin(pgdp_ctx *ctx, pg_climb *c, bool *apart)
{
    bool regular;
    PG_TRY(evaluate(ctx, c, c->theta, &c->value));
    c->begun = true;
    *apart = prepare(c, &regular) && regular;
    for (size_t j = 0; j < c->n_terms && *apart; j++)
        *apart = c->factor[j + j * c->n_terms] > far_apart;
    return PGDP_OK;
}

pgdp_status pg_climb_run(pgdp_ctx *ctx, pg_climb *c)
{
    double *trial;
    bool endless, regular, moved = true;
    PG_TRY_ALLOC(ctx, trial, pg_arena_alloc(&ctx->scratch, c->n_terms, sizeof *trial));
    if (!c->begun) PG_TRY(evaluate(ctx, c, c->theta, &c->value));
    bool usable = prepare(c, &regular);
    for (c->iterations = 0; c->iterations < MAX_ITERATIONS && usable && moved; c->iterations++) {
        endless = false;
        c->last_step = newton_step(c);
        if (c->iterations >= FIRST_ENDLESS_CHECK) PG_TRY(is_endless(ctx, c, &endless));
        if (endless) return c->refuse(ctx, c->user, c->step, true, c->iterations);
        PG_TRY(line_search(ctx, c, trial, &moved));
        usable = prepare(c, &regular);
        if (c->last_step <= smallest_step && regular) return PGDP_OK;
    }
    PG_TRY(is_endless(ctx, c, &endless));
    return c->refuse(ctx, c->user, c->step, endless, c->iterations);
}

/* factor [n_terms^2] with its diagonal to out = T (factor'factor)^-1 T'. */
static pgdp_status invert(pgdp_ctx *ctx, const double *factor, const double *diagonal, pg_matrix t, double *out,
                          double *condition)
{
    const size_t p = t.n_cols;
    const pg_matrix half = pg_matrix_new(&ctx->scratch, t.n_rows, p), root = pg_matrix_new(&ctx->scratch, p, p);
    if (half.x == NULL || root.x == NULL) return pg_no_memory(ctx);
    for (size_t j = 0; j < p; j++)
        memcpy(root.x + j * p, factor + j * p, (j + 1) * sizeof *factor);
    if (!pg_invert_upper(root)) return pg_fail(ctx, PGDP_NUMERICAL, "the information is singular");
    if (condition != NULL) PG_TRY(pg_condition(ctx, pg_matrix_view(factor, p, p, p), root, condition));
    for (size_t j = 0; j < p; j++)
        for (size_t i = 0; i <= j; i++)
            root.x[i + j * p] /= diagonal[i];
    pg_times(t, root, half);
    pg_times_transposed(half, half, pg_matrix_of(out, t.n_rows, t.n_rows));
    pg_copy_upper(pg_matrix_of(out, t.n_rows, t.n_rows));
    return PGDP_OK;
}

pgdp_status pg_climb_bread(pgdp_ctx *ctx, const pg_climb *c, pg_matrix t, double *bread, double *condition)
{
    return invert(ctx, c->factor, c->diagonal, t, bread, condition);
}

pgdp_status pg_invert_information(pgdp_ctx *ctx, pg_matrix information, pg_matrix t, double *out, bool *regular)
{
    const size_t p = information.n_cols;
    double *factor, *diagonal;
    PG_TRY_ALLOC(ctx, factor, pg_matrix_new(&ctx->scratch, p, p).x);
    PG_TRY_ALLOC(ctx, diagonal, pg_arena_alloc(&ctx->scratch, p, sizeof *diagonal));
    *regular = factorise(information, 0, factor, diagonal);
    return *regular ? invert(ctx, factor, diagonal, t, out, NULL) : PGDP_OK;
}

double pg_climb_digits(const pg_climb *c, double condition)
{
    const double error = fmax(c->last_step * c->last_step, DBL_EPSILON / 2 * condition * condition);
    return fmax(0, -log10(error));
}
