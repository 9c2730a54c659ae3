/* instruments.c  Exogenous terms and instruments factored once: instruments.h. Source: Greene (2018), Econometric
 * Analysis, 8th ed., section 8.3; Frisch & Waugh (1933), Econometrica 1(4). SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "stats/instruments.h"

#include "stats/collinear.h"
#include "stats/scaled.h"

#include <math.h>
#include <string.h>

/* The fit's working design with what made it; the design stands first, so that a pointer to it is one to both. */
typedef struct tied {
    pgdp_design d;
    pg_instruments *in;
} tied;

pg_instruments *pg_instruments_of(const pgdp_fit *fit)
{
    const tied *t = (const tied *)fit->working;
    return t->in;
}

const char *pg_instruments_term(const pg_instruments *in, size_t j)
{
    return in->design->terms[in->design->endogenous[j]];
}

pgdp_status pg_iv_working_new(pgdp_ctx *ctx, pg_instruments *in, double **x, pgdp_fit *fit)
{
    const pgdp_design *d = in->design;
    tied *t;
    PG_TRY_ALLOC(ctx, t, pg_arena_alloc(&ctx->scratch, 1, sizeof *t));
    PG_TRY_ALLOC(ctx, *x, pg_matrix_new(&ctx->scratch, d->x.n_rows, d->x.n_cols).x);
    t->d = *d;
    t->d.x.x = *x;
    t->d.x_low = (pgdp_mat){ NULL, 0, 0 };
    t->in = in;
    fit->working = &t->d;
    return PGDP_OK;
}

static pgdp_status check(pgdp_ctx *ctx, const pgdp_design *d, const pgdp_fit *fit)
{
    const char *method = fit->estimator->name;
    if (d->n_endogenous == 0 || d->z.n_cols == 0)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "method %s needs endogenous terms and instruments: y ~ x | endogenous ~ z1 + z2", method);
    if (d->z.n_rows != d->y.n)
        return pg_fail(ctx, PGDP_SHAPE_MISMATCH, "the instruments have %zu rows, the outcome %zu", d->z.n_rows, d->y.n);
    for (size_t j = 0; j < d->n_endogenous; j++)
        if (d->endogenous[j] >= d->x.n_cols || (j > 0 && d->endogenous[j] <= d->endogenous[j - 1]))
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "the endogenous terms must be columns of x, in ascending order");
    for (size_t j = 0; j < d->z.n_cols; j++)
        for (size_t i = 0; i < d->y.n; i++)
            if (!isfinite(d->z.x[i + j * d->y.n]))
                return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                               "instrument %s is not finite in row %zu; leave rows without a finite value out",
                               d->instruments[j], i + 1);
    if (d->z.n_cols < d->n_endogenous)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "the model is under-identified: %zu instruments for %zu endogenous terms; add instruments",
                       d->z.n_cols, d->n_endogenous);
    return PGDP_OK;
}

/* x = [exogenous, all instruments]. */
static pgdp_status first_stage_terms(pgdp_ctx *ctx, const pgdp_design *d, pg_instruments *in)
{
    const size_t n = d->y.n;
    double *x;
    const char **terms;
    size_t to = 0;
    PG_TRY_ALLOC(ctx, x, pg_matrix_new(&ctx->scratch, n, in->n_first).x);
    PG_TRY_ALLOC(ctx, terms, pg_arena_alloc(&ctx->scratch, in->n_first, sizeof *terms));
    for (size_t j = 0, e = 0; j < d->x.n_cols; j++) {
        if (e < d->n_endogenous && d->endogenous[e] == j) {
            e++;
            continue;
        }
        terms[to] = d->terms[j];
        memcpy(x + to++ * n, d->x.x + j * n, n * sizeof *x);
    }
    for (size_t j = 0; j < d->z.n_cols; j++) {
        terms[to] = d->instruments[j];
        memcpy(x + to++ * n, d->z.x + j * n, n * sizeof *x);
    }
    in->first = *d;
    in->first.x = (pgdp_mat){ x, n, in->n_first };
    in->first.x_low = in->first.z = (pgdp_mat){ NULL, 0, 0 };
    in->first.terms = terms;
    in->first.n_endogenous = 0;
    in->first.norm = (pgdp_vec){ NULL, 0 };
    return PGDP_OK;
}

