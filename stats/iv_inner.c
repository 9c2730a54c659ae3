/* iv_inner.c  Least squares beside the fit, with its covariance: instruments.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/parallel.h"
#include "stats/estimators.h"
#include "stats/instruments.h"
#include "stats/iv_covariance.h"

#include <math.h>
#include <string.h>

static pgdp_status inner_vcov(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_iv_inner *in, double *vcov, double *df)
{
    const pgdp_design *d = in->design;
    const size_t n = d->y.n, k = d->x.n_cols;
    pgdp_fit inner = { .allocator = fit->allocator,
                       .estimator = &pg_est_ols,
                       .n_rows = n,
                       .n_slopes = k,
                       .n_terms = k,
                       .nobs = fit->nobs,
                       .design = fit->design, /* its effects, for those nested in clusters */
                       .working = d,
                       .absorber = fit->absorber,
                       .behind = fit->behind,
                       .absorbed = fit->absorbed,
                       .ssc = fit->ssc,
                       .conf_level = fit->conf_level,
                       .root = in->root,
                       .residual = in->residual,
                       .n_absorbed = fit->n_absorbed,
                       .absorbed_is_bound = fit->absorbed_is_bound };
    inner.ssr = pg_dot(in->residual, in->residual, n);
    const char **terms;
    PG_TRY_ALLOC(ctx, terms, pg_arena_alloc(&ctx->scratch, k, sizeof *terms));
    for (size_t j = 0; j < k; j++)
        terms[j] = d->terms[j];
    inner.terms = terms;
    PG_TRY_ALLOC(ctx, inner.estimate, pg_arena_alloc(&ctx->scratch, k, sizeof(double)));
    PG_TRY_ALLOC(ctx, inner.score, pg_arena_alloc(&ctx->scratch, n, sizeof(double)));
    PG_TRY_ALLOC(ctx, inner.bread, pg_matrix_new(&ctx->scratch, k, k).x);
    for (size_t i = 0; i < n; i++)
        inner.score[i] = in->residual[i] * sqrt(pg_design_weight(d, i));
    const pg_matrix root = pg_matrix_view(in->root, k, k, k);
    pg_times_transposed(root, root, pg_matrix_of(inner.bread, k, k));
    pg_copy_upper(pg_matrix_of(inner.bread, k, k));
    PG_TRY(pg_iv_covariance_compute(ctx, fit, d, &inner));
    memcpy(vcov, inner.vcov, k * k * sizeof *vcov);
    *df = inner.vcov_df;
    return PGDP_OK;
}

pgdp_status pg_iv_inner_vcov(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_iv_inner *inner, double *vcov, double *df)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = inner_vcov(ctx, fit, inner, vcov, df);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

/* V of the instruments' coefficients to R22 V R22', of those on their orthonormal basis. */
pgdp_status pg_iv_first_vcov(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_instruments *in, const double *v,
                             pg_matrix out, double *df)
{
    const size_t m = in->n_first, k1 = in->n_exogenous, l = in->n_instruments;
    const pg_iv_inner inner = { &in->first, in->root.x, v };
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pg_matrix all = pg_matrix_new(&ctx->scratch, m, m), half = pg_matrix_new(&ctx->scratch, l, l);
    if (all.x == NULL || half.x == NULL) return pg_no_memory(ctx);
    PG_TRY(pg_iv_inner_vcov(ctx, fit, &inner, all.x, df));
    const pg_matrix r22 = { in->r.x + k1 + k1 * m, l, l, m }, v22 = { all.x + k1 + k1 * m, l, l, m };
    pg_times(r22, v22, half);
    pg_times_transposed(half, r22, out);
    pg_copy_upper(out);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

double pg_iv_wald(double *b, pg_matrix v)
{
    const size_t q = v.n_cols;
    double sum = 0;
    for (size_t j = q; j-- > 0;) {
        const double scale = sqrt(v.x[j + j * v.stride]);
        if (!(scale > 0)) return (double)NAN;
        b[j] /= scale;
        for (size_t i = 0; i <= j; i++)
            v.x[i + j * v.stride] /= scale * sqrt(v.x[i + i * v.stride]);
    }
    bool regular = pg_cholesky(v);
    for (size_t j = 0; j < q && regular; j++)
        regular = v.x[j + j * v.stride] > 1e-7; /* its square is the share of variance not explained by the others */
    if (!regular) return (double)NAN;
    pg_solve_upper(v, true, b);
    for (size_t j = 0; j < q; j++)
        sum += b[j] * b[j];
    return sum;
}
