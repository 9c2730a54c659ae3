/* test_two_algebra.c  Arithmetic on sums of two doubles against integers of 128 bits.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/random.h"
#include "stats/two_algebra.h"
#include "tests/support/support.h"

#include <math.h>

enum { TRIALS = 20000 };
__extension__ typedef __int128 wide;

/* An integer of at most 106 bits, exactly. */
static pg_two two_of(wide v)
{
    const double hi = (double)v;
    return (pg_two){ hi, (double)(v - (wide)hi) };
}

static wide of_two(pg_two a)
{
    return (wide)a.hi + (wide)a.lo;
}

/* An integer of the sign and number of bits that chance says. */
static wide draw(pg_random *random, int most_bits)
{
    const int bits = 1 + (int)pg_random_index(random, (size_t)most_bits);
    wide v = 0;
    for (int i = 0; i < bits; i++)
        v = 2 * v + (wide)pg_random_index(random, 2);
    return pg_random_index(random, 2) == 0 ? v : -v;
}

static wide size_of(wide v)
{
    return v < 0 ? -v : v;
}

/* |got - want| <= 2^-bits |want| */
static void assert_right(pg_two got, wide want, int bits)
{
    const wide error = size_of(of_two(got) - want);
    assert_true(error <= size_of(want) >> bits);
    assert_true(fabs(got.lo) <= ldexp(fabs(got.hi), -52)); /* in order: lo is what hi lacks */
}

static void sums_and_differences_are_right_to_103_bits(void **state)
{
    (void)state;
    pg_random random = pg_random_stream(2, "two", 0);
    for (size_t i = 0; i < TRIALS; i++) {
        const wide a = draw(&random, 100), b = draw(&random, 100);
        assert_right(pg_two_plus(two_of(a), two_of(b)), a + b, 103);
        assert_right(pg_two_minus(two_of(a), two_of(b)), a - b, 103);
    }
}

static void a_difference_of_neighbours_is_exact(void **state)
{
    (void)state;
    pg_random random = pg_random_stream(3, "two", 0);
    for (size_t i = 0; i < TRIALS; i++) {
        const wide a = draw(&random, 100), step = draw(&random, 20);
        assert_true(of_two(pg_two_minus(two_of(a + step), two_of(a))) == step);
    }
}

static void products_and_quotients_are_right_to_100_bits(void **state)
{
    (void)state;
    pg_random random = pg_random_stream(4, "two", 0);
    for (size_t i = 0; i < TRIALS; i++) {
        const wide a = draw(&random, 52), b = draw(&random, 70), c = a * b;
        assert_right(pg_two_times(two_of(a), two_of(b)), c, 100);
        if (a == 0 || size_of(c) >> 105 != 0) continue;
        assert_right(pg_two_over(two_of(c), two_of(a)), b, 100);
    }
}

static void roots_are_right_to_100_bits(void **state)
{
    (void)state;
    pg_random random = pg_random_stream(5, "two", 0);
    for (size_t i = 0; i < TRIALS; i++) {
        const wide a = size_of(draw(&random, 52));
        const pg_two root = pg_two_root(two_of(a * a));
        assert_true(of_two(root) == a);
        const pg_two squared = pg_two_times(pg_two_root(two_of(a)), pg_two_root(two_of(a)));
        assert_true(fabs((squared.hi - (double)a) + squared.lo) <= ldexp((double)a, -100));
    }
    assert_close(pg_two_root((pg_two){ 0, 0 }).hi, 0, 0, 0);
    assert_close(pg_two_root((pg_two){ -4, 0 }).hi, 0, 0, 0);
}

static void powers_are_repeated_products(void **state)
{
    (void)state;
    wide want = 1;
    for (int k = 0; k <= 65; k++, want *= 3) { /* 3^65 has 104 bits */
        const pg_two got = pg_two_power((pg_two){ 3, 0 }, k), inverse = pg_two_power((pg_two){ 3, 0 }, -k);
        assert_right(got, want, 98);
        const pg_two one = pg_two_times(got, inverse);
        assert_true(fabs((one.hi - 1) + one.lo) < ldexp(1, -98));
    }
}

static void sizes_beyond_splitting_fall_back_to_doubles(void **state)
{
    (void)state;
    assert_close(pg_two_times((pg_two){ 1e300, 0 }, (pg_two){ 1e10, 0 }).hi, (double)INFINITY, 0, 0);
    assert_close(pg_two_times((pg_two){ 1e295, 0 }, (pg_two){ 1e-3, 0 }).hi, 1e292, 1e-15, 0);
    assert_close(pg_two_times((pg_two){ 1e-200, 0 }, (pg_two){ 1e-100, 0 }).hi, 1e-300, 1e-15, 0);
    assert_close(pg_two_over((pg_two){ 1e-300, 0 }, (pg_two){ 4, 0 }).hi, 2.5e-301, 1e-15, 0);
    assert_close(pg_two_plus((pg_two){ 1.5e308, 0 }, (pg_two){ 1.5e308, 0 }).hi, (double)INFINITY, 0, 0);
    assert_true(isnan(pg_two_plus((pg_two){ (double)NAN, 0 }, (pg_two){ 1, 0 }).hi));
    assert_close(pg_two_plus((pg_two){ 1.5e308, 0 }, (pg_two){ 1.5e308, 0 }).lo, 0, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_and_differences_are_right_to_103_bits),
        cmocka_unit_test(a_difference_of_neighbours_is_exact),
        cmocka_unit_test(products_and_quotients_are_right_to_100_bits),
        cmocka_unit_test(roots_are_right_to_100_bits),
        cmocka_unit_test(powers_are_repeated_products),
        cmocka_unit_test(sizes_beyond_splitting_fall_back_to_doubles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
