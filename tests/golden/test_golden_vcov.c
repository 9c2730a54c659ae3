/* test_golden_vcov.c  Covariances, their small-sample corrections and presets against what R, statsmodels, gretl and
 * linearmodels say of small real data sets. Source: the shared golden numbers, where each file names who computed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "stats/fit.h"
#include "tests/support/golden.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>

/** Standard errors of every term, and degrees of freedom where the file has them. */
static void check_with(const pgt_golden *g, const pg_json_value *results, const char *name,
                       const pgdp_regression_spec *spec, double tolerance)
{
    const pg_json_value *se = pg_json_member(pg_json_member(results, "se"), name);
    const pg_json_value *df = pg_json_member(pg_json_member(results, "df_inference"), name);
    pgdp_regression *r = pgt_golden_regress(g, spec);
    const pgdp_fit *fit = pgdp_regression_fit(r);
    double want = HUGE_VAL;
    assert_true(pg_json_count(se) > 0);
    for (size_t i = 0; i < pgdp_fit_n_terms(fit); i++) {
        const pgdp_tidy line = pgdp_fit_tidy(fit, i, 0.95);
        const char *term = pg_streq(line.term, "(Intercept)") ? "const" : line.term;
        assert_close(line.std_error, pgt_golden_number(se, term), tolerance, 0);
    }
    if (df != NULL) {
        if (!pg_json_number(df, &want)) assert_string_equal(pg_json_text(df), "normal");
        assert_close(pgdp_fit_vcov_df(fit), want, 0, 0);
    }
    pgdp_regression_free(r);
}

static void check(const pgt_golden *g, const char *name, pgdp_regression_spec spec, const char *vcov)
{
    spec.vcov = vcov;
    check_with(g, g->results, name, &spec, 1e-8);
}

static double factor_of(const pgt_golden *g, pgdp_regression_spec spec, const char *vcov, const char *name)
{
    spec.vcov = vcov;
    pgdp_regression *r = pgt_golden_regress(g, &spec);
    pgdp_factor factor;
    double value = (double)NAN;
    for (size_t i = 0; (factor = pgdp_fit_factor(pgdp_regression_fit(r), i)).name != NULL; i++)
        if (pg_streq(factor.name, name)) value = factor.value;
    pgdp_regression_free(r);
    return value;
}

static void clusters_of_grunfeld(void **state)
{
    (void)state;
    const pgdp_regression_spec spec = { .formula = "invest ~ value + capital" };
    pgt_golden g = pgt_golden_open("cluster_grunfeld");
    check(&g, "CR0", spec, "cluster(firm); ssc(k_adj=no, g_adj=no)");
    check(&g, "CR1", spec, "cluster(firm)");
    check(&g, "CR1_second", spec, "cluster(year)");
    check(&g, "twoway_min", spec, "cluster(firm + year)");
    check(&g, "twoway_min", spec, "cluster(firm + year); ssc(g_df=min, psd=no)");
    check(&g, "twoway_each", spec, "cluster(firm + year); ssc(g_df=each)");
    check(&g, "CR2", spec, "cr2(firm)");
    check(&g, "CR3", spec, "cr3(firm)");
    pgt_golden_close(&g);
}

static void degrees_of_freedom_of_cr2_are_those_of_clubSandwich(void **state)
{
    (void)state;
    pgt_golden g = pgt_golden_open("cluster_grunfeld");
    const pgdp_regression_spec spec = { .formula = "invest ~ value + capital", .vcov = "cr2(firm)" };
    pgdp_regression *r = pgt_golden_regress(&g, &spec);
    const pg_json_value *df = pg_json_member(g.results, "CR2_satterthwaite_df");
    const pg_json_value *p = pg_json_member(g.results, "CR2_satterthwaite_p");
    const pgdp_fit *fit = pgdp_regression_fit(r);
    for (size_t i = 0; i < 3; i++) {
        const pgdp_tidy line = pgdp_fit_tidy(fit, i, 0.95);
        const char *term = i == 0 ? "const" : line.term;
        assert_close(fit->term_df[i], pgt_golden_number(df, term), 1e-8, 0);
        assert_close(2 * pgdp_t_upper(fabs(line.statistic), fit->term_df[i]), pgt_golden_number(p, term), 1e-8, 0);
    }
    pgdp_regression_free(r);
    pgt_golden_close(&g);
}

