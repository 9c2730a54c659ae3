/* test_token_prices.c  Planted trends are found, the regression is that of stats, records make the frontier, published
 * rates. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/random.h"
#include "core/text.h"
#include "pgdp/ingest.h"
#include "pgdp/regression.h"
#include "pgdp/unit_cost.h"
#include "tests/support/frame_text.h"
#include "tests/support/world.h"

typedef struct fixture {
    pgdp_ctx *ctx;
    pgdp_frame *data;
    pgdp_token_prices *prices;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){ .ctx = pgdp_ctx_new(NULL) };
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    pgdp_token_prices_free(f->prices);
    pgdp_frame_free(f->data);
    pgdp_ctx_free(f->ctx);
    return 0;
}

static void compute(fixture *f, const char *text, const pgdp_token_prices_request *q)
{
    pgdp_token_prices_free(f->prices);
    pgdp_frame_free(f->data);
    f->prices = NULL;
    f->data = pgt_frame(f->ctx, text);
    assert_ok(f->ctx, pgdp_token_prices_new(f->ctx, f->data, q, &f->prices));
}

static double trend(const fixture *f, const char *column, size_t row)
{
    return pgt_real_at(pgdp_token_prices_trends(f->prices), column, row);
}

/* Prices of three providers that fall to a fifth each year, with noise. years: as the library counts them. */
static void draw_prices(char *text, size_t size, double noise)
{
    pg_random random = pg_random_stream(11, "prices", 0);
    (void)snprintf(text, size, "model:t provider:t date:t price score years");
    for (size_t i = 0; i < 60; i++) {
        char day[32], line[160];
        const int32_t days = (int32_t)(i * 17);
        const double years = days / 365.2425, score = 40 + 30 * pg_random_uniform(&random);
        const double log_price =
            2 - log(5) * years + 0.04 * score + 0.3 * (double)(i % 3) + noise * pg_random_normal(&random);
        pgdp_period_format((pgdp_period){ PGDP_DAILY, 19000 + days }, day);
        (void)snprintf(line, sizeof line, "\nm%zu p%zu %s %.15g %.15g %.17g", i, i % 3, day, exp(log_price), score,
                       years);
        strcat(text, line);
    }
}

static void a_planted_trend_is_found(void **state)
{
    fixture *f = *state;
    char text[16384];
    draw_prices(text, sizeof text, 0);
    compute(f, text, &(pgdp_token_prices_request){ .vcov = "iid" });
    assert_close(trend(f, "yearly_factor", 0), 5, 1e-10, 0);
    assert_close(trend(f, "yearly_change", 0), -0.8, 1e-10, 0);
    assert_close(pgt_real_at(pgdp_token_prices_terms(f->prices), "estimate", 1), 0.04, 1e-9, 0);
}

/* Delta method: se of exp(-b) is exp(-b) se(b); the estimate is the regression's. */
static void the_hedonic_part_is_the_regression(void **state)
{
    fixture *f = *state;
    char text[16384];
    pgdp_regression *r;
    draw_prices(text, sizeof text, 0.4);
    compute(f, text, &(pgdp_token_prices_request){ .vcov = "cluster(provider)" });
    const pgdp_regression_spec spec = { .formula = "log(price) ~ years + score | provider",
                                        .vcov = "cluster(provider)" };
    assert_ok(f->ctx, pgdp_regress(f->ctx, f->data, &spec, &r));
    const pgdp_tidy t = pgdp_fit_tidy(pgdp_regression_fit(r), 0, 0.95);
    const double factor = exp(-t.estimate);
    assert_close(trend(f, "slope", 0), t.estimate, 1e-12, 0);
    assert_close(trend(f, "std_error", 0), t.std_error, 1e-12, 0);
    assert_close(trend(f, "conf_high", 0) - factor, factor * (t.conf_high - t.estimate), 1e-11, 0);
    assert_close(trend(f, "conf_low", 0) + trend(f, "conf_high", 0), 2 * factor, 1e-12, 0);
    assert_close(trend(f, "exp_low", 0), exp(-t.conf_high), 1e-12, 0);
    assert_close(trend(f, "n", 0), 60, 0, 0);
    pgdp_regression_free(r);
}

static void the_frontier_is_the_cheapest_so_far(void **state)
{
    fixture *f = *state;
    static const double levels[] = { 50, 80, 99 };
    compute(f,
            "model:t date:t price score\n"
            "d 2023-01-01 10 55\na 2022-01-01 100 50\nb 2022-06-01 120 90\nc 2022-12-01 50 49\n"
            "e 2024-01-01 1 60\nf 2024-01-01 30 85\ng 2024-06-01 1 99\nh 2024-07-01 . 99\ni . 1 99",
            &(pgdp_token_prices_request){ .levels = levels, .n_levels = 3 });
    const pgdp_frame *frontier = pgdp_token_prices_frontier(f->prices);
    static const char *const want[] = { "a", "d", "e", "b", "f", "g", "g" };
    assert_int_equal(pgdp_frame_n_rows(frontier), 7);
    for (size_t i = 0; i < 7; i++)
        assert_string_equal(pgt_text_at(frontier, "model", i), want[i]);
    assert_close(trend(f, "yearly_factor", 1), pow(10, 365.2425 / 365), 1e-12, 0);
    assert_close(trend(f, "left_out", 0), 2, 0, 0);
    assert_true(isnan(trend(f, "yearly_factor", 3)) && trend(f, "n", 3) > 0);
}

