/* test_formula_rejected.c  The exact sentence for every mistake in the structure of a formula.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/formula_text.h"
#include "tests/support/support.h"

static void an_incomplete_formula_says_what_is_due(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y", "formula:1:2: found the end, expected `~` between outcome and terms: y ~ x1 + x2" },
        { "y ~", "formula:1:4: found the end, expected a name, a number or `(`; complete the expression" },
        { "~ x", "formula:1:1: found \"~\", expected a name, a number or `(`; complete the expression" },
        { "y ~ x +", "formula:1:8: found the end, expected a name, a number or `(`; complete the expression" },
        { "y ~ + ", "formula:1:7: found the end, expected a name, a number or `(`; complete the expression" },
        { "y ~ x ~ z", "formula:1:7: found \"~\", expected an operator such as + or the end; instruments stand behind "
                       "a bar: y ~ x | p ~ z" },
        { "y ~ x |", "formula:1:8: found the end, expected a name, a number or `(`; complete the expression" },
        { "y ~ x | | p ~ z", "formula:1:9: found \"|\", expected a name, a number or `(`; complete the expression" },
        { "y ~ x | firm |", "formula:1:15: found the end, expected a name, a number or `(`; complete the expression" },
        { "y ~ x | firm | p",
          "formula:1:17: found the end, expected `~` between endogenous terms and instruments: y ~ x | firm | p ~ z" },
        { "y ~ x | firm | p ~",
          "formula:1:19: found the end, expected a name, a number or `(`; complete the expression" },
        { "y ~ x | firm | p ~ z | w", "formula:1:22: found \"|\", expected an operator such as + or the end" },
        { "y ~ x | p ~ z ~ w", "formula:1:15: found \"~\", expected an operator such as + or the end" },
        { "y ~ x | p ~ z | firm", "formula:1:15: found \"|\", expected an operator such as + or the end" },
        { "y ~ x | firm + ", "formula:1:16: found the end, expected a name, a number or `(`; complete the expression" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

static void an_effect_that_is_no_column_is_refused(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ x | log(firm)", "formula:1:9: found \"log\", expected a column to absorb, such as firm, firm^year for "
                               "pairs or firm[x] for slopes" },
        { "y ~ x | i(firm)", "formula:1:9: found \"i\", expected a column to absorb, such as firm, firm^year for pairs "
                             "or firm[x] for slopes" },
        { "y ~ x | firm:year",
          "formula:1:13: found \":\", expected + between effects, or ^ where each pair of levels is an effect: f^g" },
        { "y ~ x | firm*year",
          "formula:1:13: found \"*\", expected + between effects, or ^ where each pair of levels is an effect: f^g" },
        { "y ~ x | firm - year", "formula:1:14: found \"-\", expected a column to absorb, such as firm, firm^year for "
                                 "pairs or firm[x] for slopes" },
        { "y ~ x | \"firm\"", "formula:1:9: found \"firm\", expected a column to absorb, such as firm, firm^year for "
                              "pairs or firm[x] for slopes" },
        { "y ~ x | firm + 0", "formula:1:16: found \"0\", expected a column to absorb, such as firm, firm^year for "
                              "pairs or firm[x] for slopes" },
        { "y ~ x | 2", "formula:1:9: found \"2\", expected a column to absorb, such as firm, firm^year for pairs or "
                       "firm[x] for slopes" },
        { "y ~ x | -1", "formula:1:9: found \"-\", expected a column to absorb, such as firm, firm^year for pairs or "
                        "firm[x] for slopes" },
        { "y ~ x | firm/year", "formula:1:13: found \"/\", expected a column to absorb, such as firm, firm^year for "
                               "pairs or firm[x] for slopes" },
        { "y ~ x | (firm + year)^2", "formula:1:15: found \"+\", expected a column to absorb, such as firm, firm^year "
                                     "for pairs or firm[x] for slopes" },
        { "y ~ x | firm[]", "formula:1:14: found \"]\", expected a name, a number or `(`; complete the expression" },
        { "y ~ x | firm[x", "formula:1:15: found the end, expected `,` or `]`; close the bracket" },
        { "y ~ x | firm[[x]", "formula:1:17: found the end, expected `]]`; close both brackets" },
        { "y ~ x | firm[[x", "formula:1:16: found the end, expected `,` or `]`; close the bracket" },
        { "y ~ x | firm]", "formula:1:13: found \"]\", expected an operator such as + or the end" },
        { "y ~ x | firm[x]]", "formula:1:16: found \"]\", expected an operator such as + or the end" },
        { "y ~ x | firm[x]^year", "formula:1:13: found \"[\", expected the brackets after the last name: f^g[x]" },
        { "y ~ x | firm[lgo(x)]", "formula:1:14: found \"lgo(\", expected a function; did you mean log()?" },
        { "y ~ x | firm[k = x]", "formula:1:18: found \"x\", expected a number without a label" },
        { "y ~ x | firm[i(g)]", "formula:1:14: found \"i\", expected a number; i() stands only as a term of its own" },
        { "y ~ x | [p ~ z]", "formula:1:12: found \"~\", expected a column to absorb, such as firm, firm^year for "
                             "pairs or firm[x] for slopes" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

static void brackets_stand_behind_the_bar_alone(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ firm[x]", "formula:1:9: found \"[\", expected an operator or the end; slopes by level stand behind the "
                         "bar, y ~ x | f[z], or are terms i(f, z)" },
        { "y ~ x + firm[[x]]", "formula:1:13: found \"[[\", expected an operator or the end; slopes by level stand "
                               "behind the bar, y ~ x | f[z], or are terms i(f, z)" },
        { "firm[x] ~ y", "formula:1:5: found \"[\", expected an operator or the end; brackets after a name stand "
                         "behind the bar, where effects are absorbed: y ~ x | firm[year]" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

static void several_models_are_not_one(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ x | sw(firm, year)", "formula:1:9: found \"sw\", which stands for several models, expected one model" },
        { "y ~ sw(a, b)", "formula:1:5: found \"sw\", which stands for several models, expected one model" },
        { "y ~ x + csw0(a, b)", "formula:1:9: found \"csw0\", which stands for several models, expected one model" },
        { "y ~ mvsw(a, b):x", "formula:1:5: found \"mvsw\", which stands for several models, expected one model" },
        { "y ~ x | p ~ sw(z, w)", "formula:1:13: found \"sw\", which stands for several models, expected one model" },
        { "c(y1, y2) ~ x", "formula:1:1: found \"c\", which stands for several outcomes, expected one model" },
        { "sw(y1, y2) ~ x", "formula:1:1: found \"sw\", which stands for several models, expected one model" },
        { "y ~ c(a, b)",
          "formula:1:5: found \"c\", expected a function; c() lists outcomes and values, not terms, write a + b" },
        { "y ~ x | c(f, g)", "formula:1:9: found \"c\", which stands for several models, expected one model" },
        { "y ~ log(sw(a, b))", "formula:1:9: found \"sw\", which stands for several models, expected one model" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

static void instruments_have_their_place(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ x | p ~ 1", "formula:1:13: found \"1\", expected a column; the constant is among the exogenous terms" },
        { "y ~ x | p ~ 0 + z",
          "formula:1:13: found \"0\", expected a column; the constant is among the exogenous terms" },
        { "y ~ x | p - 1 ~ z", "formula:1:13: found \"1\", expected a term to add; only -1 takes something away, leave "
                               "the term out or write I(-x)" },
        { "y ~ x | p ~ z - 1", "formula:1:17: found \"1\", expected a term to add; only -1 takes something away, leave "
                               "the term out or write I(-x)" },
        { "y ~ x | 0 ~ z", "formula:1:9: found \"0\", expected a column; the constant is among the exogenous terms" },
        { "y ~ x | p ~ 2", "formula:1:13: found \"2\", expected a column; the constant is among the exogenous terms" },
        { "y ~ x + [p ~ z", "formula:1:15: found the end, expected an operator or `]`; close the bracket" },
        { "y ~ x + [p z]", "formula:1:12: found \"z\", expected `~` within the bracket: [endogenous ~ instruments]" },
        { "y ~ x + [p]", "formula:1:11: found \"]\", expected `~` within the bracket: [endogenous ~ instruments]" },
        { "y ~ x + []", "formula:1:10: found \"]\", expected a name, a number or `(`; complete the expression" },
        { "y ~ x * [p ~ z]", "formula:1:12: found \"~\", expected a bracket of instruments only as a summand of the "
                             "terms: y ~ x + [p ~ z]" },
        { "y ~ x - [p ~ z]", "formula:1:12: found \"~\", expected a term to add; only -1 takes something away, leave "
                             "the term out or write I(-x)" },
        { "y ~ -[p ~ z]", "formula:1:9: found \"~\", expected a term to add; only -1 takes something away, leave the "
                          "term out or write I(-x)" },
        { "y ~ log([p ~ z])", "formula:1:12: found \"~\", expected a bracket of instruments only as a summand of the "
                              "terms: y ~ x + [p ~ z]" },
        { "y ~ I([p ~ z])", "formula:1:10: found \"~\", expected a bracket of instruments only as a summand of the "
                            "terms: y ~ x + [p ~ z]" },
        { "y ~ [p ~ z] + [q ~ w]",
          "formula:1:18: found \"~\", expected one bracket of instruments; write all endogenous terms before its ~" },
        { "y ~ [p ~ z] | q ~ w",
          "formula:1:8: found \"~\", expected instruments once; write them in brackets or behind the last bar" },
        { "y ~ [p ~ z] | firm | q ~ w",
          "formula:1:8: found \"~\", expected instruments once; write them in brackets or behind the last bar" },
        { "y ~ [p ~ z ~ w]", "formula:1:12: found \"~\", expected an operator or `]`; close the bracket" },
        { "[p ~ z] ~ x", "formula:1:4: found \"~\", expected a bracket of instruments only as a summand of the terms: "
                         "y ~ x + [p ~ z]" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

static void powers_and_quotients_say_what_to_write(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ x**2", "formula:1:7: found \"*\", expected a name, a number or `(`; a power is written x^2" },
        { "y ~ x ** 2 + z", "formula:1:8: found \"*\", expected a name, a number or `(`; a power is written x^2" },
        { "y ~ a * * b", "formula:1:9: found \"*\", expected a name, a number or `(`; a power is written x^2" },
        { "y ~ (a + b)^2", "formula:1:12: found \"^\", expected a power of one variable; write (a + b)*(a + b) to "
                           "cross terms or I((a + b)^2) for the power of a sum" },
        { "y ~ (a*b)^2", "formula:1:10: found \"^\", expected a power of one variable; write (a + b)*(a + b) to cross "
                         "terms or I((a + b)^2) for the power of a sum" },
        { "y ~ 2^x", "formula:1:6: found \"^\", expected a power of one variable; write (a + b)*(a + b) to cross terms "
                     "or I((a + b)^2) for the power of a sum" },
        { "y ~ x^z", "formula:1:6: found \"^\", expected a number as exponent; write I(a^b) for other powers; pairs of "
                     "levels are i(f, i.g)" },
        { "y ~ x^(1/2)", "formula:1:6: found \"^\", expected a number as exponent; write I(a^b) for other powers; "
                         "pairs of levels are i(f, i.g)" },
        { "y ~ i(f)^2", "formula:1:9: found \"^\", expected a power of one variable, not of its levels or polynomial" },
        { "y ~ poly(x, 2)^2",
          "formula:1:15: found \"^\", expected a power of one variable, not of its levels or polynomial" },
        { "y ~ a^b^c", "formula:1:6: found \"^\", expected a number as exponent; write I(a^b) for other powers; pairs "
                       "of levels are i(f, i.g)" },
        { "y ~ a/2", "formula:1:6: found \"/\", expected two terms, a/b for b within a; write I(a/b) for a quotient" },
        { "y ~ 1/x", "formula:1:6: found \"/\", expected two terms, a/b for b within a; write I(a/b) for a quotient" },
        { "y ~ x/1000",
          "formula:1:6: found \"/\", expected two terms, a/b for b within a; write I(a/b) for a quotient" },
        { "y ~ a:2", "formula:1:7: found \"2\", expected a column; of numbers only 1, 0 and -1 stand as terms" },
        { "y ~ a*2", "formula:1:7: found \"2\", expected a column; of numbers only 1, 0 and -1 stand as terms" },
        { "y ~ 2*a", "formula:1:5: found \"2\", expected a column; of numbers only 1, 0 and -1 stand as terms" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

static void arithmetic_is_no_term(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ a & b", "formula:1:7: found \"&\", expected a term; put arithmetic and comparisons in I( )" },
        { "y ~ a > 2", "formula:1:7: found \">\", expected a term; put arithmetic and comparisons in I( )" },
        { "y ~ a == b", "formula:1:7: found \"==\", expected a term; put arithmetic and comparisons in I( )" },
        { "y ~ !a", "formula:1:5: found \"!\", expected a term; put arithmetic and comparisons in I( )" },
        { "y ~ a %in% c(1, 2)",
          "formula:1:7: found \"%in%\", expected a term; put arithmetic and comparisons in I( )" },
        { "y ~ -x", "formula:1:6: found \"x\", expected a term to add; only -1 takes something away, leave the term "
                    "out or write I(-x)" },
        { "y ~ x - z", "formula:1:9: found \"z\", expected a term to add; only -1 takes something away, leave the term "
                       "out or write I(-x)" },
        { "y ~ x - z:w", "formula:1:10: found \":\", expected a term to add; only -1 takes something away, leave the "
                         "term out or write I(-x)" },
        { "y ~ 2", "formula:1:5: found \"2\", expected a column; of numbers only 1, 0 and -1 stand as terms" },
        { "y ~ x + 3", "formula:1:9: found \"3\", expected a column; of numbers only 1, 0 and -1 stand as terms" },
        { "y ~ x + -2", "formula:1:10: found \"2\", expected a term to add; only -1 takes something away, leave the "
                        "term out or write I(-x)" },
        { "y ~ 1e999",
          "formula:1:5: found \"1e999\", expected a number below 1.8e308 in size; put a text like this in quotes" },
        { "y ~ \"x\"", "formula:1:5: found \"x\", expected a column; put names with blanks in back-ticks" },
        { "y ~ 'x' + z", "formula:1:5: found \"x\", expected a column; put names with blanks in back-ticks" },
        { "y ~ 2x", "formula:1:5: found \"2x\", expected a number or a name; put a name that begins with a digit in "
                    "back-ticks and a value like this in quotes" },
        { "y ~ x 2", "formula:1:7: found \"2\", expected an operator such as + or the end" },
        { "y ~ x z", "formula:1:7: found \"z\", expected an operator such as + or the end" },
        { "y ~ x, z", "formula:1:6: found \",\", expected an operator such as + or the end" },
        { "y ~ (x", "formula:1:7: found the end, expected an operator or `)`; close the parenthesis" },
        { "y ~ x)", "formula:1:6: found \")\", expected an operator such as + or the end" },
        { "y ~ ()", "formula:1:6: found \")\", expected a name, a number or `(`; complete the expression" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_incomplete_formula_says_what_is_due),
        cmocka_unit_test(an_effect_that_is_no_column_is_refused),
        cmocka_unit_test(brackets_stand_behind_the_bar_alone),
        cmocka_unit_test(several_models_are_not_one),
        cmocka_unit_test(instruments_have_their_place),
        cmocka_unit_test(powers_and_quotients_say_what_to_write),
        cmocka_unit_test(arithmetic_is_no_term),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