static void kernels_and_bandwidths_of_macrodata(void **state)
{
    (void)state;
    const pgdp_regression_spec spec = { .formula = "dl_realcons ~ dl_realdpi + d_tbilrate" };
    static const char *const qs = "nw(bandwidth=andrews, kernel=quadratic_spectral)";
    static const char *const qs_white =
        "nw(bandwidth=andrews, kernel=quadratic_spectral, prewhite=yes); ssc(k_adj=yes)";
    static const char *const white = "nw(bandwidth=newey_west, prewhite=yes)";
    pgt_golden g = pgt_golden_open("hac_macrodata");
    check(&g, "NW4", spec, "nw(lag=4)");
    check(&g, "NW4_adj", spec, "nw(lag=4); ssc(k_adj=yes)");
    check(&g, "NW12", spec, "nw(lag=12)");
    check(&g, "NW_rule", spec, "nw");
    check(&g, "Bartlett_Andrews", spec, "nw(bandwidth=andrews)");
    check(&g, "QS_Andrews", spec, qs);
    check(&g, "Parzen_bw5", spec, "nw(lag=4, kernel=parzen)");
    check(&g, "Parzen_bw5", spec, "nw(width=5, kernel=parzen)");
    check(&g, "QS_Andrews_prewhite_adj", spec, qs_white);
    check(&g, "NW_auto", spec, "nw(bandwidth=newey_west)");
    check(&g, "NW_auto_prewhite", spec, white);
    assert_close(factor_of(&g, spec, "nw", "lag"), pgt_golden_number(g.results, "lag_rule_4_n100_2_9"), 0, 0);
    assert_close(factor_of(&g, spec, "nw(bandwidth=andrews)", "bandwidth"),
                 pgt_golden_number(g.results, "bw_andrews_bartlett"), 1e-9, 0);
    assert_close(factor_of(&g, spec, qs, "bandwidth"), pgt_golden_number(g.results, "bw_andrews_qs"), 1e-9, 0);
    assert_close(factor_of(&g, spec, qs_white, "bandwidth"), pgt_golden_number(g.results, "bw_andrews_qs_prewhite1"),
                 1e-9, 0);
    assert_close(factor_of(&g, spec, "nw(bandwidth=newey_west)", "bandwidth chosen"),
                 pgt_golden_number(g.results, "bw_neweywest_bartlett"), 1e-9, 0);
    assert_close(factor_of(&g, spec, white, "bandwidth chosen"),
                 pgt_golden_number(g.results, "bw_neweywest_bartlett_prewhite1"), 1e-9, 0);
    pgt_golden_close(&g);
}

static void driscoll_kraay_of_grunfeld(void **state)
{
    (void)state;
    pgt_golden g = pgt_golden_open("dk_grunfeld");
    const pg_json_value *pooled = pg_json_member(g.results, "pooled");
    pgdp_regression_spec spec = { .formula = "invest ~ value + capital", .panel = "firm,year", .vcov = "dk(lag=2)" };
    check_with(&g, pooled, "DK_noadj", &spec, 1e-8);
    check_with(&g, pooled, "DK_fixest_noadj", &spec, 1e-8);
    spec.vcov = "dk(lag=2); ssc(k_adj=yes, g_adj=yes)";
    check_with(&g, pooled, "DK_fixest", &spec, 1e-8);
    spec.vcov = "dk(lag=2)";
    spec.preset = "fixest-0.12";
    check_with(&g, pooled, "DK_fixest", &spec, 1e-8);
    pgt_golden_close(&g);
}

static void driscoll_kraay_of_grunfeld_within_firms(void **state)
{
    (void)state;
    pgt_golden g = pgt_golden_open("dk_grunfeld");
    const pg_json_value *within = pg_json_member(g.results, "within");
    pgdp_regression_spec spec = { .formula = "invest ~ value + capital | firm",
                                  .panel = "firm,year",
                                  .vcov = "dk(lag=2)" };
    check_with(&g, within, "DK_noadj", &spec, 1e-8);
    spec.preset = "fixest-0.13";
    check_with(&g, within, "DK_fixest", &spec, 1e-8);
    pgt_golden_close(&g);
}

