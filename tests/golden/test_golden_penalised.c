/* test_golden_penalised.c  Ridge, lasso and elastic net on Longley's data against an exact solver and, in its own
 * convention, glmnet 4.1. Source: the shared golden numbers. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"
#include "core/text.h"
#include "tests/support/golden.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>

static void check_point(const pgt_golden *g, const pg_json_value *point, const char *method, bool enet, bool glmnet)
{
    char lambda[PG_NUMBER_SIZE];
    double df = 0;
    pg_number_format(pgt_golden_number(point, "lambda"), lambda);
    const pgdp_setting settings[] = { { "lambda", lambda },
                                      { "convention", glmnet ? "glmnet" : "pgdp" },
                                      { enet ? "alpha" : NULL, "0.5" },
                                      { NULL, NULL } };
    const pgdp_regression_spec spec = { .formula = "TOTEMP ~ GNPDEFL + GNP + UNEMP + ARMED + POP + YEAR",
                                        .method = method,
                                        .vcov = "none",
                                        .settings = settings };
    pgdp_regression *r = NULL;
    assert_ok(g->ctx, pgdp_regress(g->ctx, g->frame, &spec, &r));
    const pgdp_fit *fit = pgdp_regression_fit(r);
    for (size_t i = 0; i < pgdp_fit_n_terms(fit); i++)
        assert_close(pgdp_fit_estimate(fit).x[i],
                     pgt_golden_number(pg_json_member(point, "coef"), pgt_golden_term(pgdp_fit_term(fit, i))), 1e-11,
                     0);
    assert_close(pgdp_fit_glance(fit).r_squared, pgt_golden_number(point, "dev_ratio"), 1e-12, 0);
    if (pg_json_number(pg_json_member(point, "df"), &df)) assert_close(pgt_line(r, "df").statistic, df, 0, 0);
    pgdp_regression_free(r);
}

static void check(const char *name, const char *method, bool enet, bool glmnet)
{
    pgt_golden g = pgt_golden_open("penalised_longley");
    const pg_json_value *path = pg_json_member(g.results, name), *points = pg_json_member(path, "points");
    assert_true(pg_json_count(points) > 0);
    for (size_t i = 0; i < pg_json_count(points); i++)
        check_point(&g, pg_json_at(points, i), method, enet, glmnet);
    pgt_golden_close(&g);
}

static void lasso_of_longley_is_exact(void **state)
{
    (void)state;
    check("lasso", "lasso", false, false);
}

static void elastic_net_of_longley_is_exact(void **state)
{
    (void)state;
    check("enet05", "enet", true, false);
}

static void ridge_of_longley_is_exact(void **state)
{
    (void)state;
    check("ridge", "ridge", false, false);
}

static void the_convention_of_glmnet_gives_its_numbers(void **state)
{
    (void)state;
    check("enet05_glmnet", "enet", true, true);
    check("ridge_glmnet", "ridge", false, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lasso_of_longley_is_exact),
        cmocka_unit_test(elastic_net_of_longley_is_exact),
        cmocka_unit_test(ridge_of_longley_is_exact),
        cmocka_unit_test(the_convention_of_glmnet_gives_its_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
