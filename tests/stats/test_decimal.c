/* test_decimal.c  What rounding takes from a decimal number.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"
#include "core/random.h"
#include "stats/decimal.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>

static void a_tenth_has_a_rest_that_multiplied_by_ten_makes_one(void **state)
{
    (void)state;
    /* 0.1 as a double is 0.1000000000000000055511151231257827 */
    assert_close(pg_decimal_rest(0.1), -5.5511151231257827e-18, 1e-15, 0);
    assert_close(pg_decimal_rest(-0.1), 5.5511151231257827e-18, 1e-15, 0);
    /* 10000000.2 is 10000000.199999999254941940307617187 */
    assert_close(pg_decimal_rest(10000000.2), 7.45058059692382813e-10, 1e-15, 0);
}

static void numbers_that_are_exact_or_not_decimal_have_none(void **state)
{
    (void)state;
    static const double none[] = {
        0, 1, -3, 0.5, 1e22, 123456789, 1.0 / 3, 3.141592653589793, 1e-300, 1e300, INFINITY
    };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_close(pg_decimal_rest(none[i]), 0, 0, 0);
    assert_close(pg_decimal_rest((double)NAN), 0, 0, 0);
}

static void the_rest_is_below_half_a_unit_and_right_in_long_double(void **state)
{
    (void)state;
    pg_random random = pg_random_stream(9, "decimal", 0);
    for (size_t i = 0; i < 20000; i++) {
        const long double digits = (long double)floor(1e9 * pg_random_uniform(&random));
        const int scale = (int)pg_random_index(&random, 15);
        long double power = 1;
        for (int k = 0; k < scale; k++)
            power *= 10;
        const long double want = digits / power; /* 64 bits: right to 2^-64 */
        char text[40];
        double x = 0;
        const int n = snprintf(text, sizeof text, "%.0Lfe-%d", digits, scale);
        assert_true(pg_number_parse(text, (size_t)n, &x));
        const double rest = pg_decimal_rest(x);
        assert_true(fabs(rest) <= ldexp(fabs(x), -52));
        assert_close(rest, (double)(want - (long double)x), 0, ldexp(fabs(x), -63));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tenth_has_a_rest_that_multiplied_by_ten_makes_one),
        cmocka_unit_test(numbers_that_are_exact_or_not_decimal_have_none),
        cmocka_unit_test(the_rest_is_below_half_a_unit_and_right_in_long_double),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
