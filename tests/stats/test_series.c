/* test_series.c  Series from a long table to a wide one: newest vintage, means of complete periods, no gaps in time.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include "stats/series.h"
#include "tests/support/frame_text.h"

#include <math.h>
#include <string.h>

/* Payrolls monthly in two vintages (2021-05 is not out in the older one), output quarterly. */
static const char list_text[] = "series:t title:t unit:t price_basis:t adjustment:t vintage:t\n"
                                "jobs Payrolls heads_1000 . seasonally_adjusted 2021-06-04\n"
                                "jobs Payrolls heads_1000 . seasonally_adjusted 2021-07-02\n"
                                "output Output index_2017 chained_volume seasonally_adjusted 2021-05-27\n";
static const char series_text[] = "series:t vintage:t period:t value\n"
                                  "output 2021-05-27 2021Q1 107.25\n"
                                  "output 2021-05-27 2020Q3 103.5\n"
                                  "jobs 2021-06-04 2021-01 999\n"
                                  "jobs 2021-06-04 2021-02 999\n"
                                  "jobs 2021-06-04 2021-03 999\n"
                                  "jobs 2021-07-02 2021-05 144901\n"
                                  "jobs 2021-07-02 2021-01 142969\n"
                                  "jobs 2021-07-02 2021-02 143507\n"
                                  "jobs 2021-07-02 2021-03 144283\n"
                                  "jobs 2021-07-02 2021-04 144561\n"
                                  "jobs 2021-07-02 2020-10 142352\n"
                                  "jobs 2021-07-02 2020-11 .\n"
                                  "jobs 2021-07-02 2020-12 142643";
static const char *const ids[] = { "jobs", "output", NULL };

typedef struct fixture {
    pgdp_ctx *ctx;
    pgdp_frame *series, *list, *wide;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f.ctx = pgdp_ctx_new(NULL);
    f.series = pgt_frame(f.ctx, series_text);
    f.list = pgt_frame(f.ctx, list_text);
    f.wide = NULL;
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    pgdp_frame_free(f->series);
    pgdp_frame_free(f->list);
    pgdp_frame_free(f->wide);
    pgdp_ctx_free(f->ctx);
    return 0;
}

static pg_series_request request_of(const fixture *f)
{
    return (pg_series_request){ .series = f->series, .list = f->list, .ids = ids, .frequency = PGDP_QUARTERLY };
}

static void assert_quarter(const pgdp_frame *wide, size_t row, const char *want)
{
    char text[16];
    pgdp_period_format((pgdp_period){ PGDP_QUARTERLY, pgdp_frame_periods(wide, 0)[row] }, text);
    assert_string_equal(text, want);
}

static void rows_are_the_union_of_periods_without_gaps(void **state)
{
    fixture *f = *state;
    const pg_series_request request = request_of(f);
    assert_ok(f->ctx, pg_series_wide(f->ctx, &request, &f->wide));
    assert_int_equal(pgdp_frame_n_rows(f->wide), 4);
    assert_int_equal(pgdp_frame_n_columns(f->wide), 3);
    assert_string_equal(pgdp_frame_column(f->wide, 0)->name, "period");
    assert_int_equal(pgdp_frame_column(f->wide, 0)->frequency, PGDP_QUARTERLY);
    assert_quarter(f->wide, 0, "2020Q3");
    assert_quarter(f->wide, 1, "2020Q4");
    assert_quarter(f->wide, 3, "2021Q2");
    const double *output = pgdp_frame_reals(f->wide, pgdp_frame_find(f->wide, "output"));
    assert_true(output[0] == 103.5 && isnan(output[1]) && output[2] == 107.25 && isnan(output[3]));
}

static void quarter_is_the_mean_of_its_three_months_or_missing(void **state)
{
    fixture *f = *state;
    const pg_series_request request = request_of(f);
    assert_ok(f->ctx, pg_series_wide(f->ctx, &request, &f->wide));
    const double *jobs = pgdp_frame_reals(f->wide, pgdp_frame_find(f->wide, "jobs"));
    assert_true(isnan(jobs[0])); /* before its first month */
    assert_true(isnan(jobs[1])); /* November 2020 is missing */
    assert_close(jobs[2], (142969.0 + 143507 + 144283) / 3, 1e-15, 0);
    assert_true(isnan(jobs[3])); /* June 2021 is not out yet */
}

static void newest_vintage_is_taken_and_told(void **state)
{
    fixture *f = *state;
    const pg_series_request request = request_of(f);
    assert_ok(f->ctx, pg_series_wide(f->ctx, &request, &f->wide));
    const pgdp_column *jobs = pgdp_frame_column(f->wide, 1), *output = pgdp_frame_column(f->wide, 2);
    assert_string_equal(jobs->vintage, "2021-07-02");
    assert_string_equal(jobs->unit, "heads_1000");
    assert_string_equal(jobs->price_basis, "");
    assert_string_equal(output->price_basis, "chained_volume");
    assert_string_equal(output->adjustment, "seasonally_adjusted");
    assert_string_equal(pgdp_frame_note(f->wide, "jobs"), "Payrolls");
}

