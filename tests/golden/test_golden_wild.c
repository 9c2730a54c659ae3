/* test_golden_wild.c  Wild cluster bootstrap against R, written out and by fwildclusterboot 0.14.3, on Grunfeld's
 * firms. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/json.h"
#include "core/text.h"
#include "pgdp/ingest.h"
#include "pgdp/regression.h"
#include "stats/fit.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>

typedef struct golden {
    pgdp_ctx *ctx;
    pg_json_document *document;
    const pg_json_value *results;
    pgdp_dataset *data;
    double tolerance;
} golden;

static golden open_golden(void)
{
    golden g = { .ctx = pgdp_ctx_new(NULL) };
    assert_non_null(g.ctx);
    const char *path = pgt_shared_path("golden/wildboot_grunfeld.json");
    if (path == NULL) {
        pgdp_ctx_free(g.ctx);
        skip();
    }
    size_t n = 0;
    char *bytes = pgt_read_file(path, &n);
    assert_ok(g.ctx, pg_json_parse(g.ctx, "wildboot_grunfeld", bytes, n, &g.document));
    free(bytes);
    const pg_json_value *root = pg_json_root(g.document);
    g.results = pg_json_member(root, "results");
    assert_true(pg_json_number(pg_json_member(root, "rtol"), &g.tolerance));
    assert_ok(g.ctx, pgdp_ingest_file(g.ctx, "csv", pgt_shared_path("golden/data/grunfeld.csv"), &g.data));
    return g;
}

static void close_golden(golden *g)
{
    pgdp_dataset_free(g->data);
    pg_json_document_free(g->document);
    pgdp_ctx_free(g->ctx);
}

static pgdp_regression *regress(const golden *g, const char *vcov)
{
    pgdp_regression *r = NULL;
    const pgdp_regression_spec spec = { .formula = "invest ~ value + capital", .vcov = vcov };
    assert_ok(g->ctx, pgdp_regress(g->ctx, pgdp_dataset_table(g->data, 0), &spec, &r));
    return r;
}

static double number(const pg_json_value *object, const char *key)
{
    double value = 0;
    if (!pg_json_number(pg_json_member(object, key), &value)) fail_msg("no number \"%s\" in the golden file", key);
    return value;
}

/* The p-values of value and capital under a covariance are those of a key of the file: shares of 2048 draws. */
static void check_p(const golden *g, const char *vcov, const char *key)
{
    pgdp_regression *r = regress(g, vcov);
    const pgdp_fit *fit = pgdp_regression_fit(r);
    for (size_t j = 1; j < 3; j++) {
        const pg_json_value *term = pg_json_member(g->results, fit->terms[j]);
        assert_close(fit->p_value[j], number(term, key), 0, 1e-15);
        assert_close(fit->estimate[j] / sqrt(fit->vcov[4 * j]), number(term, "t"), g->tolerance, 0);
    }
    pgdp_regression_free(r);
}

static void all_2048_sign_patterns_give_the_p_values_of_R(void **state)
{
    (void)state;
    golden g = open_golden();
    check_p(&g, "wild(firm)", "wcr_p_symmetric_gt");
    check_p(&g, "wild(firm, ties=yes)", "wcr_p_symmetric_ge");
    check_p(&g, "wild(firm, null=unrestricted)", "wcu_p_symmetric_gt");
    close_golden(&g);
}

/* The file counts one tail with ties where t lies; twice the smaller tail, ties counted, is the equal-tail p. */
static void the_equal_tail_p_value_is_twice_the_smaller_tail(void **state)
{
    (void)state;
    golden g = open_golden();
    pgdp_regression *r = regress(&g, "wild(firm, p=equal_tail)");
    const pgdp_fit *fit = pgdp_regression_fit(r);
    for (size_t j = 1; j < 3; j++) {
        const pg_json_value *term = pg_json_member(g.results, fit->terms[j]);
        const double upper = number(term, "wcr_p_upper"), lower = number(term, "wcr_p_lower");
        assert_true(upper < lower);
        assert_close(fit->p_value[j], 2 * upper, 0, 1e-15);
    }
    pgdp_regression_free(r);
    close_golden(&g);
}

/* fwildclusterboot stops its root finder after 10 steps, at about 3e-5 of the interval's width (found: 4e-6 to 3e-5).
 * Here the end is the step of the p-value itself: tests/stats/test_wild.c looks at both sides of it. */
static void the_interval_is_the_test_inverted(void **state)
{
    (void)state;
    golden g = open_golden();
    pgdp_regression *r = regress(&g, "wild(firm)");
    const pgdp_fit *fit = pgdp_regression_fit(r);
    for (size_t j = 1; j < 3; j++) {
        const pg_json_value *ci =
            pg_json_member(pg_json_member(pg_json_member(g.results, "fwildclusterboot"), fit->terms[j]), "ci95");
        double low = 0, high = 0;
        assert_true(pg_json_number(pg_json_at(ci, 0), &low));
        assert_true(pg_json_number(pg_json_at(ci, 1), &high));
        assert_close(fit->conf_low[j], low, 0, 5e-5 * (high - low));
        assert_close(fit->conf_high[j], high, 0, 5e-5 * (high - low));
    }
    pgdp_regression_free(r);
    close_golden(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_2048_sign_patterns_give_the_p_values_of_R),
        cmocka_unit_test(the_equal_tail_p_value_is_twice_the_smaller_tail),
        cmocka_unit_test(the_interval_is_the_test_inverted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
