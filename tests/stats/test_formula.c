/* test_formula.c  Formula text to terms, and the sentence for every kind of mistake.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/formula.h"
#include "tests/support/formula_text.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

static void terms_are_written_in_normal_form(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y~x1+x2", "y ~ 1 + x1 + x2" },
        { "  y \n ~ x1\t+ x2 ", "y ~ 1 + x1 + x2" },
        { "log(emp) ~ log1p(x)+I(x/1000)", "log(emp) ~ 1 + log1p(x) + I(x/1000)" },
        { "y ~ I(a+b*c) + I((a+b)*c) + I(-x)", "y ~ 1 + I(a + b * c) + I((a + b) * c) + I(-x)" },
        { "y ~ x + x^2 + x^10", "y ~ 1 + x + x^2 + x^10" },
        { "y ~ I(x^2) + I(x^-1)", "y ~ 1 + I(x^2) + I(x^-1)" },
        { "y ~ I((-x)^2) + I(-x^2) + I(a^b^c) + I((a^b)^c)", "y ~ 1 + I((-x)^2) + I(-x^2) + I(a^b^c) + I((a^b)^c)" },
        { "y ~ I(a-(b-c)) + I(a-b-c) + I(a/(b/c))", "y ~ 1 + I(a - (b - c)) + I(a - b - c) + I(a/(b/c))" },
        { "emp/pop ~ 1", "emp/pop ~ 1" },
        { "`wage bill` ~ `2023` + naive.x", "`wage bill` ~ 1 + `2023` + naive.x" },
        { "y ~ I(x >= 2.385e-2 & s == \"a b\")", "y ~ 1 + I(x >= 0.02385 & s == \"a b\")" },
        { "y ~ I(x | !z)", "y ~ 1 + I(x | !z)" },
        { "länge ~ breite", "länge ~ 1 + breite" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

static void constant_is_implied_and_the_last_word_wins(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ x - 1", "y ~ 0 + x" },           { "y ~ 0 + x", "y ~ 0 + x" },   { "y ~ -1 + x", "y ~ 0 + x" },
        { "y ~ x + 1", "y ~ 1 + x" },           { "y ~ x - 0", "y ~ 1 + x" },   { "y ~ 0 + x + 1", "y ~ 1 + x" },
        { "y ~ x + (z - 1)", "y ~ 0 + x + z" }, { "y ~ x - (1)", "y ~ 0 + x" }, { "y ~ 1", "y ~ 1" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

static void crossing_expands_and_repeats_count_once(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ a*b", "y ~ 1 + a + b + a:b" },
        { "y ~ a:b + b:a + a + a", "y ~ 1 + a:b + a" },
        { "y ~ a*b*c", "y ~ 1 + a + b + a:b + c + a:c + b:c + a:b:c" },
        { "y ~ (a + b):c", "y ~ 1 + a:c + b:c" },
        { "y ~ (a + b)*(a + b)", "y ~ 1 + a + b + a:b" },
        { "y ~ x:x", "y ~ 1 + x" },
        { "y ~ x:x^2", "y ~ 1 + x:x^2" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

static void levels_take_a_reference_and_a_number(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ i(f)", "y ~ 1 + f::" },
        { "y ~ i(f, ref=b)", "y ~ 1 + f::!b" },
        { "y ~ i(year, ref = 2022)", "y ~ 1 + year::!2022" },
        { "y ~ i(d, ref=-3)", "y ~ 1 + d::!-3" },
        { "y ~ i(soc, ref=\"11-1011\")", "y ~ 1 + soc::!\"11-1011\"" },
        { "y ~ i(f, x)", "y ~ 1 + f:::x" },
        { "y ~ i(f, log(x), ref=`b c`)", "y ~ 1 + f::!`b c`:log(x)" },
        { "y ~ i(f)*x", "y ~ 1 + f:: + x + f:::x" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

static void a_mistake_is_told_by_column_token_and_remedy(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ x1 + ", "formula:1:10: found the end, expected a name, a number or `(`; complete the expression" },
        { "y x", "formula:1:3: found \"x\", expected `~` between outcome and terms: y ~ x1 + x2" },
        { "y ~ (a + b", "formula:1:11: found the end, expected an operator or `)`; close the parenthesis" },
        { "y ~ x )", "formula:1:7: found \")\", expected an operator such as + or the end" },
        { "y ~\n x ~ z", "formula:2:4: found \"~\", expected an operator such as + or the end; instruments stand "
                         "behind a bar: y ~ x | p ~ z" },
        { "y ~ x - z",
          "formula:1:9: found \"z\", expected a term to add; only -1 takes something away, leave the term out or "
          "write I(-x)" },
        { "y ~ lgo(x)", "formula:1:5: found \"lgo(\", expected a function; did you mean log()?" },
        { "y ~ log(x, 2)", "formula:1:5: found \"log\", expected exactly one argument in its parentheses" },
        { "y ~ (a + b)^2",
          "formula:1:12: found \"^\", expected a power of one variable; write (a + b)*(a + b) to cross terms "
          "or I((a + b)^2) for the power of a sum" },
        { "y ~ a/2", "formula:1:6: found \"/\", expected two terms, a/b for b within a; write I(a/b) for a quotient" },
        { "y ~ x + 2", "formula:1:9: found \"2\", expected a column; of numbers only 1, 0 and -1 stand as terms" },
        { "y ~ \"x\"", "formula:1:5: found \"x\", expected a column; put names with blanks in back-ticks" },
        { "y ~ 2x",
          "formula:1:5: found \"2x\", expected a number or a name; put a name that begins with a digit in back-ticks "
          "and a value like this in quotes" },
        { "y ~ `x", "formula:1:5: found \"`x\", expected a closing back-tick; put one after the name" },
        { "y ~ ``", "formula:1:5: found \"``\", expected a name between the back-ticks" },
        { "é ~ x # z",
          "formula:1:7: found \"#\", expected a name, a number or an operator; put names with other characters in "
          "back-ticks" },
        { "y ~ i()", "formula:1:5: found \"i\", expected a column in its parentheses: i(column)" },
        { "y ~ i(f, x, z)", "formula:1:13: found \"z\", expected i(column), i(column, number) or i(column, i.column), "
                            "each with settings such as ref = level" },
        { "y ~ log(i(f))", "formula:1:9: found \"i\", expected a number; i() stands only as a term of its own" },
        { "y ~ I(x = 3)", "formula:1:5: found \"I\", expected exactly one argument in its parentheses" },
        { "", "formula:1:1: found the end, expected a name, a number or `(`; complete the expression" },
    };
    pgt_check_formulas(cases, sizeof cases / sizeof cases[0]);
}

/** n times `open`, then `x`, then n times `close`. */
static const char *nested(pgdp_ctx *ctx, const char *before, const char *open, const char *close, size_t n)
{
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    pg_text_add(&text, before);
    for (size_t i = 0; i < n; i++)
        pg_text_add(&text, open);
    pg_text_add(&text, "x");
    for (size_t i = 0; i < n; i++)
        pg_text_add(&text, close);
    return text.data;
}

