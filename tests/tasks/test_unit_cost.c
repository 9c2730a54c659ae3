/* test_unit_cost.c  Unit costs by hand, identities of the form with retries, draws, break-even, feasibility, bad
 * tables. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/ctx.h"
#include "core/random.h"
#include "pgdp/ingest.h"
#include "tasks/unit_cost.h"
#include "tests/support/frame_text.h"
#include "tests/support/world.h"

typedef struct fixture {
    pgdp_ctx *ctx;
    pgdp_frame *tasks, *prices;
    pgdp_unit_cost *cost;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){ .ctx = pgdp_ctx_new(NULL) };
    f.prices = pgt_frame(f.ctx, "vendor:t model:t input_usd_per_million output_usd_per_million "
                                "cached_usd_per_million from:t to:t\n"
                                "acme one 10 30 . . 2025-06-01\n"
                                "acme one 5 20 1 2025-06-01 .\n"
                                "acme two 1 4 . . .");
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    pgdp_unit_cost_free(f->cost);
    pgdp_frame_free(f->tasks);
    pgdp_frame_free(f->prices);
    pgdp_ctx_free(f->ctx);
    return 0;
}

static void compute(fixture *f, const char *tasks, const pgdp_unit_cost_request *q)
{
    pgdp_unit_cost_free(f->cost);
    pgdp_frame_free(f->tasks);
    f->cost = NULL;
    f->tasks = pgt_frame(f->ctx, tasks);
    assert_ok(f->ctx, pgdp_unit_cost_new(f->ctx, f->tasks, q, &f->cost));
}

static double of(const fixture *f, const char *column, size_t row)
{
    return pgt_real_at(pgdp_unit_cost_tasks(f->cost), column, row);
}

static double total(const fixture *f, const char *measure, const char *column)
{
    const pgdp_frame *summary = pgdp_unit_cost_summary(f->cost);
    return pgt_real_at(summary, column, pgt_row_with(summary, "measure", measure));
}

static const pgdp_setting usual[] = { { "tokens_in", "20000" }, { "tokens_out", "5000" }, { NULL, NULL } };
#define TASK "task_id minutes wage_usd success attempts review_minutes\n"

/* An hour at 60 usd; 20,000 tokens at 5 and 5,000 at 20 are .20 usd; up to 2 attempts at .5: 1.5 on average, three
 * quarters done; 6 minutes of review an attempt are 6 usd. */
static void a_task_costs_what_it_costs_by_hand(void **state)
{
    fixture *f = *state;
    compute(f, TASK "1 60 60 0.5 2 6",
            &(pgdp_unit_cost_request){ .settings = usual, .prices = f->prices, .model = "one" });
    assert_close(of(f, "labour_usd", 0), 60, 1e-15, 0);
    assert_close(of(f, "attempts", 0), 1.5, 1e-15, 0);
    assert_close(of(f, "done", 0), 0.75, 1e-15, 0);
    assert_close(of(f, "token_usd", 0), 0.3, 1e-15, 0);
    assert_close(of(f, "person_usd", 0), 9, 1e-15, 0);
    assert_close(of(f, "fallback_usd", 0), 15, 1e-14, 0);
    assert_close(of(f, "cost_usd", 0), 24.3, 1e-14, 0);
    assert_close(of(f, "ratio", 0), 9.3 / 0.75 / 60, 1e-14, 0);
    assert_close(of(f, "ratio_expected", 0), 24.3 / 60, 1e-14, 0);
    assert_close(of(f, "ln_time_ratio", 0), log(60 / (0.75 * 9 + 0.25 * (60 + 9))), 1e-14, 0);
    assert_close(of(f, "break_even_multiple", 0), (60 - 9 - 15) / 0.3, 1e-13, 0);
    assert_close(of(f, "break_even_usd_per_million", 0), (60 - 9 - 15) / 0.3 * 8, 1e-13, 0);
    assert_string_equal(pgt_text_at(pgdp_unit_cost_tasks(f->cost), "break_even", 0), "now");
}

/* Methodology 2.5: ln[T / (P T_ai + (1 - P)(T + T_ai))] with one attempt. */
static void one_attempt_gives_the_expected_cost_form(void **state)
{
    fixture *f = *state;
    compute(f, TASK "1 84 40 0.67 1 12",
            &(pgdp_unit_cost_request){ .settings = usual, .prices = f->prices, .model = "two" });
    assert_close(of(f, "ln_time_ratio", 0), log(84 / (0.67 * 12 + 0.33 * (84 + 12))), 1e-14, 0);
}

