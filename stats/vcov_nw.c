/* vcov_nw.c  Autocorrelation-consistent covariance with a kernel over time. Source: Newey & West (1987), Econometrica
 * 55; Andrews (1991), Econometrica 59(3); Andrews & Monahan (1992), Econometrica 60(4). SPDX-License-Identifier:
 * GPL-3.0-or-later
 *
 * Meat = sum_t s_t's_t + sum_{l>0} k(l / bandwidth) sum_t (s_t's_{t-l} + s_{t-l}'s_t), bandwidth = lag + 1, without a
 * small-sample factor and without prewhitening unless asked for. l is a distance on the calendar within an entity: a
 * gap in the periods is a gap in the sum. Automatic bandwidths and prewhitening need one series without gaps. */
#include "stats/kernels.h"
#include "stats/vcovs.h"

#include <math.h>

enum { MAX_LAG = 100000 };
enum { FIXED, NEWEY_WEST, ANDREWS };

typedef struct options {
    double lag, width;
    int bandwidth, kernel, prewhite;
} options;

static const char *const bandwidths[] = { "fixed", "newey_west", "andrews", NULL };
static const char *const answers[] = { "no", "yes", NULL };

static const pgdp_option rows[] = {
    { "lag", PGDP_OPTION_REAL, offsetof(options, lag), -1, -1, MAX_LAG, NULL,
      "longest lag, in periods; -1: floor(4 (N/100)^(2/9)), Newey & West (1994)" },
    { "width", PGDP_OPTION_REAL, offsetof(options, width), 0, 0, MAX_LAG, NULL,
      "bandwidth of the kernel in place of lag + 1; 0: lag + 1" },
    { "bandwidth", PGDP_OPTION_CHOICE, offsetof(options, bandwidth), FIXED, 0, 2, bandwidths,
      "fixed: lag or width; newey_west: Newey & West (1994), andrews: Andrews (1991) by AR(1)" },
    { "kernel", PGDP_OPTION_CHOICE, offsetof(options, kernel), PG_KERNEL_BARTLETT, 0, PG_N_KERNELS - 1, pg_kernel_names,
      "weights of the lags" },
    { "prewhite", PGDP_OPTION_CHOICE, offsetof(options, prewhite), 0, 0, 1, answers,
      "take an autoregression of order 1 from the scores first, and put it back after" },
    { .name = NULL },
};

/* What needs one series of consecutive periods. */
static pgdp_status check_series(pgdp_ctx *ctx, const pg_moment *m, size_t n, const char *what)
{
    for (size_t i = 1; i < n; i++) {
        if (m[i].entity != m[i - 1].entity)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                           "covariance nw: %s is defined for one series, found a panel; state lag=4 or the like", what);
        if (m[i].period != m[i - 1].period + 1)
            return pg_fail(
                ctx, PGDP_BAD_ARGUMENT,
                "covariance nw: %s needs periods without gaps, found one before row %zu of the sample; state "
                "lag=4 or the like",
                what, m[i].row + 1);
    }
    return PGDP_OK;
}

/* Scores in the order of time. */
static pgdp_status sort(pgdp_ctx *ctx, const pg_moment *m, pg_matrix scores, pg_matrix *out)
{
    *out = pg_matrix_new(&ctx->scratch, scores.n_rows, scores.n_cols);
    if (out->x == NULL) return pg_no_memory(ctx);
    for (size_t j = 0; j < scores.n_cols; j++)
        for (size_t i = 0; i < scores.n_rows; i++)
            out->x[i + j * out->stride] = scores.x[m[i].row + j * scores.stride];
    return PGDP_OK;
}

/* Of the scores in the units of the terms, the constant's counting nothing. */
static pgdp_status choose_bandwidth(pgdp_ctx *ctx, const options *o, const pgdp_fit *fit, const pg_moment *m,
                                    double *out)
{
    const size_t k = fit->n_terms, constant = fit->working->constant;
    pg_matrix scores, series;
    double *weights;
    PG_TRY(check_series(ctx, m, fit->n_rows, "an automatic bandwidth"));
    PG_TRY_ALLOC(ctx, weights, pg_arena_alloc(&ctx->scratch, k, sizeof *weights));
    for (size_t j = 0; j < k; j++)
        weights[j] = j != constant || k == 1;
    PG_TRY(pg_all_scores(ctx, fit, true, &scores));
    PG_TRY(sort(ctx, m, scores, &series));
    if (o->prewhite) {
        pg_whitened white;
        PG_TRY(pg_whiten(ctx, series, &white));
        series = white.residual;
    }
    if (o->bandwidth == ANDREWS) return pg_bandwidth_andrews(ctx, (pg_kernel)o->kernel, series, weights, out);
    PG_TRY(pg_bandwidth_newey_west(ctx, (pg_kernel)o->kernel, series, weights, (size_t)o->prewhite, out));
    return PGDP_OK;
}

