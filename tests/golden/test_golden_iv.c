/* test_golden_iv.c  What R, gretl and linearmodels say of instrumental variables on real data. Source: the shared
 * golden numbers, where each file names who computed and who agreed. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "stats/fit.h"
#include "tests/support/dataset.h"
#include "tests/support/golden.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>

enum { ROWS = 48 };

/** The golden file and its design: lpacks on the constant, lrincome and endogenous lrprice; instruments tdiff, rtax. */
typedef struct golden {
    pgt_golden file;
    double y[ROWS], x[3 * ROWS], z[2 * ROWS];
    size_t endogenous[1];
    pgdp_design d;
} golden;

static const char *const terms[] = { "(Intercept)", "lrincome", "lrprice" };
static const char *const instruments[] = { "tdiff", "rtax" };

static golden *open_golden(void)
{
    const pgt_golden file = pgt_golden_open("iv_cigarettes");
    golden *g = calloc(1, sizeof *g);
    g->file = file;
    const pgdp_frame *frame = file.frame;
    assert_int_equal(pgdp_frame_n_rows(frame), ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        g->y[i] = pgt_real(frame, "lpacks", i);
        g->x[i] = 1;
        g->x[i + ROWS] = pgt_real(frame, "lrincome", i);
        g->x[i + 2 * ROWS] = pgt_real(frame, "lrprice", i);
        g->z[i] = pgt_real(frame, "tdiff", i);
        g->z[i + ROWS] = pgt_real(frame, "rtax", i);
    }
    g->endogenous[0] = 2;
    g->d = (pgdp_design){ .y = { g->y, ROWS },
                          .x = { g->x, ROWS, 3 },
                          .terms = terms,
                          .constant = 0,
                          .endogenous = g->endogenous,
                          .n_endogenous = 1,
                          .z = { g->z, ROWS, 2 },
                          .instruments = instruments };
    return g;
}

static void close_golden(golden *g)
{
    pgt_golden_close(&g->file);
    free(g);
}

static pgdp_fit *fit_of(golden *g, const char *method, const char *vcov, const char *diagnostics)
{
    pgdp_fit *fit = NULL;
    const pg_fit_request q = { .estimator = method, .vcov = vcov, .design = &g->d, .diagnostics = diagnostics };
    assert_ok(g->file.ctx, pg_fit_run(g->file.ctx, &q, &fit));
    return fit;
}

static double number(const pg_json_value *object, const char *key)
{
    double value = 0;
    if (!pg_json_number(pg_json_member(object, key), &value)) fail_msg("no number \"%s\" in the golden file", key);
    return value;
}

static double number_in(const golden *g, const char *group, const char *key)
{
    return number(pg_json_member(g->file.results, group), key);
}

static const char *golden_name(const char *term)
{
    return pg_streq(term, "(Intercept)") ? "const" : term;
}

static void check_terms(const pgdp_fit *fit, const pg_json_value *coef, const pg_json_value *se, double coef_tolerance)
{
    for (size_t i = 0; i < 3; i++) {
        const pgdp_tidy t = pgdp_fit_tidy(fit, i, 0.95);
        assert_close(t.estimate, number(coef, golden_name(t.term)), coef_tolerance, 0);
        assert_close(t.std_error, number(se, golden_name(t.term)), 1e-8, 0);
    }
}

static pgdp_diagnostic line_of(const pgdp_fit *fit, const char *name)
{
    for (size_t i = 0; pgdp_fit_diagnostic(fit, i).name != NULL; i++)
        if (pg_streq(pgdp_fit_diagnostic(fit, i).name, name)) return pgdp_fit_diagnostic(fit, i);
    fail_msg("no diagnostic \"%s\"", name);
    return (pgdp_diagnostic){ .name = NULL };
}

