/* test_golden_quantile.c  What R's quantreg 5.94 says of Engel's food data, coefficients to 1e-10 and the three kinds
 * of standard errors, and of regressions with several optima. Source: the shared golden numbers; literals: quantreg's
 * rq() and summary(se = "iid"). SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "tests/support/golden.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>

/** One tau under one covariance; the file calls Powell's "ker". */
static void check(const pgt_golden *g, const char *tau, const char *vcov, const char *name)
{
    const pg_json_value *want = pg_json_member(g->results, pg_arena_printf(&g->ctx->scratch, "tau_%s", tau));
    const pg_json_value *coef = pg_json_member(want, "coef"), *se = pg_json_member(pg_json_member(want, "se"), name);
    const pgdp_setting settings[] = { { "tau", tau }, { NULL, NULL } };
    const pgdp_regression_spec spec = {
        .formula = "foodexp ~ income", .method = "quantile", .vcov = vcov, .settings = settings
    };
    pgdp_regression *r = NULL;
    assert_ok(g->ctx, pgdp_regress(g->ctx, g->frame, &spec, &r));
    const pgdp_fit *fit = pgdp_regression_fit(r);
    for (size_t i = 0; i < pgdp_fit_n_terms(fit); i++) {
        const pgdp_tidy line = pgdp_fit_tidy(fit, i, 0.95);
        assert_close(line.estimate, pgt_golden_number(coef, pgt_golden_term(line.term)), 1e-12, 0);
        /* quantreg takes sqrt(eps) from the distances of nid: 3e-10 here */
        assert_close(line.std_error, pgt_golden_number(se, pgt_golden_term(line.term)),
                     pg_streq(vcov, "nid") ? 1e-9 : 1e-12, 0);
    }
    assert_close(pgt_line(r, "objective").statistic, pgt_golden_number(want, "objective"), 1e-13, 0);
    assert_close(pgt_line(r, "koenker_machado_r1").statistic, pgt_golden_number(want, "koenker_machado_r1"), 1e-13, 0);
    assert_close(pgt_line(r, "zero_residuals").statistic, pgt_golden_number(want, "n_zero_residuals"), 0, 0);
    assert_close(pgt_line(r, "bandwidth").statistic, pgt_golden_number(want, "h_hall_sheather"), 1e-13, 0);
    assert_close(pgdp_fit_vcov_df(fit), 233, 0, 0);
    pgdp_regression_free(r);
}

static void quantiles_of_engel_agree_with_quantreg(void **state)
{
    (void)state;
    static const char *const taus[] = { "0.1", "0.25", "0.5", "0.75", "0.9" };
    pgt_golden g = pgt_golden_open("qreg_engel");
    for (size_t i = 0; i < sizeof taus / sizeof *taus; i++) {
        check(&g, taus[i], "iid", "iid");
        check(&g, taus[i], "nid", "nid");
        check(&g, taus[i], "kernel", "ker");
    }
    pgt_golden_close(&g);
}

/* Motor Trend's 32 cars (1974), as R's mtcars has them. */
enum { N_CARS = 32, MOST_TERMS = 4 };
static const double mpg[] = { 21,   21,   22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8,
                              16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 32.4, 30.4, 33.9, 21.5, 15.5,
                              15.2, 13.3, 19.2, 27.3, 26,   30.4, 15.8, 19.7, 15,   21.4 };
static const double wt[] = { 2.62,  2.875, 2.32,  3.215, 3.44,  3.46,  3.57, 3.19,  3.15,  3.44,  3.44,
                             4.07,  3.73,  3.78,  5.25,  5.424, 5.345, 2.2,  1.615, 1.835, 2.465, 3.52,
                             3.435, 3.84,  3.845, 1.935, 2.14,  1.513, 3.17, 2.77,  3.57,  2.78 };
static const double hp[] = { 110, 110, 93, 110, 175, 105, 245, 62,  95,  123, 123, 180, 180, 180, 205, 215,
                             230, 66,  52, 65,  97,  150, 150, 245, 175, 66,  91,  113, 264, 175, 335, 109 };
static const double cyl[] = { 6, 6, 4, 6, 8, 6, 8, 4, 4, 6, 6, 8, 8, 8, 8, 8,
                              8, 4, 4, 4, 4, 8, 8, 8, 8, 4, 4, 4, 8, 6, 8, 4 };
static const double gear[] = { 4, 4, 4, 3, 3, 3, 3, 4, 4, 4, 4, 3, 3, 3, 3, 3,
                               3, 4, 4, 4, 3, 3, 3, 3, 3, 4, 5, 5, 5, 5, 5, 4 };
static const double am[] = { 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                             0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1 };
static const double vs[] = { 0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0,
                             0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1 };

