/* top_down.c  Output implied by hours and the productivity trend before a break. Source: docs/model.md,
 * methodology 4.5. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/frame.h"
#include "core/text.h"
#include "gap/model.h"

#include <math.h>

/* The series by row; NULL for an absent optional one. */
typedef struct inputs {
    const pgdp_frame *frame;
    const int32_t *period;
    const double *output, *hours, *gdp, *gdi;
    size_t n;
} inputs;

static pgdp_status find_reals(pgdp_ctx *ctx, const pgdp_frame *frame, const char *name, bool optional,
                              const double **out)
{
    const size_t column = pgdp_frame_find(frame, name);
    *out = column == PGDP_NONE ? NULL : pgdp_frame_reals(frame, column);
    if (*out != NULL || (optional && column == PGDP_NONE)) return PGDP_OK;
    return pg_fail(ctx, PGDP_NOT_FOUND, "top-down series: found no column of numbers \"%s\", expected one", name);
}

static pgdp_status find_inputs(pgdp_ctx *ctx, const pgdp_top_down_request *request, inputs *in)
{
    const pgdp_frame *frame = request->series;
    const size_t period = pgdp_frame_find(frame, "period");
    *in = (inputs){ .frame = frame, .n = pgdp_frame_n_rows(frame) };
    in->period = period == PGDP_NONE ? NULL : pgdp_frame_periods(frame, period);
    if (in->period == NULL)
        return pg_fail(ctx, PGDP_NOT_FOUND, "top-down series: found no column of periods \"period\", expected one");
    const pgdp_frequency frequency = pgdp_frame_column(frame, period)->frequency;
    if (request->fit_first.frequency != frequency || request->fit_last.frequency != frequency)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "top-down: the series are %s, the estimation sample %s to %s; give all alike",
                       pgdp_frequency_name(frequency), pgdp_frequency_name(request->fit_first.frequency),
                       pgdp_frequency_name(request->fit_last.frequency));
    PG_TRY(find_reals(ctx, frame, "real_output", false, &in->output));
    PG_TRY(find_reals(ctx, frame, "hours", false, &in->hours));
    PG_TRY(find_reals(ctx, frame, "gdp", false, &in->gdp));
    return find_reals(ctx, frame, "gdi", true, &in->gdi);
}

static pgdp_status check_inputs(pgdp_ctx *ctx, const pgdp_top_down_request *request, const inputs *in)
{
    if (!(request->conf_level > 0 && request->conf_level < 1))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "top-down: expected a confidence level between 0 and 1");
    for (size_t i = 0; i < in->n; i++) {
        char name[16] = "";
        const pgdp_period period = { request->fit_first.frequency, in->period[i] };
        if (period.ordinal != PGDP_MISSING_PERIOD) pgdp_period_format(period, name);
        if (period.ordinal == PGDP_MISSING_PERIOD || (i > 0 && in->period[i] <= in->period[i - 1]))
            return pg_fail(ctx, PGDP_SHAPE_MISMATCH,
                           "top-down series, row %zu: found period \"%s\", expected periods that rise from row to row",
                           i + 1, name);
        if (in->output[i] <= 0 || in->hours[i] <= 0)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "top-down series, %s: expected output and hours above 0", name);
    }
    return PGDP_OK;
}

/* The estimation sample must lie inside what both series cover, hold more periods than lags and leave some after it. */
static pgdp_status check_sample(pgdp_ctx *ctx, const pgdp_top_down_request *request, const inputs *in)
{
    size_t first = in->n, last = 0, after = 0, n = 0;
    for (size_t i = 0; i < in->n; i++) {
        if (isnan(in->output[i]) || isnan(in->hours[i])) continue;
        if (first == in->n) first = i;
        last = i;
        n += in->period[i] >= request->fit_first.ordinal && in->period[i] <= request->fit_last.ordinal;
        after += in->period[i] > request->fit_last.ordinal;
    }
    if (first == in->n) return pg_fail(ctx, PGDP_TOO_FEW_OBS, "top-down: found no period with output and hours");
    if (in->period[first] <= request->fit_first.ordinal && after > 0 && (request->lags < n || n < 3)) return PGDP_OK;
    char have[2][16], asked[2][16];
    pgdp_period_format((pgdp_period){ request->fit_first.frequency, in->period[first] }, have[0]);
    pgdp_period_format((pgdp_period){ request->fit_first.frequency, in->period[last] }, have[1]);
    pgdp_period_format(request->fit_first, asked[0]);
    pgdp_period_format(request->fit_last, asked[1]);
    return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                   "top-down: output and hours run from %s to %s, the estimation sample from %s to %s with %zu lags; "
                   "expected a sample inside, with a period after it and fewer lags than periods",
                   have[0], have[1], asked[0], asked[1], request->lags);
}

