/* test_iv_diagnostics.c  Tests of instruments: numbers of numpy 1.24 and scipy 1.10 from the formulas of the papers on
 * made data (Kleibergen & Paap by their own decomposition, sets by root finding), and what must hold whatever the data.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/stats/iv_designs.h"
#include "tests/support/context.h"

static void check(const pgdp_fit *fit, const char *name, size_t n, double want)
{
    assert_close(iv_line(fit, name, n).statistic, want, 1e-11, 0);
}

static void one_endogenous_term_agrees_with_numpy(void **state)
{
    (void)state;
    iv_design t = iv_design_new(150, 1, 12345, 1);
    pgdp_fit *fit = iv_fit(ctx, "iv", "HC1", iv_tie(&t), NULL, NULL);
    check(fit, "first_stage_f_robust", 0, 11.8911839304169);
    check(fit, "effective_f", 0, 13.1501028282032);
    assert_contains(iv_line(fit, "effective_f", 0).note, "critical value 17.958 at 5 %");
    assert_contains(iv_line(fit, "effective_f", 0).note, "K_eff 2.7717");
    check(fit, "kleibergen_paap_lm", 0, 30.855746757238);
    check(fit, "kleibergen_paap_f", 0, 11.8911839304169);
    check(fit, "cragg_donald_f", 0, 13.3130412845008);
    check(fit, "anderson_rubin", 0, 3.10084499239655);
    assert_close(iv_line(fit, "anderson_rubin", 0).p_value, 0.017502175613556, 1e-10, 0);
    assert_string_equal(iv_line(fit, "anderson_rubin", 0).note, "95 % confidence set of e1: [0.18657971, 0.74802869]");
    check(fit, "hansen_j", 0, 6.47189855915004);
    check(fit, "wooldridge_score", 0, 6.47189855915004);
    check(fit, "wu_hausman_robust", 0, 40.2758277209959);
    pgdp_fit_free(fit);
    fit = iv_fit(ctx, "iv", "cluster", iv_tie(&t), NULL, NULL);
    check(fit, "first_stage_f_robust", 0, 24.4761839775629);
    assert_close(iv_line(fit, "first_stage_f_robust", 0).df2, 18, 0, 0);
    check(fit, "effective_f", 0, 15.0346995521256);
    assert_contains(iv_line(fit, "effective_f", 0).note, "critical value 18.818");
    check(fit, "kleibergen_paap_lm", 0, 14.6804055689495);
    check(fit, "kleibergen_paap_f", 0, 24.4761839775629);
    check(fit, "anderson_rubin", 0, 5.58783877718983);
    assert_close(iv_line(fit, "anderson_rubin", 0).p_value, 0.0041861309383855, 1e-10, 0);
    assert_string_equal(iv_line(fit, "anderson_rubin", 0).note, "95 % confidence set of e1: [0.36876135, 0.78673651]");
    check(fit, "hansen_j", 0, 5.52905035570263);
    check(fit, "wooldridge_score", 0, 6.47189855915004);
    check(fit, "wu_hausman_robust", 0, 53.1356348244193);
    pgdp_fit_free(fit);
    iv_design_free(&t);
}

static void two_endogenous_terms_agree_with_numpy(void **state)
{
    (void)state;
    static const struct {
        const char *vcov;
        bool weighted;
        double f0, f1, lm, kp, cd, shea0, shea1, ar, j, wh;
    } cases[] = {
        { "HC1", false, 11.8911839304169, 19.9156043918351, 23.1250050617072, 7.70508622430807, 6.42454446128373,
          0.182845016539295, 0.223919498899032, 3.10084499239655, 4.05556396483603, 28.619965903734 },
        { "cluster", false, 24.4761839775629, 39.0333057326617, 14.2455020930113, 13.2353268019125, 6.42454446128373,
          0.182845016539295, 0.223919498899032, 5.58783877718983, 2.88119204702969, 28.1898620775057 },
        { "cluster", true, 22.3872818748179, 40.2538331507817, 14.3733100380244, 11.4673747298664, 5.95945449047866,
          0.166550731237667, 0.234890661249754, 4.35544810064963, 2.84832723430774, 20.7258112853184 },
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        iv_design t = iv_design_new(150, 2, 12345, 1);
        pgdp_design *d = iv_tie(&t);
        if (cases[c].weighted) {
            d->weights = (pgdp_vec){ t.w, t.n };
            d->weight_kind = PGDP_ANALYTIC;
        }
        pgdp_fit *fit = iv_fit(ctx, "iv", cases[c].vcov, d, NULL, NULL);
        check(fit, "first_stage_f_robust:e1", 0, cases[c].f0);
        check(fit, "first_stage_f_robust:e2", 0, cases[c].f1);
        assert_string_equal(iv_line(fit, "first_stage_f:e2", 0).note, "e2");
        check(fit, "kleibergen_paap_lm", 0, cases[c].lm);
        check(fit, "kleibergen_paap_f", 0, cases[c].kp);
        assert_close(iv_line(fit, "kleibergen_paap_lm", 0).df, 3, 0, 0);
        check(fit, "cragg_donald_f", 0, cases[c].cd);
        check(fit, "shea_partial_r_squared:e1", 0, cases[c].shea0);
        check(fit, "shea_partial_r_squared:e2", 0, cases[c].shea1);
        check(fit, "anderson_rubin", 0, cases[c].ar);
        check(fit, "hansen_j", 0, cases[c].j);
        check(fit, "wu_hausman_robust", 0, cases[c].wh);
        pgdp_fit_free(fit);
        iv_design_free(&t);
    }
}

/* For iid errors: the F of the first stage is the effective one, Cragg & Donald's and Kleibergen & Paap's. */
static void statistics_of_one_term_and_iid_errors_are_one(void **state)
{
    (void)state;
    iv_design t = iv_design_new(150, 1, 21, 1);
    pgdp_fit *fit = iv_fit(ctx, "iv", "iid", iv_tie(&t), NULL, NULL);
    const double f = iv_line(fit, "first_stage_f", 0).statistic, r2 = iv_line(fit, "partial_r_squared", 0).statistic;
    assert_close(iv_line(fit, "effective_f", 0).statistic, f, 1e-12, 0);
    assert_close(iv_line(fit, "cragg_donald_f", 0).statistic, f, 1e-12, 0);
    assert_close(iv_line(fit, "kleibergen_paap_f", 0).statistic, f, 1e-12, 0);
    assert_close(iv_line(fit, "kleibergen_paap_lm", 0).statistic, 150 * r2, 1e-12, 0);
    pgdp_fit_free(fit);
    iv_design_free(&t);
}