/* Prices only move the tokens: at the break-even price AI costs what labour does. */
static void at_the_break_even_price_cost_equals_labour(void **state)
{
    fixture *f = *state;
    pg_random random = pg_random_stream(3, "break-even", 0);
    for (size_t trial = 0; trial < 50; trial++) {
        char text[256];
        const double minutes = 5 + 100 * pg_random_uniform(&random), success = pg_random_uniform(&random);
        (void)snprintf(text, sizeof text,
                       "task_id minutes wage_usd success attempts input_usd_per_million output_usd_per_million\n"
                       "1 %.6f 30 %.6f 3 400 900",
                       minutes, success);
        compute(f, text, &(pgdp_unit_cost_request){ .settings = usual });
        const double k = of(f, "break_even_multiple", 0), blend = of(f, "break_even_usd_per_million", 0);
        assert_close(blend, k * (400 * 0.8 + 900 * 0.2), 1e-12, 0);
        (void)snprintf(text, sizeof text,
                       "task_id minutes wage_usd success attempts input_usd_per_million output_usd_per_million\n"
                       "1 %.6f 30 %.6f 3 %.12f %.12f",
                       minutes, success, 400 * k, 900 * k);
        compute(f, text, &(pgdp_unit_cost_request){ .settings = usual });
        assert_close(of(f, "ratio_expected", 0), 1, 1e-10, 0);
    }
}

static void prices_that_fall_tenfold_reach_a_hundredth_in_two_years(void **state)
{
    fixture *f = *state;
    const pgdp_setting settings[] = { { "tokens_in", "1e6" },   { "tokens_out", "0" },
                                      { "price_factor", "10" }, { "input_usd_per_million", "1000" },
                                      { "success", "1" },       { "output_usd_per_million", "0" },
                                      { "minutes", "60" },      { NULL, NULL } };
    compute(f, "task_id:t wage_usd review_minutes\na 10 0\nb 2000 0\nc 10 60\nd 10 30",
            &(pgdp_unit_cost_request){ .settings = settings, .date = "2026-01-01" });
    const pgdp_frame *tasks = pgdp_unit_cost_tasks(f->cost);
    assert_close(of(f, "break_even_years", 0), 2, 1e-12, 0);
    assert_string_equal(pgt_text_at(tasks, "break_even_date", 0), "2028-01-02");
    assert_string_equal(pgt_text_at(tasks, "break_even", 1), "now");
    assert_close(of(f, "break_even_years", 1), 0, 0, 0);
    assert_string_equal(pgt_text_at(tasks, "break_even", 2), "never");
    assert_true(isnan(of(f, "break_even_years", 2)));
    assert_close(of(f, "break_even_years", 3), 2 + log10(2), 1e-12, 0);
}

/* Two years at 10 %: 1/1.1 + 1/1.21 of each flow. */
static void feasible_is_what_saves_more_than_it_costs(void **state)
{
    fixture *f = *state;
    const pgdp_setting settings[] = { { "tokens_in", "1e6" },
                                      { "tokens_out", "0" },
                                      { "horizon_years", "2" },
                                      { "input_usd_per_million", "1" },
                                      { "success", "1" },
                                      { "output_usd_per_million", "0" },
                                      { "minutes", "60" },
                                      { "discount", "0.1" },
                                      { "runs_year", "100" },
                                      { "run_usd_year", "400" },
                                      { "run_decline", "0.25" },
                                      { "price_factor", "2" },
                                      { NULL, NULL } };
    const double saved = 100 * 11 * (1 / 1.1 + 1 / 1.21), run = 500 / 1.1 + (50 + 300) / 1.21;
    char text[256];
    (void)snprintf(text, sizeof text, "task_id wage_usd fixed_usd wage_bill_usd\n1 11 %.6f 300\n2 11 %.6f 100",
                   saved - run - 0.01, saved - run + 0.01);
    compute(f, text, &(pgdp_unit_cost_request){ .settings = settings, .prices = f->prices });
    assert_close(of(f, "saved_usd", 0), saved, 1e-14, 0);
    assert_close(of(f, "run_usd", 0), run, 1e-14, 0);
    assert_close(of(f, "feasible", 0), 1, 0, 0);
    assert_close(of(f, "feasible", 1), 0, 0, 0);
    assert_close(total(f, "feasible_share", "value"), 0.75, 1e-15, 0);
    assert_close(total(f, "gain_usd", "value"), 0.01, 1e-4, 0);
    compute(f, "task_id wage_usd wage_bill_usd\n1 11 300",
            &(pgdp_unit_cost_request){ .settings = (const pgdp_setting[]){ { "tokens_in", "1" },
                                                                           { "tokens_out", "0" },
                                                                           { "minutes", "60" },
                                                                           { "success", "1" },
                                                                           { "input_usd_per_million", "1" },
                                                                           { "output_usd_per_million", "0" },
                                                                           { NULL, NULL } } });
    assert_true(isnan(of(f, "feasible", 0)) && isnan(total(f, "feasible_share", "value")));
}

