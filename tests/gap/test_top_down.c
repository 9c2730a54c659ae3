/* test_top_down.c  Output implied by hours and the old productivity trend, and its interval.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

#include "pgdp/gap.h"

enum { FIRST = 160, N_FIT = 24, N = 30, LAGS = 3 }; /* quarters from 2010Q1 */

typedef struct series {
    pgdp_frame *frame;
    double output[N], hours[N], gdp[N], gdi[N];
} series;

/* noise: relative size of a fixed uneven disturbance; jump: relative rise of output after the sample. */
static series make_series(pgdp_ctx *ctx, double noise, double jump, bool with_gdi)
{
    static const char *const names[] = { "period", "real_output", "hours", "gdp", "gdi" };
    series s;
    assert_ok(ctx, pgdp_frame_new(ctx, &s.frame));
    for (size_t j = 0; j < (with_gdi ? 5u : 4u); j++) {
        const pgdp_column column = { .name = names[j],
                                     .type = j == 0 ? PGDP_PERIOD : PGDP_REAL,
                                     .frequency = PGDP_QUARTERLY };
        size_t index;
        assert_ok(ctx, pgdp_frame_add_column(ctx, s.frame, &column, &index));
    }
    for (size_t i = 0; i < N; i++) {
        const double t = (double)i;
        s.hours[i] = 97.3 + .21 * t + 1.7 * sin(.9 * t);
        s.output[i] = s.hours[i] * 1.04 * exp(.0043 * t + noise * (sin(2.3 * t) + .6 * cos(.41 * t)));
        if (i >= N_FIT) s.output[i] *= 1 + jump;
        s.gdp[i] = 15000 * exp(.01 * t);
        s.gdi[i] = s.gdp[i] - 13.7 * t;
        assert_ok(ctx, pgdp_frame_add_row(ctx, s.frame));
        pgdp_frame_set_period(s.frame, 0, FIRST + (int32_t)i);
        pgdp_frame_set_real(s.frame, 1, s.output[i]);
        pgdp_frame_set_real(s.frame, 2, s.hours[i]);
        pgdp_frame_set_real(s.frame, 3, s.gdp[i]);
        if (with_gdi) pgdp_frame_set_real(s.frame, 4, s.gdi[i]);
    }
    return s;
}

static pgdp_top_down_request request_for(const series *s)
{
    return (pgdp_top_down_request){ .series = s->frame,
                                    .fit_first = { PGDP_QUARTERLY, FIRST },
                                    .fit_last = { PGDP_QUARTERLY, FIRST + N_FIT - 1 },
                                    .conf_level = .9,
                                    .lags = LAGS };
}

static const double *reals(const pgdp_frame *frame, const char *name)
{
    return pgdp_frame_reals(frame, pgdp_frame_find(frame, name));
}

static void output_above_an_exact_trend_is_the_gap(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    series s = make_series(ctx, 1e-9, .031, true);
    const pgdp_top_down_request request = request_for(&s);
    pgdp_frame *out;
    pgdp_regression *trend;
    assert_ok(ctx, pgdp_gap_top_down(ctx, &request, &out, &trend));
    assert_int_equal(pgdp_frame_n_rows(out), N - N_FIT);
    for (size_t i = 0; i < N - N_FIT; i++) {
        const double gdp = s.gdp[N_FIT + i];
        assert_int_equal(pgdp_frame_periods(out, 0)[i], FIRST + N_FIT + (int32_t)i);
        assert_true(reals(out, "actual")[i] == s.output[N_FIT + i]);
        assert_close(reals(out, "gap_pct")[i], 3.1, 0, 1e-6);
        assert_close(reals(out, "gap_usd_bn")[i], gdp - gdp / 1.031, 1e-6, 0);
        assert_close(reals(out, "gdp_less_gdi_usd_bn")[i], 13.7 * (double)(N_FIT + i), 1e-10, 0);
    }
    assert_close(pgdp_fit_tidy(pgdp_regression_fit(trend), 1, .9).estimate, .0043, 1e-6, 0);
    pgdp_frame_free(out);
    pgdp_regression_free(trend);
    pgdp_frame_free(s.frame);
    pgdp_ctx_free(ctx);
}

/* Straight from the textbook: least squares of a line, Newey & West (1987) with Bartlett weights, no small-sample
 * factor. */
typedef struct line {
    double a, b, v_aa, v_ab, v_bb, sigma;
} line;

static line fit_line(const series *s)
{
    double st = 0, sy = 0, stt = 0, sty = 0, e[N_FIT], m[2][2] = { { 0 } }, ssr = 0;
    for (size_t i = 0; i < N_FIT; i++) {
        const double t = (double)i, y = log(s->output[i] / s->hours[i]);
        st += t;
        sy += y;
        stt += t * t;
        sty += t * y;
    }
    const double d = N_FIT * stt - st * st;
    const double b = (N_FIT * sty - st * sy) / d, a = (sy - b * st) / N_FIT;
    for (size_t i = 0; i < N_FIT; i++) {
        e[i] = log(s->output[i] / s->hours[i]) - a - b * (double)i;
        ssr += e[i] * e[i];
    }
    for (size_t i = 0; i < N_FIT; i++)
        for (size_t j = 0; j < N_FIT; j++) {
            const size_t lag = i > j ? i - j : j - i;
            if (lag > LAGS) continue;
            const double w = (1 - (double)lag / (LAGS + 1)) * e[i] * e[j];
            m[0][0] += w;
            m[0][1] += w * (double)j;
            m[1][0] += w * (double)i;
            m[1][1] += w * (double)i * (double)j;
        }
    const double x[2][2] = { { stt / d, -st / d }, { -st / d, N_FIT / d } };
    double v[2][2] = { { 0 } };
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 2; j++)
            for (size_t k = 0; k < 2; k++)
                for (size_t l = 0; l < 2; l++)
                    v[i][j] += x[i][k] * m[k][l] * x[l][j];
    return (line){ a, b, v[0][0], v[0][1], v[1][1], sqrt(ssr / (N_FIT - 2)) };
}

