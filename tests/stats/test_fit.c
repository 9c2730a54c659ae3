/* test_fit.c  The runner: statuses and sentences, names, settings, memory, threads.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/collinear.h"
#include "stats/vcov_spec.h"
#include "tests/support/designs.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

static pgdp_status try_fit(pgdp_ctx *ctx, const char *estimator, const char *vcov, const pgdp_design *d)
{
    pgdp_fit *fit = NULL;
    const pgdp_status status = pgdp_fit_new(ctx, estimator, vcov, d, NULL, &fit);
    pgdp_fit_free(fit);
    return status;
}

static void misspelt_names_get_a_suggestion(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgt_design t = pgt_design_new(30, 3, 1);
    assert_status(ctx, try_fit(ctx, "olss", "iid", &t.d), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(ctx), "did you mean \"ols\"");
    assert_status(ctx, try_fit(ctx, "ols", "HC9", &t.d), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(ctx), "did you mean \"HC");
    assert_status(ctx, try_fit(ctx, "ols", "nw(lags=3)", &t.d), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(ctx), "lag");
    assert_status(ctx, try_fit(ctx, "ols", "nw(lag=4", &t.d), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "parenthesis");
    pgt_design_free(&t);
    pgdp_ctx_free(ctx);
}

static void covariance_words_are_read(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pg_vcov_spec spec;
    assert_ok(ctx, pg_vcov_spec_parse(ctx, " cluster( firm + year^state , a = 2.5, b=x) ; ssc( psd=no )", &spec));
    assert_string_equal(spec.vcov->name, "cluster");
    assert_int_equal(spec.n_clusters, 2);
    assert_string_equal(spec.clusters[0]->text, "firm");
    assert_string_equal(spec.settings[0].name, "a");
    assert_string_equal(spec.settings[0].value, "2.5");
    assert_string_equal(spec.settings[1].name, "b");
    assert_string_equal(spec.settings[1].value, "x");
    assert_null(spec.settings[2].name);
    assert_string_equal(spec.ssc[0].name, "psd");
    assert_string_equal(spec.ssc[0].value, "no");
    assert_null(spec.ssc[1].name);
    assert_ok(ctx, pg_vcov_spec_parse(ctx, "HC1", &spec));
    assert_string_equal(spec.vcov->name, "HC1");
    assert_null(spec.settings[0].name);
    assert_int_equal(spec.n_clusters, 0);
    assert_ok(ctx, pg_vcov_spec_parse(ctx, "conley(km=20, lat=north, lon=east)", &spec));
    assert_int_equal(spec.n_columns, 2);
    assert_string_equal(spec.columns[0]->text, "north");
    assert_string_equal(spec.columns[1]->text, "east");
    assert_string_equal(spec.settings[0].name, "km");
    assert_null(spec.settings[1].name);
    pgdp_ctx_free(ctx);
}

static void a_design_that_cannot_be_fitted_is_refused_with_its_row(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgt_design t = pgt_design_new(30, 3, 2);
    t.x[30 + 16] = (double)NAN;
    assert_status(ctx, try_fit(ctx, "ols", "iid", &t.d), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "x1 is missing in row 17");
    t.x[30 + 16] = 2.385;
    t.y[4] = (double)INFINITY;
    assert_status(ctx, try_fit(ctx, "ols", "iid", &t.d), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "the outcome is infinite in row 5");
    t.y[4] = 2.385;
    pgdp_design d = t.d;
    d.y.n = 29;
    assert_status(ctx, try_fit(ctx, "ols", "iid", &d), PGDP_SHAPE_MISMATCH);
    d = t.d;
    d.x.n_cols = 0;
    d.constant = PGDP_NONE;
    assert_status(ctx, try_fit(ctx, "ols", "iid", &d), PGDP_BAD_ARGUMENT);
    d = t.d;
    d.x.n_rows = d.y.n = 0;
    assert_status(ctx, try_fit(ctx, "ols", "iid", &d), PGDP_TOO_FEW_OBS);
    d.x.n_rows = d.y.n = 3; /* as many rows as terms: no variance */
    assert_status(ctx, try_fit(ctx, "ols", "iid", &d), PGDP_TOO_FEW_OBS);
    pgt_design_free(&t);
    pgdp_ctx_free(ctx);
}

