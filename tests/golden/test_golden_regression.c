/* test_golden_regression.c  What R, statsmodels, gretl and NIST say of small real data sets, through formula, design,
 * estimator and covariance. Source: the shared golden numbers, where each file names who computed and who agreed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "tests/support/golden.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>

/** y ~ x1 + x2, from the spec, or from the results' terms where powers stand. */
static const char *formula_of(const pgt_golden *g)
{
    const pg_json_value *x = pg_json_member(g->spec, "x"), *constant = pg_json_member(g->spec, "const");
    bool has_constant = true;
    double flag = 1;
    if (!pg_json_is_array(x)) x = pg_json_member(g->results, "terms");
    if (pg_json_number(pg_json_member(g->results, "const"), &flag)) has_constant = flag > 0;
    (void)pg_json_truth(constant, &has_constant);
    pg_text text;
    pg_text_init(&text, &g->ctx->scratch);
    pg_text_addf(&text, "%s ~ %d", pg_json_text(pg_json_member(g->spec, "y")), has_constant);
    for (size_t i = 0; i < pg_json_count(x); i++)
        if (!pg_streq(pg_json_text(pg_json_at(x, i)), "const"))
            pg_text_addf(&text, " + %s", pg_json_text(pg_json_at(x, i)));
    return text.data;
}

static pgdp_regression *regress(const pgt_golden *g, const char *method, const char *vcov, const char *weights)
{
    pgdp_regression *r = NULL;
    const pgdp_regression_spec spec = { .formula = formula_of(g), .method = method, .vcov = vcov, .weights = weights };
    assert_ok(g->ctx, pgdp_regress(g->ctx, g->frame, &spec, &r));
    return r;
}

/** p-values agree to 1e-5, tiny ones in order of magnitude: the packages' own tails differ. */
static void check_p(double got, double want)
{
    if (want > 1e-12)
        assert_close(got, want, 1e-5, 0);
    else
        assert_close(log10(got), log10(want), 0, 1);
}

/** Estimates of all terms that the file has. */
static void check_estimates(const pgt_golden *g, const pgdp_regression *r, double tolerance)
{
    const pg_json_value *want = pg_json_member(g->results, "coef");
    const pgdp_fit *fit = pgdp_regression_fit(r);
    size_t n = 0;
    for (size_t i = 0; i < pgdp_fit_n_terms(fit); i++) {
        const char *name = pgt_golden_term(pgdp_fit_term(fit, i));
        if (pg_starts_with(name, "cut")) continue;
        assert_close(pgdp_fit_estimate(fit).x[i], pgt_golden_number(want, name), tolerance, 0);
        n++;
    }
    assert_int_equal(n, pg_json_count(want));
}

/** Standard errors, statistics, p-values and intervals under the file's name of the covariance. */
static void check_inference(const pgt_golden *g, const pgdp_regression *r, const char *name, double tolerance)
{
    const pg_json_value *se = pg_json_member(pg_json_member(g->results, "se"), name);
    const pg_json_value *t = pg_json_member(pg_json_member(g->results, "t"), name);
    const pg_json_value *p = pg_json_member(pg_json_member(g->results, "p"), name);
    const pg_json_value *ci = pg_json_member(pg_json_member(g->results, "ci95"), name);
    const pgdp_fit *fit = pgdp_regression_fit(r);
    assert_true(pg_json_count(se) > 0);
    for (size_t i = 0; i < pgdp_fit_n_terms(fit); i++) {
        const pgdp_tidy line = pgdp_fit_tidy(fit, i, 0.95);
        const char *term = pgt_golden_term(line.term);
        if (pg_starts_with(term, "cut")) continue;
        assert_close(line.std_error, pgt_golden_number(se, term), tolerance, 0);
        if (t == NULL) continue;
        assert_close(line.statistic, pgt_golden_number(t, term), tolerance, 0);
        check_p(line.p_value, pgt_golden_number(p, term));
        double low = 0, high = 0;
        assert_true(pg_json_number(pg_json_at(pg_json_member(ci, term), 0), &low));
        assert_true(pg_json_number(pg_json_at(pg_json_member(ci, term), 1), &high));
        const double width = high - low;
        assert_close(line.conf_low, low, 0, tolerance * width);
        assert_close(line.conf_high, high, 0, tolerance * width);
    }
    const pg_json_value *df = pg_json_member(pg_json_member(g->results, "df_inference"), name);
    double want = INFINITY;
    if (df != NULL && !pg_json_number(df, &want)) assert_string_equal(pg_json_text(df), "normal");
    if (df != NULL) assert_close(pgdp_fit_vcov_df(fit), want, 0, 0);
}

