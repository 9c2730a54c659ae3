/* test_nist_sets.c  Floors of digits on NIST's linear, analysis-of-variance and univariate sets, by way of a formula
 * over the file's decimals; and whether the certificate promises more. Source: NIST Statistical Reference Datasets
 * (public domain), read from the shared sources; a set that is not there is left out. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "core/text.h"
#include "pgdp/regression.h"
#include "tests/support/nist.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>

enum { CERTIFIED = 15 };

/** `plain` is what the estimates keep when the data are taken for doubles and solved in double precision: what rounding
 * took from the powers is gone, and the certificate must say so. */
typedef struct linear_set {
    const char *name, *formula, *columns;
    double plain;
} linear_set;
static const linear_set linear[] = {
    { "Norris", "y ~ x", "y x", 12 },
    { "Pontius", "y ~ x + x^2", "y x", 11 },
    { "NoInt1", "y ~ -1 + x", "y x", 14 },
    { "NoInt2", "y ~ -1 + x", "y x", 14 },
    { "Filip", "y ~ poly(x, 10, raw = TRUE)", "y x", 7 },
    { "Longley", "y ~ x1 + x2 + x3 + x4 + x5 + x6", "y x1 x2 x3 x4 x5 x6", 11 },
    { "Wampler1", "y ~ poly(x, 5, raw = TRUE)", "y x", 14 },
    { "Wampler2", "y ~ poly(x, 5, raw = TRUE)", "y x", 12 },
    { "Wampler3", "y ~ poly(x, 5, raw = TRUE)", "y x", 14 },
    { "Wampler4", "y ~ poly(x, 5, raw = TRUE)", "y x", 14 },
    { "Wampler5", "y ~ poly(x, 5, raw = TRUE)", "y x", 14 },
};
static const char *const anova[] = { "AtmWtAg", "SiRstv", "SmLs01", "SmLs02", "SmLs03", "SmLs04",
                                     "SmLs05",  "SmLs06", "SmLs07", "SmLs08", "SmLs09" };
static const char *const univariate[] = { "Lew",     "Lottery", "Mavro",   "Michelso", "NumAcc1",
                                          "NumAcc2", "NumAcc3", "NumAcc4", "PiDigits" };

static bool read_set(pgdp_ctx *ctx, const char *folder, const char *name, const char *columns, pgt_nist *out)
{
    static const char *const endings[] = { "dat", "txt" };
    for (size_t i = 0; i < 2; i++) {
        char file[80];
        (void)snprintf(file, sizeof file, "%s/%s.%s", folder, name, endings[i]);
        if (pgt_nist_read(ctx, file, columns, out)) return true;
    }
    return false;
}

static pgdp_regression *regress(pgdp_ctx *ctx, const pgdp_frame *data, const pgdp_regression_spec *spec)
{
    pgdp_regression *r = NULL;
    assert_ok(ctx, pgdp_regress(ctx, data, spec, &r));
    return r;
}

/** Digits of `what` of a set are at least the floor. */
static void assert_digits(const char *name, const char *what, double got, double want, double floor)
{
    const double digits = pgt_digits(got, want, CERTIFIED);
    if (digits < floor)
        fail_msg("%s, %s: found %.17g with %.1f digits of %.17g, expected %g digits", name, what, got, digits, want,
                 floor);
}

static double worst_estimate(const pgdp_regression *r, const pgt_nist *set)
{
    double worst = CERTIFIED;
    assert_int_equal(pgdp_fit_n_terms(pgdp_regression_fit(r)), set->n_terms);
    for (size_t j = 0; j < set->n_terms; j++)
        worst = fmin(worst, pgt_digits(pgdp_fit_estimate(pgdp_regression_fit(r)).x[j], set->estimate[j], CERTIFIED));
    return worst;
}

