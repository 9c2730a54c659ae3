/* est_liml.c  Limited-information maximum likelihood and the k-class. Source: Anderson & Rubin (1949), Ann. Math. Stat.
 * 20(1); Fuller (1977), Econometrica 45(4); Davidson & MacKinnon (1993), section 18.5. SPDX-License-Identifier:
 * GPL-3.0-or-later
 *
 * b solves X'(I - kM) X b = X'(I - kM) y, M = I - the projection on exogenous terms and instruments. From the 2SLS
 * estimate b0, its root S (X^'WX^ = (SS')^-1) and e0 = y - X b0 follows, with C = I - (k - 1) S'X'MX S,
 * b = b0 - (k - 1) S C^-1 S'X'M e0 and (X'(I - kM)X)^-1 = S C^-1 S': for k = 1 to the bit 2SLS.
 * k of LIML is the smallest eigenvalue of N'M_1 N relative to N'M N, N = [y, endogenous]; with T = N'M_1 N and mu the
 * smallest eigenvalue of N'(M_1 - M)N relative to T it is 1 / (1 - mu), which needs no inverse of N'MN. */
#include "core/parallel.h"
#include "stats/estimators.h"
#include "stats/instruments.h"

#include <math.h>
#include <string.h>

typedef struct options {
    double fuller, kclass;
} options;

static const pgdp_option rows[] = {
    { "fuller", PGDP_OPTION_REAL, offsetof(options, fuller), 0, 0, 1e6, NULL,
      "Fuller's a: k less a / (N - exogenous terms - instruments); 0: plain LIML" },
    { "kclass", PGDP_OPTION_REAL, offsetof(options, kclass), -1, -1, 1e6, NULL,
      "k itself: 0 is least squares, 1 is 2SLS; -1: LIML's" },
    { .name = NULL },
};

static const char exact_fit[] = "the outcome and the endogenous terms are exactly collinear given the exogenous terms, "
                                "so that LIML's kappa does not exist; choose method iv";

/* mu: smallest eigenvalue of H'H relative to H'H + E'E, from the triangle of both stacked. */
static pgdp_status smallest_share(pgdp_ctx *ctx, const pg_instruments *in, double *mu)
{
    const size_t l = in->n_instruments, k1 = in->n_exogenous, q = 1 + in->n_endogenous;
    const pg_matrix stack = pg_matrix_new(&ctx->scratch, l + q, q), theta = pg_matrix_new(&ctx->scratch, l, q);
    const pg_matrix gram = pg_matrix_new(&ctx->scratch, q, q);
    pg_matrix e, r;
    double *values;
    if (stack.x == NULL || theta.x == NULL || gram.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, values, pg_arena_alloc(&ctx->scratch, q, sizeof *values));
    PG_TRY(pg_instruments_triangle(ctx, in->rest, &e));
    for (size_t j = 0; j < q; j++) {
        double *to = stack.x + j * stack.stride;
        memcpy(to, in->head.x + k1 + j * in->head.stride, l * sizeof *to);
        memcpy(to + l, e.x + j * e.stride, q * sizeof *to);
        const double norm = sqrt(pg_dot(to, to, l + q));
        if (!(norm > 0)) return pg_fail(ctx, PGDP_NUMERICAL, exact_fit);
        for (size_t i = 0; i < l + q; i++)
            to[i] /= norm;
    }
    const pg_matrix h = { stack.x, l, q, stack.stride };
    PG_TRY(pg_instruments_triangle(ctx, stack, &r));
    for (size_t j = 0; j < q; j++)
        if (!(fabs(r.x[j + j * r.stride]) > 1e-13)) return pg_fail(ctx, PGDP_NUMERICAL, exact_fit);
    (void)pg_invert_upper(r);
    pg_times(h, r, theta);
    pg_add_gram(theta, gram);
    PG_TRY(pg_eigen(ctx, gram, values));
    *mu = fmax(values[0], 0);
    if (!(*mu < 1 - 1e-12)) return pg_fail(ctx, PGDP_NUMERICAL, exact_fit);
    return PGDP_OK;
}

/* k - 1. */
static pgdp_status choose(pgdp_ctx *ctx, const options *o, const pg_instruments *in, const pgdp_fit *fit, double *out)
{
    double mu = 0;
    if (o->kclass > -1 && o->kclass < 0)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "method liml: kclass must be 0 or above, or -1 for LIML's own");
    if (o->kclass >= 0 && o->fuller > 0)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "method liml: fuller changes LIML's k and kclass states k; give one");
    if (o->kclass >= 0) {
        *out = o->kclass - 1;
        return PGDP_OK;
    }
    if (in->n_instruments > in->n_endogenous) PG_TRY(smallest_share(ctx, in, &mu));
    *out = mu / (1 - mu) - o->fuller / (fit->nobs - (double)(in->n_first + fit->n_absorbed));
    return PGDP_OK;
}

