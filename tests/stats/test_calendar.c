/* test_calendar.c  Series to a lower frequency, spliced, chained. SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/calendar.h"
#include "tests/support/context.h"
#include "tests/support/frame_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pgdp_frame *aggregate(const char *text, pgdp_aggregation how)
{
    pgdp_frame *in = pgt_frame(ctx, text), *out = NULL;
    assert_ok(ctx, pgdp_frame_aggregate(ctx, in, &how, &out));
    pgdp_frame_free(in);
    return out;
}

static void period_is(const pgdp_frame *f, size_t row, const char *want)
{
    char text[16];
    pgdp_period_format((pgdp_period){ pgdp_frame_column(f, 0)->frequency, pgdp_frame_periods(f, 0)[row] }, text);
    assert_string_equal(text, want);
}

/* Rows in any order; a month that is not there, and one that is missing, leave their quarter missing. */
static void whole_quarters_alone_have_values(void **state)
{
    (void)state;
    const char *const months = "m:p x y\n2031-03 3 30\n2031-01 1 10\n2031-02 2 20\n2031-04 4 40\n2031-06 6 60\n"
                               "2031-07 7 70\n2031-08 . 80\n2031-09 9 90\n";
    const double want[][4] = { { 6, 2, 1, 3 }, { 60, 20, 10, 30 } };
    for (int how = 0; how < 4; how++) {
        pgdp_frame *q = aggregate(months, (pgdp_aggregation){ PGDP_QUARTERLY, (pgdp_aggregate)how, 0, false });
        assert_int_equal(pgdp_frame_n_rows(q), 3);
        period_is(q, 0, "2031Q1");
        period_is(q, 2, "2031Q3");
        assert_close(pgt_reals(q, "x")[0], want[0][how], 0, 0);
        assert_close(pgt_reals(q, "y")[0], want[1][how], 0, 0);
        assert_true(isnan(pgt_reals(q, "x")[1]) && isnan(pgt_reals(q, "y")[1]) && isnan(pgt_reals(q, "x")[2]));
        assert_true(!isnan(pgt_reals(q, "y")[2]));
        pgdp_frame_free(q);
    }
    pgdp_frame *q = aggregate(months, (pgdp_aggregation){ PGDP_QUARTERLY, PGDP_AGGREGATE_MEAN, 0, true });
    assert_close(pgt_reals(q, "x")[1], 5, 0, 0);
    assert_close(pgt_reals(q, "x")[2], 8, 0, 0);
    pgdp_frame_free(q);
}

static void half_years_lie_between_years_and_quarters(void **state)
{
    (void)state;
    const pgdp_aggregation halves = { PGDP_SEMIANNUAL, PGDP_AGGREGATE_SUM, 0, false },
                           years = { PGDP_ANNUAL, PGDP_AGGREGATE_SUM, 0, false },
                           fiscal = { PGDP_ANNUAL, PGDP_AGGREGATE_SUM, 7, false };
    pgdp_frame *f = aggregate("q:p x\n2031Q1 1\n2031Q2 2\n2031Q3 4\n2031Q4 8\n2032Q1 16\n", halves);
    period_is(f, 0, "2031H1");
    period_is(f, 2, "2032H1");
    assert_close(pgt_reals(f, "x")[0], 3, 0, 0);
    assert_close(pgt_reals(f, "x")[1], 12, 0, 0);
    assert_true(isnan(pgt_reals(f, "x")[2]));
    pgdp_frame_free(f);
    f = aggregate("h:p x\n2031H1 3\n2031H2 12\n2032H1 5\n", years);
    period_is(f, 0, "2031");
    assert_close(pgt_reals(f, "x")[0], 15, 0, 0);
    assert_true(isnan(pgt_reals(f, "x")[1]));
    pgdp_frame_free(f);
    f = aggregate("h:p x\n2031H1 3\n2031H2 12\n2032H1 5\n", fiscal);
    assert_close(pgt_reals(f, "x")[1], 17, 0, 0);
    pgdp_frame_free(f);
    pgdp_frame *in = pgt_frame(ctx, "h:p x\n2031H1 3\n2031H2 12\n"), *out = NULL;
    const pgdp_aggregation october = { PGDP_ANNUAL, PGDP_AGGREGATE_SUM, 10, false };
    assert_status(ctx, pgdp_frame_aggregate(ctx, in, &october, &out), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "whole half-years; expected 1 or 7");
    pgdp_disaggregation denton = { .to = PGDP_QUARTERLY, .how = PGDP_AGGREGATE_SUM, .method = PGDP_DENTON };
    assert_ok(ctx, pgdp_frame_disaggregate(ctx, in, "x", NULL, &denton, &out));
    assert_int_equal(pgdp_frame_n_rows(out), 4);
    period_is(out, 0, "2031Q1");
    assert_close(pgt_reals(out, "x")[0] + pgt_reals(out, "x")[1], 3, 1e-12, 0);
    assert_close(pgt_reals(out, "x")[2] + pgt_reals(out, "x")[3], 12, 1e-12, 0);
    pgdp_frame_free(out);
    pgdp_frame_free(in);
    in = pgt_frame(ctx, "y:p x\n2031 3\n2032 12\n");
    denton.to = PGDP_SEMIANNUAL;
    assert_ok(ctx, pgdp_frame_disaggregate(ctx, in, "x", NULL, &denton, &out));
    period_is(out, 3, "2032H2");
    pgdp_frame_free(out);
    pgdp_frame_free(in);
}