/* More scale, cheaper machines, a longer life: never less feasible. */
static void feasibility_rises_with_scale_and_horizon(void **state)
{
    fixture *f = *state;
    static const char *const names[] = { "runs_year", "horizon_years" };
    for (size_t k = 0; k < 2; k++) {
        double before = -1;
        for (size_t step = 1; step <= 8; step++) {
            char value[16];
            (void)snprintf(value, sizeof value, "%zu", step * step);
            const pgdp_setting settings[] = { { "tokens_in", "1e5" }, { "tokens_out", "1e4" }, { "success", "0.8" },
                                              { "minutes", "60" },    { "fixed_usd", "400" },  { "run_usd_year", "20" },
                                              { names[k], value },    { names[1 - k], "10" },  { NULL, NULL } };
            compute(f, "task_id wage_usd wage_bill_usd\n1 10 1\n2 20 1\n3 40 1\n4 80 1",
                    &(pgdp_unit_cost_request){ .settings = settings, .prices = f->prices, .model = "one" });
            assert_true(total(f, "feasible_share", "value") >= before);
            before = total(f, "feasible_share", "value");
        }
        assert_close(before, 1, 0, 0);
    }
}

static void without_wage_bills_tasks_count_alike(void **state)
{
    fixture *f = *state;
    compute(f, TASK "1 60 60 1 1 30\n2 60 60 1 1 6",
            &(pgdp_unit_cost_request){ .settings = usual, .prices = f->prices, .model = "one" });
    assert_close(total(f, "ratio", "value"), (30.2 + 6.2) / 120, 1e-14, 0);
    assert_true(isnan(total(f, "wage_bill_usd", "value")) && isnan(total(f, "cost_usd", "value")));
}

static void prices_are_those_of_the_day(void **state)
{
    fixture *f = *state;
    compute(f, TASK "1 60 60 1 1 0",
            &(pgdp_unit_cost_request){ .settings = usual, .prices = f->prices, .model = "one", .date = "2025-05-31" });
    assert_close(of(f, "token_usd", 0), 0.35, 1e-15, 0);
    compute(f, TASK "1 60 60 1 1 0",
            &(pgdp_unit_cost_request){ .settings = usual, .prices = f->prices, .model = "one", .date = "2025-06-01" });
    assert_close(of(f, "token_usd", 0), 0.2, 1e-15, 0);
    compute(f, "task_id:t minutes wage_usd success model:t cached_share\na 60 60 1 one 0.5\nb 60 60 1 two 0.5",
            &(pgdp_unit_cost_request){ .settings = usual, .prices = f->prices });
    assert_close(of(f, "token_usd", 0), 0.01 * 5 + 0.01 * 1 + 0.1, 1e-15, 0);
    assert_close(of(f, "token_usd", 1), 0.02 * 1 + 0.02, 1e-15, 0);
}

static void lists_of_other_programs_are_known(void **state)
{
    fixture *f = *state;
    static const char *const lists[] = { "model:t input output\none 5 20",
                                         "model:t input_cost_per_token output_cost_per_token\none 5e-6 20e-6",
                                         "id:t price_prompt price_completion\none 5e-6 20e-6" };
    for (size_t k = 0; k < 3; k++) {
        pgdp_frame *prices = pgt_frame(f->ctx, lists[k]);
        compute(f, TASK "1 60 60 1 1 0",
                &(pgdp_unit_cost_request){ .settings = usual, .prices = prices, .model = "one" });
        assert_close(of(f, "token_usd", 0), 0.2, 1e-14, 0);
        pgdp_frame_free(prices);
    }
}

