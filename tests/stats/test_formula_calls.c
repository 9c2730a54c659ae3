/* test_formula_calls.c  The exact sentence for every mistake in a call or a word of a formula.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/formula_text.h"
#include "tests/support/support.h"

static void a_call_has_one_argument(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ log()", "formula:1:5: found \"log\", expected exactly one argument in its parentheses" },
        { "y ~ log(x", "formula:1:10: found the end, expected `,` or `)`; close the parenthesis" },
        { "y ~ log(x, 2)", "formula:1:5: found \"log\", expected exactly one argument in its parentheses" },
        { "y ~ log(base = x)", "formula:1:5: found \"log\", expected exactly one argument in its parentheses" },
        { "y ~ I()", "formula:1:5: found \"I\", expected exactly one argument in its parentheses" },
        { "y ~ I(x, z)", "formula:1:5: found \"I\", expected exactly one argument in its parentheses" },
        { "y ~ I(a:b)", "formula:1:8: found \":\", expected arithmetic; write * for a product of numbers" },
        { "y ~ log(a:b)", "formula:1:10: found \":\", expected arithmetic; write * for a product of numbers" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

static void a_function_of_another_language_is_translated(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ lgo(x)", "formula:1:5: found \"lgo(\", expected a function; did you mean log()?" },
        { "y ~ lag(x)", "formula:1:5: found \"lag(\", expected a function of this grammar; write l(x) or l(x, 2)" },
        { "y ~ lead(x, 2)",
          "formula:1:5: found \"lead(\", expected a function of this grammar; write f(x) or f(x, 2)" },
        { "y ~ diff(x)", "formula:1:5: found \"diff(\", expected a function of this grammar; write d(x) or d(x, 2)" },
        { "y ~ L(x)", "formula:1:5: found \"L(\", expected a function of this grammar; write l(x) or l(x, 2)" },
        { "y ~ F(x)", "formula:1:5: found \"F(\", expected a function of this grammar; write f(x) or f(x, 2)" },
        { "y ~ D(x)", "formula:1:5: found \"D(\", expected a function of this grammar; write d(x) or d(x, 2)" },
        { "y ~ ln(x)", "formula:1:5: found \"ln(\", expected a function of this grammar; write log(x)" },
        { "y ~ pow(x, 2)", "formula:1:5: found \"pow(\", expected a function of this grammar; write x^2" },
        { "y ~ max(a, b)",
          "formula:1:5: found \"max(\", expected a function of this grammar; write I((a > b)*a + (a <= b)*b)" },
        { "y ~ min(a, b)",
          "formula:1:5: found \"min(\", expected a function of this grammar; write I((a < b)*a + (a >= b)*b)" },
        { "y ~ factor(f)", "formula:1:5: found \"factor(\", expected a function of this grammar; write i(x)" },
        { "y ~ as.factor(f)", "formula:1:5: found \"as.factor(\", expected a function of this grammar; write i(x)" },
        { "y ~ C(f)", "formula:1:5: found \"C(\", expected a function of this grammar; write i(x, ref = level)" },
        { "y ~ ceil(x)", "formula:1:5: found \"ceil(\", expected a function of this grammar; write ceiling(x)" },
        { "y ~ offset(x)", "formula:1:5: found \"offset(\", expected a function of this grammar; give the offset "
                           "beside the formula: --offset" },
        { "y ~ ifelse(a, b, c)",
          "formula:1:5: found \"ifelse(\", expected a function of this grammar; write I((a > 0)*b + (a <= 0)*c)" },
        { "y ~ interaction(f, g)", "formula:1:5: found \"interaction(\", expected a function of this grammar; write "
                                   "i(f, i.g), or f^g behind the bar" },
        { "y ~ fe(firm)", "formula:1:5: found \"fe(\", expected a function of this grammar; absorb effects behind the "
                          "bar: y ~ x | firm" },
        { "y ~ loggg(x)", "formula:1:5: found \"loggg\", expected one of log, log1p, log2, log10, exp, expm1, sqrt, "
                          "abs, floor, ceiling, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, I, i, l, f, d, s, "
                          "poly; put a column of this name in back-ticks" },
        { "y ~ squrt(x)", "formula:1:5: found \"squrt(\", expected a function; did you mean sqrt()?" },
        { "y ~ Log(x)", "formula:1:5: found \"Log(\", expected a function; did you mean log()?" },
        { "y ~ zzzzzz(x)", "formula:1:5: found \"zzzzzz\", expected one of log, log1p, log2, log10, exp, expm1, sqrt, "
                           "abs, floor, ceiling, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, I, i, l, f, d, s, "
                           "poly; put a column of this name in back-ticks" },
        { "ln(y) ~ x", "formula:1:1: found \"ln(\", expected a function of this grammar; write log(x)" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

static void settings_of_levels_are_checked(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ i()", "formula:1:5: found \"i\", expected a column in its parentheses: i(column)" },
        { "y ~ i(2)", "formula:1:7: found \"2\", expected i(column), i(column, number) or i(column, i.column), each "
                      "with settings such as ref = level" },
        { "y ~ i(\"f\")", "formula:1:7: found \"f\", expected i(column), i(column, number) or i(column, i.column), "
                          "each with settings such as ref = level" },
        { "y ~ i(log(f))", "formula:1:7: found \"log\", expected i(column), i(column, number) or i(column, i.column), "
                           "each with settings such as ref = level" },
        { "y ~ i(f, x, z)", "formula:1:13: found \"z\", expected i(column), i(column, number) or i(column, i.column), "
                            "each with settings such as ref = level" },
        { "y ~ i(f, x, z, w)", "formula:1:13: found \"z\", expected i(column), i(column, number) or i(column, "
                               "i.column), each with settings such as ref = level" },
        { "y ~ i(f, i(g))", "formula:1:10: found \"i\", expected a number; i() stands only as a term of its own" },
        { "y ~ i(f, reff = \"a\")",
          "formula:1:17: found \"reff =\", expected ref, keep, bin, ref2, keep2 or bin2; did you mean ref?" },
        { "y ~ i(f, base = \"a\")", "formula:1:17: found \"base =\", expected ref, keep, bin, ref2, keep2 or bin2" },
        { "y ~ i(f, ref = a + b)",
          "formula:1:18: found \"+\", expected one level or c() of levels after ref =; put it in quotes" },
        { "y ~ i(f, ref = c())",
          "formula:1:16: found \"c\", expected one level or c() of levels after ref =; put it in quotes" },
        { "y ~ i(f, ref = c(a, b + c))",
          "formula:1:16: found \"c\", expected one level or c() of levels after ref =; put it in quotes" },
        { "y ~ i(f, ref = log(a))",
          "formula:1:16: found \"log\", expected one level or c() of levels after ref =; put it in quotes" },
        { "y ~ i(f, ref = \"a\", ref = \"b\")", "formula:1:27: found \"ref =\" twice, expected it once" },
        { "y ~ i(f, keep = x > 2)",
          "formula:1:19: found \">\", expected one level or c() of levels after keep =; put it in quotes" },
        { "y ~ i(f, bin = -5)",
          "formula:1:16: found \"-\", expected levels to merge, c(\"a\", \"b\"), or a width above 0 after bin =" },
        { "y ~ i(f, bin = 0)",
          "formula:1:16: found \"0\", expected levels to merge, c(\"a\", \"b\"), or a width above 0 after bin =" },
        { "y ~ i(f, bin = \"a\")",
          "formula:1:16: found \"a\", expected levels to merge, c(\"a\", \"b\"), or a width above 0 after bin =" },
        { "y ~ i(f, bin = c(\"a\"))",
          "formula:1:16: found \"c\", expected levels to merge, c(\"a\", \"b\"), or a width above 0 after bin =" },
        { "y ~ i(f, bin = c(c(\"a\", \"b\"), \"d\"))",
          "formula:1:16: found \"c\", expected levels to merge, c(\"a\", \"b\"), or a width above 0 after bin =" },
        { "y ~ i(f, bin = c(c(\"a\"), c(\"b\", \"d\")))",
          "formula:1:16: found \"c\", expected levels to merge, c(\"a\", \"b\"), or a width above 0 after bin =" },
        { "y ~ i(f, ref2 = \"a\")",
          "formula:1:5: found \"i\", expected a second factor for ref2, keep2 or bin2: i(f, i.g, ref2 = level)" },
        { "y ~ i(f, log(x), ref2 = \"a\")",
          "formula:1:10: found \"log\", expected a second factor for ref2, keep2 or bin2: i(f, i.g, ref2 = level)" },
        { "y ~ i(f, poly(x, 2))",
          "formula:1:10: found \"poly\", expected a number; poly() stands only as a term of its own" },
        { "y ~ log(i(f))", "formula:1:9: found \"i\", expected a number; i() stands only as a term of its own" },
        { "y ~ I(i(f) + 1)", "formula:1:7: found \"i\", expected a number; i() stands only as a term of its own" },
        { "y ~ i(x = f)", "formula:1:11: found \"x =\", expected ref, keep, bin, ref2, keep2 or bin2" },
        { "i(f) ~ x", "formula:1:1: found \"i\", expected a number; i() stands only as a term of its own" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

static void periods_are_whole_numbers(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ l()", "formula:1:5: found \"l\", expected l(x, k) of an expression and a number of periods" },
        { "y ~ l(x, 1.5)", "formula:1:10: found \"1.5\", expected one whole number of periods; ranges such as 1:3 "
                           "stand only among the terms" },
        { "y ~ l(x, \"a\")", "formula:1:10: found \"a\", expected one whole number of periods; ranges such as 1:3 "
                             "stand only among the terms" },
        { "y ~ l(x, k)", "formula:1:10: found \"k\", expected one whole number of periods; ranges such as 1:3 stand "
                         "only among the terms" },
        { "y ~ l(x, 1:k)",
          "formula:1:11: found \":\", expected whole numbers of periods: l(x, 2), l(x, 1:3) or l(x, c(1, 4))" },
        { "y ~ l(x, c(1, \"a\"))",
          "formula:1:15: found \"a\", expected whole numbers of periods: l(x, 2), l(x, 1:3) or l(x, c(1, 4))" },
        { "y ~ l(x, c())",
          "formula:1:10: found \"c\", expected whole numbers of periods: l(x, 2), l(x, 1:3) or l(x, c(1, 4))" },
        { "y ~ l(x, 1, 2)", "formula:1:5: found \"l\", expected l(x, k) of an expression and a number of periods" },
        { "y ~ l(x, lag = 2)", "formula:1:5: found \"l\", expected l(x, k) of an expression and a number of periods" },
        { "y ~ l(k = 2, x)", "formula:1:5: found \"l\", expected l(x, k) of an expression and a number of periods" },
        { "y ~ l(x, 1e9)", "formula:1:10: found \"1e9\", expected one whole number of periods; ranges such as 1:3 "
                           "stand only among the terms" },
        { "y ~ l(x, 1:100000)", "formula:1:11: found \":\", expected a range of at most 2000 periods" },
        { "y ~ d(x, 0)",
          "formula:1:10: found \"0\", expected a difference over one period or more; over none it is 0" },
        { "y ~ d(x, 0:1)",
          "formula:1:11: found \"0\", expected a difference over one period or more; over none it is 0" },
        { "y ~ s(x)", "formula:1:5: found \"s\", expected the season's periods too: s(x, 4) or s(x, 12)" },
        { "y ~ s(x, 0)",
          "formula:1:10: found \"0\", expected a difference over one period or more; over none it is 0" },
        { "y ~ d(d(d(d(d(d(d(d(d(x)))))))))",
          "formula:1:21: found \"d\", expected at most 8 differences within each other" },
        { "l(y, 1:2) ~ x", "formula:1:1: found \"l\", expected one lag here; ranges such as 1:3 are terms" },
        { "y ~ l(i(f))", "formula:1:7: found \"i\", expected a number; i() stands only as a term of its own" },
        { "y ~ l(poly(x, 2))",
          "formula:1:7: found \"poly\", expected a number; poly() stands only as a term of its own" },
        { "y ~ l(lgo(x))", "formula:1:7: found \"lgo(\", expected a function; did you mean log()?" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

static void a_degree_is_a_whole_number(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ poly(x)", "formula:1:5: found \"poly\", expected a number and a degree: poly(x, 2)" },
        { "y ~ poly()", "formula:1:5: found \"poly\", expected a number and a degree: poly(x, 2)" },
        { "y ~ poly(x, 0)", "formula:1:13: found \"0\", expected a whole degree from 1 to 40: poly(x, 2)" },
        { "y ~ poly(x, 1.5)", "formula:1:13: found \"1.5\", expected a whole degree from 1 to 40: poly(x, 2)" },
        { "y ~ poly(x, -1)", "formula:1:13: found \"-\", expected a whole degree from 1 to 40: poly(x, 2)" },
        { "y ~ poly(x, 41)", "formula:1:13: found \"41\", expected a whole degree from 1 to 40: poly(x, 2)" },
        { "y ~ poly(x, n)", "formula:1:13: found \"n\", expected a whole degree from 1 to 40: poly(x, 2)" },
        { "y ~ poly(x, 2, 3)", "formula:1:16: found \"3\", expected poly(x, degree) or poly(x, degree, raw = TRUE)" },
        { "y ~ poly(x, 2, raw = maybe)", "formula:1:22: found \"maybe\", expected raw = TRUE or raw = FALSE" },
        { "y ~ poly(x, 2, row = TRUE)",
          "formula:1:22: found \"TRUE\", expected poly(x, degree) or poly(x, degree, raw = TRUE)" },
        { "y ~ poly(f(g(x)), 2)", "formula:1:12: found \"g\", expected one of log, log1p, log2, log10, exp, expm1, "
                                  "sqrt, abs, floor, ceiling, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, I, i, "
                                  "l, f, d, s, poly; put a column of this name in back-ticks" },
        { "y ~ I(poly(x, 2))",
          "formula:1:7: found \"poly\", expected a number; poly() stands only as a term of its own" },
        { "y ~ log(poly(x, 2))",
          "formula:1:9: found \"poly\", expected a number; poly() stands only as a term of its own" },
        { "poly(y, 2) ~ x", "formula:1:1: found \"poly\", expected a number; poly() stands only as a term of its own" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

static void signs_without_a_meaning_here_are_told(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ .", "formula:1:5: found \".\", which stands for all other columns and only as a term of the first part, "
                   "with the data at hand; name the columns" },
        { "y ~ . + x", "formula:1:5: found \".\", which stands for all other columns and only as a term of the first "
                       "part, with the data at hand; name the columns" },
        { "y ~ x # z", "formula:1:7: found \"#\", expected a name, a number or an operator; put names with other "
                       "characters in back-ticks" },
        { "y ~ x; z", "formula:1:6: found \";\", expected a name, a number or an operator; put names with other "
                      "characters in back-ticks" },
        { "y ~ x = z", "formula:1:7: found \"=\", expected an operator such as + or the end" },
        { "y ~ x @ z", "formula:1:7: found \"@\", expected a name, a number or an operator; put names with other "
                       "characters in back-ticks" },
        { "y ~ {x}", "formula:1:5: found \"{\", expected a name, a number or an operator; put names with other "
                     "characters in back-ticks" },
        { "y ~ `x", "formula:1:5: found \"`x\", expected a closing back-tick; put one after the name" },
        { "y ~ ``", "formula:1:5: found \"``\", expected a name between the back-ticks" },
        { "y == x", "formula:1:7: found the end, expected `~` between outcome and terms: y ~ x1 + x2" },
        { "y := x", "formula:1:4: found \"=\", expected a name, a number or `(`; complete the expression" },
        { "y ~ x %% z", "formula:1:7: found \"%\", expected a name, a number or an operator; put names with other "
                        "characters in back-ticks" },
        { "y ~ a*b*c*d*e*f*g*h*j", "formula:1:20: found \"*\", expected products of at most 8 variables; use fewer" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_has_one_argument),
        cmocka_unit_test(a_function_of_another_language_is_translated),
        cmocka_unit_test(settings_of_levels_are_checked),
        cmocka_unit_test(periods_are_whole_numbers),
        cmocka_unit_test(a_degree_is_a_whole_number),
        cmocka_unit_test(signs_without_a_meaning_here_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
