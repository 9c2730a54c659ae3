/* diag_kleibergen_paap.c  Rank of the first stages: underidentification and weak identification. Source: Cragg & Donald
 * (1993), Econometric Theory 9(2); Kleibergen & Paap (2006), J. Econometrics 133(1), theorem 1; Baum, Schaffer &
 * Stillman (2007), Stata J. 7(4), section 7. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * H0: rank(Pi) = p - 1, Pi the coefficients [L x p] of the endogenous terms X on the orthonormal instruments Q. With
 * X'X = R'R, Theta = Pi R^-1 has the canonical correlations as singular values. v_p, of the smallest, makes the
 * combination d = R^-1 v_p that the instruments explain least; U_2 is orthogonal to the other left singular vectors.
 * lambda = U_2'Pi d has variance S of the moments U_2'q_i e_i, and rk = lambda'S^-1 lambda is chi-square(L - p + 1):
 * with e = X d it is the LM version, with first-stage residuals e = V d the Wald version, whose F form divides by L and
 * takes the small-sample factor of the covariance. For iid errors they are Anderson's N r_p^2 and Cragg & Donald's F.
 */
#include "core/parallel.h"
#include "stats/diagnostics.h"
#include "stats/instruments.h"

#include <math.h>
#include <string.h>

typedef struct rank_test {
    pg_matrix pi;    /* [L x p] */
    pg_matrix u2;    /* [L x (L - p + 1)] */
    double *d;       /* [p] */
    double smallest; /* eigenvalue of Theta'Theta */
} rank_test;

/* The triangle R of X'X from Pi and the residuals' triangle, inverted. */
static pgdp_status inverse_of_total(pgdp_ctx *ctx, const pg_instruments *in, pg_matrix pi, pg_matrix *out)
{
    const size_t p = pi.n_cols, l = pi.n_rows;
    const pg_matrix v = { in->rest.x + in->n_rows, in->n_rows, p, in->n_rows };
    const pg_matrix stack = pg_matrix_new(&ctx->scratch, l + p, p);
    pg_matrix r;
    if (stack.x == NULL) return pg_no_memory(ctx);
    PG_TRY(pg_instruments_triangle(ctx, v, &r));
    for (size_t j = 0; j < p; j++) {
        memcpy(stack.x + j * stack.stride, pi.x + j * l, l * sizeof *stack.x);
        memcpy(stack.x + j * stack.stride + l, r.x + j * r.stride, p * sizeof *stack.x);
    }
    PG_TRY(pg_instruments_triangle(ctx, stack, out));
    return pg_invert_upper(*out) ? PGDP_OK
                                 : pg_fail(ctx, PGDP_NUMERICAL,
                                           "an endogenous term is collinear with the "
                                           "exogenous terms");
}

/* Columns p - 1 ... L - 1 of the orthogonal matrix whose first p - 1 span those of Theta V_1. */
static pgdp_status complement(pgdp_ctx *ctx, pg_matrix theta, pg_matrix vectors, pg_matrix u2)
{
    const size_t l = theta.n_rows, p = theta.n_cols;
    const pg_matrix u1 = pg_matrix_new(&ctx->scratch, l, p - 1);
    double *tau;
    if (u1.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, tau, pg_arena_alloc(&ctx->scratch, p, sizeof *tau));
    const pg_matrix larger = { vectors.x + vectors.stride, p, p - 1, vectors.stride };
    if (p > 1) {
        pg_times(theta, larger, u1);
        PG_TRY(pg_householder(ctx, u1, tau));
    }
    for (size_t j = 0; j < u2.n_cols; j++) {
        u2.x[p - 1 + j + j * u2.stride] = 1;
        if (p > 1) PG_TRY(pg_householder_apply(ctx, u1, tau, false, u2.x + j * u2.stride));
    }
    return PGDP_OK;
}

static pgdp_status decompose(pgdp_ctx *ctx, const pg_instruments *in, rank_test *t)
{
    const size_t l = in->n_instruments, p = in->n_endogenous;
    const pg_matrix theta = pg_matrix_new(&ctx->scratch, l, p), gram = pg_matrix_new(&ctx->scratch, p, p);
    pg_matrix r;
    double *values;
    t->pi = pg_matrix_new(&ctx->scratch, l, p);
    t->u2 = pg_matrix_new(&ctx->scratch, l, l - p + 1);
    if (theta.x == NULL || gram.x == NULL || t->pi.x == NULL || t->u2.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, t->d, pg_arena_alloc(&ctx->scratch, p, sizeof *t->d));
    PG_TRY_ALLOC(ctx, values, pg_arena_alloc(&ctx->scratch, p, sizeof *values));
    for (size_t j = 0; j < p; j++)
        memcpy(t->pi.x + j * l, in->head.x + in->n_exogenous + (1 + j) * in->head.stride, l * sizeof(double));
    PG_TRY(inverse_of_total(ctx, in, t->pi, &r));
    pg_times(t->pi, r, theta);
    pg_add_gram(theta, gram);
    PG_TRY(pg_eigen(ctx, gram, values));
    t->smallest = fmin(fmax(values[0], 0), 1);
    pg_times_vector(r, gram.x, t->d);
    return complement(ctx, theta, gram, t->u2);
}

