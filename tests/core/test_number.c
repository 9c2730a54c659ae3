/* test_number.c  Text to numbers: decimal alone, correctly rounded whatever its length.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"
#include "tests/support/support.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Knuth's MMIX generator, upper half mixed in; enough to scatter bit patterns. */
static uint64_t next_bits(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state ^ *state >> 29;
}

static double read_number(const char *text)
{
    double x = -99.125;
    if (!pg_number_parse(text, strlen(text), &x)) {
        print_error("\"%s\" is refused\n", text);
        fail();
    }
    return x;
}

static void assert_same_bits(double got, double want, const char *text)
{
    if (bits_of(got) == bits_of(want)) return;
    print_error("\"%s\" reads as %a, expected %a\n", text, got, want);
    fail();
}

static void assert_refused(const char *text)
{
    double x = 2.385;
    if (pg_number_parse(text, strlen(text), &x)) {
        print_error("\"%s\" is accepted as %a\n", text, x);
        fail();
    }
    assert_same_bits(x, 2.385, text);
}

static void halfway_cases_round_to_even(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } rows[] = {
        { "9007199254740993", 0x1p53 },               /* 2^53 + 1: halfway, even is below */
        { "9007199254740995", 0x1.0000000000002p53 }, /* 2^53 + 3: even is above */
        { "9007199254740993.00000000000000000000000000000001", 0x1.0000000000001p53 },
        { "9007199254740992999999999999999999999e-21", 0x1p53 },
        /* halfway to the smallest subnormal, 2^-1075, and just beside it */
        { "2.4703282292062327208299439e-324", 0 },
        { "2.4703282292062328e-324", 5e-324 },
        /* halfway between 2^-1022 and the subnormal below: Java's endless loop (CVE-2010-4476) */
        { "2.2250738585072012e-308", 0x1p-1022 },
        { "2.2250738585072011e-308", 0x0.fffffffffffffp-1022 },
        { "1.7976931348623158e308", DBL_MAX },
        { "1.7976931348623159e308", INFINITY }, /* beyond DBL_MAX by more than half a gap */
        { "-1e309", -INFINITY },
        { "1e-400", 0 },
        { "-1e-400", -0.0 },
        { "1.00000000000000011102230246251565404236316680908203125", 1 }, /* 1 + 2^-53 */
        { "1.00000000000000011102230246251565404236316680908203126", 0x1.0000000000001p0 },
        { "8.5e22", 8.5e22 },
        { "1e23", 1e23 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_same_bits(read_number(rows[i].text), rows[i].value, rows[i].text);
}

static void digit_beyond_any_buffer_still_decides(void **state)
{
    (void)state;
    enum { ZEROS = 5000 };
    static const char half[] = "1.00000000000000011102230246251565404236316680908203125"; /* 1 + 2^-53 */
    char text[sizeof half + ZEROS + 1];
    memcpy(text, half, sizeof half - 1);
    memset(text + sizeof half - 1, '0', ZEROS);
    text[sizeof half - 1 + ZEROS] = '\0';
    assert_same_bits(read_number(text), 1, "1 + 2^-53 and zeros");
    text[sizeof half - 2 + ZEROS] = '1';
    assert_same_bits(read_number(text), 0x1.0000000000001p0, "1 + 2^-53 and a digit far behind");
}

static void zeros_and_exponent_of_any_length_cancel(void **state)
{
    (void)state;
    enum { ZEROS = 200000 };
    char *text = malloc(ZEROS + 64);
    assert_non_null(text);
    memcpy(text, "0.", 2);
    memset(text + 2, '0', ZEROS);
    snprintf(text + 2 + ZEROS, 32, "2385e%d", ZEROS + 1);
    assert_same_bits(read_number(text), 2.385, "0.000...2385e200001");
    text[0] = '2';
    memset(text + 1, '0', ZEROS);
    snprintf(text + 1 + ZEROS, 32, "e-%d", ZEROS - 1);
    assert_same_bits(read_number(text), 20, "2000...e-199999");
    snprintf(text, 64, "1e%s", "99999999999999999999999999999999");
    assert_same_bits(read_number(text), INFINITY, text);
    snprintf(text, 64, "1e-%s", "99999999999999999999999999999999");
    assert_same_bits(read_number(text), 0, text);
    snprintf(text, 64, "-0e%s", "99999999999999999999999999999999");
    assert_same_bits(read_number(text), -0.0, text);
    free(text);
}

static void short_decimals_agree_with_the_library(void **state)
{
    (void)state;
    uint64_t generator = 31;
    for (size_t i = 0; i < 50000; i++) {
        char text[64];
        const uint64_t digits = next_bits(&generator) >> (i % 60);
        const int exponent = (int)(next_bits(&generator) >> 20 & 63) - 32;
        snprintf(text, sizeof text, "%llue%d", (unsigned long long)digits, exponent);
        assert_same_bits(read_number(text), strtod(text, NULL), text);
    }
}

static void grammar_is_decimal_and_nothing_else(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "-",
        "+",
        ".",
        "e5",
        "1e",
        "1e+",
        "1e1.5",
        "--1",
        "+-1",
        " 1",
        "1 ",
        "0x10",
        "nan",
        "NaN",
        "inf",
        "1,5",
        "1,234",
        "1_000",
        "1.2.3",
        "1d5",
        "1f",
        "١",
        "-inf",
        "1e5x",
        "infinity",
        "$3",
        "(3)",
        "3%",
        "\xc2\xa0"
        "3",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_refused(wrong[i]);
    double x = 0;
    assert_false(pg_number_parse("1\0", 2, &x));
    assert_true(pg_number_parse("12x", 2, &x)); /* n decides, not a NUL */
    assert_close(x, 12, 0, 0);
    assert_close(read_number("+007.50E+02"), 750, 0, 0);
    assert_close(read_number(".5"), 0.5, 0, 0);
    assert_close(read_number("-5."), -5, 0, 0);
}

static void commas_must_part_groups_of_three(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "1,23", "1234,567", ",123", "1,,234", "1,234,", "1,2345", "1,234.5,6", "-,123", "1,234,56.7", ",", "1.234,567",
    };
    double x = 2.385;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(pg_number_parse_grouped(wrong[i], strlen(wrong[i]), &x));
    assert_close(x, 2.385, 0, 0);
    assert_true(pg_number_parse_grouped("1,234,567.8", 11, &x));
    assert_close(x, 1234567.8, 0, 0);
    assert_true(pg_number_parse_grouped("-27,720", 7, &x));
    assert_close(x, -27720, 0, 0);
    assert_true(pg_number_parse_grouped("1234567.25", 10, &x));
    assert_close(x, 1234567.25, 0, 0);
    assert_true(pg_number_parse_grouped("1,000e-3", 8, &x));
    assert_close(x, 1, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halfway_cases_round_to_even),
        cmocka_unit_test(digit_beyond_any_buffer_still_decides),
        cmocka_unit_test(zeros_and_exponent_of_any_length_cancel),
        cmocka_unit_test(short_decimals_agree_with_the_library),
        cmocka_unit_test(grammar_is_decimal_and_nothing_else),
        cmocka_unit_test(commas_must_part_groups_of_three),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
