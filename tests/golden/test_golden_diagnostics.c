/* test_golden_diagnostics.c  Tests of residuals and of hypotheses against R, statsmodels and gretl. Source: the shared
 * golden numbers tests_ccard and tests_macrodata.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "tests/support/golden.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>

/** One line of a golden file and what we call it. */
typedef struct pair {
    const char *theirs, *ours;
} pair;

static double number(const pg_json_value *object, const char *key)
{
    double value = (double)NAN;
    (void)pg_json_number(pg_json_member(object, key), &value);
    return value;
}

static void check(const pgt_golden *g, const pgdp_regression *r, const pair *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const pg_json_value *want = pg_json_member(g->results, pairs[i].theirs);
        const pgdp_diagnostic got = pgt_line(r, pairs[i].ours);
        double value = 0;
        assert_non_null(want);
        if (pg_json_number(want, &value)) {
            assert_close(got.statistic, value, 1e-9, 0);
            continue;
        }
        assert_close(got.statistic, isnan(number(want, "stat")) ? number(want, "F") : number(want, "stat"), 1e-9, 0);
        assert_close(got.p_value, number(want, "p"), 1e-5, 0);
        if (!isnan(number(want, "df"))) assert_close(got.df, number(want, "df"), 0, 0);
    }
}

static const pair common[] = {
    { "breusch_pagan_koenker", "breusch_pagan" },
    { "breusch_pagan_koenker_F", "breusch_pagan_f" },
    { "breusch_pagan_original", "breusch_pagan_original" },
    { "white", "white" },
    { "white_F", "white_f" },
    { "jarque_bera", "jarque_bera" },
};
enum { N_COMMON = sizeof common / sizeof *common };

static void check_vif(const pgt_golden *g, const pgdp_regression *r)
{
    const pg_json_value *vif = pg_json_member(g->results, "vif");
    pgdp_diagnostic d;
    size_t n = 0;
    for (size_t i = 0; (d = pgdp_regression_diagnostic(r, i)).name != NULL; i++) {
        if (!pg_starts_with(d.name, "vif:")) continue;
        assert_close(d.statistic, number(vif, d.name + 4), 1e-9, 0);
        n++;
    }
    assert_int_equal(n, pg_json_count(vif));
}

static void check_reset(const pgt_golden *g, const pgdp_regression_spec *spec, const char *setting, const char *theirs)
{
    pgdp_regression_spec one = *spec;
    one.diagnostics = setting;
    pgdp_regression *r = pgt_golden_regress(g, &one);
    const pair p = { theirs, "reset" };
    check(g, r, &p, 1);
    pgdp_regression_free(r);
}

static void ccard_agrees_with_lmtest_and_statsmodels(void **state)
{
    (void)state;
    pgt_golden g = pgt_golden_open("tests_ccard");
    const pgdp_regression_spec spec = { .formula = "avgexp ~ age + income + incomesq + ownrent",
                                        .vcov = "iid",
                                        .diagnostics = "breusch_pagan, white, jarque_bera, vif" };
    pgdp_regression *r = pgt_golden_regress(&g, &spec);
    check(&g, r, common, N_COMMON);
    check_vif(&g, r);
    pgdp_regression_free(r);
    check_reset(&g, &spec, "reset", "reset_2_3");
    check_reset(&g, &spec, "reset(powers=2)", "reset_2");
    pgt_golden_close(&g);
}

static void macrodata_agrees_with_lmtest_and_statsmodels(void **state)
{
    (void)state;
    static const pair serial[] = { { "durbin_watson", "durbin_watson" },
                                   { "bg4_chisq", "breusch_godfrey" },
                                   { "bg4_F", "breusch_godfrey_f" },
                                   { "ljung_box_10", "ljung_box" },
                                   { "box_pierce_10", "box_pierce" },
                                   { "arch_lm_4", "arch" },
                                   { "arch_F_4", "arch_f" } };
    static const pair dropped = { "bg4_chisq_drop", "breusch_godfrey" }, one = { "bg1_chisq", "breusch_godfrey" };
    pgt_golden g = pgt_golden_open("tests_macrodata");
    pgdp_regression_spec spec = { .formula = "dl_realcons ~ dl_realdpi + d_tbilrate",
                                  .vcov = "iid",
                                  .diagnostics = "breusch_pagan, white, jarque_bera, vif, durbin_watson, "
                                                 "breusch_godfrey(lags=4), ljung_box(lags=10), arch(lags=4)" };
    pgdp_regression *r = pgt_golden_regress(&g, &spec);
    check(&g, r, common, N_COMMON);
    check(&g, r, serial, sizeof serial / sizeof *serial);
    check_vif(&g, r);
    pgdp_regression_free(r);
    spec.diagnostics = "breusch_godfrey(lags=4, fill=drop)";
    r = pgt_golden_regress(&g, &spec);
    check(&g, r, &dropped, 1);
    pgdp_regression_free(r);
    spec.diagnostics = "breusch_godfrey";
    r = pgt_golden_regress(&g, &spec);
    check(&g, r, &one, 1);
    pgdp_regression_free(r);
    check_reset(&g, &spec, "reset", "reset_2_3");
    check_reset(&g, &spec, "reset(powers=2)", "reset_2");
    pgt_golden_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ccard_agrees_with_lmtest_and_statsmodels),
        cmocka_unit_test(macrodata_agrees_with_lmtest_and_statsmodels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
