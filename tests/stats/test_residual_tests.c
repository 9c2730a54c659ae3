/* test_residual_tests.c  Tests of residuals by a second path, and what does not change them: units, the order of terms.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "pgdp/regression.h"
#include "tests/stats/residual_checks.h"

#include <string.h>

static const char all[] = "breusch_pagan, white, breusch_godfrey(lags=3), durbin_watson, jarque_bera, reset, vif, "
                          "influence, ljung_box(lags=5), arch(lags=2)";

static void units_do_not_change_a_statistic(void **state)
{
    (void)state;
    static const double scales[] = { 1e-8, 1e8, 3 };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    data plain, scaled;
    make(&plain);
    pgdp_fit *want = fit_with(ctx, &plain.d, all);
    for (size_t s = 0; s < 6; s++) {
        make(&scaled);
        for (size_t i = 0; i < N; i++) {
            scaled.y[i] *= scales[s % 3];
            scaled.x[i + 2 * N] *= s < 3 ? 1 / scales[s % 3] : scales[s % 3];
        }
        pgdp_fit *got = fit_with(ctx, &scaled.d, all);
        pgdp_diagnostic d;
        size_t n = 0;
        for (; (d = pgdp_fit_diagnostic(want, n)).name != NULL; n++) {
            const pgdp_diagnostic g = pgdp_fit_diagnostic(got, n);
            assert_string_equal(g.name, d.name);
            assert_close(g.statistic, d.statistic, 1e-9, 1e-12);
            assert_close(g.df, d.df, 0, 0);
            assert_close(g.df2, d.df2, 0, 0);
        }
        assert_true(n > 18);
        pgdp_fit_free(got);
    }
    pgdp_fit_free(want);
    pgdp_ctx_free(ctx);
}

static void the_order_of_terms_does_not_change_a_statistic(void **state)
{
    (void)state;
    static const char *const turned[] = { "c", "(Intercept)", "b", "a" };
    static const size_t from[] = { 3, 0, 2, 1 };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    data plain, other;
    make(&plain);
    make(&other);
    for (size_t j = 0; j < 4; j++)
        memcpy(other.x + j * N, plain.x + from[j] * N, N * sizeof(double));
    other.d.terms = turned;
    other.d.constant = 1;
    pgdp_fit *want = fit_with(ctx, &plain.d, all), *got = fit_with(ctx, &other.d, all);
    pgdp_diagnostic d;
    for (size_t i = 0; (d = pgdp_fit_diagnostic(want, i)).name != NULL; i++)
        assert_close(pgt_fit_line(got, d.name).statistic, d.statistic, 1e-9, 1e-12);
    pgdp_fit_free(want);
    pgdp_fit_free(got);
    pgdp_ctx_free(ctx);
}

static void tests_of_the_variance_are_auxiliary_regressions(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    data o;
    double e[N], square[N], x[N * MOST], want[4];
    make(&o);
    pgdp_fit *fit = fit_with(ctx, &o.d, all);
    const double ssr = regress(ctx, o.y, o.x, N, 4, e);
    for (size_t i = 0; i < N; i++)
        square[i] = e[i] * e[i];
    const double tss = about_mean(square, N), plain = regress(ctx, square, o.x, N, 4, NULL);
    lm(N, plain, tss, 3, want);
    check_pair(fit, "breusch_pagan", "breusch_pagan_f", want);
    const double sigma4 = pow(ssr / N, 2);
    assert_close(pgt_fit_line(fit, "breusch_pagan_original").statistic, (tss - plain) / sigma4 / 2, 1e-9, 0);
    memcpy(x, o.x, sizeof o.x);
    size_t k = 4;
    for (size_t a = 1; a < 4; a++)
        for (size_t b = a; b < 4; b++, k++)
            for (size_t i = 0; i < N; i++)
                x[i + k * N] = o.x[i + a * N] * o.x[i + b * N];
    lm(N, regress(ctx, square, x, N, k, NULL), tss, 9, want);
    check_pair(fit, "white", "white_f", want);
    const size_t m = N - 2;
    double *lagged = x;
    for (size_t i = 0; i < m; i++) {
        lagged[i] = 1;
        lagged[i + m] = square[i + 1];
        lagged[i + 2 * m] = square[i];
    }
    lm((double)m, regress(ctx, square + 2, lagged, m, 3, NULL), about_mean(square + 2, m), 2, want);
    check_pair(fit, "arch", "arch_f", want);
    pgdp_fit_free(fit);
    pgdp_ctx_free(ctx);
}

static void serial_tests_are_sums_over_neighbours(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    data o;
    double e[N], x[N * 7], steps = 0, ljung = 0, box = 0;
    make(&o);
    pgdp_fit *fit = fit_with(ctx, &o.d, all);
    const double ssr = regress(ctx, o.y, o.x, N, 4, e);
    for (size_t i = 1; i < N; i++)
        steps += (e[i] - e[i - 1]) * (e[i] - e[i - 1]);
    assert_close(pgt_fit_line(fit, "durbin_watson").statistic, steps / ssr, 1e-10, 0);
    for (size_t l = 1; l <= 5; l++) {
        double r = 0;
        for (size_t i = l; i < N; i++)
            r += e[i] * e[i - l] / ssr;
        ljung += N * (N + 2.0) * r * r / (double)(N - l);
        box += N * r * r;
    }
    assert_close(pgt_fit_line(fit, "ljung_box").statistic, ljung, 1e-9, 0);
    assert_close(pgt_fit_line(fit, "box_pierce").statistic, box, 1e-9, 0);
    memcpy(x, o.x, sizeof o.x);
    for (size_t l = 1; l <= 3; l++)
        for (size_t i = 0; i < N; i++)
            x[i + (3 + l) * N] = i >= l ? e[i - l] : 0;
    const double left = regress(ctx, e, x, N, 7, NULL);
    assert_close(pgt_fit_line(fit, "breusch_godfrey").statistic, N * (1 - left / ssr), 1e-9, 0);
    assert_close(pgt_fit_line(fit, "breusch_godfrey_f").statistic, (ssr - left) / 3 / (left / (N - 7)), 1e-9, 0);
    pgdp_fit_free(fit);
    fit = fit_with(ctx, &o.d, "breusch_godfrey(lags=3, fill=drop)");
    double dropped[(N - 3) * 7], square = 0;
    for (size_t i = 3; i < N; i++) {
        for (size_t j = 0; j < 7; j++)
            dropped[i - 3 + j * (N - 3)] = x[i + j * N];
        square += e[i] * e[i];
    }
    assert_close(pgt_fit_line(fit, "breusch_godfrey").statistic,
                 (N - 3) * (1 - regress(ctx, e + 3, dropped, N - 3, 7, NULL) / square), 1e-9, 0);
    pgdp_fit_free(fit);
    pgdp_ctx_free(ctx);
}

static void form_shape_and_influence_by_their_definitions(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    data o;
    double e[N], x[N * 6], m[5] = { 0 }, most = 0;
    make(&o);
    pgdp_fit *fit = fit_with(ctx, &o.d, all);
    const double ssr = regress(ctx, o.y, o.x, N, 4, e);
    memcpy(x, o.x, sizeof o.x);
    for (size_t i = 0; i < N; i++) {
        const double fitted = o.y[i] - e[i];
        x[i + 4 * N] = fitted * fitted;
        x[i + 5 * N] = fitted * fitted * fitted;
        for (int p = 2; p < 5; p++)
            m[p] += pow(e[i], p) / N;
    }
    const double left = regress(ctx, o.y, x, N, 6, NULL);
    assert_close(pgt_fit_line(fit, "reset").statistic, (ssr - left) / 2 / (left / (N - 6)), 1e-8, 0);
    const double skewness = m[3] / pow(m[2], 1.5), kurtosis = m[4] / m[2] / m[2];
    assert_close(pgt_fit_line(fit, "skewness").statistic, skewness, 1e-9, 0);
    assert_close(pgt_fit_line(fit, "kurtosis").statistic, kurtosis, 1e-9, 0);
    assert_close(pgt_fit_line(fit, "jarque_bera").statistic, N / 6.0 * (skewness * skewness + pow(kurtosis - 3, 2) / 4),
                 1e-9, 0);
    for (size_t j = 1; j < 4; j++) { /* 1 / (1 - R^2) of a column on the others */
        double others[N * 3];
        char name[16];
        for (size_t l = 0, to = 0; l < 4; l++)
            if (l != j) memcpy(others + N * to++, o.x + N * l, N * sizeof(double));
        (void)snprintf(name, sizeof name, "vif:%s", terms[j]);
        assert_close(pgt_fit_line(fit, name).statistic,
                     about_mean(o.x + N * j, N) / regress(ctx, o.x + N * j, others, N, 3, NULL), 1e-9, 0);
    }
    for (size_t row = 0; row < N; row++) { /* the residual that a dummy of the row has: its t statistic */
        double with[N * 5] = { 0 };
        memcpy(with, o.x, sizeof o.x);
        with[row + 4 * N] = 1;
        const double without = regress(ctx, o.y, with, N, 5, NULL);
        most = fmax(most, sqrt((ssr - without) / (without / (N - 5))));
    }
    assert_close(pgt_fit_line(fit, "max_studentised_residual").statistic, most, 1e-8, 0);
    pgdp_fit_free(fit);
    pgdp_ctx_free(ctx);
}

