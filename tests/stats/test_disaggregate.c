/* test_disaggregate.c  Series to a higher frequency. Numbers of Denton, Chow-Lin and Fernandez: dense solutions of the
 * papers' equations (numpy). SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/calendar.h"
#include "tests/support/context.h"
#include "tests/support/frame_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_LOW = 6, N_HIGH = 26 };
static const double indicator[N_HIGH] = { 99.7,   98.87,  99.13,  100.05, 101.68, 102.29, 102.24, 101.95, 103.2,
                                          105.34, 106.11, 105.38, 104.92, 107.02, 107.72, 106.49, 106.91, 106.24,
                                          106.11, 106.13, 105.91, 106.97, 107.4,  107.31, 108.22, 109.55 };
static const double annual[N_LOW] = { 429.3, 447.7, 457.1, 467.9, 461.5, 470.5 };

static pgdp_frame *disaggregate(pgdp_disaggregation how, bool indicated)
{
    pgdp_frame *low = pgt_series(ctx, PGDP_ANNUAL, 50, annual, N_LOW),
               *high = pgt_series(ctx, PGDP_QUARTERLY, 200, indicator, N_HIGH), *out = NULL;
    assert_ok(ctx, pgdp_frame_disaggregate(ctx, low, "x", indicated ? high : NULL, &how, &out));
    pgdp_frame_free(low);
    pgdp_frame_free(high);
    return out;
}

static void sums_hold(const pgdp_frame *f)
{
    for (size_t i = 0; i < N_LOW; i++) {
        double sum = 0;
        for (size_t h = 0; h < 4; h++)
            sum += pgt_reals(f, "x")[4 * i + h];
        assert_close(sum, annual[i], 1e-14, 0);
    }
}

static void denton_is_the_solution_of_its_equations(void **state)
{
    (void)state;
    static const struct {
        pgdp_disaggregator method;
        double at[4]; /* quarters 0, 10, 23, 25 */
    } cases[] = {
        { PGDP_DENTON, { 107.1184793941677, 115.30641894982577, 118.57615545118111, 121.05132634122526 } },
        { PGDP_DENTON_ADDITIVE, { 107.04936207985702, 115.25005833358759, 118.54750611186415, 120.78750611186416 } },
    };
    static const size_t quarter[] = { 0, 10, 23, 25 };
    for (size_t c = 0; c < 2; c++) {
        const pgdp_disaggregation how = { PGDP_QUARTERLY, PGDP_AGGREGATE_SUM, cases[c].method, (double)NAN };
        pgdp_frame *f = disaggregate(how, true);
        assert_int_equal(pgdp_frame_n_rows(f), N_HIGH);
        for (size_t q = 0; q < 4; q++)
            assert_close(pgt_reals(f, "x")[quarter[q]], cases[c].at[q], 2e-14, 0);
        sums_hold(f);
        pgdp_frame_free(f);
    }
}

/* A constant indicator and the last value of a year: straight lines between year ends, level before the first. */
static void denton_without_an_indicator_interpolates(void **state)
{
    (void)state;
    const pgdp_disaggregation how = { PGDP_QUARTERLY, PGDP_AGGREGATE_LAST, PGDP_DENTON, (double)NAN };
    pgdp_frame *f = disaggregate(how, false);
    assert_int_equal(pgdp_frame_n_rows(f), 24);
    for (size_t h = 0; h < 4; h++)
        assert_close(pgt_reals(f, "x")[h], annual[0], 1e-14, 0);
    for (size_t h = 4; h < 24; h++) {
        const double from = annual[h / 4 - 1], to = annual[h / 4];
        assert_close(pgt_reals(f, "x")[h], from + (to - from) * (double)(h % 4 + 1) / 4, 1e-14, 0);
    }
    pgdp_frame_free(f);
}