/* One instrument, iid: the worst bias of 10 % has the critical value 23.1 of the paper's table. */
static void the_critical_value_of_one_instrument_is_that_of_the_paper(void **state)
{
    (void)state;
    iv_design t = iv_design_new(150, 1, 22, 1);
    pgdp_design *d = iv_tie(&t);
    d->z.n_cols = 1;
    pgdp_fit *fit = iv_fit(ctx, "iv", "HC1", d, "effective_f, first_stage", NULL);
    assert_contains(iv_line(fit, "effective_f", 0).note, "critical value 23.1");
    assert_close(iv_line(fit, "effective_f", 0).statistic, iv_line(fit, "first_stage_f_robust", 0).statistic, 1e-12, 0);
    pgdp_fit_free(fit);
    fit = iv_fit(ctx, "iv", "HC1", d, "effective_f(tau=0.05)", NULL);
    assert_contains(iv_line(fit, "effective_f", 0).note, "critical value 37.4");
    pgdp_fit_free(fit);
    iv_design_free(&t);
}

/* Bounds of "[a, b]", "(-inf, a] or [b, inf)" and so on: is b in the set? */
static bool holds(const char *set, double b)
{
    const char *at = strchr(set, ':') + 2;
    if (pg_streq(at, "the whole line")) return true;
    if (pg_streq(at, "empty")) return false;
    bool inside = false;
    for (; at != NULL; at = strstr(at, " or ")) {
        if (at[0] == ' ') at += 4;
        const double low = pg_starts_with(at, "(-inf") ? -HUGE_VAL : strtod(at + 1, NULL);
        const char *comma = strchr(at, ',') + 2;
        const double high = pg_starts_with(comma, "inf") ? HUGE_VAL : strtod(comma, NULL);
        inside = inside || (b >= low && b <= high);
    }
    return inside;
}

