/* test_golden_likelihood.c  What R, statsmodels and gretl say of probit, ordered, multinomial and negative binomial
 * models and of marginal effects on small real data sets. Source: the shared golden numbers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "stats/fit.h"
#include "tests/support/golden.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>

static pgdp_regression *regress(const pgt_golden *g, const char *method, const char *vcov, const char *margins)
{
    const pg_json_value *x = pg_json_member(g->spec, "x");
    pgdp_regression *r = NULL;
    pg_text formula;
    pg_text_init(&formula, &g->ctx->scratch);
    pg_text_addf(&formula, "%s ~ 1", pg_json_text(pg_json_member(g->spec, "y")));
    for (size_t i = 0; i < pg_json_count(x); i++)
        pg_text_addf(&formula, " + %s", pg_json_text(pg_json_at(x, i)));
    const pgdp_regression_spec spec = { .formula = formula.data, .method = method, .vcov = vcov, .margins = margins };
    assert_ok(g->ctx, pgdp_regress(g->ctx, g->frame, &spec, &r));
    return r;
}

/** Estimates and, when se is given, standard errors of the file's terms. */
static void check_terms(const pgdp_regression *r, const pg_json_value *coef, const pg_json_value *se, double tolerance)
{
    const pgdp_fit *fit = pgdp_regression_fit(r);
    size_t n = 0;
    for (size_t i = 0; i < pgdp_fit_n_terms(fit); i++) {
        const pgdp_tidy line = pgdp_fit_tidy(fit, i, 0.95);
        const char *name = pgt_golden_term(line.term);
        if (pg_json_member(coef, name) == NULL) continue;
        assert_close(line.estimate, pgt_golden_number(coef, name), tolerance, 0);
        assert_close(line.std_error, pgt_golden_number(se, name), tolerance, 0);
        n++;
    }
    assert_int_equal(n, pg_json_count(coef));
}

static void check_glance(const pgt_golden *g, const pgdp_regression *r, double tolerance)
{
    static const char *const names[] = {
        "loglik", "loglik_null", "deviance", "lr_chi2", "lr_df", "lr_p", "aic", "bic"
    };
    const pgdp_glance s = pgdp_fit_glance(pgdp_regression_fit(r));
    /* statsmodels finds the null likelihood of mlogit by search, 4e-10 below sum n log share */
    const double values[] = { s.log_lik, s.log_lik_null, s.deviance, s.statistic, s.df, s.p_value, s.aic, s.bic };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (pg_json_member(g->results, names[i]) != NULL)
            assert_close(values[i], pgt_golden_number(g->results, names[i]), i == 1 ? g->tolerance : tolerance, 0);
    }
    if (pg_json_member(g->results, "pearson_chi2") != NULL)
        assert_close(pgt_line(r, "pearson_chi_squared").statistic, pgt_golden_number(g->results, "pearson_chi2"),
                     g->tolerance, 0);
    if (pg_json_member(g->results, "mcfadden_r2") != NULL)
        assert_close(pgt_line(r, "mcfadden_r_squared").statistic, pgt_golden_number(g->results, "mcfadden_r2"), 1e-9,
                     0);
}

/** Average effects with their errors, and effects at the means, of every regressor. */
static void check_margins(const pgt_golden *g, const char *method)
{
    const pg_json_value *ame = pg_json_member(g->results, "ame"), *se = pg_json_member(g->results, "ame_se_delta");
    const pg_json_value *at_mean = pg_json_member(g->results, "ame_at_mean");
    pgdp_regression *average = regress(g, method, "iid", "average"), *mean = regress(g, method, "iid", "mean");
    pgdp_tidy a, b;
    size_t n = 0;
    for (; pgdp_regression_margin(average, n, &a) && pgdp_regression_margin(mean, n, &b); n++) {
        assert_string_equal(a.term, b.term);
        assert_close(a.estimate, pgt_golden_number(ame, a.term), 1e-7, 0);
        assert_close(a.std_error, pgt_golden_number(se, a.term), 1e-6, 0);
        assert_close(b.estimate, pgt_golden_number(at_mean, b.term), 1e-7, 0);
    }
    assert_int_equal(n, pg_json_count(ame));
    pgdp_regression_free(average);
    pgdp_regression_free(mean);
}

static void probit_spector_agrees_with_statsmodels_and_R(void **state)
{
    (void)state;
    static const char *const vcovs[][2] = { { "observed", "iid" },
                                            { "expected", "iid(information=expected)" },
                                            { "opg", "opg" },
                                            { "robust_HC0", "HC0" },
                                            { "robust_HC1", "HC1" } };
    pgt_golden g = pgt_golden_open("probit_spector");
    for (size_t i = 0; i < sizeof vcovs / sizeof *vcovs; i++) {
        pgdp_regression *r = regress(&g, "probit", vcovs[i][1], NULL);
        const pg_json_value *se = pg_json_member(pg_json_member(g.results, "se"), vcovs[i][0]);
        check_terms(r, pg_json_member(g.results, "coef"), se, 1e-7);
        check_glance(&g, r, 1e-8);
        pgdp_regression_free(r);
    }
    check_margins(&g, "probit");
    pgt_golden_close(&g);
}

static void margins_of_logit_spector_agree_with_statsmodels(void **state)
{
    (void)state;
    pgt_golden g = pgt_golden_open("logit_spector");
    pgdp_regression *r = regress(&g, "logit", "iid", NULL);
    check_glance(&g, r, 1e-9);
    check_margins(&g, "logit");
    pgdp_regression_free(r);
    pgt_golden_close(&g);
}