/* trend: periods since the sample's first, so that its coefficient is growth a period. */
static pgdp_status fill_sample(pgdp_ctx *ctx, const pgdp_top_down_request *request, const inputs *in, pgdp_frame *frame)
{
    const pgdp_column columns[] = {
        { .name = "period", .type = PGDP_PERIOD, .frequency = request->fit_first.frequency },
        { .name = "log_productivity", .type = PGDP_REAL, .unit = "log" },
        { .name = "trend", .type = PGDP_REAL, .unit = "periods" },
    };
    size_t index;
    for (size_t j = 0; j < sizeof columns / sizeof *columns; j++)
        PG_TRY(pgdp_frame_add_column(ctx, frame, &columns[j], &index));
    for (size_t i = 0; i < in->n; i++) {
        if (in->period[i] < request->fit_first.ordinal || in->period[i] > request->fit_last.ordinal) continue;
        PG_TRY(pgdp_frame_add_row(ctx, frame));
        pgdp_frame_set_period(frame, 0, in->period[i]);
        pgdp_frame_set_real(frame, 1, log(in->output[i] / in->hours[i]));
        pgdp_frame_set_real(frame, 2, (double)in->period[i] - request->fit_first.ordinal);
    }
    return PGDP_OK;
}

static pgdp_status fit_trend(pgdp_ctx *ctx, const pgdp_top_down_request *request, const inputs *in,
                             pgdp_regression **out)
{
    const char *vcov;
    PG_TRY_ALLOC(ctx, vcov, pg_arena_printf(&ctx->scratch, "nw(lag=%zu)", request->lags));
    const pgdp_regression_spec spec = {
        .id = "productivity_trend",
        .formula = "log_productivity ~ trend",
        .vcov = vcov,
        .panel = "period",
        .conf_level = request->conf_level,
    };
    pgdp_frame *sample;
    PG_TRY(pgdp_frame_new(ctx, &sample));
    pgdp_status status = fill_sample(ctx, request, in, sample);
    if (status == PGDP_OK) status = pgdp_regress(ctx, sample, &spec, out);
    pgdp_frame_free(sample);
    return status;
}

/* The line with its uncertainty: ln productivity = a + b t. */
typedef struct line {
    double a, b, v_aa, v_ab, v_bb, sigma, critical;
} line;

static line read_line(const pgdp_regression *regression)
{
    const pgdp_fit *fit = pgdp_regression_fit(regression);
    const size_t b = pg_streq(pgdp_fit_term(fit, 0), "trend") ? 0 : 1, a = 1 - b;
    const double *estimate = pgdp_fit_estimate(fit).x, *v = pgdp_fit_vcov(fit).x;
    const double tail = 0.5 * (1 - pgdp_regression_conf_level(regression));
    return (line){ estimate[a],
                   estimate[b],
                   v[a + 2 * a],
                   v[a + 2 * b],
                   v[b + 2 * b],
                   pgdp_fit_glance(fit).sigma,
                   pgdp_t_upper_quantile(tail, pgdp_fit_vcov_df(fit)) };
}

enum { PERIOD, ACTUAL, IMPLIED, CONF_LOW, CONF_HIGH, GAP_PCT, GAP_USD, GAP_LOW, GAP_HIGH, DISCREPANCY, N_COLUMNS };