#define RANGES                                                                                                         \
    "task_id minutes wage_usd success success_low success_high review_minutes review_minutes_low review_minutes_high " \
    "wage_bill_usd\n1 60 60 0.5 0.25 1 6 6 6 100\n2 30 40 0.9 . . 0 . . 50"

/* One attempt: cost = .2 + 6 + (1 - p) 60, p triangular (.25, .5, 1): its quantiles are the interval. */
static void intervals_are_those_of_the_draws(void **state)
{
    fixture *f = *state;
    compute(f, RANGES,
            &(pgdp_unit_cost_request){
                .settings = usual, .prices = f->prices, .model = "one", .n_draws = 20000, .seed = 7 });
    const double low = pg_quantile_triangular(0.025, 0.25, 0.5, 1), high = pg_quantile_triangular(0.975, 0.25, 0.5, 1);
    assert_close(of(f, "cost_usd_low", 0), 6.2 + 60 * (1 - high), 0, 0.3);
    assert_close(of(f, "cost_usd_high", 0), 6.2 + 60 * (1 - low), 0, 0.3);
    assert_true(isnan(of(f, "cost_usd_low", 1)));
    assert_true(total(f, "ratio_expected", "conf_low") < total(f, "ratio_expected", "value"));
    assert_true(total(f, "ratio_expected", "conf_high") > total(f, "ratio_expected", "value"));
    assert_close(total(f, "wage_bill_usd", "conf_low"), 150, 1e-15, 0);
}

static void threads_change_no_bit(void **state)
{
    fixture *f = *state;
    char text[16384] = "task_id minutes wage_usd success success_low success_high runs_year\n", line[96];
    for (size_t i = 0; i < 300; i++) {
        (void)snprintf(line, sizeof line, "%zu %zu 30 0.5 0.%zu 0.9 100\n", i, 1 + i % 97, 1 + i % 5);
        strcat(text, line);
    }
    text[strlen(text) - 1] = '\0';
    double want[2] = { 0 };
    for (size_t threads = 1; threads <= 4; threads *= 2) {
        pgdp_ctx_set_threads(f->ctx, threads);
        compute(f, text,
                &(pgdp_unit_cost_request){
                    .settings = usual, .prices = f->prices, .model = "one", .n_draws = 50, .seed = 9 });
        const double got[2] = { total(f, "gain_usd", "conf_low"), total(f, "ln_time_ratio", "conf_high") };
        if (threads == 1) memcpy(want, got, sizeof want);
        assert_memory_equal(want, got, sizeof want);
    }
}

/* Anthropic (Nov 2025): rows of occupations by wage bill over 10,460 bn and ln ratio give the printed growth. */
static void occupation_rows_of_the_economic_index_are_rebuilt(void **state)
{
    fixture *f = *state;
    static const struct {
        double bill, ln_ratio, printed;
    } rows[] = { { 239.18, 1.507, 0.34 }, { 477.16, 0.224, 0.10 }, { 74.47, 1.271, 0.09 },
                 { 136.66, 0.451, 0.06 }, { 123.70, 0.431, 0.05 }, { 10460, 0.196, 1.80 } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[256];
        (void)snprintf(text, sizeof text, "task_id minutes ai_minutes wage_bill_usd\n1 100 %.12f %.2f\n2 100 100 %.2f",
                       100 * exp(-rows[i].ln_ratio), rows[i].bill, 10460 - rows[i].bill);
        const pgdp_setting settings[] = {
            { "tokens_in", "1" }, { "tokens_out", "1" }, { "success", "1" }, { "wage_usd", "30" }, { NULL, NULL }
        };
        compute(f, text, &(pgdp_unit_cost_request){ .settings = settings, .prices = f->prices, .model = "two" });
        assert_close(100 * total(f, "productivity_growth", "value"), rows[i].printed, 0, 0.0061);
    }
    assert_close(100 * total(f, "productivity_growth", "value"), 1.806, 0, 0.001);
    assert_close(60 * total(f, "productivity_growth", "value"), 1.08, 0, 0.01);
}