/* A proportional series comes back as it was, whatever the years leave out. */
static void denton_returns_what_is_proportional_to_the_indicator(void **state)
{
    (void)state;
    double low[N_LOW] = { 0 };
    for (size_t h = 0; h < 4 * N_LOW; h++)
        low[h / 4] += 3 * indicator[h];
    low[3] = (double)NAN;
    pgdp_frame *years = pgt_series(ctx, PGDP_ANNUAL, 50, low, N_LOW),
               *high = pgt_series(ctx, PGDP_QUARTERLY, 200, indicator, N_HIGH), *out = NULL;
    const pgdp_disaggregation how = { PGDP_QUARTERLY, PGDP_AGGREGATE_SUM, PGDP_DENTON, (double)NAN };
    assert_ok(ctx, pgdp_frame_disaggregate(ctx, years, "x", high, &how, &out));
    for (size_t h = 0; h < N_HIGH; h++)
        assert_close(pgt_reals(out, "x")[h], 3 * indicator[h], 1e-13, 0);
    pgdp_frame_free(years);
    pgdp_frame_free(high);
    pgdp_frame_free(out);
}

static void regressions_are_the_solutions_of_their_equations(void **state)
{
    (void)state;
    static const struct {
        pgdp_disaggregator method;
        double rho, value[2], error[2];
        const char *coef;
    } cases[] = {
        { PGDP_CHOW_LIN,
          0.7,
          { 107.41237646516001, 121.07355174559787 },
          { 0.9407883297486964, 1.687326642772135 },
          "1.31866583802" },
        { PGDP_FERNANDEZ,
          (double)NAN,
          { 107.3691714937481, 121.86771499710866 },
          { 0.9777965516202385, 2.1255321557733042 },
          "1.43278465897" },
    };
    for (size_t c = 0; c < 2; c++) {
        const pgdp_disaggregation how = { PGDP_QUARTERLY, PGDP_AGGREGATE_SUM, cases[c].method, cases[c].rho };
        pgdp_frame *f = disaggregate(how, true);
        assert_close(pgt_reals(f, "x")[0], cases[c].value[0], 1e-12, 0);
        assert_close(pgt_reals(f, "x")[25], cases[c].value[1], 1e-12, 0);
        assert_close(pgt_reals(f, "std_error")[0], cases[c].error[0], 1e-10, 0);
        assert_close(pgt_reals(f, "std_error")[25], cases[c].error[1], 1e-10, 0);
        assert_non_null(strstr(pgdp_frame_note(f, "coef:x"), cases[c].coef));
        sums_hold(f);
        pgdp_frame_free(f);
    }
}

/* rho, coefficient and values as scipy finds them by bounded search on the dense likelihood. */
static void chow_lin_finds_the_likeliest_rho(void **state)
{
    (void)state;
    enum { YEARS = 20 };
    double z[4 * YEARS], y[YEARS];
    for (size_t h = 0; h < 4 * YEARS; h++)
        z[h] = 100 + (double)h + 5 * sin((double)h);
    for (size_t i = 0; i < YEARS; i++) {
        const double t = (double)i;
        y[i] = (z[4 * i] + z[4 * i + 1] + z[4 * i + 2] + z[4 * i + 3]) * 1.1 + 10 * sin(t / 2) + 3 * cos(3 * t);
    }
    pgdp_frame *low = pgt_series(ctx, PGDP_ANNUAL, 0, y, YEARS),
               *high = pgt_series(ctx, PGDP_QUARTERLY, 0, z, 4 * YEARS), *out = NULL;
    const pgdp_disaggregation how = { PGDP_QUARTERLY, PGDP_AGGREGATE_SUM, PGDP_CHOW_LIN, (double)NAN };
    assert_ok(ctx, pgdp_frame_disaggregate(ctx, low, "x", high, &how, &out));
    assert_close(strtod(pgdp_frame_note(out, "rho"), NULL), 0.8621605302140267, 1e-6, 0);
    assert_close(strtod(pgdp_frame_note(out, "coef:x"), NULL), 1.0975446551860861, 1e-8, 0);
    assert_close(pgt_reals(out, "x")[41], 151.88446201448812, 1e-8, 0);
    assert_close(pgt_reals(out, "std_error")[41], 0.5772693975117177, 1e-6, 0);
    pgdp_frame_free(low);
    pgdp_frame_free(high);
    pgdp_frame_free(out);
}