static void columns_may_be_renamed(void **state)
{
    fixture *f = *state;
    static const char *const names[] = { "employment", "real_output", NULL };
    pg_series_request request = request_of(f);
    request.names = names;
    assert_ok(f->ctx, pg_series_wide(f->ctx, &request, &f->wide));
    assert_int_equal(pgdp_frame_find(f->wide, "employment"), 1);
    assert_int_equal(pgdp_frame_find(f->wide, "real_output"), 2);
    assert_int_equal(pgdp_frame_find(f->wide, "jobs"), PGDP_NONE);
}

static void years_are_means_of_four_quarters(void **state)
{
    fixture *f = *state;
    static const char *const gdp[] = { "gdp", NULL };
    pgdp_frame_free(f->series);
    pgdp_frame_free(f->list);
    /* all periods of one frequency and all vintages days: then a file's columns are periods, not texts */
    f->list = pgt_frame(f->ctx, "series:t title:t unit:t price_basis:t adjustment:t vintage:p\n"
                                "gdp GDP usd_bn current_prices . 2021-03-25\n"
                                "gdp GDP usd_bn current_prices . 2022-03-30");
    f->series = pgt_frame(f->ctx, "series:t vintage:p period:p value\n"
                                  "gdp 2022-03-30 2020Q1 21481.375\n"
                                  "gdp 2022-03-30 2020Q2 19477.5\n"
                                  "gdp 2022-03-30 2020Q3 21138.625\n"
                                  "gdp 2022-03-30 2020Q4 21477.5\n"
                                  "gdp 2022-03-30 2021Q1 22038.25\n"
                                  "gdp 2021-03-25 2020Q1 1");
    pg_series_request request = request_of(f);
    request.ids = gdp;
    request.frequency = PGDP_ANNUAL;
    assert_ok(f->ctx, pg_series_wide(f->ctx, &request, &f->wide));
    assert_int_equal(pgdp_frame_n_rows(f->wide), 2);
    assert_true(pgdp_frame_reals(f->wide, 1)[0] == 20893.75);
    assert_true(isnan(pgdp_frame_reals(f->wide, 1)[1]));
    assert_string_equal(pgdp_frame_column(f->wide, 1)->vintage, "2022-03-30");
}

static void unknown_series_is_named_with_the_nearest(void **state)
{
    fixture *f = *state;
    static const char *const wrong[] = { "jobs", "outputs", NULL };
    pg_series_request request = request_of(f);
    request.ids = wrong;
    assert_status(f->ctx, pg_series_wide(f->ctx, &request, &f->wide), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(f->ctx), "found no series \"outputs\"; did you mean \"output\"?");
    assert_null(f->wide);
}

static void series_of_lower_frequency_is_refused(void **state)
{
    fixture *f = *state;
    pg_series_request request = request_of(f);
    request.frequency = PGDP_MONTHLY;
    assert_status(f->ctx, pg_series_wide(f->ctx, &request, &f->wide), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(f->ctx), "series output is quarterly, expected monthly");
}

static void missing_columns_and_observations_are_named(void **state)
{
    fixture *f = *state;
    pg_series_request request = request_of(f);
    pgdp_frame *other = pgt_frame(f->ctx, "series:t vintage:t period:t values\njobs 2021-07-02 2021-01 3.5");
    request.series = other;
    assert_status(f->ctx, pg_series_wide(f->ctx, &request, &f->wide), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(f->ctx), "column \"value\"");
    pgdp_frame_free(other);
    other = pgt_frame(f->ctx, "series:t vintage:t period:t value\njobs 2021-06-04 2021-01 3.5");
    request.series = other;
    assert_status(f->ctx, pg_series_wide(f->ctx, &request, &f->wide), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(f->ctx), "no observation of jobs of vintage 2021-07-02");
    pgdp_frame_free(other);
    other = pgt_frame(f->ctx, "series:t vintage:t period:t value\njobs 2021-07-02 2021-13 3.5");
    request.series = other;
    assert_status(f->ctx, pg_series_wide(f->ctx, &request, &f->wide), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(f->ctx), "found \"2021-13\"");
    pgdp_frame_free(other);
    other = pgt_frame(f->ctx, "series:t title:t unit:t price_basis:t vintage:t\njobs Payrolls heads . 2021-07-02");
    request.series = f->series;
    request.list = other;
    assert_status(f->ctx, pg_series_wide(f->ctx, &request, &f->wide), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(f->ctx), "column \"adjustment\"");
    pgdp_frame_free(other);
}

static pgdp_status make_wide(pgdp_ctx *ctx, void *user)
{
    const pg_series_request request = request_of(user);
    pgdp_frame *wide = NULL;
    const pgdp_status status = pg_series_wide(ctx, &request, &wide);
    pgdp_frame_free(wide);
    return status;
}

static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    assert_true(pgt_fail_every_allocation(make_wide, *state) >= 4);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(rows_are_the_union_of_periods_without_gaps),
        TEST(quarter_is_the_mean_of_its_three_months_or_missing),
        TEST(newest_vintage_is_taken_and_told),
        TEST(columns_may_be_renamed),
        TEST(years_are_means_of_four_quarters),
        TEST(unknown_series_is_named_with_the_nearest),
        TEST(series_of_lower_frequency_is_refused),
        TEST(missing_columns_and_observations_are_named),
        TEST(every_failing_allocation_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