static void margins_of_poisson_recreation_agree_with_statsmodels(void **state)
{
    (void)state;
    pgt_golden g = pgt_golden_open("poisson_recreation");
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++)
        if (pg_streq(pgdp_estimator_at(i)->name, "poisson")) check_margins(&g, "poisson");
    pgt_golden_close(&g);
}

static void check_ordered(const char *name, const char *method)
{
    pgt_golden g = pgt_golden_open(name);
    pgdp_regression *r = regress(&g, method, "iid", NULL);
    const pgdp_fit *fit = pgdp_regression_fit(r);
    const pg_json_value *cuts = pg_json_member(g.results, "cut"), *errors = pg_json_member(g.results, "cut_se");
    check_terms(r, pg_json_member(g.results, "coef"), pg_json_member(pg_json_member(g.results, "se"), "observed"),
                g.tolerance);
    check_glance(&g, r, 1e-9);
    for (size_t j = 0; j < pg_json_count(cuts); j++) {
        const pgdp_tidy line = pgdp_fit_tidy(fit, pgdp_fit_n_terms(fit) - pg_json_count(cuts) + j, 0.95);
        double cut = 0, error = 0;
        assert_string_equal(line.term, pg_arena_printf(&g.ctx->scratch, "cut%zu", j + 1));
        assert_true(pg_json_number(pg_json_at(cuts, j), &cut) && pg_json_number(pg_json_at(errors, j), &error));
        assert_close(line.estimate, cut, g.tolerance, 0);
        assert_close(line.std_error, error, g.tolerance, 0);
    }
    pgdp_regression_free(r);
    pgt_golden_close(&g);
}

static void ordered_models_of_housing_agree_with_polr(void **state)
{
    (void)state;
    check_ordered("oprobit_housing", "oprobit");
    check_ordered("ologit_housing", "ologit");
}

static void mlogit_anes96_agrees_with_statsmodels_and_nnet(void **state)
{
    (void)state;
    pgt_golden g = pgt_golden_open("mlogit_anes96");
    pgdp_regression *r = regress(&g, "mlogit", "iid", NULL);
    const pgdp_fit *fit = pgdp_regression_fit(r);
    const pg_json_value *equations = pg_json_member(g.results, "equations");
    size_t n = 0;
    check_glance(&g, r, 1e-10);
    assert_close(pgdp_fit_glance(fit).df_residual, 944 - 30, 0, 0);
    for (size_t i = 0; i < pgdp_fit_n_terms(fit); i++) {
        const pgdp_tidy line = pgdp_fit_tidy(fit, i, 0.95);
        const char category[] = { line.term[0], 0 };
        const pg_json_value *e = pg_json_member(equations, category);
        const char *name = pgt_golden_term(line.term + 2);
        assert_close(line.estimate, pgt_golden_number(pg_json_member(e, "coef"), name), g.tolerance, 0);
        assert_close(line.std_error, pgt_golden_number(pg_json_member(e, "se"), name), g.tolerance, 0);
        n++;
    }
    assert_int_equal(n, 5 * pg_json_count(equations));
    pgdp_regression_free(r);
    pgt_golden_close(&g);
}

static void negbin_recreation_agrees_with_statsmodels_and_gretl(void **state)
{
    (void)state;
    pgt_golden g = pgt_golden_open("negbin_recreation");
    pgdp_regression *r = regress(&g, "negbin", "iid", NULL);
    const pgdp_fit *fit = pgdp_regression_fit(r);
    const pgdp_tidy alpha = pgdp_fit_tidy(fit, pgdp_fit_n_terms(fit) - 1, 0.95);
    check_terms(r, pg_json_member(g.results, "coef"), pg_json_member(pg_json_member(g.results, "se"), "observed"),
                1e-7);
    check_glance(&g, r, 1e-10);
    assert_string_equal(alpha.term, "alpha");
    assert_close(alpha.estimate, pgt_golden_number(g.results, "alpha"), 1e-8, 0);
    assert_close(alpha.std_error, pgt_golden_number(g.results, "alpha_se"), 1e-7, 0);
    assert_close(pgt_line(r, "theta").statistic, pgt_golden_number(g.results, "theta"), 1e-8, 0);
    pgdp_regression *expected = regress(&g, "negbin", "iid(information=expected)", NULL);
    check_terms(expected, pg_json_member(g.results, "coef"), pg_json_member(pg_json_member(g.results, "se"), "glm_nb"),
                1e-7);
    pgdp_regression_free(expected);
    /* twice the distance to the Poisson likelihood of the same data */
    assert_close(pgt_line(r, "lr_alpha").statistic, 2 * (1529.43129720402 - 825.5575793650025), 1e-9, 0);
    pgdp_regression_free(r);
    pgt_golden_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probit_spector_agrees_with_statsmodels_and_R),
        cmocka_unit_test(margins_of_logit_spector_agree_with_statsmodels),
        cmocka_unit_test(margins_of_poisson_recreation_agree_with_statsmodels),
        cmocka_unit_test(ordered_models_of_housing_agree_with_polr),
        cmocka_unit_test(mlogit_anes96_agrees_with_statsmodels_and_nnet),
        cmocka_unit_test(negbin_recreation_agrees_with_statsmodels_and_gretl),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
