/* test_number_format.c  Numbers to text: the shortest that reads back, the same in every locale.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"
#include "tests/support/support.h"

#include <float.h>
#include <locale.h>
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

static double from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
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

static void check_round_trip(double x)
{
    char text[PG_NUMBER_SIZE];
    pg_number_format(x, text);
    assert_same_bits(read_number(text), x, text);
    assert_same_bits(strtod(text, NULL), x, text); /* a second reader agrees */
}

static void any_bit_pattern_round_trips(void **state)
{
    (void)state;
    uint64_t generator = 20240229;
    for (size_t i = 0; i < 100000; i++) {
        const double x = from_bits(next_bits(&generator));
        if (isfinite(x)) check_round_trip(x);
    }
}

static void subnormals_and_edges_round_trip(void **state)
{
    (void)state;
    uint64_t generator = 77;
    for (size_t i = 0; i < 5000; i++)
        check_round_trip(from_bits(next_bits(&generator) >> 12 >> i % 52));
    static const double edges[] = { DBL_MIN, DBL_MAX, DBL_EPSILON, 0.0, -0.0, 9007199254740993.0, 1e15, 1e16, 1e-5 };
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        check_round_trip(edges[i]);
        check_round_trip(-nextafter(edges[i], 0));
        if (edges[i] < DBL_MAX) check_round_trip(nextafter(edges[i], DBL_MAX));
    }
}

static size_t significant_digits(const char *text)
{
    size_t n = 0, zeros = 0;
    for (; *text != '\0' && *text != 'e'; text++) {
        if (*text < '0' || *text > '9' || (n == 0 && *text == '0')) continue;
        zeros = *text == '0' ? zeros + 1 : 0;
        n++;
    }
    return n - zeros;
}

/* No shorter form exists: neither of the two neighbours with one digit less reads back. */
static void check_shortest(double x)
{
    char text[PG_NUMBER_SIZE], candidate[64];
    pg_number_format(x, text);
    const size_t digits = significant_digits(text);
    if (digits < 2) return;
    snprintf(candidate, sizeof candidate, "%.*e", (int)digits - 2, x);
    char *e = strchr(candidate, 'e');
    assert_non_null(e);
    for (int step = -1; step <= 1; step++) {
        char moved[64];
        memcpy(moved, candidate, sizeof moved);
        char *last = &moved[e - candidate - 1];
        if ((step < 0 && *last == '0') || (step > 0 && *last == '9')) continue;
        *last = (char)(*last + step);
        if (bits_of(strtod(moved, NULL)) == bits_of(x)) {
            print_error("%s reads back as well as %s\n", moved, text);
            fail();
        }
    }
}

static void format_is_the_shortest_that_reads_back(void **state)
{
    (void)state;
    for (int exponent = -1074; exponent <= 1023; exponent++)
        check_shortest(ldexp(1.0, exponent));
    uint64_t generator = 5;
    for (size_t i = 0; i < 20000; i++) {
        const double x = from_bits(next_bits(&generator));
        if (isfinite(x)) check_shortest(x);
    }
    for (uint64_t bits = 1; bits < 1000; bits += 7)
        check_shortest(from_bits(bits));
}

/* Digits by integers and digits by the C library, which rounds the exact value to as many. */
static void digits_of_usual_numbers_are_the_nearest_of_their_length(void **state)
{
    (void)state;
    uint64_t generator = 9;
    char text[PG_NUMBER_SIZE], printed[64];
    for (size_t i = 0; i < 60000; i++) {
        const double any = (double)(next_bits(&generator) >> 11), decimals = pow(10, (double)(i % 9));
        const double x = i % 3 == 0 ? ldexp(any, -(int)(40 + i % 53)) : rint(ldexp(any, -30)) / decimals;
        const double y = i % 3 == 2 ? nextafter(x, INFINITY) : x;
        pg_number_format(y, text);
        check_round_trip(y);
        if (i % 10 == 0) check_shortest(y);
        snprintf(printed, sizeof printed, "%.*g", (int)significant_digits(text), y);
        if (strchr(text, 'e') == NULL && strchr(printed, 'e') != NULL) continue; /* 100 of one digit is 1e+02 */
        assert_string_equal(text, printed);
    }
}

