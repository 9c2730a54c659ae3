/* penalised_fit.c  What ridge, lasso and elastic net share: lambda, estimate, covariance, lines: penalised.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ridge at a given lambda is linear in y: b = A^-1 X'W y, A = X'WX + W l2 S^2. Its covariance iid is sigma^2 A^-1 X'WX
 * A^-1 with sigma^2 = SSR/(n - tr(X A^-1 X'W)) (Hastie, Tibshirani & Friedman 2009, equations 3.44 and 3.50); those of
 * scores take A^-1 as bread. None of them knows of the bias, nor of the choice of lambda. Lasso and elastic net have no
 * covariance here: their distribution is not normal where a coefficient is 0 (Knight & Fu 2000, Ann. Stat. 28(5)). */
#include "core/number.h"
#include "core/parallel.h"
#include "core/text.h"
#include "stats/collinear.h"
#include "stats/penalised.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { CURVE_LINES = 25 };

const char *const pg_penalised_rules[] = { "min", "1se", NULL };
const char *const pg_penalised_standardize[] = { "yes", "no", NULL };
const char *const pg_penalised_conventions[] = { "pgdp", "glmnet", NULL };

static void add_line(pgdp_fit *fit, const char *name, const char *title, double value, const char *note)
{
    const double nan = (double)NAN;
    const pgdp_diagnostic line = {
        .name = name, .title = title, .statistic = value, .df = nan, .df2 = nan, .p_value = nan, .note = note
    };
    pg_fit_add_diagnostic(fit, &line);
}

/* Every so many lambdas of the path, each with its error. */
static pgdp_status add_curve(pgdp_ctx *ctx, const pg_validation *v, pgdp_fit *out)
{
    const size_t step = (v->n + CURVE_LINES - 1) / CURVE_LINES;
    for (size_t l = 0; l < v->n; l += step) {
        char lambda[PG_NUMBER_SIZE], error[PG_NUMBER_SIZE];
        const char *note, *curve;
        pg_number_significant(v->lambda[l], 6, lambda);
        pg_number_significant(v->std_error[l], 3, error);
        PG_TRY_ALLOC(ctx, note, pg_arena_printf(&out->arena, "at lambda %s; standard error %s", lambda, error));
        PG_TRY_ALLOC(ctx, curve, pg_arena_printf(&out->arena, "cv_curve:%s", lambda));
        add_line(out, curve, "cross-validated mean squared error along the path", v->error[l], note);
    }
    return PGDP_OK;
}

static pgdp_status choose_lambda(pgdp_ctx *ctx, const pgdp_design *d, const pg_penalised_options *o, double lambda_max,
                                 pgdp_fit *out, double *lambda)
{
    pg_validation v;
    PG_TRY(pg_penalised_validate(ctx, d, o, lambda_max, &v));
    const size_t chosen = o->rule == PG_RULE_1SE ? v.best_1se : v.best;
    *lambda = v.lambda[chosen];
    add_line(out, "lambda_min", "lambda of the least cross-validated error", v.lambda[v.best],
             v.best + 1 == v.n ? "the smallest of the path: the least error may lie below it" : NULL);
    add_line(out, "lambda_1se", "largest lambda within one standard error of the least error", v.lambda[v.best_1se],
             NULL);
    add_line(out, "cv_error", "cross-validated mean squared error at lambda", v.error[chosen], NULL);
    return add_curve(ctx, &v, out);
}

/* Residuals, scores and sums of squares in the units of the design. */
static pgdp_status evaluate(pgdp_ctx *ctx, const pgdp_design *d, const pg_prepared *s, pgdp_fit *out)
{
    const size_t n = d->y.n;
    double *residual, *square;
    PG_TRY_ALLOC(ctx, residual, pg_arena_alloc(&ctx->scratch, n, sizeof *residual));
    PG_TRY_ALLOC(ctx, square, pg_arena_alloc(&ctx->scratch, n, sizeof *square));
    pg_times_vector(pg_matrix_view(d->x.x, n, d->x.n_cols, n), out->estimate, square);
    for (size_t i = 0; i < n; i++) {
        residual[i] = d->y.x[i] - (d->offset.n > 0 ? d->offset.x[i] : 0) - square[i];
        out->score[i] = pg_design_weight(d, i) * residual[i];
        square[i] = out->score[i] * residual[i];
    }
    out->residual = residual;
    out->ssr = out->glance.deviance = pg_sum(square, n);
    out->tss = s->weight * pg_dot(s->y, s->y, n);
    return PGDP_OK;
}

static pgdp_status refuse_column(pgdp_ctx *ctx, const pgdp_design *d, const pg_prepared *s, pg_penalty penalty)
{
    for (size_t j = 0; j < s->k; j++)
        if (!(s->sd[j] > 0))
            return pg_fail(ctx, PGDP_RANK_DEFICIENT, "%s does not vary; leave it out", d->terms[s->column[j]]);
    return penalty.l2 > 0 ? PGDP_OK : pg_collinear_check(ctx, d, false);
}

/* (gram + l2)^-1 in the upper and lower triangle. */
static pgdp_status inverse(pgdp_ctx *ctx, const pg_prepared *s, double l2, pg_matrix *out)
{
    const size_t k = s->k;
    const pg_matrix r = pg_matrix_new(&ctx->scratch, k, k);
    *out = pg_matrix_new(&ctx->scratch, k, k);
    if (r.x == NULL || out->x == NULL) return pg_no_memory(ctx);
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i <= j; i++)
            r.x[i + j * k] = s->gram.x[i + j * k] + (i == j ? l2 : 0);
    if (!pg_cholesky(r) || !pg_invert_upper(r))
        return pg_fail(ctx, PGDP_NUMERICAL, "terms are nearly collinear at this lambda; raise lambda");
    for (size_t j = 0; j < k; j++)
        for (size_t i = j + 1; i < k; i++)
            r.x[i + j * k] = 0;
    pg_times_transposed(r, r, *out);
    pg_copy_upper(*out);
    return PGDP_OK;
}