/* October 2030 to September 2031 is fiscal year 2031 of the US government. */
static void fiscal_years_are_named_by_their_end(void **state)
{
    (void)state;
    double x[24];
    for (size_t i = 0; i < 24; i++)
        x[i] = (double)i;
    pgdp_frame *in = pgt_series(ctx, PGDP_MONTHLY, (2030 - 1970) * 12 + 9, x, 24), *out = NULL;
    const pgdp_aggregation how = { PGDP_ANNUAL, PGDP_AGGREGATE_SUM, 10, false };
    assert_ok(ctx, pgdp_frame_aggregate(ctx, in, &how, &out));
    assert_int_equal(pgdp_frame_n_rows(out), 2);
    period_is(out, 0, "2031");
    assert_close(pgt_reals(out, "x")[0], 66, 0, 0);
    assert_close(pgt_reals(out, "x")[1], 210, 0, 0);
    assert_string_equal(pgdp_frame_note(out, "year_begins"), "10");
    pgdp_frame_free(out);
    const pgdp_aggregation quarters = { PGDP_QUARTERLY, PGDP_AGGREGATE_SUM, 10, false };
    assert_ok(ctx, pgdp_frame_aggregate(ctx, in, &quarters, &out));
    period_is(out, 0, "2031Q1");
    assert_close(pgt_reals(out, "x")[0], 3, 0, 0);
    pgdp_frame_free(out);
    pgdp_frame_free(in);
}

/* 2026-W01 begins on 29 December 2025 and its Thursday is 1 January; 2026 has 53 Thursdays. */
static void a_week_belongs_where_its_thursday_is(void **state)
{
    (void)state;
    pgdp_period week;
    double ones[54];
    for (size_t i = 0; i < 54; i++)
        ones[i] = 1;
    assert_true(pgdp_period_parse("2026-W01", &week));
    pgdp_frame *in = pgt_series(ctx, PGDP_WEEKLY, week.ordinal, ones, 54), *out = NULL;
    const pgdp_aggregation how = { PGDP_ANNUAL, PGDP_AGGREGATE_SUM, 0, false };
    assert_ok(ctx, pgdp_frame_aggregate(ctx, in, &how, &out));
    period_is(out, 0, "2026");
    assert_close(pgt_reals(out, "x")[0], 53, 0, 0);
    assert_true(isnan(pgt_reals(out, "x")[1]));
    pgdp_frame_free(out);
    pgdp_frame_free(in);
}

/* Weekends and holidays are no gaps; a series that ends in the middle of a month leaves it missing. */
static void days_need_not_all_be_there(void **state)
{
    (void)state;
    pgdp_period day;
    double x[59];
    assert_true(pgdp_period_parse("2031-01-01", &day));
    for (size_t i = 0; i < 59; i++) {
        const int weekday = (int)((day.ordinal + (int)i + 3) % 7); /* 0: Monday */
        x[i] = weekday >= 5 || i == 0 || i > 48 ? (double)NAN : (double)i;
    }
    pgdp_frame *in = pgt_series(ctx, PGDP_DAILY, day.ordinal, x, 59), *out = NULL;
    const pgdp_aggregation how = { PGDP_MONTHLY, PGDP_AGGREGATE_LAST, 0, false };
    assert_ok(ctx, pgdp_frame_aggregate(ctx, in, &how, &out));
    assert_close(pgt_reals(out, "x")[0], 30, 0, 0); /* Friday, 31 January */
    assert_true(isnan(pgt_reals(out, "x")[1]));
    pgdp_frame_free(out);
    pgdp_frame_free(in);
}

