/* test_hypotheses.c  Joint hypotheses: Wald tests in words, linear and by the delta method.
 * Source: Greene (2018), Econometric Analysis, sections 5.4 and 5.6.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "stats/fit.h"
#include "tests/support/context.h"
#include "tests/support/designs.h"

#include <math.h>

static pgdp_status fit_with(const pgt_design *t, const char *method, const char *tests, pgdp_fit **out)
{
    const pg_fit_request q = { .estimator = method, .vcov = "HC1", .design = &t->d, .tests = tests };
    return pg_fit_run(ctx, &q, out);
}

static pgdp_diagnostic first_of(const pgt_design *t, const char *method, const char *tests)
{
    pgdp_fit *fit = NULL;
    assert_ok(ctx, fit_with(t, method, tests, &fit));
    pgdp_diagnostic d;
    for (size_t i = 0; (d = pgdp_fit_diagnostic(fit, i)).name != NULL; i++)
        if (pg_streq(d.name, tests)) break;
    assert_non_null(d.name);
    d.name = tests;
    d.title = "";
    pgdp_fit_free(fit);
    return d;
}

static void one_zero_is_the_square_of_its_t(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(150, 4, 5);
    pgdp_fit *fit = NULL;
    assert_ok(ctx, fit_with(&t, "ols", NULL, &fit));
    const pgdp_tidy line = pgdp_fit_tidy(fit, 2, 0.95);
    const pgdp_diagnostic d = first_of(&t, "ols", "x2 = 0");
    assert_close(d.statistic, line.statistic * line.statistic, 1e-12, 0);
    assert_close(d.p_value, line.p_value, 1e-10, 0);
    assert_close(d.df, 1, 0, 0);
    assert_close(d.df2, 146, 0, 0);
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

static void a_joint_zero_of_all_slopes_is_the_fit_s_own_statistic(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(150, 4, 6);
    pgdp_fit *fit = NULL;
    assert_ok(ctx, fit_with(&t, "ols", NULL, &fit));
    const pgdp_diagnostic d = first_of(&t, "ols", "x1 = 0, x2 = 0, x3 = 0");
    assert_close(d.statistic, pgdp_fit_glance(fit).statistic, 1e-11, 0);
    assert_close(d.df, 3, 0, 0);
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

static void equations_may_be_written_in_any_way_that_means_the_same(void **state)
{
    (void)state;
    static const char *const same[] = { "x1 = x2",         "x2 = x1",           "x1 - x2 = 0",
                                        "2 * x1 = 2 * x2", "(x1 - x2) / 4 = 0", "0 = -x1 + x2" };
    pgt_design t = pgt_design_new(150, 4, 7);
    const double want = first_of(&t, "ols", same[0]).statistic;
    for (size_t i = 1; i < sizeof same / sizeof *same; i++)
        assert_close(first_of(&t, "ols", same[i]).statistic, want, 1e-12, 0);
    pgt_design_free(&t);
}

static void nonlinear_ones_follow_the_delta_method(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(150, 4, 8);
    pgdp_fit *fit = NULL;
    assert_ok(ctx, fit_with(&t, "ols", NULL, &fit));
    const double *b = pgdp_fit_estimate(fit).x, *v = pgdp_fit_vcov(fit).x;
    const double g = b[1] * b[2] - 1; /* var = b2^2 v11 + 2 b1 b2 v12 + b1^2 v22 */
    const double variance = b[2] * b[2] * v[5] + 2 * b[1] * b[2] * v[6] + b[1] * b[1] * v[10];
    assert_close(first_of(&t, "ols", "x1 * x2 = 1").statistic, g * g / variance, 1e-12, 0);
    const double r = exp(b[3]) - sqrt(b[1] * b[1]);
    const double s = exp(2 * b[3]) * v[15] + v[5] - 2 * exp(b[3]) * copysign(1, b[1]) * v[7];
    assert_close(first_of(&t, "ols", "exp(x3) - sqrt(x1^2) = 0").statistic, r * r / s, 1e-11, 0);
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