static void bad_weights_are_refused_with_their_row(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgt_design t = pgt_design_new(30, 3, 3);
    pgt_use_weights(&t, PGDP_ANALYTIC);
    t.w[8] = 0;
    assert_status(ctx, try_fit(ctx, "ols", "iid", &t.d), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "the weight of row 9 is 0");
    t.w[8] = 2.5;
    t.d.weight_kind = PGDP_FREQUENCY;
    assert_status(ctx, try_fit(ctx, "ols", "iid", &t.d), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "whole number");
    t.d.weight_kind = PGDP_PROBABILITY;
    assert_status(ctx, try_fit(ctx, "ols", "iid", &t.d), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "probability weights");
    assert_ok(ctx, try_fit(ctx, "ols", "HC1", &t.d));
    t.d.weight_kind = PGDP_UNWEIGHTED;
    assert_status(ctx, try_fit(ctx, "ols", "iid", &t.d), PGDP_BAD_ARGUMENT);
    pgt_design_free(&t);
    pgdp_ctx_free(ctx);
}

static void settings_are_checked_against_the_options(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgt_design t = pgt_design_new(60, 3, 4);
    pgt_make_categories(&t, 2);
    pgdp_fit *fit = NULL;
    const pgdp_setting negative[] = { { "lambda", "-1" }, { NULL, NULL } };
    const pgdp_setting unknown[] = { { "lambbda", "1" }, { NULL, NULL } };
    assert_status(ctx, pgdp_fit_new(ctx, "logit", "iid", &t.d, negative, &fit), PGDP_BAD_ARGUMENT);
    assert_status(ctx, pgdp_fit_new(ctx, "logit", "iid", &t.d, unknown, &fit), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(ctx), "lambda");
    assert_null(fit);
    pgt_design_free(&t);
    pgdp_ctx_free(ctx);
}

static void a_collinear_term_is_named_with_what_it_depends_on(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgt_design t = pgt_design_new(50, 6, 5);
    for (size_t i = 0; i < 50; i++) {
        t.x[i + 3 * 50] = 2.5 * t.x[i + 50] - 4 * t.x[i + 2 * 50]; /* x3 */
        t.x[i + 5 * 50] = 1e-9 * (7 + t.x[i + 3 * 50]);            /* x5: its scale is no reason */
    }
    assert_status(ctx, try_fit(ctx, "ols", "iid", &t.d), PGDP_RANK_DEFICIENT);
    assert_contains(pgdp_ctx_error(ctx), "term x3 equals 2.5 * x1 - 4 * x2");
    const pg_collinear *list = NULL;
    size_t n = 0;
    pgdp_ctx *owner = pgdp_ctx_new(NULL); /* its scratch serves as an arena that outlives the call */
    assert_ok(ctx, pg_collinear_terms(ctx, &owner->scratch, &t.d, false, &list, &n));
    assert_int_equal(n, 2);
    assert_int_equal(list[0].term, 3);
    assert_string_equal(list[0].because, "equals 2.5 * x1 - 4 * x2");
    assert_int_equal(list[1].term, 5);
    assert_string_equal(list[1].because, "equals 7e-09 * (Intercept) + 2.5e-09 * x1 - 4e-09 * x2");
    pgdp_ctx_free(owner);
    pgt_design_free(&t);
    pgdp_ctx_free(ctx);
}

static void a_column_of_zeros_is_named(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgt_design t = pgt_design_new(50, 3, 6);
    memset(t.x + 100, 0, 50 * sizeof *t.x);
    assert_status(ctx, try_fit(ctx, "ols", "iid", &t.d), PGDP_RANK_DEFICIENT);
    assert_contains(pgdp_ctx_error(ctx), "term x2 is zero in every row");
    pgt_design_free(&t);
    pgdp_ctx_free(ctx);
}

/* Rank is decided after scaling: no unit of a regressor makes or hides collinearity. */
static void units_of_a_regressor_do_not_decide_rank(void **state)
{
    (void)state;
    static const double units[] = { 1e-150, 1e-30, 1e-9, 1e9, 1e30, 1e150 };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        pgt_design t = pgt_design_new(50, 4, 7);
        for (size_t i = 0; i < 50; i++)
            t.x[i + 100] *= units[u];
        assert_ok(ctx, try_fit(ctx, "ols", "HC1", &t.d));
        for (size_t i = 0; i < 50; i++)
            t.x[i + 150] = t.x[i + 100] / units[u];
        assert_status(ctx, try_fit(ctx, "ols", "HC1", &t.d), PGDP_RANK_DEFICIENT);
        assert_contains(pgdp_ctx_error(ctx), "term x3 equals");
        pgt_design_free(&t);
    }
    pgdp_ctx_free(ctx);
}

typedef struct job {
    const char *estimator, *vcov;
    const pgdp_design *design;
} job;