/** A statistic of the file, where it has it. */
static void check_statistic(const pgt_golden *g, const char *key, double got, double tolerance)
{
    double want = 0;
    if (pg_json_number(pg_json_member(g->results, key), &want)) assert_close(got, want, tolerance, 0);
}

static void check_linear_glance(const pgt_golden *g, const pgdp_glance *s)
{
    check_statistic(g, "n", s->nobs, 0);
    check_statistic(g, "df_resid", s->df_residual, 0);
    check_statistic(g, "r2", s->r_squared, 1e-10);
    check_statistic(g, "r2_adj", s->adj_r_squared, 1e-10);
    check_statistic(g, "r2_uncentered", s->r_squared, 1e-10);
    check_statistic(g, "r2_uncentered_adj", s->adj_r_squared, 1e-10);
    check_statistic(g, "sigma", s->sigma, 1e-8);
    check_statistic(g, "ssr", s->deviance, 1e-8);
    check_statistic(g, "F", s->statistic, 1e-8);
    check_statistic(g, "F_p", s->p_value, 1e-5);
    check_statistic(g, "loglik", s->log_lik, 1e-10);
    check_statistic(g, "aic", s->aic, 1e-10);
    check_statistic(g, "bic", s->bic, 1e-10);
}

/** Least squares with iid and HC0 to HC4; se_tolerance above 1e-8 only where the regressors are near collinear. */
static void check_least_squares(const char *name, const char *weights, double se_tolerance)
{
    static const char *const vcovs[] = { "iid", "HC0", "HC1", "HC2", "HC3", "HC4" };
    pgt_golden g = pgt_golden_open(name);
    for (size_t i = 0; i < sizeof vcovs / sizeof vcovs[0]; i++) {
        pgdp_regression *r = regress(&g, "ols", vcovs[i], weights);
        const pgdp_glance glance = pgdp_fit_glance(pgdp_regression_fit(r));
        check_estimates(&g, r, 1e-10);
        check_inference(&g, r, vcovs[i], se_tolerance);
        if (i == 0) check_linear_glance(&g, &glance);
        const pg_json_value *wald = pg_json_member(pg_json_member(g.results, "wald_F_slopes"), vcovs[i]);
        if (wald != NULL) {
            assert_close(glance.statistic, pgt_golden_number(wald, "F"), 1e-7, 0);
            check_p(glance.p_value, pgt_golden_number(wald, "p"));
        }
        pgdp_regression_free(r);
    }
    pgt_golden_close(&g);
}

static void ols_longley_agrees_with_R(void **state)
{
    (void)state;
    check_least_squares("ols_longley", NULL, 1e-7); /* the file's rtol: condition number 5e9 */
}

static void ols_ccard_agrees_with_R(void **state)
{
    (void)state;
    check_least_squares("ols_ccard", NULL, 1e-8);
}

static void ols_without_constant_on_copper_agrees_with_R(void **state)
{
    (void)state;
    check_least_squares("ols_noconst_copper", NULL, 1e-8);
}

static void wls_ccard_agrees_with_R(void **state)
{
    (void)state;
    check_least_squares("wls_ccard", "aw:w_inc2", 1e-8);
}

static void clusters_of_grunfeld_agree_with_R_and_fixest(void **state)
{
    (void)state;
    static const char *const vcovs[][2] = { { "CR1", "cluster(firm)" },
                                            { "CR1_second", "cluster(year)" },
                                            { "twoway_min", "cluster(firm + year)" } };
    pgt_golden g = pgt_golden_open("cluster_grunfeld");
    for (size_t i = 0; i < sizeof vcovs / sizeof vcovs[0]; i++) {
        pgdp_regression *r = regress(&g, "ols", vcovs[i][1], NULL);
        check_estimates(&g, r, 1e-10);
        check_inference(&g, r, vcovs[i][0], 1e-8);
        pgdp_regression_free(r);
    }
    pgt_golden_close(&g);
}