/* Quarters of months and years of quarters are years of months. */
static void aggregation_in_two_steps_is_aggregation_in_one(void **state)
{
    (void)state;
    double x[36];
    for (size_t i = 0; i < 36; i++)
        x[i] = sin((double)i) + 2;
    pgdp_frame *in = pgt_series(ctx, PGDP_MONTHLY, 12, x, 36);
    for (int how = 0; how < 4; how++) {
        pgdp_frame *quarters = NULL, *two = NULL, *one = NULL;
        const pgdp_aggregation q = { PGDP_QUARTERLY, (pgdp_aggregate)how, 4, false };
        const pgdp_aggregation a = { PGDP_ANNUAL, (pgdp_aggregate)how, 0, false },
                               m = { PGDP_ANNUAL, (pgdp_aggregate)how, 4, false };
        assert_ok(ctx, pgdp_frame_aggregate(ctx, in, &q, &quarters));
        assert_ok(ctx, pgdp_frame_aggregate(ctx, quarters, &a, &two));
        assert_ok(ctx, pgdp_frame_aggregate(ctx, in, &m, &one));
        assert_int_equal(pgdp_frame_n_rows(one), 4);
        for (size_t i = 0; i < 4; i++)
            assert_close(pgt_reals(two, "x")[i], pgt_reals(one, "x")[i], 1e-15, 0);
        pgdp_frame_free(one);
        pgdp_frame_free(two);
        pgdp_frame_free(quarters);
    }
    pgdp_frame_free(in);
}

static void wrong_requests_say_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
        pgdp_aggregation how;
        pgdp_status status;
    } cases[] = {
        { "p:p x\n2031Q1 1\n",
          "no lower frequency",
          { PGDP_MONTHLY, PGDP_AGGREGATE_SUM, 0, false },
          PGDP_BAD_ARGUMENT },
        { "p:p x\n2031Q1 1\n", "whole quarters", { PGDP_ANNUAL, PGDP_AGGREGATE_SUM, 5, false }, PGDP_BAD_ARGUMENT },
        { "p:p x\n2031Q1 1\n", "month 13", { PGDP_ANNUAL, PGDP_AGGREGATE_SUM, 13, false }, PGDP_BAD_ARGUMENT },
        { "p:p x\n2031Q1 1\n2031Q1 2\n",
          "second time",
          { PGDP_ANNUAL, PGDP_AGGREGATE_SUM, 0, false },
          PGDP_SHAPE_MISMATCH },
        { "year x\n2031.5 1\n", "no column of periods", { PGDP_ANNUAL, PGDP_AGGREGATE_SUM, 0, false }, PGDP_NOT_FOUND },
        { "p:p q:p x\n2031 2031 1\n",
          "two columns of periods",
          { PGDP_ANNUAL, PGDP_AGGREGATE_SUM, 0, false },
          PGDP_BAD_ARGUMENT },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pgdp_frame *in = pgt_frame(ctx, cases[i].text), *out = NULL;
        assert_status(ctx, pgdp_frame_aggregate(ctx, in, &cases[i].how, &out), cases[i].status);
        assert_contains(pgdp_ctx_error(ctx), cases[i].words);
        assert_null(out);
        pgdp_frame_free(in);
    }
}

