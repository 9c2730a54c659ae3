/* iv_stage.c  Two-stage least squares: instruments.h. Source: Theil (1953); Greene (2018), Econometric Analysis, 8th
 * ed., equations 8-9 to 8-11. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * X^ = [exogenous, endogenous less their first-stage residuals]; b from the regression of y on X^, corrected by b +=
 * (X^'WX^)^-1 X^'W(y - X b) with y - X b in twice the precision: X^'X = X^'X^, so that b moves only by what rounding
 * did to X^. */
#include "core/number.h"
#include "core/parallel.h"
#include "stats/instruments.h"
#include "stats/least_squares.h"
#include "stats/two_double.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { CORRECTIONS = 2 };
static const double fewest_digits = 4;

/* e = sqrt(w) (y - X b). */
static void residuals(const pg_instruments *in, const double *b, double *e)
{
    const pgdp_design *d = in->design;
    for (size_t i = 0; i < in->n_rows; i++) {
        pg_two sum = { d->y.x[i], 0 };
        for (size_t j = 0; j < d->x.n_cols; j++)
            pg_two_add(&sum, pg_two_product(d->x.x[i + j * in->n_rows], -b[j]));
        e[i] = (sum.hi + sum.lo) * (in->root_weight == NULL ? 1 : in->root_weight[i]);
    }
}

/* b += root root' X^' sqrt(w) e. */
static pgdp_status correct(pgdp_ctx *ctx, const pg_instruments *in, const pgdp_fit *fit, double *b)
{
    const size_t n = in->n_rows, k = fit->n_terms;
    const pg_matrix root = pg_matrix_view(fit->root, k, k, k);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    double *g, *h, *we;
    PG_TRY_ALLOC(ctx, g, pg_arena_alloc(&ctx->scratch, k, sizeof *g));
    PG_TRY_ALLOC(ctx, h, pg_arena_alloc(&ctx->scratch, k, sizeof *h));
    PG_TRY_ALLOC(ctx, we, pg_arena_alloc(&ctx->scratch, n, sizeof *we));
    for (size_t i = 0; i < n; i++)
        we[i] = in->residual[i] * (in->root_weight == NULL ? 1 : in->root_weight[i]);
    for (size_t j = 0; j < k; j++)
        g[j] = pg_dot(fit->working->x.x + j * n, we, n);
    pg_add_cross_vector(root, g, h);
    pg_times_vector(root, h, g);
    for (size_t j = 0; j < k; j++)
        b[j] += g[j];
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

pgdp_status pg_iv_residuals(pgdp_ctx *ctx, pg_instruments *in, bool refine, pgdp_fit *fit)
{
    const size_t n = in->n_rows;
    double *plain;
    pg_total total;
    residuals(in, fit->estimate, in->residual);
    for (size_t step = 0; refine && step < CORRECTIONS; step++) {
        PG_TRY(correct(ctx, in, fit, fit->estimate));
        residuals(in, fit->estimate, in->residual);
    }
    PG_TRY_ALLOC(ctx, plain, pg_arena_alloc(&ctx->scratch, n, sizeof *plain));
    for (size_t i = 0; i < n; i++) {
        const double root = in->root_weight == NULL ? 1 : in->root_weight[i];
        plain[i] = in->residual[i] / root;
        fit->score[i] = in->residual[i] * root;
    }
    fit->residual = plain;
    fit->ssr = fit->glance.deviance = pg_dot(in->residual, in->residual, n);
    PG_TRY(pg_total_squares(ctx, in->design, &total));
    fit->tss = total.squares;
    if (isfinite(fit->ssr) && isfinite(fit->tss)) return PGDP_OK;
    return pg_fail(ctx, PGDP_NUMERICAL,
                   "the squares of the outcome are beyond the range of double precision; change its unit");
}

static void project(const pg_instruments *in, double *x)
{
    const pgdp_design *d = in->design;
    const size_t n = in->n_rows;
    memcpy(x, d->x.x, n * d->x.n_cols * sizeof *x);
    for (size_t j = 0; j < in->n_endogenous; j++) {
        const double *v = in->rest.x + (1 + j) * n;
        double *to = x + d->endogenous[j] * n;
        for (size_t i = 0; i < n; i++)
            to[i] -= in->root_weight == NULL ? v[i] : v[i] / in->root_weight[i];
    }
}

/* Digits that cross-products leave the first stage: its condition number about the constant counts twice. */
static pgdp_status first_stage_digits(pgdp_ctx *ctx, const pg_instruments *in, double *digits)
{
    const size_t c = in->design->constant == 0, m = in->n_first - c;
    const pg_matrix r = pg_matrix_new(&ctx->scratch, m, m), inverse = pg_matrix_new(&ctx->scratch, m, m);
    double condition = 1;
    if (r.x == NULL || inverse.x == NULL) return pg_no_memory(ctx);
    for (size_t j = 0; j < m; j++) {
        const double *from = in->r.x + c + (j + c) * in->r.stride, norm = sqrt(pg_dot(from, from, j + 1));
        for (size_t i = 0; i <= j; i++)
            r.x[i + j * m] = inverse.x[i + j * m] = from[i] / norm;
    }
    (void)pg_invert_upper(inverse);
    PG_TRY(pg_condition(ctx, r, inverse, &condition));
    *digits = fmax(0, -log10(DBL_EPSILON * condition * condition));
    return PGDP_OK;
}

pgdp_status pg_iv_two_stage(pgdp_ctx *ctx, pg_instruments *in, pgdp_fit *fit)
{
    const size_t k = fit->n_terms;
    double *x;
    pg_least_squares ls;
    PG_TRY(pg_iv_working_new(ctx, in, &x, fit));
    project(in, x);
    const pgdp_status status = pg_least_squares_solve(ctx, fit->working, &ls);
    if (status == PGDP_RANK_DEFICIENT)
        return pg_fail_within(ctx, status, "what the instruments explain of the terms is collinear: ");
    PG_TRY(status);
    if (ls.digits < fewest_digits) {
        char condition[PG_NUMBER_SIZE];
        pg_number_significant(ls.condition, 2, condition);
        return pg_fail(ctx, PGDP_NUMERICAL,
                       "the estimate of %s has fewer than 4 trustworthy digits: what the instruments explain of the "
                       "terms is nearly collinear (condition number %s); use other instruments or leave terms out",
                       in->design->terms[ls.worst], condition);
    }
    pg_times_transposed(ls.root, ls.root, pg_matrix_of(fit->bread, k, k));
    pg_copy_upper(pg_matrix_of(fit->bread, k, k));
    fit->root = ls.root.x;
    memcpy(fit->estimate, ls.estimate, k * sizeof *fit->estimate);
    fit->certificate = (pgdp_certificate){ .condition_number = ls.condition,
                                           .digits = fmin(ls.digits, ls.variance_digits),
                                           .solver = "householder_qr, two stages",
                                           .refinements = ls.refinements };
    if (in->design->count.n > 0) {
        double digits = 0;
        PG_TRY(first_stage_digits(ctx, in, &digits));
        fit->certificate.digits = fmin(fit->certificate.digits, digits);
    }
    return pg_iv_residuals(ctx, in, true, fit);
}