static void newey_west_of_macrodata_agrees_with_sandwich(void **state)
{
    (void)state;
    static const char *const vcovs[][2] = { { "NW4", "nw(lag=4)" }, { "NW12", "nw(lag=12)" }, { "NW_rule", "nw" } };
    pgt_golden g = pgt_golden_open("hac_macrodata");
    for (size_t i = 0; i < sizeof vcovs / sizeof vcovs[0]; i++) {
        pgdp_regression *r = regress(&g, "ols", vcovs[i][1], NULL);
        check_estimates(&g, r, 1e-10);
        check_inference(&g, r, vcovs[i][0], 1e-8);
        assert_int_equal(pgdp_regression_dropped(r).missing, 1); /* the first difference of the first row */
        pgdp_regression_free(r);
    }
    pgt_golden_close(&g);
}

static void logit_spector_agrees_with_R(void **state)
{
    (void)state;
    static const char *const vcovs[][2] = { { "observed", "iid" }, { "robust_HC0", "HC0" } };
    pgt_golden g = pgt_golden_open("logit_spector");
    for (size_t i = 0; i < sizeof vcovs / sizeof vcovs[0]; i++) {
        pgdp_regression *r = regress(&g, "logit", vcovs[i][1], NULL);
        const pgdp_glance s = pgdp_fit_glance(pgdp_regression_fit(r));
        check_estimates(&g, r, g.tolerance);
        check_inference(&g, r, vcovs[i][0], g.tolerance);
        check_statistic(&g, "loglik", s.log_lik, 1e-10);
        check_statistic(&g, "loglik_null", s.log_lik_null, 1e-10);
        check_statistic(&g, "deviance", s.deviance, 1e-10);
        check_statistic(&g, "lr_chi2", s.statistic, 1e-9);
        check_statistic(&g, "lr_df", s.df, 0);
        check_statistic(&g, "lr_p", s.p_value, 1e-8);
        check_statistic(&g, "aic", s.aic, 1e-10);
        check_statistic(&g, "bic", s.bic, 1e-10);
        pgdp_regression_free(r);
    }
    pgt_golden_close(&g);
}

static void ordered_logit_of_housing_agrees_with_polr(void **state)
{
    (void)state;
    pgt_golden g = pgt_golden_open("ologit_housing");
    pgdp_regression *r = regress(&g, "ologit", "iid", NULL);
    const pgdp_fit *fit = pgdp_regression_fit(r);
    const pgdp_glance s = pgdp_fit_glance(fit);
    check_estimates(&g, r, g.tolerance);
    check_inference(&g, r, "observed", g.tolerance);
    check_statistic(&g, "loglik", s.log_lik, 1e-9);
    check_statistic(&g, "loglik_null", s.log_lik_null, 1e-9);
    check_statistic(&g, "aic", s.aic, 1e-9);
    check_statistic(&g, "bic", s.bic, 1e-9);
    const pg_json_value *cuts = pg_json_member(g.results, "cut"), *se = pg_json_member(g.results, "cut_se");
    for (size_t j = 0; j < pg_json_count(cuts); j++) {
        double cut = 0, error = 0;
        const pgdp_tidy line = pgdp_fit_tidy(fit, pgdp_fit_n_terms(fit) - pg_json_count(cuts) + j, 0.95);
        assert_true(pg_json_number(pg_json_at(cuts, j), &cut) && pg_json_number(pg_json_at(se, j), &error));
        assert_close(line.estimate, cut, g.tolerance, 0);
        assert_close(line.std_error, error, g.tolerance, 0);
    }
    pgdp_regression_free(r);
    pgt_golden_close(&g);
}

