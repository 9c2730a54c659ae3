/* test_frameworks.c  Arithmetic of published frameworks. Source: methodology 6.2, 6.3 (printed values and tolerances).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include "gap/frameworks.h"

static void B01_B02_B03_acemoglu_tfp(void **state)
{
    (void)state;
    const double share = pg_hulten_gain(.20, .23), saving = pg_hulten_gain(.27, .535);
    assert_close(share, .046, 0, 1e-9);
    assert_close(saving, .14445, 0, 1e-9);
    assert_close(pg_hulten_gain(.046, .144), .006624, 0, 1e-9);
    assert_close(pg_hulten_gain(share, saving), .0066, 0, 5e-5);
}

static void B05_acemoglu_gdp(void **state)
{
    (void)state;
    assert_close(pg_gdp_gain(.0066, .43), .01158, 0, 5e-6);
    assert_close(pg_gdp_gain(.0053, .43), .0093, 0, 5e-5);
}

static void B08_bad_tasks_lower_welfare(void **state)
{
    (void)state;
    assert_close(pg_bad_task_welfare(53, 19, 1), -.3585, 0, 5e-5);
    assert_close(100 * pg_bad_task_welfare(53, 19, .02), -.717, 0, 5e-3);
}

static void B09_anthropic_growth(void **state)
{
    (void)state;
    const double labour_productivity = pg_annual_rate(1 + .196, 10);
    assert_close(100 * labour_productivity, 1.806, 0, .01);
    assert_close(100 * pg_hulten_gain(.6, labour_productivity), 1.08, 0, .01);
}

static void B10_occupations_contribute_their_wage_bill_share(void **state)
{
    (void)state;
    /* wage bill, $ bn; log ratio; printed points a year. The rest of $10.46 T gains nothing here. */
    static const double rows[][3] = { { 239.18, 1.507, .34 },
                                      { 477.16, .224, .10 },
                                      { 74.47, 1.271, .09 },
                                      { 136.66, .451, .06 },
                                      { 123.70, .431, .05 } };
    for (size_t i = 0; i < 5; i++) {
        const double bills[] = { rows[i][0], 10460 - rows[i][0] }, gains[] = { rows[i][1], 0 };
        assert_close(100 * pg_annual_rate(1 + pg_weighted_log_gain(bills, gains, 2), 10), rows[i][2], 0, .006);
    }
}

static void C02_C03_the_wills_price(void **state)
{
    (void)state;
    assert_close(100 * pg_annual_rate(.5 / 150, 1), -99.667, 0, 5e-4);
    assert_close(100 * pg_annual_rate(150. / 400, 30), -3.217, 0, .001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(B01_B02_B03_acemoglu_tfp),
        cmocka_unit_test(B05_acemoglu_gdp),
        cmocka_unit_test(B08_bad_tasks_lower_welfare),
        cmocka_unit_test(B09_anthropic_growth),
        cmocka_unit_test(B10_occupations_contribute_their_wage_bill_share),
        cmocka_unit_test(C02_C03_the_wills_price),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