static pgdp_status check_rows(pgdp_ctx *ctx, const pg_instruments *in, const pgdp_fit *fit)
{
    if (in->n_rows > in->n_first && fit->nobs > (double)(in->n_first + fit->n_absorbed)) return PGDP_OK;
    return pg_fail(ctx, PGDP_TOO_FEW_OBS,
                   "%zu rows are too few for %zu exogenous terms and instruments; leave some out", in->n_rows,
                   in->n_first + fit->n_absorbed);
}

static pgdp_status add_left_out(pgdp_ctx *ctx, const char *instrument, const char *because, pgdp_fit *fit)
{
    char *name, *title;
    PG_TRY_ALLOC(ctx, name, pg_arena_printf(&fit->arena, "instrument_left_out:%s", instrument));
    PG_TRY_ALLOC(ctx, title, pg_arena_printf(&fit->arena, "instrument %s %s: left out", instrument, because));
    pg_iv_add(fit, name, title, (double)NAN, (double)NAN, (double)NAN);
    return PGDP_OK;
}

/* Leave dependent instruments out, each with a line; a dependent exogenous term stays an error. */
static pgdp_status leave_out(pgdp_ctx *ctx, const pg_collinear *list, size_t n_list, pg_instruments *in, pgdp_fit *fit)
{
    const size_t n = in->n_rows;
    double *x;
    const char **terms;
    size_t to = 0;
    PG_TRY_ALLOC(ctx, x, pg_matrix_new(&ctx->scratch, n, in->n_first).x);
    PG_TRY_ALLOC(ctx, terms, pg_arena_alloc(&ctx->scratch, in->n_first, sizeof *terms));
    for (size_t j = 0, next = 0; j < in->n_first; j++) {
        if (next < n_list && list[next].term == j) {
            PG_TRY(add_left_out(ctx, in->first.terms[j], list[next++].because, fit));
            continue;
        }
        terms[to] = in->first.terms[j];
        memcpy(x + to++ * n, in->first.x.x + j * n, n * sizeof *x);
    }
    in->n_first -= n_list;
    in->n_instruments -= n_list;
    in->first.x = (pgdp_mat){ x, n, in->n_first };
    in->first.terms = terms;
    if (in->n_instruments < in->n_endogenous)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "the model is under-identified: only %zu instruments that are not collinear for %zu endogenous "
                       "terms (%s); add instruments",
                       in->n_instruments, in->n_endogenous, fit->diagnostics[fit->n_diagnostics - 1].title);
    return PGDP_OK;
}

static pgdp_status factor(pgdp_ctx *ctx, pg_instruments *in, pgdp_fit *fit, pg_scaled *scaled)
{
    const pg_collinear *list;
    size_t n_list;
    PG_TRY(check_rows(ctx, in, fit));
    PG_TRY(pg_scaled_new(ctx, &in->first, false, scaled));
    PG_TRY(pg_qr_factor(ctx, in->n_rows, in->n_first, pg_scaled_fill, scaled, &in->qr));
    const pgdp_status status = pg_collinear_refuse(ctx, scaled, in->qr.r);
    if (status != PGDP_RANK_DEFICIENT) return status;
    PG_TRY(pg_collinear_terms(ctx, &fit->arena, &in->first, false, &list, &n_list));
    if (n_list == 0 || list[0].term < in->n_exogenous) return status;
    PG_TRY(leave_out(ctx, list, n_list, in, fit));
    PG_TRY(pg_scaled_new(ctx, &in->first, false, scaled));
    PG_TRY(pg_qr_factor(ctx, in->n_rows, in->n_first, pg_scaled_fill, scaled, &in->qr));
    return pg_collinear_refuse(ctx, scaled, in->qr.r);
}

/* R and its inverse in the units of the terms. */
static pgdp_status unscale(pgdp_ctx *ctx, const pg_scaled *scaled, pg_instruments *in)
{
    const size_t m = in->n_first;
    in->r = pg_matrix_new(&ctx->scratch, m, m);
    in->root = pg_matrix_new(&ctx->scratch, m, m);
    if (in->r.x == NULL || in->root.x == NULL) return pg_no_memory(ctx);
    for (size_t j = 0; j < m; j++)
        for (size_t i = 0; i <= j; i++) {
            in->root.x[i + j * m] = in->qr.r.x[i + j * in->qr.r.stride];
            in->r.x[i + j * m] = in->root.x[i + j * m] / scaled->scale[j];
        }
    (void)pg_invert_upper(in->root); /* of full rank: pg_collinear_refuse() */
    for (size_t j = 0; j < m; j++)
        for (size_t i = 0; i <= j; i++)
            in->root.x[i + j * m] *= scaled->scale[i];
    return PGDP_OK;
}