/* C = I - (k - 1) B'B with B = R_V S_2, R_V the triangle of the first-stage residuals, S_2 the endogenous rows of S;
 * root = S R^-1 with C = R'R. */
static pgdp_status new_root(pgdp_ctx *ctx, const pg_instruments *in, double excess, const pgdp_fit *fit, pg_matrix *out)
{
    const size_t k = fit->n_terms, p = in->n_endogenous;
    const pg_matrix s = pg_matrix_view(fit->root, k, k, k), s2 = pg_matrix_new(&ctx->scratch, p, k);
    const pg_matrix b = pg_matrix_new(&ctx->scratch, p, k), c = pg_matrix_new(&ctx->scratch, k, k);
    const pg_matrix v = { in->rest.x + in->n_rows, in->n_rows, p, in->n_rows };
    pg_matrix r;
    *out = pg_matrix_new(&ctx->scratch, k, k);
    if (s2.x == NULL || b.x == NULL || c.x == NULL || out->x == NULL) return pg_no_memory(ctx);
    PG_TRY(pg_instruments_triangle(ctx, v, &r));
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < p; i++)
            s2.x[i + j * p] = s.x[in->design->endogenous[i] + j * k];
    pg_times(r, s2, b);
    pg_add_gram(b, c);
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i <= j; i++)
            c.x[i + j * k] = (i == j ? 1 : 0) - excess * c.x[i + j * k];
    if (!pg_cholesky(c) || !pg_invert_upper(c))
        return pg_fail(
            ctx, PGDP_NUMERICAL,
            "method liml: k is so large that X'(I - kM)X is not positive definite; choose a smaller kclass or "
            "method iv");
    for (size_t j = 0; j < k; j++)
        for (size_t i = j + 1; i < k; i++)
            c.x[i + j * k] = 0;
    pg_times(s, c, *out);
    return PGDP_OK;
}

/* b -= (k - 1) root root' X'M e0; the working x becomes x - k M x. */
static pgdp_status move(pgdp_ctx *ctx, const pg_instruments *in, double excess, pg_matrix root, pgdp_fit *fit,
                        double *x)
{
    const size_t k = fit->n_terms, n = in->n_rows;
    double *g, *h;
    PG_TRY_ALLOC(ctx, g, pg_arena_alloc(&ctx->scratch, k, sizeof *g));
    PG_TRY_ALLOC(ctx, h, pg_arena_alloc(&ctx->scratch, k, sizeof *h));
    memcpy(x, in->design->x.x, n * k * sizeof *x);
    for (size_t j = 0; j < in->n_endogenous; j++) {
        const double *v = in->rest.x + (1 + j) * n;
        const size_t column = in->design->endogenous[j];
        g[column] = pg_dot(v, in->residual, n);
        for (size_t i = 0; i < n; i++)
            x[i + column * n] -= (1 + excess) * (in->root_weight == NULL ? v[i] : v[i] / in->root_weight[i]);
    }
    pg_add_cross_vector(root, g, h);
    pg_times_vector(root, h, g);
    for (size_t j = 0; j < k; j++)
        fit->estimate[j] -= excess * g[j];
    return PGDP_OK;
}

static pgdp_status fit_liml(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *out)
{
    const options *o = settings;
    pg_instruments *in;
    pg_matrix root;
    double excess = 0, *x;
    PG_TRY(pg_instruments_new(ctx, d, out, &in));
    PG_TRY(pg_iv_two_stage(ctx, in, out));
    PG_TRY(choose(ctx, o, in, out, &excess));
    out->certificate.solver = "householder_qr, k-class";
    pg_iv_add(out, "kappa", "k of the k-class", 1 + excess, (double)NAN, (double)NAN);
    if (!(fabs(excess) > 0)) return PGDP_OK;
    PG_TRY(new_root(ctx, in, excess, out, &root));
    PG_TRY(pg_iv_working_new(ctx, in, &x, out));
    PG_TRY(move(ctx, in, excess, root, out, x));
    pg_times_transposed(root, root, pg_matrix_of(out->bread, out->n_terms, out->n_terms));
    pg_copy_upper(pg_matrix_of(out->bread, out->n_terms, out->n_terms));
    out->root = NULL; /* the gram of x - k M x is not the inverse of the bread */
    return pg_iv_residuals(ctx, in, false, out);
}

const pgdp_estimator pg_est_liml = {
    .name = "liml",
    .title = "Limited-information maximum likelihood, Fuller's estimator and the k-class",
    .source =
        "Anderson & Rubin (1949), Ann. Math. Stat. 20(1); Fuller (1977), Econometrica 45(4); Davidson & MacKinnon "
        "(1993), equations 18.50 to 18.53",
    .options = rows,
    .options_size = sizeof(options),
    .absorb = PGDP_ABSORB_PARTIAL_OUT,
    .instrumental = true,
    .fit = fit_liml,
};