/* rk at e, residuals of the combination d. */
static pgdp_status rk(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_instruments *in, const rank_test *t, const double *e,
                      double *out)
{
    const size_t l = in->n_instruments, q = t->u2.n_cols, n = in->n_rows;
    const pg_matrix rows = pg_matrix_new(&ctx->scratch, n, q), s = pg_matrix_new(&ctx->scratch, q, q);
    const pg_matrix q2 = { in->q.x + in->n_exogenous * n, n, l, n };
    double *slope, *lambda;
    if (rows.x == NULL || s.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, slope, pg_arena_alloc(&ctx->scratch, l, sizeof *slope));
    PG_TRY_ALLOC(ctx, lambda, pg_arena_alloc(&ctx->scratch, q, sizeof *lambda));
    pg_times_vector(t->pi, t->d, slope);
    pg_add_cross_vector(t->u2, slope, lambda);
    pg_times(q2, t->u2, rows);
    PG_TRY(pg_iv_moments(ctx, fit, pg_iv_weight_of(fit), rows, e, s));
    *out = pg_iv_wald(lambda, s);
    return PGDP_OK;
}

/* Variance without over variance with small-sample factors: (N-K)/N, or (N-K)/(N-1) (G-1)/G. */
static pgdp_status small_sample(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_instruments *in, double *out)
{
    pgdp_fit counted = *fit;
    const pgdp_design *d = fit->working;
    const bool *nested;
    double g = 0;
    counted.n_terms = in->n_first;
    if (pg_iv_weight_of(fit) != PG_IV_CLUSTER) {
        *out = (fit->nobs - pg_ssc_k(&counted, NULL)) / fit->nobs;
        return PGDP_OK;
    }
    PG_TRY(pg_iv_n_clusters(ctx, fit, &g));
    PG_TRY(pg_ssc_nested(ctx, &counted, d->cluster, d->n_clusterings, &nested));
    *out = (fit->nobs - pg_ssc_k(&counted, nested)) / (fit->nobs - 1) * (g - 1) / g;
    return PGDP_OK;
}

static pgdp_status compute(pgdp_ctx *ctx, const void *options, pgdp_fit *fit)
{
    (void)options;
    pg_instruments *in = pg_instruments_of(fit);
    const size_t l = in->n_instruments, p = in->n_endogenous, n = in->n_rows;
    const double nan = (double)NAN, df = fit->nobs - (double)(in->n_first + fit->n_absorbed);
    rank_test t;
    double *e, lm, wald, factor = 1;
    PG_TRY(pg_instruments_basis(ctx, in));
    PG_TRY(decompose(ctx, in, &t));
    PG_TRY_ALLOC(ctx, e, pg_arena_alloc(&ctx->scratch, n, sizeof *e));
    const pg_matrix v = { in->rest.x + n, n, p, n }, q2 = { in->q.x + in->n_exogenous * n, n, l, n };
    double *slope, *fitted;
    PG_TRY_ALLOC(ctx, slope, pg_arena_alloc(&ctx->scratch, l, sizeof *slope));
    PG_TRY_ALLOC(ctx, fitted, pg_arena_alloc(&ctx->scratch, n, sizeof *fitted));
    pg_times_vector(v, t.d, e);
    PG_TRY(rk(ctx, fit, in, &t, e, &wald));
    pg_times_vector(t.pi, t.d, slope);
    pg_times_vector(q2, slope, fitted);
    for (size_t i = 0; i < n; i++)
        e[i] += fitted[i];
    PG_TRY(rk(ctx, fit, in, &t, e, &lm));
    PG_TRY(small_sample(ctx, fit, in, &factor));
    pg_iv_add(fit, "cragg_donald_f", "Cragg-Donald F of weak identification, iid errors",
              t.smallest / (1 - t.smallest) * df / (double)l, nan, nan);
    pg_iv_add(fit, "kleibergen_paap_lm", "Kleibergen-Paap rk LM, H0: the terms are not identified", lm,
              (double)(l - p + 1), nan);
    pg_iv_add(fit, "kleibergen_paap_f", "Kleibergen-Paap rk Wald F of weak identification", wald * factor / (double)l,
              nan, nan);
    return PGDP_OK;
}

const pg_diagnostic_kind pg_diag_kleibergen_paap = {
    .name = "kleibergen_paap",
    .title = "Rank of the first stages: Kleibergen-Paap LM and F, Cragg-Donald F",
    .source = "Kleibergen & Paap (2006), J. Econometrics 133(1), theorem 1; Cragg & Donald (1993), Econometric Theory "
              "9(2); Baum, Schaffer & Stillman (2007), Stata J. 7(4)",
    .own = true,
    .refuses = pg_iv_refuses,
    .compute = compute,
};
