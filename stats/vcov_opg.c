/* vcov_opg.c  The inverse of the outer product of the scores, of maximum likelihood.
 * Source: Berndt, Hall, Hall & Hausman (1974), Ann. Econ. Soc. Measurement 3(4); Greene (2018), equation 14-18.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/fit.h"
#include "stats/linalg.h"
#include "stats/vcovs.h"

#include <math.h>

enum { ROWS = 1024 };

static pgdp_status outer_product(pgdp_ctx *ctx, const pgdp_design *d, const pgdp_fit *fit, pg_matrix out)
{
    const pg_matrix work = pg_matrix_new(&ctx->scratch, ROWS, fit->n_terms);
    if (work.x == NULL) return pg_no_memory(ctx);
    for (size_t first = 0; first < fit->n_rows; first += ROWS) {
        const size_t n = fit->n_rows - first < ROWS ? fit->n_rows - first : ROWS;
        const pg_matrix part = { work.x, n, fit->n_terms, n };
        pg_fit_score_rows(fit, first, n, part.x);
        for (size_t j = 0; j < part.n_cols && d->weight_kind == PGDP_FREQUENCY; j++)
            for (size_t i = 0; i < n; i++) /* w equal rows */
                part.x[i + j * n] /= sqrt(pg_design_weight(d, first + i));
        pg_add_gram(part, out);
    }
    return PGDP_OK;
}

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *design, const void *options, pgdp_fit *fit)
{
    (void)options;
    const size_t k = fit->n_terms;
    const pg_ssc_rule rule = { .clustered = true };
    const pg_matrix r = pg_matrix_new(&ctx->scratch, k, k), v = pg_matrix_of(fit->vcov, k, k);
    double *scale;
    if (r.x == NULL) return pg_no_memory(ctx);
    if (!fit->estimator->likelihood)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance opg needs the scores of a likelihood; choose iid or HC1 for method %s",
                       fit->estimator->name);
    if (design->weight_kind == PGDP_PROBABILITY)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance opg does not hold under probability weights; choose HC1 or cluster");
    if (fit->design->n_effects > 0)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance opg needs the scores of absorbed effects too; choose iid or HC1");
    PG_TRY_ALLOC(ctx, scale, pg_arena_alloc(&ctx->scratch, k, sizeof *scale));
    PG_TRY(outer_product(ctx, design, fit, r));
    for (size_t j = k; j-- > 0;) { /* to a unit diagonal, so that units do not decide what is singular */
        scale[j] = sqrt(r.x[j + j * k]);
        for (size_t i = 0; i <= j; i++)
            r.x[i + j * k] /= scale[j] * sqrt(r.x[i + i * k]);
    }
    if (!pg_cholesky(r) || !pg_invert_upper(r))
        return pg_fail(ctx, PGDP_NUMERICAL, "covariance opg: the outer product of the scores is singular; choose iid");
    for (size_t j = 0; j < k; j++)
        for (size_t i = j + 1; i < k; i++)
            r.x[i + j * k] = 0;
    const double factor = pg_ssc_apply(fit, &rule);
    pg_times_transposed(r, r, v);
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i <= j; i++)
            v.x[i + j * k] /= scale[i] * scale[j];
    pg_copy_upper(v);
    const pg_sandwich made = { .basis = PG_BASIS_TERMS, .side = fit->vcov, .factor = factor };
    PG_TRY(pg_sandwich_keep(ctx, fit, &made));
    for (size_t i = 0; i < k * k; i++)
        fit->vcov[i] *= factor;
    return PGDP_OK;
}

const pgdp_vcov pg_vcov_opg = {
    .name = "opg",
    .title = "Inverse outer product of the scores",
    .source = "Berndt, Hall, Hall & Hausman (1974), Ann. Econ. Soc. Measurement 3(4); Greene (2018), equation 14-18",
    .compute = compute,
};
