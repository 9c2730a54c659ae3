/* test_formula_accepted.c  What each construct of the grammar means, one line a formula.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/formula_text.h"
#include "tests/support/support.h"

static void effects_stand_behind_the_first_bar(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ x | firm", "y ~ 1 + x | firm" },
        { "y ~ x | firm + year", "y ~ 1 + x | firm + year" },
        { "y ~ x | firm^year", "y ~ 1 + x | firm^year" },
        { "y ~ x | firm^year + soc", "y ~ 1 + x | firm^year + soc" },
        { "y ~ x | a^b^c", "y ~ 1 + x | a^b^c" },
        { "y ~ x | firm[year]", "y ~ 1 + x | firm + firm[[year]]" },
        { "y ~ x | firm[[year]]", "y ~ 1 + x | firm[[year]]" },
        { "y ~ x | firm + firm[year]", "y ~ 1 + x | firm + firm[[year]]" },
        { "y ~ x | firm[year] + firm", "y ~ 1 + x | firm + firm[[year]]" },
        { "y ~ x | firm[year] + firm[[year]]", "y ~ 1 + x | firm + firm[[year]]" },
        { "y ~ x | firm[year, log(emp)]", "y ~ 1 + x | firm + firm[[year]] + firm[[log(emp)]]" },
        { "y ~ x | firm[[year, z]] + soc", "y ~ 1 + x | firm[[year]] + firm[[z]] + soc" },
        { "y ~ x | firm[year^2]", "y ~ 1 + x | firm + firm[[year^2]]" },
        { "y ~ x | firm^soc[year]", "y ~ 1 + x | firm^soc + firm^soc[[year]]" },
        { "y ~ x | firm^soc[[year]] + soc^firm", "y ~ 1 + x | firm^soc[[year]] + soc^firm" },
        { "y ~ x | firm + firm + firm", "y ~ 1 + x | firm" },
        { "y ~ x | firm^year + year^firm", "y ~ 1 + x | firm^year" },
        { "y ~ x | firm^firm", "y ~ 1 + x | firm" },
        { "y ~ x | `firm id`[`a b`]", "y ~ 1 + x | `firm id` + `firm id`[[`a b`]]" },
        { "y ~ x | firm[l(x, 1:2)]", "y ~ 1 + x | firm + firm[[l(x, 1)]] + firm[[l(x, 2)]]" },
        { "y ~ x | firm[I(t - 2000)]", "y ~ 1 + x | firm + firm[[I(t - 2000)]]" },
        { "y ~ x | 0", "y ~ 1 + x" },
        { "y ~ x | 1", "y ~ 1 + x" },
        { "y ~ 0 + x | firm", "y ~ 0 + x | firm" },
        { "y ~ 1 | firm", "y ~ 1 | firm" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

static void instruments_are_told_by_their_tilde(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ x | p ~ z", "y ~ 1 + x | + p ~ + z" },
        { "y ~ x | p ~ z1 + z2", "y ~ 1 + x | + p ~ + z1 + z2" },
        { "y ~ x | p + q ~ z1 + z2", "y ~ 1 + x | + p + q ~ + z1 + z2" },
        { "y ~ 1 | p ~ z", "y ~ 1 | + p ~ + z" },
        { "y ~ 0 + x | p ~ z", "y ~ 0 + x | + p ~ + z" },
        { "y ~ x | firm | p ~ z", "y ~ 1 + x | firm | + p ~ + z" },
        { "y ~ x | firm + year | p ~ z1 + z2", "y ~ 1 + x | firm + year | + p ~ + z1 + z2" },
        { "y ~ x | 0 | p ~ z", "y ~ 1 + x | + p ~ + z" },
        { "y ~ x | 1 | p ~ z", "y ~ 1 + x | + p ~ + z" },
        { "y ~ x | firm^year + soc[t] | p:x + q ~ z1*z2",
          "y ~ 1 + x | firm^year + soc + soc[[t]] | + p:x + q ~ + z1 + z2 + z1:z2" },
        { "y ~ x | p ~ log(z)", "y ~ 1 + x | + p ~ + log(z)" },
        { "y ~ x | log(p) ~ z^2 + z", "y ~ 1 + x | + log(p) ~ + z^2 + z" },
        { "y ~ x | i(f, p) ~ i(f, z)", "y ~ 1 + x | + f:::p ~ + f:::z" },
        { "y ~ x | p ~ l(p, 1:2)", "y ~ 1 + x | + p ~ + l(p, 1) + l(p, 2)" },
        { "y ~ x + [p ~ z]", "y ~ 1 + x | + p ~ + z" },
        { "y ~ [p ~ z]", "y ~ 1 | + p ~ + z" },
        { "y ~ 1 + x + [p ~ z1 + z2]", "y ~ 1 + x | + p ~ + z1 + z2" },
        { "y ~ x + [p + q ~ z1 + z2] + w", "y ~ 1 + x + w | + p + q ~ + z1 + z2" },
        { "y ~ [p ~ z] + x - 1", "y ~ 0 + x | + p ~ + z" },
        { "y ~ x + [p ~ z] | firm", "y ~ 1 + x | firm | + p ~ + z" },
        { "y ~ [p ~ z] + x + w | firm + year", "y ~ 1 + x + w | firm + year | + p ~ + z" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

static void products_powers_and_nesting_expand_as_in_r(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ a/b", "y ~ 1 + a + a:b" },
        { "y ~ (a + b)/c", "y ~ 1 + a + b + a:b:c" },
        { "y ~ a/b/c", "y ~ 1 + a + a:b + a:b:c" },
        { "y ~ a/(b + c)", "y ~ 1 + a + a:b + a:c" },
        { "y ~ a/b - 1", "y ~ 0 + a + a:b" },
        { "y ~ a*b/c", "y ~ 1 + a + b + a:b + a:b:c" },
        { "y ~ x^2", "y ~ 1 + x^2" },
        { "y ~ x^0.5 + x^-2", "y ~ 1 + x^0.5 + x^-2" },
        { "y ~ log(x)^2", "y ~ 1 + log(x)^2" },
        { "y ~ x^2:z", "y ~ 1 + x^2:z" },
        { "y ~ (a + b):(c + d)", "y ~ 1 + a:c + a:d + b:c + b:d" },
        { "y ~ a*(b + c)", "y ~ 1 + a + b + c + a:b + a:c" },
        { "y ~ (a*b)*c", "y ~ 1 + a + b + a:b + c + a:c + b:c + a:b:c" },
        { "y ~ a:b:c", "y ~ 1 + a:b:c" },
        { "y ~ (a)", "y ~ 1 + a" },
        { "y ~ ((a + b))", "y ~ 1 + a + b" },
        { "y ~ a + (b - 1)", "y ~ 0 + a + b" },
        { "y ~ -1 + a", "y ~ 0 + a" },
        { "y ~ 1.0 + a", "y ~ 1 + a" },
        { "y ~ x + 0", "y ~ 0 + x" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

static void levels_take_references_bins_and_a_second_factor(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ i(f)", "y ~ 1 + f::" },
        { "y ~ i(f, ref = c(\"a\", \"b\"))", "y ~ 1 + f::!c(\"a\", \"b\")" },
        { "y ~ i(f, keep = \"a\")", "y ~ 1 + f::&\"a\"" },
        { "y ~ i(f, keep = c(\"a\", \"b\"))", "y ~ 1 + f::&c(\"a\", \"b\")" },
        { "y ~ i(f, bin = c(\"a\", \"b\"))", "y ~ 1 + f::%c(\"a\", \"b\")" },
        { "y ~ i(f, bin = c(c(\"a\", \"b\"), c(\"d\", \"e\")))", "y ~ 1 + f::%c(c(\"a\", \"b\"), c(\"d\", \"e\"))" },
        { "y ~ i(age, bin = 5)", "y ~ 1 + age::%5" },
        { "y ~ i(age, bin = 0.5, ref = 2)", "y ~ 1 + age::!2%0.5" },
        { "y ~ i(age, ref = -1, keep = c(-2, -1, 0, 1))", "y ~ 1 + age::!-1&c(-2, -1, 0, 1)" },
        { "y ~ i(f, x, ref = \"a\", keep = c(\"a\", \"b\"), bin = c(\"b\", \"c\"))",
          "y ~ 1 + f::!\"a\"&c(\"a\", \"b\")%c(\"b\", \"c\"):x" },
        { "y ~ i(f, i.g)", "y ~ 1 + f:::g::" },
        { "y ~ i(f, i.g, ref = \"a\", ref2 = 3)", "y ~ 1 + f::!\"a\":g::!3" },
        { "y ~ i(f, g, ref2 = 3)", "y ~ 1 + f:::g::!3" },
        { "y ~ i(f, i.g, keep = \"a\", keep2 = c(1, 2))", "y ~ 1 + f::&\"a\":g::&c(1, 2)" },
        { "y ~ i(f, i.g, bin = c(\"a\", \"b\"), bin2 = 10)", "y ~ 1 + f::%c(\"a\", \"b\"):g::%10" },
        { "y ~ i(f, `i.g`)", "y ~ 1 + f:::`i.g`" },
        { "y ~ i(f, i.g):x", "y ~ 1 + f:::g:::x" },
        { "y ~ i(f, log(x))", "y ~ 1 + f:::log(x)" },
        { "y ~ i(f, I(x - 2))", "y ~ 1 + f:::I(x - 2)" },
        { "y ~ i(f, x^2)", "y ~ 1 + f:::x^2" },
        { "y ~ i(f, l(x))", "y ~ 1 + f:::l(x, 1)" },
        { "y ~ i(f, l(x, 1:2), ref = \"a\")", "y ~ 1 + f::!\"a\":l(x, 1) + f::!\"a\":l(x, 2)" },
        { "y ~ i(f, d(log(x), 4))", "y ~ 1 + f:::d(log(x), 4)" },
        { "y ~ i(f, ref = \"a\", x)", "y ~ 1 + f::!\"a\":x" },
        { "y ~ i(ref = \"a\", f)", "y ~ 1 + f::!\"a\"" },
        { "y ~ i(f, keep = \"a\") + i(f, keep = \"b\")", "y ~ 1 + f::&\"a\" + f::&\"b\"" },
        { "y ~ i(f, bin = 2) + i(f)", "y ~ 1 + f::%2 + f::" },
        { "y ~ i(f, ref = \"a\") + i(f)", "y ~ 1 + f::!\"a\"" },
        { "y ~ i(f) + i(f, x) + i(g)", "y ~ 1 + f:: + f:::x + g::" },
        { "y ~ i(`f g`, ref = `b c`)", "y ~ 1 + `f g`::!`b c`" },
        { "y ~ i(f, ref = 'it\"s')", "y ~ 1 + f::!'it\"s'" },
        { "y ~ f*i(g, x)", "y ~ 1 + f + g:::x + f:g:::x" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

static void lags_expand_and_have_one_name_each(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ l(x)", "y ~ 1 + l(x, 1)" },
        { "y ~ l(x, 1)", "y ~ 1 + l(x, 1)" },
        { "y ~ l(x, 2)", "y ~ 1 + l(x, 2)" },
        { "y ~ l(x, 0)", "y ~ 1 + x" },
        { "y ~ l(x, -1)", "y ~ 1 + f(x, 1)" },
        { "y ~ l(x, 1:3)", "y ~ 1 + l(x, 1) + l(x, 2) + l(x, 3)" },
        { "y ~ l(x, 3:1)", "y ~ 1 + l(x, 3) + l(x, 2) + l(x, 1)" },
        { "y ~ l(x, -1:1)", "y ~ 1 + f(x, 1) + x + l(x, 1)" },
        { "y ~ l(x, c(1, 4))", "y ~ 1 + l(x, 1) + l(x, 4)" },
        { "y ~ l(x, c(1:2, 4))", "y ~ 1 + l(x, 1) + l(x, 2) + l(x, 4)" },
        { "y ~ l(x, k = 2)", "y ~ 1 + l(x, 2)" },
        { "y ~ f(x)", "y ~ 1 + f(x, 1)" },
        { "y ~ f(x, 2)", "y ~ 1 + f(x, 2)" },
        { "y ~ f(x, 0:2)", "y ~ 1 + x + f(x, 1) + f(x, 2)" },
        { "y ~ f(x, -2)", "y ~ 1 + l(x, 2)" },
        { "y ~ d(x)", "y ~ 1 + d(x, 1)" },
        { "y ~ d(x, 4)", "y ~ 1 + d(x, 4)" },
        { "y ~ d(x, 1:2)", "y ~ 1 + d(x, 1) + d(x, 2)" },
        { "y ~ d(x, -1)", "y ~ 1 + d(x, -1)" },
        { "y ~ s(x, 4)", "y ~ 1 + s(x, 4)" },
        { "y ~ s(x, 12)", "y ~ 1 + s(x, 12)" },
        { "y ~ l(l(x))", "y ~ 1 + l(x, 2)" },
        { "y ~ l(f(x))", "y ~ 1 + x" },
        { "y ~ l(l(x, 2), 3)", "y ~ 1 + l(x, 5)" },
        { "y ~ f(l(x, 1), 3)", "y ~ 1 + f(x, 2)" },
        { "y ~ l(l(x, 1:2), 1)", "y ~ 1 + l(x, 2) + l(x, 3)" },
        { "y ~ l(d(x))", "y ~ 1 + l(d(x, 1), 1)" },
        { "y ~ d(l(x))", "y ~ 1 + d(l(x, 1), 1)" },
        { "y ~ d(d(x))", "y ~ 1 + d(d(x, 1), 1)" },
        { "y ~ d(log(x))", "y ~ 1 + d(log(x), 1)" },
        { "y ~ l(d(log(x), 4), 1:2)", "y ~ 1 + l(d(log(x), 4), 1) + l(d(log(x), 4), 2)" },
        { "y ~ log(l(x))", "y ~ 1 + log(l(x, 1))" },
        { "y ~ I(x - l(x, 2))", "y ~ 1 + I(x - l(x, 2))" },
        { "y ~ I(l(x, 1:2)/z)", "y ~ 1 + I(l(x, 1)/z) + I(l(x, 2)/z)" },
        { "y ~ l(x)^2", "y ~ 1 + l(x, 1)^2" },
        { "y ~ l(x, 1:2)^2", "y ~ 1 + l(x, 1)^2 + l(x, 2)^2" },
        { "y ~ l(x, 1:2):z", "y ~ 1 + l(x, 1):z + l(x, 2):z" },
        { "y ~ l(x) + l(x, 1)", "y ~ 1 + l(x, 1)" },
        { "y ~ l(x, 1:2) + l(x, 2:3)", "y ~ 1 + l(x, 1) + l(x, 2) + l(x, 3)" },
        { "y ~ l(x + z)", "y ~ 1 + l(x + z, 1)" },
        { "y ~ l(x*z, 2)", "y ~ 1 + l(x * z, 2)" },
        { "d(y) ~ d(x)", "d(y, 1) ~ 1 + d(x, 1)" },
        { "d(log(y), 4) ~ l(d(log(y), 4))", "d(log(y), 4) ~ 1 + l(d(log(y), 4), 1)" },
        { "l(y) ~ x", "l(y, 1) ~ 1 + x" },
        { "f(y, 4) ~ y", "f(y, 4) ~ 1 + y" },
        { "l(l(y)) ~ x", "l(y, 2) ~ 1 + x" },
        { "y ~ l + f + d + s", "y ~ 1 + l + f + d + s" },
        { "y ~ l(l) + d(d)", "y ~ 1 + l(l, 1) + d(d, 1)" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

static void polynomials_are_parts_of_terms(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ poly(x, 2)", "y ~ 1 + poly(x, 2){2}" },
        { "y ~ poly(x, 3, raw = TRUE)", "y ~ 1 + poly(x, 3, raw = TRUE){raw 3}" },
        { "y ~ poly(x, 3, raw = yes)", "y ~ 1 + poly(x, 3, raw = yes){raw 3}" },
        { "y ~ poly(x, 3, raw = FALSE)", "y ~ 1 + poly(x, 3, raw = FALSE){3}" },
        { "y ~ poly(x, degree = 2)", "y ~ 1 + poly(x, degree = 2){2}" },
        { "y ~ poly(log(x), 2)", "y ~ 1 + poly(log(x), 2){2}" },
        { "y ~ poly(x, 2):z", "y ~ 1 + poly(x, 2){2}:z" },
        { "y ~ poly(x, 2)*f", "y ~ 1 + poly(x, 2){2} + f + poly(x, 2){2}:f" },
        { "y ~ poly(l(x), 2)", "y ~ 1 + poly(l(x, 1), 2){2}" },
        { "y ~ poly(l(x, 1:2), 2)", "y ~ 1 + poly(l(x, 1), 2){2} + poly(l(x, 2), 2){2}" },
        { "y ~ poly(x, 1)", "y ~ 1 + poly(x, 1){1}" },
        { "y ~ poly(x, 2):poly(z, 3)", "y ~ 1 + poly(x, 2){2}:poly(z, 3){3}" },
        { "y ~ i(f):poly(x, 2)", "y ~ 1 + f:::poly(x, 2){2}" },
        { "y ~ poly(x, 2) + poly(x, 2)", "y ~ 1 + poly(x, 2){2}" },
        { "y ~ poly(x, 2) + poly(x, 2, raw = TRUE)", "y ~ 1 + poly(x, 2){2} + poly(x, 2, raw = TRUE){raw 2}" },
        { "y ~ poly(x, 2) | firm | p ~ poly(z, 2)", "y ~ 1 + poly(x, 2){2} | firm | + p ~ + poly(z, 2){2}" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

static void names_functions_and_mixtures_read_as_written(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ log2(x) + log10(x) + sin(x) + cos(x)", "y ~ 1 + log2(x) + log10(x) + sin(x) + cos(x)" },
        { "y ~ floor(x) + ceiling(x)", "y ~ 1 + floor(x) + ceiling(x)" },
        { "y ~ exp(-x^2/2)", "y ~ 1 + exp(-x^2/2)" },
        { "y ~ sqrt(abs(x))", "y ~ 1 + sqrt(abs(x))" },
        { "y ~ I(x > 2 & z <= 3)", "y ~ 1 + I(x > 2 & z <= 3)" },
        { "y ~ I(q >= \"2020Q1\")", "y ~ 1 + I(q >= \"2020Q1\")" },
        { "y ~ I(f %in% c(\"a\", \"b\"))", "y ~ 1 + I(f %in% c(\"a\", \"b\"))" },
        { "y ~ I(!(x > 2))", "y ~ 1 + I(!x > 2)" },
        { "I(a - b) ~ x", "I(a - b) ~ 1 + x" },
        { "y/emp ~ x", "y/emp ~ 1 + x" },
        { "log(y/emp) ~ log(x)", "log(y/emp) ~ 1 + log(x)" },
        { "y - l(y) ~ x", "y - l(y, 1) ~ 1 + x" },
        { "-y ~ x", "-y ~ 1 + x" },
        { "y*2 ~ x", "y * 2 ~ 1 + x" },
        { "`c` ~ x", "c ~ 1 + x" },
        { "y ~ `sw` + `.`", "y ~ 1 + sw + `.`" },
        { "y ~ `l`", "y ~ 1 + l" },
        { "y ~ TRUE", "y ~ 1 + TRUE" },
        { "y ~ x.1 + .hidden + _u", "y ~ 1 + x.1 + .hidden + _u" },
        { "y ~ länge", "y ~ 1 + länge" },
        { "y ~ x + z | `f 1`^`f 2`", "y ~ 1 + x + z | `f 1`^`f 2`" },
        { "y ~ `2023`", "y ~ 1 + `2023`" },
        { "y~x|f|p~z", "y ~ 1 + x | f | + p ~ + z" },
        { "y  ~ x |f1 + f2^f3 + f4[ x ] + f5[[x]]|endo1+endo2~z1+z2",
          "y ~ 1 + x | f1 + f2^f3 + f4 + f4[[x]] + f5[[x]] | + endo1 + endo2 ~ + z1 + z2" },
        { "y ~ a:a + a*a", "y ~ 1 + a" },
        { "y ~ a*b*c*d",
          "y ~ 1 + a + b + a:b + c + a:c + b:c + a:b:c + d + a:d + b:d + a:b:d + c:d + a:c:d + b:c:d + a:b:c:d" },
        { "y ~ log(x):log(z)", "y ~ 1 + log(x):log(z)" },
        { "y ~ I(x*z)", "y ~ 1 + I(x * z)" },
        { "y ~ I(x^2 + z^2)", "y ~ 1 + I(x^2 + z^2)" },
        { "y ~ x^10", "y ~ 1 + x^10" },
        { "y ~ I(1/x)", "y ~ 1 + I(1/x)" },
        { "y ~ I(-x)", "y ~ 1 + I(-x)" },
        { "y ~ x:i(f)", "y ~ 1 + x:f::" },
        { "y ~ i(f):i(g)", "y ~ 1 + f:::g::" },
        { "y ~ i(year, exposure, ref = 2022) | soc + year", "y ~ 1 + year::!2022:exposure | soc + year" },
        { "log(emp) ~ i(year, exposure, ref = 2022) | soc + year", "log(emp) ~ 1 + year::!2022:exposure | soc + year" },
        { "y ~ l(x, 1:2)*f", "y ~ 1 + l(x, 1) + l(x, 2) + f + l(x, 1):f + l(x, 2):f" },
        { "y ~ x + s(y, 4) + s(y, 12)", "y ~ 1 + x + s(y, 4) + s(y, 12)" },
        { "y ~ x | id[d(x)]", "y ~ 1 + x | id + id[[d(x, 1)]]" },
        { "y ~ +x", "y ~ 1 + x" },
        { "y ~ x - 1 + 1", "y ~ 1 + x" },
        { "y ~ x | f[x] + g[x]", "y ~ 1 + x | f + f[[x]] + g + g[[x]]" },
        { "y ~ I(l(x, 2) > 3)", "y ~ 1 + I(l(x, 2) > 3)" },
        { "y ~ l(abs(x), 5)", "y ~ 1 + l(abs(x), 5)" },
        { "y ~ d(x, 2):d(z, 2)", "y ~ 1 + d(x, 2):d(z, 2)" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effects_stand_behind_the_first_bar),
        cmocka_unit_test(instruments_are_told_by_their_tilde),
        cmocka_unit_test(products_powers_and_nesting_expand_as_in_r),
        cmocka_unit_test(levels_take_references_bins_and_a_second_factor),
        cmocka_unit_test(lags_expand_and_have_one_name_each),
        cmocka_unit_test(polynomials_are_parts_of_terms),
        cmocka_unit_test(names_functions_and_mixtures_read_as_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