static void annual_rates_are_not_added_up(void **state)
{
    (void)state;
    pgdp_frame *f, *out = NULL;
    size_t at;
    assert_ok(ctx, pgdp_frame_new(ctx, &f));
    assert_ok(ctx, pgdp_frame_add_column(
                       ctx, f, &(pgdp_column){ .name = "p", .type = PGDP_PERIOD, .frequency = PGDP_QUARTERLY }, &at));
    const pgdp_column gdp = { .name = "GDP",
                              .type = PGDP_REAL,
                              .unit = "Billions of Dollars, Seasonally Adjusted Annual Rate" };
    assert_ok(ctx, pgdp_frame_add_column(ctx, f, &gdp, &at));
    assert_ok(ctx, pgdp_frame_add_row(ctx, f));
    pgdp_frame_set_period(f, 0, 0);
    const pgdp_aggregation how = { PGDP_ANNUAL, PGDP_AGGREGATE_SUM, 0, false };
    assert_status(ctx, pgdp_frame_aggregate(ctx, f, &how, &out), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "take the mean");
    pgdp_frame_free(f);
}

/* The older series is scaled by 2 (overlap 2033: 30 beside 60); its growth is kept. */
static void splicing_keeps_the_level_asked_for(void **state)
{
    (void)state;
    pgdp_frame *older = pgt_frame(ctx, "p:p x\n2031 10\n2032 20\n2033 30\n2034 99\n"),
               *newer = pgt_frame(ctx, "p:p x\n2033 60\n2034 198\n2035 80\n"), *out = NULL;
    pgdp_splice how = { .level = PGDP_SPLICE_NEWER };
    assert_ok(ctx, pgdp_frame_splice(ctx, older, newer, "x", &how, &out));
    const double scaled[] = { 20, 40, 60, 198, 80 };
    for (size_t i = 0; i < 5; i++)
        assert_close(pgt_reals(out, "x")[i], scaled[i], 1e-15, 0);
    assert_string_equal(pgdp_frame_note(out, "factor"), "2");
    pgdp_frame_free(out);
    how = (pgdp_splice){ .level = PGDP_SPLICE_OLDER, .difference = true };
    assert_true(pgdp_period_parse("2033", &how.first) && pgdp_period_parse("2033", &how.last));
    assert_ok(ctx, pgdp_frame_splice(ctx, older, newer, "x", &how, &out));
    const double shifted[] = { 10, 20, 30, 168, 50 };
    for (size_t i = 0; i < 5; i++)
        assert_close(pgt_reals(out, "x")[i], shifted[i], 1e-15, 0);
    pgdp_frame_free(out);
    assert_true(pgdp_period_parse("2035", &how.first) && pgdp_period_parse("2036", &how.last));
    assert_status(ctx, pgdp_frame_splice(ctx, older, newer, "x", &how, &out), PGDP_SHAPE_MISMATCH);
    assert_contains(pgdp_ctx_error(ctx), "within the overlap named");
    pgdp_frame_free(older);
    pgdp_frame_free(newer);
}

/* Two goods, prices and quantities written down: the chain's yearly growth is each year's Laspeyres quantity index, and
 * the mean over a year's quarters is the annual chain (time consistency of the annual overlap). */
static void chained_volumes_grow_as_laspeyres_links(void **state)
{
    (void)state;
    const double p[4][2] = { { 1, 4 }, { 1.1, 3.6 }, { 1.25, 3 }, { 1.3, 2.5 } };
    const double q[4][2] = { { 10, 5 }, { 11, 6 }, { 12, 8 }, { 12, 11 } };
    double current[16], previous[16], want[4] = { 0 };
    for (size_t y = 0; y < 4; y++) { /* quarters differ in quantity alone: 0.9, 1, 1, 1.1 of the year's */
        const double part[] = { 0.9, 1, 1, 1.1 };
        for (size_t s = 0; s < 4; s++) {
            current[4 * y + s] = part[s] * (p[y][0] * q[y][0] + p[y][1] * q[y][1]);
            const size_t before = y == 0 ? 0 : y - 1;
            previous[4 * y + s] = part[s] * (p[before][0] * q[y][0] + p[before][1] * q[y][1]);
        }
    }
    want[2] = p[2][0] * q[2][0] + p[2][1] * q[2][1]; /* reference: the third year */
    want[1] = want[2] * (p[1][0] * q[1][0] + p[1][1] * q[1][1]) / (p[1][0] * q[2][0] + p[1][1] * q[2][1]);
    want[3] = want[2] * (p[2][0] * q[3][0] + p[2][1] * q[3][1]) / want[2];
    char text[4096] = "p:p v l\n";
    for (size_t i = 0; i < 16; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%zuQ%zu %.17g %.17g\n", 2031 + i / 4, i % 4 + 1,
                 current[i], previous[i]);
    pgdp_frame *in = pgt_frame(ctx, text), *out = NULL;
    assert_ok(ctx, pgdp_frame_chain(ctx, in, "v", "l", 2033, &out));
    const double *volume = pgt_reals(out, "volume"), *deflator = pgt_reals(out, "deflator");
    assert_true(isnan(volume[0]) && isnan(volume[3]));
    for (size_t y = 1; y < 4; y++) {
        double mean = 0, part[] = { 0.9, 1, 1, 1.1 };
        for (size_t s = 0; s < 4; s++) {
            mean += volume[4 * y + s] / 4;
            assert_close(volume[4 * y + s], part[s] * want[y], 1e-14, 0);
            assert_close(deflator[4 * y + s] * volume[4 * y + s], current[4 * y + s], 1e-15, 0);
        }
        assert_close(mean, want[y], 1e-14, 0);
    }
    pgdp_frame_free(out);
    assert_status(ctx, pgdp_frame_chain(ctx, in, "v", "l", 2040, &out), PGDP_BAD_ARGUMENT);
    pgdp_frame_free(in);
}

