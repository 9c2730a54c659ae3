/* margins.c  Marginal effects: the derivative of the mean, or of each category's probability, by every regressor.
 * Source: Greene (2018), Econometric Analysis, section 17.3.2: effects and their covariance by the delta method.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A probability P depends on x b_1, ..., x b_m and on single parameters c (cuts); g_e = dP / d(x b_e), and h_ef its
 * derivative by x b_f, or by c. The effect of x_j is sum_e g_e b_je, and its derivative by b_lf is
 * g_f [l = j] + sum_e b_je h_ef x_l. "average" takes the means of g and of h x over the rows, with their weights;
 * "mean" takes both at the means of the regressors. The derivative stands for dummies too. */
#include "stats/extras.h"

#include "core/parallel.h"
#include "core/text.h"
#include "stats/est_mlogit.h"
#include "stats/linalg.h"
#include "stats/means.h"

#include <math.h>
#include <string.h>

typedef struct margins {
    pgdp_fit *fit;
    const pgdp_design *d;
    const pg_mean_kind *kind; /**< NULL: linear */
    bool at_mean;
    size_t k, m, n_single; /**< regressors, equations, single parameters: n_terms = k m + n_single */
    size_t n_outcomes;     /**< probabilities; 1: the mean */
    size_t base;           /**< of categories */
    double *x, *q;         /**< one row: regressors; x b_e, then the single parameters */
    double *g, *h;         /**< of a row: [m], [m x (m + n_single)] */
    double *sum_g, *sum_h; /**< over the rows: [m], [m x (k m + n_single)] */
    double *gradient;      /**< [n_terms] */
} margins;

static pgdp_status refuse(pgdp_ctx *ctx, const pgdp_fit *fit, const char *why)
{
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "marginal effects are not defined for method %s%s; leave margins out",
                   fit->estimator->name, why);
}

/* Methods whose outcome is x b: their effects are their coefficients. */
static bool is_linear(const pgdp_fit *fit)
{
    return !fit->estimator->likelihood && !fit->estimator->nonlinear;
}

