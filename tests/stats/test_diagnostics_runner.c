/* test_diagnostics_runner.c  Diagnostics by name, by all, by none, by default; their settings; auxiliary regressions.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"
#include "stats/diagnostics.h"
#include "tests/stats/iv_designs.h"
#include "tests/support/context.h"

static void every_kind_is_documented_and_named_once(void **state)
{
    (void)state;
    for (size_t i = 0; pg_diagnostic_kind_at(i) != NULL; i++) {
        const pg_diagnostic_kind *k = pg_diagnostic_kind_at(i);
        assert_true(strlen(k->name) > 2 && strlen(k->title) > 5);
        assert_non_null(strchr(k->source, '(')); /* a year in parentheses */
        assert_non_null(k->compute);
        for (const pgdp_option *o = k->options; o != NULL && o->name != NULL; o++) {
            assert_true(o->help != NULL && strlen(o->help) > 5);
            assert_true(o->offset < k->options_size);
            assert_true(o->kind != PGDP_OPTION_REAL || (o->lo <= o->initial && o->initial <= o->hi && o->lo < o->hi));
        }
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(k->name, pg_diagnostic_kind_at(j)->name);
    }
}

/* What the estimator leaves itself, as kappa, stands before what the runner adds. */
static void own_ones_come_without_being_asked_for_and_none_means_none(void **state)
{
    (void)state;
    iv_design t = iv_design_new(100, 1, 31, 1);
    pgdp_fit *fit = iv_fit(ctx, "liml", "HC1", iv_tie(&t), NULL, NULL);
    assert_string_equal(pgdp_fit_diagnostic(fit, 0).name, "kappa");
    (void)iv_line(fit, "first_stage_f", 0);
    (void)iv_line(fit, "wu_hausman", 0);
    pgdp_fit_free(fit);
    fit = iv_fit(ctx, "liml", "HC1", iv_tie(&t), "none", NULL);
    assert_int_equal(fit->n_diagnostics, 1);
    pgdp_fit_free(fit);
    iv_design_free(&t);
}

static void all_computes_what_applies_and_skips_the_rest(void **state)
{
    (void)state;
    iv_design t = iv_design_new(100, 2, 32, 1);
    pgdp_fit *fit = iv_fit(ctx, "iv", "HC1", iv_tie(&t), "all", NULL);
    (void)iv_line(fit, "kleibergen_paap_f", 0);
    for (size_t i = 0; i < fit->n_diagnostics; i++)
        assert_string_not_equal(fit->diagnostics[i].name, "effective_f"); /* of one endogenous term */
    pgdp_fit_free(fit);
    fit = iv_fit(ctx, "ols", "HC1", iv_tie(&t), "all", NULL);
    for (size_t i = 0; i < fit->n_diagnostics; i++)
        assert_string_not_equal(fit->diagnostics[i].name, "first_stage_f");
    pgdp_fit_free(fit);
    iv_design_free(&t);
}

static void names_are_computed_in_their_order_each_with_its_settings(void **state)
{
    (void)state;
    iv_design t = iv_design_new(100, 1, 33, 1);
    pgdp_fit *fit = iv_fit(ctx, "iv", "HC1", iv_tie(&t), "effective_f(tau = 0.2), anderson_rubin , effective_f", NULL);
    assert_int_equal(fit->n_diagnostics, 3);
    assert_string_equal(fit->diagnostics[0].name, "effective_f");
    assert_contains(fit->diagnostics[0].note, "for a bias of 20 %");
    assert_string_equal(fit->diagnostics[1].name, "anderson_rubin");
    assert_contains(fit->diagnostics[2].note, "for a bias of 10 %");
    pgdp_fit_free(fit);
    iv_design_free(&t);
}

static void refuse(const pgdp_design *d, const char *diagnostics, pgdp_status status, const char *part)
{
    pgdp_fit *fit = NULL;
    const pg_fit_request q = { .estimator = "iv", .vcov = "HC1", .design = d, .diagnostics = diagnostics };
    assert_status(ctx, pg_fit_run(ctx, &q, &fit), status);
    assert_contains(pgdp_ctx_error(ctx), part);
}