static void two_stages_agree_with_R(void **state)
{
    (void)state;
    static const char *const vcovs[] = { "iid", "HC0", "HC1" };
    golden *g = open_golden();
    for (size_t i = 0; i < 3; i++) {
        pgdp_fit *fit = fit_of(g, "iv", vcovs[i], NULL);
        check_terms(fit, pg_json_member(g->file.results, "coef"),
                    pg_json_member(pg_json_member(g->file.results, "se"), vcovs[i]), 1e-10);
        for (size_t j = 0; j < 3; j++) {
            const pgdp_tidy t = pgdp_fit_tidy(fit, j, 0.95);
            const pg_json_value *p = pg_json_member(pg_json_member(g->file.results, "p"), vcovs[i]);
            if (number(p, golden_name(t.term)) > 1e-12)
                assert_close(t.p_value, number(p, golden_name(t.term)), 1e-5, 0);
        }
        assert_close(pgdp_fit_vcov_df(fit), 45, 0, 0);
        pgdp_fit_free(fit);
    }
    close_golden(g);
}

static void the_summary_agrees_with_ivreg(void **state)
{
    (void)state;
    golden *g = open_golden();
    pgdp_fit *fit = fit_of(g, "iv", "iid", NULL);
    const pgdp_glance s = pgdp_fit_glance(fit);
    const pg_json_value *wald = pg_json_member(g->file.results, "wald");
    assert_close(s.r_squared, number(g->file.results, "r2"), 1e-10, 0);
    assert_close(s.adj_r_squared, number(g->file.results, "r2_adj"), 1e-10, 0);
    assert_close(s.sigma, number(g->file.results, "sigma"), 1e-10, 0);
    assert_close(s.deviance, number(g->file.results, "ssr"), 1e-10, 0);
    assert_close(s.statistic, number(wald, "F"), 1e-8, 0);
    assert_close(s.p_value, number(wald, "p"), 1e-5, 0);
    assert_close(s.log_lik, (double)NAN, 0, 0);
    assert_close(s.aic, (double)NAN, 0, 0);
    pgdp_fit_free(fit);
    close_golden(g);
}

static void diagnostics_agree_with_ivreg(void **state)
{
    (void)state;
    static const char *const names[][2] = { { "sargan", "sargan" },
                                            { "basmann", "basmann" },
                                            { "wooldridge_score", "wooldridge_score_overid" } };
    golden *g = open_golden();
    pgdp_fit *fit = fit_of(g, "iv", "iid", NULL);
    const pg_json_value *first = pg_json_member(pg_json_member(g->file.results, "first_stage"), "lrprice");
    assert_close(line_of(fit, "first_stage_f").statistic, number(first, "F"), 1e-8, 0);
    assert_close(line_of(fit, "first_stage_f").p_value, number(first, "F_p"), 1e-5, 0);
    assert_close(line_of(fit, "first_stage_f").df2, 44, 0, 0);
    assert_close(line_of(fit, "effective_f").statistic, number(first, "F"), 1e-8, 0);
    assert_close(line_of(fit, "cragg_donald_f").statistic, number(first, "F"), 1e-8, 0);
    assert_close(line_of(fit, "kleibergen_paap_f").statistic, number(first, "F"), 1e-8, 0);
    assert_close(line_of(fit, "kleibergen_paap_lm").statistic, 48 * number(first, "partial_r2"), 1e-8, 0);
    assert_close(line_of(fit, "partial_r_squared").statistic, number(first, "partial_r2"), 1e-8, 0);
    assert_close(line_of(fit, "wu_hausman").statistic, number_in(g, "wu_hausman", "F"), 1e-8, 0);
    assert_close(line_of(fit, "wu_hausman").p_value, number_in(g, "wu_hausman", "p"), 1e-5, 0);
    for (size_t i = 0; i < 3; i++) {
        assert_close(line_of(fit, names[i][0]).statistic, number_in(g, names[i][1], "stat"), 1e-8, 0);
        assert_close(line_of(fit, names[i][0]).p_value, number_in(g, names[i][1], "p"), 1e-5, 0);
        assert_close(line_of(fit, names[i][0]).df, 1, 0, 0);
    }
    pgdp_fit_free(fit);
    fit = fit_of(g, "iv", "HC1", NULL);
    assert_close(line_of(fit, "first_stage_f_robust").statistic, number(first, "F_HC1"), 1e-8, 0);
    assert_close(line_of(fit, "kleibergen_paap_f").statistic, number(first, "F_HC1"), 1e-8, 0);
    assert_close(line_of(fit, "hansen_j").statistic, number_in(g, "gmm2", "J"), 1e-8, 0);
    pgdp_fit_free(fit);
    close_golden(g);
}