static pgdp_status prepare(pgdp_ctx *ctx, margins *s)
{
    const pgdp_fit *fit = s->fit;
    s->k = s->d->x.n_cols;
    s->m = s->n_outcomes = 1;
    if (s->kind != NULL && s->kind->form == PG_MEAN_OF_ORDERED) s->n_outcomes = fit->n_cuts + 1;
    if (s->kind != NULL && s->kind->form == PG_MEAN_OF_CATEGORIES) {
        s->m = fit->n_terms / s->k;
        s->n_outcomes = s->m + 1;
        s->base = pg_mlogit_base(fit);
    }
    s->n_single = fit->n_terms - s->k * s->m;
    struct {
        double **array;
        size_t n;
    } const parts[] = {
        { &s->x, s->k },
        { &s->q, s->m + s->n_single },
        { &s->g, s->m },
        { &s->h, s->m * (s->m + s->n_single) },
        { &s->sum_g, s->m },
        { &s->sum_h, s->m * fit->n_terms },
        { &s->gradient, fit->n_terms },
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        PG_TRY_ALLOC(ctx, *parts[i].array, pg_arena_alloc(&ctx->scratch, parts[i].n, sizeof(double)));
    return PGDP_OK;
}

/* P(y = o) = F(cut_o - eta) - F(cut_(o-1) - eta) */
static void derive_ordered(margins *s, size_t o)
{
    const double *cuts = s->q + 1;
    if (o < s->n_single) {
        const pg_curve above = s->kind->curve(cuts[o] - s->q[0]);
        s->g[0] -= above.first;
        s->h[0] += above.second;
        s->h[1 + o] -= above.second;
    }
    if (o == 0) return;
    const pg_curve below = s->kind->curve(cuts[o - 1] - s->q[0]);
    s->g[0] += below.first;
    s->h[0] -= below.second;
    s->h[o] += below.second;
}

/* dP_o / d eta_e = P_o ([e = o] - P_e); the base, equation `m`, has none. */
static void derive_category(margins *s, size_t o)
{
    const size_t m = s->m, own = o == s->base ? m : o < s->base ? o : o - 1;
    double largest = 0, sum;
    for (size_t e = 0; e < m; e++)
        largest = fmax(largest, s->q[e]);
    sum = exp(-largest);
    for (size_t e = 0; e < m; e++)
        sum += exp(s->q[e] - largest);
    for (size_t e = 0; e < m; e++)
        s->q[e] = exp(s->q[e] - largest) / sum; /* P from here on */
    const double p = own == m ? exp(-largest) / sum : s->q[own];
    for (size_t e = 0; e < m; e++) {
        const double own_e = (double)(e == own) - s->q[e];
        s->g[e] = p * own_e;
        for (size_t f = 0; f < m; f++) {
            const double own_f = (double)(f == own) - s->q[f], cross = s->q[e] * ((double)(e == f) - s->q[f]);
            s->h[e + f * m] = p * (own_f * own_e - cross);
        }
    }
}

/* g and h of outcome o at the row in x, with its offset. */
static void derive(margins *s, double offset, size_t o)
{
    const double *b = s->fit->estimate;
    const size_t k = s->k, m = s->m;
    memset(s->g, 0, m * sizeof *s->g);
    memset(s->h, 0, m * (m + s->n_single) * sizeof *s->h);
    for (size_t e = 0; e < m; e++) {
        s->q[e] = offset;
        for (size_t j = 0; j < k; j++)
            s->q[e] += s->x[j] * b[j + e * k];
    }
    memcpy(s->q + m, b + k * m, s->n_single * sizeof *b);
    if (s->kind->form == PG_MEAN_OF_ORDERED) {
        derive_ordered(s, o);
    } else if (s->kind->form == PG_MEAN_OF_CATEGORIES) {
        derive_category(s, o);
    } else {
        const pg_curve at = s->kind->curve(s->q[0]);
        s->g[0] = at.first;
        s->h[0] = at.second;
    }
}

static void add_row(margins *s, double w, double offset, size_t o)
{
    const size_t k = s->k, m = s->m;
    derive(s, offset, o);
    for (size_t e = 0; e < m; e++) {
        s->sum_g[e] += w * s->g[e];
        for (size_t f = 0; f < m; f++)
            for (size_t l = 0; l < k; l++)
                s->sum_h[e + (l + f * k) * m] += w * s->h[e + f * m] * s->x[l];
        for (size_t c = 0; c < s->n_single; c++)
            s->sum_h[e + (k * m + c) * m] += w * s->h[e + (m + c) * m];
    }
}

static void sum_rows(margins *s, size_t o)
{
    const pgdp_design *d = s->d;
    const size_t n = d->y.n;
    double total = 0, offset = 0;
    memset(s->sum_g, 0, s->m * sizeof *s->sum_g);
    memset(s->sum_h, 0, s->m * s->fit->n_terms * sizeof *s->sum_h);
    for (size_t i = 0; i < n; i++)
        total += pg_design_weight(d, i);
    if (s->at_mean) memset(s->x, 0, s->k * sizeof *s->x);
    for (size_t i = 0; i < n; i++) {
        const double share = pg_design_weight(d, i) / total, of_row = d->offset.n > 0 ? d->offset.x[i] : 0;
        offset += share * of_row;
        for (size_t j = 0; j < s->k; j++)
            s->x[j] = s->at_mean ? s->x[j] + share * d->x.x[i + j * n] : d->x.x[i + j * n];
        if (!s->at_mean) add_row(s, share, of_row, o);
    }
    if (s->at_mean) add_row(s, 1, offset, o);
}

/* The effect of regressor j from the sums, and its standard error. */
static void effect_of(margins *s, size_t j, pgdp_tidy *out)
{
    const pgdp_fit *fit = s->fit;
    const size_t k = s->k, m = s->m, p = fit->n_terms;
    const double *b = fit->estimate;
    double variance = 0;
    for (size_t l = 0; l < p; l++) {
        s->gradient[l] = l < k * m && l % k == j ? s->sum_g[l / k] : 0;
        for (size_t e = 0; e < m; e++)
            s->gradient[l] += b[j + e * k] * s->sum_h[e + l * m];
    }
    out->estimate = 0;
    for (size_t e = 0; e < m; e++)
        out->estimate += s->sum_g[e] * b[j + e * k];
    for (size_t c = 0; c < p; c++)
        for (size_t r = 0; r < p; r++)
            variance += s->gradient[r] * fit->vcov[r + c * p] * s->gradient[c];
    out->std_error = sqrt(variance);
}

static void complete(const pgdp_fit *fit, pgdp_tidy *t)
{
    const double width = pgdp_t_upper_quantile((1 - fit->conf_level) / 2, fit->vcov_df) * t->std_error;
    t->statistic = t->estimate / t->std_error;
    t->p_value = 2 * pgdp_t_upper(fabs(t->statistic), fit->vcov_df);
    t->conf_low = t->estimate - width;
    t->conf_high = t->estimate + width;
}

static pgdp_status of_outcome(pgdp_ctx *ctx, margins *s, size_t o)
{
    pgdp_fit *fit = s->fit;
    sum_rows(s, o);
    for (size_t j = 0; j < s->k; j++) {
        if (j == s->d->constant) continue;
        pgdp_tidy *t = &fit->margins[fit->n_margins++];
        const char *name = s->d->terms[j];
        if (s->n_outcomes > 1)
            PG_TRY_ALLOC(ctx, t->term, pg_arena_printf(&fit->arena, "P(%zu):%s", o, name));
        else
            PG_TRY_ALLOC(ctx, t->term, pg_arena_strdup(&fit->arena, name));
        effect_of(s, j, t);
        complete(fit, t);
    }
    return PGDP_OK;
}

/* The coefficients but the constant. */
static pgdp_status of_linear(pgdp_ctx *ctx, pgdp_fit *fit)
{
    const size_t constant = fit->working->constant;
    PG_TRY_ALLOC(ctx, fit->margins, pg_arena_alloc(&fit->arena, fit->n_terms, sizeof *fit->margins));
    for (size_t j = 0; j < fit->n_terms; j++)
        if (j != constant) fit->margins[fit->n_margins++] = pgdp_fit_tidy(fit, j, fit->conf_level);
    return PGDP_OK;
}

pgdp_status pg_margins_compute(pgdp_ctx *ctx, const char *kind, pgdp_fit *fit)
{
    const bool at_mean = pg_streq(kind, "mean");
    margins s = { .fit = fit, .d = fit->design, .at_mean = at_mean };
    if (!at_mean && !pg_streq(kind, "average"))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found margins \"%s\"; expected average or mean", kind);
    if (is_linear(fit)) return of_linear(ctx, fit);
    s.kind = pg_mean_kind_of(fit->estimator->name);
    if (s.kind == NULL) return refuse(ctx, fit, "");
    if (s.d->n_effects > 0) return refuse(ctx, fit, " with absorbed effects, whose part of the mean is not estimated");
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(prepare(ctx, &s));
    PG_TRY_ALLOC(ctx, fit->margins, pg_arena_alloc(&fit->arena, s.k * s.n_outcomes, sizeof *fit->margins));
    for (size_t o = 0; o < s.n_outcomes; o++)
        PG_TRY(of_outcome(ctx, &s, o));
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