/* With y - b e1 in place of y the test that the coefficient is 0 is the test that it is b. */
static double p_at(iv_design *t, const char *vcov, double b)
{
    for (size_t i = 0; i < t->n; i++)
        t->y[i] -= b * t->x[i + 2 * t->n];
    pgdp_fit *fit = iv_fit(ctx, "iv", vcov, iv_tie(t), "anderson_rubin", NULL);
    const double p = iv_line(fit, "anderson_rubin", 0).p_value;
    pgdp_fit_free(fit);
    for (size_t i = 0; i < t->n; i++)
        t->y[i] += b * t->x[i + 2 * t->n];
    return p;
}

static void the_set_holds_what_the_test_accepts(void **state)
{
    (void)state;
    static const char *const vcovs[] = { "iid", "HC1", "cluster" };
    static const double at[] = { -20, -1.5, -0.2, 0.3, 0.7, 1.1, 2.5, 30 };
    size_t n_unbounded = 0;
    for (uint64_t seed = 1; seed <= 24; seed++) {
        iv_design t = iv_design_new(120, 1, 1000 * seed + 7, seed % 3 == 0 ? 0.8 : 0.05);
        t.d.z.n_cols = 1 + seed % 4;
        const char *vcov = vcovs[seed % 3 == 0 ? seed % 2 : seed % 3];
        pgdp_fit *fit = iv_fit(ctx, "iv", vcov, iv_tie(&t), "anderson_rubin", NULL);
        const char *set = iv_line(fit, "anderson_rubin", 0).note;
        assert_non_null(set);
        n_unbounded += strstr(set, "inf") != NULL || strstr(set, "whole") != NULL;
        for (size_t i = 0; i < sizeof at / sizeof *at; i++)
            assert_int_equal(holds(set, at[i]), p_at(&t, vcov, at[i]) >= 0.05);
        pgdp_fit_free(fit);
        iv_design_free(&t);
    }
    assert_true(n_unbounded > 3 && n_unbounded < 24);
}

/* True coefficient 0.7, instruments next to useless: 400 samples, 95 % sets; 3.5 standard errors are 3.8 points. With
 * e2's part (-0.4 e2) out of the outcome the exclusion holds. Intervals of 2SLS cover far less. */
static void the_set_covers_with_weak_instruments(void **state)
{
    (void)state;
    size_t n_covered = 0, n_by_interval = 0;
    enum { SAMPLES = 400 };
    for (uint64_t seed = 1; seed <= SAMPLES; seed++) {
        iv_design t = iv_design_new(100, 1, 48271 * seed % 2147483647u, 0.05);
        for (size_t i = 0; i < t.n; i++)
            t.y[i] += 0.4 * t.x[i + 3 * t.n];
        for (size_t i = 0; i < t.n; i++) /* the clusters' common part too */
            t.y[i] -= 0.5 * ((double)((t.group[i] * 37) % 11) / 11 - 0.5);
        pgdp_fit *fit = iv_fit(ctx, "iv", "HC1", iv_tie(&t), "anderson_rubin", NULL);
        const pgdp_tidy line = pgdp_fit_tidy(fit, 2, 0.95);
        n_covered += holds(iv_line(fit, "anderson_rubin", 0).note, 0.7);
        n_by_interval += line.conf_low <= 0.7 && line.conf_high >= 0.7;
        pgdp_fit_free(fit);
        iv_design_free(&t);
    }
    assert_true(n_covered >= 0.912 * SAMPLES && n_covered <= 0.988 * SAMPLES);
    assert_true(n_by_interval < n_covered);
}