/* The bandwidth, told among the factors with the lag or the choice that it stands for. */
static pgdp_status find_bandwidth(pgdp_ctx *ctx, const options *o, pgdp_fit *fit, const pg_moment *m, double *out)
{
    const bool bartlett = o->kernel == PG_KERNEL_BARTLETT;
    double lag = o->lag < 0 ? floor(4 * pow(fit->nobs / 100, 2.0 / 9)) : o->lag;
    if (lag > floor(lag)) return pg_fail(ctx, PGDP_BAD_ARGUMENT, "covariance nw: the lag must be a whole number");
    if ((o->bandwidth != FIXED) + (o->width > 0) + (o->lag >= 0) > 1)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance nw: found two bandwidths, expected one of lag, width and bandwidth; leave one out");
    *out = lag + 1;
    if (o->bandwidth != FIXED) {
        PG_TRY(choose_bandwidth(ctx, o, fit, m, out));
        pg_fit_add_factor(fit, "bandwidth chosen", *out);
    } else if (o->width > 0) {
        *out = o->width;
    }
    if (bartlett && o->bandwidth == NEWEY_WEST) *out = floor(*out) + 1; /* they choose a lag, a whole number */
    const bool has_lag = o->width <= 0 && (o->bandwidth == FIXED || (bartlett && o->bandwidth == NEWEY_WEST));
    if (has_lag) pg_fit_add_factor(fit, "lag", *out - 1);
    if (!has_lag || !bartlett) pg_fit_add_factor(fit, "bandwidth", *out);
    return PGDP_OK;
}

/* Prewhitened: the kernel's sum of the residuals, put back into the units of the scores. */
static pgdp_status whitened_meat(pgdp_ctx *ctx, pg_matrix scores, const options *o, const pg_moment *m,
                                 double bandwidth, pg_matrix meat)
{
    const size_t n = scores.n_rows, k = scores.n_cols;
    pg_matrix series;
    pg_whitened white;
    pg_lag_weights weights;
    pg_moment *rows_of;
    const pg_matrix inner = pg_matrix_new(&ctx->scratch, k, k), half = pg_matrix_new(&ctx->scratch, k, k);
    if (inner.x == NULL || half.x == NULL) return pg_no_memory(ctx);
    PG_TRY(check_series(ctx, m, n, "prewhitening"));
    PG_TRY(sort(ctx, m, scores, &series));
    PG_TRY(pg_whiten(ctx, series, &white));
    PG_TRY_ALLOC(ctx, rows_of, pg_arena_alloc(&ctx->scratch, n, sizeof *rows_of));
    for (size_t i = 0; i + 1 < n; i++)
        rows_of[i] = (pg_moment){ 0, i, (int64_t)i };
    PG_TRY(pg_lag_weights_new(ctx, (pg_kernel)o->kernel, bandwidth, rows_of, n - 1, &weights));
    PG_TRY(pg_lag_meat(ctx, white.residual, rows_of, &weights, inner));
    pg_times(inner, white.recolour, half);
    pg_add_cross(white.recolour, half, meat);
    pg_copy_upper(meat);
    return PGDP_OK;
}

/* Periods that occur. */
static pgdp_status count_periods(pgdp_ctx *ctx, const pgdp_design *d, double *out)
{
    pg_moment *m;
    *out = (double)d->y.n;
    if (d->entity == NULL || d->period == NULL) return PGDP_OK;
    PG_TRY_ALLOC(ctx, m, pg_arena_alloc(&ctx->scratch, d->y.n, sizeof *m));
    *out = (double)pg_periods_of_design(d, m, NULL);
    return PGDP_OK;
}

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *design, const void *settings, pgdp_fit *fit)
{
    const options *o = settings;
    const size_t k = fit->n_terms;
    const pg_matrix meat = pg_matrix_new(&ctx->scratch, k, k);
    pg_matrix scores;
    pg_moment *m;
    pg_lag_weights weights;
    double bandwidth;
    pg_ssc_rule rule = { .g_factor = "T/(T-1)" };
    if (meat.x == NULL) return pg_no_memory(ctx);
    if (design->weight_kind == PGDP_FREQUENCY)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance nw has no meaning under frequency weights; choose aw or none");
    PG_TRY(pg_moments_of_design(ctx, design, "nw", &m));
    PG_TRY(find_bandwidth(ctx, o, fit, m, &bandwidth));
    PG_TRY(pg_all_scores(ctx, fit, false, &scores));
    if (o->prewhite) {
        PG_TRY(whitened_meat(ctx, scores, o, m, bandwidth, meat));
    } else {
        PG_TRY(pg_lag_weights_new(ctx, (pg_kernel)o->kernel, bandwidth, m, fit->n_rows, &weights));
        PG_TRY(pg_lag_meat(ctx, scores, m, &weights, meat));
    }
    PG_TRY(count_periods(ctx, design, &rule.g));
    return pg_fit_sandwich(ctx, fit, meat.x, pg_ssc_apply(fit, &rule));
}

const pgdp_vcov pg_vcov_nw = {
    .name = "nw",
    .title = "Autocorrelation-consistent covariance (Newey-West; other kernels and bandwidths of Andrews)",
    .source =
        "Newey & West (1987), Econometrica 55(3), equation 5; Andrews (1991), Econometrica 59(3), equations 2.7, 6.2",
    .options = rows,
    .options_size = sizeof(options),
    .compute = compute,
};
