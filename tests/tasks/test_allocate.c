/* test_allocate.c  Splitting amounts so that the parts add up to the last bit.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>

#include "core/random.h"
#include "tasks/allocate.h"

static double sum_backwards(const double *x, size_t n)
{
    double sum = 0;
    while (n-- > 0)
        sum += x[n];
    return sum;
}

static void parts_add_up_to_the_amount_in_any_order(void **state)
{
    pgdp_ctx *ctx = *state;
    double weights[97], parts[97];
    pg_random random = pg_random_stream(3, "allocate", 0);
    for (int round = 0; round < 200; round++) {
        const size_t n = 1 + pg_random_index(&random, 97);
        const double amount = pg_round_to_unit(pow(10, 12 * pg_random_uniform(&random)), PG_USD_UNIT);
        for (size_t i = 0; i < n; i++)
            weights[i] = pow(pg_random_uniform(&random), 9);
        assert_ok(ctx, pg_allocate(ctx, amount, PG_USD_UNIT, weights, n, parts));
        double sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += parts[i];
        assert_true(sum == amount); /* exact by construction, hence == */
        assert_true(sum_backwards(parts, n) == amount);
    }
}

static void every_part_is_within_a_unit_of_its_quota(void **state)
{
    pgdp_ctx *ctx = *state;
    const double weights[] = { 0.37, 2.11, 0, 5.09, 1.013 }, amount = 123456789.0 * PG_HEADS_UNIT;
    double parts[5];
    assert_ok(ctx, pg_allocate(ctx, amount, PG_HEADS_UNIT, weights, 5, parts));
    for (size_t i = 0; i < 5; i++)
        assert_true(fabs(parts[i] - amount * weights[i] / 8.583) < PG_HEADS_UNIT);
    assert_true(parts[2] == 0);
}

static void largest_remainders_get_the_units_left(void **state)
{
    pgdp_ctx *ctx = *state;
    const double weights[] = { 3.4, 2.7, 1.9 }; /* quotas of 8 units: 3.4, 2.7, 1.9 */
    double parts[3];
    assert_ok(ctx, pg_allocate(ctx, 8, 1, weights, 3, parts));
    assert_true(parts[0] == 3 && parts[1] == 3 && parts[2] == 2);
    assert_ok(ctx, pg_allocate(ctx, 8, 1, NULL, 3, parts)); /* ties go to the earlier */
    assert_true(parts[0] == 3 && parts[1] == 3 && parts[2] == 2);
}

static void weights_of_zero_split_equally(void **state)
{
    pgdp_ctx *ctx = *state;
    const double weights[] = { 0, 0, 0 };
    double parts[3];
    assert_ok(ctx, pg_allocate(ctx, 7.5, 0.5, weights, 3, parts));
    assert_true(parts[0] == 2.5 && parts[1] == 2.5 && parts[2] == 2.5);
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_add_up_to_the_amount_in_any_order),
        cmocka_unit_test(every_part_is_within_a_unit_of_its_quota),
        cmocka_unit_test(largest_remainders_get_the_units_left),
        cmocka_unit_test(weights_of_zero_split_equally),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
