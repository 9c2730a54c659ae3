/* test_nist_nonlinear.c  Nonlinear least squares against certified values, from both starts of each set.
 * Source: NIST Statistical Reference Datasets, nonlinear regression (public domain); 11 digits are certified. The files
 * are read from the shared sources; a set that is not there is left out. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "pgdp/regression.h"
#include "tests/support/nist.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>

enum { CERTIFIED = 11, FLOOR = 10 };

/* Digits that the standard errors must reach: those of Lanczos1 hang on residuals of 1e-13 of data rounded to 1e-16. */
static double error_floor(const pgt_nist_model *model)
{
    return pg_streq(model->name, "Lanczos1") ? 2 : FLOOR;
}

static double worst_digits(const pgdp_fit *fit, const pgt_nist *set, double *of_errors)
{
    const pgdp_glance g = pgdp_fit_glance(fit);
    double worst = CERTIFIED;
    *of_errors = fmin(pgt_digits(g.deviance, set->ssr, CERTIFIED), pgt_digits(g.sigma, set->sigma, CERTIFIED));
    assert_int_equal(pgdp_fit_n_terms(fit), set->n_terms);
    for (size_t j = 0; j < set->n_terms; j++) {
        const pgdp_tidy t = pgdp_fit_tidy(fit, j, 0.95);
        worst = fmin(worst, pgt_digits(t.estimate, set->estimate[j], CERTIFIED));
        *of_errors = fmin(*of_errors, pgt_digits(t.std_error, set->std_error[j], CERTIFIED));
    }
    return worst;
}

static size_t check_set(pgdp_ctx *ctx, const pgt_nist_model *model, const pgt_nist *set)
{
    size_t n_failed = 0;
    for (size_t start = 0; start < PGT_NIST_STARTS; start++) {
        const pgdp_regression_spec spec = {
            .formula = model->formula, .method = "nls", .vcov = "iid", .start = set->starts[start]
        };
        pgdp_regression *r = NULL;
        double digits = 0, of_errors = 0;
        if (pgdp_regress(ctx, set->data, &spec, &r) == PGDP_OK)
            digits = worst_digits(pgdp_regression_fit(r), set, &of_errors);
        else
            print_message("%s\n", pgdp_ctx_error(ctx));
        if (!(digits >= FLOOR) || !(of_errors >= error_floor(model))) {
            print_message("%s from start %zu: %.1f digits of the estimates (expected %d), %.1f of the errors (%g)\n",
                          model->name, start + 1, digits, (int)FLOOR, of_errors, error_floor(model));
            n_failed++;
        }
        pgdp_regression_free(r);
    }
    return n_failed;
}

static void nonlinear_sets_are_certified_from_both_starts(void **state)
{
    (void)state;
    size_t n_found = 0, n_failed = 0;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (const pgt_nist_model *m = pgt_nist_nonlinear; m->name != NULL; m++) {
        char name[80];
        static pgt_nist set;
        (void)snprintf(name, sizeof name, "nonlinear/%s.dat", m->name);
        if (!pgt_nist_read(ctx, name, m->columns, &set)) continue;
        n_failed += check_set(ctx, m, &set);
        n_found++;
        pgdp_frame_free(set.data);
    }
    pgdp_ctx_free(ctx);
    if (n_found == 0) skip();
    assert_int_equal(n_failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nonlinear_sets_are_certified_from_both_starts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