/* a16z: 60 to .06 usd in 3 years at MMLU 42. Two points make a line without an interval. */
static void tenfold_a_year_as_published(void **state)
{
    fixture *f = *state;
    static const double level = 42;
    assert_close(pgdp_yearly_factor(60, 0.06, 3), 10, 1e-14, 0);
    compute(f,
            "model:t date:t price score\ngpt-3 2021-11-18 60 42\nllama 2024-11-18 0.06 42.5\n"
            "other 2023-01-01 3 30\nmore 2024-02-01 9 41",
            &(pgdp_token_prices_request){ .levels = &level, .n_levels = 1 });
    assert_close(trend(f, "yearly_factor", 1), 10, 0, 0.01);
    assert_true(isnan(trend(f, "conf_low", 1)));
}

/* Korinek & McKelvey: spending 37 to 219 bn in two years; price factor 2.45 / 23.8. */
static void growth_and_price_factor_as_published(void **state)
{
    (void)state;
    assert_close(100 * (pgdp_yearly_factor(219, 37, 2) - 1), 143.3, 0, 0.1);
    assert_close(100 * (1 / pgdp_yearly_factor(23.8, 2.45, 1) - 1), -89.7, 0, 0.1);
}

static void input_and_output_are_weighed(void **state)
{
    fixture *f = *state;
    compute(f,
            "model:t vendor:t input_usd_per_million output_usd_per_million from:t\n"
            "a x 4 8 2024-01-01\nb x 2 4 2025-01-01\nc x 1 2 2026-01-01\nd x . 2 2026-01-01",
            &(pgdp_token_prices_request){ .input_share = 0.5 });
    assert_close(trend(f, "first_price", 0), 6, 1e-15, 0);
    assert_close(trend(f, "yearly_factor", 0), 2, 2e-3, 0);
}

static void bad_tables_are_refused_by_row_and_column(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *text, *words;
        pgdp_status status;
    } cases[] = {
        { "model:t date:t price\na 2024-01-01 1\nb 2024-13-01 2", "row 2, column date: found \"2024-13-01\"",
          PGDP_PARSE },
        { "model:t date:t price\na 2024-01-01 1\nb 2024-12-01 -2", "row 2, column price: found a number below 0",
          PGDP_PARSE },
        { "model:t date:t input output\na 2024-01-01 1 2\nb 2024-12-01 -2 1", "row 2, column input: found",
          PGDP_PARSE },
        { "model:t price\na 1\nb 2", "found no column date", PGDP_NOT_FOUND },
        { "model:t date:t cost\na 2024-01-01 1\nb 2024-02-01 2", "found no columns model, input", PGDP_NOT_FOUND },
        { "model:t date:t price\na 2024-01-01 1\nb . 2", "found 1 rows with a date", PGDP_TOO_FEW_OBS },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pgdp_frame *data = pgt_frame(f->ctx, cases[i].text);
        const pgdp_token_prices_request q = { .vcov = NULL };
        assert_status(f->ctx, pgdp_token_prices_new(f->ctx, data, &q, &f->prices), cases[i].status);
        assert_contains(pgdp_ctx_error(f->ctx), cases[i].words);
        pgdp_frame_free(data);
    }
}

static pgdp_status compute_and_write(pgdp_ctx *ctx, void *user)
{
    fixture *f = user;
    static const double levels[] = { 41, 45 };
    pgdp_token_prices *prices;
    pgt_buffer buffer = { NULL, 0, 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    const pgdp_token_prices_request q = { .levels = levels, .n_levels = 2 };
    const pgdp_status made = pgdp_token_prices_new(ctx, f->data, &q, &prices);
    if (made != PGDP_OK) return made;
    pgdp_status status = pgdp_token_prices_write(ctx, prices, true, &sink);
    if (status == PGDP_OK) status = pgdp_token_prices_write(ctx, prices, false, &sink);
    pgdp_token_prices_free(prices);
    pgt_buffer_free(&buffer);
    return status;
}

static void memory_may_run_out_anywhere(void **state)
{
    fixture *f = *state;
    f->data = pgt_frame(f->ctx, "model:t provider:t date:t price score\na x 2022-01-01 9 41\nb x 2023-01-01 4 48\n"
                                "c y 2024-01-01 3 43\nd y 2025-01-01 1 49\ne y 2025-03-01 0.5 44");
    assert_true(pgt_fail_every_allocation(compute_and_write, f) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_planted_trend_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_hedonic_part_is_the_regression, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_frontier_is_the_cheapest_so_far, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tenfold_a_year_as_published, set_up, tear_down),
        cmocka_unit_test_setup_teardown(growth_and_price_factor_as_published, set_up, tear_down),
        cmocka_unit_test_setup_teardown(input_and_output_are_weighed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_tables_are_refused_by_row_and_column, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_may_run_out_anywhere, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