static void disaggregation_says_what_it_cannot_do(void **state)
{
    (void)state;
    static const struct {
        const char *low, *high, *words;
        pgdp_disaggregation how;
    } cases[] = {
        { "p:p x\n2031 1\n2032 2\n", NULL, "found annual to annual", { PGDP_ANNUAL, 0, PGDP_DENTON, 0 } },
        { "p:p x\n2031 1\n2032 .\n", NULL, "found 1 values of x", { PGDP_QUARTERLY, 0, PGDP_DENTON, 0 } },
        { "p:p z\n2031 1\n2032 2\n", NULL, "no number column \"x\"", { PGDP_QUARTERLY, 0, PGDP_DENTON, 0 } },
        { "p:p x\n2031 1\n2032 2\n",
          "p:p z\n2031Q1 1\n2031Q2 1\n2031Q4 1\n",
          "no value of z in 2031Q3",
          { PGDP_QUARTERLY, 0, PGDP_DENTON, 0 } },
        { "p:p x\n2031 1\n2032 2\n",
          "p:p z w\n2031Q1 1 1\n2031Q2 1 1\n2031Q3 1 1\n2031Q4 1 1\n2032Q1 1 1\n2032Q2 1 1\n"
          "2032Q3 1 1\n2032Q4 1 1\n",
          "denton takes one indicator",
          { PGDP_QUARTERLY, 0, PGDP_DENTON, 0 } },
        { "p:p x\n2031 1\n2032 2\n",
          "p:p z\n2031-01 1\n",
          "expected quarterly",
          { PGDP_QUARTERLY, 0, PGDP_DENTON, 0 } },
        { "p:p x\n2031 1\n2032 2\n", NULL, "outside [0, 1)", { PGDP_QUARTERLY, 0, PGDP_CHOW_LIN, 1 } },
        { "p:p x\n2031 1\n2032 2\n",
          "p:p z\n2031Q1 1\n2031Q2 1\n2031Q3 1\n2031Q4 1\n2032Q1 1\n2032Q2 1\n2032Q3 1\n"
          "2032Q4 1\n",
          "2 low periods for 2 coefficients",
          { PGDP_QUARTERLY, 0, PGDP_CHOW_LIN, 0.5 } },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pgdp_frame *low = pgt_frame(ctx, cases[i].low),
                   *high = cases[i].high == NULL ? NULL : pgt_frame(ctx, cases[i].high), *out = NULL;
        assert_int_not_equal(pgdp_frame_disaggregate(ctx, low, "x", high, &cases[i].how, &out), PGDP_OK);
        assert_contains(pgdp_ctx_error(ctx), cases[i].words);
        assert_null(out);
        pgdp_frame_free(low);
        pgdp_frame_free(high);
    }
}

/* As a CSV file of annual values is read. */
static void a_column_named_year_holds_periods(void **state)
{
    (void)state;
    pgdp_frame *low = pgt_frame(ctx, "year x\n2031 4\n2032 8\n"), *out = NULL;
    const pgdp_disaggregation how = { PGDP_QUARTERLY, PGDP_AGGREGATE_SUM, PGDP_DENTON, (double)NAN };
    assert_ok(ctx, pgdp_frame_disaggregate(ctx, low, "x", NULL, &how, &out));
    assert_int_equal(pgdp_frame_periods(out, 0)[0], (2031 - 1970) * 4);
    assert_close(pgt_reals(out, "x")[0] + pgt_reals(out, "x")[1] + pgt_reals(out, "x")[2] + pgt_reals(out, "x")[3], 4,
                 1e-15, 0);
    pgdp_frame_free(out);
    pgdp_frame_free(low);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(denton_is_the_solution_of_its_equations),
        cmocka_unit_test(denton_without_an_indicator_interpolates),
        cmocka_unit_test(denton_returns_what_is_proportional_to_the_indicator),
        cmocka_unit_test(regressions_are_the_solutions_of_their_equations),
        cmocka_unit_test(chow_lin_finds_the_likeliest_rho),
        cmocka_unit_test(disaggregation_says_what_it_cannot_do),
        cmocka_unit_test(a_column_named_year_holds_periods),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