/** Certified values to the file's tolerance; perfect fits have standard errors of 0, up to rounding. */
static void check_certified(const char *name)
{
    pgt_golden g = pgt_golden_open(name);
    pgdp_regression *r = regress(&g, "ols", "iid", NULL);
    const pgdp_glance s = pgdp_fit_glance(pgdp_regression_fit(r));
    check_estimates(&g, r, g.tolerance);
    if (pgt_golden_number(g.results, "sigma") > 0) {
        check_inference(&g, r, "iid", g.tolerance);
        assert_close(s.sigma, pgt_golden_number(g.results, "sigma"), g.tolerance, 0);
        assert_close(s.statistic, pgt_golden_number(pg_json_member(g.results, "anova"), "F"), g.tolerance, 0);
    } else {
        for (size_t i = 0; i < pgdp_fit_n_terms(pgdp_regression_fit(r)); i++)
            assert_close(pgdp_fit_tidy(pgdp_regression_fit(r), i, 0.95).std_error, 0, 0, 1e-9);
    }
    assert_close(s.r_squared, pgt_golden_number(g.results, "r2"), g.tolerance, 0);
    pgdp_regression_free(r);
    pgt_golden_close(&g);
}

static void nist_norris_is_certified(void **state)
{
    (void)state;
    check_certified("nist_norris");
}

static void nist_longley_is_certified(void **state)
{
    (void)state;
    check_certified("nist_longley");
}

static void nist_noint1_is_certified(void **state)
{
    (void)state;
    check_certified("nist_noint1");
}

static void nist_wampler1_is_certified(void **state)
{
    (void)state;
    check_certified("nist_wampler1");
}

static void nist_wampler4_is_certified(void **state)
{
    (void)state;
    check_certified("nist_wampler4");
}

static void nist_filip_is_certified_with_powers_from_the_formula(void **state)
{
    (void)state;
    check_certified("nist_filip");
}

/** Standard errors that no package prints: (X'X)^-1 X'diag(e^2)X (X'X)^-1 N/(N-K) in arithmetic of 120 digits, powers
 * not rounded. Those of Filip, rounded to doubles, leave 6 digits; a meat in the terms' own basis leaves none. */
static void robust_standard_errors_of_nist_polynomials_keep_their_digits(void **state)
{
    (void)state;
    static const double filip[] = { 247.079553151,   466.255172137,     390.283121529,  190.864848861,
                                    60.4052858142,   12.9306706708,     1.89669624774,  0.188306940872,
                                    0.0121149535014, 0.000456278850129, 7.6424944768e-6 };
    static const double wampler4[] = { 118168.038003, 187853.889708, 67860.9301776,
                                       9082.27720558, 509.701500868, 10.1407678278 };
    for (size_t i = 0; i < 2; i++) {
        pgt_golden g = pgt_golden_open(i == 0 ? "nist_filip" : "nist_wampler4");
        pgdp_regression *r = regress(&g, "ols", "HC1", NULL);
        for (size_t j = 0; j < pgdp_fit_n_terms(pgdp_regression_fit(r)); j++) {
            const double got = pgdp_fit_tidy(pgdp_regression_fit(r), j, 0.95).std_error;
            assert_close(got, i == 0 ? filip[j] : wampler4[j], i == 0 ? 2e-6 : 1e-9, 0);
        }
        pgdp_regression_free(r);
        pgt_golden_close(&g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ols_longley_agrees_with_R),
        cmocka_unit_test(ols_ccard_agrees_with_R),
        cmocka_unit_test(ols_without_constant_on_copper_agrees_with_R),
        cmocka_unit_test(wls_ccard_agrees_with_R),
        cmocka_unit_test(clusters_of_grunfeld_agree_with_R_and_fixest),
        cmocka_unit_test(newey_west_of_macrodata_agrees_with_sandwich),
        cmocka_unit_test(logit_spector_agrees_with_R),
        cmocka_unit_test(ordered_logit_of_housing_agrees_with_polr),
        cmocka_unit_test(nist_norris_is_certified),
        cmocka_unit_test(nist_longley_is_certified),
        cmocka_unit_test(nist_noint1_is_certified),
        cmocka_unit_test(nist_wampler1_is_certified),
        cmocka_unit_test(nist_wampler4_is_certified),
        cmocka_unit_test(nist_filip_is_certified_with_powers_from_the_formula),
        cmocka_unit_test(robust_standard_errors_of_nist_polynomials_keep_their_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