/** What rq() and summary(se = "iid") print. */
typedef struct printed {
    const char *tau;
    double estimate[MOST_TERMS], std_error[MOST_TERMS];
} printed;

static void check_printed(const double *y, const double *x, size_t n, size_t k, printed want)
{
    static const char *const terms[] = { "(Intercept)", "a", "b", "c" };
    const pgdp_design d = { .y = { y, n }, .x = { x, n, k }, .terms = terms, .constant = 0 };
    const pgdp_setting settings[] = { { "tau", want.tau }, { NULL, NULL } };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "quantile", "iid", &d, settings, &fit));
    for (size_t j = 0; j < k; j++) {
        assert_close(pgdp_fit_estimate(fit).x[j], want.estimate[j], 1e-14, 0);
        assert_close(pgdp_fit_tidy(fit, j, 0.95).std_error, want.std_error[j], 1e-13, 0);
    }
    pgdp_fit_free(fit);
    pgdp_ctx_free(ctx);
}

static void of_several_optima_quantregs_is_reported(void **state)
{
    (void)state;
    static const double y[] = { 3, 5, 1, 4, 4, 7, 2, 6, 8, 3 };
    static const double line[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1, 2, 2, 0, 1, 2, 1 };
    static const printed of_line[] = {
        { "0.25", { 2, 1 }, { 1.7888543819998317, 1.4142135623730949 } },
        { "0.5", { 2, 2.5 }, { 1.0327955589886444, 0.81649658092772592 } },
        { "0.7", { 3, 2 }, { 1.4198591479439078, 1.1224972160321822 } },
    };
    static const printed of_classes[] = {
        { "0.25",
          { 21.5, -3.4, -8.1, 1.6 },
          { 1.3913311859998669, 1.6155112327711836, 1.5275252316519445, 1.3649944602609951 } },
        { "0.5",
          { 24.4, -6.3, -9.2, 2.9 },
          { 2.1516574145596761, 2.4983460137124336, 2.3622779563076706, 2.1109283546625925 } },
    };
    double classes[4 * N_CARS];
    for (size_t i = 0; i < N_CARS; i++) {
        classes[i] = 1;
        classes[i + N_CARS] = fabs(cyl[i] - 6) < 1 ? 1 : 0;
        classes[i + 2 * N_CARS] = fabs(cyl[i] - 8) < 1 ? 1 : 0;
        classes[i + 3 * N_CARS] = am[i];
    }
    for (size_t i = 0; i < sizeof of_line / sizeof *of_line; i++)
        check_printed(y, line, 10, 2, of_line[i]);
    for (size_t i = 0; i < sizeof of_classes / sizeof *of_classes; i++)
        check_printed(mpg, classes, N_CARS, 4, of_classes[i]);
}

/* The coefficients are unique; the median regression within the sparsity has several optima. */
static void standard_errors_of_iid_come_from_quantregs_optimum(void **state)
{
    (void)state;
    static const printed want[] = {
        { "0.75",
          { 38.439139871615559, -4.1483928237466454, -0.025759335793552336 },
          { 2.1578278747399828, 0.85397836735558474, 0.012187084760338055 } },
        { "0.9",
          { 42.391910835713993, -3.0703737979318371, -0.049046795155514439 },
          { 5.3579464233072995, 2.1204519565797231, 0.030260869259585651 } },
    };
    double x[3 * N_CARS];
    for (size_t i = 0; i < N_CARS; i++) {
        x[i] = 1;
        x[i + N_CARS] = wt[i];
        x[i + 2 * N_CARS] = hp[i];
    }
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        check_printed(mpg, x, N_CARS, 3, want[i]);
}

/* quantreg prints -1.9e-15 for the second. */
static void a_coefficient_of_0_is_0_and_not_rounding(void **state)
{
    (void)state;
    static const printed want = { "0.75",
                                  { 16.4, 0, 7.6, 6.4 },
                                  { 3.1675335881464206, 0.97828647991757534, 1.4359490614918879,
                                    0.88307077039850146 } };
    double x[4 * N_CARS];
    for (size_t i = 0; i < N_CARS; i++) {
        x[i] = 1;
        x[i + N_CARS] = gear[i];
        x[i + 2 * N_CARS] = am[i];
        x[i + 3 * N_CARS] = vs[i];
    }
    check_printed(mpg, x, N_CARS, 4, want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_of_engel_agree_with_quantreg),
        cmocka_unit_test(of_several_optima_quantregs_is_reported),
        cmocka_unit_test(standard_errors_of_iid_come_from_quantregs_optimum),
        cmocka_unit_test(a_coefficient_of_0_is_0_and_not_rounding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
