/* iv_gmm.c  One step of the generalised method of moments: instruments.h. Source: Hansen (1982), Econometrica 50(4);
 * Greene (2018), Econometric Analysis, 8th ed., section 13.6. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In the orthonormal basis Q of exogenous terms and instruments, h = Q'y, H = Q'X and S = R'R the objective is
 * |R'^-1 (h - H b)|^2: least squares of few rows. */
#include "core/parallel.h"
#include "stats/instruments.h"

#include <math.h>
#include <string.h>

/* Q' sqrt(w) X in the order of the terms. */
static void heads(const pg_instruments *in, pg_matrix h)
{
    const pgdp_design *d = in->design;
    for (size_t j = 0, e = 0; j < d->x.n_cols; j++) {
        const bool endogenous = e < d->n_endogenous && d->endogenous[e] == j;
        const double *from = endogenous ? in->head.x + (1 + e) * in->head.stride : in->r.x + (j - e) * in->r.stride;
        memcpy(h.x + j * h.stride, from, in->n_first * sizeof *h.x);
        e += endogenous;
    }
}

/* The triangle's inverse by unit columns: a's columns have norms of every unit. */
static pgdp_status solve(pgdp_ctx *ctx, pg_matrix a, double *c, pg_iv_gmm *out)
{
    const size_t m = a.n_rows, k = a.n_cols;
    double *tau, *norm;
    const pg_matrix root = pg_matrix_new(&ctx->scratch, k, k);
    PG_TRY_ALLOC(ctx, tau, pg_arena_alloc(&ctx->scratch, k, sizeof *tau));
    PG_TRY_ALLOC(ctx, norm, pg_arena_alloc(&ctx->scratch, k, sizeof *norm));
    if (root.x == NULL) return pg_no_memory(ctx);
    for (size_t j = 0; j < k; j++) {
        norm[j] = sqrt(pg_dot(a.x + j * a.stride, a.x + j * a.stride, m));
        for (size_t i = 0; i < m; i++)
            a.x[i + j * a.stride] /= norm[j];
    }
    PG_TRY(pg_householder(ctx, a, tau));
    PG_TRY(pg_householder_apply(ctx, a, tau, true, c));
    for (size_t j = 0; j < k; j++) {
        if (!(fabs(a.x[j + j * a.stride]) > 1e-13))
            return pg_fail(ctx, PGDP_NUMERICAL, "the weighted moments do not tell the terms apart; choose method iv");
        memcpy(root.x + j * k, a.x + j * a.stride, (j + 1) * sizeof *root.x);
    }
    (void)pg_invert_upper(root);
    out->j = pg_dot(c + k, c + k, m - k);
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i <= j; i++)
            root.x[i + j * k] /= norm[i];
    pg_times_vector(root, c, out->estimate);
    pg_times_transposed(root, root, out->bread);
    return PGDP_OK;
}

pgdp_status pg_iv_gmm_step(pgdp_ctx *ctx, const pg_instruments *in, pg_matrix s, pg_iv_gmm *out)
{
    const size_t m = in->n_first, k = in->design->x.n_cols;
    const pg_matrix a = pg_matrix_new(&ctx->scratch, m, k);
    double *c;
    PG_TRY_ALLOC(ctx, c, pg_arena_alloc(&ctx->scratch, m, sizeof *c));
    PG_TRY_ALLOC(ctx, out->estimate, pg_arena_alloc(&ctx->scratch, k, sizeof *out->estimate));
    out->side = pg_matrix_new(&ctx->scratch, m, k);
    out->bread = pg_matrix_new(&ctx->scratch, k, k);
    out->gram = pg_matrix_new(&ctx->scratch, k, k);
    if (a.x == NULL || out->side.x == NULL || out->bread.x == NULL || out->gram.x == NULL) return pg_no_memory(ctx);
    bool regular = pg_cholesky(s);
    for (size_t j = 0; j < m && regular; j++) {
        const double *column = s.x + j * s.stride;
        const double norm = sqrt(pg_dot(column, column, j + 1));
        regular = column[j] > 1e-7 * norm; /* its square is the share of variance that the others leave */
    }
    if (!regular)
        return pg_fail(ctx, PGDP_NUMERICAL,
                       "the weighting matrix of %zu moments is singular, as with fewer clusters than moments; leave "
                       "instruments out or choose another weight",
                       m);
    heads(in, a);
    memcpy(c, in->head.x, m * sizeof *c);
    pg_solve_upper(s, true, c);
    for (size_t j = 0; j < k; j++) {
        pg_solve_upper(s, true, a.x + j * m);
        memcpy(out->side.x + j * m, a.x + j * m, m * sizeof *a.x);
        pg_solve_upper(s, false, out->side.x + j * m);
    }
    pg_add_gram(a, out->gram);
    pg_copy_upper(out->gram);
    return solve(ctx, a, c, out);
}
