/* diag_first_stage.c  Strength of the first stage, a line for each endogenous term. Source: Bound, Jaeger & Baker
 * (1995), J. Am. Stat. Assoc. 90; Shea (1997), Rev. Econ. Stat. 79(2), in the form of Godfrey (1999), same journal
 * 81(3). SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/parallel.h"
#include "core/text.h"
#include "stats/diagnostics.h"
#include "stats/instruments.h"

#include <math.h>
#include <string.h>

/* Columns of the orthonormal instruments' coefficients. */
static const double *coefficients(const pg_instruments *in, size_t j)
{
    return in->head.x + in->n_exogenous + (1 + j) * in->head.stride;
}

/* The term that a line is about is its note, and part of its name where there are several: "first_stage_f:e2". */
static pgdp_status add(pgdp_ctx *ctx, pgdp_fit *fit, const char *name, const char *title, const char *term,
                       const double values[3])
{
    const size_t at = fit->n_diagnostics;
    if (fit->working->n_endogenous > 1) PG_TRY_ALLOC(ctx, name, pg_arena_printf(&fit->arena, "%s:%s", name, term));
    pg_iv_add(fit, name, title, values[0], values[1], values[2]);
    if (fit->n_diagnostics > at) PG_TRY_ALLOC(ctx, fit->diagnostics[at].note, pg_arena_strdup(&fit->arena, term));
    return PGDP_OK;
}

static pgdp_status add_robust(pgdp_ctx *ctx, const pg_instruments *in, size_t j, pgdp_fit *fit)
{
    const size_t l = in->n_instruments;
    const pg_matrix v = pg_matrix_new(&ctx->scratch, l, l);
    double *b, df, values[3] = { 0, (double)l, 0 };
    char *title;
    if (v.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, b, pg_arena_alloc(&ctx->scratch, l, sizeof *b));
    memcpy(b, coefficients(in, j), l * sizeof *b);
    PG_TRY(pg_iv_first_vcov(ctx, fit, in, in->rest.x + (1 + j) * in->n_rows, v, &df));
    values[0] = pg_iv_wald(b, v) / (double)l;
    values[2] = df;
    PG_TRY_ALLOC(ctx, title,
                 pg_arena_printf(&fit->arena, "First-stage F, covariance %s, H0: no instrument matters",
                                 pg_iv_weight_text(fit)));
    return add(ctx, fit, "first_stage_f_robust", title, pg_instruments_term(in, j), values);
}

/* Diagonal of (A'A)^-1. */
static pgdp_status inverse_diagonal(pgdp_ctx *ctx, pg_matrix a, double *out)
{
    const size_t p = a.n_cols;
    pg_matrix r;
    double *norm;
    PG_TRY_ALLOC(ctx, norm, pg_arena_alloc(&ctx->scratch, p, sizeof *norm));
    for (size_t j = 0; j < p; j++) {
        double *x = a.x + j * a.stride;
        norm[j] = sqrt(pg_dot(x, x, a.n_rows));
        for (size_t i = 0; i < a.n_rows && norm[j] > 0; i++)
            x[i] /= norm[j];
    }
    PG_TRY(pg_instruments_triangle(ctx, a, &r));
    const bool regular = pg_invert_upper(r);
    for (size_t j = 0; j < p; j++) {
        double sum = 0;
        for (size_t i = j; i < p; i++)
            sum += r.x[j + i * r.stride] * r.x[j + i * r.stride];
        out[j] = regular ? sum / (norm[j] * norm[j]) : (double)NAN;
    }
    return PGDP_OK;
}

/* Shea's: variance of least squares over that of 2SLS at the same error variance, given the exogenous terms. */
static pgdp_status add_shea(pgdp_ctx *ctx, const pg_instruments *in, pgdp_fit *fit)
{
    const size_t p = in->n_endogenous, l = in->n_instruments;
    const pg_matrix fitted = pg_matrix_new(&ctx->scratch, l, p), both = pg_matrix_new(&ctx->scratch, l + p, p);
    const pg_matrix v = { in->rest.x + in->n_rows, in->n_rows, p, in->n_rows };
    pg_matrix r;
    double *of_fitted, *of_both;
    if (fitted.x == NULL || both.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, of_fitted, pg_arena_alloc(&ctx->scratch, p, sizeof *of_fitted));
    PG_TRY_ALLOC(ctx, of_both, pg_arena_alloc(&ctx->scratch, p, sizeof *of_both));
    PG_TRY(pg_instruments_triangle(ctx, v, &r));
    for (size_t j = 0; j < p; j++) {
        memcpy(fitted.x + j * l, coefficients(in, j), l * sizeof(double));
        memcpy(both.x + j * (l + p), coefficients(in, j), l * sizeof(double));
        memcpy(both.x + j * (l + p) + l, r.x + j * r.stride, p * sizeof(double));
    }
    PG_TRY(inverse_diagonal(ctx, fitted, of_fitted));
    PG_TRY(inverse_diagonal(ctx, both, of_both));
    for (size_t j = 0; j < p; j++) {
        const double values[3] = { of_both[j] / of_fitted[j], (double)NAN, (double)NAN };
        PG_TRY(add(ctx, fit, "shea_partial_r_squared", "Shea's partial R-squared", pg_instruments_term(in, j), values));
    }
    return PGDP_OK;
}

static pgdp_status compute(pgdp_ctx *ctx, const void *options, pgdp_fit *fit)
{
    (void)options;
    const pg_instruments *in = pg_instruments_of(fit);
    const size_t l = in->n_instruments;
    const double df = fit->nobs - (double)(in->n_first + fit->n_absorbed);
    for (size_t j = 0; j < in->n_endogenous; j++) {
        const double *b = coefficients(in, j), *v = in->rest.x + (1 + j) * in->n_rows;
        const double explained = pg_dot(b, b, l), left = pg_dot(v, v, in->n_rows);
        const double f[3] = { explained / (double)l / (left / df), (double)l, df };
        const double r2[3] = { explained / (explained + left), (double)NAN, (double)NAN };
        const char *term = pg_instruments_term(in, j);
        PG_TRY(add(ctx, fit, "first_stage_f", "First-stage F, iid errors, H0: no instrument matters", term, f));
        if (pg_iv_weight_of(fit) != PG_IV_IID) PG_TRY(add_robust(ctx, in, j, fit));
        PG_TRY(add(ctx, fit, "partial_r_squared", "Partial R-squared of the instruments", term, r2));
    }
    return in->n_endogenous > 1 ? add_shea(ctx, in, fit) : PGDP_OK;
}

const pg_diagnostic_kind pg_diag_first_stage = {
    .name = "first_stage",
    .title = "First-stage F and partial R-squared of each endogenous term",
    .source =
        "Bound, Jaeger & Baker (1995), J. Am. Stat. Assoc. 90; Shea (1997), Rev. Econ. Stat. 79(2); Godfrey (1999), "
        "Rev. Econ. Stat. 81(3), equation 5",
    .own = true,
    .refuses = pg_iv_refuses,
    .compute = compute,
};