static void texts_that_are_no_list_of_diagnostics_say_where_and_why(void **state)
{
    (void)state;
    iv_design t = iv_design_new(100, 1, 34, 1);
    const pgdp_design *d = iv_tie(&t);
    refuse(d, "first_stag", PGDP_NOT_FOUND, "diagnostics:1:1: found \"first_stag\"");
    refuse(d, "first_stag", PGDP_NOT_FOUND, "did you mean \"first_stage\"?");
    refuse(d, "anderson_rubin, qqqqqqqq", PGDP_NOT_FOUND, "diagnostics:1:17:");
    refuse(d, "qqqqqqqq", PGDP_NOT_FOUND, "first_stage, effective_f");
    refuse(d, "first_stage effective_f", PGDP_BAD_ARGUMENT, "`,` between diagnostics");
    refuse(d, "first_stage,", PGDP_BAD_ARGUMENT, "diagnostics:1:13");
    refuse(d, "", PGDP_BAD_ARGUMENT, "diagnostics:1:1");
    refuse(d, "1 + 2", PGDP_BAD_ARGUMENT, "expected diagnostics by name");
    refuse(d, "effective_f(0.2)", PGDP_BAD_ARGUMENT, "expected settings by name");
    refuse(d, "effective_f(tua = 0.2)", PGDP_NOT_FOUND, "tau");
    refuse(d, "effective_f(tau = 7)", PGDP_BAD_ARGUMENT, "tau");
    refuse(d, "first_stage(tau = 7)", PGDP_NOT_FOUND, "first_stage");
    iv_design_free(&t);
}

/* e2 = e1 + z1: the first-stage residuals are equal, so that the augmented regression has two equal columns. */
static void one_that_fails_is_an_error_by_name_and_a_line_with_the_reason_otherwise(void **state)
{
    (void)state;
    iv_design t = iv_design_new(100, 2, 35, 1);
    const pgdp_design *d = iv_tie(&t);
    for (size_t i = 0; i < t.n; i++)
        t.x[i + 3 * t.n] = t.x[i + 2 * t.n] + t.z[i];
    refuse(d, "endogeneity", PGDP_RANK_DEFICIENT, "diagnostic endogeneity: ");
    pgdp_fit *fit = iv_fit(ctx, "iv", "HC1", d, NULL, NULL);
    const pgdp_diagnostic line = iv_line(fit, "endogeneity", 0);
    assert_true(isnan(line.statistic) && isnan(line.p_value));
    assert_contains(line.note, "not computed: ");
    pgdp_fit_free(fit);
    iv_design_free(&t);
}

static void auxiliary_regressions_leave_collinear_columns_out(void **state)
{
    (void)state;
    enum { N = 60 };
    iv_design t = iv_design_new(N, 2, 36, 1);
    pgdp_design *d = iv_tie(&t);
    double *columns = calloc(6 * N, sizeof *columns), residual[N], other[N];
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < 4; j++)
            columns[i + (j < 2 ? j : j + 1) * N] = t.x[i + j * N];
        columns[i + 2 * N] = 3 * t.x[i] - t.x[i + N]; /* in the middle */
        columns[i + 5 * N] = t.x[i + 2 * N] + t.x[i + 3 * N];
    }
    d->weights = (pgdp_vec){ t.w, N };
    d->weight_kind = PGDP_ANALYTIC;
    pgdp_fit *ols = iv_fit(ctx, "ols", "iid", d, "none", NULL);
    pg_auxiliary all, full;
    assert_ok(ctx, pg_auxiliary_fit(ctx, t.y, columns, N, 6, t.w, residual, &all));
    assert_ok(ctx, pg_auxiliary_fit(ctx, t.y, t.x, N, 4, t.w, other, &full));
    assert_int_equal(all.rank, 4);
    assert_int_equal(full.rank, 4);
    assert_close(all.ssr, ols->ssr, 1e-12, 0);
    assert_close(all.tss, ols->tss, 1e-12, 0);
    for (size_t i = 0; i < N; i++)
        assert_close(residual[i], other[i], 0, 1e-12);
    assert_ok(ctx, pg_auxiliary_fit(ctx, t.y, columns, N, 0, NULL, residual, &all));
    assert_int_equal(all.rank, 0);
    for (size_t i = 0; i < N; i++)
        assert_close(residual[i], t.y[i], 0, 0);
    memset(columns, 0, N * sizeof *columns);
    assert_ok(ctx, pg_auxiliary_fit(ctx, t.y, columns, N, 1, NULL, NULL, &full));
    assert_int_equal(full.rank, 0);
    assert_close(full.ssr, all.ssr, 0, 0);
    assert_status(ctx, pg_auxiliary_fit(ctx, t.y, columns, 3, 4, NULL, NULL, &full), PGDP_TOO_FEW_OBS);
    free(columns);
    pgdp_fit_free(ols);
    iv_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_documented_and_named_once),
        cmocka_unit_test(own_ones_come_without_being_asked_for_and_none_means_none),
        cmocka_unit_test(all_computes_what_applies_and_skips_the_rest),
        cmocka_unit_test(names_are_computed_in_their_order_each_with_its_settings),
        cmocka_unit_test(texts_that_are_no_list_of_diagnostics_say_where_and_why),
        cmocka_unit_test(one_that_fails_is_an_error_by_name_and_a_line_with_the_reason_otherwise),
        cmocka_unit_test(auxiliary_regressions_leave_collinear_columns_out),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