/* Driscoll & Kraay without lags sums by period, as clusters by period do; both as moments without factors. */
static void moments_by_another_covariance_are_the_fits_own(void **state)
{
    (void)state;
    static const char *const names[] = { "kleibergen_paap_lm", "hansen_j" };
    int32_t period[150];
    iv_design t = iv_design_new(150, 2, 25, 1);
    for (size_t i = 0; i < t.n; i++)
        period[i] = (int32_t)t.group[i];
    pgdp_design *d = iv_tie(&t);
    d->period = period;
    d->entity = t.group;
    pgdp_fit *cluster = iv_fit(ctx, "iv", "cluster", d, NULL, NULL);
    pgdp_fit *dk = iv_fit(ctx, "iv", "dk(lag=0)", d, NULL, NULL);
    for (size_t i = 0; i < 2; i++)
        assert_close(iv_line(dk, names[i], 0).statistic, iv_line(cluster, names[i], 0).statistic, 1e-11, 0);
    assert_contains(iv_line(dk, "anderson_rubin", 0).title, "covariance dk");
    pgdp_fit_free(cluster);
    pgdp_fit_free(dk);
    iv_design_free(&t);
}

static void refuse(const pgdp_design *d, const char *method, const char *diagnostics, const char *part)
{
    pgdp_fit *fit = NULL;
    const pg_fit_request q = { .estimator = method, .vcov = "iid", .design = d, .diagnostics = diagnostics };
    assert_status(ctx, pg_fit_run(ctx, &q, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), part);
}

static void what_does_not_apply_says_why(void **state)
{
    (void)state;
    iv_design t = iv_design_new(100, 2, 23, 1);
    pgdp_design *d = iv_tie(&t);
    refuse(d, "ols", "first_stage", "diagnostic first_stage does not apply: it needs a method with instruments");
    refuse(d, "iv", "effective_f", "one endogenous term");
    d->z.n_cols = 2;
    refuse(d, "iv", "overidentification", "exactly identified");
    memcpy(t.z, t.x + 2 * t.n, 2 * t.n * sizeof *t.z);
    refuse(d, "iv", "endogeneity", "the instruments explain an endogenous term exactly");
    pgdp_fit *fit = iv_fit(ctx, "iv", "iid", d, NULL, NULL); /* not asked for: skipped */
    for (size_t i = 0; i < fit->n_diagnostics; i++)
        assert_false(pg_streq(fit->diagnostics[i].name, "wu_hausman") || pg_streq(fit->diagnostics[i].name, "sargan"));
    pgdp_fit_free(fit);
    iv_design_free(&t);
}

/* LIML is the estimate at which the iid Anderson-Rubin statistic is smallest: kappa - 1 times df over L. */
static void liml_is_where_the_anderson_rubin_statistic_is_smallest(void **state)
{
    (void)state;
    iv_design t = iv_design_new(150, 1, 24, 1);
    pgdp_fit *fit = iv_fit(ctx, "liml", "iid", iv_tie(&t), "anderson_rubin", NULL);
    const double b = pgdp_fit_estimate(fit).x[2], kappa = iv_line(fit, "kappa", 0).statistic;
    pgdp_fit_free(fit);
    for (size_t i = 0; i < t.n; i++)
        t.y[i] -= b * t.x[i + 2 * t.n];
    fit = iv_fit(ctx, "liml", "iid", iv_tie(&t), "anderson_rubin", NULL);
    assert_close(iv_line(fit, "anderson_rubin", 0).statistic, (kappa - 1) * 144 / 4, 1e-10, 0);
    pgdp_fit_free(fit);
    iv_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_endogenous_term_agrees_with_numpy),
        cmocka_unit_test(two_endogenous_terms_agree_with_numpy),
        cmocka_unit_test(statistics_of_one_term_and_iid_errors_are_one),
        cmocka_unit_test(the_critical_value_of_one_instrument_is_that_of_the_paper),
        cmocka_unit_test(the_set_holds_what_the_test_accepts),
        cmocka_unit_test(the_set_covers_with_weak_instruments),
        cmocka_unit_test(moments_by_another_covariance_are_the_fits_own),
        cmocka_unit_test(what_does_not_apply_says_why),
        cmocka_unit_test(liml_is_where_the_anderson_rubin_statistic_is_smallest),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