/* bread = T diag(1/W, inner/W) T': slopes are b/sd, the constant is the level less the means times slopes. */
static void fill_bread(const pgdp_design *d, const pg_prepared *s, pg_matrix inner, pgdp_fit *out)
{
    const size_t k = s->k, p = out->n_terms, c = d->constant;
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < k; i++)
            out->bread[s->column[i] + s->column[j] * p] = inner.x[i + j * k] / (s->sd[i] * s->sd[j]) / s->weight;
    if (c == PGDP_NONE) return;
    double own = 1 / s->weight;
    for (size_t j = 0; j < k; j++) {
        double sum = 0;
        for (size_t i = 0; i < k; i++)
            sum += s->mean[i] * out->bread[s->column[i] + s->column[j] * p];
        out->bread[c + s->column[j] * p] = out->bread[s->column[j] + c * p] = -sum;
        own += s->mean[j] * sum;
    }
    out->bread[c + c * p] = own;
}

static pgdp_status fill_ridge(pgdp_ctx *ctx, const pgdp_design *d, const pg_prepared *s, double l2, pgdp_fit *out)
{
    const size_t k = s->k;
    pg_matrix m;
    const pg_matrix half = pg_matrix_new(&ctx->scratch, k, k), sandwich = pg_matrix_new(&ctx->scratch, k, k);
    if (half.x == NULL || sandwich.x == NULL) return pg_no_memory(ctx);
    PG_TRY(inverse(ctx, s, l2, &m));
    pg_times(s->gram, m, half);
    double df = d->constant != PGDP_NONE ? 1 : 0;
    for (size_t j = 0; j < k; j++)
        df += half.x[j + j * k];
    add_line(out, "df", "effective parameters: the trace of the smoother", df, NULL);
    out->dispersion = out->ssr / (out->nobs - (double)out->n_absorbed - df);
    const bool iid = out->covariance != NULL && pg_streq(out->covariance->name, "iid");
    if (iid) {
        pg_times(m, half, sandwich);
        pg_copy_upper(sandwich);
    }
    fill_bread(d, s, iid ? sandwich : m, out);
    return PGDP_OK;
}

static void fill_sparse(const pg_prepared *s, const double *b, pgdp_fit *out)
{
    double df = 0;
    for (size_t j = 0; j < s->k; j++)
        df += fabs(b[j]) > 0;
    add_line(out, "df", "coefficients that are not 0, without the constant", df, NULL);
    for (size_t i = 0; i < out->n_terms * out->n_terms; i++)
        out->bread[i] = (double)NAN; /* there is no variance: covariance none */
}

/* Lines of the lambda used, whether given or chosen. */
static pgdp_status settle_lambda(pgdp_ctx *ctx, const pgdp_design *d, const pg_penalised_options *o, double lambda_max,
                                 pgdp_fit *out, double *lambda)
{
    *lambda = o->lambda;
    if (o->lambda < 0 && o->lambda > -1)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "found lambda between -1 and 0, expected at least 0, or -1 to choose it");
    add_line(out, "lambda_max", "smallest lambda without a coefficient", lambda_max,
             o->alpha < 1e-3 ? "that of alpha 0.001: ridge has none" : NULL);
    if (o->lambda < 0) PG_TRY(choose_lambda(ctx, d, o, lambda_max, out, lambda));
    add_line(out, "lambda", "weight of the penalty", *lambda, o->lambda < 0 ? "chosen by cross-validation" : NULL);
    return PGDP_OK;
}

pgdp_status pg_penalised_fit(pgdp_ctx *ctx, const pgdp_design *d, const pg_penalised_options *o, bool ridge,
                             pgdp_fit *out)
{
    pg_prepared s;
    double *b, lambda, condition = 1;
    if (!ridge && out->covariance != NULL && !pg_streq(out->covariance->name, "none"))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance %s does not exist for method %s, whose estimates are not normal; choose none",
                       out->covariance->name, out->estimator->name);
    PG_TRY(pg_penalised_prepare(ctx, d, NULL, d->y.n, o->standardize == PG_STANDARDIZE_YES, &s));
    PG_TRY_ALLOC(ctx, b, pg_arena_alloc(&ctx->scratch, s.k, sizeof *b));
    const double lambda_max = pg_penalised_lambda_max(&s, o->alpha);
    PG_TRY(settle_lambda(ctx, d, o, lambda_max, out, &lambda));
    const pg_penalty penalty = pg_penalty_of(&s, o, lambda);
    PG_TRY(refuse_column(ctx, d, &s, penalty));
    PG_TRY(pg_penalised_solve(ctx, &s, penalty, true, b, &condition));
    pg_penalised_undo(&s, b, out->estimate);
    PG_TRY(evaluate(ctx, d, &s, out));
    out->penalised = true;
    out->certificate =
        (pgdp_certificate){ .condition_number = condition,
                            .digits = fmax(0, -log10((d->norm.n > 0 ? condition : 1) * condition * DBL_EPSILON / 2)),
                            .solver = ridge ? "refined_seminormal" : "coordinate_descent_and_active_set" };
    if (ridge) return fill_ridge(ctx, d, &s, penalty.l2, out);
    fill_sparse(&s, b, out);
    return PGDP_OK;
}