/* head and rest of y and the endogenous terms. */
static pgdp_status split(pgdp_ctx *ctx, pg_instruments *in)
{
    const size_t n = in->n_rows, p = in->n_endogenous, m = in->n_first;
    const pgdp_design *d = in->design;
    double *zeros;
    in->head = pg_matrix_new(&ctx->scratch, m, 1 + p);
    in->rest = pg_matrix_new(&ctx->scratch, n, 1 + p);
    if (in->head.x == NULL || in->rest.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, zeros, pg_arena_alloc(&ctx->scratch, m, sizeof *zeros));
    for (size_t j = 0; j <= p; j++) {
        const double *from = j == 0 ? d->y.x : d->x.x + d->endogenous[j - 1] * n;
        double *v = in->rest.x + j * n;
        for (size_t i = 0; i < n; i++)
            v[i] = in->root_weight == NULL ? from[i] : from[i] * in->root_weight[i];
        PG_TRY(pg_qr_apply_transposed(ctx, &in->qr, v, in->head.x + j * m));
        PG_TRY(pg_qr_apply(ctx, &in->qr, zeros, v));
    }
    return PGDP_OK;
}

pgdp_status pg_instruments_new(pgdp_ctx *ctx, const pgdp_design *d, pgdp_fit *fit, pg_instruments **out)
{
    pg_instruments *in;
    pg_scaled scaled;
    PG_TRY(check(ctx, d, fit));
    PG_TRY_ALLOC(ctx, in, pg_arena_alloc(&ctx->scratch, 1, sizeof *in));
    in->design = d;
    in->n_rows = d->y.n;
    in->n_endogenous = d->n_endogenous;
    in->n_exogenous = d->x.n_cols - d->n_endogenous;
    in->n_instruments = d->z.n_cols;
    in->n_first = in->n_exogenous + in->n_instruments;
    in->hansen_j = (double)NAN;
    PG_TRY(first_stage_terms(ctx, d, in));
    PG_TRY(factor(ctx, in, fit, &scaled));
    in->root_weight = scaled.root_weight;
    PG_TRY(unscale(ctx, &scaled, in));
    PG_TRY(split(ctx, in));
    PG_TRY_ALLOC(ctx, in->residual, pg_arena_alloc(&ctx->scratch, in->n_rows, sizeof *in->residual));
    fit->wald_only = true;
    *out = in;
    return PGDP_OK;
}

pgdp_status pg_instruments_basis(pgdp_ctx *ctx, pg_instruments *in)
{
    double *unit;
    if (in->q.x != NULL) return PGDP_OK;
    const pg_matrix q = pg_matrix_new(&ctx->scratch, in->n_rows, in->n_first);
    if (q.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, unit, pg_arena_alloc(&ctx->scratch, in->n_first, sizeof *unit));
    for (size_t j = 0; j < in->n_first; j++) {
        unit[j] = 1;
        PG_TRY(pg_qr_apply(ctx, &in->qr, unit, q.x + j * in->n_rows));
        unit[j] = 0;
    }
    in->q = q;
    return PGDP_OK;
}

static void fill(void *user, size_t first, pg_matrix a)
{
    const pg_matrix *from = user;
    for (size_t j = 0; j < a.n_cols; j++)
        memcpy(a.x + j * a.stride, from->x + first + j * from->stride, a.n_rows * sizeof *a.x);
}

pgdp_status pg_instruments_triangle(pgdp_ctx *ctx, pg_matrix a, pg_matrix *r)
{
    pg_qr qr;
    PG_TRY(pg_qr_factor(ctx, a.n_rows, a.n_cols, fill, &a, &qr));
    *r = qr.r;
    return PGDP_OK;
}

void pg_iv_add(pgdp_fit *fit, const char *name, const char *title, double statistic, double df, double df2)
{
    pgdp_diagnostic line = { .name = name, .title = title, .statistic = statistic, .df = df, .df2 = df2 };
    line.p_value = isnan(df) || isnan(statistic) ? (double)NAN
                   : isnan(df2)                  ? pgdp_chisq_upper(statistic, df)
                                                 : pgdp_f_upper(statistic, df, df2);
    pg_fit_add_diagnostic(fit, &line);
}

const char *pg_iv_refuses(const pgdp_fit *fit)
{
    return fit->estimator->instrumental ? NULL : "it needs a method with instruments: iv, liml or gmm";
}