static void format_is_what_people_write(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } rows[] = {
        { 0.1, "0.1" },
        { 1e300, "1e+300" },
        { 100000, "100000" },
        { -0.0, "-0" },
        { 0.0, "0" },
        { 2.385, "2.385" },
        { -27720.709, "-27720.709" },
        { 123456789012345.0, "123456789012345" },
        { 5e-324, "5e-324" },
        { 0x1p-44, "5.684341886080802e-14" }, /* above a power of two the gap is wider: 16 digits, not %.17g's 17 */
        { 0x1.0p-791, "7.678447687145631e-239" },
        { 1.0 / 3, "0.3333333333333333" },
        { NAN, "nan" },
        { INFINITY, "inf" },
        { -INFINITY, "-inf" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[PG_NUMBER_SIZE];
        pg_number_format(rows[i].value, text);
        assert_string_equal(text, rows[i].text);
    }
}

static void fixed_rounds_the_exact_value(void **state)
{
    (void)state;
    static const struct {
        double value;
        int decimals;
        const char *text;
    } rows[] = {
        { 2.385, 2, "2.38" }, /* 2.385 is 2.38499999999999978683717927197... */
        { 0.125, 2, "0.12" },   { 0.375, 2, "0.38" },        { 2.5, 0, "2" },
        { 3.5, 0, "4" },        { -0.001, 2, "0.00" },       { -0.0, 1, "0.0" },
        { -0.006, 2, "-0.01" }, { 27720.709, 1, "27720.7" }, { 1e21, 0, "1000000000000000000000" },
        { NAN, 2, "nan" },      { -INFINITY, 2, "-inf" },
    };
    char text[350];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const size_t n = pg_number_fixed(rows[i].value, rows[i].decimals, text);
        assert_string_equal(text, rows[i].text);
        assert_int_equal(n, strlen(text));
    }
    assert_int_equal(pg_number_fixed(-DBL_MAX, 1000, text), 1 + 309 + 1 + 30);
}

static void significant_digits_are_as_many_as_asked(void **state)
{
    (void)state;
    char text[PG_NUMBER_SIZE];
    pg_number_significant(2.385, 3, text);
    assert_string_equal(text, "2.38");
    pg_number_significant(123456.75, 3, text);
    assert_string_equal(text, "1.23e+05");
    pg_number_significant(0.000123456, 4, text);
    assert_string_equal(text, "0.0001235");
    pg_number_significant(-DBL_MIN / 3, 99, text);
    assert_string_equal(text, "-7.4169128616906696e-309");
    pg_number_significant(7.25, -3, text);
    assert_string_equal(text, "7");
    pg_number_significant(NAN, 3, text);
    assert_string_equal(text, "nan");
}

static void comma_locale_changes_nothing(void **state)
{
    (void)state;
    char *folder = pgt_new_folder();
    if (!pgt_set_comma_locale(folder)) {
        pgt_remove_folder(folder);
        skip();
    }
    char shortest[PG_NUMBER_SIZE], significant[PG_NUMBER_SIZE], fixed[350], library[32];
    snprintf(library, sizeof library, "%.2f", 2.5);
    pg_number_format(-27720.709, shortest);
    pg_number_significant(2.375e-7, 2, significant);
    pg_number_fixed(1234.5678, 2, fixed);
    double exact = 0, by_library = 0, wrong = 7.25;
    const bool read = pg_number_parse("2.385", 5, &exact) &&
                      pg_number_parse("1.00000000000000011102230246251565404236316680908203126", 55, &by_library);
    const bool comma_read = pg_number_parse("2,385", 5, &wrong);
    setlocale(LC_ALL, "C");
    pgt_remove_folder(folder);
    assert_string_equal(library, "2,50"); /* the locale is what the test needs */
    assert_string_equal(shortest, "-27720.709");
    assert_string_equal(significant, "2.4e-07");
    assert_string_equal(fixed, "1234.57");
    assert_true(read);
    assert_false(comma_read);
    assert_close(exact, 2.385, 0, 0);
    assert_close(by_library, 0x1.0000000000001p0, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_bit_pattern_round_trips),
        cmocka_unit_test(subnormals_and_edges_round_trip),
        cmocka_unit_test(format_is_the_shortest_that_reads_back),
        cmocka_unit_test(digits_of_usual_numbers_are_the_nearest_of_their_length),
        cmocka_unit_test(format_is_what_people_write),
        cmocka_unit_test(fixed_rounds_the_exact_value),
        cmocka_unit_test(significant_digits_are_as_many_as_asked),
        cmocka_unit_test(comma_locale_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