static void interval_has_the_lines_and_the_residuals_variance(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    series s = make_series(ctx, .004, -.02, false);
    const pgdp_top_down_request request = request_for(&s);
    pgdp_frame *out;
    pgdp_regression *trend;
    assert_ok(ctx, pgdp_gap_top_down(ctx, &request, &out, &trend));
    const line l = fit_line(&s);
    for (size_t i = 0; i < N - N_FIT; i++) {
        const double t = (double)(N_FIT + i), h = s.hours[N_FIT + i], y = s.output[N_FIT + i], gdp = s.gdp[N_FIT + i];
        const double sd = sqrt(l.v_aa + 2 * t * l.v_ab + t * t * l.v_bb + l.sigma * l.sigma);
        const double reach = pgdp_t_upper_quantile(.05, N_FIT - 2) * sd;
        const double low = h * exp(l.a + l.b * t - reach), high = h * exp(l.a + l.b * t + reach);
        assert_close(reals(out, "implied")[i], h * exp(l.a + l.b * t), 1e-12, 0);
        assert_close(reals(out, "conf_low")[i], low, 1e-11, 0);
        assert_close(reals(out, "conf_high")[i], high, 1e-11, 0);
        assert_close(reals(out, "gap_low_usd_bn")[i], gdp * (1 - high / y), 1e-9, 1e-8);
        assert_close(reals(out, "gap_high_usd_bn")[i], gdp * (1 - low / y), 1e-9, 1e-8);
        assert_true(isnan(reals(out, "gdp_less_gdi_usd_bn")[i]));
        assert_true(reals(out, "gap_pct")[i] < 0);
    }
    pgdp_frame_free(out);
    pgdp_regression_free(trend);
    pgdp_frame_free(s.frame);
    pgdp_ctx_free(ctx);
}

static void refused(pgdp_ctx *ctx, const pgdp_top_down_request *request, pgdp_status status, const char *says)
{
    pgdp_frame *out;
    pgdp_regression *trend;
    assert_status(ctx, pgdp_gap_top_down(ctx, request, &out, &trend), status);
    assert_contains(pgdp_ctx_error(ctx), says);
}

static void impossible_series_are_named(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    series s = make_series(ctx, .004, .02, true);
    pgdp_top_down_request request = request_for(&s);
    request.fit_first.frequency = PGDP_ANNUAL;
    refused(ctx, &request, PGDP_BAD_ARGUMENT, "the series are quarterly, the estimation sample annual to quarterly");
    request = request_for(&s);
    request.conf_level = 1;
    refused(ctx, &request, PGDP_BAD_ARGUMENT, "confidence level");
    request = request_for(&s);
    request.fit_last.ordinal = FIRST;
    refused(ctx, &request, PGDP_TOO_FEW_OBS, "");
    request = request_for(&s);
    request.fit_first.ordinal--;
    refused(ctx, &request, PGDP_BAD_ARGUMENT, "run from 2010Q1 to 2017Q2, the estimation sample from 2009Q4 to 2015Q4");
    request = request_for(&s);
    request.fit_last.ordinal = FIRST + N - 1;
    refused(ctx, &request, PGDP_BAD_ARGUMENT, "with a period after it");
    request = request_for(&s);
    request.lags = N_FIT;
    refused(ctx, &request, PGDP_BAD_ARGUMENT, "with 24 lags; expected a sample inside");
    pgdp_frame_set_real(s.frame, 2, -1);
    request = request_for(&s);
    refused(ctx, &request, PGDP_BAD_ARGUMENT, "2017Q2: expected output and hours above 0");
    pgdp_frame_set_real(s.frame, 2, 1);
    pgdp_frame_set_period(s.frame, 0, FIRST);
    refused(ctx, &request, PGDP_SHAPE_MISMATCH, "row 30: found period \"2010Q1\", expected periods that rise");
    pgdp_frame *empty;
    assert_ok(ctx, pgdp_frame_new(ctx, &empty));
    request.series = empty;
    refused(ctx, &request, PGDP_NOT_FOUND, "found no column of periods \"period\"");
    pgdp_frame_free(empty);
    pgdp_frame_free(s.frame);
    pgdp_ctx_free(ctx);
}

static pgdp_status run_once(pgdp_ctx *ctx, void *user)
{
    const pgdp_top_down_request *request = user;
    pgdp_frame *out;
    pgdp_regression *trend;
    const pgdp_status status = pgdp_gap_top_down(ctx, request, &out, &trend);
    if (status == PGDP_OK) {
        pgdp_frame_free(out);
        pgdp_regression_free(trend);
    }
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    series s = make_series(ctx, .004, .02, true);
    pgdp_top_down_request request = request_for(&s);
    assert_true(pgt_fail_every_allocation(run_once, &request) > 5);
    pgdp_frame_free(s.frame);
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_above_an_exact_trend_is_the_gap),
        cmocka_unit_test(interval_has_the_lines_and_the_residuals_variance),
        cmocka_unit_test(impossible_series_are_named),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