static void check_linear(pgdp_ctx *ctx, const linear_set *s, const pgt_nist *certified)
{
    static const pgdp_setting settings[][2] = { { { NULL, NULL } },
                                                { { "precision", "extended" }, { NULL, NULL } },
                                                { { "precision", "double" }, { NULL, NULL } } };
    for (size_t i = 0; i < 3; i++) {
        const pgdp_regression_spec spec = { .formula = s->formula, .vcov = "iid", .settings = settings[i] };
        pgdp_regression *r = regress(ctx, certified->data, &spec);
        const pgdp_fit *fit = pgdp_regression_fit(r);
        const double worst = worst_estimate(r, certified), floor = i < 2 ? 14 : s->plain;
        if (worst < floor) fail_msg("%s, precision %zu: %.1f digits, expected %g", s->name, i, worst, floor);
        if (worst < CERTIFIED) assert_true(pgdp_fit_certificate(fit).digits <= worst + 1);
        for (size_t j = 0; j < certified->n_terms && i < 2; j++)
            assert_digits(s->name, "a standard error", pgdp_fit_tidy(fit, j, 0.95).std_error, certified->std_error[j],
                          14);
        if (i < 2) assert_digits(s->name, "R^2", pgdp_fit_glance(fit).r_squared, certified->r_squared, 14);
        if (i < 2) assert_digits(s->name, "sigma", pgdp_fit_glance(fit).sigma, certified->sigma, 14);
        pgdp_regression_free(r);
    }
}

static void linear_sets_keep_14_digits_and_the_certificate_is_right(void **state)
{
    (void)state;
    size_t n_found = 0;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (size_t i = 0; i < sizeof linear / sizeof *linear; i++) {
        pgt_nist certified;
        if (!read_set(ctx, "linear", linear[i].name, linear[i].columns, &certified)) continue;
        check_linear(ctx, &linear[i], &certified);
        pgdp_frame_free(certified.data);
        n_found++;
    }
    pgdp_ctx_free(ctx);
    if (n_found == 0) skip();
}

static void analyses_of_variance_keep_14_digits(void **state)
{
    (void)state;
    size_t n_found = 0;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (size_t i = 0; i < sizeof anova / sizeof *anova; i++) {
        pgt_nist certified;
        if (!read_set(ctx, "anova", anova[i], "group y", &certified)) continue;
        const pgdp_regression_spec spec = { .formula = "y ~ i(group)", .vcov = "iid" };
        pgdp_regression *r = regress(ctx, certified.data, &spec);
        const pgdp_glance g = pgdp_fit_glance(pgdp_regression_fit(r));
        assert_digits(anova[i], "F", g.statistic, certified.f, 14);
        assert_digits(anova[i], "R^2", g.r_squared, certified.r_squared, 14);
        assert_digits(anova[i], "sigma", g.sigma, certified.sigma, 14);
        pgdp_regression_free(r);
        pgdp_frame_free(certified.data);
        n_found++;
    }
    pgdp_ctx_free(ctx);
    if (n_found == 0) skip();
}

static double autocorrelation(const pgdp_regression *r)
{
    pgdp_diagnostic d;
    for (size_t i = 0; (d = pgdp_regression_diagnostic(r, i)).name != NULL; i++)
        if (pg_streq(d.name, "autocorrelation")) return d.statistic;
    return (double)NAN;
}

static void mean_deviation_and_autocorrelation_are_certified(void **state)
{
    (void)state;
    size_t n_found = 0;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (size_t i = 0; i < sizeof univariate / sizeof *univariate; i++) {
        pgt_nist certified;
        if (!read_set(ctx, "univariate", univariate[i], "y", &certified)) continue;
        const bool three = pgdp_frame_n_rows(certified.data) <= 3; /* too few for a lag */
        const pgdp_regression_spec spec = { .formula = "y ~ 1",
                                            .vcov = "iid",
                                            .diagnostics = three ? "none" : "ljung_box(lags=1)" };
        pgdp_regression *r = regress(ctx, certified.data, &spec);
        assert_digits(univariate[i], "mean", pgdp_fit_estimate(pgdp_regression_fit(r)).x[0], certified.mean, CERTIFIED);
        assert_digits(univariate[i], "deviation", pgdp_fit_glance(pgdp_regression_fit(r)).sigma, certified.deviation,
                      14);
        if (!three) assert_digits(univariate[i], "autocorrelation", autocorrelation(r), certified.autocorrelation, 13);
        pgdp_regression_free(r);
        pgdp_frame_free(certified.data);
        n_found++;
    }
    pgdp_ctx_free(ctx);
    if (n_found == 0) skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linear_sets_keep_14_digits_and_the_certificate_is_right),
        cmocka_unit_test(analyses_of_variance_keep_14_digits),
        cmocka_unit_test(mean_deviation_and_autocorrelation_are_certified),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