static void likelihoods_have_a_chi_square(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(300, 3, 9);
    pgt_make_categories(&t, 2);
    const pgdp_diagnostic d = first_of(&t, "logit", "x1 = 0, x2 = 0");
    assert_true(isnan(d.df2));
    assert_close(d.p_value, pgdp_chisq_upper(d.statistic, 2), 0, 0);
    pgt_design_free(&t);
}

static void units_do_not_decide(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(150, 4, 10);
    const double want = first_of(&t, "ols", "x1 = 0, x2 = 0").statistic;
    for (size_t i = 0; i < 150; i++) {
        t.x[i + 150] *= 1e8;
        t.x[i + 2 * 150] *= 1e-8;
    }
    assert_close(first_of(&t, "ols", "x1 = 0, x2 = 0").statistic, want, 1e-10, 0);
    pgt_design_free(&t);
}

static void the_constant_levels_and_two_equal_signs_are_understood(void **state)
{
    (void)state;
    static const char *const terms[] = { "(Intercept)", "x1", "g::v", "I(x1 * 2)" };
    pgt_design t = pgt_design_new(60, 4, 12);
    pgdp_fit *fit = NULL;
    t.d.terms = terms;
    assert_ok(ctx, fit_with(&t, "ols", NULL, &fit));
    const double constant = pgdp_fit_tidy(fit, 0, 0.95).statistic, level = pgdp_fit_tidy(fit, 2, 0.95).statistic,
                 product = pgdp_fit_tidy(fit, 3, 0.95).statistic;
    pgdp_fit_free(fit);
    assert_close(first_of(&t, "ols", "(Intercept) = 0").statistic, constant * constant, 1e-11, 0);
    assert_close(first_of(&t, "ols", "`(Intercept)` == 0").statistic, constant * constant, 1e-11, 0);
    assert_close(first_of(&t, "ols", "`g::v` == 0").statistic, level * level, 1e-11, 0);
    assert_close(first_of(&t, "ols", "`I(x1 * 2)` = 0").statistic, product * product, 1e-11, 0);
    assert_close(first_of(&t, "ols", "0 == x1, `g::v` = 0").df, 2, 0, 0);
    fit = NULL;
    assert_status(ctx, fit_with(&t, "ols", "x1 = g::v", &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "tests:1:8: found \":\"");
    assert_contains(pgdp_ctx_error(ctx), "in back-ticks: `g::b`");
    assert_status(ctx, fit_with(&t, "ols", "x1 == x1 == 0", &fit), PGDP_BAD_ARGUMENT);
    pgt_design_free(&t);
}

static void mistakes_have_a_place_and_a_suggestion(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        pgdp_status status;
        const char *part;
    } cases[] = {
        { "x1", PGDP_BAD_ARGUMENT, "tests:1:3: found the end, expected `=`" },
        { "x9 = 0", PGDP_NOT_FOUND, "tests:1:1: found \"x9\", expected a term of the model" },
        { "x1 = 0, 2 * x1 = 0", PGDP_NUMERICAL, "depend on each other" },
        { "1 = 1", PGDP_NUMERICAL, "does not depend on any coefficient" },
        { "x1 = 0 x2 = 0", PGDP_BAD_ARGUMENT, "tests:1:8" },
        { "x1 & x2 = 0", PGDP_BAD_ARGUMENT, "expected arithmetic" },
    };
    pgt_design t = pgt_design_new(60, 4, 11);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pgdp_fit *fit = NULL;
        assert_status(ctx, fit_with(&t, "ols", cases[i].text, &fit), cases[i].status);
        assert_contains(pgdp_ctx_error(ctx), cases[i].part);
        assert_null(fit);
    }
    pgt_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_zero_is_the_square_of_its_t),
        cmocka_unit_test(a_joint_zero_of_all_slopes_is_the_fit_s_own_statistic),
        cmocka_unit_test(equations_may_be_written_in_any_way_that_means_the_same),
        cmocka_unit_test(nonlinear_ones_follow_the_delta_method),
        cmocka_unit_test(likelihoods_have_a_chi_square),
        cmocka_unit_test(units_do_not_decide),
        cmocka_unit_test(the_constant_levels_and_two_equal_signs_are_understood),
        cmocka_unit_test(mistakes_have_a_place_and_a_suggestion),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
