/* test_golden_capability.c  Rows of methodology 6.2 on capability and its value, each named after its row, by the
 * public interface alone. Printed values and tolerances are the row's. SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/frameworks.h"
#include "tests/support/support.h"
#include "tests/support/world.h"

static int set_up(void **state)
{
    *state = pgdp_ctx_new(NULL);
    return 0;
}

static int tear_down(void **state)
{
    pgdp_ctx_free(*state);
    return 0;
}

/** One result of a framework at the published inputs, or with one of them changed ("sigma", "2"). */
static double result_of(pgdp_ctx *ctx, const char *framework, const char *result, const char *input, const char *value)
{
    const pgdp_setting settings[] = { { input, value }, { NULL, NULL } };
    pgdp_frame *frame = NULL;
    assert_ok(ctx, pgdp_frameworks(ctx, framework, settings, &frame));
    const double x = pgt_real_at(frame, "value", pgt_row_with(frame, "result", result));
    pgdp_frame_free(frame);
    return x;
}

static void B01_B02_B03_B05_acemoglu(void **state)
{
    assert_close(result_of(*state, "acemoglu", "affected_share", NULL, NULL), .046, 0, 1e-9);
    assert_close(result_of(*state, "acemoglu", "cost_saving", NULL, NULL), .14445, 0, 1e-9);
    assert_close(result_of(*state, "acemoglu", "tfp", NULL, NULL), .0066, 0, 5e-5);
    assert_close(result_of(*state, "acemoglu", "gdp", NULL, NULL), .01158 * .0066447 / .0066, 0, 5e-5); /* unrounded */
}

static void B08_bad_tasks(void **state)
{
    assert_close(result_of(*state, "bad_tasks", "welfare", "activity_share", "1"), -.3585, 0, 5e-5);
    assert_close(100 * result_of(*state, "bad_tasks", "welfare", NULL, NULL), -.717, 0, 5e-3);
}

static void B09_anthropic(void **state)
{
    assert_close(100 * result_of(*state, "anthropic", "labour_productivity", NULL, NULL), 1.806, 0, .01);
    assert_close(100 * result_of(*state, "anthropic", "tfp", NULL, NULL), 1.08, 0, .01);
}

static void B10a_software_developers(void **state)
{
    assert_close(100 * result_of(*state, "occupation", "labour_productivity", NULL, NULL), .34, 0, .006);
}

static void B11_bick_consistency(void **state)
{
    assert_close(result_of(*state, "bick", "users_hours", NULL, NULL), .2593, 0, 1e-4);
    assert_close(result_of(*state, "bick", "ai_time", NULL, NULL), .1636, 0, 1e-4);
}

static void B14_ces_over_tasks(void **state)
{
    static const struct {
        const char *sigma;
        double productivity;
    } rows[] = { { "0", 1.0515247 }, { "0.5", 1.0917210 }, { "1", 1.2160418 }, { "2", 3.45 } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_close(result_of(*state, "ces", "productivity", "sigma", rows[i].sigma), rows[i].productivity, 0, 1e-6);
    /* no jump where the formula changes its form */
    assert_close(result_of(*state, "ces", "gain", "sigma", "1.000000001"),
                 result_of(*state, "ces", "gain", "sigma", "1"), 1e-8, 0);
    assert_close(result_of(*state, "ces", "hulten_gain", NULL, NULL), .1956, 0, 5e-5);
}

static void B15_consumer_surplus_of_generative_ai(void **state)
{
    assert_close(result_of(*state, "surplus", "consumer_surplus", NULL, NULL), 116.165, 0, .1);
}

static void B17_compute_and_its_price(void **state)
{
    assert_close(100 * result_of(*state, "compute", "nominal_growth", NULL, NULL), 143.3, 0, .1);
    assert_close(100 * result_of(*state, "compute", "price_growth", NULL, NULL), -89.7, 0, .1);
}

static void B19_tenfold_a_year(void **state)
{
    assert_close(result_of(*state, "price_fall", "fall", NULL, NULL), 10, 0, .01);
}

static void B20_missing_growth(void **state)
{
    assert_close(result_of(*state, "missing_growth", "missing_growth", NULL, NULL), .0067342, 0, 1e-7);
}

static void B21_new_varieties(void **state)
{
    assert_close(result_of(*state, "new_varieties", "price_factor", NULL, NULL), .9654894, 0, 1e-7);
}

static void wrong_names_and_numbers_are_told(void **state)
{
    pgdp_ctx *ctx = *state;
    const pgdp_setting unknown[] = { { "sigmo", "2" }, { NULL, NULL } }, wrong[] = { { "sigma", "1" }, { NULL, NULL } };
    pgdp_frame *frame = NULL;
    assert_status(ctx, pgdp_frameworks(ctx, "acemoglo", NULL, &frame), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(ctx), "did you mean \"acemoglu\"?");
    assert_status(ctx, pgdp_frameworks(ctx, "ces", unknown, &frame), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(ctx), "did you mean \"sigma\"?");
    assert_status(ctx, pgdp_frameworks(ctx, "new_varieties", wrong, &frame), PGDP_BAD_ARGUMENT);
    assert_null(frame);
}

static pgdp_status all(pgdp_ctx *ctx, void *user)
{
    pgt_buffer buffer = { .data = NULL };
    const pgdp_sink sink = pgt_sink(&buffer);
    pgdp_frame *frame = NULL;
    (void)user;
    pgdp_status status = pgdp_frameworks(ctx, NULL, NULL, &frame);
    if (status == PGDP_OK) status = pgdp_frameworks_write(ctx, frame, true, &sink);
    pgdp_frame_free(frame);
    pgt_buffer_free(&buffer);
    return status;
}

static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    (void)state;
    assert_true(pgt_fail_every_allocation(all, NULL) >= 4);
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ROW(B01_B02_B03_B05_acemoglu),
        ROW(B08_bad_tasks),
        ROW(B09_anthropic),
        ROW(B10a_software_developers),
        ROW(B11_bick_consistency),
        ROW(B14_ces_over_tasks),
        ROW(B15_consumer_surplus_of_generative_ai),
        ROW(B17_compute_and_its_price),
        ROW(B19_tenfold_a_year),
        ROW(B20_missing_growth),
        ROW(B21_new_varieties),
        ROW(wrong_names_and_numbers_are_told),
        ROW(every_failing_allocation_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