/** The file's durbin is linearmodels', whose sum of squares leaves the exogenous terms out; Durbin's own is N Q / SSR
 * with the Q of the file's Wu-Hausman F: N F / (df + F). */
static void durbin_follows_from_wu_hausman_and_linearmodels_can_be_had(void **state)
{
    (void)state;
    golden *g = open_golden();
    pgdp_fit *fit = fit_of(g, "iv", "iid", "endogeneity");
    const double f = number_in(g, "wu_hausman", "F");
    assert_close(line_of(fit, "durbin").statistic, 48 * f / (44 + f), 1e-8, 0);
    pgdp_fit_free(fit);
    fit = fit_of(g, "iv", "iid", "endogeneity(convention=linearmodels)");
    assert_close(line_of(fit, "durbin").statistic, number_in(g, "durbin", "stat"), 1e-8, 0);
    assert_close(line_of(fit, "durbin").p_value, number_in(g, "durbin", "p"), 1e-5, 0);
    assert_close(line_of(fit, "wu_hausman").statistic, number_in(g, "wu_hausman_linearmodels", "F"), 1e-8, 0);
    pgdp_fit_free(fit);
    close_golden(g);
}

static void limited_information_agrees_with_ivmodel_and_linearmodels(void **state)
{
    (void)state;
    golden *g = open_golden();
    pgdp_fit *fit = fit_of(g, "liml", "iid", NULL);
    const pg_json_value *liml = pg_json_member(g->file.results, "liml");
    check_terms(fit, pg_json_member(liml, "coef"), pg_json_member(liml, "se"), 1e-10);
    assert_close(line_of(fit, "kappa").statistic, number(liml, "kappa"), 1e-10, 0);
    pgdp_fit_free(fit);
    close_golden(g);
}

static void two_step_moments_agree_with_linearmodels(void **state)
{
    (void)state;
    golden *g = open_golden();
    const pg_json_value *gmm = pg_json_member(g->file.results, "gmm2");
    pgdp_fit *robust = fit_of(g, "gmm", "HC0", NULL), *efficient = fit_of(g, "gmm", "iid", NULL);
    check_terms(robust, pg_json_member(gmm, "coef"), pg_json_member(gmm, "se_robust"), 1e-10);
    check_terms(efficient, pg_json_member(gmm, "coef"), pg_json_member(gmm, "se_efficient"), 1e-10);
    assert_close(line_of(robust, "hansen_j").statistic, number(gmm, "J"), 1e-8, 0);
    assert_close(line_of(robust, "hansen_j").p_value, number(gmm, "J_p"), 1e-5, 0);
    pgdp_fit_free(robust);
    pgdp_fit_free(efficient);
    close_golden(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_stages_agree_with_R),
        cmocka_unit_test(the_summary_agrees_with_ivreg),
        cmocka_unit_test(diagnostics_agree_with_ivreg),
        cmocka_unit_test(durbin_follows_from_wu_hausman_and_linearmodels_can_be_had),
        cmocka_unit_test(limited_information_agrees_with_ivmodel_and_linearmodels),
        cmocka_unit_test(two_step_moments_agree_with_linearmodels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