static void bad_tables_are_refused_by_row_and_column(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *tasks, *words;
        pgdp_status status;
    } cases[] = {
        { TASK "1 60 60 0.5 1 0\n1 60 60 0.5 1 0", "row 2, column task_id: found task \"1\" again", PGDP_PARSE },
        { TASK "1 60 60 1.5 1 0", "row 1, column success: found 1.5, expected a number from 0 to 1", PGDP_PARSE },
        { TASK "1 60 60 0.5 1 0\n2 . 60 0.5 1 0", "row 2, column minutes: found nothing", PGDP_PARSE },
        { TASK "1 60 -1 0.5 1 0", "row 1, column wage_usd: found -1", PGDP_PARSE },
        { "task_id:t minutes wage_usd success success_low success_high\na 60 60 0.5 0.6 0.9",
          "row 1, column success: found a value, low and high", PGDP_PARSE },
        { "minutes wage_usd\n1 2", "found no column task_id", PGDP_NOT_FOUND },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pgdp_frame *tasks = pgt_frame(f->ctx, cases[i].tasks);
        const pgdp_unit_cost_request q = { .settings = usual, .prices = f->prices, .model = "one" };
        assert_status(f->ctx, pgdp_unit_cost_new(f->ctx, tasks, &q, &f->cost), cases[i].status);
        assert_contains(pgdp_ctx_error(f->ctx), cases[i].words);
        pgdp_frame_free(tasks);
    }
    f->tasks = pgt_frame(f->ctx, "task_id:t minutes wage_usd success model:t\na 60 60 1 one\nb 60 60 1 tow");
    const pgdp_unit_cost_request q = { .settings = usual, .prices = f->prices };
    assert_status(f->ctx, pgdp_unit_cost_new(f->ctx, f->tasks, &q, &f->cost), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(f->ctx), "row 2, column model: prices: found no model \"tow\"; did you mean");
    const pgdp_unit_cost_request none = { .settings = usual, .prices = f->prices, .model = "zzzzzzzz" };
    assert_status(f->ctx, pgdp_unit_cost_new(f->ctx, f->tasks, &none, &f->cost), PGDP_NOT_FOUND);
    const pgdp_unit_cost_request misspelt = { .settings = (const pgdp_setting[]){ { "minute", "3" }, { NULL, NULL } } };
    assert_status(f->ctx, pgdp_unit_cost_new(f->ctx, f->tasks, &misspelt, &f->cost), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(f->ctx), "did you mean \"minutes\"?");
}

static pgdp_status compute_and_write(pgdp_ctx *ctx, void *user)
{
    fixture *f = user;
    pgdp_unit_cost *cost;
    pgt_buffer buffer = { NULL, 0, 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    const pgdp_unit_cost_request q = {
        .settings = usual, .prices = f->prices, .model = "one", .n_draws = 10, .date = "2026-01-01"
    };
    const pgdp_status made = pgdp_unit_cost_new(ctx, f->tasks, &q, &cost);
    if (made != PGDP_OK) return made;
    pgdp_status status = pgdp_unit_cost_write(ctx, cost, true, &sink);
    if (status == PGDP_OK) status = pgdp_unit_cost_write(ctx, cost, false, &sink);
    pgdp_unit_cost_free(cost);
    pgt_buffer_free(&buffer);
    return status;
}

static void memory_may_run_out_anywhere(void **state)
{
    fixture *f = *state;
    f->tasks = pgt_frame(f->ctx, RANGES);
    assert_true(pgt_fail_every_allocation(compute_and_write, f) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_task_costs_what_it_costs_by_hand, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_attempt_gives_the_expected_cost_form, set_up, tear_down),
        cmocka_unit_test_setup_teardown(at_the_break_even_price_cost_equals_labour, set_up, tear_down),
        cmocka_unit_test_setup_teardown(prices_that_fall_tenfold_reach_a_hundredth_in_two_years, set_up, tear_down),
        cmocka_unit_test_setup_teardown(feasible_is_what_saves_more_than_it_costs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(feasibility_rises_with_scale_and_horizon, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_wage_bills_tasks_count_alike, set_up, tear_down),
        cmocka_unit_test_setup_teardown(prices_are_those_of_the_day, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lists_of_other_programs_are_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(intervals_are_those_of_the_draws, set_up, tear_down),
        cmocka_unit_test_setup_teardown(threads_change_no_bit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(occupation_rows_of_the_economic_index_are_rebuilt, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_tables_are_refused_by_row_and_column, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_may_run_out_anywhere, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
