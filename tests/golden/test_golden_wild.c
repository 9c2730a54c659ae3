/* test_golden_wild.c  Wild cluster bootstrap against R, written out and by fwildclusterboot 0.14.3, on Grunfeld's
 * firms. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "stats/fit.h"
#include "tests/support/golden.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>

static pgdp_regression *regress(const pgt_golden *g, const char *vcov)
{
    pgdp_regression *r = NULL;
    const pgdp_regression_spec spec = { .formula = "invest ~ value + capital", .vcov = vcov };
    assert_ok(g->ctx, pgdp_regress(g->ctx, g->frame, &spec, &r));
    return r;
}

/* The p-values of value and capital under a covariance are those of a key of the file: shares of 2048 draws. */
static void check_p(const pgt_golden *g, const char *vcov, const char *key)
{
    pgdp_regression *r = regress(g, vcov);
    const pgdp_fit *fit = pgdp_regression_fit(r);
    for (size_t j = 1; j < 3; j++) {
        const pg_json_value *term = pg_json_member(g->results, fit->terms[j]);
        assert_close(fit->p_value[j], pgt_golden_number(term, key), 0, 1e-15);
        assert_close(fit->estimate[j] / sqrt(fit->vcov[4 * j]), pgt_golden_number(term, "t"), g->tolerance, 0);
    }
    pgdp_regression_free(r);
}

static void all_2048_sign_patterns_give_the_p_values_of_R(void **state)
{
    (void)state;
    pgt_golden g = pgt_golden_open("wildboot_grunfeld");
    check_p(&g, "wild(firm)", "wcr_p_symmetric_gt");
    check_p(&g, "wild(firm, ties=yes)", "wcr_p_symmetric_ge");
    check_p(&g, "wild(firm, null=unrestricted)", "wcu_p_symmetric_gt");
    pgt_golden_close(&g);
}

/* The file counts one tail with ties where t lies; twice the smaller tail, ties counted, is the equal-tail p. */
static void the_equal_tail_p_value_is_twice_the_smaller_tail(void **state)
{
    (void)state;
    pgt_golden g = pgt_golden_open("wildboot_grunfeld");
    pgdp_regression *r = regress(&g, "wild(firm, p=equal_tail)");
    const pgdp_fit *fit = pgdp_regression_fit(r);
    for (size_t j = 1; j < 3; j++) {
        const pg_json_value *term = pg_json_member(g.results, fit->terms[j]);
        const double upper = pgt_golden_number(term, "wcr_p_upper"), lower = pgt_golden_number(term, "wcr_p_lower");
        assert_true(upper < lower);
        assert_close(fit->p_value[j], 2 * upper, 0, 1e-15);
    }
    pgdp_regression_free(r);
    pgt_golden_close(&g);
}

/* fwildclusterboot stops its root finder after 10 steps, at about 3e-5 of the interval's width (found: 4e-6 to 3e-5).
 * Here the end is the step of the p-value itself: tests/stats/test_wild.c looks at both sides of it. */
static void the_interval_is_the_test_inverted(void **state)
{
    (void)state;
    pgt_golden g = pgt_golden_open("wildboot_grunfeld");
    pgdp_regression *r = regress(&g, "wild(firm)");
    const pgdp_fit *fit = pgdp_regression_fit(r);
    for (size_t j = 1; j < 3; j++) {
        const pg_json_value *ci =
            pg_json_member(pg_json_member(pg_json_member(g.results, "fwildclusterboot"), fit->terms[j]), "ci95");
        double low = 0, high = 0;
        assert_true(pg_json_number(pg_json_at(ci, 0), &low));
        assert_true(pg_json_number(pg_json_at(ci, 1), &high));
        assert_close(fit->conf_low[j], low, 0, 5e-5 * (high - low));
        assert_close(fit->conf_high[j], high, 0, 5e-5 * (high - low));
    }
    pgdp_regression_free(r);
    pgt_golden_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_2048_sign_patterns_give_the_p_values_of_R),
        cmocka_unit_test(the_equal_tail_p_value_is_twice_the_smaller_tail),
        cmocka_unit_test(the_interval_is_the_test_inverted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