static pgdp_status all_of_it(pgdp_ctx *own, void *user)
{
    (void)user;
    pgdp_frame *in = NULL, *out = NULL, *low = NULL;
    size_t at;
    const pgdp_column period = { .name = "p", .type = PGDP_PERIOD, .frequency = PGDP_QUARTERLY },
                      value = { .name = "x", .type = PGDP_REAL };
    pgdp_status status = pgdp_frame_new(own, &in);
    if (status == PGDP_OK) status = pgdp_frame_add_column(own, in, &period, &at);
    if (status == PGDP_OK) status = pgdp_frame_add_column(own, in, &value, &at);
    for (int i = 0; i < 16 && status == PGDP_OK; i++) {
        status = pgdp_frame_add_row(own, in);
        if (status != PGDP_OK) break;
        pgdp_frame_set_period(in, 0, i);
        pgdp_frame_set_real(in, 1, 100 + i + sin(i));
    }
    const pgdp_aggregation years = { PGDP_ANNUAL, PGDP_AGGREGATE_SUM, 0, false };
    const pgdp_disaggregation denton = { PGDP_QUARTERLY, PGDP_AGGREGATE_SUM, PGDP_DENTON, (double)NAN },
                              chow_lin = { PGDP_QUARTERLY, PGDP_AGGREGATE_SUM, PGDP_CHOW_LIN, 0.5 };
    if (status == PGDP_OK) status = pgdp_frame_aggregate(own, in, &years, &low);
    if (status == PGDP_OK) status = pgdp_frame_disaggregate(own, low, "x", in, &denton, &out);
    pgdp_frame_free(out);
    out = NULL;
    if (status == PGDP_OK) status = pgdp_frame_disaggregate(own, low, "x", in, &chow_lin, &out);
    pgdp_frame_free(out);
    out = NULL;
    if (status == PGDP_OK) status = pgdp_frame_splice(own, in, in, "x", &(pgdp_splice){ .difference = true }, &out);
    pgdp_frame_free(out);
    out = NULL;
    if (status == PGDP_OK) status = pgdp_frame_chain(own, in, "x", "x", 1971, &out);
    pgdp_frame_free(out);
    pgdp_frame_free(low);
    pgdp_frame_free(in);
    return status;
}

static void memory_that_fails_leaves_nothing(void **state)
{
    (void)state;
    (void)pgt_fail_every_allocation(all_of_it, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_quarters_alone_have_values),
        cmocka_unit_test(half_years_lie_between_years_and_quarters),
        cmocka_unit_test(fiscal_years_are_named_by_their_end),
        cmocka_unit_test(a_week_belongs_where_its_thursday_is),
        cmocka_unit_test(days_need_not_all_be_there),
        cmocka_unit_test(aggregation_in_two_steps_is_aggregation_in_one),
        cmocka_unit_test(wrong_requests_say_what_is_wrong),
        cmocka_unit_test(annual_rates_are_not_added_up),
        cmocka_unit_test(splicing_keeps_the_level_asked_for),
        cmocka_unit_test(chained_volumes_grow_as_laspeyres_links),
        cmocka_unit_test(memory_that_fails_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