static pgdp_status fit_and_free(pgdp_ctx *ctx, void *user)
{
    const job *j = user;
    pgdp_ctx_set_threads(ctx, 2);
    return try_fit(ctx, j->estimator, j->vcov, j->design);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(9001, 4, 8);
    t.d.n_clusterings = 2;
    const job linear = { "ols", "cluster", &t.d };
    assert_true(pgt_fail_every_allocation(fit_and_free, (void *)(uintptr_t)&linear) > 5);
    const job series = { "ols", "nw(lag=3)", &t.d };
    assert_true(pgt_fail_every_allocation(fit_and_free, (void *)(uintptr_t)&series) > 5);
    pgt_make_categories(&t, 3);
    pgt_drop_constant(&t);
    const job ordered = { "ologit", "HC0", &t.d };
    assert_true(pgt_fail_every_allocation(fit_and_free, (void *)(uintptr_t)&ordered) > 5);
    pgt_design_free(&t);
}

static void check_threads(const char *estimator, const char *vcov, const pgdp_design *d)
{
    pgdp_fit *fits[3] = { NULL };
    pgdp_ctx *contexts[3];
    for (size_t i = 0; i < 3; i++) {
        contexts[i] = pgdp_ctx_new(NULL);
        pgdp_ctx_set_threads(contexts[i], (size_t)1 << i);
        assert_ok(contexts[i], pgdp_fit_new(contexts[i], estimator, vcov, d, NULL, &fits[i]));
        const size_t k = pgdp_fit_n_terms(fits[i]);
        const pgdp_glance one = pgdp_fit_glance(fits[0]), other = pgdp_fit_glance(fits[i]);
        assert_memory_equal(pgdp_fit_estimate(fits[0]).x, pgdp_fit_estimate(fits[i]).x, k * sizeof(double));
        assert_memory_equal(pgdp_fit_vcov(fits[0]).x, pgdp_fit_vcov(fits[i]).x, k * k * sizeof(double));
        assert_memory_equal(&one, &other, sizeof one);
        assert_int_equal(pgdp_fit_certificate(fits[i]).threads, 1);
    }
    for (size_t i = 0; i < 3; i++) {
        pgdp_fit_free(fits[i]);
        pgdp_ctx_free(contexts[i]);
    }
}

static void one_two_and_four_threads_give_the_same_bits(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(30011, 7, 9);
    t.d.n_clusterings = 2;
    check_threads("ols", "HC3", &t.d);
    check_threads("ols", "cluster", &t.d);
    pgt_make_categories(&t, 4);
    pgt_drop_constant(&t);
    check_threads("ologit", "iid", &t.d);
    pgt_design_free(&t);
}

static void tidy_is_arithmetic_on_estimate_and_covariance(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgt_design t = pgt_design_new(40, 3, 10);
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "HC1", &t.d, NULL, &fit));
    for (size_t j = 0; j < 3; j++) {
        const pgdp_tidy line = pgdp_fit_tidy(fit, j, 0.9);
        const double se = sqrt(pgdp_fit_vcov(fit).x[j * 4]), width = pgdp_t_upper_quantile(0.05, 37);
        assert_string_equal(line.term, t.d.terms[j]);
        assert_close(line.std_error, se, 1e-15, 0);
        assert_close(line.statistic, line.estimate / se, 1e-15, 0);
        assert_close(line.conf_low, line.estimate - width * se, 1e-13, 0);
        assert_close(line.conf_high, line.estimate + width * se, 1e-13, 0);
        assert_close(line.p_value, 2 * pgdp_t_upper(fabs(line.statistic), 37), 1e-15, 0);
    }
    assert_close(pgdp_fit_vcov_df(fit), 37, 0, 0);
    assert_int_equal(pgdp_fit_certificate(fit).threads, 1);
    pgdp_fit_free(fit);
    pgt_design_free(&t);
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(misspelt_names_get_a_suggestion),
        cmocka_unit_test(covariance_words_are_read),
        cmocka_unit_test(a_design_that_cannot_be_fitted_is_refused_with_its_row),
        cmocka_unit_test(bad_weights_are_refused_with_their_row),
        cmocka_unit_test(settings_are_checked_against_the_options),
        cmocka_unit_test(a_collinear_term_is_named_with_what_it_depends_on),
        cmocka_unit_test(a_column_of_zeros_is_named),
        cmocka_unit_test(units_of_a_regressor_do_not_decide_rank),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(one_two_and_four_threads_give_the_same_bits),
        cmocka_unit_test(tidy_is_arithmetic_on_estimate_and_covariance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
