/* test_golden_panel.c  What plm, linearmodels and gretl say of two panels, one balanced, one not. Source: the shared
 * golden numbers, where each file names who computed and who agreed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "tests/support/golden.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>

/** A golden file, and what its spec says. */
typedef struct golden {
    pgt_golden file;
    const char *formula, *panel, *diagnostics;
} golden;

static const char *const files[] = { "panel_grunfeld", "panel_empluk" };

static golden open_golden(const char *name)
{
    golden g = { .file = pgt_golden_open(name), .diagnostics = "none" };
    const pg_json_value *x = pg_json_member(g.file.spec, "x"), *panel = pg_json_member(g.file.spec, "panel");
    pg_text text;
    pg_text_init(&text, &g.file.ctx->scratch);
    pg_text_addf(&text, "%s ~ 1", pg_json_text(pg_json_member(g.file.spec, "y")));
    for (size_t i = 0; i < pg_json_count(x); i++)
        pg_text_addf(&text, " + %s", pg_json_text(pg_json_at(x, i)));
    g.formula = text.data;
    g.panel = pg_arena_printf(&g.file.ctx->scratch, "%s,%s", pg_json_text(pg_json_at(panel, 0)),
                              pg_json_text(pg_json_at(panel, 1)));
    return g;
}

static pgdp_regression *regress(const golden *g, const char *method, const char *setting, const char *value,
                                const char *vcov)
{
    pgdp_regression *r = NULL;
    const pgdp_setting settings[] = { { setting, value }, { NULL, NULL } };
    const pgdp_regression_spec spec = { .formula = g->formula,
                                        .method = method,
                                        .vcov = vcov,
                                        .panel = g->panel,
                                        .settings = setting == NULL ? NULL : settings,
                                        .diagnostics = g->diagnostics };
    assert_ok(g->file.ctx, pgdp_regress(g->file.ctx, g->file.frame, &spec, &r));
    return r;
}

/** p-values agree to 1e-5, tiny ones in order of magnitude: the packages' own tails differ. */
static void check_p(double got, double want)
{
    if (want > 1e-12)
        assert_close(got, want, 1e-5, 0);
    else if (want > 0)
        assert_close(log10(got), log10(want), 0, 1);
    else
        assert_true(got < 1e-300);
}

static void check_estimates(const golden *g, const pg_json_value *results, const pgdp_fit *fit)
{
    const pg_json_value *want = pg_json_member(results, "coef");
    assert_int_equal(pgdp_fit_n_terms(fit), pg_json_count(want));
    for (size_t i = 0; i < pgdp_fit_n_terms(fit); i++)
        assert_close(pgdp_fit_estimate(fit).x[i], pgt_golden_number(want, pgt_golden_term(pgdp_fit_term(fit, i))),
                     g->file.tolerance, 0);
}

/** Everything that the block says of the covariance named. */
static void check_inference(const golden *g, const pg_json_value *results, const char *name, const pgdp_fit *fit)
{
    const pg_json_value *se = pg_json_member(pg_json_member(results, "se"), name);
    const pg_json_value *t = pg_json_member(pg_json_member(results, "t"), name);
    const pg_json_value *p = pg_json_member(pg_json_member(results, "p"), name);
    const pg_json_value *ci = pg_json_member(pg_json_member(results, "ci95"), name);
    assert_true(pg_json_count(se) > 0);
    for (size_t i = 0; i < pgdp_fit_n_terms(fit); i++) {
        const pgdp_tidy line = pgdp_fit_tidy(fit, i, 0.95);
        const char *term = pgt_golden_term(line.term);
        double low = 0, high = 0;
        assert_close(line.std_error, pgt_golden_number(se, term), g->file.tolerance, 0);
        assert_close(line.statistic, pgt_golden_number(t, term), g->file.tolerance, 0);
        check_p(line.p_value, pgt_golden_number(p, term));
        assert_true(pg_json_number(pg_json_at(pg_json_member(ci, term), 0), &low));
        assert_true(pg_json_number(pg_json_at(pg_json_member(ci, term), 1), &high));
        assert_close(line.conf_low, low, 0, g->file.tolerance * (high - low));
        assert_close(line.conf_high, high, 0, g->file.tolerance * (high - low));
    }
    double want = INFINITY;
    const pg_json_value *df = pg_json_member(pg_json_member(results, "df_inference"), name);
    if (!pg_json_number(df, &want)) assert_string_equal(pg_json_text(df), "normal");
    assert_close(pgdp_fit_vcov_df(fit), want, 0, 0);
}

