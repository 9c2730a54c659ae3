/* test_index_numbers.c  Bilateral indexes against the worked example of the CPI manual.
 * Source: ILO et al. (2004), Consumer Price Index Manual, tables 19.1 (prices), 19.2 (quantities), 19.4 to 19.6.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/stats.h"
#include "tests/support/support.h"

#include <math.h>

enum { GOODS = 6, PERIODS = 5 };
static const double prices[PERIODS][GOODS] = {
    { 1.0, 1.0, 1.0, 1.0, 1.0, 1.0 }, { 1.2, 3.0, 1.3, 0.7, 1.4, 0.8 }, { 1.0, 1.0, 1.5, 0.5, 1.7, 0.6 },
    { 0.8, 0.5, 1.6, 0.3, 1.9, 0.4 }, { 1.0, 1.0, 1.6, 0.1, 2.0, 0.2 },
};
static const double quantities[PERIODS][GOODS] = {
    { 1.0, 1.0, 2.0, 1.0, 4.5, 0.5 }, { 0.8, 0.9, 1.9, 1.3, 4.7, 0.6 },  { 1.0, 1.1, 1.8, 3.0, 5.0, 0.8 },
    { 1.2, 1.2, 1.9, 6.0, 5.6, 1.3 }, { 0.9, 1.2, 2.0, 12.0, 6.5, 2.5 },
};

static pgdp_index_numbers between(size_t a, size_t b)
{
    return pgdp_price_indexes(prices[a], prices[b], quantities[a], quantities[b], GOODS);
}

/* The manual prints four decimals. */
static void check(pgdp_index_numbers got, const double want[5])
{
    assert_close(got.laspeyres, want[0], 0, 5e-5);
    assert_close(got.paasche, want[1], 0, 5e-5);
    assert_close(got.fisher, want[2], 0, 5e-5);
    assert_close(got.tornqvist, want[3], 0, 5e-5);
    assert_close(got.walsh, want[4], 0, 5e-5);
}

static void E01_indexes_of_period_2_are_the_manuals(void **state)
{
    (void)state;
    check(between(0, 1), (const double[]){ 1.4200, 1.3824, 1.4011, 1.4052, 1.4017 });
}

static void E02_fixed_base_indexes_of_period_5_are_the_manuals(void **state)
{
    (void)state;
    check(between(0, 4), (const double[]){ 1.4400, .7968, 1.0712, 1.2477, 1.1850 });
}

/* Weak factor reversal: Laspeyres price times Paasche quantity is the value ratio, and Fisher's own product too. */
static void price_times_quantity_is_the_value_ratio(void **state)
{
    (void)state;
    for (size_t t = 1; t < PERIODS; t++) {
        const pgdp_index_numbers p = between(0, t);
        const pgdp_index_numbers q = pgdp_price_indexes(quantities[0], quantities[t], prices[0], prices[t], GOODS);
        double before = 0, after = 0;
        for (size_t i = 0; i < GOODS; i++) {
            before += prices[0][i] * quantities[0][i];
            after += prices[t][i] * quantities[t][i];
        }
        assert_close(p.laspeyres * q.paasche, after / before, 1e-15, 0);
        assert_close(p.paasche * q.laspeyres, after / before, 1e-15, 0);
        assert_close(p.fisher * q.fisher, after / before, 1e-15, 0);
    }
}

static void time_reversal_holds_for_fisher_tornqvist_and_walsh(void **state)
{
    (void)state;
    for (size_t t = 1; t < PERIODS; t++) {
        const pgdp_index_numbers there = between(0, t), back = between(t, 0);
        assert_close(there.fisher * back.fisher, 1, 1e-15, 0);
        assert_close(there.tornqvist * back.tornqvist, 1, 1e-15, 0);
        assert_close(there.walsh * back.walsh, 1, 1e-15, 0);
        assert_close(there.laspeyres * back.paasche, 1, 1e-15, 0);
    }
}

static void equal_price_relatives_are_every_index(void **state)
{
    (void)state;
    double later[GOODS];
    for (size_t i = 0; i < GOODS; i++)
        later[i] = 2.385 * prices[1][i];
    const pgdp_index_numbers p = pgdp_price_indexes(prices[1], later, quantities[1], quantities[3], GOODS);
    const double got[] = { p.laspeyres, p.paasche, p.fisher, p.tornqvist, p.walsh };
    for (size_t i = 0; i < 5; i++)
        assert_close(got[i], 2.385, 4e-16, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(E01_indexes_of_period_2_are_the_manuals),
        cmocka_unit_test(E02_fixed_base_indexes_of_period_5_are_the_manuals),
        cmocka_unit_test(price_times_quantity_is_the_value_ratio),
        cmocka_unit_test(time_reversal_holds_for_fisher_tornqvist_and_walsh),
        cmocka_unit_test(equal_price_relatives_are_every_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