static void size_is_limited_with_a_sentence(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    assert_contains(pgt_formula_text(ctx, nested(ctx, "y ~ ", "(", ")", 70)), "at most 64 levels of nesting");
    assert_contains(pgt_formula_text(ctx, nested(ctx, "y ~ ", "-", "", 70)), "at most 64 levels of nesting");
    assert_contains(pgt_formula_text(ctx, nested(ctx, "y ~ ", "z^", "", 70)), "at most 64 levels of nesting");
    assert_contains(pgt_formula_text(ctx, nested(ctx, "y ~ ", "x+", "", 2385)), "at most 2000 operators");
    assert_contains(pgt_formula_text(ctx, nested(ctx, "y ~ ", "x + ", "", 20000)), "formula: found 80005 bytes");
    assert_string_equal(pgt_formula_text(ctx, nested(ctx, "y ~ ", "x+", "", 1985)), "y ~ 1 + x");
    assert_contains(pgt_formula_text(ctx, "y ~ a*b*c*d*e*f*g*h*j"), "products of at most 8 variables");
    assert_contains(
        pgt_formula_text(ctx,
                         "y ~ i(f, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,"
                         "32)"),
        "at most 32 arguments");
    pgdp_ctx_free(ctx);
}

static void bytes_that_are_not_text_are_refused(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    assert_contains(pgt_formula_text(ctx, "y ~ x\xff"), "not UTF-8 at byte 6");
    assert_contains(pgt_formula_text(ctx, "y ~ x \x01"), "formula:1:7: found \"?\", expected");
    assert_string_equal(pgt_formula_text(ctx, "y\xC2\xA0~\xC2\xA0x"), "y ~ 1 + x"); /* pasted no-break spaces */
    pgdp_ctx_free(ctx);
}