/** Rows, sums of squares and R2 as plm prints them; of effects that are absorbed R2 is the within one. */
static void check_glance(const golden *g, const pg_json_value *results, const pgdp_fit *fit, bool within)
{
    const pgdp_glance s = pgdp_fit_glance(fit);
    assert_close(s.nobs, pgt_golden_number(results, "n"), 0, 0);
    assert_close(s.df_residual, pgt_golden_number(results, "df_resid"), 0, 0);
    assert_close(s.deviance, pgt_golden_number(results, "ssr"), g->file.tolerance, 0);
    assert_close(within ? s.within_r_squared : s.r_squared, pgt_golden_number(results, "r2"), g->file.tolerance, 0);
    const double scale = isinf(pgdp_fit_vcov_df(fit)) ? s.df : 1; /* chi-square where inference is normal */
    assert_close(s.statistic * scale, pgt_golden_number(results, "F_or_chisq"), g->file.tolerance, 0);
    if (!within) assert_close(s.adj_r_squared, pgt_golden_number(results, "r2_adj"), g->file.tolerance, 0);
}

static double diagnostic(const pgdp_fit *fit, const char *name)
{
    pgdp_diagnostic line;
    for (size_t i = 0; (line = pgdp_fit_diagnostic(fit, i)).name != NULL; i++)
        if (pg_streq(line.name, name)) return line.statistic;
    fail_msg("no diagnostic \"%s\"", name);
    return 0;
}

static void check_block(const char *block, const char *method, const char *setting, const char *value, bool within)
{
    for (size_t f = 0; f < 2; f++) {
        golden g = open_golden(files[f]);
        const pg_json_value *want = pg_json_member(g.file.results, block);
        pgdp_regression *r = regress(&g, method, setting, value, "iid");
        check_estimates(&g, want, pgdp_regression_fit(r));
        check_inference(&g, want, "iid", pgdp_regression_fit(r));
        check_glance(&g, want, pgdp_regression_fit(r), within);
        pgdp_regression_free(r);
        pgt_golden_close(&g.file);
    }
}

static void within_agrees_with_plm(void **state)
{
    (void)state;
    check_block("within", "within", NULL, NULL, true);
}

static void within_of_periods_agrees_with_plm(void **state)
{
    (void)state;
    check_block("within_time", "within", "effect", "time", true);
}

static void within_of_both_agrees_with_plm(void **state)
{
    (void)state;
    check_block("within_twoways", "within", "effect", "twoways", true);
}

static void between_agrees_with_plm(void **state)
{
    (void)state;
    check_block("between", "between", NULL, NULL, false);
}

static void first_differences_agree_with_plm(void **state)
{
    (void)state;
    check_block("fd", "fd", NULL, NULL, false);
}

/** Of the balanced panel alone: on the other linearmodels differences years in the order in which the file first has
 * them, 1976 after 1983. */
static void first_differences_without_constant_agree_with_linearmodels(void **state)
{
    (void)state;
    golden g = open_golden(files[0]);
    const pg_json_value *want = pg_json_member(g.file.results, "linearmodels_fd_noconst");
    pgdp_regression *r = regress(&g, "fd", "constant", "no", "iid");
    const pgdp_fit *fit = pgdp_regression_fit(r);
    check_estimates(&g, want, fit);
    for (size_t i = 0; i < pgdp_fit_n_terms(fit); i++)
        assert_close(pgdp_fit_tidy(fit, i, 0.95).std_error,
                     pgt_golden_number(pg_json_member(pg_json_member(want, "se"), "iid"), pgdp_fit_term(fit, i)),
                     g.file.tolerance, 0);
    pgdp_regression_free(r);
    pgt_golden_close(&g.file);
}

static void random_effects_agree_with_plm_by_all_four_variances(void **state)
{
    (void)state;
    static const char *const variances[] = { "swar", "amemiya", "walhus", "nerlove" };
    for (size_t v = 0; v < 4; v++) {
        for (size_t f = 0; f < 2; f++) {
            golden g = open_golden(files[f]);
            const pg_json_value *want =
                pg_json_member(g.file.results, pg_arena_printf(&g.file.ctx->scratch, "re_%s", variances[v]));
            pgdp_regression *r = regress(&g, "random", "variance", variances[v], "iid");
            const pgdp_fit *fit = pgdp_regression_fit(r);
            check_estimates(&g, want, fit);
            check_inference(&g, want, "iid", fit);
            check_glance(&g, want, fit, false);
            assert_close(diagnostic(fit, "sigma2_idiosyncratic"), pgt_golden_number(want, "sigma2_idios"),
                         g.file.tolerance, 0);
            assert_close(diagnostic(fit, "sigma2_individual"), pgt_golden_number(want, "sigma2_id"), g.file.tolerance,
                         0);
            const pg_json_value *theta = pg_json_member(want, "theta");
            if (f == 0) {
                assert_close(diagnostic(fit, "theta"), pgt_golden_number(want, "theta"), g.file.tolerance, 0);
            } else {
                assert_close(diagnostic(fit, "theta_min"), pgt_golden_number(theta, "min"), g.file.tolerance, 0);
                assert_close(diagnostic(fit, "theta_mean"), pgt_golden_number(theta, "mean"), g.file.tolerance, 0);
                assert_close(diagnostic(fit, "theta_max"), pgt_golden_number(theta, "max"), g.file.tolerance, 0);
            }
            pgdp_regression_free(r);
            pgt_golden_close(&g.file);
        }
    }
}

