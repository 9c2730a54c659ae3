/* test_parameters.c  Parameters of a study: their list, their draws, and workloads turned into cells.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

#include "core/random.h"
#include "gap/request.h"

static void defaults_lie_in_their_ranges(void **state)
{
    (void)state;
    const pgdp_parameter *p = pgdp_parameters_default();
    for (size_t i = 0; i < PGDP_N_PARAMETERS; i++) {
        double lo, hi;
        assert_true(strlen(pgdp_parameter_text(i, &lo, &hi)) > 0);
        assert_true(p[i].value >= lo && p[i].value <= hi && p[i].a == p[i].value);
        assert_int_equal(p[i].distribution, PGDP_FIXED);
        assert_string_equal(p[i].source, "");
        assert_true(strlen(p[i].unit) > 0);
    }
    assert_string_equal(p[PGDP_PARAMETER_elasticity].name, "elasticity");
    assert_null(pgdp_parameter_text(PGDP_N_PARAMETERS, NULL, NULL));
}

static void draws_invert_their_distributions(void **state)
{
    (void)state;
    const size_t share = PGDP_PARAMETER_adoption, cost = PGDP_PARAMETER_review_share;
    const pgdp_parameter fixed = { .value = .37, .a = .1 };
    assert_true(pg_parameter_draw(&fixed, share, .93) == .37);
    const pgdp_parameter beta = { .distribution = PGDP_BETA, .a = 2. / 3, .b = 3 }; /* Beta(2, 1): F(x) = x^2 */
    assert_close(pg_parameter_draw(&beta, share, .49), .7, 1e-11, 0);
    const pgdp_parameter lognormal = { .distribution = PGDP_LOGNORMAL, .a = .2385, .b = .4 };
    assert_close(pg_parameter_draw(&lognormal, cost, .5), .2385, 1e-15, 0);
    assert_close(pg_parameter_draw(&lognormal, cost, .975), .2385 * exp(.4 * 1.959963984540054), 1e-14, 0);
    const pgdp_parameter triangular = { .distribution = PGDP_TRIANGULAR, .a = .1, .b = .3, .c = .5 };
    assert_close(pg_parameter_draw(&triangular, share, .5), .3, 1e-15, 0);
    assert_close(pg_parameter_draw(&triangular, share, .125), .2, 1e-15, 0);
    const pgdp_parameter uniform = { .distribution = PGDP_UNIFORM, .a = .2, .b = .6 };
    assert_close(pg_parameter_draw(&uniform, share, .35), .34, 1e-15, 0);
}

static void draws_stay_inside_the_range_of_the_list(void **state)
{
    (void)state;
    const pgdp_parameter wide = { .distribution = PGDP_LOGNORMAL, .a = .9, .b = 1 };
    assert_true(pg_parameter_draw(&wide, PGDP_PARAMETER_survival, .99) == 1);
    assert_true(pg_parameter_draw(&wide, PGDP_PARAMETER_survival, 1e-15) == .001);
}

static const pgdp_workload clerk = { .name = "clerk",
                                     .wage_bill = 817.3,
                                     .hourly_wage = 24.5,
                                     .capability = .31,
                                     .capability_se = .2,
                                     .multiplier = 1.7,
                                     .final_share = .64 };

static void refused(const pgdp_gap_request *request, const char *says)
{
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_status(ctx, pg_check_request(ctx, request), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), says);
    pgdp_ctx_free(ctx);
}

static void impossible_requests_are_named(void **state)
{
    (void)state;
    pgdp_parameter p[PGDP_N_PARAMETERS];
    memcpy(p, pgdp_parameters_default(), sizeof p);
    pgdp_workload work = clerk;
    const pgdp_gap_request request = { .work = &work, .n_work = 1, .parameters = p };
    work.capability = 1.5;
    refused(&request, "workload 1 (clerk): found capability = 1.5, expected a number from 0 to 1");
    work = clerk;
    work.hourly_wage = 0;
    refused(&request, "workload 1 (clerk): found hourly_wage = 0, expected a finite number above 0");
    work = clerk;
    p[PGDP_PARAMETER_survival].value = 0;
    refused(&request, "parameter survival: found 0, expected a number from 0.001 to 1");
    memcpy(p, pgdp_parameters_default(), sizeof p);
    p[PGDP_PARAMETER_adoption].distribution = PGDP_BETA;
    p[PGDP_PARAMETER_adoption].a = 1;
    refused(&request, "parameter adoption: found beta(1, 0, 0), expected a mean between 0 and 1");
    p[PGDP_PARAMETER_adoption] = (pgdp_parameter){ .value = .2, .distribution = PGDP_UNIFORM, .a = .5, .b = 1.5 };
    refused(&request, "found uniform(0.5, 1.5, 0), expected low <= high, within 0 to 1");
    p[PGDP_PARAMETER_adoption].name = "adoptoin";
    refused(&request, "parameter 1: found \"adoptoin\", expected adoption");
}

static void workload_becomes_a_market_and_an_in_house_cell(void **state)
{
    (void)state;
    double v[PGDP_N_PARAMETERS];
    for (size_t i = 0; i < PGDP_N_PARAMETERS; i++)
        v[i] = pgdp_parameters_default()[i].value;
    v[PGDP_PARAMETER_in_house_share] = .3;
    v[PGDP_PARAMETER_survival] = .8;
    v[PGDP_PARAMETER_quality] = 1.1;
    v[PGDP_PARAMETER_capture_rate] = .25;
    v[PGDP_PARAMETER_tokens_per_hour] = 2e5;
    pgdp_gap_cell cells[2];
    pgdp_gap_cells(&clerk, 1, v, PGDP_GAP_ACCOUNTS, cells);
    const double v0 = 817.3 * 1.7 * .64, per_labour = .1 + 2e5 * 5e-6 / 24.5;
    assert_close(cells[0].v0, .7 * v0, 1e-15, 0);
    assert_close(cells[1].v0, .3 * v0, 1e-15, 0);
    assert_true(cells[0].priced && !cells[1].priced);
    for (size_t c = 0; c < 2; c++) {
        assert_string_equal(cells[c].name, "clerk");
        assert_close(cells[c].r, .7 / 1.7 + per_labour / 1.7, 1e-15, 0); /* .7 of 1.7 is no labour */
        assert_close(cells[c].u, .31 * .18, 1e-15, 0);
        assert_close(cells[c].k, .88, 1e-15, 0);
        assert_true(cells[c].lam == .25 && cells[c].e == .6 && cells[c].rho == 1 && cells[c].q_max == 10);
        assert_true(cells[c].p_h == 1 && cells[c].d_h == 1 && cells[c].theta == 0);
    }
    pgdp_gap_cells(&clerk, 1, v, PGDP_GAP_GROSS, cells); /* labour dollars */
    assert_close(cells[0].v0 + cells[1].v0, 817.3, 1e-15, 0);
    assert_close(cells[0].r, per_labour, 1e-15, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_lie_in_their_ranges),
        cmocka_unit_test(draws_invert_their_distributions),
        cmocka_unit_test(draws_stay_inside_the_range_of_the_list),
        cmocka_unit_test(impossible_requests_are_named),
        cmocka_unit_test(workload_becomes_a_market_and_an_in_house_cell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