static void a_nonlinear_mean_is_one_expression(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    pg_formula f;
    assert_ok(ctx, pg_formula_parse(ctx, &ctx->scratch, "log(y) ~ b1*(1 - exp(-b2*x)) - x^b3", true, &f));
    assert_string_equal(pg_expr_text(&ctx->scratch, f.right), "b1 * (1 - exp(-b2 * x)) - x^b3");
    assert_string_equal(pg_expr_text(&ctx->scratch, f.outcome), "log(y)");
    assert_int_equal(f.terms.n + f.n_effects + f.endogenous.n, 0);
    assert_ok(ctx, pg_formula_parse(ctx, &ctx->scratch, "y ~ b1 - atan(b2*l(x, 2))/3", true, &f));
    static const char *const refused[][2] = {
        { "y ~ b1*x | firm", "formula:1:12: found \"firm\", expected no effects or instruments behind a bar" },
        { "y ~ b1*x | p ~ z", "formula:1:12: found \"p\", expected no effects or instruments" },
        { "y ~ b1*i(f)", "formula:1:8: found \"i\", expected a number" },
        { "y ~ b1*lgo(x)", "did you mean log()?" },
        { "y ~ b1:x", "formula:1:7: found \":\", expected arithmetic" },
        { "y ~ b1*l(x, 1:2)", "expected one whole number of periods" },
        { "y ~ b[1]*x", "formula:1:6: found \"[\"" },
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_status(ctx, pg_formula_parse(ctx, &ctx->scratch, refused[i][0], true, &f), PGDP_BAD_ARGUMENT);
        assert_contains(pgdp_ctx_error(ctx), refused[i][1]);
    }
    pgdp_ctx_free(ctx);
}

static pgdp_status parse_long(pgdp_ctx *ctx, void *user)
{
    pg_formula f;
    return pg_formula_parse(ctx, &ctx->scratch, user, false, &f);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    char text[4096] = "d(log(y)) ~ [p ~ l(z, 0:2)] + i(f, i.g, ref=\"b\") + poly(x, 2)/z + (a + b + c)*(d + `e e`)";
    for (size_t i = 0; i < 60; i++)
        strcat(text, " + a_rather_long_name*another_long_name^2");
    strcat(text, " | f^g[x, z] + h");
    assert_true(pgt_fail_every_allocation(parse_long, text) > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_are_written_in_normal_form),
        cmocka_unit_test(constant_is_implied_and_the_last_word_wins),
        cmocka_unit_test(crossing_expands_and_repeats_count_once),
        cmocka_unit_test(levels_take_a_reference_and_a_number),
        cmocka_unit_test(a_mistake_is_told_by_column_token_and_remedy),
        cmocka_unit_test(size_is_limited_with_a_sentence),
        cmocka_unit_test(bytes_that_are_not_text_are_refused),
        cmocka_unit_test(a_nonlinear_mean_is_one_expression),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