static void robust_errors_of_the_within_estimator_agree(void **state)
{
    (void)state;
    static const char *const names[] = { "HC1", "cluster_fixest", "cluster_arellano_noadj", "cluster_id",
                                         "twoway_min" };
    for (size_t f = 0; f < 2; f++) {
        golden g = open_golden(files[f]);
        const char *entity = pg_json_text(pg_json_at(pg_json_member(g.file.spec, "panel"), 0));
        const char *period = pg_json_text(pg_json_at(pg_json_member(g.file.spec, "panel"), 1));
        const char *const vcovs[] = { "HC1", pg_arena_printf(&g.file.ctx->scratch, "cluster(%s)", entity), "arellano",
                                      pg_arena_printf(&g.file.ctx->scratch, "cluster(%s)", entity),
                                      pg_arena_printf(&g.file.ctx->scratch, "cluster(%s + %s)", entity, period) };
        for (size_t i = 0; i < 5; i++) {
            const bool both = i >= 3;
            const pg_json_value *want = pg_json_member(g.file.results, both ? "twoways_se" : "within_se");
            pgdp_regression *r = regress(&g, "within", "effect", both ? "twoways" : "individual", vcovs[i]);
            check_estimates(&g, want, pgdp_regression_fit(r));
            check_inference(&g, want, names[i], pgdp_regression_fit(r));
            pgdp_regression_free(r);
        }
        pgdp_regression *r = regress(&g, "within", NULL, NULL, "iid");
        const pgdp_glance s = pgdp_fit_glance(pgdp_regression_fit(r));
        assert_close(s.within_r_squared, pgt_golden_number(g.file.results, "r2_within_oneway"), g.file.tolerance, 0);
        assert_close(s.r_squared, pgt_golden_number(g.file.results, "r2_overall_oneway"), g.file.tolerance, 0);
        assert_close(s.log_lik, pgt_golden_number(g.file.results, "loglik_oneway"), g.file.tolerance, 0);
        pgdp_regression_free(r);
        pgt_golden_close(&g.file);
    }
}

static pgdp_diagnostic line_of(const pgdp_fit *fit, const char *name)
{
    pgdp_diagnostic line;
    for (size_t i = 0; (line = pgdp_fit_diagnostic(fit, i)).name != NULL; i++)
        if (pg_streq(line.name, name)) return line;
    fail_msg("no diagnostic \"%s\"", name);
    return line;
}

static void check_test(const golden *g, const pgdp_fit *fit, const char *name, const char *key, const char *statistic)
{
    const pgdp_diagnostic line = line_of(fit, name);
    const pg_json_value *want = pg_json_member(g->file.results, key), *df = pg_json_member(want, "df");
    double first = 0, second = 0;
    assert_close(line.statistic, pgt_golden_number(want, statistic), g->file.tolerance, 0);
    check_p(line.p_value, pgt_golden_number(want, "p"));
    if (pg_json_is_array(df)) {
        assert_true(pg_json_number(pg_json_at(df, 0), &first) && pg_json_number(pg_json_at(df, 1), &second));
        assert_close(line.df, first, 0, 0);
        assert_close(line.df2, second, 0, 0);
    } else if (pg_json_number(df, &first)) {
        assert_close(line.df, first, 0, 0);
    }
}

static void tests_of_panels_agree_with_plm(void **state)
{
    (void)state;
    for (size_t f = 0; f < 2; f++) {
        golden g = open_golden(files[f]);
        g.diagnostics = "hausman, bp_lm";
        pgdp_regression *random = regress(&g, "random", NULL, NULL, "iid");
        g.diagnostics = "panel_f, pesaran_cd";
        pgdp_regression *within = regress(&g, "within", NULL, NULL, "HC1");
        check_test(&g, pgdp_regression_fit(random), "hausman", "hausman", "chisq");
        check_test(&g, pgdp_regression_fit(random), "bp_lm", "bp_lm_individual", "chisq");
        check_test(&g, pgdp_regression_fit(random), "bp_lm_honda", "bp_lm_honda", "stat");
        check_test(&g, pgdp_regression_fit(within), "panel_f", "F_individual_effects", "F");
        check_test(&g, pgdp_regression_fit(within), "pesaran_cd", "pesaran_cd_within", "z");
        pgdp_regression_free(random);
        pgdp_regression_free(within);
        pgt_golden_close(&g.file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(within_agrees_with_plm),
        cmocka_unit_test(within_of_periods_agrees_with_plm),
        cmocka_unit_test(within_of_both_agrees_with_plm),
        cmocka_unit_test(between_agrees_with_plm),
        cmocka_unit_test(first_differences_agree_with_plm),
        cmocka_unit_test(first_differences_without_constant_agree_with_linearmodels),
        cmocka_unit_test(random_effects_agree_with_plm_by_all_four_variances),
        cmocka_unit_test(robust_errors_of_the_within_estimator_agree),
        cmocka_unit_test(tests_of_panels_agree_with_plm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