static void effects_of_firms_count_as_fixest_counts_them(void **state)
{
    (void)state;
    pgt_golden g = pgt_golden_open("panel_grunfeld");
    const pg_json_value *within = pg_json_member(g.results, "within_se");
    pgdp_regression_spec spec = { .formula = "invest ~ value + capital | firm" };
    static const char *const cases[][2] = {
        { "iid", "iid" },
        { "HC1", "HC1" },
        { "cluster_fixest", "cluster(firm)" },
        { "cluster_full_dof", "cluster(firm); ssc(k_effects=full)" },
        { "cluster_arellano_noadj", "cluster(firm); ssc(k_adj=no, g_adj=no)" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        spec.vcov = cases[i][1];
        check_with(&g, within, cases[i][0], &spec, 1e-8);
    }
    pgt_golden_close(&g);
}

static void check_effects(const char *name, const char *formula, const char *one, const char *two)
{
    pgt_golden g = pgt_golden_open(name);
    const pgdp_regression_spec spec = { .formula = formula, .keep_singletons = true };
    pg_arena *a = &g.ctx->scratch;
    check(&g, "iid", spec, "iid");
    check(&g, "HC1", spec, "HC1");
    check(&g, "cluster1", spec, pg_arena_printf(a, "cluster(%s)", one));
    check(&g, "cluster1_full", spec, pg_arena_printf(a, "cluster(%s); ssc(k_effects=full)", one));
    check(&g, "cluster1_none", spec, pg_arena_printf(a, "cluster(%s); ssc(k_effects=none)", one));
    check(&g, "twoway_min", spec, pg_arena_printf(a, "cluster(%s + %s)", one, two));
    check(&g, "twoway_each", spec, pg_arena_printf(a, "cluster(%s + %s); ssc(g_df=each)", one, two));
    pgt_golden_close(&g);
}

static void two_effects_of_employment_agree_with_fixest(void **state)
{
    (void)state;
    check_effects("hdfe_empluk", "lemp ~ lwage + lcapital + loutput | firm + year", "firm", "year");
}

static void four_effects_of_trade_agree_with_fixest(void **state)
{
    (void)state;
    check_effects("hdfe_trade0708", "leuros ~ ldist | Origin + Destination + Product + Year", "Origin", "Destination");
}

/** Likelihoods: the outer product, the expected information, robust factors by the tool that has them. */
static void check_likelihood(const char *name, const char *method, const char *formula, bool expected_differs)
{
    pgt_golden g = pgt_golden_open(name);
    pgdp_regression_spec spec = { .formula = formula, .method = method };
    double tolerance = 0;
    assert_true(pg_json_number(pg_json_member(pg_json_root(g.document), "rtol"), &tolerance));
    const struct {
        const char *name, *vcov, *preset;
    } cases[] = {
        { "observed", "iid", NULL },           { "opg", "opg", NULL },
        { "robust_HC0", "HC0", NULL },         { "robust_HC1", "HC1", NULL },
        { "robust_n_nm1", "HC1", "stata" },    { "robust_HC0", "HC1", "statsmodels" },
        { "robust_HC0", "HC1", "gretl" },      { "robust_n_nm1", "HC0; ssc(g_adj=yes)", NULL },
        { "robust_HC1", "HC1", "r-sandwich" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        spec.vcov = cases[i].vcov;
        spec.preset = cases[i].preset;
        check_with(&g, g.results, cases[i].name, &spec, tolerance);
    }
    spec.preset = NULL;
    spec.vcov = "iid(information=expected)";
    if (expected_differs) check_with(&g, g.results, "expected", &spec, tolerance);
    pgt_golden_close(&g);
}

static void logit_spector(void **state)
{
    (void)state;
    check_likelihood("logit_spector", "logit", "GRADE ~ GPA + TUCE + PSI", false);
}

static void probit_spector(void **state)
{
    (void)state;
    check_likelihood("probit_spector", "probit", "GRADE ~ GPA + TUCE + PSI", true);
}

static void poisson_recreation(void **state)
{
    (void)state;
    check_likelihood("poisson_recreation", "poisson",
                     "trips ~ quality + ski_yes + income + userfee_yes + costC + costS + costH", false);
}

static void iid_of_instruments_with_and_without_adjustment(void **state)
{
    (void)state;
    const pgdp_regression_spec spec = { .formula = "lpacks ~ lrincome | lrprice ~ tdiff + rtax" };
    pgt_golden g = pgt_golden_open("iv_cigarettes");
    check(&g, "iid", spec, "iid");
    check(&g, "iid_noadj", spec, "iid; ssc(k_adj=no)");
    check(&g, "HC0", spec, "HC1; ssc(k_adj=no)");
    check(&g, "HC1", spec, "HC0; ssc(k_adj=yes)");
    pgt_golden_close(&g);
}

static void sigma_without_adjustment_divides_by_the_rows(void **state)
{
    (void)state;
    pgt_golden g = pgt_golden_open("ols_ccard");
    const pgdp_regression_spec spec = { .formula = "avgexp ~ age + income + incomesq + ownrent", .vcov = "iid" };
    const double sigma2 = pgt_golden_number(g.results, "ssr") / pgt_golden_number(g.results, "n");
    assert_close(factor_of(&g, spec, "iid; ssc(k_adj=no)", "sigma^2 = ssr/N"), sigma2, 1e-10, 0);
    pgt_golden_close(&g);
}

/** Each preset against the number that its tool printed. */
static void presets_give_their_tools_numbers(void **state)
{
    (void)state;
    const struct {
        const char *preset, *vcov, *name;
        double df;
    } cases[] = {
        { "stata", "cluster(firm)", "CR1", 10 },
        { "reghdfe", "cluster(firm + year)", "twoway_min", 10 },
        { "fixest-0.12", "cluster(firm + year)", "twoway_min", 10 },
        { "fixest-0.13", "cluster(firm + year)", "twoway_min", 10 },
        { "r-sandwich", "cluster(firm)", "CR1", 217 },
        { "r-sandwich", "cluster(firm + year)", "twoway_each", 217 },
        { "statsmodels", "cluster(firm)", "CR1", HUGE_VAL },
        { "statsmodels", "cluster(firm + year)", "twoway_each", HUGE_VAL },
        { "linearmodels", "cluster(firm)", "CR1", 217 },
        { "gretl", "cluster(firm)", "CR1", 10 },
    };
    pgt_golden g = pgt_golden_open("cluster_grunfeld");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const pgdp_regression_spec spec = { .formula = "invest ~ value + capital",
                                            .vcov = cases[i].vcov,
                                            .preset = cases[i].preset };
        pgdp_regression *r = pgt_golden_regress(&g, &spec);
        const pg_json_value *se = pg_json_member(pg_json_member(g.results, "se"), cases[i].name);
        for (size_t j = 0; j < 3; j++) {
            const pgdp_tidy line = pgdp_fit_tidy(pgdp_regression_fit(r), j, 0.95);
            assert_close(line.std_error, pgt_golden_number(se, j == 0 ? "const" : line.term), 1e-8, 0);
        }
        assert_close(pgdp_fit_vcov_df(pgdp_regression_fit(r)), cases[i].df, 0, 0);
        pgdp_regression_free(r);
    }
    pgt_golden_close(&g);
}

static void stata_scales_newey_west(void **state)
{
    (void)state;
    pgt_golden g = pgt_golden_open("hac_macrodata");
    const pgdp_regression_spec spec = { .formula = "dl_realcons ~ dl_realdpi + d_tbilrate", .preset = "stata" };
    check(&g, "NW4_adj", spec, "nw(lag=4)");
    check(&g, "NW4", spec, "nw(lag=4); ssc(k_adj=no)"); /* a switch beats the preset */
    pgt_golden_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clusters_of_grunfeld),
        cmocka_unit_test(degrees_of_freedom_of_cr2_are_those_of_clubSandwich),
        cmocka_unit_test(kernels_and_bandwidths_of_macrodata),
        cmocka_unit_test(driscoll_kraay_of_grunfeld),
        cmocka_unit_test(driscoll_kraay_of_grunfeld_within_firms),
        cmocka_unit_test(effects_of_firms_count_as_fixest_counts_them),
        cmocka_unit_test(two_effects_of_employment_agree_with_fixest),
        cmocka_unit_test(four_effects_of_trade_agree_with_fixest),
        cmocka_unit_test(logit_spector),
        cmocka_unit_test(probit_spector),
        cmocka_unit_test(poisson_recreation),
        cmocka_unit_test(iid_of_instruments_with_and_without_adjustment),
        cmocka_unit_test(sigma_without_adjustment_divides_by_the_rows),
        cmocka_unit_test(presets_give_their_tools_numbers),
        cmocka_unit_test(stata_scales_newey_west),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