static void what_a_test_is_not_defined_for_is_refused_in_a_sentence(void **state)
{
    (void)state;
    data o;
    make(&o);
    double w[N], few_x[10 * 4];
    size_t entity[N];
    for (size_t i = 0; i < N; i++) {
        w[i] = 1 + (double)(i % 3);
        entity[i] = i / 20;
    }
    pgdp_design weighted = o.d, panel = o.d, bare = o.d, few = o.d;
    weighted.weights = (pgdp_vec){ w, N };
    weighted.weight_kind = PGDP_ANALYTIC;
    panel.entity = entity;
    bare.constant = PGDP_NONE;
    few.y.n = 10;
    for (size_t i = 0; i < 40; i++)
        few_x[i] = o.x[i % 10 + N * (i / 10)];
    few.x = (pgdp_mat){ few_x, 10, 4 };
    const struct {
        const pgdp_design *d;
        const char *method, *diagnostics, *part;
    } cases[] = {
        { &weighted, "ols", "white", "diagnostic white does not apply: is not defined with weights" },
        { &panel, "ols", "durbin_watson", "is defined for one series" },
        { &panel, "ols", "arch", "is defined for one series" },
        { &panel, "ols", "ljung_box", "is defined for one series" },
        { &panel, "ols", "breusch_godfrey", "is defined for one series" },
        { &bare, "ols", "vif", "is not defined without a constant" },
        { &o.d, "quantile", "reset", "is defined for method ols" },
        { &few, "ols", "breusch_godfrey(lags=6)", "diagnostic breusch_godfrey: 10 rows are too few for 6 lags" },
        { &few, "ols", "ljung_box", "diagnostic ljung_box: 10 rows are too few for 10 lags" },
        { &few, "ols", "arch(lags=5)", "diagnostic arch: 10 rows are too few for 5 lags" },
        { &o.d, "ols", "reset(powers=1)", "powers" },
        { &o.d, "ols", "breusch_godfrey(fill=none)", "fill" },
    };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const pg_fit_request q = {
            .estimator = cases[i].method, .vcov = "iid", .design = cases[i].d, .diagnostics = cases[i].diagnostics
        };
        pgdp_fit *fit = NULL;
        assert_true(pg_fit_run(ctx, &q, &fit) != PGDP_OK);
        assert_contains(pgdp_ctx_error(ctx), cases[i].part);
        assert_null(fit);
    }
    pgdp_fit *fit = fit_with(ctx, &panel, "all"); /* those that apply */
    assert_close(pgt_fit_line(fit, "white").df, 9, 0, 0);
    pgdp_fit_free(fit);
    pgdp_ctx_free(ctx);
}

static pgdp_status all_of_them(pgdp_ctx *ctx, void *user)
{
    const data *o = user;
    const pg_fit_request q = { .estimator = "ols", .vcov = "iid", .design = &o->d, .diagnostics = all };
    pgdp_fit *fit = NULL;
    const pgdp_status status = pg_fit_run(ctx, &q, &fit);
    pgdp_fit_free(fit);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    data o;
    make(&o);
    assert_true(pgt_fail_every_allocation(all_of_them, &o) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_do_not_change_a_statistic),
        cmocka_unit_test(the_order_of_terms_does_not_change_a_statistic),
        cmocka_unit_test(tests_of_the_variance_are_auxiliary_regressions),
        cmocka_unit_test(serial_tests_are_sums_over_neighbours),
        cmocka_unit_test(form_shape_and_influence_by_their_definitions),
        cmocka_unit_test(what_a_test_is_not_defined_for_is_refused_in_a_sentence),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