/* Positive gap: measured output is above what hours and the old productivity relation imply. */
static void fill_row(const line *l, const inputs *in, size_t i, double t, pgdp_frame *out)
{
    const double centre = l->a + l->b * t;
    const double variance = l->v_aa + 2 * t * l->v_ab + t * t * l->v_bb + l->sigma * l->sigma;
    const double reach = l->critical * sqrt(variance);
    const double implied = in->hours[i] * exp(centre);
    const double low = in->hours[i] * exp(centre - reach), high = in->hours[i] * exp(centre + reach);
    const double actual = in->output[i], gdp = in->gdp[i];
    pgdp_frame_set_period(out, PERIOD, in->period[i]);
    pgdp_frame_set_real(out, ACTUAL, actual);
    pgdp_frame_set_real(out, IMPLIED, implied);
    pgdp_frame_set_real(out, CONF_LOW, low);
    pgdp_frame_set_real(out, CONF_HIGH, high);
    pgdp_frame_set_real(out, GAP_PCT, 100 * (actual / implied - 1));
    pgdp_frame_set_real(out, GAP_USD, gdp * (1 - implied / actual));
    pgdp_frame_set_real(out, GAP_LOW, gdp * (1 - high / actual));
    pgdp_frame_set_real(out, GAP_HIGH, gdp * (1 - low / actual));
    if (in->gdi != NULL) pgdp_frame_set_real(out, DISCREPANCY, gdp - in->gdi[i]);
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_top_down_request *request, const inputs *in, const line *l,
                        pgdp_frame *out)
{
    const pgdp_column columns[N_COLUMNS] = {
        { .name = "period", .type = PGDP_PERIOD, .frequency = request->fit_first.frequency },
        { .name = "actual", .type = PGDP_REAL, .unit = "index" },
        { .name = "implied", .type = PGDP_REAL, .unit = "index" },
        { .name = "conf_low", .type = PGDP_REAL, .unit = "index" },
        { .name = "conf_high", .type = PGDP_REAL, .unit = "index" },
        { .name = "gap_pct", .type = PGDP_REAL, .unit = "pct" },
        { .name = "gap_usd_bn", .type = PGDP_REAL, .unit = "usd_bn" },
        { .name = "gap_low_usd_bn", .type = PGDP_REAL, .unit = "usd_bn" },
        { .name = "gap_high_usd_bn", .type = PGDP_REAL, .unit = "usd_bn" },
        { .name = "gdp_less_gdi_usd_bn", .type = PGDP_REAL, .unit = "usd_bn" },
    };
    size_t index;
    for (size_t j = 0; j < N_COLUMNS; j++)
        PG_TRY(pgdp_frame_add_column(ctx, out, &columns[j], &index));
    for (size_t i = 0; i < in->n; i++) {
        if (in->period[i] <= request->fit_last.ordinal) continue;
        PG_TRY(pgdp_frame_add_row(ctx, out));
        fill_row(l, in, i, (double)in->period[i] - request->fit_first.ordinal, out);
    }
    return PGDP_OK;
}

static pgdp_status top_down(pgdp_ctx *ctx, const pgdp_top_down_request *request, pgdp_frame *out,
                            pgdp_regression **regression)
{
    inputs in;
    PG_TRY(find_inputs(ctx, request, &in));
    PG_TRY(check_inputs(ctx, request, &in));
    PG_TRY(check_sample(ctx, request, &in));
    PG_TRY(fit_trend(ctx, request, &in, regression));
    if (pgdp_fit_n_terms(pgdp_regression_fit(*regression)) != 2)
        return pg_fail(ctx, PGDP_TOO_FEW_OBS, "top-down: the estimation sample has one period, expected three or more");
    const line l = read_line(*regression);
    return fill(ctx, request, &in, &l, out);
}

pgdp_status pgdp_gap_top_down(pgdp_ctx *ctx, const pgdp_top_down_request *request, pgdp_frame **out,
                              pgdp_regression **trend)
{
    pgdp_frame *frame;
    pgdp_regression *regression = NULL;
    PG_TRY(pgdp_frame_new(ctx, &frame));
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = top_down(ctx, request, frame, &regression);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK) {
        *out = frame;
        *trend = regression;
    } else {
        pgdp_frame_free(frame);
        pgdp_regression_free(regression);
    }
    return status;
}
